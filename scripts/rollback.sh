#!/usr/bin/env bash
# Sends all calls to an earlier revision of the service, and checks that it answers. The next
# deployment goes forward again.
#
#   rollback.sh              the newest ready revision before the last deployed one
#   rollback.sh REVISION     that one
#   rollback.sh --list       the revisions, newest first
#   --dry-run                say what would be changed, change nothing
set -euo pipefail
cd "$(dirname "$0")/.."

WANTED=
LIST=
for argument in "$@"; do
  case $argument in
    --dry-run) export DRY_RUN=1 ;;
    --list) LIST=1 ;;
    -*) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) WANTED=$argument ;;
  esac
done

for part in say settings gcloud accounts service; do
  # shellcheck source=/dev/null
  . "scripts/lib/$part.sh"
done

# ready_revisions: names of those that started well, newest first.
ready_revisions() {
  gcloud run revisions list --service="${CONF[SERVICE_NAME]}" --region="${CONF[REGION]}" \
    --project="${CONF[PROJECT_ID]}" --quiet --format=json 2>"$ERRORS" >"$WORK/revisions" ||
    gcloud_failed run revisions list
  python3 -I -S scripts/lib/revisions.py <"$WORK/revisions"
}

load_settings
know_project
know_address
revisions=$(ready_revisions)
if [ -n "$LIST" ]; then
  say "$revisions"
  exit 0
fi
found=$(describe_service "${CONF[SERVICE_NAME]}")
[ -n "$found" ] || fail "there is no service ${CONF[SERVICE_NAME]}" "scripts/deploy_cloud_run.sh"
latest=$(value "$found" status.latestReadyRevisionName)
[ -n "$WANTED" ] || WANTED=$(sed -n "/^$latest\$/{n;p;}" <<<"$revisions")
[ -n "$WANTED" ] || fail "there is no ready revision before $latest" "scripts/rollback.sh --list"
grep -qx -- "$WANTED" <<<"$revisions" ||
  fail "$WANTED is no ready revision" "choose one of scripts/rollback.sh --list"

step "Traffic to $WANTED"
has "$found" "spec.traffic.0.revisionName=$WANTED" ||
  change run services update-traffic "${CONF[SERVICE_NAME]}" --region="${CONF[REGION]}" \
    --to-revisions="$WANTED=100"
step "Checks"
check_service
finish
