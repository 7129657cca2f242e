#!/usr/bin/env bash
# What sct-register does: images of a known pose, transforms, labels, landmarks, bad input; real scans where they are.
# Usage: sctRegisterTest.sh FOLDER-OF-PROGRAMS FOLDER-OF-SHARED-DATA
set -u
bin=$1
data=${SYNTHETICCT_SHARED_DATA:-$2}
. "$(dirname "${BASH_SOURCE[0]}")/sctTestFunctions.sh"

# register ARGUMENTS...: must succeed.
register() {
  "$bin/sct-register" "$@" >out.txt 2>err.txt || fail "$* gave status $?: $(cat err.txt)"
}

# warns COUNT: the last run said so many warnings and nothing else.
warns() {
  [ "$(grep -c '^warning: ' err.txt)" -eq "$1" ] || fail "there should be $1 warnings: $(cat err.txt)"
}

# refuses STATUS TEXT ARGUMENTS...: must exit with STATUS, say TEXT in the only line, and leave nothing.
refuses() {
  local status=$1 text=$2
  shift 2
  "$bin/sct-register" --output refused.nii.gz --transform refused.tfm "$@" >out.txt 2>err.txt
  local actual=$?
  [ "$actual" -eq "$status" ] || fail "$* gave status $actual, not $status: $(cat err.txt)"
  [ "$(wc -l <err.txt)" -eq 1 ] || fail "$* said $(wc -l <err.txt) lines: $(cat err.txt)"
  grep -qF -- "$text" err.txt || fail "$* did not say '$text' but: $(cat err.txt)"
  [ -z "$(find . -name 'refused*' -o -name '.partial*')" ] || fail "$* left $(find . -name 'refused*' -o -name '.partial*')"
}

# value METRIC ARGUMENTS...: the value of a metric of sct-evaluate.
value() {
  "$bin/sct-evaluate" --metrics "$1" "${@:2}" 2>err.txt | awk '{ print $2; exit }'
}

# below VALUE LIMIT WHAT
below() {
  awk -v value="$1" -v limit="$2" 'BEGIN { exit !(value != "" && value + 0 < limit + 0) }' || fail "$3 is $1, not below $2"
}

# distance REPORT TRUTH: the largest distance in mm between where the report's transform and that of 12 numbers (rows of
# matrix and offset) take the corners of a box of 100 mm about (90, 108, 90).
distance() {
  awk -v truth="$2" '
    /"moving-from-fixed-lps-mm"/ { inside = 1; next }
    inside && match($0, /-?[0-9][-+.0-9e]*/) { found[count++] = substr($0, RSTART, RLENGTH); inside = count < 12 }
    END {
      split(truth, expected, " ")
      for (corner = 0; corner < 8; ++corner) {
        p[0] = corner % 2 ? 140 : 40; p[1] = int(corner / 2) % 2 ? 158 : 58; p[2] = corner > 3 ? 140 : 40; p[3] = 1
        square = 0
        for (r = 0; r < 3; ++r) {
          difference = 0
          for (c = 0; c < 4; ++c) difference += (found[4 * r + c] - expected[4 * r + c + 1]) * p[c]
          square += difference * difference
        }
        if (square > largest) largest = square
      }
      print count == 12 ? sqrt(largest) : "missing"
    }' "$1"
}

"$bin/sct-phantom" --output cohort --cases 1 --seed 5 --size 64 76 64 --spacing 3 3 3 >/dev/null 2>&1 ||
  fail "sct-phantom gave status $?"
mr=cohort/case_0001/mr.nii.gz
ct=cohort/case_0001/ct.nii.gz
mask=cohort/case_0001/mask.nii.gz

# A turn by 8 degrees about z and a shift: the CT as another scanner would have it.
cosine=0.9902680687415704
sine=0.13917310096006544
{
  echo "#Insight Transform File V1.0"
  echo "#Transform 0"
  echo "Transform: AffineTransform_double_3_3"
  echo "Parameters: $cosine -$sine 0 $sine $cosine 0 0 0 1 6 -9 4"
  echo "FixedParameters: 0 0 0"
} >pose.tfm
register --fixed "$ct" --moving "$ct" --stages none --initial-transform pose.tfm --output moved.nii.gz \
  --apply-labels "$mask" moved-mask.nii.gz --background -1000
warns 0

register --fixed "$mr" --moving moved.nii.gz --output registered.nii.gz --transform found.tfm --json report.json \
  --apply moved.nii.gz again.nii.gz --apply-labels moved-mask.nii.gz registered-mask.nii.gz \
  --fixed-mask "$mask" --background -1000
