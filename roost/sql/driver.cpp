// What the interfaces share: streams, retries, opening by scheme.
#include <roost/sql/driver.hpp>
#include <roost/sql/errors.hpp>

#include <string>

namespace roost::db {

Task<Result> RowStream::next() {
  if (source_ == nullptr) co_return Result{};
  Result chunk = co_await source_->next_chunk();
  if (chunk.empty()) source_.reset();
  co_return chunk;
}

bool detail::may_retry(const std::exception_ptr& error) noexcept {
  const DatabaseError* found = database_error(error);
  return found != nullptr && (found->kind() == ErrorKind::serialization_failure ||
                              found->kind() == ErrorKind::deadlock_detected);
}

Owned<Database> open(DatabaseOptions options, std::span<const Driver* const> drivers) {
  const std::size_t colon = options.url.find(':');
  if (colon == std::string::npos) {
    throw UsageError(
        "the database URL has no scheme; write sqlite:app.db, sqlite::memory: or "
        "postgres://user@host/name");
  }
  const std::string scheme = options.url.substr(0, colon);
  std::string known;
  for (const Driver* driver : drivers) {
    if (driver->accepts(scheme)) return driver->open(std::move(options));
    known += (known.empty() ? "" : ", ") + std::string{driver->name()};
  }
  throw UsageError("no driver for database URLs that begin with \"" + scheme +
                   ":\"; this program has: " + (known.empty() ? "none" : known));
}

Owned<Database> open(DatabaseOptions options, std::initializer_list<const Driver*> drivers) {
  return open(std::move(options), std::span{drivers.begin(), drivers.size()});
}

}  // namespace roost::db
