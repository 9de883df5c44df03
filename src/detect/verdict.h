// SPDX-License-Identifier: Apache-2.0
// What detection says of a connection, a channel or a host, with the numbers it rests on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/timestamp.h"
#include "flow/connection.h"
#include "flow/flow_batch.h"

namespace kanaria::detect {

// In rising order: the stronger of two verdicts is the greater one.
enum class Verdict : uint8_t { kUndecided, kClear, kSuspicious, kMining };
std::string_view name(Verdict verdict);

enum class Scope : uint8_t { kConnection, kChannel, kHost };
std::string_view name(Scope scope);

// A size one side's messages often have.
struct TypicalSize {
  uint32_t bytes = 0;
  uint32_t messages = 0;
};

// What a message is to the conversation (docs/features.md, `rhythm`).
enum class MessageRole : uint8_t {
  kUp,     // the client's
  kPush,   // the server's, unasked
  kReply,  // the server's, right behind one of the client
};
inline constexpr size_t kMessageRoles = 3;

struct RoleSummary {
  uint32_t messages = 0;
  TypicalSize typical_size;
};

// What a verdict rests on.
struct Reason {
  uint32_t rows = 0;           // judged
  uint32_t alarming_rows = 0;  // that look like mining
  std::array<RoleSummary, kMessageRoles> roles{};
  Nanoseconds reply_time = 0;  // mean; 0: no reply
  Nanoseconds span = 0;        // between first and last segment

  const RoleSummary& of(MessageRole role) const { return roles[static_cast<size_t>(role)]; }
};

struct Alarm {
  Timestamp time;
  uint64_t number = 0;  // of the packet that raised it
  uint32_t input = 0;   // that packet's input, counted from 0 as they were begun
};

struct Authorisation;  // policy.h

// One connection, as far as it was seen.
struct ConnectionReport {
  flow::Ends ends;
  uint32_t input = 0;  // in which it began
  std::array<uint16_t, 2> vlan{};
  uint8_t vlan_count = 0;
  Timestamp start;
  Timestamp end;
  uint64_t first_number = 0;
  std::array<uint32_t, 2> packets{};
  std::array<uint64_t, 2> frame_bytes{};
  bool established = false;  // segments or both directions were seen
  bool closed = false;
  bool began_with_syn = false;
  uint32_t acked_unseen = 0;
  uint32_t messages = 0;
  Verdict verdict = Verdict::kUndecided;
  double evidence = 0;
  double threshold = 0;
  std::optional<Alarm> alarm;
  Reason reason;
  // By the policy, at `end`; nullptr: nobody authorised it to mine.
  const Authorisation* authorisation = nullptr;
};

// Plain words: why the verdict is what it is.
std::string explain(const ConnectionReport& report);

}  // namespace kanaria::detect
