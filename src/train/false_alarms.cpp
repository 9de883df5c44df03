// SPDX-License-Identifier: Apache-2.0
#include "train/false_alarms.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace kanaria::train {
namespace {

double probability_of_at_most(uint64_t count, double mean) {
  double sum = 0;
  for (uint64_t k = 0; k <= count; ++k) {
    const auto number = static_cast<double>(k);
    sum += std::exp(number * std::log(mean) - mean - std::lgamma(number + 1));
  }
  return sum;
}

}  // namespace

double poisson_upper(uint64_t count) {
  constexpr double kProbability = 0.05;
  constexpr int kHalvings = 60;  // of double's 53 bits
  const auto number = static_cast<double>(count);
  double low = 0, high = number + 10 * std::sqrt(number + 1);
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (probability_of_at_most(count, middle) > kProbability ? low : high) = middle;
  }
  return (low + high) / 2;
}

double FalseAlarms::upper() const { return poisson_upper(alarms) / observed; }

FalseAlarms connection_alarms(const DataSet& data, const Evaluation& evaluation) {
  FalseAlarms result;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    if (data.connections[outcome.connection].label == Label::kMining) continue;
    result.observed += outcome.traffic.seconds() / 3600;
    result.alarms += outcome.verdict == detect::Verdict::kMining ? 1U : 0U;
  }
  return result;
}

namespace {

struct Watched {
  bool mining = false;
  bool found = false;
  std::vector<std::pair<Timestamp, Timestamp>> spans;  // first and last payload
};

// Of the time that the spans cover together.
double days(std::vector<std::pair<Timestamp, Timestamp>> spans) {
  std::ranges::sort(spans);
  double covered = 0;
  std::optional<Timestamp> until;
  for (const auto& [first, last] : spans) {
    const Timestamp from = until ? std::max(*until, first) : first;
    if (last > from) covered += seconds(last - from);
    until = until ? std::max(*until, last) : last;
  }
  return covered / 86400;
}

}  // namespace

FalseAlarms host_alarms(const DataSet& data, const Evaluation& evaluation) {
  std::map<std::pair<uint32_t, IpAddress>, Watched> hosts;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    const LabelledConnection& connection = data.connections[outcome.connection];
    Watched& host = hosts[{connection.capture, connection.ends.client}];
    host.mining |= connection.label == Label::kMining;
    host.found |= outcome.found();
    host.spans.emplace_back(outcome.traffic.first_payload, outcome.traffic.last_payload);
  }
  FalseAlarms result;
  for (const auto& [key, host] : hosts) {
    if (host.mining) continue;
    result.observed += days(host.spans);
    result.alarms += host.found ? 1U : 0U;
  }
  return result;
}

std::string text_of(const FalseAlarms& alarms, std::string_view unit, std::string_view each) {
  return fmt::format("{} in {:.4g} {}: {:.2g} {}, with 95 % below {:.2g}", alarms.alarms,
                     alarms.observed, unit, alarms.rate(), each, alarms.upper());
}

}  // namespace kanaria::train
