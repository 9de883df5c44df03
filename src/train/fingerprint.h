// SPDX-License-Identifier: Apache-2.0
// SHA-256 of everything added, to tell data and settings apart.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kanaria::train {

class Fingerprint {
 public:
  Fingerprint();
  ~Fingerprint();
  Fingerprint(const Fingerprint&) = delete;
  Fingerprint& operator=(const Fingerprint&) = delete;

  void add(std::string_view text);
  void add(std::span<const float> values);
  // 64 hexadecimal digits; to be called once.
  std::string hexadecimal();

 private:
  struct Digest;
  std::unique_ptr<Digest> digest_;
};

}  // namespace kanaria::train
