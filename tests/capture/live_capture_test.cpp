// SPDX-License-Identifier: Apache-2.0
#include "capture/live_capture.h"

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
  EXPECT_EQ((*source)->read(burst), ReadState::kEnd);
  EXPECT_FALSE((*source)->fault());
}

}  // namespace
}  // namespace kanaria::capture
