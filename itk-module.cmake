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
    ITKImageFunction
    ITKImageGrid
    ITKImageIntensity
    ITKImageSources
    ITKMesh
    ITKStatistics
    ITKThresholding
  TEST_DEPENDS
    ITKBiasCorrection
    ITKBinaryMathematicalMorphology
    ITKGDCM
    ITKGoogleTest
    ITKIOGDCM
    ITKIOImageBase
    ITKIOMeshBase
    ITKIOMeshVTK
    ITKIOMeta
    ITKIONIFTI
    ITKIONRRD
    ITKIOPNG
    ITKImageStatistics
    ITKLabelMap
    ITKMathematicalMorphology
    ITKSmoothing
    ITKSpatialObjects
    ITKZLIB
  EXCLUDE_FROM_DEFAULT
  DESCRIPTION "${DOCUMENTATION}"
)
