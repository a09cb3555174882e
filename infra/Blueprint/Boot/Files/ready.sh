#!/bin/bash
# Says on the console when this host serves, and until then what is missing.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

# The last line that a service wrote: often the reason that it does not run.
last() { echo "$1 last said: $(journalctl --quiet --unit "causeway-$1" --identifier "causeway-$1" --lines 1 --output cat | cut -c 1-300)"; }

# A service that has just started is asked each second for a while; what is said on the console is what stays wrong.
patience=(--retry 5 --retry-delay 1 --retry-connrefused)

relay() {
  curl -sS --fail-with-body -m 5 "${patience[@]}" -o "$work/answer" "http://$RELAY_ADMIN/readyz" 2> "$work/trouble" ||
    fail "the relay has not relayed through itself over every transport: $(reason) $(head -c 500 "$work/answer" 2> /dev/null | paste -sd ' '); $(last relay)"
}

# page [PATH]: asks the page server. The name in the certificate is tested from outside; here it is about the answer.
page() {
  local address path=${1:-/healthz}
  rm -f "$work/answer"
  address=$(python3 -c 'import json; print(json.load(open("/etc/causeway/signalling/settings.json"))["signalling"]["listen"][0])')
  curl -sS -k --fail-with-body -o "$work/answer" -m 5 "${patience[@]}" "$address$path" 2> "$work/trouble" ||
    fail "the page does not answer well at $address$path: $(reason) $(head -c 500 "$work/answer" 2> /dev/null | paste -sd ' '); $(last signalling)"
}

fleet() {
  page /healthz/relays
}

if [ $# = 0 ]; then
  side_by_side page 'relay fleet'
  say "READY generation $GENERATION"
else
  "$1"
fi
