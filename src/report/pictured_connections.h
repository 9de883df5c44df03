// SPDX-License-Identifier: Apache-2.0
// Of many connections that mine the ones to be drawn: of each channel its strongest before any
// second one of another, and never more than a few.
#pragma once

#include <cstdint>
#include <vector>

#include "detect/history.h"
#include "detect/verdict.h"

namespace kanaria::report {

struct PicturedConnection {
  detect::ConnectionReport report;
  detect::History history;
  uint64_t place = 0;  // among all that were added
};

class PicturedConnections {
 public:
  static constexpr size_t kMostOfChannel = 4;

  explicit PicturedConnections(size_t most) : most_(most) {}

  void add(const detect::ConnectionReport& report, const detect::History& history);
  // By host, server and time.
  std::vector<PicturedConnection> chosen() const;
  size_t most() const { return most_; }

 private:
  void keep_chosen();

  size_t most_;
  uint64_t added_ = 0;
  std::vector<PicturedConnection> kept_;  // at most twice as many as are chosen
};

}  // namespace kanaria::report
