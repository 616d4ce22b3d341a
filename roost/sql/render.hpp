// From expressions to SQL text: the renderer, and the resolver that knows what columns are called.
#pragma once

#include <roost/sql/dialect.hpp>
#include <roost/sql/expression.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost::db {

class Renderer;

/// A class, and under which name a query has its table.
struct TableAlias {
  reflect::TypeRef type;
  std::string_view alias;
};

/// Knows which columns the paths of expressions are. The ORM has one that joins relations.
class PathResolver {
 public:
  PathResolver() = default;
  PathResolver(const PathResolver&) = delete;
  PathResolver& operator=(const PathResolver&) = delete;
  virtual ~PathResolver() = default;

  /// Appends the SQL of the column, such as `e."title"`, without any placeholder. Of a JSON column
  /// with members behind it: see append_json_path.
  virtual void append_path(const Path& path, std::string& out) = 0;
  /// The same of the table with this alias. By default UnsupportedError.
  virtual void append_path_of(std::string_view alias, const Path& path, std::string& out);
  /// The column alone, quoted: for the lists of INSERT and UPDATE, which take no table in front. By
  /// default the member's name in snake case.
  virtual void append_column_name(const Path& path, std::string& out);
  /// SQL around values that are assigned to the column, with `{}` for the value. By default none.
  [[nodiscard]] virtual std::string_view written_as(const Path& path) const;
  /// The table of a class, quoted. By default the name of the class in snake case.
  virtual void append_table(reflect::TypeRef type, std::string& out);

  /// A query begins, whose tables of these classes have these aliases (empty: none); what it does
  /// not name is that of the queries around it. By default nothing happens.
  virtual void enter_query(std::span<const TableAlias> tables);
  virtual void leave_query();

  /// Appends the condition that some, none or every element of the collection `path` fulfils
  /// `inner`, an operand whose paths begin at the elements' class. It is to be rendered once, with
  /// `renderer.append(inner)`, or `renderer.append(inner, another_resolver)`; when
  /// `inner == nullptr` there is no condition. By default UnsupportedError.
  virtual void append_quantified(Quantifier kind, const Path& path, ExpressionCursor* inner,
                                 Renderer& renderer);

  /// As what the column is read. By default from the declared type; `unknown` for structs.
  [[nodiscard]] virtual ValueType value_type(const Path& path) const;
  /// Whether the column may be NULL in a row, so that sorting must say where NULLs go.
  [[nodiscard]] virtual bool may_be_null(const Path& path) const;
};

/// Appends SQL to a text. Placeholders are numbered on from the types that are there already.
class Renderer {
 public:
  /// All of these outlive the renderer.
  Renderer(const Dialect& dialect, PathResolver& resolver, std::string& text,
           std::vector<ValueType>& types)
      : dialect_{dialect}, resolver_{&resolver}, text_{text}, types_{types} {}
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  /// Appends the expression, which is not empty. Throws UnsupportedError when the dialect cannot
  /// say it; the text is then incomplete.
  void append(const Expression& expression);
  /// The same as an operand: in parentheses unless it is a column, a call or the like.
  void append_operand(const Expression& expression);
  /// The same in the list of what is selected, where `column("t", "*")` stands for all columns.
  void append_item(const Expression& expression);
  /// Appends the operand at which the cursor stands, and moves it behind it.
  void append(ExpressionCursor& operand) { append(operand, 0); }
  /// The same, its paths resolved by `resolver`.
  void append(ExpressionCursor& operand, PathResolver& resolver);
  void append_path(const Path& path) { resolver_->append_path(path, text_); }
  void append(const OrderTerm& term) { append(term.as_expression()); }
  void append(const RawSql& sql) { sql.render_into(dialect_, text_, types_); }

  void append_text(std::string_view sql) { text_ += sql; }
  /// "name", quoted.
  void append_identifier(std::string_view name) { dialect_.append_identifier(text_, name); }
  /// The next placeholder, for a value of this type.
  void append_placeholder(ValueType type);

