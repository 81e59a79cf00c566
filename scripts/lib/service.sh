# shellcheck shell=bash
# The two Cloud Run services of one image: the private API, and the screens behind IAP.

# The address is known before the first deployment: Cloud Run makes it of name, number and region.
know_address() {
  local label="${CONF[SERVICE_NAME]}-$PROJECT_NUMBER"
  [ "${#label}" -le 63 ] || fail "SERVICE_NAME=${CONF[SERVICE_NAME]} is too long for an address" \
    "choose a shorter SERVICE_NAME"
  SERVICE_URL="https://$label.${CONF[REGION]}.run.app"
}

# shellcheck disable=SC2054  # the commas belong to one flag
SHAPE_FLAGS=(--memory=2Gi --cpu=2 --timeout=300 --concurrency=40 --max-instances=1 --ingress=all
  --no-allow-unauthenticated --cpu-boost --execution-environment=gen2
  --startup-probe=httpGet.path=/health,httpGet.port=8080,periodSeconds=5,timeoutSeconds=4,failureThreshold=24)
SPEC=spec.template.spec
SHAPE_WANTED=("$SPEC.containers.0.resources.limits.memory=2Gi"
  "$SPEC.containers.0.resources.limits.cpu=2" "$SPEC.timeoutSeconds=300"
  "$SPEC.containerConcurrency=40"
  "spec.template.metadata.annotations.autoscaling.knative.dev/maxScale=1"
  "spec.template.metadata.annotations.run.googleapis.com/startup-cpu-boost=true"
  "spec.template.metadata.annotations.run.googleapis.com/execution-environment=gen2"
  "metadata.annotations.run.googleapis.com/ingress=all"
  "$SPEC.containers.0.startupProbe.httpGet.path=/health"
  "$SPEC.containers.0.startupProbe.failureThreshold=24")

declare -A ENV=() SECRETS=()

common_environment() {
  local name
  ENV=([PROJECT_ID]=${CONF[PROJECT_ID]} [REGION]=${CONF[REGION]}
    [SERVICE_NAME]=${CONF[SERVICE_NAME]} [SERVICE_URL]=$SERVICE_URL
    [QUEUE_ID]=${CONF[QUEUE_ID]} [QUEUE_BACKEND]=cloud_tasks [GCS_BUCKET]=${CONF[GCS_BUCKET]}
    [SCHEDULER_SA_EMAIL]=${CONF[SCHEDULER_SA_EMAIL]} [SERVICE_SA_EMAIL]=${CONF[SERVICE_SA_EMAIL]}
    [REQUIRE_AUTH]=true
    [OIDC_OPERATORS]=$(emails OIDC_OPERATORS | paste -sd, -))
  for name in "${PASSED_ON[@]}"; do
    [ -z "${CONF[$name]-}" ] || ENV[$name]=${CONF[$name]}
  done
  SECRETS=()
  [ -z "${CONF[OIDC_READERS]-}" ] || ENV[OIDC_READERS]=$(emails OIDC_READERS | paste -sd, -)
}

ensure_api() {
  local policy name=${CONF[SERVICE_NAME]} found secret
  found=$(describe_service "$name")
  if [ -n "$found" ]; then
    policy=$(policy_of run services :: "$name" --region="${CONF[REGION]}")
    stays_private "$found" "$policy"
  fi
  common_environment
  ENV[AUTH_PLATFORM]=cloud_run_iam
  ENV[OIDC_AUDIENCE]=$SERVICE_URL
  ENV[OIDC_ALLOWED_EMAILS]=$(emails OIDC_ALLOWED_EMAILS SERVICE_SA_EMAIL | paste -sd, -)
  for secret in "${!SECRET_VERSIONS[@]}"; do
    SECRETS[$secret]=${SECRET_VERSIONS[$secret]}
  done
  deploy_service "$name" "${CONF[SERVICE_SA_EMAIL]}" "$found"
}

stays_private() { # SERVICE_LINES POLICY_LINES
  nobody_anonymous "$2" "the service ${CONF[SERVICE_NAME]}"
  ! has "$1" "metadata.annotations.run.googleapis.com/invoker-iam-disabled=true" ||
    fail "the service lets in everybody unchecked; AUTH_PLATFORM=cloud_run_iam would trust them" \
      "gcloud run services update ${CONF[SERVICE_NAME]} --invoker-iam-check, then run this again"
}

