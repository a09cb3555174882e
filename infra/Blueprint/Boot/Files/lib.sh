# shellcheck shell=bash
# Functions that the host's root units share. The plan writes host.env.
set -euo pipefail
umask 077
# shellcheck source=/dev/null
. /etc/causeway/host.env

# The console, also where standard output is captured.
exec 3>&1
say() { printf 'causeway: %s\n' "$*" >&3; }

# Each step is a process with a temporary folder, $work. An unexpected failure prints the command as it is written in the script, without
# values.
if [ $# != 0 ]; then
  work=$(mktemp -d)
  trap finish EXIT
fi
finish() {
  local code=$?
  [ $code = 0 ] || [ -e "$work/failed" ] || say "FAILED: $BASH_COMMAND exited with $code"
  rm -rf "$work"
}

# Prints only the first failure: the others follow from it.
fail() {
  [ -e "$work/failed" ] || say "FAILED: $*"
  : > "$work/failed"
  exit 1
}

# For attempts that count against a rate limit: at most five in the first hour, then one an hour.
fail_slowly() { (fail "$@") || exit 75; }

# Runs each step until it succeeds, as a process, so that set -e applies inside it.
steps() {
  local step delay code
  for step in "$@"; do
    delay=2
    while code=0; "$0" "$step" || code=$?; [ $code != 0 ]; do
      if [ $code = 75 ]; then delay=$((delay < 120 ? 120 : delay)); fi
      say "step '$step' of ${0##*/} failed; retrying in $delay s"
      sleep "$delay"
      if [ $code = 75 ]; then delay=$((delay < 1800 ? delay * 2 : 3600)); else delay=$((delay < 32 ? delay * 2 : 60)); fi
    done
  done
}

# side_by_side LANE...: runs several lists of steps in parallel and waits for all. A failure in one is printed and retried, and doesn't
# delay the others.
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

# Why the last command failed: the first line of its error output.
reason() { head -n 1 "$work/trouble" | cut -c 1-300; }

# Why the last signed request failed, with the service's error code and the first line of its message. The rest may quote the request, and
# with it the
# session token.
refusal() {
  { reason
    [ ! -s "$work/answer" ] || head -c 2000 "$work/answer" |
      sed -nE 'h; s|.*<Code>([^<]*)<.*<Message>([^<]*)<.*|\1: \2|p
        g; s|.*"__type" *: *"([^"]*)".*|\1:|p
        g; s|.*"[Mm]essage" *: *"([^"\\]*).*|\1|p' |
      cut -c 1-300
  } | paste -sd ' '
}

# imds PATH: reads instance metadata (version 2), with one session token for each step.
imds() {
  local token
  if [ ! -s "$work/token" ]; then
    token=$(curl -sSf -m 15 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 3600' "$IMDS/latest/api/token" 2> "$work/trouble") ||
      fail "the metadata service returned no session token: $(reason)"
    printf 'X-aws-ec2-metadata-token: %s\n' "$token" > "$work/token"
  fi
  curl -sSf -m 15 -H "@$work/token" "$IMDS/latest/meta-data/$1" 2> "$work/trouble" ||
    fail "the metadata service did not return $1: $(reason)"
}

# field NAME: prints a text of the JSON object on standard input.
field() { python3 -c 'import json, sys; sys.stdout.write(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

# signed SERVICE CURL-ARGUMENTS: sends a request signed with the role's credentials; the response is in $work/answer. The credentials are
# read once in a
# step and never appear on a command line. Requests time out, and so do responses that stall.
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

# object KEY: gets an object from the bucket. S3 requires the body's hash in a header even without a body, and some versions of curl don't
# send it.
object() { signed s3 -H "x-amz-content-sha256: $(sha256sum < /dev/null | head -c 64)" "$S3_URL/$1"; }

# secrets ACTION FILE: calls Secrets Manager with a JSON body from a file.
secrets() {
  signed secretsmanager -H "X-Amz-Target: secretsmanager.$1" -H 'Content-Type: application/x-amz-json-1.1' \
    --data-binary "@$2" "$SECRETS_URL/"
}

# unpack ARCHIVE NAME TAR-ARGUMENTS: unpacks an archive. Its files are owned by root.
unpack() {
  local archive=$1 name=$2
  shift 2
  tar --extract --no-same-owner --file "$archive" "$@" 2> "$work/trouble" ||
    fail "cannot unpack $name with $(df -h --output=avail / | tail -n 1 | tr -d ' ') of disk space left: $(reason)"
}

# give SERVICE FILE NAME: installs a file that only one service can read, atomically.
give() {
  install -m 0640 -g "causeway-$1" "$2" "/etc/causeway/$1/.$3"
  mv -f "/etc/causeway/$1/.$3" "/etc/causeway/$1/$3"
}
