#!/bin/bash
# Loads the table that keeps the services' users from the metadata service; they do not run without it.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

table() {
  nft --file /etc/causeway/firewall.nft 2> "$work/trouble" || fail "the table that denies the services metadata cannot be loaded: $(reason)"
}

if [ $# = 0 ]; then
  steps table
else
  "$1"
fi
