// sql("select … where id = {}", id): SQL written by hand with bound values.
//
// The text is a string literal, checked when compiling: as many `{}` as values. A value never
// becomes text; `{{` and `}}` stand for braces. Besides values, an argument may be another piece of
// sql(), an `identifier(name)`, or a `list(values)` for `in ({})`.
#pragma once

#include <roost/sql/codec.hpp>
#include <roost/sql/driver.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost::db {

namespace detail {

// Not constexpr: calling one makes the literal an error that names it.
void number_of_placeholders_differs_from_number_of_values();
void single_brace_in_sql_write_it_twice();

/// Number of `{}`; stops the compiler at a lone brace.
consteval std::size_t count_placeholders(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{' && text[i] != '}') continue;
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '{' && next == '}') {
      ++count;
    } else if (next != text[i]) {
      single_brace_in_sql_write_it_twice();
    }
    ++i;
  }
  return count;
}

}  // namespace detail

/// The checked text of sql(): only a literal becomes one.
template <class... Argument>
class SqlLiteral {
 public:
  template <std::size_t N>
  consteval SqlLiteral(const char (&literal)[N]) : text_{literal, N - 1} {
    if (detail::count_placeholders(text_) != sizeof...(Argument)) {
      detail::number_of_placeholders_differs_from_number_of_values();
    }
  }
  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// A name of a table or column that is known only at run time; it is quoted.
class Identifier {
 public:
  explicit Identifier(std::string name) : name_{std::move(name)} {}
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
};

/// Text in the dialect of one database with the values and declared types of its placeholders.
class RenderedSql {
 public:
  std::string text;
  std::vector<ValueView> parameters;  // views into the RawSql
  std::vector<ValueType> types;
  [[nodiscard]] Statement statement() const { return Statement{text, types}; }
};

/// SQL in pieces with its own copies of the values. Independent of the dialect until it is run.
class RawSql {
 public:
  RawSql() = default;

  /// Appends another piece: `query += sql(" and age > {}", age);`
  RawSql& operator+=(RawSql other);

  [[nodiscard]] RenderedSql render(const Dialect& dialect) const;
  /// Appends the text, its placeholders numbered on from those whose types are there already.
  void render_into(const Dialect& dialect, std::string& text, std::vector<ValueType>& types) const;
  /// The values in the order of the placeholders. Views into this object.
  void append_values(std::vector<ValueView>& out) const;
  /// Bytes that are equal for equal texts and types, whatever the values.
  void append_shape(std::string& out) const;
  [[nodiscard]] bool empty() const { return pieces_.empty(); }

  /// For sql() and its relatives.
  void append_text(std::string_view literal);  // lives as long as the program
  void append_owned_text(std::string_view text);
  void append_value(Value value);
  void append_identifier(std::string_view name);
  void append_list(std::vector<Value> values);

 private:
  enum class PieceKind : std::uint8_t { text, owned_text, value, identifier };
  struct Piece {
    PieceKind kind;
    std::string_view text;
    Value value;
    [[nodiscard]] std::string_view characters() const {
      return kind == PieceKind::text ? text : value.view().characters();
    }
  };
  std::vector<Piece> pieces_;
};

/// A list for `in ({})`: one placeholder per value. Not empty: `in ()` is no SQL.
class ValueList {
 public:
  explicit ValueList(std::vector<Value> values) : values_{std::move(values)} {}
  [[nodiscard]] std::vector<Value>& values() { return values_; }

 private:
  std::vector<Value> values_;
};

/// Owned copies of C++ values, as parameters.
[[nodiscard]] Value to_value(const Codec& codec, const void* object);
[[nodiscard]] inline Value to_value(std::nullptr_t) { return Value{}; }
[[nodiscard]] inline Value to_value(std::string_view text) { return Value{ValueView::text(text)}; }
[[nodiscard]] inline Value to_value(const char* text) { return to_value(std::string_view{text}); }
[[nodiscard]] inline Value to_value(Value value) { return value; }
[[nodiscard]] inline Value to_value(const ValueView& value) { return Value{value}; }
template <class T>
[[nodiscard]] Value to_value(const T& object) {
  return to_value(codec<T>(), &object);
}

/// The same value, hidden from logs: `sql("… {}", secret(password))`.
template <class T>
[[nodiscard]] Value secret(const T& object) {
  const Value value = to_value(object);
  return Value{value.view().as_secret()};
}

namespace detail {

/// Walks over a checked literal, piece by piece.
class SqlAssembler {
 public:
  explicit SqlAssembler(std::string_view literal) : rest_{literal} {}
  template <class T>
  void argument(T&& value) {
    append_text_before_placeholder();
    if constexpr (std::is_same_v<std::remove_cvref_t<T>, RawSql>) {
      sql_ += std::forward<T>(value);
    } else if constexpr (std::is_same_v<std::remove_cvref_t<T>, Identifier>) {
      sql_.append_identifier(value.name());
    } else if constexpr (std::is_same_v<std::remove_cvref_t<T>, ValueList>) {
      sql_.append_list(std::move(value.values()));
    } else {
      sql_.append_value(to_value(std::forward<T>(value)));
    }
  }
  [[nodiscard]] RawSql finish();

