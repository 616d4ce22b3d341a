// One object for each row: what is known already is merged, what the application changed stays.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/plans.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/orm/errors.hpp>
#include <roost/sql/errors.hpp>

#include <algorithm>

namespace roost::orm::detail {

using db::ValueView;

namespace {

bool is_own(const EntityMetadata& entity, const ColumnMetadata& column) {
  return column.index < entity.columns.size() && &entity.columns[column.index] == &column;
}

}  // namespace

HydratorLayout::HydratorLayout(const EntityMetadata& entity, std::uint64_t wanted)
    : columns{SelectBuilder::selected(entity, wanted)}, keyed{entity.keyed_relations()} {
  keyed_place = columns.size();
  // Behind its own columns stand those of its descendants.
  std::size_t own = columns.size();
  if (!entity.descendants.empty()) {
    own = 0;
    while (own < columns.size() && is_own(entity, *columns[own])) ++own;
  }
  columns.resize(own);
  places.resize(own);
  for (std::size_t i = 0; i < own; ++i) places[i] = i;
  place_keys(entity);
}

HydratorLayout::HydratorLayout(const EntityMetadata& entity, const EntityMetadata& family,
                               const HydratorLayout& layout_of_family)
    : keyed{entity.keyed_relations()}, keyed_place{layout_of_family.keyed_place} {
  const std::vector<const ColumnMetadata*> row = SelectBuilder::selected(family);
  for (const ColumnMetadata& column : entity.columns) {
    const auto place = std::find_if(row.begin(), row.end(), [&](const ColumnMetadata* candidate) {
      return candidate->name == column.name;
    });
    if (column.lazy || place == row.end()) continue;
    columns.push_back(&column);
    places.push_back(static_cast<std::size_t>(place - row.begin()));
  }
  place_keys(entity);
}

void HydratorLayout::place_keys(const EntityMetadata& entity) {
  position_of.assign(entity.columns.size(), columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    position_of[columns[i]->index] = i;
    loaded |= std::uint64_t{1} << columns[i]->index;
    has_optional_structs = has_optional_structs || columns[i]->inside != nullptr;
  }
  for (const std::uint16_t index : entity.primary_key) key_positions.push_back(position_of[index]);
}

Hydrator::Hydrator(Session& session, const EntityMetadata& entity, std::uint64_t wanted,
                   std::size_t first, bool read_only, bool refresh)
    : session_{session},
      entity_{entity},
      own_layout_{wanted == entity.read_columns ? nullptr
                                                : std::make_unique<HydratorLayout>(entity, wanted)},
      layout_{own_layout_ != nullptr ? *own_layout_ : session.source().plans().layout(entity)},
      first_{first},
      read_only_{read_only},
      refresh_{refresh} {}

Hydrator::Hydrator(const Hydrator& family, const EntityMetadata& entity)
    : session_{family.session_},
      entity_{entity},
      own_layout_{std::make_unique<HydratorLayout>(entity, family.entity_, family.layout_)},
      layout_{*own_layout_},
      first_{family.first_},
      read_only_{family.read_only_},
      refresh_{family.refresh_},
      keeps_known_{family.keeps_known_} {}

Hydrator& Hydrator::family_member(const db::Result& result, std::size_t row) {
  const ValueView name =
      result.value(row, first_ + layout_.places[layout_.position_of[entity_.class_column]]);
  const std::string_view wanted = name.is_null() ? std::string_view{} : name.characters();
  if (wanted == entity_.class_name) return *this;
  for (const std::unique_ptr<Hydrator>& member : family_) {
    if (member->entity_.class_name == wanted) return *member;
  }
  for (const EntityMetadata* descendant : entity_.descendants) {
    if (descendant->class_name != wanted) continue;
    family_.push_back(std::unique_ptr<Hydrator>{new Hydrator{*this, *descendant}});
    return *family_.back();
  }
  throw db::ConversionError("a row of " + entity_.root->table + " is a \"" + std::string{wanted} +
                            "\", which names no class that is or extends " +
                            std::string{entity_.name});
}

Record* Hydrator::read(const db::Result& result, std::size_t row) {
  if (!entity_.has_family()) return read_row(result, row);
  if (result.value(row, first_ + layout_.places[layout_.key_positions.front()]).is_null())
    return nullptr;
  return family_member(result, row).read_row(result, row);
}

Record* Hydrator::read_row(const db::Result& result, std::size_t row) {
  db::Scratch scratch;
  const std::size_t parts = layout_.key_positions.size();
  if (parts == 1) {
    const ValueView key = read_key(0, result, row, scratch);
    return key.is_null() ? nullptr : &read_row(std::span{&key, 1}, result, row);
  }
  ValueView key[MemberNames::capacity];
  for (std::size_t i = 0; i < parts; ++i) {
    key[i] = read_key(i, result, row, scratch);
    if (key[i].is_null()) return nullptr;
  }
  return &read_row({key, parts}, result, row);
}

ValueView Hydrator::read_key(std::size_t part, const db::Result& result, std::size_t row,
                             db::Scratch& scratch) const {
  const ValueView value = result.value(row, first_ + layout_.places[layout_.key_positions[part]]);
  return canonical(entity_.columns[entity_.primary_key[part]], value, scratch);
}

Record& Hydrator::read_row(std::span<const ValueView> key, const db::Result& result,
                           std::size_t row) {
  if (!entity_.referred_columns.empty()) identify(key, result, row);
  Record& record = session_.reference(entity_, key);
  switch (record.state) {
    case RecordState::reference:
      leave_unread(record);
      if (record.touched) {
        read_touched(record, result, row);
        break;
      }
      fill(record, result, row);
      record.state = read_only_ ? RecordState::read_only : RecordState::managed;
      if (read_only_) {
        session_.register_referred(record);
      } else {
        session_.take_snapshot(record);
      }
      break;
    case RecordState::read_only:
      if (knows_all(record) && read_only_) break;
      fill(record, result, row);
      if (read_only_) break;
      record.state = RecordState::managed;
      session_.take_snapshot(record);
      break;
    case RecordState::managed:
      if (knows_all(record)) break;
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
  if (!layout_.keyed.empty()) read_partners(record, result, row);
  return record;
}

void Hydrator::identify(std::span<const ValueView> key, const db::Result& result, std::size_t row) {
  for (const std::uint16_t column : entity_.referred_columns) {
    const std::size_t position = layout_.position_of[column];
    if (position >= layout_.places.size()) continue;
    const ValueView value = result.value(row, first_ + layout_.places[position]);
    if (value.is_null()) continue;
    db::Scratch scratch;
    Record* stand_in = session_.identity_map().find_stand_in(
        entity_, column, canonical(entity_.columns[column], value, scratch));
    if (stand_in != nullptr) session_.identify(*stand_in, entity_, key);
  }
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
    return !is_unchanged(partner.metadata->columns[index], partner, partner.snapshot, scratch);
  });
}

