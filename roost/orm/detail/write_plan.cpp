// The statements of a flush: what goes before what, and what goes together.
//
//   removals whose unique keys are used again, updates that hand a unique key on
//   → collections that were replaced unread → inserts, tables in the order of references
//   → references inside cycles → updates → pairs of many to many → removals in reverse order
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/plans.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/orm/detail/statement_writer.hpp>
#include <roost/orm/detail/table_names.hpp>
#include <roost/orm/detail/unit_of_work.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <bit>
#include <numeric>
#include <unordered_map>

namespace roost::orm::detail {

using db::ValueType;
using db::ValueView;

std::uint32_t UnitOfWork::send(std::string text, std::vector<ValueType> types,
                               std::span<const ValueView> values, std::uint32_t expected,
                               std::vector<RowChange*> rows) {
  texts_.push_back(std::move(text));
  types_.push_back(std::move(types));
  const db::Statement statement{texts_.back(), types_.back(), db::StatementKind::write};
  const std::uint32_t index = batch_.add(statement, values, expected);
  rows_of_statement_.push_back(std::move(rows));
  return index;
}

std::uint32_t UnitOfWork::send(const SelectPlan& kept, std::span<const ValueView> values,
                               std::uint32_t expected, std::vector<RowChange*> rows) {
  rows_of_statement_.push_back(std::move(rows));
  return batch_.add(kept.statement(db::StatementKind::write), values, expected);
}

void UnitOfWork::append_table(const EntityMetadata& entity, std::string& out) const {
  detail::append_table(dialect_, entity, session_.schema(), out);
}

void UnitOfWork::append_pivot(const RelationMetadata& relation, std::string& out) const {
  detail::append_pivot(dialect_, relation, session_.schema(), out);
}

void UnitOfWork::plan() {
  order_entities();
  find_awaited();
  free_unique_keys();
  plan_removals(true);
  plan_updates(true);
  plan_replaced_collections();
  plan_inserts();
  plan_later_references();
  plan_updates(false);
  plan_pairs();
  plan_removals(false);
  refill_pools();
}

void UnitOfWork::order_entities() {
  std::vector<bool> written(session_.metadata().entities().size());
  for (const RowChange& change : changes_) written[change.record->metadata->root->index] = true;
  for (const EntityMetadata* entity : session_.source().plans().write_order()) {
    if (written[entity->index]) order_.push_back(entity);
  }
}

ValueView UnitOfWork::key_value(const Record& record, std::size_t part) {
  const EntityMetadata& entity = *record.metadata;
  const ColumnMetadata& column = entity.columns[entity.primary_key[part]];
  if (has_key(record)) return bind_column(column, record, scratch_);
  const ColumnMetadata* wanted = &column;
  const Record* holder = &record;
  while (wanted->access == ColumnAccess::reference) {
    const RelationMetadata& relation = holder->metadata->relations[wanted->relation];
    const Record* target =
        RelationAccess::target(RelationAccess::reference(holder->entity(), relation));
    if (target == nullptr) return ValueView::null(column.value_type);
    if (has_key(*target)) return bind_column(*wanted, *holder, scratch_);
    wanted = &target->metadata->columns[target->metadata->primary_key[wanted->target_column]];
    holder = target;
  }
  if (holder->mark == 0 || changes_[holder->mark - 1].statement == UINT32_MAX) {
    return ValueView::null(column.value_type);
  }
  const RowChange& insert = changes_[holder->mark - 1];
  db::ResultCell cell;
  cell.statement = insert.statement;
  cell.row = insert.row;
  for (const ColumnMetadata* returned : returned_by_insert(*holder->metadata, insert.columns)) {
    if (returned == wanted) break;
    ++cell.column;
  }
  return ValueView::result_cell(cell);
}

ValueView UnitOfWork::value_of(const RowChange& change, const ColumnMetadata& column) {
  if (column.access == ColumnAccess::reference &&
      change.record->metadata->relations[column.relation].by_unique) {
    // A hook may have given the target its value after this row was looked at.
    return bind_column(column, *change.record, scratch_);
  }
  if (!is_pending(column, *change.record)) return change.values[column.index];
  const RelationMetadata& relation = change.record->metadata->relations[column.relation];
  const Record* target =
      RelationAccess::target(RelationAccess::reference(change.record->entity(), relation));
  return key_value(*target, column.target_column);
}

bool UnitOfWork::can_unnest(const EntityMetadata& entity, std::uint64_t columns) const {
  if (!postgresql_) return false;
  return std::none_of(entity.columns.begin(), entity.columns.end(), [&](const auto& column) {
    return (columns & bit(column.index)) != 0 &&
           (column.value_type == ValueType::array || !column.declared_type.empty());
  });
}

// --- unique keys that change hands

std::string UnitOfWork::unique_key(const RowChange& change,
                                   const std::vector<std::uint16_t>& columns, bool before) const {
  std::string key;
  db::Scratch scratch;
  for (const std::uint16_t index : columns) {
    const ColumnMetadata& column = change.record->metadata->columns[index];
    if (before && change.record->snapshot == nullptr) return {};
    if (!before && is_pending(column, *change.record)) return {};
    const ValueView value = before ? snapshot_value(change.record->snapshot, column)
                                   : bind_column(column, *change.record, scratch);
    if (value.is_null()) return {};  // NULLs never collide
    db::append_readable(value, key, SIZE_MAX);
    key += '\x1f';
  }
  return key;
}

void UnitOfWork::free_unique_keys() {
  // Keys that are given up, by entity, number of the unique and value.
  std::unordered_map<std::string, std::uint32_t> freed;
  const auto name_of_key = [](const EntityMetadata& entity, std::size_t unique,
                              const std::string& key) {
    return std::to_string(entity.root->index) + ':' + std::to_string(unique) + ':' + key;
  };
  using Columns = std::vector<std::uint16_t>;
  // An update that writes none of the columns neither gives a key up nor takes one.
  const auto writes_some = [](const RowChange& change, const Columns& columns) {
    return change.kind != Kind::update || std::any_of(columns.begin(), columns.end(), [&](auto at) {
             return (change.columns & bit(at)) != 0;
           });
  };
  const auto each_unique = [&](const RowChange& change, const auto& take) {
    const EntityMetadata& entity = *change.record->metadata;
    for (std::size_t i = 0; i < entity.uniques.size(); ++i) {
      if (writes_some(change, entity.uniques[i].columns)) take(i, entity.uniques[i].columns);
    }
    if (writes_some(change, entity.primary_key)) take(SIZE_MAX, entity.primary_key);
  };
  bool has_inserts_or_updates = false;
  for (std::uint32_t i = 0; i < changes_.size(); ++i) {
    RowChange& change = changes_[i];
    if (change.kind != Kind::remove) has_inserts_or_updates = true;
    if (change.kind == Kind::insert) continue;
    each_unique(change, [&](std::size_t number, const Columns& columns) {
      const std::string before = unique_key(change, columns, true);
      if (before.empty()) return;
      if (change.kind == Kind::update && before == unique_key(change, columns, false)) return;
      freed.emplace(name_of_key(*change.record->metadata, number, before), i);
    });
  }
  if (!has_inserts_or_updates) return;
  // Of rows that were never read nobody knows which keys they give up.
  for (RowChange& change : changes_) {
    if (change.kind != Kind::remove || change.record->was_read()) continue;
    const EntityMetadata& entity = *change.record->metadata;
    change.early =
        change.early ||
        (!entity.uniques.empty() &&
         std::any_of(changes_.begin(), changes_.end(), [&](const auto& other) {
           return other.kind != Kind::remove && other.record->metadata->root == entity.root;
         }));
  }
  if (freed.empty()) return;
  for (std::uint32_t i = 0; i < changes_.size(); ++i) {
    RowChange& change = changes_[i];
    if (change.kind == Kind::remove) continue;
    each_unique(change, [&](std::size_t number, const Columns& columns) {
      const std::string key = unique_key(change, columns, false);
      if (key.empty()) return;
      const auto found = freed.find(name_of_key(*change.record->metadata, number, key));
      if (found == freed.end() || found->second == i) return;
      RowChange& giver = changes_[found->second];
      giver.early = true;
      if (giver.kind == Kind::update) {
        giver.alone = true;
        if (change.kind == Kind::update) {
          change.alone = true;
          change.after.push_back(found->second);
        }
      }
    });
  }
  // What an early update waits for is early too.
  for (bool more = true; more;) {
    more = false;
    for (const RowChange& change : changes_) {
      if (!change.early) continue;
      for (const std::uint32_t giver : change.after) {
        more = more || !changes_[giver].early;
        changes_[giver].early = true;
      }
    }
  }
}

/// A value that no row has, for a row in a circle of unique keys, until its own one is free.
ValueView UnitOfWork::stand_in(const ColumnMetadata& column) {
  ++stand_ins_;
  if (column.nullable) return ValueView::null(column.value_type);
  const Uuid unique = Uuid::random();
  switch (column.value_type) {
    case ValueType::text: {
      std::string text = unique.to_string();
      if (column.max_length != 0 && text.size() > column.max_length) text.resize(column.max_length);
      return ValueView::text(scratch_.copy(text));
    }
    case ValueType::int16:
      return ValueView::int16(static_cast<std::int16_t>(INT16_MIN + stand_ins_));
    case ValueType::int32:
      return ValueView::int32(static_cast<std::int32_t>(INT32_MIN + static_cast<int>(stand_ins_)));
    case ValueType::int64:
      return ValueView::int64(INT64_MIN + stand_ins_);
    case ValueType::uuid: {
      const std::string_view bytes = scratch_.copy(
          {reinterpret_cast<const char*>(unique.bytes().data()), unique.bytes().size()});
      return ValueView::uuid(reinterpret_cast<const std::uint8_t*>(bytes.data()));
    }
    case ValueType::timestamp:
      return ValueView::timestamp(Timestamp::min().milliseconds_since_epoch() * 1000 +
                                  stand_ins_ * 1000);
    default:
      return ValueView{};
  }
}

void UnitOfWork::plan_chain(std::vector<RowChange*>& chain) {
  std::vector<RowChange*> under_way;
  const auto in = [](const std::vector<RowChange*>& list, const RowChange* change) {
    return std::find(list.begin(), list.end(), change) != list.end();
  };
  const auto step_aside = [&](RowChange& change) {
    const EntityMetadata& entity = *change.record->metadata;
    for (const UniqueMetadata& unique : entity.uniques) {
      if (unique_key(change, unique.columns, true) == unique_key(change, unique.columns, false)) {
        continue;
      }
      const ColumnMetadata* best = nullptr;
      for (const std::uint16_t index : unique.columns) {
        const ColumnMetadata& column = entity.columns[index];
        const bool changes = (change.columns & bit(index)) != 0;
        const bool can = column.nullable || (column.access == ColumnAccess::plain &&
                                             column.type->kind != reflect::TypeKind::enumeration &&
                                             column.value_type != ValueType::boolean);
        if (changes && can && (best == nullptr || column.nullable)) best = &column;
      }
      if (best == nullptr) {
        throw UsageError(name_of(*change.record) +
                         " exchanges unique values with another row in a way that cannot be "
                         "written in one flush: flush in between");
      }
      Writer writer{*this};
      writer << "update ";
      writer.table(entity.table_of(*best));
      writer << " set ";
      writer.name(best->name);
      writer << " = ";
      writer.value(stand_in(*best), *best);
      for (std::size_t i = 0; i < entity.primary_key.size(); ++i) {
        writer << (i == 0 ? " where " : " and ");
        writer.name(entity.columns[entity.primary_key[i]].name);
        writer << " = ";
        writer.value(key_value(*change.record, i),
                     entity.columns[entity.primary_key[i]].value_type);
      }
      writer.send(db::Batch::any_row_count, {&change});
    }
  };
  const auto visit = [&](auto& self, RowChange& change) -> void {
    if (change.planned) return;
    under_way.push_back(&change);
    for (const std::uint32_t giver : change.after) {
      RowChange& other = changes_[giver];
      if (other.kind != Kind::update || other.planned) continue;
      if (in(under_way, &other)) {
        step_aside(other);
      } else {
        self(self, other);
      }
    }
    change.planned = true;
    plan_update_alone(change, change.columns, true);
  };
  for (RowChange* change : chain) visit(visit, *change);
}

// --- removals

/// The old values of the row are compared when it is written.
bool UnitOfWork::has_guards(const RowChange& change) {
  return !change.record->metadata->guards.empty() && change.record->was_read();
}

void UnitOfWork::plan_removals(bool early) {
  for (auto entity = order_.rbegin(); entity != order_.rend(); ++entity) {
    std::vector<RowChange*> rows;
    for (RowChange& change : changes_) {
      if (change.kind == Kind::remove && change.early == early &&
          change.record->metadata->root == *entity) {
        rows.push_back(&change);
      }
    }
    plan_kept_choices(rows);
    plan_shared_pairs(rows);
    const bool guarded = std::all_of(rows.begin(), rows.end(),
                                     [](const RowChange* change) { return has_guards(*change); });
    plan_removals_of(**entity, rows, guarded);
  }
}

void UnitOfWork::plan_removals_of(const EntityMetadata& entity, std::span<RowChange* const> rows,
                                  bool guarded) {
  std::vector<const ColumnMetadata*> columns = columns_at(entity, entity.primary_key);
  const std::size_t keys = columns.size();
  bool may_be_null = false;
  for (const std::uint16_t index : entity.guards) {
    if (!guarded) break;
    columns.push_back(&entity.columns[index]);
    may_be_null = may_be_null || columns.back()->nullable;
  }
  const auto value = [&](const RowChange& change, std::size_t i) {
    return i < keys ? key_value(*change.record, i)
                    : snapshot_value(change.record->snapshot, *columns[i]);
  };
  for (std::size_t first = 0; first < rows.size(); first += rows_per_text) {
    const std::size_t count = std::min(rows_per_text, rows.size() - first);
    const std::span<RowChange* const> part = rows.subspan(first, count);
    Writer writer{*this};
    writer << "delete from ";
    writer.table(entity);
    std::vector<ValueView> elements;
    if (count == 1 || may_be_null) {  // (a, b) in (…) would find no row with NULL
      for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
          writer << (i > 0 ? " and " : row > 0 ? " or " : " where ");
          writer.name(columns[i]->name);
          writer.is_same(*columns[i], "");
          writer.value(value(*part[row], i), columns[i]->value_type);
        }
      }
    } else if (columns.size() == 1) {
      for (const RowChange* change : part) elements.push_back(value(*change, 0));
      writer << " where ";
      writer.name(columns.front()->name);
      writer << (postgresql_ ? " = any(" : " in (select value from json_each(");
      writer.array(elements, columns.front()->value_type);
      writer << (postgresql_ ? ")" : "))");
    } else {
      writer << " where (";
      writer.names(columns);
      writer << ") in (values ";
      for (std::size_t row = 0; row < count; ++row) {
        writer << (row == 0 ? "(" : ", (");
        for (std::size_t i = 0; i < columns.size(); ++i) {
          if (i > 0) writer << ", ";
          writer.typed_value(value(*part[row], i), columns[i]->value_type);
        }
        writer << ")";
      }
      writer << ")";
    }
    writer.send(guarded ? static_cast<std::uint32_t>(count) : db::Batch::any_row_count,
                {part.begin(), part.end()});
  }
}

