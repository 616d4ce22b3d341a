// The program of an Expression: what its nodes are.
#pragma once

#include <roost/base/shared.hpp>
#include <roost/sql/value.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace roost::db {

class Renderer;

/// What one node of an expression does.
enum class Op : std::uint8_t {
  // Leaves.
  path,     // `path` of the node
  path_of,  // the same, of the table whose alias is attached
  column,   // detail: number of attached names (column; table, column; …)
  value,    // a bound value; detail: its ValueType, and that of its elements << 8
  always_true,
  always_false,
  null,
  star,
  default_value,  // the keyword, in `values` and `set`
  payload,        // an attached Payload: raw SQL, a sub-query in parentheses
  // Logic; `all` and `any` take any number of operands.
  all,
  any,
  negation,
  // Comparison.
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  distinct,
  not_distinct,
  is_null,
  is_not_null,
  between,
  in_values,  // the second operand is one array value
  not_in_values,
  in_query,  // the second operand is a payload
  not_in_query,
  exists,
  // Text.
  like,
  ilike,
  contains,
  starts_with,
  ends_with,
  contains_ignoring_case,
  matches,
  matches_ignoring_case,
  // Arithmetic and text concatenation.
  add,
  subtract,
  multiply,
  divide,
  modulo,
  negate,
  concatenate,
  // Arrays, PostgreSQL only.
  array_contains,
  array_contained,
  array_overlaps,
  // The rest.
  call,       // attached name; flags: CallFlag
  case_when,  // condition, result, condition, result, … and an else if the number is odd
  json_key,   // attached key; detail: the ValueType that is wanted, or 0
  json_index,
  cast,        // detail: ValueType
  collate,     // attached name
  quantified,  // `path`; flags: Quantifier; no operand or one
  row,         // (a, b, c)
  filter,      // aggregate, condition
  over,        // function, partitions …, then `detail` sort terms; attached frame
  sort,        // inside over and aggregates; flags: SortFlag
};

/// Of the elements of a collection.
enum class Quantifier : std::uint8_t { some, none, every };

/// A condition or another expression that renders itself. Immutable.
class Payload {
 public:
  Payload() = default;
  Payload(const Payload&) = delete;
  Payload& operator=(const Payload&) = delete;
  virtual ~Payload() = default;

  virtual void render(Renderer& renderer) const = 0;
  /// A text that payloads share only if they render to the same SQL and types.
  virtual void append_shape(std::string& out) const = 0;
  /// In the order in which `render` writes the placeholders.
  virtual void append_values(std::vector<ValueView>& out) const = 0;
  /// Whether it may change something: raw SQL can.
  [[nodiscard]] virtual bool may_write() const = 0;
};

namespace detail {

inline constexpr std::uint8_t call_distinct = 1;
inline constexpr std::uint8_t sort_descending = 1;
inline constexpr std::uint8_t sort_nulls_first = 2;
inline constexpr std::uint8_t sort_nulls_last = 4;

/// Nodes stand before their operands, which makes accumulation of conditions an append.
struct Node {
  Op op = Op::always_true;
  std::uint8_t flags = 0;
  std::uint16_t detail = 0;
  std::uint32_t arity = 0;
  std::uintptr_t data = 0;  // address of a Path, or an index into a JSON array
};

/// A name, key or payload of a node; in order of the nodes.
struct Attachment {
  std::string text;
  Shared<const Payload> payload;
};

}  // namespace detail
}  // namespace roost::db
