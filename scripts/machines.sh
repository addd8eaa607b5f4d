# shellcheck shell=bash disable=SC2154
# Machines with an init of their own, for tests of packages, units and fleets; sourced. They live as long as the script
# that has made them, which must run in mount, process and network namespaces of its own (`in_namespaces` sees to that),
# and which has the checkout in $root.

cache=${RESEAL_CACHE:-$HOME/.cache/reseal}
# The Debian that all machines of a script share; each has only its own changes. It has these packages, too, which commas
# separate, and machines can install the others by apt-get without a network.
machine_base=$cache/machine-bookworm
machine_packages=
machine_downloads=
declare -A machines

# in_namespaces SCRIPT ARGUMENT…: goes on as a script that runs as root where it has no route out, and where its mounts and
# processes end with it.
in_namespaces() { exec unshare --net --mount --pid --fork --kill-child --mount-proc "$@"; }

# Fetches that Debian, once.
prepare_machines() {
  [ "$(id -u)" = 0 ] || { echo "This needs root, for machines with an init of their own." >&2; exit 1; }
  command -v debootstrap >/dev/null || "$root/scripts/get-packages" debootstrap
  command -v systemd-nspawn >/dev/null || "$root/scripts/get-packages" systemd-container
  [ ! -d "$machine_base" ] || return 0
  echo "Fetching a Debian with systemd, once"
  rm -rf "$machine_base.new"
  debootstrap --variant=minbase --include="systemd,systemd-sysv,dbus,iproute2,procps${machine_packages:+,$machine_packages}" bookworm "$machine_base.new" >/dev/null
  # apt-get finds these in its own cache.
  # shellcheck disable=SC2086 # a list of words
  [ -z "$machine_downloads" ] || DEBIAN_FRONTEND=noninteractive chroot "$machine_base.new" \
    apt-get install -qq -y --download-only $machine_downloads >/dev/null
  mv "$machine_base.new" "$machine_base"
}

# begin_machines DIRECTORY: what is needed before the first one; their files are there.
begin_machines() {
  machine_files=$1
  # systemd-nspawn keeps its state in /run, and looks there for a manager of machines.
  mount -t tmpfs tmpfs /run
  ip link set lo up
  ip link add machines type bridge
  ip link set machines up
}

# machine NAME ADDRESS [OPTION…]: makes one, boots it, and waits until it runs.
machine() {
  make_machine "$1"
  boot "$@"
  until on "$1" systemctl is-system-running --wait >/dev/null 2>&1 || [ -e "$machine_files/$1/root/run/systemd/system" ]; do sleep 0.2; done
}

# make_machine NAME: its disk, whose root is $machine_files/NAME/root.
make_machine() {
  local tree=$machine_files/$1/root
  mkdir -p "$machine_files/$1"/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=$machine_base,upperdir=$machine_files/$1/upper,workdir=$machine_files/$1/work" "$tree"
  echo "$1" >"$tree/etc/hostname"
  echo "127.0.0.1 localhost $1" >"$tree/etc/hosts"
  # A test needs no disk that survives a power cut.
  echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/unsafe-io"
}

# boot NAME ADDRESS [OPTION…]: switches a machine on, which then has the address; the options are for systemd-nspawn.
boot() {
  local name=$1 address=$2 nspawn leader
  shift 2
  systemd-nspawn --quiet --directory="$machine_files/$name/root" --boot --register=no --keep-unit --machine="$name" \
    --network-bridge=machines --resolv-conf=off --console=pipe "$@" </dev/null >"$machine_files/$name/console" 2>&1 &
  nspawn=$!
  until leader=$(pgrep -P $nspawn) && nsenter -t "$leader" -n ip address add "$address/24" dev host0 2>/dev/null; do
    kill -0 $nspawn || { cat "$machine_files/$name/console" >&2; exit 1; }
    sleep 0.1
  done
  nsenter -t "$leader" -n ip link set host0 up
  machines[$name]=$leader
}

# cut_power NAME: the machine's processes and its network are gone at once, its disk is not.
cut_power() {
  kill -KILL "${machines[$1]}"
  while kill -0 "${machines[$1]}" 2>/dev/null; do sleep 0.1; done
  unset "machines[$1]"
}

# on NAME COMMAND…: as root in a machine.
on() {
  local name=$1
  shift
  nsenter -t "${machines[$name]}" -m -u -i -n -p -r -w env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# Ends all of them and removes their files.
end_machines() {
  local name
  for name in "${!machines[@]}"; do kill -KILL "${machines[$name]}" 2>/dev/null || true; done
  wait
  umount -l "$machine_files"/*/root 2>/dev/null || true
  rm -rf --one-file-system "$machine_files"
}
