// SPDX-License-Identifier: Apache-2.0
#include "train/conversation.h"

#include "decode/packet.h"
#include "train/event_times.h"
#include "train/message_size.h"
#include "train/wrapping.h"

namespace kanaria::train {
namespace {

using flow::Direction;

// What one side wrote at once, by the time the sensor saw it.
struct Said {
  double time;  // seconds since the beginning
  Direction direction;
  uint32_t bytes;
};

// The way between the two ends, and how fast they are; drawn once a connection.
struct Path {
  double to_server_s;  // from the sensor to the server and back
  double to_client_s;  // from the sensor to the client and back
  double jitter;       // mean delay in queues, as a share of that
  double behind_s;     // mean time from one message of a side to its next in a row
  double bytes_per_s;
  uint32_t largest;  // payload bytes of a segment

  // From a message seen to the first message seen of who hears it and answers at once.
  double around(Direction answers, Random& random) const {
    const double least = answers == Direction::kToClient ? to_server_s : to_client_s;
    return least * (1 + jitter * exponential(random));
  }
};

// MSS of Ethernet with and without timestamps, of PPPoE and of tunnels.
constexpr std::array<uint32_t, 8> kLargest{1460, 1448, 1440, 1428, 1380, 1368, 1360, 1208};

Path draw_path(const Dialect& dialect, Random& random) {
  return {.to_server_s = dialect.round_trip_s.draw(random),
          .to_client_s = Range{0.0001, 0.01}.draw(random),
          .jitter = Range{0.002, 0.3}.draw(random),
          .behind_s = Range{0.0001, 0.03}.draw(random),
          .bytes_per_s = Range{2e5, 1e8}.draw(random),
          .largest = kLargest[random.below(kLargest.size())]};
}

// A list of sayings with what its connection drew for it.
struct Script {
  Script(const std::vector<Saying>& sayings, Range takes, Random& random)
      : says(&sayings), takes_s(takes.draw(random)), takes_sigma(Range{0.03, 0.8}.draw(random)) {
    for (const Saying& saying : sayings) chances.push_back(saying.chance.draw(random));
  }
  const std::vector<Saying>* says;
  std::vector<double> chances;
  double takes_s;
  double takes_sigma;
};

// An exchange that goes on in a connection.
struct Going {
  Going(const Exchange& of, Random& random)
      : exchange(&of),
        script(of.says, of.takes_s, random),
        timing(of.timing[random.below(of.timing.size())]),
        times(timing, random),
        every_s(of.every_s.draw(random)),
        settles_s(of.settles_s ? of.settles_s->draw(random) : every_s) {}

