// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

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
    column_width(46);
    label("OPTIONS", "");
  }
  std::string make_usage(const CLI::App*, std::string) const override { return usage_ + "\n"; }

 private:
  std::string usage_;
};

std::string unexpected(const CLI::App& app) {
  const std::string word = app.remaining().front();
  if (!word.starts_with('-')) return fmt::format("unexpected word '{}'", word);
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto near = nearest(word.substr(0, word.find('=')), known);
  return fmt::format("unknown option '{}'{}", word,
                     near ? fmt::format(": did you mean '{}'?", *near) : "");
}

}  // namespace

// fmt::print would throw on a closed stream.
void complain(std::string_view sentence) {
  const std::string line = fmt::format("kanaria: {}\n", sentence);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void say(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::optional<int> parse(CLI::App& app, std::string usage, std::span<char*> arguments) {
  app.formatter(std::make_shared<HelpWithUsage>(std::move(usage)));
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::CallForHelp&) {
    say(app.help());
    return kRan;
  } catch (const CLI::ExtrasError&) {
    complain(fmt::format("{}; see 'kanaria {} --help'", unexpected(app), arguments[0]));
    return kUsage;
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

bool is_one_of(std::string_view what, std::string_view word,
               std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return true;
  const auto near = nearest(word, known);
  complain(fmt::format("unknown {} '{}'{} ({})", what, word,
                       near ? fmt::format(": did you mean '{}'?", *near) : ": choose one of",
                       fmt::join(known, ", ")));
  return false;
}

}  // namespace kanaria::cli
