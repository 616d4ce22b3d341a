// One connection of SQLite.
#include <roost/sql/dialect.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/sqlite/detail/binding.hpp>
#include <roost/sql/sqlite/detail/cursor.hpp>
#include <roost/sql/sqlite/detail/failure.hpp>
#include <roost/sql/sqlite/detail/handle.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>

namespace roost::db::sqlite::detail {

namespace {

/// Steps of SQLite's machine between two looks at the clock: some tens of microseconds.
constexpr int steps_per_check = 2'000;
constexpr std::int64_t log_size_limit = 64 << 20;
/// How long a checkpoint waits for readers, if it does.
constexpr std::chrono::milliseconds wait_for_readers{10};

/// PRAGMAs with an argument that only look.
constexpr std::array<std::string_view, 12> harmless_pragmas{
    "table_info",      "table_xinfo", "table_list",       "index_list",
    "index_info",      "index_xinfo", "foreign_key_list", "foreign_key_check",
    "integrity_check", "quick_check", "user_version",     "application_id"};

}  // namespace

void CloseDatabase::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
void FinalizeStatement::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

/// Puts limits on what runs while it lives.
class Handle::Limited {
 public:
  Limited(Handle& handle, const ExecutionLimits& limits) : handle_{handle} {
    handle_.limits_ = limits;
  }
  ~Limited() { handle_.limits_ = ExecutionLimits{}; }
  Limited(const Limited&) = delete;
  Limited& operator=(const Limited&) = delete;

