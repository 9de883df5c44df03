// SPDX-License-Identifier: Apache-2.0
#include "capture/capture_file.h"

#include <utility>

#include <fmt/format.h>

#include "capture/byte_source.h"
#include "capture/pcap_reader.h"
#include "capture/pcapng_reader.h"

namespace kanaria::capture {

Result<std::unique_ptr<FrameSource>> open_capture(const std::string& path,
                                                  const std::atomic<bool>& stop) {
  auto opened = open_bytes(path, stop);
  if (!opened) return opened.error();
  std::unique_ptr<ByteSource> bytes = *std::move(opened);
  const std::string name = input_name(path);
  bytes->fill(4);
  if (is_pcap(bytes->window())) return read_pcap(name, std::move(bytes));
  if (is_pcapng(bytes->window())) return read_pcapng(name, std::move(bytes));
  if (const auto& fault = bytes->fault())
    return Error{fmt::format("{}: {} before the first packet; copy the file again", name, *fault)};
  if (bytes->window().empty())
    return Error{
        fmt::format("{}: is empty; a capture begins with a header of at least 24 bytes", name)};
  return Error{
      fmt::format("{}: is not a capture (neither pcap nor pcapng, plain, .gz or .zst); record one "
                  "with tcpdump -w",
                  name)};
}

}  // namespace kanaria::capture
