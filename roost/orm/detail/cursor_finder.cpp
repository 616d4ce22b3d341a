// Finding by cursor: the condition that continues where a page ended.
#include <roost/orm/detail/cursor_codec.hpp>
#include <roost/orm/detail/loader.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>

namespace roost::orm::detail {

namespace {

Expression same(const Expression& column, const db::Value& value) {
  if (value.view().is_null()) return column == nullptr;
  return column == value;
}

/// Rows that come after `value` in the order of the term. NULLs come last when ascending.
Expression beyond(const db::OrderTerm& term, const db::Value& value, bool may_be_null) {
  const Expression& column = term.expression();
  if (term.descending()) {
    if (value.view().is_null()) return column != nullptr;
    return column < value;
  }
  if (value.view().is_null()) return Expression::constant(false);
  if (!may_be_null) return column > value;
  return column > value || column == nullptr;
}

}  // namespace

namespace {

Expression condition_beyond(const std::vector<db::OrderTerm>& terms,
                            const std::vector<db::Value>& values,
                            const std::vector<bool>& may_be_null) {
  Expression any;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    Expression all;
    for (std::size_t k = 0; k < i; ++k) all &= same(terms[k].expression(), values[k]);
    all &= beyond(terms[i], values[i], may_be_null[i]);
    any |= std::move(all);
  }
  return any;
}

}  // namespace

Task<CursorRows> Loader::find_by_cursor(const EntityMetadata& entity, FindOptions options) {
  if (options.order_by.empty()) {
    throw UsageError("find_by_cursor<" + std::string{entity.name} + "> needs order_by(…)");
  }
  const bool backwards = options.from_the_end;
  const std::uint64_t rows = options.limit;
  if (rows == FindOptions::no_limit || rows == 0) {
    throw UsageError("find_by_cursor<" + std::string{entity.name} + "> needs first(n) or last(n)");
  }
  if (backwards) {
    for (db::OrderTerm& term : options.order_by) {
      // The other way round; NULLs are where the condition expects them, first or last by
      // direction.
      term = db::OrderTerm{term.expression(), !term.descending()};
    }
  }
  for (const std::uint16_t index : entity.primary_key) {
    // The key makes the order complete, so that no row is lost between pages.
    const std::string_view names[] = {"e0", entity.columns[index].name};
    options.order_by.emplace_back(Expression::column(names), backwards);
  }
  std::vector<bool> may_be_null;
  {
    SelectBuilder probe{session_.executor().dialect(), session_.metadata(), entity,
                        session_.schema()};
    for (const db::OrderTerm& term : options.order_by) {
      db::ExpressionCursor cursor = term.expression().cursor();
      const bool is_path = cursor.head().op == db::Op::path;
      const RelationMetadata* many =
          is_path ? SelectBuilder::collection_on(entity, cursor.path()) : nullptr;
      if (many != nullptr) {
        throw UsageError("pages by cursor are sorted by what each " + std::string{entity.name} +
                         " has once, not by the items of " + std::string{many->name} +
                         ": use limit(…) and offset(…)");
      }
      may_be_null.push_back(is_path && probe.may_be_null(cursor.path()));
    }
  }
  if (!options.cursor.empty()) {
    const std::vector<db::Value> values = decode_cursor(options.cursor, options.order_by.size());
    options.add(condition_beyond(options.order_by, values, may_be_null));
  }
  options.limit = rows + 1;
  options.with_order_values = true;
  CursorRows page;
  order_values_.clear();
  page.entities = co_await find(entity, options, nullptr);
  const bool more = page.entities.size() > rows;
  if (more) {
    page.entities.pop_back();
    order_values_.pop_back();
  }
  if (backwards) {
    std::reverse(page.entities.begin(), page.entities.end());
    std::reverse(order_values_.begin(), order_values_.end());
  }
  page.has_next = backwards ? !options.cursor.empty() : more;
  page.has_previous = backwards ? more : !options.cursor.empty();
  if (!order_values_.empty()) {
    page.start_cursor = order_values_.front();
    page.end_cursor = order_values_.back();
  }
  co_return page;
}

Task<CursorRows> Session::find_by_cursor(const EntityMetadata& entity, FindOptions options) {
  Loader loader{*this};
  Task<CursorRows> finding = loader.find_by_cursor(entity, std::move(options));
  co_return co_await std::move(finding);
}

}  // namespace roost::orm::detail
