// SPDX-License-Identifier: Apache-2.0
#include "cli/calibrate_from.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "cli/usage.h"
#include "train/calibration.h"

namespace kanaria::cli {

Result<model::Model> calibrate_from(const std::string& path, const train::DataSet& data,
                                    std::span<const uint32_t> rows, nn::Simd simd) {
  auto network = model::load_network(path);
  if (!network) return network.error();
  auto model = train::calibrate(path, *std::move(network), data, rows, simd);
  if (!model) return model;
  const double slope = model->calibration.slope, intercept = model->calibration.intercept;
  say(fmt::format("{}: log-odds of mining = {:.4g} * logit {} {:.4g}\n", path, slope,
                  intercept < 0 ? '-' : '+', intercept < 0 ? -intercept : intercept));
  if (slope <= 0)
    complain(
        fmt::format("{}: its logits do not rise where rows mine; was it trained on lens '{}', "
                    "with mining as class 1?",
                    path, data.lens));
  model->provenance.description =
      "calibrated from " + std::filesystem::path(path).filename().string();
  return model;
}

}  // namespace kanaria::cli
