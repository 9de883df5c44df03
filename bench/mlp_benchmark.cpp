// SPDX-License-Identifier: Apache-2.0
// How long do a batch's scores and a training step of the thesis's net (30-40-40-1, batch 128)
// take, beside the same products in Eigen, and a step at the corners of the thesis's grid? Compiled
// for x86-64-v3 as a whole, so that Eigen has the same instructions as our kernels. Reports rows a
// second.
#include <random>

#include <Eigen/Dense>
#include <benchmark/benchmark.h>
#include <fmt/format.h>

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

nn::Mlp initialised_mlp(size_t layers, size_t nodes, nn::Activation activation) {
  nn::Mlp mlp(kInputs, std::vector<size_t>(layers, nodes), activation);
  mlp.initialise(1);
  return mlp;
}

void train_step(benchmark::State& state, size_t layers, size_t nodes, size_t batch,
                nn::Activation activation, nn::OptimizerKind kind) {
  const nn::Simd simd = *nn::choose_simd();
  nn::Mlp mlp = initialised_mlp(layers, nodes, activation);
  nn::Backprop backprop(mlp, simd, batch);
  nn::Optimizer optimizer(kind, mlp.parameters().size(), nn::default_learning_rate(kind), 0.0,
                          simd);
  const auto x = random_values(batch * nn::padded(kInputs));
  std::vector<float> labels(batch), gradient(mlp.parameters().size());
  for (size_t i = 0; i < batch; i += 3) labels[i] = 1.0F;
  for (auto _ : state) {
    benchmark::DoNotOptimize(backprop.gradient(mlp, x, labels, {}, gradient));
    optimizer.step(mlp.parameters(), gradient);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(batch));
}

void train_step_ours(benchmark::State& state) {
  train_step(state, kHidden.size(), kWidth, kBatch, nn::Activation::kRelu,
             nn::OptimizerKind::kAdam);
}
BENCHMARK(train_step_ours);

// The corners of the thesis's grid (Table 3.2).
void train_step_corner(benchmark::State& state) {
  const auto activation = static_cast<nn::Activation>(state.range(3));
  const auto kind = static_cast<nn::OptimizerKind>(state.range(4));
  train_step(state, static_cast<size_t>(state.range(0)), static_cast<size_t>(state.range(1)),
             static_cast<size_t>(state.range(2)), activation, kind);
  state.SetLabel(fmt::format("{} {}", nn::name(activation), nn::name(kind)));
}
BENCHMARK(train_step_corner)
    ->ArgNames({"layers", "nodes", "batch", "activation", "optimizer"})
    ->ArgsProduct({{1, 7}, {10, 40}, {32, 128}, {1, 2, 3}, {1, 2, 3, 4}});

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