// --- updates

namespace {

/// An order of keys that all managers share, not that of the database.
bool precedes(const ValueView& a, const ValueView& b) {
  if (a.type() != b.type()) return a.type() < b.type();
  switch (a.type()) {
    case ValueType::text:
    case ValueType::decimal:
    case ValueType::json:
    case ValueType::bytes:
    case ValueType::uuid:
      return a.characters() < b.characters();
    case ValueType::float32:
    case ValueType::float64:
      return a.floating() < b.floating();
    default:
      return a.integer() < b.integer();
  }
}

}  // namespace

void UnitOfWork::plan_later_references() {
  for (RowChange& change : changes_) {
    const EntityMetadata& entity = *change.record->metadata;
    if (change.later == 0) continue;
    for (const EntityMetadata* table : tables_of(entity, change.later)) {
      plan_update_of(change, *table, change.later, false, false);
    }
  }
}

void UnitOfWork::order_by_key(std::vector<RowChange*>& rows) {
  if (rows.size() < 2 || !dialect_.supports(db::Feature::row_locks)) return;
  const std::size_t parts = rows.front()->record->metadata->primary_key.size();
  std::vector<ValueView> keys;
  keys.reserve(rows.size() * parts);
  const auto before = [&](std::size_t a, std::size_t b) {
    const auto left = std::span{keys}.subspan(a * parts, parts);
    const auto right = std::span{keys}.subspan(b * parts, parts);
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                        precedes);
  };
  bool ordered = true;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t part = 0; part < parts; ++part) {
      keys.push_back(key_value(*rows[row]->record, part));
    }
    ordered = ordered && (row == 0 || !before(row, row - 1));
  }
  if (ordered) return;
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), before);
  const std::vector<RowChange*> unordered = rows;
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = unordered[order[i]];
}

