// SPDX-License-Identifier: Apache-2.0
#include "feature/rhythm_values.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "feature/sample.h"

namespace kanaria::feature {
namespace {

using flow::Direction;
using flow::Message;

constexpr std::array<std::string_view, kRhythmWidth> kNames{"up_share",
                                                            "up_bytes_share",
                                                            "up_size",
                                                            "down_size",
                                                            "push_size",
                                                            "reply_size",
                                                            "mean_size",
                                                            "up_small",
                                                            "largest_size",
                                                            "down_to_up",
                                                            "push_to_reply",
                                                            "push_to_up",
                                                            "up_to_reply",
                                                            "replies_below_push",
                                                            "up_mad",
                                                            "up_equal",
                                                            "up_near",
                                                            "up_spread",
                                                            "up_distinct",
                                                            "up_repeat",
                                                            "push_mad",
                                                            "push_equal",
                                                            "push_near",
                                                            "push_spread",
                                                            "push_distinct",
                                                            "push_repeat",
                                                            "spontaneous_equal",
                                                            "spontaneous_near",
                                                            "push_of_down",
                                                            "answered",
                                                            "push_share",
                                                            "spontaneous_of_up",
                                                            "down_down",
                                                            "up_up",
                                                            "longest_run",
                                                            "turns",
                                                            "gap_p10",
                                                            "gap_p25",
                                                            "gap_p50",
                                                            "gap_p75",
                                                            "gap_p90",
                                                            "duration",
                                                            "pauses",
                                                            "longest_gap",
                                                            "gap_burstiness",
                                                            "push_interval",
                                                            "push_burstiness",
                                                            "push_exponential",
                                                            "push_regular",
                                                            "spontaneous_interval",
                                                            "spontaneous_burstiness",
                                                            "spontaneous_exponential",
                                                            "spontaneous_regular",
                                                            "up_interval",
                                                            "up_burstiness",
                                                            "up_exponential",
                                                            "up_regular",
                                                            "reply_latency",
                                                            "reply_latency_mad",
                                                            "reply_locked",
                                                            "messages"};

// Times are whole nanoseconds in doubles until a logarithm is taken: what lies exactly on a border,
// as the even times of a poller do, is then within it on every machine.
constexpr double kInSecond = static_cast<double>(kSecond);
constexpr double kUnknownRoundTrip = 0.05 * kInSecond;
constexpr double kLeastGap = 1e-4;
constexpr double kLeastDuration = 1e-3 * kInSecond;
constexpr double kLeastLatency = 1e-3 * kInSecond;
constexpr double kLatencyOffset = 0.002 * kInSecond;
constexpr double kMostRelative = 3.0;

double nanoseconds(Nanoseconds time) { return static_cast<double>(time); }
double log_seconds(double time) { return std::log10(std::max(kLeastGap, time / kInSecond)); }

// Messages of one role within the window: their sizes and the times between their starts.
struct Role {
  Sample sizes;
  Sample intervals;

  void add(const Message& message) {
    if (!sizes.empty()) intervals.add(std::max(0.0, nanoseconds(message.start - last_start_)));
    last_start_ = message.start;
    sizes.add(message.bytes);
  }
  size_t size() const { return sizes.size(); }
  bool empty() const { return sizes.empty(); }

