// One object for each row: what is known already is merged, what the application changed stays.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>

namespace roost::orm::detail {

using db::ValueView;

Hydrator::Hydrator(Session& session, const EntityMetadata& entity, std::size_t first,
                   bool read_only, bool refresh)
    : session_{session},
      entity_{entity},
      columns_{SelectBuilder::selected(entity)},
      keyed_{entity.keyed_relations()},
      first_{first},
      read_only_{read_only},
      refresh_{refresh} {
  position_of_.assign(entity.columns.size(), columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    position_of_[columns_[i]->index] = i;
    loaded_ |= std::uint64_t{1} << columns_[i]->index;
  }
  for (const std::uint16_t index : entity.primary_key) {
    key_positions_.push_back(position_of_[index]);
  }
}

Record* Hydrator::read(const db::Result& result, std::size_t row) {
  db::Scratch scratch;
  ValueView key[MemberNames::capacity];
  const std::size_t parts = key_positions_.size();
  for (std::size_t i = 0; i < parts; ++i) {
    const ValueView value = result.value(row, first_ + key_positions_[i]);
    if (value.is_null()) return nullptr;
    key[i] = canonical(entity_.columns[entity_.primary_key[i]], value, scratch);
  }
  Record& record = session_.reference(entity_, {key, parts});
  switch (record.state) {
    case RecordState::reference:
      if (record.touched) {
        read_touched(record, result, row);
        break;
      }
      fill(record, result, row);
      record.state = read_only_ ? RecordState::read_only : RecordState::managed;
      if (!read_only_) session_.take_snapshot(record);
      break;
    case RecordState::read_only:
      fill(record, result, row);
      if (read_only_) break;
      record.state = RecordState::managed;
      session_.take_snapshot(record);
      break;
    case RecordState::managed:
      if (refresh_ || !session_.is_changed(record)) {
        fill(record, result, row);
        session_.take_snapshot(record);
      } else {
        merge(record, result, row);
      }
      break;
    case RecordState::removed:
      if (!refresh_ || record.snapshot == nullptr) break;
      fill(record, result, row);  // a removal that was refused because of its version
      session_.take_snapshot(record);
      break;
    default:
      break;  // on its way in or out: what the application did counts
  }
  if (!keyed_.empty()) read_partners(record, result, row);
  return &record;
}

/// True when the application let the partner leave, which the database does not know yet.
bool Hydrator::has_left(const Record& partner, const RelationMetadata& relation,
                        const Record& from) {
  if (partner.state == RecordState::removed || partner.state == RecordState::detached) return true;
  if (partner.state != RecordState::managed && !partner.touched) return false;
  const RefBase& reference = RelationAccess::reference(partner.entity(), relation);
  if (RelationAccess::target(reference) == &from) return false;
  if (partner.touched) return true;
  db::Scratch scratch;
  return std::any_of(relation.columns.begin(), relation.columns.end(), [&](std::uint16_t index) {
    return !is_unchanged(partner.metadata->columns[index], partner, partner.snapshot[index],
                         scratch);
  });
}

void Hydrator::read_partners(Record& record, const db::Result& result, std::size_t row) {
  for (std::size_t i = 0; i < keyed_.size(); ++i) {
    const RelationMetadata& relation = *keyed_[i];
    RefBase& reference = RelationAccess::reference(record.entity(), relation);
    if (!RelationAccess::is_unknown(reference)) continue;
    const ValueView value = result.value(row, first_ + columns_.size() + i);
    if (value.is_null()) {
      RelationAccess::set_target(reference, nullptr);
      continue;
    }
    const EntityMetadata& target = *relation.target;
    db::Scratch scratch;
    const ValueView key[] = {canonical(target.columns[target.primary_key.front()], value, scratch)};
    Record& partner = session_.reference(target, key);
    if (has_left(partner, *relation.other_side, record)) {
      RelationAccess::set_target(reference, nullptr);
      continue;
    }
    RelationAccess::set_target(reference, &partner);
    if (partner.state == RecordState::reference) {
      RelationAccess::set_target(RelationAccess::reference(partner.entity(), *relation.other_side),
                                 &record);
    }
  }
}

/// A row of which only the key was known, but a reference of which was changed.
void Hydrator::read_touched(Record& record, const db::Result& result, std::size_t row) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (((record.loaded >> columns_[i]->index) & 1U) == 0) read_one(record, i, result, row);
  }
  const std::uint64_t changed = record.loaded;
  record.touched = false;
  record.state = RecordState::managed;
  session_.take_snapshot(record);
  db::Scratch scratch;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnMetadata& column = *columns_[i];
    if (((changed >> column.index) & 1U) == 0) continue;
    record.snapshot[column.index] =
        session_.keep(canonical(column, result.value(row, first_ + i), scratch));
  }
  record.loaded |= loaded_;
  if (entity_.hooks->on_load != nullptr) entity_.hooks->on_load(record.entity());
}

void Hydrator::read_one(Record& record, std::size_t position, const db::Result& result,
                        std::size_t row) {
  const ColumnMetadata& column = *columns_[position];
  const ValueView value = result.value(row, first_ + position);
  if (column.access != ColumnAccess::reference) {
    read_column(column, record.entity(), value);
  } else if (column.target_column == 0) {
    read_relation(record, entity_.relations[column.relation], result, row);
  }
}

void Hydrator::fill(Record& record, const db::Result& result, std::size_t row) {
  for (std::size_t i = 0; i < columns_.size(); ++i) read_one(record, i, result, row);
  record.loaded |= loaded_;
  if (entity_.hooks->on_load != nullptr) entity_.hooks->on_load(record.entity());
}

void Hydrator::merge(Record& record, const db::Result& result, std::size_t row) {
  db::Scratch scratch;
  std::vector<bool> kept(entity_.columns.size(), false);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnMetadata& column = *columns_[i];
    kept[column.index] =
        ((record.loaded >> column.index) & 1U) != 0 && !column.computed &&
        (is_pending(column, record) ||
         !same_value(column, bind_column(column, record, scratch), record.snapshot[column.index]));
    if (!kept[column.index]) read_one(record, i, result, row);
  }
  const ValueView* before = record.snapshot;
  session_.take_snapshot(record);
  // What was changed stays changed: compared with the new value of the database.
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnMetadata& column = *columns_[i];
    if (!kept[column.index]) continue;
    const ValueView value = result.value(row, first_ + i);
    record.snapshot[column.index] = column.access == ColumnAccess::json
                                        ? before[column.index]
                                        : session_.keep(canonical(column, value, scratch));
  }
  record.loaded |= loaded_;
}

void Hydrator::read_relation(Record& record, const RelationMetadata& relation,
                             const db::Result& result, std::size_t row) {
  db::Scratch scratch;
  RefBase& reference = RelationAccess::reference(record.entity(), relation);
  ValueView key[MemberNames::capacity];
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    const ColumnMetadata& column = entity_.columns[relation.columns[i]];
    const std::size_t position = position_of_[column.index];
    const ValueView value = result.value(row, first_ + position);
    if (value.is_null()) return RelationAccess::set_target(reference, nullptr);
    key[i] = canonical(column, value, scratch);
  }
  Record& target = session_.reference(*relation.target, {key, relation.columns.size()});
  if (RelationAccess::is_unknown(reference) || RelationAccess::target(reference) != &target) {
    RelationAccess::set_shown(reference, false);
    RelationAccess::set_target(reference, &target);
  }
}

}  // namespace roost::orm::detail
