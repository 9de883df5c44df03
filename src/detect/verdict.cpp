// SPDX-License-Identifier: Apache-2.0
#include "detect/verdict.h"

#include <algorithm>

#include <fmt/format.h>

namespace kanaria::detect {
namespace {

constexpr std::array<std::string_view, 4> kVerdictNames{"undecided", "clear", "suspicious",
                                                        "mining"};
constexpr std::array<std::string_view, 3> kScopeNames{"connection", "channel", "host"};

bool is_frequent(const RoleSummary& role) {
  return role.typical_size.messages > 1 && role.typical_size.messages * 4 > role.messages;
}

// "12 pushes of the server, often 267 bytes"; empty without any.
std::string summary_of(const RoleSummary& role, std::string_view one, std::string_view several) {
  if (role.messages == 0) return "";
  const std::string size =
      is_frequent(role) ? fmt::format(", often {} bytes", role.typical_size.bytes) : "";
  return fmt::format("; {} {}{}", role.messages, role.messages == 1 ? one : several, size);
}

std::string conversation_of(const Reason& reason) {
  const RoleSummary& replies = reason.of(MessageRole::kReply);
  std::string text =
      summary_of(reason.of(MessageRole::kPush), "push of the server", "pushes of the server") +
      summary_of(reason.of(MessageRole::kUp), "message of the client", "messages of the client") +
      summary_of(replies, "answer", "answers");
  if (replies.messages > 0)
    text += fmt::format(", after {:.3f} s on average", seconds(reason.reply_time));
  return text;
}

}  // namespace

std::string_view name(Verdict verdict) { return kVerdictNames[static_cast<size_t>(verdict)]; }
std::string_view name(Scope scope) { return kScopeNames[static_cast<size_t>(scope)]; }

std::string explain(const ConnectionReport& report) {
  const Reason& reason = report.reason;
  const std::string messages =
      fmt::format("{} {} in {}", report.messages, report.messages == 1 ? "message" : "messages",
                  display_duration(reason.span));
  if (report.verdict == Verdict::kUndecided)
    return fmt::format("{}: too little to judge", messages);
  return fmt::format("{} of {} {} mining; {}{}", reason.alarming_rows,
                     reason.rows == 1 ? "1 look" : fmt::format("{} looks", reason.rows),
                     reason.alarming_rows == 1 ? "resembles" : "resemble", messages,
                     conversation_of(reason));
}

}  // namespace kanaria::detect