void UnitOfWork::plan_updates(bool early) {
  std::vector<RowChange*> chain;
  for (const EntityMetadata* entity : order_) {
    std::vector<RowChange*> changed;
    for (RowChange& change : changes_) {
      if (change.kind != Kind::update || change.early != early ||
          change.record->metadata->root != entity) {
        continue;
      }
      (change.alone ? chain : changed).push_back(&change);
    }
    // Units of work that write the same rows wait for each other, instead of locking them
    // crosswise.
    order_by_key(changed);
    // Of each set of columns the rows that change in it, in order of their first.
    std::vector<std::pair<std::uint64_t, std::vector<RowChange*>>> groups;
    for (RowChange* change : changed) {
      // What the first class has means the same to all that extend it.
      const bool common = entity->columns.size() >= EntityMetadata::most_columns ||
                          (change->columns >> entity->columns.size()) == 0;
      auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& candidate) {
        return candidate.first == change->columns &&
               (common || candidate.second.front()->record->metadata == change->record->metadata);
      });
      if (group == groups.end()) {
        groups.push_back({change->columns, {}});
        group = groups.end() - 1;
      }
      group->second.push_back(change);
    }
    for (const auto& [columns, rows] : groups) {
      std::uint64_t bound = columns;
      for (const std::uint16_t index : entity->guards) bound |= bit(index);
      const bool together = can_unnest(*rows.front()->record->metadata, bound) || !postgresql_;
      const std::size_t most = !together ? 1 : postgresql_ ? rows_per_array : rows_per_text;
      for (std::size_t first = 0; first < rows.size(); first += most) {
        const std::size_t count = std::min(most, rows.size() - first);
        plan_update_group(std::span{rows}.subspan(first, count));
      }
    }
  }
  if (!chain.empty()) plan_chain(chain);
}

