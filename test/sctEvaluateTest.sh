#!/usr/bin/env bash
# What sct-evaluate does with a cohort: reports, table and summary, cases that fail, runs that were interrupted.
# Usage: sctEvaluateTest.sh FOLDER-OF-PROGRAMS
set -u
bin=$1
. "$(dirname "${BASH_SOURCE[0]}")/sctTestFunctions.sh"

# evaluate STATUS LINES ARGUMENTS...: sct-evaluate must exit with STATUS and say LINES lines that begin with its name.
evaluate() {
  local status=$1 lines=$2
  shift 2
  "$bin/sct-evaluate" "$@" >out.txt 2>err.txt
  local actual=$?
  [ "$actual" -eq "$status" ] || fail "$* gave status $actual, not $status: $(cat err.txt)"
  [ "$(grep -c '^sct-evaluate: ' err.txt)" -eq "$lines" ] || fail "$* should say $lines lines: $(cat err.txt)"
  local partial
  partial=$(find . -name '.partial*')
  [ -z "$partial" ] || fail "$* left $partial"
}

# warns COUNT: there are so many warnings.
warns() {
  [ "$(grep -ci warning err.txt)" -eq "$1" ] || fail "there should be $1 warnings: $(cat err.txt)"
}

# scaled FROM TO BYTES: a copy of an uncompressed NIfTI volume with another slope and intercept, as eight escaped bytes.
scaled() {
  cp "$1" "$2"
  # shellcheck disable=SC2059
  printf "$3" | dd of="$2" bs=1 seek=112 conv=notrunc 2>/dev/null
}

says() {
  grep -qF -- "$1" err.txt || fail "should have said '$1': $(cat err.txt)"
}

# has FILE REGEX
has() {
  grep -qE -- "$2" "$1" || fail "$1 should have '$2': $(cat "$1")"
}

