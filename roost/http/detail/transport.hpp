// PRIVATE: the byte stream under a connection: a socket now, TLS over it later.
#pragma once

#include <cstddef>
#include <string_view>

namespace roost::http::detail {

/// What a transfer came to.
struct IoResult {
  enum class Kind : unsigned char {
    done,         // `size` bytes were transferred
    would_block,  // nothing to be done now; the descriptor's readiness will tell
    end,          // the peer has ended its side
    broken,       // the connection is lost
  };
  Kind kind = Kind::done;
  std::size_t size = 0;
};

/// A non-blocking byte stream.
class Transport {
 public:
  Transport() = default;
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  virtual IoResult receive(char* data, std::size_t size) noexcept = 0;
  virtual IoResult send(std::string_view data) noexcept = 0;
  /// One behind the other, neither empty; `size` counts the bytes of both.
  virtual IoResult send(std::string_view first, std::string_view second) noexcept = 0;
  /// Tells the peer that nothing more will be sent.
  virtual void end_sending() noexcept = 0;
  virtual void close() noexcept = 0;
  [[nodiscard]] virtual int descriptor() const noexcept = 0;
  [[nodiscard]] virtual bool secure() const noexcept = 0;
  /// A receive that gave fewer bytes than there was room for has taken all there is.
  [[nodiscard]] virtual bool short_read_means_empty() const noexcept { return true; }
};

/// A connected TCP socket, which it owns.
class SocketTransport final : public Transport {
 public:
  explicit SocketTransport(int descriptor) noexcept : descriptor_{descriptor} {}
  ~SocketTransport() override { SocketTransport::close(); }

  IoResult receive(char* data, std::size_t size) noexcept override;
  IoResult send(std::string_view data) noexcept override;
  IoResult send(std::string_view first, std::string_view second) noexcept override;
  void end_sending() noexcept override;
  void close() noexcept override;
  [[nodiscard]] int descriptor() const noexcept override { return descriptor_; }
  [[nodiscard]] bool secure() const noexcept override { return false; }
  /// Gives the socket to somebody else.
  void release() noexcept { descriptor_ = -1; }

 private:
  int descriptor_;
};

}  // namespace roost::http::detail
