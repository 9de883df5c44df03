// SPDX-License-Identifier: Apache-2.0
// Twenty steps of training beside what Keras 2.1.4 itself computed from the same weights and
// batches (keras_2_1_4.txt, whose form tests/reference/record_keras.py explains).
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/backprop.h"
#include "nn/optimizer.h"
#include "tests/nn/every_simd.h"

namespace kanaria::nn {
namespace {

constexpr size_t kRows = 8;

// Float32 rounds a weight below 1 by up to 3e-8 at each of 20 steps, here and there.
constexpr double kTolerance = 1e-6;

struct KerasNet {
  OptimizerKind optimizer;
  Activation activation;
  std::vector<size_t> widths;  // from the inputs to the logit
  std::vector<float> start;    // in Keras's order, without padding
  std::vector<double> losses;
  std::map<size_t, std::vector<float>> after;  // by the number of steps
};

struct KerasRecord {
  std::vector<float> x, labels;
  std::vector<KerasNet> nets;
  struct Glorot {
    size_t inputs, outputs;
    double limit;
  };
  std::vector<Glorot> glorot;
};

template <typename T>
std::vector<T> rest_of(std::istream& line) {
  std::vector<T> values;
  for (T value; line >> value;) values.push_back(value);
  return values;
}

KerasNet net_of(std::istream& line) {
  std::string optimizer, activation;
  line >> optimizer >> activation;
  return {optimizer_named(optimizer).value(),
          activation_named(activation).value(),
          rest_of<size_t>(line),
          {},
          {},
          {}};
}

KerasRecord read_record() {
  KerasRecord record;
  std::ifstream file(KERAS_RECORD);
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string word;
    line >> word;
    if (word == "x") record.x = rest_of<float>(line);
    if (word == "labels") record.labels = rest_of<float>(line);
    if (word == "net") record.nets.push_back(net_of(line));
    if (word == "start") record.nets.back().start = rest_of<float>(line);
    if (word == "losses") record.nets.back().losses = rest_of<double>(line);
    if (word == "after") {
      size_t step = 0;
      line >> step;
      record.nets.back().after[step] = rest_of<float>(line);
    }
    if (word == "glorot") {
      KerasRecord::Glorot glorot{};
      line >> glorot.inputs >> glorot.outputs >> glorot.limit;
      record.glorot.push_back(glorot);
    }
  }
  return record;
}

// Every weight and bias in Keras's order.
std::vector<float*> in_order_of_keras(Mlp& mlp) {
  std::vector<float*> all;
  for (size_t l = 0; l < mlp.layers().size(); ++l) {
    const DenseLayer& layer = mlp.layers()[l];
    for (size_t i = 0; i < layer.inputs; ++i)
      for (size_t o = 0; o < layer.outputs; ++o) all.push_back(&mlp.weight(l, i, o));
    for (size_t o = 0; o < layer.outputs; ++o) all.push_back(&mlp.bias(l, o));
  }
  return all;
}

std::vector<float> padded_rows(const KerasRecord& record, size_t batch, size_t inputs) {
  std::vector<float> x(kRows * padded(inputs), 0.0F);
  for (size_t r = 0; r < kRows; ++r)
    for (size_t c = 0; c < inputs; ++c)
      x[r * padded(inputs) + c] = record.x[(batch * kRows + r) * inputs + c];
  return x;
}

void expect_near(const std::vector<float*>& found, const std::vector<float>& expected,
                 const std::string& where) {
  ASSERT_EQ(found.size(), expected.size()) << where;
  for (size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(*found[i], expected[i], kTolerance) << where << ", parameter " << i;
}

void repeat(const KerasRecord& record, const KerasNet& net, const Simd& simd) {
  const std::span widths(net.widths);
  Mlp mlp(widths.front(), widths.subspan(1, widths.size() - 2), net.activation);
  const std::vector<float*> parameters = in_order_of_keras(mlp);
  ASSERT_EQ(parameters.size(), net.start.size());
  for (size_t i = 0; i < parameters.size(); ++i) *parameters[i] = net.start[i];
  Backprop backprop(mlp, simd, kRows);
  Optimizer optimizer(net.optimizer, mlp.parameters().size(), default_learning_rate(net.optimizer),
                      0.0, simd);
  std::vector<float> gradient(mlp.parameters().size());
  const size_t batches = record.labels.size() / kRows;
  for (size_t step = 1; step <= net.losses.size(); ++step) {
    const std::string where = std::string(simd.name) + ", step " + std::to_string(step);
    const size_t batch = (step - 1) % batches;
    const std::vector<float> x = padded_rows(record, batch, widths.front());
    const auto labels = std::span(record.labels).subspan(batch * kRows, kRows);
    EXPECT_NEAR(backprop.gradient(mlp, x, labels, {}, gradient), net.losses[step - 1], kTolerance)
        << where;
    optimizer.step(mlp.parameters(), gradient);
    if (net.after.contains(step)) expect_near(parameters, net.after.at(step), where);
  }
}

TEST(Keras, EveryOptimizerTakesTheStepsThatKerasTook) {
  const KerasRecord record = read_record();
  std::vector<std::string> recorded;
  for (const KerasNet& net : record.nets) {
    SCOPED_TRACE(name(net.optimizer));
    recorded.emplace_back(name(net.optimizer));
    for (const Simd& simd : every_simd()) repeat(record, net, simd);
  }
  EXPECT_THAT(recorded,
              testing::UnorderedElementsAre("sgd", "rmsprop", "adagrad", "adam", "nadam"));
}

TEST(Keras, InitialWeightsKeepWithinTheLimitsOfGlorotUniform) {
  const KerasRecord record = read_record();
  ASSERT_FALSE(record.glorot.empty());
  for (const auto& [inputs, outputs, limit] : record.glorot) {
    Mlp mlp(inputs, std::vector<size_t>{outputs}, Activation::kRelu);
    mlp.initialise(1);
    double largest = 0;
    for (size_t i = 0; i < inputs; ++i)
      for (size_t o = 0; o < outputs; ++o)
        largest = std::max(largest, std::fabs(static_cast<double>(mlp.weight(0, i, o))));
    EXPECT_LE(largest, limit);
    EXPECT_GT(largest, 0.9 * limit);
  }
}

}  // namespace
}  // namespace kanaria::nn
