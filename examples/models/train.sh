#!/usr/bin/env bash
# Trains the shipped model again, from nothing but seeds: simulated heads (sct-phantom), then sct-train.
# Usage: train.sh FOLDER-OF-PROGRAMS WORK-FOLDER
# Takes a minute or two for the heads and about half an hour to train on two cores; the heads need 0.7 GB of disk.
set -euo pipefail
bin=$1
work=$2
recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/head-phantom.json

"$bin/sct-phantom" --output "$work/cohort" --cases 160 --seed 1 --size 181 217 60 --spacing 1 1 3 --slice-thickness 1
"$bin/sct-train" --data "$work/cohort" --recipe "$recipe" --output "$work/head-phantom.pt"
