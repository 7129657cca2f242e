#!/bin/bash
# FastN4BiasFieldCorrectionImageFilter beside ANTs' N4BiasFieldCorrection on the positive voxels of a head, with the
# same settings: four levels of as many iterations, no threshold, no rescaling. Prints the seconds of whole processes,
# from file to file, in pairs, and the median of their ratios; twice:
#
# 1. On a head that was shrunk beforehand, by the filter that ANTs itself uses (itk::ShrinkImageFilter). Both are given
#    the same voxels, so the results must agree: this fails when they differ by more than 0.5 % at the 99th percentile
#    inside the mask.
# 2. On the whole head with a shrink factor, as both are used. The work is the same, the results are not, because the
#    two define what surrounds the estimation differently. Of 181 voxels and a factor of 4, ANTs keeps 45 (voxels 2 to
#    178) and we keep 46 (0 to 180). And ANTs evaluates the field as if the first and the last kept voxel were the first
#    and the last of the image, so that it lies stretched by up to two voxels, where we evaluate it at the voxels' true
#    positions. On Colin27 with 4 x 50 iterations the kept voxels account for 9.3 % and the stretching for 2.9 % at the
#    99th percentile; made from ANTs' voxels and stretched, our result is ANTs' to within 0.006 %. (N4 without a
#    threshold is that sensitive: with a factor of 4 our result is within 4.3 % of that without shrinking, ANTs' within
#    7.2 %.)
#
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

n4=$sct_build_dir/bin/itkBenchmarkN4
# Where Debian keeps what ANTs does not wrap in a script.
PATH=$PATH:/usr/lib/ants
export ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS=$threads

seconds_of()
{
  local start
  start=$(date +%s.%N)
  "$@" > "$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
  awk -v start="$start" -v stop="$(date +%s.%N)" 'BEGIN { printf "%.3f", stop - start }'
}

# run_pairs NAME FACTOR: corrects NAME.mhd inside NAME-mask.mhd to NAME-ours.mhd and NAME-ants.mhd.
run_pairs()
{
  local name=$folder/$1 factor=$2 run ants ours
  sct_say "The $1 head, shrink factor $factor, 4 x $iterations iterations, $threads threads"
  echo "seconds of ANTs, of ours, ratio:"
  for ((run = 1; run <= runs; ++run)); do
    ants=$(seconds_of N4BiasFieldCorrection -d 3 -i "$name.mhd" -x "$name-mask.mhd" -o "$name-ants.mhd" \
      -r 0 -s "$factor" -c "[${iterations}x${iterations}x${iterations}x${iterations},0]")
    ours=$(seconds_of "$n4" correct "$name.mhd" "$name-mask.mhd" "$name-ours.mhd" "$factor" "$iterations" "$threads")
    awk -v ants="$ants" -v ours="$ours" 'BEGIN { printf "%9.3f %9.3f %8.1f\n", ants, ours, ants / ours }' |
      tee -a "$name.pairs"
  done
  sort -n -k 3 "$name.pairs" | awk '{ ratio[NR] = $3 }
    END { printf "median of the ratios: %.1f\n", (ratio[int((NR + 1) / 2)] + ratio[int(NR / 2) + 1]) / 2 }'
}

"$n4" reduce "$head" "$shrink" "$folder/reduced.mhd" "$folder/reduced-mask.mhd"
"$n4" reduce "$head" 1 "$folder/whole.mhd" "$folder/whole-mask.mhd"

run_pairs reduced 1
"$n4" compare "$folder/reduced-mask.mhd" "$folder/reduced-ours.mhd" "$folder/reduced-ants.mhd" 0.005
run_pairs whole "$shrink"
"$n4" compare "$folder/whole-mask.mhd" "$folder/whole-ours.mhd" "$folder/whole-ants.mhd"
