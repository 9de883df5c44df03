// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/backprop.h"
#include "tests/train/labelled_rows.h"
#include "tests/train/toy_data.h"
#include "train/row_scores.h"
#include "train/split.h"

namespace kanaria::train {
namespace {

TrainOptions small() {
  TrainOptions options;
  options.hidden = {6};
  options.batch = 32;
  options.epochs = 20;
  options.learning_rate = 0.01;
  return options;
}

struct Training {
  Result<model::Model> model;
  std::vector<EpochResult> epochs;
};

// Raises the flag that stops training once `stop_after` epochs were told.
Training train(const DataSet& data, const TrainOptions& options, size_t stop_after = SIZE_MAX) {
  std::vector<EpochResult> epochs;
  std::atomic<bool> stop{false};
  auto model = train_model(data, all_rows(data), options, *nn::choose_simd(), stop,
                           [&](const EpochResult& result) {
                             epochs.push_back(result);
                             if (epochs.size() >= stop_after) stop = true;
                           });
  return {std::move(model), std::move(epochs)};
}

double mean_loss(const model::Model& model, const DataSet& data,
                 const std::vector<uint32_t>& rows) {
  const auto logits = logits_of(model, data, rows, *nn::choose_simd());
  double sum = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    sum += static_cast<double>(nn::cross_entropy(logits[i], data.labels[rows[i]]).loss);
  return sum / static_cast<double>(rows.size());
}

TEST(Trainer, LearnsASeparableProblemWithoutAMistake) {
  const DataSet data = toy_data();
  for (const auto activation :
       {nn::Activation::kRelu, nn::Activation::kTanh, nn::Activation::kSoftsign}) {
    TrainOptions options = small();
    options.activation = activation;
    const Training trained = train(data, options);
    ASSERT_TRUE(trained.model);
    const auto rows = all_rows(data);
    const auto logits = logits_of(*trained.model, data, rows, *nn::choose_simd());
    EXPECT_EQ(confusion(logits, data, rows, 0.0F).accuracy(), 1.0) << name(activation);
    EXPECT_LT(trained.epochs.back().loss, 0.2 * trained.epochs.front().loss);
  }
}

TEST(Trainer, LearnsWithEveryOptimizerAtItsOwnLearningRate) {
  for (const auto kind :
       {nn::OptimizerKind::kSgd, nn::OptimizerKind::kRmsprop, nn::OptimizerKind::kAdagrad,
        nn::OptimizerKind::kAdam, nn::OptimizerKind::kNadam}) {
    TrainOptions options = small();
    options.optimizer = kind;
    options.learning_rate.reset();
    options.validation_share = 0;
    const Training by_default = train(toy_data(), options);
    EXPECT_LT(by_default.epochs.back().loss, 0.8 * by_default.epochs.front().loss)
        << nn::name(kind);
    options.learning_rate = nn::default_learning_rate(kind);
    EXPECT_EQ(train(toy_data(), options).epochs.back().loss, by_default.epochs.back().loss)
        << nn::name(kind);
  }
}

TEST(Trainer, GivesTheModelTheDataSetsLensAndNames) {
  const Training trained = train(toy_data(), small());
  ASSERT_TRUE(trained.model);
  EXPECT_EQ(trained.model->lens, "toy");
  EXPECT_EQ(trained.model->lens_version, 2);
  EXPECT_THAT(trained.model->value_names, testing::ElementsAre("tells", "noise", "constant"));
  EXPECT_EQ(trained.model->provenance.seed, 1U);
}

TEST(Trainer, ScalesByMeanAndDeviationAndLeavesAConstantAlone) {
  TrainOptions options = small();
  options.validation_share = 0;
  const Training trained = train(toy_data(), options);
  ASSERT_TRUE(trained.model);
  const nn::InputScaling& scaling = trained.model->scaling;
  EXPECT_NEAR(scaling.mean[0], 1000, 0.1);
  EXPECT_NEAR(scaling.scale[0], std::sqrt(4 + 1.0 / 3), 0.05);
  EXPECT_EQ(scaling.mean[2], 7.0F);
  EXPECT_EQ(scaling.scale[2], 1.0F);
}

TEST(Trainer, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  const DataSet data = toy_data();
  TrainOptions options = small();
  const std::string first = model::to_onnx(*train(data, options).model);
  EXPECT_EQ(model::to_onnx(*train(data, options).model), first);
  options.seed = 2;
  EXPECT_NE(model::to_onnx(*train(data, options).model), first);
}

TEST(Trainer, OneClassOnlyIsRefused) {
  DataSet data = toy_data();
  TrainOptions options = small();
  options.validation_share = 0;
  std::fill(data.labels.begin(), data.labels.end(), 1.0F);
  EXPECT_EQ(train(data, options).model.error().sentence,
            "all 400 rows to learn from are mining; training needs both classes: add captures of "
            "the other");
  std::fill(data.labels.begin(), data.labels.end(), 0.0F);
  EXPECT_EQ(train(data, options).model.error().sentence,
            "all 400 rows to learn from are benign; training needs both classes: add captures of "
            "the other");
}

TEST(Trainer, MoreWeightsThanAModelFileMayHoldAreRefusedBeforeTraining) {
  TrainOptions options = small();
  options.hidden = {4096, 4096};
  const Training refused = train(toy_data(), options);
  EXPECT_EQ(refused.model.error().sentence,
            "--hidden asks for 16793600 weights; a model has at most 1048576: name fewer nodes");
  EXPECT_TRUE(refused.epochs.empty());
}

TEST(Trainer, ALossThatIsNoNumberIsRefused) {
  TrainOptions options = small();
  options.learning_rate = 1e30;
  EXPECT_EQ(train(toy_data(), options).model.error().sentence,
            "the loss is no longer a number after epoch 1; lower --learning-rate");
}

TEST(Trainer, AModelSpoiltByTheLastStepIsRefused) {
  TrainOptions options = small();
  options.learning_rate = 1e38;
  options.epochs = 1;
  options.batch = 1000;  // one step: its loss was still a number
  options.hidden = {6, 6};
  EXPECT_EQ(train(toy_data(), options).model.error().sentence,
            "the loss is no longer a number after epoch 1; lower --learning-rate");
}

TEST(Trainer, KeepsTheEpochWithTheLowestValidationLoss) {
  const DataSet data = toy_data({.distance = 0.5});  // overlapping classes: it overfits
  TrainOptions options = small();
  options.hidden = {40, 40};
  options.weights = RowWeights::kEqual;
  options.epochs = 40;
  options.patience = 40;
  const Training trained = train(data, options);
  ASSERT_TRUE(trained.model);
  double lowest = 1e9;
  for (const EpochResult& epoch : trained.epochs) lowest = std::min(lowest, epoch.validation_loss);
  EXPECT_LT(lowest, trained.epochs.back().validation_loss);
  const Split parts =
      split(data, all_rows(data), SplitBy::kCapture, options.validation_share, options.seed);
  EXPECT_NEAR(mean_loss(*trained.model, data, parts.test), lowest, 1e-5);
}

TEST(Trainer, EndsAfterTheEpochsOfPatienceWithoutABetterOne) {
  TrainOptions options = small();
  options.hidden = {40, 40};
  options.epochs = 1000;
  options.patience = 3;
  const Training trained = train(toy_data({.distance = 0.5}), options);
  size_t best = 0;
  for (size_t e = 0; e < trained.epochs.size(); ++e)
    if (trained.epochs[e].validation_loss < trained.epochs[best].validation_loss) best = e;
  EXPECT_EQ(trained.epochs.size(), best + 1 + 3);
}

TEST(Trainer, StopEndsItAfterTheEpochAtHandAndKeepsTheBest) {
  const DataSet data = toy_data();
  const Training stopped = train(data, small(), 3);
  ASSERT_TRUE(stopped.model);
  EXPECT_EQ(stopped.epochs.size(), 3U);
  TrainOptions three = small();
  three.epochs = 3;
  EXPECT_EQ(model::to_onnx(*stopped.model), model::to_onnx(*train(data, three).model));
}

TEST(Trainer, WithoutValidationTheLastEpochIsKeptAndNoValidationLossTold) {
  TrainOptions options = small();
  options.validation_share = 0;
  options.patience = 1;
  const Training trained = train(toy_data(), options);
  EXPECT_EQ(trained.epochs.size(), options.epochs);
  EXPECT_TRUE(std::isnan(trained.epochs.back().validation_loss));
}

TEST(Trainer, StopKeepsTheBestEpochNotTheLast) {
  const DataSet data = toy_data({.distance = 0.5});  // overlapping classes: it overfits
  TrainOptions options = small();
  options.hidden = {40, 40};
  options.epochs = options.patience = 30;
  const Training whole = train(data, options);
  size_t best = 0;
  while (best + 1 < whole.epochs.size() &&
         whole.epochs[best + 1].validation_loss < whole.epochs[best].validation_loss)
    ++best;
  const Training stopped = train(data, options, best + 2);  // one epoch after that
  ASSERT_EQ(stopped.epochs.size(), best + 2);
  EXPECT_GE(stopped.epochs.back().validation_loss, stopped.epochs[best].validation_loss);
  options.epochs = best + 1;
  EXPECT_EQ(model::to_onnx(*stopped.model), model::to_onnx(*train(data, options).model));
}

TEST(Trainer, MostRowsEndTrainingWithinAnEpoch) {
  const DataSet data = toy_data();  // 400 rows
  TrainOptions options = small();
  options.validation_share = 0;
  const auto trained = [&](size_t most_rows) {
    options.most_rows = most_rows;
    return train(data, options);
  };
  EXPECT_EQ(trained(1).epochs.size(), 1U);
  EXPECT_EQ(trained(400).epochs.size(), 1U);
  EXPECT_EQ(trained(401).epochs.size(), 2U);
  EXPECT_EQ(trained(SIZE_MAX).epochs.size(), options.epochs);
  const std::string two_and_a_bit = model::to_onnx(*trained(832).model);  // 1 batch of the third
  const std::string two = model::to_onnx(*trained(800).model);
  EXPECT_NE(two_and_a_bit, two);
  options.epochs = 2;
  EXPECT_EQ(model::to_onnx(*trained(SIZE_MAX).model), two);
}

TEST(Trainer, ValidatesOnConnectionsWhereCapturesAreTooFew) {
  std::vector<MadeUpConnection> connections;
  for (uint32_t i = 0; i < 20; ++i)
    connections.push_back({.capture = 0, .mining = i % 2 == 0, .rows = 5});
  const DataSet data = labelled_rows(connections);
  const Training trained = train(data, small());
  ASSERT_TRUE(trained.model);
  const Split parts = split(data, all_rows(data), SplitBy::kConnection, 0.2, 1);
  EXPECT_EQ(parts.test.size(), 4U * 5);
  double lowest = 1e9;
  for (const EpochResult& epoch : trained.epochs) lowest = std::min(lowest, epoch.validation_loss);
  EXPECT_NEAR(mean_loss(*trained.model, data, parts.test), lowest, 1e-5);
}

TEST(Trainer, BalancedWeightsLetARareClassCountAsMuchAsTheOther) {
  // Nine benign rows for each mining one, and nothing that tells them apart.
  DataSet data = toy_data({.captures = 10, .distance = 0});
  for (size_t r = 0; r < data.rows(); ++r) data.labels[r] = data.connection[r] == 1 ? 1.0F : 0.0F;
  TrainOptions options = small();
  options.validation_share = 0;
  options.hidden = {};
  options.epochs = 200;
  const auto mean_logit = [&](RowWeights weights) {
    options.weights = weights;
    const auto rows = all_rows(data);
    double sum = 0;
    for (const float logit : logits_of(*train(data, options).model, data, rows, *nn::choose_simd()))
      sum += static_cast<double>(logit);
    return sum / static_cast<double>(rows.size());
  };
  EXPECT_NEAR(mean_logit(RowWeights::kBalanced), 0, 0.2);
  EXPECT_NEAR(mean_logit(RowWeights::kEqual), std::log(1.0 / 9), 0.2);
}

}  // namespace
}  // namespace kanaria::train
