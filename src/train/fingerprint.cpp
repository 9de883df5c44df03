// SPDX-License-Identifier: Apache-2.0
#include "train/fingerprint.h"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

namespace kanaria::train {

struct Fingerprint::Digest {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
};

Fingerprint::Fingerprint() : digest_(std::make_unique<Digest>()) {
  EVP_DigestInit_ex(digest_->context, EVP_sha256(), nullptr);
}

Fingerprint::~Fingerprint() { EVP_MD_CTX_free(digest_->context); }

void Fingerprint::add(std::string_view text) {
  EVP_DigestUpdate(digest_->context, text.data(), text.size());
}

void Fingerprint::add(std::span<const float> values) {
  EVP_DigestUpdate(digest_->context, values.data(), values.size_bytes());
}

std::string Fingerprint::hexadecimal() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_DigestFinal_ex(digest_->context, digest.data(), &size);
  return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

}  // namespace kanaria::train
