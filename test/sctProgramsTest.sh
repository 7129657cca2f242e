#!/usr/bin/env bash
# What the programs do with bad input and bad usage: one clear line, the right exit status, nothing left behind.
# Usage: sctProgramsTest.sh FOLDER-OF-PROGRAMS MODEL-FILE
set -u
bin=$1
model=$2
. "$(dirname "${BASH_SOURCE[0]}")/sctTestFunctions.sh"

# refuses STATUS TEXT COMMAND...: the command must exit with STATUS and say TEXT in the only line on standard error.
refuses() {
  local status=$1 text=$2
  shift 2
  "$bin/$@" >out.txt 2>err.txt
  local actual=$?
  [ "$actual" -eq "$status" ] || fail "$* gave status $actual, not $status: $(cat err.txt)"
  [ "$(wc -l <err.txt)" -eq 1 ] || fail "$* said $(wc -l <err.txt) lines: $(cat err.txt)"
  grep -qF -- "$text" err.txt || fail "$* did not say '$text' but: $(cat err.txt)"
  local partial
  partial=$(find . -name '.partial*')
  [ -z "$partial" ] || fail "$* left $partial"
}

accepts() {
  "$bin/$@" >out.txt 2>err.txt || fail "$* gave status $?: $(cat err.txt)"
}

# mha FILE DIMENSIONS SIZE TYPE: the header of a MetaImage; the voxels are appended by the caller.
mha() {
  local ones="1 1 1" zeros="0 0 0" axes="1 0 0 0 1 0 0 0 1"
  if [ "$2" = 2 ]; then
    ones="1 1" zeros="0 0" axes="1 0 0 1"
  fi
  printf '%s\n' "ObjectType = Image" "NDims = $2" "BinaryData = True" "TransformMatrix = $axes" "Offset = $zeros" \
    "ElementSpacing = $ones" "DimSize = $3" "ElementType = $4" "ElementDataFile = LOCAL" >"$1"
}

accepts sct-phantom --output cohort --cases 1 --seed 5 --size 48 56 40 --spacing 4 4 4
mr=cohort/case_0001/mr.nii.gz
ct=cohort/case_0001/ct.nii.gz
mask=cohort/case_0001/mask.nii.gz

touch empty.nii.gz
echo "not an image" >text.nii.gz
head -c 2000 "$mr" >truncated.nii.gz
gunzip <"$mr" | head -c 2000 >truncated.nii
mha flat.mha 2 "8 8" MET_UCHAR && head -c 64 /dev/urandom >>flat.mha
mha constant.mha 3 "4 4 4" MET_FLOAT && head -c 256 /dev/zero >>constant.mha
mha nan.mha 3 "4 4 4" MET_FLOAT && printf '\0\0\300\177' >>nan.mha && head -c 252 /dev/zero >>nan.mha
mha other.mha 3 "4 4 4" MET_UCHAR && head -c 64 /dev/zero | tr '\0' '\1' >>other.mha
mha rest.mha 3 "4 4 4" MET_UCHAR && printf '\0' >>rest.mha && head -c 63 /dev/zero | tr '\0' '\1' >>rest.mha
mha zero.mha 3 "4 4 4" MET_UCHAR && head -c 64 /dev/zero >>zero.mha
mha cut.mha 3 "4 4 4" MET_FLOAT && head -c 100 /dev/urandom >>cut.mha
mkdir nothing
echo "not a model" >text.pt
touch empty.pt
head -c 5000 "$model" >truncated.pt

generate() {
  refuses "$1" "$2" sct-generate --output sct.nii.gz "${@:3}"
  [ ! -e sct.nii.gz ] || fail "sct-generate ${*:3} left an output"
  rm -f sct.nii.gz
}

