// What the files that plan a flush share: a statement under construction, and columns as sets of
// bits.
#pragma once

#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/plans.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/table_names.hpp>
#include <roost/orm/detail/unit_of_work.hpp>
#include <roost/orm/detail/write_order.hpp>
#include <roost/sql/render.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::orm::detail {

constexpr std::uint64_t bit(std::uint16_t column) { return std::uint64_t{1} << column; }

/// Rows of one statement: SQLite writes each into the text.
inline constexpr std::size_t rows_per_text = 300;
inline constexpr std::size_t rows_per_array = 5000;

inline std::vector<const ColumnMetadata*> columns_in(const EntityMetadata& entity,
                                                     std::uint64_t set) {
  std::vector<const ColumnMetadata*> columns;
  for (const ColumnMetadata& column : entity.columns) {
    if ((set & bit(column.index)) != 0) columns.push_back(&column);
  }
  return columns;
}

inline std::vector<const ColumnMetadata*> columns_at(const EntityMetadata& entity,
                                                     std::span<const std::uint16_t> indexes) {
  std::vector<const ColumnMetadata*> columns;
  for (const std::uint16_t index : indexes) columns.push_back(&entity.columns[index]);
  return columns;
}

/// Of a class in joined tables the columns of the first one; else all.
inline std::uint64_t columns_of_first_table(const EntityMetadata& entity) {
  const std::size_t count = entity.joined ? entity.root->columns.size() : entity.columns.size();
  return count >= EntityMetadata::most_columns ? ~std::uint64_t{0}
                                               : (std::uint64_t{1} << count) - 1;
}

/// The column of the row's class that a column of another class of its family is; null: none.
inline const ColumnMetadata* own_column(const EntityMetadata& entity,
                                        const ColumnMetadata& column) {
  const bool same_place =
      column.index < entity.columns.size() && entity.columns[column.index].name == column.name;
  return same_place ? &entity.columns[column.index] : entity.column_named(column.name);
}

/// What the database gives the column is not known before: it was not written, or not as it is.
inline bool is_returned_by_insert(const ColumnMetadata& column, std::uint64_t written) {
  return column.formula.empty() && ((written & bit(column.index)) == 0 || column.is_converted());
}

inline std::vector<const ColumnMetadata*> returned_by_insert(const EntityMetadata& entity,
                                                             std::uint64_t written) {
  std::vector<const ColumnMetadata*> columns;
  for (const ColumnMetadata& column : entity.columns) {
    if (is_returned_by_insert(column, written)) columns.push_back(&column);
  }
  return columns;
}

/// Does the UPDATE of these columns return this one?
inline bool is_returned_by_update(const ColumnMetadata& column, std::uint64_t written) {
  return !column.generated.empty() || (column.is_converted() && (written & bit(column.index)) != 0);
}

/// A statement under construction. Of one with a key the text is made once and kept by the data
/// source: then only its values are collected.
class UnitOfWork::Writer {
 public:
  explicit Writer(UnitOfWork& work) : work_{work} {}
  Writer(UnitOfWork& work, std::string key) : work_{work}, key_{std::move(key)} {
    if (!key_.empty()) known_ = work_.session_.source().plans().cache().find(key_);
  }

