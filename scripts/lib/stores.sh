# shellcheck shell=bash
# The bucket of the archive, the secrets, the queue.

ensure_bucket() {
  local url="gs://${CONF[GCS_BUCKET]}" found policy email
  found=$(ask storage buckets describe "$url")
  if [ -z "$found" ]; then
    # Artefacts are written once, so versions would only keep what pruning drops; what is deleted by
    # mistake stays recoverable for a week.
    change storage buckets create "$url" --location="${CONF[REGION]}" \
      --uniform-bucket-level-access --public-access-prevention --soft-delete-duration=7d
  elif lacks "$found" uniform_bucket_level_access=true public_access_prevention=enforced >/dev/null; then
    change storage buckets update "$url" --uniform-bucket-level-access --public-access-prevention
  fi
  policy=$(policy_of storage buckets :: "$url")
  grant roles/storage.objectAdmin "$(member "${CONF[SERVICE_SA_EMAIL]}")" "$policy" \
    storage buckets :: "$url"
  # The screens are the same program, which marks the archive with its kind of day when it starts.
  [ -z "$HAS_ORGANIZATION" ] || grant roles/storage.objectUser "$(member "$(SCREENS_SA)")" \
    "$policy" storage buckets :: "$url"
  # A purge counts the queue's next generation in the bucket, under the operator's own name.
  while IFS= read -r email; do
    grant roles/storage.objectUser "$(member "$email")" "$policy" storage buckets :: "$url"
  done < <(emails OIDC_OPERATORS)
}

secret_id() { printf 'hippique-%s' "$(tr 'A-Z_' 'a-z-' <<<"$1")"; }

# Each secret that .env holds, or that somebody keeps in Secret Manager already, and its newest version.
declare -A SECRET_VERSIONS=()

ensure_secrets() {
  local name
  for name in "${SECRET_NAMES[@]}"; do
    ensure_secret "$name" "$(secret_id "$name")"
  done
}

ensure_secret() { # NAME ID
  local wanted=${CONF[$1]-} found policy kept
  found=$(ask secrets describe "$2")
  [ -n "$found$wanted" ] || return 0
  [ -n "$found" ] || change secrets create "$2" --replication-policy=automatic
  SECRET_VERSIONS[$1]=$(newest_version "$2")
  kept=$(secret_value "$2" "${SECRET_VERSIONS[$1]}")
  if [ -n "$wanted" ] && [ "$wanted" != "$kept" ]; then
    change secrets versions add "$2" --data-file=- < <(printf '%s' "$wanted")
    SECRET_VERSIONS[$1]=$(newest_version "$2")
  fi
  [ -n "${SECRET_VERSIONS[$1]}" ] || SECRET_VERSIONS[$1]=1  # a dry run, before the first
  policy=$(policy_of secrets :: "$2")
  grant roles/secretmanager.secretAccessor "$(member "${CONF[SERVICE_SA_EMAIL]}")" "$policy" \
    secrets :: "$2"
}

newest_version() {
  ask secrets versions list "$1" --filter=state=ENABLED |
    sed -n 's|^[0-9]*\.name=.*/versions/||p' | sort -n | tail -1
}

# Compared in memory; never shown, never an argument.
secret_value() { # ID VERSION
  [ -n "$2" ] || return 0
  gcloud secrets versions access "$2" --secret="$1" --project="${CONF[PROJECT_ID]}" --quiet \
    2>"$ERRORS" || gcloud_failed secrets versions access
}

# As the queue of one machine (runtime/queue_rules.py), compared by a test. Without a limit of time a
# task is given up after its attempts alone.
QUEUE_FLAGS=(--max-attempts=100 --min-backoff=10s --max-backoff=300s --max-doublings=3
  --max-concurrent-dispatches=20 --max-dispatches-per-second=20)
QUEUE_WANTED=(retryConfig.maxAttempts=100 retryConfig.minBackoff=10s retryConfig.maxBackoff=300s
  retryConfig.maxDoublings=3 rateLimits.maxConcurrentDispatches=20
  rateLimits.maxDispatchesPerSecond=20)

ensure_queue() {
  local found queue=("${CONF[QUEUE_ID]}" --location="${CONF[REGION]}") lack
  found=$(ask tasks queues describe "${queue[@]}")
  if [ -z "$found" ]; then
    change tasks queues create "${queue[@]}" "${QUEUE_FLAGS[@]}"
  elif lack=$(lacks "$found" "${QUEUE_WANTED[@]}"); then
    say "  the queue differs: wanted $lack"
    change tasks queues update "${queue[@]}" "${QUEUE_FLAGS[@]}"
  fi
  [ "$(value "$found" state)" != PAUSED ] ||
    say "  note: the queue is paused and stays so (gcloud tasks queues resume ${CONF[QUEUE_ID]})"
  queue_access "${queue[@]}"
}

# Creating, listing and cancelling is the service's; pausing and purging is a person's.
queue_access() {
  local policy role email
  policy=$(policy_of tasks queues :: "$@")
  for role in enqueuer viewer taskDeleter; do
    grant "roles/cloudtasks.$role" "$(member "${CONF[SERVICE_SA_EMAIL]}")" "$policy" \
      tasks queues :: "$@"
  done
  [ -z "$HAS_ORGANIZATION" ] || grant roles/cloudtasks.viewer "$(member "$(SCREENS_SA)")" \
    "$policy" tasks queues :: "$@"
  while IFS= read -r email; do
    for role in queueAdmin viewer taskRunner taskDeleter; do
      grant "roles/cloudtasks.$role" "$(member "$email")" "$policy" tasks queues :: "$@"
    done
  done < <(emails OIDC_OPERATORS)
}
