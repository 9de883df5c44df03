// SPDX-License-Identifier: Apache-2.0
#include "detect/standings.h"

#include <string_view>

namespace kanaria::detect {
namespace {

// Beyond this many the ones that do not mine are forgotten: a scan of the Internet must not fill
// memory.
constexpr size_t kMostStandings = 1 << 20;

// True when the stronger verdict is a new `mining`.
bool raise(Standing& standing, const ConnectionReport& report) {
  const bool was_mining = standing.verdict == Verdict::kMining;
  if (report.verdict > standing.verdict ||
      (report.verdict == standing.verdict && report.evidence > standing.evidence))
    standing = {report.verdict, report.evidence};
  return !was_mining && standing.verdict == Verdict::kMining;
}

template <typename Map>
void keep_bounded(Map& map) {
  if (map.size() <= kMostStandings) return;
  std::erase_if(map, [](const auto& entry) { return entry.second.verdict != Verdict::kMining; });
}

template <typename Map, typename Key>
Standing find_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? Standing{} : found->second;
}

}  // namespace

size_t Standings::Hash::operator()(const IpAddress& address) const {
  return std::hash<std::string_view>{}(
      {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
}

size_t Standings::Hash::operator()(const Channel& channel) const {
  const Hash hash;
  return hash(channel.client) ^ (hash(channel.server) * 0x9e3779b97f4a7c15) ^ channel.server_port;
}

Standings::Change Standings::add(const ConnectionReport& report) {
  if (report.verdict == Verdict::kUndecided) return {};  // what an unknown one has anyway
  keep_bounded(channels_);
  keep_bounded(hosts_);
  return {.channel_now_mining = raise(channels_[channel_of(report.ends)], report),
          .host_now_mining = raise(hosts_[report.ends.client], report)};
}

Standing Standings::channel(const flow::Ends& ends) const {
  return find_in(channels_, channel_of(ends));
}
Standing Standings::host(const flow::Ends& ends) const { return find_in(hosts_, ends.client); }

}  // namespace kanaria::detect
