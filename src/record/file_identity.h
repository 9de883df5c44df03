// SPDX-License-Identifier: Apache-2.0
// Which file a name stands for, so that none is read and overwritten at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace kanaria::record {

struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// "-": stdin or stdout. Nothing when there is no such file, or it is none that holds bytes (a pipe,
// a terminal, /dev/null): those are no copy of what is written to them.
std::optional<FileIdentity> identity_of_input(const std::string& path);
std::optional<FileIdentity> identity_of_output(const std::string& path);

}  // namespace kanaria::record
