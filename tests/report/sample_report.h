// SPDX-License-Identifier: Apache-2.0
// A connection that mines, as detection reports it, and a place to catch what a report writes.
#pragma once

#include <cstdio>
#include <string>

#include "detect/detector.h"
#include "detect/policy.h"
#include "report/output.h"

namespace kanaria::report {

inline constexpr Timestamp kStart{1'795'424'400 * kSecond +
                                  123'456'789};  // 2026-11-23 09:00:00 UTC

inline flow::Ends ends(const std::string& client, uint16_t client_port, const std::string& server,
                       uint16_t server_port) {
  return {*parse_ip_address(client), *parse_ip_address(server), client_port, server_port};
}

inline detect::ConnectionReport mining_connection() {
  detect::ConnectionReport c;
  c.ends = ends("192.0.2.10", 50000, "203.0.113.5", 3333);
  c.start = kStart;
  c.end = kStart + 600 * kSecond;
  c.first_number = 17;
  c.packets = {40, 50};
  c.frame_bytes = {4000, 9000};
  c.established = true;
  c.messages = 30;
  c.verdict = detect::Verdict::kMining;
  c.evidence = 0.75;
  c.threshold = 0.5;
  c.alarm = detect::Alarm{kStart + 60 * kSecond, 99, 0};
  c.reason = {.rows = 20,
              .alarming_rows = 15,
              .roles = {detect::RoleSummary{14, {118, 9}}, detect::RoleSummary{11, {277, 11}},
                        detect::RoleSummary{5, {63, 1}}},
              .reply_time = kSecond / 25,
              .span = 590 * kSecond};
  return c;
}

inline detect::ConnectionReport clear_connection() {
  detect::ConnectionReport c = mining_connection();
  c.ends = ends("2001:db8::1", 40000, "2001:db8::2", 443);
  c.verdict = detect::Verdict::kClear;
  c.evidence = 0;
  c.alarm.reset();
  c.reason.alarming_rows = 0;
  return c;
}

inline detect::Authorisation authorisation() {
  return {.clients = *detect::parse_cidr_block("192.0.2.0/24"),
          .servers = {},
          .server_port = {},
          .until = std::chrono::year(2026) / 12 / 31,
          .note = "lab \"rig\""};
}

// An Output into memory.
class CaughtOutput {
 public:
  CaughtOutput() : file_(open_memstream(&text_, &size_)), output_(file_) {}
  ~CaughtOutput() {
    std::fclose(file_);
    std::free(text_);
  }
  CaughtOutput(const CaughtOutput&) = delete;
  CaughtOutput& operator=(const CaughtOutput&) = delete;

  Output& output() { return output_; }
  std::string text() {
    std::fflush(file_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  size_t size_ = 0;
  std::FILE* file_;
  Output output_;
};

}  // namespace kanaria::report
