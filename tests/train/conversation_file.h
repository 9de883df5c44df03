// SPDX-License-Identifier: Apache-2.0
// Conversations as a capture file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/capture/capture_builder.h"
#include "tests/flow/conversation.h"
#include "tests/flow/frame_writer.h"

namespace kanaria::train {

using Packets = std::vector<decode::Packet>;

// The pcap file of all of them, by time, with nanoseconds.
inline std::string pcap_of(const std::vector<Packets>& conversations) {
  std::vector<test::Record> records;
  for (const flow::WrittenFrame& frame : flow::written(flow::interleaved(conversations)))
    records.push_back({.bytes = frame.bytes,
                       .seconds = static_cast<uint32_t>(frame.time.ns / kSecond),
                       .fraction = static_cast<uint32_t>(frame.time.ns % kSecond)});
  const test::Bytes file = test::pcap_file(records, {.magic = test::kNanosecondMagic});
  return {file.begin(), file.end()};
}

// Of the lengths that length_model() takes for mining: `rounds` of a job, a result and its answer,
// 10 s apart.
inline flow::Conversation mining_talk(flow::End client, Nanoseconds begin, int rounds = 10) {
  flow::Conversation c(client);
  c.syn().at(begin).syn_ack().ack();
  for (int i = 1; i <= rounds; ++i)
    c.server(250).at(begin + i * 10 * kSecond).client(120).after(kSecond).server(70);
  return c;
}

// As many messages of other lengths.
inline flow::Conversation other_talk(flow::End client, Nanoseconds begin, int rounds = 10) {
  flow::Conversation c(client, {0xc0000202, 443});
  c.syn().at(begin).syn_ack().ack();
  for (int i = 1; i <= rounds; ++i)
    c.server(20).at(begin + i * 10 * kSecond).client(30).after(kSecond).server(900);
  return c;
}

}  // namespace kanaria::train
