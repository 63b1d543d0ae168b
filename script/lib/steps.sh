# Named steps with their durations, all of them run even when one fails, and a summary at the end.
# Sourced, not run, in the checkout's folder.

results=()
failed=0
findings=$(mktemp)
trap 'rm -f "$findings"' EXIT

# What a step found, each failing test by name and with the first line of its error.
failures_in() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | grep -A 1 -E '^ *FAIL ' | grep -v '^--$' || tail -n 5 "$1"
}

# step NAME COMMAND…
step() {
  local name=$1 began=$SECONDS result=passed output
  shift
  output=$(mktemp)
  echo
  echo "== $name"
  # In a shell of its own, so that a step that gives up does not end the others.
  if ! ("$@") 2>&1 | tee "$output"; then
    result=FAILED
    failed=1
    { printf '\n%s:\n' "$name" && failures_in "$output"; } >>"$findings"
  fi
  rm -f "$output"
  results+=("$(printf '%-7s %4d s  %s' "$result" "$((SECONDS - began))" "$name")")
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
