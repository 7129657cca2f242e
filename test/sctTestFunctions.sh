# Shared by the tests of the programs: a folder of their own to work in, and failures that are counted. Sourced, with
# bash; changes to that folder, which goes when the test ends.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# finish TEXT: the end of a test, with TEXT when nothing has failed.
finish() {
  if [ "$failures" -gt 0 ]; then
    echo "$failures failures"
    exit 1
  fi
  echo "$1"
}
