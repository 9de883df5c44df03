// SPDX-License-Identifier: Apache-2.0
// What never changes a verdict of lens `pair`, and what never changes anything told at all.
#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/detect/random_traffic.h"
#include "tests/detect/recorded_events.h"

namespace kanaria::detect {
namespace {

using namespace flow;

constexpr uint32_t kConversations = 8;

uint64_t any_seed() { return *rc::gen::arbitrary<uint64_t>(); }

std::vector<std::string> told(std::span<const decode::Packet> packets, const FrameStyle& style = {},
                              const DetectorOptions& options = {},
                              std::span<const size_t> bursts = kWholeBursts) {
  return lines(detected(written(packets, style), options, bursts));
}

// What was judged of each connection, in the order in which they began: no names, no absolute time,
// no sizes of frames.
struct Judged {
  std::vector<std::string> connections;
  friend bool operator==(const Judged&, const Judged&) = default;
};

std::string judgement(const ConnectionReport& r) {
  const auto role = [&r](MessageRole of) {
    const RoleSummary& summary = r.reason.of(of);
    return fmt::format("{}: {}x{}", summary.messages, summary.typical_size.bytes,
                       summary.typical_size.messages);
  };
  return fmt::format(
      "{} {:.17g} {} messages, alarm {}, rows {}/{} up {} push {} reply {} span {} packets {}/{}",
      name(r.verdict), r.evidence, r.messages, r.alarm ? r.alarm->time - r.start : -1,
      r.reason.alarming_rows, r.reason.rows, role(MessageRole::kUp), role(MessageRole::kPush),
      role(MessageRole::kReply), r.reason.span, r.packets[0], r.packets[1]);
}

Judged judged(std::span<const decode::Packet> packets, const FrameStyle& style = {}) {
  auto ends = detected(written(packets, style)).ends();
  std::sort(ends.begin(), ends.end(),
            [](const auto& a, const auto& b) { return a.first_number < b.first_number; });
  Judged out;
  for (const ConnectionReport& report : ends) out.connections.push_back(judgement(report));
  return out;
}

TEST(RandomTraffic, HoldsAllVerdicts) {
  std::array<int, 4> count{};
  for (uint64_t seed = 0; seed < 5; ++seed)
    for (const auto& end : detected(written(random_traffic(seed, kConversations))).ends())
      ++count[static_cast<size_t>(end.verdict)];
  for (const int verdicts : count) EXPECT_GT(verdicts, 0);
}

// Everything told is the same

RC_GTEST_PROP(Told, IsTheSameForAnyNumberOfWorkers, ()) {
  const auto packets = random_traffic(any_seed(), kConversations);
  const unsigned workers = *rc::gen::inRange(2U, 9U);
  RC_ASSERT(told(packets, {}, with_workers(workers)) == told(packets));
}

RC_GTEST_PROP(Told, IsTheSameForAnyCuttingIntoBursts, ()) {
  const auto packets = random_traffic(any_seed(), kConversations);
  const auto sizes = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(1, capture::kBurstFrames)));
  RC_ASSERT(told(packets, {}, {}, sizes) == told(packets));
}

RC_GTEST_PROP(Told, IsTheSameForAnyPayload, (uint64_t payload)) {
  const auto packets = random_traffic(any_seed(), kConversations);
  RC_ASSERT(told(packets, {.payload_seed = payload}) == told(packets));
}

RC_GTEST_PROP(Told, IsTheSameForAnySnapLengthThatHoldsTheHeaders, ()) {
  const auto packets = random_traffic(any_seed(), kConversations, {.timestamps = true});
  const size_t snap = *rc::gen::inRange<size_t>(14 + 20 + 20 + 16, 300);
  RC_ASSERT(told(packets, {.snap_bytes = snap}) == told(packets));
}

