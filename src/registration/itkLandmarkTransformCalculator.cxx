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
#include "itkLandmarkTransformCalculator.h"

#include "itkAffineTransform.h"
#include "itkEuler3DTransform.h"
#include "SyntheticCTDetail/itkNumberText.h"

#include <vnl/algo/vnl_determinant.h>
#include <vnl/algo/vnl_svd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace itk
{
namespace
{
using PointType = LandmarkTransformCalculator::PointType;
using VNLMatrixType = vnl_matrix<double>;
using SVDType = vnl_svd<double>;
using SyntheticCTDetail::FormatNumber;

/** Of the spread along the first axis: below the first share points are on a line or in a plane, below the second
 * almost. */
constexpr double degenerateShare = 1e-3;
constexpr double doubtfulShare = 0.05;
/** A root mean square residual above this share of the distance of the points from their mean is remarked on. */
constexpr double doubtfulResidualShare = 0.1;

PointType
MeanOf(const std::vector<PointType> & points)
{
  PointType mean;
  mean.Fill(0.0);
  for (const PointType & point : points)
  {
    for (int d = 0; d < 3; ++d)
    {
      mean[d] += point[d] / static_cast<double>(points.size());
    }
  }
  return mean;
}

/** One point less the mean of all in each row. */
VNLMatrixType
Centered(const std::vector<PointType> & points)
{
  const PointType mean = MeanOf(points);
  VNLMatrixType   matrix(static_cast<unsigned int>(points.size()), 3);
  for (unsigned int i = 0; i < matrix.rows(); ++i)
  {
    for (unsigned int d = 0; d < 3; ++d)
    {
      matrix(i, d) = points[i][d] - mean[d];
    }
  }
  return matrix;
}

template <typename TTransform>
typename TTransform::Pointer
MakeTransform(const VNLMatrixType & matrix, const PointType & fixedMean, const PointType & movingMean)
{
  auto transform = TTransform::New();
  transform->SetCenter(fixedMean);
  transform->SetMatrix(typename TTransform::MatrixType(vnl_matrix_fixed<double, 3, 3>(matrix)));
  transform->SetTranslation(movingMean - fixedMean);
  return transform;
}

/** The labels that only the first list has, in quotes. */
std::string
LabelsWithoutPartner(const LandmarkList * list, const std::map<std::string, SizeValueType> & partners)
{
  std::string labels;
  for (SizeValueType i = 0; i < list->GetNumberOfLandmarks(); ++i)
  {
    if (partners.count(list->GetLabel(i)) == 0)
    {
      labels += (labels.empty() ? "'" : ", '") + list->GetLabel(i) + "'";
    }
  }
  return labels;
}

/** Throws when a landmark has no label, or the same one as another: it cannot be known what belongs to what. */
void
VerifyLabels(const LandmarkTransformCalculator * calculator, const LandmarkList * list, const char * which)
{
  std::set<std::string> labels;
  for (SizeValueType i = 0; i < list->GetNumberOfLandmarks(); ++i)
  {
    const std::string & label = list->GetLabel(i);
    if (label.empty())
    {
      itkSyntheticCTObjectExceptionMacro(calculator,
                                         "Landmark "
                                           << i + 1 << " of the " << which
                                           << " ones has no label, unlike others: all should have one or none");
    }
    if (!labels.insert(label).second)
    {
      itkSyntheticCTObjectExceptionMacro(
        calculator, "The label '" << label << "' is there twice among the " << which << " landmarks");
    }
  }
}

bool
HasLabels(const LandmarkList * list)
{
  for (SizeValueType i = 0; i < list->GetNumberOfLandmarks(); ++i)
  {
    if (!list->GetLabel(i).empty())
    {
      return true;
    }
  }
  return false;
}

std::map<std::string, SizeValueType>
IndexByLabel(const LandmarkList * list)
{
  std::map<std::string, SizeValueType> indices;
  for (SizeValueType i = 0; i < list->GetNumberOfLandmarks(); ++i)
  {
    indices[list->GetLabel(i)] = i;
  }
  return indices;
}

} // namespace

std::ostream &
operator<<(std::ostream & out, LandmarkTransformKindEnum value)
{
  switch (value)
  {
    case LandmarkTransformKindEnum::Rigid:
      return out << "Rigid";
    case LandmarkTransformKindEnum::Affine:
      return out << "Affine";
    default:
      return out << "INVALID VALUE FOR LandmarkTransformKindEnum";
  }
}

void
LandmarkTransformCalculator::Compute()
{
  m_HasResults = false;
  m_Transform = nullptr;
  m_Labels.clear();
  m_FixedPoints.clear();
  m_MovingPoints.clear();
  m_Residuals.clear();
  m_Remarks.clear();
  this->FormPairs();
  const bool   isRigid = m_TransformKind == TransformKindEnum::Rigid;
  const size_t least = isRigid ? 3 : 4;
  if (m_FixedPoints.size() < least)
  {
    itkSyntheticCTExceptionMacro("There are " << m_FixedPoints.size() << " pairs of landmarks and should be at least "
                                              << least << " for " << (isRigid ? "a rigid" : "an affine")
                                              << " transform");
  }
  this->VerifySpread(m_FixedPoints, "fixed");
  this->VerifySpread(m_MovingPoints, "moving");
  const size_t numberOfRemarks = m_Remarks.size();
  if (isRigid)
  {
    this->ComputeRigid();
  }
  else
  {
    this->ComputeAffine();
  }
  // Unless there is a better explanation.
  if (m_Remarks.size() == numberOfRemarks)
  {
    this->RemarkOnFit();
  }
  m_HasResults = true;
  this->Modified();
}

void
LandmarkTransformCalculator::FormPairs()
{
  for (const auto & list : { m_FixedLandmarks, m_MovingLandmarks })
  {
    if (!list)
    {
      itkSyntheticCTExceptionMacro((list == m_FixedLandmarks ? "FixedLandmarks" : "MovingLandmarks") << " is not set");
    }
    for (SizeValueType i = 0; i < list->GetNumberOfRemarks(); ++i)
    {
      m_Remarks.push_back(list->GetRemark(i));
    }
  }
  const SizeValueType fixedCount = m_FixedLandmarks->GetNumberOfLandmarks();
  const SizeValueType movingCount = m_MovingLandmarks->GetNumberOfLandmarks();
  const bool          isFixedLabelled = HasLabels(m_FixedLandmarks);
  const bool          isMovingLabelled = HasLabels(m_MovingLandmarks);
  if (isFixedLabelled)
  {
    VerifyLabels(this, m_FixedLandmarks, "fixed");
  }
  if (isMovingLabelled)
  {
    VerifyLabels(this, m_MovingLandmarks, "moving");
  }
  if (isFixedLabelled && isMovingLabelled)
  {
    this->FormPairsByLabel();
    if (!m_FixedPoints.empty())
    {
      return;
    }
  }
  if (fixedCount != movingCount)
  {
    itkSyntheticCTExceptionMacro("There are "
                                 << fixedCount << " fixed and " << movingCount
                                 << " moving landmarks, which should be equally many or have the same labels");
  }
  if (isFixedLabelled || isMovingLabelled)
  {
    m_Remarks.push_back("the lists have no label in common, so landmarks were paired by their order");
  }
  for (SizeValueType i = 0; i < fixedCount; ++i)
  {
    m_Labels.push_back(m_FixedLandmarks->GetLabel(i));
    m_FixedPoints.push_back(m_FixedLandmarks->GetPoint(i));
    m_MovingPoints.push_back(m_MovingLandmarks->GetPoint(i));
  }
}

void
LandmarkTransformCalculator::FormPairsByLabel()
{
  const auto        fixedIndices = IndexByLabel(m_FixedLandmarks);
  const auto        movingIndices = IndexByLabel(m_MovingLandmarks);
  const std::string onlyFixed = LabelsWithoutPartner(m_FixedLandmarks, movingIndices);
  const std::string onlyMoving = LabelsWithoutPartner(m_MovingLandmarks, fixedIndices);
  for (SizeValueType i = 0; i < m_FixedLandmarks->GetNumberOfLandmarks(); ++i)
  {
    const auto moving = movingIndices.find(m_FixedLandmarks->GetLabel(i));
    if (moving != movingIndices.end())
    {
      m_Labels.push_back(moving->first);
      m_FixedPoints.push_back(m_FixedLandmarks->GetPoint(i));
      m_MovingPoints.push_back(m_MovingLandmarks->GetPoint(moving->second));
    }
  }
  // Labels of which none is in both lists were made by a program, and are no names.
  if (!m_FixedPoints.empty() && !(onlyFixed + onlyMoving).empty())
  {
    itkSyntheticCTExceptionMacro("Landmarks have no partner of the same label: "
                                 << (onlyFixed.empty() ? "" : onlyFixed + " of the fixed ones")
                                 << (onlyFixed.empty() || onlyMoving.empty() ? "" : ", ")
                                 << (onlyMoving.empty() ? "" : onlyMoving + " of the moving ones"));
  }
}

void
LandmarkTransformCalculator::VerifySpread(const std::vector<PointType> & points, const char * which)
{
  const SVDType svd(Centered(points));
  double        spread[3];
  for (unsigned int d = 0; d < 3; ++d)
  {
    spread[d] = svd.W()[d] / std::sqrt(static_cast<double>(points.size()));
  }
  const bool        isRigid = m_TransformKind == TransformKindEnum::Rigid;
  const double      decisive = isRigid ? spread[1] : spread[2];
  const std::string place = isRigid                                   ? "on one line"
                            : spread[1] > degenerateShare * spread[0] ? "in one plane"
                                                                      : "on one line";
  const std::string spreads = "their spread along their principal axes is " + FormatNumber("%.3g", spread[0]) + ", " +
                              FormatNumber("%.3g", spread[1]) + " and " + FormatNumber("%.3g", spread[2]) + " mm";
  if (!(decisive > degenerateShare * spread[0]))
  {
    itkSyntheticCTExceptionMacro("The " << which << " landmarks lie " << place << ", which does not determine "
                                        << (isRigid ? "a rigid" : "an affine") << " transform: " << spreads);
  }
  if (decisive < doubtfulShare * spread[0])
  {
    m_Remarks.push_back(std::string("the ") + which + " landmarks lie almost " + place + ": " + spreads);
  }
}

void
LandmarkTransformCalculator::ComputeRigid()
{
  const VNLMatrixType fixed = Centered(m_FixedPoints);
  const VNLMatrixType moving = Centered(m_MovingPoints);
  const SVDType       svd(fixed.transpose() * moving);
  const bool          isMirrored = vnl_determinant(VNLMatrixType(svd.V() * svd.U().transpose())) < 0.0;
  const double        last = isMirrored ? -svd.W()[2] : svd.W()[2];
  // A rotation about the axis of the second direction and the third changes nothing then.
  if (!(svd.W()[1] + last > 1e-6 * svd.W()[0]))
  {
    itkSyntheticCTExceptionMacro(
      "The pairs of landmarks determine no rotation: the singular values of their covariance are "
      << svd.W()[0] << ", " << svd.W()[1] << " and " << last << " mm^2");
  }
  VNLMatrixType sign(3, 3, 0.0);
  sign(0, 0) = 1.0;
  sign(1, 1) = 1.0;
  sign(2, 2) = isMirrored ? -1.0 : 1.0;
  m_Transform = MakeTransform<Euler3DTransform<double>>(
    svd.V() * sign * svd.U().transpose(), MeanOf(m_FixedPoints), MeanOf(m_MovingPoints));
  this->ComputeResiduals();
  // A mirror in their plane leaves points of a plane as they are.
  if (isMirrored && svd.W()[2] > 1e-6 * svd.W()[0])
  {
    const double squares = fixed.fro_norm() * fixed.fro_norm() + moving.fro_norm() * moving.fro_norm() -
                           2.0 * (svd.W()[0] + svd.W()[1] + svd.W()[2]);
    const double mirrored = std::sqrt(std::max(0.0, squares) / static_cast<double>(m_FixedPoints.size()));
    if (mirrored < 0.5 * m_RootMeanSquareResidual)
    {
      m_Remarks.push_back("the landmarks fit to " + FormatNumber("%.3g", m_RootMeanSquareResidual) +
                          " mm (root mean square), and to " + FormatNumber("%.3g", mirrored) +
                          " mm if one list is mirrored: are left and right swapped?");
    }
  }
}

void
LandmarkTransformCalculator::ComputeAffine()
{
  // Rows of points on the right: fixed * matrix^T = moving.
  const SVDType       svd(Centered(m_FixedPoints));
  const VNLMatrixType matrix = svd.solve(Centered(m_MovingPoints)).transpose();
  m_Transform =
    MakeTransform<AffineTransform<double, 3>>(matrix, MeanOf(m_FixedPoints), MeanOf(m_MovingPoints)).GetPointer();
  this->ComputeResiduals();
  if (m_FixedPoints.size() == 4)
  {
    m_Remarks.push_back("an affine transform fits any four pairs exactly: residuals of 0 mm say nothing");
  }
  if (vnl_determinant(matrix) < 0.0)
  {
    m_Remarks.push_back("the affine transform mirrors: are left and right swapped?");
  }
}

void
LandmarkTransformCalculator::ComputeResiduals()
{
  double squares = 0.0;
  m_MaximumResidual = 0.0;
  for (size_t i = 0; i < m_FixedPoints.size(); ++i)
  {
    m_Residuals.push_back(m_Transform->TransformPoint(m_FixedPoints[i]).EuclideanDistanceTo(m_MovingPoints[i]));
    squares += m_Residuals.back() * m_Residuals.back();
    m_MaximumResidual = std::max(m_MaximumResidual, m_Residuals.back());
  }
  m_RootMeanSquareResidual = std::sqrt(squares / static_cast<double>(m_FixedPoints.size()));
}

void
LandmarkTransformCalculator::RemarkOnFit()
{
  const VNLMatrixType points = Centered(m_FixedPoints);
  const double        extent = points.fro_norm() / std::sqrt(static_cast<double>(m_FixedPoints.size()));
  if (m_RootMeanSquareResidual > doubtfulResidualShare * extent)
  {
    const auto        worst = std::max_element(m_Residuals.begin(), m_Residuals.end()) - m_Residuals.begin();
    const std::string label = m_Labels[worst].empty() ? std::to_string(worst + 1) : "'" + m_Labels[worst] + "'";
    m_Remarks.push_back("the landmarks fit only to " + FormatNumber("%.3g", m_RootMeanSquareResidual) +
                        " mm (root mean square), worst is " + label + " with " +
                        FormatNumber("%.3g", m_MaximumResidual) +
                        " mm: are pairs mixed up, or are the lists in other units?");
  }
}

const LandmarkTransformCalculator::TransformType *
LandmarkTransformCalculator::GetTransform() const
{
  this->VerifyResults();
  return m_Transform;
}

const std::string &
LandmarkTransformCalculator::GetLabel(SizeValueType pair) const
{
  this->VerifyPair(pair);
  return m_Labels[pair];
}

const LandmarkTransformCalculator::PointType &
LandmarkTransformCalculator::GetFixedPoint(SizeValueType pair) const
{
  this->VerifyPair(pair);
  return m_FixedPoints[pair];
}

const LandmarkTransformCalculator::PointType &
LandmarkTransformCalculator::GetMovingPoint(SizeValueType pair) const
{
  this->VerifyPair(pair);
  return m_MovingPoints[pair];
}

double
LandmarkTransformCalculator::GetResidual(SizeValueType pair) const
{
  this->VerifyPair(pair);
  return m_Residuals[pair];
}

const std::string &
LandmarkTransformCalculator::GetRemark(SizeValueType index) const
{
  this->VerifyResults();
  if (index >= m_Remarks.size())
  {
    itkSyntheticCTExceptionMacro("There is no remark " << index << ", only " << m_Remarks.size());
  }
  return m_Remarks[index];
}

void
LandmarkTransformCalculator::VerifyResults() const
{
  if (!m_HasResults)
  {
    itkSyntheticCTExceptionMacro("there are no results: Compute() should be called before they are asked for");
  }
}

void
LandmarkTransformCalculator::VerifyPair(SizeValueType pair) const
{
  this->VerifyResults();
  if (pair >= m_FixedPoints.size())
  {
    itkSyntheticCTExceptionMacro("There is no pair " << pair << ", only " << m_FixedPoints.size());
  }
}

void
LandmarkTransformCalculator::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  itkPrintSelfObjectMacro(FixedLandmarks);
  itkPrintSelfObjectMacro(MovingLandmarks);
  os << indent << "TransformKind: " << m_TransformKind << std::endl;
  os << indent << "HasResults: " << (m_HasResults ? "Yes" : "No") << std::endl;
  if (!m_HasResults)
  {
    return;
  }
  itkPrintSelfObjectMacro(Transform);
  os << indent << "Pairs:";
  for (size_t i = 0; i < m_FixedPoints.size(); ++i)
  {
    os << (i == 0 ? " " : "; ") << m_Labels[i] << ' ' << m_FixedPoints[i] << " to " << m_MovingPoints[i] << " within "
       << m_Residuals[i] << " mm";
  }
  os << std::endl;
  os << indent << "RootMeanSquareResidual: " << m_RootMeanSquareResidual << std::endl;
  os << indent << "MaximumResidual: " << m_MaximumResidual << std::endl;
  os << indent << "Remarks:";
  for (size_t i = 0; i < m_Remarks.size(); ++i)
  {
    os << (i == 0 ? " " : "; ") << m_Remarks[i];
  }
  os << std::endl;
}

} // namespace itk
