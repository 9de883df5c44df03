// SPDX-License-Identifier: Apache-2.0
// The payload bytes of make_capture's connections: whole openings of TLS (with a server name), HTTP
// with JSON, JSON lines and Stratum, so that a peer that reads payload finds what it looks
// for; behind these heads come random bytes (encrypted) or JSON text (clear).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "frame_buffer.h"
#include "traffic_profile.h"

namespace kanaria::bench {

enum class Purpose : uint8_t { kOpening, kRequest, kAnswer, kPush };

// RFC 8446, 5.1: bytes of a full record, its header included.
inline constexpr uint32_t kRecordBytes = 5 + (1 << 14);
// Fits a second-level cache. Filler is read round and round, at most a frame's worth at once.
inline constexpr uint32_t kFillerBytes = 1 << 20;

// What one side says in one turn. Its bytes depend on the offset alone: a retransmission repeats
// them.
struct Message {
  std::string head;
  uint32_t size = 0;
  std::string_view filler;  // kFillerBytes + kLargestFrame of what may follow the head
  uint32_t filler_start = 0;
  bool in_tls_records = false;  // from the end of the head on
};

// Fills `out` with the bytes of `message` from `offset` on. Requires at most kLargestFrame of them.
inline void copy_bytes(const Message& message, uint32_t offset, std::span<uint8_t> out) {
  const uint32_t filler_at = (message.filler_start + offset) % kFillerBytes;
  std::memcpy(out.data(), message.filler.data() + filler_at, out.size());
  const auto head_size = static_cast<uint32_t>(message.head.size());
  if (offset < head_size) {
    std::memcpy(out.data(), message.head.data() + offset,
                std::min<size_t>(head_size - offset, out.size()));
  }
  if (!message.in_tls_records) return;

  const uint32_t end = offset + static_cast<uint32_t>(out.size());
  uint32_t record = head_size;
  if (offset > head_size) record += (offset - head_size) / kRecordBytes * kRecordBytes;
  for (; record < end; record += kRecordBytes) {
    const uint32_t body = std::min(kRecordBytes, message.size - record) - 5;
    const uint8_t header[] = {0x17, 3, 3, static_cast<uint8_t>(body >> 8),
                              static_cast<uint8_t>(body)};
    for (uint32_t i = 0; i < sizeof header; ++i) {
      if (record + i >= offset && record + i < end) out[record + i - offset] = header[i];
    }
  }
}

class MessageWriter {
 public:
  explicit MessageWriter(Random& random) : random_(random) {
    noise_ = random_bytes(kFillerBytes);
    while (text_.size() < kFillerBytes) {
      text_ += from_pattern(R"({"id":@@@@@,"name":"############","value":@@@,"tags":["a","b"]},)");
    }
    text_.resize(kFillerBytes);
    noise_ += noise_.substr(0, kLargestFrame);
    text_ += text_.substr(0, kLargestFrame);
  }

  // `size` is a wish for what follows the head; a JSON line is all head and has its own.
  void write(Message& out, Framing framing, const Profile& profile, Side side, Purpose purpose,
             uint32_t size) {
    out.head.clear();
    if (framing == Framing::kHttp) out.head = http_head(side, size);
    if (framing == Framing::kJsonLines) out.head = json_line(profile, side, purpose, size);
    const bool is_hello = framing == Framing::kTls && purpose == Purpose::kOpening;
    if (is_hello) out.head = side == Side::kClient ? client_hello() : server_hello();

    const bool is_all_head = framing == Framing::kJsonLines || (is_hello && side == Side::kClient);
    out.in_tls_records = framing == Framing::kTls;
    // A last record of at least one byte behind its header.
    if (out.in_tls_records && size % kRecordBytes < 6) size += 6;
    out.size = static_cast<uint32_t>(out.head.size()) + (is_all_head ? 0 : size);
    out.filler = out.in_tls_records ? noise_ : text_;
    out.filler_start = random_.below(kFillerBytes);
  }

  // A QUIC-like datagram (RFC 9000, 17.2.2 and 17.3.1): header as it should be, contents random.
  // Requires at least 32 bytes.
  void copy_datagram(std::span<uint8_t> out, bool is_initial) {
    std::memcpy(out.data(), noise_.data() + random_.below(kFillerBytes), out.size());
    if (!is_initial) {
      out[0] = static_cast<uint8_t>(0x40 | (out[0] & 0x3f));
      return;
    }
    constexpr uint8_t kLongHeader[] = {0xc3, 0, 0, 0, 1, 8};  // Initial, version 1, 8-byte id
    std::memcpy(out.data(), kLongHeader, sizeof kLongHeader);
    const size_t length = out.size() - 26;
    out[14] = 8;  // bytes of the source connection id
    out[23] = 0;  // of the token
    out[24] = static_cast<uint8_t>(0x40 | length >> 8);
    out[25] = static_cast<uint8_t>(length);
  }

 private:
  // Each '#' becomes a random hexadecimal digit, each '@' one of 1–9.
  std::string from_pattern(std::string pattern) {
    for (char& character : pattern) {
      if (character == '#') character = "0123456789abcdef"[random_.below(16)];
      if (character == '@') character = static_cast<char>('1' + random_.below(9));
    }
    return pattern;
  }

  std::string random_bytes(size_t count) {
    std::string bytes(count, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_.next());
    return bytes;
  }

  std::string http_head(Side side, uint32_t body_bytes) {
    const std::string length = std::to_string(body_bytes) + "\r\n\r\n";
    if (side == Side::kServer) {
      return "HTTP/1.1 200 OK\r\nServer: server/1.0\r\nContent-Type: application/json\r\n"
             "Content-Length: " +
             length;
    }
    return from_pattern(
               "POST /v1/############ HTTP/1.1\r\nHost: host-####.example.net\r\n"
               "User-Agent: client/1.0\r\nContent-Type: application/json\r\n") +
           "Content-Length: " + length;
  }

  std::string json_line(const Profile& profile, Side side, Purpose purpose, uint32_t size) {
    if (&profile == &kPool) return stratum_line(side, purpose);
    const std::string text(std::max(size, 61u) - 60, '#');
    return from_pattern(R"({"from":"########","to":"########","text":")" + text + "\"}\n");
  }

  std::string stratum_line(Side side, Purpose purpose) {
    const bool is_opening = purpose == Purpose::kOpening;
    const std::string hash(64, '#');
    std::string line;
    if (purpose == Purpose::kPush) {
      line = R"({"id":null,"method":"mining.notify","params":["########",")" + hash + R"(",")" +
             std::string(110, '#') + R"(",")" + std::string(190, '#') + R"(",[")" + hash +
             R"("],"20000000","1a0fffff","########",true]})";
    } else if (side == Side::kServer) {
      line = is_opening ? R"({"id":1,"error":null,"result":[["################"],"########",4]})"
                        : R"({"id":@@@,"error":null,"result":true})";
    } else {
      line = is_opening ? R"({"id":1,"method":"mining.subscribe","params":["miner/1.0"]})"
                        : R"({"id":@@@,"method":"mining.submit","params":["wallet.rig","########",)"
                          R"("################","########","########"]})";
    }
    return from_pattern(line + "\n");
  }