 private:
  Handle& handle_;
};

Handle::Handle(const Location& location, Role role, std::size_t cached_statements)
    : location_{location}, role_{role}, cache_limit_{std::max<std::size_t>(cached_statements, 1)} {
  open();
  set_up();
}

Handle::~Handle() {
  if (role_ != Role::writer || database_ == nullptr || location_.read_only) return;
  limits_.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{200};
  sqlite3_exec(database_.get(), "pragma optimize", nullptr, nullptr, nullptr);
}

void Handle::open() {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (location_.read_only) {
    flags |= SQLITE_OPEN_READONLY;
  } else {
    flags |= SQLITE_OPEN_READWRITE;
    if (location_.create) flags |= SQLITE_OPEN_CREATE;
  }
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(location_.path.c_str(), &opened, flags, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) fail(code, {});
  sqlite3_progress_handler(
      opened, steps_per_check, [](void* self) { return static_cast<Handle*>(self)->on_progress(); },
      this);
  sqlite3_set_authorizer(
      opened,
      [](void* self, int action, const char* first, const char* second, const char*, const char*) {
        return static_cast<Handle*>(self)->authorize(action, first, second);
      },
      this);
  // In place of the automatic checkpoint, which would run inside of the commit.
  sqlite3_wal_hook(
      opened,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Handle*>(self)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  // "name" is a column or an error, never silently the text 'name'.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_busy_timeout(opened, static_cast<int>(location_.busy_timeout.count()));
}

void Handle::set_up() {
  const bool writer = role_ == Role::writer;
  execute_own("pragma foreign_keys = on");
  execute_own("pragma temp_store = memory");
  const std::size_t kib = writer ? location_.cache_kib : location_.cache_kib / 4;
  execute_own("pragma cache_size = -" + std::to_string(std::max<std::size_t>(kib, 256)));
  if (writer && !location_.read_only && sqlite3_db_readonly(native(), "main") == 0) {
    const StatementHandle mode = prepare_once("pragma journal_mode = wal");
    const int code = sqlite3_step(mode.get());
    if (code != SQLITE_ROW) fail_and_reset(code, mode.get());
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(mode.get(), 0));
    if (std::string_view{text} != "wal") {
      throw_error(ErrorKind::cannot_connect, [&] {
        ErrorDetails details;
        details.message = "the file system of " + location_.shown +
                          " does not allow a write-ahead log (journal mode " + std::string{text} +
                          ")";
        details.hint = "keep the database on a local disk";
        return details;
      }());
    }
    execute_own("pragma journal_size_limit = " + std::to_string(log_size_limit));
  }
  execute_own(location_.memory      ? "pragma synchronous = off"
              : location_.full_sync ? "pragma synchronous = full"
                                    : "pragma synchronous = normal");
  if (writer) {
    check_json();
  } else {
    execute_own("pragma query_only = on");
  }
}

void Handle::check_json() {
  const StatementHandle probe = prepare_once("select json_extract('{\"a\":[1]}', '$.a[0]')");
  const int code = sqlite3_step(probe.get());
  if (code != SQLITE_ROW) fail_and_reset(code, probe.get());
}

Prepared& Handle::prepare(const Statement& statement) {
  if (statement.slot != Statement::no_slot) {
    if (statement.slot >= slots_.size()) slots_.resize(statement.slot + 1U);
    std::unique_ptr<Prepared>& slot = slots_[statement.slot];
    if (slot == nullptr) {
      auto made = std::make_unique<Prepared>();
      fill(*made, statement.text);
      slot = std::move(made);
    }
    return *slot;
  }
  const std::uint64_t hash =
      statement.hash != 0 ? statement.hash : hash_of(statement.text, statement.parameters);
  const auto [first, last] = cache_index_.equal_range(hash);
  for (auto found = first; found != last; ++found) {
    if (found->second->prepared.text != statement.text) continue;
    cache_.splice(cache_.begin(), cache_, found->second);
    return cache_.front().prepared;
  }
  Cached cached{hash, Prepared{}};
  cached.prepared.text = statement.text;
  fill(cached.prepared, cached.prepared.text);
  if (cache_.size() >= cache_limit_) {
    const auto oldest = std::prev(cache_.end());
    const auto [begin, end] = cache_index_.equal_range(oldest->hash);
    cache_index_.erase(std::find_if(begin, end, [&](const auto& e) { return e.second == oldest; }));
    cache_.pop_back();
  }
  cache_.push_front(std::move(cached));
  cache_index_.emplace(hash, cache_.begin());
  return cache_.front().prepared;
}

void Handle::fill(Prepared& prepared, std::string_view text) {
  sqlite3_stmt* made = nullptr;
  const char* tail = nullptr;
  ++prepares_;
  checking_ = true;
  const int code = sqlite3_prepare_v3(native(), text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made, &tail);
  checking_ = false;
  prepared.statement.reset(made);
  if (code != SQLITE_OK) fail(code, text);
  if (made == nullptr) throw UsageError("the SQL text holds no statement");
  const std::string_view rest = text.substr(static_cast<std::size_t>(tail - text.data()));
  if (!Dialect::sqlite().split_script(rest).empty()) {
    throw UsageError("one statement at a time: \"" + std::string{rest.substr(0, 80)} +
                     "\" stands after the first one; use run_script() for several");
  }
  prepared.parameter_count = sqlite3_bind_parameter_count(made);
  prepared.reads = sqlite3_stmt_readonly(made) != 0;
  refresh_names(prepared);
}

void Handle::refresh_names(Prepared& prepared) {
  sqlite3_stmt* statement = prepared.statement.get();
  auto names = std::make_shared<ColumnNames>();
  const int count = sqlite3_column_count(statement);
  names->reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const char* name = sqlite3_column_name(statement, i);
    names->emplace_back(name == nullptr ? "" : name);
  }
  prepared.names = std::move(names);
  prepared.reprepared = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_REPREPARE, 0);
}

StatementHandle Handle::prepare_once(std::string_view text) {
  sqlite3_stmt* made = nullptr;
  const int code =
      sqlite3_prepare_v2(native(), text.data(), static_cast<int>(text.size()), &made, nullptr);
  if (code != SQLITE_OK) fail(code, text);
  return StatementHandle{made};
}

