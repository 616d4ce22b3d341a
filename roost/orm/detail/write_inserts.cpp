// The INSERTs of a flush: what goes into one statement, and classes that share a table or have
// several.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/statement_writer.hpp>
#include <roost/orm/detail/unit_of_work.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <bit>

namespace roost::orm::detail {

using db::ValueType;
using db::ValueView;

const RelationMetadata& UnitOfWork::relation_of(const RowChange& change,
                                                const ColumnMetadata& column) {
  return change.record->metadata->relations[column.relation];
}

/// Rows that refer to others of their own class come after these.
void UnitOfWork::order_rows(std::vector<RowChange*>& rows) {
  const EntityMetadata& root = *rows.front()->record->metadata->root;
  bool refers_to_itself = false;
  each_family_relation(root, [&](const RelationMetadata& relation) {
    refers_to_itself =
        refers_to_itself || (relation.owning && !relation.to_many() && relation.may_refer_to(root));
  });
  if (!refers_to_itself || rows.size() == 1) return;
  std::vector<RowChange*> ordered;
  const auto visit = [&](auto& self, RowChange& change) -> void {
    if (change.record->visited) return;
    change.record->visited = true;
    for (const RelationMetadata& relation : change.record->metadata->relations) {
      if (!relation.owning || relation.to_many() || !relation.may_refer_to(root)) continue;
      const Record* target =
          RelationAccess::target(RelationAccess::reference(change.record->entity(), relation));
      if (target == nullptr || target->mark == 0 || target->metadata->root != &root) continue;
      RowChange& parent = changes_[target->mark - 1];
      if (parent.kind == Kind::insert) self(self, parent);
    }
    ordered.push_back(&change);
  };
  for (RowChange* change : rows) visit(visit, *change);
  for (RowChange* change : rows) change->record->visited = false;
  rows = std::move(ordered);
}

void UnitOfWork::plan_inserts() {
  for (const EntityMetadata* entity : order_) {
    std::vector<RowChange*> rows;
    for (RowChange& change : changes_) {
      if (change.kind == Kind::insert && change.record->metadata->root == entity) {
        rows.push_back(&change);
      }
    }
    if (rows.empty()) continue;
    order_rows(rows);
    const auto waits_for = [&](const RowChange& change, std::size_t first, std::size_t end) {
      for (const RelationMetadata& relation : change.record->metadata->relations) {
        if (!relation.owning || relation.to_many() || !relation.may_refer_to(*entity)) continue;
        const Record* target =
            RelationAccess::target(RelationAccess::reference(change.record->entity(), relation));
        if (target == nullptr || has_key(*target)) continue;
        for (std::size_t i = first; i < end; ++i) {
          if (rows[i]->record == target) return true;
        }
      }
      return false;
    };
    std::size_t first = 0;
    const std::size_t columns = std::max<std::size_t>(
        1, entity->has_family() ? SelectBuilder::selected(*entity).size()
                                : static_cast<std::size_t>(std::popcount(rows.front()->columns)));
    const std::size_t most =
        can_unnest(*entity, rows.front()->columns) && !entity->has_family()
            ? rows_per_array
            : std::max<std::size_t>(1,
                                    std::min(rows_per_text, dialect_.max_parameters() / columns));
    for (std::size_t i = 1; i <= rows.size(); ++i) {
      if (i < rows.size() && i - first < most && go_together(*rows[first], *rows[i]) &&
          !waits_for(*rows[i], first, i)) {
        continue;
      }
      plan_insert_group(std::span{rows}.subspan(first, i - first));
      first = i;
    }
    if (entity->joined) plan_joined_inserts(rows);
  }
}

/// Rows of several classes go into one table together when all that the database gives them is
/// given by the first class.
bool UnitOfWork::go_together(const RowChange& a, const RowChange& b) {
  const EntityMetadata& root = *a.record->metadata->root;
  if (a.record->metadata == b.record->metadata && !root.joined) return a.columns == b.columns;
  const std::uint64_t common = (std::uint64_t{1} << root.columns.size()) - 1;
  if ((a.columns & common) != (b.columns & common)) return false;
  const auto complete = [&](const RowChange& change) {
    const auto& columns = change.record->metadata->columns;
    return std::all_of(columns.begin() + static_cast<std::ptrdiff_t>(root.columns.size()),
                       columns.end(), [&](const ColumnMetadata& column) {
                         return !is_returned_by_insert(column, change.columns);
                       });
  };
  return root.joined || (complete(a) && complete(b));
}

/// The columns of a statement that inserts all these rows.
std::vector<const ColumnMetadata*> UnitOfWork::columns_of_insert(std::span<RowChange* const> rows) {
  const EntityMetadata& entity = *rows.front()->record->metadata;
  std::vector<const ColumnMetadata*> columns =
      columns_in(entity, rows.front()->columns & columns_of_first_table(entity));
  if (!entity.has_family() || entity.joined) return columns;
  std::vector<const EntityMetadata*> seen{&entity};
  for (const RowChange* change : rows) {
    const EntityMetadata* other = change->record->metadata;
    if (std::find(seen.begin(), seen.end(), other) != seen.end()) continue;
    seen.push_back(other);
    for (const ColumnMetadata* column : columns_in(*other, change->columns)) {
      const bool known = std::any_of(columns.begin(), columns.end(), [&](const auto* present) {
        return present->name == column->name;
      });
      if (!known) columns.push_back(column);
    }
  }
  return columns;
}

/// What each class adds, in its own table.
void UnitOfWork::plan_joined_inserts(std::span<RowChange* const> rows) {
  const EntityMetadata& root = *rows.front()->record->metadata->root;
  for (const EntityMetadata* part : root.descendants) {
    std::vector<RowChange*> own;
    for (RowChange* change : rows) {
      if (change->record->metadata->is_kind_of(*part)) own.push_back(change);
    }
    std::vector<const ColumnMetadata*> columns;
    for (const std::uint16_t index : part->primary_key) columns.push_back(&part->columns[index]);
    const std::size_t keys = columns.size();
    for (std::size_t i = part->parent->columns.size(); i < part->columns.size(); ++i) {
      if (!part->columns[i].computed) columns.push_back(&part->columns[i]);
    }
    const std::size_t most = std::max<std::size_t>(
        1, std::min(rows_per_text, dialect_.max_parameters() / columns.size()));
    for (std::size_t first = 0; first < own.size(); first += most) {
      const std::size_t count = std::min(most, own.size() - first);
      Writer writer{*this};
      writer << "insert into ";
      writer.table(*part);
      writer << " (";
      writer.names(columns);
      writer << ") values ";
      for (std::size_t row = first; row < first + count; ++row) {
        writer << (row == first ? "(" : ", (");
        for (std::size_t i = 0; i < columns.size(); ++i) {
          if (i > 0) writer << ", ";
          writer.value(
              i < keys ? key_value(*own[row]->record, i) : value_of(*own[row], *columns[i]),
              *columns[i]);
        }
        writer << ")";
      }
      writer.send(db::Batch::any_row_count,
                  {own.begin() + static_cast<std::ptrdiff_t>(first),
                   own.begin() + static_cast<std::ptrdiff_t>(first + count)});
    }
  }
}

/// References to rows that are inserted after these are written by an update of their own.
void UnitOfWork::postpone_references(std::span<RowChange* const> rows,
                                     std::span<const ColumnMetadata* const> columns, bool mixed) {
  for (RowChange* change : rows) {
    for (const ColumnMetadata* of_statement : columns) {
      const ColumnMetadata* column =
          mixed ? own_column(*change->record->metadata, *of_statement) : of_statement;
      if (column == nullptr) continue;
      if (!is_pending(*column, *change->record)) continue;
      if (value_of(*change, *column).type() == ValueType::result_cell) continue;
      if (!column->nullable) {
        throw UsageError(name_of(*change->record) + " and the " +
                         relation_of(*change, *column).target_names() + " it refers to by " +
                         std::string{relation_of(*change, *column).name} +
                         " are new and refer to each other: make one of the references nullable");
      }
      change->later |= bit(column->index);
    }
  }
}

/// Only the key, and that is the database's.
void UnitOfWork::insert_keys_only(std::span<RowChange* const> rows) {
  const EntityMetadata& entity = *rows.front()->record->metadata;
  for (RowChange* change : rows) {
    Writer writer{*this};
    writer << "insert into ";
    writer.table(entity);
    writer << " default values";
    const std::vector<const ColumnMetadata*> returned = returned_by_insert(entity, 0);
    writer.returning(returned);
    carry_key(*change, returned, writer);
    change->statement = writer.send(db::Batch::any_row_count, {change});
  }
}

/// PostgreSQL: one array for each column, so that the text does not depend on the number of rows.
void UnitOfWork::unnest_rows(std::span<RowChange* const> rows,
                             std::span<const ColumnMetadata* const> columns, Writer& writer) {
  const bool converts = std::any_of(columns.begin(), columns.end(),
                                    [](const auto* column) { return !column->written_as.empty(); });
  writer << ") select ";
  for (std::size_t i = 0; converts && i < columns.size(); ++i) {
    if (i > 0) writer << ", ";
    std::string written;
    columns[i]->append_written("v.c" + std::to_string(i), written);
    writer << written;
  }
  writer << (converts ? " from unnest(" : "* from unnest(");
  std::vector<ValueView> array;
  array.reserve(rows.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) writer << ", ";
    array.clear();
    for (const RowChange* change : rows) array.push_back(value_of(*change, *columns[i]));
    writer.array(array, columns[i]->value_type);
  }
  writer << ")";
  for (std::size_t i = 0; converts && i < columns.size(); ++i) {
    writer << (i == 0 ? " as v(c" : ", c") << std::to_string(i);
  }
  if (converts) writer << ")";
}

