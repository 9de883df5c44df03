// SPDX-License-Identifier: Apache-2.0
// What speaks for mining in one connection, gathered row by row and message by message in the order
// of the packets (docs/definitions.md, "Verdict of the `pair` lens").
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "detect/verdict.h"
#include "flow/message.h"
#include "model/model.h"

namespace kanaria::detect {

// The most frequent values of a stream in fixed space (Misra & Gries 1982): a value that makes up
// more than a quarter of the stream is certainly among those kept.
class FrequentSizes {
 public:
  void add(uint32_t bytes);
  TypicalSize most_frequent() const;

 private:
  std::array<TypicalSize, 3> kept_{};
};

class Evidence {
 public:
  Evidence() = default;
  // Of a connection that began in this input.
  explicit Evidence(uint32_t input) : input_(input) {}

  uint32_t input() const { return input_; }
  void add_segment(Timestamp time);
  void add_message(const flow::Message& message);
  // True when this row makes the connection's verdict `mining` for the first time; `at`: when and
  // by which packet that is.
  bool add_row(float log_odds, const Alarm& at, const model::Thresholds& thresholds);

  Verdict verdict(const model::Thresholds& thresholds) const;
  // S: the share of alarming rows.
  double strength() const;
  uint32_t messages() const { return messages_; }
  const std::optional<Alarm>& alarm() const { return alarm_; }
  Reason reason() const;

 private:
  bool judged() const;

  uint32_t input_ = 0;
  Timestamp first_segment_;
  Timestamp last_row_;
  uint32_t segments_ = 0;
  uint32_t messages_ = 0;
  uint32_t rows_ = 0;
  uint32_t alarming_rows_ = 0;
  std::optional<Alarm> alarm_;
  std::array<FrequentSizes, 2> sizes_;
};

}  // namespace kanaria::detect
