// SPDX-License-Identifier: Apache-2.0
#include "report/html_text.h"

#include <array>
#include <cctype>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "report/json_text.h"

namespace kanaria::report {
namespace {

// With every byte that is no UTF-8 replaced.
std::string valid_utf8(std::string_view text) {
  return nlohmann::json::parse(json_string(text)).get<std::string>();
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7f;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default:
        if (is_control(c))
          escaped += "\xef\xbf\xbd";  // U+FFFD
        else
          escaped += c;
    }
  }
  return escaped;
}

std::string json_in_html(std::string_view json) {
  std::string escaped;
  for (const char c : json) {
    switch (c) {  // within JSON they stand in strings only
      case '<': escaped += "\\u003c"; break;
      case '>': escaped += "\\u003e"; break;
      case '&': escaped += "\\u0026"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte))
      anchor += static_cast<char>(std::tolower(byte));
    else if (!anchor.empty() && anchor.back() != '-')
      anchor += '-';
  }
  while (!anchor.empty() && anchor.back() == '-') anchor.pop_back();
  return anchor.empty() ? "section" : anchor;
}

std::string script_hash(std::string_view script) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(script.data()), script.size(), digest.data());
  std::array<unsigned char, 64> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return "'sha256-" + std::string(text.begin(), text.begin() + length) + "'";
}

}  // namespace kanaria::report
