// SPDX-License-Identifier: Apache-2.0
#include "train/wrong_verdict.h"

#include <gtest/gtest.h>

#include "tests/flow/conversation.h"
#include "tests/train/labelled_rows.h"

namespace kanaria::train {
namespace {

using detect::Verdict;

TEST(WrongVerdicts, AreMissedMinersThenOthersAccused) {
  DataSet data = labelled_rows({{.kind = "chat"},
                                {.mining = true, .kind = "xmrig, plain", .group = "g"},
                                {.mining = true, .kind = "eth"},
                                {.mining = true, .kind = "eth"},
                                {.kind = "ssh"}});
  for (LabelledConnection& connection : data.connections) {
    connection.ends = {flow::v4(0x0a000001), flow::v4(0xc0000201), 40000, 3333};
    connection.number = 7;
  }
  Evaluation evaluation;
  evaluation.connections = {{0, 30, Verdict::kMining, 1.5, std::nullopt},
                            {1, 30, Verdict::kSuspicious, 0.25, std::nullopt},
                            {2, 24, Verdict::kUndecided, 0, std::nullopt},
                            {3, 23, Verdict::kClear, 0, std::nullopt},
                            {4, 30, Verdict::kSuspicious, 0, std::nullopt}};
  EXPECT_EQ(csv_of(wrong_verdicts(data, evaluation, 24)),
            "capture,connection,label,kind,source,group,messages,evidence,verdict\n"
            "capture 0,10.0.0.1:40000-192.0.2.1:3333#7,mining,eth,,,24,0,undecided\n"
            "capture 0,10.0.0.1:40000-192.0.2.1:3333#7,mining,\"xmrig, plain\",g,g,30,0.25,"
            "suspicious\n"
            "capture 0,10.0.0.1:40000-192.0.2.1:3333#7,benign,chat,,,30,1.5,mining\n");
}

}  // namespace
}  // namespace kanaria::train
