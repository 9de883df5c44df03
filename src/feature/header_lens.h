// SPDX-License-Identifier: Apache-2.0
// Lens `header`: chapter 3 of the thesis, tcpdump's IP line. A row is one TCP packet, ACKs
// included.
#pragma once

#include <unordered_map>

#include "feature/lens.h"

namespace kanaria::feature {

class HeaderLens final : public Lens {
 public:
  static constexpr std::string_view kName = "header";

  std::string_view name() const override { return kName; }
  int version() const override { return 1; }
  std::span<const std::string_view> value_names() const override;
  bool needs_packets() const override { return true; }
  void append_rows(const LensInput& input, RowBatch& out) override;

 private:
  struct AddressHash {
    size_t operator()(const IpAddress& address) const;
  };
  // IP length of the last packet by source address; emptied when it grows beyond kMostSources.
  std::unordered_map<IpAddress, uint32_t, AddressHash> last_length_;
  std::vector<uint32_t> previous_length_;  // of each packet of the batch
};

}  // namespace kanaria::feature
