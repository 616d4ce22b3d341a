// Conditions and other SQL expressions, as data.
//
//     auto soon = f<&Event::starts_at> > now && f<&Event::venue, &Venue::city> == "Bern";
//     Expression all;                                  // no condition yet
//     if (title) all = std::move(all) && f<&Event::title>.icontains(*title);
//
// An Expression is a small flat program with its own copies of the values, whatever its form, so
// that it is cheap to compile and its shape (everything but the values) can key a cache of texts.
//
// Comparisons have SQL's meaning of NULL: rows in which an operand is NULL match neither `== x` nor
// `!= x`, neither `in` nor `not_in`. Say `== nullptr`, or `is_distinct_from(x)`, to reach them.
#pragma once

#include <roost/base/shared.hpp>
#include <roost/sql/codec.hpp>
#include <roost/sql/detail/expression_nodes.hpp>
#include <roost/sql/detail/inline_vector.hpp>
#include <roost/sql/detail/operand_check.hpp>
#include <roost/sql/path.hpp>
#include <roost/sql/raw_sql.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost::db {

class Expression;
class ExpressionCursor;
class OrderTerm;
class SelectItem;
template <auto... Members>
class Field;

namespace operators {
/// Beside the operators, so that nothing but operands finds them.
struct OperandBase {};
}  // namespace operators

namespace detail {

template <class T>
concept Operand = std::is_base_of_v<operators::OperandBase, std::remove_cvref_t<T>>;

[[nodiscard]] Expression combine(Op op, Expression left, Expression right);
[[nodiscard]] Expression wrap(Op op, Expression operand);
[[nodiscard]] Expression test_null(Op op, Expression operand);
[[nodiscard]] Expression in_array(Op op, Expression operand, std::span<const Value> values);
[[nodiscard]] Expression sorted(Expression operand, std::uint8_t flags);
[[nodiscard]] Expression with_text(Op op, Expression operand, std::string_view text);
/// Function, partitions, then `sorts` sort terms.
[[nodiscard]] Expression windowed(std::vector<Expression> operands, std::size_t sorts,
                                  std::string_view frame);
[[nodiscard]] Expression json_index(Expression operand, std::int64_t index);
[[nodiscard]] Expression typed(Expression operand, ValueType type);
/// A JSON value that is compared with a value has its type.
void retype_json(Expression& json, const Expression& other);
/// How many attachments belong to the node itself.
[[nodiscard]] std::size_t attachment_count(const Node& node);

}  // namespace detail

/// What fields and expressions have in common.
template <class Self>
class OperandMethods : public operators::OperandBase {
 public:
  /// One of the values. Of an empty list: never. A list is one bound array, so its length does not
  /// change the statement. `in(1, 2, 3)`, `in(container)`, `in(sub_query)`.
  template <class... T>
  [[nodiscard]] Expression in(const T&... values) const;
  /// None of the values. Of an empty list: always. NULL matches neither `in` nor `not_in`.
  template <class... T>
  [[nodiscard]] Expression not_in(const T&... values) const;
  template <class A, class B>
  [[nodiscard]] Expression between(const A& low, const B& high) const;
  /// As !=, but NULL counts as a value: it is distinct from every other one.
  template <class T>
  [[nodiscard]] Expression is_distinct_from(const T& value) const;

  /// The text has this one somewhere in it. The same on both databases, no wildcards.
  [[nodiscard]] Expression contains(std::string_view text) const;
  [[nodiscard]] Expression starts_with(std::string_view text) const;
  [[nodiscard]] Expression ends_with(std::string_view text) const;
  /// The same without regard to the case of a to z.
  [[nodiscard]] Expression icontains(std::string_view text) const;
  /// SQL's LIKE: `%` and `_` are wildcards, `\` takes their meaning away. On SQLite the case of a
  /// to z does not count.
  [[nodiscard]] Expression like(std::string_view pattern) const;
  /// LIKE without regard to case: of all letters on PostgreSQL, of a to z on SQLite.
  [[nodiscard]] Expression ilike(std::string_view pattern) const;
  /// POSIX regular expression; PostgreSQL only.
  [[nodiscard]] Expression matches(std::string_view pattern) const;
  [[nodiscard]] Expression imatches(std::string_view pattern) const;

  /// Into a JSON document: `f<&Event::details>.key("speaker").key("name") == "Ada"`. Compared with
  /// a value it has the value's type; else it is text. A key stands quoted in the statement's text.
  [[nodiscard]] Expression key(std::string_view name) const;
  [[nodiscard]] Expression operator[](std::int64_t index) const;
  /// The JSON value, or any other, as a value of type T.
  template <class T>
  [[nodiscard]] Expression typed() const;

