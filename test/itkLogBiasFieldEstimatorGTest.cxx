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
#include "SyntheticCTDetail/itkLogBiasFieldEstimator.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <vector>

using namespace itk::SyntheticCTDetail;

namespace
{
double
Evaluate(const BSplineBasis & basis, const std::vector<double> & controlPoints, size_t i)
{
  double value = 0.0;
  for (size_t k = 0; k < basis.Support; ++k)
  {
    value += basis.Weights[i * basis.Support + k] * controlPoints[basis.First[i] + k];
  }
  return value;
}
} // namespace

// Control points on a line give the line: that of function c is its middle, c - (order - 1) / 2 spans from the start.
TEST(LogBiasFieldEstimator, SplinesReproduceLines)
{
  const std::vector<double> places{ -0.5, 0.0, 0.1, 0.99, 1.0, 2.5, 3.0, 3.999, 4.0, 4.2 };
  for (const unsigned int order : { 1u, 2u, 3u })
  {
    const BSplineBasis  basis = MakeBSplineBasis(order, 4, places);
    std::vector<double> line;
    for (size_t c = 0; c < basis.ControlPoints; ++c)
    {
      line.push_back(7.0 + 2.0 * (static_cast<double>(c) - 0.5 * (order - 1.0)));
    }
    ASSERT_EQ(line.size(), 4u + order);
    for (size_t i = 0; i < places.size(); ++i)
    {
      const double inside = std::min(std::max(places[i], 0.0), 4.0);
      EXPECT_NEAR(Evaluate(basis, line, i), 7.0 + 2.0 * inside, 1e-12) << order << " " << places[i];
      EXPECT_NEAR(Evaluate(basis, std::vector<double>(basis.ControlPoints, 1.0), i), 1.0, 1e-14);
    }
  }
}

// The cubic basis functions at a knot are 1/6, 4/6 and 1/6, and half a span later 1/48, 23/48, 23/48 and 1/48.
TEST(LogBiasFieldEstimator, CubicWeights)
{
  const BSplineBasis basis = MakeBSplineBasis(3, 2, { 1.0, 1.5 });
  EXPECT_EQ(basis.First, (std::vector<size_t>{ 1, 1 }));
  const std::vector<double> expected{ 1.0 / 6, 4.0 / 6, 1.0 / 6, 0.0, 1.0 / 48, 23.0 / 48, 23.0 / 48, 1.0 / 48 };
  for (size_t i = 0; i < expected.size(); ++i)
  {
    EXPECT_NEAR(basis.Weights[i], expected[i], 1e-15);
  }
}

TEST(LogBiasFieldEstimator, RefinedSplinesAreTheSame)
{
  std::vector<double> places;
  std::vector<double> finePlaces;
  for (int i = 0; i <= 30; ++i)
  {
    places.push_back(0.1 * i);
    finePlaces.push_back(0.2 * i);
  }
  for (const unsigned int order : { 1u, 2u, 3u })
  {
    // Along the second of three axes: two numbers for each control point before it and two after.
    const size_t          points = 3 + order;
    std::array<size_t, 3> controlPoints{ { 2, points, 2 } };
    std::vector<double>   lattice(4 * points);
    for (size_t i = 0; i < lattice.size(); ++i)
    {
      lattice[i] = std::sin(static_cast<double>(i * i));
    }
    const auto refined = RefineBSpline(lattice, controlPoints, 1, order);
    EXPECT_EQ(controlPoints, (std::array<size_t, 3>{ { 2, 6 + order, 2 } }));
    const auto coarseBasis = MakeBSplineBasis(order, 3, places);
    const auto fineBasis = MakeBSplineBasis(order, 6, finePlaces);
    for (size_t line = 0; line < 4; ++line)
    {
      std::vector<double> coarse;
      std::vector<double> fine;
      for (size_t c = 0; c < points; ++c)
      {
        coarse.push_back(lattice[(line / 2 * points + c) * 2 + line % 2]);
      }
      for (size_t c = 0; c < 6 + order; ++c)
      {
        fine.push_back(refined[(line / 2 * (6 + order) + c) * 2 + line % 2]);
      }
      for (size_t i = 0; i < places.size(); ++i)
      {
        EXPECT_NEAR(Evaluate(coarseBasis, coarse, i), Evaluate(fineBasis, fine, i), 1e-12);
      }
    }
  }
}

TEST(LogBiasFieldEstimator, Exponential)
{
  std::vector<double> x;
  for (int i = -70000; i <= 70000; i += 7)
  {
    x.push_back(0.01 * i);
  }
  std::vector<double> values(x.size());
  ExponentialOfNegative(x.data(), x.size(), values.data());
  for (size_t i = 0; i < x.size(); ++i)
  {
    ASSERT_NEAR(values[i] / std::exp(-x[i]), 1.0, 3e-10) << x[i];
  }
  EXPECT_EQ(values[10000], 1.0);
  EXPECT_EQ(x[10000], 0.0);
}