  const Exchange* exchange;
  Script script;
  Timing timing;
  EventTimes times;
  double every_s;
  double settles_s;
  double next_s = 0;
};

class Talk {
 public:
  Talk(const Dialect& dialect, size_t most_messages, Random& random)
      : dialect_(dialect),
        random_(random),
        most_(most_messages),
        late_(happens(dialect.joined_late, random)),
        path_(draw_path(dialect, random)),
        wrapping_(dialect, random),
        retarget_s_(Range{20, 120}.draw(random)),
        life_s_(dialect.life_s.draw(random)) {
    const uint64_t said = late_ ? Range{1, 10'000}.draw_whole(random) : 0;
    for (const SizeRule& rule : dialect.sizes) sizes_.emplace_back(rule, said, random);
  }

  void run() {
    const double begin = late_ ? 0 : open();
    draw_exchanges(begin);
    while (said_.size() < most_) {
      Going& going = *std::ranges::min_element(going_, {}, &Going::next_s);
      if (going.next_s >= begin + life_s_) break;
      begin_again(going);
    }
    std::ranges::stable_sort(said_, {}, &Said::time);
    said_.resize(std::min(said_.size(), std::max(most_, opened_)));
  }

  SegmentSequence segments(Timestamp start) const;

 private:
  double open() {
    double now = 0;
    for (const HandshakeMessage& message : wrapping_.handshake(random_)) {
      now += path_.around(message.direction, random_);
      now = say(now, message.direction, message.bytes);
    }
    if (!dialect_.opening.empty())
      now = say(now, Script(dialect_.opening, Exchange{}.takes_s, random_));
    opened_ = said_.size();
    return now;
  }

  void draw_exchanges(double now) {
    for (const Exchange& exchange : dialect_.exchanges)
      if (happens(exchange.of_connections, random_)) going_.emplace_back(exchange, random_);
    if (going_.empty()) going_.emplace_back(dialect_.exchanges.front(), random_);
    for (Going& going : going_)
      going.next_s = now + period(going, now) * going.times.first(random_);
  }

  void begin_again(Going& going) {
    const double now = going.next_s;
    if (going.timing == Timing::kSilence) {
      const double silent_since = last_[flow::index_of(begins(going))];
      if (silent_since + going.every_s > now) {
        going.next_s = silent_since + going.every_s * going.times.gap(random_);
        if (going.next_s > now) return;
      }
    }
    const double end = say(now, going.script);
    const double from = going.exchange->begins == Begins::kByTime ? now : end;
    going.next_s = from + period(going, now) * going.times.gap(random_);
  }

  static Direction begins(const Going& going) { return going.exchange->says.front().direction; }

  // As pools adjust difficulty: each time half of the way to where it settles, in ratios.
  double period(const Going& going, double now) const {
    const double steps = late_ ? 64 : std::floor(now / retarget_s_);
    return going.every_s * std::pow(going.settles_s / going.every_s, 1 - std::exp2(-steps));
  }

  // Returns when the last of it was said.
  double say(double now, const Script& script) {
    std::optional<Direction> before;
    for (size_t i = 0; i < script.says->size(); ++i) {
      const Saying& saying = (*script.says)[i];
      if (!happens(script.chances[i], random_)) continue;
      for (uint64_t left = saying.run.draw_whole(random_); left > 0; --left) {
        now += pause(before, saying.direction, script);
        before = saying.direction;
        now = say(now, saying.direction,
                  wrapping_.wrapped(saying.direction, sizes_[saying.size].next(random_)));
      }
    }
    return now;
  }

  double pause(std::optional<Direction> before, Direction speaks, const Script& script) {
    if (!before) return 0;
    if (*before == speaks) return path_.behind_s * exponential(random_);
    return path_.around(speaks, random_) + script.takes_s * factor(script.takes_sigma, random_);
  }

  double say(double now, Direction direction, uint32_t bytes) {
    said_.push_back({now, direction, bytes});
    double& last = last_[flow::index_of(direction)];
    last = std::max(last, now);
    return now + transmission(bytes);
  }
  // Behind the first segment of a message.
  double transmission(uint32_t bytes) const {
    return static_cast<double>(bytes - std::min(bytes, path_.largest)) / path_.bytes_per_s;
  }

  const Dialect& dialect_;
  Random& random_;
  size_t most_;
  bool late_;
  Path path_;
  Wrapping wrapping_;
  double retarget_s_;
  double life_s_;
  std::vector<MessageSize> sizes_;
  std::vector<Going> going_;
  std::vector<Said> said_;
  std::array<double, 2> last_{};  // when each side last began to say something
  size_t opened_ = 0;             // messages of the opening
};

Nanoseconds nanoseconds(double seconds) { return static_cast<Nanoseconds>(seconds * 1e9); }

// What a side says waits for what it is still sending, and segments of one write follow each other
// as fast as the path lets them.
SegmentSequence Talk::segments(Timestamp start) const {
  SegmentSequence sequence;
  std::array<double, 2> free{};
  for (const Said& said : said_) {
    flow::TimedSegment like;
    like.largest = path_.largest;
    like.round_trip = nanoseconds(path_.to_server_s);
    like.segment.direction = said.direction;
    like.segment.flags = decode::kAck | decode::kPsh;
    double& now = free[flow::index_of(said.direction)];
    now = std::max(now, said.time);
    size_t segment = sequence.size();
    append_write(sequence, like, said.bytes);
    for (; segment < sequence.size(); ++segment) {
      sequence[segment].time = start + nanoseconds(now);
      if (segment + 1 < sequence.size()) now += sequence[segment].segment.bytes / path_.bytes_per_s;
    }
  }
  put_in_order(sequence);
  for (size_t i = 0; i < sequence.size(); ++i) sequence[i].number = i + 1;
  return sequence;
}

}  // namespace

SegmentSequence converse(const Dialect& dialect, Timestamp start, size_t most_messages,
                         Random& random) {
  Talk talk(dialect, most_messages, random);
  talk.run();
  return talk.segments(start);
}

}  // namespace kanaria::train
