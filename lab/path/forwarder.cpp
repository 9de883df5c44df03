// SPDX-License-Identifier: Apache-2.0
#include "lab/path/forwarder.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <signal.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <fmt/format.h>

namespace kanaria::lab {
namespace {

// Between two looks at what is due.
constexpr int kPacketsATurn = 256;
constexpr size_t kLargestPacket = 65535;

Error system_error(std::string_view what) {
  return Error{fmt::format("cannot {}: {}", what, std::strerror(errno))};
}

int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

class Forwarder {
 public:
  Forwarder(Path& path, int near, int far) : path_(path), devices_{near, far} {}

  Status run() {
    if (const Status ready = open(); !ready) return ready;
    while (!ended_) {
      epoll_event events[4];
      const int count = epoll_wait(epoll_, events, 4, -1);
      if (count < 0 && errno != EINTR) return system_error("wait for packets");
      for (int i = 0; i < count; ++i)
        if (const Status done = serve(events[i].data.fd); !done) return done;
      deliver();
      wake_up_for_next();
    }
    return Done{};
  }

 private:
  Status open() {
    sigset_t ends;
    sigemptyset(&ends);
    for (const int number : {SIGTERM, SIGINT}) sigaddset(&ends, number);
    sigprocmask(SIG_BLOCK, &ends, nullptr);
    signal(SIGUSR1, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signals_ = signalfd(-1, &ends, SFD_CLOEXEC);
    timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    for (const int device : devices_) fcntl(device, F_SETFL, fcntl(device, F_GETFL) | O_NONBLOCK);
    for (const int descriptor : {signals_, timer_, devices_[0], devices_[1]}) {
      epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
      if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0)
        return system_error(fmt::format("watch descriptor {}", descriptor));
    }
    return Done{};
  }

  Status serve(int descriptor) {
    if (descriptor == signals_) ended_ = true;
    if (descriptor == devices_[0]) return take_in(descriptor, Side::kFar);
    if (descriptor == devices_[1]) return take_in(descriptor, Side::kNear);
    return Done{};  // the timer: `deliver` follows anyway
  }

  Status take_in(int device, Side target) {
    for (int i = 0; i < kPacketsATurn; ++i) {
      const ssize_t bytes = read(device, packet_, sizeof packet_);
      if (bytes < 0 && errno == EAGAIN) return Done{};
      // EBADFD: the device behind the descriptor was removed (drivers/net/tun.c).
      if (bytes == 0 || (bytes < 0 && errno == EBADFD)) {
        ended_ = true;
        return Done{};
      }
      if (bytes < 0 && errno != EINTR) return system_error("read a packet");
      if (bytes > 0) path_.enter({packet_, static_cast<size_t>(bytes)}, target, now_ns());
    }
    return Done{};
  }

  void deliver() {
    const int64_t now = now_ns();
    while (deliver_one(now)) {
    }
  }

  bool deliver_one(int64_t now) {
    const auto packet = path_.arrived(now);
    if (!packet) return false;
    const int device = devices_[static_cast<size_t>(packet->target)];
    // What the host does not take (its device is down) is lost, as on any wire.
    [[maybe_unused]] const auto taken = write(device, packet->bytes.data(), packet->bytes.size());
    return true;
  }

  void wake_up_for_next() {
    const int64_t next = path_.next_ns().value_or(0);  // 0 disarms
    if (next == armed_ns_) return;
    armed_ns_ = next;
    const itimerspec when{
        .it_interval = {},
        .it_value = {.tv_sec = next / 1'000'000'000, .tv_nsec = next % 1'000'000'000}};
    timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
  }

  Path& path_;
  int devices_[2];  // by Side
  int signals_ = -1;
  int timer_ = -1;
  int epoll_ = -1;
  int64_t armed_ns_ = 0;
  bool ended_ = false;
  uint8_t packet_[kLargestPacket];
};

}  // namespace

Status forward(Path& path, int near, int far) { return Forwarder(path, near, far).run(); }

}  // namespace kanaria::lab
