# shellcheck shell=bash disable=SC2154
# Machines with an init of their own, for tests of packages and units; sourced. They live as long as the script that has
# made them, which must run in mount, process and network namespaces of its own (`in_namespaces` sees to that), and which
# has the checkout in $root.

cache=${RESEAL_CACHE:-$HOME/.cache/reseal}
machine_base=$cache/machine-bookworm
declare -A machines

# in_namespaces SCRIPT ARGUMENT…: runs a script as root where it has no route out, and where its mounts and processes end
# with it.
in_namespaces() { unshare --net --mount --pid --fork --kill-child --mount-proc "$@"; }

# Fetches the bare Debian with systemd that all machines share, once.
prepare_machines() {
  [ "$(id -u)" = 0 ] || { echo "This needs root, for machines with an init of their own." >&2; exit 1; }
  command -v debootstrap >/dev/null || "$root/scripts/get-packages" debootstrap
  command -v systemd-nspawn >/dev/null || "$root/scripts/get-packages" systemd-container
  [ ! -d "$machine_base" ] || return 0
  echo "Fetching a Debian with systemd, once"
  rm -rf "$machine_base.new"
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,iproute2,procps bookworm "$machine_base.new" >/dev/null
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

# machine NAME ADDRESS [OPTION…]: makes and boots one. Its root is $machine_files/NAME/root.
machine() {
  local name=$1 address=$2 tree=$machine_files/$1/root nspawn leader
  shift 2
  if [ ! -d "$tree" ]; then
    mkdir -p "$machine_files/$name"/{upper,work,root}
    mount -t overlay overlay -o \
      "lowerdir=$machine_base,upperdir=$machine_files/$name/upper,workdir=$machine_files/$name/work" "$tree"
    echo "$name" >"$tree/etc/hostname"
    echo "127.0.0.1 localhost $name" >"$tree/etc/hosts"
    # A test needs no disk that survives a power cut.
    echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/unsafe-io"
  fi
  systemd-nspawn --quiet --directory="$tree" --boot --register=no --keep-unit --machine="$name" --network-bridge=machines \
    --resolv-conf=off --console=pipe "$@" </dev/null >"$machine_files/$name/console" 2>&1 &
  nspawn=$!
  until leader=$(pgrep -P $nspawn) && nsenter -t "$leader" -n ip address add "$address/24" dev host0 2>/dev/null; do
    kill -0 $nspawn || { cat "$machine_files/$name/console" >&2; exit 1; }
    sleep 0.1
  done
  nsenter -t "$leader" -n ip link set host0 up
  machines[$name]=$leader
  until on "$name" systemctl is-system-running --wait >/dev/null 2>&1 || [ -e "$tree/run/systemd/system" ]; do sleep 0.2; done
}

# on NAME COMMAND…: as root in a machine.
on() {
  local name=$1
  shift
  nsenter -t "${machines[$name]}" -m -u -i -n -p -r -w env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root LANG=C.UTF-8 "$@"
}

# Ends all of them and removes their files.
end_machines() {
  local name
  for name in "${!machines[@]}"; do kill -KILL "${machines[$name]}" 2>/dev/null || true; done
  wait
  umount -l "$machine_files"/*/root 2>/dev/null || true
  rm -rf --one-file-system "$machine_files"
}
