#!/bin/bash
# The first thing a new host runs, until it has succeeded once: gets its other files, by their hash, and starts what they say.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

packages() {
  local states
  # An image may have them all: then there is nothing to ask Debian's archive for.
  # shellcheck disable=SC2086  # PACKAGES is a list of words
  if states=$(dpkg-query --show --showformat '${db:Status-Status}\n' $PACKAGES 2> /dev/null) && ! grep -qvx installed <<< "$states"; then return; fi
  export DEBIAN_FRONTEND=noninteractive LC_ALL=C
  # apt does nothing while an installation is interrupted, by a power failure say. What dpkg cannot finish for want of another package, apt can.
  dpkg --configure -a --force-confdef --force-confold || say 'an interrupted installation is left to apt'
  apt update || { abandon; fail "the lists of packages cannot be fetched: $(reason)"; }
  # shellcheck disable=SC2086  # PACKAGES is a list of words
  apt install -y --fix-broken --no-install-recommends $PACKAGES || { apt-get clean || :; fail "packages cannot be installed, of $PACKAGES: $(reason)"; }
}

# apt ARGUMENTS: apt-get, with what it says on the console too. Debian's own updates may be at work at a first boot, and are waited for.
apt() {
  # By lines: another lane may say something meanwhile.
  apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" 2>&1 | sed -u '' | tee -a "$work/apt" >&3 && return
  # A mirror that did not answer is a warning first, and the reason of the error after it.
  grep -E '^(E:|W: Failed to fetch)' "$work/apt" > "$work/trouble" || :
  return 1
}

# Lists that were cut short stay so, and are an error for ever. Those that somebody else is fetching are theirs.
abandon() { grep -q 'Could not get lock' "$work/apt" || rm -rf /var/lib/apt/lists/*; }

files() {
  object "$HOST_KEY" || fail "$HOST_KEY cannot be fetched: $(refusal)"
  echo "$HOST_SHA256  $work/answer" | sha256sum --check --status || fail "$HOST_KEY has another hash than $HOST_SHA256"
  umask 022
  unpack "$work/answer" "$HOST_KEY" --preserve-permissions --directory /
  # Once they have been started nobody looks whether they are whole, also when the power fails now.
  (cd / && tar --list --file "$work/answer" | xargs sync)
}

# What can go on while packages are being installed: programs and secrets are fetched with curl alone.
prepare() {
  systemd-sysusers
  systemd-tmpfiles --create
  systemctl enable --now --no-block causeway-host.service
  # Tuning, and no condition for serving: other packages' files may name what this kernel refuses.
  sysctl -q --system || say 'the kernel refused some of its settings'
  systemctl restart systemd-journald
}

start() {
  local units
  read -ra units < /etc/causeway/units
  systemctl enable --now --no-block "${units[@]}"
}

# The agent of Session Manager, from Amazon's bucket of the region: only with the signature of the key that the settings name. The key itself may
# come from anywhere, its fingerprint says that it is the right one.
access() {
  local package
  package=$SSM_AGENT_URL/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb
  curl -sSf -m 300 -o "$work/agent.deb" "$package" || fail "$package cannot be fetched"
  curl -sSf -m 60 -o "$work/agent.sig" "$package.sig" || fail "$package.sig cannot be fetched"
  curl -sSf -m 60 -o "$work/key" "$KEYS_URL/pks/lookup?op=get&search=0x$SSM_KEY_FINGERPRINT" || fail "key $SSM_KEY_FINGERPRINT cannot be fetched"
  gpg --homedir "$work" --batch --quiet --import "$work/key" || fail "what $KEYS_URL has as $SSM_KEY_FINGERPRINT is no key"
  gpg --homedir "$work" --batch --status-fd 1 --verify "$work/agent.sig" "$work/agent.deb" 2> /dev/null |
    grep -Eq "^\[GNUPG:\] VALIDSIG .*\b$SSM_KEY_FINGERPRINT\$" || fail "the agent has no valid signature of $SSM_KEY_FINGERPRINT"
  dpkg --install "$work/agent.deb" > /dev/null || fail 'the agent cannot be installed'
  say 'Session Manager has its agent'
}

if [ $# != 0 ]; then
  "$1"
else
  # The official image has curl, and the authorities that it trusts; where they are missing they come first.
  if ! [ -s /etc/ssl/certs/ca-certificates.crt ] || ! command -v curl > /dev/null; then steps packages; fi
  side_by_side packages 'files prepare'
  steps start
  # The host serves without it, so it is tried a few times and then left.
  if [ -n "$SSM_KEY_FINGERPRINT" ]; then
    for delay in 30 120 600 0; do
      "$0" access && break
      sleep "$delay"
    done
  fi
  : > /etc/causeway/bootstrapped
fi
