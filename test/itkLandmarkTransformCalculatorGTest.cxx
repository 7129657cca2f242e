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

#include "itkFilesTestUtilities.h"
#include "itkImageFilterTestUtilities.h"
#include "itkLandmarkTestUtilities.h"

#include "itkAffineTransform.h"
#include "itkEuler3DTransform.h"
#include "itkLandmarkBasedTransformInitializer.h"
#include "itkVersorRigid3DTransform.h"

#include <cmath>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace
{
using itk::LandmarkList;
using itk::LandmarkTransformCalculator;
using itk::TestUtilities::ExpectError;
using itk::TestUtilities::PointAt;
using itk::TestUtilities::VectorOf;
using PointType = LandmarkList::PointType;
using VectorType = PointType::VectorType;
using Kind = itk::LandmarkTransformKindEnum;

/** Marks of a head, in mm. */
const std::vector<PointType> headPoints{ PointAt(1.0, -95.0, -20.0), PointAt(-72.0, 8.0, -31.0),
                                         PointAt(70.5, 11.0, -28.0), PointAt(2.0, 88.0, 14.0),
                                         PointAt(-3.0, -10.0, 90.0), PointAt(-31.0, -71.0, -42.0),
                                         PointAt(33.0, -69.5, -40.5) };

LandmarkList::Pointer
ListOf(const std::vector<PointType> & points, const std::vector<std::string> & labels = {})
{
  auto list = LandmarkList::New();
  for (size_t i = 0; i < points.size(); ++i)
  {
    list->AddLandmark(points[i], labels.empty() ? "" : labels[i]);
  }
  return list;
}

LandmarkTransformCalculator::Pointer
NewCalculator(const std::vector<PointType> & fixed, const std::vector<PointType> & moving, Kind kind = Kind::Rigid)
{
  auto calculator = LandmarkTransformCalculator::New();
  calculator->SetFixedLandmarks(ListOf(fixed));
  calculator->SetMovingLandmarks(ListOf(moving));
  calculator->SetTransformKind(kind);
  return calculator;
}

template <typename TTransform>
std::vector<PointType>
Moved(const std::vector<PointType> & points, const TTransform * transform)
{
  std::vector<PointType> moved;
  for (const PointType & point : points)
  {
    moved.push_back(transform->TransformPoint(point));
  }
  return moved;
}

/** Points, each moved by up to `size` mm along each axis. */
std::vector<PointType>
WithNoise(std::vector<PointType> points, double size, uint32_t seed)
{
  itk::TestUtilities::Random random(seed);
  for (PointType & point : points)
  {
    for (unsigned int d = 0; d < 3; ++d)
    {
      point[d] += size * (2.0 * random() - 1.0);
    }
  }
  return points;
}

itk::Euler3DTransform<double>::Pointer
NewRigid(double x, double y, double z)
{
  auto rigid = itk::Euler3DTransform<double>::New();
  rigid->SetRotation(x * itk::Math::pi_over_180, y * itk::Math::pi_over_180, z * itk::Math::pi_over_180);
  rigid->SetTranslation(VectorOf(12.0, -34.0, 5.5));
  return rigid;
}

itk::AffineTransform<double, 3>::Pointer
NewAffine()
{
  auto affine = itk::AffineTransform<double, 3>::New();
  affine->SetMatrix(NewRigid(20.0, -10.0, 35.0)->GetMatrix());
  affine->Scale(VectorOf(1.04, 0.97, 1.02));
  affine->Shear(0, 1, 0.03);
  affine->Translate(VectorOf(-8.0, 21.0, 40.0));
  return affine;
}

/** Expects the same map near the head, to within some mm. */
void
ExpectSameMap(const itk::Transform<double, 3, 3> * actual, const itk::Transform<double, 3, 3> * expected, double limit)
{
  for (const PointType & corner : { PointAt(-100.0, -100.0, -100.0),
                                    PointAt(100.0, -100.0, 100.0),
                                    PointAt(100.0, 100.0, -100.0),
                                    PointAt(0.0, 0.0, 0.0) })
  {
    EXPECT_LT(actual->TransformPoint(corner).EuclideanDistanceTo(expected->TransformPoint(corner)), limit);
  }
}

/** The lines of all remarks. */
std::string
RemarksOf(const LandmarkTransformCalculator * calculator)
{
  std::string text;
  for (itk::SizeValueType i = 0; i < calculator->GetNumberOfRemarks(); ++i)
  {
    text += calculator->GetRemark(i) + '\n';
  }
  return text;
}

} // namespace