warns 0
# The points of the CT have been moved by the inverse: q = R^T (p - t).
truth="$cosine $sine 0 -4.6890505 -$sine $cosine 0 9.7474512 0 0 1 -4"
below "$(distance report.json "$truth")" 1.0 "the distance from the true pose"
sed 's/^Parameters.*/Parameters: '"$cosine $sine 0 -$sine $cosine 0 0 0 1 -4.6890505 9.7474512 -4/" pose.tfm >inverse.tfm
register --fixed "$mr" --moving moved.nii.gz --stages none --initial-transform inverse.tfm --output true.nii.gz \
  --background -1000
best=$(value mae --reference "$ct" --synthetic true.nii.gz --mask "$mask")
below "$(value mae --reference "$ct" --synthetic registered.nii.gz --mask "$mask")" "$(awk "BEGIN { print $best + 5 }")" \
  "the error of the registered CT in HU"
below "$(awk "BEGIN { print $best + 100 }")" "$(value mae --reference "$ct" --synthetic moved.nii.gz --mask "$mask")" \
  "100 HU more than the best error, against what it was before,"
cmp -s registered.nii.gz again.nii.gz || fail "--apply of the moving image gives another image than --output"
below 0.95 "$(value dice-labels --reference "$ct" --synthetic registered.nii.gz --reference-segmentation "$mask" \
  --synthetic-segmentation registered-mask.nii.gz)" "0.95, against the Dice of the registered mask,"
grep -q '"overlap": 0.9' report.json || grep -q '"overlap": 1.0' report.json || fail "the overlap: $(cat report.json)"
grep -q '"warnings": \[\]' report.json || fail "there should be no warnings: $(cat report.json)"

# Same bits for any number of threads; what is written is what is read, in each format.
register --fixed "$mr" --moving moved.nii.gz --transform one.h5 --output one.nii.gz --fixed-mask "$mask" --threads 1 \
  --background -1000
cmp -s registered.nii.gz one.nii.gz || fail "one thread gives another image"
for file in found.tfm one.h5; do
  register --fixed "$mr" --moving moved.nii.gz --stages none --initial-transform "$file" --output from.nii.gz \
    --transform from.txt --background -1000
  below "$(value mae --reference registered.nii.gz --synthetic from.nii.gz)" 0.001 "the error of $file read again"
done

# The other way round, by an affine stage after a rigid one.
register --fixed moved.nii.gz --moving "$mr" --stages rigid,affine --metric mi+cc --initialization geometry \
  --transform back.tfm --json back.json --interpolation bspline
below "$(distance back.json "$cosine -$sine 0 6 $sine $cosine 0 -9 0 0 1 4")" 2.0 "the distance of the affine stage"

# Landmarks: those of the pose, in each coordinate system, and a pair that is 3 mm off.
printf 'label,x,y,z\na,0,0,0\nb,100,0,0\nc,0,100,0\nd,0,0,100\ne,50,50,50\n' >fixed.csv
awk -F, -v c=$cosine -v s=$sine 'NR == 1 { print; next }
  { printf "%s,%.9f,%.9f,%.9f\n", $1, c * $2 - s * $3 + 6, s * $2 + c * $3 - 9, $4 + 4 }' fixed.csv >moving.csv
{
  echo "# Markups fiducial file version = 4.11"
  echo "# CoordinateSystem = RAS"
  echo "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID"
  awk -F, 'NR > 1 { printf "%d,%.9f,%.9f,%s,0,0,0,1,1,1,0,%s,,\n", NR, -$2, -$3, $4, $1 }' moving.csv
} >moving.fcsv
for file in moving.csv moving.fcsv; do
  for kind in rigid affine; do
    register --fixed "$ct" --moving "$ct" --stages none --landmarks fixed.csv "$file" --landmark-transform $kind \
      --output landmarks.nii.gz --json landmarks.json --background -1000
    warns 0
    below "$(distance landmarks.json "$cosine -$sine 0 6 $sine $cosine 0 -9 0 0 1 4")" 0.001 "the distance of $file"
    below "$(value mae --reference moved.nii.gz --synthetic landmarks.nii.gz)" 0.001 "the error by $file"
  done
done
sed 's/^e,50,50,50/e,50,50,53/' fixed.csv >off.csv
register --fixed "$ct" --moving "$ct" --landmarks off.csv moving.csv --stages none --transform off.tfm --json off.json
grep -A2 '"label": "e"' off.json | grep -q '"residual-mm": 2\.' || fail "the residual of e: $(cat off.json)"