/// What the text of an INSERT depends on; empty where it is made each time: rows of several
/// classes, tables in a schema that the manager chose, and lists of many rows.
std::string UnitOfWork::key_of_insert(std::span<RowChange* const> rows,
                                      std::span<const ColumnMetadata* const> columns,
                                      bool unnests) {
  constexpr std::size_t most_listed = 16;
  const EntityMetadata& entity = *rows.front()->record->metadata;
  if (entity.has_family() || entity.schema_is_chosen) return {};
  if (!unnests && rows.size() > most_listed) return {};
  std::string key{"I"};
  const auto put = [&key](auto number) {
    key.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  put(entity.index);
  put(rows.front()->columns);
  put(static_cast<std::uint8_t>(unnests ? 0 : rows.size()));
  const bool carries = rows.size() == 1 && rows.front()->awaited;
  put(static_cast<std::uint8_t>(carries ? carried_.size() + 1 : 0));
  if (carried_.empty()) return key;
  for (const ColumnMetadata* column : columns) {
    if (column->access != ColumnAccess::reference) continue;
    const ValueView first = value_of(*rows.front(), *column);
    const bool same = std::all_of(rows.begin(), rows.end(), [&](const RowChange* change) {
      return value_of(*change, *column) == first;
    });
    for (const RowChange* change : unnests ? rows.first(1) : rows) {
      const auto number = carried(value_of(*change, *column));
      put(static_cast<std::uint8_t>(number && (same || !unnests) ? *number + 1 : 0));
    }
  }
  return key;
}

void UnitOfWork::plan_insert_group(std::span<RowChange* const> rows) {
  const EntityMetadata& entity = *rows.front()->record->metadata;
  const std::vector<const ColumnMetadata*> columns = columns_of_insert(rows);
  const bool mixed = std::any_of(rows.begin(), rows.end(), [&](const RowChange* change) {
    return change->record->metadata != &entity;
  });
  const auto value = [&](const RowChange& change, const ColumnMetadata& column) {
    if (!mixed) return value_of(change, column);
    const ColumnMetadata* own = own_column(*change.record->metadata, column);
    return own == nullptr ? ValueView::null(column.value_type) : value_of(change, *own);
  };
  postpone_references(rows, columns, mixed);
  if (columns.empty()) return insert_keys_only(rows);
  const EntityMetadata& table = *entity.root;
  const bool unnests = rows.size() > 1 && !mixed && can_unnest(entity, rows.front()->columns);
  Writer writer{*this, key_of_insert(rows, columns, unnests)};
  writer << "insert into ";
  writer.table(table);
  writer << " (";
  writer.names(columns);
  if (unnests) {
    unnest_rows(rows, columns, writer);
  } else {
    writer << ") values ";
    for (std::size_t row = 0; row < rows.size(); ++row) {
      writer << (row == 0 ? "(" : ", (");
      for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) writer << ", ";
        writer.value(value(*rows[row], *columns[i]), *columns[i]);
      }
      writer << ")";
    }
  }
  const bool first_table = mixed || entity.joined;
  const std::vector<const ColumnMetadata*> returned =
      returned_by_insert(first_table ? table : entity, rows.front()->columns);
  writer.returning(returned);
  if (rows.size() == 1) carry_key(*rows.front(), returned, writer);
  const std::uint32_t statement = writer.send(db::Batch::any_row_count, {rows.begin(), rows.end()});
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows[row]->statement = statement;
    rows[row]->row = static_cast<std::uint32_t>(row);
  }
}

