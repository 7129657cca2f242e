/*=========================================================================
 *
 *  Copyright The SyntheticCT contributors
 *
 *  Licensed under the Apache License, Version 2.0 (the "License");
 *  you may not use this file except in compliance with the License.
 *  You may obtain a copy of the License at
 *
 *         https://www.apache.org/licenses/LICENSE-2.0.txt
 *
 *  Unless required by applicable law or agreed to in writing, software
 *  distributed under the License is distributed on an "AS IS" BASIS,
 *  WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 *  See the License for the specific language governing permissions and
 *  limitations under the License.
 *
 *=========================================================================*/
#ifndef itkImagePairEvaluation_h
#define itkImagePairEvaluation_h

#include "itkEvaluationMetric.h"
#include "itkEvaluationSettings.h"
#include "itkImage.h"
#include "itkImageToImageFilter.h"
#include "itkMesh.h"
#include "itkProcessObject.h"
#include "itkVolumeReader.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <memory>
#include <string>

namespace itk
{

/** \class ImagePairEvaluation
 * \brief A synthetic CT against its reference: metrics by name, each value with its definition.
 *
 * \code
 * auto evaluation = itk::ImagePairEvaluation::New();
 * evaluation->SetReferenceImage(ct);
 * evaluation->SetSyntheticImage(sct);
 * evaluation->SetMaskImage(mask);
 * evaluation->GetModifiableSettings()->AddPreset("synthrad2023");
 * evaluation->Update();
 * for (unsigned int i = 0; i < evaluation->GetNumberOfValues(); ++i)
 *   std::cout << evaluation->GetName(i) << ' ' << evaluation->GetValue(i) << ' ' << evaluation->GetUnit(i) << '\n';
 * \endcode
 *
 * All images are on the grid of the reference (of an MR see below); nothing is resampled. Voxels inside the mask, which
 * is dilated first when the settings say so, have to be finite numbers; outside they matter only to metrics that look
 * there.
 *
 * Which structures are where in both images comes from outside, as label images: segmentations that were made by
 * others (metrics of labels), or what one segmentation method found in both (metrics of structures). Segment() runs
 * such a method, any filter from an image to labels; this class knows nothing of networks.
 *
 * Update() computes the values anew, from the inputs and settings of that moment; what is changed later does not change
 * them. What the reader found doubtful in the files, what makes it doubtful that both images are CTs in HU
 * and the MR is one (PlausibilityCheckImageFilter), and what the filters of the metrics find doubtful, does not stop it
 * but is a remark, to be shown to whoever gave the images. It reports progress, and when it is aborted throws
 * itk::ProcessAborted and leaves no values. Throws itk::ExceptionObject with one line when an input is missing or not
 * on the grid of the reference, a voxel is not as above, an image is constant, a setting is bad, or a metric that is
 * not optional lacks what it needs. The Make... methods derive other results from the same inputs, and need no
 * Update(); they make no remarks.
 *
 * \sa EvaluationMetric EvaluationPreset EvaluationSettings CohortEvaluation
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT ImagePairEvaluation : public ProcessObject
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(ImagePairEvaluation);

  using Self = ImagePairEvaluation;
  using Superclass = ProcessObject;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(ImagePairEvaluation);

  using ImageType = Image<float, 3>;
  using MaskType = Image<unsigned char, 3>;
  using LabelImageType = Image<unsigned short, 3>;
  using SegmentationFilterType = ImageToImageFilter<ImageType, LabelImageType>;
  using MeshType = Mesh<float, 3>;
  using PointType = ImageType::PointType;

  /** The true CT and the one to be judged, in HU. Both are required. */
  itkSetInputMacro(ReferenceImage, ImageType);
  itkGetInputMacro(ReferenceImage, ImageType);
  itkSetInputMacro(SyntheticImage, ImageType);
  itkGetInputMacro(SyntheticImage, ImageType);

  /** The body: voxels that are not zero count. Without a mask the whole image counts. */
  itkSetInputMacro(MaskImage, MaskType);
  itkGetInputMacro(MaskImage, MaskType);

  /** Segmentations of both that were made by others, for metrics of labels. Optional. */
  itkSetInputMacro(ReferenceLabelImage, LabelImageType);
  itkGetInputMacro(ReferenceLabelImage, LabelImageType);
  itkSetInputMacro(SyntheticLabelImage, LabelImageType);
  itkGetInputMacro(SyntheticLabelImage, LabelImageType);

  /** What one segmentation method found in both, for metrics of structures; see Segment(). Optional. The names of its
   * labels belong to the settings. */
  itkSetInputMacro(ReferenceStructureImage, LabelImageType);
  itkGetInputMacro(ReferenceStructureImage, LabelImageType);
  itkSetInputMacro(SyntheticStructureImage, LabelImageType);
  itkGetInputMacro(SyntheticStructureImage, LabelImageType);

  /** The MR, for metrics of the MR, and for MakeProfileTable(), which shows it beside the HU. The profile takes it on
   * any grid, the metrics on that of the reference. Optional. */
  itkSetInputMacro(MRImage, ImageType);
  itkGetInputMacro(MRImage, ImageType);

