// Bytes as a program of the query builder: what it builds, and what must hold of it.
#pragma once

#include <roost/sql/errors.hpp>
#include <roost/sql/modify.hpp>
#include <roost/sql/select.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost::db::fuzz {

/// Stands in every text value; must never stand in a statement.
inline constexpr std::string_view marker = "VaLuE";
/// Every integer value has these digits.
inline constexpr std::int64_t marker_number = 9182736450;
inline constexpr std::string_view marker_digits = "91827364";

struct Thing {
  std::int64_t id{};
  std::string title;
  std::optional<int> size;
};

/// Turns bytes into calls of the builder; when they are used up, it chooses what is simplest.
class QueryProgram {
 public:
  explicit QueryProgram(std::span<const std::uint8_t> bytes) : rest_{bytes} {}

  /// A statement with its values; none when the builder refused, as it should.
  [[nodiscard]] std::optional<BoundSql> build(const Dialect& dialect) {
    try {
      switch (pick(6)) {
        case 0:
          return insert().to_sql(dialect);
        case 1:
          return update_query().to_sql(dialect);
        case 2:
          return delete_query().to_sql(dialect);
        default:
          return select_query(0).to_sql(dialect);
      }
    } catch (const DatabaseError& error) {
      if (error.kind() != ErrorKind::usage && error.kind() != ErrorKind::unsupported) throw;
      return std::nullopt;
    }
  }

 private:
  static constexpr int deepest = 6;

  std::uint8_t next() {
    if (rest_.empty()) return 0;
    const std::uint8_t byte = rest_.front();
    rest_ = rest_.subspan(1);
    return byte;
  }
  unsigned pick(unsigned choices) { return next() % choices; }
  bool flip() { return (next() & 1U) != 0; }

  /// Any bytes; mostly a short ordinary name.
  std::string name() {
    static constexpr std::array<std::string_view, 6> usual = {
        "t", "title", "a\"b", "select", "Ünï", "x; drop table t --"};
    const unsigned choice = pick(8);
    if (choice < usual.size()) return std::string{usual[choice]};
    std::string text;
    for (unsigned length = pick(12); length > 0; --length) text += static_cast<char>(next());
    if (text.find(marker) != std::string::npos) text.clear();
    return text;
  }
  Value value() {
    switch (pick(6)) {
      case 0:
        return to_value(marker_number * 10 + pick(10));
      case 1:
        return to_value(true);
      case 2:
        return Value{};
      case 3:
        return to_value(static_cast<double>(marker_number) + 0.5);
      default:
        return to_value(std::string{marker} + "'\"" + name());
    }
  }
  std::vector<Value> values() {
    std::vector<Value> made;
    for (unsigned count = pick(4); count > 0; --count) made.push_back(value());
    return made;
  }

  Expression leaf() {
    switch (pick(7)) {
      case 0:
        return f<&Thing::id>;
      case 1:
        return f<&Thing::title>;
      case 2:
        return column(name(), name());
      case 3:
        return Expression::value(value());
      case 4:
        return f<&Thing::size>.of(name());
      default:
        return column(name());
    }
  }

  Expression expression(int depth) {
    if (depth >= deepest || rest_.empty()) return leaf();
    Expression operand = expression(depth + 1);
    switch (pick(14)) {
      case 0:
        return operand + expression(depth + 1);
      case 1:
        return -operand;
      case 2:
        return lower(operand);
      case 3:
        return coalesce(operand, value());
      case 4:
        return operand.key(name());
      case 5:
        return operand[static_cast<std::int8_t>(next())];
      case 6:
        return call(pick(8) != 0 ? std::string{"abs"} : name() + "(", operand);
      case 7:
        return case_when(condition(depth + 1), operand, expression(depth + 1));
      case 8:
        return operand.collate(flip() ? std::string{"nocase"} : name());
      case 9:
        return concat(operand, expression(depth + 1));
      case 10:
        return over(sum(operand), window().partition_by(leaf()).order_by(leaf().desc()));
      case 11:
        return operand.typed<std::int64_t>();
      case 12:
        return sql("({} + {})", identifier(name()), value());
      default:
        return operand;
    }
  }

  Expression condition(int depth) {
    if (depth >= deepest) return leaf() == value();
    switch (pick(16)) {
      case 0:
        return condition(depth + 1) && condition(depth + 1);
      case 1:
        return condition(depth + 1) || condition(depth + 1);
      case 2:
        return !condition(depth + 1);
      case 3:
        return expression(depth + 1).in(values());
      case 4:
        return expression(depth + 1).not_in(values());
      case 5:
        return expression(depth + 1).contains(std::string{marker} + name());
      case 6:
        return expression(depth + 1).ends_with(std::string{marker} + name());
      case 7:
        return expression(depth + 1).ilike(std::string{marker} + name());
      case 8:
        return expression(depth + 1).between(value(), value());
      case 9:
        return expression(depth + 1) == nullptr;
      case 10:
        return exists(select_query(depth + 1));
      case 11:
        return expression(depth + 1).in(select_query(depth + 1));
      case 12:
        return Expression{};
      case 13:
        return expression(depth + 1).is_distinct_from(value());
      default:
        return expression(depth + 1) < expression(depth + 1);
    }
  }

