#!/bin/bash
# Says on the console when this host serves, and until then what is missing.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

relay() {
  curl -sS --fail-with-body -m 5 -o "$work/answer" "http://$RELAY_ADMIN/readyz" 2> "$work/trouble" ||
    fail "the relay has not relayed through itself over every transport: $(reason) $(head -c 500 "$work/answer" 2> /dev/null | paste -sd ' ')"
}

page() {
  local address
  address=$(python3 -c 'import json; print(json.load(open("/etc/causeway/signalling/settings.json"))["signalling"]["listen"][0])')
  # The name in the certificate is tested from outside; here it is about the answer.
  curl -sS -k --fail-with-body -o /dev/null -m 5 "$address/healthz" 2> "$work/trouble" || fail "the page does not answer at $address: $(reason)"
}

if [ $# = 0 ]; then
  steps relay page
  say "READY generation $GENERATION"
else
  "$1"
fi
