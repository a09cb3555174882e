#!/usr/bin/env bash
# Prepares the root that instances boot from: Debian as its official cloud image is, as far as hosts use it, with the packages that they install
# already in it. Prints its folder on standard output, and what it does on standard error.
#
# It is prepared once for each version of this file, in /var/cache/causeway-lab or the folder that CAUSEWAY_LAB_CACHE names, and nowhere else: it is
# made beside its place in namespaces that end with this script, and moved there when it is whole. Images of other versions go after a week without use.
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

tell() { printf '%s\n' "$*" >&2; }
fail() { tell "The image cannot be prepared: $*"; exit 1; }
step() { tell "  $((SECONDS)) s: $*"; }

# The steps, with this folder as the image's; in a process of their own, so that set -e holds in them.
base() { debootstrap --variant=minbase "$release" "$making" "$archive"; }
install() {
    # Not by debootstrap --include: one of an older Debian does not understand all dependencies of newer packages.
    printf '#!/bin/sh\nexit 101\n' > "$making/usr/sbin/policy-rc.d"     # nothing is started here
    chmod +x "$making/usr/sbin/policy-rc.d"
    chroot "$making" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${packages[@]}"
    rm "$making/usr/sbin/policy-rc.d"
}
finish() {
    # What belongs to one machine is made by each at its first start; packages come from nowhere later.
    : > "$making/etc/machine-id"
    rm -f "$making/etc/hostname" "$making/var/lib/dbus/machine-id" "$making"/var/lib/apt/lists/*.* "$making"/var/cache/apt/*.bin "$making"/var/cache/apt/archives/*.deb
    chroot "$making" dpkg --audit | grep . && return 1
    chroot "$making" dpkg-query -W "${packages[@]}"
}

case ${1:-} in
    base | install | finish) "$1"; exit ;;
    make)
        tell "Preparing Debian $release for the lab's instances in $image, once: a minute or two, 600 MB"
        step "the base system, from $archive"
        "$0" base >> "$log" 2>&1 || fail "debootstrap of $release from $archive failed: $(tail -n 1 "$log") (all of it in $log; CAUSEWAY_LAB_ARCHIVE names another mirror)"
        step "packages: ${packages[*]}"
        "$0" install >> "$log" 2>&1 || fail "apt-get failed: $(grep '^E:' "$log" | tail -n 1) (all of it in $log)"
        "$0" finish >> "$log" 2>&1 || fail "some packages are not whole: $(tail -n 1 "$log") (all of it in $log)"
        step "done, $(du -sh "$making" | cut -f 1)"
        exit ;;
esac

if [[ ! -d $image ]]; then
    ((EUID == 0)) || fail 'only root may do it'
    for program in debootstrap unshare; do
        command -v "$program" > /dev/null || fail "there is no $program; script/lab boot installs the package"
    done
    mkdir -p "$cache"
    exec 9> "$cache/lock"
    flock --nonblock 9 || { tell "Another process prepares images in $cache; waiting for it"; flock 9; }
fi
# Again: that other process may have made it.
if [[ ! -d $image ]]; then
    rm -rf --one-file-system "$making"
    : > "$log"
    # Whatever is mounted or runs in it ends with this script, however that ends.
    setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child "$0" make 9>&- || exit
    mv "$making" "$image"
    find "$cache" -maxdepth 1 -name "$release-*" ! -path "$image" -mtime +7 -exec rm -rf --one-file-system {} +
fi
# Its age is the time since it was last used.
touch "$image"
echo "$image"
