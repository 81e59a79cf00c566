#!/usr/bin/env bash
# Deploys the service on Google Cloud, from .env: APIs, accounts and roles, bucket, secrets, queue,
# image, the private service, its screens behind IAP, watching; ends with an anonymous call that must
# get 403 and a call of /health that must get 200. It looks before it changes: a second run changes
# nothing, and one that failed goes on where it stopped.
#
#   deploy_cloud_run.sh             everything
#   deploy_cloud_run.sh --quick     only image, service and its checks
#   deploy_cloud_run.sh --dry-run   say what would be changed, change nothing
set -euo pipefail
cd "$(dirname "$0")/.."

QUICK=
for argument in "$@"; do
  case $argument in
    --quick) QUICK=1 ;;
    --dry-run) export DRY_RUN=1 ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done

for part in say settings gcloud accounts stores image service monitoring; do
  # shellcheck source=/dev/null
  . "scripts/lib/$part.sh"
done

load_settings
step "Project ${CONF[PROJECT_ID]}"
know_project
know_address

if [ -z "$QUICK" ]; then
  step "APIs"
  ensure_apis
  step "Accounts and roles"
  ensure_accounts
  step "Bucket ${CONF[GCS_BUCKET]}"
  ensure_bucket
  step "Queue ${CONF[QUEUE_ID]}"
  ensure_queue
  step "Registry"
  ensure_repository
fi

step "Secrets"
ensure_secrets
step "Image"
ensure_image
step "Service ${CONF[SERVICE_NAME]}"
ensure_api

if [ -z "$QUICK" ]; then
  step "Watching"
  ensure_monitoring
  step "Callers"
  ensure_callers
fi

step "Screens"
ensure_screens
step "Checks"
check_service
finish
[ -n "$QUICK$DRY_RUN" ] || say "next:  scripts/create_scheduler_0900.sh (the recurring calls)"
