// Reads the schema that a database really has.
#pragma once

#include <roost/async/task.hpp>
#include <roost/schema/model.hpp>
#include <roost/sql/driver.hpp>

#include <string>
#include <utility>
#include <vector>

namespace roost::schema {

class IntrospectOptions {
 public:
  IntrospectOptions() = default;
  explicit IntrospectOptions(std::vector<std::string> names) : schemas{std::move(names)} {}

  /// Those that the tables of `schema` stand in.
  [[nodiscard]] static IntrospectOptions for_schema(const Schema& schema);

  /// PostgreSQL: the schemas to read; "" is the first one of the search path. Empty: that one.
  /// "pg_temp": the temporary tables of the session.
  std::vector<std::string> schemas;
};

/// All tables with their columns, keys, indexes and constraints, in resolved form: types as the
/// database knows them (an enumeration is a text with a check), defaults as expressions, sorted by
/// name. Views, virtual and temporary tables and what belongs to the system are left out. On both
/// databases a fixed number of statements, in one round trip.
[[nodiscard]] Task<Schema> introspect(db::Executor& executor, IntrospectOptions options);
[[nodiscard]] Task<Schema> introspect(db::Executor& executor);

}  // namespace roost::schema
