#!/bin/bash
# Gives the services the stack's certificate, and issues or renews it when this host is the one that does.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

spread() { # CHAIN KEY
  local service
  for service in signalling ${DOMAIN:+relay}; do
    cmp -s "$1" "/etc/causeway/$service/chain.pem" && continue
    give "$service" "$2" key.pem
    give "$service" "$1" chain.pem
    say "$service has a certificate until $(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)"
  done
}

# lasts CHAIN SECONDS: whether a certificate is there and valid for that much longer.
lasts() { [ -s "$1" ] && openssl x509 -in "$1" -noout -checkend "$2" > /dev/null; }

# Fetches the certificate that is kept, if there is one yet.
fetch() {
  printf '{"SecretId": "%s"}' "$CERTIFICATE_SECRET" > "$work/ask"
  if secrets GetSecretValue "$work/ask"; then
    field SecretString < "$work/answer" > "$work/kept"
    field chain < "$work/kept" > "$work/chain.pem"
    field key < "$work/kept" > "$work/key.pem"
  else
    # Only an empty secret means that none was issued: authorities count what is asked of them.
    grep -qs ResourceNotFoundException "$work/answer" || fail "secret $CERTIFICATE_SECRET cannot be read: $(refusal)"
  fi
}

issue() {
  local state=/var/lib/causeway/lego chain=/var/lib/causeway/lego/certificates/$DOMAIN.crt
  # What was issued but could not be kept is kept now.
  if ! lasts "$chain" "$renew"; then
    # Authorities count what they are asked for; one that is away counts nothing, and is back any minute.
    curl -sSf --connect-timeout 10 -m 30 -o /dev/null "$ACME_DIRECTORY" 2> "$work/trouble" || fail "the authority does not answer at $ACME_DIRECTORY: $(reason)"
    say "asking $ACME_DIRECTORY for $DOMAIN and *.$DOMAIN"
    # lego reads the role's credentials itself; it runs as root, whom the metadata service answers. It insists on an address. And it
    # sleeps four seconds before each look at a name, also when that shows already what it should: one is enough.
    AWS_REGION=$REGION AWS_POLLING_INTERVAL=1 lego --accept-tos --path "$state" --server "$ACME_DIRECTORY" --email "${ACME_EMAIL:-hostmaster@$DOMAIN}" --key-type ec256 \
      --dns "${ACME_DNS:-route53}" --domains "$DOMAIN" --domains "*.$DOMAIN" run 2>&1 | tee "$work/lego" >&3 ||
      fail_slowly "the authority gave no certificate: $(tail -n 1 "$work/lego")"
  fi
  cp "$chain" "$work/chain.pem"
  cp "${chain%.crt}.key" "$work/key.pem"
  # The token is what AWS's own clients add to each write unasked, and Secrets Manager refuses a write without.
  python3 -c '
import json, sys, uuid
secret, chain, key = sys.argv[1], open(sys.argv[2]).read(), open(sys.argv[3]).read()
print(json.dumps({"SecretId": secret, "ClientRequestToken": str(uuid.uuid4()), "SecretString": json.dumps({"chain": chain, "key": key})}))' \
    "$CERTIFICATE_SECRET" "$work/chain.pem" "$work/key.pem" > "$work/put"
  secrets PutSecretValue "$work/put" || fail "secret $CERTIFICATE_SECRET cannot be written: $(refusal)"
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
  local renew=0
  if [ -z "$DOMAIN" ]; then self_made; return; fi
  fetch
  if ! lasts "$work/chain.pem" 0 && [ "$ISSUER" = 1 ]; then issue; fi
  lasts "$work/chain.pem" 0 || fail 'no valid certificate is kept yet'
  spread "$work/chain.pem" "$work/key.pem"
}

# A later one in its place when its end is near.
renewal() {
  local renew=$((RENEW_BEFORE_DAYS * 86400))
  [ -n "$DOMAIN" ] && [ "$ISSUER" = 1 ] || return 0
  ! lasts "/etc/causeway/signalling/chain.pem" "$renew" || return 0
  issue
  spread "$work/chain.pem" "$work/key.pem"
}

if [ $# = 0 ]; then
  steps certificate
  # What serves goes on serving, and the timer comes again.
  "$0" renewal || say 'the certificate is not renewed yet; again within the hour'
else
  "$1"
fi
