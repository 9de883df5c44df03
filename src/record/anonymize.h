// SPDX-License-Identifier: Apache-2.0
// Takes out of a frame's headers who spoke, and leaves how: every IP address on the way to the TCP
// header gets another name (crypto_pan.h); what else may tell it is blanked.
#pragma once

#include <cstdint>
#include <span>

#include "decode/header_trace.h"
#include "record/crypto_pan.h"

namespace kanaria::record {

// - IP addresses, those of IPv6 routing headers included: renamed
// - link addresses, options of link, tunnel and IPv6 headers, authentication headers: zeros
// - IPv4 options, TCP options unknown to kanaria: NOP (Multipath TCP and load balancers put
// addresses
//   there)
// - IPv4 header checksums: computed anew; UDP, GRE and TCP checksums: 0, they cover addresses
// Lengths stay, and so does every value of decode::Packet but the addresses.
// Requires: `trace` is that of a frame of status kTcp, and `headers` its bytes up to headers_end.
void anonymize(std::span<uint8_t> headers, const decode::HeaderTrace& trace, CryptoPan& names);

}  // namespace kanaria::record