/// Of a row that was never read the version is not known, but others must notice the change.
void UnitOfWork::append_next_version(const RowChange& change, std::string_view row,
                                     Writer& writer) {
  const EntityMetadata& entity = *change.record->metadata;
  if (entity.version_column == EntityMetadata::none || change.record->was_read()) return;
  const std::string& version = entity.columns[entity.version_column].name;
  writer << ", ";
  writer.name(version);
  writer << " = " << row;
  writer.name(version);
  writer << " + 1";
}

void UnitOfWork::plan_update_alone(RowChange& change, std::uint64_t columns, bool checks_version) {
  const EntityMetadata& entity = *change.record->metadata;
  const auto waits = [&](const ColumnMetadata& column) {
    return is_pending(column, *change.record) &&
           value_of(change, column).type() != ValueType::result_cell;
  };
  const auto waits_with = [&](const ColumnMetadata& column) {
    // All parts of the key at once: between them they would refer to another row.
    const std::vector<std::uint16_t>& parts = entity.relations[column.relation].columns;
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::uint16_t part) { return waits(entity.columns[part]); });
  };
  for (const ColumnMetadata* column : columns_in(entity, columns)) {
    if (column->access != ColumnAccess::reference || !(waits(*column) || waits_with(*column))) {
      continue;
    }
    // An early update that refers to a row that is inserted after it.
    change.later |= bit(column->index);
    if (!column->nullable) columns &= ~bit(column->index);
  }
  for (const EntityMetadata* table : tables_of(entity, columns)) {
    plan_update_of(change, *table, columns, checks_version, true);
  }
}

