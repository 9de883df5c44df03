// SPDX-License-Identifier: Apache-2.0
#include "train/connection_rules.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <unordered_map>
#include <utility>

#include "capture/capture_file.h"
#include "train/connection_index.h"
#include "train/equal_pushes.h"
#include "train/flow_walk.h"

namespace kanaria::train {
namespace {

// Initial values of the systems in use, and the longest path a packet goes (Yamada & Goto 2012).
constexpr std::array<int, 4> kInitialTtls{32, 64, 128, 255};
constexpr int kLongestPath = 30;
// falcosecurity/falco rules/falco_rules.yaml at e3dbae3, `miner_ports`; ascending.
constexpr std::array<uint16_t, 29> kPoolPorts{
    25,   3333, 3334, 3335, 3336, 3357, 4444, 5555, 5556, 5588, 5730,  6099,  6666,  7777, 7778,
    8000, 8001, 8008, 8080, 8118, 8333, 8888, 8899, 9332, 9999, 14433, 14444, 45560, 45700};
constexpr uint32_t kLeastPackets = 3;  // that have to agree before their IP id counts as fixed

bool is_abnormal(int ttl) {
  const auto* initial = std::lower_bound(kInitialTtls.begin(), kInitialTtls.end(), ttl);
  return *initial - ttl > kLongestPath;
}

// What the client of one connection sent.
struct Observed {
  bool any = false;
  bool abnormal_ttl = false;
  uint32_t ip_id = 0;
  uint32_t packets_with_id = 0;
  bool id_changed = false;
  EqualPushes pushes;

  void add(const decode::Packet& packet) {
    if (!any) {
      abnormal_ttl = is_abnormal(packet.ttl);
      ip_id = packet.ip_id;
      any = true;
    }
    id_changed |= packet.ip_id != ip_id;
    ++packets_with_id;
  }
  // 0 is what RFC 6864 has systems send with packets that are not fragmented.
  bool fixed_id() const { return !id_changed && ip_id != 0 && packets_with_id >= kLeastPackets; }
};

class RuleReader {
 public:
  RuleReader(const DataSet& data, uint32_t capture) : known_(data, capture) {}

  void read(capture::FrameSource& source) {
    const auto look = [this](std::span<const decode::Packet> packets,
                             const flow::FlowBatch& batch) { take(packets, batch); };
    capture::FrameBurst burst;
    capture::ReadState state;
    do {
      state = source.read(burst);
      walk_.process(burst, look);
    } while (state == capture::ReadState::kMore);
    walk_.finish(look);
  }

  std::vector<RuleHits> hits() {
    std::vector<RuleHits> hits;
    hits.reserve(ended_.size());
    for (const auto& ended : ended_)
      hits.push_back({ended.connection, ended.observed.abnormal_ttl,
                      ended.observed.fixed_id() || (ended.isn && with_isn_[*ended.isn] > 1),
                      is_pool_port(ended.server_port), ended.observed.pushes.are_equal()});
    std::sort(hits.begin(), hits.end(),
              [](const auto& a, const auto& b) { return a.connection < b.connection; });
    return hits;
  }

 private:
  using ClientIsn = std::pair<IpAddress, uint32_t>;
  struct Ended {
    uint32_t connection;
    Observed observed;
    std::optional<ClientIsn> isn;
    uint16_t server_port;
  };

  void take(std::span<const decode::Packet> packets, const flow::FlowBatch& batch) {
    for (const flow::ConnectionId id : batch.begun) live_[id] = {};
    for (const flow::PacketEvent& event : batch.packets)
      if (event.direction == flow::Direction::kToServer)
        live_[event.connection].add(packets[event.packet]);
    for (const flow::MessageEvent& event : batch.messages)
      live_[event.connection].pushes.add(event.message);
    for (const flow::EndEvent& event : batch.ended) end(event.connection);
  }

  void end(flow::ConnectionId id) {
    const auto ends = flow::ends_of(walk_.table().connection(id));
    const flow::ConnectionRecord& record = walk_.table().record(id);
    const auto client = static_cast<size_t>(flow::Direction::kToServer);
    std::optional<ClientIsn> isn;
    if (record.isn_known[client]) isn = {ends.client, record.isn[client]};
    if (isn) ++with_isn_[*isn];
    if (const auto known = known_.find(record.first_number))
      ended_.push_back({*known, std::move(live_[id]), isn, ends.server_port});
    live_.erase(id);
  }

  ConnectionIndex known_;
  FlowWalk walk_;
  std::unordered_map<flow::ConnectionId, Observed> live_;
  std::map<ClientIsn, uint32_t> with_isn_;  // connections begun with it
  std::vector<Ended> ended_;
};

}  // namespace

std::string_view name(ConnectionRule rule) {
  static constexpr std::array<std::string_view, 4> kNames{"abnormal TTL", "fixed ISN or IP id",
                                                          "pool's port", "equal pushes"};
  return kNames[static_cast<size_t>(rule)];
}

bool is_pool_port(uint16_t port) { return std::ranges::binary_search(kPoolPorts, port); }

Result<std::vector<RuleHits>> connection_rules(const DataSet& data, uint32_t capture) {
  const std::atomic<bool> stop{false};
  auto source = capture::open_capture(data.captures[capture], stop);
  if (!source) return source.error();
  RuleReader reader(data, capture);
  reader.read(**source);
  return reader.hits();
}

}  // namespace kanaria::train
