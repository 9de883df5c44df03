// SPDX-License-Identifier: Apache-2.0
// How long do a batch's scores and a training step of the thesis's net (30-40-40-1, batch 128)
// take, beside the same products in Eigen? Compiled for x86-64-v3 as a whole, so that Eigen has the
// same instructions as our kernels. Reports rows a second.
#include <random>

#include <Eigen/Dense>
#include <benchmark/benchmark.h>

#include "nn/backprop.h"
#include "nn/inference.h"
#include "nn/optimizer.h"

namespace {

using namespace kanaria;

constexpr size_t kInputs = 30, kWidth = 40, kBatch = 128;
const std::vector<size_t> kHidden{kWidth, kWidth};

std::vector<float> random_values(size_t count) {
  std::mt19937 engine(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(engine);
  return values;
}

void score_ours(benchmark::State& state) {
  nn::Mlp mlp(kInputs, kHidden, nn::Activation::kRelu);
  mlp.initialise(1);
  const nn::InputScaling scaling{std::vector<float>(kInputs, 0.0F),
                                 std::vector<float>(kInputs, 1.0F)};
  nn::Inference inference(mlp, scaling, *nn::choose_simd());
  const auto rows = random_values(kBatch * kInputs);
  std::vector<float> logits(kBatch);
  for (auto _ : state) {
    inference.logits(rows, logits);
    benchmark::DoNotOptimize(logits.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
}
BENCHMARK(score_ours);

void train_step_ours(benchmark::State& state) {
  nn::Mlp mlp(kInputs, kHidden, nn::Activation::kRelu);
  mlp.initialise(1);
  nn::Backprop backprop(mlp, *nn::choose_simd(), kBatch);
  nn::Optimizer adam(nn::OptimizerKind::kAdam, mlp.parameters().size(), 0.001, 0.0,
                     *nn::choose_simd());
  const auto x = random_values(kBatch * nn::padded(kInputs));
  std::vector<float> labels(kBatch), gradient(mlp.parameters().size());
  for (size_t i = 0; i < kBatch; i += 3) labels[i] = 1.0F;
  for (auto _ : state) {
    benchmark::DoNotOptimize(backprop.gradient(mlp, x, labels, {}, gradient));
    adam.step(mlp.parameters(), gradient);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
}
BENCHMARK(train_step_ours);

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct EigenNet {
  Matrix w1 = Matrix::Random(kInputs, kWidth), w2 = Matrix::Random(kWidth, kWidth),
         w3 = Matrix::Random(kWidth, 1);
  Eigen::RowVectorXf b1 = Eigen::RowVectorXf::Zero(kWidth), b2 = b1,
                     b3 = Eigen::RowVectorXf::Zero(1);
  Matrix h1, h2, z;

  void forward(const Matrix& x) {
    h1.noalias() = x * w1;
    h1 = (h1.rowwise() + b1).cwiseMax(0.0F);
    h2.noalias() = h1 * w2;
    h2 = (h2.rowwise() + b2).cwiseMax(0.0F);
    z.noalias() = h2 * w3;
    z.rowwise() += b3;
  }
};

void score_eigen(benchmark::State& state) {
  EigenNet net;
  const Matrix x = Matrix::Random(kBatch, kInputs);
  for (auto _ : state) {
    net.forward(x);
    benchmark::DoNotOptimize(net.z.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
}
BENCHMARK(score_eigen);

// Gradients alone, without the optimizer's step.
void gradient_eigen(benchmark::State& state) {
  EigenNet net;
  const Matrix x = Matrix::Random(kBatch, kInputs);
  const Matrix y = Matrix::Zero(kBatch, 1);
  Matrix d3, d2, d1, g1, g2, g3;
  for (auto _ : state) {
    net.forward(x);
    d3 = (1.0F / (1.0F + (-net.z.array()).exp()) - y.array()) / static_cast<float>(kBatch);
    g3.noalias() = net.h2.transpose() * d3;
    d2.noalias() = d3 * net.w3.transpose();
    d2.array() *= (net.h2.array() > 0).cast<float>();
    g2.noalias() = net.h1.transpose() * d2;
    d1.noalias() = d2 * net.w2.transpose();
    d1.array() *= (net.h1.array() > 0).cast<float>();
    g1.noalias() = x.transpose() * d1;
    benchmark::DoNotOptimize(g1.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
}
BENCHMARK(gradient_eigen);

}  // namespace
