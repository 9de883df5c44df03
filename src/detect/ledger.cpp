// SPDX-License-Identifier: Apache-2.0
#include "detect/ledger.h"

#include <algorithm>

namespace kanaria::detect {

void FrequentSizes::add(uint32_t bytes) {
  for (TypicalSize& size : kept_) {
    if (size.messages > 0 && size.bytes == bytes) {
      ++size.messages;
      return;
    }
  }
  for (TypicalSize& size : kept_) {
    if (size.messages == 0) {
      size = {bytes, 1};
      return;
    }
  }
  for (TypicalSize& size : kept_) --size.messages;
}

TypicalSize FrequentSizes::most_frequent() const {
  return *std::max_element(
      kept_.begin(), kept_.end(),
      [](const TypicalSize& a, const TypicalSize& b) { return a.messages < b.messages; });
}

void Ledger::add(const flow::Message& message, Nanoseconds round_trip) {
  const Nanoseconds gap = std::max<Nanoseconds>(0, message.start - last_end_);
  const MessageRole role = role_of(message, gap, round_trip);
  Gathered& gathered = roles_[static_cast<size_t>(role)];
  ++gathered.messages;
  gathered.sizes.add(message.bytes);
  if (role == MessageRole::kReply) reply_seconds_ += seconds(gap);
  ++messages_;
  last_direction_ = message.direction;
  last_end_ = message.end;
}

// As docs/features.md has it for the lens `rhythm`.
MessageRole Ledger::role_of(const flow::Message& message, Nanoseconds gap,
                            Nanoseconds round_trip) const {
  if (message.direction == flow::Direction::kToServer) return MessageRole::kUp;
  constexpr Nanoseconds kUnknownRoundTrip = kSecond / 20;
  const Nanoseconds trip = round_trip == 0
                               ? kUnknownRoundTrip
                               : std::clamp<Nanoseconds>(round_trip, kSecond / 1000, kSecond);
  const bool is_reply = messages_ > 0 && last_direction_ == flow::Direction::kToServer &&
                        gap <= kSecond / 4 + 3 * trip;
  return is_reply ? MessageRole::kReply : MessageRole::kPush;
}

std::array<RoleSummary, kMessageRoles> Ledger::roles() const {
  std::array<RoleSummary, kMessageRoles> summaries;
  for (size_t role = 0; role < kMessageRoles; ++role)
    summaries[role] = {roles_[role].messages, roles_[role].sizes.most_frequent()};
  return summaries;
}

Nanoseconds Ledger::reply_time() const {
  const uint32_t replies = roles_[static_cast<size_t>(MessageRole::kReply)].messages;
  return replies == 0 ? 0 : static_cast<Nanoseconds>(reply_seconds_ / replies * 1e9);
}

}  // namespace kanaria::detect
