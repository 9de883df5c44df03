// SPDX-License-Identifier: Apache-2.0
// Where the key comes from: a file that is kept, or chance, forgotten at the end of the run.
#pragma once

#include <string>

#include "base/result.h"
#include "record/crypto_pan.h"

namespace kanaria::record {

// 32 bytes as they are, or 64 hexadecimal digits with white space before and behind.
Result<CryptoPanKey> read_key(const std::string& path);
// From the system's generator of secrets.
Result<CryptoPanKey> random_key();

}  // namespace kanaria::record
