#!/bin/bash
# Prints on the console when this host serves, and until then what is missing.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

# The last line of a service's log, which often says why it doesn't run.
last() {
  local unit=causeway-$1
  echo "last log line of $1: $(journalctl --quiet --unit "$unit" --identifier "$unit" --lines 1 --output cat | cut -c 1-300)"
}

# What the service answered, in one line.
answered() { head -c 500 "$work/answer" 2> /dev/null | paste -sd ' '; }

# asked CURL-ARGUMENTS: asks a service, and asks again for five seconds, because it may just have started.
asked() {
  local end=$((SECONDS + 5))
  while rm -f "$work/answer"; ! curl -sS --fail-with-body -o "$work/answer" -m 5 "$@" 2> "$work/trouble"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

relay() {
  asked "http://$RELAY_ADMIN/readyz" ||
    fail "the relay did not pass its self-test over every transport: $(reason) $(answered); $(last relay)"
}

# page [PATH]: asks the page server. It doesn't check the name in the certificate, which is tested from outside.
page() {
  local address path=${1:-/healthz}
  address=$(python3 -c 'import json; print(json.load(open("/etc/causeway/signalling/settings.json"))["signalling"]["listen"][0])')
  asked -k "$address$path" ||
    fail "the page gives no valid response at $address$path: $(reason) $(answered); $(last signalling)"
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
