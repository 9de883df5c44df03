// SPDX-License-Identifier: Apache-2.0
#include "train/augmentation.h"

#include <array>
#include <cstdint>

#include "train/connection_random.h"
#include "train/distribution.h"

namespace kanaria::train {
namespace {

using Kind = PerturbationKind;

template <size_t kCount>
double one_of(const std::array<double, kCount>& amounts, Random& random) {
  return amounts[random.below(kCount)];
}

Perturbation draw_padding(Random& random) {
  constexpr uint64_t kMostBytes = 512;
  switch (random.below(3)) {
    case 0: return {Kind::kBuckets, one_of<5>({8, 16, 32, 64, 128}, random)};
    case 1: return {Kind::kPadding, 1.0 + static_cast<double>(random.below(kMostBytes))};
    default: return {Kind::kPadding, 5};
  }
}

// What somebody would do who hides what is said: each write padded at random, some that say
// nothing, some cut in two.
void draw_disguise(std::vector<Perturbation>& drawn, Random& random) {
  const Perturbation padding{Kind::kPadding, random.uniform(32, 512)};
  const bool pads_pieces = happens(.5, random);
  if (!pads_pieces) drawn.push_back(padding);
  if (happens(.75, random)) drawn.push_back({Kind::kDummies, random.uniform(.05, .6)});
  if (happens(.5, random)) drawn.push_back({Kind::kSplitting, random.uniform(.1, .6)});
  if (pads_pieces) drawn.push_back(padding);
}

// A sensor that sees one direction; acknowledgements delayed as systems do: hardly, by 40 ms
// (Linux), by 200 ms.
Perturbation draw_unseen_side(Random& random) {
  const auto side = happens(.5, random) ? Kind::kClientUnseen : Kind::kServerUnseen;
  return {side, one_of<3>({.001, .04, .2}, random)};
}

// Framing: TLS, WebSocket and proxies add a constant, not always the same to both sides.
constexpr uint64_t kOffsets = 60;
double draw_offset(Random& random) { return static_cast<double>(random.below(kOffsets)); }

}  // namespace

// In the order in which they would come about: the programs, their framing, the network, the
// sensor.
std::vector<Perturbation> draw_perturbations(Random& random) {
  std::vector<Perturbation> drawn;
  const auto comes = [&](double probability) { return happens(probability, random); };
  if (comes(.25)) drawn.push_back({Kind::kSpeed, Range{.3, 3}.draw(random)});
  if (comes(.1)) drawn.push_back({Kind::kScale, factor(.25, random)});
  const bool disguised = comes(.35);
  if (disguised) {
    draw_disguise(drawn, random);
  } else {
    if (comes(.1)) drawn.push_back({Kind::kDummies, random.uniform(.03, .3)});
    if (comes(.1)) drawn.push_back({Kind::kSplitting, random.uniform(.05, .4)});
    if (comes(.12)) drawn.push_back({Kind::kMerging, random.uniform(0, .05)});
  }
  if (comes(.5)) {
    drawn.push_back({Kind::kClientOffset, draw_offset(random)});
    drawn.push_back({Kind::kServerOffset, draw_offset(random)});
  }
  if (!disguised && comes(.15)) drawn.push_back(draw_padding(random));
  if (comes(.35)) drawn.push_back({Kind::kDelay, Range{.001, .3}.draw(random)});
  if (comes(.3)) drawn.push_back({Kind::kJitter, one_of<3>({.005, .02, .08}, random)});
  if (comes(.15)) drawn.push_back({Kind::kLoss, random.uniform(0, .1)});
  if (comes(.12)) drawn.push_back(draw_unseen_side(random));
  return drawn;
}

void make_copy(SegmentSequence& sequence, const LabelledConnection& connection, uint64_t seed,
               uint32_t copy, uint64_t piece) {
  constexpr uint64_t kDrawing = UINT64_MAX;  // no piece has that number
  const uint64_t own_seed = seed_of_copy(seed, copy);
  Random drawing = random_of(connection, own_seed, kDrawing);
  Random changing = random_of(connection, own_seed, piece);
  perturb(sequence, draw_perturbations(drawing), changing);
}

}  // namespace kanaria::train
