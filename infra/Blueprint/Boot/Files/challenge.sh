#!/bin/bash
# Answers an authority's DNS challenges (RFC 8555 §8.4) in the stack's hosted zone: challenge publish VALUE..., and afterwards challenge withdraw VALUE...
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

# Both names of the certificate are proven by the same record, with a value for each.
record=_acme-challenge.$DOMAIN

# route53 WHAT CURL-ARGUMENTS: a call to Route 53, which is signed for one region wherever it comes from.
route53() {
  local what=$1 attempt
  shift
  for attempt in 1 2 3 4 5; do
    REGION=us-east-1 signed route53 "$@" && return
    # The account's calls are counted, five in a second, and a zone's changes are made one after the other.
    grep -Eqs '<Code>(Throttling|PriorRequestNotComplete)<' "$work/answer" || break
    [ "$attempt" = 5 ] || sleep 2
  done
  fail "Route 53 does not $what: $(refusal)"
}

# Prints the id of the public zone, as hostedzone/Z...
zone() {
  route53 "name the zone $HOSTED_ZONE" "$ROUTE53_URL/2013-04-01/hostedzonesbyname?dnsname=$HOSTED_ZONE"
  python3 -c '
import sys, xml.etree.ElementTree as tree
for zone in tree.parse(sys.argv[1]).iterfind(".//{*}HostedZone"):
    if zone.findtext("{*}Name") == sys.argv[2] + "." and zone.findtext("{*}Config/{*}PrivateZone") != "true":
        print(zone.findtext("{*}Id").strip("/"))
        break
else:
    sys.exit(1)' "$work/answer" "$HOSTED_ZONE" || fail "Route 53 has no public zone $HOSTED_ZONE"
}

# changed publish|withdraw VALUE...: writes what the record becomes to $work/change, from what it is in $work/answer; not when it is that already. Values
# of others stay, two generations may be asking at the same time, but not for ever: a host that went while it asked has left its own.
changed() {
  python3 -c '
import sys, xml.etree.ElementTree as tree
answer, change, name, task, *values = sys.argv[1:]
name, ours = name + ".", [f"\"{value}\"" for value in values]
is_it = lambda record: record.findtext("{*}Name") == name and record.findtext("{*}Type") == "TXT"
there = next(filter(is_it, tree.parse(answer).iterfind(".//{*}ResourceRecordSet")), None)
held = [] if there is None else [value.text for value in there.iterfind(".//{*}Value")]
wanted = [value for value in held if value not in ours][-8:] + (ours if task == "publish" else [])
# A record is deleted as it is.
action, ttl, left = ("UPSERT", "10", wanted) if wanted else ("DELETE", there is not None and there.findtext("{*}TTL"), held)
records = "".join(f"<ResourceRecord><Value>{value}</Value></ResourceRecord>" for value in left)
if wanted != held:
    open(change, "w").write(
        "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes><Change>"
        f"<Action>{action}</Action><ResourceRecordSet><Name>{name}</Name><Type>TXT</Type><TTL>{ttl}</TTL><ResourceRecords>{records}</ResourceRecords>"
        "</ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>")' "$work/answer" "$work/change" "$record" "$@"
}

# change publish|withdraw VALUE...: prints the id of the change, as change/C...; nothing when there is none to make.
change() {
  local zone
  zone > "$work/zone"
  zone=$(< "$work/zone")
  route53 "show $record" "$ROUTE53_URL/2013-04-01/$zone/rrset?maxitems=1&name=$record&type=TXT"
  changed "$@"
  [ -s "$work/change" ] || return 0
  route53 "change $record" -H 'Content-Type: application/xml' --data-binary "@$work/change" "$ROUTE53_URL/2013-04-01/$zone/rrset/"
  sed -n 's|.*<Id>/\(change/[^<]*\)<.*|\1|p' "$work/answer"
}

publish() {
  local id end=$((SECONDS + 300))
  change publish "$@" > "$work/id"
  id=$(< "$work/id")
  # Then every name server of the zone has it, whichever the authority asks. Route 53 takes its time, and counts calls.
  while [ -n "$id" ] && route53 "tell of $id" "$ROUTE53_URL/2013-04-01/$id" && ! grep -q '<Status>INSYNC<' "$work/answer"; do
    [ $SECONDS -lt $end ] || fail "Route 53 has not spread $record within five minutes"
    sleep 1
  done
  say "$record is published"
}

withdraw() { change withdraw "$@" > /dev/null; }

"$@"
