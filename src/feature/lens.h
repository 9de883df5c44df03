// SPDX-License-Identifier: Apache-2.0
// A lens: a named, versioned way to describe a connection's packets as rows of numbers. In: a batch
// of packets and what they meant to their connections. Out: rows. docs/features.md lists every
// value with its unit, range and coding.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "decode/packet.h"
#include "feature/row_batch.h"
#include "flow/connection_table.h"
#include "flow/flow_batch.h"

namespace kanaria::feature {

struct LensInput {
  std::span<const decode::Packet> packets;  // empty when sequences were changed on the way
  const flow::FlowBatch& batch;
  const flow::ConnectionTable& table;
};

class Lens {
 public:
  virtual ~Lens() = default;

  virtual std::string_view name() const = 0;
  // Rises whenever a value's meaning changes; models name the version they were trained on.
  virtual int version() const = 0;
  virtual std::span<const std::string_view> value_names() const = 0;
  // Whether rows come from packets, not from segments and messages alone: then sequences that were
  // changed on the way (train/perturbation.h) have none.
  virtual bool needs_packets() const { return false; }
  // Appends this batch's rows in the order of their packets. Requires: out.width ==
  // value_names().size().
  virtual void append_rows(const LensInput& input, RowBatch& out) = 0;

  size_t width() const { return value_names().size(); }
};

struct LensOptions {
  std::optional<Nanoseconds> max_gap;  // lenses of pairs: longest time between a pair's segments
};

// Names that make_lens takes.
std::span<const std::string_view> lens_names();

// By name; an unknown one is answered with the known ones.
Result<std::unique_ptr<Lens>> make_lens(std::string_view name, const LensOptions& options);

}  // namespace kanaria::feature