  Writer& operator<<(std::string_view sql) {
    if (known_ == nullptr) text += sql;
    return *this;
  }
  void name(std::string_view identifier) {
    if (known_ == nullptr) work_.append_name(identifier, text);
  }
  void table(const EntityMetadata& entity) {
    if (known_ == nullptr) work_.append_table(entity, text);
  }
  void pivot(const RelationMetadata& relation) { work_.append_pivot(relation, text); }
  void value(const db::ValueView& view, db::ValueType type) {
    if (const auto number = work_.carried(view)) return carried_value(*number, type);
    values.push_back(view);
    if (known_ != nullptr) return;
    types.push_back(type);
    work_.dialect_.append_placeholder(text, types.size());
  }
  /// What is stored in the column.
  void value(const db::ValueView& view, const ColumnMetadata& column) {
    if (column.written_as.empty() || known_ != nullptr) return value(view, column.value_type);
    const std::size_t before = text.size();
    value(view, column.value_type);
    const std::string placeholder = text.substr(before);
    text.resize(before);
    column.append_written(placeholder, text);
  }
  /// Where `left` has the value of a key or guard, which may be NULL.
  void is_same(const ColumnMetadata& column, std::string_view right) {
    const bool nullable = column.nullable && !column.in_primary_key;
    text += !nullable ? " = " : work_.postgresql_ ? " is not distinct from " : " is ";
    text += right;
  }
  /// That an AnyRef refers to the class of the choice.
  void is_choice(const RelationMetadata& choice) {
    name(choice.owner->columns[choice.choice_column].name);
    text += " = ";
    append_literal(choice.choice_name, text);
  }
  /// That the pairs of a table that several classes share are of this relation.
  void is_kind(const RelationMetadata& relation) {
    name(relation.pivot_kind_column);
    text += " = ";
    append_literal(relation.pivot_kind, text);
  }
  /// With its type written down where the database would have to guess.
  void typed_value(const db::ValueView& view, db::ValueType type) {
    value(view, type);
    if (work_.postgresql_) cast(type, false);
  }
  void array(std::span<const db::ValueView> elements, db::ValueType type) {
    const auto number = elements.empty() ? std::nullopt : work_.carried(elements.front());
    const auto is_other = [&](const db::ValueView& element) { return element != elements.front(); };
    if (number && std::none_of(elements.begin(), elements.end(), is_other)) {
      *this << "pg_catalog.array_fill(";
      carried_value(*number, type);
      *this << ", array[";
      value(db::ValueView::int32(static_cast<std::int32_t>(elements.size())), db::ValueType::int32);
      *this << "])";
      return;
    }
    const std::span<db::ValueView> kept = work_.scratch_.allocate_values(elements.size());
    std::copy(elements.begin(), elements.end(), kept.begin());
    value(db::ValueView::array(type, kept), db::ValueType::array);
    if (work_.postgresql_) cast(type, true);
  }
  void names(std::span<const ColumnMetadata* const> columns) {
    if (known_ != nullptr) return;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) text += ", ";
      name(columns[i]->name);
    }
  }
  void returning(std::span<const ColumnMetadata* const> columns) {
    if (columns.empty() || known_ != nullptr) return;
    text += " returning ";
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) text += ", ";
      std::string column;
      work_.append_name(columns[i]->name, column);
      columns[i]->append_read(column, text);
    }
  }
  std::uint32_t send(std::uint32_t expected, std::vector<RowChange*> rows) {
    if (known_ == nullptr && !key_.empty()) keep();
    if (known_ != nullptr) return work_.send(*known_, values, expected, std::move(rows));
    return work_.send(std::move(text), std::move(types), values, expected, std::move(rows));
  }

  std::string text;
  std::vector<db::ValueType> types;
  std::vector<db::ValueView> values;

  /// The key that an earlier statement left in the session.
  void carried_value(std::size_t number, db::ValueType type) {
    if (known_ != nullptr) return;
    text += "pg_catalog.current_setting('";
    append_carrier(number);
    text += "')";
    cast(type, false);
  }
  void append_carrier(std::size_t number) {
    if (known_ != nullptr) return;
    text += "roost.key";
    text += std::to_string(number);
  }

 private:
  void keep() {
    auto plan = std::make_unique<SelectPlan>();
    plan->key = std::move(key_);
    plan->text = std::move(text);
    plan->types = std::move(types);
    plan->hash = db::hash_of(plan->text, plan->types);
    std::unique_ptr<SelectPlan> spare;
    known_ = work_.session_.source().plans().cache().keep(std::move(plan), spare);
    if (spare != nullptr) work_.spare_plans_.push_back(std::move(spare));
  }
  void cast(db::ValueType type, bool array) {
    if (known_ != nullptr) return;
    text += "::";
    text += db::sql_type_name(work_.dialect_, type);
    if (array) text += "[]";
  }

  UnitOfWork& work_;
  std::string key_;
  const SelectPlan* known_ = nullptr;
};

}  // namespace roost::orm::detail
