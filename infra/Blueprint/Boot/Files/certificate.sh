#!/bin/bash
# Gives the services the stack's certificate, and issues or renews it when this host is the one that does.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

library=/usr/local/lib/causeway
# Every name that a certificate is asked for, and must be good for.
names=("$DOMAIN" "*.$DOMAIN")
# The account and what was issued, apart for each authority.
state=/var/lib/causeway/acme/$(sha256sum <<< "$ACME_DIRECTORY" | head -c 16)
issued=$state/issued
# What serves here, and from which authority it is.
serving=/etc/causeway/signalling
origin=/etc/causeway/acme-directory

spread() { # CHAIN KEY
  local service
  for service in signalling ${DOMAIN:+relay}; do
    cmp -s "$1" "/etc/causeway/$service/chain.pem" && continue
    give "$service" "$2" key.pem
    give "$service" "$1" chain.pem
    say "$service has a certificate until $(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)"
  done
  echo "$ACME_DIRECTORY" > "$origin"
}

# suits DIRECTORY CHAIN KEY: whether a certificate is one that this host would ask for: of this authority, for these names, with its key, and not over.
suits() {
  local name held
  [ "$1" = "$ACME_DIRECTORY" ] && openssl x509 -in "$2" -noout -checkend 0 > /dev/null 2>&1 || return 1
  held=$(openssl x509 -in "$2" -noout -ext subjectAltName 2> /dev/null | tr -d ' ' | tr , '\n')
  for name in "${names[@]}"; do
    grep -qixF "DNS:$name" <<< "$held" || return 1
  done
  [ "$(openssl x509 -in "$2" -noout -pubkey)" = "$(openssl pkey -in "$3" -pubout 2> /dev/null)" ]
}

# due CHAIN: whether its end is so near that a later one is asked for: the days that the plan says, or a third of its life where that is less. Of what
# lives for a week the plan's days are never left, and every look would be an order.
due() {
  local start end before
  start=$(date -d "$(openssl x509 -in "$1" -noout -startdate | cut -d= -f2)" +%s)
  end=$(date -d "$(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)" +%s)
  before=$(((end - start) / 3))
  [ $before -lt $((RENEW_BEFORE_DAYS * 86400)) ] || before=$((RENEW_BEFORE_DAYS * 86400))
  [ $((end - $(date +%s))) -lt $before ]
}

# Fetches the certificate that is kept, if there is one yet.
fetch() {
  : > "$work/directory"
  printf '{"SecretId": "%s"}' "$CERTIFICATE_SECRET" > "$work/ask"
  if secrets GetSecretValue "$work/ask"; then
    field SecretString < "$work/answer" > "$work/kept"
    python3 -c '
import json, sys
kept = json.load(open(sys.argv[1]))
for name in "directory", "chain", "key": open(sys.argv[2] + "/" + name, "w").write(kept.get(name, ""))' "$work/kept" "$work" 2> /dev/null ||
      fail "secret $CERTIFICATE_SECRET holds something else than a certificate"
  else
    # Only an empty secret means that none was issued: authorities count what is asked of them.
    grep -qs ResourceNotFoundException "$work/answer" || fail "secret $CERTIFICATE_SECRET cannot be read: $(refusal)"
  fi
}

# Asks the authority for a certificate, which stays on the disk until it is kept.
order() {
  # Authorities count what they are asked for; one that is away counts nothing, and is back any minute.
  curl -sSf --connect-timeout 10 -m 30 -o /dev/null "$ACME_DIRECTORY" 2> "$work/trouble" || fail "the authority does not answer at $ACME_DIRECTORY: $(reason)"
  say "asking $ACME_DIRECTORY for ${names[0]} and ${names[1]}"
  mkdir -p "$state"
  : > "$state/asked"
  # Some authorities insist on an address.
  timeout 20m "$library/acme" "$ACME_DIRECTORY" "${ACME_EMAIL:-hostmaster@$DOMAIN}" "$state" "$library/challenge" "${names[@]}" 2>&1 |
    tee "$work/acme" >&3 || fail_slowly "the authority gave no certificate: $(tail -n 1 "$work/acme")"
  suits "$ACME_DIRECTORY" "$issued.crt" "$issued.key" ||
    fail_slowly "the authority gave a certificate that does not serve ${names[*]}: $(openssl x509 -in "$issued.crt" -noout -enddate -ext subjectAltName 2>&1 | paste -sd ' ')"
}

