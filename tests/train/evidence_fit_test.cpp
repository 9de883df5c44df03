// SPDX-License-Identifier: Apache-2.0
// Log-odds and the evidence threshold, against values worked out by hand.
#include "train/evidence_fit.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/train/labelled_rows.h"
#include "train/split.h"

namespace kanaria::train {
namespace {

// Connections with the logits of their rows. Logits end in .25 or .75: the middles of bins.
class Scored {
 public:
  Scored& mining(const std::string& kind, size_t connections, std::vector<float> logits) {
    return add(true, kind, connections, std::move(logits));
  }
  Scored& benign(const std::string& kind, size_t connections, std::vector<float> logits) {
    return add(false, kind, connections, std::move(logits));
  }

  DataSet data() const { return labelled_rows(connections_); }
  const std::vector<float>& logits() const { return logits_; }
  EvidenceFit fit(const EvidenceOptions& options) const {
    const DataSet data = this->data();
    return fit_evidence(data, all_rows(data), logits_, options);
  }

 private:
  Scored& add(bool mining, const std::string& kind, size_t connections, std::vector<float> logits) {
    for (; connections > 0; --connections) {
      connections_.push_back(
          {.mining = mining, .kind = kind, .rows = static_cast<uint32_t>(logits.size())});
      logits_.insert(logits_.end(), logits.begin(), logits.end());
    }
    return *this;
  }

  std::vector<MadeUpConnection> connections_;
  std::vector<float> logits_;
};

constexpr EvidenceOptions kNoHandicap{.handicap = 0};
// What an empty bin's least mass adds to the logarithms below.
constexpr double kFloor = 2e-3;

// Shares of mining : benign traffic are 1/4 : 2/4 at 0.25, none : 1/4 at 1.25, 3/4 : 1/4 at 2.25.
// The second's log-odds fall below the first's, so both are one of 1/4 : 3/4, at the mean logit
// (3/4 · 0.25 + 1/4 · 1.25) / 1.
TEST(FitEvidence, JoinsBinsWhereLogOddsWouldFall) {
  Scored scored;
  scored.mining("xmr", 1, {0.25F}).mining("xmr", 3, {2.25F});
  scored.benign("web", 2, {0.25F}).benign("web", 1, {1.25F}).benign("web", 1, {2.25F});
  const auto points = scored.fit(kNoHandicap).calibration.points;
  ASSERT_EQ(points.size(), 2U);
  EXPECT_NEAR(points[0].logit, 0.5, 1e-6);
  EXPECT_NEAR(points[0].log_odds, std::log(1.0 / 3), kFloor);
  EXPECT_NEAR(points[1].logit, 2.25, 1e-6);
  EXPECT_NEAR(points[1].log_odds, std::log(3.0), kFloor);
}

TEST(FitEvidence, LogOddsNeverFallWithTheLogit) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    Scored scored;
    for (size_t i = 0; i < 400; ++i) {
      const auto logit = static_cast<float>(random.uniform(-20, 20));
      // Mines most often around 5: beyond it log-odds would fall.
      const bool mines = i == 0 || random.uniform() < std::exp(-std::abs(logit - 5) / 5);
      mines ? scored.mining("xmr", 1, {logit}) : scored.benign("web", 1, {logit});
    }
    scored.benign("web", 1, {0.0F});
    const auto calibration = scored.fit({}).calibration;
    ASSERT_GE(calibration.points.size(), 2U);
    for (double logit = -25; logit < 25; logit += 0.1)
      ASSERT_LE(calibration.log_odds(logit), calibration.log_odds(logit + 0.1) + 1e-12) << logit;
  }
}

// Where logits say the opposite of the labels, one pool is left: as likely either way.
TEST(FitEvidence, OfLogitsThatFallWhereRowsMineSaysNothing) {
  Scored scored;
  scored.mining("xmr", 3, {-4.25F}).benign("web", 3, {4.25F});
  const auto calibration = scored.fit(kNoHandicap).calibration;
  ASSERT_EQ(calibration.points.size(), 2U) << "a model file needs two";
  for (const double logit : {-10.0, -4.25, 0.0, 4.25, 10.0})
    EXPECT_NEAR(calibration.log_odds(logit), 0, 1e-9);
}

