// SPDX-License-Identifier: Apache-2.0
#include "model/model.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>

namespace kanaria::model {
namespace {

struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileClose>;

// Room for kMostWeights in either form of ONNX. A hostile file takes some 70 times its size to
// parse.
constexpr size_t kLargestModel = 8 << 20;

Result<std::vector<uint8_t>> read_file(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file)
    return Error{fmt::format("{}: the model cannot be opened ({}); check the path", path,
                             std::strerror(errno))};
  std::vector<uint8_t> bytes;
  uint8_t buffer[1 << 16];
  while (const size_t got = std::fread(buffer, 1, sizeof buffer, file.get())) {
    bytes.insert(bytes.end(), buffer, buffer + got);
    if (bytes.size() > kLargestModel)
      return Error{fmt::format("{}: is larger than any model kanaria can use (8 MiB)", path)};
  }
  if (std::ferror(file.get()) != 0)
    return Error{fmt::format("{}: the model cannot be read ({}); check the path", path,
                             std::strerror(errno))};
  return bytes;
}

}  // namespace

double Calibration::log_odds(double logit) const {
  if (points.empty()) return slope * logit + intercept;
  const auto above = std::ranges::upper_bound(points, logit, {}, &CalibrationPoint::logit);
  if (above == points.begin()) return points.front().log_odds;
  if (above == points.end()) return points.back().log_odds;
  const CalibrationPoint &a = above[-1], &b = *above;
  return a.log_odds + (logit - a.logit) / (b.logit - a.logit) * (b.log_odds - a.log_odds);
}

void Calibration::apply(std::span<float> logits) const {
  for (float& logit : logits) logit = static_cast<float>(log_odds(static_cast<double>(logit)));
}

Result<Model> load_model(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  return from_onnx(path, *bytes);
}

Result<Network> load_network(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  return network_from_onnx(path, *bytes);
}

Status save_model(const Model& model, const std::string& path) {
  const std::string bytes = to_onnx(model);
  const std::string partial = path + ".part";
  const auto failed = [&](int reason) {
    return Error{
        fmt::format("{}: the model cannot be written ({}); check the folder and the space left",
                    path, std::strerror(reason))};
  };
  const File file(std::fopen(partial.c_str(), "wb"));
  if (!file) return failed(errno);
  if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() &&
      std::fflush(file.get()) == 0 && std::rename(partial.c_str(), path.c_str()) == 0)
    return Done{};
  const int reason = errno;
  std::remove(partial.c_str());
  return failed(reason);
}

}  // namespace kanaria::model
