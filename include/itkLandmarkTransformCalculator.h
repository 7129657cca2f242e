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
#ifndef itkLandmarkTransformCalculator_h
#define itkLandmarkTransformCalculator_h

#include "itkLandmarkList.h"
#include "itkMatrixOffsetTransformBase.h"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace itk
{

/** \class LandmarkTransformCalculatorEnums
 * \brief The choices of LandmarkTransformCalculator.
 * \ingroup SyntheticCT */
class LandmarkTransformCalculatorEnums
{
public:
  /** What the transform may do. */
  enum class TransformKind : uint8_t
  {
    Rigid,
    Affine
  };
};

using LandmarkTransformKindEnum = LandmarkTransformCalculatorEnums::TransformKind;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, LandmarkTransformKindEnum value);

/** \class LandmarkTransformCalculator
 * \brief The rigid or affine transform that brings landmarks of one image onto those of another.
 *
 * The transform \f$T\f$ from fixed to moving points, as ITK resamples the moving image by it, has the least
 * \f$\sum_i |T(f_i) - m_i|^2\f$ over the pairs of landmarks. Both solutions are closed forms:
 *
 * - Rigid: with the covariance \f$\sum_i (f_i - \bar f)(m_i - \bar m)^T = U D V^T\f$ the rotation is
 *   \f$R = V\,\mathrm{diag}(1, 1, \det(V U^T))\,U^T\f$, which never mirrors (W. Kabsch, "A solution for the best
 *   rotation to relate two sets of vectors", Acta Crystallographica A 32:922, 1976; S. Umeyama, "Least-squares
 *   estimation of transformation parameters between two point patterns", IEEE Transactions on Pattern Analysis and
 *   Machine Intelligence 13:376-380, 1991, doi:10.1109/34.88573). It needs three pairs that are not on one line.
 * - Affine: the pseudo-inverse of the centered fixed points, times the centered moving ones. It needs four pairs that
 *   are not in one plane. Light U-Net (Bambach and Ho 2022) registers CT to MR by it, from landmarks.
 *
 * **Pairs.** Landmarks of the same label are pairs, and each has to have a partner. When no landmark has a label, or no
 * label is in both lists, pairs are formed by order, for which both lists need the same length. In a list where only
 * some landmarks have a label, or two the same, it cannot be known what belongs to what, which is an error.
 *
 * **Degenerate points.** A set of points has the spread \f$s_1 \ge s_2 \ge s_3\f$, the root mean squares of its
 * distances from its mean along its principal axes in mm. Points are on one line when \f$s_2\f$, and in one plane when
 * \f$s_3\f$ is below a thousandth of \f$s_1\f$.
 *
 * **Remarks** say what makes a transform doubtful though it can be computed: points that are almost on a line or in a
 * plane (a spread below a twentieth), four pairs for an affine transform, which fits any four exactly, points that fit
 * only when mirrored, as when left and right are swapped, or not well at all (a root mean square residual above a tenth
 * of the root mean square distance of the fixed points from their mean), labels of which none is in both lists, and the
 * remarks of the lists.
 *
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT LandmarkTransformCalculator : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(LandmarkTransformCalculator);

  using Self = LandmarkTransformCalculator;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(LandmarkTransformCalculator);

  using PointType = LandmarkList::PointType;
  using TransformType = MatrixOffsetTransformBase<double, 3, 3>;
  using TransformKindEnum = LandmarkTransformKindEnum;

  /** The landmarks of both images. Required. */
  itkSetConstObjectMacro(FixedLandmarks, LandmarkList);
  itkGetConstObjectMacro(FixedLandmarks, LandmarkList);
  itkSetConstObjectMacro(MovingLandmarks, LandmarkList);
  itkGetConstObjectMacro(MovingLandmarks, LandmarkList);

  /** Default Rigid. */
  itkSetEnumMacro(TransformKind, TransformKindEnum);
  itkGetEnumMacro(TransformKind, TransformKindEnum);

  /** Computes the transform. Throws itk::ExceptionObject when a list is missing, pairs cannot be formed (naming the
   * labels without a partner), there are too few, or they do not determine the transform (saying their spread); there
   * are no results then. */
  void
  Compute();

  /** \name Results
   * Those of the last Compute(), whatever was set after it. Before it the getters throw, as they do for an index that
   * is too large.
   * @{ */

  /** From fixed to moving points: an Euler3DTransform or an AffineTransform about the mean of the fixed landmarks. */
  const TransformType *
  GetTransform() const;

  SizeValueType
  GetNumberOfPairs() const
  {
    this->VerifyResults();
    return m_FixedPoints.size();
  }

  /** The label of a pair, that of the fixed landmark; empty when it has none. Pairs are in the order of the fixed list.
   */
  const std::string &
  GetLabel(SizeValueType pair) const;
  const PointType &
  GetFixedPoint(SizeValueType pair) const;
  const PointType &
  GetMovingPoint(SizeValueType pair) const;

  /** Distance between the transformed fixed point and the moving one, in mm. */
  double
  GetResidual(SizeValueType pair) const;

  /** Of all residuals, in mm. They say how well the pairs agree, which is not how well the transform fits elsewhere:
   * with as few pairs as are needed they are small by themselves. */
  double
  GetRootMeanSquareResidual() const
  {
    this->VerifyResults();
    return m_RootMeanSquareResidual;
  }
  double
  GetMaximumResidual() const
  {
    this->VerifyResults();
    return m_MaximumResidual;
  }

  /** Lines without a full stop. */
  SizeValueType
  GetNumberOfRemarks() const
  {
    this->VerifyResults();
    return m_Remarks.size();
  }
  const std::string &
  GetRemark(SizeValueType index) const;
  /** @} */

protected:
  LandmarkTransformCalculator() = default;
  ~LandmarkTransformCalculator() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  void
  FormPairs();

  void
  FormPairsByLabel();

  /** Throws when the points of a list do not determine a transform; makes a remark when they hardly do. */
  void
  VerifySpread(const std::vector<PointType> & points, const char * which);

  void
  ComputeRigid();

  void
  ComputeAffine();

  void
  ComputeResiduals();

  /** Throws when there are no results. */
  void
  VerifyResults() const;

  /** Says it when the residuals are large. */
  void
  RemarkOnFit();

  /** Throws when there is no such pair. */
  void
  VerifyPair(SizeValueType pair) const;

  LandmarkList::ConstPointer m_FixedLandmarks;
  LandmarkList::ConstPointer m_MovingLandmarks;
  TransformKindEnum          m_TransformKind{ TransformKindEnum::Rigid };

  bool                     m_HasResults{ false };
  TransformType::Pointer   m_Transform;
  std::vector<std::string> m_Labels;
  std::vector<PointType>   m_FixedPoints;
  std::vector<PointType>   m_MovingPoints;
  std::vector<double>      m_Residuals;
  double                   m_RootMeanSquareResidual{ 0.0 };
  double                   m_MaximumResidual{ 0.0 };
  std::vector<std::string> m_Remarks;
};

} // namespace itk

#endif
