// SPDX-License-Identifier: Apache-2.0
#include "report/detection_page.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "detect/policy.h"
#include "report/connection_picture.h"
#include "report/counted.h"
#include "report/verdict_words.h"

namespace kanaria::report {
namespace {

using detect::ConnectionReport;
using detect::Verdict;

constexpr size_t kMostChannelRows = 1000;
constexpr size_t kMostInputsNamed = 20;

std::string client_of(const ConnectionReport& c) {
  return endpoint_text(c.ends.client, c.ends.client_port);
}
std::string server_of(const ConnectionReport& c) {
  return endpoint_text(c.ends.server, c.ends.server_port);
}

bool is_authorised(const MiningChannel& channel) {
  return channel.authorised == channel.connections;
}

std::string quality_sentences(const detect::CaptureQuality& quality) {
  std::string text = fmt::format(
      "{:.2f} % of the TCP packets acknowledge data that the capture does not hold ({}; limit 10 "
      "%).",
      quality.acked_unseen_ratio() * 100, quality.passes_gate() ? "passed" : "FAILED");
  if (const uint64_t some = quality.flow.one_sided; some > 0)
    text += fmt::format(" {} one direction only: less certain.",
                        counted(some, "connection") + (some == 1 ? " shows" : " show"));
  if (const uint64_t some = quality.flow.forced; some > 0)
    text += fmt::format(" {} given up because memory was short.",
                        counted(some, "connection") + (some == 1 ? " was" : " were"));
  return text;
}

}  // namespace

void DetectionPage::add_figures(HtmlPage& page) const {
  std::set<IpAddress> hosts;
  size_t channels = 0;
  for (const auto& [key, channel] : summary_.channels()) {
    if (is_authorised(channel)) continue;
    hosts.insert(std::get<0>(key));
    ++channels;
  }
  const uint64_t miners = summary_.of(Verdict::kMining), allowed = summary_.authorised_miners();
  const std::vector<Figure> figures{
      {"Hosts that mine", grouped(hosts.size()),
       hosts.empty() ? "none was found" : "with " + counted(channels, "channel")},
      {"Connections that mine", grouped(miners - allowed),
       allowed > 0 ? fmt::format("and {} authorised", grouped(allowed)) : ""},
      {"Suspicious", grouped(summary_.of(Verdict::kSuspicious)), "more than half the threshold"},
      {"Clear", grouped(summary_.of(Verdict::kClear)), ""},
      {"Too short to judge", grouped(summary_.of(Verdict::kUndecided)),
       "below 8 messages or 30 s"}};
  page.figures(figures);
}

void DetectionPage::add_channels(HtmlPage& page, Permission permission) const {
  HtmlTable table{.columns = {{"host"},
                              {"mines with"},
                              {"connections", Alignment::kRight},
                              {"first alarm (UTC)"},
                              {"last packet (UTC)"},
                              {"evidence", Alignment::kRight}}};
  size_t rows = 0;
  for (const auto& [key, channel] : summary_.channels()) {
    if (is_authorised(channel) != (permission == Permission::kAuthorised)) continue;
    if (++rows > kMostChannelRows) continue;
    const auto& [client, server, server_port] = key;
    table.rows.push_back({to_string(client), endpoint_text(server, server_port),
                          grouped(channel.connections), display_time(channel.first_alarm),
                          display_time(channel.last_packet),
                          fmt::format("{:.3g}", channel.evidence)});
  }
  table.caption = "Channels: a host, a server and its port. Evidence: of the strongest connection.";
  if (rows > kMostChannelRows)
    table.caption +=
        fmt::format(" {} more are left out.", counted(rows - kMostChannelRows, "channel"));
  page.table(table);
}

void DetectionPage::add_picture(HtmlPage& page, const PicturedConnection& connection) const {
  const ConnectionReport& c = connection.report;
  const detect::History& history = connection.history;
  page.subheading(fmt::format("{} mines with {}", client_of(c), server_of(c)));
  page.paragraph(explain(c) + ".");
  if (c.authorisation != nullptr) page.paragraph("Mining is " + describe(*c.authorisation) + ".");
  page.chart(picture_of(c, history));
  if (const auto& alarm = c.alarm)
    page.paragraph(alarm_sentence(c, history, input_of(alarm->input)) + " " +
                   change_of_mind_sentence(c));
  if (const std::string doubts = certainty_sentences(c); !doubts.empty()) page.paragraph(doubts);
}

void DetectionPage::add_pictures(HtmlPage& page, Permission permission) const {
  const bool authorised = permission == Permission::kAuthorised;
  const PicturedConnections& pictures =
      authorised ? summary_.authorised_pictures() : summary_.pictures();
  const auto chosen = pictures.chosen();
  if (!chosen.empty())
    page.paragraph(
        "Of each connection: its messages over time, each a line as long as the message is large "
        "(logarithmic), up when the client sent it and down when the server did; below them the "
        "evidence on its way to the threshold. A verdict needs 8 messages and 30 s as well.");
  for (const PicturedConnection& connection : chosen) add_picture(page, connection);
  const uint64_t all = authorised ? summary_.authorised_miners()
                                  : summary_.of(Verdict::kMining) - summary_.authorised_miners();
  if (all == chosen.size()) return;
  page.paragraph(fmt::format(
      "{} more of these connections {} not drawn: a page draws at most {} of a channel and {} in "
      "all, the strongest first. 'kanaria detect --format csv' lists every one.",
      grouped(all - chosen.size()), all - chosen.size() == 1 ? "is" : "are",
      PicturedConnections::kMostOfChannel, pictures.most()));
}

void DetectionPage::add_miners(HtmlPage& page, Permission permission) const {
  const bool authorised = permission == Permission::kAuthorised;
  const uint64_t allowed = summary_.authorised_miners();
  if (authorised && allowed == 0) return;
  page.heading(authorised ? "Authorised miners" : "Hosts that mine");
  if (!authorised && summary_.of(Verdict::kMining) == allowed) {
    page.paragraph(allowed == 0 ? "No host was found mining."
                                : "No host was found mining without authorisation.");
    return;
  }
  add_channels(page, permission);
  add_pictures(page, permission);
  if (!authorised && summary_.channels_left_out() > 0)
    page.paragraph(fmt::format("{} of channels beyond the first {} are counted, but not listed.",
                               counted(summary_.channels_left_out(), "connection"),
                               grouped(DetectionSummary::kMostChannels)));
}

void DetectionPage::add_suspicious(HtmlPage& page) const {
  const auto strongest = summary_.suspicious().strongest();
  if (strongest.empty()) return;
  page.heading("Suspicious connections");
  HtmlTable table{.columns = {{"client"},
                              {"server"},
                              {"since (UTC)"},
                              {"evidence", Alignment::kRight},
                              {"why"},
                              {"would be"}}};
  for (const ConnectionReport& c : strongest)
    table.rows.push_back({client_of(c), server_of(c), display_time(c.start),
                          fmt::format("{:.3g}", c.evidence), explain(c),
                          change_of_mind_sentence(c)});
  const uint64_t left = summary_.suspicious().seen() - strongest.size();
  if (left > 0)
    table.caption =
        fmt::format("The strongest; {} with less evidence are left out.", grouped(left));
  page.table(table);
}

void DetectionPage::add_others(HtmlPage& page) const {
  const auto strongest = summary_.others().strongest();
  if (strongest.empty()) return;
  page.heading("All other connections");
  HtmlTable table{.columns = {{"client"},
                              {"server"},
                              {"since (UTC)"},
                              {"for", Alignment::kRight},
                              {"messages", Alignment::kRight},
                              {"verdict"},
                              {"evidence", Alignment::kRight}}};
  for (const ConnectionReport& c : strongest)
    table.rows.push_back({client_of(c), server_of(c), display_time(c.start),
                          fmt::format("{} s", grouped((c.end - c.start) / kSecond)),
                          grouped(c.messages), std::string(name(c.verdict)),
                          fmt::format("{:.3g}", c.evidence)});
  const uint64_t left = summary_.others().seen() - strongest.size();
  if (left > 0)
    table.caption = fmt::format("Those with the most evidence and messages; {} are left out.",
                                counted(left, "connection"));
  page.table(table);
}

void DetectionPage::add_what_was_read(HtmlPage& page) const {
  page.heading("What was read");
  std::string names;
  for (size_t i = 0; i < std::min(inputs_.size(), kMostInputsNamed); ++i)
    names += (i > 0 ? ", " : "") + inputs_[i];
  if (inputs_.size() > kMostInputsNamed)
    names += fmt::format(" and {} more", grouped(inputs_.size() - kMostInputsNamed));
  page.paragraph(fmt::format("{}: {}.", counted(inputs_.size(), "input"), names));
  for (const std::string& remark : remarks_) page.paragraph(remark + ".");
  HtmlTable table{.columns = {{"frames", Alignment::kRight}, {"what became of them"}}};
  for (size_t i = 0; i < decode::kDecodeStatuses; ++i) {
    const auto status = static_cast<decode::DecodeStatus>(i);
    if (const uint64_t frames = quality_.statuses.of(status); frames > 0)
      table.rows.push_back({grouped(frames), std::string(sentence(status))});
  }
  if (!table.rows.empty()) page.table(table);
  page.paragraph(quality_sentences(quality_));
}

std::string DetectionPage::to_html() const {
  std::string subtitle =
      fmt::format("{}; {}; {} in {}", program_, model_,
                  counted(summary_.connections(), "connection"), counted(quality_.frames, "frame"));
  if (const auto& period = summary_.period())
    subtitle +=
        fmt::format("; {} to {} UTC", display_time(period->first), display_time(period->second));
  HtmlPage page("Who mines", subtitle);
  add_figures(page);
  if (!quality_.passes_gate())
    page.paragraph(
        "The capturing device lost packets: verdicts are less certain. Capture with a larger "
        "buffer "
        "or closer to the hosts.");
  add_miners(page, Permission::kNone);
  add_suspicious(page);
  add_miners(page, Permission::kAuthorised);
  add_others(page);
  add_what_was_read(page);
  return page.to_html();
}

}  // namespace kanaria::report
