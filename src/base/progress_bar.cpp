// SPDX-License-Identifier: Apache-2.0
#include "base/progress_bar.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/timestamp.h"

namespace kanaria {

using Clock = std::chrono::steady_clock;

ProgressBar::ProgressBar(std::string label, uint64_t total)
    : label_(std::move(label)),
      total_(total),
      on_terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      last_draw_(start_) {}

ProgressBar::~ProgressBar() { finish(); }

void ProgressBar::update(uint64_t amount, std::string_view note) {
  if (!on_terminal_) return;
  const auto now = Clock::now();
  if (now - last_draw_ < std::chrono::milliseconds(100)) return;
  last_draw_ = now;
  drawn_ = true;
  if (total_ == 0) {
    fmt::print(stderr, "\r\033[K{} {}", label_, note);
    return;
  }
  constexpr int kWidth = 30;
  const double part = std::min(1.0, static_cast<double>(amount) / static_cast<double>(total_));
  const auto filled = static_cast<size_t>(part * kWidth);
  const auto elapsed = std::chrono::duration_cast<std::chrono::nanoseconds>(now - start_).count();
  const std::string left = part > 0.01 ? display_duration(static_cast<Nanoseconds>(
                                             static_cast<double>(elapsed) / part * (1 - part)))
                                       : "…";
  fmt::print(stderr, "\r\033[K{} [{:<{}}] {:3.0f} %  {} left  {}", label_, std::string(filled, '='),
             kWidth, part * 100, left, note);
}

void ProgressBar::finish() {
  if (std::exchange(drawn_, false)) fmt::print(stderr, "\r\033[K");
}

}  // namespace kanaria
