#!/usr/bin/env bash
# The programs and DICOM: one of several series is chosen, a synthetic CT becomes a CT series, and a program that is
# killed leaves nothing that could pass for one.
# Usage: sctSeriesTest.sh FOLDER-OF-PROGRAMS SCT-MAKE-SERIES MODEL-FILE
set -u
bin=$1
make=$2
model=$3
. "$(dirname "${BASH_SOURCE[0]}")/sctTestFunctions.sh"

# refuses TEXT COMMAND...: the command must exit with 1 and say TEXT in its only line.
refuses() {
  local text=$1
  shift
  "$bin/$@" >out.txt 2>err.txt
  local status=$?
  [ "$status" -eq 1 ] || fail "$* gave status $status, not 1: $(cat err.txt)"
  [ "$(wc -l <err.txt)" -eq 1 ] || fail "$* said: $(cat err.txt)"
  grep -qF -- "$text" err.txt || fail "$* did not say '$text' but: $(cat err.txt)"
}

# accepts COMMAND...: the command must exit with 0 and warn of nothing.
accepts() {
  "$bin/$@" >out.txt 2>err.txt || fail "$* gave status $?: $(cat err.txt)"
  grep '^warning' err.txt && fail "$* warned"
}

same() {
  cmp -s "$1" "$2" || fail "$1 and $2 differ"
}

accepts sct-phantom --output cohort --cases 2 --seed 5 --size 48 56 40 --spacing 4 4 4
for case in 1 2; do
  "$make" "cohort/case_000$case/mr.nii.gz" two "T$case head" "1.2.3.$case" || fail "sctMakeSeries: status $?"
  "$make" "cohort/case_000$case/mr.nii.gz" "single$case" "T$case head" "1.2.3.$case" || fail "sctMakeSeries: status $?"
done

# Without a choice the series are listed, in the one line of the error. A wrong choice is named.
generate() {
  sct_generate=(sct-generate --model "$model" --input "$@")
}
generate two
refuses "two: 2 DICOM series, of which one has to be chosen" "${sct_generate[@]}" --output sct.nii.gz
for text in "1.2.3.1" "1.2.3.2" "T1 head" "T2 head"; do
  grep -qF -- "$text" err.txt || fail "the list of series should have '$text': $(cat err.txt)"
done
refuses "T3 head" "${sct_generate[@]}" --output sct.nii.gz --series "T3 head"
grep -qF "T1 head" err.txt || fail "a wrong choice should list the series: $(cat err.txt)"
refuses "1.2.3" "${sct_generate[@]}" --output sct.nii.gz --series 1.2.3
[ ! -e sct.nii.gz ] || fail "sct-generate left an output"

# By UID and by description, in each program: the same as from a folder with that series alone.
generate single2
accepts "${sct_generate[@]}" --output alone.nii.gz
generate two
accepts "${sct_generate[@]}" --output uid.nii.gz --series 1.2.3.2
accepts "${sct_generate[@]}" --output description.nii.gz --series "T2 head"
accepts "${sct_generate[@]}" --output other.nii.gz --series "T1 head"
same alone.nii.gz uid.nii.gz
same alone.nii.gz description.nii.gz
cmp -s alone.nii.gz other.nii.gz && fail "both series give one result"

refuses "two: 2 DICOM series" sct-evaluate --reference two --synthetic single2 --metrics mae
refuses "T3 head" sct-evaluate --reference two --synthetic single2 --metrics mae --series "T3 head"
for choice in 1.2.3.1 "T1 head"; do
  "$bin/sct-evaluate" --reference two --synthetic cohort/case_0002/mr.nii.gz --metrics mae --series "$choice" \
    >chosen.txt 2>err.txt || fail "sct-evaluate --series '$choice': $(cat err.txt)"
  "$bin/sct-evaluate" --reference single1 --synthetic cohort/case_0002/mr.nii.gz --metrics mae >alone.txt 2>err.txt
  same chosen.txt alone.txt
done
if [ -x "$bin/sct-picture" ]; then
  refuses "two: 2 DICOM series" sct-picture --column two --output picture.png
  refuses "T3 head" sct-picture --column two --output picture.png --series "T3 head"
  [ ! -e picture.png ] || fail "sct-picture left an output"
  accepts sct-picture --column single2:MR --output alone.png
  accepts sct-picture --column two:MR --output chosen.png --series "T2 head"
  same alone.png chosen.png
fi

# A synthetic CT as a CT series: as many slices as the input has, on its grid, with the HU of the file to the half that
# rounding takes.
generate single2
accepts "${sct_generate[@]}" --output series
[ "$(find series -type f | wc -l)" -eq 40 ] || fail "the series should have 40 slices: $(ls series)"
accepts sct-evaluate --reference alone.nii.gz --synthetic series --metrics mae,psnr --difference difference.mha
LC_ALL=C awk '$1 == "mae" { found = 1; exit !($2 <= 0.5) } END { exit !found }' out.txt ||
  fail "the series should have the HU of the file: $(cat out.txt)"
accepts "${sct_generate[@]}" --output slash/
[ "$(find slash -type f | wc -l)" -eq 40 ] || fail "the name of a folder may end in a slash"
before=$(cat series/* | cksum)
refuses "series" "${sct_generate[@]}" --output series
[ "$before" = "$(cat series/* | cksum)" ] || fail "sct-generate changed a folder that was there"
if python3 -c 'import pydicom' 2>/dev/null; then
  python3 - <<'END' || fail "pydicom reads another series"
import glob, pydicom
slices = [pydicom.dcmread(name) for name in glob.glob("series/*")]
source = pydicom.dcmread(sorted(glob.glob("single2/*"))[0])
assert len({s.SOPInstanceUID for s in slices}) == 40
assert {s.SeriesInstanceUID for s in slices} != {source.SeriesInstanceUID} and len({s.SeriesInstanceUID for s in slices}) == 1
for s in slices:
    assert s.Modality == "CT" and s.SOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert s.PatientID == source.PatientID and s.StudyInstanceUID == source.StudyInstanceUID
    assert s.FrameOfReferenceUID == source.FrameOfReferenceUID
    assert (s.Rows, s.Columns) == (56, 48) and [float(v) for v in s.PixelSpacing] == [4, 4]
    hounsfield = s.pixel_array * float(s.RescaleSlope) + float(s.RescaleIntercept)
    assert hounsfield.min() >= -1100 and hounsfield.max() <= 4000
END
else
  echo "No pydicom here: the series was only read by this toolkit."
fi

# Killed while it writes: there is no output, or a whole one, and the next run is as if nothing had been.
killed() {
  local output=$1
  generate single2
  for _ in 1 2 3; do
    rm -rf "$output"
    "$bin/${sct_generate[0]}" "${sct_generate[@]:1}" --output "$output" >/dev/null 2>&1 &
    local program=$!
    until [ -n "$(find . -maxdepth 1 -name '.partial*')" ] || [ -e "$output" ] || ! kill -0 $program 2>/dev/null; do
      :
    done
    kill -9 $program 2>/dev/null
    wait $program 2>/dev/null
    if [ -f "$output" ]; then
      same "$output" alone.nii.gz
    elif [ -e "$output" ]; then
      [ "$(find "$output" -type f | wc -l)" -eq 40 ] || fail "half of $output is there: $(ls "$output")"
    fi
  done
  rm -rf "$output"
  accepts "${sct_generate[@]}" --output "$output"
  [ -z "$(find . -name '.partial*')" ] || fail "what was left half written is still there: $(ls -A)"
}
killed killed.nii.gz
same killed.nii.gz alone.nii.gz
killed killed-series

finish "All series as they should be."
