// SPDX-License-Identifier: Apache-2.0
// A pcap file of one TCP connection without handshake, both sides talking in turn.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace kanaria::train {

class TinyCapture {
 public:
  TinyCapture() {
    for (const uint32_t word : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, 65535U, 101U}) le32(word);
  }

  // 10.0.0.1:50000 and 192.0.2.9:`server_port`, client first; a segment a second.
  TinyCapture& talk(uint16_t server_port, int segments) {
    next_ = {1000, 2000};
    return talk_on(server_port, segments);
  }
  // Goes on with the last talk.
  TinyCapture& talk_on(uint16_t server_port, int segments) {
    for (int i = 0; i < segments; ++i) {
      const size_t side = static_cast<size_t>(i % 2);
      segment(side == 0, server_port, next_[side], next_[1 - side]);
      next_[side] += kPayload;
    }
    return *this;
  }
  TinyCapture& wait(uint32_t seconds) {
    second_ += seconds;
    return *this;
  }

  const std::string& bytes() const { return bytes_; }

 private:
  static constexpr uint32_t kPayload = 60;

  void segment(bool from_client, uint16_t server_port, uint32_t seq, uint32_t ack) {
    le32(1000 + second_++);
    for (const uint32_t word : {0U, 40 + kPayload, 40 + kPayload}) le32(word);
    be16(0x4500);
    be16(40 + kPayload);
    be32(0x00004000);
    be32(0x40060000);
    be32(from_client ? 0x0a000001 : 0xc0000209);
    be32(from_client ? 0xc0000209 : 0x0a000001);
    be16(from_client ? 50000 : server_port);
    be16(from_client ? server_port : 50000);
    be32(seq);
    be32(ack);
    be32(0x5018ffff);
    be32(0);
    bytes_.append(kPayload, 'x');
  }
  void le32(uint32_t value) {
    for (int byte = 0; byte < 4; ++byte) bytes_ += static_cast<char>(value >> 8 * byte & 0xff);
  }
  void be32(uint32_t value) {
    be16(static_cast<uint16_t>(value >> 16));
    be16(static_cast<uint16_t>(value & 0xffff));
  }
  void be16(uint16_t value) {
    bytes_ += static_cast<char>(value >> 8);
    bytes_ += static_cast<char>(value & 0xff);
  }

  std::string bytes_;
  uint32_t second_ = 0;
  std::array<uint32_t, 2> next_{};
};

}  // namespace kanaria::train
