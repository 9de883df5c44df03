// SPDX-License-Identifier: Apache-2.0
#include "lab/path/release_queue.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace kanaria::lab {
namespace {

// Choice: below it, forgetting is not worth a walk through the table.
constexpr size_t kFewEnds = 1024;

}  // namespace

void ReleaseQueue::add(Packet packet, int64_t time_ns) {
  waiting_bytes_ += packet.bytes.size();
  heap_.push_back({time_ns, added_++, std::move(packet)});
  std::push_heap(heap_.begin(), heap_.end(), is_later);
}

void ReleaseQueue::add_behind(const Ends& ends, Packet packet, int64_t time_ns, int64_t now_ns) {
  if (last_ns_.size() >= forget_at_size_) forget_before(now_ns);
  int64_t& last_ns = last_ns_[ends];
  last_ns = std::max(last_ns, time_ns);
  add(std::move(packet), last_ns);
}

std::optional<int64_t> ReleaseQueue::next_ns() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().time_ns;
}

ReleaseQueue::Due ReleaseQueue::take() {
  assert(!heap_.empty() && "a packet taken from an empty queue");
  std::pop_heap(heap_.begin(), heap_.end(), is_later);
  Due due{heap_.back().time_ns, std::move(heap_.back().packet)};
  heap_.pop_back();
  waiting_bytes_ -= due.packet.bytes.size();
  return due;
}

bool ReleaseQueue::is_later(const Waiting& a, const Waiting& b) {
  return a.time_ns != b.time_ns ? a.time_ns > b.time_ns : a.number > b.number;
}

// What is past cannot hold back what comes.
void ReleaseQueue::forget_before(int64_t now_ns) {
  std::erase_if(last_ns_, [&](const auto& entry) { return entry.second <= now_ns; });
  forget_at_size_ = 2 * last_ns_.size() + kFewEnds;
}

size_t ReleaseQueue::EndsHash::operator()(const Ends& ends) const noexcept {
  uint64_t hash = 0;
  for (const IpAddress* address : {&ends.source, &ends.destination})
    for (const size_t half : {0U, 1U})
      hash = (hash ^ address->half(half)) * 0x9e3779b97f4a7c15;  // Knuth's multiplier, 2^64 / phi
  return hash ^ hash >> 32;
}

}  // namespace kanaria::lab
