// SPDX-License-Identifier: Apache-2.0
#include "detect/policy.h"

#include <algorithm>

#include <fmt/format.h>

namespace kanaria::detect {
namespace {

std::chrono::sys_days utc_day(Timestamp time) {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(time.ns)));
}

std::string date_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// Keeps in `told` what only authorised mining raised; true when the scope is to be told (again).
template <typename Set, typename Key>
bool note(Set& told, Key key, bool authorised, bool now_mining) {
  if (!authorised) return told.erase(key) > 0 || now_mining;
  if (now_mining) told.insert(std::move(key));
  return now_mining;
}

}  // namespace

bool Authorisation::covers(const flow::Ends& ends, Timestamp time) const {
  return clients.contains(ends.client) && (!servers || servers->contains(ends.server)) &&
         (!server_port || *server_port == ends.server_port) && (!until || utc_day(time) <= *until);
}

std::string describe(const Authorisation& authorisation) {
  std::string text = "authorised";
  if (authorisation.until) text += fmt::format(" until {}", date_text(*authorisation.until));
  if (!authorisation.note.empty()) text += fmt::format(": {}", authorisation.note);
  return text;
}

const Authorisation* Policy::authorisation_of(const flow::Ends& ends, Timestamp time) const {
  const auto found =
      std::find_if(authorised.begin(), authorised.end(),
                   [&](const Authorisation& entry) { return entry.covers(ends, time); });
  return found == authorised.end() ? nullptr : &*found;
}

Standings::Change AuthorisedScopes::add(const ConnectionReport& report, Standings::Change raised) {
  const flow::Ends& ends = report.ends;
  const bool authorised = report.authorisation != nullptr;
  return {
      .channel_now_mining = note(channels_, std::tuple(ends.client, ends.server, ends.server_port),
                                 authorised, raised.channel_now_mining),
      .host_now_mining = note(hosts_, ends.client, authorised, raised.host_now_mining)};
}

}  // namespace kanaria::detect
