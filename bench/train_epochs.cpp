// SPDX-License-Identifier: Apache-2.0
// Trains the combinations that come on stdin, one a line, with train::train_model, and answers each
// with a line: CPU seconds an epoch, loss of the last epoch, accuracy on rows not learnt from.
//
//   train_epochs ROWS TRAIN_ROWS     ROWS as bench/training writes it
//   1 40 128 adam relu 3 7           layers, nodes, batch, optimizer, activation, epochs, seed
//   0.00421 0.1234 0.987
//
// The first epoch is not timed: peers prepare themselves in it.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "train/row_scores.h"
#include "train/trainer.h"

namespace {

using namespace kanaria;

template <typename T>
std::vector<T> read_values(std::istream& file, size_t count) {
  std::vector<T> values(count);
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(count * sizeof(T)));
  return values;
}

// Rows and inputs as uint32, then values [rows, inputs] and labels [rows] as float32.
train::DataSet read_rows(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const auto shape = read_values<uint32_t>(file, 2);
  train::DataSet data;
  data.lens = "bench";
  for (uint32_t c = 0; c < shape[1]; ++c) data.value_names.push_back(fmt::format("value {}", c));
  data.captures = {path};
  data.connections.emplace_back();
  data.connections[0].rows = shape[0];
  data.connection.assign(shape[0], 0);
  data.values = read_values<float>(file, size_t{shape[0]} * shape[1]);
  data.labels = read_values<float>(file, shape[0]);
  if (!file) {
    fmt::print(stderr, "train_epochs: {} could not be read whole\n", path);
    std::exit(1);
  }
  return data;
}

struct Combination {
  train::TrainOptions options;
  bool is_known;
};

Combination combination_of(const std::string& text) {
  std::istringstream line(text);
  size_t layers = 0, nodes = 0;
  std::string optimizer, activation;
  train::TrainOptions options;
  line >> layers >> nodes >> options.batch >> optimizer >> activation >> options.epochs >>
      options.seed;
  const auto kind = nn::optimizer_named(optimizer);
  const auto function = nn::activation_named(activation);
  options.hidden.assign(layers, nodes);
  options.optimizer = kind.value_or(nn::OptimizerKind::kAdam);
  options.activation = function.value_or(nn::Activation::kRelu);
  options.weights = train::RowWeights::kEqual;
  options.validation_share = 0;
  options.patience = options.epochs;
  return {options, !line.fail() && kind && function && options.epochs >= 2};
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The answer's line.
std::string answer_of(const train::DataSet& data, std::span<const uint32_t> learnt,
                      std::span<const uint32_t> held_out, const train::TrainOptions& options) {
  const nn::Simd simd = *nn::choose_simd();
  const std::atomic<bool> stop{false};
  double first_ended = 0, last_ended = 0;
  double loss = 0;
  const auto model =
      train::train_model(data, learnt, options, simd, stop, [&](const train::EpochResult& result) {
        last_ended = cpu_seconds();
        if (result.epoch == 1) first_ended = last_ended;
        loss = result.loss;
      });
  if (!model) return model.error().sentence;
  const auto logits = train::logits_of(*model, data, held_out, simd);
  const double accuracy = train::confusion(logits, data, held_out, 0.0F).accuracy();
  return fmt::format("{:.9f} {:.6f} {:.6f}",
                     (last_ended - first_ended) / static_cast<double>(options.epochs - 1), loss,
                     accuracy);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: train_epochs ROWS TRAIN_ROWS\n");
    return 2;
  }
  const train::DataSet data = read_rows(argv[1]);
  std::vector<uint32_t> rows(data.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  const size_t learnt = std::min<size_t>(std::strtoul(argv[2], nullptr, 10), rows.size());
  for (std::string text; std::getline(std::cin, text);) {
    const auto [options, is_known] = combination_of(text);
    if (!is_known) {
      fmt::print(stderr, "train_epochs: '{}' is no combination\n", text);
      return 2;
    }
    fmt::print("{}\n", answer_of(data, std::span(rows).first(learnt),
                                 std::span(rows).subspan(learnt), options));
    std::fflush(stdout);
  }
}
