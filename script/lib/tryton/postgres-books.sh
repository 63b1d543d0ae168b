# Books in a PostgreSQL server: databases of it. Sourced by books.sh.

in_postgres() {
  /usr/bin/python3 script/lib/tryton/postgres.py "$@"
}

has_books() {
  in_postgres has "$1"
}

# copy_books FROM TO
copy_books() {
  in_postgres copy "$1" "$2"
}

books_being_made() {
  in_postgres create demo
}

made_books_are_template() {
  in_postgres copy demo template
}

# database_configuration FOLDER: where files are kept that are attached. A copy ends the connections to what was there,
# and Tryton 6.0 counts those as used for good.
database_configuration() {
  printf '[database]\nuri = %s\npath = %s/files\nmaxconn = 10000\n' "$tryton_postgres" "$1"
}

database_uri=postgresql:///demo
