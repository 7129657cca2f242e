#!/bin/bash
# Everything that is tested before a change is accepted: this machine (Debian 12), a Debian 13, and both ways to build
# that use ITK's own macros. From nothing it takes less than an hour on two cores, and a few minutes once the caches are filled.
#
#   SYNTHETICCT_SKIP_DEBIAN13=1  where no Debian 13 can be made (no root, no mount, no mirror)
#   SYNTHETICCT_SKIP_ITK_TREE=1  leaves out ITK's own macros, and with them the build of ITK
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

run()
{
  local name=$1 script=$2 start=$SECONDS
  printf '\n==== %s: %s\n' "$name" "$script"
  if ! "$script" 2>&1 | tee "$logs/$name"; then
    printf '\n==== %s FAILED: %s\n' "$name" "$script" >&2
    sed -n '/ tests passed, /,$p' "$logs/$name"
    exit 1
  fi
  printf '\n==== %s passed in %d s\n' "$name" $((SECONDS - start))
  names+=("$name")
}

names=()
run Debian12 ./test/run.sh
if [ "${SYNTHETICCT_SKIP_DEBIAN13:-0}" = 1 ]; then
  printf '\n==== NOT TESTED ON DEBIAN 13, because SYNTHETICCT_SKIP_DEBIAN13=1\n'
else
  run Debian13 ./test/debian13.sh
fi
if [ "${SYNTHETICCT_SKIP_ITK_TREE:-0}" = 1 ]; then
  printf '\n==== NOT TESTED WITH THE MACROS OF ITK, because SYNTHETICCT_SKIP_ITK_TREE=1\n'
else
  run ITKTree ./test/build-tree.sh
fi

# The closing lines of every run of ctest, together at the end.
for name in "${names[@]}"; do
  printf '\n==== %s\n' "$name"
  sed -n '/ tests passed, /,$p' "$logs/$name"
done
