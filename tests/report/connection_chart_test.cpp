// SPDX-License-Identifier: Apache-2.0
#include "report/connection_chart.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/counted.h"

namespace kanaria::report {
namespace {

using Json = nlohmann::json;

ConnectionChart small_chart() {
  return {.x_title = "seconds",
          .messages = {{0, 200}, {1, -1000}, {40, 120}},
          .evidence = {{1, 0.5}, {40, 4.0}},
          .threshold = 3,
          .alarm = Point{40, 4.0}};
}

Json spec_of(const ConnectionChart& chart) { return Json::parse(to_chart(chart, "").spec); }

TEST(ConnectionChart, DrawsMessagesUpAndDownFromOneLine) {
  const Json spec = spec_of(small_chart());
  EXPECT_EQ(spec["data"][0]["values"],
            Json::parse(R"([{"x":0.0,"b":200.0},{"x":1.0,"b":-1000.0},{"x":40.0,"b":120.0}])"));
  const Json domain = spec["scales"][1]["domain"];
  EXPECT_LT(domain[0], -1000);
  EXPECT_GT(domain[1], 200);
}

TEST(ConnectionChart, HoldsTheLastEvidenceToTheEnd) {
  ConnectionChart chart = small_chart();
  chart.messages.push_back({90, 10});
  const Json rows = spec_of(chart)["data"][1]["values"];
  EXPECT_EQ(rows.back(), Json::parse(R"({"x":90.0,"y":4.0})"));
  EXPECT_EQ(spec_of(chart)["scales"][0]["domain"], Json({0, 90}));
}

TEST(ConnectionChart, ShowsTheThresholdWhenTheEvidenceStaysFarBelowIt) {
  ConnectionChart chart = small_chart();
  chart.evidence = {{1, 0.01}};
  chart.alarm.reset();
  const Json spec = spec_of(chart);
  EXPECT_GT(spec["scales"][2]["domain"][1], 3);
  EXPECT_TRUE(spec["data"][2]["values"].empty());
}

TEST(ConnectionChart, KeepsTheThresholdInSightOfMuchEvidence) {
  EXPECT_EQ(spec_of(small_chart())["scales"][2]["type"], "linear");
  ConnectionChart chart = small_chart();
  chart.evidence.push_back({60, 900});
  EXPECT_EQ(spec_of(chart)["scales"][2]["type"], "symlog");
}

TEST(ConnectionChart, LeavesOutWhatIsNotFinite) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  ConnectionChart chart = small_chart();
  chart.messages.push_back({kNan, 1});
  chart.evidence.push_back({2, std::numeric_limits<double>::infinity()});
  chart.alarm = Point{kNan, 1};
  const Json spec = spec_of(chart);
  EXPECT_EQ(spec["data"][0]["values"].size(), 3U);
  EXPECT_TRUE(spec["data"][2]["values"].empty());
  EXPECT_THAT(to_chart(chart, "").spec, testing::Not(testing::HasSubstr("null}")));
}

TEST(ConnectionChart, IsTextForThoseWhoCannotSeeIt) {
  EXPECT_EQ(to_chart(small_chart(), "").text,
            "3 messages over seconds; evidence from 0.5 to 4, threshold 3; alarm at (40, 4).");
}

TEST(Counted, GroupsThousandsAndKnowsOneFromMany) {
  EXPECT_EQ(counted(1, "frame"), "1 frame");
  EXPECT_EQ(counted(0, "frame"), "0 frames");
  EXPECT_EQ(counted(999, "frame"), "999 frames");
  EXPECT_EQ(counted(1000, "frame"), "1,000 frames");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-123456), "-123,456");
}

}  // namespace
}  // namespace kanaria::report
