// SPDX-License-Identifier: Apache-2.0
#include "cli/capture_options.h"

#include <algorithm>
#include <charconv>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/usage.h"

namespace kanaria::cli {
namespace {

// What tcpdump's -C means by a suffix: none is millions, k, m and g are powers of 1024.
std::optional<uint64_t> unit_bytes(std::string_view suffix) {
  if (suffix.empty()) return 1'000'000;
  if (suffix == "k" || suffix == "K") return uint64_t{1} << 10;
  if (suffix == "m" || suffix == "M") return uint64_t{1} << 20;
  if (suffix == "g" || suffix == "G") return uint64_t{1} << 30;
  return std::nullopt;
}

std::optional<uint64_t> parse_size(std::string_view text) {
  constexpr uint64_t kMost = 1'000'000'000;  // of any unit: no overflow
  uint64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [suffix, error] = std::from_chars(text.data(), end, count);
  const auto unit = unit_bytes({suffix, static_cast<size_t>(end - suffix)});
  if (error != std::errc() || !unit || count == 0 || count > kMost) return std::nullopt;
  return count * *unit;
}

// What CLI11 cannot see of the options that belong together; nothing when they fit.
std::optional<std::string> contradiction(const CaptureOptions& o) {
  if (o.rotation.most_files > 0 && !o.rotation.rotates())
    return "-W counts files and needs a limit for each, -C SIZE or -G SECONDS";
  if (o.output == "-" && o.rotation.rotates())
    return "stdout cannot be rotated with -C or -G; name a file with -w";
  return std::nullopt;
}

}  // namespace

ParsedCaptureOptions parse_capture_options(std::span<char*> arguments) {
  ParsedCaptureOptions parsed;
  CaptureOptions& o = parsed.options;
  InputWords input;
  std::string size;
  uint64_t seconds_a_file = 0;
  bool anonymized = false;

  CLI::App app{"What of a capture is needed to find miners, without what was said?",
               "kanaria capture"};
  add_input_options(app, input);
  app.add_option("-w", o.output, "write pcapng here; .gz and .zst are compressed, - is stdout")
      ->required()
      ->type_name("FILE")
      ->group("Output");
  app.add_option("-C", size,
                 "begin a new file before one is larger: millions of bytes, or 64k, 5m, 1g")
      ->type_name("SIZE")
      ->group("Output");
  app.add_option("-G", seconds_a_file, "begin a new file when one holds that many seconds")
      ->check(CLI::Range(1, 1'000'000'000))
      ->type_name("SECONDS")
      ->group("Output");
  app.add_option("-W", o.rotation.most_files, "with -C or -G: keep only that many, the newest")
      ->check(CLI::Range(1, 1'000'000'000))
      ->type_name("COUNT")
      ->group("Output");
  app.add_flag("--anonymize", anonymized,
               "give every address another name, by a key that is forgotten afterwards")
      ->group("Privacy");
  app.add_option("--anonymize-key", o.key_path,
                 "likewise, by this key: 32 bytes or 64 hexadecimal digits")
      ->type_name("KEYFILE")
      ->group("Privacy");
  app.footer(
      "examples:\n"
      "  kanaria capture -i eth0 -w office.pcapng -G 3600 -W 24\n"
      "  kanaria capture -r office.pcap -w to-share.pcapng.zst --anonymize\n\n"
      "exit code: 0 ran, 1 input not read whole or output not written, 2 wrong use");
  if ((parsed.exit_code = parse(app,
                                "usage: kanaria capture -r FILE... -w FILE [FILTER]\n"
                                "       kanaria capture -i INTERFACE -w FILE [FILTER]",
                                arguments)))
    return parsed;

  o.rotation.duration = static_cast<Nanoseconds>(seconds_a_file) * kSecond;
  o.addresses = anonymized || !o.key_path.empty() ? Addresses::kAnonymized : Addresses::kKept;
  if (!size.empty()) {
    const auto bytes = parse_size(size);
    if (!bytes) {
      complain(
          fmt::format("-C: '{}' is no size such as 100 (millions of bytes), 64k, 5m or 1g; see "
                      "'kanaria capture --help'",
                      size));
      parsed.exit_code = kUsage;
      return parsed;
    }
    o.rotation.most_bytes = *bytes;
  }
  const auto named = named_input(input, arguments[0]);
  if (named) o.input = *named;
  if (const auto wrong = contradiction(o); named && wrong)
    complain(fmt::format("{}; see 'kanaria capture --help'", *wrong));
  if (!named || contradiction(o)) parsed.exit_code = kUsage;
  return parsed;
}

}  // namespace kanaria::cli
