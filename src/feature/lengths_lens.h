// SPDX-License-Identifier: Apache-2.0
// Lens `lengths`: the pairs of lens `pair` without what belongs to a machine or a network (TTL,
// window, fragment fields, ECN): of each segment its direction, PSH and length.
#pragma once

#include <optional>

#include "feature/lens.h"

namespace kanaria::feature {

class LengthsLens final : public Lens {
 public:
  static constexpr std::string_view kName = "lengths";

  explicit LengthsLens(std::optional<Nanoseconds> max_gap) : max_gap_(max_gap) {}

  std::string_view name() const override { return kName; }
  int version() const override { return 1; }
  std::span<const std::string_view> value_names() const override;
  void append_rows(const LensInput& input, RowBatch& out) override;

 private:
  std::optional<Nanoseconds> max_gap_;
};

}  // namespace kanaria::feature