refuses 2 "--input" sct-generate
refuses 2 "--nonsense" sct-generate --input a --model b --output c --nonsense
generate 2 "--threads" --input "$mr" --model "$model" --threads 0
generate 1 "missing.nii.gz: no such file" --input missing.nii.gz --model "$model"
generate 1 "empty.nii.gz: the file is empty" --input empty.nii.gz --model "$model"
generate 1 "text.nii.gz" --input text.nii.gz --model "$model"
generate 1 "truncated.nii.gz: cannot be read" --input truncated.nii.gz --model "$model"
generate 1 "truncated.nii: cannot be read" --input truncated.nii --model "$model"
generate 1 "flat.mha: is a 2D image, should be 3D" --input flat.mha --model "$model"
generate 1 "cut.mha: cannot be read" --input cut.mha --model "$model"
generate 1 "constant.mha: every voxel has the same value" --input constant.mha --model "$model"
generate 1 "nan.mha: voxel [0, 0, 0] is not a finite number" --input nan.mha --model "$model"
generate 1 "no DICOM series" --input nothing --model "$model"
generate 1 "missing.pt" --input "$mr" --model missing.pt
generate 1 "text.pt" --input "$mr" --model text.pt
generate 1 "empty.pt" --input "$mr" --model empty.pt
generate 1 "truncated.pt" --input "$mr" --model truncated.pt
generate 1 "names 1 input images but 2" --input "$mr" "$ct" --model "$model"
generate 1 "zero.mha: the mask is empty" --input "$mr" --model "$model" --mask zero.mha
generate 1 "other.mha: is not on the grid of" --input "$mr" --model "$model" --mask other.mha
generate 1 "device" --input "$mr" --model "$model" --device abacus
generate 2 "--precision" --input "$mr" --model "$model" --precision float8
generate 2 "--batch" --input "$mr" --model "$model" --batch 0
generate 1 "MirrorAxes is" --input "$mr" --model "$model" --mirror 2
generate 1 "several models" --input "$mr" --model "$model" --uncertainty sd.nii.gz
generate 1 "not the name of an image file" --input "$mr" --model "$model" "$model" --uncertainty sd
refuses 1 "does not exist" sct-generate --input "$mr" --model "$model" --output nowhere/sct.nii.gz
before=$(cksum <"$mr")
refuses 1 "would be overwritten" sct-generate --input "$mr" --model "$model" --output "$mr"
[ "$before" = "$(cksum <"$mr")" ] || fail "sct-generate changed its input"
refuses 1 "a DICOM series can be written only when the input is one" \
  sct-generate --input "$mr" --model "$model" --output folder

# Names are looked at before anything is read or computed: the model is missing, and is not spoken of.
named() {
  refuses 1 "$1" sct-generate --input "$mr" --model missing.pt --output "${@:2}"
}
mkdir taken.nii.gz
named "sct.img.nii.gz: has two extensions of NIfTI" sct.img.nii.gz
named "sct.Nii.gz: other programs read this format by a name in lower case only" sct.Nii.gz
named "sct.png: .png holds pictures" sct.png
named "sct.gipl: .gipl keeps no orientation" sct.gipl
named "taken.nii.gz: is a folder" taken.nii.gz
named "not the name of an image file" sct.nii.gz/
named "is another output too" sct.nii.gz --uncertainty ./sct.nii.gz
named "its file sct.raw is another output too" sct.mhd --uncertainty sct.nhdr
ln -s "$mr" link.nii.gz
named "would be overwritten" link.nii.gz
named "report.json/: ends in a slash" sct.nii.gz --json report.json/
named "would be overwritten" sct.nii.gz --json "$mr"
"$bin/sct-generate" --help | grep -q "::" && fail "sct-generate --help shows names of C++"

accepts sct-generate --input "$mr" --model "$model" --output SCT.NII.GZ
accepts sct-generate --input "$mr" --model "$model" --output sct.mhd
grep -q "ElementDataFile = sct.zraw" sct.mhd || fail "sct.mhd does not point to its voxels"
accepts sct-evaluate --reference SCT.NII.GZ --synthetic sct.mhd --metrics mae --json evaluation.json
grep -q '"mae"' evaluation.json || fail "sct-evaluate wrote no error"
mv sct.zraw away
refuses 1 "sct.zraw" sct-evaluate --reference SCT.NII.GZ --synthetic sct.mhd
head -c 1000 away >sct.zraw
refuses 1 "sct.mhd: cannot be read" sct-evaluate --reference SCT.NII.GZ --synthetic sct.mhd

