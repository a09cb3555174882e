#!/bin/bash
# Answers DNS challenges (RFC 8555 §8.4) in the stack's hosted zone: challenge publish VALUE..., and afterwards challenge withdraw VALUE...
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

# One record proves both names of the certificate, with a value for each.
record=_acme-challenge.$DOMAIN

# route53 WHAT CURL-ARGUMENTS: calls Route 53. All calls are signed for us-east-1.
route53() {
  local what=$1 attempt
  shift
  for attempt in 1 2 3 4 5; do
    REGION=us-east-1 signed route53 "$@" && return
    # Route 53 allows five calls a second for each account, and one change at a time for each zone.
    grep -Eqs '<Code>(Throttling|PriorRequestNotComplete)<' "$work/answer" || break
    [ "$attempt" = 5 ] || sleep 2
  done
  fail "cannot $what in Route 53: $(refusal)"
}

# Prints the id of the public zone, like hostedzone/Z...
zone() {
  route53 "find the zone $HOSTED_ZONE" "$ROUTE53_URL/2013-04-01/hostedzonesbyname?dnsname=$HOSTED_ZONE"
  python3 -c '
import sys, xml.etree.ElementTree as tree
for zone in tree.parse(sys.argv[1]).iterfind(".//{*}HostedZone"):
    if zone.findtext("{*}Name") == sys.argv[2] + "." and zone.findtext("{*}Config/{*}PrivateZone") != "true":
        print(zone.findtext("{*}Id").strip("/"))
        break
else:
    sys.exit(1)' "$work/answer" "$HOSTED_ZONE" || fail "Route 53 has no public zone $HOSTED_ZONE"
}

# changed publish|withdraw VALUE...: reads the record from $work/answer and writes the change to $work/change, if one is needed. It keeps
# the last eight
# values of others: two generations may request certificates at the same time, and a host that was deleted meanwhile leaves its values.
changed() {
  python3 -c '
import sys, xml.etree.ElementTree as tree
answer, change, name, task, *values = sys.argv[1:]
name, ours = name + ".", [f"\"{value}\"" for value in values]
is_it = lambda record: record.findtext("{*}Name") == name and record.findtext("{*}Type") == "TXT"
there = next(filter(is_it, tree.parse(answer).iterfind(".//{*}ResourceRecordSet")), None)
held = [] if there is None else [value.text for value in there.iterfind(".//{*}Value")]
wanted = [value for value in held if value not in ours][-8:] + (ours if task == "publish" else [])
# To delete a record, Route 53 needs all of it.
action, ttl, left = ("UPSERT", "10", wanted) if wanted else ("DELETE", there is not None and there.findtext("{*}TTL"), held)
records = "".join(f"<ResourceRecord><Value>{value}</Value></ResourceRecord>" for value in left)
if wanted != held:
    open(change, "w").write(
        "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes><Change>"
        f"<Action>{action}</Action><ResourceRecordSet><Name>{name}</Name><Type>TXT</Type><TTL>{ttl}</TTL>"
        f"<ResourceRecords>{records}</ResourceRecords>"
        "</ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>")
' "$work/answer" "$work/change" "$record" "$@"
}

# change publish|withdraw VALUE...: prints the id of the change, like change/C...; nothing if no change is needed.
change() {
  local zone
  zone > "$work/zone"
  zone=$(< "$work/zone")
  route53 "read $record" "$ROUTE53_URL/2013-04-01/$zone/rrset?maxitems=1&name=$record&type=TXT"
  changed "$@"
  [ -s "$work/change" ] || return 0
  route53 "change $record" -H 'Content-Type: application/xml' --data-binary "@$work/change" "$ROUTE53_URL/2013-04-01/$zone/rrset/"
  sed -n 's|.*<Id>/\(change/[^<]*\)<.*|\1|p' "$work/answer"
}

publish() {
  local id end=$((SECONDS + 300))
  change publish "$@" > "$work/id"
  id=$(< "$work/id")
  # INSYNC means that every name server of the zone has it, and the authority may ask any of them.
  while [ -n "$id" ] && route53 "read $id" "$ROUTE53_URL/2013-04-01/$id" && ! grep -q '<Status>INSYNC<' "$work/answer"; do
    [ $SECONDS -lt $end ] || fail "Route 53 did not publish $record within five minutes"
    sleep 1
  done
  say "$record is published"
}

withdraw() { change withdraw "$@" > /dev/null; }

"$@"
