// SPDX-License-Identifier: Apache-2.0
#include "capture/byte_source.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

namespace kanaria::capture {
namespace {

// Half of a common L2 cache: the headers are still there when they are looked at. Reading beats
// mapping the file by a factor of 1.3 to 1.5 (ADR 005).
constexpr size_t kReadSize = 256 << 10;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    if (fd_ > STDERR_FILENO) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::span<const uint8_t> bytes) : size_(bytes.size()) {
    at_ = bytes.data();
    end_ = at_ + bytes.size();
  }
  bool fill(size_t count) override { return window().size() >= count; }
  const std::optional<std::string>& fault() const override { return fault_; }
  double progress() const override {
    return size_ == 0 ? 1.0 : static_cast<double>(offset()) / static_cast<double>(size_);
  }

 private:
  size_t size_;
  std::optional<std::string> fault_;
};

// Raw bytes of a descriptor, with those already read to recognise the format put in front.
class RawInput {
 public:
  RawInput(FileDescriptor fd, std::vector<uint8_t> head, uint64_t file_size,
           const std::atomic<bool>& stop)
      : fd_(std::move(fd)), head_(std::move(head)), file_size_(file_size), stop_(stop) {}

  // Up to `size` bytes; 0 at the end, after a fault, or when stopped.
  size_t read_some(uint8_t* out, size_t size) {
    if (head_used_ < head_.size()) {
      const size_t count = std::min(size, head_.size() - head_used_);
      std::memcpy(out, head_.data() + head_used_, count);
      head_used_ += count;
      taken_ += count;
      return count;
    }
    while (!stop_.load(std::memory_order_relaxed)) {
      const ssize_t count = ::read(fd_.get(), out, size);
      if (count >= 0) {
        taken_ += static_cast<size_t>(count);
        return static_cast<size_t>(count);
      }
      if (errno == EINTR) continue;
      fault_ = fmt::format("the system could not read on ({})", std::strerror(errno));
      return 0;
    }
    return 0;
  }

  double progress() const {
    if (file_size_ == 0) return -1.0;
    return static_cast<double>(taken_) / static_cast<double>(file_size_);
  }
  const std::optional<std::string>& fault() const { return fault_; }

 private:
  FileDescriptor fd_;
  std::vector<uint8_t> head_;
  size_t head_used_ = 0;
  uint64_t taken_ = 0;
  uint64_t file_size_;
  const std::atomic<bool>& stop_;
  std::optional<std::string> fault_;
};

// One step of decompression: input bytes in, output bytes out.
struct CodecStep {
  size_t consumed = 0;
  size_t produced = 0;
  bool at_frame_end = false;  // nothing is missing if the input ends here
  const char* damage = nullptr;
};

class GzipCodec {
 public:
  GzipCodec() { inflateInit2(&stream_, 15 + 16); }
  ~GzipCodec() { inflateEnd(&stream_); }
  GzipCodec(const GzipCodec&) = delete;
  GzipCodec& operator=(const GzipCodec&) = delete;

  CodecStep step(std::span<const uint8_t> in, std::span<uint8_t> out) {
    if (member_ended_ && !in.empty()) {  // RFC 1952 §2.2: members follow each other
      inflateReset(&stream_);
      member_ended_ = false;
    }
    stream_.next_in = const_cast<Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) member_ended_ = true;
    const bool failed = code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR;
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, member_ended_,
            failed ? "the gzip data are damaged" : nullptr};
  }

 private:
  z_stream stream_{};
  bool member_ended_ = false;
};

class ZstdCodec {
 public:
  ZstdCodec() : stream_(ZSTD_createDStream()) {}
  ~ZstdCodec() { ZSTD_freeDStream(stream_); }
  ZstdCodec(const ZstdCodec&) = delete;
  ZstdCodec& operator=(const ZstdCodec&) = delete;

  CodecStep step(std::span<const uint8_t> in, std::span<uint8_t> out) {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const size_t code = ZSTD_decompressStream(stream_, &output, &input);
    if (ZSTD_isError(code) != 0)
      return {input.pos, output.pos, false, "the Zstandard data are damaged"};
    return {input.pos, output.pos, code == 0, nullptr};
  }

 private:
  ZSTD_DStream* stream_;
};

// A window over bytes that arrive piece by piece.
class StreamWindow : public ByteSource {
 public:
  bool fill(size_t count) final {
    if (window().size() >= count) return true;
    move_window_to_front(count);
    while (window().size() < count && !ended_) {
      const auto used = static_cast<size_t>(end_ - buffer_.data());
      const size_t got = produce(buffer_.data() + used, buffer_.size() - used);
      if (got == 0) ended_ = true;
      end_ += got;
    }
    return window().size() >= count;
  }

 protected:
  // At least one byte unless the input ended or failed; at most `size`.
  virtual size_t produce(uint8_t* out, size_t size) = 0;

