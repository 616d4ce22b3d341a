// create, create_missing and drop: statements of DDL, run in one transaction.
#include <roost/schema/additions.hpp>
#include <roost/schema/create.hpp>
#include <roost/schema/ddl.hpp>
#include <roost/schema/introspect.hpp>
#include <roost/sql/raw_sql.hpp>

#include <algorithm>
#include <utility>

namespace roost::schema {

namespace {

// A number for PostgreSQL's advisory locks that nobody else is likely to use.
constexpr std::int64_t schema_lock = 0x726f'6f73'7421;

/// One after the other: two processes that find the same table missing would both create it.
Task<std::vector<std::string>> create_missing_in(db::Transaction& transaction,
                                                 const Schema& schema) {
  if (transaction.dialect().kind() == db::DialectKind::postgresql) {
    co_await transaction.execute(sql("select pg_advisory_xact_lock({})", schema_lock));
  }
  const Schema wanted = resolved(schema, transaction.dialect());
  const IntrospectOptions options = IntrospectOptions::for_schema(wanted);
  const Schema actual = co_await introspect(transaction, options);
  std::vector<std::string> statements = addition_statements(wanted, actual, transaction.dialect());
  if (!statements.empty()) co_await transaction.run_script(script_of(statements));
  co_return statements;
}

}  // namespace

Task<void> create(db::Executor& executor, const Schema& schema) {
  const std::string script = script_of(create_statements(schema, executor.dialect()));
  if (!script.empty()) co_await executor.run_script(script);
}

Task<std::vector<std::string>> create_missing(db::Database& database, const Schema& schema) {
  const auto body = [&schema](db::Transaction& transaction) {
    return create_missing_in(transaction, schema);
  };
  // Each statement sees what others committed while this waited for the lock.
  const db::TransactionOptions options{db::Isolation::read_committed};
  std::vector<std::string> statements = co_await database.transactional(body, options);
  co_return statements;
}

Task<void> drop(db::Database& database, const Schema& schema) {
  const std::vector<std::string> statements = drop_statements(schema, database.dialect());
  if (statements.empty()) co_return;
  // A session of its own: SQLite's pragma for tables that refer to each other in a circle belongs
  // to one.
  const Owned<db::Connection> connection = co_await database.connect();
  const Owned<db::Transaction> transaction = co_await connection->begin(db::TransactionOptions{});
  for (const std::string& statement : statements) {
    co_await transaction->execute(db::Statement{statement});
  }
  co_await transaction->commit();
}

}  // namespace roost::schema