# Keeps what was issued where every host finds it, and gives it to the services.
keep() {
  # The token is what AWS's own clients add to each write unasked, and Secrets Manager refuses a write without.
  python3 -c '
import json, sys, uuid
secret, directory, chain, key, folder = sys.argv[1], sys.argv[2], open(sys.argv[3]).read(), open(sys.argv[4]).read(), sys.argv[5]
write = {"ClientRequestToken": str(uuid.uuid4()), "SecretString": json.dumps({"directory": directory, "chain": chain, "key": key})}
tags = {"Name": secret, "causeway:project": "causeway", "causeway:stack": secret.split("/")[1]}
make = {"Name": secret, "Description": "Certificate chain and key, kept beyond its stack", "Tags": [{"Key": name, "Value": tags[name]} for name in tags]}
json.dump({"SecretId": secret} | write, open(folder + "/put", "w"))
json.dump(make | write, open(folder + "/create", "w"))' \
    "$CERTIFICATE_SECRET" "$ACME_DIRECTORY" "$issued.crt" "$issued.key" "$work"
  if ! secrets PutSecretValue "$work/put"; then
    # The one that outlives stacks is made by none of them: the first host does.
    if [[ $CERTIFICATE_SECRET != */kept-certificate ]] || ! grep -qs ResourceNotFoundException "$work/answer"; then
      fail "secret $CERTIFICATE_SECRET cannot be written: $(refusal)"
    fi
    secrets CreateSecret "$work/create" || fail "secret $CERTIFICATE_SECRET cannot be made: $(refusal)"
    say "made the secret $CERTIFICATE_SECRET, which stays when the stack goes"
  fi
  spread "$issued.crt" "$issued.key"
}

self_made() {
  [ ! -e /etc/causeway/signalling/chain.pem ] || return 0
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=causeway \
    -keyout "$work/key.pem" -out "$work/chain.pem" 2> "$work/log" || fail "openssl: $(tail -n 1 "$work/log")"
  spread "$work/chain.pem" "$work/key.pem"
  say "there is no domain: browsers warn of a self-made certificate, $(openssl x509 -in "$work/chain.pem" -noout -fingerprint -sha256)"
}

# A certificate that serves now.
certificate() {
  if [ -z "$DOMAIN" ]; then self_made; return; fi
  fetch
  if suits "$(< "$work/directory")" "$work/chain" "$work/key"; then
    spread "$work/chain" "$work/key"
  # What is kept is another generation's, with other settings: while both stand each has its own, and neither asks anew because of the other.
  elif suits "$(cat "$origin" 2> /dev/null)" "$serving/chain.pem" "$serving/key.pem"; then
    spread "$serving/chain.pem" "$serving/key.pem"
  elif [ "$ISSUER" = 1 ]; then
    suits "$ACME_DIRECTORY" "$issued.crt" "$issued.key" || order
    keep
  else
    fail 'no certificate that suits is kept yet'
  fi
}

# A later one in its place when its end is near.
renewal() {
  [ -n "$DOMAIN" ] && [ "$ISSUER" = 1 ] || return 0
  due "$serving/chain.pem" || return 0
  if ! suits "$ACME_DIRECTORY" "$issued.crt" "$issued.key" || due "$issued.crt"; then
    # A service that starts again starts this too, and one that cannot start does so every few seconds; the authority is asked once in an hour.
    [ -z "$(find "$state/asked" -mmin -50 2> /dev/null)" ] || fail "the authority gave no certificate within the last hour"
    order
  fi
  keep
}

if [ $# = 0 ]; then
  steps certificate
  # What serves goes on serving, and the timer comes again.
  "$0" renewal || say 'the certificate is not renewed yet; again within the hour'
else
  "$1"
fi