/// Whose tables hold the columns.
std::vector<const EntityMetadata*> UnitOfWork::tables_of(const EntityMetadata& entity,
                                                         std::uint64_t columns) {
  std::vector<const EntityMetadata*> tables;
  if (!entity.joined) tables.push_back(entity.root);
  for (const ColumnMetadata* column : columns_in(entity, entity.joined ? columns : 0)) {
    const EntityMetadata* table = &entity.table_of(*column);
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  return tables;
}

void UnitOfWork::plan_update_of(RowChange& change, const EntityMetadata& table,
                                std::uint64_t columns, bool checks_version, bool counts_version) {
  const EntityMetadata& entity = *change.record->metadata;
  Writer writer{*this};
  writer << "update ";
  writer.table(table);
  writer << " set ";
  bool first = true;
  for (const ColumnMetadata* column : columns_in(entity, columns)) {
    if (&entity.table_of(*column) != &table) continue;
    if (!first) writer << ", ";
    first = false;
    writer.name(column->name);
    writer << " = ";
    writer.value(value_of(change, *column), *column);
  }
  if (counts_version && &table == entity.root) append_next_version(change, "", writer);
  for (std::size_t i = 0; i < entity.primary_key.size(); ++i) {
    writer << (i == 0 ? " where " : " and ");
    writer.name(entity.columns[entity.primary_key[i]].name);
    writer << " = ";
    writer.value(key_value(*change.record, i), entity.columns[entity.primary_key[i]].value_type);
  }
  const bool checked = checks_version && has_guards(change) && &table == entity.root;
  for (const std::uint16_t index : entity.guards) {
    if (!checked) break;
    writer << " and ";
    writer.name(entity.columns[index].name);
    writer.is_same(entity.columns[index], "");
    writer.value(snapshot_value(change.record->snapshot, entity.columns[index]),
                 entity.columns[index].value_type);
  }
  std::vector<const ColumnMetadata*> returned;
  for (const ColumnMetadata& column : entity.columns) {
    if (is_returned_by_update(column, change.columns) && &entity.table_of(column) == &table) {
      returned.push_back(&column);
    }
  }
  writer.returning(returned);
  // A row without version that is gone: the last writer wins, as it deleted it.
  const std::uint32_t statement = writer.send(checked ? 1 : db::Batch::any_row_count, {&change});
  if (!returned.empty() && change.kind == Kind::update) change.statement = statement;
}

void UnitOfWork::plan_update_group(std::span<RowChange* const> rows) {
  const EntityMetadata& entity = *rows.front()->record->metadata;
  const bool returns =
      std::any_of(entity.columns.begin(), entity.columns.end(), [&](const ColumnMetadata& column) {
        return is_returned_by_update(column, rows.front()->columns);
      });
  const bool guarded = std::all_of(rows.begin(), rows.end(),
                                   [](const RowChange* change) { return has_guards(*change); });
  if (rows.size() == 1 || returns || entity.joined) {
    for (RowChange* change : rows) plan_update_alone(*change, change->columns, guarded);
    return;
  }
  const std::vector<const ColumnMetadata*> columns = columns_in(entity, rows.front()->columns);
  const std::size_t keys = entity.primary_key.size();
  // The columns of `v`: the key, the old values that are compared, the new values.
  std::vector<const ColumnMetadata*> all = columns_at(entity, entity.primary_key);
  for (const std::uint16_t index : entity.guards) {
    if (guarded) all.push_back(&entity.columns[index]);
  }
  const std::size_t first_value = all.size();
  all.insert(all.end(), columns.begin(), columns.end());
  const auto value = [&](const RowChange& change, std::size_t i) {
    if (i < keys) return key_value(*change.record, i);
    if (i < first_value) return snapshot_value(change.record->snapshot, *all[i]);
    return value_of(change, *all[i]);
  };
  const auto column_of_v = [&](std::size_t i) {
    return postgresql_ ? "v.c" + std::to_string(i) : "v.column" + std::to_string(i + 1);
  };
  Writer writer{*this};
  writer << "update ";
  writer.table(entity);
  writer << " as t set ";
  for (std::size_t i = first_value; i < all.size(); ++i) {
    if (i > first_value) writer << ", ";
    writer.name(all[i]->name);
    writer << " = " << column_of_v(i);
  }
  append_next_version(*rows.front(), "t.", writer);
  std::vector<std::vector<ValueView>> arrays(all.size());
  if (postgresql_) {
    writer << " from unnest(";
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) writer << ", ";
      for (const RowChange* change : rows) arrays[i].push_back(value(*change, i));
      writer.array(arrays[i], all[i]->value_type);
    }
    writer << ") as v(";
    for (std::size_t i = 0; i < all.size(); ++i) {
      writer << (i == 0 ? "c" : ", c") << std::to_string(i);
    }
    writer << ")";
  } else {
    writer << " from (values ";
    for (std::size_t row = 0; row < rows.size(); ++row) {
      writer << (row == 0 ? "(" : ", (");
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0) writer << ", ";
        writer.value(value(*rows[row], i), all[i]->value_type);
      }
      writer << ")";
    }
    writer << ") as v";
  }
  for (std::size_t i = 0; i < first_value; ++i) {
    writer << (i == 0 ? " where t." : " and t.");
    writer.name(all[i]->name);
    writer.is_same(*all[i], column_of_v(i));
  }
  writer.send(guarded ? static_cast<std::uint32_t>(rows.size()) : db::Batch::any_row_count,
              {rows.begin(), rows.end()});
}

