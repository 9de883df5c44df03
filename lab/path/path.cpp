// SPDX-License-Identifier: Apache-2.0
#include "lab/path/path.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace kanaria::lab {
namespace {

// Choice: what a sender without a limit may have under way, so that it cannot fill the memory.
constexpr size_t kMostWaitingBytes = 256 << 20;

}  // namespace

std::optional<int64_t> Bottleneck::pass(int64_t now_ns, size_t bytes, int64_t rate_kbit) {
  if (rate_kbit == 0) return now_ns;
  const int64_t start_ns = std::max(now_ns, free_ns_);
  if (start_ns - now_ns > kLongestQueueNs) return std::nullopt;
  free_ns_ = start_ns + static_cast<int64_t>(bytes) * 8 * 1'000'000 / rate_kbit;
  return free_ns_;
}

Path::Path(LinkTable links, uint64_t seed)
    : links_(std::move(links)),
      random_(seed),
      from_source_(links_.size() + 1),
      to_destination_(links_.size() + 1) {}

void Path::enter(std::span<const uint8_t> bytes, Side target, int64_t now_ns) {
  const std::optional<Ends> ends = ends_of(bytes);
  if (!ends) return void(++counts_.no_route);
  const Link& from = links_.find(ends->source);
  const Link& to = links_.find(ends->destination);
  if (from.number == 0 && to.number == 0) return void(++counts_.no_route);
  if (random_.uniform() < combined_loss(from, to)) return void(++counts_.lost);

  Packet packet{{bytes.begin(), bytes.end()}, target, &to};
  if (!take_hops(packet.bytes, from.hops + to.hops)) return void(++counts_.too_far);
  if (queue_.waiting_bytes() > kMostWaitingBytes) return void(++counts_.queue_full);
  const auto left_ns = from_source_[from.number].pass(now_ns, bytes.size(), from.rate_kbit);
  if (!left_ns) return void(++counts_.queue_full);
  int64_t arrives_ns = *left_ns + from.delay_ns + to.delay_ns;
  arrives_ns += jitter_ns(from);
  arrives_ns += jitter_ns(to);
  queue_.add_behind(*ends, std::move(packet), arrives_ns, now_ns);
}

std::optional<Packet> Path::arrived(int64_t now_ns) {
  while (queue_.is_due(now_ns)) {
    auto [time_ns, packet] = queue_.take();
    const Link* link = std::exchange(packet.link_ahead, nullptr);
    if (!link || link->rate_kbit == 0) {
      ++counts_.arrived[static_cast<size_t>(packet.target)];
      return std::move(packet);  // parts of a binding are not moved by themselves
    }
    const auto through_ns =
        to_destination_[link->number].pass(time_ns, packet.bytes.size(), link->rate_kbit);
    if (through_ns)
      queue_.add(std::move(packet), *through_ns);
    else
      ++counts_.queue_full;
  }
  return std::nullopt;
}

// Exponential: most packets hardly later, few much.
int64_t Path::jitter_ns(const Link& link) {
  return static_cast<int64_t>(-std::log1p(-random_.uniform()) *
                              static_cast<double>(link.jitter_ns));
}

}  // namespace kanaria::lab
