#!/usr/bin/env bash
# Trains the shipped model again, from nothing but seeds: simulated heads (sct-phantom), then sct-train.
# Usage: train.sh FOLDER-OF-PROGRAMS WORK-FOLDER
# Takes a few minutes for the heads and about twenty to train; the heads need 0.7 GB of disk. One thread trains, so that
# the weights do not depend on the number of cores.
set -euo pipefail
bin=$1
work=$2
recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/head-phantom.json

"$bin/sct-phantom" --output "$work/cohort" --cases 160 --seed 1 --size 181 217 60 --spacing 1 1 3 --slice-thickness 1
"$bin/sct-train" --threads 1 --data "$work/cohort" --recipe "$recipe" --output "$work/head-phantom.pt"
