# Shared by the scripts that build: packages, configuration, build. Sourced, with bash.
#
#   SYNTHETICCT_BUILD_DIR  where to build (build/ beside this folder)
#   SYNTHETICCT_JOBS       how many compilers and tests at once (one per core, if there is memory for them)
#   SYNTHETICCT_CXX_FLAGS  compiler flags (-Wall -Wextra -Werror)
#   SYNTHETICCT_EXTRA_PACKAGES  of Debian, for tests that would be skipped without them
#   SYNTHETICCT_SHARED_DATA  folder of the larger test data (../shared/data beside this repository); tests that need it
#                          are skipped without it
#   SYNTHETICCT_CACHE_DIR  what may be kept between runs outside of the build (a Debian root, ITK's source)

sct_source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sct_shared_data=${SYNTHETICCT_SHARED_DATA:-$sct_source_dir/../shared/data}
sct_build_dir=${SYNTHETICCT_BUILD_DIR:-$sct_source_dir/build}
if [ "$(id -u)" = 0 ]; then
  sct_cache_dir=${SYNTHETICCT_CACHE_DIR:-${XDG_CACHE_HOME:-/var/cache}/syntheticct}
else
  sct_cache_dir=${SYNTHETICCT_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/syntheticct}
fi

# One list for every script; the names are the same in Debian 12 and 13.
sct_packages=(
  # To compile.
  ca-certificates ccache cmake g++ ninja-build
  # ITK (which links to FFTW in Debian 13 without asking for it), LibTorch, VTK and what the programs need.
  libcli11-dev libfftw3-dev libinsighttoolkit5-dev libtorch-dev libvtk9-dev nlohmann-json3-dev
  # The head of the demonstration (Colin27).
  mricron-data
  # Tests.
  clang-format libbenchmark-dev libgtest-dev
)

sct_say()
{
  printf '\n== %s\n' "$*"
}

sct_fail()
{
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

sct_as_root()
{
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    sct_fail "needs root or sudo for: $*"
  fi
}

# One compiler takes up to 2 GB in LibTorch's headers.
sct_jobs()
{
  local jobs memory
  jobs=$(nproc)
  memory=$(awk '/^MemTotal:/ { print int($2 / 2000000) }' /proc/meminfo)
  if [ "$memory" -lt "$jobs" ]; then
    jobs=$memory
  fi
  if [ "$jobs" -lt 1 ]; then
    jobs=1
  fi
  echo "${SYNTHETICCT_JOBS:-$jobs}"
}

# sct_install_packages [PACKAGE...]: those of sct_packages, or the named ones, that are missing.
sct_install_packages()
{
  local package missing=()
  if [ $# = 0 ]; then
    set -- "${sct_packages[@]}"
  fi
  if ! command -v apt-get > /dev/null; then
    sct_fail "no apt-get here. Install what Debian calls: $*"
  fi
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" != installed ]; then
      missing+=("$package")
    fi
  done
  if [ ${#missing[@]} = 0 ]; then
    return
  fi
  sct_say "Installing ${missing[*]}"
  local log
  log=$(mktemp)
  if ! sct_apt_get_install "${missing[@]}" > "$log" 2>&1; then
    echo "Once more, after: $(tail -n 1 "$log")"
    sleep 5
    if ! sct_apt_get_install "${missing[@]}" > "$log" 2>&1; then
      tail -n 20 "$log" >&2
      rm -f "$log"
      sct_fail "apt-get could not install: ${missing[*]}"
    fi
  fi
  rm -f "$log"
}

sct_apt_get_install()
{
  sct_as_root apt-get update &&
    sct_as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@"
}

# sct_configure [OPTION...]
sct_configure()
{
  sct_say "Configuring in $sct_build_dir"
  cmake -S "$sct_source_dir" -B "$sct_build_dir" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
    -DCMAKE_CXX_FLAGS="${SYNTHETICCT_CXX_FLAGS--Wall -Wextra -Werror}" \
    -DSyntheticCT_SHARED_DATA="$sct_shared_data" \
    "$@"
}

# sct_build [TARGET...]
sct_build()
{
  sct_say "Building with $(sct_jobs) jobs"
  if [ $# = 0 ]; then
    set -- all
  fi
  cmake --build "$sct_build_dir" --parallel "$(sct_jobs)" --target "$@"
}

# sct_test [BUILD_DIR]: runs every test. ctest's closing lines are the last ones.
sct_test()
{
  local build_dir=${1:-$sct_build_dir}
  sct_say "Testing $build_dir"
  # Tests share the cores: an OpenMP thread that waits should sleep, not spin.
  (cd "$build_dir" && OMP_WAIT_POLICY=passive ctest --parallel "$(sct_jobs)" --output-on-failure)
}
