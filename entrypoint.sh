#!/bin/sh
# Starts the bundle, in the image and in the benchmark, with settings that keep the two lasting programs small, and hands them signals.
#
# Why these, in figures: docs/decisions/0012-kubernetes-client-and-a-small-process.md. None is an upper limit: a process with more groups grows.
# - glibc keeps freed memory, for each thread apart; two pools and giving back early suffice.
# - --optimize-for-size lets V8 collect garbage sooner and keep no spare pages. It also makes the young generation so small
#   that one page of a list outgrows it, which costs time; so its size is set.
case "$1" in
controller | cleaner)
  export MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
  set -- --optimize-for-size --min-semi-space-size=4 --max-semi-space-size=4 "${0%/*}/main.mjs" "$@"
  ;;
*)
  exec node "${0%/*}/main.mjs" "$@"
  ;;
esac

# Node.js takes a tenth of a second to begin with our first file. Until then the kernel drops SIGTERM for process 1 of a container, so
# process 1 is this shell, which waits and passes it on (docs/decisions/0017-how-it-ends.md). It passes on SIGTERM for SIGINT too,
# as a shell starts what is in the background with SIGINT ignored.
told=0
child=
forward() {
  told=$((told + 1))
  [ -z "$child" ] || kill -TERM "$child" 2>/dev/null
}
trap forward TERM INT

node "$@" &
child=$!
# Told before it was known whom to tell.
[ "$told" = 0 ] || kill -TERM "$child" 2>/dev/null

# A signal interrupts the wait.
before=
until [ "$before" = "$told" ]; do
  before=$told
  wait "$child"
  code=$?
done
# Node.js was ended by the signal before it ran anything of ours. That is what was asked for; a second signal tells of haste (143).
[ "$told.$code" != 1.143 ] || exit 0
exit "$code"
