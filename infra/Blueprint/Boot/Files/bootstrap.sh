#!/bin/bash
# The first thing a new host runs: gets its other files, by their hash, and starts what they say.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  # shellcheck disable=SC2086  # PACKAGES is a list of words
  apt-get -q install -y --no-install-recommends $PACKAGES
}

files() {
  local archive
  archive=$(mktemp)
  signed s3 -o "$archive" "$S3_URL/$HOST_KEY" || fail "$HOST_KEY cannot be fetched"
  echo "$HOST_SHA256  $archive" | sha256sum --check --status || fail "$HOST_KEY has another hash than $HOST_SHA256"
  umask 022
  tar --extract --no-same-owner --preserve-permissions --file "$archive" --directory /
  rm "$archive"
}

start() {
  local units
  systemd-sysusers
  systemd-tmpfiles --create
  sysctl -q --system
  systemctl daemon-reload
  systemctl restart systemd-journald
  systemctl enable --now nftables.service
  read -ra units < /etc/causeway/units
  systemctl enable --now --no-block "${units[@]}"
}

if [ $# = 0 ]; then steps packages files start; else "$1"; fi
