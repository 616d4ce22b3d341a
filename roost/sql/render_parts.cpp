// Rendering of expressions: texts, calls, JSON, sorting, windows.
#include <roost/sql/detail/binding_strength.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/render.hpp>

namespace roost::db {

using detail::Node;
using namespace detail::binds;

namespace {

/// Letters, digits, underscores; dots after a schema.
void check_function_name(std::string_view name) {
  bool fine = !name.empty() && (name[0] < '0' || name[0] > '9');
  for (const char c : name) {
    fine = fine && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '.');
  }
  if (!fine) throw UsageError("\"" + std::string{name} + "\" is no name of an SQL function");
}

}  // namespace

/// Without wildcards, so that any text can be looked for; bytes are compared, on both databases.
void Renderer::append_text_test(const Node& node, ExpressionCursor& cursor) {
  const bool postgresql = is_postgresql();
  switch (node.op) {
    case Op::contains:
      text_ += postgresql ? "strpos(" : "instr(";
      append_list(cursor, 2, ", ", 0);
      text_ += ") > 0";
      return;
    case Op::contains_ignoring_case:
      text_ += postgresql ? "strpos(lower(" : "instr(lower(";
      append(cursor, postgresql ? binds_most : 0);
      text_ += postgresql ? " collate \"C\"), " : "), ";
      append(cursor, 0);
      text_ += ") > 0";
      return;
    case Op::starts_with:
      if (postgresql) {
        text_ += "starts_with(";
        append_list(cursor, 2, ", ", 0);
        text_ += ')';
        return;
      }
      break;
    default:
      break;
  }
  // The text stands several times, its value once: all places have the same placeholder.
  const bool at_start = node.op == Op::starts_with;
  text_ += postgresql ? "right(" : "substr(";
  append(cursor, 0);
  text_ += at_start ? ", 1, length(" : postgresql ? ", length(" : ", -max(length(";
  const std::size_t begin = text_.size();
  append(cursor, 0);
  const std::string text = text_.substr(begin);
  if (!postgresql && !at_start) text_ += "), 1), length(" + text;
  text_ += ")) = " + text;
}

void Renderer::append_pattern(const Node& node, ExpressionCursor& cursor) {
  if (node.op == Op::matches || node.op == Op::matches_ignoring_case) {
    dialect_.require(Feature::regular_expressions);
    append(cursor, binds_most);
    text_ += node.op == Op::matches ? " ~ " : " ~* ";
    return append(cursor, binds_most);
  }
  append(cursor, binds_most);
  text_ += node.op == Op::ilike && dialect_.supports(Feature::ilike) ? " ilike " : " like ";
  append(cursor, binds_most);
  if (!is_postgresql()) text_ += " escape '\\'";
}

void Renderer::append_column(const Node& node, ExpressionCursor& cursor, bool is_item) {
  for (std::size_t i = 0; i < node.detail; ++i) {
    if (i > 0) text_ += '.';
    const std::string& name = cursor.next_attachment().text;
    if (name != "*" || i + 1 != node.detail) {
      append_identifier(name);
      continue;
    }
    if (!is_item) {
      throw UsageError(
          "* stands for all columns, in the list of what is selected or returned: it is no value "
          "of which an expression could be made; name the column");
    }
    text_ += '*';
  }
}

void Renderer::append_call(const Node& node, ExpressionCursor& cursor) {
  const std::string& name = cursor.next_attachment().text;
  check_function_name(name);
  text_ += name;
  text_ += (node.flags & detail::call_distinct) != 0 ? "(distinct " : "(";
  append_list(cursor, node.arity, ", ", 0);
  text_ += ')';
}

void Renderer::append_case(const Node& node, ExpressionCursor& cursor) {
  text_ += "case";
  for (std::size_t i = 0; i + 1 < node.arity; i += 2) {
    text_ += " when ";
    append(cursor, 0);
    text_ += " then ";
    append(cursor, 0);
  }
  if (node.arity % 2 == 1) {
    text_ += " else ";
    append(cursor, 0);
  }
  text_ += " end";
}

void Renderer::append_json(const Node& outermost, ExpressionCursor& cursor) {
  std::vector<JsonKey> keys;
  const Node* node = &outermost;
  for (;;) {
    if (node->op == Op::json_key) {
      keys.insert(keys.begin(), JsonKey{std::string_view{cursor.next_attachment().text}});
    } else {
      keys.insert(keys.begin(), JsonKey{static_cast<std::int64_t>(node->data)});
    }
    const Op next = cursor.head().op;
    if (next != Op::json_key && next != Op::json_index) break;
    node = &cursor.next();
  }
  const std::size_t begin = text_.size();
  append(cursor, binds_most);
  const std::string document = text_.substr(begin);
  text_.resize(begin);
  append_json_path(dialect_, document, keys, static_cast<ValueType>(outermost.detail), text_);
}

void Renderer::append_cast(const Node& node, ExpressionCursor& cursor) {
  text_ += "cast(";
  append(cursor, 0);
  text_ += " as ";
  text_ += sql_type_name(dialect_, static_cast<ValueType>(node.detail));
  text_ += ')';
}

void Renderer::append_sort(const Node& node, ExpressionCursor& cursor) {
  const bool may_be_null = cursor.head().op != Op::path || resolver_->may_be_null(cursor.path());
  const bool descending = (node.flags & detail::sort_descending) != 0;
  append_number(cursor, is_decimal_text(cursor), binds_comparison);
  if (descending) text_ += " desc";
  if ((node.flags & detail::sort_nulls_first) != 0) {
    text_ += " nulls first";
  } else if ((node.flags & detail::sort_nulls_last) != 0) {
    text_ += " nulls last";
  } else if (!is_postgresql() && may_be_null) {
    text_ += descending ? " nulls first" : " nulls last";
  }
}

void Renderer::append_over(const Node& node, ExpressionCursor& cursor) {
  const std::string& frame = cursor.next_attachment().text;
  append(cursor, binds_most);
  text_ += " over (";
  const std::size_t sorts = node.detail;
  const std::size_t partitions = node.arity - 1 - sorts;
  if (partitions > 0) {
    text_ += "partition by ";
    append_list(cursor, partitions, ", ", 0);
  }
  if (sorts > 0) {
    text_ += partitions > 0 ? " order by " : "order by ";
    append_list(cursor, sorts, ", ", 0);
  }
  if (!frame.empty()) {
    if (partitions + sorts > 0) text_ += ' ';
    text_ += frame;
  }
  text_ += ')';
}

}  // namespace roost::db