// --- keys that the database gives and that later statements of the batch need
//
// PostgreSQL could be asked for them first, one round trip for each level, while the transaction
// holds its locks. Instead the INSERT of a single row leaves its key in a setting of the
// transaction, where the statements after it find it: everything goes in one trip.

namespace {

/// A session keeps the names of its settings.
constexpr std::size_t most_carried = 8;

}  // namespace

void UnitOfWork::await(const Record* target) {
  if (target == nullptr || target->mark == 0 || has_key(*target)) return;
  RowChange& change = changes_[target->mark - 1];
  change.awaited = change.awaited || change.kind == Kind::insert;
}

void UnitOfWork::find_awaited() {
  if (!postgresql_) return;
  for (const RowChange& change : changes_) {
    if (change.kind == Kind::remove) continue;
    const Record& record = *change.record;
    if (record.metadata->joined && record.metadata != record.metadata->root) await(&record);
    for (const RelationMetadata& relation : record.metadata->relations) {
      if (!relation.owning || relation.to_many()) continue;
      const RefBase& reference = RelationAccess::reference(record.entity(), relation);
      if (!RelationAccess::is_unknown(reference)) await(RelationAccess::target(reference));
    }
  }
  for (const PairChange& pair : new_pairs_) {
    await(pair.owner);
    await(pair.target);
  }
}

