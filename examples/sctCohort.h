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
#ifndef sctCohort_h
#define sctCohort_h

#include "sctEvaluateOptions.h"

#include "itkImagePairEvaluation.h"

namespace sct
{

/** Evaluate the cohort that the options name, and say what is doubtful and what failed as soon as it is known. Throws
 * when a case failed, after everything that there is has been written.
 * \param segmenter What finds structures in both CTs; may be null. */
void
EvaluateCohort(const EvaluateOptions & options, itk::ImagePairEvaluation::SegmentationFilterType * segmenter);

} // namespace sct

#endif
