// PRIVATE: the body of a request whose handler reads it piece by piece.
//
// Nothing is read ahead: the connection's socket is only asked when the handler asks and what came
// before has been taken. So there is one buffer, it never moves, and the kernel's buffers are all
// that a client can fill while the handler is busy.
#pragma once

#include <roost/async/suspension.hpp>
#include <roost/base/chrono.hpp>
#include <roost/http/body_source.hpp>
#include <roost/http/detail/request_parser.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace roost::http::detail {

class Connection;

class BodyFeed final : public BodySource {
 public:
  /// Why a body does not come to its end.
  enum class Failure : std::uint8_t { none, left, late, malformed, trailers, too_large };

  /// `begun`: what came of the body together with the head.
  BodyFeed(Connection& connection, std::optional<std::uint64_t> length, std::uint64_t limit,
           std::string_view begun, bool continue_due);
  ~BodyFeed() = default;

  Task<std::optional<std::string_view>> read() override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return length_; }

  /// The handler waits for the client.
  [[nodiscard]] bool waits() const { return waiter_ != nullptr; }
  /// How long it may wait from now on.
  [[nodiscard]] std::chrono::steady_clock::duration patience() const;
  /// While it waits: there may be something to read.
  void on_input();
  void fail(Failure failure);

  /// The whole body has come.
  [[nodiscard]] bool complete() const { return complete_; }
  /// Whether what is missing is little enough to wait for it after the answer.
  [[nodiscard]] bool may_be_skipped() const;
  /// Reads on without keeping anything. False when there is nothing to read now, or the body is
  /// complete, or has failed: it is longer than what may be skipped, for example.
  bool skip();
  [[nodiscard]] bool failed() const { return failure_ != Failure::none; }
  /// What came behind the complete body: the beginning of the next request.
  [[nodiscard]] std::string_view rest() const {
    return {buffer_.get() + body_end_, input_end_ - body_end_};
  }

 private:
  class Arrival final : public async::Suspension {
   public:
    explicit Arrival(BodyFeed& feed) noexcept : feed_{feed} {}
    ~Arrival() { cancel_wait(); }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> coroutine) {
      if (!begin_wait(coroutine)) return false;
      feed_.begin_waiting(*this);
      return true;
    }
    void await_resume() const { finish_wait(); }

   private:
    bool abandon() noexcept override {
      feed_.end_waiting();
      return true;
    }
    BodyFeed& feed_;
  };

  void begin_waiting(Arrival& waiter);
  void end_waiting();
  void wake();
  [[nodiscard]] bool has_news() const { return begin_ != data_end_ || complete_ || failed(); }
  bool receive();
  void decode();
  [[noreturn]] void throw_failure() const;

  Connection& connection_;
  std::optional<std::uint64_t> length_;
  std::uint64_t limit_;
  std::uint64_t received_ = 0;  // of the body, decoded
  std::uint64_t skipped_ = 0;
  ChunkedDecoder chunks_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_;
  std::size_t begin_ = 0;     // of what the handler has not been given
  std::size_t data_end_ = 0;  // of what is decoded
  std::size_t body_end_ = 0;  // once complete: where the next request begins
  std::size_t input_end_ = 0;
  int reads_ = 0;  // since others had their turn
  bool complete_ = false;
  bool reading_ = false;
  bool continue_due_;  // the client waits to be told to send the body
  Failure failure_ = Failure::none;
  Arrival* waiter_ = nullptr;
  std::chrono::steady_clock::time_point wait_begin_{};
  std::chrono::steady_clock::duration waited_{};  // in all
};

}  // namespace roost::http::detail
