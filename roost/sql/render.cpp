// Rendering of expressions.
#include <roost/sql/detail/binding_strength.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/render.hpp>

namespace roost::db {

using detail::Node;
using namespace detail::binds;

namespace {

int precedence_of(Op op) {
  switch (op) {
    case Op::any:
      return binds_any;
    case Op::all:
      return binds_all;
    case Op::negation:
      return binds_all + 1;
    case Op::add:
    case Op::subtract:
      return binds_sum;
    case Op::multiply:
    case Op::divide:
    case Op::modulo:
      return binds_product;
    case Op::negate:
    case Op::collate:
      return binds_product + 1;
    case Op::concatenate:
      return binds_concatenation;
    case Op::path:
    case Op::path_of:
    case Op::column:
    case Op::value:
    case Op::default_value:
    case Op::always_true:
    case Op::always_false:
    case Op::null:
    case Op::star:
    case Op::payload:
    case Op::call:
    case Op::case_when:
    case Op::json_key:
    case Op::json_index:
    case Op::cast:
    case Op::row:
    case Op::filter:
    case Op::over:
    case Op::exists:
      return binds_most;
    default:
      return binds_comparison;
  }
}

std::string_view sign_of(Op op, bool postgresql) {
  switch (op) {
    case Op::equal:
      return " = ";
    case Op::not_equal:
      return " <> ";
    case Op::less:
      return " < ";
    case Op::less_equal:
      return " <= ";
    case Op::greater:
      return " > ";
    case Op::greater_equal:
      return " >= ";
    case Op::distinct:
      return postgresql ? " is distinct from " : " is not ";
    case Op::not_distinct:
      return postgresql ? " is not distinct from " : " is ";
    case Op::add:
      return " + ";
    case Op::subtract:
      return " - ";
    case Op::multiply:
      return " * ";
    case Op::divide:
      return " / ";
    case Op::modulo:
      return " % ";
    case Op::concatenate:
      return " || ";
    case Op::array_contains:
      return " @> ";
    case Op::array_contained:
      return " <@ ";
    default:
      return " && ";
  }
}

}  // namespace

void Renderer::append(const Expression& expression) {
  if (expression.empty()) throw UsageError("an expression is missing: it is empty");
  ExpressionCursor cursor = expression.cursor();
  append(cursor, 0);
}

void Renderer::append_operand(const Expression& expression) {
  if (expression.empty()) throw UsageError("an expression is missing: it is empty");
  ExpressionCursor cursor = expression.cursor();
  append(cursor, binds_most);
}

void Renderer::append_item(const Expression& expression) {
  if (expression.empty()) throw UsageError("an expression is missing: it is empty");
  ExpressionCursor cursor = expression.cursor();
  if (cursor.head().op != Op::column) return append(cursor, 0);
  const Node& column = cursor.next();
  append_column(column, cursor, true);
}

void Renderer::append(ExpressionCursor& operand, PathResolver& resolver) {
  PathResolver* const outside = resolver_;
  resolver_ = &resolver;
  append(operand, 0);
  resolver_ = outside;
}

void Renderer::append_placeholder(ValueType type) {
  types_.push_back(type);
  dialect_.append_placeholder(text_, types_.size());
  if (types_.size() > dialect_.max_parameters()) {
    throw UnsupportedError(std::string{dialect_.name()} + " takes at most " +
                           std::to_string(dialect_.max_parameters()) +
                           " parameters in one statement");
  }
}

void Renderer::append(ExpressionCursor& cursor, int precedence) {
  const Node& node = cursor.next();
  const bool parentheses = precedence_of(node.op) < precedence;
  if (parentheses) text_ += '(';
  append_node(node, cursor);
  if (parentheses) text_ += ')';
}

void Renderer::append_list(ExpressionCursor& cursor, std::size_t count, std::string_view separator,
                           int precedence) {
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text_ += separator;
    append(cursor, precedence);
  }
}

void Renderer::append_node(const Node& node, ExpressionCursor& cursor) {
  switch (node.op) {
    case Op::path:
      return resolver_->append_path(*reinterpret_cast<const Path*>(node.data), text_);
    case Op::path_of: {
      const std::string& alias = cursor.next_attachment().text;
      return resolver_->append_path_of(alias, *reinterpret_cast<const Path*>(node.data), text_);
    }
    case Op::column:
      return append_column(node, cursor, false);
    case Op::value:
      return append_placeholder(cursor.next_value().type());
    case Op::always_true:
      return append_text("true");
    case Op::always_false:
      return append_text("false");
    case Op::null:
      return append_text("null");
    case Op::star:
      return append_text("*");
    case Op::default_value:
      dialect_.require(Feature::default_in_values);
      return append_text("default");
    case Op::payload: {
      text_ += '(';
      cursor.next_attachment().payload->render(*this);
      text_ += ')';
      return;
    }
    case Op::all:
      return append_list(cursor, node.arity, " and ", binds_all + 1);
    case Op::any:
      return append_list(cursor, node.arity, " or ", binds_all + 1);
    case Op::negation:
      text_ += "not ";
      return append(cursor, binds_most);
    case Op::is_null:
    case Op::is_not_null:
      append(cursor, binds_most);
      return append_text(node.op == Op::is_null ? " is null" : " is not null");
    case Op::exists:
      text_ += "exists ";
      return append(cursor, binds_most);
    case Op::negate:
      text_ += "- ";
      return append(cursor, binds_most);
    case Op::row:
      text_ += '(';
      append_list(cursor, node.arity, ", ", 0);
      text_ += ')';
      return;
    case Op::quantified: {
      ExpressionCursor inner = cursor;
      resolver_->append_quantified(static_cast<Quantifier>(node.flags),
                                   *reinterpret_cast<const Path*>(node.data),
                                   node.arity == 0 ? nullptr : &inner, *this);
      if (node.arity != 0) cursor.skip();
      return;
    }
    default:
      return append_binary(node, cursor);
  }
}

