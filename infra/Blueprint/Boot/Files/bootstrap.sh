#!/bin/bash
# The first program on a new host. It fetches the host's other files by their hash and starts their units. It runs at every start until it
# succeeds.
# shellcheck source=lib.sh
. /usr/local/lib/causeway/lib.sh

packages() {
  local states
  # If the image has all packages, Debian's archive isn't needed.
  # shellcheck disable=SC2086  # PACKAGES is a list of words
  if states=$(dpkg-query --show --showformat '${db:Status-Status}\n' $PACKAGES 2> /dev/null) && ! grep -qvx installed <<< "$states"; then
    return
  fi
  export DEBIAN_FRONTEND=noninteractive LC_ALL=C
  # apt refuses to work after an interrupted installation (a power failure). What dpkg can't finish because a package is missing, apt can.
  dpkg --configure -a --force-confdef --force-confold || say 'dpkg could not finish an interrupted installation; apt will try'
  apt update || { abandon; fail "cannot fetch the package lists: $(reason)"; }
  # shellcheck disable=SC2086  # PACKAGES is a list of words
  apt install -y --fix-broken --no-install-recommends $PACKAGES || { apt-get clean || :; fail "cannot install $PACKAGES: $(reason)"; }
}

# apt ARGUMENTS: apt-get, with its output on the console too. It waits for Debian's own updates, which may run at the first boot.
apt() {
  # Line by line, because another lane may print meanwhile.
  apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" 2>&1 |
    sed -u '' | tee -a "$work/apt" >&3 && return
  # A mirror that doesn't answer causes a warning first, which explains the error after it.
  grep -E '^(E:|W: Failed to fetch)' "$work/apt" > "$work/trouble" || :
  return 1
}

# Truncated lists stay truncated and fail every later attempt. Lists that another process is fetching are left alone.
abandon() { grep -q 'Could not get lock' "$work/apt" || rm -rf /var/lib/apt/lists/*; }

files() {
  object "$HOST_KEY" || fail "cannot fetch $HOST_KEY: $(refusal)"
  echo "$HOST_SHA256  $work/answer" | sha256sum --check --status || fail "$HOST_KEY does not have the hash $HOST_SHA256"
  umask 022
  unpack "$work/answer" "$HOST_KEY" --preserve-permissions --directory /
  # After this point nothing checks that the files are complete, so they must survive a power failure.
  (cd / && tar --list --file "$work/answer" | xargs sync)
}

# Runs while packages are installed: fetching programs and secrets takes curl only.
prepare() {
  systemd-sysusers
  systemd-tmpfiles --create
  systemctl enable --now --no-block causeway-host.service
  # Tuning isn't required to serve, and files of other packages may contain settings that this kernel refuses.
  sysctl -q --system || say 'the kernel refused some sysctl settings'
  systemctl restart systemd-journald
}

start() {
  local units
  read -ra units < /etc/causeway/units
  systemctl enable --now --no-block "${units[@]}"
}

# Installs the Session Manager agent from Amazon's regional bucket, only if it is signed by the key in the settings. The key may come from
# anywhere:
# its fingerprint identifies it.
access() {
  local package
  package=$SSM_AGENT_URL/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb
  curl -sSf -m 300 -o "$work/agent.deb" "$package" || fail "cannot fetch $package"
  curl -sSf -m 60 -o "$work/agent.sig" "$package.sig" || fail "cannot fetch $package.sig"
  curl -sSf -m 60 -o "$work/key" "$KEYS_URL/pks/lookup?op=get&search=0x$SSM_KEY_FINGERPRINT" || fail "cannot fetch key $SSM_KEY_FINGERPRINT"
  gpg --homedir "$work" --batch --quiet --import "$work/key" || fail "$KEYS_URL returned no valid key for $SSM_KEY_FINGERPRINT"
  gpg --homedir "$work" --batch --status-fd 1 --verify "$work/agent.sig" "$work/agent.deb" 2> /dev/null |
    grep -Eq "^\[GNUPG:\] VALIDSIG .*\b$SSM_KEY_FINGERPRINT\$" || fail "the agent has no valid signature by $SSM_KEY_FINGERPRINT"
  dpkg --install "$work/agent.deb" > /dev/null || fail 'cannot install the agent'
  say 'the Session Manager agent is installed'
}

if [ $# != 0 ]; then
  "$1"
else
  # The official image has curl and CA certificates. If they are missing, they are installed first.
  if ! [ -s /etc/ssl/certs/ca-certificates.crt ] || ! command -v curl > /dev/null; then steps packages; fi
  side_by_side packages 'files prepare'
  steps start
  # The host serves without the agent, so this gives up after a few attempts.
  if [ -n "$SSM_KEY_FINGERPRINT" ]; then
    for delay in 30 120 600 0; do
      "$0" access && break
      sleep "$delay"
    done
  fi
  : > /etc/causeway/bootstrapped
fi
