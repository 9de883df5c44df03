// SPDX-License-Identifier: Apache-2.0
// A line on stderr that tells how far long work is. Silent unless stderr is a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace kanaria {

class ProgressBar {
 public:
  // `total` in any unit; 0: unknown, then only the amount and the note are shown.
  ProgressBar(std::string label, uint64_t total);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Redraws at most ten times a second.
  void update(uint64_t amount, std::string_view note = {});
  // Removes the line, so that results stand alone.
  void finish();

 private:
  std::string label_;
  uint64_t total_;
  bool on_terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_draw_;
};

}  // namespace kanaria