TEST(FitEvidence, TakesTheHandicapOffEveryPoint) {
  Scored scored;
  scored.mining("xmr", 1, {0.25F}).mining("xmr", 3, {2.25F});
  scored.benign("web", 3, {0.25F}).benign("web", 1, {2.25F});
  const auto points = scored.fit(kNoHandicap).calibration.points;
  const auto less = scored.fit({.handicap = 2.5}).calibration.points;
  ASSERT_EQ(points.size(), 2U);
  ASSERT_EQ(less.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(less[i].logit, points[i].logit);
    EXPECT_NEAR(less[i].log_odds, points[i].log_odds - 2.5, 1e-12);
  }
}

// "web" weighs 8 and "dns" 1 of 9: 64 connections and 1. Mining is half at either logit.
TEST(FitEvidence, AKindRecordedOftenDoesNotDrownAnother) {
  for (const size_t recorded : {64U, 640U}) {
    Scored scored;
    scored.mining("xmr", 1, {-3.25F}).mining("xmr", 1, {3.25F});
    scored.benign("web", recorded, {-3.25F}).benign("dns", 1, {3.25F});
    const auto points = scored.fit(kNoHandicap).calibration.points;
    ASSERT_EQ(points.size(), 2U);
    EXPECT_NEAR(points[0].log_odds, std::log(0.5 / (8.0 / 9)), kFloor) << recorded;
    EXPECT_NEAR(points[1].log_odds, std::log(0.5 / (1.0 / 9)), kFloor) << "64 count at the most";
  }
}

// Of 100 benign connections, one by one 1/100 of their mass, one has logit 2.25 and one 4.25, where
// 1/4 and 3/4 of mining lie: log-odds log 25 and log 75. A row's weights are 1/2, 6/16, 6/16
// (docs/definitions.md), so that their evidence is 5/4 times that, less log2(28/16) for the 28
// messages of three rows of full windows.
const double kForTheLength = std::log2(1.75);

Scored two_of_a_hundred() {
  Scored scored;
  scored.mining("xmr", 1, std::vector(3, 2.25F)).mining("xmr", 3, std::vector(3, 4.25F));
  scored.benign("web", 98, std::vector(3, -5.25F));
  scored.benign("web", 1, std::vector(3, 2.25F)).benign("web", 1, std::vector(3, 4.25F));
  return scored;
}

double threshold_at(const Scored& scored, double false_alarms, double least = 2) {
  return scored.fit({.handicap = 0, .false_alarms = false_alarms, .least_threshold = least})
      .threshold;
}

TEST(FitEvidence, ThresholdIsExceededByTheShareOfBenignConnectionsAskedFor) {
  const Scored scored = two_of_a_hundred();
  EXPECT_NEAR(threshold_at(scored, 0.005), 1.25 * std::log(75.0) - kForTheLength, 0.01)
      << "by none";
  EXPECT_NEAR(threshold_at(scored, 0.015), 1.25 * std::log(25.0) - kForTheLength, 0.01) << "by one";
}

TEST(FitEvidence, ThresholdIsNeverBelowTheLeast) {
  const Scored scored = two_of_a_hundred();
  EXPECT_EQ(threshold_at(scored, 0.5), 2);
  EXPECT_EQ(threshold_at(scored, 0.5, 3.5), 3.5);
  EXPECT_EQ(threshold_at(scored, 0.005, 100), 100);
}

// "web" weighs 10 of 11, "dns" 1: that one connection is more than 8 % and less than 10 % of all.
TEST(FitEvidence, ThresholdCountsAUnitByTheRootOfItsConnections) {
  Scored scored;
  scored.mining("xmr", 4, std::vector(3, 4.25F));
  scored.benign("web", 100, std::vector(3, -5.25F)).benign("dns", 1, std::vector(3, 4.25F));
  // For log-odds 64 connections count at the most: 8 of 9 and 1 of 9. 5/4 · log 9 = 2.75.
  EXPECT_NEAR(threshold_at(scored, 0.08, 1), 1.25 * std::log(9.0) - kForTheLength, 0.01);
  EXPECT_EQ(threshold_at(scored, 0.1, 1), 1);
}

