#!/usr/bin/env bash
# The main job on a real head MR, then on a phantom whose CT is known, from nothing on a fresh Debian machine.
#
#   SYNTHETICCT_OUTPUT_DIR  where the results go (demo-output/ in the source folder)
#   SYNTHETICCT_MR          a head MR of your own instead of Colin27: a file or a DICOM folder
# and those of test/common.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../test/common.sh"
output=${SYNTHETICCT_OUTPUT_DIR:-$sct_source_dir/demo-output}
mr=${SYNTHETICCT_MR:-/usr/share/mricron/templates/ch2.nii.gz}
model=$sct_source_dir/examples/models/head-phantom.pt
bin=$sct_build_dir/bin

sct_install_packages
sct_configure
sct_build sct-generate sct-evaluate sct-phantom sct-picture
mkdir -p "$output"

sct_say "A real head MR: $mr"
"$bin/sct-generate" --input "$mr" --model "$model" --output "$output/sct.nii.gz"
"$bin/sct-picture" --output "$output/sct.png" \
  --column "$mr:MR" --column "$output/sct.nii.gz:Synthetic CT:-1000:2000:HU" \
  --note "Real MR; no CT of this head exists to compare with. Model trained on simulated heads only; not for clinical use."

sct_say "A simulated head (phantom) that the model has not seen, with its true CT"
rm -rf "$output/phantom"
# Seeds of the training cohort lie below this one.
"$bin/sct-phantom" --output "$output/phantom" --cases 1 --seed 1000000
case=$output/phantom/case_0001
"$bin/sct-generate" --input "$case/mr.nii.gz" --model "$model" --output "$case/sct.nii.gz"
"$bin/sct-evaluate" --reference "$case/ct.nii.gz" --synthetic "$case/sct.nii.gz" --mask "$case/mask.nii.gz" \
  --mr "$case/mr.nii.gz" --picture "$output/phantom.png" --difference "$case/difference.nii.gz" \
  --json "$output/phantom.json" --note "Phantom: simulated data"

cat <<'END'

These figures are for one simulated head and say nothing about patients.

Written:
END
while read -r file what; do
  printf '  %-60s %s\n' "$file" "$what"
done <<END
$output/sct.nii.gz synthetic CT of the real head, HU
$output/sct.png MR and synthetic CT in three planes
$case/mr.nii.gz phantom MR
$case/ct.nii.gz phantom CT, the truth, HU
$case/sct.nii.gz synthetic CT of the phantom, HU
$case/difference.nii.gz synthetic minus true CT, HU
$output/phantom.png MR, synthetic CT, true CT and difference in three planes
$output/phantom.json the figures, with their definitions
END
