// What a flush does in the place of the foreign keys that AnyRefs do not have.
//
// Rows that refer to one that is deleted are deleted as well (where the other side says
// cascade_remove or orphan_removal, or the reference on_delete(cascade)), or refer to nothing from
// then on (a reference that may be empty), whether or not they are here. Others are left as they
// are, and refused as far as they are here.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/statement_writer.hpp>
#include <roost/orm/detail/unit_of_work.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace roost::orm::detail {

using db::ValueView;

void UnitOfWork::require_kept_targets(const Record& record) {
  for (const RelationMetadata& relation : record.metadata->relations) {
    if (!relation.is_any()) continue;
    const RefBase& reference = RelationAccess::reference(record.entity(), relation);
    if (RelationAccess::is_unknown(reference)) continue;
    const Record* target = RelationAccess::target(reference);
    if (target == nullptr || target->state != RecordState::removed) continue;
    const bool deleted = target->metadata->soft_delete_column == EntityMetadata::none;
    const RelationMetadata& choice = relation.when_to(*target->metadata);
    if (!deleted || choice.on_delete != ReferentialAction::no_action) continue;
    throw UsageError(name_of(*target) + " is to be deleted, but " + name_of(record) +
                     " refers to it by " + std::string{relation.name} +
                     ", which may not be empty: remove that too, let it refer to something else, "
                     "or say nullable, on_delete(cascade), or cascade_remove on the other side");
  }
}

void UnitOfWork::plan_kept_choices(std::span<RowChange* const> rows) {
  std::vector<const RelationMetadata*> done;
  for (const RowChange* first : rows) {
    for (const RelationMetadata* choice : first->record->metadata->kept_choices) {
      if (std::find(done.begin(), done.end(), choice) != done.end()) continue;
      done.push_back(choice);
      std::vector<ValueView> keys;
      for (const RowChange* change : rows) {
        if (!change->record->metadata->is_kind_of(*choice->target)) continue;
        keys.push_back(key_value(*change->record, 0));
      }
      for (std::size_t at = 0; at < keys.size(); at += rows_per_array) {
        const std::size_t count = std::min(rows_per_array, keys.size() - at);
        plan_kept_choice(*choice, std::span{keys}.subspan(at, count));
      }
    }
  }
}

/// Pairs go with the rows that they connect: those of a table that several classes share here.
void UnitOfWork::plan_shared_pairs(std::span<RowChange* const> rows) {
  std::vector<const RelationMetadata*> done;
  for (const RowChange* first : rows) {
    for (const RelationMetadata& relation : first->record->metadata->relations) {
      if (!relation.owning || !relation.shares_pivot()) continue;
      const RelationMetadata* shared = &relation.owner->relations[relation.index];
      if (std::find(done.begin(), done.end(), shared) != done.end()) continue;
      done.push_back(shared);
      std::vector<ValueView> keys;
      for (const RowChange* change : rows) {
        if (!change->record->metadata->is_kind_of(*shared->owner)) continue;
        keys.push_back(key_value(*change->record, 0));
      }
      const EntityMetadata& owner = *shared->owner;
      Writer writer{*this};
      writer << "delete from ";
      writer.pivot(*shared);
      writer << " where ";
      writer.is_kind(*shared);
      writer << " and ";
      writer.name(shared->pivot_owner_columns.front());
      writer << (postgresql_ ? " = any(" : " in (select value from json_each(");
      writer.array(keys, owner.columns[owner.primary_key.front()].value_type);
      writer << (postgresql_ ? ")" : "))");
      writer.send(db::Batch::any_row_count, {});
    }
  }
}

void UnitOfWork::plan_kept_choice(const RelationMetadata& choice, std::span<const ValueView> keys) {
  const EntityMetadata& owner = *choice.owner;
  const ColumnMetadata& kind = owner.columns[choice.choice_column];
  const ColumnMetadata& key = owner.columns[choice.columns.front()];
  const EntityMetadata& table = owner.table_of(key);
  const bool deletes = choice.on_delete == ReferentialAction::cascade;
  // The rows of joined tables go with those of the first.
  const bool through_root = deletes && &table != owner.root;
  Writer writer{*this};
  writer << (deletes ? "delete from " : "update ");
  writer.table(through_root ? *owner.root : table);
  if (!deletes) {
    writer << " set ";
    writer.name(kind.name);
    writer << " = null, ";
    writer.name(key.name);
    writer << " = null";
  }
  writer << " where ";
  if (through_root) {
    const std::vector<const ColumnMetadata*> columns = columns_at(owner, owner.primary_key);
    writer << "(";
    writer.names(columns);
    writer << ") in (select ";
    writer.names(columns);
    writer << " from ";
    writer.table(table);
    writer << " where ";
  }
  writer.is_choice(choice);
  writer << " and ";
  writer.name(key.name);
  if (keys.size() == 1) {
    writer << " = ";
    writer.value(keys.front(), key.value_type);
  } else {
    writer << (postgresql_ ? " = any(" : " in (select value from json_each(");
    writer.array(keys, key.value_type);
    writer << (postgresql_ ? ")" : "))");
  }
  if (through_root) writer << ")";
  writer.send(db::Batch::any_row_count, {});
}

}  // namespace roost::orm::detail
