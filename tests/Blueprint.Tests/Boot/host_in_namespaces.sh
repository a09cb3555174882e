#!/bin/bash
# Runs COMMAND on a new host: with an interface that has two addresses, and without a change to this machine's /etc, /opt and /usr/local.
# The test creates the network namespace and answers for AWS on 169.254.169.254.
# Usage: unshare --mount --pid --fork host_in_namespaces.sh FOLDER COMMAND
set -euo pipefail
folder=$1 command=$2

# The system's own programs: a version manager's python3 is a script that needs the folder it was started in, which mounts below may hide.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /

# within SECONDS COMMAND...: waits until a command succeeds; says what it waited for, and what else was told, when it does not.
within() {
  local seconds=$1 end=$((SECONDS + $1)) told
  shift
  until told=$("$@" 2>&1); do
    if ((SECONDS >= end)); then
      printf 'gave up after %s s: %s\n%s\n' "$seconds" "$*" "$told" >&2
      return 1
    fi
    sleep 0.05
  done
}
answers() { curl -sS -m 5 -o /dev/null "$1"; }
export -f within answers

mount --make-rprivate /
mount -t tmpfs scratch /mnt
mkdir -p /mnt/etc /mnt/work /mnt/dpkg
mount --bind /var/lib/dpkg /mnt/dpkg
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/work /etc
mount -t tmpfs opt /opt
mount -t tmpfs local /usr/local
mount -t tmpfs lib /var/lib
# What is installed can be asked for, and not changed.
mkdir /var/lib/dpkg
mount --bind /mnt/dpkg /var/lib/dpkg
mount -o remount,bind,ro /var/lib/dpkg

ip link add eth0 address 02:00:00:00:00:09 type veth peer name eth1
ip address add 10.77.0.9/24 dev eth0
ip link set eth1 up
ip link set eth0 up

# What cloud-init does: files, then the command.
cp -a "$folder/user-data/." /
bash -euo pipefail -c "$command"
