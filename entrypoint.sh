#!/bin/sh
# Starts the bundle as the image does, with flags that keep the two lasting programs small. It decides nothing else.
#
# Measured in docs/decisions/0011-a-small-process.md. All of them trade speed, of which there is plenty, for memory, and none
# sets an upper limit: a process with more groups grows instead of ending.
# - glibc keeps freed memory for reuse, for each thread apart; two pools and an early return of what is free will do.
# - --optimize-for-size collects garbage sooner; --max-semi-space-size is then 1, too small for one page of a list.
# - The optimising compilers take more memory than they could earn back by work of milliseconds.
case "$1" in
controller | cleaner)
  export MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
  exec node --optimize-for-size --max-semi-space-size=2 --no-opt --no-maglev "$(dirname "$0")/main.mjs" "$@"
  ;;
*)
  exec node "$(dirname "$0")/main.mjs" "$@"
  ;;
esac
