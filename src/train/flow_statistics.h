// SPDX-License-Identifier: Apache-2.0
// The 12 statistics of a flow record that DeCrypto classifies (Plný, Hynek & Čejka 2022, doi
// 10.1007/978-3-031-22295-5_8; CESNET's program `decrypto`), to be measured beside a lens. A record
// is what an IPFIX exporter makes of a connection: it ends when the connection does, after 300 s,
// or after 30 s of silence (ipfixprobe's defaults). Those with fewer than 8 packets of either side
// are passed over, as DeCrypto does.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/data_set.h"

namespace kanaria::train {

inline constexpr size_t kFlowStatistics = 12;
// bytes, bytes_rev, packets, packets_rev: of the IP layer, by side. sent, recv: shares of packets;
// avg_pkt_interval, avg_pkt_size, psh_ratio, min_pkt_len, data_symmetry (bytes sent / received; 0
// when none was received): of the record's first 30 packets with payload. overall_duration. Times
// are whole seconds, as DeCrypto's.
std::span<const std::string_view> flow_statistic_names();

struct FlowRecord {
  uint32_t connection;  // index into DataSet::connections
  std::array<float, kFlowStatistics> statistics;
};

// Records of the data set's connections in one capture, those of a connection in their order.
Result<std::vector<FlowRecord>> flow_records(const DataSet& data, uint32_t capture);

}  // namespace kanaria::train