// More connections and a longer time than one batch sees; ends are told meanwhile.
std::vector<decode::Packet> hours_of_traffic() {
  std::vector<decode::Packet> all;
  for (uint32_t hour = 0; hour < 3; ++hour) {
    const auto more = random_traffic(hour, 60, {.begin = hour * 60_min});
    all.insert(all.end(), more.begin(), more.end());
  }
  for (size_t i = 0; i < all.size(); ++i) all[i].number = i + 1;
  return all;
}

TEST(Told, OfHoursIsTheSameForAnyNumberOfWorkers) {
  const auto packets = hours_of_traffic();
  EXPECT_TRUE(told(packets, {}, with_workers(4)) == told(packets));
}

TEST(Told, OfHoursIsTheSameForAnyCuttingIntoBursts) {
  const auto packets = hours_of_traffic();
  constexpr size_t kOddBursts[] = {1, 17, 200};
  EXPECT_TRUE(told(packets, {}, {}, kOddBursts) == told(packets));
}

constexpr TableOptions kLittleMemory{.most_connections = 2 * kShards};

TEST(Told, IsTheSameForAnyNumberOfWorkersWhenMemoryIsShort) {
  const auto packets = hours_of_traffic();
  EXPECT_TRUE(told(packets, {}, with_workers(3, kLittleMemory)) ==
              told(packets, {}, with_workers(1, kLittleMemory)));
}

TEST(Told, IsTheSameForAnyCuttingIntoBurstsWhenMemoryIsShort) {
  const auto packets = hours_of_traffic();
  constexpr size_t kOddBursts[] = {1, 17, 200};
  EXPECT_TRUE(told(packets, {}, with_workers(1, kLittleMemory), kOddBursts) ==
              told(packets, {}, with_workers(1, kLittleMemory)));
}

// What is judged is the same

RC_GTEST_PROP(Judged, IsTheSameForOtherAddressesAndPorts, ()) {
  const uint64_t seed = any_seed();
  const Naming other{.address_mask = *rc::gen::arbitrary<uint32_t>(),
                     .port_mask = *rc::gen::inRange<uint16_t>(0, 0x2000)};
  RC_ASSERT(judged(random_traffic(seed, kConversations, {}, other)) ==
            judged(random_traffic(seed, kConversations)));
}

RC_GTEST_PROP(Judged, IsTheSameAtAnotherTime, (int32_t shift_seconds)) {
  const auto packets = random_traffic(any_seed(), kConversations);
  auto shifted = packets;
  for (decode::Packet& packet : shifted) packet.time = packet.time + shift_seconds * kSecond;
  RC_ASSERT(judged(shifted) == judged(packets));
}

RC_GTEST_PROP(Judged, IsTheSameWithAVlanTag, ()) {
  const auto packets = random_traffic(any_seed(), kConversations);
  const uint16_t id = *rc::gen::inRange<uint16_t>(0, 4096);
  RC_ASSERT(judged(packets, {.vlan_ids = {id}}) == judged(packets));
}

RC_GTEST_PROP(Judged, IsTheSameWithTheTimestampsOption, ()) {
  const uint64_t seed = any_seed();
  RC_ASSERT(judged(random_traffic(seed, kConversations, {.timestamps = true})) ==
            judged(random_traffic(seed, kConversations)));
}

RC_GTEST_PROP(Judged, IsTheSameWhateverElseIsGoingOn, ()) {
  const auto packets = random_traffic(any_seed(), kConversations);
  const Naming others{.address_mask = 0x00700000, .port_mask = 0};
  const std::vector<std::vector<decode::Packet>> both{
      packets, random_traffic(any_seed(), 2 * kConversations, {}, others)};
  auto ends = detected(written(interleaved(both))).ends();
  std::erase_if(ends, [](const auto& end) { return (end.ends.client.bytes[13] & 0x70) != 0; });
  std::sort(ends.begin(), ends.end(),
            [](const auto& a, const auto& b) { return a.first_number < b.first_number; });
  Judged of_ours;
  for (const ConnectionReport& report : ends) of_ours.connections.push_back(judgement(report));
  RC_ASSERT(of_ours == judged(packets));
}

}  // namespace
}  // namespace kanaria::detect