 private:
  void append_text_before_placeholder();

  std::string_view rest_;
  RawSql sql_;
};

void check_one_column(const Result& result, std::string_view type);
void check_columns(const Result& result, std::size_t expected, std::string_view type);
[[noreturn]] void throw_row_count(std::size_t rows, std::string_view expected);

template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;

template <class... T, std::size_t... Index>
void read_tuple(const Row& row, std::tuple<T...>& out, std::index_sequence<Index...>) {
  (read_cell(row, Index, codec<T>(), &std::get<Index>(out)), ...);
}

}  // namespace detail

/// All rows as T: a struct (columns matched by name), a tuple (by position), or a scalar.
template <class T>
[[nodiscard]] std::vector<T> read_rows(const Result& result) {
  std::vector<T> rows(result.row_count());
  if constexpr (detail::is_tuple<T>) {
    detail::check_columns(result, std::tuple_size_v<T>, "a tuple");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      detail::read_tuple(result[i], rows[i], std::make_index_sequence<std::tuple_size_v<T>>{});
    }
  } else if constexpr (std::is_same_v<T, bool>) {  // std::vector<bool> has no objects to fill
    detail::check_one_column(result, "bool");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      bool cell = false;
      read_cell(result[i], 0, codec<bool>(), &cell);
      rows[i] = cell;
    }
  } else {
    const reflect::TypeDescriptor& type = reflect::type_of<T>();
    if (type.kind == reflect::TypeKind::object) {
      const StructReader reader{type, result};
      for (std::size_t i = 0; i < rows.size(); ++i) reader.read(result[i], &rows[i]);
    } else {
      detail::check_one_column(result, type.name);
      const Codec& one = codec<T>();
      for (std::size_t i = 0; i < rows.size(); ++i) read_cell(result[i], 0, one, &rows[i]);
    }
  }
  return rows;
}

template <class T>
Task<std::vector<T>> Executor::query(RawSql sql) {
  const Result result = co_await execute(std::move(sql));
  co_return read_rows<T>(result);
}

template <class T>
Task<T> Executor::query_one(RawSql sql) {
  std::vector<T> rows = co_await query<T>(std::move(sql));
  if (rows.size() != 1) detail::throw_row_count(rows.size(), "exactly one row");
  co_return static_cast<T>(std::move(rows.front()));
}

template <class T>
Task<std::optional<T>> Executor::query_optional(RawSql sql) {
  std::vector<T> rows = co_await query<T>(std::move(sql));
  if (rows.size() > 1) detail::throw_row_count(rows.size(), "one row at most");
  std::optional<T> found;
  if (!rows.empty()) found.emplace(std::move(rows.front()));
  co_return found;
}

}  // namespace roost::db

namespace roost {

/// `sql("select * from events where starts_at > {} and title = {}", since, title)`
template <class... Argument>
[[nodiscard]] db::RawSql sql(std::type_identity_t<db::SqlLiteral<Argument...>> text,
                             Argument&&... arguments) {
  db::detail::SqlAssembler assembler{text.text()};
  (assembler.argument(std::forward<Argument>(arguments)), ...);
  return assembler.finish();
}

/// A quoted name inside sql(): `sql("select * from {}", identifier(table))`.
[[nodiscard]] inline db::Identifier identifier(std::string name) {
  return db::Identifier{std::move(name)};
}

/// A list inside sql(): `sql("… where id in ({})", list(ids))`.
template <class Range>
[[nodiscard]] db::ValueList list(const Range& range) {
  std::vector<db::Value> values;
  for (const auto& element : range) values.push_back(db::to_value(element));
  return db::ValueList{std::move(values)};
}

/// SQL from text that was not written as a literal. The text must not contain anything that came
/// from outside of the program; braces in it mean nothing.
[[nodiscard]] db::RawSql trusted_sql(std::string_view text);

}  // namespace roost
