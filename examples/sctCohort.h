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

// The cases of a cohort: which files belong to which case.

#include <string>
#include <vector>

namespace sct
{

/** The files of one case; those that it does not have are empty. */
struct CohortCase
{
  std::string Name;
  std::string Reference;
  std::string Synthetic;
  std::string Mask;
  std::string ReferenceSegmentation;
  std::string SyntheticSegmentation;
  /** What is wrong with the case already; empty when nothing is. */
  std::string Error;
};

/** Read a table of cases: a line of column names, then a line for each case, fields separated by commas and quoted as
 * in RFC 4180 where needed. Columns: case, reference, synthetic; mask, reference-segmentation and
 * synthetic-segmentation when there are; columns whose name begins with x- are anybody's. Paths are relative to the
 * folder of the table. Throws when the table is not so, naming the line; files that are missing are for whoever reads
 * them to find. */
std::vector<CohortCase>
ReadCohortTable(const std::string & path);

/** Find the cases of a folder in the layout of SynthRAD: every subfolder with a ct.{nii.gz,mha} is a case named as the
 * subfolder, in the order of the names; mask.{nii.gz,mha} and segmentation.{nii.gz,mha} belong to it when they are
 * there. The synthetic CT is RESULTS/case/sct.{nii.gz,mha} or RESULTS/case.{nii.gz,mha}, its segmentation
 * RESULTS/case/segmentation.{nii.gz,mha} or RESULTS/case-segmentation.{nii.gz,mha}. Throws when there is no case. A
 * case without a result, or with two, has an Error. */
std::vector<CohortCase>
FindCohort(const std::string & folder, const std::string & results);

/** The same cases with the results of another method, from a folder as FindCohort() takes, or from a table with the
 * columns case, synthetic and perhaps synthetic-segmentation. A case that it does not have has an Error. */
std::vector<CohortCase>
ReplaceResults(const std::vector<CohortCase> & cases, const std::string & results);

/** A field of a table as RFC 4180 quotes it. */
std::string
QuotedField(const std::string & text);

} // namespace sct

#endif