/// References whose columns are not read are not known.
void Hydrator::leave_unread(Record& record) {
  if (!entity_.has_owning_references) return;
  for (const RelationMetadata& relation : entity_.relations) {
    if (!relation.owning || relation.to_many()) continue;
    const std::uint16_t column = relation.columns.front();
    if ((((layout_.loaded | record.loaded) >> column) & 1U) == 0) {
      RelationAccess::set_unknown(RelationAccess::reference(record.entity(), relation));
    }
  }
}

void Hydrator::read_partners(Record& record, const db::Result& result, std::size_t row) {
  for (std::size_t i = 0; i < layout_.keyed.size(); ++i) {
    const RelationMetadata& relation = *layout_.keyed[i];
    RefBase& reference = RelationAccess::reference(record.entity(), relation);
    if (!RelationAccess::is_unknown(reference)) continue;
    const ValueView value = result.value(row, first_ + layout_.keyed_place + i);
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
  for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
    if (((record.loaded >> layout_.columns[i]->index) & 1U) == 0) read_one(record, i, result, row);
  }
  const std::uint64_t changed = record.loaded;
  const std::byte* before = record.snapshot;
  record.touched = false;
  record.state = RecordState::managed;
  session_.take_snapshot(record);
  db::Scratch scratch;
  for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
    const ColumnMetadata& column = *layout_.columns[i];
    if (((changed >> column.index) & 1U) == 0) continue;
    session_.put_snapshot(record, column,
                          canonical(column, result.value(row, first_ + i), scratch));
  }
  for (const ColumnMetadata& column : entity_.columns) {
    const std::uint64_t bit = std::uint64_t{1} << column.index;
    if ((changed & ~layout_.loaded & bit) != 0) copy_snapshot(record.snapshot, column, before);
  }
  record.loaded |= layout_.loaded;
  if (entity_.hooks->on_load != nullptr) entity_.hooks->on_load(record.entity());
}