# Behind IAP only people come in; the screens read the archive and the queue, and change neither.
ensure_screens() {
  local name="${CONF[SERVICE_NAME]}-screens" found policy agent email
  if [ -z "$HAS_ORGANIZATION" ]; then
    say "  note: no screens: IAP needs a project in an organization; read the API with a token," \
      "  or run \`hippique serve\` on a machine of yours"
    return 0
  fi
  agent="service-$PROJECT_NUMBER@gcp-sa-iap.iam.gserviceaccount.com"
  common_environment
  ENV[AUTH_PLATFORM]=iap
  ENV[IAP_AUDIENCE]="/projects/$PROJECT_NUMBER/locations/${CONF[REGION]}/services/$name"
  found=$(describe_service "$name")
  deploy_service "$name" "$(SCREENS_SA)" "$found" --iap
  policy=$(policy_of run services :: "$name" --region="${CONF[REGION]}")
  may "$policy" roles/run.invoker "$(member "$agent")" || let_in_iap "$name" "$(member "$agent")"
  policy=$(policy_of beta iap web :: --resource-type=cloud-run --service="$name" \
    --region="${CONF[REGION]}")
  while IFS= read -r email; do
    grant roles/iap.httpsResourceAccessor "$(member "$email")" "$policy" \
      beta iap web :: --resource-type=cloud-run --service="$name" --region="${CONF[REGION]}"
  done < <(emails OIDC_OPERATORS OIDC_READERS)
}

# IAP's own account is made at its first use; before that it cannot be given a role.
let_in_iap() { # SERVICE MEMBER
  local words=(run services add-iam-policy-binding "$1" --region="${CONF[REGION]}"
    --member="$2" --role=roles/run.invoker)
  change_if_known "${words[@]}" || {
    change beta services identity create --service=iap.googleapis.com
    change_soon "${words[@]}"
  }
}

describe_service() { ask run services describe "$1" --region="${CONF[REGION]}"; }

# deploy_service NAME ACCOUNT FOUND [FLAG...]: a new revision, only where something differs.
deploy_service() {
  local name=$1 account=$2 found=$3 difference command=(run deploy)
  shift 3
  [ "${1-}" != --iap ] || command=(beta run deploy)
  if difference=$(service_differs "$found" "$account" "$@"); then
    say "  $name: $difference"
    write_environment >"$WORK/env.yaml"
    change_soon "${command[@]}" "$name" --image="$IMAGE" \
      --region="${CONF[REGION]}" --service-account="$account" --env-vars-file="$WORK/env.yaml" \
      "$(secret_flag)" "${SHAPE_FLAGS[@]}" "$@"
  fi
  takes_traffic "$name"
}

# service_differs FOUND ACCOUNT [--iap]: says the first thing that differs; 1 where nothing does.
service_differs() {
  local found=$1 wanted
  [ -n "$found" ] || { printf 'is not there yet'; return 0; }
  wanted=$(wanted_environment)
  [ "$wanted" = "$(grep "^$SPEC\.containers\.0\.env\." <<<"$found")" ] ||
    { printf 'its environment differs:\n%s' "$(environment_changes "$wanted" "$found")"; return 0; }
  shift
  lacks "$found" "$SPEC.serviceAccountName=$1" "$SPEC.containers.0.image=$IMAGE" \
    "${SHAPE_WANTED[@]}" \
    ${2:+"metadata.annotations.run.googleapis.com/iap-enabled=true"} || return 1
}

wanted_environment() {
  local name
  {
    for name in "${!ENV[@]}"; do
      printf '%s.containers.0.env.%s.name=%s\n' "$SPEC" "$name" "$name"
      printf '%s.containers.0.env.%s.value=%s\n' "$SPEC" "$name" "${ENV[$name]}"
    done
    for name in "${!SECRETS[@]}"; do
      printf '%s.containers.0.env.%s.name=%s\n' "$SPEC" "$name" "$name"
      printf '%s.containers.0.env.%s.valueFrom.secretKeyRef.key=%s\n' "$SPEC" "$name" \
        "${SECRETS[$name]}"
      printf '%s.containers.0.env.%s.valueFrom.secretKeyRef.name=%s\n' "$SPEC" "$name" \
        "$(secret_id "$name")"
    done
  } | LC_ALL=C sort
}

