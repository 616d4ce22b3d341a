// PRIVATE: one unit of statements on its way to the server, and the coroutine that waits for it.
#pragma once

#include <roost/async/suspension.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/postgres/detail/statement_cache.hpp>
#include <roost/sql/result.hpp>

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::db::postgres::detail {

class Link;

/// How a Call travels.
struct CallKind {
  bool reads = false;           // on a reading connection, may share its Sync
  bool in_transaction = false;  // of an explicit transaction: nothing runs again, no rollback here
  bool commits = false;         // an explicit transaction ends with it
  bool one_time = false;        // its statements are not kept prepared
  bool binary = false;          // the columns of such a statement are of known types
  Allowed allowed = Allowed::pooled;
};

/// Lives in the frame of the waiting coroutine. Destroying it, or cancelling the task, takes it
/// back when it has not been sent; otherwise a cancel request follows and its results are dropped.
class Call final : public async::Suspension, public async::LoopNode {
 public:
  Call(Link& link, const Batch& batch, CallKind kind, TimePoint deadline);
  Call(Link& link, const Statement& statement, std::span<const ValueView> parameters, CallKind kind,
       TimePoint deadline);
  ~Call();

  /// The driver's own commands, sent before and after the statements in the same trip: BEGIN,
  /// SAVEPOINT; COMMIT. The texts must live as long as the call.
  void send_before(std::span<const std::string_view> commands) { before_ = commands; }
  void send_after(std::string_view command) { after_ = command; }

  bool await_ready() const noexcept { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> coroutine) {
    if (!begin_wait(coroutine)) return false;
    submit();
    return true;
  }
  void await_resume() {
    finish_wait();
    if (error_ != nullptr) std::rethrow_exception(std::move(error_));
  }

  [[nodiscard]] std::vector<Result> take_results() { return std::move(results_); }
  [[nodiscard]] Result take_result() { return std::move(result_); }
  /// The number of the connection that ran it.
  [[nodiscard]] std::uint64_t connection() const { return connection_; }

 private:
  friend class Link;
  void submit();
  bool abandon() noexcept override;
  void end(std::exception_ptr error) noexcept;
  void start_over();
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::span<const ValueView> parameters(const Batch::Entry& entry) const {
    return {parameters_ + entry.first_parameter, entry.parameter_count};
  }
  [[nodiscard]] Result& result(std::size_t index) {
    return results_.empty() ? result_ : results_[index];
  }

  std::shared_ptr<Link> link_;
  Batch::Entry single_;
  std::span<const Batch::Entry> entries_;
  const ValueView* parameters_ = nullptr;
  std::span<const std::string_view> before_;
  std::string_view after_;
  CallKind kind_;
  TimePoint deadline_;
  std::vector<Result> results_;
  Result result_;
  std::exception_ptr error_;
  std::uint64_t connection_ = 0;
  bool in_flight_ = false;
  bool alone_ = false;     // shares no Sync any more
  std::uint8_t runs_ = 0;  // how often it was sent
};

}  // namespace roost::db::postgres::detail
