# Named steps with their durations, all of them run even when one fails, and a summary at the end.
# Sourced, not run, in the checkout's folder.

results=()
failed=0
findings=$(mktemp)
beside=
trap 'rm -f "$findings"; [ -z "$beside" ] || kill -- "-$beside" 2>/dev/null' EXIT

# What a step found, each failing test by name and with what its error says, up to where it was thrown.
failures_in() {
  local told
  told=$(sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    /^ *FAIL / { left = 40 }
    /^ *(❯.*)?$/ { left = 0 }
    left-- > 0 { print substr($0, 1, 300) }
  ')
  if [ -n "$told" ]; then echo "$told"; else tail -n 5 "$1"; fi
}

# record NAME SECONDS RESULT OUTPUT
record() {
  results+=("$(printf '%-7s %4d s  %s' "$3" "$2" "$1")")
  [ "$3" = passed ] && return
  failed=1
  { printf '\n%s:\n' "$1" && failures_in "$4"; } >>"$findings"
}

# step NAME COMMAND…
step() {
  local name=$1 began=$SECONDS result=passed output
  shift
  output=$(mktemp)
  echo
  echo "== $name"
  # In a shell of its own, so that a step that gives up does not end the others.
  ("$@") 2>&1 | tee "$output" || result=FAILED
  record "$name" $((SECONDS - began)) "$result" "$output"
  rm -f "$output"
}

# begin_beside NAME COMMAND…
# One that mostly waits for another process runs beside the steps that follow, until end_beside tells it.
begin_beside() {
  beside_name=$1 beside_output=$(mktemp)
  shift
  echo
  echo "== $beside_name: begun, told when it ends"
  # In a group of its own, which ends whole when this script does.
  set -m
  (
    began=$SECONDS
    "$@" && result=passed || result=FAILED
    echo "$((SECONDS - began)) $result" >"$beside_output.end"
  ) >"$beside_output" 2>&1 </dev/null &
  beside=$!
  set +m
}

end_beside() {
  local seconds=0 result=FAILED
  wait "$beside" || true
  beside=
  echo
  echo "== $beside_name"
  cat "$beside_output"
  # Absent: it was killed.
  [ ! -e "$beside_output.end" ] || read -r seconds result <"$beside_output.end"
  record "$beside_name" "$seconds" "$result" "$beside_output"
  rm -f "$beside_output" "$beside_output.end"
}

check_code() {
  step "format" oxfmt --check src test bench simulation campaign script ./*.config.ts
  step "lint" oxlint --type-aware --deny-warnings
  step "types" tsc
}

# Prints what ran and, last, so that it is seen first, what failed. Exits with 0, or 1 when anything did.
summary() {
  echo
  echo "== summary"
  printf '%s\n' "${results[@]}"
  printf '%-7s %4d s\n' total "$SECONDS"
  cat "$findings"
  exit "$failed"
}
