#!/bin/bash
# Prepares the host at every start: addresses, settings, programs, secrets.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

# addresses DEVICE ADDRESS/LENGTH...: adds addresses to the interface. When networkd restarts (a security update is enough) it removes
# addresses that it
# didn't add, so they are also written to a drop-in of the interface's networkd file. Addresses that something else added are left alone.
addresses() {
  local device=$1 file dropin=/dev/null address
  shift
  if file=$(networkctl --json=short status "$device" 2> /dev/null | field NetworkFile 2> /dev/null); then
    dropin=/run/systemd/network/${file##*/}.d/causeway.conf
    install -d -m 0755 "${dropin%/*}"
  fi
  for address; do
    if ! has_address "$address" "$device" || grep -qsx "Address=$address" "$dropin"; then printf '[Address]\nAddress=%s\n' "$address"; fi
  done > "$work/addresses"
  # networkd doesn't run as root and may read it at any time.
  [ "$dropin" = /dev/null ] || { install -m 0644 "$work/addresses" "$dropin.new" && mv -f "$dropin.new" "$dropin"; }
  for address; do has_address "$address" "$device" || ip address add "$address" dev "$device"; done
}

# has_address ADDRESS/LENGTH DEVICE: whether the interface has the address, with any prefix length.
has_address() { ip -o address show dev "$2" | grep -qF " ${1%/*}/"; }

settings() {
  local mac net device signalling4 relay4 relay_public='' public relay6='' signalling6='' vpc6='' file wanted
  mac=$(imds mac)
  net=network/interfaces/macs/$mac
  # The primary address belongs to the relay, whose Elastic IP existed before this host; the other belongs to signalling.
  relay4=$(imds local-ipv4)
  signalling4=$(imds "$net/local-ipv4s" | awk -v relay="$relay4" '$1 != relay && !found { print $1; found = 1 }')
  [ -n "$signalling4" ] || fail 'the interface does not have two private IPv4 addresses'
  for public in $(imds "$net/ipv4-associations/"); do
    [ "$(imds "$net/ipv4-associations/$public")" != "$relay4" ] || relay_public=$public
  done
  [ -n "$relay_public" ] || fail "no Elastic IP is associated with $relay4"

  device=$(ip -o link | awk -F'[:@ ]+' -v mac="$mac" 'tolower($0) ~ mac { print $2; exit }')
  wanted=("$signalling4/32")
  if [ "$DUAL_STACK" = 1 ]; then
    { read -r relay6 && read -r signalling6; } < <(imds "$net/ipv6s" | python3 -c '
import ipaddress, sys
for a in sorted(map(ipaddress.ip_address, sys.stdin.read().split())): print(a)') ||
      fail 'the interface does not have two IPv6 addresses'
    vpc6=$(imds "$net/vpc-ipv6-cidr-blocks" | head -n 1)
    wanted+=("$relay6/128" "$signalling6/128")
  fi
  addresses "$device" "${wanted[@]}"

  for file in relay signalling; do
    sed -e "s|@RELAY_PRIVATE_IPV4@|$relay4|g" -e "s|@RELAY_PUBLIC_IPV4@|$relay_public|g" -e "s|@RELAY_IPV6@|$relay6|g" \
      -e "s|@SIGNALLING_PRIVATE_IPV4@|$signalling4|g" -e "s|@SIGNALLING_IPV6@|$signalling6|g" -e "s|@VPC_IPV6@|$vpc6|g" \
      "/etc/causeway/$file.json.in" > "$work/$file.json"
    give "$file" "$work/$file.json" settings.json
  done
}

# whole FOLDER SHA256: the content of a program's .whole file: its archive's hash and a hash of its files' lengths. Files that were being
# written during a
# power failure are shorter.
whole() { echo "$2 $(cd "$1" && find . -type f ! -name .whole -printf '%s %P\n' | sort | sha256sum)"; }

# program SERVICE KEY SHA256: fetches a program unless it is installed, and checks its hash.
program() {
  local target=/opt/causeway/$1
  [ ! -e "$target/.whole" ] || [ "$(cat "$target/.whole")" != "$(whole "$target" "$3")" ] || return 0
  object "$2" || fail "cannot fetch $2: $(refusal)"
  echo "$3  $work/answer" | sha256sum --check --status || fail "$2 does not have the hash $3"
  # The remains of an earlier attempt may fill the disk.
  rm -rf "$target" "$target.new"
  install -d -m 0755 /opt/causeway "$target.new"
  (unpack "$work/answer" "$2" --gzip --directory "$target.new") || { rm -rf "$target.new"; exit 1; }
  chmod -R u=rwX,go=rX "$target.new"
  whole "$target.new" "$3" > "$target.new/.whole"
  mv "$target.new" "$target"
}

relay_program() { program relay "$RELAY_KEY" "$RELAY_SHA256"; }

signalling_program() { program signalling "$SIGNALLING_KEY" "$SIGNALLING_SHA256"; }

# Each entry is SECRET:FILE:SERVICE,SERVICE.
secret_files() {
  local entry secret file services service
  for entry in $SECRET_FILES; do
    IFS=: read -r secret file services <<< "$entry"
    printf '{"SecretId": "%s"}' "$secret" > "$work/ask"
    secrets GetSecretValue "$work/ask" || fail "cannot read secret $secret: $(refusal)"
    field SecretString < "$work/answer" > "$work/secret"
    for service in ${services//,/ }; do
      give "$service" "$work/secret" "$file"
    done
  done
}

if [ $# = 0 ]; then
  side_by_side relay_program signalling_program settings secret_files
  say 'host prepared'
else
  "$1"
fi
