set(
  DOCUMENTATION
  "Synthetic CT in Hounsfield units from MR, and virtual non-contrast CT from contrast CT: intensity and mask
stages, registration, network inference, metrics and training as ITK filters."
)

itk_module(SyntheticCT
  ENABLE_SHARED
  DEPENDS
    ITKBiasCorrection
    ITKBinaryMathematicalMorphology
    ITKCommon
    ITKConnectedComponents
    ITKImageFilterBase
    ITKImageFunction
    ITKImageGrid
    ITKImageIntensity
    ITKImageLabel
    ITKImageSources
    ITKImageStatistics
    ITKLabelMap
    ITKMathematicalMorphology
    ITKSmoothing
    ITKStatistics
    ITKThresholding
    ITKTransform
  PRIVATE_DEPENDS
    ITKIOImageBase
  TEST_DEPENDS
    ITKGDCM
    ITKGoogleTest
    ITKIOGDCM
    ITKIOMeta
    ITKIONIFTI
    ITKIONRRD
    ITKIOPNG
  EXCLUDE_FROM_DEFAULT
  DESCRIPTION "${DOCUMENTATION}"
)
