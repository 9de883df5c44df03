// SPDX-License-Identifier: Apache-2.0
// A dialect: how the two sides of an application talk, told in ranges from which each connection
// draws its own numbers. Files of dialects: docs/generator.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/direction.h"
#include "train/distribution.h"
#include "train/labels.h"

namespace kanaria::train {

// Bytes of a message: drawn · e^(varies · N(0, 1)) + each + a byte for every power of ten that
// counts · (messages said so) has reached.
struct SizeRule {
  Range drawn;   // once a connection
  Range each;    // anew for each message
  Range varies;  // once a connection
  uint64_t counts = 0;
  std::vector<SizeRule> one_of;  // instead of all that: one of these for each message
  std::vector<double> shares;    // of one_of; adds up to 1
};

struct Saying {
  flow::Direction direction = flow::Direction::kToServer;
  size_t size = 0;        // index into Dialect::sizes
  Range chance = {1, 1};  // that it is said; drawn once a connection
  Range run = {1, 1};     // messages in a row, drawn each time
};

enum class Timing : uint8_t {
  kExponential,
  kRegular,    // a clock with some jitter
  kMixed,      // a clock, and events at random times between its ticks
  kHuman,      // lognormal
  kBursts,     // several at once, then none for long
  kGeometric,  // at some ticks of a clock, by a coin
  kSilence,    // after so long without a message of the side that begins
};
inline constexpr size_t kTimings = static_cast<size_t>(Timing::kSilence) + 1;

enum class Begins : uint8_t {
  kByTime,       // whether the one before has been answered or not
  kBehindItself  // a period after the last message of the one before
};

// Said again and again, beside the other exchanges of a connection.
struct Exchange {
  std::vector<Saying> says;        // at least one; a side's answer follows the other side's message
  std::vector<Timing> timing;      // at least one: one of them is drawn
  Range every_s;                   // mean period, drawn once a connection
  std::optional<Range> settles_s;  // to which the period drifts, as difficulty that is adjusted
  Range takes_s = {0.0005, 0.05};  // an answer after it could be given; drawn once a connection
  Begins begins = Begins::kByTime;
  double of_connections = 1;  // that have it at all
};

struct Dialect {
  std::string name;
  std::string family;  // dialects to be left out together; may be empty
  Label label = Label::kBenign;
  std::vector<SizeRule> sizes;
  std::vector<Saying> opening;
  std::vector<Exchange> exchanges;  // at least one; the first is there when no other was drawn
  double tls = 0;                   // share of connections
  double websocket = 0;             // likewise
  std::array<Range, 2> overhead;    // bytes on each message by direction, drawn once a connection
  Range round_trip_s = {0.0008, 0.35};
  Range life_s = {60, 7200};
  double joined_late = 0.2;  // share of connections whose beginning was not seen
};

// Whatever is wrong with a file is one sentence with its line and key.
Result<std::vector<Dialect>> read_dialects(const std::string& path);

}  // namespace kanaria::train
