// SPDX-License-Identifier: Apache-2.0
// The yardstick of bench/peers: walk FILE reads each packet's headers in a mapped classic pcap and
// adds up TCP payload lengths. No table, no allocation: what any reader of headers has to do at
// least on this machine at this moment.
#include <cerrno>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using Bytes = std::span<const uint8_t>;

struct Totals {
  uint64_t packets = 0;
  uint64_t tcp_packets = 0;
  uint64_t tcp_payload_bytes = 0;
  uint64_t digest = 0;  // of sequence numbers, so that reading them is not optimised away
};

uint32_t be16(const uint8_t* at) { return uint32_t{at[0]} << 8 | at[1]; }
uint32_t host32(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, 4);
  return value;
}

void walk_tcp(Bytes segment, uint32_t segment_bytes, Totals& totals) {
  if (segment.size() < 20) return;
  const uint32_t header_bytes = uint32_t{segment[12]} >> 4 << 2;
  ++totals.tcp_packets;
  if (segment_bytes > header_bytes) totals.tcp_payload_bytes += segment_bytes - header_bytes;
  totals.digest = (totals.digest ^ host32(&segment[4])) * 0x9E3779B97F4A7C15;
}

void walk_ip(Bytes packet, uint32_t ethertype, Totals& totals) {
  constexpr uint8_t kTcp = 6;
  if (ethertype == 0x0800 && packet.size() >= 20) {
    const uint32_t header_bytes = (packet[0] & 15u) << 2;
    const uint32_t total_bytes = be16(&packet[2]);
    const bool is_later_fragment = (be16(&packet[6]) & 0x1fff) != 0;
    if (packet[9] != kTcp || is_later_fragment) return;
    if (total_bytes < header_bytes || packet.size() < header_bytes) return;
    walk_tcp(packet.subspan(header_bytes), total_bytes - header_bytes, totals);
  } else if (ethertype == 0x86dd && packet.size() >= 40 && packet[6] == kTcp) {
    walk_tcp(packet.subspan(40), be16(&packet[4]), totals);
  }
}

void walk_frame(Bytes frame, Totals& totals) {
  size_t at = 12;
  while (at + 2 <= frame.size()) {
    const uint32_t ethertype = be16(&frame[at]);
    if (ethertype != 0x8100 && ethertype != 0x88a8) {
      return walk_ip(frame.subspan(at + 2), ethertype, totals);
    }
    at += 4;
  }
}

Totals walk(Bytes capture) {
  constexpr size_t kFileHeader = 24;
  constexpr size_t kRecordHeader = 16;
  Totals totals;
  Bytes rest = capture.subspan(kFileHeader);
  while (rest.size() >= kRecordHeader) {
    const size_t captured_bytes = host32(&rest[8]);
    if (captured_bytes > rest.size() - kRecordHeader) break;
    ++totals.packets;
    walk_frame(rest.subspan(kRecordHeader, captured_bytes), totals);
    rest = rest.subspan(kRecordHeader + captured_bytes);
  }
  return totals;
}

int fail(const char* file, const char* reason) {
  std::fprintf(stderr, "walk: %s: %s; give it a classic pcap of this machine's byte order\n", file,
               reason);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: walk FILE\n", stderr);
    return 2;
  }
  const int file = open(argv[1], O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) return fail(argv[1], std::strerror(errno));
  const auto size = static_cast<size_t>(status.st_size);
  if (size < 24) return fail(argv[1], "shorter than a file header");
  void* mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (mapped == MAP_FAILED) return fail(argv[1], std::strerror(errno));
  madvise(mapped, size, MADV_SEQUENTIAL);
  const auto* bytes = static_cast<const uint8_t*>(mapped);
  if (host32(bytes) != 0xa1b2c3d4 && host32(bytes) != 0xa1b23c4d) {
    return fail(argv[1], "not a classic pcap");
  }
  const Totals totals = walk({bytes, size});
  std::printf("packets %" PRIu64 " tcp %" PRIu64 " payload_bytes %" PRIu64 " digest %016" PRIx64
              "\n",
              totals.packets, totals.tcp_packets, totals.tcp_payload_bytes, totals.digest);
  return 0;
}