same() {
  cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

"$bin/sct-phantom" --output cohort --cases 4 --seed 5 --size 48 56 40 --spacing 4 4 4 >/dev/null 2>&1 ||
  fail "sct-phantom gave status $?"
# The synthetic CTs are those of other heads; the results of each method lie in the folder in another way.
mkdir -p first/case_0001 second
cp cohort/case_0002/ct.nii.gz first/case_0001/sct.nii.gz
cp cohort/case_0003/ct.nii.gz first/case_0002.nii.gz
cp cohort/case_0004/ct.nii.gz first/case_0003.nii.gz
cp cohort/case_0001/ct.nii.gz first/case_0004.nii.gz
for case in 1 2 3 4; do
  cp cohort/case_0003/ct.nii.gz second/case_000$case.nii.gz
done
{
  echo "case,reference,synthetic,mask"
  echo "case_0001,../cohort/case_0001/ct.nii.gz,../first/case_0001/sct.nii.gz,../cohort/case_0001/mask.nii.gz"
  for case in 2 3 4; do
    echo "case_000$case,../cohort/case_000$case/ct.nii.gz,../first/case_000$case.nii.gz,../cohort/case_000$case/mask.nii.gz"
  done
} >first/table.csv

# A folder and a table of the same cases, any number of jobs and threads: the same numbers to the last digit.
evaluate 0 0 --cohort cohort --results first --output folder
warns 0
has folder/summary.json '"warnings": \[\]'
has out.txt '^4 evaluations: 4 made now, 0 taken from earlier runs, 0 failed$'
has folder/metrics.csv '^case,status,me,'
has folder/metrics.csv '^case_0004,ok,-?[0-9]'
has folder/cases/case_0001.json '"data-range-hu": 4000'
has folder/cases/case_0001.json '"body": "mask"'
has folder/summary.json '"worst"'
evaluate 0 0 --cases first/table.csv --output table --jobs 3 --threads 4
same folder/metrics.csv table/metrics.csv
evaluate 0 0 --cohort cohort --results first --output jobs --jobs 2 --threads 2
same folder/metrics.csv jobs/metrics.csv
same folder/summary.json jobs/summary.json
same folder/cases/case_0002.json jobs/cases/case_0002.json

# The pair alone has the same value.
"$bin/sct-evaluate" --reference cohort/case_0002/ct.nii.gz --synthetic first/case_0002.nii.gz \
  --mask cohort/case_0002/mask.nii.gz --metrics mae --json pair.json >out.txt 2>err.txt || fail "pair: $(cat err.txt)"
value=$(grep -m1 '"value"' pair.json)
grep -qF -- "$value" folder/cases/case_0002.json || fail "the pair's $value is not the case's"
has out.txt '^mae +[0-9.]+ HU$'

# Images that are no CT in HU are measured, with a warning that names the file: values with an offset of 1024, values of
# a network that were not scaled back, an MR. In a cohort they belong to the reports.
gunzip <cohort/case_0002/ct.nii.gz >ct.nii
scaled ct.nii offset.nii '\000\000\200\077\000\000\200\104'
scaled ct.nii small.nii '\000\000\200\072\000\000\000\000'
ct=cohort/case_0001/ct.nii.gz
evaluate 0 0 --reference $ct --synthetic ct.nii --mask cohort/case_0001/mask.nii.gz --preset synthrad2023
warns 0
evaluate 0 0 --reference $ct --synthetic offset.nii
warns 1
says "warning: offset.nii has values from "
says "are these Hounsfield units with an offset of 1024"
evaluate 0 0 --reference small.nii --synthetic $ct --metrics mae,psnr,ssim --json warned.json
warns 2
says "warning: small.nii has values from "
says "no Hounsfield units: scale them back first"
# What the filters of the metrics find, as one line without their names.
says "warning: small.nii should be in HU, but all values measured lie between -2 and 2"
grep -qF WARNING err.txt && fail "a warning of ITK: $(cat err.txt)"
has warned.json '"small.nii should be in HU'
evaluate 0 0 --reference cohort/case_0001/mr.nii.gz --synthetic $ct
warns 1
says "warning: cohort/case_0001/mr.nii.gz has values from "
printf 'case,reference,synthetic\none,cohort/case_0001/ct.nii.gz,offset.nii\ntwo,ct.nii,cohort/case_0003/ct.nii.gz\n' \
  >doubtful.csv
for run in first second; do
  evaluate 0 0 --cases doubtful.csv --output doubtful --metrics mae
  warns 1
  says "warning: one: offset.nii has values from "
  has doubtful/summary.json '"warning": "offset.nii has values from '
  has doubtful/cases/one.json '"offset.nii has values from '
done
has out.txt '^2 evaluations: 0 made now, 2 taken'
printf 'case,synthetic\none,ct.nii\ntwo,small.nii\n' >doubtful-other.csv
evaluate 0 0 --cases doubtful.csv --compare doubtful-other.csv --output doubtful --metrics mae
warns 3
says "warning: two: small.nii should be in HU"

# What is done is not done again, unless a file or a setting is another or the report is not whole.
touch -d '2001-01-01' folder/cases/*.json
evaluate 0 0 --cohort cohort --results first --output folder
has out.txt '^4 evaluations: 0 made now, 4 taken from earlier runs, 0 failed$'
[ "$(find folder/cases -newermt 2002-01-01 -name '*.json' | wc -l)" -eq 0 ] || fail "reports were written again"
same folder/metrics.csv table/metrics.csv
head -c 300 table/cases/case_0002.json >folder/cases/case_0002.json
: >folder/cases/case_0003.json
evaluate 0 0 --cohort cohort --results first --output folder
has out.txt '^4 evaluations: 2 made now, 2 taken'
same folder/metrics.csv table/metrics.csv
touch cohort/case_0004/mask.nii.gz
evaluate 0 0 --cohort cohort --results first --output folder
has out.txt '^4 evaluations: 1 made now, 3 taken'
evaluate 0 0 --cohort cohort --results first --output folder --data-range 2000
has out.txt '^4 evaluations: 4 made now, 0 taken'
evaluate 0 0 --cohort cohort --results first --output folder --data-range 2000 --metrics mae,psnr-bone
has out.txt '^4 evaluations: 4 made now, 0 taken'
has folder/metrics.csv '^case,status,mae,psnr-bone$'
evaluate 0 0 --cohort cohort --results first --output folder --data-range 2000 --metrics mae,psnr-bone \
  --resamples 100 --seed 3 --worst 1 --json
has out.txt '"resamples": 100'
same out.txt folder/summary.json

# Two methods.
evaluate 0 0 --cohort cohort --results first --compare second --output compared --metrics mae,psnr
has compared/summary.json '"p-value": 0\.[0-9]+'
has compared/compared-metrics.csv '^case_0003,ok,0\.0,Infinity$'
has out.txt '^first: first$'
has out.txt '^second: second$'
has out.txt '^first - second'
has compared/summary.json '"results": "first"'
printf 'case,synthetic\ncase_0001,second/case_0001.nii.gz\ncase_0002,second/case_0002.nii.gz\n' >second.csv
evaluate 1 3 --cohort cohort --results first --compare second.csv --output listed --metrics mae,psnr
says "case_0003: no result: second.csv does not have this case"
says "2 of 8 evaluations failed; listed/summary.json names them"
has listed/summary.json '"pairs": 2'

# Every preset, with segmentations (here masks), on any number of jobs and threads.
{
  echo "case,reference,synthetic,mask,reference-segmentation,synthetic-segmentation"
  for case in 1 2 3 4; do
    one=../cohort/case_000$case
    echo "case_000$case,$one/ct.nii.gz,../second/case_000$case.nii.gz,$one/mask.nii.gz,$one/mask.nii.gz,../cohort/case_0003/mask.nii.gz"
  done
} >first/segmented.csv
presets=synthrad2023,synthrad2025,roi-multitask,light-unet,ngf-pix2pix,afp,region-specific
evaluate 0 0 --cases first/segmented.csv --output presets --preset $presets --jobs 3 --threads 4
evaluate 0 0 --cases first/segmented.csv --output presets-1 --preset $presets --threads 1
same presets/metrics.csv presets-1/metrics.csv
has presets/metrics.csv '^case_0003,ok,0.0,Infinity,1.0,'
has presets/cases/case_0001.json '"dice-label-1"'
has presets/cases/case_0001.json '"hd95-voxel-labels-mean"'
evaluate 0 0 --cases first/segmented.csv --output presets --preset $presets
has out.txt '^4 evaluations: 0 made now, 4 taken'
evaluate 0 0 --cases first/segmented.csv --output presets --preset $presets --surface-tolerance 1
has out.txt '^4 evaluations: 4 made now, 0 taken'
touch cohort/case_0003/mask.nii.gz
evaluate 0 0 --cases first/segmented.csv --output presets --preset $presets --surface-tolerance 1
has out.txt '^4 evaluations: 4 made now, 0 taken'
# What a metric needs and a case does not have is the case's error.
evaluate 1 5 --cohort cohort --results first --output unsegmented --metrics mae,dice-labels
says "case_0002: metrics of labels need segmentations"
evaluate 0 0 --cohort cohort --results first --output unsegmented --metrics mae,dice-labels?
has unsegmented/metrics.csv '^case,status,mae$'

# Cases that fail: each says one line, and the others are done.
mkdir bad && cp -r cohort first bad/ && cd bad || exit 1
rm first/case_0001/sct.nii.gz
head -c 5000 cohort/case_0002/ct.nii.gz >first/case_0002.nii.gz
"$bin/sct-phantom" --output small --cases 1 --seed 5 --size 24 28 20 --spacing 8 8 8 >/dev/null 2>&1
cp small/case_0001/ct.nii.gz first/case_0003.nii.gz
evaluate 1 4 --cohort cohort --results first --output out --jobs 2
says "sct-evaluate: case_0001: no result: neither first/case_0001/sct nor first/case_0001"
says "sct-evaluate: case_0002: first/case_0002.nii.gz: cannot be read: its compressed data are truncated"
says "sct-evaluate: case_0003: first/case_0003.nii.gz: is not on the grid of cohort/case_0003/ct.nii.gz: size"
says "sct-evaluate: 3 of 4 evaluations failed; out/summary.json names them"
has out/metrics.csv '^case_0001,failed,,'
has out/metrics.csv '^case_0004,ok,-?[0-9]'
has out/summary.json '"case": "case_0002",'
[ ! -e out/cases/case_0002.json ] || fail "a case that failed has a report"
# A file that was good and is not any more leaves no report of before; one that is mended is done.
cp ../first/case_0002.nii.gz first/
head -c 4000 ../first/case_0004.nii.gz >first/case_0004.nii.gz
evaluate 1 4 --cohort cohort --results first --output out
[ -e out/cases/case_0002.json ] || fail "a case that was mended has no report"
[ ! -e out/cases/case_0004.json ] || fail "a damaged file has the report of a good one"
printf 'case,reference,synthetic\na,missing.mha,missing.mha\n' >missing.csv
evaluate 1 2 --cases missing.csv --output missing
says "a: missing.mha: no such file"
has missing/summary.json '"cases": 1'

# MetaIO says on the standard error that a file is cut; among others, the right case fails.
{
  echo "case,reference,synthetic"
  for case in 1 2 3 4 5 6 7 8; do
    printf 'ObjectType = Image\nNDims = 3\nBinaryData = True\nDimSize = 4 4 4\nElementType = MET_FLOAT\nElementDataFile = LOCAL\n' >cut$case.mha
    cp cut$case.mha whole$case.mha
    yes "$case 12345" | head -c 256 >>whole$case.mha
    yes "$case 54321" | head -c $((case % 2 ? 100 : 256)) >>cut$case.mha
    echo "$case,whole$case.mha,cut$case.mha"
  done
} >cut.csv
evaluate 1 5 --cases cut.csv --output cut --jobs 4 --threads 4
[ "$(ls cut/cases | tr '\n' ' ')" = "2.json 4.json 6.json 8.json " ] || fail "the wrong cases failed: $(cat err.txt)"
# Voxels that lie in a file of their own count too.
sed 's/LOCAL/apart.raw/' <(head -n 6 whole1.mha) >apart.mhd
tail -c 256 whole1.mha >apart.raw
printf 'case,reference,synthetic\na,whole2.mha,apart.mhd\n' >apart.csv
evaluate 0 0 --cases apart.csv --output apart
evaluate 0 0 --cases apart.csv --output apart
has out.txt '^1 evaluations: 0 made now, 1 taken'
tail -c 256 whole3.mha >apart.raw
evaluate 0 0 --cases apart.csv --output apart
has out.txt '^1 evaluations: 1 made now, 0 taken'
cd ..

# Layouts and folders that are not cases, a mask that is missing, tables of spreadsheets: the same numbers, and one line
# for what is doubtful.
cp -r cohort odd && mkdir -p odd/overview odd/__MACOSX && touch odd/overview/1_brain_train.xlsx odd/__MACOSX/._ct.nii.gz
evaluate 0 0 --cohort odd --results first --output odd-out
says "warning: odd: folders without ct are passed over: __MACOSX, overview"
same odd-out/metrics.csv table/metrics.csv
[ "$(grep -c . err.txt)" -eq 2 ] || fail "should say one line and the time: $(cat err.txt)"
mkdir -p Task1 && mv odd Task1/brain && mv Task1/brain/case_0004 Task1/ && mkdir Task1/pelvis && mv Task1/case_0004 Task1/pelvis/
evaluate 0 0 --cohort Task1 --results first --output nested-out
same nested-out/metrics.csv table/metrics.csv
mv Task1/brain/case_0002/mask.nii.gz Task1/brain/case_0002/hidden.nii.gz
evaluate 0 0 --cohort Task1 --results first --output nested-out
says "warning: Task1: no mask in case_0002, unlike the other 3 cases"
has nested-out/summary.json '"warning": "Task1: no mask in case_0002, unlike the other 3 cases"'
has nested-out/summary.json '"not the same for all cases: see their reports"'
cp Task1/brain/case_0002/hidden.nii.gz Task1/brain/case_0002/mask.nii.gz
cp Task1/brain/case_0002/hidden.nii.gz Task1/brain/case_0002/mask.mha
evaluate 1 2 --cohort Task1 --results first --output nested-out
says "case_0002: Task1/brain/case_0002/mask.mha and Task1/brain/case_0002/mask.nii.gz are both there, should be one"
cp -r Task1/brain/case_0001 Task1/pelvis/
evaluate 1 1 --cohort Task1 --results first --output unused-nested
says "Task1: two cases have the name 'case_0001': brain/case_0001 and pelvis/case_0001"
printf '\xEF\xBB\xBF' >first/excel.csv
sed 's/,/;/g; s/$/;;\r/' first/table.csv >>first/excel.csv
printf ';;;;;\r\n' >>first/excel.csv
evaluate 0 0 --cases first/excel.csv --output excel
same excel/metrics.csv table/metrics.csv
tr '\n' '\r' <first/table.csv >first/mac.csv
evaluate 0 0 --cases first/mac.csv --output mac
same mac/metrics.csv table/metrics.csv

# A run that is killed leaves whole reports and no summary; the next one removes what is half written and ends as if
# nothing had been.
{
  echo "case,reference,synthetic,mask"
  for case in $(seq 100 399); do
    echo "$case,../cohort/case_0001/ct.nii.gz,../first/case_0001/sct.nii.gz,../cohort/case_0001/mask.nii.gz"
  done
} >first/many.csv
evaluate 0 0 --cases first/many.csv --output whole --metrics mae,me-bone
"$bin/sct-evaluate" --cases first/many.csv --output killed --metrics mae,me-bone >/dev/null 2>&1 &
program=$!
until [ -e killed/cases/105.json ] || ! kill -0 $program 2>/dev/null; do
  :
done
kill -9 $program 2>/dev/null
wait $program 2>/dev/null
for report in killed/cases/*.json; do
  same "$report" "whole/cases/${report##*/}"
done
evaluate 0 0 --cases first/many.csv --output killed --metrics mae,me-bone
same killed/metrics.csv whole/metrics.csv
same killed/summary.json whole/summary.json

# What cannot be used is said before anything is written.
evaluate 1 1 --cases nowhere.csv --output unused
says "nowhere.csv: no such file"
evaluate 1 1 --cohort nowhere --results first --output unused
says "nowhere: no such folder"
evaluate 1 1 --cohort cohort --results first --output unused --compare nowhere
says "nowhere: no such file"
evaluate 2 1 --cohort cohort --results first --output unused --metrics maze
says "there is no metric 'maze'"
evaluate 2 1 --cohort cohort --results first --output unused --preset maze
says "there is no preset 'maze'"
evaluate 1 1 --cohort cohort --results first --output unused --json nowhere/summary.json
says "nowhere does not exist"
[ ! -e unused ] || fail "an output was made in spite of the error"
evaluate 1 1 --cohort cohort --results first --output first/table.csv
says "first/table.csv"
cp first/table.csv first/metrics.csv
evaluate 1 1 --cases first/metrics.csv --output first
says "is an input and would be overwritten"
same first/table.csv first/metrics.csv

finish "All cohorts as they should be."
