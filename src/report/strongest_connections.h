// SPDX-License-Identifier: Apache-2.0
// Of many connections the ones with the strongest verdict, the most evidence, the most messages.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "detect/verdict.h"

namespace kanaria::report {

class StrongestConnections {
 public:
  explicit StrongestConnections(size_t most) : most_(most) {}

  void add(const detect::ConnectionReport& report) {
    kept_.emplace_back(seen_++, report);
    if (kept_.size() >= 2 * most_) keep_strongest();
  }

  // Strongest first; of equals the first added.
  std::vector<detect::ConnectionReport> strongest() const {
    StrongestConnections sorted = *this;
    sorted.keep_strongest();
    std::vector<detect::ConnectionReport> reports;
    reports.reserve(sorted.kept_.size());
    for (const auto& [place, report] : sorted.kept_) reports.push_back(report);
    return reports;
  }
  uint64_t seen() const { return seen_; }

 private:
  void keep_strongest() {
    std::sort(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
      const auto key = [](const detect::ConnectionReport& report, uint64_t place) {
        return std::tuple(report.verdict, report.evidence, report.messages, UINT64_MAX - place);
      };
      return key(a.second, a.first) > key(b.second, b.first);
    });
    kept_.erase(kept_.begin() + static_cast<ptrdiff_t>(std::min(most_, kept_.size())), kept_.end());
  }

  size_t most_;
  uint64_t seen_ = 0;
  std::vector<std::pair<uint64_t, detect::ConnectionReport>> kept_;  // place among all, report
};

}  // namespace kanaria::report
