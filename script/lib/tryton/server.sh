# The server: one process, this user's, on the loopback. Sourced, not run, after books.sh.

host=127.0.0.1

start_server() {
  [ -n "$port" ] || port=$(cat "$data/port" 2>/dev/null || true)
  if is_up; then
    # It is the one that is wanted: nothing to do.
    if [ "$port" = "$(cat "$data/port")" ] && configuration | cmp -s - "$data/trytond.conf"; then return 0; fi
  fi
  if is_running; then stop_server; fi
  if [ -n "$port" ] && is_taken "$port"; then
    fail "Port $port is taken by another program; choose another with --port."
  fi
  [ -n "$port" ] || port=$(free_port)
  echo "$port" >"$data/port"
  write_passlib "$data"
  configuration >"$data/trytond.conf"
  phase "Starting Tryton" launch
}

configuration() {
  base_configuration "$data"
  cat <<CONF
[web]
listen = $host:$port
root = $tryton_root/usr/share/tryton-sao/www
[session]
timeout = 3600
CONF
}

launch() {
  # Of its own session, so that Ctrl-C for whoever started it does not end it.
  (in_clean_environment setsid /usr/bin/python3 "$tryton_root/usr/bin/trytond" -c "$data/trytond.conf" -d demo) \
    </dev/null >>"$data/trytond.log" 2>&1 9>&- &
  local pid=$!
  disown
  # With the moment it began: another process may get its number one day.
  echo "$pid $(began "$pid")" >"$data/server"
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    if answers; then return 0; fi
    is_running || break
    sleep 0.1
  done
  tail -n 5 "$data/trytond.log"
  stop_server
  return 1
}

stop_server() {
  if is_running; then
    local pid tries
    pid=$(server_pid)
    kill "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 100; tries++)); do
      is_running || break
      sleep 0.1
    done
    if is_running; then kill -9 "$pid" 2>/dev/null || true; fi
  fi
  rm -f "$data/server"
}

is_up() {
  is_running && answers
}

is_running() {
  local pid when
  read -r pid when 2>/dev/null <"$data/server" || return 1
  [ -n "$when" ] && [ "$(began "$pid")" = "$when" ]
}

server_pid() {
  cut -d ' ' -f 1 "$data/server"
}

# Field 22 of /proc/PID/stat; what is before the last parenthesis may have spaces of its own.
began() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  set -- ${stat##*) }
  echo "${20}"
}

answers() (
  body='{"id":0,"method":"common.server.version","params":[]}'
  exec 3<>"/dev/tcp/$host/$(cat "$data/port")" || exit 1
  printf 'POST / HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' ${#body} "$body" >&3
  IFS= read -t 5 -r line <&3 && [[ $line == *' 200 '* ]]
) 2>/dev/null

is_taken() {
  (exec 3<>"/dev/tcp/$host/$1") 2>/dev/null
}

free_port() {
  /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

url() {
  echo "http://$host:$(cat "$data/port")"
}

say_how_to_sign_in() {
  cat <<TEXT
Tryton runs at $(url): open it in a browser and sign in.
  database  demo (Nordlys Kontor ApS)
  user      spor
  password  $(cat "$data/user-password")
TEXT
}
