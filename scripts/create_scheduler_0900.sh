#!/usr/bin/env bash
# Creates the recurring calls of a day in Cloud Scheduler: preparation, the plan at 09:00, the
# five-minute tick, the close. They are listed in deploy/scheduler.txt. It looks before it changes: a
# second run changes nothing, and one that failed goes on where it stopped. A job that somebody paused
# stays paused.
#
#   create_scheduler_0900.sh             create or bring up to date
#   create_scheduler_0900.sh --dry-run   say what would be changed, change nothing
set -euo pipefail
cd "$(dirname "$0")/.."

for argument in "$@"; do
  case $argument in
    --dry-run) export DRY_RUN=1 ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done

for part in say settings gcloud accounts service; do
  # shellcheck source=/dev/null
  . "scripts/lib/$part.sh"
done

ensure_job() { # NAME CRON PATH BODY
  local found verb=update headers=--update-headers place
  place=("$1" --location="${CONF[REGION]}")
  found=$(ask scheduler jobs describe "${place[@]}")
  [ -n "$found" ] || verb=create headers=--headers
  if job_differs "$found" "$@"; then
    change_soon scheduler jobs "$verb" http "${place[@]}" \
      --schedule="$2" --time-zone=Europe/Paris --uri="$SERVICE_URL$3" --http-method=POST \
      --message-body="$4" "$headers=Content-Type=application/json" \
      --oidc-service-account-email="${CONF[SCHEDULER_SA_EMAIL]}" \
      --oidc-token-audience="$SERVICE_URL" \
      --attempt-deadline=330s --max-retry-attempts=3 --min-backoff=10s --max-backoff=60s
  fi
  [ "$(value "$found" state)" != PAUSED ] ||
    say "  note: $1 is paused and stays so (gcloud scheduler jobs resume $1)"
}

job_differs() { # FOUND NAME CRON PATH BODY
  local found=$1
  lacks "$found" "schedule=$3" timeZone=Europe/Paris "httpTarget.uri=$SERVICE_URL$4" \
    httpTarget.httpMethod=POST "httpTarget.body=$(printf '%s' "$5" | base64 | tr -d '\n')" \
    httpTarget.headers.Content-Type=application/json \
    "httpTarget.oidcToken.serviceAccountEmail=${CONF[SCHEDULER_SA_EMAIL]}" \
    "httpTarget.oidcToken.audience=$SERVICE_URL" \
    attemptDeadline=330s retryConfig.retryCount=3 retryConfig.minBackoffDuration=10s \
    retryConfig.maxBackoffDuration=60s >/dev/null
}

trimmed() { sed 's/^[[:space:]]*//; s/[[:space:]]*$//' <<<"$1"; }

load_settings
step "Project ${CONF[PROJECT_ID]}"
know_project
know_address
found=$(describe_service "${CONF[SERVICE_NAME]}")
[ -n "$found" ] || fail "there is no service ${CONF[SERVICE_NAME]} to call yet" \
  "scripts/deploy_cloud_run.sh"
ensure_account "${CONF[SCHEDULER_SA_EMAIL]}" "Hippique: calls the recurring duties"
policy=$(policy_of run services :: "${CONF[SERVICE_NAME]}" --region="${CONF[REGION]}")
grant roles/run.invoker "$(member "${CONF[SCHEDULER_SA_EMAIL]}")" "$policy" \
  run services :: "${CONF[SERVICE_NAME]}" --region="${CONF[REGION]}"

step "Recurring calls of $SERVICE_URL"
while IFS='|' read -r name cron path body; do
  ensure_job "$(trimmed "$name")" "$(trimmed "$cron")" "$(trimmed "$path")" "$(trimmed "$body")"
done < <(grep -v '^#' deploy/scheduler.txt)
finish