# A doubtful pair is a warning.
{
  printf '%s\n' "ObjectType = Image" "NDims = 3" "BinaryData = True" "TransformMatrix = 1 0 0 0 1 0 0 0 1" \
    "Offset = -96 -114 -96" "ElementSpacing = 6 6 6" "DimSize = 32 38 32" "ElementType = MET_UCHAR" \
    "ElementDataFile = LOCAL"
  awk 'BEGIN { srand(7); for (i = 0; i < 32 * 38 * 32; ++i) printf "%c", 32 + int(90 * rand()) }'
} >noise.mha
sed 's/^Offset.*/Offset = 5000 0 0/' noise.mha >far.mha
register --fixed "$mr" --moving noise.mha --initialization identity --stages rigid --transform noise.tfm --json noise.json
grep -q '^warning: the images may not belong together' err.txt || fail "noise passes: $(cat err.txt noise.json)"
grep -q '"the images may not belong together' noise.json || fail "the report says nothing of noise: $(cat noise.json)"

# What was not computed is not reported.
grep -q '"correlation"' report.json && fail "a correlation that was not asked for: $(cat report.json)"
grep -q '"correlation": 0\.[1-9]' back.json || fail "the correlation: $(cat back.json)"

# A given transform, too, may leave little of an image, or turn a patient into another.
pose() {
  printf '%s\n' "#Insight Transform File V1.0" "#Transform 0" "Transform: AffineTransform_double_3_3" "Parameters: $1" \
    "FixedParameters: 0 0 0"
}
pose "1 0 0 0 1 0 0 0 1 0 0 0" >identity.tfm
pose "1 0 0 0 1 0 0 0 1 0 0 5000" >far.tfm
pose "1 0 0 0 1 0 0 0 1 0 0 120" >part.tfm
pose "-1 0 0 0 1 0 0 0 1 0 0 0" >mirror.tfm
pose "0 0 0 0 1 0 0 0 1 0 0 0" >singular.tfm
refuses 1 "$ct: no part of it lies on the grid of $mr by this transform" --fixed "$mr" --moving "$ct" --stages none \
  --initial-transform far.tfm
refuses 1 "noise.mha: no part of it lies" --fixed far.mha --moving far.mha --stages none --initial-transform identity.tfm \
  --apply noise.mha refused.mha
refuses 1 "singular.tfm: the matrix of the transform is singular" --fixed "$mr" --moving "$ct" --stages none \
  --initial-transform singular.tfm
register --fixed "$mr" --moving "$ct" --stages none --initial-transform part.tfm --transform t.tfm --json part.json
warns 1
grep -q "^warning: $ct: only .* % of the grid of $mr lie in it" err.txt || fail "part.tfm: $(cat err.txt)"
grep -q "only .* % of the grid" part.json || fail "no warning in $(cat part.json)"
register --fixed "$mr" --moving "$ct" --stages none --initial-transform mirror.tfm --transform t.tfm --json mirror.json
grep -q "^warning: the transform mirrors" err.txt || fail "mirror.tfm: $(cat err.txt)"
grep -q "the transform mirrors" mirror.json || fail "no warning in $(cat mirror.json)"
"$bin/sct-register" --fixed "$mr" --moving "$ct" --stages none --initial-transform identity.tfm --transform t.tfm \
  --json - >/dev/full 2>err.txt && fail "a report that could not be written is no error"
grep -q "the standard output cannot be written" err.txt || fail "a full output: $(cat err.txt)"

if [ -x "$bin/sct-picture" ]; then
  register --fixed "$mr" --moving registered.nii.gz --initialization identity --transform t.tfm --picture check.png
  [ "$(head -c 4 check.png | tail -c 3)" = PNG ] || fail "check.png is no picture"
else
  refuses 1 "built without VTK" --fixed "$mr" --moving "$ct" --picture refused.png
fi

# Bad usage.
refuses 2 "--moving is required" --fixed "$mr"
refuses 2 "warp not in" --fixed "$mr" --moving "$ct" --stages rigid,warp
refuses 2 "none goes with no other" --fixed "$mr" --moving "$ct" --stages rigid,none
refuses 2 "needs --landmarks or --initial-transform" --fixed "$mr" --moving "$ct" --stages none
refuses 2 "--metric means nothing" --fixed "$mr" --moving "$ct" --stages none --landmarks fixed.csv moving.csv --metric mi
refuses 2 "exclude each other" --fixed "$mr" --moving "$ct" --initialization search --initial-transform pose.tfm
refuses 2 "--landmark-transform is for --landmarks" --fixed "$mr" --moving "$ct" --landmark-transform affine
refuses 2 "should end in .h5, .tfm or .txt" --fixed "$mr" --moving "$ct" --transform refused.mat
refuses 2 "should end in .png" --fixed "$mr" --moving "$ct" --picture refused.jpg
refuses 2 "'nan' should be a finite number" --fixed "$mr" --moving "$ct" --background nan
refuses 2 "--landmarks" --fixed "$mr" --moving "$ct" --landmarks fixed.csv
"$bin/sct-register" --fixed "$mr" --moving "$ct" >out.txt 2>err.txt
[ $? -eq 2 ] && grep -q -- "--output, --transform or both are required" err.txt || fail "no output passes: $(cat err.txt)"