  [[nodiscard]] const Dialect& dialect() const { return dialect_; }
  [[nodiscard]] bool is_postgresql() const { return dialect_.kind() == DialectKind::postgresql; }
  [[nodiscard]] PathResolver& resolver() const { return *resolver_; }
  [[nodiscard]] std::string& text() { return text_; }
  [[nodiscard]] const std::vector<ValueType>& types() const { return types_; }

 private:
  /// In parentheses when it binds less tightly than `precedence`.
  void append(ExpressionCursor& cursor, int precedence);
  void append_node(const detail::Node& node, ExpressionCursor& cursor);
  void append_list(ExpressionCursor& cursor, std::size_t count, std::string_view separator,
                   int precedence);
  void append_binary(const detail::Node& node, ExpressionCursor& cursor);
  void append_comparison(const detail::Node& node, ExpressionCursor& cursor);
  void append_membership(const detail::Node& node, ExpressionCursor& cursor);
  void append_text_test(const detail::Node& node, ExpressionCursor& cursor);
  void append_pattern(const detail::Node& node, ExpressionCursor& cursor);
  void append_column(const detail::Node& node, ExpressionCursor& cursor, bool is_item);
  void append_call(const detail::Node& node, ExpressionCursor& cursor);
  void append_case(const detail::Node& node, ExpressionCursor& cursor);
  void append_json(const detail::Node& node, ExpressionCursor& cursor);
  void append_cast(const detail::Node& node, ExpressionCursor& cursor);
  void append_sort(const detail::Node& node, ExpressionCursor& cursor);
  void append_over(const detail::Node& node, ExpressionCursor& cursor);
  void append_number(ExpressionCursor& cursor, bool as_number, int precedence);
  [[nodiscard]] bool is_decimal_text(const ExpressionCursor& cursor) const;

  const Dialect& dialect_;
  PathResolver* resolver_;
  std::string& text_;
  std::vector<ValueType>& types_;
};

/// A step into a JSON document: a key, or the position in an array.
struct JsonKey {
  constexpr JsonKey(std::string_view name_) : name{name_} {}
  constexpr JsonKey(std::int64_t index_) : index{index_}, is_index{true} {}

  std::string_view name;
  std::int64_t index = 0;
  bool is_index = false;
};

/// Appends the value at `keys` of the JSON document `document`, which is SQL, as a value of type
/// `wanted`: `("details"->>'seats')::numeric`, `json_extract("details", '$."seats"')`. `unknown` is
/// text, `json` the part as JSON. Throws UnsupportedError for a key that SQLite cannot look up.
void append_json_path(const Dialect& dialect, std::string_view document,
                      std::span<const JsonKey> keys, ValueType wanted, std::string& out);

/// What the JSON of a struct calls the member.
[[nodiscard]] std::string_view json_name_of(const PathStep& step);

/// "EventDetails" → "event_details"; names in snake case stay as they are.
[[nodiscard]] std::string snake_case(std::string_view name);

/// SQL's name of a type, for casts: "bigint", "timestamptz".
[[nodiscard]] std::string_view sql_type_name(const Dialect& dialect, ValueType type);

/// For plain structs without the ORM: a member is a column of the same name (in snake case); the
/// members behind it are found in its JSON. Columns stand behind the alias that the query has given
/// to their class, if it has.
class PlainPathResolver final : public PathResolver {
 public:
  explicit PlainPathResolver(const Dialect& dialect) : dialect_{dialect} {}

  void append_path(const Path& path, std::string& out) override;
  void append_path_of(std::string_view alias, const Path& path, std::string& out) override;
  void enter_query(std::span<const TableAlias> tables) override;
  void leave_query() override;

 private:
  struct Alias {
    const reflect::TypeDescriptor* type;
    std::string name;
  };

  const Dialect& dialect_;
  std::vector<Alias> aliases_;          // of all queries around, the innermost last
  std::vector<std::size_t> enclosing_;  // how many aliases there were before each query
};

}  // namespace roost::db
