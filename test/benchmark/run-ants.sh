#!/bin/bash
# FastN4BiasFieldCorrectionImageFilter beside ANTs' N4BiasFieldCorrection on the positive voxels of the same head, with
# the same settings: shrink factor, four levels of as many iterations, no threshold. Prints the seconds of whole
# processes, from file to file, in pairs, and the median of their ratios; fails when the results differ by more than
# 0.5 % at the 99th percentile.
# Debian 12 has no package of ANTs: there, ./test/debian13.sh test/benchmark/run-ants.sh runs this in a Debian 13.
#
#   RUNS        pairs of runs (3)
#   THREADS     threads of both (one per core)
#   SHRINK      shrink factor (4)
#   ITERATIONS  per level (50)
#   HEAD        the volume (Colin27 of Debian's package mricron-data)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

runs=${RUNS:-3}
threads=${THREADS:-$(nproc)}
shrink=${SHRINK:-4}
iterations=${ITERATIONS:-50}
head=${HEAD:-/usr/share/mricron/templates/ch2.nii.gz}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sct_install_packages "${sct_packages[@]}" ants
sct_configure
sct_build itkBenchmarkN4

program=$sct_build_dir/bin
# Where Debian keeps what ANTs does not wrap in a script.
PATH=$PATH:/usr/lib/ants
"$program/itkBenchmarkN4" "$head" "$folder/mask.mhd"
export ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS=$threads

seconds_of()
{
  local start
  start=$(date +%s.%N)
  "$@" > "$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
  awk -v start="$start" -v stop="$(date +%s.%N)" 'BEGIN { printf "%.3f", stop - start }'
}

sct_say "Shrink factor $shrink, 4 x $iterations iterations, $threads threads: seconds of ANTs, of ours, ratio"
for ((run = 1; run <= runs; ++run)); do
  ants=$(seconds_of N4BiasFieldCorrection -d 3 -i "$head" -x "$folder/mask.mhd" -o "$folder/ants.mhd" \
    -r 0 -s "$shrink" -c "[${iterations}x${iterations}x${iterations}x${iterations},0]")
  ours=$(seconds_of "$program/itkBenchmarkN4" "$head" "$folder/mask.mhd" "$folder/ours.mhd" "$shrink" \
    "$iterations" "$threads")
  awk -v ants="$ants" -v ours="$ours" 'BEGIN { printf "%9.3f %9.3f %8.1f\n", ants, ours, ants / ours }' |
    tee -a "$folder/pairs"
done
sort -n -k 3 "$folder/pairs" | awk '{ ratio[NR] = $3 }
  END { printf "median of the ratios: %.1f\n", (ratio[int((NR + 1) / 2)] + ratio[int(NR / 2) + 1]) / 2 }'
"$program/itkBenchmarkN4" "$folder/mask.mhd" "$folder/ours.mhd" "$folder/ants.mhd" 0.005