 private:
  Timestamp last_start_;
};

double ratio(size_t part, size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

double log_ratio(double a, double b) { return std::log2((a + 20) / (b + 20)); }
double log_ratio(const Sample& a, const Sample& b) {
  return a.empty() || b.empty() ? 0.0 : std::clamp(log_ratio(a.median(), b.median()), -6.0, 6.0);
}

double log_size(const Sample& sizes) { return std::log2(1 + sizes.median()); }

// The roles messages play, and what stands between them.
class Window {
 public:
  Window(std::span<const Message> messages, double round_trip)
      : messages_(messages), round_trip_(round_trip) {
    for (size_t i = 0; i < messages.size(); ++i) add(i);
  }

  void describe(std::span<float> values) const {
    Writer out{values};
    write_sizes(out);
    write_dispersion(up_.sizes, out);
    write_dispersion(push_.sizes, out);
    out.put(largest_cluster(spontaneous_.sizes, equal));
    out.put(largest_cluster(spontaneous_.sizes, near));
    write_turns(out);
    write_gaps(out);
    write_intervals(push_.intervals, out);
    write_intervals(spontaneous_.intervals, out);
    write_intervals(up_.intervals, out);
    write_latency(out);
    out.put(ratio(messages_.size(), MessageWindow::kMost));
    assert(out.at == values.size() && "every value is written once");
  }

 private:
  struct Writer {
    std::span<float> values;
    size_t at = 0;
    void put(double value) { values[at++] = static_cast<float>(value); }
  };

  void add(size_t i) {
    const Message& message = messages_[i];
    all_.add(message.bytes);
    double gap = 0;
    if (i > 0) {
      gap = std::max(0.0, nanoseconds(message.start - messages_[i - 1].end));
      gaps_.add(gap);
      count_turn(messages_[i - 1].direction, message.direction);
    }
    longest_run_ = std::max(longest_run_, ++run_);
    if (message.direction == Direction::kToServer)
      add_up(message);
    else
      add_down(message, i > 0 && messages_[i - 1].direction == Direction::kToServer, gap);
  }

  void count_turn(Direction before, Direction now) {
    if (before != now) {
      ++turns_;
      run_ = 0;
    } else {
      ++(now == Direction::kToServer ? up_up_ : down_down_);
    }
  }

  void add_up(const Message& message) {
    up_.add(message);
    up_bytes_ += message.bytes;
    if (down_.empty() ||
        nanoseconds(message.start - last_down_end_) > 0.2 * kInSecond + round_trip_)
      spontaneous_.add(message);
  }

  void add_down(const Message& message, bool behind_client, double gap) {
    down_.add(message.bytes);
    last_down_end_ = message.end;
    if (behind_client && gap <= 0.25 * kInSecond + 3 * round_trip_) {
      reply_.add(message.bytes);
      latencies_.add(gap);
    } else {
      push_.add(message);
    }
  }

  void write_sizes(Writer& out) const {
    const double bytes = all_.mean() * static_cast<double>(all_.size());
    out.put(ratio(up_.size(), messages_.size()));
    out.put(bytes > 0 ? up_bytes_ / bytes : 0.0);
    for (const Sample* sizes : {&up_.sizes, &down_, &push_.sizes, &reply_})
      out.put(log_size(*sizes));
    out.put(std::log2(1 + all_.mean()));
    out.put(up_.sizes.share_of([](double size) { return size < 600; }));
    out.put(log_ratio(*std::ranges::max_element(all_.values()), all_.median()));
    out.put(log_ratio(down_, up_.sizes));
    out.put(log_ratio(push_.sizes, reply_));
    out.put(log_ratio(push_.sizes, up_.sizes));
    out.put(log_ratio(up_.sizes, reply_));
    const double small = 0.6 * push_.sizes.median();
    out.put(push_.empty() ? 0.0 : reply_.share_of([=](double size) { return size <= small; }));
  }

  static double equal(double) { return 4; }
  static double near(double size) { return std::max(16.0, 0.04 * size); }

  // Largest share of a sample within a distance of one of its values.
  static double largest_cluster(const Sample& sizes, double (*distance)(double)) {
    double largest = 0;
    for (const double size : sizes.values())
      largest = std::max(largest, sizes.share_within(size, distance(size)));
    return largest;
  }

  static void write_dispersion(const Sample& sizes, Writer& out) {
    const double median = std::max(1.0, sizes.median());
    size_t distinct = 0, repeats = 0;
    const auto values = sizes.values();
    for (size_t i = 0; i < values.size(); ++i) {
      const auto before = values.first(i);
      if (std::ranges::find(before, values[i]) == before.end()) ++distinct;
      if (i > 0 && std::fabs(values[i] - values[i - 1]) <= 3) ++repeats;
    }
    out.put(std::min(kMostRelative, sizes.median_deviation() / median));
    out.put(largest_cluster(sizes, equal));
    out.put(largest_cluster(sizes, near));
    const double spread = sizes.percentile(0.9) - sizes.percentile(0.1);
    out.put(std::min(kMostRelative, spread / median) / 3);
    out.put(ratio(distinct, values.size()));
    out.put(values.size() < 2 ? 0.0 : ratio(repeats, values.size() - 1));
  }

  void write_turns(Writer& out) const {
    const size_t neighbours = messages_.size() - 1;
    out.put(ratio(push_.size(), down_.size()));
    out.put(ratio(reply_.size(), up_.size()));
    out.put(ratio(push_.size(), messages_.size()));
    out.put(ratio(spontaneous_.size(), up_.size()));
    out.put(ratio(down_down_, neighbours));
    out.put(ratio(up_up_, neighbours));
    out.put(ratio(longest_run_, messages_.size()));
    out.put(ratio(turns_, neighbours));
  }

  void write_gaps(Writer& out) const {
    for (const double q : {0.1, 0.25, 0.5, 0.75, 0.9}) out.put(log_seconds(gaps_.percentile(q)));
    const double duration =
        std::max(kLeastDuration, nanoseconds(messages_.back().end - messages_.front().start));
    out.put(std::log10(duration / kInSecond));
    out.put(gaps_.share_of([](double gap) { return gap > kInSecond; }));
    out.put(std::min(1.0, *std::ranges::max_element(gaps_.values()) / duration));
    out.put(gaps_.burstiness());
  }

  static void write_intervals(const Sample& intervals, Writer& out) {
    const double median = intervals.median();
    out.put(intervals.empty() ? 0.0 : log_seconds(median));
    out.put(intervals.burstiness());
    out.put(intervals.distance_from_exponential());
    out.put(intervals.share_of(
        [=](double interval) { return 10 * std::fabs(interval - median) <= median; }));
  }

  void write_latency(Writer& out) const {
    const double median = latencies_.median();
    out.put(latencies_.empty()
                ? 0.0
                : std::clamp(std::log2((median + kLatencyOffset) / (round_trip_ + kLatencyOffset)),
                             -3.0, 6.0));
    out.put(
        std::min(kMostRelative, latencies_.median_deviation() / std::max(kLeastLatency, median)));
    const double locked = 2 * round_trip_ + 0.02 * kInSecond;
    out.put(latencies_.share_of([=](double latency) { return latency <= locked; }));
  }

  std::span<const Message> messages_;
  double round_trip_;
  Sample all_, gaps_, down_, reply_, latencies_;
  Role up_, push_, spontaneous_;
  double up_bytes_ = 0;
  Timestamp last_down_end_;
  size_t turns_ = 0, up_up_ = 0, down_down_ = 0, run_ = 0, longest_run_ = 0;
};

}  // namespace

std::span<const std::string_view> rhythm_value_names() { return kNames; }

void rhythm_values(std::span<const Message> messages, Nanoseconds round_trip,
                   std::span<float> values) {
  assert(messages.size() >= 2 && messages.size() <= MessageWindow::kMost);
  const double known = round_trip == 0 ? kUnknownRoundTrip : nanoseconds(round_trip);
  Window(messages, std::clamp(known, 0.001 * kInSecond, kInSecond)).describe(values);
}

}  // namespace kanaria::feature