# A disk that is full, for which a limit on the size of files stands.
(
  trap '' XFSZ
  ulimit -f 8
  "$bin/sct-generate" --input "$mr" --model "$model" --output full.nii.gz >out.txt 2>err.txt
) && fail "sct-generate wrote a file that is too large"
grep -q "full.nii.gz: cannot be written" err.txt || fail "sct-generate said of a full disk: $(cat err.txt)"
[ -z "$(find . -name 'full*' -o -name '.partial*')" ] || fail "sct-generate left $(ls -A)"

accepts sct-generate --input "$mr" --model "$model" --output sct.nii.gz --json report.json
grep -q '"unit": "HU"' report.json || fail "sct-generate wrote no report"
grep -q '"warnings": \[\]' report.json || fail "sct-generate warns of a head in good order: $(cat report.json)"
# What the reader finds doubtful is said once, and stands in the report too. Here neither transform of a NIfTI is valid.
gunzip <"$mr" >nowhere.nii
printf '\000\000\000\000' | dd of=nowhere.nii bs=1 seek=252 conv=notrunc 2>/dev/null
accepts sct-generate --input nowhere.nii --model "$model" --output nowhere.nii.gz --json nowhere.json
[ "$(grep -c '^warning: nowhere.nii: ' err.txt)" -eq 1 ] || fail "sct-generate should have warned once: $(cat err.txt)"
grep -qF '"nowhere.nii: ' nowhere.json || fail "no warning of the reader: $(cat nowhere.json)"
accepts sct-evaluate --reference nowhere.nii --synthetic nowhere.nii --metrics mae --json nowhere.json
[ "$(grep -c '^warning: nowhere.nii: ' err.txt)" -eq 1 ] || fail "sct-evaluate should have warned once: $(cat err.txt)"
grep -qF '"nowhere.nii: ' nowhere.json || fail "no warning of the reader: $(cat nowhere.json)"
# A CT that is given as the MR.
accepts sct-evaluate --reference "$ct" --synthetic "$ct" --mr "$mr" --mask "$mask" --metrics nmi --json right.json
grep -q '^warning' err.txt && fail "sct-evaluate warns of an MR: $(cat err.txt)"
accepts sct-evaluate --reference "$ct" --synthetic "$ct" --mr "$ct" --mask "$mask" --metrics nmi --json wrong.json
grep -qF "warning: $ct is taken for an MR, but" err.txt || fail "sct-evaluate takes a CT for an MR: $(cat err.txt)"
grep -qF "$ct is taken for an MR, but" wrong.json || fail "no warning in $(cat wrong.json)"
accepts sct-generate --input "$mr" --model "$model" "$model" --output both.nii.gz --uncertainty sd.nii.gz --mirror 0 \
  --batch 1 --threads 1
[ -s both.nii.gz ] && [ -s sd.nii.gz ] || fail "sct-generate wrote no ensemble"

refuses 2 "--reference" sct-evaluate
refuses 1 "missing.nii.gz: no such file" sct-evaluate --reference missing.nii.gz --synthetic sct.nii.gz
refuses 1 "constant.mha" sct-evaluate --reference "$ct" --synthetic constant.mha
refuses 1 "" sct-evaluate --reference "$ct" --synthetic nan.mha
refuses 1 "nan.mha: voxel [0, 0, 0] is not a finite number" sct-evaluate --reference nan.mha --synthetic nan.mha
refuses 1 "nan.mha: voxel [0, 0, 0], inside the mask, is not a finite number" sct-evaluate --reference nan.mha \
  --synthetic nan.mha --mask other.mha
