// SPDX-License-Identifier: Apache-2.0
// What a page tells of a run of detection, in bounded space however long the run and however many
// its connections: counts of all, and the connections most worth a look.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "detect/detector.h"
#include "report/pictured_connections.h"
#include "report/strongest_connections.h"

namespace kanaria::report {

// Of a channel whose connections mine.
struct MiningChannel {
  uint64_t connections = 0;  // that mine
  uint64_t authorised = 0;   // of these
  Timestamp first_alarm;
  Timestamp last_packet;
  double evidence = 0;  // of the strongest
};

class DetectionSummary {
 public:
  // A page of thousands of connections could neither be opened nor read.
  static constexpr size_t kMostPictures = 48;
  static constexpr size_t kMostAuthorisedPictures = 12;
  static constexpr size_t kMostChannels = 100'000;
  static constexpr size_t kMostSuspicious = 100;
  static constexpr size_t kMostOthers = 200;

  // Client, server, its port.
  using Channel = std::tuple<IpAddress, IpAddress, uint16_t>;

  void add(const detect::FlowEndEvent& event);

  const std::map<Channel, MiningChannel>& channels() const { return channels_; }
  uint64_t channels_left_out() const { return channels_left_out_; }
  // Of those that mine; not those that are authorised to.
  const PicturedConnections& pictures() const { return pictures_; }
  const PicturedConnections& authorised_pictures() const { return authorised_pictures_; }
  const StrongestConnections& suspicious() const { return suspicious_; }
  // Clear and undecided.
  const StrongestConnections& others() const { return others_; }

  uint64_t connections() const;
  uint64_t of(detect::Verdict verdict) const { return verdicts_[static_cast<size_t>(verdict)]; }
  uint64_t authorised_miners() const { return authorised_miners_; }
  // First and last packet of a connection; nothing without any.
  const std::optional<std::pair<Timestamp, Timestamp>>& period() const { return period_; }

 private:
  void add_miner(const detect::FlowEndEvent& event);

  std::map<Channel, MiningChannel> channels_;
  uint64_t channels_left_out_ = 0;  // connections of channels that no place was left for
  PicturedConnections pictures_{kMostPictures};
  PicturedConnections authorised_pictures_{kMostAuthorisedPictures};
  StrongestConnections suspicious_{kMostSuspicious};
  StrongestConnections others_{kMostOthers};
  std::array<uint64_t, 4> verdicts_{};
  uint64_t authorised_miners_ = 0;
  std::optional<std::pair<Timestamp, Timestamp>> period_;
};

}  // namespace kanaria::report
