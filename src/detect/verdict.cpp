// SPDX-License-Identifier: Apache-2.0
#include "detect/verdict.h"

#include <fmt/format.h>

namespace kanaria::detect {
namespace {

constexpr std::array<std::string_view, 4> kVerdictNames{"undecided", "clear", "suspicious",
                                                        "mining"};
constexpr std::array<std::string_view, 3> kScopeNames{"connection", "channel", "host"};

std::string typical_sizes(const Reason& reason) {
  const TypicalSize& client = reason.typical_size[flow::index_of(flow::Direction::kToServer)];
  const TypicalSize& server = reason.typical_size[flow::index_of(flow::Direction::kToClient)];
  std::string text;
  if (server.messages > 0) text += fmt::format(", often {} bytes from the server", server.bytes);
  if (client.messages > 0) text += fmt::format(", often {} bytes from the client", client.bytes);
  return text;
}

}  // namespace

std::string_view name(Verdict verdict) { return kVerdictNames[static_cast<size_t>(verdict)]; }
std::string_view name(Scope scope) { return kScopeNames[static_cast<size_t>(scope)]; }

std::string explain(const ConnectionReport& report) {
  const Reason& reason = report.reason;
  if (report.verdict == Verdict::kUndecided)
    return fmt::format("{} messages in {}: too little to judge", report.messages,
                       display_duration(reason.span));
  return fmt::format("{} of {} pairs of messages look like mining; {} messages in {}{}",
                     reason.alarming_rows, reason.rows, report.messages,
                     display_duration(reason.span), typical_sizes(reason));
}

}  // namespace kanaria::detect
