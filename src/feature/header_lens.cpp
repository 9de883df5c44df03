// SPDX-License-Identifier: Apache-2.0
#include "feature/header_lens.h"

#include <array>
#include <functional>

namespace kanaria::feature {
namespace {

constexpr std::array<std::string_view, 9> kNames{
    "seconds", "ttl",      "ip_id",     "fragment_offset",   "df",
    "mf",      "protocol", "ip_length", "previous_ip_length"};
constexpr float kProtocolTcp = 6;
constexpr size_t kMostSources = 1 << 20;

}  // namespace

std::span<const std::string_view> HeaderLens::value_names() const { return kNames; }

size_t HeaderLens::AddressHash::operator()(const IpAddress& address) const {
  return std::hash<std::string_view>{}(
      {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
}

void HeaderLens::append_rows(const LensInput& input, RowBatch& out) {
  previous_length_.clear();
  for (const decode::Packet& packet : input.packets) {
    if (last_length_.size() > kMostSources) last_length_.clear();
    uint32_t& last = last_length_[packet.src];
    previous_length_.push_back(last);
    last = packet.ip_bytes;
  }
  for (const flow::PacketEvent& event : input.batch.packets) {
    const decode::Packet& packet = input.packets[event.packet];
    const auto row = out.append({event.connection, packet.number, packet.time});
    const Timestamp first = input.table.record(event.connection).first_time;
    row[0] = static_cast<float>(seconds(packet.time - first));
    row[1] = packet.ttl;
    row[2] = static_cast<float>(packet.ip_id);
    row[3] = packet.fragment_offset;
    row[4] = packet.dont_fragment ? 1.0F : 0.0F;
    row[5] = packet.more_fragments ? 1.0F : 0.0F;
    row[6] = kProtocolTcp;
    row[7] = static_cast<float>(packet.ip_bytes);
    row[8] = static_cast<float>(previous_length_[event.packet]);
  }
}

}  // namespace kanaria::feature
