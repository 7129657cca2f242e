cmake_minimum_required(VERSION 3.16.3)
# cmake -P: the rooms of the module, in the order in which data flows. A file may include what belongs to its own room
# or to a room above it in this list, and nothing below. The sources of a room are in src/<room>; its headers are named
# here, without "itk" and ".h". A file in SyntheticCTDetail/ counts like any other.
set(_rooms common phantom intensity grid registration files network metrics evaluation dicom torch vtk)
set(_headers_of_common
  ExceptionText FilterThreading FilterVerification NumberText PaddedCopy PixelConversion PlainText RunComponents
  SameGridVerification SyntheticCTMacro VoxelTransform)
set(_headers_of_phantom
  HeadPhantomAnatomy HeadPhantomContrast HeadPhantomImageSource)
set(_headers_of_intensity
  CTForegroundNormalizeImageFilter EightBitScaleImageFilter FastN4BiasFieldCorrectionImageFilter
  HounsfieldScaleImageFilter IntensityNormalizationImageFilter LogBiasFieldEstimator MaskedStatistics
  PercentileRescaleImageFilter PlausibilityCheckImageFilter PlausibilityRules ZScoreNormalizeImageFilter)
set(_headers_of_grid
  AnatomicalPlane BallMorphology BodyMaskImageFilter ConvexHullMaskImageFilter CropToMaskImageFilter
  DiscreteGaussianSmoothing GridResampleImageFilter HounsfieldCalibration HounsfieldCalibrationImageFilter
  InPlaneDilateMaskImageFilter IntegerConvexHull OrientationCheckImageFilter OrientationCode PatchGrid
  PatchSignalCalculator ReorientImageFilter ResampleOntoReferenceImageFilter ResampleToSpacingImageFilter
  UncropImageFilter)
set(_headers_of_registration
  DeformableRegistration DisplacementField LandmarkList LandmarkTransformCalculator LinearPyramidRegistration
  LinearRegistration MultimodalImageRegistrationMethod RegistrationSamples RegistrationVolume SimilarityMetric)
set(_headers_of_files
  AtomicImageFileWriter AtomicOutput OutputFiles VolumeFileFormat VolumeReader)
set(_headers_of_network
  DevicePatchBlender InferenceSettings NetworkInferenceImageFilter NetworkModel NetworkModelCard
  NetworkPipelineImageFilter NetworkSegmentationImageFilter PatchBlender SyntheticCTFusionImageFilter
  SyntheticCTImageFilter SyntheticCTPreprocessImageFilter WindowRun)
set(_headers_of_metrics
  CounterPool ErrorMeasureAccumulator HounsfieldHistogramImageFilter HounsfieldProfileCalculator
  ImageErrorMeasuresImageFilter ImagePairMeasuresImageFilter MaskedStructuralSimilarityImageFilter
  MeasureVerification NormalizedMutualInformationImageFilter PairedRuns
  SegmentationSurface SignedSurfaceDeviationMeshFilter StructuralSimilarityEngine SurfaceDistanceMeasuresImageFilter
  ThresholdOverlapMeasuresImageFilter ValueClassifier)
set(_headers_of_evaluation
  CohortEvaluation EvaluationCohort EvaluationMetric EvaluationPreset EvaluationSettings ImageCohort
  ImagePairEvaluation SampleStatistics WilcoxonSignedRankTest)
set(_headers_of_dicom
  CTSeriesWriter DICOMSeriesCatalog DICOMSeriesReader DICOMVolumeReader)
set(_headers_of_torch
  NetworkTrainer)
set(_headers_of_vtk
  SlicePictureWriter)
# Rooms that a room may not use although they lie above it: metrics never call a network.
set(_hidden_from_metrics network)
set(_hidden_from_evaluation network)
set(_hidden_from_dicom network metrics evaluation)
set(_hidden_from_torch dicom)
set(_hidden_from_vtk network dicom torch)

