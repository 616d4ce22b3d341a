// What all queries of the builder have in common.
#include <roost/sql/detail/query_sink.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/query.hpp>

namespace roost::db {

namespace detail {

void QuerySink::shape(char kind, std::string_view text) {
  *shape_ += kind;
  shape_->append(std::to_string(text.size()));
  *shape_ += ':';
  shape_->append(text);
}

void QuerySink::text(std::string_view sql) {
  if (renderer_ != nullptr) renderer_->append_text(sql);
  if (shape_ != nullptr) shape('t', sql);
}
void QuerySink::name(std::string_view identifier) {
  if (renderer_ != nullptr) renderer_->append_identifier(identifier);
  if (shape_ != nullptr) shape('n', identifier);
}
void QuerySink::table(reflect::TypeRef type) {
  if (renderer_ != nullptr) renderer_->resolver().append_table(type, renderer_->text());
  if (shape_ != nullptr) shape('T', std::to_string(reinterpret_cast<std::uintptr_t>(&type())));
}
void QuerySink::column_name(const Path& path) {
  if (renderer_ != nullptr) renderer_->resolver().append_column_name(path, renderer_->text());
  if (shape_ != nullptr) shape('c', std::to_string(reinterpret_cast<std::uintptr_t>(&path)));
}
void QuerySink::expression(const Expression& expression) {
  if (renderer_ != nullptr) renderer_->append(expression);
  if (values_ != nullptr) expression.append_values(*values_);
  if (shape_ != nullptr) expression.append_shape(*shape_);
}
void QuerySink::item(const Expression& expression) {
  if (renderer_ != nullptr) return renderer_->append_item(expression);
  this->expression(expression);
}
void QuerySink::operand(const Expression& expression) {
  if (renderer_ != nullptr) return renderer_->append_operand(expression);
  this->expression(expression);
}
void QuerySink::sort(const OrderTerm& term) {
  if (renderer_ != nullptr) renderer_->append(term);
  if (values_ != nullptr) term.expression().append_values(*values_);
  if (shape_ != nullptr) term.as_expression().append_shape(*shape_);
}
void QuerySink::value(const Value& value) {
  if (renderer_ != nullptr) renderer_->append_placeholder(value.view().type());
  if (values_ != nullptr) values_->push_back(value.view());
  if (shape_ != nullptr) shape('v', name_of(value.view().type()));
}
void QuerySink::payload(const Payload& payload) {
  if (renderer_ != nullptr) payload.render(*renderer_);
  if (values_ != nullptr) payload.append_values(*values_);
  if (shape_ != nullptr) payload.append_shape(*shape_);
}
void QuerySink::enter(std::span<const TableAlias> tables) {
  if (renderer_ != nullptr) renderer_->resolver().enter_query(tables);
}
void QuerySink::leave() {
  if (renderer_ != nullptr) renderer_->resolver().leave_query();
}
void QuerySink::require(Feature feature) const {
  if (renderer_ != nullptr) renderer_->dialect().require(feature);
}
void QuerySink::refuse(std::string_view what, std::string_view instead) const {
  std::string message{renderer_->dialect().name()};
  message += " does not support ";
  message += what;
  if (!instead.empty()) {
    message += ": ";
    message += instead;
  }
  throw UnsupportedError(std::move(message));
}

void WithClause::write(QuerySink& out) const {
  if (tables.empty()) return;
  out.text(recursive ? "with recursive " : "with ");
  bool first = true;
  for (const CommonTable& table : tables) {
    if (!first) out.text(", ");
    first = false;
    if (table.writes) out.require(Feature::data_modifying_ctes);
    out.name(table.name);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      out.text(i == 0 ? " (" : ", ");
      out.name(table.columns[i]);
    }
    out.text(table.columns.empty() ? " as " : ") as ");
    if (table.materialized >= 0) {
      out.text(table.materialized == 1 ? "materialized " : "not materialized ");
    }
    out.text("(");
    out.payload(*table.query);
    out.text(")");
  }
  out.text(" ");
}

bool WithClause::may_write() const {
  for (const CommonTable& table : tables) {
    if (table.writes || table.query->may_write()) return true;
  }
  return false;
}

void Source::write(QuerySink& out) const {
  if (table) {
    table->write(out);
  } else {
    if (alias.empty()) throw UsageError("a sub-query in FROM needs an alias");
    out.text("(");
    out.payload(*query);
    out.text(")");
  }
  if (alias.empty()) return;
  out.text(" as ");
  out.name(alias);
}

void Sources::add_join(JoinKind kind, bool lateral, Source source, Expression on) {
  if (kind != JoinKind::cross && on.empty()) {
    throw UsageError("a join needs a condition: say cross_join to combine all rows with all rows");
  }
  joins.push_back({kind, lateral, std::move(source), std::move(on)});
}

void Sources::append_aliases(std::vector<TableAlias>& out) const {
  const auto append = [&](const Source& source) {
    if (source.table && source.table->type() != nullptr) {
      out.push_back({source.table->type(), source.alias});
    }
  };
  // The first table of a class stands for it, so it is looked up first: last.
  for (std::size_t i = joins.size(); i > 0; --i) append(joins[i - 1].source);
  for (std::size_t i = tables.size(); i > 0; --i) append(tables[i - 1]);
}

void Sources::write(QuerySink& out) const {
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (i > 0) out.text(", ");
    tables[i].write(out);
  }
  static constexpr std::string_view words[] = {" join ", " left join ", " right join ",
                                               " full join ", " cross join "};
  for (const Join& join : joins) {
    out.text(words[static_cast<std::size_t>(join.kind)]);
    if (join.lateral) {
      out.require(Feature::lateral_joins);
      out.text("lateral ");
    }
    join.source.write(out);
    if (join.kind == JoinKind::cross) continue;
    out.text(" on ");
    out.expression(join.on);
  }
}

