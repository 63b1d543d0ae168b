/**
 * A shell of a few lines that stands between Spor and its PostgreSQL. Its standard input is a pipe
 * that only Spor's process holds open: when Spor ends, in whatever way (`kill -9` too), the pipe
 * closes and the watchdog shuts PostgreSQL down in good order. So there is never a server without
 * its service, and stopping and being killed go the same way.
 *
 * It prints the server's process id, and ends with the server's exit code. It runs in a session of
 * its own, so that Ctrl-C in the terminal reaches Spor alone, and needs nothing but `/bin/sh`: the
 * script is handed over as text because the server's user may not be able to read our files.
 */
export const WATCHDOG_SCRIPT = `
trap : HUP INT TERM
exec 3<&0 </dev/null
"$@" 1>&2 3<&- &
server=$!
(
  trap '' HUP INT TERM
  while read -r _ <&3; do :; done
  kill -INT "$server"
) >/dev/null 2>&1 &
listener=$!
exec 3<&-
echo "$server"
exec 1>&-
while :; do
  wait "$server"
  code=$?
  kill -0 "$server" 2>/dev/null || break
done
kill -KILL "$listener" 2>/dev/null
exit "$code"
`;
