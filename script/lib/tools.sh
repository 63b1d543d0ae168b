# The programs the tests drive that npm does not bring: hledger and ledger, which judge the journal we
# write, and Chromium, in which the web pages are tried. Sourced, not run, after say.sh and apt.sh.

ensure_tools() {
  local packages=()
  command -v hledger >/dev/null || packages+=(hledger)
  command -v ledger >/dev/null || packages+=(ledger)
  has_browser || packages+=("$lighter")
  if [ ${#packages[@]} -gt 0 ]; then
    echo "Going to install Debian packages: ${packages[*]}"
    may_install ||
      fail "The tests need ${packages[*]}, and user $(id -un) can't install them: have an administrator run: apt-get install ${packages[*]}"
    phase "Installing ${packages[*]}" install_packages "${packages[@]}"
  elif ! command -v "$lighter" >/dev/null; then
    try_lighter
  else
    echo "Found hledger, ledger and $lighter."
  fi
}

# Chromium without windows: the pages are tried in two thirds of the time. The whole one serves as well.
lighter=chromium-headless-shell

has_browser() {
  command -v "$lighter" >/dev/null || command -v chromium >/dev/null
}

# Nobody is asked for a password for what one can do without.
try_lighter() {
  if ! may_install_unasked; then
    echo "Found hledger, ledger and chromium. In $lighter, a Debian package, the tests would be quicker."
    return
  fi
  printf 'Found hledger, ledger and chromium. Installing %s, which is quicker … ' "$lighter"
  if install_packages "$lighter" >/dev/null 2>&1; then
    echo "done"
  else
    echo "not to be had, so chromium it is"
  fi
}