void UnitOfWork::carry_key(const RowChange& change, std::span<const ColumnMetadata* const> returned,
                           Writer& writer) {
  const EntityMetadata& entity = *change.record->metadata;
  if (!change.awaited || entity.identity_column == EntityMetadata::none) return;
  if (carried_.size() == most_carried) return;
  for (std::size_t i = 0; i < returned.size(); ++i) {
    if (returned[i]->index != entity.identity_column || returned[i]->is_converted()) continue;
    writer << ", pg_catalog.set_config('";
    writer.append_carrier(carried_.size());
    writer << "', ";
    writer.name(returned[i]->name);
    writer << "::text, true)";
    carried_.push_back(
        {static_cast<std::uint32_t>(batch_.size()), static_cast<std::uint32_t>(i), change.record});
    return;
  }
}

std::optional<std::size_t> UnitOfWork::carried(const ValueView& value) const {
  if (value.type() != ValueType::result_cell) return std::nullopt;
  const db::ResultCell cell = value.cell();
  for (std::size_t i = 0; i < carried_.size(); ++i) {
    if (carried_[i].statement == cell.statement && carried_[i].column == cell.column) return i;
  }
  return std::nullopt;
}

/// In a transaction of the application the setting of an earlier flush may still be there, and was
/// taken for the key.
void UnitOfWork::require_carried(const std::vector<db::Result>& results) const {
  for (const Carried& carried : carried_) {
    if (results[carried.statement].row_count() == 1) continue;
    throw UsageError("the database did not insert " + name_of(*carried.record) +
                     ", to which others of this flush refer: does a trigger suppress the row? "
                     "Roll the transaction back");
  }
}

}  // namespace roost::orm::detail