# Bad input.
echo "no transform" >text.tfm
sed 's/3_3/2_2/; s/^Parameters.*/Parameters: 1 0 0 1 0 0/; s/^Fixed.*/FixedParameters: 0 0/' pose.tfm >flat.tfm
printf 'x,y,z\n0,0,0\n1,1,1\n2,2,2\n3,3,3\n4,4,4\n' >line.csv
printf 'label,x,y,z\na,0,0,0\nb,100,0,0\nc,0,100,0\nz,0,0,100\n' >other.csv
refuses 1 "missing.nii.gz: no such file" --fixed "$mr" --moving missing.nii.gz
refuses 1 "missing.tfm: no such file" --fixed "$mr" --moving "$ct" --initial-transform missing.tfm
refuses 1 "text.tfm: cannot be read as a transform" --fixed "$mr" --moving "$ct" --initial-transform text.tfm
refuses 1 "flat.tfm: has a AffineTransform_double_2_2" --fixed "$mr" --moving "$ct" --initial-transform flat.tfm
refuses 1 "missing.csv: no such file" --fixed "$mr" --moving "$ct" --landmarks missing.csv moving.csv
refuses 1 "lie on one line" --fixed "$mr" --moving "$ct" --landmarks line.csv line.csv
refuses 1 "no partner of the same label: 'd', 'e' of the fixed ones, 'z' of the moving ones" \
  --fixed "$mr" --moving "$ct" --landmarks fixed.csv other.csv
refuses 1 "noise.mha: is not on the grid of $mr" --fixed "$mr" --moving "$ct" --fixed-mask noise.mha
refuses 1 "missing.nii.gz: no such file" --fixed "$mr" --moving "$ct" --apply missing.nii.gz refused-applied.nii.gz
refuses 1 "is an input" --fixed "$mr" --moving "$ct" --apply "$ct" "$mr"
refuses 1 "refused.nii.gz" --fixed "$mr" --moving "$ct" --apply-labels "$mask" refused.nii.gz
refuses 1 "does not exist" --fixed "$mr" --moving "$ct" --apply "$ct" missing/refused.nii.gz
sed "s/ 6 -9 4$/ 600 -9 4/" pose.tfm >far.tfm
refuses 1 "% of the fixed image lie in the moving image" --fixed "$mr" --moving "$ct" --initial-transform far.tfm

# The MR of BrainWeb and another contrast of it in a known pose: q = Rz(-10 degrees) p + (-15, 0, 0).
brainweb=$data/brainweb
if [ -f "$brainweb/brainweb165a10f17_T1.mha" ]; then
  truth="0.984807753 0.173648178 0 -15 -0.173648178 0.984807753 0 0 0 0 1 0"
  register --fixed "$brainweb/brainweb165a10f17_T1.mha" --moving "$brainweb/brainweb1e5a10f17Rot10Tx15_T2.mha" \
    --initialization identity --transform brainweb.h5 --json brainweb.json
  warns 0
  below "$(distance brainweb.json "$truth")" 0.3 "the error of BrainWeb's T1 and T2 in mm"
else
  echo "skipped: no BrainWeb in $data"
fi

# A CT and an MR of a piece of meat, turned by about half a turn; there is no truth.
porcine=$data/mri_dir_porcine
if [ -f "$porcine/MRIDIR_porcine_CT_half.mha" ]; then
  register --fixed "$porcine/MRIDIR_porcine_T2_crop.mha" --moving "$porcine/MRIDIR_porcine_CT_half.mha" \
    --initialization search --transform porcine.tfm --json porcine.json
  warns 0
  # The trace of a half turn is -1.
  trace=$(awk '/"moving-from-fixed-lps-mm"/ { inside = 1; next }
    inside && match($0, /-?[0-9][-+.0-9e]*/) { sum += count % 5 == 0 ? substr($0, RSTART, RLENGTH) : 0; ++count }
    count == 12 { exit }
    END { print sum }' porcine.json)
  below "$trace" -0.9 "the trace of the meat's turn"
else
  echo "skipped: no MRI-DIR in $data"
fi

finish "sct-register: all as it should be"
