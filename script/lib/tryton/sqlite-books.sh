# Books in SQLite: `template` and `demo` are files below $data. Sourced by books.sh.

file_of() {
  case $1 in
    template) echo "$data/template.sqlite" ;;
    *) echo "$data/db/$1.sqlite" ;;
  esac
}

has_books() {
  [ -s "$(file_of "$1")" ]
}

# copy_books FROM TO. Rename is at once, and Tryton opens the file anew for each request: never half of the one and
# half of the other, even while the server runs.
copy_books() {
  local to
  to=$(file_of "$2")
  mkdir -p "$(dirname "$to")"
  cp "$(file_of "$1")" "$to.new"
  mv "$to.new" "$to"
}

# books_being_made FOLDER: an empty database `demo`, of this configuration.
books_being_made() {
  mkdir -p "$1/db"
  : >"$1/db/demo.sqlite"
}

made_books_are_template() {
  mv "$1/db/demo.sqlite" "$(file_of template)"
}

# database_configuration FOLDER
database_configuration() {
  printf '[database]\nuri = sqlite://\npath = %s/db\n' "$1"
}

database_uri=sqlite:///demo