void Hydrator::read_one(Record& record, std::size_t position, const db::Result& result,
                        std::size_t row) {
  const ColumnMetadata& column = *layout_.columns[position];
  const ValueView value = result.value(row, first_ + layout_.places[position]);
  if (!column.is_of_reference()) {
    read_column(column, record.entity(), value);
  } else if (column.access == ColumnAccess::reference && column.target_column == 0) {
    read_relation(record, entity_.relations[column.relation], result, row);
  }
}

void Hydrator::fill(Record& record, const db::Result& result, std::size_t row) {
  if (layout_.has_optional_structs) reset_optional_structs(entity_, record.entity());
  for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
    // By its key the record was found or made.
    const ColumnMetadata& column = *layout_.columns[i];
    const bool has_it = column.in_primary_key && column.access == ColumnAccess::plain;
    if (!has_it) read_one(record, i, result, row);
  }
  record.loaded |= layout_.loaded;
  if (entity_.hooks->on_load != nullptr) entity_.hooks->on_load(record.entity());
}

/// Of an AnyRef both columns are as the application has them, or neither.
void Hydrator::keep_whole_references(std::vector<bool>& kept) const {
  if (!entity_.has_any_references) return;
  for (const RelationMetadata& relation : entity_.relations) {
    if (!relation.is_any()) continue;
    const bool keeps = kept[relation.columns[0]] || kept[relation.columns[1]];
    for (const std::uint16_t column : relation.columns) kept[column] = keeps;
  }
}

void Hydrator::merge(Record& record, const db::Result& result, std::size_t row) {
  db::Scratch scratch;
  std::vector<bool> kept(entity_.columns.size(), false);
  for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
    const ColumnMetadata& column = *layout_.columns[i];
    kept[column.index] = is_changed(column, record, scratch);
  }
  keep_whole_references(kept);
  for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
    if (!kept[layout_.columns[i]->index]) read_one(record, i, result, row);
  }
  const std::byte* before = record.snapshot;
  session_.take_snapshot(record);
  for (const ColumnMetadata& column : entity_.columns) {
    if (((layout_.loaded >> column.index) & 1U) == 0)
      copy_snapshot(record.snapshot, column, before);
  }
  // What was changed stays changed: compared with the new value of the database.
  for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
    const ColumnMetadata& column = *layout_.columns[i];
    if (!kept[column.index]) continue;
    const ValueView value = result.value(row, first_ + layout_.places[i]);
    if (column.access == ColumnAccess::json) {
      copy_snapshot(record.snapshot, column, before);
    } else {
      session_.put_snapshot(record, column, canonical(column, value, scratch));
    }
  }
  record.loaded |= layout_.loaded;
  session_.register_referred(record);
}

ValueView Hydrator::value_of(std::uint16_t column, const db::Result& result,
                             std::size_t row) const {
  return result.value(row, first_ + layout_.places[layout_.position_of[column]]);
}

void Hydrator::refuse_choice(const RelationMetadata& relation, std::string_view name) const {
  throw db::ConversionError("a row of " + entity_.root->table + " refers by " +
                            entity_.columns[relation.columns.front()].name + " to \"" +
                            std::string{name} + "\", which stands for no class of " +
                            std::string{entity_.name} + "::" + std::string{relation.name} + " (" +
                            relation.target_names() + ")");
}

void Hydrator::read_relation(Record& record, const RelationMetadata& relation,
                             const db::Result& result, std::size_t row) {
  db::Scratch scratch;
  RefBase& reference = RelationAccess::reference(record.entity(), relation);
  if (relation.is_any()) {
    const ValueView name = value_of(relation.columns.front(), result, row);
    if (name.is_null()) return RelationAccess::set_target(reference, nullptr);
    const RelationMetadata* choice = relation.choice_named(name.characters());
    if (choice == nullptr) refuse_choice(relation, name.characters());
    return read_relation(record, *choice, result, row);
  }
  ValueView key[MemberNames::capacity];
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    const ColumnMetadata& column = entity_.columns[relation.columns[i]];
    const ValueView value = value_of(column.index, result, row);
    if (value.is_null()) return RelationAccess::set_target(reference, nullptr);
    key[i] = canonical(column, value, scratch);
  }
  Record& target =
      relation.by_unique
          ? session_.reference_by(*relation.target, relation.target_columns.front(), key[0])
          : session_.reference(*relation.target, {key, relation.columns.size()});
  if (RelationAccess::is_unknown(reference) || RelationAccess::target(reference) != &target) {
    RelationAccess::set_shown(reference, false);
    RelationAccess::set_target(reference, &target);
  }
}

}  // namespace roost::orm::detail
