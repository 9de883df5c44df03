// SPDX-License-Identifier: Apache-2.0
#include "feature/rhythm_lens.h"

#include "feature/rhythm_values.h"

namespace kanaria::feature {
namespace {

// Early rows often, so that a miner is found soon; later ones when about a third of the window is
// new.
bool has_row(uint64_t messages) {
  if (messages < 8) return false;
  return messages <= MessageWindow::kMost ? messages % 2 == 0
                                          : (messages - MessageWindow::kMost) % 6 == 0;
}

}  // namespace

std::span<const std::string_view> RhythmLens::value_names() const { return rhythm_value_names(); }

// A connection's place is used again only in a later batch, and its own end comes behind its
// messages.
void RhythmLens::append_rows(const LensInput& input, RowBatch& out) {
  for (const flow::ConnectionId id : input.batch.begun) windows_.forget(id);
  for (const flow::MessageEvent& event : input.batch.messages) {
    MessageWindow& window = windows_.of(event.connection);
    window.add(event.message);
    if (has_row(window.added()))
      rhythm_values(window.messages(), event.round_trip,
                    out.append({event.connection, event.number, event.message.end,
                                static_cast<uint32_t>(window.added())}));
  }
  for (const flow::EndEvent& event : input.batch.ended) windows_.forget(event.connection);
}

MessageWindow& RhythmLens::Windows::of(flow::ConnectionId id) {
  auto& of_shard = by_place_[flow::shard_of(id)];
  const uint32_t place = flow::place_of(id);
  if (of_shard.size() <= place) of_shard.resize(place + 1, 0);
  uint32_t& index = of_shard[place];
  if (index == 0) {
    if (free_.empty()) {
      windows_.emplace_back();
      free_.push_back(static_cast<uint32_t>(windows_.size()));
    }
    index = free_.back();
    free_.pop_back();
    windows_[index - 1] = MessageWindow();
  }
  return windows_[index - 1];
}

void RhythmLens::Windows::forget(flow::ConnectionId id) {
  auto& of_shard = by_place_[flow::shard_of(id)];
  const uint32_t place = flow::place_of(id);
  if (of_shard.size() <= place || of_shard[place] == 0) return;
  free_.push_back(of_shard[place]);
  of_shard[place] = 0;
}

}  // namespace kanaria::feature
