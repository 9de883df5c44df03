// SPDX-License-Identifier: Apache-2.0
// The results of a grid search as a CSV file: a row a finished combination, on disk before the next
// one ends, so that a search that was interrupted can go on (docs/grid.md).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "capture/byte_sink.h"
#include "train/grid.h"

namespace kanaria::train {

class GridFile {
 public:
  // `run` names the space, the data and the options (docs/grid.md): rows of another run are never
  // mixed in.
  GridFile(std::string path, const GridSpace& space, std::string run)
      : path_(std::move(path)), space_(space), run_(std::move(run)) {}

  // Takes the rows that an interrupted search left; no file is none. A line without its end is
  // passed over. Fails when the rows are of another run.
  Status resume();
  // Begins the file anew with the rows taken.
  Status begin();
  // Appends a row and hands it to the system. Fails when it could not be written.
  Status add(const GridScore& score);
  // Puts the rows into the order of rung and combination.
  Status finish();

  std::optional<GridScore> known(uint32_t rung, uint64_t combination) const;
  size_t known_count() const { return known_.size(); }
  // Every row in the order of rung and combination. Requires: finish() succeeded.
  Status for_each(const std::function<void(const GridScore&)>& take) const;

 private:
  std::string line_of(const GridScore& score) const;
  Status written() const;
  std::string partial_path() const { return path_ + ".part"; }

  std::string path_;
  const GridSpace& space_;
  std::string run_;
  std::map<std::pair<uint32_t, uint64_t>, GridScore> known_;
  std::unique_ptr<capture::ByteSink> sink_;
  uint64_t bytes_ = 0;  // handed to the sink
  struct Place {
    uint32_t rung;
    uint32_t combination;
    uint64_t offset;
  };
  std::vector<Place> places_;  // of the lines, in the order they were written
};

}  // namespace kanaria::train
