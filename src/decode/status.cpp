// SPDX-License-Identifier: Apache-2.0
#include "decode/status.h"

namespace kanaria::decode {
namespace {

struct Row {
  std::string_view name;
  std::string_view sentence;
};

constexpr std::array<Row, kDecodeStatuses> kRows{{
    {"tcp", "an IP packet with a TCP header"},
    {"not_ip", "the link layer carries something else than IP"},
    {"not_tcp", "IP carries another protocol than TCP"},
    {"later_fragment", "a fragment other than the first: its TCP header is elsewhere"},
    {"encrypted", "the link layer encrypts what it carries"},
    {"unknown_link_type", "the capture's link type is not known here"},
    {"unknown_tunnel", "a tunnel header of an unknown version or kind"},
    {"cut_before_ip", "the captured bytes end before the IP header"},
    {"cut_in_ip", "the captured bytes end within the IP header"},
    {"cut_in_tcp", "the captured bytes end within the first 20 bytes of the TCP header"},
    {"bad_ip", "an IP header whose version or lengths contradict each other"},
    {"bad_tcp", "a TCP header whose length contradicts itself or the IP length"},
    {"too_deep", "more layers than any real network stacks"},
}};

}  // namespace

std::string_view name(DecodeStatus status) { return kRows[static_cast<size_t>(status)].name; }
std::string_view sentence(DecodeStatus status) {
  return kRows[static_cast<size_t>(status)].sentence;
}

}  // namespace kanaria::decode
