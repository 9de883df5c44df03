// SPDX-License-Identifier: Apache-2.0
// The links of a path, one at each end: a client's access, a server's route.
//
// One line a link, '#' starts a comment:
//
//   PREFIX            ONE_WAY_DELAY_US JITTER_US HOPS LOSS  RATE_KBIT
//   10.20.0.7/32      4000             300       0    0.001 20000
//   2001:db8:ab::/48  19000            1000      14   0     0
//
// A prefix without length is one address. JITTER_US is the mean of an exponential addition, LOSS
// the share of packets that are lost, RATE_KBIT kilobit per second in each direction, 0 for no
// limit. All addresses of one line share its rate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace kanaria::lab {

// As made, the link of an end that no line names: it adds nothing.
struct Link {
  size_t number = 0;  // 1, 2, … in the order of the lines; 0: no line
  int64_t delay_ns = 0;
  int64_t jitter_ns = 0;
  unsigned hops = 0;
  double loss = 0;
  int64_t rate_kbit = 0;
};

class LinkTable {
 public:
  static Result<LinkTable> read(const std::string& file);
  // `name` stands for the file in sentences.
  static Result<LinkTable> parse(std::string_view text, const std::string& name);

  // The link of the longest prefix that holds the address. Cost: a search a prefix length in use.
  const Link& find(const IpAddress& address) const;
  size_t size() const { return size_; }

 private:
  struct Prefixes {
    IpVersion version;
    unsigned bits;  // of IpAddress::bytes: 96 more than written for IPv4
    std::map<IpAddress, Link> links;
  };

  Status add(std::string_view line);

  std::vector<Prefixes> lengths_;  // longest first
  size_t size_ = 0;
};

}  // namespace kanaria::lab
