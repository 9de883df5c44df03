// SPDX-License-Identifier: Apache-2.0
#include "train/dialect_saying.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "train/message_size.h"

namespace kanaria::train {
namespace {

constexpr uint32_t kLongestRun = 1000;

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::optional<uint32_t> parse_number(std::string_view text) {
  uint32_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "7" or "7-9".
std::optional<Range> parse_whole_range(std::string_view text, double least, double most) {
  const size_t dash = text.find('-');
  const auto low = parse_number(text.substr(0, dash));
  const auto high = dash == text.npos ? low : parse_number(text.substr(dash + 1));
  if (!low || !high || *low < least || *low > *high || *high > most) return std::nullopt;
  return Range{static_cast<double>(*low), static_cast<double>(*high)};
}

bool parse_option(std::string_view word, SayingText& saying) {
  if (word.ends_with('%')) {
    word.remove_suffix(1);
    const auto percent = parse_whole_range(word, 0, 100);
    if (percent) saying.chance = {percent->low / 100, percent->high / 100};
    return percent.has_value();
  }
  if (!word.starts_with('x')) return false;
  const auto run = parse_whole_range(word.substr(1), 1, kLongestRun);
  if (run) saying.run = *run;
  return run.has_value();
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_size_name(std::string_view text) {
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_';
  });
}

std::optional<SayingText> parse_saying(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() < 2 || (words[0] != ">" && words[0] != "<")) return std::nullopt;
  SayingText saying;
  saying.direction = words[0] == ">" ? flow::Direction::kToServer : flow::Direction::kToClient;
  if (is_size_name(words[1]))
    saying.size = std::string(words[1]);
  else if (const auto bytes = parse_whole_range(words[1], 1, kLargestMessage))
    saying.size = *bytes;
  else
    return std::nullopt;
  for (size_t i = 2; i < words.size(); ++i)
    if (!parse_option(words[i], saying)) return std::nullopt;
  return saying;
}

}  // namespace kanaria::train
