// SPDX-License-Identifier: Apache-2.0
// Community ID version 1 (https://github.com/corelight/community-id-spec), seed 0: the name by
// which Suricata, Zeek and others know the same flow.
#pragma once

#include <string>

#include "flow/connection.h"

namespace kanaria::report {

// "1:wCb3OG7yAFWelaUydu0D+125CLM=" for TCP.
std::string community_id(const flow::Ends& ends);

}  // namespace kanaria::report
