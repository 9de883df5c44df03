// SPDX-License-Identifier: Apache-2.0
#include "train/kind_result.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace kanaria::train {
namespace {

template <typename Result>
void put_miners_first(std::vector<Result>& results) {
  std::stable_sort(results.begin(), results.end(), [](const auto& a, const auto& b) {
    return std::tuple(!a.mining, b.connections) < std::tuple(!b.mining, a.connections);
  });
}

}  // namespace

std::vector<SourceResult> by_source(const DataSet& data, const Evaluation& evaluation,
                                    uint32_t least_messages) {
  std::map<std::pair<std::string, bool>, SourceResult> sources;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    if (outcome.messages < least_messages) continue;
    const LabelledConnection& connection = data.connections[outcome.connection];
    const bool mining = connection.label == Label::kMining;
    SourceResult& source = sources[{connection.source, mining}];
    source.source = connection.source;
    source.mining = mining;
    ++source.connections;
    source.found += outcome.verdict == detect::Verdict::kMining ? 1U : 0U;
  }
  std::vector<SourceResult> result;
  result.reserve(sources.size());
  for (const auto& [key, source] : sources) result.push_back(source);
  put_miners_first(result);
  return result;
}

std::vector<KindResult> by_kind(const DataSet& data, const Evaluation& evaluation,
                                std::span<const ChannelOutcome> channels, uint32_t least_messages) {
  std::map<std::pair<std::string, bool>, KindResult> kinds;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    if (outcome.messages < least_messages) continue;
    const LabelledConnection& connection = data.connections[outcome.connection];
    const bool mining = connection.label == Label::kMining;
    KindResult& kind = kinds[{connection.kind, mining}];
    kind.kind = connection.kind;
    kind.mining = mining;
    ++kind.connections;
    kind.found += outcome.verdict == detect::Verdict::kMining ? 1U : 0U;
    kind.undecided += outcome.verdict == detect::Verdict::kUndecided ? 1U : 0U;
    kind.hours += outcome.traffic.seconds() / 3600;
  }
  std::map<std::string, std::array<std::vector<Wait>, 2>> waits;
  for (const ChannelOutcome& channel : channels) {
    if (!channel.mining) continue;
    auto& of_kind = waits[data.connections[channel.connection].kind];
    of_kind[0].push_back(channel.seconds_to_alarm());
    of_kind[1].push_back(channel.messages_to_alarm());
  }
  std::vector<KindResult> result;
  result.reserve(kinds.size());
  for (auto& [key, kind] : kinds) {
    if (kind.mining) {
      kind.seconds_to_alarm = found_within(waits[kind.kind][0], 0.5);
      kind.messages_to_alarm = found_within(waits[kind.kind][1], 0.5);
    }
    result.push_back(kind);
  }
  put_miners_first(result);
  return result;
}

std::optional<double> macro_recall(std::span<const KindResult> kinds) {
  double sum = 0;
  size_t count = 0;
  for (const KindResult& kind : kinds) {
    if (!kind.mining || kind.connections < kLeastCases) continue;
    sum += static_cast<double>(kind.found) / static_cast<double>(kind.connections);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

}  // namespace kanaria::train
