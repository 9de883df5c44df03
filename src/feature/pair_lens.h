// SPDX-License-Identifier: Apache-2.0
// Lenses of pairs: a row is two consecutive segments of a connection. Lens `pair` is Table 4.1 of
// the thesis: of each of them direction, flags, TTL, the fragment fields, window and length. Lens
// `lengths` leaves out what belongs to a machine or a network: direction, PSH and length are left.
#pragma once

#include <cstdint>
#include <optional>

#include "feature/lens.h"

namespace kanaria::feature {

class PairLens final : public Lens {
 public:
  static constexpr std::string_view kName = "pair";
  static constexpr std::string_view kLengthsName = "lengths";
  enum class Values : uint8_t { kAll, kLengths };

  PairLens(Values values, std::optional<Nanoseconds> max_gap)
      : values_(values), max_gap_(max_gap) {}

  std::string_view name() const override { return values_ == Values::kAll ? kName : kLengthsName; }
  int version() const override { return 1; }
  std::span<const std::string_view> value_names() const override;
  void append_rows(const LensInput& input, RowBatch& out) override;

 private:
  Values values_;
  std::optional<Nanoseconds> max_gap_;
};

}  // namespace kanaria::feature
