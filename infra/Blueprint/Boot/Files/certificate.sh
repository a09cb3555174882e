#!/bin/bash
# Installs the stack's certificate for the services, and issues or renews it if that is this host's task.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

library=/usr/local/lib/causeway
# The names that the certificate must have.
names=("$DOMAIN" "*.$DOMAIN")
# The account and the issued certificate, for each authority.
state=/var/lib/causeway/acme/$(sha256sum <<< "$ACME_DIRECTORY" | head -c 16)
issued=$state/issued
# The certificate in use, and its authority.
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

# suits DIRECTORY CHAIN KEY: whether a certificate is from this authority, has these names, matches its key and has not expired.
suits() {
  local name held
  [ "$1" = "$ACME_DIRECTORY" ] && openssl x509 -in "$2" -noout -checkend 0 > /dev/null 2>&1 || return 1
  held=$(openssl x509 -in "$2" -noout -ext subjectAltName 2> /dev/null | tr -d ' ' | tr , '\n')
  for name in "${names[@]}"; do
    grep -qixF "DNS:$name" <<< "$held" || return 1
  done
  [ "$(openssl x509 -in "$2" -noout -pubkey)" = "$(openssl pkey -in "$3" -pubout 2> /dev/null)" ]
}

# due CHAIN: whether to renew: when the plan's number of days are left, or a third of the lifetime if that is less. A certificate that
# lives for a week never
# has the plan's days left, and would be renewed every hour.
due() {
  local start end before
  start=$(date -d "$(openssl x509 -in "$1" -noout -startdate | cut -d= -f2)" +%s)
  end=$(date -d "$(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)" +%s)
  before=$(((end - start) / 3))
  [ $before -lt $((RENEW_BEFORE_DAYS * 86400)) ] || before=$((RENEW_BEFORE_DAYS * 86400))
  [ $((end - $(date +%s))) -lt $before ]
}

# Fetches the stored certificate, if there is one.
fetch() {
  : > "$work/directory"
  printf '{"SecretId": "%s"}' "$CERTIFICATE_SECRET" > "$work/ask"
  if secrets GetSecretValue "$work/ask"; then
    field SecretString < "$work/answer" > "$work/kept"
    python3 -c '
import json, sys
kept = json.load(open(sys.argv[1]))
for name in "directory", "chain", "key": open(sys.argv[2] + "/" + name, "w").write(kept.get(name, ""))' "$work/kept" "$work" 2> /dev/null ||
      fail "secret $CERTIFICATE_SECRET does not contain a certificate"
  else
    # Only an empty secret means that none was issued. Authorities limit the number of certificates, so any other failure must not cause a
    # new one.
    grep -qs ResourceNotFoundException "$work/answer" || fail "cannot read secret $CERTIFICATE_SECRET: $(refusal)"
  fi
}

# Requests a certificate, which stays on the disk until it is stored.
order() {
  # Authorities limit requests. One that doesn't answer counts nothing, so it can be asked again soon.
  curl -sSf --connect-timeout 10 -m 30 -o /dev/null "$ACME_DIRECTORY" 2> "$work/trouble" ||
    fail "the authority does not answer at $ACME_DIRECTORY: $(reason)"
  say "requesting a certificate for ${names[0]} and ${names[1]} from $ACME_DIRECTORY"
  mkdir -p "$state"
  : > "$state/asked"
  # Some authorities require an email address.
  timeout 20m "$library/acme" "$ACME_DIRECTORY" "${ACME_EMAIL:-hostmaster@$DOMAIN}" "$state" "$library/challenge" "${names[@]}" 2>&1 |
    tee "$work/acme" >&3 || fail_slowly "the authority issued no certificate: $(tail -n 1 "$work/acme")"
  suits "$ACME_DIRECTORY" "$issued.crt" "$issued.key" ||
    fail_slowly "the authority issued an unusable certificate for ${names[*]}: $(
      openssl x509 -in "$issued.crt" -noout -enddate -ext subjectAltName 2>&1 | paste -sd ' '
    )"
}

