#!/bin/bash
# Tests the two ways to build that need ITK's own macros, which no distribution ships in a package: builds those of
# ITK's modules that itk-module.cmake names, from Debian's source package of ITK, then this module inside ITK (its
# libraries) and beside ITK's build tree (with all its tests). ITK's source and build are kept in SYNTHETICCT_CACHE_DIR.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

itk_dir=$sct_cache_dir/itk
beside_dir=$sct_build_dir-beside

sct_install_packages "${sct_packages[@]}" dpkg-dev libexpat1-dev libgdcm-dev libjpeg-dev libpng-dev python3 zlib1g-dev

mkdir -p "$itk_dir"
if [ ! -e "$itk_dir/source/complete" ]; then
  sct_say "Getting the source of ITK"
  . /etc/os-release
  # A list of package sources for this download alone: the machine's own stays as it is.
  lists=$(mktemp -d)
  trap 'rm -rf "$lists"' EXIT
  mkdir -p "$lists/lists/partial"
  apt-get indextargets --format '$(ORIGIN) $(LABEL) $(SITE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk -v codename="${VERSION_CODENAME:-}" \
      '$1 == "Debian" && $2 == "Debian" && $4 == codename { print "deb-src", $3, $4, $5 }' |
    sort -u > "$lists/sources.list"
  if [ ! -s "$lists/sources.list" ]; then
    sct_fail "no Debian mirror among this machine's package sources"
  fi
  apt_options=(-o "Dir::Etc::sourcelist=$lists/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$lists/lists"
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o "APT::Sandbox::User=$(id -un)")
  rm -rf "$itk_dir/source" "$itk_dir/build"
  mkdir -p "$itk_dir/source"
  apt-get "${apt_options[@]}" update
  (cd "$itk_dir/source" && apt-get "${apt_options[@]}" --download-only source insighttoolkit5 &&
    dpkg-source --no-check -x ./*.dsc itk && rm -f ./*.orig*.tar.*)
  touch "$itk_dir/source/complete"
fi
itk_source=$itk_dir/source/itk
itk_build=$itk_dir/build

sct_say "Building ITK's modules in $itk_build"
modules=$(cmake -P "$sct_source_dir/test/ListModules.cmake")
ln -sfn "$sct_source_dir" "$itk_source/Modules/Remote/SyntheticCT"
options=(-DITK_BUILD_DEFAULT_MODULES=OFF -DITKGroup_Core=OFF)
for module in $modules; do
  options+=("-DModule_$module=ON")
done
for package in EXPAT GDCM GOOGLETEST JPEG PNG ZLIB; do
  options+=("-DITK_USE_SYSTEM_$package=ON")
done
configure_itk()
{
  if ! cmake -S "$itk_source" -B "$itk_build" -G Ninja -Wno-dev \
    -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER_LAUNCHER=ccache \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
    -DCMAKE_CXX_STANDARD=17 \
    -DBUILD_EXAMPLES=OFF \
    -DBUILD_SHARED_LIBS=ON \
    -DBUILD_TESTING=OFF \
    -DITK_FORBID_DOWNLOADS=ON \
    "${options[@]}" "$@" > "$itk_dir/configure.log" 2>&1; then
    tail -n 40 "$itk_dir/configure.log" >&2
    sct_fail "ITK's configuration failed"
  fi
}
configure_itk -DModule_SyntheticCT=OFF
cmake --build "$itk_build" --parallel "$(sct_jobs)"

sct_say "Building the module inside ITK"
configure_itk -DModule_SyntheticCT=ON
cmake --build "$itk_build" --parallel "$(sct_jobs)" --target SyntheticCT-all
# The same libraries are built beside ITK next, so ITK has to forget these.
configure_itk -DModule_SyntheticCT=OFF

sct_say "Building the module beside ITK's build tree, in $beside_dir"
cmake -S "$sct_source_dir" -B "$beside_dir" -G Ninja -Wno-dev \
  -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
  -DCMAKE_RUNTIME_OUTPUT_DIRECTORY="$beside_dir/bin" \
  -DITK_DIR="$itk_build" \
  -DITK_FORBID_DOWNLOADS=ON \
  -DITK_USE_KWSTYLE=OFF
cmake --build "$beside_dir" --parallel "$(sct_jobs)"
sct_test "$beside_dir"
