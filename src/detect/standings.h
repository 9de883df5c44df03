// SPDX-License-Identifier: Apache-2.0
// Where channels and hosts stand: each carries the verdict of its strongest connection.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/ip_address.h"
#include "detect/verdict.h"

namespace kanaria::detect {

struct Standing {
  Verdict verdict = Verdict::kUndecided;
  double evidence = 0;
};

class Standings {
 public:
  struct Change {
    bool channel_now_mining = false;
    bool host_now_mining = false;
  };

  // Takes a connection's verdict into account; tells which of the two became `mining` by it.
  Change add(const ConnectionReport& report);
  Standing channel(const flow::Ends& ends) const;
  Standing host(const flow::Ends& ends) const;

 private:
  struct Channel {
    IpAddress client;
    IpAddress server;
    uint16_t server_port;
    friend bool operator==(const Channel&, const Channel&) = default;
  };
  struct Hash {
    size_t operator()(const Channel& channel) const;
    size_t operator()(const IpAddress& address) const;
  };
  static Channel channel_of(const flow::Ends& ends) {
    return {ends.client, ends.server, ends.server_port};
  }

  std::unordered_map<Channel, Standing, Hash> channels_;
  std::unordered_map<IpAddress, Standing, Hash> hosts_;
};

}  // namespace kanaria::detect
