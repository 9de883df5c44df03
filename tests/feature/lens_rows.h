// SPDX-License-Identifier: Apache-2.0
// Rows a lens makes of a conversation.
#pragma once

#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "feature/lens.h"
#include "tests/flow/conversation.h"

namespace kanaria::feature {

class LensRows {
 public:
  LensRows(std::string_view lens, const LensOptions& options = {})
      : lens_(*make_lens(lens, options)) {
    rows_.width = lens_->width();
  }

  // The next batch of packets; rows are appended to those before.
  LensRows& add(std::span<const decode::Packet> packets) {
    table_.process(packets, {}, batch_);
    lens_->append_rows({packets, batch_, table_}, rows_);
    return *this;
  }
  const RowBatch& rows() const { return rows_; }
  // A row's value by its name.
  float value(size_t row, std::string_view name) const {
    const auto names = lens_->value_names();
    for (size_t i = 0; i < names.size(); ++i)
      if (names[i] == name) return rows_.row(row)[i];
    return std::numeric_limits<float>::quiet_NaN();
  }

 private:
  flow::ConnectionTable table_{{}};
  flow::FlowBatch batch_;
  std::unique_ptr<Lens> lens_;
  RowBatch rows_;
};

}  // namespace kanaria::feature
