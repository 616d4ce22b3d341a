// PRIVATE: one connection at work on an event loop: a queue of calls, a pipeline, and what to
// believe when either breaks.
//
// Calls queue until the end of the loop's turn; then their statements are written, each call closed
// by a Sync (reads of one turn by one Sync together). Every command that was written leaves a Step,
// every call a Flight; both are first in, first out, as the server answers. A flight ends at its
// Sync, so what it answers is committed.
//
// A call whose parameters are cells of its own earlier results, or whose row counts must be checked
// before the commit, holds the link: it asks the server to flush, reads, goes on, and only then
// sends its Sync. Nothing else is sent meanwhile.
#pragma once

#include <roost/async/descriptor.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/sql/postgres/detail/call.hpp>
#include <roost/sql/postgres/detail/core.hpp>
#include <roost/sql/postgres/detail/failure.hpp>
#include <roost/sql/postgres/detail/recycled_queue.hpp>
#include <roost/sql/postgres/detail/row_check.hpp>
#include <roost/sql/postgres/detail/types.hpp>
#include <roost/sql/postgres/detail/wire.hpp>
#include <roost/sql/scratch.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace roost::db::postgres::detail {

/// The last statement of a batch from whose result one of the values, or an element of an array
/// among them, is taken.
[[nodiscard]] std::optional<std::uint32_t> last_cell(std::span<const ValueView> parameters);

/// Belongs to the thread of its loop, and is always owned by a std::shared_ptr.
class Link : public std::enable_shared_from_this<Link> {
 public:
  enum class Role : std::uint8_t {
    reader,  // shared; the session is read-only
    writer,  // shared
    session  // of one owner; does not reconnect
  };

  Link(EventLoop& loop, std::shared_ptr<Core> core, Role role);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();

  void submit(Call& call);
  void abandon(Call& call) noexcept;

  /// Takes over an idle connection.
  void attach(std::unique_ptr<Wire> wire);
  /// Gives the connection away, if it is idle and well; else null. No further calls.
  [[nodiscard]] std::unique_ptr<Wire> detach();
  /// Ends at once: what waits fails. No further calls.
  void close(std::string_view reason) noexcept;