TEST(LandmarkTransformCalculator, FindsARigidTransformExactly)
{
  for (const auto & angles : { VectorOf(0.0, 0.0, 0.0),
                               VectorOf(12.0, -7.0, 30.0),
                               VectorOf(0.0, 0.0, 180.0),
                               VectorOf(180.0, 0.0, 0.0),
                               VectorOf(90.0, 40.0, 0.0),
                               VectorOf(-120.0, 75.0, 200.0) })
  {
    SCOPED_TRACE(angles);
    const auto truth = NewRigid(angles[0], angles[1], angles[2]);
    // Three are as good as all of them.
    for (const size_t count : { size_t{ 3 }, headPoints.size() })
    {
      const std::vector<PointType> points(headPoints.begin(), headPoints.begin() + count);
      const auto                   calculator = NewCalculator(points, Moved(points, truth.GetPointer()));
      calculator->Compute();
      ASSERT_EQ(calculator->GetNumberOfPairs(), count);
      EXPECT_LT(calculator->GetMaximumResidual(), 1e-6);
      ExpectSameMap(calculator->GetTransform(), truth, 1e-5);
      EXPECT_NE(dynamic_cast<const itk::Euler3DTransform<double> *>(calculator->GetTransform()), nullptr);
      EXPECT_EQ(RemarksOf(calculator), "");
    }
  }
}

TEST(LandmarkTransformCalculator, FindsAnAffineTransformExactly)
{
  const auto truth = NewAffine();
  auto       calculator = NewCalculator(headPoints, Moved(headPoints, truth.GetPointer()), Kind::Affine);
  calculator->Compute();
  EXPECT_LT(calculator->GetMaximumResidual(), 1e-10);
  ExpectSameMap(calculator->GetTransform(), truth, 1e-9);
  EXPECT_NE((dynamic_cast<const itk::AffineTransform<double, 3> *>(calculator->GetTransform())), nullptr);
  EXPECT_EQ(RemarksOf(calculator), "");

  const std::vector<PointType> four(headPoints.begin(), headPoints.begin() + 4);
  calculator = NewCalculator(four, WithNoise(Moved(four, truth.GetPointer()), 2.0, 1), Kind::Affine);
  calculator->Compute();
  EXPECT_LT(calculator->GetMaximumResidual(), 1e-10);
  EXPECT_EQ(RemarksOf(calculator), "an affine transform fits any four pairs exactly: residuals of 0 mm say nothing\n");
}

// A square turned by nothing and enlarged by a tenth: every corner is missed by a tenth of its distance from the mean.
TEST(LandmarkTransformCalculator, ResidualsHaveTheirClosedForm)
{
  const std::vector<PointType> fixed{
    PointAt(40.0, 5.0, 7.0), PointAt(10.0, 25.0, 7.0), PointAt(-20.0, 5.0, 7.0), PointAt(10.0, -15.0, 7.0)
  };
  const PointType        mean = PointAt(10.0, 5.0, 7.0);
  std::vector<PointType> moving;
  for (const PointType & point : fixed)
  {
    moving.push_back(point + (point - mean) * 0.1);
  }
  const auto calculator = NewCalculator(fixed, moving);
  calculator->Compute();
  ASSERT_EQ(calculator->GetNumberOfPairs(), 4U);
  for (unsigned int i = 0; i < 4; ++i)
  {
    EXPECT_NEAR(calculator->GetResidual(i), i % 2 == 0 ? 3.0 : 2.0, 1e-12);
    EXPECT_EQ(calculator->GetFixedPoint(i), fixed[i]);
    EXPECT_EQ(calculator->GetMovingPoint(i), moving[i]);
  }
  EXPECT_NEAR(calculator->GetRootMeanSquareResidual(), std::sqrt((9.0 + 4.0) / 2.0), 1e-12);
  EXPECT_NEAR(calculator->GetMaximumResidual(), 3.0, 1e-12);
}

