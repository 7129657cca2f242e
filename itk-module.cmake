set(
  DOCUMENTATION
  "Synthetic CT in Hounsfield units from MR, and virtual non-contrast CT from contrast CT: intensity and mask
stages, registration, network inference, metrics and training as ITK filters."
)

itk_module(SyntheticCT
  ENABLE_SHARED
  DEPENDS
    ITKCommon
    ITKImageFilterBase
    ITKImageGrid
    ITKImageFunction
    ITKTransform
    ITKStatistics
  PRIVATE_DEPENDS
    ITKIOImageBase
  COMPILE_DEPENDS
    ITKBiasCorrection
    ITKBinaryMathematicalMorphology
    ITKConnectedComponents
    ITKImageIntensity
    ITKImageLabel
    ITKImageSources
    ITKImageStatistics
    ITKLabelMap
    ITKMathematicalMorphology
    ITKSmoothing
    ITKThresholding
  TEST_DEPENDS
    ITKGoogleTest
    ITKTestKernel
    ITKIOMeta
    ITKIONIFTI
    ITKIOGDCM
    ITKIOPNG
  EXCLUDE_FROM_DEFAULT
  DESCRIPTION "${DOCUMENTATION}"
)
