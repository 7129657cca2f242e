set(
  DOCUMENTATION
  "Synthetic CT in Hounsfield units from MR, and virtual non-contrast CT from contrast CT: intensity and mask
stages, registration, network inference, metrics and training as ITK filters."
)

itk_module(SyntheticCT
  ENABLE_SHARED
  DEPENDS
    ITKCommon
    ITKIOImageBase
    ITKImageFilterBase
    ITKImageFunction
    ITKImageGrid
    ITKImageIntensity
    ITKImageSources
    ITKMesh
    ITKStatistics
    ITKThresholding
    ITKTransform
  # Of the library SyntheticCTDICOM; the module's own library does not link to them.
  COMPILE_DEPENDS
    ITKGDCM
    ITKIOGDCM
  PRIVATE_DEPENDS
    ITKIOMeta
    ITKIONIFTI
    ITKIONRRD
    ITKZLIB
  TEST_DEPENDS
    ITKBiasCorrection
    ITKBinaryMathematicalMorphology
    ITKDistanceMap
    ITKGDCM
    ITKGoogleTest
    ITKIOGDCM
    ITKIOMeshBase
    ITKIOMeshVTK
    ITKIOMeta
    ITKIONIFTI
    ITKIONRRD
    ITKIOPNG
    ITKIOTransformBase
    ITKIOTransformHDF5
    ITKIOTransformInsightLegacy
    ITKImageCompare
    ITKImageCompose
    ITKImageStatistics
    ITKLabelMap
    ITKMathematicalMorphology
    ITKRegistrationCommon
    ITKSmoothing
    ITKSpatialObjects
    ITKZLIB
  EXCLUDE_FROM_DEFAULT
  DESCRIPTION "${DOCUMENTATION}"
)