// At the least squares the residuals sum up to nothing; those of an affine transform have no moment with the points,
// and those of a rigid one no torque.
TEST(LandmarkTransformCalculator, NoiseLeavesTheLeastSquares)
{
  for (const Kind kind : { Kind::Rigid, Kind::Affine })
  {
    for (uint32_t seed = 1; seed <= 20; ++seed)
    {
      const auto moving = WithNoise(Moved(headPoints, NewRigid(10.0, 20.0, -160.0).GetPointer()), 3.0, seed);
      const auto calculator = NewCalculator(headPoints, moving, kind);
      calculator->Compute();
      EXPECT_GT(calculator->GetRootMeanSquareResidual(), 0.5);
      VectorType                sum(0.0);
      VectorType                torque(0.0);
      itk::Matrix<double, 3, 3> moment;
      double                    squares = 0.0;
      for (size_t i = 0; i < headPoints.size(); ++i)
      {
        const PointType  found = calculator->GetTransform()->TransformPoint(headPoints[i]);
        const VectorType residual = moving[i] - found;
        EXPECT_NEAR(calculator->GetResidual(i), residual.GetNorm(), 1e-12);
        squares += residual.GetSquaredNorm();
        sum += residual;
        torque += itk::CrossProduct(found.GetVectorFromOrigin(), residual);
        for (unsigned int r = 0; r < 3; ++r)
        {
          for (unsigned int c = 0; c < 3; ++c)
          {
            moment(r, c) += residual[r] * headPoints[i][c];
          }
        }
      }
      EXPECT_NEAR(
        calculator->GetRootMeanSquareResidual(), std::sqrt(squares / static_cast<double>(headPoints.size())), 1e-12);
      EXPECT_LT(sum.GetNorm(), 1e-10);
      EXPECT_LT(torque.GetNorm(), 1e-6);
      if (kind == Kind::Affine)
      {
        EXPECT_LT(moment.GetVnlMatrix().absolute_value_max(), 1e-9);
      }
    }
  }
}

// ITK finds the rotation as an eigenvector of a quaternion's matrix (Horn 1987).
TEST(LandmarkTransformCalculator, AgreesWithITKOnNoisyRigidPoints)
{
  using RigidType = itk::VersorRigid3DTransform<double>;
  using ImageType = itk::Image<float, 3>;
  for (uint32_t seed = 1; seed <= 10; ++seed)
  {
    const auto moving = WithNoise(Moved(headPoints, NewRigid(-25.0, 15.0, 5.0).GetPointer()), 2.0, seed);
    auto       rigid = RigidType::New();
    auto       initializer = itk::LandmarkBasedTransformInitializer<RigidType, ImageType, ImageType>::New();
    initializer->SetFixedLandmarks(headPoints);
    initializer->SetMovingLandmarks(moving);
    initializer->SetTransform(rigid);
    initializer->InitializeTransform();
    const auto calculator = NewCalculator(headPoints, moving);
    calculator->Compute();
    ExpectSameMap(calculator->GetTransform(), rigid, 1e-5);
  }
}

