// Pairs of many to many: their statements, and pairs that are rows of an entity.
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/statement_writer.hpp>
#include <roost/orm/detail/unit_of_work.hpp>

#include <algorithm>
#include <map>
#include <new>
#include <tuple>

namespace roost::orm::detail {

using db::ValueType;
using db::ValueView;

namespace {

/// What the row of an entity connects, by one of the relations of which it is a pair.
PairChange pair_of(Record& row, const RelationMetadata& relation) {
  return {&relation,
          RelationAccess::target(RelationAccess::reference(row.entity(), *relation.pivot_owner)),
          RelationAccess::target(RelationAccess::reference(row.entity(), *relation.pivot_target))};
}

bool is_known(const Record& row, const RelationMetadata& relation) {
  return !RelationAccess::is_unknown(
             RelationAccess::reference(row.entity(), *relation.pivot_owner)) &&
         !RelationAccess::is_unknown(
             RelationAccess::reference(row.entity(), *relation.pivot_target));
}

}  // namespace

void UnitOfWork::meet_pivots() {
  const auto through = [](const RelationMetadata& relation) {
    return relation.pivot_entity != nullptr;
  };
  const auto of_pair = [&](const PairChange& pair) { return through(*pair.relation); };
  if (std::none_of(new_pairs_.begin(), new_pairs_.end(), of_pair) &&
      std::none_of(lost_pairs_.begin(), lost_pairs_.end(), of_pair) &&
      std::none_of(replaced_.begin(), replaced_.end(),
                   [&](const Replaced& replaced) { return through(*replaced.relation); })) {
    return;
  }
  std::map<std::tuple<const RelationMetadata*, Record*, Record*>, Record*> rows;
  for (Record* row = session_.first_record(); row != nullptr; row = row->next) {
    if (row->state == RecordState::detached || row->state == RecordState::transient) continue;
    for (const RelationMetadata* relation : row->metadata->pivot_of) {
      if (!is_known(*row, *relation)) continue;
      const PairChange pair = pair_of(*row, *relation);
      Record*& known = rows[{relation, pair.owner, pair.target}];
      if (known == nullptr || known->state == RecordState::removed) known = row;
      meet_replaced(pair, *row);
    }
  }
  const auto row_of = [&](const PairChange& pair) {
    const auto found = rows.find({pair.relation, pair.owner, pair.target});
    return found == rows.end() ? nullptr : found->second;
  };
  std::erase_if(new_pairs_, [&](const PairChange& pair) {
    Record* row = of_pair(pair) ? row_of(pair) : nullptr;
    if (row == nullptr) return false;
    if (row->state != RecordState::removed) {
      met_pairs_.push_back(pair);  // the entity is the pair
      return true;
    }
    changes_[row->mark - 1].early = true;  // one row goes, another one comes
    return false;
  });
  std::erase_if(lost_pairs_, [&](const PairChange& pair) {
    Record* row = of_pair(pair) ? row_of(pair) : nullptr;
    if (row == nullptr) return false;
    if (row->state == RecordState::removed || row->state == RecordState::added) {
      met_pairs_.push_back(pair);
      return true;
    }
    lost_rows_.push_back(row);
    return false;
  });
}

/// Of a collection that was replaced unread: rows that are here and do not stay.
void UnitOfWork::meet_replaced(const PairChange& pair, Record& row) {
  if (!row.is_row() || row.state == RecordState::removed) return;
  for (const Replaced& replaced : replaced_) {
    const bool owning = replaced.relation->owning;
    const RelationMetadata* relation =
        owning ? &replaced.relation->owner->relations[replaced.relation->index]
               : replaced.relation->other_side;
    Record* owner = owning ? pair.owner : pair.target;
    Record* item = owning ? pair.target : pair.owner;
    if (relation != pair.relation || owner != replaced.owner) continue;
    const CollectionState& state =
        *RelationAccess::state_of(RelationAccess::collection(owner->entity(), *replaced.relation));
    if (std::find(state.items.begin(), state.items.end(), item) == state.items.end()) {
      lost_rows_.push_back(&row);
    }
  }
}

/// Rows that stay keep what they have beside their references.
void UnitOfWork::keep_pairs(const Replaced& replaced, Writer& writer) {
  const RelationMetadata& relation = *replaced.relation;
  const EntityMetadata& target = *relation.target;
  const CollectionState& state =
      *RelationAccess::state_of(RelationAccess::collection(replaced.owner->entity(), relation));
  for (const Record* item : state.items) {
    if (!item->is_row()) continue;
    writer << " and not (";
    for (std::size_t i = 0; i < relation.pivot_target_columns.size(); ++i) {
      if (i > 0) writer << " and ";
      writer.name(relation.pivot_target_columns[i]);
      writer << " = ";
      writer.value(key_value(*item, i), target.columns[target.primary_key[i]].value_type);
    }
    writer << ")";
  }
}

UnitOfWork::Sample::Sample(const EntityMetadata& entity, Session& session)
    : memory((sizeof(Record) + entity.type->size) / sizeof(std::max_align_t) + 1) {
  static_assert(alignof(Record) <= alignof(std::max_align_t));
  record = ::new (memory.data()) Record;
  record->session = &session;
  record->metadata = &entity;
  entity.type->construct(record->entity());
}

UnitOfWork::Sample::~Sample() { record->metadata->type->destroy(record->entity()); }

std::vector<std::pair<const ColumnMetadata*, ValueView>> UnitOfWork::defaults_of_pairs(
    const RelationMetadata& relation) {
  const EntityMetadata& entity = *relation.pivot_entity;
  const Record& sample = *samples_.emplace_back(entity, session_).record;
  std::vector<std::pair<const ColumnMetadata*, ValueView>> values;
  for (const ColumnMetadata& column : entity.columns) {
    if (column.computed || column.identity || column.is_of_reference()) continue;
    ValueView value = bind_column(column, sample, scratch_);
    if (!column.server_default.empty() && value.is_null()) continue;
    const bool time =
        column.role == ColumnRole::creation_time || column.role == ColumnRole::update_time;
    if (time && (value.is_null() || value.integer() == 0)) value = now_;
    if (column.role == ColumnRole::version && value.integer() == 0) value = ValueView::int64(1);
    values.emplace_back(&column, value);
  }
  return values;
}

void UnitOfWork::show_pivots() {
  for (RowChange& change : changes_) {
    if (change.kind == Kind::update) continue;
    for (const RelationMetadata* relation : change.record->metadata->pivot_of) {
      if (!is_known(*change.record, *relation)) continue;
      const PairChange pair = pair_of(*change.record, *relation);
      if (pair.owner == nullptr || pair.target == nullptr) continue;
      const bool enters = change.kind == Kind::insert;
      show_pair(*relation, *pair.owner, *pair.target, enters);
      if (relation->other_side != nullptr) {
        show_pair(*relation->other_side, *pair.target, *pair.owner, enters);
      }
    }
  }
}

void UnitOfWork::show_pair(const RelationMetadata& relation, Record& owner, Record& target,
                           bool enters) {
  CollectionBase& collection = RelationAccess::collection(owner.entity(), relation);
  if (!collection.is_loaded()) return;
  CollectionState& state = RelationAccess::state(collection);
  const auto place = std::lower_bound(state.original.begin(), state.original.end(), &target);
  const bool is_there = place != state.original.end() && *place == &target;
  if (state.read_only || is_there == enters) return;
  if (session_.in_transaction()) session_.undo_collections_.push_back({&collection, state});
  if (!enters) {
    state.original.erase(place);
    std::erase(state.items, &target);
    return;
  }
  state.original.insert(place, &target);
  if (std::find(state.items.begin(), state.items.end(), &target) == state.items.end()) {
    state.items.push_back(&target);
  }
}

void UnitOfWork::plan_pairs() {
  const auto each_relation = [&](std::vector<PairChange>& pairs, bool insert) {
    std::stable_sort(pairs.begin(), pairs.end(), [](const PairChange& a, const PairChange& b) {
      return a.relation->pivot_table < b.relation->pivot_table;
    });
    std::size_t first = 0;
    for (std::size_t i = 1; i <= pairs.size(); ++i) {
      if (i < pairs.size() && pairs[i].relation == pairs[first].relation &&
          i - first < rows_per_text) {
        continue;
      }
      if (i > first) {
        plan_pair_group(*pairs[first].relation, std::span{pairs}.subspan(first, i - first), insert);
      }
      first = i;
    }
  };
  // Pairs of removed entities go with them.
  each_relation(lost_pairs_, false);
  each_relation(new_pairs_, true);
}

void UnitOfWork::plan_pair_group(const RelationMetadata& relation,
                                 std::span<const PairChange> pairs, bool insert) {
  const EntityMetadata& owner = *relation.owner;
  const EntityMetadata& target = *relation.target;
  std::vector<std::string_view> names;
  std::vector<ValueType> types;
  for (std::size_t i = 0; i < owner.primary_key.size(); ++i) {
    names.push_back(relation.pivot_owner_columns[i]);
    types.push_back(owner.columns[owner.primary_key[i]].value_type);
  }
  for (std::size_t i = 0; i < target.primary_key.size(); ++i) {
    names.push_back(relation.pivot_target_columns[i]);
    types.push_back(target.columns[target.primary_key[i]].value_type);
  }
  const auto extras = insert && relation.pivot_entity != nullptr
                          ? defaults_of_pairs(relation)
                          : std::vector<std::pair<const ColumnMetadata*, ValueView>>{};
  const std::size_t keys = names.size();
  std::uint64_t written = 0;
  for (const auto& [column, given] : extras) {
    names.push_back(column->name);
    types.push_back(column->value_type);
    written |= bit(column->index);
  }
  const auto new_uuid = [&] {
    const Uuid made = Uuid::time_ordered();
    const std::string_view bytes =
        scratch_.copy({reinterpret_cast<const char*>(made.bytes().data()), made.bytes().size()});
    return ValueView::uuid(reinterpret_cast<const std::uint8_t*>(bytes.data()));
  };
  const auto value = [&](const PairChange& pair, std::size_t i) {
    if (i >= keys) {
      const auto& [column, given] = extras[i - keys];
      return column->client_uuid ? new_uuid() : given;
    }
    return i < owner.primary_key.size() ? key_value(*pair.owner, i)
                                        : key_value(*pair.target, i - owner.primary_key.size());
  };
  const bool can_unnest_all =
      relation.pivot_entity == nullptr || can_unnest(*relation.pivot_entity, written);
  Writer writer{*this};
  writer << (insert ? "insert into " : "delete from ");
  writer.pivot(relation);
  writer << (insert ? " (" : " where ");
  std::string kind;
  if (relation.shares_pivot() && insert) {
    writer.name(relation.pivot_kind_column);
    writer << ", ";
    append_literal(relation.pivot_kind, kind);
    kind += ", ";
  } else if (relation.shares_pivot()) {
    writer.is_kind(relation);
    writer << " and ";
  }
  if (!insert) writer << "(";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) writer << ", ";
    writer.name(names[i]);
  }
  std::vector<std::vector<ValueView>> arrays(names.size());
  if (postgresql_ && pairs.size() > 1 && can_unnest_all) {
    writer << (insert ? ") select " : ") in (select ") << kind << "* from unnest(";
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i > 0) writer << ", ";
      for (const PairChange& pair : pairs) arrays[i].push_back(value(pair, i));
      writer.array(arrays[i], types[i]);
    }
    writer << (insert ? ")" : "))");
  } else {
    writer << (insert ? ") values " : ") in (values ");
    for (std::size_t row = 0; row < pairs.size(); ++row) {
      writer << (row == 0 ? "(" : ", (") << kind;
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) writer << ", ";
        if (i < keys) {
          writer.typed_value(value(pairs[row], i), types[i]);
        } else {
          writer.value(value(pairs[row], i), types[i]);
        }
      }
      writer << ")";
    }
    if (!insert) writer << ")";
  }
  if (insert) writer << " on conflict do nothing";
  writer.send(db::Batch::any_row_count, {});
}

}  // namespace roost::orm::detail
