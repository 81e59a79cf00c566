#!/usr/bin/env bash
# Tools of the system that the tests use, by apt: make, a Python with venv, and Chromium for the
# tests of the pages, which are left out without it. A tool that is there already is not touched.
# Where apt is absent, or may not install, this only says what is missing.
set -euo pipefail

missing=()
command -v make >/dev/null || missing+=(make)
command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
  command -v google-chrome >/dev/null || missing+=(chromium)

if [ "${#missing[@]}" -eq 0 ]; then
  echo 'tools: nothing to install'
elif command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  echo "tools: installed ${missing[*]}"
else
  echo "tools: missing and not installed here: ${missing[*]}" >&2
fi