TEST(LandmarkTransformCalculator, FormsPairsByLabelOrByOrder)
{
  const std::vector<PointType>   fixed(headPoints.begin(), headPoints.begin() + 4);
  const std::vector<PointType>   turned = Moved(fixed, NewRigid(5.0, 6.0, 7.0).GetPointer());
  const std::vector<PointType>   shuffled{ turned[2], turned[0], turned[3], turned[1] };
  const std::vector<std::string> labels{ "a", "b", "c", "d" };
  auto                           calculator = LandmarkTransformCalculator::New();
  calculator->SetFixedLandmarks(ListOf(fixed, labels));
  calculator->SetMovingLandmarks(ListOf(shuffled, { "c", "a", "d", "b" }));
  calculator->Compute();
  EXPECT_LT(calculator->GetMaximumResidual(), 1e-9);
  for (unsigned int i = 0; i < 4; ++i)
  {
    EXPECT_EQ(calculator->GetLabel(i), labels[i]);
    EXPECT_EQ(calculator->GetMovingPoint(i), turned[i]);
  }

  EXPECT_EQ(calculator->GetNumberOfRemarks(), 0u);

  // No labels in one list, or none that both have: by order, which is said.
  for (const auto & others : std::vector<std::vector<std::string>>{ {}, { "MR-1", "MR-2", "MR-3", "MR-4" } })
  {
    calculator->SetMovingLandmarks(ListOf(turned, others));
    calculator->Compute();
    EXPECT_LT(calculator->GetMaximumResidual(), 1e-9);
    EXPECT_EQ(calculator->GetLabel(3), "d");
    ASSERT_EQ(calculator->GetNumberOfRemarks(), 1u);
    EXPECT_EQ(calculator->GetRemark(0), "the lists have no label in common, so landmarks were paired by their order");
  }
  // No labels at all: there is nothing to say.
  const auto plain = LandmarkTransformCalculator::New();
  plain->SetFixedLandmarks(ListOf(fixed));
  plain->SetMovingLandmarks(ListOf(turned));
  plain->Compute();
  EXPECT_LT(plain->GetMaximumResidual(), 1e-9);
  EXPECT_EQ(plain->GetNumberOfRemarks(), 0u);

  calculator->SetMovingLandmarks(ListOf(turned, { "a", "b", "c", "c" }));
  ExpectError([&] { calculator->Compute(); }, "The label 'c' is there twice among the moving landmarks");
  calculator->SetMovingLandmarks(ListOf(turned, { "a", "", "c", "d" }));
  ExpectError([&] { calculator->Compute(); }, "Landmark 2 of the moving ones has no label, unlike others");
  calculator->SetMovingLandmarks(ListOf(turned, { "a", "e", "c", "f" }));
  ExpectError([&] { calculator->Compute(); },
              "Landmarks have no partner of the same label: 'b', 'd' of the fixed ones, 'e', 'f' of the moving ones");
  calculator->SetMovingLandmarks(ListOf({ turned[0], turned[1], turned[3] }, { "a", "b", "d" }));
  ExpectError([&] { calculator->Compute(); }, "no partner of the same label: 'c' of the fixed ones");
  calculator->SetMovingLandmarks(ListOf(headPoints, { "a", "b", "c", "d", "e", "f", "g" }));
  ExpectError([&] { calculator->Compute(); }, "no partner of the same label: 'e', 'f', 'g' of the moving ones");
  calculator->SetMovingLandmarks(ListOf({ turned[0], turned[1], turned[3] }));
  ExpectError([&] { calculator->Compute(); },
              "There are 4 fixed and 3 moving landmarks, which should be equally many or have the same labels");
}

TEST(LandmarkTransformCalculator, SaysWhenLandmarksDoNotFit)
{
  std::vector<PointType> moving = Moved(headPoints, NewRigid(5.0, 6.0, 7.0).GetPointer());
  // As well as an observer sees them.
  moving[0][0] += 2.0;
  auto calculator = NewCalculator(headPoints, moving, Kind::Rigid);
  calculator->Compute();
  EXPECT_EQ(calculator->GetNumberOfRemarks(), 0u);

  std::swap(moving[2], moving[3]);
  calculator = NewCalculator(headPoints, moving, Kind::Rigid);
  calculator->Compute();
  ASSERT_EQ(calculator->GetNumberOfRemarks(), 1u);
  EXPECT_EQ(calculator->GetRemark(0).rfind("the landmarks fit only to ", 0), 0u) << calculator->GetRemark(0);
  EXPECT_NE(calculator->GetRemark(0).find("are pairs mixed up"), std::string::npos);

  // In cm.
  for (PointType & point : moving)
  {
    for (unsigned int d = 0; d < 3; ++d)
    {
      point[d] *= 0.1;
    }
  }
  std::swap(moving[2], moving[3]);
  calculator = NewCalculator(headPoints, moving, Kind::Rigid);
  calculator->Compute();
  ASSERT_EQ(calculator->GetNumberOfRemarks(), 1u);
  EXPECT_NE(calculator->GetRemark(0).find("or are the lists in other units?"), std::string::npos);
}

