// SPDX-License-Identifier: Apache-2.0
#include "record/crypto_pan_key.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <openssl/rand.h>

namespace kanaria::record {
namespace {

// More than any key: the rest of a larger file is not of interest.
constexpr size_t kMostRead = 128;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<CryptoPanKey> key_of_digits(std::string_view digits) {
  CryptoPanKey key;
  if (digits.size() != 2 * key.size()) return std::nullopt;
  for (size_t i = 0; i < key.size(); ++i) {
    const char* pair = digits.data() + 2 * i;
    if (std::from_chars(pair, pair + 2, key[i], 16).ptr != pair + 2) return std::nullopt;
  }
  return key;
}

}  // namespace

Result<CryptoPanKey> read_key(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error{
        fmt::format("{0}: the key cannot be opened ({1}); create one with "
                    "'openssl rand -out {0} 32'",
                    path, std::strerror(errno))};
  std::array<char, kMostRead> bytes{};
  file.read(bytes.data(), bytes.size());
  const std::string_view text(bytes.data(), static_cast<size_t>(file.gcount()));
  CryptoPanKey key;
  if (text.size() == key.size()) {
    std::memcpy(key.data(), text.data(), key.size());
    return key;
  }
  if (const auto hexadecimal = key_of_digits(trimmed(text))) return *hexadecimal;
  return Error{
      fmt::format("{}: is not a key of 32 bytes or 64 hexadecimal digits; create one under another "
                  "name with 'openssl rand -out KEYFILE 32'",
                  path)};
}

Result<CryptoPanKey> random_key() {
  CryptoPanKey key;
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1)
    return Error{"no random key could be made; name a key file with --anonymize-key"};
  return key;
}

}  // namespace kanaria::record