  static std::string with_length(std::string_view prefix, size_t width, std::string_view body) {
    std::string out(prefix);
    for (size_t byte = width; byte-- > 0;) out += static_cast<char>(body.size() >> 8 * byte);
    return out.append(body);
  }

  // RFC 8446, 4.1.2 and 4.1.3, with the extensions a classifier reads.
  std::string hello_start() {
    std::string start = "\x03\x03";
    start += random_bytes(32);
    start += '\x20';
    return start += random_bytes(32);
  }

  std::string client_hello() {
    using namespace std::string_view_literals;
    const std::string name = from_pattern("host-######.example.net");
    std::string extensions =
        with_length("\0\0"sv, 2, with_length("", 2, with_length("\0"sv, 2, name)));
    extensions += "\0\x0a\0\x04\0\x02\0\x1d\0\x0d\0\x06\0\x04\x04\x03\x08\x04"sv;
    extensions += "\0\x10\0\x05\0\x03\x02h2\0\x2b\0\x03\x02\x03\x04"sv;
    const std::string key = with_length("\0\x1d"sv, 2, random_bytes(32));
    extensions += with_length("\0\x33"sv, 2, with_length("", 2, key));
    extensions += with_length("\0\x15"sv, 2, std::string(300, '\0'));
    std::string hello = hello_start();
    hello += "\0\x06\x13\x01\x13\x02\xc0\x2f\x01\0"sv;
    hello += with_length("", 2, extensions);
    return with_length("\x16\x03\x01", 2, with_length("\x01", 3, hello));
  }

  // With the ChangeCipherSpec record that follows it.
  std::string server_hello() {
    using namespace std::string_view_literals;
    const std::string key = with_length("\0\x1d"sv, 2, random_bytes(32));
    std::string extensions = with_length("\0\x33"sv, 2, key);
    extensions += "\0\x2b\0\x02\x03\x04"sv;
    std::string hello = hello_start();
    hello += "\x13\x01\0"sv;
    hello += with_length("", 2, extensions);
    return with_length("\x16\x03\x03", 2, with_length("\x02", 3, hello)) +
           std::string("\x14\x03\x03\0\x01\x01"sv);
  }

  Random& random_;
  std::string noise_;
  std::string text_;
};

}  // namespace kanaria::bench
