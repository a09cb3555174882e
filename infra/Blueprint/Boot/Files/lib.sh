# shellcheck shell=bash
# What the root units of a host share. host.env is written by the plan.
set -euo pipefail
umask 077
# shellcheck source=/dev/null
. /etc/causeway/host.env

# The console, also where standard output is read by somebody else.
exec 3>&1
say() { printf 'causeway: %s\n' "$*" >&3; }

# A step is a process of its own with a folder, $work, that goes with it. What fails unforeseen is said too, as the script has it, without values.
if [ $# != 0 ]; then
  work=$(mktemp -d)
  trap finish EXIT
fi
finish() {
  local code=$?
  [ $code = 0 ] || [ -e "$work/failed" ] || say "FAILED: $BASH_COMMAND ended with $code"
  rm -rf "$work"
}

# The first failure is the reason of all that follow from it.
fail() {
  [ -e "$work/failed" ] || say "FAILED: $*"
  : > "$work/failed"
  exit 1
}

# Where each attempt is counted by somebody: at most five in the first hour, then one an hour.
fail_slowly() { (fail "$@") || exit 75; }

# Runs each step until it succeeds; as a process, so that set -e holds inside it.
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

# side_by_side LANE...: goes through several lists of steps at the same time, and on when all are through. What fails in one is said and tried again as
# ever, and holds none of the others up.
side_by_side() {
  local lane code=0
  local -a lanes=()
  for lane in "$@"; do
    # shellcheck disable=SC2086  # a lane is a list of words
    steps $lane &
    lanes+=($!)
  done
  for lane in "${lanes[@]}"; do wait "$lane" || code=$?; done
  return $code
}

# Why the last command failed, in one line: what it said first.
reason() { head -n 1 "$work/trouble" | cut -c 1-300; }

# Why the last signed request failed: also the code that the service answered and the first line of its message. After that some services quote the
# request, and with it the session token.
refusal() {
  { reason
    [ ! -s "$work/answer" ] || head -c 2000 "$work/answer" |
      sed -nE 'h; s|.*<Code>([^<]*)<.*<Message>([^<]*)<.*|\1: \2|p; g; s|.*"__type" *: *"([^"]*)".*|\1:|p; g; s|.*"[Mm]essage" *: *"([^"\\]*).*|\1|p' |
      cut -c 1-300
  } | paste -sd ' '
}

# imds PATH: instance metadata, version 2, with one session token for the whole step.
imds() {
  local token
  if [ ! -s "$work/token" ]; then
    token=$(curl -sSf -m 15 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 3600' "$IMDS/latest/api/token" 2> "$work/trouble") ||
      fail "the metadata service gives no session token: $(reason)"
    printf 'X-aws-ec2-metadata-token: %s\n' "$token" > "$work/token"
  fi
  curl -sSf -m 15 -H "@$work/token" "$IMDS/latest/meta-data/$1" 2> "$work/trouble" || fail "the metadata service does not say $1: $(reason)"
}

# field NAME: a text of the JSON object on standard input, as it stands there.
field() { python3 -c 'import json, sys; sys.stdout.write(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

# signed SERVICE CURL-ARGUMENTS: a request signed with the role's credentials, which never stand on a command line; the answer is left in $work/answer.
# They are asked for once in a step. Nobody waits long for a service that does not answer, or for an answer that does not go on.
credentials=
signed() {
  local service=$1 role
  shift
  rm -f "$work/answer"
  if [ -z "$credentials" ]; then
    role=$(imds iam/security-credentials/) || return
    credentials=$(imds "iam/security-credentials/$role" | python3 -c '
import json, sys
c = json.load(sys.stdin)
print("user = \"%s:%s\"" % (c["AccessKeyId"], c["SecretAccessKey"]))
print("header = \"x-amz-security-token: %s\"" % c["Token"])') || return
  fi
  curl -sS --fail-with-body --connect-timeout 10 --speed-time 30 --speed-limit 1 -m 300 --config - --aws-sigv4 "aws:amz:$REGION:$service" \
    -o "$work/answer" "$@" <<< "$credentials" 2> "$work/trouble"
}

# object KEY: gets an object of the bucket. S3 wants the body's hash in a header too, also when there is no body; not every curl sends it by itself.
object() { signed s3 -H "x-amz-content-sha256: $(sha256sum < /dev/null | head -c 64)" "$S3_URL/$1"; }

# secrets ACTION FILE: a call to Secrets Manager with the JSON body in a file.
secrets() {
  signed secretsmanager -H "X-Amz-Target: secretsmanager.$1" -H 'Content-Type: application/x-amz-json-1.1' \
    --data-binary "@$2" "$SECRETS_URL/"
}

# unpack ARCHIVE NAME TAR-ARGUMENTS: takes an archive's files, owned by root.
unpack() {
  local archive=$1 name=$2
  shift 2
  tar --extract --no-same-owner --file "$archive" "$@" 2> "$work/trouble" ||
    fail "$name cannot be unpacked, with $(df -h --output=avail / | tail -n 1 | tr -d ' ') left on the disk: $(reason)"
}

# give SERVICE FILE NAME: puts a file where only one service reads it, in one move.
give() {
  install -m 0640 -g "causeway-$1" "$2" "/etc/causeway/$1/.$3"
  mv -f "/etc/causeway/$1/.$3" "/etc/causeway/$1/$3"
}
