#!/bin/sh
# Boots a disk as an instance: nspawn.sh IMAGE DISK GROUP [MEGABYTES]. With a size, writes go to memory and end with this boot.
# Runs inside the instance's network namespace and its own mount namespace (ip netns exec makes one), so every mount here ends with it.
set -eu
image=$1 disk=$2 writes=$2 group=$3
if [ -n "${4:-}" ]; then
    writes=$disk/memory
    mkdir -p "$writes"
    mount -t tmpfs -o "size=${4}m" tmpfs "$writes"
    cp -a "$disk/upper" "$disk/work" "$writes"
fi
mount -t overlay overlay -o "lowerdir=$image,upperdir=$writes/upper,workdir=$writes/work" "$disk/root"
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# Control groups belong to the machine and outlive this: systemd-nspawn makes its own below one whose name contains the owner.
mkdir -p "/sys/fs/cgroup/$group"
echo $$ > "/sys/fs/cgroup/$group/cgroup.procs"
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
mount -o remount,bind,ro /sys
# cloud-init recognizes an EC2 instance by this identifier.
exec systemd-nspawn --register=no --keep-unit --boot --resolv-conf=off --link-journal=no --network-interface=eth0 -D "$disk/root" \
    --bind-ro="$disk/hypervisor:/sys/hypervisor" --console=read-only --kill-signal=SIGRTMIN+3