  /** The metrics, and the values on which they depend. Created with the evaluation; several evaluations may share one.
   */
  itkSetObjectMacro(Settings, EvaluationSettings);
  itkGetModifiableObjectMacro(Settings, EvaluationSettings);

  /** The name of the case in the report. Default "pair". */
  itkSetStringMacro(CaseName);
  itkGetStringMacro(CaseName);

  /** Read the inputs from files; the name of an input that a case does not have is empty. The report then says from
   * which files it was made. Throws itk::ExceptionObject when a file cannot be read, or another than the MR is not on
   * the grid of the reference. */
  void
  ReadImages(VolumeReader *      reader,
             const std::string & reference,
             const std::string & synthetic,
             const std::string & mask = "",
             const std::string & referenceLabels = "",
             const std::string & syntheticLabels = "",
             const std::string & mr = "");

  /** Find the structures of both images by a filter, when one of the metrics needs them. Throws itk::ExceptionObject
   * when a voxel is no finite number. */
  void
  Segment(SegmentationFilterType * filter);

  /** Compute the values of the metrics. */
  void
  Update() override;

  /** The values of the last Update(), in the order of the metrics. An index that is too large throws. */
  SizeValueType
  GetNumberOfValues() const;
  std::string
  GetName(SizeValueType index) const;
  double
  GetValue(SizeValueType index) const;
  /** "1" for shares and coefficients. */
  std::string
  GetUnit(SizeValueType index) const;
  EvaluationDirectionEnum
  GetDirection(SizeValueType index) const;
  /** Everything needed to compute the value again from the images: a JSON object. */
  std::string
  GetDefinition(SizeValueType index) const;
  /** The sizes of the sets that the value describes, such as a number of voxels: a JSON object. */
  std::string
  GetSizes(SizeValueType index) const;
  /** Why the value is NaN or infinite; empty when it is not. */
  std::string
  GetReason(SizeValueType index) const;

  /** Whether there is a value of this name, and its index. Without one GetIndex() throws. */
  bool
  HasValue(const std::string & name) const;
  SizeValueType
  GetIndex(const std::string & name) const;

  /** What the last Update() found doubtful: lines without a full stop that name the files, or the inputs where there
   * are none. An index that is too large throws. */
  SizeValueType
  GetNumberOfRemarks() const;
  std::string
  GetRemark(SizeValueType index) const;

  /** The report of the last Update(): files, settings, remarks and all values with their definitions. In it NaN and
   * infinities are the strings "NaN", "Infinity" and "-Infinity", with a reason beside them. */
  std::string
  GetJSON() const;

  /** The values of the last Update() as lines of text: name, value, unit. */
  std::string
  GetText() const;

  /** The errors of the preset `errors` as a table with a line for the body, air, soft tissue and bone. Throws when the
   * last Update() did not compute them. */
  std::string
  GetRegionText() const;

  /** The mask that counts, dilated as the settings say; null without one. */
  MaskType::ConstPointer
  MakeBodyMask();

  /** Synthetic - reference, in HU. */
  ImageType::Pointer
  MakeDifferenceImage();

  /** The map of the SSIM in masked windows (StructuralSimilarityEnum::Masked3D). */
  ImageType::Pointer
  MakeSimilarityMap();

  /** The surface of the reference's bone, with the signed deviation of the synthetic one's in mm at each point. Throws
   * when the reference has no bone. */
  MeshType::Pointer
  MakeDeviationMesh();

  /** How many voxels of either image lie in bins of 10 HU from -1000 to 3000, in the body and in each region, as CSV;
   * the last line, whose bounds are NaN, has those outside of the bins. */
  std::string
  MakeHistogramTable();

  /** How many voxels of the body lie in each pair of bins of 10 HU, as CSV; pairs without a voxel are left out. */
  std::string
  MakeJointHistogramTable();

  /** The HU along a line as CSV: distance, position, reference, synthetic CT, and the MR when it is there. NaN outside
   * an image.
   * \param start, end The ends of the line in physical coordinates, mm.
   * \param step The distance of its points in mm, larger than 0.
   * Throws when no point of the line lies inside the reference. */
  std::string
  MakeProfileTable(const PointType & start, const PointType & end, double step);

protected:
  ImagePairEvaluation();
  ~ImagePairEvaluation() override;

  void
  VerifyPreconditions() const override;
  void
  GenerateData() override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  /** Names of the inputs, values of the last Update(). */
  class Internals;

  /** Look whether both images are plausible as CTs; what is not is a remark. */
  void
  CheckPlausibility(const MaskType * mask);

  /** Bring the inputs up to date and check that they fit.
   * \return The mask, dilated as the settings say; null without one. */
  MaskType::ConstPointer
  PrepareInputs();

  EvaluationSettings::Pointer m_Settings;
  std::string                 m_CaseName{ "pair" };
  std::unique_ptr<Internals>  m_Internals;
};

} // namespace itk

#endif
