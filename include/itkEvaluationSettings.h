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
#ifndef itkEvaluationSettings_h
#define itkEvaluationSettings_h

#include "itkIntTypes.h"
#include "itkObject.h"
#include "itkObjectFactory.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <string>
#include <vector>

namespace itk
{

/** \class EvaluationSettings
 * \brief Which metrics are computed, and the values on which they depend; shared by all cases of a cohort.
 *
 * Metrics are named one by one or by presets, and are computed in the order in which they were first named. Without any
 * name they are those of the preset `errors`. An optional metric is taken only where a case has what it needs; one that
 * is named with and without that condition is not optional.
 *
 * \sa EvaluationMetric EvaluationPreset ImagePairEvaluation CohortEvaluation
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT EvaluationSettings : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(EvaluationSettings);

  using Self = EvaluationSettings;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(EvaluationSettings);

  /** Add the metrics of a preset. Throws itk::ExceptionObject when there is none of this name. */
  void
  AddPreset(const std::string & name);

  /** Add a metric. Throws itk::ExceptionObject when there is none of this name. */
  void
  AddMetric(const std::string & name, bool isOptional = false);

  /** Return to the metrics of the preset `errors`. */
  void
  ClearMetrics();

  /** The metrics that are computed, those of `errors` when none was named. An index that is too large throws. */
  SizeValueType
  GetNumberOfMetrics() const;
  std::string
  GetMetric(SizeValueType index) const;
  bool
  GetIsOptional(SizeValueType index) const;

  /** Whether one of them is of structures, which a segmentation method has to find in both images. */
  bool
  NeedsStructures() const;

  /** Whether one of them is of the MR. */
  bool
  NeedsMR() const;

  /** The data range L of the metric `psnr` in HU, finite and larger than 0. Default 4000. */
  itkSetMacro(DataRange, double);
  itkGetConstMacro(DataRange, double);

  /** By how many voxels masks are dilated inside axial slices. Default 0. */
  itkSetMacro(MaskDilation, unsigned int);
  itkGetConstMacro(MaskDilation, unsigned int);

  /** The lowest HU of the bone whose surface is measured; finite. Default 250. */
  itkSetMacro(BoneThreshold, double);
  itkGetConstMacro(BoneThreshold, double);

  /** The thresholds of the metric `dice-curve` in HU: first, first + step, ... as far as the last. Finite, the step
   * larger than 0. Default 250, 1250 and 100. */
  itkSetMacro(FirstDiceThreshold, double);
  itkGetConstMacro(FirstDiceThreshold, double);
  itkSetMacro(LastDiceThreshold, double);
  itkGetConstMacro(LastDiceThreshold, double);
  itkSetMacro(DiceThresholdStep, double);
  itkGetConstMacro(DiceThresholdStep, double);

  /** Tolerance of the normalized surface Dice in mm, finite and at least 0. Default 2. */
  itkSetMacro(SurfaceTolerance, double);
  itkGetConstMacro(SurfaceTolerance, double);

  /** The labels of given segmentations that are measured; none, the default, for all that a case has.
   * \sa EvaluationLabelList::GetLabels() */
  void
  SetLabels(const std::vector<unsigned short> & labels);
  itkGetConstReferenceMacro(Labels, std::vector<unsigned short>);

  /** What finds the structures, for reports: the file of a network, or any other name. Default empty. */
  itkSetStringMacro(SegmenterName);
  itkGetStringMacro(SegmenterName);

  /** The file of the model card that the segmentation network was given instead of its own; reports say when it
   * changes, as they do of the network. Default empty: it has its own. */
  itkSetStringMacro(SegmenterCardName);
  itkGetStringMacro(SegmenterCardName);

  /** The names of the structures; the first is that of label 0, the background, which is not measured. */
  void
  SetStructureNames(const std::vector<std::string> & names);
  itkGetConstReferenceMacro(StructureNames, std::vector<std::string>);

  /** Throws itk::ExceptionObject, which quotes the value, when one of them is not as it should be. */
  void
  VerifyValues() const;

  /** All settings as a report has them. An optional metric ends in a question mark there. */
  std::string
  GetJSON() const;

protected:
  EvaluationSettings() = default;
  ~EvaluationSettings() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  std::vector<std::string>    m_MetricNames;
  std::vector<bool>           m_OptionalFlags;
  double                      m_DataRange{ 4000.0 };
  unsigned int                m_MaskDilation{ 0 };
  double                      m_BoneThreshold{ 250.0 };
  double                      m_FirstDiceThreshold{ 250.0 };
  double                      m_LastDiceThreshold{ 1250.0 };
  double                      m_DiceThresholdStep{ 100.0 };
  double                      m_SurfaceTolerance{ 2.0 };
  std::vector<unsigned short> m_Labels;
  std::string                 m_SegmenterName;
  std::string                 m_SegmenterCardName;
  std::vector<std::string>    m_StructureNames;
};

} // namespace itk

#endif
