// SPDX-License-Identifier: Apache-2.0
// kanaria-lab-path: moves packets between two TUN devices whose descriptors it inherited, as the
// links of a file say.

#include <charconv>
#include <cstring>
#include <getopt.h>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/result.h"
#include "lab/path/forwarder.h"
#include "lab/path/link_table.h"
#include "lab/path/path.h"

namespace kanaria::lab {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongUse = 2;
constexpr const char* kUsage =
    R"(Usage: kanaria-lab-path LINKS_FILE --near FD --far FD [--seed N]

Moves IP packets between two TUN devices with the delay, jitter, hops, loss and rate of the links in
LINKS_FILE. A packet takes the link of its source's prefix and that of its destination's.

  --near FD, --far FD   open descriptors of the devices (IFF_TUN | IFF_NO_PI)
  --seed N              another draw of jitter and loss (default 1)

A line of LINKS_FILE: PREFIX ONE_WAY_DELAY_US JITTER_US HOPS LOSS RATE_KBIT
  10.20.0.7/32 4000 300 0 0.001 20000     (rate 0: no limit; '#' starts a comment)

Ends on SIGTERM, SIGINT, with its parent and with the devices; then prints what it counted.
Exit codes: 0 ended as asked, 1 something failed, 2 wrong use.
)";

struct Options {
  std::string links_file;
  int near = -1;
  int far = -1;
  uint64_t seed = 1;
  bool asks_for_help = false;
};

template <typename Number>
bool parse_number(const char* text, Number& number) {
  const char* const end = text + std::strlen(text);
  const auto [stop, fault] = std::from_chars(text, end, number);
  return fault == std::errc{} && stop == end && text != end;
}

bool take_option(int letter, const char* value, Options& options) {
  switch (letter) {
    case 'n': return parse_number(value, options.near);
    case 'f': return parse_number(value, options.far);
    case 's': return parse_number(value, options.seed);
    case 'h': return options.asks_for_help = true;
    default: return false;
  }
}

Result<Options> parse_options(int argc, char** argv) {
  static constexpr option kOptions[] = {{"near", required_argument, nullptr, 'n'},
                                        {"far", required_argument, nullptr, 'f'},
                                        {"seed", required_argument, nullptr, 's'},
                                        {"help", no_argument, nullptr, 'h'},
                                        {nullptr, 0, nullptr, 0}};
  Options options;
  opterr = 0;
  for (int letter; (letter = getopt_long(argc, argv, "h", kOptions, nullptr)) != -1;) {
    if (!take_option(letter, optarg, options))
      return Error{fmt::format("cannot make sense of '{}': see --help", argv[optind - 1])};
  }
  if (options.asks_for_help) return options;
  if (argc - optind != 1 || options.near < 0 || options.far < 0)
    return Error{"needs one LINKS_FILE, --near FD and --far FD: see --help"};
  options.links_file = argv[optind];
  return options;
}

void print(const PathCounts& counts) {
  fmt::print(stderr,
             "packets: near to far {}, far to near {}, lost on purpose {}, dropped by a full queue "
             "{}, too far {}, no route {}\n",
             counts.arrived[static_cast<size_t>(Side::kFar)],
             counts.arrived[static_cast<size_t>(Side::kNear)], counts.lost, counts.queue_full,
             counts.too_far, counts.no_route);
}

int fail(const Error& error, int exit_code) {
  fmt::print(stderr, "kanaria-lab-path: {}\n", error.sentence);
  return exit_code;
}

int run(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (!options) return fail(options.error(), kWrongUse);
  if (options->asks_for_help) {
    fmt::print("{}", kUsage);
    return 0;
  }
  Result<LinkTable> links = LinkTable::read(options->links_file);
  if (!links) return fail(links.error(), kFailed);
  Path path(*std::move(links), options->seed);
  const Status done = forward(path, options->near, options->far);
  if (!done) return fail(done.error(), kFailed);
  print(path.counts());
  return 0;
}

}  // namespace
}  // namespace kanaria::lab

int main(int argc, char** argv) { return kanaria::lab::run(argc, argv); }
