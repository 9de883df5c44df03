// SPDX-License-Identifier: Apache-2.0
// How commands talk about their own use: help on stdout with 0, wrong use on stderr with 2.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's own
class App;
}

namespace kanaria::cli {

// One sentence on stderr, "kanaria: …".
void complain(std::string_view sentence);
// Text on stdout; main notices a failed write at the end.
void say(std::string_view text);

// Parses; nullopt means go on, otherwise the exit code to return at once. `usage`: the lines that
// --help begins with.
std::optional<int> parse(CLI::App& app, std::string usage, std::span<char*> arguments);

// Whether `word` is one of `known`; otherwise complains: "unknown lens 'pear': did you mean 'pair'?
// (rhythm, pair, lengths, header)".
bool is_one_of(std::string_view what, std::string_view word,
               std::span<const std::string_view> known);

// The known word nearest to an unknown one, if any is near.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known);

}  // namespace kanaria::cli