// The definition, with Fourier transforms summed term by term; the wider Gaussian reaches around the circle.
class LogBiasFieldEstimatorWithWidth : public testing::TestWithParam<double>
{};
INSTANTIATE_TEST_SUITE_P(Widths, LogBiasFieldEstimatorWithWidth, testing::Values(0.15, 1.5));

TEST_P(LogBiasFieldEstimatorWithWidth, SharpeningFollowsTheFormula)
{
  const size_t        bins = 20;
  const size_t        size = 64; // the power of two that is at least 40
  const size_t        before = 22;
  const double        first = 2.0;
  const double        width = 0.05;
  const double        fullWidth = GetParam();
  const double        noise = 0.01;
  const double        pi = 3.14159265358979323846;
  std::vector<double> histogram(bins);
  std::vector<double> observed(size, 0.0);
  std::vector<double> gaussian(size);
  for (size_t n = 0; n < bins; ++n)
  {
    histogram[n] = 100.0 * std::exp(-0.5 * std::pow((n - 5.0) / 2.0, 2)) + (n == 13 ? 60.0 : n == 14 ? 30.0 : 1.0);
    observed[n + before] = histogram[n];
  }
  const double scaled = fullWidth / width;
  for (size_t n = 0; n < size; ++n)
  {
    const auto distance = static_cast<double>(std::min(n, size - n));
    gaussian[n] = 2.0 * std::sqrt(std::log(2.0) / pi) / scaled *
                  std::exp(-4.0 * std::log(2.0) * distance * distance / (scaled * scaled));
  }
  const auto transform = [&](const std::vector<std::complex<double>> & values, double sign) {
    std::vector<std::complex<double>> result(size);
    for (size_t k = 0; k < size; ++k)
    {
      for (size_t n = 0; n < size; ++n)
      {
        result[k] += values[n] * std::polar(1.0, sign * 2.0 * pi * static_cast<double>(k * n) / size);
      }
    }
    return result;
  };
  const auto                        blurred = transform({ observed.begin(), observed.end() }, -1.0);
  const auto                        blur = transform({ gaussian.begin(), gaussian.end() }, -1.0);
  std::vector<std::complex<double>> sharp(size);
  for (size_t k = 0; k < size; ++k)
  {
    sharp[k] = blurred[k] * std::conj(blur[k]) / (std::norm(blur[k]) + noise);
  }
  sharp = transform(sharp, 1.0);

  const auto sharpened = SharpenHistogram(histogram, first, width, fullWidth, noise);
  ASSERT_EQ(sharpened.size(), bins);
  for (size_t n = 0; n < bins; ++n)
  {
    double numerator = 0.0;
    double denominator = 0.0;
    for (size_t m = 0; m < size; ++m)
    {
      const double weight = gaussian[(n + before + size - m) % size] * std::max(sharp[m].real(), 0.0);
      numerator += weight * (first + width * (static_cast<double>(m) - static_cast<double>(before)));
      denominator += weight;
    }
    EXPECT_NEAR(sharpened[n], numerator / denominator, 1e-9) << n;
  }
}

// A histogram that is two Gaussians was sharp: what was observed around the middle of one comes from nearer to it.
TEST(LogBiasFieldEstimator, SharpeningMovesValuesToThePeaks)
{
  const double              width = 0.02;
  const double              fullWidth = 0.15;
  const std::vector<double> centers{ 60.0, 150.0 };
  std::vector<double>       histogram(200, 0.0);
  for (size_t n = 0; n < histogram.size(); ++n)
  {
    for (const double center : centers)
    {
      const double distance = (static_cast<double>(n) - center) * width / fullWidth;
      histogram[n] += 1000.0 * std::exp(-4.0 * std::log(2.0) * distance * distance);
    }
  }
  const auto sharpened = SharpenHistogram(histogram, 3.0, width, fullWidth, 1e-8);
  for (const double center : centers)
  {
    for (int d = -5; d <= 5; ++d)
    {
      EXPECT_NEAR(sharpened[static_cast<size_t>(center + d)], 3.0 + width * center, 0.35 * width * std::abs(d) + 1e-6)
        << center << " " << d;
    }
  }
  // What stands alone stays where it is.
  std::vector<double> spike(50, 0.0);
  spike[20] = 5.0;
  const auto still = SharpenHistogram(spike, -1.0, 0.1, 0.15, 0.01);
  EXPECT_NEAR(still[20], -1.0 + 20 * 0.1, 1e-12);
}
