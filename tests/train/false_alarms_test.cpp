// SPDX-License-Identifier: Apache-2.0
#include "train/false_alarms.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/flow/conversation.h"
#include "tests/train/labelled_rows.h"

namespace kanaria::train {
namespace {

// Half the 95 % quantile of chi-squared with 2 (count + 1) degrees of freedom (Garwood 1936).
TEST(PoissonUpper, IsGarwoodsLimit) {
  EXPECT_NEAR(poisson_upper(0), -std::log(0.05), 1e-9);
  EXPECT_NEAR(poisson_upper(1), 9.487729 / 2, 1e-6);
  EXPECT_NEAR(poisson_upper(2), 12.591587 / 2, 1e-6);
  EXPECT_NEAR(poisson_upper(9), 31.410433 / 2, 1e-6);
  EXPECT_NEAR(poisson_upper(49), 124.342113 / 2, 1e-5);
}

TEST(FalseAlarms, WithoutAnyAreBoundedByThreeInWhatWasWatched) {
  const FalseAlarms none{.alarms = 0, .observed = 300};
  EXPECT_EQ(none.rate(), 0);
  EXPECT_NEAR(none.upper(), 0.01, 2e-5);
}

class Alarms : public testing::Test {
 protected:
  // A connection of a client of 10.0.0.0/24, from one hour to another.
  void add(uint32_t client, bool mining, bool found, Nanoseconds from, Nanoseconds to) {
    made_up_.push_back({.mining = mining});
    clients_.push_back(client);
    evaluation_.connections.push_back({static_cast<uint32_t>(clients_.size() - 1),
                                       9,
                                       found ? detect::Verdict::kMining : detect::Verdict::kClear,
                                       0,
                                       std::nullopt,
                                       {{from * 3600 * kSecond}, {to * 3600 * kSecond}, {5, 4}}});
  }
  DataSet data() const {
    DataSet data = labelled_rows(made_up_);
    for (size_t i = 0; i < clients_.size(); ++i)
      data.connections[i].ends.client = flow::v4(0x0a000000 + clients_[i]);
    return data;
  }

  std::vector<MadeUpConnection> made_up_;
  std::vector<uint32_t> clients_;
  Evaluation evaluation_;
};

TEST_F(Alarms, OfConnectionsCountTheHoursOfEachThatIsBenign) {
  add(1, false, true, 0, 6);
  add(1, false, false, 3, 5);
  add(2, true, true, 0, 100);
  const FalseAlarms alarms = connection_alarms(data(), evaluation_);
  EXPECT_EQ(alarms.alarms, 1U);
  EXPECT_DOUBLE_EQ(alarms.observed, 8);
}

TEST_F(Alarms, OfHostsCountTimeOnceAndPausesNot) {
  add(1, false, true, 0, 6);
  add(1, false, true, 3, 12);
  add(1, false, false, 4, 5);
  add(1, false, false, 1000, 1012);
  const FalseAlarms alarms = host_alarms(data(), evaluation_);
  EXPECT_EQ(alarms.alarms, 1U);
  EXPECT_DOUBLE_EQ(alarms.observed, 1);
}

TEST_F(Alarms, OfAHostThatMinesSomewhereAreNone) {
  add(1, false, true, 0, 24);
  add(1, true, true, 0, 24);
  add(2, false, false, 0, 24);
  const FalseAlarms alarms = host_alarms(data(), evaluation_);
  EXPECT_EQ(alarms.alarms, 0U);
  EXPECT_DOUBLE_EQ(alarms.observed, 1);
}

}  // namespace
}  // namespace kanaria::train
