// SPDX-License-Identifier: Apache-2.0
#include "report/pictured_connections.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kanaria::report {
namespace {

auto channel_of(const PicturedConnection& c) {
  return std::tuple(c.report.ends.client, c.report.ends.server, c.report.ends.server_port);
}

bool is_stronger(const PicturedConnection& a, const PicturedConnection& b) {
  return std::tuple(a.report.evidence, a.report.messages, b.place) >
         std::tuple(b.report.evidence, b.report.messages, a.place);
}

}  // namespace

void PicturedConnections::add(const detect::ConnectionReport& report,
                              const detect::History& history) {
  kept_.push_back({report, history, added_++});
  if (kept_.size() >= 2 * most_) keep_chosen();
}

void PicturedConnections::keep_chosen() {
  std::sort(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
    if (channel_of(a) != channel_of(b)) return channel_of(a) < channel_of(b);
    return is_stronger(a, b);
  });
  std::vector<std::pair<size_t, PicturedConnection>> ranked;  // rank within its channel
  for (PicturedConnection& connection : kept_) {
    const bool same = !ranked.empty() && channel_of(ranked.back().second) == channel_of(connection);
    ranked.emplace_back(same ? ranked.back().first + 1 : 0, std::move(connection));
  }
  std::erase_if(ranked, [](const auto& entry) { return entry.first >= kMostOfChannel; });
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : is_stronger(a.second, b.second);
  });
  kept_.clear();
  for (size_t i = 0; i < std::min(most_, ranked.size()); ++i)
    kept_.push_back(std::move(ranked[i].second));
}

std::vector<PicturedConnection> PicturedConnections::chosen() const {
  PicturedConnections last = *this;
  last.keep_chosen();
  std::sort(last.kept_.begin(), last.kept_.end(), [](const auto& a, const auto& b) {
    const auto key = [](const PicturedConnection& c) {
      return std::tuple(channel_of(c), c.report.start, c.place);
    };
    return key(a) < key(b);
  });
  return std::move(last.kept_);
}

}  // namespace kanaria::report
