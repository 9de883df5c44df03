// SPDX-License-Identifier: Apache-2.0
// Frames in, verdicts out. In: bursts of frames of one or several inputs. Out: events in the order
// of the packets that caused them, then by scope; the same whatever the number of workers and
// however the frames are cut into bursts. Takes time from packets only.
//
// Threads: used by one thread; with several workers it runs their threads itself.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/frame.h"
#include "decode/decoder.h"
#include "detect/policy.h"
#include "detect/standings.h"
#include "detect/verdict.h"
#include "detect/worker.h"
#include "flow/capture_quality.h"

namespace kanaria::detect {

enum class HistoryKeeping : uint8_t { kNone, kOfEachConnection };

struct DetectorOptions {
  flow::TableOptions table;
  feature::LensOptions lens;
  unsigned workers = 1;
  HistoryKeeping histories = HistoryKeeping::kNone;
  const Policy* policy = nullptr;  // must outlive the reports; nullptr: nobody may mine
};

// A verdict became `mining`. For a channel or host, `connection` is the one that made it so.
struct AlertEvent {
  Scope scope;
  ConnectionReport connection;
};

struct FlowEndEvent {
  flow::EndReason reason;
  ConnectionReport connection;
  const Standings& standings;        // of channels and hosts at that time
  const History* history = nullptr;  // valid during the call; nullptr: not kept
};

// Receives events as they become known; called on the thread that calls the detector.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_alert(const AlertEvent& event) = 0;
  virtual void on_flow_end(const FlowEndEvent& event) = 0;
};

using flow::CaptureQuality;

class Detector {
 public:
  // `model` and `sink` must outlive it. Fails when the model's lens or KANARIA_SIMD is unknown.
  static Result<std::unique_ptr<Detector>> create(const DetectorOptions& options,
                                                  const model::Model& model, EventSink& sink);
  ~Detector();

  // The frames that follow come from another input. Connections go on when its first packet follows
  // the last one within the idle timeout, as in a rotated capture; otherwise they end here.
  void begin_input();
  void process(const capture::FrameBurst& burst);
  // Everything handed in so far is judged and told.
  void flush();
  // Ends all connections. The detector takes no more frames.
  void finish();

  CaptureQuality quality() const;

 private:
  Detector(const DetectorOptions& options, const model::Model& model, EventSink& sink);

  void end_connections_unless_continued(Timestamp first);
  void run_workers(const std::function<void(Worker&)>& work);
  void tell_changes();
  struct Told {
    const Worker* worker;
    const ConnectionChange* change;
  };
  void tell(const Told& told);

  DetectorOptions options_;
  const model::Model& model_;
  EventSink& sink_;
  flow::ConnectionTable table_;
  std::vector<std::unique_ptr<Worker>> workers_;
  class ThreadPool;
  std::unique_ptr<ThreadPool> pool_;
  std::vector<decode::Packet> packets_;
  std::vector<Told> changes_;
  Standings standings_;
  AuthorisedScopes authorised_scopes_;
  CaptureQuality quality_;
  flow::CaptureClock clock_;
  uint32_t inputs_ = 0;
  bool new_input_ = false;
};

}  // namespace kanaria::detect
