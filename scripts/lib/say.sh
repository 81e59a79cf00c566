# shellcheck shell=bash
# What the scripts say, and how they end.

DRY_RUN=${DRY_RUN:-}
CHANGES=0

say() { printf '%s\n' "$*"; }

step() { printf '\n== %s\n' "$*"; }

# fail WHAT MEND: what went wrong and what to do about it, on stderr; ends the script with 1.
fail() {
  printf 'failed: %s\n' "$1" >&2
  [ -z "${2-}" ] || printf 'mend:   %s\n' "$2" >&2
  exit 1
}

# shown WORD...: a command line as somebody could type it.
shown() {
  local word
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:=@,%+-]* | '') printf "'%s' " "${word//\'/\'\\\'\'}" ;;
      *) printf '%s ' "$word" ;;
    esac
  done
}

finish() {
  if [ -n "$DRY_RUN" ]; then
    say "" "dry run: $CHANGES changes would be made, none was"
  else
    say "" "done: $CHANGES changes made"
  fi
}
