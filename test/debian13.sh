#!/bin/bash
# Runs test/run.sh in a Debian 13 of its own (newer ITK, LibTorch, VTK and compiler), made by mmdebstrap from the
# mirror that this machine is set to, and kept in SYNTHETICCT_CACHE_DIR for the next time. Needs root or sudo.
#
#   debian13.sh SCRIPT [ARGUMENT...]  runs another script of this repository there, such as test/benchmark/run-ants.sh
#
#   SYNTHETICCT_MIRROR  another mirror
#
# Proxies and the variables of the benchmarks are passed on; files that they name are looked for in that Debian.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

suite=trixie
root=$sct_cache_dir/debian13
settings=()
for name in http_proxy https_proxy RUNS THREADS NETWORKS MASK SHRINK ITERATIONS HEAD; do
  if [ -n "${!name:-}" ]; then
    settings+=("$name=${!name}")
  fi
done

if [ "${1:-}" = --inside ]; then
  # In a mount namespace that ends with this process, so nothing stays mounted.
  mount --bind "$sct_source_dir" "$root/src/SyntheticCT"
  mount -o remount,bind,ro "$root/src/SyntheticCT"
  if [ -d "$sct_shared_data" ]; then
    mkdir -p "$root/src/shared/data"
    mount --bind "$sct_shared_data" "$root/src/shared/data"
    mount -o remount,bind,ro "$root/src/shared/data"
  fi
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --rbind /sys "$root/sys"
  exec chroot "$root" /usr/bin/env -i \
    HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "${settings[@]}" \
    SYNTHETICCT_EXTRA_PACKAGES="python3-torch python3-setuptools" \
    SYNTHETICCT_BUILD_DIR=/build SYNTHETICCT_JOBS="$(sct_jobs)" \
    "/src/SyntheticCT/$2" "${@:3}"
fi

sct_install_packages mmdebstrap
if [ -n "${SYNTHETICCT_MIRROR:-}" ]; then
  mirror=$SYNTHETICCT_MIRROR
else
  . /etc/os-release
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(CODENAME) $(SITE)' 'Created-By: Packages' |
    awk -v codename="${VERSION_CODENAME:-}" '$1 == "Debian" && $2 == "Debian" && $3 == codename { print $4; exit }')
fi
if [ -z "$mirror" ]; then
  sct_fail "no Debian mirror among this machine's package sources; set SYNTHETICCT_MIRROR"
fi

# The file is written last: a root that was not finished is made again.
stamp=$root/etc/syntheticct
if [ "$(cat "$stamp" 2> /dev/null)" != "$suite $mirror" ]; then
  sct_say "Making a Debian 13 in $root from $mirror"
  sct_as_root rm -rf --one-file-system "$root"
  sct_as_root mkdir -p "$sct_cache_dir"
  sct_as_root mmdebstrap --mode=root --variant=apt "$suite" "$root" "$mirror"
  sct_as_root mkdir -p "$root/src/SyntheticCT" "$root/build"
  echo "$suite $mirror" | sct_as_root tee "$stamp" > /dev/null
fi
sct_as_root cp -L /etc/resolv.conf "$root/etc/resolv.conf"

sct_say "Debian 13 in $root"
# By name, because sudo drops the environment.
sct_as_root env "${settings[@]}" SYNTHETICCT_CACHE_DIR="$sct_cache_dir" SYNTHETICCT_JOBS="$(sct_jobs)" \
  SYNTHETICCT_SHARED_DATA="$sct_shared_data" \
  unshare --mount --propagation private "$sct_source_dir/test/debian13.sh" --inside "${1:-test/run.sh}" "${@:2}"
