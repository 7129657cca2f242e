#!/usr/bin/env bash
# What the programs say of models and images that are doubtful: one line each, and a result where there is one.
# Usage: sctModelsTest.sh FOLDER-OF-PROGRAMS SCT-MAKE-MODEL MODEL-FILE
set -u
bin=$1
make=$2
model=$3
. "$(dirname "${BASH_SOURCE[0]}")/sctTestFunctions.sh"

# lines: what was said on standard error, without the line that ends a stage.
lines() {
  grep -vE '^.{32} +[0-9.]+ s *$' err.txt
}

# refuses TEXT ARGUMENTS...: sct-generate must exit with 1, say TEXT in its only line, and leave no output.
refuses() {
  local text=$1
  shift
  "$bin/sct-generate" --output sct.nii.gz "$@" >out.txt 2>err.txt
  local status=$?
  [ "$status" -eq 1 ] || fail "$* gave status $status, not 1: $(cat err.txt)"
  [ "$(lines | wc -l)" -eq 1 ] || fail "$* said: $(cat err.txt)"
  [ "$(lines | wc -c)" -lt 600 ] || fail "$* said too much: $(cat err.txt)"
  lines | grep -qF -- "$text" || fail "$* did not say '$text' but: $(cat err.txt)"
  [ ! -e sct.nii.gz ] || fail "$* left an output"
  rm -f sct.nii.gz
}

# warns TEXT ARGUMENTS...: sct-generate must give a result, and a single warning that has TEXT; with no TEXT, none.
warns() {
  local text=$1
  shift
  "$bin/sct-generate" --output sct.nii.gz --json report.json "$@" >out.txt 2>err.txt || fail "$*: $(cat err.txt)"
  [ -s sct.nii.gz ] || fail "$* gave no output"
  rm -f sct.nii.gz
  if [ -z "$text" ]; then
    [ "$(lines | wc -l)" -eq 0 ] || fail "$* said: $(lines)"
    return
  fi
  [ "$(lines | wc -l)" -eq 1 ] || fail "$* said: $(cat err.txt)"
  lines | grep '^warning: ' | grep -qF -- "$text" || fail "$* did not say '$text' but: $(cat err.txt)"
  grep -qF -- "$text" report.json || fail "the report of $* has no '$text'"
}

"$bin/sct-phantom" --output cohort --cases 1 --seed 5 --size 48 56 20 --spacing 4 4 8 2>err.txt || fail "sct-phantom"
mr=cohort/case_0001/mr.nii.gz
ct=cohort/case_0001/ct.nii.gz

# The example is a card, and a model without one takes it.
"$bin/sct-info" --card-example >example.json 2>err.txt || fail "sct-info --card-example: $(cat err.txt)"
"$bin/sct-info" --card-example --json again.json 2>err.txt || fail "sct-info --card-example --json: $(cat err.txt)"
cmp -s example.json again.json || fail "sct-info --card-example gives two cards"
cat >card.json <<'END'
{ "version": 1, "name": "test", "description": "",
  "inputs": [{ "name": "mr", "modality": "MR", "intensity": { "transform": "percentile", "lower": 1, "upper": 99.9,
                                                             "output-minimum": -1, "output-maximum": 1 } }],
  "preprocessing": { "bias-correction": false, "spacing": null, "orientation": null, "mask": "none" },
  "outputs": [{ "name": "sct", "kind": "hounsfield", "range": [-1, 1], "hounsfield": [-1000, 3000] }],
  "inference": { "plane": "axial", "patch-size": [48, 56], "overlap": 0.0, "blending": "constant", "batch": 8,
                 "padding": -1 },
  "provenance": {}, "license": "Apache-2.0" }
END
"$make" plain.pt 'torch.tanh(x)' || fail "sctMakeModel"
"$make" example.pt 'torch.tanh(x)' example.json || fail "sctMakeModel"
refuses "plain.pt: has no model card (synthetic_ct.json" --input "$mr" --model plain.pt
warns "" --input "$mr" --model plain.pt --card card.json
sed 's/"overlap"/"overlay"/' card.json >bad.json
refuses "'inference.overlap' is missing" --input "$mr" --model plain.pt --card bad.json
echo "no card" >text.json
refuses "text.json" --input "$mr" --model plain.pt --card text.json
refuses "missing.json' does not exist" --input "$mr" --model plain.pt --card missing.json
# A card instead of the model's own.
sed 's/"inputs": \[/&{"name":"t2","modality":"MR","intensity":{"transform":"none"}},/' card.json >two.json
refuses "names 2 input" --input "$mr" --model "$model" --card two.json

# Values that are not finite, a device that is not there, training mode, half precision.
"$make" nan.pt 'torch.tanh(x) / 0' card.json || fail "sctMakeModel"
refuses "that are NaN or infinite for the window that begins at index" --input "$mr" --model nan.pt
"$make" cuda.pt "torch.tanh(x) + torch.zeros([1], device=torch.device('cuda:0'))" card.json || fail "sctMakeModel"
refuses "export the network on the CPU" --input "$mr" --model cuda.pt
"$make" dropout.pt 'torch.dropout(torch.tanh(x), 0.5, True)' card.json || fail "sctMakeModel"
warns "training mode (1 x dropout)" --input "$mr" --model dropout.pt
"$bin/sct-info" --model dropout.pt >out.txt 2>err.txt || fail "sct-info: $(cat err.txt)"
grep -q '^warning: ' err.txt || fail "sct-info does not warn of dropout"
"$make" half.pt 'torch.conv2d(x, torch.ones([1, 1, 1, 1], dtype=5))' card.json || fail "sctMakeModel"
warns "" --input "$mr" --model half.pt

# Images that are not what the card says.
warns "" --input "$mr" --model half.pt --libtorch-kernels --precision bfloat16
warns "is taken for an MR" --input "$ct" --model half.pt

"$bin/sct-generate" --help >help.txt
grep -q 'Precision::\|->itk' help.txt && fail "sct-generate --help shows names of C++"
for status in "--precision float8" "--libtorch-kernels 3 4"; do
  # shellcheck disable=SC2086
  "$bin/sct-generate" --input "$mr" --model "$model" --output sct.nii.gz $status >out.txt 2>err.txt
  [ $? -eq 2 ] || fail "$status is not bad usage: $(cat err.txt)"
done
"$bin/sct-info" >out.txt 2>err.txt
[ $? -eq 2 ] || fail "sct-info without a model is not bad usage"
"$bin/sct-info" --card-example --model plain.pt >out.txt 2>err.txt
[ $? -eq 2 ] || fail "sct-info with a model and the example is not bad usage"

finish "All models as they should be."