# Stores the issued certificate for all hosts, and installs it for the services.
keep() {
  # Secrets Manager requires the token, which AWS's own clients add automatically.
  python3 -c '
import json, sys, uuid
secret, directory, chain, key, folder = sys.argv[1], sys.argv[2], open(sys.argv[3]).read(), open(sys.argv[4]).read(), sys.argv[5]
write = {"ClientRequestToken": str(uuid.uuid4()), "SecretString": json.dumps({"directory": directory, "chain": chain, "key": key})}
tags = {"Name": secret, "causeway:project": "causeway", "causeway:stack": secret.split("/")[1]}
description = "Certificate chain and key, kept beyond its stack"
make = {"Name": secret, "Description": description, "Tags": [{"Key": name, "Value": tags[name]} for name in tags]}
json.dump({"SecretId": secret} | write, open(folder + "/put", "w"))
json.dump(make | write, open(folder + "/create", "w"))' \
    "$CERTIFICATE_SECRET" "$ACME_DIRECTORY" "$issued.crt" "$issued.key" "$work"
  if ! secrets PutSecretValue "$work/put"; then
    # The secret that outlives stacks isn't part of any; the first host creates it.
    if [[ $CERTIFICATE_SECRET != */kept-certificate ]] || ! grep -qs ResourceNotFoundException "$work/answer"; then
      fail "cannot write secret $CERTIFICATE_SECRET: $(refusal)"
    fi
    secrets CreateSecret "$work/create" || fail "cannot create secret $CERTIFICATE_SECRET: $(refusal)"
    say "created the secret $CERTIFICATE_SECRET, which outlives the stack"
  fi
  spread "$issued.crt" "$issued.key"
}

self_signed() {
  [ ! -e /etc/causeway/signalling/chain.pem ] || return 0
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=causeway \
    -keyout "$work/key.pem" -out "$work/chain.pem" 2> "$work/log" || fail "openssl: $(tail -n 1 "$work/log")"
  spread "$work/chain.pem" "$work/key.pem"
  say 'no domain is set: using a self-signed certificate, which browsers warn about,' \
    "$(openssl x509 -in "$work/chain.pem" -noout -fingerprint -sha256)"
}

# Makes sure that the services have a valid certificate.
certificate() {
  if [ -z "$DOMAIN" ]; then self_signed; return; fi
  fetch
  if suits "$(< "$work/directory")" "$work/chain" "$work/key"; then
    spread "$work/chain" "$work/key"
  # The stored one belongs to another generation with other settings. While both exist each uses its own, and neither requests a new one.
  elif suits "$(cat "$origin" 2> /dev/null)" "$serving/chain.pem" "$serving/key.pem"; then
    spread "$serving/chain.pem" "$serving/key.pem"
  elif [ "$ISSUER" = 1 ]; then
    suits "$ACME_DIRECTORY" "$issued.crt" "$issued.key" || order
    keep
  else
    fail 'no valid certificate is stored yet'
  fi
}

# Renews the certificate when it is due.
renewal() {
  [ -n "$DOMAIN" ] && [ "$ISSUER" = 1 ] || return 0
  due "$serving/chain.pem" || return 0
  if ! suits "$ACME_DIRECTORY" "$issued.crt" "$issued.key" || due "$issued.crt"; then
    # Restarting a service starts this too, and a service that fails restarts every few seconds. The authority is asked once an hour.
    [ -z "$(find "$state/asked" -mmin -50 2> /dev/null)" ] || fail "the authority issued no certificate within the last hour"
    order
  fi
  keep
}

if [ $# = 0 ]; then
  steps certificate
  # The current certificate stays in use, and the timer retries.
  "$0" renewal || say 'the certificate was not renewed; retrying within the hour'
else
  "$1"
fi
