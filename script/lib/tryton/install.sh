# Tryton from Debian's packages. Sourced, not run, after say.sh and apt.sh.

# tryton-sao is Tryton's web client: the server serves it, so that people can look at the books.
tryton_packages=(tryton-server tryton-proteus tryton-modules-account-invoice tryton-modules-analytic-invoice tryton-sao)

# Another series than the machine's: Debian's packages of it, unpacked below this folder.
tryton_root=${SPOR_TRYTON_ROOT-}

# Books in this PostgreSQL server instead of SQLite.
tryton_postgres=${SPOR_TRYTON_POSTGRES-}
[ -z "$tryton_postgres" ] || tryton_packages+=(python3-psycopg2)

ensure_tryton() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  may_install ||
    fail "Tryton is not installed, and user $(id -un) can't install it: have an administrator run: apt-get install --no-install-recommends" $missing
  phase "Installing$(printf ' %s' $missing)" without_services install_packages $missing
}

# without_services COMMAND…: what is installed meanwhile starts no service of its own. Spor's scripts start
# their own server, for this user alone.
without_services() (
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'as_root rm -f "$policy"' EXIT
    as_root sh -c 'printf "#!/bin/sh\nexit 101\n" >"$0" && chmod 755 "$0"' "$policy"
  fi
  "$@"
)

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
