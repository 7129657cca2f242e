#!/bin/bash
# The module on a GPU workstation that has the Python package torch and nothing of ours, and no network.
#
#   gpu.sh build              here: builds against the same torch from PyPI, and collects the programs, tests and libraries
#                             that they need into a folder of less than 60 MB. Takes no GPU, and no CUDA toolkit.
#   FOLDER/gpu.sh run         there, with the folder copied to it: the tests of the GPU, a synthetic CT, a training, and
#                             the inference benchmark beside PyTorch on the same card; prints a table, in under 6 minutes.
#   gpu.sh                    run where the folder and a torch with a GPU are there, else build
#
#   --device DEVICE           cuda; with cpu, on small data, run proves all but the card
#   --output OUTPUT           where logs and the table go ($OUT, or report/ in the folder)
#
#   SYNTHETICCT_GPU_DIR       the folder (build-gpu-workstation/ in the repository)
#   SYNTHETICCT_GPU_TORCH     version of torch to build against (2.11)
#   SYNTHETICCT_PYTHON        the Python that has torch (python3)
# and, for build, those of common.sh.
#
# A step that fails does not stop those after it; the last line counts them.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -e "$here/torch-version" ]; then
  folder=$here
else
  folder=${SYNTHETICCT_GPU_DIR:-$here/../build-gpu-workstation}
fi
python=${SYNTHETICCT_PYTHON:-python3}
wanted=${SYNTHETICCT_GPU_TORCH:-2.11}
most_seconds=345

usage()
{
  printf 'gpu.sh: %s\n' "$1" >&2
  exit 2
}

command=
device=cuda
output=${OUT:-$folder/report}
while [ $# -gt 0 ]; do
  case $1 in
    build | run) command=$1 ;;
    --device | --output)
      if [ $# -lt 2 ]; then
        usage "$1 has no value"
      fi
      if [ "$1" = --device ]; then device=$2; else output=$2; fi
      shift
      ;;
    *) usage "'$1' should be build, run, --device DEVICE or --output OUTPUT" ;;
  esac
  shift
done
if [ -z "$command" ]; then
  command=build
  if [ -e "$folder/torch-version" ] &&
    "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' > /dev/null 2>&1; then
    command=run
  fi
fi

# What is built, and what of it is a test.
drivers=(SyntheticCTTorchGTestDriver SyntheticCTTorchInternalsGTestDriver)
programs=(itkBenchmarkInference itkBenchmarkVolume sct-evaluate sct-generate sct-info sct-phantom sct-train)

# Of glibc and GCC; those of the workstation are not older than the ones here. The rest is collected.
systems='ld-linux|lib(c|m|dl|rt|pthread|util|resolv|stdc\+\+|gcc_s)\.so'

# libraries_of PROGRAM...: "name path" of all that they load, in the environment of the caller.
libraries_of()
{
  ldd "$@" | awk '$2 == "=>" { print $1, ($3 == "not" ? "missing" : $3) }' | sort -u
}

