# The programs the tests drive that npm does not bring: hledger and ledger, which judge the journal we
# write, and Chromium, in which the web pages are tried. Sourced, not run.

ensure_tools() {
  local packages=()
  command -v hledger >/dev/null || packages+=(hledger)
  command -v ledger >/dev/null || packages+=(ledger)
  command -v chromium >/dev/null || packages+=(chromium)
  if [ ${#packages[@]} -eq 0 ]; then
    echo "Found hledger, ledger and chromium."
    return
  fi
  echo "Going to install Debian packages: ${packages[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
    # Without a terminal nobody can type a password.
    [ -t 0 ] || as_root=(sudo -n)
  fi
  if ! command -v apt-get >/dev/null || ! ${as_root[@]+"${as_root[@]}"} true 2>/dev/null; then
    fail "The tests need ${packages[*]}, and user $(id -un) can't install them: have an administrator run: apt-get install ${packages[*]}"
  fi
  phase "Updating the package lists" ${as_root[@]+"${as_root[@]}"} apt-get update
  phase "Installing ${packages[*]}" ${as_root[@]+"${as_root[@]}"} \
    env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"
}
