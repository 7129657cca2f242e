# synthetic_ct_add_program_test(<test> PROGRAM <target> [CODE <exit code>] [STDERR <regex>] [STDOUT <regex>]
#   [OUTPUT <file>] [OUTPUT_TEXT <regex>] ARGUMENTS <argument>...): runs a program as CheckProgram.cmake says.
function(synthetic_ct_add_program_test _name)
  cmake_parse_arguments(_test "" "PROGRAM;CODE;STDERR;STDOUT;OUTPUT;OUTPUT_TEXT" "ARGUMENTS" ${ARGN})
  if(NOT _test_CODE)
    set(_test_CODE 0)
  endif()
  list(JOIN _test_ARGUMENTS "|" _arguments)
  add_test(NAME ${_name}
    COMMAND ${CMAKE_COMMAND}
      -DPROGRAM=$<TARGET_FILE:${_test_PROGRAM}>
      "-DARGUMENTS=${_arguments}"
      -DCODE=${_test_CODE}
      "-DSTDERR=${_test_STDERR}"
      "-DSTDOUT=${_test_STDOUT}"
      "-DOUTPUT=${_test_OUTPUT}"
      "-DOUTPUT_TEXT=${_test_OUTPUT_TEXT}"
      -P ${CMAKE_CURRENT_SOURCE_DIR}/CheckProgram.cmake)
endfunction()