void Renderer::append_binary(const Node& node, ExpressionCursor& cursor) {
  switch (node.op) {
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::distinct:
    case Op::not_distinct:
    case Op::between:
      return append_comparison(node, cursor);
    case Op::in_values:
    case Op::not_in_values:
    case Op::in_query:
    case Op::not_in_query:
      return append_membership(node, cursor);
    case Op::contains:
    case Op::starts_with:
    case Op::ends_with:
    case Op::contains_ignoring_case:
      return append_text_test(node, cursor);
    case Op::like:
    case Op::ilike:
    case Op::matches:
    case Op::matches_ignoring_case:
      return append_pattern(node, cursor);
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::modulo:
    case Op::concatenate: {
      const int binds = node.op == Op::concatenate ? binds_most : precedence_of(node.op);
      append(cursor, binds);
      text_ += sign_of(node.op, is_postgresql());
      return append(cursor, node.op == Op::concatenate ? binds_most : binds + 1);
    }
    case Op::array_contains:
    case Op::array_contained:
    case Op::array_overlaps:
      dialect_.require(Feature::native_arrays);
      append(cursor, binds_most);
      text_ += sign_of(node.op, true);
      return append(cursor, binds_most);
    case Op::call:
      return append_call(node, cursor);
    case Op::case_when:
      return append_case(node, cursor);
    case Op::json_key:
    case Op::json_index:
      return append_json(node, cursor);
    case Op::cast:
      return append_cast(node, cursor);
    case Op::collate: {
      const std::string& name = cursor.next_attachment().text;
      append(cursor, binds_most);
      text_ += " collate ";
      return append_identifier(name);
    }
    case Op::sort:
      return append_sort(node, cursor);
    case Op::filter:
      append(cursor, binds_most);
      text_ += " filter (where ";
      append(cursor, 0);
      text_ += ')';
      return;
    case Op::over:
      return append_over(node, cursor);
    default:
      throw UsageError("an expression has a node of an unknown kind");
  }
}

/// SQLite stores decimals as text, so comparing them needs numbers.
bool Renderer::is_decimal_text(const ExpressionCursor& cursor) const {
  if (is_postgresql()) return false;
  const Node& head = cursor.head();
  constexpr auto decimal = static_cast<unsigned>(ValueType::decimal);
  if (head.op == Op::path || head.op == Op::path_of) {
    return resolver_->value_type(cursor.path()) == ValueType::decimal;
  }
  if (head.op == Op::value) return (head.detail & 0xFFU) == decimal || head.detail >> 8U == decimal;
  return false;
}

void Renderer::append_number(ExpressionCursor& cursor, bool as_number, int precedence) {
  if (!as_number) return append(cursor, precedence);
  text_ += "cast(";
  append(cursor, 0);
  text_ += " as real)";
}

void Renderer::append_comparison(const Node& node, ExpressionCursor& cursor) {
  ExpressionCursor ahead = cursor;
  bool numbers = is_decimal_text(ahead);
  for (std::size_t i = 1; i < node.arity; ++i) {
    ahead.skip();
    numbers = numbers || is_decimal_text(ahead);
  }
  append_number(cursor, numbers, binds_concatenation);
  if (node.op != Op::between) {
    text_ += sign_of(node.op, is_postgresql());
    return append_number(cursor, numbers, binds_concatenation);
  }
  text_ += " between ";
  append_number(cursor, numbers, binds_concatenation);
  text_ += " and ";
  append_number(cursor, numbers, binds_concatenation);
}

void Renderer::append_membership(const Node& node, ExpressionCursor& cursor) {
  const bool negated = node.op == Op::not_in_values || node.op == Op::not_in_query;
  if (node.op == Op::in_query || node.op == Op::not_in_query) {
    append(cursor, binds_concatenation);
    text_ += negated ? " not in " : " in ";
    return append(cursor, binds_most);
  }
  if (is_postgresql()) {
    append(cursor, binds_concatenation);
    text_ += negated ? " <> all(" : " = any(";
    append(cursor, 0);
    text_ += ')';
    return;
  }
  ExpressionCursor array = cursor;
  array.skip();
  const bool numbers = is_decimal_text(cursor) || is_decimal_text(array);
  append_number(cursor, numbers, binds_concatenation);
  text_ += negated ? " not in (select " : " in (select ";
  text_ += numbers ? "cast(value as real) from json_each(" : "value from json_each(";
  append(cursor, 0);
  text_ += "))";
}

}  // namespace roost::db
