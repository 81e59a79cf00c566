# shellcheck shell=bash
# APIs, service accounts, and who may do what: each grant on the smallest thing it can stand on.

APIS=(run cloudtasks cloudscheduler cloudbuild storage artifactregistry secretmanager monitoring
  logging iam cloudresourcemanager iap)

SCREENS_SA() { printf 'hippique-screens@%s.iam.gserviceaccount.com' "${CONF[PROJECT_ID]}"; }
BUILD_SA() { printf 'hippique-build@%s.iam.gserviceaccount.com' "${CONF[PROJECT_ID]}"; }

know_project() {
  local project
  project=$(ask projects describe "${CONF[PROJECT_ID]}")
  PROJECT_NUMBER=$(value "$project" projectNumber)
  [ -n "$PROJECT_NUMBER" ] || fail "no project ${CONF[PROJECT_ID]} is visible" \
    "check PROJECT_ID and gcloud auth list"
  # IAP on Cloud Run takes only people of the organization that the project stands in.
  HAS_ORGANIZATION=
  [ -z "$(value "$project" parent.type)" ] || HAS_ORGANIZATION=1
}

ensure_apis() {
  local api enabled missing=()
  enabled=$(ask services list --enabled)
  for api in "${APIS[@]}"; do
    [[ $enabled == *"config.name=$api.googleapis.com"* ]] || missing+=("$api.googleapis.com")
  done
  [ "${#missing[@]}" -eq 0 ] || change services enable "${missing[@]}"
}

ensure_account() { # EMAIL DISPLAY_NAME
  local found
  found=$(ask iam service-accounts describe "$1")
  [ -n "$found" ] || change iam service-accounts create "${1%%@*}" --display-name="$2"
}

# grant ROLE MEMBER POLICY GROUP... :: THING...: bind a role on one thing, unless its policy has it.
# GROUP are gcloud's words before the verb, THING its name and place: tasks queues :: q --location=…
grant() {
  local role=$1 who=$2 policy=$3
  shift 3
  may "$policy" "$role" "$who" || bind "$role" "$who" "$@"
}

bind() { # ROLE MEMBER GROUP… :: THING…
  local role=$1 who=$2 group=()
  shift 2
  while [ "$1" != :: ]; do
    group+=("$1")
    shift
  done
  shift
  change_soon "${group[@]}" add-iam-policy-binding "$@" --member="$who" --role="$role"
}

policy_of() { # GROUP… :: THING…
  local group=()
  while [ "$1" != :: ]; do
    group+=("$1")
    shift
  done
  shift
  ask "${group[@]}" get-iam-policy "$@"
}

ensure_accounts() {
  local policy service=${CONF[SERVICE_SA_EMAIL]}
  ensure_account "$service" "Hippique: the service"
  ensure_account "${CONF[SCHEDULER_SA_EMAIL]}" "Hippique: calls the recurring duties"
  ensure_account "$(BUILD_SA)" "Hippique: builds the image"
  [ -z "$HAS_ORGANIZATION" ] || ensure_account "$(SCREENS_SA)" "Hippique: shows the screens"
  policy=$(policy_of projects :: "${CONF[PROJECT_ID]}")
  nobody_anonymous "$policy" "the project"
  grant roles/cloudbuild.builds.builder "$(member "$(BUILD_SA)")" "$policy" \
    projects :: "${CONF[PROJECT_ID]}" --condition=None
  # The service hands its own identity to the tasks that it creates.
  policy=$(policy_of iam service-accounts :: "$service")
  grant roles/iam.serviceAccountUser "$(member "$service")" "$policy" \
    iam service-accounts :: "$service"
}

# nobody_anonymous POLICY PLACE: the application trusts Cloud Run's own check of every caller, so a
# place where anybody may call would let anybody in under any name.
nobody_anonymous() {
  local who
  for who in allUsers allAuthenticatedUsers; do
    ! may "$1" roles/run.invoker "$who" || fail "$who may invoke $2; AUTH_PLATFORM=cloud_run_iam \
would trust such callers" "remove the binding of $who to roles/run.invoker, then run this again"
  done
}
