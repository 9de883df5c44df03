// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/usage.h"

using namespace kanaria::cli;

namespace {

constexpr Command kCommands[] = {
    {"detect", "say which hosts in a capture or on an interface mine cryptocurrency", detect_main},
    {"capture", "record the IP and TCP headers of a capture or an interface", capture_main},
    {"inspect", "say what is in a capture and whether it can be trusted", inspect_main},
#ifdef KANARIA_BUILD_TRAIN
    {"dataset", "write the labelled rows of captures as a CSV file", dataset_main},
    {"train", "train a model on captures and their labels", train_main},
    {"grid", "try many networks and ways of training, and say which is best", grid_main},
    {"evaluate", "say how well miners are found that were not learnt from", evaluate_main},
#endif
};

void print_help() {
  say("usage: kanaria COMMAND [OPTION]...\n\n"
      "A canary for networks: reads IP and TCP headers, never payload, and says which hosts mine\n"
      "cryptocurrency, with whom, since when, how sure it is and why.\n\ncommands:\n");
  for (const Command& command : kCommands)
    say(fmt::format("  {:<10} {}\n", command.name, command.sentence));
  say("\nexamples:\n"
      "  kanaria detect -r office.pcap\n"
      "  tcpdump -i eth0 -s 128 -w - | kanaria detect -r -\n\n"
      "'kanaria COMMAND --help' tells a command's options; 'kanaria --version' the version.\n");
}

int unknown_command(std::string_view word) {
  std::vector<std::string_view> names;
  for (const Command& command : kCommands) names.push_back(command.name);
  const auto near = nearest(word, names);
  complain(fmt::format("unknown command '{}'{}; see 'kanaria --help'", word,
                       near ? fmt::format(": did you mean '{}'?", *near) : ""));
  return kUsage;
}

int run(std::span<char*> arguments) {
  if (arguments.empty()) {
    complain("no command; see 'kanaria --help'");
    return kUsage;
  }
  const std::string_view word = arguments[0];
  if (word == "--help" || word == "-h" || word == "help") {
    print_help();
    return kRan;
  }
  if (word == "--version" || word == "-V") {
    say(fmt::format("kanaria {}\n", KANARIA_VERSION));
    return kRan;
  }
  for (const Command& command : kCommands)
    if (command.name == word) return command.run(arguments);
  return unknown_command(word);
}

}  // namespace

int main(int argc, char** argv) {
  const int exit_code = run({argv + 1, argv + argc});
  // More than the buffer holds fails before the flush, which then has nothing left to fail on.
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (exit_code != kRan || written) return exit_code;
  complain(
      fmt::format("results could not be written ({}); check the space left and the reader of "
                  "the pipe",
                  std::strerror(errno)));
  return kFailed;
}