void Handle::bind_all(Prepared& prepared, std::span<const ValueView> parameters,
                      std::span<const Result> earlier, Scratch& scratch) {
  if (parameters.size() != static_cast<std::size_t>(prepared.parameter_count)) {
    throw UsageError("the statement has " + std::to_string(prepared.parameter_count) +
                     " placeholders and is given " + std::to_string(parameters.size()) +
                     " values: " + sqlite3_sql(prepared.statement.get()));
  }
  scratch.clear();
  int number = 0;
  for (const ValueView& parameter : parameters) {
    bind(prepared.statement.get(), ++number, parameter, earlier, scratch);
  }
}

Result Handle::run(Prepared& prepared, std::span<const ValueView> parameters,
                   std::span<const Result> earlier, const ExecutionLimits& limits) {
  sqlite3_stmt* statement = prepared.statement.get();
  bind_all(prepared, parameters, earlier, scratch_);
  const Limited limited{*this, limits};
  const sqlite3_int64 changes_before = prepared.reads ? 0 : sqlite3_total_changes64(native());
  int code = sqlite3_step(statement);
  if (sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_REPREPARE, 0) != prepared.reprepared) {
    refresh_names(prepared);
  }
  auto rows = std::make_unique<MemoryRows>(prepared.names);
  while (code == SQLITE_ROW) {
    rows->append(statement);
    code = sqlite3_step(statement);
  }
  if (code != SQLITE_DONE) fail_and_reset(code, statement);
  if (!prepared.reads && sqlite3_total_changes64(native()) != changes_before) {
    rows->set_affected_rows(static_cast<std::uint64_t>(sqlite3_changes64(native())));
  }
  sqlite3_reset(statement);
  return Result{std::move(rows)};
}

std::vector<Result> Handle::run_batch(const Batch& batch, const ExecutionLimits& limits) {
  std::vector<Result> results;
  results.reserve(batch.size());
  for (const Batch::Entry& entry : batch.entries()) {
    std::exception_ptr failure;
    try {
      results.push_back(run(entry.statement, batch.parameters(entry), results, limits));
      const Result& result = results.back();
      const std::uint64_t rows =
          std::max<std::uint64_t>(result.affected_rows(), result.row_count());
      if (entry.expected_rows == Batch::any_row_count || rows == entry.expected_rows) continue;
      ErrorDetails details;
      details.message = "the statement met " + std::to_string(rows) + " rows instead of " +
                        std::to_string(entry.expected_rows);
      details.statement = entry.statement.text;
      throw RowCountMismatch(std::move(details));
    } catch (...) {
      failure = std::current_exception();
    }
    const DatabaseError* error = database_error(failure);
    if (error == nullptr) std::rethrow_exception(failure);
    ErrorDetails details = error->details();
    details.batch_index = static_cast<std::uint32_t>(&entry - batch.entries().data());
    throw_error(error->kind(), std::move(details));
  }
  return results;
}

Cursor::Cursor(Handle& handle, const Statement& statement, std::span<const ValueView> parameters)
    : handle_{handle} {
  handle_.fill(prepared_, statement.text);
  if (!prepared_.reads) throw UsageError("a stream reads; this statement writes");
  for (const ValueView& parameter : parameters) parameters_.emplace_back(parameter);
  for (const Value& parameter : parameters_) views_.push_back(parameter.view());
  handle_.bind_all(prepared_, views_, {}, scratch_);
}

Result Cursor::next(std::size_t rows, const ExecutionLimits& limits) {
  auto chunk = std::make_unique<MemoryRows>(prepared_.names);
  const Handle::Limited limited{handle_, limits};
  while (!finished_ && chunk->row_count() < rows) {
    const int code = sqlite3_step(prepared_.statement.get());
    if (code == SQLITE_ROW) {
      chunk->append(prepared_.statement.get());
    } else if (code == SQLITE_DONE) {
      finished_ = true;
      sqlite3_reset(prepared_.statement.get());
    } else {
      finished_ = true;
      handle_.fail_and_reset(code, prepared_.statement.get());
    }
  }
  return Result{std::move(chunk)};
}

