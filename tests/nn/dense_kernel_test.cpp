// SPDX-License-Identifier: Apache-2.0
#include "nn/dense_kernel.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <Eigen/Dense>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/nn/every_simd.h"
#include "tests/nn/padded_matrix.h"

namespace kanaria::nn {
namespace {

constexpr double kEpsilon = std::numeric_limits<float>::epsilon();

PaddedMatrix forward(const Simd& simd, const PaddedMatrix& x, const PaddedMatrix& w,
                     const PaddedMatrix& bias) {
  PaddedMatrix y(x.rows, w.columns);
  simd.dense->forward(x.data(), x.rows, x.stride(), x.columns, w.data(), bias.data(), w.stride(),
                      y.data());
  return y;
}

struct Gradient {
  PaddedMatrix weights;
  PaddedMatrix bias;
};

Gradient weight_gradient(const Simd& simd, const PaddedMatrix& x, const PaddedMatrix& dy) {
  Gradient gradient{{x.columns, dy.columns}, {1, dy.columns}};
  simd.dense->weight_gradient(x.data(), dy.data(), x.rows, x.stride(), x.columns, dy.stride(),
                              gradient.weights.data(), gradient.bias.data());
  return gradient;
}

// A sum in double, and how far a float32 sum of the same terms in any order may lie from it.
struct NaiveSum {
  double value = 0;
  double magnitude = 0;
  size_t terms = 0;

