// SPDX-License-Identifier: Apache-2.0
#include "record/file_identity.h"

#include <sys/stat.h>
#include <unistd.h>

namespace kanaria::record {
namespace {

std::optional<FileIdentity> identity(const std::string& path, int standard_stream) {
  struct stat status {};
  const int failed = path == "-" ? fstat(standard_stream, &status) : stat(path.c_str(), &status);
  if (failed != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

}  // namespace

std::optional<FileIdentity> identity_of_input(const std::string& path) {
  return identity(path, STDIN_FILENO);
}

std::optional<FileIdentity> identity_of_output(const std::string& path) {
  return identity(path, STDOUT_FILENO);
}

}  // namespace kanaria::record
