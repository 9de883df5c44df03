// SPDX-License-Identifier: Apache-2.0
// Lens `pair`: Table 4.1 of the thesis. A row is two consecutive segments of a connection; each of
// them gives direction, the flags, TTL, the fragment fields, window and TCP length.
#pragma once

#include <array>
#include <optional>

#include "feature/lens.h"

namespace kanaria::feature {

class PairLens final : public Lens {
 public:
  static constexpr std::string_view kName = "pair";
  static constexpr size_t kValuesPerSegment = 15;
  static constexpr size_t kWidth = 2 * kValuesPerSegment;

  explicit PairLens(std::optional<Nanoseconds> max_gap) : max_gap_(max_gap) {}

  std::string_view name() const override { return kName; }
  int version() const override { return 1; }
  std::span<const std::string_view> value_names() const override;
  void append_rows(const LensInput& input, RowBatch& out) override;

 private:
  std::optional<Nanoseconds> max_gap_;
};

}  // namespace kanaria::feature
