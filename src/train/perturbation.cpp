// SPDX-License-Identifier: Apache-2.0
#include "train/perturbation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "decode/packet.h"
#include "train/distribution.h"
#include "train/unseen_side.h"

namespace kanaria::train {
namespace {

using flow::TimedSegment;
using Kind = PerturbationKind;

struct Rule {
  Kind kind;
  std::string_view name;
  double least;
  double most;
  enum class Number : uint8_t { kWhole, kAny } number;
  double nothing;  // the amount that changes nothing
};

constexpr double kLongestMessage =
    65535;  // bytes added at the most; beyond it, nothing is a disguise
constexpr double kLongestDelay = 3600;
constexpr double kLongestWait = 0.5;  // of an acknowledgement: RFC 1122 §4.2.3.2
constexpr std::array<Rule, 15> kRules{{
    {Kind::kPadding, "padding", 0, kLongestMessage, Rule::Number::kWhole, 0},
    {Kind::kBuckets, "buckets", 1, kLongestMessage, Rule::Number::kWhole, 1},
    {Kind::kOffset, "offset", 0, kLongestMessage, Rule::Number::kWhole, 0},
    {Kind::kClientOffset, "client-offset", 0, kLongestMessage, Rule::Number::kWhole, 0},
    {Kind::kServerOffset, "server-offset", 0, kLongestMessage, Rule::Number::kWhole, 0},
    {Kind::kScale, "scale", 0.1, 10, Rule::Number::kAny, 1},
    {Kind::kDummies, "dummies", 0, 1, Rule::Number::kAny, 0},
    {Kind::kJitter, "jitter", 0, kLongestDelay, Rule::Number::kAny, 0},
    {Kind::kDelay, "delay", 0, kLongestDelay, Rule::Number::kAny, 0},
    {Kind::kSplitting, "splitting", 0, 1, Rule::Number::kAny, 0},
    {Kind::kMerging, "merging", 0, kLongestDelay, Rule::Number::kAny, 0},
    {Kind::kLoss, "loss", 0, 1, Rule::Number::kAny, 0},
    {Kind::kSpeed, "speed", 0.01, 100, Rule::Number::kAny, 1},
    {Kind::kClientUnseen, "client-unseen", 0, kLongestWait, Rule::Number::kAny, 0},
    {Kind::kServerUnseen, "server-unseen", 0, kLongestWait, Rule::Number::kAny, 0},
}};

Nanoseconds nanoseconds(double seconds) {
  constexpr double kMost = 9.2e18;  // below 2^63
  return static_cast<Nanoseconds>(std::clamp(seconds * 1e9, -kMost, kMost));
}

std::span<const TimedSegment> part(const SegmentSequence& sequence, const MessageRange& message) {
  return std::span(sequence).subspan(message.first, message.end - message.first);
}

// A message whose last segment has so many bytes more.
void append_grown(SegmentSequence& out, std::span<const TimedSegment> message, uint64_t added) {
  const TimedSegment& last = message.back();
  out.insert(out.end(), message.begin(), message.end() - 1);
  const uint64_t bytes = last.segment.bytes + added;
  if (added == 0)
    out.push_back(last);
  else if (last.segment.bytes > last.largest)  // offloaded: stays one
    out.push_back(resized(last, static_cast<uint32_t>(std::min<uint64_t>(bytes, UINT32_MAX))));
  else
    append_write(out, last, bytes);
}

// The first so many bytes of a message. Requires: 0 < bytes <= those of the message.
void append_cut(SegmentSequence& out, std::span<const TimedSegment> message, uint64_t bytes) {
  for (const TimedSegment& segment : message) {
    const auto kept = static_cast<uint32_t>(std::min<uint64_t>(bytes, segment.segment.bytes));
    if (kept > 0) out.push_back(resized(segment, kept));
    bytes -= kept;
  }
  constexpr uint8_t kOfTheLast = decode::kFin | decode::kPsh;
  uint8_t& flags = out.back().segment.flags;
  flags = static_cast<uint8_t>(flags | (message.back().segment.flags & kOfTheLast));
}

// Adds to each message what `extra` says for a message of so many bytes.
void grow_messages(SegmentSequence& sequence, const std::function<uint64_t(uint64_t)>& extra) {
  SegmentSequence grown;
  for (const MessageRange& message : messages_of(sequence)) {
    const auto segments = part(sequence, message);
    append_grown(grown, segments, extra(bytes_of(segments)));
  }
  sequence = std::move(grown);
}

void grow_messages_of(flow::Direction side, SegmentSequence& sequence, uint64_t added) {
  SegmentSequence grown;
  for (const MessageRange& message : messages_of(sequence)) {
    const auto segments = part(sequence, message);
    append_grown(grown, segments, segments.front().segment.direction == side ? added : 0);
  }
  sequence = std::move(grown);
}

void scale_messages(SegmentSequence& sequence, double factor) {
  SegmentSequence scaled;
  for (const MessageRange& message : messages_of(sequence)) {
    const auto segments = part(sequence, message);
    const uint64_t before = bytes_of(segments);
    const auto after = static_cast<uint64_t>(
        std::max<long long>(1, std::llround(factor * static_cast<double>(before))));
    if (after < before)
      append_cut(scaled, segments, after);
    else
      append_grown(scaled, segments, after - before);
  }
  sequence = std::move(scaled);
}

void add_dummies(SegmentSequence& sequence, double share, Random& random) {
  const auto messages = messages_of(sequence);
  std::array<std::vector<MessageRange>, 2> by_side;
  for (const MessageRange& message : messages)
    by_side[flow::index_of(sequence[message.first].segment.direction)].push_back(message);
  const double wanted = share * static_cast<double>(messages.size());
  auto count = static_cast<size_t>(wanted);
  if (happens(wanted - std::floor(wanted), random)) ++count;

  SegmentSequence dummies;
  const Timestamp begin = sequence.front().time;
  const Nanoseconds life = std::max<Nanoseconds>(0, sequence.back().time - begin);
  for (; count > 0; --count) {
    size_t side = random.below(2);
    if (by_side[side].empty()) side = 1 - side;
    const MessageRange& like = by_side[side][random.below(by_side[side].size())];
    Timestamp time =
        begin + static_cast<Nanoseconds>(random.below(static_cast<uint64_t>(life) + 1));
    // In the middle of a message it would cut that in two: it comes behind.
    const auto after = std::upper_bound(
        messages.begin(), messages.end(), time,
        [&](Timestamp t, const MessageRange& message) { return t < sequence[message.first].time; });
    if (after != messages.begin()) time = std::max(time, sequence[std::prev(after)->end - 1].time);
    TimedSegment dummy = sequence[like.end - 1];
    dummy.time = time;
    append_write(dummies, dummy, bytes_of(part(sequence, like)));
  }
  sequence.insert(sequence.end(), dummies.begin(), dummies.end());
}

// Messages of one direction stay in their order: one that would overtake waits for those before.
void jitter(SegmentSequence& sequence, double longest, Random& random) {
  std::array<Timestamp, 2> last_end;
  last_end.fill({std::numeric_limits<Nanoseconds>::min()});
  for (const MessageRange& message : messages_of(sequence)) {
    Timestamp& end = last_end[flow::index_of(sequence[message.first].segment.direction)];
    const Timestamp start = sequence[message.first].time;
    const Nanoseconds delay =
        std::max(start + nanoseconds(random.uniform(0, longest)), end) - start;
    for (size_t i = message.first; i < message.end; ++i)
      sequence[i].time = sequence[i].time + delay;
    end = sequence[message.end - 1].time;
  }
}

// A longer path behind the sensor: what a round trip took, takes so much longer.
void delay_server(SegmentSequence& sequence, double seconds) {
  for (TimedSegment& segment : sequence) {
    if (segment.segment.direction == flow::Direction::kToClient)
      segment.time = segment.time + nanoseconds(seconds);
    if (segment.round_trip > 0) segment.round_trip += nanoseconds(seconds);
  }
}

// The two writes of a message, cut behind its `cut`-th byte.
void append_split(SegmentSequence& out, std::span<const TimedSegment> message, uint64_t cut) {
  for (const TimedSegment& segment : message) {
    const uint32_t bytes = segment.segment.bytes;
    if (cut > 0 && cut < bytes) {
      out.push_back(resized(segment, static_cast<uint32_t>(cut)));
      out.back().segment.flags &= static_cast<uint8_t>(~decode::kFin);
      out.push_back(resized(segment, static_cast<uint32_t>(bytes - cut)));
    } else {
      out.push_back(segment);
    }
    cut -= std::min<uint64_t>(cut, bytes);
  }
}

void split_messages(SegmentSequence& sequence, double share, Random& random) {
  SegmentSequence split;
  for (const MessageRange& message : messages_of(sequence)) {
    const auto segments = part(sequence, message);
    const uint64_t bytes = bytes_of(segments);
    const uint64_t cut = bytes > 1 && happens(share, random) ? 1 + random.below(bytes - 1) : 0;
    append_split(split, segments, cut);
  }
  sequence = std::move(split);
}

void merge_messages(SegmentSequence& sequence, double seconds) {
  SegmentSequence merged;
  const auto messages = messages_of(sequence);
  for (size_t first = 0; first < messages.size();) {
    const TimedSegment& opening = sequence[messages[first].first];
    size_t last = first;
    while (last + 1 < messages.size()) {
      const TimedSegment& next = sequence[messages[last + 1].first];
      if (next.segment.direction != opening.segment.direction ||
          next.time - opening.time > nanoseconds(seconds))
        break;
      ++last;
    }
    const auto together = part(sequence, {messages[first].first, messages[last].end});
    if (first == last)
      merged.insert(merged.end(), together.begin(), together.end());
    else
      append_write(merged, together.back(), bytes_of(together));
    first = last + 1;
  }
  sequence = std::move(merged);
}

// Twice the fastest answer seen, within the least timeout of common systems (0.2 s) and the one a
// connection begins with (RFC 6298 §2: 1 s).
Nanoseconds retransmission_timeout(const SegmentSequence& sequence) {
  constexpr Nanoseconds kLeast = kSecond / 5;
  constexpr Nanoseconds kMost = kSecond;
  Nanoseconds fastest = kMost;
  for (size_t i = 1; i < sequence.size(); ++i)
    if (sequence[i].segment.direction != sequence[i - 1].segment.direction)
      fastest = std::min(fastest, sequence[i].time - sequence[i - 1].time);
  return 2 * std::clamp(fastest, kLeast / 2, kMost / 2);
}

void lose_segments(SegmentSequence& sequence, double share, Random& random) {
  const Nanoseconds timeout = retransmission_timeout(sequence);
  for (TimedSegment& segment : sequence)
    if (happens(share, random)) segment.time = segment.time + timeout;
}

void change_speed(SegmentSequence& sequence, double factor) {
  const Timestamp begin = sequence.front().time;
  for (TimedSegment& segment : sequence) {
    segment.time = begin + nanoseconds(seconds(segment.time - begin) / factor);
    if (segment.round_trip > 0)  // 0 is an unknown one
      segment.round_trip =
          std::max<Nanoseconds>(1, nanoseconds(seconds(segment.round_trip) / factor));
  }
}

void apply(const Perturbation& perturbation, SegmentSequence& sequence, Random& random) {
  const double amount = perturbation.amount;
  const auto bytes = [amount] { return static_cast<uint64_t>(amount); };
  switch (perturbation.kind) {
    case Kind::kPadding:
      return grow_messages(sequence, [&](uint64_t) { return random.below(bytes() + 1); });
    case Kind::kBuckets:
      return grow_messages(sequence,
                           [&](uint64_t size) { return (bytes() - size % bytes()) % bytes(); });
    case Kind::kOffset: return grow_messages(sequence, [&](uint64_t) { return bytes(); });
    case Kind::kClientOffset:
      return grow_messages_of(flow::Direction::kToServer, sequence, bytes());
    case Kind::kServerOffset:
      return grow_messages_of(flow::Direction::kToClient, sequence, bytes());
    case Kind::kScale: return scale_messages(sequence, amount);
    case Kind::kDummies: return add_dummies(sequence, amount, random);
    case Kind::kJitter: return jitter(sequence, amount, random);
    case Kind::kDelay: return delay_server(sequence, amount);
    case Kind::kSplitting: return split_messages(sequence, amount, random);
    case Kind::kMerging: return merge_messages(sequence, amount);
    case Kind::kLoss: return lose_segments(sequence, amount, random);
    case Kind::kSpeed: return change_speed(sequence, amount);
    case Kind::kClientUnseen:
      return leave_side_out(sequence, flow::Direction::kToServer, nanoseconds(amount));
    case Kind::kServerUnseen:
      return leave_side_out(sequence, flow::Direction::kToClient, nanoseconds(amount));
  }
}

bool changes_nothing(const Perturbation& perturbation) {
  const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& known) {
    return known.kind == perturbation.kind;
  });
  return perturbation.amount == rule->nothing;
}