TEST(LandmarkTransformCalculator, RefusesPointsThatDoNotDetermineATransform)
{
  auto calculator = LandmarkTransformCalculator::New();
  ExpectError([&] { calculator->Compute(); }, "FixedLandmarks is not set");
  calculator->SetFixedLandmarks(ListOf(headPoints));
  ExpectError([&] { calculator->Compute(); }, "MovingLandmarks is not set");

  const auto refuses = [](std::vector<PointType> fixed, std::vector<PointType> moving, Kind kind, const char * words) {
    ExpectError([&] { NewCalculator(fixed, moving, kind)->Compute(); }, words);
  };
  const auto first = [](size_t count) {
    return std::vector<PointType>(headPoints.begin(), headPoints.begin() + count);
  };
  refuses({}, {}, Kind::Rigid, "There are 0 pairs of landmarks and should be at least 3 for a rigid transform");
  refuses(first(2), first(2), Kind::Rigid, "There are 2 pairs of landmarks and should be at least 3");
  refuses(first(3), first(3), Kind::Affine, "There are 3 pairs of landmarks and should be at least 4 for an affine");

  // A slanted line, as digits of a file would have it.
  std::vector<PointType> line;
  std::vector<PointType> plane;
  for (int i = 0; i < 5; ++i)
  {
    line.push_back(PointAt(10.0 + 0.7 * i * 20.0, -5.0 + 0.123 * i * 20.0, std::round(0.311 * i * 2000.0) / 100));
    plane.push_back(PointAt(30.0 * i, 12.0 * i * i, 3.0 * i - 2.0 * i * i + (i == 2 ? 0.01 : 0.0)));
  }
  refuses(line, first(5), Kind::Rigid, "The fixed landmarks lie on one line, which does not determine a rigid");
  refuses(first(5), line, Kind::Rigid, "The moving landmarks lie on one line");
  refuses(line, first(5), Kind::Affine, "The fixed landmarks lie on one line, which does not determine an affine");
  refuses(plane, first(5), Kind::Affine, "The fixed landmarks lie in one plane, which does not determine an affine");
  refuses(first(5), plane, Kind::Affine, "The moving landmarks lie in one plane");
  const std::vector<PointType> same(5, headPoints[0]);
  refuses(same, first(5), Kind::Rigid, "their spread along their principal axes is 0, 0 and 0 mm");
  refuses(same, first(5), Kind::Affine, "their spread along their principal axes is 0, 0 and 0 mm");
  // Points in a plane are enough for a rotation.
  const auto inPlane = NewCalculator(plane, Moved(plane, NewRigid(20.0, 30.0, 40.0).GetPointer()));
  inPlane->Compute();
  EXPECT_LT(inPlane->GetMaximumResidual(), 1e-9);

  // A regular tetrahedron and its mirror image: many rotations fit equally badly.
  const std::vector<PointType> tetrahedron{
    PointAt(10.0, 10.0, 10.0), PointAt(10.0, -10.0, -10.0), PointAt(-10.0, 10.0, -10.0), PointAt(-10.0, -10.0, 10.0)
  };
  std::vector<PointType> mirrored = tetrahedron;
  for (PointType & point : mirrored)
  {
    point[0] = -point[0];
  }
  refuses(tetrahedron, mirrored, Kind::Rigid, "The pairs of landmarks determine no rotation");
}

TEST(LandmarkTransformCalculator, RemarksOnWhatIsDoubtful)
{
  auto swapped = headPoints;
  for (PointType & point : swapped)
  {
    point[0] = -point[0];
  }
  auto calculator = NewCalculator(headPoints, swapped);
  calculator->Compute();
  EXPECT_NE(RemarksOf(calculator).find("if one list is mirrored: are left and right swapped?"), std::string::npos);
  calculator = NewCalculator(headPoints, swapped, Kind::Affine);
  calculator->Compute();
  EXPECT_EQ(RemarksOf(calculator), "the affine transform mirrors: are left and right swapped?\n");

  auto flat = headPoints;
  for (PointType & point : flat)
  {
    point[2] *= 0.02;
  }
  calculator = NewCalculator(flat, headPoints, Kind::Affine);
  calculator->Compute();
  EXPECT_EQ(RemarksOf(calculator).find("the fixed landmarks lie almost in one plane: their spread"), 0U)
    << RemarksOf(calculator);
  for (PointType & point : flat)
  {
    point[1] *= 0.02;
  }
  calculator = NewCalculator(headPoints, flat);
  calculator->Compute();
  EXPECT_EQ(RemarksOf(calculator).find("the moving landmarks lie almost on one line: their spread"), 0U)
    << RemarksOf(calculator);
}

