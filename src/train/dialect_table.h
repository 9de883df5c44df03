// SPDX-License-Identifier: Apache-2.0
// Reads one table of a file of dialects, key after key; the first fault is kept, as a sentence with
// the file, line, dialect and key.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/result.h"
#include "train/distribution.h"

namespace kanaria::train {

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

struct Bounds {
  double least;
  double most;
};

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

}  // namespace kanaria::train