void Handle::step_own(StatementHandle& statement, std::string_view text) {
  if (statement == nullptr) statement = prepare_once(text);
  const int code = sqlite3_step(statement.get());
  if (code != SQLITE_DONE) fail_and_reset(code, statement.get());
  sqlite3_reset(statement.get());
}

void Handle::execute_own(std::string_view text) {
  const StatementHandle statement = prepare_once(text);
  int code = sqlite3_step(statement.get());
  while (code == SQLITE_ROW) code = sqlite3_step(statement.get());
  if (code != SQLITE_DONE) fail_and_reset(code, statement.get());
}

void Handle::rollback() noexcept {
  if (!in_transaction()) return;
  sqlite3_exec(native(), "rollback", nullptr, nullptr, nullptr);
}

bool Handle::in_transaction() const noexcept { return sqlite3_get_autocommit(native()) == 0; }

bool Handle::has_open_foreign_keys() const noexcept {
  int open = 0;
  int peak = 0;
  return sqlite3_db_status(native(), SQLITE_DBSTATUS_DEFERRED_FKS, &open, &peak, 0) == SQLITE_OK &&
         open != 0;
}

void Handle::throw_open_foreign_keys() const {
  ErrorDetails details;
  details.message = "FOREIGN KEY constraint failed";
  details.detail = "a deferred foreign key has no row that it refers to";
  details.code = std::to_string(SQLITE_CONSTRAINT_FOREIGNKEY);
  throw ForeignKeyViolation(std::move(details));
}

int Handle::checkpoint(bool wait) noexcept {
  int in_log = 0;
  int moved = 0;
  if (wait) sqlite3_busy_timeout(native(), static_cast<int>(wait_for_readers.count()));
  const int mode = wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
  sqlite3_wal_checkpoint_v2(native(), "main", mode, &in_log, &moved);
  if (wait) sqlite3_busy_timeout(native(), static_cast<int>(location_.busy_timeout.count()));
  return std::max(moved, 0);
}

void Handle::fail(int code, std::string_view statement) {
  std::rethrow_exception(current_failure(native(), code, statement, location_.shown));
}

void Handle::fail_and_reset(int code, sqlite3_stmt* statement) {
  // The error's message lives until the next call, which `current_failure` makes; the reset only
  // repeats it.
  const std::string text = sqlite3_sql(statement);
  sqlite3_reset(statement);
  fail(code, text);
}

int Handle::on_progress() noexcept {
  if (limits_.cancelled != nullptr && limits_.cancelled->load(std::memory_order_relaxed)) return 1;
  const bool counts = limits_.budget != std::chrono::nanoseconds::max();
  if (!counts && limits_.deadline == ExecutionLimits::TimePoint::max()) return 0;
  const ExecutionLimits::TimePoint now = std::chrono::steady_clock::now();
  if (counts) {
    limits_.deadline = std::min(limits_.deadline, now + limits_.budget);
    limits_.budget = std::chrono::nanoseconds::max();
  }
  return now >= limits_.deadline ? 1 : 0;
}

int Handle::authorize(int action, const char* first, const char* second) noexcept {
  // Our own SQL, and what VACUUM does inside, may do anything.
  if (!checking_) return SQLITE_OK;
  switch (action) {
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return SQLITE_DENY;
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
      return settings_allowed_ ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA: {
      if (settings_allowed_ || second == nullptr) return SQLITE_OK;
      const auto found =
          std::find(harmless_pragmas.begin(), harmless_pragmas.end(), std::string_view{first});
      return found == harmless_pragmas.end() ? SQLITE_DENY : SQLITE_OK;
    }
    default:
      return SQLITE_OK;
  }
}

}  // namespace roost::db::sqlite::detail
