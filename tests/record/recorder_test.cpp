// SPDX-License-Identifier: Apache-2.0
#include "record/recorder.h"

#include <memory>

#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/capture/read_capture.h"
#include "tests/record/traced_frame.h"

namespace kanaria::test {
namespace {

using decode::DecodeStatus;
using record::Recorder;

class RecorderTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path("a.pcapng"); }
  Recorder recorder(std::optional<record::CryptoPan> names = {}) const {
    return Recorder(
        *record::CaptureFiles::create({.path = path(), .rotation = {}, .words = {}, .inputs = {}}),
        std::move(names));
  }
  KeptCapture finished(Recorder& recorder) const {
    EXPECT_TRUE(recorder.files().finish());
    return read_file(path());
  }

 private:
  TemporaryFolder folder_;
};

void record_frames(Recorder& recorder, std::initializer_list<Bytes> frames) {
  capture::FrameBurst burst;
  for (const Bytes& frame : frames) burst.push(frame_of(link::kRaw, frame));
  recorder.record(burst);
}

TEST_F(RecorderTest, WritesHeadersOfTcpAndCountsTheRest) {
  const Bytes web = ipv4(tcp()), name = ipv4(udp(53, zeros(20)), {.protocol = proto::kUdp});
  const Bytes later = ipv4(tcp(), {.fragment = 100});
  Recorder r = recorder();
  record_frames(r, {web, name, later, web});
  EXPECT_EQ(r.counts().frames, 4U);
  EXPECT_EQ(r.counts().written(), 2U);
  EXPECT_EQ(r.counts().wire_bytes, 2 * web.size() + name.size() + later.size());
  EXPECT_EQ(r.counts().header_bytes, 80U);
  EXPECT_EQ(r.counts().statuses.of(DecodeStatus::kNotTcp), 1U);
  EXPECT_EQ(r.counts().statuses.of(DecodeStatus::kLaterFragment), 1U);
  const KeptCapture read = finished(r);
  ASSERT_EQ(read.frames.size(), 2U);
  EXPECT_EQ(read.frames[1].bytes, web.cut_to(40));
  EXPECT_EQ(read.frames[1].original, web.size());
  EXPECT_EQ(read.frames[1].time, 7);
}

TEST_F(RecorderTest, WithAKeyWritesRenamedAddresses) {
  const Bytes web = ipv4(tcp());
  Recorder r = recorder(*record::CryptoPan::create(counting_key()));
  record_frames(r, {web});
  const KeptCapture read = finished(r);
  ASSERT_EQ(read.frames.size(), 1U);
  EXPECT_EQ(read.frames[0].bytes, anonymized(link::kRaw, web));
  EXPECT_NE(read.frames[0].bytes, web.cut_to(40));
}

TEST_F(RecorderTest, DropsOfAllInputsAddUp) {
  Recorder r = recorder();
  record_frames(r, {ipv4(tcp())});
  r.begin_input();
  r.note_dropped(3);
  r.note_dropped(5);
  r.note_dropped(5);
  r.begin_input();
  r.note_dropped(std::nullopt);
  r.note_dropped(2);
  EXPECT_EQ(r.counts().dropped, 7U);
  EXPECT_EQ(finished(r).dropped, 7U);
}

TEST_F(RecorderTest, NobodyCountedIsAnotherThingThanNoneDropped) {
  Recorder r = recorder();
  record_frames(r, {ipv4(tcp())});
  r.note_dropped(std::nullopt);
  EXPECT_EQ(r.counts().dropped, std::nullopt);
  r.note_dropped(0);
  EXPECT_EQ(r.counts().dropped, 0U);
  EXPECT_EQ(finished(r).dropped, 0U);
}

}  // namespace
}  // namespace kanaria::test