// --- collections

void UnitOfWork::plan_replaced_collections() {
  for (const Replaced& replaced : replaced_) {
    const RelationMetadata& relation = *replaced.relation;
    const EntityMetadata& owner = *replaced.owner->metadata;
    Writer writer{*this};
    if (relation.kind == RelationKind::many_to_many) {
      writer << "delete from ";
      writer.pivot(relation);
      for (std::size_t i = 0; i < relation.pivot_owner_columns.size(); ++i) {
        writer << (i == 0 ? " where " : " and ");
        writer.name(relation.pivot_owner_columns[i]);
        writer << " = ";
        writer.value(key_value(*replaced.owner, i), owner.columns[owner.primary_key[i]].value_type);
      }
      if (relation.shares_pivot()) {
        writer << " and ";
        writer.is_kind(relation);
      }
      // Pairs that say more than that they are there stay: columns of their own, or an order.
      const bool keeps = relation.pivot_entity != nullptr ||
                         (relation.other_side != nullptr && relation.other_side->keeps_order);
      if (keeps) keep_pairs(replaced, writer);
      writer.send(db::Batch::any_row_count, {});
      continue;
    }
    const EntityMetadata& target = *relation.target;
    const RelationMetadata& back = *relation.other_side;
    if (relation.orphan_removal) {
      writer << "delete from ";
      writer.table(target);
    } else {
      writer << "update ";
      writer.table(target);
      writer << " set ";
      for (std::size_t i = 0; i < back.columns.size(); ++i) {
        if (i > 0) writer << ", ";
        writer.name(target.columns[back.columns[i]].name);
        writer << " = null";
      }
      if (back.is_choice()) {
        writer << ", ";
        writer.name(target.columns[back.choice_column].name);
        writer << " = null";
      }
    }
    for (std::size_t i = 0; i < back.columns.size(); ++i) {
      writer << (i == 0 ? " where " : " and ");
      writer.name(target.columns[back.columns[i]].name);
      writer << " = ";
      const ColumnMetadata& referred = owner.columns[back.target_columns[i]];
      writer.value(back.by_unique ? value_in_database(referred, *replaced.owner, scratch_)
                                  : key_value(*replaced.owner, i),
                   referred.value_type);
    }
    if (back.is_choice()) {
      writer << " and ";
      writer.is_choice(back);
    }
    const CollectionState& state =
        *RelationAccess::state_of(RelationAccess::collection(replaced.owner->entity(), relation));
    std::vector<const Record*> kept;
    for (const Record* item : state.items) {
      if (item->is_row()) kept.push_back(item);
    }
    // What was moved to another owner leaves with its own update.
    for (const RowChange& change : changes_) {
      if (change.kind != Kind::update || !change.record->metadata->is_kind_of(target)) continue;
      const Record* now =
          RelationAccess::target(RelationAccess::reference(change.record->entity(), back));
      if (now != nullptr && now != replaced.owner) kept.push_back(change.record);
    }
    for (const Record* item : kept) {
      writer << " and not (";
      for (std::size_t i = 0; i < target.primary_key.size(); ++i) {
        if (i > 0) writer << " and ";
        writer.name(target.columns[target.primary_key[i]].name);
        writer << " = ";
        writer.value(key_value(*item, i), target.columns[target.primary_key[i]].value_type);
      }
      writer << ")";
    }
    writer.send(db::Batch::any_row_count, {});
  }
}

}  // namespace roost::orm::detail
