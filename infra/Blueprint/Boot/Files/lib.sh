# shellcheck shell=bash
# What the root units of a host share. host.env is written by the plan.
set -euo pipefail
umask 077
# shellcheck source=/dev/null
. /etc/causeway/host.env

say() { printf 'causeway: %s\n' "$*"; }
fail() { say "FAILED: $*"; exit 1; }

# Where each attempt is counted by somebody: at most five in the first hour, then one an hour.
fail_slowly() { say "FAILED: $*"; exit 75; }

# Runs each step as a process of its own, so that set -e holds inside it, until it succeeds.
steps() {
  local step delay code
  for step in "$@"; do
    delay=2
    while code=0; "$0" "$step" || code=$?; [ $code != 0 ]; do
      if [ $code = 75 ]; then delay=$((delay < 120 ? 120 : delay)); fi
      say "step '$step' of ${0##*/} failed; again in $delay s"
      sleep "$delay"
      if [ $code = 75 ]; then delay=$((delay < 1800 ? delay * 2 : 3600)); else delay=$((delay < 32 ? delay * 2 : 60)); fi
    done
  done
}

# imds PATH: instance metadata, version 2 (a session token for each question: these are few).
imds() {
  local token
  token=$(curl -sSf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$IMDS/latest/api/token") || return
  curl -sSf -m 5 -H "X-aws-ec2-metadata-token: $token" "$IMDS/latest/meta-data/$1"
}

# field NAME: a text of the JSON object on standard input, as it stands there.
field() { python3 -c 'import json, sys; sys.stdout.write(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

# signed SERVICE CURL-ARGUMENTS: a request signed with the role's credentials, which never stand on a command line.
signed() {
  local service=$1 role credentials
  shift
  role=$(imds iam/security-credentials/) || return
  credentials=$(imds "iam/security-credentials/$role" | python3 -c '
import json, sys
c = json.load(sys.stdin)
print("user = \"%s:%s\"" % (c["AccessKeyId"], c["SecretAccessKey"]))
print("header = \"x-amz-security-token: %s\"" % c["Token"])') || return
  curl -sS --fail-with-body -m 300 --retry 2 --config - --aws-sigv4 "aws:amz:$REGION:$service" "$@" <<< "$credentials"
}

# secrets ACTION FILE: a call to Secrets Manager with the JSON body in a file.
secrets() {
  signed secretsmanager -H "X-Amz-Target: secretsmanager.$1" -H 'Content-Type: application/x-amz-json-1.1' \
    --data-binary "@$2" "$SECRETS_URL/"
}

# give SERVICE FILE NAME: puts a file where only one service reads it, in one move.
give() {
  install -m 0640 -g "causeway-$1" "$2" "/etc/causeway/$1/.$3"
  mv -f "/etc/causeway/$1/.$3" "/etc/causeway/$1/$3"
}