accepts sct-evaluate --reference nan.mha --synthetic nan.mha --mask rest.mha
refuses 1 "" sct-evaluate --reference "$ct" --synthetic sct.nii.gz --mask other.mha
accepts sct-evaluate --reference "$ct" --synthetic sct.nii.gz --mask "$mask" --json evaluation.json

refuses 2 "model" sct-info
refuses 1 "missing.pt" sct-info --model missing.pt
refuses 1 "truncated.pt" sct-info --model truncated.pt
accepts sct-info --model "$model"

refuses 2 "--output" sct-phantom
refuses 2 "--data" sct-train
refuses 1 "missing" sct-train --data missing --recipe report.json --output new.pt
refuses 1 "report.json" sct-train --data cohort --recipe report.json --output new.pt
[ ! -e new.pt ] || fail "sct-train left an output"

# A cohort as it is downloaded: what is no case is passed over and said, what is in doubt is refused.
recipe=${model%.pt}.json
mkdir -p Task1/brain/overview Task1/__MACOSX
cp -r cohort/case_0001 Task1/brain/1BA001
cp -r cohort/case_0001 Task1/brain/1BA002
rm Task1/brain/1BA002/mask.nii.gz
accepts sct-train --data Task1 --recipe "$recipe" --output downloaded.pt --epochs 1 --time-limit 0.01 \
  --json training.json
for text in "warning: Task1: folders without mr and ct are passed over: __MACOSX, brain/overview" \
  "warning: Task1: no mask in 1BA002, unlike the other case"; do
  grep -qxF -- "$text" err.txt || fail "sct-train should have said '$text': $(cat err.txt)"
  grep -qF -- "\"${text#warning: }\"" training.json || fail "no '$text' in $(cat training.json)"
done
# A case in good order is not remarked on; one whose CT has an offset of 1024 and whose MR is a CT is, and is trained on
# all the same.
grep 'warning: case' err.txt && fail "sct-train warns of cases in good order"
mkdir -p doubtful/good doubtful/other
cp "$mr" "$ct" doubtful/good/
cp "$ct" doubtful/other/mr.nii.gz
gunzip <"$ct" >doubtful/other/ct.nii
printf '\000\000\200\077\000\000\200\104' | dd of=doubtful/other/ct.nii bs=1 seek=112 conv=notrunc 2>/dev/null
accepts sct-train --data doubtful --recipe "$recipe" --output doubtful.pt --epochs 1 --time-limit 0.01 --json training.json
for text in "warning: case 'other': doubtful/other/mr.nii.gz is taken for an MR, but" \
  "warning: case 'other': doubtful/other/ct.nii has values from"; do
  grep -qF -- "$text" err.txt || fail "sct-train should have said '$text': $(cat err.txt)"
done
[ "$(grep -c '^warning' err.txt)" -eq 2 ] || fail "sct-train should have warned twice: $(cat err.txt)"
grep -qF "case 'other': doubtful/other/ct.nii has values from" training.json || fail "no warnings: $(cat training.json)"
cp "$mr" cohort/case_0001/mr.mha
refuses 1 "cohort/case_0001/mr.mha and cohort/case_0001/mr.nii.gz are both there, should be one" \
  sct-train --data cohort --recipe "$recipe" --output new.pt
rm cohort/case_0001/mr.mha
mkdir -p partly/one && cp "$mr" partly/one/
refuses 1 "partly/one: has no image 'ct' (.nii.gz, .nii, .mha, .mhd or .nrrd)" \
  sct-train --data partly --recipe "$recipe" --output new.pt
printf 'case;mr;mask\r\none;%s;%s\r\n' "$mr" "$mask" >cases.csv
refuses 1 "cases.csv, line 1: there is no column 'ct'" sct-train --data cases.csv --recipe "$recipe" --output new.pt
[ ! -e new.pt ] || fail "sct-train left an output"

finish "All refusals as they should be."
