// SPDX-License-Identifier: Apache-2.0
#include "feature/lens.h"

#include <array>

#include <fmt/ranges.h>

#include "feature/header_lens.h"
#include "feature/pair_lens.h"
#include "feature/rhythm_lens.h"

namespace kanaria::feature {

std::span<const std::string_view> lens_names() {
  static constexpr std::array<std::string_view, 4> kNames{
      RhythmLens::kName, PairLens::kName, PairLens::kLengthsName, HeaderLens::kName};
  return kNames;
}

Result<std::unique_ptr<Lens>> make_lens(std::string_view name, const LensOptions& options) {
  if (name == PairLens::kName)
    return std::unique_ptr<Lens>(
        std::make_unique<PairLens>(PairLens::Values::kAll, options.max_gap));
  if (name == PairLens::kLengthsName)
    return std::unique_ptr<Lens>(
        std::make_unique<PairLens>(PairLens::Values::kLengths, options.max_gap));
  if (name == HeaderLens::kName) return std::unique_ptr<Lens>(std::make_unique<HeaderLens>());
  if (name == RhythmLens::kName) return std::unique_ptr<Lens>(std::make_unique<RhythmLens>());
  return Error{
      fmt::format("unknown lens '{}': choose one of {}", name, fmt::join(lens_names(), ", "))};
}

}  // namespace kanaria::feature
