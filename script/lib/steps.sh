# Named steps with their durations, all of them run even when one fails, and a summary at the end.
# Sourced, not run, in the checkout's folder.

results=()
failed=0

# step NAME COMMAND…
step() {
  local name=$1 began=$SECONDS result=passed
  shift
  echo
  echo "== $name"
  # In a shell of its own, so that a step that gives up does not end the others.
  if ! ("$@"); then
    result=FAILED
    failed=1
  fi
  results+=("$(printf '%-7s %4d s  %s' "$result" "$((SECONDS - began))" "$name")")
}

check_code() {
  step "format" oxfmt --check src test bench simulation script ./*.config.ts
  step "lint" oxlint --type-aware --deny-warnings
  step "types" tsc
}

# Prints what ran and exits with 0, or 1 when anything failed.
summary() {
  echo
  echo "== summary"
  printf '%s\n' "${results[@]}"
  printf '%-7s %4d s\n' total "$SECONDS"
  exit "$failed"
}
