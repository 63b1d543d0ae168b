# How the scripts speak: what they do on standard output, and a reason to stop as one line on
# standard error that begins with "spor: ". Sourced, not run.

fail() {
  echo "spor: $*" >&2
  exit 1
}

# phase WORDS COMMAND…: runs the command and says how long it took; its output only if it fails.
phase() {
  local words=$1 began=$SECONDS output
  shift
  output=$(mktemp)
  printf '%s … ' "$words"
  if ! "$@" >"$output" 2>&1; then
    echo
    cat "$output" >&2
    rm -f "$output"
    fail "$words failed: the reason is above."
  fi
  rm -f "$output"
  echo "$((SECONDS - began)) s"
}
