# Builds the web pages when something they are made of is newer than the last build. Sourced, not
# run, in the checkout's folder, after install.sh.

ensure_built() {
  [ -e src/web/index.html ] || return 0
  is_built || build
}

is_built() {
  [ -e dist/.web-built ] || return 1
  # A removed file makes its folder newer.
  local newer
  newer=$(find src/web src/client src/contract src/core src/messages vite.config.ts package-lock.json \
    -newer dist/.web-built 2>/dev/null | head -n 1)
  [ -z "$newer" ]
}

build() {
  mkdir -p dist
  # Stamped with the moment it began, so that a file saved meanwhile is built next time.
  touch dist/.web-building
  phase "Building the web pages" vite build
  mv dist/.web-building dist/.web-built
}
