#!/usr/bin/env bash
# The steps that make the image, one function each. The Dockerfile calls them inside the build; the
# tests call the same ones in a scratch folder, where no container engine is at hand.
#
#   image_steps.sh dependencies PREFIX   every pinned package, by hash, into a venv without pip
#   image_steps.sh package PREFIX        this package on top, built with the pinned tools alone
#   image_steps.sh check PREFIX          what must be there is, what must not be there is not
#   image_steps.sh context FOLDER        copy what the engine would be sent (.dockerignore)
#
# PYTHON names the interpreter that PREFIX uses; python3 without it.
set -euo pipefail
cd "$(dirname "$0")/.."

PIP=(-m pip --disable-pip-version-check --no-input --quiet)

dependencies() {
  "${PYTHON:-python3}" -m venv --without-pip "$1"
  python3 "${PIP[@]}" --python "$1/bin/python" install \
    --require-hashes -r requirements-cloud.lock
}

package() {
  local tools
  tools=$(mktemp -d)
  python3 -m venv "$tools"
  "$tools/bin/python" "${PIP[@]}" install --require-hashes -r requirements-build.lock
  "$tools/bin/python" "${PIP[@]}" wheel --no-deps --no-build-isolation --no-index -w "$tools" .
  python3 "${PIP[@]}" --python "$1/bin/python" install --no-deps --no-index "$tools"/hippique*.whl
  rm -rf "$tools" build
}

check() {
  # The service must start and decide without the heavy packages of training.
  "$1/bin/python" -c '
import importlib.util
import google.cloud.storage, google.cloud.tasks_v2, gunicorn, uvicorn_worker
import hippique.bootstrap.cloud
heavy = [n for n in ("lightgbm", "polars", "numba", "pip") if importlib.util.find_spec(n)]
assert not heavy, f"in the image without need: {heavy}"
'
  "$1/bin/hippique" --version
}

context() {
  local kept
  mkdir -p "$1"
  while IFS= read -r kept; do
    mkdir -p "$1/$(dirname "$kept")"
    [ "$kept" = scripts ] || cp -R "$kept" "$1/$kept"
  done < <(sed -n 's|^!/||p' .dockerignore)
  find "$1" \( -name __pycache__ -o -name '*.egg-info' \) -prune -exec rm -rf {} +
}

case "${1-}" in
  dependencies | package | check | context)
    [ "$#" -eq 2 ] || { echo "usage: image_steps.sh $1 PREFIX" >&2; exit 2; }
    "$1" "$2"
    ;;
  *)
    sed -n '5,8s/^# *//p' "$0" >&2
    exit 2
    ;;
esac
