#!/usr/bin/env bash
# Does to a node what a reboot does, short of its kernel: kubelet, containerd and every container die without a word, what lives in
# memory only is gone, and after a while kubelet and containerd start again as they were started first. Root only.
#
#   reboot.sh FOLDER [SECONDS]     FOLDER is where both were started: kubelet.pid, containerd.pid, containerd.sock and their logs are
#                                  in it, and below it all that they keep; SECONDS is how long the node is down (5)
set -euo pipefail
cd "${1:?usage: reboot.sh FOLDER [SECONDS]}"
folder=$(pwd -P)
seconds=${2:-5}

# The arguments as they were, each ended by a zero byte.
mapfile -d '' kubelet < "/proc/$(cat kubelet.pid)/cmdline"
mapfile -d '' containerd < "/proc/$(cat containerd.pid)/cmdline"

containers=$(ctr -a containerd.sock -n k8s.io tasks list | awk 'NR > 1 { print $2 }')
shims=$(ps -eo pid=,args= | awk -v socket="$folder/containerd.sock" '$2 ~ /containerd-shim/ && index($0, "-address " socket) { print $1 }')
# shellcheck disable=SC2086
kill -KILL "$(cat kubelet.pid)" "$(cat containerd.pid)" $shims $containers 2>/dev/null || true
for pid in $(cat kubelet.pid) $(cat containerd.pid) $shims $containers; do
  for _ in $(seq 50); do [ -e "/proc/$pid" ] || break; sleep 0.1; done
done

# What a reboot empties: mounts, and the state of containerd, which is on a memory file system elsewhere.
for _ in 1 2; do
  awk -v under="$folder/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n1 umount -l 2>/dev/null || true
done
rm -rf containerd-run
sleep "$seconds"

start() { # NAME COMMAND...
  local name=$1; shift
  setsid "$@" >> "$name.log" 2>&1 < /dev/null &
  echo $! > "$name.pid"
}
start containerd "${containerd[@]}"
for _ in $(seq 100); do ctr -a containerd.sock version >/dev/null 2>&1 && break; sleep 0.1; done
start kubelet "${kubelet[@]}"
