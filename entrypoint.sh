#!/bin/sh
# Starts the bundle, in the image and in the benchmark, with settings that keep the two lasting programs small.
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
  set -- "${0%/*}/main.mjs" "$@"
  ;;
esac
exec node "$@"
