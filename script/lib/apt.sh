# Installing Debian's packages. Sourced, not run.

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    # Without a terminal nobody can type a password.
    sudo -n "$@"
  fi
}

may_install() {
  command -v apt-get >/dev/null && as_root true 2>/dev/null
}

# Without asking anybody for a password.
may_install_unasked() {
  may_install </dev/null
}

# install_packages PACKAGE…: as the package lists have them, or else as they are by now.
install_packages() {
  as_root timeout 900 sh -c '
    install() {
      DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
    }
    install "$@" || { apt-get -o DPkg::Lock::Timeout=300 update && install "$@"; }
  ' sh "$@"
}