  Select select_query(int depth) {
    Select query;
    for (unsigned count = pick(3); count > 0; --count) {
      query.select(flip() ? expression(depth + 1).as(name()) : SelectItem{expression(depth + 1)});
    }
    if (flip()) query.distinct();
    switch (depth < deepest ? pick(4) : 0) {
      case 1:
        query.from<Thing>(name());
        break;
      case 2:
        query.from(select_query(depth + 1), name());
        break;
      case 3:
        query.from(table(name(), name()));
        break;
      default:
        query.from(name(), flip() ? name() : std::string{});
    }
    for (unsigned clauses = depth < deepest ? pick(6) : 0; clauses > 0; --clauses) {
      clause(query, depth + 1);
    }
    return query;
  }

  void clause(Select& query, int depth) {
    switch (pick(14)) {
      case 0:
        query.join(name(), name(), condition(depth));
        break;
      case 1:
        query.left_join<Thing>(name(), condition(depth));
        break;
      case 2:
        query.cross_join(name(), name());
        break;
      case 3:
        query.group_by(expression(depth));
        break;
      case 4:
        query.having(condition(depth));
        break;
      case 5:
        query.order_by(flip() ? expression(depth).asc() : leaf().desc().nulls_first());
        break;
      case 6:
        query.limit(marker_number);
        break;
      case 7:
        query.offset(marker_number);
        break;
      case 8:
        combine(query, depth);
        break;
      case 9:
        query.with(name(), select_query(depth), {name()});
        break;
      case 10:
        query.with_recursive(name(), select_query(depth));
        break;
      case 11:
        query.lock(LockStrength::share, LockWait::nowait, {name()});
        break;
      case 12:
        query.left_join_lateral(select_query(depth), name(), condition(depth));
        break;
      default:
        query.where(condition(depth));
    }
  }

  void combine(Select& query, int depth) {
    const Select other = select_query(depth);
    switch (pick(4)) {
      case 0:
        query.union_with(other);
        break;
      case 1:
        query.union_all(other);
        break;
      case 2:
        query.intersect(other);
        break;
      default:
        query.except(other);
    }
  }

  Insert insert() {
    Insert query = flip() ? insert_into<Thing>(flip() ? name() : std::string{})
                          : insert_into(name(), flip() ? name() : std::string{});
    const unsigned columns = pick(3);
    for (unsigned i = 0; i < columns; ++i) query.columns(name());
    switch (pick(4)) {
      case 0:
        query.from_query(select_query(1));
        break;
      case 1:
        query.default_values();
        break;
      default:
        for (unsigned rows = 1 + pick(2); rows > 0; --rows) {
          std::vector<Expression> row;
          const unsigned size = columns == 0 ? 1 : columns;
          for (unsigned i = 0; i < size; ++i) row.push_back(expression(2));
          query.add_row(std::move(row));
        }
    }
    switch (pick(5)) {
      case 0:
        query.on_conflict(name()).merge();
        break;
      case 1:
        query.on_conflict(name()).set(name(), expression(2)).update_where(condition(2));
        break;
      case 2:
        query.do_nothing();
        break;
      case 3:
        query.on_conflict(name()).index_where(condition(2)).merge(name());
        break;
      default:
        break;
    }
    if (flip()) query.returning(leaf().as(name()));
    return query;
  }

  Update update_query() {
    Update query = flip() ? update<Thing>(name()) : update(table(name(), name()));
    for (unsigned count = pick(3); count > 0; --count) query.set(name(), expression(2));
    if (flip()) query.set(f<&Thing::title>, std::string{marker});
    if (flip()) query.from(select_query(2), name());
    query.where(condition(1));
    if (flip()) query.all_rows();
    if (flip()) query.returning(leaf());
    return query;
  }

  Delete delete_query() {
    Delete query = flip() ? delete_from<Thing>(name()) : delete_from(name());
    if (flip()) query.using_table(name(), name());
    query.where(condition(1));
    if (flip()) query.all_rows();
    if (flip()) query.with(name(), select_query(2));
    return query;
  }

  std::span<const std::uint8_t> rest_;
};

/// What stands outside of quotes consists of the builder's own words and signs, nothing else.
/// Returns what is wrong, or nothing.
[[nodiscard]] inline std::string complaint(const BoundSql& sql) {
  const std::string& text = sql.text;
  if (text.find(marker) != std::string::npos) return "a text value stands in the statement";
  if (text.find(marker_digits) != std::string::npos) return "a number stands in the statement";
  if (sql.values.size() != sql.types.size()) return "more or fewer values than types";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') {  // a doubled quotation mark is two quotations in a row
      i = text.find(c, i + 1);
      if (i == std::string::npos) return "a quotation does not end";
      continue;
    }
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
        std::string_view{" _(),.*<>=+-/%|~:$?&@\\E"}.find(c) != std::string_view::npos;
    if (!fine) return std::string{"a stray character: "} + c;
    if (text.compare(i, 2, "--") == 0 || text.compare(i, 2, "/*") == 0) return "a comment";
  }
  return {};
}

}  // namespace roost::db::fuzz