// Mining all at 4.25, of the benign mass 2/3 of 1/100: log-odds log 150 there, at -5.25 below -9.
// Evidence log 150 / 2; then 6/16 · -9 takes it all; then log 150 · 6/16.
TEST(FitEvidence, AConnectionsPeakCountsAndNotWhatIsLeftOfIt) {
  Scored scored;
  scored.mining("xmr", 4, std::vector(3, 4.25F));
  scored.benign("web", 99, std::vector(3, -5.25F)).benign("web", 1, {4.25F, -5.25F, 4.25F});
  EXPECT_NEAR(threshold_at(scored, 0.005), std::log(150.0) / 2, 0.01);
}

// Rows at 8 and 10 messages: weights 8/16 and 2/16. All mining and 1/100 of the benign mass lie at
// 4.25: log-odds log 100.
TEST(FitEvidence, ARowCountsByTheMessagesThatAreNewInIt) {
  Scored scored;
  scored.mining("xmr", 4, {4.25F, 4.25F});
  scored.benign("web", 99, {-5.25F, -5.25F}).benign("web", 1, {4.25F, 4.25F});
  DataSet data = scored.data();
  data.value_names = {"messages"};
  for (size_t row = 0; row < data.rows(); ++row)
    data.values[row] = row % 2 == 0 ? 8.0F / 16 : 10.0F / 16;
  const auto fit =
      fit_evidence(data, all_rows(data), scored.logits(), {.handicap = 0, .false_alarms = 0.005});
  EXPECT_NEAR(fit.threshold, 0.625 * std::log(100.0), 0.01);
}

void expect_same(const EvidenceFit& fit, const EvidenceFit& expected) {
  ASSERT_EQ(fit.calibration.points.size(), expected.calibration.points.size());
  for (size_t i = 0; i < fit.calibration.points.size(); ++i) {
    EXPECT_NEAR(fit.calibration.points[i].logit, expected.calibration.points[i].logit, 1e-6);
    EXPECT_NEAR(fit.calibration.points[i].log_odds, expected.calibration.points[i].log_odds, 1e-6);
  }
  EXPECT_NEAR(fit.threshold, expected.threshold, 1e-6);
}

TEST(FitEvidence, CopiesAreNotLookedAt) {
  const Scored scored = two_of_a_hundred();
  const EvidenceOptions options{.handicap = 0, .false_alarms = 0.015};
  DataSet data = scored.data();
  auto logits = scored.logits();
  for (uint32_t connection = 0; connection < data.connections.size(); ++connection) {
    data.add_row(connection, std::array{0.0F}, DataSet::RowOf::kCopy);
    logits.push_back(data.connections[connection].label == Label::kMining ? -9.75F : 9.75F);
  }
  expect_same(fit_evidence(data, all_rows(data), logits, options), scored.fit(options));
}

// The first rows of all connections, then the second ones, then the third ones.
TEST(FitEvidence, RowsOfAConnectionNeedNotStandTogether) {
  Scored scored;
  scored.mining("xmr", 4, {1.25F, 2.25F, 4.25F});
  scored.benign("web", 60, {-5.25F, 1.25F, -5.25F}).benign("web", 1, std::vector(3, 4.25F));
  const EvidenceOptions options{.handicap = 0, .false_alarms = 0.005};
  const DataSet data = scored.data();
  std::vector<uint32_t> rows;
  std::vector<float> logits;
  for (uint32_t nth = 0; nth < 3; ++nth)
    for (uint32_t row = nth; row < data.rows(); row += 3) {
      rows.push_back(row);
      logits.push_back(scored.logits()[row]);
    }
  EXPECT_GT(scored.fit(options).threshold, options.least_threshold) << "rows sum up";
  expect_same(fit_evidence(data, rows, logits, options), scored.fit(options));
}

TEST(FitEvidence, LogitsOfAnySizeGiveFiniteLogOdds) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Scored scored;
  scored.mining("xmr", 2, {kInfinity, 1e30F}).benign("web", 2, {-kInfinity, -1e30F, 3.25F});
  const auto fit = scored.fit({});
  for (const auto& point : fit.calibration.points) {
    EXPECT_TRUE(std::isfinite(point.logit));
    EXPECT_TRUE(std::isfinite(point.log_odds));
  }
  EXPECT_TRUE(std::isfinite(fit.threshold));
}

}  // namespace
}  // namespace kanaria::train
