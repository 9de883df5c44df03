// SPDX-License-Identifier: Apache-2.0
#include "capture/byte_sink.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

namespace kanaria::capture {
namespace {

constexpr size_t kBufferBytes = 256 << 10;
constexpr int kZstdLevel = 3;  // the library's own default
constexpr int kGzipWrapper = 15 + 16;

// A descriptor that remembers the first failed write.
class RawOutput {
 public:
  RawOutput(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}
  RawOutput(const RawOutput&) = delete;
  RawOutput& operator=(const RawOutput&) = delete;
  ~RawOutput() { close_file(); }

  void write(std::span<const uint8_t> bytes) {
    while (!bytes.empty() && !fault_) {
      const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        note_fault();
        return;
      }
      written_ += static_cast<size_t>(count);
      bytes = bytes.subspan(static_cast<size_t>(count));
    }
  }
  void close_file() {
    if (fd_ > STDERR_FILENO && ::close(fd_) != 0) note_fault();
    fd_ = -1;
  }
  const std::optional<Error>& fault() const { return fault_; }
  uint64_t written() const { return written_; }

 private:
  void note_fault() {
    if (!fault_)
      fault_ = Error{
          fmt::format("{}: could not be written on ({}); what stands in it is kept, check the "
                      "space left",
                      name_, std::strerror(errno))};
  }

  std::string name_;
  int fd_;
  uint64_t written_ = 0;
  std::optional<Error> fault_;
};

enum class Until : uint8_t { kMore, kFlushed, kEnded };

class PlainEncoder {
 public:
  void encode(std::span<const uint8_t> bytes, Until, RawOutput& out) { out.write(bytes); }
};

class GzipEncoder {
 public:
  GzipEncoder() {
    deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWrapper, 8, Z_DEFAULT_STRATEGY);
  }
  ~GzipEncoder() { deflateEnd(&stream_); }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  void encode(std::span<const uint8_t> bytes, Until until, RawOutput& out) {
    const int mode = until == Until::kEnded     ? Z_FINISH
                     : until == Until::kFlushed ? Z_SYNC_FLUSH
                                                : Z_NO_FLUSH;
    stream_.next_in = const_cast<Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = buffer_.data();
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      deflate(&stream_, mode);
      out.write(std::span(buffer_).first(buffer_.size() - stream_.avail_out));
    } while (stream_.avail_out == 0);
  }

 private:
  z_stream stream_{};
  std::vector<uint8_t> buffer_ = std::vector<uint8_t>(kBufferBytes);
};

class ZstdEncoder {
 public:
  ZstdEncoder() : stream_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(stream_, ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(stream_, ZSTD_c_checksumFlag, 1);
  }
  ~ZstdEncoder() { ZSTD_freeCCtx(stream_); }
  ZstdEncoder(const ZstdEncoder&) = delete;
  ZstdEncoder& operator=(const ZstdEncoder&) = delete;

  void encode(std::span<const uint8_t> bytes, Until until, RawOutput& out) {
    const ZSTD_EndDirective mode = until == Until::kEnded     ? ZSTD_e_end
                                   : until == Until::kFlushed ? ZSTD_e_flush
                                                              : ZSTD_e_continue;
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    size_t left = 0;
    do {
      ZSTD_outBuffer output{buffer_.data(), buffer_.size(), 0};
      left = ZSTD_compressStream2(stream_, &output, &input, mode);
      out.write(std::span(buffer_).first(output.pos));
    } while (mode == ZSTD_e_continue ? input.pos < input.size : left != 0);
  }

 private:
  ZSTD_CCtx* stream_;
  std::vector<uint8_t> buffer_ = std::vector<uint8_t>(kBufferBytes);
};

template <typename Encoder>
class EncodedSink final : public ByteSink {
 public:
  EncodedSink(std::string name, int fd) : out_(std::move(name), fd) {
    buffer_.reserve(kBufferBytes);
  }

  void write(std::span<const uint8_t> bytes) override {
    if (out_.fault()) return;
    if (buffer_.size() + bytes.size() > kBufferBytes) hand_on(Until::kMore);
    if (bytes.size() >= kBufferBytes) {
      encoder_.encode(bytes, Until::kMore, out_);
      return;
    }
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
  void flush() override { hand_on(Until::kFlushed); }
  Status finish() override {
    hand_on(Until::kEnded);
    out_.close_file();
    if (const auto& fault = out_.fault()) return *fault;
    return Done{};
  }
  const std::optional<Error>& fault() const override { return out_.fault(); }
  uint64_t written() const override { return out_.written(); }

 private:
  void hand_on(Until until) {
    encoder_.encode(buffer_, until, out_);
    buffer_.clear();
  }

  RawOutput out_;
  Encoder encoder_;
  std::vector<uint8_t> buffer_;
};

}  // namespace

Result<std::unique_ptr<ByteSink>> create_bytes(const std::string& path) {
  std::string name = path == "-" ? "stdout" : path;
  const int fd = path == "-" ? STDOUT_FILENO
                             : open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0)
    return Error{fmt::format("{}: cannot be created ({}); check the folder and its permissions",
                             name, std::strerror(errno))};
  if (path.ends_with(".gz"))
    return std::unique_ptr<ByteSink>(
        std::make_unique<EncodedSink<GzipEncoder>>(std::move(name), fd));
  if (path.ends_with(".zst"))
    return std::unique_ptr<ByteSink>(
        std::make_unique<EncodedSink<ZstdEncoder>>(std::move(name), fd));
  return std::unique_ptr<ByteSink>(
      std::make_unique<EncodedSink<PlainEncoder>>(std::move(name), fd));
}

}  // namespace kanaria::capture
