#!/bin/bash
# Damages files of every kind that the module reads, and reads them with the address and the undefined-behaviour
# sanitizer: see test/fuzz/itkFuzzReaders.cxx, which says what has to come out.
#
#   fuzz.sh [CORPUS [SECONDS [SEED [KIND...]]]]  CORPUS (build-fuzz/corpus) gets the files that it lacks; SECONDS 60;
#                                                SEED 1; KIND image, dicom, table, card or labels: all of them
#
#   SYNTHETICCT_MUTATIONS  end after so many, if SECONDS are not over before
#
# Runs at the same time need a CORPUS each.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

sct_build_dir=$sct_build_dir-fuzz
corpus=${1:-$sct_build_dir/corpus}
sct_install_packages "${sct_packages[@]}"
# LibTorch takes no part: models are archives that it reads itself; the tests read damaged ones without sanitizers.
# Without the options of a release, which would go before those here.
SYNTHETICCT_CXX_FLAGS="-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all" \
  sct_configure -DCMAKE_CXX_FLAGS_RELEASE= -DSyntheticCT_USE_TORCH=OFF -DSyntheticCT_USE_VTK=OFF \
  -DSyntheticCT_BUILD_EXAMPLES=OFF
sct_build itkFuzzReaders
sct_say "Reading damaged files, ${2:-60} s"
# A size that lies may ask for more memory than there is: that has to be an exception.
ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=0:max_allocation_size_mb=4096 \
  "$sct_build_dir/bin/itkFuzzReaders" "$corpus" "${2:-60}" "${3:-1}" "${SYNTHETICCT_MUTATIONS:-0}" \
  "${@:4}"
