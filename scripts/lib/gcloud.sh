# shellcheck shell=bash
# Every call of gcloud goes through here: questions, which change nothing, and changes.

ABSENT='NOT_FOUND|not found|Cannot find|does not exist'
# A service that was enabled a moment ago, or an account made a moment ago, is not known everywhere.
NOT_YET='SERVICE_DISABLED|has not been used in project|does not exist|NOT_FOUND|not found'
PATIENCE=${PATIENCE:-12}
PAUSE_S=${PAUSE_S:-5}
ERRORS=$(mktemp)
WORK=$(mktemp -d)
trap 'rm -rf "$ERRORS" "$WORK"' EXIT

# ask WORD...: what stands there, as lines path=value; nothing where it does not exist.
ask() {
  local answer tries=0
  until answer=$(gcloud "$@" --project="${CONF[PROJECT_ID]}" --quiet --format=json 2>"$ERRORS"); do
    if grep -qE 'SERVICE_DISABLED|has not been used in project' "$ERRORS"; then
      [ -z "$DRY_RUN" ] || return 0
      tries=$((tries + 1))
      [ "$tries" -lt "$PATIENCE" ] || gcloud_failed "$@"
      sleep "$PAUSE_S"
    elif grep -qE "$ABSENT" "$ERRORS"; then
      return 0
    else
      gcloud_failed "$@"
    fi
  done
  python3 -I -S scripts/lib/flat.py <<<"$answer"
}

# change WORD...: one change, said before it is made; in a dry run only said.
change() {
  CHANGES=$((CHANGES + 1))
  say "  + gcloud $(shown "$@")"
  [ -z "$DRY_RUN" ] || return 0
  gcloud "$@" --project="${CONF[PROJECT_ID]}" --quiet --format=none 2>"$ERRORS" >&2 ||
    is_there_already || gcloud_failed "$@"
}

# What was made a moment ago may not be seen yet by the look before.
is_there_already() { grep -qE 'ALREADY_EXISTS|already exists' "$ERRORS"; }

# change_soon WORD...: the same where what was made a moment ago may not be known yet.
change_soon() {
  local tries=0
  CHANGES=$((CHANGES + 1))
  say "  + gcloud $(shown "$@")"
  [ -z "$DRY_RUN" ] || return 0
  until gcloud "$@" --project="${CONF[PROJECT_ID]}" --quiet --format=none 2>"$ERRORS" >&2; do
    tries=$((tries + 1))
    grep -qE "$NOT_YET" "$ERRORS" || gcloud_failed "$@"
    [ "$tries" -lt "$PATIENCE" ] || gcloud_failed "$@"
    sleep "$PAUSE_S"
  done
}

# change_if_known WORD...: one change, or 1 where what it names does not exist.
change_if_known() {
  [ -z "$DRY_RUN" ] || { change "$@"; return 0; }
  if gcloud "$@" --project="${CONF[PROJECT_ID]}" --quiet --format=none 2>"$ERRORS" >&2; then
    CHANGES=$((CHANGES + 1))
    say "  + gcloud $(shown "$@")"
    return 0
  fi
  grep -qE "$ABSENT" "$ERRORS" || gcloud_failed "$@"
  return 1
}

gcloud_failed() {
  local mend="read the message, then run this script again: it goes on where it stopped"
  cat "$ERRORS" >&2
  ! grep -qE 'PERMISSION_DENIED|403' "$ERRORS" ||
    mend="ask an owner of ${CONF[PROJECT_ID]} for the roles in docs/how-to/deploy.md, run it again"
  ! grep -qE 'Reauthentication|do not currently have an active account' "$ERRORS" ||
    mend="gcloud auth login, then run this script again"
  fail "gcloud $(shown "$@")" "$mend"
}

# has LINES LINE: whether an answer of `ask` holds this line.
has() { [[ $'\n'$1$'\n' == *$'\n'"$2"$'\n'* ]]; }

# value LINES PATH: the value at a path of an answer; nothing where there is none.
value() {
  local line
  while IFS= read -r line; do
    [ "${line%%=*}" != "$2" ] || { printf '%s' "${line#*=}"; return 0; }
  done <<<"$1"
}

# lacks LINES LINE...: the first wanted line that an answer does not hold; 1 where it holds them all.
lacks() {
  local lines=$1 line
  shift
  for line in "$@"; do
    has "$lines" "$line" || { printf '%s' "$line"; return 0; }
  done
  return 1
}

# may LINES ROLE MEMBER: whether a policy grants this role without a condition.
may() {
  local line
  while IFS= read -r line; do
    [[ $line == "bindings.$2.members."*"=$3" ]] && return 0
  done <<<"$1"
  return 1
}
