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
#ifndef itkEvaluationCohort_h
#define itkEvaluationCohort_h

#include "itkImageCohort.h"

namespace itk
{

/** \class EvaluationCohort
 * \brief The cases of a cohort that is evaluated: true CTs, and the synthetic CTs of one method.
 *
 * **Folders**, as ImageCohort finds them: `ct` is the reference; `mask`, `segmentation` and `mr` belong to it when they
 * are there. The synthetic CT of a case is `RESULTS/case/sct` or `RESULTS/case`, its segmentation
 * `RESULTS/case/segmentation` or `RESULTS/case-segmentation`, in the same formats. Where the cases lie in folders of
 * the cohort, such as `brain/1BA001`, the results may lie so too. A case without a result, or with two, has an error.
 *
 * **Tables**, with the columns `case`, `reference` and `synthetic`, and when there are `mask`,
 * `reference-segmentation`, `synthetic-segmentation` and `mr`.
 *
 * \sa CohortEvaluation
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT EvaluationCohort : public ImageCohort
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(EvaluationCohort);

  using Self = EvaluationCohort;
  using Superclass = ImageCohort;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(EvaluationCohort);

  /** Take the cases of a cohort without the results of its method. A case whose reference is in doubt keeps its error.
   */
  void
  CopyReferences(const EvaluationCohort * cohort);

  /** Give the cases the results of a method: a folder as above, or a table with the columns `case`, `synthetic` and
   * perhaps `synthetic-segmentation`. A case that it does not have gets an error. */
  void
  ReadResults(const std::string & path);

  std::string
  GetReference(SizeValueType index) const
  {
    return this->GetFileName(index, "reference");
  }
  std::string
  GetSynthetic(SizeValueType index) const
  {
    return this->GetFileName(index, "synthetic");
  }
  std::string
  GetMask(SizeValueType index) const
  {
    return this->GetFileName(index, "mask");
  }
  std::string
  GetReferenceSegmentation(SizeValueType index) const
  {
    return this->GetFileName(index, "reference-segmentation");
  }
  std::string
  GetSyntheticSegmentation(SizeValueType index) const
  {
    return this->GetFileName(index, "synthetic-segmentation");
  }

  std::string
  GetMR(SizeValueType index) const
  {
    return this->GetFileName(index, "mr");
  }

  /** The folder or table of the results: the last ReadResults(), or else the table of everything. */
  std::string
  GetResults() const
  {
    return m_Results.empty() ? this->GetSource() : m_Results;
  }

protected:
  EvaluationCohort();
  ~EvaluationCohort() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  std::string m_Results;
};

} // namespace itk

#endif