  /// PostgreSQL's arrays: has all of / has any of / has nothing but these elements.
  template <class Range>
  [[nodiscard]] Expression array_contains(const Range& elements) const;
  template <class Range>
  [[nodiscard]] Expression array_overlaps(const Range& elements) const;
  template <class Range>
  [[nodiscard]] Expression array_contained_in(const Range& elements) const;

  [[nodiscard]] Expression collate(std::string_view collation) const;
  [[nodiscard]] OrderTerm asc() const;
  [[nodiscard]] OrderTerm desc() const;
  /// With a name in the result: `count().as("n")`.
  [[nodiscard]] SelectItem as(std::string_view name) const;

 private:
  [[nodiscard]] Expression self() const;
};

/// A condition or value. Copyable; movable; not shared between threads while one changes it.
class Expression : public OperandMethods<Expression> {
 public:
  /// No condition: `&&` and `||` with it give the other side, and finding by it finds everything.
  Expression() = default;
  template <auto... Members>
  Expression(Field<Members...>) : Expression{of(path_of<Members...>())} {}
  /// sql("…") within an expression. It stands in parentheses.
  Expression(RawSql sql);

  [[nodiscard]] static Expression of(const Path& path);
  /// The column of the table with this alias.
  [[nodiscard]] static Expression of(const Path& path, std::string_view alias);
  [[nodiscard]] static Expression value(Value value);
  [[nodiscard]] static Expression column(std::span<const std::string_view> names);
  [[nodiscard]] static Expression constant(bool truth);
  [[nodiscard]] static Expression null();
  [[nodiscard]] static Expression payload(Shared<const Payload> payload);
  [[nodiscard]] static Expression quantified(Quantifier kind, const Path& path, Expression inner);
  [[nodiscard]] static Expression call(std::string_view function, std::vector<Expression> arguments,
                                       std::uint8_t flags = 0);
  /// A node over any number of operands.
  [[nodiscard]] static Expression over(detail::Node node, std::vector<Expression> operands);

  [[nodiscard]] bool empty() const { return nodes_.empty(); }
  /// `all &= condition;` is `all = all && condition;`
  Expression& operator&=(Expression condition);
  Expression& operator|=(Expression condition);

  /// Equal for expressions that give the same SQL text and types, whatever their values.
  [[nodiscard]] std::uint64_t shape_hash() const;
  [[nodiscard]] bool same_shape(const Expression& other) const;
  /// The same as bytes, for keys that are made of several expressions.
  void append_shape(std::string& out) const;
  /// The bound values, in the order of the placeholders. Views into this object.
  void append_values(std::vector<ValueView>& out) const;
  /// Has it raw SQL in it, which may do anything?
  [[nodiscard]] bool may_write() const;

  /// For whoever walks over it: see ExpressionCursor.
  [[nodiscard]] ExpressionCursor cursor() const;

 private:
  friend class ExpressionCursor;
  friend Expression detail::combine(Op op, Expression left, Expression right);
  friend Expression detail::wrap(Op op, Expression operand);
  friend Expression detail::sorted(Expression operand, std::uint8_t flags);
  friend Expression detail::with_text(Op op, Expression operand, std::string_view text);
  friend Expression detail::windowed(std::vector<Expression> operands, std::size_t sorts,
                                     std::string_view frame);
  friend Expression detail::json_index(Expression operand, std::int64_t index);
  friend Expression detail::typed(Expression operand, ValueType type);
  friend void detail::retype_json(Expression& json, const Expression& other);

  explicit Expression(detail::Node leaf) { nodes_.push_back(leaf); }
  void put_before(detail::Node node);
  void put_before(detail::Node node, std::string_view text);
  void adopt(Expression&& operand, std::size_t from_node = 0);
  void join(Op op, Expression&& other);

  detail::InlineVector<detail::Node, 8> nodes_;
  detail::InlineVector<Value, 3> values_;
  std::vector<detail::Attachment> attachments_;
  std::uint32_t depth_ = 1;
};

/// A place in the program of an Expression, which it refers to: an operand, read forwards.
class ExpressionCursor {
 public:
  explicit ExpressionCursor(const Expression& expression) : expression_{&expression} {}

  [[nodiscard]] bool at_end() const { return node_ == expression_->nodes_.size(); }
  [[nodiscard]] const detail::Node& head() const { return expression_->nodes_[node_]; }
  [[nodiscard]] const Path& path() const { return *reinterpret_cast<const Path*>(head().data); }
  /// Steps over the head, onto its first operand.
  const detail::Node& next() { return expression_->nodes_[node_++]; }
  const ValueView& next_value() { return expression_->values_[value_++].view(); }
  const detail::Attachment& next_attachment() { return expression_->attachments_[attachment_++]; }
  /// Steps over the operand with all that belongs to it.
  void skip();

