# shellcheck shell=bash
# Settings from .env and the environment, which wins. The file is read, never run.

declare -A CONF=()
FAULTS=()

# What the service is told beside what the deployment itself knows; names of docs/reference/settings.md.
PASSED_ON=(RATE_LIMIT_DELAY TIMEOUT_SECONDS DISABLED_SOURCES TERMS_ACKNOWLEDGED RACES_SCOPE POLICY
  ESTIMATOR OPERATORS BANKROLL_EUR ALERT_THRESHOLDS HEARTBEAT_METHOD RETENTION_DAYS LOG_LEVEL)
# Only in Secret Manager, never on a command line or in a file.
SECRET_NAMES=(SLIP_URLS ALERT_URLS ALERT_URLS_LEVEL2 HEARTBEAT_URL)

load_settings() {
  local name
  read_env_file "${ENV_FILE:-.env}"
  for name in PROJECT_ID REGION SERVICE_NAME QUEUE_ID GCS_BUCKET SCHEDULER_SA_EMAIL \
    SERVICE_SA_EMAIL REQUIRE_AUTH AUTH_PLATFORM OIDC_ALLOWED_EMAILS OIDC_OPERATORS OIDC_READERS \
    "${PASSED_ON[@]}" "${SECRET_NAMES[@]}"; do
    [ -z "${!name-}" ] || CONF[$name]=${!name}
  done
  set_defaults
  check_settings
}

read_env_file() {
  local line name value number=0
  [ -f "$1" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    line=${line%$'\r'}
    [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
    if [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)[[:space:]]*=(.*)$ ]]; then
      name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
      CONF[${name^^}]=$(bare "$value")
    else
      FAULTS+=("$1 line $number is not NAME=value")
    fi
  done <"$1"
}

# A value without blanks around it, without its quotes, without a comment behind it.
bare() {
  local value=$1
  value=${value#"${value%%[![:space:]]*}"}
  case $value in
    \"*\"*) value=${value#\"} value=${value%%\"*} ;;
    \'*\'*) value=${value#\'} value=${value%%\'*} ;;
    *) value=${value%%[[:space:]]#*} ;;
  esac
  printf '%s' "${value%"${value##*[![:space:]]}"}"
}

set_defaults() {
  local project=${CONF[PROJECT_ID]-}
  : "${CONF[REGION]:=europe-west1}" "${CONF[SERVICE_NAME]:=hippique-orchestrator}"
  : "${CONF[QUEUE_ID]:=hippique-tasks}"
  : "${CONF[SCHEDULER_SA_EMAIL]:=hippique-scheduler@$project.iam.gserviceaccount.com}"
  : "${CONF[SERVICE_SA_EMAIL]:=hippique-service@$project.iam.gserviceaccount.com}"
}

check_settings() {
  local own='[a-z][a-z0-9-]{4,28}[a-z0-9]@'"${CONF[PROJECT_ID]-}"'\.iam\.gserviceaccount\.com'
  local email='[^@,[:space:]]+@[^@,[:space:]]+\.[^@,[:space:]]+'
  wants PROJECT_ID '[a-z][a-z0-9-]{4,28}[a-z0-9]' "the id of your Google Cloud project"
  wants REGION '[a-z]+-[a-z]+[0-9]+' "a region, such as europe-west1"
  wants SERVICE_NAME '[a-z]([a-z0-9-]{0,38}[a-z0-9])?' "at most 40 small letters, digits, dashes"
  wants QUEUE_ID '[A-Za-z0-9-]{1,100}' "letters, digits, dashes"
  wants GCS_BUCKET '[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]' "a name that is free in all of Google Cloud"
  wants SCHEDULER_SA_EMAIL "$own" "a service account of this project (NAME@PROJECT_ID.iam…)"
  wants SERVICE_SA_EMAIL "$own" "a service account of this project (NAME@PROJECT_ID.iam…)"
  wants OIDC_OPERATORS "$email(,$email)*" "your own e-mail: who may purge, pause and be alerted"
  [ -z "${CONF[OIDC_READERS]-}" ] || wants OIDC_READERS "$email(,$email)*" "e-mails, by comma"
  [ -z "${CONF[OIDC_ALLOWED_EMAILS]-}" ] ||
    wants OIDC_ALLOWED_EMAILS "$email(,$email)*" "e-mails, by comma"
  [ "${CONF[SERVICE_SA_EMAIL]}" != "${CONF[SCHEDULER_SA_EMAIL]}" ] ||
    FAULTS+=("SERVICE_SA_EMAIL and SCHEDULER_SA_EMAIL are the same; the service has its own account")
  [ "${CONF[REQUIRE_AUTH]:-true}" = true ] ||
    FAULTS+=("REQUIRE_AUTH=${CONF[REQUIRE_AUTH]} is for one machine; take it out to deploy")
  case ${CONF[AUTH_PLATFORM]:-cloud_run_iam} in
    cloud_run_iam) ;;
    *) FAULTS+=("AUTH_PLATFORM is set by this script; take it out of .env") ;;
  esac
  case ${CONF[LOG_LEVEL]:-INFO} in
    DEBUG | INFO) ;;
    *) FAULTS+=("LOG_LEVEL=${CONF[LOG_LEVEL]} hides the lines that the watching counts; INFO") ;;
  esac
  tools_are_here
  [ "${#FAULTS[@]}" -eq 0 ] || settings_failed
}

# wants NAME PATTERN MEND: the whole value must match; else a fault is noted, named with the rest.
wants() {
  local value=${CONF[$1]-}
  if [ -z "$value" ]; then
    FAULTS+=("$1 is missing: $3")
  elif [[ ! $value =~ ^($2)$ ]]; then
    FAULTS+=("$1=$value is not right: $3")
  fi
}

tools_are_here() {
  local tool
  for tool in gcloud curl python3 sha256sum; do
    command -v "$tool" >/dev/null || FAULTS+=("$tool is not installed")
  done
}

settings_failed() {
  printf 'not started, nothing was changed:\n' >&2
  printf '  * %s\n' "${FAULTS[@]}" >&2
  printf 'mend:   set them in .env (cp .env.example .env) or in the environment\n' >&2
  exit 1
}

# member EMAIL: as IAM writes it.
member() {
  case $1 in
    *.gserviceaccount.com) printf 'serviceAccount:%s' "$1" ;;
    *) printf 'user:%s' "$1" ;;
  esac
}

# emails NAME...: the e-mails of these settings, one a line, each once.
emails() {
  local name
  for name in "$@"; do
    tr ',' '\n' <<<"${CONF[$name]-}"
  done | sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d' | sort -u
}
