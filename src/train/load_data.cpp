// SPDX-License-Identifier: Apache-2.0
#include "train/load_data.h"

#include <atomic>
#include <utility>

#include "capture/byte_source.h"
#include "train/csv_reader.h"
#include "train/data_file.h"

namespace kanaria::train {
namespace {

// Data files are read as they come; labels are gathered, and their captures read at the end: by
// then the lens is known.
class Loader {
 public:
  Loader(size_t paths, RowOptions options, std::optional<std::string> lens,
         const std::function<void(double)>& progress)
      : parts_(static_cast<double>(paths)),
        options_(std::move(options)),
        lens_(std::move(lens)),
        progress_(progress) {}

  Status take(const std::string& path) {
    const std::atomic<bool> never_stopped{false};
    auto bytes = capture::open_bytes(path, never_stopped);
    if (!bytes) return bytes.error();
    CsvReader csv(capture::input_name(path), **bytes);
    const auto columns = csv.columns();
    if (!columns) return columns.error();
    if (is_data_file(*columns)) return take_data(csv, *columns);
    auto labels = Labels::read(csv, *columns);
    if (!labels) return labels.error();
    labels_.append(*std::move(labels));
    return Done{};
  }

  // Captures in the order of the labels, then data files in theirs.
  Result<DataSet> finish() {
    if (labels_.captures().empty()) return std::move(data_);
    if (lens_) options_.lens = *lens_;
    auto all = build_data_set(labels_, options_, [this](double share) {
      progress_((parts_read_ + share * (parts_ - parts_read_)) / parts_);
    });
    if (all && data_.rows() > 0) append(*all, std::move(data_));
    return all;
  }

 private:
  Status take_data(CsvReader& csv, const CsvColumns& columns) {
    auto read = read_data_file(csv, columns, lens_,
                               [this](double share) { progress_((parts_read_ + share) / parts_); });
    if (!read) return read.error();
    ++parts_read_;
    lens_ = read->lens;
    if (data_.rows() == 0)
      data_ = *std::move(read);
    else
      append(data_, *std::move(read));
    return Done{};
  }

  double parts_;
  double parts_read_ = 0;
  RowOptions options_;
  std::optional<std::string> lens_;
  const std::function<void(double)>& progress_;
  Labels labels_;
  DataSet data_;
};

}  // namespace

Result<DataSet> load_data(const std::vector<std::string>& paths,
                          const std::optional<std::string>& lens, const RowOptions& options,
                          const std::function<void(double)>& progress) {
  Loader loader(paths.size(), options, lens, progress);
  for (const std::string& path : paths)
    if (const auto taken = loader.take(path); !taken) return taken.error();
  return loader.finish();
}

}  // namespace kanaria::train
