// SPDX-License-Identifier: Apache-2.0
// Captures and labels in, labelled rows of a lens out, one after the other: memory follows the
// connections alive, not the captures' size.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "feature/lens.h"
#include "train/labelled_connection.h"
#include "train/labels.h"
#include "train/perturbation.h"

namespace kanaria::train {

struct RowOptions {
  std::string lens = "pair";
  feature::LensOptions lens_options = {};
  std::string filter = {};  // pcap-filter(7); empty: every packet
  // Of each connection's sequence of segments, one after the other.
  std::vector<Perturbation> perturbations = {};
  uint64_t seed = 1;                       // see connection_random.h
  uint32_t copies = 0;                     // of each connection, changed as augmentation.h draws it
  std::optional<uint32_t> most_rows = {};  // of a connection, as thinning.h chooses them; none: all
};

// Whether lens and filter are known, and the lens has rows of changed sequences if there are any.
Status check_row_options(const RowOptions& options);

// Where labelled rows go.
class RowSink {
 public:
  virtual ~RowSink() = default;

  // A connection has its first row. `index` counts from 0 over all captures.
  virtual void begin(uint32_t index, const std::string& capture,
                     const LabelledConnection& connection) = 0;
  virtual void add(uint32_t index, Timestamp time, std::span<const float> values) = 0;
  // A row of the connection's copy with that number, from 1; the connection has one of its own
  // before. A sink that does not learn has no use for it.
  virtual void add_of_copy(uint32_t /*index*/, uint32_t /*copy*/, Timestamp /*time*/,
                           std::span<const float> /*values*/) {}
  // It has no further row.
  virtual void end(uint32_t index) = 0;
  // Why no more rows are taken; looked at after each burst of packets.
  virtual std::optional<Error> fault() const { return std::nullopt; }
};

inline constexpr size_t kLongestSequence = 1 << 16;
inline constexpr size_t kMostHeld = 1 << 22;  // 40 bytes each

// Reads each capture the labels name. Connections without a label, or labelled unknown, are left
// out, and so is one that gives no row. Perturbed rows and those of copies come at the end of their
// connection; one of more than kLongestSequence segments is changed in pieces of that length, and
// so are all when kMostHeld segments are held. Returns why captures could not be read whole: the
// rest of them is used. Fails when a capture cannot be opened or the sink takes no more. `progress`
// is called with the share read so far, 0 … 1. A raised `stop` ends it between two bursts.
Result<std::vector<Error>> read_labelled_rows(const Labels& labels, const RowOptions& options,
                                              const std::atomic<bool>& stop,
                                              const std::function<void(double share)>& progress,
                                              RowSink& sink);

// The sentence for labels that gave no row at all.
Error nothing_matches(const Labels& labels);

}  // namespace kanaria::train
