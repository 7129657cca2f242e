#!/bin/bash
# From a fresh Debian 12 or 13 machine to ctest's closing line: installs what is missing, builds, runs every test.
# On a built tree it builds only what has changed and runs the tests. Variables: see common.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

sct_install_packages "${sct_packages[@]}" ${SYNTHETICCT_EXTRA_PACKAGES:-}
sct_configure
sct_build
sct_test