 private:
  void move_window_to_front(size_t count) {
    const auto rest = window();
    if (count + kReadSize > buffer_.size()) {
      std::vector<uint8_t> larger(std::max(2 * buffer_.size(), count + kReadSize));
      std::copy(rest.begin(), rest.end(), larger.begin());
      buffer_.swap(larger);
    } else if (!rest.empty()) {
      std::memmove(buffer_.data(), rest.data(), rest.size());
    }
    at_ = buffer_.data();
    end_ = at_ + rest.size();
  }

  std::vector<uint8_t> buffer_;
  bool ended_ = false;
};

class PlainStream final : public StreamWindow {
 public:
  explicit PlainStream(RawInput input) : input_(std::move(input)) {}
  const std::optional<std::string>& fault() const override { return input_.fault(); }
  double progress() const override { return input_.progress(); }

 private:
  size_t produce(uint8_t* out, size_t size) override { return input_.read_some(out, size); }
  RawInput input_;
};

template <typename Codec>
class CompressedStream final : public StreamWindow {
 public:
  explicit CompressedStream(RawInput input) : input_(std::move(input)) {}
  const std::optional<std::string>& fault() const override { return fault_; }
  double progress() const override { return input_.progress(); }

 private:
  size_t produce(uint8_t* out, size_t size) override {
    while (!fault_) {
      if (raw_.empty() && !raw_ended_) take_raw();
      // Without input the codec still hands out what it holds back.
      const CodecStep step = codec_.step(raw_, {out, size});
      if (!raw_.empty()) complete_ = step.at_frame_end;
      raw_ = raw_.subspan(step.consumed);
      if (step.damage != nullptr) fault_ = step.damage;
      if (step.produced > 0) return step.produced;
      if (raw_ended_) note_end();
      // Neither input taken nor output made: nothing more will come of the rest.
      if (step.consumed == 0 && !fault_) return 0;
    }
    return 0;
  }

  void take_raw() {
    const size_t got = input_.read_some(raw_buffer_.data(), raw_buffer_.size());
    raw_ = {raw_buffer_.data(), got};
    raw_ended_ = got == 0;
  }

  void note_end() {
    if (!fault_) fault_ = input_.fault();
    if (!fault_ && !complete_) fault_ = "the compressed data stop in the middle";
  }

  RawInput input_;
  Codec codec_;
  std::vector<uint8_t> raw_buffer_ = std::vector<uint8_t>(kReadSize);
  std::span<const uint8_t> raw_;
  bool raw_ended_ = false;
  bool complete_ = true;
  std::optional<std::string> fault_;
};

bool starts_with(std::span<const uint8_t> bytes, std::initializer_list<uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

Result<FileDescriptor> open_descriptor(const std::string& path) {
  if (path == "-") return FileDescriptor(STDIN_FILENO);
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd >= 0) return FileDescriptor(fd);
  if (errno == ENOENT) return Error{fmt::format("{}: there is no such file; check the name", path)};
  if (errno == EACCES)
    return Error{
        fmt::format("{}: no permission to read it; change its mode or run as its owner", path)};
  return Error{
      fmt::format("{}: cannot be opened ({}); check the path", path, std::strerror(errno))};
}

std::vector<uint8_t> read_head(int fd, const std::atomic<bool>& stop) {
  std::vector<uint8_t> head(4);
  size_t have = 0;
  while (have < head.size() && !stop.load(std::memory_order_relaxed)) {
    const ssize_t got = ::read(fd, head.data() + have, head.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<size_t>(got);
  }
  head.resize(have);
  return head;
}

}  // namespace

std::string input_name(const std::string& path) { return path == "-" ? "stdin" : path; }

Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& path,
                                               const std::atomic<bool>& stop) {
  const std::string name = input_name(path);
  auto opened = open_descriptor(path);
  if (!opened) return opened.error();
  FileDescriptor fd = *std::move(opened);

  struct stat status {};
  if (fstat(fd.get(), &status) != 0)
    return Error{fmt::format("{}: cannot be examined ({})", name, std::strerror(errno))};
  if (S_ISDIR(status.st_mode))
    return Error{fmt::format("{}: is a directory; name the capture files in it", name)};

  std::vector<uint8_t> head = read_head(fd.get(), stop);
  const bool regular = S_ISREG(status.st_mode);
  const auto file_size = regular ? static_cast<uint64_t>(status.st_size) : 0;
  const bool gzip = starts_with(head, {0x1f, 0x8b});
  const bool zstd = starts_with(head, {0x28, 0xb5, 0x2f, 0xfd});

  RawInput input(std::move(fd), std::move(head), file_size, stop);
  std::unique_ptr<ByteSource> source;
  if (gzip)
    source = std::make_unique<CompressedStream<GzipCodec>>(std::move(input));
  else if (zstd)
    source = std::make_unique<CompressedStream<ZstdCodec>>(std::move(input));
  else
    source = std::make_unique<PlainStream>(std::move(input));
  return source;
}

std::unique_ptr<ByteSource> bytes_in_memory(std::span<const uint8_t> bytes) {
  return std::make_unique<MemorySource>(bytes);
}

}  // namespace kanaria::capture
