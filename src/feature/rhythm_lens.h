// SPDX-License-Identifier: Apache-2.0
// Lens `rhythm`: a row is a window of a connection's last messages, described without anything
// that belongs to a network or a machine (docs/features.md).
#pragma once

#include <array>
#include <vector>

#include "feature/lens.h"
#include "feature/message_window.h"

namespace kanaria::feature {

class RhythmLens final : public Lens {
 public:
  static constexpr std::string_view kName = "rhythm";

  std::string_view name() const override { return kName; }
  int version() const override { return 1; }
  std::span<const std::string_view> value_names() const override;
  void append_rows(const LensInput& input, RowBatch& out) override;

 private:
  // Windows of the connections that had a message; most connections of a scan never have one.
  class Windows {
   public:
    MessageWindow& of(flow::ConnectionId id);
    void forget(flow::ConnectionId id);

   private:
    std::array<std::vector<uint32_t>, flow::kShards> by_place_;  // index + 1; 0: none
    std::vector<MessageWindow> windows_;
    std::vector<uint32_t> free_;
  };
  Windows windows_;
};

}  // namespace kanaria::feature
