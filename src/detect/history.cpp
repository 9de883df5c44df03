// SPDX-License-Identifier: Apache-2.0
#include "detect/history.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kanaria::detect {

void Histories::add_message(flow::ConnectionId id, uint64_t number, const flow::Message& message) {
  Shard& shard = shards_[flow::shard_of(id)];
  auto found = shard.find(flow::place_of(id));
  if (found == shard.end()) {
    if (shard.size() == kMostHistories) give_up_one(shard);
    found = shard.try_emplace(flow::place_of(id)).first;
  }
  found->second.last_number = number;
  found->second.history.messages.add({message.start, message.bytes, message.direction});
}

void Histories::add_evidence(flow::ConnectionId id, EvidencePoint point) {
  Kept* kept = find(id);
  if (kept == nullptr) return;
  kept->evidence = point.evidence;
  kept->history.evidence.add(point);
}

void Histories::add_alarm(flow::ConnectionId id, EvidencePoint point) {
  if (Kept* kept = find(id); kept != nullptr) kept->history.alarm = point;
}

std::optional<History> Histories::take(flow::ConnectionId id) {
  Shard& shard = shards_[flow::shard_of(id)];
  const auto found = shard.find(flow::place_of(id));
  if (found == shard.end()) return std::nullopt;
  std::optional<History> history(std::move(found->second.history));
  shard.erase(found);
  return history;
}

Histories::Kept* Histories::find(flow::ConnectionId id) {
  Shard& shard = shards_[flow::shard_of(id)];
  const auto found = shard.find(flow::place_of(id));
  return found == shard.end() ? nullptr : &found->second;
}

// Places depend on how packets are cut into batches, so they must not decide.
void Histories::give_up_one(Shard& shard) {
  const auto least = std::min_element(shard.begin(), shard.end(), [](const auto& a, const auto& b) {
    const auto key = [](const Kept& kept) {
      return std::tuple(kept.history.alarm.has_value(), kept.evidence, kept.last_number);
    };
    return key(a.second) < key(b.second);
  });
  shard.erase(least);
}

}  // namespace kanaria::detect