  /// Sends a cancel request for what the server is running now, if anything.
  void request_cancel();
  [[nodiscard]] bool idle() const { return flights_.empty() && queue_.empty() && !cancelling_; }
  [[nodiscard]] std::size_t load() const { return flights_.size() + queued_; }
  [[nodiscard]] bool connected() const { return wire_ != nullptr; }
  /// Connects, if it is not, before there is anything to do.
  void warm_up() { start_connecting(); }
  /// Reads are waiting for the end of the turn, and more may share their Sync.
  [[nodiscard]] bool collects_reads() const;
  /// A session's connection broke: it does not come back.
  [[nodiscard]] bool lost() const { return lost_; }
  /// Has the session a transaction open, as far as the server has said?
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] EventLoop& loop() const { return loop_; }
  [[nodiscard]] const std::shared_ptr<Core>& core() const { return core_; }

 private:
  struct Flight {
    Call* call = nullptr;  // null: its results are dropped
    CallKind kind;
    TimePoint deadline = TimePoint::max();
    std::unique_ptr<Failure> failure;  // the first one; then nothing of it is committed
    std::exception_ptr exception;      // of our own checks, instead
    std::size_t size = 0;              // statements
    std::size_t sent = 0;
    std::size_t answered = 0;
    std::uint32_t segment = 0;  // flights of one Sync
    bool setup = false;         // session settings
    bool skipped = false;       // the server skipped it because of another one's error
    bool outdated = false;      // a prepared statement was
    bool synced = false;        // its Sync was sent
    bool cancel_sent = false;   // for this flight
    bool at_risk = false;       // a cancel request for another one may hit it
    bool timed_out = false;
    bool counts_rows = false;  // some numbers of rows are checked here, before the Sync

    [[nodiscard]] bool failed() const { return failure != nullptr || exception != nullptr; }
    void fail(Failure why) { failure = std::make_unique<Failure>(std::move(why)); }
  };
  enum class StepKind : std::uint8_t { prepare, statement, own, drop, sync };
  struct Step {
    Flight* flight = nullptr;
    Prepared* prepared = nullptr;
    std::uint32_t index = 0;
    StepKind kind = StepKind::own;
    bool binary = false;       // its rows
    bool checks_rows = false;  // the server does
  };

  // Sending, in link_send.cpp.
  void send_queued();
  [[nodiscard]] bool may_begin_segment() const;
  Flight& begin_flight(Call& call);
  void send_flight(Flight& flight);
  bool send_statements(Flight& flight);
  void send_statement(Flight& flight, const Batch::Entry& entry, bool has_cells);
  [[nodiscard]] const Statement* checked_form(const Flight& flight, const Batch::Entry& entry);
  void send_checked(Flight& flight, const Batch::Entry& entry, const Statement& checked,
                    std::span<const ValueView> parameters);
  void send_kept(Flight& flight, const Statement& statement, std::span<const ValueView> parameters);
  void send_once(Flight& flight, const Statement& statement, std::span<const ValueView> parameters);
  void send_text(std::string_view text, std::span<const ValueView> parameters,
                 std::span<const ValueType> types, std::span<const Oid> arrays, bool binary);
  std::span<const ValueView> resolve_cells(Flight& flight, std::span<const ValueView> parameters);
  ValueView resolve_cell(Flight& flight, const ValueView& parameter);
  void send_own(Flight& flight, std::string_view text, StepKind kind = StepKind::own);
  void send_dropped(Flight& flight);
  void send_sync();
  void hold(Flight& flight);
  void resume_held();
  void setup_session();
  void flush_output();
  void flush_when_much();

  // Reading, in link_read.cpp.
  void read();
  void read_messages();
  void handle(const Message& message);
  void handle_parameters(std::string_view body);
  void handle_shape(std::shared_ptr<const RowShape> shape);
  void handle_row(std::string_view body);
  void handle_end(std::uint64_t affected_rows);
  void handle_statement(Step& step, std::uint64_t affected_rows);
  void handle_error(std::string_view body);
  void handle_failure(Step& step, const ErrorFields& error);
  void handle_ready(std::string_view body);
  [[nodiscard]] const std::shared_ptr<const RowShape>& shape_of(const Step& step) const;
  void end_step();
  void skip_step();
  void finish_segment(std::uint32_t segment);
  void finish_flight(Flight& flight);
  bool should_run_again(const Flight& flight) const;
  void run_again(Flight& flight);
  void check_row_count(Flight& flight, std::size_t index);

  // Life, in link.cpp.
  void lose(std::string_view reason);
  void fail_queue(const Failure& failure);
  void start_connecting();
  void arm_timer(TimePoint deadline);
  void on_timer();
  void expire_queue(TimePoint now);
  void expire_flights(TimePoint now);
  static Task<void> keep_reading(std::shared_ptr<Link> self, std::uint64_t number);
  static Task<void> write_out(std::shared_ptr<Link> self, std::uint64_t number);
  static Task<void> connect(std::shared_ptr<Link> self);
  static Task<void> cancel(std::shared_ptr<Link> self);

  EventLoop& loop_;
  std::shared_ptr<Core> core_;
  Role role_;
  std::unique_ptr<Wire> wire_;
  std::optional<DescriptorWatch> watch_;
  EndOfTurn end_of_turn_;
  Timeout timer_;
  TimePoint timer_at_ = TimePoint::max();

  async::LoopList queue_;
  std::size_t queued_ = 0;
  RecycledQueue<Flight> flights_;
  RecycledQueue<Step> steps_;
  CheckedStatements checked_;
  Flight* held_ = nullptr;
  std::uint32_t segment_ = 0;
  bool segment_open_ = false;
  std::shared_ptr<const RowShape> shape_;  // of the statement that is being answered, if told
  RowBuffer rows_;                         // of that
  std::vector<ValueType> types_;
  std::vector<ValueView> resolved_;
  Scratch resolved_elements_;

  std::chrono::milliseconds reconnect_delay_{0};
  std::uint64_t incarnation_ = 0;  // of the connection, so that old tasks notice
  bool connecting_ = false;
  bool setting_up_ = false;
  bool writing_out_ = false;
  bool cancelling_ = false;
  bool skipping_ = false;  // the server does not answer before the next Sync
  bool sending_ = false;
  bool was_connected_ = false;
  bool lost_ = false;
  bool closed_ = false;
};

}  // namespace roost::db::postgres::detail
