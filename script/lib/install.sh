# Installs the npm packages when they are missing or package-lock.json has changed since. Sourced,
# not run, in the checkout's folder.
#
# Node 24 is one of the packages: whatever Node the machine has (20 or newer) only runs npm, and
# everything else runs on node_modules/.bin/node.

node=$PWD/node_modules/.bin/node

ensure_installed() {
  if ! is_installed; then
    require_npm
    # npm would follow the link and empty the folder of another checkout.
    [ ! -L node_modules ] || fail "node_modules is a link to $(readlink node_modules), whose packages are not the ones wanted here: remove the link, then try again."
    [ -w . ] || fail "The folder $PWD can't be written by user $(id -un): clone Spor to a folder of your own."
    # The scripts' own packages are development packages; NODE_ENV=production must not hide them.
    phase "Installing packages" npm ci --include=dev --no-audit --no-fund
    runs_node_24 || phase "Installing Node 24" npm rebuild node --foreground-scripts
    runs_node_24 || fail "npm did not install Node 24 ($node): remove node_modules and try again with npm 10 or 11."
    cp package-lock.json node_modules/.spor-lock
  fi
  export PATH=$PWD/node_modules/.bin:$PATH
  # as in bin/spor
  export NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE-$PWD/node_modules/.cache/spor}
}

is_installed() {
  runs_node_24 || return 1
  if [ ! -e node_modules/.spor-lock ]; then
    # Installed by hand: npm writes its own copy of the lock last of all.
    [ node_modules/.package-lock.json -nt package-lock.json ]
    return
  fi
  cmp -s package-lock.json node_modules/.spor-lock
}

runs_node_24() {
  case $("$node" --version 2>/dev/null) in
    v24.*) ;;
    *) return 1 ;;
  esac
}

require_npm() {
  local version
  version=$(node --version 2>/dev/null) || fail "Node is not installed: Spor needs Node 20 or newer, with npm."
  version=${version#v}
  [ "${version%%.*}" -ge 20 ] || fail "Node $version is too old: Spor needs Node 20 or newer."
  command -v npm >/dev/null || fail "npm is not installed: Spor needs it beside Node."
}