# Volumes that can be read here: text, 3 x 2 x 2 voxels unless told otherwise.
set(_data ${CMAKE_CURRENT_BINARY_DIR}/program-data)
function(_write_volume _name _values)
  cmake_parse_arguments(_volume "" "SIZE;SPACING;ORIGIN;DIRECTION;TYPE" "" ${ARGN})
  foreach(_default SIZE=3\ 2\ 2 SPACING=1\ 1\ 1 ORIGIN=0\ 0\ 0 DIRECTION=1\ 0\ 0\ 0\ 1\ 0\ 0\ 0\ 1 TYPE=MET_SHORT)
    string(REGEX MATCH "^([A-Z]+)=(.*)$" _matched "${_default}")
    if(NOT _volume_${CMAKE_MATCH_1})
      set(_volume_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
    endif()
  endforeach()
  string(REGEX MATCHALL "[^ ]+" _axes "${_volume_SIZE}")
  list(LENGTH _axes _dimension)
  file(WRITE ${_data}/${_name}.mha
"ObjectType = Image
NDims = ${_dimension}
BinaryData = False
TransformMatrix = ${_volume_DIRECTION}
Offset = ${_volume_ORIGIN}
ElementSpacing = ${_volume_SPACING}
DimSize = ${_volume_SIZE}
ElementType = ${_volume_TYPE}
ElementDataFile = LOCAL
${_values}
")
endfunction()

_write_volume(reference "-1000 -500 0 100 200 250 300 1000 40 40 40 40")
# The error is 10 everywhere, but for 22 in the last voxel.
_write_volume(synthetic "-990 -490 10 110 210 260 310 1010 50 50 50 62")
_write_volume(mask "1 1 1 1 1 1 1 1 0 0 0 1" TYPE MET_UCHAR)
_write_volume(soft-mask "0 0 1 1 1 0 0 0 1 1 1 1" TYPE MET_UCHAR)
_write_volume(empty-mask "0 0 0 0 0 0 0 0 0 0 0 0" TYPE MET_UCHAR)
_write_volume(constant "5 5 5 5 5 5 5 5 5 5 5 5")
_write_volume(other-size "1 2 3 4 5 6 7 8" SIZE "2 2 2")
_write_volume(other-spacing "1 2 3 4 5 6 7 8 9 10 11 12" SPACING "1 1 1.5")
_write_volume(other-origin "1 2 3 4 5 6 7 8 9 10 11 12" ORIGIN "0 0 1")
_write_volume(other-direction "1 2 3 4 5 6 7 8 9 10 11 12" DIRECTION "-1 0 0 0 -1 0 0 0 1")
_write_volume(flat "1 2 3 4" SIZE "2 2" SPACING "1 1" ORIGIN "0 0" DIRECTION "1 0 0 1")
# In binary: text has no NaN. 127 255 255 255 is one, in the order of the bytes that is named.
string(ASCII 65 65 65 65 66 66 66 66 127 255 255 255 67 67 67 67 _four_numbers)
file(WRITE ${_data}/not-a-number.mha
"ObjectType = Image
NDims = 3
BinaryData = True
BinaryDataByteOrderMSB = True
TransformMatrix = 1 0 0 0 1 0 0 0 1
Offset = 0 0 0
ElementSpacing = 1 1 1
DimSize = 3 2 2
ElementType = MET_FLOAT
ElementDataFile = LOCAL
${_four_numbers}${_four_numbers}${_four_numbers}")
file(WRITE ${_data}/text.mha "This is no image.\n")
file(WRITE ${_data}/empty.mha "")
file(MAKE_DIRECTORY ${_data}/empty-folder)

set(_evaluate PROGRAM sct-evaluate ARGUMENTS --reference ${_data}/reference.mha --threads 1)
synthetic_ct_add_program_test(sct-evaluate.Table ${_evaluate} --synthetic ${_data}/synthetic.mha
  STDOUT "body +all +12 +11\\.00 +11\\.00 .*bone +\\[250, 3000\\] +3 +10\\.00 +10\\.00 +10\\.00 +52\\.04 +1\\.0000")
synthetic_ct_add_program_test(sct-evaluate.Report ${_evaluate} --synthetic ${_data}/synthetic.mha
  --mask ${_data}/mask.mha --json ${_data}/report.json
  OUTPUT ${_data}/report.json
  OUTPUT_TEXT "\"mae\": {[^}]*\"value\": 11\\.33333333.*\"voxels\": 9.*\"psnr\": {.*\"data-range-hu\": 4000")
synthetic_ct_add_program_test(sct-evaluate.ReportOnStandardOutput ${_evaluate} --synthetic ${_data}/reference.mha
  --mask ${_data}/soft-mask.mha --json
  STDOUT "^{.*\"psnr\": {[^}]*\"value\": \"Infinity\"[^}]*\"reason\": \"the images are identical.*\"psnr-air\": {[^}]*\"NaN\"[^}]*\"reason\": \"no voxel in this region\".*\"voxels\": 0.*}\n$")
synthetic_ct_add_program_test(sct-evaluate.Difference ${_evaluate} --synthetic ${_data}/synthetic.mha
  --difference ${_data}/difference.nii.gz
  OUTPUT ${_data}/difference.nii.gz)
synthetic_ct_add_program_test(sct-evaluate.Help PROGRAM sct-evaluate ARGUMENTS --help STDOUT "--reference PATH.*Example:")

# <test> <code> <regex> <arguments>: what goes wrong leaves one line.
function(_evaluate_fails _name _code _regex)
  synthetic_ct_add_program_test(sct-evaluate.${_name} ${_evaluate} --json ${_data}/failed-${_name}.json ${ARGN}
    CODE ${_code} STDERR "^sct-evaluate: ${_regex}" OUTPUT ${_data}/failed-${_name}.json)
endfunction()
_evaluate_fails(NoSynthetic 2 ".*--synthetic is required")
_evaluate_fails(UnknownOption 2 ".*--sintetic" --synthetic ${_data}/synthetic.mha --sintetic x)
_evaluate_fails(BadDataRange 2 ".*--data-range" --synthetic ${_data}/synthetic.mha --data-range -1)
_evaluate_fails(BadThreads 2 ".*--threads" --synthetic ${_data}/synthetic.mha --threads 0)
_evaluate_fails(MissingFile 1 ".*missing.mha: no such file" --synthetic ${_data}/missing.mha)
_evaluate_fails(Text 1 ".*text.mha: " --synthetic ${_data}/text.mha)
_evaluate_fails(EmptyFile 1 ".*empty.mha: the file is empty" --synthetic ${_data}/empty.mha)
_evaluate_fails(EmptyFolder 1 ".*empty-folder: no DICOM" --synthetic ${_data}/empty-folder)
_evaluate_fails(Flat 1 ".*flat.mha: is a 2D image" --synthetic ${_data}/flat.mha)
_evaluate_fails(Constant 1 ".*constant.mha: every voxel has the same value" --synthetic ${_data}/constant.mha)
_evaluate_fails(NotANumber 1 ".*not-a-number.mha: voxel \\[2, 0, 0\\]" --synthetic ${_data}/not-a-number.mha)
_evaluate_fails(OtherSize 1 ".*other-size.mha: is not on the grid of .*: size \\[2, 2, 2\\]" --synthetic ${_data}/other-size.mha)
_evaluate_fails(OtherSpacing 1 ".*other-spacing.mha: is not on the grid of .*: spacing" --synthetic ${_data}/other-spacing.mha)
_evaluate_fails(OtherOrigin 1 ".*other-origin.mha: is not on the grid of .*: origin" --synthetic ${_data}/other-origin.mha)
_evaluate_fails(OtherDirection 1 ".*other-direction.mha: is not on the grid of .*: direction" --synthetic ${_data}/other-direction.mha)
_evaluate_fails(OtherMask 1 ".*other-size.mha: is not on the grid of .*: size"
  --synthetic ${_data}/synthetic.mha --mask ${_data}/other-size.mha)
_evaluate_fails(EmptyMask 1 ".*empty-mask.mha: the mask is empty"
  --synthetic ${_data}/synthetic.mha --mask ${_data}/empty-mask.mha)
_evaluate_fails(OverwritesInput 1 ".*synthetic.mha: is an input"
  --synthetic ${_data}/synthetic.mha --difference ${_data}/synthetic.mha)
_evaluate_fails(MissingFolder 1 ".*the folder .* does not exist"
  --synthetic ${_data}/synthetic.mha --difference ${_data}/missing/difference.mha)
_evaluate_fails(UnknownMetric 2 "there is no metric 'maze'; --list-metrics names them"
  --synthetic ${_data}/synthetic.mha --metrics mae,maze)
_evaluate_fails(UnknownPreset 2 "there is no preset 'maze'; --list-metrics names them"
  --synthetic ${_data}/synthetic.mha --preset maze)
synthetic_ct_add_program_test(sct-evaluate.Metrics ${_evaluate} --synthetic ${_data}/synthetic.mha
  --mask ${_data}/mask.mha --metrics mae,wmae-bone --metrics psnr
  STDOUT "^mae +11\\.3333 HU\nwmae-bone +[0-9.]+ HU\npsnr +[0-9.]+ dB\n$")
synthetic_ct_add_program_test(sct-evaluate.Thresholds ${_evaluate} --synthetic ${_data}/synthetic.mha
  --dice-thresholds 200,205,5 --metrics dice-curve
  STDOUT "^dice-curve:200 +1\ndice-curve:205 +0\\.857143\n$")
synthetic_ct_add_program_test(sct-evaluate.Aligned ${_evaluate} --synthetic ${_data}/synthetic.mha
  --mask ${_data}/mask.mha --metrics mae,psnr-background-set-slices
  STDOUT "^mae                             11\\.3333 HU\npsnr-background-set-slices      [0-9.]+ dB\n$")
synthetic_ct_add_program_test(sct-evaluate.ListMetrics PROGRAM sct-evaluate ARGUMENTS --list-metrics
  STDOUT "^Presets:\n.*\nMetrics .*:\n.*  wmae-bone +weighted mean absolute error")

# One voxel and its neighbours in the slice, which end at the border of the image.
_write_volume(corner-mask "0 0 0 0 0 0 0 0 0 0 0 1" TYPE MET_UCHAR)
synthetic_ct_add_program_test(sct-evaluate.DilatedMask ${_evaluate} --synthetic ${_data}/synthetic.mha
  --mask ${_data}/corner-mask.mha --dilate-mask 1 --metrics mae --json
  STDOUT "\"value\": 13.0,.*\"body\": \"mask dilated by 1 voxels inside axial slices\".*\"voxels\": 4")

# What is written of a pair beside its numbers.
_write_volume(labels "0 0 1 1 1 2 2 2 1 1 1 1" TYPE MET_UCHAR)
_write_volume(other-labels "0 1 1 1 1 2 2 2 1 1 1 2" TYPE MET_UCHAR)
_write_volume(halves "0 0.5 1 1 1 2 2 2 1 1 1 1" TYPE MET_FLOAT)
synthetic_ct_add_program_test(sct-evaluate.Segmentations ${_evaluate} --synthetic ${_data}/synthetic.mha
  --reference-segmentation ${_data}/labels.mha --synthetic-segmentation ${_data}/other-labels.mha
  --metrics dice-labels,me-labels --labels 1-2
  STDOUT "^dice-labels-mean +0\\.857143 *\ndice-label-1 +0\\.857143 *\ndice-label-2 +0\\.857143 *\nme-label-1 +11\\.7143 HU")
synthetic_ct_add_program_test(sct-evaluate.Profile ${_evaluate} --synthetic ${_data}/synthetic.mha
  --mr ${_data}/other-origin.mha --profile 0,0,0:2,0,0 --profile-step 0.5 --profile-table ${_data}/profile.csv
  OUTPUT ${_data}/profile.csv
  OUTPUT_TEXT "^distance-mm,x-mm,y-mm,z-mm,reference-hu,synthetic-hu,mr\n0.0,0.0,0.0,0.0,-1000.0,-990.0,NaN\n0.5,0.5,0.0,0.0,-750.0,-740.0,NaN\n.*\n2.0,2.0,0.0,0.0,0.0,10.0,NaN\n$")
synthetic_ct_add_program_test(sct-evaluate.Histogram ${_evaluate} --synthetic ${_data}/synthetic.mha
  --mask ${_data}/mask.mha --histogram ${_data}/histogram.csv
  OUTPUT ${_data}/histogram.csv
  OUTPUT_TEXT "^minimum-hu,maximum-hu,reference-body,.*\n-1000.0,-990.0,1,0,1,0,0,0,0,0\n-990.0,-980.0,0,1,0,1,0,0,0,0\n.*\n250.0,260.0,1,0,0,0,1,0,1,0\n.*\nNaN,NaN,0,0,0,0,0,0,0,0\n$")
synthetic_ct_add_program_test(sct-evaluate.JointHistogram ${_evaluate} --synthetic ${_data}/synthetic.mha
  --joint-histogram ${_data}/joint.csv
  OUTPUT ${_data}/joint.csv
  OUTPUT_TEXT "^reference-minimum-hu,.*\n-1000.0,-990.0,-990.0,-980.0,1\n.*\n40.0,50.0,50.0,60.0,3\n40.0,50.0,60.0,70.0,1\n")
synthetic_ct_add_program_test(sct-evaluate.SimilarityMap ${_evaluate} --synthetic ${_data}/synthetic.mha
  --ssim-map ${_data}/map.nii.gz
  OUTPUT ${_data}/map.nii.gz)
synthetic_ct_add_program_test(sct-evaluate.DeviationMesh ${_evaluate} --synthetic ${_data}/synthetic.mha
  --deviation-mesh ${_data}/deviation.vtk
  OUTPUT ${_data}/deviation.vtk OUTPUT_TEXT "^# vtk DataFile.*POINTS [1-9]")
_evaluate_fails(NoBone 1 ".*deviation.vtk: the reference has no bone" --synthetic ${_data}/synthetic.mha
  --deviation-mesh ${_data}/failed-deviation.vtk --bone-threshold 2000)
_evaluate_fails(BadMeshName 2 ".*mesh.stl' should end in .vtk" --synthetic ${_data}/synthetic.mha
  --deviation-mesh mesh.stl)
_evaluate_fails(BadMapName 1 ".*map: not the name of an image file" --synthetic ${_data}/synthetic.mha --ssim-map map)
_evaluate_fails(BadLine 2 ".*'0,0,0:1,1' should be two points in mm, x,y,z:x,y,z" --synthetic ${_data}/synthetic.mha
  --profile 0,0,0:1,1 --profile-table ${_data}/failed-profile.csv)
_evaluate_fails(BadLineNumber 2 ".*should be two points" --synthetic ${_data}/synthetic.mha
  --profile 0,0,x:1,1,1 --profile-table ${_data}/failed-profile.csv)
_evaluate_fails(LongLine 2 ".*should be two points" --synthetic ${_data}/synthetic.mha
  --profile 0,0,0:1,1,1,1 --profile-table ${_data}/failed-profile.csv)
_evaluate_fails(NoLine 2 ".*--profile and --profile-table go together" --synthetic ${_data}/synthetic.mha
  --profile-table ${_data}/failed-profile.csv)
_evaluate_fails(BadStep 2 ".*--profile-step" --synthetic ${_data}/synthetic.mha
  --profile 0,0,0:1,1,1 --profile-table ${_data}/failed-profile.csv --profile-step 0)
_evaluate_fails(BadLabels 1 ".*halves.mha: voxel \\[1, 0, 0\\] is 0.5 and should be a label"
  --synthetic ${_data}/synthetic.mha --reference-segmentation ${_data}/halves.mha)
_evaluate_fails(OtherLabels 1 ".*other-size.mha: is not on the grid" --synthetic ${_data}/synthetic.mha
  --synthetic-segmentation ${_data}/other-size.mha)
_evaluate_fails(NoSegmentation 1 ".*metrics of labels need segmentations" --synthetic ${_data}/synthetic.mha
  --metrics dice-labels)
_evaluate_fails(NoSegmenter 1 ".*metrics of structures need a segmentation network" --synthetic ${_data}/synthetic.mha
  --metrics dice-structures)
_evaluate_fails(MissingSegmenter 1 ".*missing.pt" --synthetic ${_data}/synthetic.mha --segmenter ${_data}/missing.pt
  --metrics dice-structures)
_evaluate_fails(SegmenterForNothing 2 "--segmenter is for metrics of structures" --synthetic ${_data}/synthetic.mha
  --segmenter ${_data}/missing.pt --preset synthrad2023)
_evaluate_fails(CardForNothing 2 "--card is for the model of --segmenter, which is missing"
  --synthetic ${_data}/synthetic.mha --card ${_data}/card.json --preset synthrad2023)
if(TARGET SyntheticCTTorch)
  _evaluate_fails(MissingCard 1 ".*missing.json' does not exist" --synthetic ${_data}/synthetic.mha
    --segmenter ${PROJECT_SOURCE_DIR}/examples/models/head-phantom.pt --card ${_data}/missing.json
    --metrics dice-structures)
endif()
_evaluate_fails(LineOutside 1 ".*failed-profile.csv: no point of the line lies inside the reference"
  --synthetic ${_data}/synthetic.mha --profile 100,0,0:101,0,0 --profile-table ${_data}/failed-profile.csv)
_evaluate_fails(LabelName 2 ".*'liver' is no label from 1 to 65535" --synthetic ${_data}/synthetic.mha --labels liver)
_evaluate_fails(BadDilation 2 ".*--dilate-mask" --synthetic ${_data}/synthetic.mha --dilate-mask -1)
_evaluate_fails(BadTolerance 2 ".*--surface-tolerance" --synthetic ${_data}/synthetic.mha --surface-tolerance -1)
_evaluate_fails(InfiniteTolerance 2 "--surface-tolerance: 'inf' should be a finite number of at least 0"
  --synthetic ${_data}/synthetic.mha --surface-tolerance inf)
_evaluate_fails(BadBoneThreshold 2 ".*--bone-threshold" --synthetic ${_data}/synthetic.mha --bone-threshold hard)
_evaluate_fails(NoBoneThreshold 2 "--bone-threshold: 'nan' should be a finite number"
  --synthetic ${_data}/synthetic.mha --bone-threshold nan)
_evaluate_fails(NoDataRange 2 "--data-range: 'nan' should be a finite number"
  --synthetic ${_data}/synthetic.mha --data-range nan)
_evaluate_fails(BadDiceThresholds 2 ".*Thresholds from 1 to 2 in steps of 0" --synthetic ${_data}/synthetic.mha
  --dice-thresholds 1 2 0)
_evaluate_fails(WindowTooLarge 1 ".*[Ww]indow" --synthetic ${_data}/synthetic.mha --metrics ssim-uniform7)

# Usage of cohorts; what they give is in sctEvaluateTest.sh. <test> <regex> <arguments>
function(_cohort_fails _name _regex)
  synthetic_ct_add_program_test(sct-evaluate.Cohort${_name} PROGRAM sct-evaluate
    CODE 2 STDERR "^sct-evaluate: .*${_regex}" ARGUMENTS --output ${_data}/cohort-${_name} ${ARGN})
endfunction()
_cohort_fails(NotGiven "a cohort is given by --cases or by --cohort")
_cohort_fails(GivenTwice "a cohort is given by --cases or by --cohort" --cases a --cohort b --results c)
_cohort_fails(WithPair "do not go together" --cases a --reference b)
_cohort_fails(NoResults "--cohort and --results go together" --cohort a)
_cohort_fails(ResultsOfTable "--cohort and --results go together" --cases a --results b)
_cohort_fails(BadJobs "--jobs" --cases a --jobs 0)
_cohort_fails(BadResamples "--resamples" --cases a --resamples 0)
_cohort_fails(BadSeed "--seed" --cases a --seed x)
_cohort_fails(NegativeSeed "--seed: '-1' should be a finite number of at least 0" --cases a --seed -1)
_cohort_fails(BadWorst "--worst" --cases a --worst x)
synthetic_ct_add_program_test(sct-evaluate.CohortNoOutput PROGRAM sct-evaluate
  CODE 2 STDERR "^sct-evaluate: --output is required" ARGUMENTS --cases a)

if(NOT TARGET SyntheticCTPictures)
  _evaluate_fails(NoPictures 1 ".*built without VTK"
    --synthetic ${_data}/synthetic.mha --picture ${_data}/picture.png)
  return()
endif()

synthetic_ct_add_program_test(sct-evaluate.Picture ${_evaluate} --synthetic ${_data}/synthetic.mha
  --mask ${_data}/mask.mha --mr ${_data}/other-origin.mha --picture ${_data}/evaluate.png
  OUTPUT ${_data}/evaluate.png)
_evaluate_fails(BadPictureName 2 ".*picture.jpg' should end in .png"
  --synthetic ${_data}/synthetic.mha --picture ${_data}/picture.jpg)

# The pattern comes last: with its brackets CMake would take what follows it for a part of it.
synthetic_ct_add_program_test(sct-picture.Columns PROGRAM sct-picture
  ARGUMENTS --output ${_data}/picture.png --json
    --column ${_data}/other-origin.mha:MR "--column=${_data}/reference.mha:A title::1500:HU"
    "--column=${_data}/synthetic.mha:Difference:-300:300:HU:difference"
  OUTPUT ${_data}/picture.png
  STDOUT "\"title\": \"A title\".*\"window\": \\[[^]]*-1000.0,[^]]*1500.0.*\"point-mm-lps\"")
synthetic_ct_add_program_test(sct-picture.BadName PROGRAM sct-picture
  CODE 2 STDERR "^sct-picture: .*picture.jpg' should end in .png"
  ARGUMENTS --column ${_data}/reference.mha --output ${_data}/picture.jpg)

# <test> <code> <regex> <arguments>. Each has an output of its own, because tests run side by side.
function(_picture_fails _name _code _regex)
  synthetic_ct_add_program_test(sct-picture.${_name} PROGRAM sct-picture
    ARGUMENTS --output ${_data}/failed-${_name}.png ${ARGN}
    CODE ${_code} OUTPUT ${_data}/failed-${_name}.png STDERR "^sct-picture: .*${_regex}")
endfunction()
_picture_fails(NoColumn 2 "--column")
_picture_fails(BadColumn 2 "'a:b:1' should be FILE" --column a:b:1)
_picture_fails(BadNumber 2 "'x' is not a number" --column a:b:1:x)
_picture_fails(BadWindow 1 "column 'CT' is \\[100, 100\\]" --column ${_data}/reference.mha:CT:100:100)
_picture_fails(BadPoint 1 "Point is \\[0, 0, 100\\]" --column ${_data}/reference.mha --point 0 0 100)
_picture_fails(MissingFile 1 "missing.mha: no such file" --column ${_data}/missing.mha)
