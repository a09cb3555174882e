#!/usr/bin/env bash
# Prepares the root file system that instances boot from: Debian as in its official cloud image, with the packages that hosts install.
# Prints its folder on standard output and progress on standard error.
#
# Prepared once for each version of this file, in /var/cache/causeway-lab or the folder named by CAUSEWAY_LAB_CACHE: in namespaces that end
# with this script, then renamed when complete. Images of other versions are removed after a week without use.
set -euo pipefail

release=trixie
archive=${CAUSEWAY_LAB_ARCHIVE:-http://deb.debian.org/debian}
# What the cloud image has, then what the plan's hosts install.
packages=(
    systemd-sysv dbus cloud-init e2fsprogs python3 iproute2 netbase linux-sysctl-defaults
    ca-certificates curl nftables openssl python3-acme
)
cache=${CAUSEWAY_LAB_CACHE:-/var/cache/causeway-lab}
image=$cache/$release-$(sha256sum < "$0" | head -c 10)
making=$cache/making
log=$cache/image.log

say() { printf '%s\n' "$*" >&2; }
fail() { say "The image cannot be prepared: $*"; exit 1; }
step() { say "  $((SECONDS)) s: $*"; }

# The steps, each in a process of its own, so that set -e applies in them.
base() { debootstrap --variant=minbase "$release" "$making" "$archive"; }
install() {
    # Not with debootstrap --include: an older Debian's doesn't understand all dependencies of newer packages.
    printf '#!/bin/sh\nexit 101\n' > "$making/usr/sbin/policy-rc.d"     # nothing is started here
    chmod +x "$making/usr/sbin/policy-rc.d"
    chroot "$making" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${packages[@]}"
    rm "$making/usr/sbin/policy-rc.d"
}
finish() {
    # Each machine makes its own ids at its first start; packages can't be fetched later.
    : > "$making/etc/machine-id"
    rm -f "$making/etc/hostname" "$making/var/lib/dbus/machine-id" "$making"/var/lib/apt/lists/*.* \
        "$making"/var/cache/apt/*.bin "$making"/var/cache/apt/archives/*.deb
    chroot "$making" dpkg --audit | grep . && return 1
    chroot "$making" dpkg-query -W "${packages[@]}"
}

case ${1:-} in
    base | install | finish) "$1"; exit ;;
    make)
        say "Preparing Debian $release for the lab's instances in $image, once: a minute or two, 600 MB"
        step "the base system, from $archive"
        "$0" base >> "$log" 2>&1 ||
            fail "debootstrap of $release from $archive failed: $(tail -n 1 "$log") (see $log; CAUSEWAY_LAB_ARCHIVE names another mirror)"
        step "packages: ${packages[*]}"
        "$0" install >> "$log" 2>&1 || fail "apt-get failed: $(grep '^E:' "$log" | tail -n 1) (see $log)"
        "$0" finish >> "$log" 2>&1 || fail "some packages are incomplete: $(tail -n 1 "$log") (see $log)"
        step "done, $(du -sh "$making" | cut -f 1)"
        exit ;;
esac

if [[ ! -d $image ]]; then
    ((EUID == 0)) || fail 'it needs root'
    for program in debootstrap unshare; do
        command -v "$program" > /dev/null || fail "$program is missing; script/lab boot installs its package"
    done
    mkdir -p "$cache"
    exec 9> "$cache/lock"
    flock --nonblock 9 || { say "Another process prepares images in $cache; waiting for it"; flock 9; }
fi
# Checked again: the other process may have made it.
if [[ ! -d $image ]]; then
    rm -rf --one-file-system "$making"
    : > "$log"
    # Mounts and processes in it end with this script, however that ends.
    setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child "$0" make 9>&- || exit
    mv "$making" "$image"
    find "$cache" -maxdepth 1 -name "$release-*" ! -path "$image" -mtime +7 -exec rm -rf --one-file-system {} +
fi
# Its age is the time since it was last used.
touch "$image"
echo "$image"
