# The books: made once as a template, then copied. Sourced, not run, after install.sh.

tryton_modules=(account_invoice analytic_invoice)

if [ -n "$tryton_postgres" ]; then . script/lib/tryton/postgres-books.sh; else . script/lib/tryton/sqlite-books.sh; fi

ensure_books() {
  # Made again when what makes them has changed.
  local made
  made=$(cat script/lib/tryton/make-books.py script/lib/tryton/*books.sh <(dpkg-query -W tryton-server) <(echo "$tryton_root $tryton_postgres") | sha256sum | cut -d ' ' -f 1)
  if [ "$(cat "$data/template.made" 2>/dev/null)" != "$made" ] || ! has_books template; then
    stop_server
    rm -f "$data/template.made"
    phase "Making the books of the sample company" make_template
    echo "$made" >"$data/template.made"
    reset_books
  fi
  has_books demo || reset_books
}

reset_books() {
  copy_books template demo
}

# Run by `phase`, where a failure does not end the script by itself.
make_template() {
  local work=$data/making
  rm -rf "$work"
  mkdir -p "$work"
  # Kept when the books are made again: somebody may have written them down.
  [ -s "$data/admin-password" ] || random_password >"$data/admin-password"
  [ -s "$data/user-password" ] || random_password >"$data/user-password"
  chmod 600 "$data/admin-password" "$data/user-password"
  books_being_made "$work" || return
  write_passlib "$work"
  base_configuration "$work" >"$work/trytond.conf"
  tryton_python 300 TRYTONPASSFILE="$data/admin-password" /usr/bin/python3 "$tryton_root/usr/bin/trytond-admin" \
    -c "$work/trytond.conf" -d demo -u "${tryton_modules[@]}" --activate-dependencies --email admin@example.com || return
  tryton_python 300 USER_PASSWORD="$(cat "$data/user-password")" /usr/bin/python3 script/lib/tryton/make-books.py \
    "$work/trytond.conf" "$database_uri" || return
  made_books_are_template "$work" || return
  rm -rf "$work"
}

# base_configuration FOLDER: its database.
base_configuration() {
  database_configuration "$1"
  cat <<CONF
[password]
passlib = $1/passlib.conf
CONF
}

# Passwords that are cheap to check: they are made up here, long and random, and nobody gains by trying.
write_passlib() {
  printf '[passlib]\nschemes = pbkdf2_sha512\npbkdf2_sha512__rounds = 1000\n' >"$1/passlib.conf"
}

# Twenty different characters: Tryton refuses a password in which some come again too often.
random_password() {
  shuf --random-source=/dev/urandom -n 20 -e {a..k} m n {p..z} {2..9} | tr -d '\n'
  echo
}
