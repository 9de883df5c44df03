// SPDX-License-Identifier: Apache-2.0
#include "detect/detector.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <tuple>
#include <utility>

#include "detect/model_lens.h"

namespace kanaria::detect {
namespace {

// Packets collected before several workers share them: waking them costs about 20 microseconds.
constexpr size_t kPacketsPerRound = 8192;

}  // namespace

// Runs one task at a time on all its threads and waits until each is done.
class Detector::ThreadPool {
 public:
  explicit ThreadPool(size_t threads) {
    for (size_t i = 0; i < threads; ++i)
      threads_.emplace_back([this, i](const std::stop_token& stop) { serve(i, stop); });
  }

  void run(const std::function<void(size_t)>& task) {
    std::unique_lock lock(mutex_);
    task_ = &task;
    left_ = threads_.size();
    ++round_;
    wake_.notify_all();
    done_.wait(lock, [this] { return left_ == 0; });
  }

 private:
  void serve(size_t index, const std::stop_token& stop) {
    uint64_t served = 0;
    for (;;) {
      const std::function<void(size_t)>* task;
      {
        std::unique_lock lock(mutex_);
        if (!wake_.wait(lock, stop, [&] { return round_ != served; })) return;
        served = round_;
        task = task_;
      }
      (*task)(index);
      const std::lock_guard lock(mutex_);
      if (--left_ == 0) done_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable done_;
  const std::function<void(size_t)>* task_ = nullptr;
  uint64_t round_ = 0;
  size_t left_ = 0;
  std::vector<std::jthread> threads_;
};

Result<std::unique_ptr<Detector>> Detector::create(const DetectorOptions& options,
                                                   const model::Model& model, EventSink& sink) {
  const auto simd = nn::choose_simd();
  if (!simd) return simd.error();
  std::unique_ptr<Detector> detector(new Detector(options, model, sink));
  const unsigned count = std::max(1U, std::min(options.workers, flow::kShards));
  for (unsigned i = 0; i < count; ++i) {
    auto lens = lens_of(model, options.lens);
    if (!lens) return lens.error();
    detector->workers_.push_back(std::make_unique<Worker>(
        detector->table_, flow::ShardSet{i, count}, model, *std::move(lens), *simd));
    if (options.histories == HistoryKeeping::kOfEachConnection)
      detector->workers_.back()->keep_histories();
  }
  if (count > 1) detector->pool_ = std::make_unique<ThreadPool>(count);
  return detector;
}

Detector::Detector(const DetectorOptions& options, const model::Model& model, EventSink& sink)
    : options_(options), model_(model), sink_(sink), table_(options.table) {}

Detector::~Detector() = default;

void Detector::begin_input() {
  flush();
  for (const auto& worker : workers_) worker->set_input(inputs_);
  ++inputs_;
  new_input_ = true;
}

void Detector::process(const capture::FrameBurst& burst) {
  const size_t before = packets_.size();
  decode::decode_burst(burst, packets_, quality_.statuses);
  quality_.frames += burst.size;
  if (new_input_ && packets_.size() > before) {
    end_connections_unless_continued(packets_[before].time);
    new_input_ = false;
  }
  for (size_t i = before; i < packets_.size(); ++i) {
    quality_.options_cut += packets_[i].options_cut;
    quality_.clock_steps += clock_.note(packets_[i].time);
  }
  if (!pool_ || packets_.size() >= kPacketsPerRound) flush();
}

void Detector::end_connections_unless_continued(Timestamp first) {
  const auto newest = clock_.newest();
  if (!newest) return;
  const Nanoseconds gap = first - *newest;
  if (gap >= -flow::kClockStep && gap <= options_.table.idle_timeout) return;
  run_workers([](Worker& worker) { worker.end_all(); });
  tell_changes();
  clock_.reset();
}

void Detector::flush() {
  if (packets_.empty()) return;
  run_workers([this](Worker& worker) { worker.process(packets_); });
  tell_changes();
  packets_.clear();
}

void Detector::finish() {
  flush();
  run_workers([](Worker& worker) { worker.end_all(); });
  tell_changes();
}

void Detector::run_workers(const std::function<void(Worker&)>& work) {
  if (!pool_) {
    work(*workers_.front());
    return;
  }
  pool_->run([&](size_t index) { work(*workers_[index]); });
}

void Detector::tell_changes() {
  changes_.clear();
  for (const auto& worker : workers_)
    for (const ConnectionChange& change : worker->changes())
      changes_.push_back({worker.get(), &change});
  // One packet causes at most one alarm, but may end connections of its shard: those stay in the
  // order in which they began.
  std::sort(changes_.begin(), changes_.end(), [](const Told& a, const Told& b) {
    const auto key = [](const Told& told) {
      const ConnectionChange& c = *told.change;
      return std::tuple(c.number, c.kind, c.start, c.first_number, c.connection);
    };
    return key(a) < key(b);
  });
  for (const Told& told : changes_) tell(told);
}

void Detector::tell(const Told& told) {
  ConnectionReport report = told.worker->report_of(*told.change);
  if (options_.policy != nullptr)
    report.authorisation = options_.policy->authorisation_of(report.ends, report.end);
  auto raised = standings_.add(report);
  if (told.change->kind == ConnectionChange::Kind::kAlarm) {
    raised = authorised_scopes_.add(report, raised);
    sink_.on_alert({Scope::kConnection, report});
    if (raised.channel_now_mining) sink_.on_alert({Scope::kChannel, report});
    if (raised.host_now_mining) sink_.on_alert({Scope::kHost, report});
    return;
  }
  sink_.on_flow_end(
      {told.change->end_reason, report, standings_, told.worker->history_of(*told.change)});
}

CaptureQuality Detector::quality() const {
  CaptureQuality quality = quality_;
  quality.flow = table_.counts();
  return quality;
}

}  // namespace kanaria::detect
