// PRIVATE: one connection of a server, from its acceptance to its end.
#pragma once

#include <roost/async/cancellation.hpp>
#include <roost/async/loop_node.hpp>
#include <roost/async/task.hpp>
#include <roost/async/timers.hpp>
#include <roost/http/detail/transport.hpp>
#include <roost/http/detail/worker.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace roost::http {
class Stream;
}

namespace roost::http::detail {

class BodyFeed;

/// Reads requests, has them answered one after the other, and sends the answers; several that are
/// ready together leave in one send.
///
/// The socket is watched edge-triggered: `readable_` remembers that there may be something to read
/// until a short read shows that there is not. While a handler's task runs nothing is read, which
/// is what slows down clients that send faster than they are answered.
class Connection final : public PollClient {
 public:
  Connection(Worker& worker, std::unique_ptr<Transport> transport, std::string remote_address,
             std::uint16_t remote_port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void on_ready(std::uint32_t events) override;
  /// Closes the connection now if it is idle, else after the answer to the request under way.
  void drain();
  /// Cancels and closes whatever is going on.
  void cut();

  std::size_t index = 0;             // among the worker's connections
  bool trusted = false;              // a proxy whose word about the client is taken
  std::optional<IpAddress> counted;  // under this address

  // For the body of a request that its handler reads.
  [[nodiscard]] const ServerOptions& options() const { return worker_.options(); }
  [[nodiscard]] TimePoint now() const { return worker_.loop().now(); }
  /// What the socket gives now; 0 if nothing.
  std::size_t receive_body(char* data, std::size_t room);
  [[nodiscard]] bool peer_ended() const { return peer_ended_; }
  void send_continue();
  /// Begins the time that the handler has, or the client whom it waits for.
  void arm_task_timeout();
  /// Goes on after others had their turn.
  void run_again();

 private:
  enum class State : std::uint8_t {
    reading,    // waits for a request, or for more of it
    handling,   // a handler's task runs
    streaming,  // the body of a response is being produced
    skipping,   // the answer is complete, the body of its request is not: the rest is dropped
    ending,     // nothing more will be read; output is still to be sent
    lingering,  // everything is sent; late input is dropped, so that no reset destroys the output
    closed,
  };

  // Runs when the task of the exchange has ended, outside of that task.
  struct TaskEnd final : async::LoopNode, async::CompletionObserver {
    explicit TaskEnd(Connection& owner) noexcept : LoopNode{&TaskEnd::fire}, connection{owner} {}
    std::coroutine_handle<> on_task_finished(async::PromiseBase&) noexcept override;
    static void fire(LoopNode& node);
    Connection& connection;
  };

  // Goes on after others had their turn.
  struct Again final : async::LoopNode {
    explicit Again(Connection& owner) noexcept : LoopNode{&Again::fire}, connection{owner} {}
    static void fire(LoopNode& node);
    Connection& connection;
  };

  // What the sender of a stream awaits while the client is slow.
  struct DrainAwaiter {
    Connection& connection;
    [[nodiscard]] bool await_ready() const noexcept { return !connection.output_blocked(); }
    void await_suspend(std::coroutine_handle<> coroutine) noexcept {
      connection.drain_waiter_.set_coroutine(coroutine);
      connection.drain_awaited_ = true;
    }
    void await_resume() const noexcept {}
  };

  // Input.
  void handle_events(std::uint32_t events);
  void run();
  bool receive();
  std::size_t receive_into(char* data, std::size_t room);
  void make_room();
  void answer_buffered();
  void on_partial(std::size_t size);
  void arm_read_timeout();

  // Requests and their answers.
  void plan_body();
  void dispatch();
  void believe_proxy();
  void start_task(Task<void> task, State state);
  void task_ended();
  void finish_response();
  void complete_exchange(bool keep_alive);
  void complete_body(bool keep_alive);
  void take_input(std::string_view input);
  void skip_body();
  void refuse(unsigned status, std::string_view reason);
  void answer_exception(const std::exception_ptr& exception);
  Task<void> pump(std::unique_ptr<Stream> stream, BodyMode mode);

  // Output and the end.
  [[nodiscard]] std::string& output();
  [[nodiscard]] bool output_blocked() const { return !pending_.empty(); }
  bool flush() { return send({}); }
  bool send(std::string_view body);
  void resume_output();
  void settle();
  void linger();
  void drop_input();
  void on_timeout();
  void client_left();
  void close();
  void release_buffers();

  Worker& worker_;
  std::unique_ptr<Transport> transport_;
  std::string remote_address_;
  std::uint16_t remote_port_;
  State state_ = State::reading;
  bool readable_ = false;
  bool has_received_ = false;
  bool needs_input_ = true;  // what is buffered is no complete request
  bool peer_ended_ = false;  // the client has closed its side
  bool must_linger_ = false;
  bool reading_head_ = false;  // the timeout of a request's head, or body, has begun
  bool reading_body_ = false;
  bool task_counted_ = false;
  bool stream_keeps_alive_ = false;
  bool drain_awaited_ = false;
  bool handler_timed_out_ = false;
  std::unique_ptr<Exchange> exchange_;
  BodyFeed* feed_ = nullptr;  // of the exchange whose body its handler reads
  InputBuffer input_;
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  std::string pending_;  // output that the socket did not take
  std::size_t pending_sent_ = 0;
  TimePoint body_begin_{};
  Timeout timeout_;
  TaskEnd task_end_{*this};
  Again again_{*this};
  async::ResumeNode drain_waiter_;
  std::optional<CancellationSource> cancellation_;
};

}  // namespace roost::http::detail