build()
{
  set -e
  . "$here/common.sh"
  sct_build_dir=$sct_build_dir-gpu
  sct_install_packages "${sct_packages[@]}" python3-venv
  local environment=$sct_cache_dir/gpu/environment torch_dir torch_version
  if ! "$environment/bin/python" -c "import sys, torch; sys.exit(not torch.__version__.startswith('$wanted.'))" \
    2> /dev/null; then
    sct_say "PyTorch $wanted in $environment"
    mkdir -p "$environment"
    /usr/bin/python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet "torch==$wanted.*"
  fi
  torch_dir=$("$environment/bin/python" -W ignore -c 'import os, torch; print(os.path.dirname(torch.__file__))')
  torch_version=$("$environment/bin/python" -W ignore -c 'import torch; print(torch.__version__)')

  # No path of this machine: the folder says where libraries are.
  sct_configure -DTorch_DIR="$torch_dir/share/cmake/Torch" -DSyntheticCT_USE_VTK=OFF -DCMAKE_SKIP_RPATH=ON \
    -DCMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE=PRE_TEST
  sct_build "${drivers[@]}" "${programs[@]}"

  sct_say "Collecting in $folder"
  rm -rf "$folder"
  mkdir -p "$folder/bin" "$folder/lib" "$folder/models" "$folder/benchmark"
  local program
  for program in "${drivers[@]}" "${programs[@]}"; do
    strip -o "$folder/bin/$program" "$sct_build_dir/bin/$program"
  done
  cp "$sct_source_dir"/examples/models/head-phantom.{json,pt} "$folder/models/"
  cp "$sct_source_dir"/test/benchmark/{benchmark-peer,compare-results,make-networks}.py "$folder/benchmark/"
  cp "$here/gpu.sh" "$folder/"
  local name path
  while read -r name path; do
    case $path in
      missing)
        sct_fail "$name is not found"
        ;;
      "$torch_dir"/* | */nvidia/*) ;;
      *)
        if ! [[ $name =~ ^($systems) ]]; then
          strip -o "$folder/lib/$name" "$path"
        fi
        ;;
    esac
  done < <(LD_LIBRARY_PATH="$sct_build_dir/lib:$torch_dir/lib" libraries_of "$folder"/bin/*)
  # Nothing of this machine is left to be found, but glibc and GCC.
  while read -r name path; do
    case $path in
      "$folder"/* | "$torch_dir"/* | */nvidia/*) ;;
      *)
        if ! [[ $name =~ ^($systems) ]]; then
          sct_fail "$name would be taken from $path"
        fi
        ;;
    esac
  done < <(LD_LIBRARY_PATH="$folder/lib:$torch_dir/lib" libraries_of "$folder"/bin/*)
  echo "$torch_version" > "$folder/torch-version"
  local kilobytes
  kilobytes=$(du -sk --apparent-size "$folder" | cut -f 1)
  if [ "$kilobytes" -ge 60000 ]; then
    sct_fail "$folder is $kilobytes kB, which is more than 60 MB"
  fi
  printf '\n%s: %d kB, for torch %s. Copy it to the workstation, and there: %s run\n' \
    "$folder" "$kilobytes" "$torch_version" "$(basename "$folder")/gpu.sh"
}

say()
{
  printf '%s\n' "$*" | tee -a "$output/table.txt"
}

# step NAME SECONDS COMMAND...: runs it with a log, within its time and what is left of all; says how it went.
step()
{
  local name=$1 limit=$2 left status begin=$SECONDS
  shift 2
  left=$((most_seconds - SECONDS))
  if [ "$left" -lt 5 ]; then
    say "$(printf '%-32s NOT RUN: no time was left' "$name")"
    failures=$((failures + 1))
    return 1
  fi
  timeout --kill-after=5 $((left < limit ? left : limit)) "$@" > "$output/$name.log" 2>&1
  status=$?
  if [ $status = 0 ]; then
    say "$(printf '%-32s passed %4d s' "$name" $((SECONDS - begin)))"
  else
    say "$(printf '%-32s FAILED %4d s, status %d%s: %s' "$name" $((SECONDS - begin)) $status \
      "$([ $status = 124 ] && echo ' (out of time)')" "$output/$name.log")"
    tail -n 12 "$output/$name.log"
    failures=$((failures + 1))
  fi
  return $status
}

# What is in the folder, with the libraries of the folder. Python gets none of them.
ours()
{
  LD_LIBRARY_PATH=$libraries "$@"
}

gtests()
{
  ours "$folder/bin/$1" --gtest_filter="$2"
}

# measure NAME REFERENCE NETWORK KIND WINDOW BATCH PRECISION OPTION...: runs of ours, and of the peer when NAME is the
# reference.
measure()
{
  local name=$1 reference=$2 network=$3 kind=$4 window=$5 batch=$6 precision=$7
  shift 7
  ours "$folder/bin/itkBenchmarkInference" "$work/$network.pt" "$kind" "$work/head.mhd" \
    "$work/$name-ours.mhd" "$window" 0.5 "$batch" "$threads" --device "$device" --precision "$precision" \
    --runs "$runs" "$@" > "$work/$name.ours" || return
  if [ "$name" = "$reference" ]; then
    "$python" -W ignore "$folder/benchmark/benchmark-peer.py" "$work/$network.pt" "$kind" "$work/head.mhd" \
      "$work/$name-peer.raw" "$window" 0.5 "$batch" "$threads" --device "$device" --precision "$precision" \
      --runs "$runs" > "$work/$name.peer" || return
  fi
  echo "$name: first run, ours: $(head -n 1 "$work/$name.ours" | cut -d ' ' -f 1) s, peer:" \
    "$(head -n 1 "$work/$reference.peer" | cut -d ' ' -f 1) s"
}

compare()
{
  "$python" -W ignore "$folder/benchmark/compare-results.py" --warm --tolerance "$1" "$work" "${@:2}"
}

run()
{
  failures=0
  if [ ! -e "$folder/torch-version" ]; then
    usage "$folder is not there; gpu.sh build makes it"
  fi
  mkdir -p "$output"
  output=$(cd "$output" && pwd)
  folder=$(cd "$folder" && pwd)
  rm -f "$output"/*.log "$output/table.txt"
  work=$output/work
  rm -rf "$work"
  mkdir -p "$work"

  local facts
  if ! facts=$("$python" -W ignore - "$device" 2> "$output/python.log" << 'END'
import glob, os, sys, torch
folder = os.path.dirname(torch.__file__)
print(folder)
print(":".join([folder + "/lib"] + sorted(glob.glob(os.path.dirname(folder) + "/nvidia/*/lib"))))
print(torch.__version__)
device = torch.device(sys.argv[1])
print(torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU")
try:
    from monai.inferers import sliding_window_inference
    import monai
    print("MONAI " + monai.__version__)
except ImportError:
    print("torch alone (MONAI is not installed)")
END
  ); then
    cat "$output/python.log" >&2
    say "FAILED: $python has no torch that finds the device $device"
    return 1
  fi
  local torch_lib torch_version card peer
  { read -r _; read -r torch_lib; read -r torch_version; read -r card; read -r peer; } <<< "$facts"
  libraries=$folder/lib:$torch_lib
  threads=$(nproc)
  say "$card; torch $torch_version, built against $(cat "$folder/torch-version"); peer: $peer; $threads threads"
  if [ "${torch_version%.*}" != "$(cut -d . -f 1-2 "$folder/torch-version")" ]; then
    say "FAILED: this folder is for torch $(cut -d . -f 1-2 "$folder/torch-version"); gpu.sh build makes another"
    return 1
  fi
  if command -v nvidia-smi > /dev/null; then
    nvidia-smi > "$output/nvidia-smi.log" 2>&1
  fi
  if LD_LIBRARY_PATH=$libraries libraries_of "$folder"/bin/* | grep -w missing; then
    say "FAILED: these libraries are not found"
    return 1
  fi

  # As functions are run by timeout only in a shell of their own.
  export SYNTHETICCT_TEST_DEVICE=$device SYNTHETICCT_EXAMPLE_MODEL=$folder/models/head-phantom.pt
  export -f ours gtests measure compare
  export folder python device libraries work threads runs

  step tests-of-the-device 150 bash -c 'gtests SyntheticCTTorchGTestDriver "*GPU*"'
  step tests-of-the-internals 60 bash -c 'gtests SyntheticCTTorchInternalsGTestDriver "*GPU*"'
  local log
  for log in tests-of-the-device tests-of-the-internals; do
    grep -h '^\[  SKIPPED \].*GPU' "$output/$log.log" 2> /dev/null | sort -u | sed 's/^/  /' | tee -a "$output/table.txt"
    if [ "$device" != cpu ] && grep -q '^\[  SKIPPED \]' "$output/$log.log" 2> /dev/null; then
      say "FAILED: tests of $log were left out"
      failures=$((failures + 1))
    fi
  done

  # The programs, from a phantom to a synthetic CT and a training of one epoch.
  local size=(96 112 60) spacing=(2 2 3) bases=(32 32) windows=(256 96) batches=(16 4) samples
  if [ "$device" = cpu ]; then
    size=(60 72 30) spacing=(3 3 6) bases=(4 4) windows=(64 32) batches=(4 2)
    runs=2 samples=8
  else
    runs=4 samples=400
  fi
  step phantom 60 bash -c 'ours "$folder/bin/sct-phantom" --output "$work/heads" --cases 2 --size "$@"' _ \
    "${size[@]}" --spacing "${spacing[@]}"
  step synthetic-ct 90 bash -c 'for device in cpu "$device"; do
      ours "$folder/bin/sct-generate" --input "$work/heads/case_0001/mr.nii.gz" --model "$folder/models/head-phantom.pt" \
        --output "$work/sct-$device.nii.gz" --device "$device" || exit
    done
    ours "$folder/bin/sct-evaluate" --reference "$work/sct-cpu.nii.gz" --synthetic "$work/sct-$device.nii.gz" \
      --metrics mae' &&
    say "  difference from the CPU: $(awk '$1 == "mae" { print $2, $3 }' "$output/synthetic-ct.log")"
  sed "s/\"samples-per-epoch\": [0-9]*/\"samples-per-epoch\": $samples/" "$folder/models/head-phantom.json" > "$work/recipe.json"
  step training 90 bash -c 'ours "$folder/bin/sct-train" --data "$work/heads" \
      --recipe "$work/recipe.json" --output "$work/trained.pt" --device "$device" --epochs 1 &&
    ours "$folder/bin/sct-info" "$work/trained.pt"'

  # The benchmark: networks with random weights, because their files are larger than the folder may be.
  step networks 60 "$python" -W ignore "$folder/benchmark/make-networks.py" "$work" \
    --base-2d "${bases[0]}" --base-3d "${bases[1]}"
  if [ "$device" != cpu ]; then
    size=(181 217 181) spacing=(1 1 1)
  fi
  step volume 60 bash -c 'ours "$folder/bin/sct-phantom" --output "$work/large" --cases 1 --size "$@" &&
    ours "$folder/bin/itkBenchmarkVolume" "$work/large/case_0001/mr.nii.gz" "$work/head.mhd" "$work/mask.mhd"' _ \
    "${size[@]}" --spacing "${spacing[@]}"
  local precision tolerance network kind window batch name
  for precision in float32 bfloat16 float16; do
    # Float32 is rounded to 11 bits in a GPU's convolutions (TF32), by the peer too, but not at the same places.
    case $device-$precision in
      cpu-float32) tolerance=1e-4 ;;
      cpu-float16) continue ;;
      *-float32) tolerance=1e-2 ;;
      *) tolerance=1e-1 ;;
    esac
    local names=()
    for network in light-unet plain-unet; do
      if [ $network = light-unet ]; then
        kind=slices window=${windows[0]} batch=${batches[0]}
      else
        kind=volume window=${windows[1]} batch=${batches[1]}
      fi
      name=$network-$precision
      if step "$name" 60 bash -c 'measure "$@"' _ \
        "$name" "$name" $network $kind "$window" "$batch" $precision; then
        names+=("$name")
        step "$name-stitched" 60 bash -c 'measure "$@"' _ \
          "$name-stitched" "$name" $network $kind "$window" "$batch" $precision --stitch-on-device &&
          names+=("$name-stitched=$name")
      fi
    done
    if [ ${#names[@]} -gt 0 ]; then
      step "agreement-$precision" 60 bash -c 'compare "$@"' _ "$tolerance" "${names[@]}" &&
        tee -a "$output/table.txt" < "$output/agreement-$precision.log"
    fi
  done

  # All other tests of the network room, as long as there is time.
  step all-tests 120 bash -c 'gtests SyntheticCTTorchGTestDriver "*-*GPU*"'
  step all-internals 120 bash -c 'gtests SyntheticCTTorchInternalsGTestDriver "*-*GPU*"'
  rm -rf "$work"
  say "$failures steps failed, in $SECONDS s. Logs: $output"
  [ $failures = 0 ]
}

$command
