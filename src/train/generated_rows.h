// SPDX-License-Identifier: Apache-2.0
// Dialects in, labelled rows of connections that never were out (docs/generator.md).
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "feature/lens.h"
#include "train/dialect.h"
#include "train/labelled_rows.h"
#include "train/segment_sequence.h"

namespace kanaria::train {

struct GenerateOptions {
  std::string lens = "rhythm";
  uint32_t per_dialect = 100;  // connections
  size_t most_messages = 400;  // a connection
  uint64_t seed = 1;
  uint32_t copies = 0;                     // of each connection, changed as augmentation.h draws it
  std::optional<uint32_t> most_rows = {};  // of a connection, as thinning.h chooses them; none: all
};

struct DialectFile {
  std::string name;  // of the file, without folder and ending
  std::vector<Dialect> dialects;
};

// Fails when a file is at fault or two dialects have one name.
Result<std::vector<DialectFile>> read_dialect_files(std::span<const std::string> paths);

// Fails when the lens looks at values of headers, which no description of a dialect has.
Status check_generating_lens(const feature::Lens& lens);

struct GeneratedConnection {
  LabelledConnection connection;
  SegmentSequence sequence;
};

// Connection `index` of a dialect. Its random numbers follow from the seed, the dialect's name and
// the index alone.
GeneratedConnection generate_connection(const Dialect& dialect, uint32_t index,
                                        const GenerateOptions& options);

// Hands the rows of all connections to the sink, a connection after the other. Requires:
// check_generating_lens, a fresh lens. A raised `stop` ends it between two connections.
Status generate_rows(std::span<const DialectFile> files, const GenerateOptions& options,
                     feature::Lens& lens, const std::atomic<bool>& stop,
                     const std::function<void(double share)>& progress, RowSink& sink);

}  // namespace kanaria::train