class LandmarkTransformFilesTest : public itk::TestUtilities::FilesTest
{};

TEST_F(LandmarkTransformFilesTest, CoordinateSystemsOfTheFilesDoNotMatter)
{
  std::ostringstream json;
  std::ostringstream fiducials;
  std::ostringstream table;
  json.precision(17);
  fiducials.precision(17);
  table.precision(17);
  json
    << R"({"markups": [{"coordinateSystem": "RAS", "controlPoints": [{"label": "gone", "positionStatus": "undefined"})";
  fiducials << "# Markups fiducial file version = 4.10\n# CoordinateSystem = 0\n";
  table << "x,y,z\n";
  for (const PointType & point : Moved(headPoints, NewRigid(3.0, -4.0, 50.0).GetPointer()))
  {
    json << R"(, {"position": [)" << -point[0] << ", " << -point[1] << ", " << point[2] << "]}";
    fiducials << "0," << -point[0] << ',' << -point[1] << ',' << point[2] << ",0,0,0,1,1,1,0,,,\n";
    table << point[0] << ',' << point[1] << ',' << point[2] << '\n';
  }
  json << "]}]}";
  auto calculator = LandmarkTransformCalculator::New();
  calculator->SetFixedLandmarks(ListOf(headPoints));
  for (const std::string & path : { this->Write("points.mrk.json", json.str()),
                                    this->Write("points.fcsv", fiducials.str()),
                                    this->Write("points.csv", table.str()) })
  {
    calculator->SetMovingLandmarks(LandmarkList::Read(path));
    calculator->Compute();
    ExpectSameMap(calculator->GetTransform(), NewRigid(3.0, -4.0, 50.0), 1e-9);
    EXPECT_EQ(calculator->GetNumberOfRemarks(), path.find("json") == std::string::npos ? 0U : 1U);
  }
}

TEST(LandmarkTransformCalculator, ResultsBelongToTheLastRun)
{
  using CalculatorType = LandmarkTransformCalculator;
  const std::vector<std::function<void(const CalculatorType *)>> getters{
    [](const CalculatorType * c) { c->GetTransform(); },
    [](const CalculatorType * c) { c->GetNumberOfPairs(); },
    [](const CalculatorType * c) { c->GetLabel(0); },
    [](const CalculatorType * c) { c->GetFixedPoint(0); },
    [](const CalculatorType * c) { c->GetMovingPoint(0); },
    [](const CalculatorType * c) { c->GetResidual(0); },
    [](const CalculatorType * c) { c->GetRootMeanSquareResidual(); },
    [](const CalculatorType * c) { c->GetMaximumResidual(); },
    [](const CalculatorType * c) { c->GetNumberOfRemarks(); },
    [](const CalculatorType * c) { c->GetRemark(0); }
  };
  const auto calculator = NewCalculator(headPoints, headPoints);
  const auto expectNoResults = [&] {
    for (const auto & getter : getters)
    {
      ExpectError([&] { getter(calculator); }, "there are no results");
    }
  };
  expectNoResults();
  calculator->Compute();
  EXPECT_EQ(calculator->GetNumberOfPairs(), headPoints.size());
  ExpectError([&] { calculator->GetResidual(7); }, "There is no pair 7, only 7");
  ExpectError([&] { calculator->GetLabel(7); }, "There is no pair 7, only 7");
  ExpectError([&] { calculator->GetFixedPoint(7); }, "There is no pair 7, only 7");
  ExpectError([&] { calculator->GetMovingPoint(7); }, "There is no pair 7, only 7");
  ExpectError([&] { calculator->GetRemark(0); }, "There is no remark 0, only 0");
  calculator->SetMovingLandmarks(ListOf({ headPoints[0] }));
  ExpectError([&] { calculator->Compute(); }, "There are 7 fixed and 1 moving landmarks");
  expectNoResults();
}

TEST(LandmarkTransformCalculator, EnumsPrintTheirNames)
{
  std::ostringstream text;
  text << Kind::Rigid << ' ' << Kind::Affine << ' ' << static_cast<Kind>(99);
  EXPECT_EQ(text.str(), "Rigid Affine INVALID VALUE FOR LandmarkTransformKindEnum");
}
