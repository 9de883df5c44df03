// SPDX-License-Identifier: Apache-2.0
// What speaks for mining in one connection, gathered row by row and message by message in the order
// of the packets (docs/definitions.md, "Verdict of the `pair` lens", "… of the `rhythm` lens").
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "detect/evidence_sum.h"
#include "detect/ledger.h"
#include "detect/verdict.h"
#include "flow/message.h"
#include "model/model.h"

namespace kanaria::detect {

class Evidence {
 public:
  Evidence() = default;
  // Of a connection that began in this input.
  explicit Evidence(uint32_t input) : input_(input) {}

  uint32_t input() const { return input_; }
  // `round_trip`: 0 when unknown.
  void add_message(const flow::Message& message, Nanoseconds round_trip) {
    if (messages() == 0) first_message_ = message.start;
    ledger_.add(message, round_trip);
  }
  // True when this row makes the connection's verdict `mining` for the first time; `at`: when and
  // by which packet that is. `messages`: finished when the row was made, of those added; 0: all.
  bool add_row(float log_odds, uint32_t messages, const Alarm& at,
               const model::Thresholds& thresholds);

  Verdict verdict(const model::Thresholds& thresholds) const;
  // The sum of log-odds less what chance gains in so many messages, or the share of alarming rows.
  double strength(const model::Thresholds& thresholds) const;
  uint32_t messages() const { return ledger_.messages(); }
  const std::optional<Alarm>& alarm() const { return alarm_; }
  Reason reason() const;

 private:
  // From the first message to the latest row.
  Nanoseconds age() const { return rows_ == 0 ? 0 : last_row_ - first_message_; }
  bool judged() const;
  bool is_mining(const model::Thresholds& thresholds) const;
  bool is_suspicious(const model::Thresholds& thresholds) const;

  uint32_t input_ = 0;
  Timestamp first_message_;
  Timestamp last_row_;
  uint32_t rows_ = 0;
  uint32_t alarming_rows_ = 0;
  EvidenceSum sum_;
  std::optional<Alarm> alarm_;
  Ledger ledger_;
};

}  // namespace kanaria::detect
