// SPDX-License-Identifier: Apache-2.0
// Files of dialects (docs/generator.md). One piece, as toml++ stays in .cpp files.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "train/dialect.h"
#include "train/dialect_saying.h"
#include "train/message_size.h"

namespace kanaria::train {
namespace {

constexpr std::array<std::string_view, kTimings> kTimingNames{
    "exponential", "regular", "mixed", "human", "bursts", "geometric", "silence"};

struct Bounds {
  double least;
  double most;
};

constexpr Bounds kBytes{0, kLargestMessage};
constexpr Bounds kShare{0, 1};
constexpr Bounds kPeriod{0.0001, 86'400};
constexpr Bounds kDuration{0, 86'400};
constexpr Bounds kRoundTrip{0.00001, 10};
constexpr size_t kMostExchanges = 16;

// What is wrong with a file so far.
class DialectFaults {
 public:
  explicit DialectFaults(std::string path) : path_(std::move(path)) {}

  void enter(std::string dialect) { dialect_ = std::move(dialect); }
  void add(const toml::node& at, std::string_view key, std::string_view what) {
    if (first_) return;
    const std::string in = dialect_.empty() ? "" : fmt::format("dialect '{}': ", dialect_);
    first_ = Error{fmt::format("{}: line {}: {}'{}' {}; see docs/generator.md", path_,
                               at.source().begin.line, in, key, what)};
  }
  const std::optional<Error>& first() const { return first_; }

 private:
  std::string path_;
  std::string dialect_;
  std::optional<Error> first_;
};

// Reads one table, key after key; the first fault is kept.
class DialectTable {
 public:
  DialectTable(const toml::table& table, DialectFaults& faults) : table_(table), faults_(faults) {}

  const toml::node* find(std::string_view key) const { return table_.get(key); }
  // Says so when the key is not there.
  const toml::node* need(std::string_view key) const;

  std::string text(std::string_view key) const;  // "": not there
  double number(std::string_view key, Bounds bounds, double otherwise) const;
  // A number, or [low, high].
  Range range(std::string_view key, Bounds bounds, Range otherwise) const;
  Range range_of(const toml::node& node, std::string_view key, Bounds bounds) const;

  void refuse_others(std::initializer_list<std::string_view> known) const;
  void fail(const toml::node& at, std::string_view key, std::string_view what) const {
    faults_.add(at, key, what);
  }
  // Another table of the same dialect.
  DialectTable with(const toml::table& table) const { return {table, faults_}; }

 private:
  const toml::table& table_;
  DialectFaults& faults_;
};

std::optional<Range> range_in(const toml::node& node) {
  if (const auto one = node.value<double>()) return Range{*one, *one};
  const auto* two = node.as_array();
  if (two == nullptr || two->size() != 2) return std::nullopt;
  const auto low = two->get(0)->value<double>();
  const auto high = two->get(1)->value<double>();
  return low && high ? std::optional(Range{*low, *high}) : std::nullopt;
}

const toml::node* DialectTable::need(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) fail(table_, key, "is missing");
  return node;
}

std::string DialectTable::text(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return "";
  const auto text = node->value<std::string>();
  if (!text || text->empty()) fail(*node, key, "is no text in quotes");
  return text.value_or("");
}

double DialectTable::number(std::string_view key, Bounds bounds, double otherwise) const {
  const toml::node* node = find(key);
  if (node == nullptr) return otherwise;
  const auto number = node->value<double>();
  if (number && *number >= bounds.least && *number <= bounds.most) return *number;
  fail(*node, key, fmt::format("is no number from {} to {}", bounds.least, bounds.most));
  return otherwise;
}

Range DialectTable::range(std::string_view key, Bounds bounds, Range otherwise) const {
  const toml::node* node = find(key);
  return node == nullptr ? otherwise : range_of(*node, key, bounds);
}

Range DialectTable::range_of(const toml::node& node, std::string_view key, Bounds bounds) const {
  const auto range = range_in(node);
  if (range && range->low >= bounds.least && range->low <= range->high &&
      range->high <= bounds.most)
    return *range;
  fail(node, key,
       fmt::format("is no number, and no [low, high], from {} to {}", bounds.least, bounds.most));
  return {};
}

void DialectTable::refuse_others(std::initializer_list<std::string_view> known) const {
  for (const auto& [key, node] : table_)
    if (std::ranges::find(known, key.str()) == known.end())
      fail(node, key.str(), fmt::format("is not known; it is one of {}", fmt::join(known, ", ")));
}

class DialectReader {
 public:
  DialectReader(const toml::table& table, DialectFaults& faults) : table_(table, faults) {
    dialect_.name = table_.text("name");
    faults.enter(dialect_.name);
    if (!is_size_name(dialect_.name))
      table_.fail(table, "name",
                  "is missing, or has other than letters, digits, '-' and '_', a letter first");
  }

  Dialect read() {
    read_sizes();
    dialect_.family = table_.text("family");
    dialect_.label = label();
    if (const toml::node* node = table_.find("opening"))
      dialect_.opening = sayings(*node, "opening");
    read_exchanges();
    dialect_.tls = table_.number("tls", kShare, 0);
    dialect_.websocket = table_.number("websocket", kShare, 0);
    read_overhead();
    dialect_.round_trip_s = table_.range("round_trip_s", kRoundTrip, dialect_.round_trip_s);
    dialect_.life_s = table_.range("life_s", kPeriod, dialect_.life_s);
    dialect_.joined_late = table_.number("joined_late", kShare, dialect_.joined_late);
    table_.refuse_others({"name", "label", "family", "sizes", "opening", "exchanges", "tls",
                          "websocket", "overhead", "round_trip_s", "life_s", "joined_late"});
    return std::move(dialect_);
  }

 private:
  Label label() const {
    const toml::node* node = table_.need("label");
    const std::string text = table_.text("label");
    if (node != nullptr && text != "mining" && text != "benign")
      table_.fail(*node, "label", "is none of mining, benign");
    return text == "mining" ? Label::kMining : Label::kBenign;
  }

  void read_sizes() {
    const toml::node* node = table_.find("sizes");
    if (node == nullptr) return;
    if (!node->is_table()) return table_.fail(*node, "sizes", "is no table");
    for (const auto& [key, value] : *node->as_table()) {
      if (!is_size_name(key.str()))
        table_.fail(value, key.str(),
                    "is no name of a size: letters, digits, '-' and '_', a letter first");
      names_[std::string(key.str())] = add_size(size_of(value, key.str()));
    }
  }

  size_t add_size(SizeRule rule) {
    dialect_.sizes.push_back(std::move(rule));
    return dialect_.sizes.size() - 1;
  }

  SizeRule size_of(const toml::node& node, std::string_view key) {
    SizeRule rule;
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      rule.drawn = table_.range_of(node, key, kBytes);
      return rule;
    }
    const DialectTable of = sub(*table);
    of.refuse_others({"drawn", "each", "varies", "counts", "one_of", "shares"});
    rule.drawn = of.range("drawn", kBytes, {});
    rule.each = of.range("each", kBytes, {});
    rule.varies = of.range("varies", {0, 3}, {});
    rule.counts = static_cast<uint64_t>(of.number("counts", {0, 1e9}, 0));
    if (of.find("one_of") != nullptr) read_choices(of, rule);
    return rule;
  }

  void read_choices(const DialectTable& of, SizeRule& rule) {
    const toml::node& node = *of.find("one_of");
    if (const toml::array* list = node.as_array())
      for (const toml::node& one : *list) rule.one_of.push_back(size_of(one, "one_of"));
    if (rule.one_of.empty()) return of.fail(node, "one_of", "is no list of sizes");
    rule.shares.assign(rule.one_of.size(), 1.0 / static_cast<double>(rule.one_of.size()));
    if (const toml::node* shares = of.find("shares")) read_shares(of, *shares, rule.shares);
  }

  static void read_shares(const DialectTable& of, const toml::node& node,
                          std::vector<double>& shares) {
    constexpr double kRounding = 0.001;
    const toml::array* list = node.as_array();
    const size_t count = list == nullptr ? 0 : list->size();
    double sum = 0;
    bool all_positive = count == shares.size();
    for (size_t i = 0; i < std::min(count, shares.size()); ++i) {
      sum += shares[i] = list->get(i)->value<double>().value_or(-1);
      all_positive = all_positive && shares[i] >= 0;
    }
    if (!all_positive || !(std::abs(sum - 1) <= kRounding))
      of.fail(node, "shares", "is no list of a share for each of one_of that add up to 1");
  }

  std::vector<Saying> sayings(const toml::node& node, std::string_view key) {
    std::vector<Saying> list;
    const toml::array* texts = node.as_array();
    if (texts == nullptr || texts->empty())
      table_.fail(node, key, "is no list of sayings such as \"> share\"");
    else
      for (const toml::node& text : *texts) list.push_back(saying(text, key));
    return list;
  }

  Saying saying(const toml::node& node, std::string_view key) {
    const std::string text = node.value_or(std::string());
    const auto parsed = parse_saying(text);
    if (!parsed) {
      table_.fail(node, key,
                  fmt::format("has '{}', which is no saying such as \"> share\", \"< job 30%\" or "
                              "\"> 40-90 x1-5\"",
                              text));
      return {};
    }
    Saying saying{parsed->direction, 0, parsed->chance, parsed->run};
    if (const auto* bytes = std::get_if<Range>(&parsed->size)) {
      saying.size =
          add_size({.drawn = *bytes, .each = {}, .varies = {}, .one_of = {}, .shares = {}});
      return saying;
    }
    const auto found = names_.find(std::get<std::string>(parsed->size));
    if (found != names_.end())
      saying.size = found->second;
    else
      table_.fail(node, key, fmt::format("has '{}', whose size is not in 'sizes'", text));
    return saying;
  }

  void read_exchanges() {
    const toml::node* node = table_.need("exchanges");
    if (node == nullptr) return;
    const toml::array* list = node->as_array();
    if (list == nullptr || list->empty() || list->size() > kMostExchanges)
      return table_.fail(*node, "exchanges",
                         fmt::format("is no list of 1 to {} tables", kMostExchanges));
    for (const toml::node& one : *list)
      if (const toml::table* table = one.as_table())
        dialect_.exchanges.push_back(exchange(sub(*table)));
      else
        table_.fail(one, "exchanges", "holds something that is no table");
  }

  Exchange exchange(const DialectTable& of) {
    Exchange exchange;
    if (const toml::node* says = of.need("says")) exchange.says = sayings(*says, "says");
    exchange.timing = timing(of);
    of.need("every_s");
    exchange.every_s = of.range("every_s", kPeriod, {1, 1});
    if (of.find("settles_s") != nullptr) exchange.settles_s = of.range("settles_s", kPeriod, {});
    exchange.takes_s = of.range("takes_s", kDuration, exchange.takes_s);
    exchange.begins = begins(of);
    exchange.of_connections = of.number("of_connections", kShare, 1);
    of.refuse_others(
        {"says", "timing", "every_s", "settles_s", "takes_s", "waits", "of_connections"});
    return exchange;
  }

  static Begins begins(const DialectTable& of) {
    const toml::node* node = of.find("waits");
    if (node != nullptr && !node->is_boolean()) of.fail(*node, "waits", "is none of true, false");
    return node != nullptr && node->value_or(false) ? Begins::kBehindItself : Begins::kByTime;
  }

  // One name, or a list of which a connection draws one.
  static std::vector<Timing> timing(const DialectTable& of) {
    std::vector<Timing> drawn;
    const auto add = [&](const toml::node& node) {
      const auto found = std::ranges::find(kTimingNames, node.value_or(std::string_view{}));
      if (found == kTimingNames.end())
        return of.fail(node, "timing", fmt::format("is none of {}", fmt::join(kTimingNames, ", ")));
      drawn.push_back(static_cast<Timing>(found - kTimingNames.begin()));
    };
    const toml::node* node = of.need("timing");
    if (node == nullptr) return drawn;
    const toml::array* list = node->as_array();
    if (list == nullptr)
      add(*node);
    else
      for (const toml::node& one : *list) add(one);
    if (list != nullptr && list->empty()) of.fail(*node, "timing", "is an empty list");
    return drawn;
  }

  // One range for both sides, or {client = …, server = …}.
  void read_overhead() {
    const toml::node* node = table_.find("overhead");
    if (node == nullptr) return;
    if (const toml::table* table = node->as_table()) {
      const DialectTable of = sub(*table);
      of.refuse_others({"client", "server"});
      dialect_.overhead = {of.range("client", kBytes, {}), of.range("server", kBytes, {})};
    } else {
      dialect_.overhead.fill(table_.range_of(*node, "overhead", kBytes));
    }
  }

  DialectTable sub(const toml::table& table) const { return table_.with(table); }

  DialectTable table_;
  Dialect dialect_;
  std::map<std::string, size_t> names_;  // of sizes
};

Result<std::vector<Dialect>> dialects_in(const std::string& path, const toml::table& file) {
  DialectFaults faults(path);
  const DialectTable top(file, faults);
  top.refuse_others({"dialect"});
  std::vector<Dialect> dialects;
  if (const toml::node* node = top.need("dialect")) {
    const toml::array* list = node->as_array();
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table))
      top.fail(*node, "dialect", "is no list of tables: write [[dialect]] above each");
    else
      for (const toml::node& one : *list)
        dialects.push_back(DialectReader(*one.as_table(), faults).read());
  }
  if (const auto fault = faults.first()) return *fault;
  return dialects;
}

}  // namespace

Result<std::vector<Dialect>> read_dialects(const std::string& path) {
  try {
    return dialects_in(path, toml::parse_file(path));
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    if (line == 0) return Error{fmt::format("{}: cannot be read; check the path", path)};
    return Error{fmt::format("{}: line {}: {}; correct it", path, line, error.description())};
  }
}

}  // namespace kanaria::train
