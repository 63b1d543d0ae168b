# Tryton from Debian's packages. Sourced, not run, after say.sh.

# tryton-sao is Tryton's web client: the server serves it, so that people can look at the books.
tryton_packages=(tryton-server tryton-proteus tryton-modules-account-invoice tryton-modules-analytic-invoice tryton-sao)

# Another series than the machine's: Debian's packages of it, unpacked below this folder.
tryton_root=${SPOR_TRYTON_ROOT-}

ensure_tryton() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null ||
    fail "Tryton comes from Debian's packages, and this machine has no apt-get. It needs: ${tryton_packages[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
    # Without a terminal nobody can type a password.
    [ -t 0 ] || as_root=(sudo -n)
    "${as_root[@]}" true 2>/dev/null ||
      fail "Tryton is not installed, and user $(id -un) can't install it: have an administrator run: apt-get install --no-install-recommends" $missing
  fi
  # The package's own service stays off: this script starts its own server, for this user alone.
  phase "Installing$(printf ' %s' $missing)" timeout 900 ${as_root[@]+"${as_root[@]}"} sh -c '
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
      printf "#!/bin/sh\nexit 101\n" >$policy && chmod 755 $policy
      trap "rm -f $policy" EXIT
    fi
    install() {
      DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
    }
    install "$@" || { apt-get -o DPkg::Lock::Timeout=300 update && install "$@"; }
  ' sh $missing
}

missing_packages() {
  local package
  for package in "${tryton_packages[@]}"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

# in_clean_environment [NAME=VALUE…] PROGRAM…: no setting of the person's reaches Tryton, and Debian's
# Python, which has Debian's packages, comes before any other.
in_clean_environment() {
  exec env -i ${tryton_root:+"PYTHONPATH=$tryton_root/usr/lib/python3/dist-packages"} \
    PATH=/usr/bin:/bin HOME="$data" LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore "$@"
}

# tryton_python SECONDS [NAME=VALUE…] PROGRAM…
tryton_python() {
  local seconds=$1
  shift
  (in_clean_environment timeout "$seconds" env "$@")
}