environment_changes() { # WANTED FOUND
  diff <(grep "^$SPEC\.containers\.0\.env\." <<<"$2" | LC_ALL=C sort) <(printf '%s\n' "$1") |
    sed -n "s/^\([<>]\) $SPEC\.containers\.0\.env\./    \1 /p"
}

write_environment() {
  local name value
  for name in $(printf '%s\n' "${!ENV[@]}" | LC_ALL=C sort); do
    value=${ENV[$name]//\\/\\\\}
    printf '%s: "%s"\n' "$name" "${value//\"/\\\"}"
  done
}

secret_flag() {
  local name flag=
  for name in $(printf '%s\n' "${!SECRETS[@]}" | LC_ALL=C sort); do
    flag+=",$name=$(secret_id "$name"):${SECRETS[$name]}"
  done
  [ -n "$flag" ] && printf -- '--set-secrets=%s' "${flag#,}" || printf -- '--clear-secrets'
}

# A rollback pins the traffic; a deployment that nobody reaches would look well and change nothing.
takes_traffic() {
  local found
  found=$(describe_service "$1")
  [ -n "$found" ] || return 0
  has "$found" spec.traffic.0.latestRevision=true ||
    change run services update-traffic "$1" --region="${CONF[REGION]}" --to-latest
}

# Who may pass the platform's own check; what each may do there is the application's to say.
ensure_callers() {
  local policy email agent name=${CONF[SERVICE_NAME]}
  agent="service-$PROJECT_NUMBER@gcp-sa-monitoring-notification.iam.gserviceaccount.com"
  policy=$(policy_of run services :: "$name" --region="${CONF[REGION]}")
  while IFS= read -r email; do
    grant roles/run.invoker "$(member "$email")" "$policy" \
      run services :: "$name" --region="${CONF[REGION]}"
  done < <(
    emails SERVICE_SA_EMAIL SCHEDULER_SA_EMAIL OIDC_ALLOWED_EMAILS OIDC_OPERATORS OIDC_READERS
    printf '%s\n' "$agent"
  )
}

# The service answers those who may, and the platform turns everybody else away.
check_service() {
  local found policy code token body
  [ -z "$DRY_RUN" ] || { say "  dry run: nothing is called"; return 0; }
  found=$(describe_service "${CONF[SERVICE_NAME]}")
  policy=$(policy_of run services :: "${CONF[SERVICE_NAME]}" --region="${CONF[REGION]}")
  stays_private "$found" "$policy"
  [[ $found == *"=$SERVICE_URL"* || $found == *"\"$SERVICE_URL\""* ]] ||
    fail "Cloud Run gave the service another address than $SERVICE_URL" \
      "see gcloud run services describe ${CONF[SERVICE_NAME]}; is its default URL switched off?"
  code=$(curl --silent --show-error --max-time 30 --output "$WORK/anonymous" \
    --write-out '%{http_code}' "$SERVICE_URL/health") || code="none (curl ended with $?)"
  [ "$code" = 403 ] || fail "an anonymous call of $SERVICE_URL/health got $code instead of 403" \
    "gcloud run services get-iam-policy ${CONF[SERVICE_NAME]}: who may invoke it? then run this again"
  say "  an anonymous call got 403"
  token=$(gcloud auth print-identity-token --quiet 2>"$ERRORS") || gcloud_failed auth print-identity-token
  body=$(with_token "$token" "$SERVICE_URL/health") ||
    fail "$SERVICE_URL/health does not answer 200 to you: ${body:-no answer}" \
      "see gcloud run services logs read ${CONF[SERVICE_NAME]}; go back with scripts/rollback.sh"
  say "  /health answers: $body"
}

# The token goes in by a file of curl's own options: arguments are visible to every user of a machine.
with_token() { # TOKEN URL
  local tries=0
  until printf 'header = "Authorization: Bearer %s"\n' "$1" |
    curl --config - --silent --show-error --fail-with-body --max-time 60 "$2"; do
    tries=$((tries + 1))
    [ "$tries" -lt "$PATIENCE" ] || return 1
    sleep "$PAUSE_S"
  done
}
