#!/bin/bash
# Our NetworkInferenceImageFilter beside MONAI's sliding_window_inference: the same TorchScript files, head, windows,
# overlap, threads, and the same LibTorch. Prints the medians of time, of peak memory and of their ratios over runs in
# pairs, one process each, and fails when the results differ by more than 1e-4 of their range.
#
#   run-monai.sh           with the distribution's LibTorch and its Python package (python3-torch)
#   run-monai.sh wheel     with PyTorch from PyPI; our libraries are then built once more against the one inside it
#
#   RUNS      pairs of runs (3)
#   THREADS   threads of both (one per core)
#   NETWORKS  light-unet, plain-unet or both (both)
#   MASK      on: our filter runs once more for each pair, with the body mask of the head, and is compared inside it (on)
#   LIBTORCH  on: our filter runs once more for each pair, with LibTorch's kernels instead of our own: the ratio of that
#             row to the row of the network alone is what our kernels are worth (on)
#   HEAD      the volume (Colin27 of Debian's package mricron-data)
#
# PyTorch and MONAI go into a virtual environment; nothing but the distribution's packages is installed elsewhere.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../common.sh"

torch=${1:-system}
runs=${RUNS:-3}
threads=${THREADS:-$(nproc)}
networks=${NETWORKS:-light-unet plain-unet}
mask=${MASK:-on}
libtorch=${LIBTORCH:-on}
head=${HEAD:-/usr/share/mricron/templates/ch2.nii.gz}
folder=$sct_cache_dir/benchmark-$torch
environment=$folder/environment
mkdir -p "$folder"

sct_install_packages python3-venv mricron-data
case $torch in
  system)
    sct_install_packages python3-torch
    build=$sct_build_dir
    if [ ! -x "$environment/bin/python" ]; then
      /usr/bin/python3 -m venv --system-site-packages "$environment"
    fi
    # The last MONAI for PyTorch 1; later ones for PyTorch 2.
    if "$environment/bin/python" -c 'import sys, torch; sys.exit(not torch.__version__.startswith("1."))'; then
      monai='monai==1.3.2'
    else
      monai='monai'
    fi
    # Without its dependencies, one of which is PyTorch itself: it is there already.
    "$environment/bin/pip" install --quiet --no-deps "$monai"
    configuration=()
    ;;
  wheel)
    build=$sct_build_dir-wheel
    if [ ! -x "$environment/bin/python" ]; then
      python3 -m venv "$environment"
    fi
    "$environment/bin/pip" install --quiet torch numpy monai
    configuration=("-DTorch_DIR=$("$environment/bin/python" -c 'import torch; print(torch.utils.cmake_prefix_path)')/Torch")
    ;;
  *)
    sct_fail "'$torch' should be system or wheel"
    ;;
esac

sct_say "Building in $build"
cmake -S "$sct_source_dir" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release "${configuration[@]}"
cmake --build "$build" --parallel "$(sct_jobs)" --target itkBenchmarkInference itkBenchmarkVolume

sct_say "Networks and volume in $folder"
"$environment/bin/python" "$here/make-networks.py" "$folder"
"$build/bin/itkBenchmarkVolume" "$head" "$folder/head.mhd" "$folder/mask.mhd"

names=()
for network in $networks; do
  case $network in
    light-unet) options=(slices 256) ;;
    plain-unet) options=(volume 96) ;;
    *) sct_fail "'$network' should be light-unet or plain-unet" ;;
  esac
  names+=("$network")
  if [ "$mask" = on ]; then
    names+=("$network-mask=$network")
  fi
  if [ "$libtorch" = on ]; then
    names+=("$network-libtorch-kernels=$network")
  fi
  rm -f "$folder/$network".{ours,peer} "$folder/$network-mask.ours" "$folder/$network-libtorch-kernels.ours"
  for ((run = 1; run <= runs; ++run)); do
    sct_say "$network, $threads threads, pair $run of $runs"
    "$environment/bin/python" "$here/benchmark-peer.py" "$folder/$network.pt" "${options[0]}" "$folder/head.mhd" \
      "$folder/$network-peer.raw" "${options[1]}" 0.5 1 "$threads" --peer monai | tee -a "$folder/$network.peer"
    "$build/bin/itkBenchmarkInference" "$folder/$network.pt" "${options[0]}" "$folder/head.mhd" \
      "$folder/$network-ours.mhd" "${options[1]}" 0.5 1 "$threads" | tee -a "$folder/$network.ours"
    if [ "$mask" = on ]; then
      "$build/bin/itkBenchmarkInference" "$folder/$network.pt" "${options[0]}" "$folder/head.mhd" \
        "$folder/$network-mask-ours.mhd" "${options[1]}" 0.5 1 "$threads" --mask "$folder/mask.mhd" |
        tee -a "$folder/$network-mask.ours"
    fi
    if [ "$libtorch" = on ]; then
      "$build/bin/itkBenchmarkInference" "$folder/$network.pt" "${options[0]}" "$folder/head.mhd" \
        "$folder/$network-libtorch-kernels-ours.mhd" "${options[1]}" 0.5 1 "$threads" --libtorch-kernels |
        tee -a "$folder/$network-libtorch-kernels.ours"
    fi
  done
done

sct_say "LibTorch $("$environment/bin/python" -c 'import torch; print(torch.__version__)'), $threads threads"
"$environment/bin/python" "$here/compare-results.py" "$folder" "${names[@]}"
