// How operators and methods make expressions of their operands.
#include <roost/sql/errors.hpp>
#include <roost/sql/expression.hpp>

namespace roost::db {

namespace {

bool is_condition_list(Op op) { return op == Op::all || op == Op::any; }

std::string ascii_lower(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// The type that the elements of one array have in common.
ValueType common_type(ValueType a, ValueType b) {
  const auto is_integer = [](ValueType type) {
    return type >= ValueType::int16 && type <= ValueType::int64;
  };
  const auto is_floating = [](ValueType type) {
    return type == ValueType::float32 || type == ValueType::float64;
  };
  if (is_integer(a) && is_integer(b)) return ValueType::int64;
  if ((is_integer(a) || is_floating(a)) && (is_integer(b) || is_floating(b))) {
    return ValueType::float64;
  }
  throw UsageError("the values of in() or not_in() are of different types: " +
                   std::string{name_of(a)} + " and " + std::string{name_of(b)});
}

ValueView converted(const ValueView& value, ValueType type) {
  if (type == ValueType::int64) return ValueView::int64(value.integer());
  const bool floating = value.type() == ValueType::float32 || value.type() == ValueType::float64;
  return ValueView::float64(floating ? value.floating() : static_cast<double>(value.integer()));
}

}  // namespace

namespace detail {

std::size_t attachment_count(const Node& node) {
  switch (node.op) {
    case Op::column:
      return node.detail;
    case Op::path_of:
    case Op::payload:
    case Op::call:
    case Op::json_key:
    case Op::collate:
    case Op::over:
      return 1;
    default:
      return 0;
  }
}

Expression combine(Op op, Expression left, Expression right) {
  if (is_condition_list(op)) {
    if (left.empty()) return right;
    if (!right.empty()) left.join(op, std::move(right));
    return left;
  }
  if (left.empty() || right.empty()) {
    throw UsageError("an operand of an expression is missing: it is empty");
  }
  const bool left_null = left.nodes_[0].op == Op::null;
  if (left_null || right.nodes_[0].op == Op::null) {
    if (op == Op::equal || op == Op::not_equal || op == Op::distinct) {
      return test_null(op == Op::equal ? Op::is_null : Op::is_not_null,
                       std::move(left_null ? right : left));
    }
    throw UsageError("an operand is NULL, so the result would be NULL: use == nullptr");
  }
  retype_json(left, right);
  retype_json(right, left);
  left.put_before(Node{op, 0, 0, 2, 0});
  left.adopt(std::move(right));
  return left;
}

void retype_json(Expression& json, const Expression& other) {
  Node& node = json.nodes_[0];
  if ((node.op != Op::json_key && node.op != Op::json_index) || node.detail != 0) return;
  const Node& head = other.nodes_[0];
  if (head.op != Op::value) return;
  const auto type = static_cast<ValueType>(head.detail & 0xFFU);
  node.detail = static_cast<std::uint16_t>(type == ValueType::array ? head.detail >> 8U
                                                                    : static_cast<unsigned>(type));
}

Expression wrap(Op op, Expression operand) {
  if (operand.empty()) {
    if (op == Op::negation) return operand;
    throw UsageError("an operand of an expression is missing: it is empty");
  }
  operand.put_before(Node{op, 0, 0, 1, 0});
  return operand;
}

Expression test_null(Op op, Expression operand) { return wrap(op, std::move(operand)); }

Expression in_array(Op op, Expression operand, std::span<const Value> values) {
  if (values.empty()) return Expression::constant(op == Op::not_in_values);
  std::vector<ValueView> views;
  views.reserve(values.size());
  ValueType type = values[0].view().type();
  for (const Value& value : values) {
    const ValueView& view = value.view();
    if (view.is_null()) {
      throw UsageError(
          "a value of in() or not_in() is NULL, which matches nothing: add || … == "
          "nullptr");
    }
    if (view.type() != type) type = common_type(type, view.type());
    views.push_back(view);
  }
  for (ValueView& view : views) {
    if (view.type() != type) view = converted(view, type);
  }
  return combine(op, std::move(operand), Expression::value(Value{ValueView::array(type, views)}));
}

Expression sorted(Expression operand, std::uint8_t flags) {
  if (operand.empty()) throw UsageError("a sort term has no expression");
  operand.put_before(Node{Op::sort, flags, 0, 1, 0});
  return operand;
}

Expression between(Expression operand, Expression low, Expression high) {
  if (!low.empty()) retype_json(operand, low);
  if ((!low.empty() && low.cursor().head().op == Op::null) ||
      (!high.empty() && high.cursor().head().op == Op::null)) {
    throw UsageError("a bound of between() is NULL, so nothing would lie between");
  }
  std::vector<Expression> operands;
  operands.push_back(std::move(operand));
  operands.push_back(std::move(low));
  operands.push_back(std::move(high));
  return Expression::over(Node{Op::between, 0, 0, 3, 0}, std::move(operands));
}

Expression with_text(Op op, Expression operand, std::string_view text) {
  if (operand.empty()) throw UsageError("an operand of an expression is missing: it is empty");
  if (op == Op::json_key || op == Op::collate) {
    operand.put_before(Node{op, 0, 0, 1, 0}, text);
    return operand;
  }
  const bool lower = op == Op::contains_ignoring_case;
  return combine(op, std::move(operand),
                 Expression::value(to_value(lower ? std::string_view{ascii_lower(text)} : text)));
}

Expression windowed(std::vector<Expression> operands, std::size_t sorts, std::string_view frame) {
  Expression made{Node{Op::over, 0, static_cast<std::uint16_t>(sorts),
                       static_cast<std::uint32_t>(operands.size()), 0}};
  made.attachments_.push_back({std::string{frame}, nullptr});
  for (Expression& operand : operands) made.adopt(std::move(operand));
  return made;
}

Expression json_index(Expression operand, std::int64_t index) {
  if (operand.empty()) throw UsageError("an operand of an expression is missing: it is empty");
  operand.put_before(Node{Op::json_index, 0, 0, 1, static_cast<std::uintptr_t>(index)});
  return operand;
}

Expression typed(Expression operand, ValueType type) {
  if (operand.empty()) throw UsageError("an operand of an expression is missing: it is empty");
  Node& head = operand.nodes_[0];
  if (head.op == Op::json_key || head.op == Op::json_index) {
    head.detail = static_cast<std::uint16_t>(type);
    return operand;
  }
  operand.put_before(Node{Op::cast, 0, static_cast<std::uint16_t>(type), 1, 0});
  return operand;
}

Expression array_test(Op op, Expression operand, std::span<const Value> elements) {
  std::vector<ValueView> views;
  for (const Value& value : elements) views.push_back(value.view());
  const ValueType type = views.empty() ? ValueType::text : views[0].type();
  return combine(op, std::move(operand), Expression::value(Value{ValueView::array(type, views)}));
}

Value integer_value(std::int64_t value, ValueType wanted) {
  if (wanted == ValueType::int16 && std::in_range<std::int16_t>(value)) {
    return Value{ValueView::int16(static_cast<std::int16_t>(value))};
  }
  if (wanted == ValueType::int32 && std::in_range<std::int32_t>(value)) {
    return Value{ValueView::int32(static_cast<std::int32_t>(value))};
  }
  return Value{ValueView::int64(value)};
}

Value unsigned_value(std::uint64_t value, ValueType wanted) {
  if (!std::in_range<std::int64_t>(value)) {
    throw ConversionError("the unsigned integer " + std::to_string(value) +
                          " is larger than any integer of the database (9223372036854775807)");
  }
  return integer_value(static_cast<std::int64_t>(value), wanted);
}

Value decimal_value(std::int64_t value) { return Value{ValueView::decimal(std::to_string(value))}; }

}  // namespace detail
}  // namespace roost::db
