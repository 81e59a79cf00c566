# shellcheck shell=bash
# The image: named after what it is made of, built once, deployed by its digest.

image_path() {
  printf '%s-docker.pkg.dev/%s/hippique/hippique-orchestrator' "${CONF[REGION]}" "${CONF[PROJECT_ID]}"
}

# The files that the build is sent, as one hash: another commit with the same files is the same image.
sources_hash() {
  local kept
  sed -n 's|^!/||p' .dockerignore | while IFS= read -r kept; do
    [ "$kept" = scripts ] || find "$kept" -type f ! -path '*/__pycache__/*' ! -path '*.egg-info/*'
  done | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -c1-12
}

ensure_repository() {
  local found
  found=$(ask artifacts repositories describe hippique --location="${CONF[REGION]}")
  [ -n "$found" ] || change artifacts repositories create hippique --location="${CONF[REGION]}" \
    --repository-format=docker --description="Images of the hippique orchestrator"
}

# ensure_image: builds it where it is not there yet; sets IMAGE, with its digest.
ensure_image() {
  local tag digest
  tag="$(image_path):src-$(sources_hash)"
  digest=$(image_digest "$tag")
  if [ -z "$digest" ]; then
    say "  building takes some minutes; its log: gcloud builds list --region=${CONF[REGION]}"
    change_soon builds submit . --config=deploy/cloudbuild.json --region="${CONF[REGION]}" \
      --service-account="projects/${CONF[PROJECT_ID]}/serviceAccounts/$(BUILD_SA)" \
      --substitutions="_IMAGE=$tag"
    digest=$(image_digest "$tag")
    [ -n "$digest$DRY_RUN" ] || fail "the build left no image $tag" "see gcloud builds list"
  fi
  # shellcheck disable=SC2034  # read by service.sh
  IMAGE="$(image_path)@${digest:-sha256:known-after-the-build}"
}

image_digest() {
  local found
  found=$(ask artifacts docker images describe "$1")
  value "$found" image_summary.digest
}
