// SPDX-License-Identifier: Apache-2.0
#include "report/community_id.h"

#include <array>
#include <tuple>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace kanaria::report {
namespace {

constexpr uint8_t kProtocolTcp = 6;

// seed, both addresses, protocol, padding, both ports: at most 40 bytes.
class HashInput {
 public:
  void byte(uint8_t value) { bytes_[size_++] = value; }
  void be16(uint16_t value) {
    byte(static_cast<uint8_t>(value >> 8));
    byte(static_cast<uint8_t>(value & 0xff));
  }
  void address(const IpAddress& address) {
    for (size_t i = address.is_v4() ? 12 : 0; i < address.bytes.size(); ++i) byte(address.bytes[i]);
  }
  std::array<uint8_t, SHA_DIGEST_LENGTH> sha1() const {
    std::array<uint8_t, SHA_DIGEST_LENGTH> digest;
    SHA1(bytes_.data(), size_, digest.data());
    return digest;
  }

 private:
  std::array<uint8_t, 40> bytes_{};
  size_t size_ = 0;
};

}  // namespace

std::string community_id(const flow::Ends& ends) {
  const bool client_first =
      std::tie(ends.client, ends.client_port) <= std::tie(ends.server, ends.server_port);
  HashInput input;
  input.be16(0);
  input.address(client_first ? ends.client : ends.server);
  input.address(client_first ? ends.server : ends.client);
  input.byte(kProtocolTcp);
  input.byte(0);
  input.be16(client_first ? ends.client_port : ends.server_port);
  input.be16(client_first ? ends.server_port : ends.client_port);

  const auto digest = input.sha1();
  std::array<unsigned char, 32> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return "1:" + std::string(text.begin(), text.begin() + length);
}

}  // namespace kanaria::report