  void add(double term) {
    value += term;
    magnitude += std::fabs(term);
    ++terms;
  }
  double tolerance() const { return static_cast<double>(terms + 1) * kEpsilon * magnitude; }
};

NaiveSum naive_output(const PaddedMatrix& x, const PaddedMatrix& w, const PaddedMatrix& bias,
                      size_t row, size_t output) {
  NaiveSum sum;
  sum.add(bias.at(0, output));
  for (size_t i = 0; i < x.columns; ++i)
    sum.add(static_cast<double>(x.at(row, i)) * static_cast<double>(w.at(i, output)));
  return sum;
}

// Counts instead of asserting at each of some million numbers.
size_t wrong_outputs(const Simd& simd, size_t rows, size_t inputs, size_t outputs, Random& random) {
  const PaddedMatrix x(rows, inputs, random), w(inputs, outputs, random), bias(1, outputs, random);
  const PaddedMatrix y = forward(simd, x, w, bias);
  size_t wrong = 0;
  for (size_t r = 0; r < rows; ++r)
    for (size_t o = 0; o < outputs; ++o) {
      const NaiveSum expected = naive_output(x, w, bias, r, o);
      wrong +=
          !(std::fabs(static_cast<double>(y.at(r, o)) - expected.value) <= expected.tolerance());
    }
  return wrong;
}

size_t nonzero_padding(const PaddedMatrix& matrix) {
  size_t count = 0;
  for (size_t r = 0; r < matrix.rows; ++r)
    for (size_t c = matrix.columns; c < matrix.stride(); ++c) count += matrix.at(r, c) != 0.0F;
  return count;
}

TEST(DenseKernel, ForwardEqualsTheNaiveSumForEveryWidthUpTo65) {
  for (const Simd& simd : every_simd()) {
    Random random(1);
    for (size_t inputs = 1; inputs <= 65; ++inputs)
      for (size_t outputs = 1; outputs <= 65; ++outputs)
        ASSERT_EQ(wrong_outputs(simd, 13, inputs, outputs, random), 0U)
            << simd.name << ", " << inputs << " inputs, " << outputs << " outputs";
  }
}

TEST(DenseKernel, ForwardEqualsTheNaiveSumForEveryNumberOfRowsUpTo300) {
  for (const Simd& simd : every_simd()) {
    Random random(2);
    for (size_t rows = 1; rows <= 300; ++rows)
      for (const size_t outputs : {1U, 9U, 20U})
        ASSERT_EQ(wrong_outputs(simd, rows, 11, outputs, random), 0U)
            << simd.name << ", " << rows << " rows, " << outputs << " outputs";
  }
}

TEST(DenseKernel, ForwardEqualsEigen) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  for (const Simd& simd : every_simd()) {
    Random random(3);
    for (const size_t width : {1U, 2U, 7U, 8U, 16U, 24U, 40U, 65U, 200U}) {
      const PaddedMatrix x(150, width, random), w(width, width, random), bias(1, width, random);
      const PaddedMatrix y = forward(simd, x, w, bias);
      const auto map = [](const PaddedMatrix& m) {
        return Eigen::Map<const Matrix>(m.data(), static_cast<Eigen::Index>(m.rows),
                                        static_cast<Eigen::Index>(m.stride()));
      };
      const Matrix expected =
          (map(x).leftCols(static_cast<Eigen::Index>(width)) * map(w)).rowwise() + map(bias).row(0);
      // Both sum up to 200 products below 4 in float32, in different orders.
      EXPECT_LT((map(y) - expected).cwiseAbs().maxCoeff(), 200 * 4 * kEpsilon * 20)
          << simd.name << ", width " << width;
    }
  }
}

TEST(DenseKernel, ForwardWithoutABiasStartsAtZero) {
  for (const Simd& simd : every_simd()) {
    Random random(4);
    for (const size_t outputs : {3U, 16U, 24U, 40U}) {
      const PaddedMatrix x(7, 5, random), w(5, outputs, random), zero(1, outputs);
      PaddedMatrix y(7, outputs);
      simd.dense->forward(x.data(), 7, x.stride(), 5, w.data(), nullptr, w.stride(), y.data());
      EXPECT_EQ(y.values, forward(simd, x, w, zero).values) << simd.name;
    }
  }
}

TEST(DenseKernel, ForwardIgnoresColumnsOfXBeyondThoseUsed) {
  for (const Simd& simd : every_simd()) {
    Random random(5);
    const PaddedMatrix x(30, 5, random), w(5, 9, random), bias(1, 9, random);
    PaddedMatrix noisy = x;
    for (size_t r = 0; r < x.rows; ++r)
      for (size_t c = x.columns; c < x.stride(); ++c) noisy.at(r, c) = 1e30F;
    EXPECT_EQ(forward(simd, noisy, w, bias).values, forward(simd, x, w, bias).values) << simd.name;
  }
}

TEST(DenseKernel, ARowsResultIsTheSameBitsAloneAndAtEveryPlaceOfABatch) {
  for (const Simd& simd : every_simd()) {
    Random random(6);
    for (const size_t outputs : {1U, 8U, 9U, 20U, 24U, 40U, 65U}) {
      const PaddedMatrix x(41, 19, random), w(19, outputs, random), bias(1, outputs, random);
      const PaddedMatrix together = forward(simd, x, w, bias);
      for (size_t first = 0; first < x.rows; ++first) {
        PaddedMatrix rest(x.rows - first, x.columns);
        std::memcpy(rest.data(), x.data() + first * x.stride(), rest.values.size() * sizeof(float));
        const PaddedMatrix shifted = forward(simd, rest, w, bias);
        ASSERT_EQ(std::memcmp(shifted.data(), together.data() + first * together.stride(),
                              shifted.values.size() * sizeof(float)),
                  0)
            << simd.name << ", " << outputs << " outputs, from row " << first;
      }
    }
  }
}

TEST(DenseKernel, PaddingOfResultsIsZero) {
  for (const Simd& simd : every_simd()) {
    Random random(7);
    for (size_t outputs = 1; outputs <= 65; ++outputs) {
      const PaddedMatrix x(17, 6, random), w(6, outputs, random), bias(1, outputs, random);
      EXPECT_EQ(nonzero_padding(forward(simd, x, w, bias)), 0U);
      const Gradient gradient = weight_gradient(simd, x, PaddedMatrix(17, outputs, random));
      EXPECT_EQ(nonzero_padding(gradient.weights) + nonzero_padding(gradient.bias), 0U);
    }
  }
}

TEST(DenseKernel, WeightGradientEqualsTheNaiveSumForManyShapes) {
  for (const Simd& simd : every_simd()) {
    Random random(8);
    for (const size_t rows : {1U, 2U, 100U, 300U})
      for (size_t inputs = 1; inputs <= 65; inputs += inputs < 26 ? 1 : 13)
        for (const size_t outputs : {1U, 8U, 9U, 20U, 40U}) {
          const PaddedMatrix x(rows, inputs, random), dy(rows, outputs, random);
          const Gradient gradient = weight_gradient(simd, x, dy);
          size_t wrong = 0;
          for (size_t o = 0; o < outputs; ++o) {
            NaiveSum bias;
            for (size_t r = 0; r < rows; ++r) bias.add(static_cast<double>(dy.at(r, o)));
            wrong += !(std::fabs(static_cast<double>(gradient.bias.at(0, o)) - bias.value) <=
                       bias.tolerance());
            for (size_t i = 0; i < inputs; ++i) {
              NaiveSum sum;
              for (size_t r = 0; r < rows; ++r)
                sum.add(static_cast<double>(x.at(r, i)) * static_cast<double>(dy.at(r, o)));
              wrong += !(std::fabs(static_cast<double>(gradient.weights.at(i, o)) - sum.value) <=
                         sum.tolerance());
            }
          }
          ASSERT_EQ(wrong, 0U) << simd.name << ", " << rows << " rows, " << inputs << " inputs, "
                               << outputs << " outputs";
        }
  }
}

TEST(DenseKernel, BaselineAndV3AgreeWithinTheRoundingOfTheirSums) {
  const auto v3 = simd_named("v3");
  if (!v3) GTEST_SKIP() << "this processor has no x86-64-v3";
  Random random(9);
  for (size_t width = 1; width <= 65; ++width) {
    const PaddedMatrix x(29, width, random), w(width, width, random), bias(1, width, random);
    const PaddedMatrix slow = forward(*simd_named("baseline"), x, w, bias);
    const PaddedMatrix fast = forward(*v3, x, w, bias);
    for (size_t r = 0; r < x.rows; ++r)
      for (size_t o = 0; o < width; ++o)
        ASSERT_NEAR(slow.at(r, o), fast.at(r, o), 2 * naive_output(x, w, bias, r, o).tolerance());
  }
}

TEST(DenseKernel, V3AndV4GiveTheSameBits) {
  const auto v3 = simd_named("v3"), v4 = simd_named("v4");
  if (!v4) GTEST_SKIP() << "this processor has no x86-64-v4";
  Random random(11);
  for (size_t width = 1; width <= 65; ++width) {
    const PaddedMatrix x(29, width, random), w(width, width, random), bias(1, width, random);
    const PaddedMatrix dy(29, width, random);
    ASSERT_EQ(forward(*v3, x, w, bias).values, forward(*v4, x, w, bias).values);
    const Gradient narrow = weight_gradient(*v3, x, dy), wide = weight_gradient(*v4, x, dy);
    ASSERT_EQ(narrow.weights.values, wide.weights.values);
    ASSERT_EQ(narrow.bias.values, wide.bias.values);
  }
}

TEST(DenseKernel, TransposesEveryShapeWithZeroPadding) {
  for (const Simd& simd : every_simd()) {
    Random random(12);
    for (size_t rows = 1; rows <= 26; ++rows)
      for (size_t columns = 1; columns <= 26; ++columns) {
        const PaddedMatrix w(rows, columns, random);
        std::vector<float> found(w.stride() * padded(rows), 99.0F), expected(found.size(), 0.0F);
        simd.dense->transpose(w.data(), rows, w.stride(), found.data());
        for (size_t r = 0; r < rows; ++r)
          for (size_t c = 0; c < columns; ++c) expected[c * padded(rows) + r] = w.at(r, c);
        ASSERT_EQ(found, expected) << simd.name << ", " << rows << " by " << columns;
      }
  }
}

TEST(DenseKernel, NoRowsGiveNoOutputAndAZeroGradient) {
  for (const Simd& simd : every_simd()) {
    Random random(10);
    const PaddedMatrix x(0, 4), w(4, 9, random), bias(1, 9, random);
    EXPECT_TRUE(forward(simd, x, w, bias).values.empty());
    EXPECT_THAT(weight_gradient(simd, x, PaddedMatrix(0, 9)).weights.values, testing::Each(0.0F));
  }
}

}  // namespace
}  // namespace kanaria::nn
