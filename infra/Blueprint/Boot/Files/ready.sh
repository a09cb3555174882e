#!/bin/bash
# Says on the console when this host serves, and until then what is missing.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

# The last line that a service wrote: often the reason that it does not run.
last() { echo "$1 last said: $(journalctl --quiet --unit "causeway-$1" --identifier "causeway-$1" --lines 1 --output cat | cut -c 1-300)"; }

# asked CURL-ARGUMENTS: a service that has just started is asked again for five seconds; what is said on the console is what stays wrong.
asked() {
  local end=$((SECONDS + 5))
  while rm -f "$work/answer"; ! curl -sS --fail-with-body -o "$work/answer" -m 5 "$@" 2> "$work/trouble"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

relay() {
  asked "http://$RELAY_ADMIN/readyz" ||
    fail "the relay has not relayed through itself over every transport: $(reason) $(head -c 500 "$work/answer" 2> /dev/null | paste -sd ' '); $(last relay)"
}

# page [PATH]: asks the page server. The name in the certificate is tested from outside; here it is about the answer.
page() {
  local address path=${1:-/healthz}
  address=$(python3 -c 'import json; print(json.load(open("/etc/causeway/signalling/settings.json"))["signalling"]["listen"][0])')
  asked -k "$address$path" ||
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
