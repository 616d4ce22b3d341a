// Assembly and rendering of raw SQL.
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>

namespace roost::db {

RawSql& RawSql::operator+=(RawSql other) {
  pieces_.reserve(pieces_.size() + other.pieces_.size());
  for (Piece& piece : other.pieces_) pieces_.push_back(std::move(piece));
  return *this;
}

void RawSql::append_text(std::string_view literal) {
  if (!literal.empty()) pieces_.push_back({PieceKind::text, literal, Value{}});
}

void RawSql::append_owned_text(std::string_view text) {
  if (!text.empty()) pieces_.push_back({PieceKind::owned_text, {}, Value{ValueView::text(text)}});
}

void RawSql::append_value(Value value) {
  pieces_.push_back({PieceKind::value, {}, std::move(value)});
}

void RawSql::append_identifier(std::string_view name) {
  pieces_.push_back({PieceKind::identifier, {}, Value{ValueView::text(name)}});
}

void RawSql::append_list(std::vector<Value> values) {
  if (values.empty()) {
    throw UsageError(
        "list() in sql() is empty, and `in ()` is no SQL: leave the condition out, or "
        "write `false`");
  }
  bool first = true;
  for (Value& value : values) {
    if (!first) append_text(", ");
    first = false;
    append_value(std::move(value));
  }
}

RenderedSql RawSql::render(const Dialect& dialect) const {
  RenderedSql out;
  std::size_t size = 0;
  std::size_t values = 0;
  for (const Piece& piece : pieces_) {
    size += piece.kind == PieceKind::text ? piece.text.size() : 16;
    if (piece.kind == PieceKind::value) ++values;
  }
  out.text.reserve(size);
  out.parameters.reserve(values);
  out.types.reserve(values);
  render_into(dialect, out.text, out.types);
  append_values(out.parameters);
  return out;
}

void RawSql::render_into(const Dialect& dialect, std::string& text,
                         std::vector<ValueType>& types) const {
  for (const Piece& piece : pieces_) {
    switch (piece.kind) {
      case PieceKind::text:
      case PieceKind::owned_text:
        text += piece.characters();
        break;
      case PieceKind::identifier:
        dialect.append_identifier(text, piece.characters());
        break;
      case PieceKind::value:
        types.push_back(piece.value.view().type());
        dialect.append_placeholder(text, types.size());
        break;
    }
  }
  if (types.size() > dialect.max_parameters()) {
    throw UnsupportedError(std::string{dialect.name()} + " takes at most " +
                           std::to_string(dialect.max_parameters()) +
                           " parameters in one statement; this one has " +
                           std::to_string(types.size()) + ": bind an array instead");
  }
}

void RawSql::append_values(std::vector<ValueView>& out) const {
  for (const Piece& piece : pieces_) {
    if (piece.kind == PieceKind::value) out.push_back(piece.value.view());
  }
}

void RawSql::append_shape(std::string& out) const {
  for (const Piece& piece : pieces_) {
    out += piece.kind == PieceKind::value ? 'v' : piece.kind == PieceKind::identifier ? 'i' : 't';
    if (piece.kind == PieceKind::value) {
      out += static_cast<char>(piece.value.view().type());
      out += static_cast<char>(piece.value.view().element_type());
      continue;
    }
    out.append(std::to_string(piece.characters().size()));
    out += ':';
    out.append(piece.characters());
  }
  out += ';';
}

Value to_value(const Codec& codec, const void* object) {
  Scratch scratch;
  return Value{codec.bind(object, scratch)};
}

namespace detail {

void number_of_placeholders_differs_from_number_of_values() {}
void single_brace_in_sql_write_it_twice() {}

void SqlAssembler::append_text_before_placeholder() {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] != '{' && rest_[i] != '}') continue;
    const bool placeholder = rest_[i] == '{' && rest_[i + 1] == '}';
    // Of a doubled brace the first one belongs to the text.
    sql_.append_text(rest_.substr(begin, i - begin + (placeholder ? 0 : 1)));
    ++i;
    begin = i + 1;
    if (placeholder) {
      rest_.remove_prefix(begin);
      return;
    }
  }
  sql_.append_text(rest_.substr(begin));
  rest_ = {};
}

RawSql SqlAssembler::finish() {
  append_text_before_placeholder();
  return std::move(sql_);
}

void check_columns(const Result& result, std::size_t expected, std::string_view type) {
  if (result.column_count() == expected) return;
  throw ConversionError("the result has " + std::to_string(result.column_count()) +
                        " columns and is read as " + std::string{type} + ", which needs " +
                        std::to_string(expected));
}

void check_one_column(const Result& result, std::string_view type) {
  check_columns(result, 1, type);
}

void throw_row_count(std::size_t rows, std::string_view expected) {
  throw UsageError("the query returned " + std::to_string(rows) + " rows where " +
                   std::string{expected} + " was expected");
}

}  // namespace detail

// The coroutines keep the RawSql, to which the views of the rendered parameters point.
namespace {

Task<Result> run(Executor& executor, RawSql sql, ExecuteOptions options) {
  const RenderedSql rendered = sql.render(executor.dialect());
  const Statement statement = rendered.statement();
  co_return co_await executor.execute(statement, rendered.parameters, options);
}

/// Keeps the text and values of a stream alive as long as it.
class RawStream final : public RowStreamSource {
 public:
  explicit RawStream(RawSql sql) : sql_{std::move(sql)} {}
  Task<void> open(Executor& executor, StreamOptions options) {
    rendered_ = sql_.render(executor.dialect());
    const Statement statement = rendered_.statement();
    stream_ = co_await executor.stream(statement, rendered_.parameters, options);
  }
  Task<Result> next_chunk() override { return stream_.next(); }

 private:
  RawSql sql_;
  RenderedSql rendered_;
  RowStream stream_;
};

}  // namespace

Task<Result> Executor::execute(RawSql sql, ExecuteOptions options) {
  return run(*this, std::move(sql), options);
}

Task<Result> Executor::execute(RawSql sql) { return run(*this, std::move(sql), ExecuteOptions{}); }

Task<RowStream> Executor::stream(RawSql sql, StreamOptions options) {
  auto source = std::make_unique<RawStream>(std::move(sql));
  co_await source->open(*this, options);
  RowStream stream{std::move(source)};
  co_return stream;
}

}  // namespace roost::db

roost::db::RawSql roost::trusted_sql(std::string_view text) {
  db::RawSql sql;
  sql.append_owned_text(text);
  return sql;
}