void write_items(QuerySink& out, const std::vector<SelectItem>& items) {
  if (items.empty()) return out.text("*");
  bool first = true;
  for (const SelectItem& item : items) {
    if (!first) out.text(", ");
    first = false;
    if (item.name().empty()) {
      out.item(item.expression());
      continue;
    }
    out.expression(item.expression());
    out.text(" as ");
    out.name(item.name());
  }
}

void write_expressions(QuerySink& out, const std::vector<Expression>& expressions) {
  bool first = true;
  for (const Expression& expression : expressions) {
    if (!first) out.text(", ");
    first = false;
    out.expression(expression);
  }
}

bool is_star(const Expression& expression) {
  if (expression.empty()) return false;
  ExpressionCursor cursor = expression.cursor();
  const Node& node = cursor.next();
  if (node.op != Op::column) return false;
  for (std::size_t i = 1; i < node.detail; ++i) cursor.next_attachment();
  return cursor.next_attachment().text == "*";
}

void write_returning(QuerySink& out, const std::vector<SelectItem>& items) {
  if (items.empty()) return;
  for (const SelectItem& item : items) {
    if (!out.is_sqlite() || !is_star(item.expression())) continue;
    if (item.expression().cursor().head().detail > 1) {
      out.refuse("* of one table in RETURNING", "return column(\"*\") or name the columns");
    }
  }
  out.text(" returning ");
  write_items(out, items);
}

// Running.

Task<Result> run(Executor& executor, BoundSql sql, ExecuteOptions options) {
  const Statement statement = sql.statement();
  const std::vector<ValueView> parameters = sql.parameters();
  co_return co_await executor.execute(statement, parameters, options);
}

namespace {

/// Keeps the text and values of a stream alive as long as it.
class BoundStream final : public RowStreamSource {
 public:
  explicit BoundStream(BoundSql sql) : sql_{std::move(sql)}, parameters_{sql_.parameters()} {}
  Task<void> open(Executor& executor, StreamOptions options) {
    const Statement statement = sql_.statement();
    stream_ = co_await executor.stream(statement, parameters_, options);
  }
  Task<Result> next_chunk() override { return stream_.next(); }

 private:
  BoundSql sql_;
  std::vector<ValueView> parameters_;
  RowStream stream_;
};

}  // namespace

Task<RowStream> stream(Executor& executor, BoundSql sql, StreamOptions options) {
  auto source = std::make_unique<BoundStream>(std::move(sql));
  co_await source->open(executor, options);
  RowStream opened{std::move(source)};
  co_return opened;
}

Task<std::vector<std::string>> explain(Executor& executor, BoundSql sql) {
  const bool postgresql = executor.dialect().kind() == DialectKind::postgresql;
  const ExecuteOptions options;
  const Result result = co_await run(executor, std::move(sql), options);
  std::vector<std::string> lines;
  // SQLite: id, parent, unused, detail.
  for (const Row& row : result) lines.push_back(row.get<std::string>(postgresql ? 0 : 3));
  co_return lines;
}

}  // namespace detail

std::vector<ValueView> BoundSql::parameters() const {
  std::vector<ValueView> views;
  views.reserve(values.size());
  for (const Value& value : values) views.push_back(value.view());
  return views;
}

void Query::render(Renderer& renderer) const {
  detail::QuerySink sink{renderer};
  write(sink);
}

void Query::append_values(std::vector<ValueView>& out) const {
  detail::QuerySink sink{out};
  write(sink);
}

void Query::append_shape(std::string& out) const {
  detail::QuerySink sink{out};
  write(sink);
}

BoundSql Query::to_sql(const Dialect& dialect) const {
  PlainPathResolver resolver{dialect};
  return to_sql(dialect, resolver);
}

BoundSql Query::to_sql(const Dialect& dialect, PathResolver& resolver) const {
  BoundSql sql;
  Renderer renderer{dialect, resolver, sql.text, sql.types};
  render(renderer);
  std::vector<ValueView> views;
  append_values(views);
  sql.values.reserve(views.size());
  for (const ValueView& view : views) sql.values.emplace_back(view);
  sql.kind = may_write() ? StatementKind::unknown : StatementKind::read;
  return sql;
}

Task<std::vector<std::string>> Query::explain(Executor& executor) const {
  const Dialect& dialect = executor.dialect();
  BoundSql sql = to_sql(dialect);
  sql.text.insert(0,
                  dialect.kind() == DialectKind::postgresql ? "explain " : "explain query plan ");
  sql.kind = StatementKind::unknown;
  return detail::explain(executor, std::move(sql));
}

void QueryPayload::render(Renderer& renderer) const { query_->render(renderer); }
void QueryPayload::append_shape(std::string& out) const { query_->append_shape(out); }
void QueryPayload::append_values(std::vector<ValueView>& out) const { query_->append_values(out); }

void Column::write(detail::QuerySink& out) const {
  if (path_ != nullptr) return out.column_name(*path_);
  out.name(name_);
}

void TableName::write(detail::QuerySink& out) const {
  if (!schema_.empty()) {
    out.name(schema_);
    out.text(".");
  }
  if (name_.empty() && type_ != nullptr) return out.table(type_);
  out.name(name_);
}

}  // namespace roost::db
