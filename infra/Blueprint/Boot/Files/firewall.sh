#!/bin/bash
# Loads the nftables table that blocks the metadata service for the services' users. The services don't run without it.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

table() {
  nft --file /etc/causeway/firewall.nft 2> "$work/trouble" || fail "cannot load the table that blocks the metadata service: $(reason)"
}

if [ $# = 0 ]; then
  steps table
else
  "$1"
fi
