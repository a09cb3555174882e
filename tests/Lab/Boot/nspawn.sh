#!/bin/sh
# Boots a disk as an instance: nspawn.sh IMAGE DISK. Runs inside the instance's network namespace, in a mount namespace of its own
# (ip netns exec makes one), so every mount here ends with it.
set -eu
image=$1 disk=$2
mount -t overlay overlay -o "lowerdir=$image,upperdir=$disk/upper,workdir=$disk/work" "$disk/root"
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
mount -o remount,bind,ro /sys
# cloud-init takes a machine for one of EC2's by this identifier.
exec systemd-nspawn --register=no --keep-unit --boot --resolv-conf=off --link-journal=no --network-interface=eth0 -D "$disk/root" \
    --bind-ro="$disk/hypervisor:/sys/hypervisor" --console=read-only --kill-signal=SIGRTMIN+3
