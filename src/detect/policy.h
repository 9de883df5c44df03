// SPDX-License-Identifier: Apache-2.0
// Who may mine, with whom and until when (docs/policy.md). A verdict stays what it is; the policy
// only adds that it is authorised.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "detect/cidr_block.h"
#include "detect/standings.h"
#include "flow/connection.h"

namespace kanaria::detect {

struct Authorisation {
  CidrBlock clients;
  std::optional<CidrBlock> servers;  // none: any
  std::optional<uint16_t> server_port;
  std::optional<std::chrono::sys_days> until;  // this UTC day included; none: for ever
  std::string note;                            // without control characters

  bool covers(const flow::Ends& ends, Timestamp time) const;
};

// "authorised until 2026-12-31: lab rig 3".
std::string describe(const Authorisation& authorisation);

struct Policy {
  std::vector<Authorisation> authorised;

  // The first that covers it; nullptr: none does. `time`: of a packet, never of a clock.
  const Authorisation* authorisation_of(const flow::Ends& ends, Timestamp time) const;
};

// The policy of a TOML file. Fails with the entry and the key at fault.
Result<Policy> load_policy(const std::string& path);

// Channels and hosts of which only authorised mining was told. The first connection beside it that
// nobody authorised makes them alarm again, or the one authorisation would hide the other mining.
class AuthorisedScopes {
 public:
  // Takes a connection that mines, and what it raised; gives what is to be told of it.
  Standings::Change add(const ConnectionReport& report, Standings::Change raised);

 private:
  std::set<std::tuple<IpAddress, IpAddress, uint16_t>> channels_;
  std::set<IpAddress> hosts_;
};

}  // namespace kanaria::detect
