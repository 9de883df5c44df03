// SPDX-License-Identifier: Apache-2.0
// How many packets a second do decoding, the connection table and lens `pair` take alone? Frames
// are TCP segments of 1,000 interleaved connections, in memory.
#include <vector>

#include <benchmark/benchmark.h>

#include "decode/decoder.h"
#include "feature/lens.h"
#include "flow/connection_table.h"

namespace {

using namespace kanaria;

constexpr size_t kConnections = 1000, kPacketsEach = 100;
constexpr size_t kHeaderBytes = 14 + 20 + 20;

void put_be(uint8_t* at, uint32_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) at[i] = static_cast<uint8_t>(value >> 8 * (bytes - 1 - i));
}

struct Traffic {
  std::vector<uint8_t> bytes;
  std::vector<capture::Frame> frames;

  Traffic() : bytes(kConnections * kPacketsEach * kHeaderBytes) {
    for (size_t i = 0; i < kConnections * kPacketsEach; ++i) {
      const auto connection = static_cast<uint32_t>(i % kConnections);
      const auto turn = static_cast<uint32_t>(i / kConnections);
      const bool from_client = turn % 2 == 0;
      uint8_t* at = &bytes[i * kHeaderBytes];
      put_be(at + 12, 0x0800, 2);
      put_be(at + 14, 0x4500, 2);
      put_be(at + 16, 20 + 20 + 100, 2);
      at[22] = 64;
      at[23] = 6;
      put_be(at + (from_client ? 26 : 30), 0x0a000000 + connection, 4);
      put_be(at + (from_client ? 30 : 26), 0xc0000201, 4);
      put_be(at + (from_client ? 34 : 36), 40000, 2);
      put_be(at + (from_client ? 36 : 34), 443, 2);
      put_be(at + 38, 1000 + turn / 2 * 100, 4);
      put_be(at + 42, 1000 + (turn + 1) / 2 * 100, 4);
      put_be(at + 46, 0x5018, 2);
      put_be(at + 48, 502, 2);
      frames.push_back({.bytes = at,
                        .captured = kHeaderBytes,
                        .original = kHeaderBytes + 100,
                        .time = {static_cast<Nanoseconds>(i) * 1'000'000},
                        .number = i + 1,
                        .link_type = 1});
    }
  }
};

std::vector<capture::FrameBurst> bursts_of(const Traffic& traffic) {
  std::vector<capture::FrameBurst> bursts;
  for (const capture::Frame& frame : traffic.frames) {
    if (bursts.empty() || bursts.back().full()) bursts.emplace_back();
    bursts.back().push(frame);
  }
  return bursts;
}

void decode_frames(benchmark::State& state) {
  const Traffic traffic;
  const auto bursts = bursts_of(traffic);
  std::vector<decode::Packet> packets;
  decode::StatusCounts statuses;
  for (auto _ : state) {
    for (const auto& burst : bursts) {
      packets.clear();
      decode::decode_burst(burst, packets, statuses);
      benchmark::DoNotOptimize(packets.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(traffic.frames.size()));
}
BENCHMARK(decode_frames)->Unit(benchmark::kMillisecond);

void follow_connections(benchmark::State& state) {
  const Traffic traffic;
  const auto bursts = bursts_of(traffic);
  std::vector<std::vector<decode::Packet>> batches(bursts.size());
  decode::StatusCounts statuses;
  for (size_t i = 0; i < bursts.size(); ++i) decode::decode_burst(bursts[i], batches[i], statuses);
  const bool with_rows = state.range(0) != 0;
  auto lens = *feature::make_lens("pair", {});
  flow::FlowBatch batch;
  feature::RowBatch rows;
  rows.width = lens->width();
  for (auto _ : state) {
    flow::ConnectionTable table({});
    for (const auto& packets : batches) {
      table.process(packets, {}, batch);
      rows.clear();
      if (with_rows) lens->append_rows({packets, batch, table}, rows);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(traffic.frames.size()));
}
BENCHMARK(follow_connections)
    ->ArgName("with_pair_rows")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