 private:
  const Expression* expression_;
  std::size_t node_ = 0;
  std::size_t value_ = 0;
  std::size_t attachment_ = 0;
};

/// A column said by member pointers; see roost::f. Empty.
template <auto... Members>
class Field : public OperandMethods<Field<Members...>> {
 public:
  using member_type = typename detail::LastMember<Members...>::type;

  [[nodiscard]] static constexpr const Path& path() { return path_of<Members...>(); }

  /// The column of the table with this alias, where one class stands for several tables:
  /// `f<&Employee::id>.of("manager")`.
  [[nodiscard]] static Expression of(std::string_view alias) {
    return Expression::of(path(), alias);
  }

  /// At least one / no / each element of the collection fulfils the condition, which is said with
  /// the members of the elements: `f<&Event::tags>.some(f<&Tag::name> == "music")`.
  [[nodiscard]] static Expression some(Expression condition = Expression{}) {
    return Expression::quantified(Quantifier::some, path(), std::move(condition));
  }
  [[nodiscard]] static Expression none(Expression condition = Expression{}) {
    return Expression::quantified(Quantifier::none, path(), std::move(condition));
  }
  [[nodiscard]] static Expression every(Expression condition) {
    return Expression::quantified(Quantifier::every, path(), std::move(condition));
  }
};

/// How an expression is sorted. NULLs come last when ascending and first when descending, on both
/// databases, unless said otherwise.
class OrderTerm {
 public:
  OrderTerm(Expression expression, bool descending)
      : expression_{std::move(expression)},
        flags_{descending ? detail::sort_descending : std::uint8_t{0}} {}

  [[nodiscard]] OrderTerm nulls_first() const { return {expression_, flags(true)}; }
  [[nodiscard]] OrderTerm nulls_last() const { return {expression_, flags(false)}; }

  [[nodiscard]] const Expression& expression() const { return expression_; }
  [[nodiscard]] bool descending() const { return (flags_ & detail::sort_descending) != 0; }
  [[nodiscard]] bool nulls_are_last() const {
    if ((flags_ & detail::sort_nulls_last) != 0) return true;
    return (flags_ & detail::sort_nulls_first) == 0 && !descending();
  }
  /// The other way round, NULLs too: for reading backwards.
  [[nodiscard]] OrderTerm reversed() const;
  /// As an Expression (Op::sort), to be rendered or hashed.
  [[nodiscard]] Expression as_expression() const { return detail::sorted(expression_, flags_); }

 private:
  OrderTerm(Expression expression, std::uint8_t flags)
      : expression_{std::move(expression)}, flags_{flags} {}
  [[nodiscard]] std::uint8_t flags(bool nulls_first) const;

  Expression expression_;
  std::uint8_t flags_;
};

/// A column of a result: an expression and, if wanted, its name.
class SelectItem {
 public:
  SelectItem(Expression expression) : expression_{std::move(expression)} {}
  template <auto... Members>
  SelectItem(Field<Members...> field) : expression_{field} {}
  SelectItem(Expression expression, std::string_view name)
      : expression_{std::move(expression)}, name_{name} {}

  [[nodiscard]] const Expression& expression() const { return expression_; }
  /// Empty: the database names the column.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Expression expression_;
  std::string name_;
};

/// Sorting by a member: converts to OrderTerm, with parentheses or without.
template <bool Descending, auto... Members>
struct FieldOrder {
  [[nodiscard]] OrderTerm operator()() const { return *this; }
  operator OrderTerm() const { return {Expression::of(path_of<Members...>()), Descending}; }
  [[nodiscard]] OrderTerm nulls_first() const { return OrderTerm{*this}.nulls_first(); }
  [[nodiscard]] OrderTerm nulls_last() const { return OrderTerm{*this}.nulls_last(); }
};

enum class Direction : std::uint8_t { ascending, descending };

/// A direction that is known only at run time: `order(f<&Event::title>, direction)`.
[[nodiscard]] inline OrderTerm order(Expression expression, Direction direction) {
  return {std::move(expression), direction == Direction::descending};
}

}  // namespace roost::db

#include <roost/sql/detail/expression_operators.hpp>

namespace roost {

using db::Expression;

/// A column: `f<&Event::title> == "…"`; through a relation, or into a JSON column:
/// `f<&Event::venue, &Venue::city>`.
template <auto... Members>
inline constexpr db::Field<Members...> f{};

/// `order_by(asc<&Event::starts_at>(), desc<&Event::id>())`
template <auto... Members>
inline constexpr db::FieldOrder<false, Members...> asc{};
template <auto... Members>
inline constexpr db::FieldOrder<true, Members...> desc{};

}  // namespace roost
