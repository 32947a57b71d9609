#!/bin/sh
# Saves the first page of an ngrok account's sessions as it came, and says how large it is.
set -u
base=${CONTRACT_TESTS_URL_NGROK%/}
page=$(mktemp) || exit 1
trap 'rm -f "$page"' EXIT

ask() {
  printf 'header = "Authorization: Bearer %s"\n' "$CONTRACT_TESTS_KEY_NGROK" |
    curl --silent --show-error --fail --compressed --max-time 20 --retry 2 --retry-max-time 20 \
      --config - --header 'Ngrok-Version: 2' --header 'Accept: application/json' "$@"
}

if ! ask --output "$page" --get --data-urlencode 'limit=20' "$base/app/sessions"; then
  echo 'ngrok_first_page: no sessions' >&2
  exit 1
fi
echo "sessions: $(wc -c < "$page") bytes"
if ! ask --output "$page" "$base/app/users"; then
  echo 'ngrok_first_page: no users' >&2
  exit 1
fi
echo "users: $(wc -c < "$page") bytes"