Error unknown(std::string_view name) {
  std::string names;
  for (const Rule& rule : kRules) names.append(names.empty() ? "" : ", ").append(rule.name);
  return {fmt::format("unknown perturbation '{}': choose one of {}", name, names)};
}

}  // namespace

Result<Perturbation> parse_perturbation(std::string_view spec) {
  const std::string_view name = spec.substr(0, spec.find(':'));
  const auto rule = std::find_if(kRules.begin(), kRules.end(),
                                 [&](const Rule& known) { return known.name == name; });
  if (rule == kRules.end()) return unknown(name);
  const std::string_view text = spec.substr(std::min(name.size() + 1, spec.size()));
  double amount = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), amount);
  const bool whole = rule->number == Rule::Number::kWhole;
  const bool fits = code == std::errc{} && end == text.data() + text.size() &&
                    amount >= rule->least && amount <= rule->most &&
                    (!whole || amount == std::floor(amount));
  if (fits) return Perturbation{rule->kind, amount};
  return Error{fmt::format("perturbation '{}': '{}' is no {} from {} to {}", spec, text,
                           whole ? "whole number" : "number", rule->least, rule->most)};
}

void perturb(SegmentSequence& sequence, std::span<const Perturbation> perturbations,
             Random& random) {
  for (const Perturbation& perturbation : perturbations) {
    if (sequence.empty() || changes_nothing(perturbation)) continue;
    put_in_order(sequence);
    apply(perturbation, sequence, random);
    put_in_order(sequence);
    uint64_t number = 0;
    for (TimedSegment& segment : sequence)
      number = segment.number = std::max(number, segment.number);
  }
}

}  // namespace kanaria::train
