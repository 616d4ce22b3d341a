// What the recorded cases of the ORM share: a data source with its schema, and a count of the
// statements that were sent.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/orm/orm.hpp>
#include <roost/orm/test_database_impl.hpp>
#include <roost/sql/errors.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace roost::orm {

/// Keeps the texts of the statements since it was last asked.
class SentStatements : public db::StatementLog {
 public:
  void record(const db::StatementEvent& event) noexcept override {
    const std::lock_guard lock{mutex_};
    texts_.emplace_back(event.text);
    if (event.unit != 0) units_.insert(event.unit);
  }
  /// Statements beside BEGIN and COMMIT, which the drivers send along without reporting them.
  std::size_t take() {
    const std::lock_guard lock{mutex_};
    last = std::move(texts_);
    last_units = units_.size();
    texts_.clear();
    units_.clear();
    return last.size();
  }

  std::vector<std::string> last;
  std::size_t last_units = 0;  // batches and transactions among them

 private:
  std::mutex mutex_;
  std::vector<std::string> texts_;
  std::set<std::uint64_t> units_;
};

/// A test of cases on one set of entities.
class CaseTest : public ::testing::Test {
 protected:
  explicit CaseTest(std::vector<EntityEntry> entities) {
    db::DatabaseOptions options;
    options.acquire_timeout = std::chrono::minutes{2};  // several managers on a loaded machine
    options.log = db::StatementLogSettings{log_};
    source_ = std::make_unique<DataSource>(open_database(options), std::move(entities));
  }

  [[nodiscard]] bool on_postgresql() const {
    return source_->database().dialect().kind() == db::DialectKind::postgresql;
  }

  /// Runs a coroutine; the schema is there, the database has no rows.
  template <class Body>
  void run(Body&& body) {
    EventLoop loop;
    const auto all = [&]() -> Task<void> {
      static_cast<void>(co_await source_->create_schema());
      co_await prepare();
      static_cast<void>(log_->take());
      co_await body();
      co_await source_->database().close();
    };
    loop.block_on(all());
  }

  virtual Task<void> prepare() { co_return; }

  /// SQL past the entity manager, from another connection.
  Task<void> sql_at_once(db::RawSql statement) {
    static_cast<void>(co_await source_->database().execute(std::move(statement)));
    static_cast<void>(log_->take());
  }

  /// True when the task throws an E.
  template <class E>
  static Task<bool> refuses(Task<void> task) {
    bool refused = false;
    try {
      co_await std::move(task);
    } catch (const E&) {
      refused = true;
    }
    co_return refused;
  }

  /// What was sent since the last call, with BEGIN and COMMIT around each unit of work: this is how
  /// the cases count.
  [[nodiscard]] std::size_t with_transaction() {
    const std::size_t sent = log_->take();
    return sent == 0 ? 0 : sent + 2;
  }
  [[nodiscard]] std::size_t sent() { return log_->take(); }
  [[nodiscard]] std::string sent_texts() const {
    std::string all;
    for (const std::string& text : log_->last) all += "\n  " + text;
    return all;
  }

  std::shared_ptr<SentStatements> log_ = std::make_shared<SentStatements>();
  std::unique_ptr<DataSource> source_;
};

}  // namespace roost::orm
