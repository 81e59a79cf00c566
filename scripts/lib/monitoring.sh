# shellcheck shell=bash
# What watches the service from outside, since a dead one cannot tell: metrics of its log, policies,
# a check of /health. The documents are deploy/monitoring/*.json.

ensure_monitoring() {
  local file
  export SERVICE_NAME=${CONF[SERVICE_NAME]} REGION=${CONF[REGION]} SERVICE_HOST=${SERVICE_URL#https://}
  for file in deploy/monitoring/metric-*.json; do
    ensure_metric "$file"
  done
  ensure_channels
  ensure_uptime
  POLICIES=$(ask alpha monitoring policies list)
  for file in deploy/monitoring/policy-*.json; do
    ensure_policy "$file"
  done
}

ensure_metric() { # TEMPLATE
  local wanted lines found name verb=update
  wanted="$WORK/$(basename "$1")"
  python3 -I -S scripts/lib/fill.py "$1" >"$wanted"
  lines=$(python3 -I -S scripts/lib/flat.py <"$wanted")
  name=$(value "$lines" name)
  found=$(ask logging metrics describe "$name")
  [ -n "$found" ] || verb=create
  ! has "$found" "filter=$(value "$lines" filter)" ||
    ! has "$found" "description=$(value "$lines" description)" ||
    return 0
  change logging metrics "$verb" "$name" --config-from-file="$wanted"
}

# Every operator is written to; a channel that somebody made for the same address is used as it is.
ensure_channels() {
  local found email name
  CHANNELS=()
  found=$(ask beta monitoring channels list)
  while IFS= read -r email; do
    if [ -z "$(channel_of "$found" "$email")" ]; then
      change beta monitoring channels create --type=email --display-name="Hippique: $email" \
        --channel-labels="email_address=$email"
      [ -n "$DRY_RUN" ] || found=$(ask beta monitoring channels list)
    fi
    name=$(channel_of "$found" "$email")
    CHANNELS+=("${name:-known-after-creation}")
  done < <(emails OIDC_OPERATORS)
}

channel_of() { # LINES EMAIL
  local at
  at=$(sed -n "s/^\([0-9]*\)\.labels\.email_address=${2//./\\.}\$/\1/p" <<<"$1" | head -1)
  [ -z "$at" ] || value "$1" "$at.name"
}

# The platform turns anonymous calls away, so the check calls under its own identity; it has the right
# to, by ensure_callers.
ensure_uptime() {
  local found
  found=$(ask monitoring uptime list-configs)
  [[ $found != *".monitoredResource.labels.host=$SERVICE_HOST"* ]] || return 0
  change monitoring uptime create "hippique ${CONF[SERVICE_NAME]} /health" \
    --resource-type=uptime-url \
    --resource-labels="host=$SERVICE_HOST,project_id=${CONF[PROJECT_ID]}" \
    --protocol=https --port=443 --path=/health --period=5 --timeout=30 --validate-ssl=true \
    --service-agent-auth=oidc-token --regions=europe,usa-virginia,asia-pacific
}

ensure_policy() { # TEMPLATE
  local wanted lines at stamp
  wanted="$WORK/$(basename "$1")"
  python3 -I -S scripts/lib/fill.py "$1" "${CHANNELS[@]}" >"$wanted"
  lines=$(python3 -I -S scripts/lib/flat.py <"$wanted")
  at=$(policy_at "$(value "$lines" displayName)")
  if [ -z "$at" ]; then
    change_soon alpha monitoring policies create --policy-from-file="$wanted"
    return 0
  fi
  stamp=$(value "$lines" userLabels.hippique-spec)
  has "$POLICIES" "$at.userLabels.hippique-spec=$stamp" ||
    change alpha monitoring policies update "$(value "$POLICIES" "$at.name")" \
      --policy-from-file="$wanted"
}

policy_at() { # DISPLAY_NAME: its number in the list
  local line
  while IFS= read -r line; do
    [[ $line =~ ^([0-9]+)\.displayName=(.*)$ ]] || continue
    [ "${BASH_REMATCH[2]}" != "$1" ] || { printf '%s' "${BASH_REMATCH[1]}"; return 0; }
  done <<<"$POLICIES"
}
