// SPDX-License-Identifier: Apache-2.0
#include "record/crypto_pan.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <openssl/evp.h>

namespace kanaria::record {
namespace {

constexpr size_t kBlockBytes = 16;

size_t place_of(const uint8_t* address, size_t places) {
  uint64_t high, low;
  std::memcpy(&high, address, 8);
  std::memcpy(&low, address + 8, 8);
  constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;  // 2⁶⁴ / golden ratio: Knuth, TAOCP 6.4
  const uint64_t mixed = (high * kGolden ^ low) * kGolden;
  return static_cast<size_t>(mixed >> 40) % places;
}

}  // namespace

struct CryptoPan::Cipher {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();

  Cipher() = default;
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;
  ~Cipher() { EVP_CIPHER_CTX_free(context); }

  bool use(const uint8_t* key) {
    return context != nullptr &&
           EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), nullptr, key, nullptr) == 1 &&
           EVP_CIPHER_CTX_set_padding(context, 0) == 1;
  }
  // Whole blocks only.
  bool encrypt(std::span<const uint8_t> plain, uint8_t* out) {
    int written = 0;
    return EVP_EncryptUpdate(context, out, &written, plain.data(),
                             static_cast<int>(plain.size())) == 1 &&
           written == static_cast<int>(plain.size());
  }
};

CryptoPan::CryptoPan(std::unique_ptr<Cipher> cipher, const Block& padding)
    : cipher_(std::move(cipher)), padding_(padding), remembered_(kRemembered) {}
CryptoPan::CryptoPan(CryptoPan&&) noexcept = default;
CryptoPan::~CryptoPan() = default;

Result<CryptoPan> CryptoPan::create(const CryptoPanKey& key) {
  auto cipher = std::make_unique<Cipher>();
  Block padding;
  if (!cipher->use(key.data()) ||
      !cipher->encrypt(std::span(key).subspan(kBlockBytes), padding.data()))
    return Error{"addresses cannot be anonymised: OpenSSL has no AES-128 here; check its setup"};
  return CryptoPan(std::move(cipher), padding);
}

// Bit n is flipped by the first bit of AES(first n bits of the address, then the padding's bits).
CryptoPan::Block CryptoPan::compute(const Block& address, uint8_t bits) const {
  std::array<uint8_t, 128 * kBlockBytes> inputs, outputs;
  Block input = padding_;
  for (size_t n = 0; n < bits; ++n) {
    std::copy(input.begin(), input.end(), inputs.begin() + static_cast<long>(n * kBlockBytes));
    const auto bit = static_cast<uint8_t>(0x80 >> n % 8);
    input[n / 8] = static_cast<uint8_t>((input[n / 8] & ~bit) | (address[n / 8] & bit));
  }
  const bool encrypted = cipher_->encrypt({inputs.data(), bits * kBlockBytes}, outputs.data());
  Block renamed = address;
  for (size_t n = 0; n < bits; ++n)
    renamed[n / 8] ^= static_cast<uint8_t>((outputs[n * kBlockBytes] & 0x80) >> n % 8);
  // Cannot fail once the key is set; an address must not get through all the same.
  return encrypted ? renamed : Block{};
}

const CryptoPan::Block& CryptoPan::renamed(const Block& address, uint8_t bits) {
  Renamed& place = remembered_[place_of(address.data(), kRemembered)];
  if (place.bits != bits || place.from != address)
    place = {.from = address, .to = compute(address, bits), .bits = bits};
  return place.to;
}

void CryptoPan::rename_v4(std::span<uint8_t, 4> address) {
  Block block{};
  std::copy(address.begin(), address.end(), block.begin());
  std::copy_n(renamed(block, 32).begin(), address.size(), address.begin());
}

void CryptoPan::rename_v6(std::span<uint8_t, 16> address) {
  Block block;
  std::copy(address.begin(), address.end(), block.begin());
  std::copy_n(renamed(block, 128).begin(), address.size(), address.begin());
}

}  // namespace kanaria::record
