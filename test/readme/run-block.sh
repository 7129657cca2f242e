#!/bin/bash
# Runs the commands of README.md in BLOCK, with the installed PROGRAMS. Scripts of the REPOSITORY, which begin with ./,
# install packages: they need only be there. PRINTED is what the README shows of the end of the output: its first line has
# to be there, and the lines after it have to begin with the same words; the figures are those of other data.
#
#   run-block.sh BLOCK REPOSITORY PROGRAMS [PRINTED]
set -euo pipefail
block=$1 repository=$2 programs=$3 printed=${4:-}
export PATH="$programs:$PATH"
commands=0
while IFS= read -r line; do
  line=${line%%  #*}
  line=${line%"${line##*[![:space:]]}"}
  case $line in
    '') continue ;;
    ./*)
      if [ ! -x "$repository/${line%% *}" ]; then
        echo "README.md names ${line%% *}, which can't be run." >&2
        exit 1
      fi
      ;;
    *)
      if [ ! -x "$programs/${line%% *}" ]; then
        echo "README.md names the program ${line%% *}, which is not installed." >&2
        exit 1
      fi
      bash -euo pipefail -c "$line" | tee output.txt
      ;;
  esac
  commands=$((commands + 1))
done < "$block"
if [ $commands = 0 ]; then
  echo "README.md has a block of commands without commands." >&2
  exit 1
fi
if [ -n "$printed" ]; then
  # From the README's first line on: that line, and the first word of each of the others.
  first=$(awk '{ $1 = $1; print; exit }' "$printed")
  shape()
  {
    awk -v first="$first" '{ $1 = $1 } $0 == first { found = 1; print; next } found { print $1 }' "$1"
  }
  diff <(shape "$printed") <(shape output.txt)
fi
