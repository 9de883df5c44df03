// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/command.h"

namespace kanaria::cli {
namespace {

// Levenshtein's distance.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
    }
  }
  return row.back();
}

class HelpWithUsage final : public CLI::Formatter {
 public:
  explicit HelpWithUsage(std::string usage) : usage_(std::move(usage)) {
    column_width(34);
    label("OPTIONS", "");
  }
  std::string make_usage(const CLI::App*, std::string) const override { return usage_ + "\n"; }

 private:
  std::string usage_;
};

}  // namespace

void complain(std::string_view sentence) { fmt::print(stderr, "kanaria: {}\n", sentence); }

std::optional<int> parse(CLI::App& app, std::string usage, std::span<char*> arguments) {
  app.formatter(std::make_shared<HelpWithUsage>(std::move(usage)));
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return kRan;
  } catch (const CLI::ParseError& error) {
    complain(fmt::format("{}; see 'kanaria {} --help'", error.what(), arguments[0]));
    return kUsage;
  }
  return std::nullopt;
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known) {
  constexpr size_t kFarthest = 2;
  const auto best = std::min_element(known.begin(), known.end(), [&](auto a, auto b) {
    return edit_distance(word, a) < edit_distance(word, b);
  });
  if (best == known.end() || edit_distance(word, *best) > kFarthest) return std::nullopt;
  return *best;
}

}  // namespace kanaria::cli
