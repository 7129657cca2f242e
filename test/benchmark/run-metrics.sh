#!/bin/bash
# Our metrics beside those of Python's packages (NumPy, SciPy, scikit-image, surface-distance, MONAI) on one pair of
# images of 256 x 256 x 160 voxels: a simulated head and a copy of it that was smoothed, shifted and made noisy. Prints
# the medians of the seconds and of their ratios over alternating runs, and the largest difference of the figures; fails
# when figures disagree.
#
#   RUNS     pairs of runs (5)
#   THREADS  threads of ours (one per core); the packages have one, except MONAI
#
# The packages go into a virtual environment; nothing but the distribution's packages is installed elsewhere.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../common.sh"

runs=${RUNS:-5}
threads=${THREADS:-$(nproc)}
folder=$sct_cache_dir/benchmark-metrics
environment=$folder/environment
mkdir -p "$folder"

sct_install_packages "${sct_packages[@]}" python3-venv python3-torch
if [ ! -x "$environment/bin/python" ]; then
  /usr/bin/python3 -m venv --system-site-packages "$environment"
fi
# What PyTorch of Debian 12 was built for.
numpy='numpy<2'
monai='monai==1.3.2'
if ! "$environment/bin/python" -c 'import sys, torch; sys.exit(not torch.__version__.startswith("1."))'; then
  numpy=numpy
  monai=monai
fi
"$environment/bin/pip" install --quiet "$numpy" scikit-image scipy surface-distance
# Without its dependencies, one of which is PyTorch itself: it is there already.
"$environment/bin/pip" install --quiet --no-deps "$monai"

sct_configure
sct_build itkBenchmarkMetrics
"$sct_build_dir/bin/itkBenchmarkMetrics" head "$folder"

sct_say "$threads threads of ours; $("$environment/bin/pip" list --format freeze 2> /dev/null |
  grep -E '^(numpy|scipy|scikit-image|surface-distance|monai)=' | tr '\n' ' ')"
OMP_NUM_THREADS=$threads "$environment/bin/python" "$here/benchmark-metrics.py" "$folder" \
  "$sct_build_dir/bin/itkBenchmarkMetrics" "$runs" "$threads"
