// em.query_builder<Event>("e"): the query builder over entities, for what `find` cannot say.
#pragma once

#include <roost/async/task.hpp>
#include <roost/orm/metadata.hpp>
#include <roost/sql/functions.hpp>
#include <roost/sql/render.hpp>
#include <roost/sql/select.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::orm {

namespace detail {

class Session;

/// Knows the columns and tables of entities, for the query builder.
class EntityPathResolver final : public db::PathResolver {
 public:
  /// `schema` is that which the manager chose.
  EntityPathResolver(const db::Dialect& dialect, const Metadata& metadata, std::string_view schema)
      : dialect_{dialect}, metadata_{metadata}, schema_{schema} {}

  void append_path(const db::Path& path, std::string& out) override;
  void append_path_of(std::string_view alias, const db::Path& path, std::string& out) override;
  void append_column_name(const db::Path& path, std::string& out) override;
  [[nodiscard]] std::string_view written_as(const db::Path& path) const override;
  void append_table(reflect::TypeRef type, std::string& out) override;
  void enter_query(std::span<const db::TableAlias> tables) override;
  void leave_query() override;
  [[nodiscard]] db::ValueType value_type(const db::Path& path) const override;
  [[nodiscard]] bool may_be_null(const db::Path& path) const override;

 private:
  struct Place {
    const EntityMetadata* entity;
    const ColumnMetadata* column;
    std::span<const db::PathStep> json;
    const RelationMetadata* choice = nullptr;  // not a value: does the AnyRef refer to this class?
  };
  struct Alias {
    const EntityMetadata* entity;
    std::string name;
  };

  [[nodiscard]] Place place_of(const db::Path& path) const;
  [[nodiscard]] static Place place_of_choice(const EntityMetadata& entity,
                                             const RelationMetadata& relation,
                                             const db::Path& path);
  void append_place(std::string_view alias, const db::Path& path, std::string& out);

  const db::Dialect& dialect_;
  const Metadata& metadata_;
  std::string_view schema_;
  std::vector<Alias> aliases_;
  std::vector<std::size_t> enclosing_;
};

[[nodiscard]] db::BoundSql bind_query(Session& session, const db::Query& query);
[[nodiscard]] db::Executor& executor_of(Session& session);
/// Which rows of its table are of the class, or of one that extends it: empty where all are. Throws
/// UsageError for classes in joined tables.
[[nodiscard]] Expression class_condition(Session& session, const reflect::TypeDescriptor& type,
                                         std::string_view alias);
/// The columns of the entity behind the alias, in the order in which rows are read.
[[nodiscard]] std::vector<db::SelectItem> entity_columns(Session& session,
                                                         const reflect::TypeDescriptor& type,
                                                         std::string_view alias);
Task<std::vector<void*>> read_entities(Session& session, const reflect::TypeDescriptor& type,
                                       db::BoundSql sql);

}  // namespace detail

/// A query that reads from the table of T, made by EntityManager::query_builder. Columns are said
/// by member pointers; tables, columns and JSON as the entities' metadata have them.
///
///     auto stats = co_await em.query_builder<Event>("e")
///         .select(f<&Event::status>, count().as("n"))
///         .group_by(f<&Event::status>).all<StatusStats>();
template <class T>
class QueryBuilder final : public db::SelectMethods<QueryBuilder<T>> {
 public:
  QueryBuilder(detail::Session& session, std::string_view alias)
      : session_{session}, alias_{alias} {
    this->template from<T>(alias);
    Expression rows = detail::class_condition(session, reflect::type_of<T>(), alias);
    if (!rows.empty()) this->where(std::move(rows));
  }

  /// The columns and tables as the entities' metadata have them.
  [[nodiscard]] db::BoundSql to_sql(const db::Dialect&) const override {
    return detail::bind_query(session_, *this);
  }

  /// The rows as structs (columns by name), tuples (by position) or scalars.
  template <class R>
  [[nodiscard]] Task<std::vector<R>> all() const {
    return db::detail::all<R>(detail::executor_of(session_), detail::bind_query(session_, *this),
                              db::ExecuteOptions{});
  }
  /// Throws UsageError unless there is exactly one row.
  template <class R>
  [[nodiscard]] Task<R> one() const {
    return db::detail::one<R>(detail::executor_of(session_), detail::bind_query(session_, *this),
                              db::ExecuteOptions{});
  }
  template <class R>
  [[nodiscard]] Task<std::optional<R>> optional() const {
    return db::detail::optional<R>(detail::executor_of(session_),
                                   detail::bind_query(session_, *this), db::ExecuteOptions{});
  }
  /// The entities themselves, managed; instead of `select`.
  [[nodiscard]] Task<std::vector<T*>> entities() {
    for (const db::SelectItem& item :
         detail::entity_columns(session_, reflect::type_of<T>(), alias_)) {
      this->select(item);
    }
    return cast(detail::read_entities(session_, reflect::type_of<T>(),
                                      detail::bind_query(session_, *this)));
  }

 private:
  static Task<std::vector<T*>> cast(Task<std::vector<void*>> reading) {
    const std::vector<void*> found = co_await std::move(reading);
    std::vector<T*> entities;
    for (void* entity : found) entities.push_back(static_cast<T*>(entity));
    co_return entities;
  }

  detail::Session& session_;
  std::string alias_;
};

}  // namespace roost::orm
