#!/bin/sh
# Pings the device of a WispHub service and prints how its connection is; needs curl.
# usage: ping.sh SERVICE_ID   (WISPHUB_API_URL and WISPHUB_API_KEY tell where, and who asks)
set -eu
service=${1:?usage: ping.sh SERVICE_ID}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# The key goes in by standard input: arguments can be read by everybody on the machine.
ask() {
  printf 'header = "Authorization: Bearer %s"\n' "$WISPHUB_API_KEY" |
    curl --silent --show-error --fail --max-time 20 --config - --output "$answer" "$@"
}

# field NAME: the text of a field of the answer, whatever the layout of its JSON.
field() {
  tr '\n' ' ' < "$answer" | sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([A-Za-z0-9_-]*\)\".*/\1/p"
}

ask --header 'Content-Type: application/json' --data '{"pings": 2}' \
  "$WISPHUB_API_URL/api/v1/$service/ping/"
task=$(field task_id)
[ -n "$task" ] || { echo 'ping.sh: the answer names no task' >&2; exit 1; }

looks=0
while [ "$looks" -lt 20 ]; do
  looks=$((looks + 1))
  sleep 2
  ask --retry 2 "$WISPHUB_API_URL/api/v1/ping/$task/"
  action=$(field action)
  if [ "$action" != pending ]; then
    echo "connection: $action"
    exit 0
  fi
done
echo 'ping.sh: no result in time' >&2
exit 1