set(_wrong "")
list(LENGTH _rooms _count)
math(EXPR _last "${_count} - 1")
foreach(_position RANGE ${_last})
  list(GET _rooms ${_position} _room)
  foreach(_header IN LISTS _headers_of_${_room})
    if(DEFINED _room_of_itk${_header}.h)
      string(APPEND _wrong "\nitk${_header}.h is in two rooms: ${_room_of_itk${_header}.h} and ${_room}.")
    endif()
    set(_room_of_itk${_header}.h ${_room})
    if(NOT EXISTS ${PROJECT_SOURCE_DIR}/include/itk${_header}.h
        AND NOT EXISTS ${PROJECT_SOURCE_DIR}/include/SyntheticCTDetail/itk${_header}.h)
      string(APPEND _wrong "\nitk${_header}.h, a header of ${_room}, does not exist.")
    endif()
  endforeach()
  set(_position_of_${_room} ${_position})
endforeach()

file(GLOB_RECURSE _files RELATIVE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/include/*.h
  ${PROJECT_SOURCE_DIR}/include/*.hxx
  ${PROJECT_SOURCE_DIR}/src/*.h
  ${PROJECT_SOURCE_DIR}/src/*.hxx
  ${PROJECT_SOURCE_DIR}/src/*.cxx)
if(NOT _files)
  message(FATAL_ERROR "No sources below ${PROJECT_SOURCE_DIR}.")
endif()
foreach(_file IN LISTS _files)
  get_filename_component(_name ${_file} NAME_WE)
  set(_room "")
  if(_file MATCHES "^src/([a-z]+)/")
    set(_room ${CMAKE_MATCH_1})
  elseif(DEFINED _room_of_${_name}.h)
    set(_room ${_room_of_${_name}.h})
  endif()
  if(NOT DEFINED _position_of_${_room})
    string(APPEND _wrong "\n${_file} belongs to no room.")
    continue()
  endif()

  # ITK's own macros put the object's address into the message.
  file(STRINGS ${PROJECT_SOURCE_DIR}/${_file} _addresses REGEX "itk(Exception|Warning)Macro\\(")
  if(_addresses AND NOT _name STREQUAL itkSyntheticCTMacro)
    string(APPEND _wrong "\n${_file}: itkSyntheticCTExceptionMacro() or itkSyntheticCTWarningMacro() belongs here: "
      "${_addresses}")
  endif()

  file(STRINGS ${PROJECT_SOURCE_DIR}/${_file} _includes REGEX "^ *# *include")
  foreach(_include IN LISTS _includes)
    if((_include MATCHES "[<\"](torch|ATen|c10|caffe2)/" AND NOT _file MATCHES "^src/torch/")
        OR (_include MATCHES "[<\"]vtk" AND NOT _file MATCHES "^src/vtk/")
        OR (_include MATCHES "[<\"](gdcm|itkGDCM)" AND NOT _file MATCHES "^src/dicom/")
        OR (_include MATCHES "[<\"]nlohmann/" AND NOT _file MATCHES "\\.cxx$"))
      string(APPEND _wrong "\n${_file}: ${_include}: LibTorch belongs to src/torch, VTK to src/vtk, GDCM to src/dicom, JSON to .cxx files.")
    endif()
    if(_include MATCHES "\"(.*/)?(itk[A-Za-z0-9]+\\.h)\"")
      set(_folder "${CMAKE_MATCH_1}")
      set(_included_room "${_room_of_${CMAKE_MATCH_2}}")
      if(NOT _included_room AND _folder MATCHES "^([a-z]+)/$" AND DEFINED _position_of_${CMAKE_MATCH_1})
        set(_included_room ${CMAKE_MATCH_1})
      endif()
      if(_included_room AND (_position_of_${_included_room} GREATER _position_of_${_room}
          OR _included_room IN_LIST _hidden_from_${_room}))
        string(APPEND _wrong "\n${_file} is in ${_room} and includes ${CMAKE_MATCH_2} of ${_included_room}.")
      endif()
    endif()
  endforeach()
endforeach()
if(_wrong)
  message(FATAL_ERROR "Rooms:${_wrong}")
endif()

# ITK's own header test includes each .hxx, in any order.
file(GLOB _implementations ${PROJECT_SOURCE_DIR}/include/*.hxx)
foreach(_file IN LISTS _implementations)
  get_filename_component(_name ${_file} NAME_WE)
  file(STRINGS ${_file} _includes REGEX "^#include \"${_name}\\.h\"")
  if(NOT _includes)
    message(FATAL_ERROR "${_name}.hxx does not include ${_name}.h.")
  endif()
endforeach()
