// SPDX-License-Identifier: Apache-2.0
#include "cli/capture_words.h"

#include <filesystem>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kanaria::cli {
namespace {

bool looks_like_capture(const std::string& word) {
  if (word == "-") return true;
  for (const std::string_view ending : {".pcap", ".pcapng", ".cap", ".gz", ".zst", ".dmp"})
    if (word.size() > ending.size() && word.ends_with(ending)) return true;
  return std::filesystem::exists(word);
}

}  // namespace

CaptureWords captures_and_filter(std::span<const std::string> read,
                                 std::span<const std::string> more) {
  CaptureWords words;
  size_t captures = read.empty() ? 0 : 1;
  while (captures < read.size() && looks_like_capture(read[captures])) ++captures;
  words.captures.assign(read.begin(), read.begin() + static_cast<std::ptrdiff_t>(captures));
  std::vector<std::string> filter(read.begin() + static_cast<std::ptrdiff_t>(captures), read.end());
  filter.insert(filter.end(), more.begin(), more.end());
  words.filter = fmt::format("{}", fmt::join(filter, " "));
  return words;
}

}  // namespace kanaria::cli
