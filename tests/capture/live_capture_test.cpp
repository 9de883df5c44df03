// SPDX-License-Identifier: Apache-2.0
#include "capture/live_capture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

namespace kanaria::capture {
namespace {

std::string error_of(const LiveOptions& options) {
  const std::atomic<bool> stop{false};
  const auto source = open_interface(options, stop);
  return source ? "" : source.error().sentence;
}

// Loopback is there in every network namespace, but not every user may listen to it.
bool may_capture() { return error_of({.interface = "lo", .filter = ""}).empty(); }

TEST(LiveCapture, UnknownInterfaceIsAnError) {
  if (!may_capture()) GTEST_SKIP() << "this user may not capture";
  EXPECT_EQ(error_of({.interface = "eth99", .filter = ""}),
            "eth99: there is no such interface; list them with 'ip link'");
}

TEST(LiveCapture, MissingPermissionIsAnError) {
  if (may_capture()) GTEST_SKIP() << "this user may capture";
  EXPECT_EQ(error_of({.interface = "lo", .filter = ""}),
            "lo: no permission to capture; run as root or grant CAP_NET_RAW");
}

TEST(LiveCapture, WrongFilterIsAnErrorInLibpcapsWords) {
  if (!may_capture()) GTEST_SKIP() << "this user may not capture";
  EXPECT_EQ(error_of({.interface = "lo", .filter = "port 80 or or"}),
            "filter 'port 80 or or' is not understood (can't parse filter expression: syntax "
            "error); see pcap-filter(7)");
}

TEST(LiveCapture, RaisedStopEndsTheSource) {
  std::atomic<bool> stop{false};
  auto source = open_interface({.interface = "lo", .filter = ""}, stop);
  if (!source) GTEST_SKIP() << "this user may not capture";
  stop = true;
  FrameBurst burst;
  while ((*source)->read(burst) == ReadState::kMore) {
  }
  EXPECT_FALSE((*source)->fault());
}

// A datagram to port 9 of the loopback interface, which nobody needs to listen to.
void send_datagram(uint16_t payload_bytes) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::vector<uint8_t> payload(payload_bytes);
  sendto(fd, payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  close(fd);
}

TEST(LiveCapture, PacketsTakenBeforeTheStopAreHandedOutBehindIt) {
  std::atomic<bool> stop{false};
  auto source = open_interface({.interface = "lo", .filter = "udp dst port 9"}, stop);
  if (!source) GTEST_SKIP() << "this user may not capture";
  constexpr size_t kDatagrams = 300;  // more than one burst
  for (size_t i = 0; i < kDatagrams; ++i) send_datagram(700);
  stop = true;
  size_t seen = 0;
  FrameBurst burst;
  ReadState state;
  do {
    state = (*source)->read(burst);
    for (const Frame& frame : burst.view()) seen += frame.original == 14 + 20 + 8 + 700;
  } while (state == ReadState::kMore);
  EXPECT_EQ(seen, kDatagrams);
}

}  // namespace
}  // namespace kanaria::capture
