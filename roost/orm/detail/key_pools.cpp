// The pools, and how a flush takes from them. The numbers come from the sequence of the identity
// column itself, so that rows which other programs insert get theirs from it as well.
#include <roost/orm/detail/key_pools.hpp>
#include <roost/orm/detail/plans.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/detail/statement_writer.hpp>
#include <roost/orm/detail/unit_of_work.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <iterator>

namespace roost::orm::detail {

using db::ValueType;
using db::ValueView;

void KeyPools::take(ReservedKeys& keys) {
  const std::lock_guard lock{mutex_};
  keys.generation = generation_;
  std::deque<std::int64_t>& numbers = pools_[keys.table].numbers;
  const auto end =
      numbers.begin() + static_cast<std::ptrdiff_t>(std::min(keys.needed, numbers.size()));
  keys.numbers.assign(numbers.begin(), end);
  numbers.erase(numbers.begin(), end);
}

void KeyPools::put(const ReservedKeys& keys, const std::deque<std::int64_t>& numbers) {
  const std::lock_guard lock{mutex_};
  if (keys.generation != generation_) return;
  std::deque<std::int64_t>& all = pools_[keys.table].numbers;
  all.insert(all.end(), numbers.begin(), numbers.end());
}

bool KeyPools::begin_refill(const std::string& table, std::size_t block) {
  const std::lock_guard lock{mutex_};
  Pool& pool = pools_[table];
  if (pool.refilling || pool.numbers.size() * 2 >= block) return false;
  pool.refilling = true;
  return true;
}

void KeyPools::end_refill(const std::string& table) {
  const std::lock_guard lock{mutex_};
  pools_[table].refilling = false;
}

void KeyPools::clear() {
  const std::lock_guard lock{mutex_};
  pools_.clear();
  ++generation_;
}

namespace {

constexpr ValueType parameter_types[] = {ValueType::text, ValueType::text, ValueType::int32};
constexpr db::Statement next_numbers{
    "select nextval(pg_get_serial_sequence($1, $2)) from generate_series(1, $3)", parameter_types,
    db::StatementKind::write};

void add_request(db::Batch& batch, const ReservedKeys& keys, std::size_t count) {
  const ColumnMetadata& column = keys.root->columns[keys.root->identity_column];
  const ValueView values[] = {ValueView::text(keys.table), ValueView::text(column.name),
                              ValueView::int32(static_cast<std::int32_t>(count))};
  batch.add(next_numbers, values);
}

std::deque<std::int64_t> numbers_in(const db::Result& result, const ReservedKeys& keys) {
  std::deque<std::int64_t> numbers;
  for (std::size_t row = 0; row < result.row_count(); ++row) {
    const ValueView number = result.value(row, 0);
    if (number.is_null()) {
      throw UsageError("the key of " + std::string{keys.root->name} +
                       " is a pooled_key, but the column of " + keys.table +
                       " has no sequence: make it an identity column, or say primary_key");
    }
    numbers.push_back(number.integer());
  }
  return numbers;
}

}  // namespace

/// As the cascades find them; hooks may still make more, whose keys the database then gives.
std::vector<ReservedKeys>& UnitOfWork::find_keys_needed() {
  cascade();
  for (Record* record = session_.first_record(); record != nullptr; record = record->next) {
    if (record->state != RecordState::added) continue;
    const EntityMetadata& root = *record->metadata->root;
    if (root.key_block == 0 || has_key(*record)) continue;
    auto found = std::find_if(reserved_.begin(), reserved_.end(),
                              [&](const ReservedKeys& keys) { return keys.root == &root; });
    if (found == reserved_.end()) {
      ReservedKeys keys;
      keys.root = &root;
      append_table(root, keys.table);
      reserved_.push_back(std::move(keys));
      found = std::prev(reserved_.end());
    }
    ++found->needed;
  }
  return reserved_;
}

/// From the pools; false when they have too few.
bool Session::take_keys(std::vector<ReservedKeys>& reserved) {
  bool enough = true;
  for (ReservedKeys& keys : reserved) {
    source_.plans().keys().take(keys);
    enough = enough && keys.numbers.size() == keys.needed;
  }
  return enough;
}

/// The database is asked for those that are missing, and for a block more of each.
Task<void> Session::request_keys(std::vector<ReservedKeys>& reserved) {
  db::Batch batch;
  std::vector<ReservedKeys*> asked;
  for (ReservedKeys& keys : reserved) {
    if (keys.numbers.size() == keys.needed) continue;
    asked.push_back(&keys);
    add_request(batch, keys, keys.needed - keys.numbers.size() + keys.root->key_block);
  }
  const std::vector<db::Result> results = co_await source_.database().execute(batch);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    ReservedKeys& keys = *asked[i];
    std::deque<std::int64_t> numbers = numbers_in(results[i], keys);
    while (keys.numbers.size() < keys.needed) {
      keys.numbers.push_back(numbers.front());
      numbers.pop_front();
    }
    source_.plans().keys().put(keys, numbers);
  }
}

/// The key of a new entity, if one was reserved for it.
bool UnitOfWork::give_key(Record& record) {
  const EntityMetadata& entity = *record.metadata;
  if (entity.root->key_block == 0 || has_key(record)) return false;
  const auto keys = std::find_if(reserved_.begin(), reserved_.end(), [&](const ReservedKeys& each) {
    return each.root == entity.root && !each.numbers.empty();
  });
  if (keys == reserved_.end()) return false;
  read_column(entity.columns[entity.identity_column], record.entity(),
              ValueView::int64(keys->numbers.front()));
  keys->numbers.pop_front();
  keyed_.push_back(&record);
  return true;
}

/// References to entities that got their key after they were looked at.
void UnitOfWork::bind_given_keys() {
  if (keyed_.empty()) return;
  for (RowChange& change : changes_) {
    if (change.kind == Kind::remove) continue;
    for (const ColumnMetadata& column : change.record->metadata->columns) {
      const bool refers =
          column.access == ColumnAccess::reference && (change.columns & bit(column.index)) != 0;
      if (refers) change.values[column.index] = bind_column(column, *change.record, scratch_);
    }
  }
}

/// Along with what is written anyway, before the pool is dry.
void UnitOfWork::refill_pools() {
  KeyPools& pools = session_.source().plans().keys();
  for (const ReservedKeys& keys : reserved_) {
    if (!pools.begin_refill(keys.table, keys.root->key_block)) continue;
    refills_.push_back({&keys, static_cast<std::uint32_t>(batch_.size())});
    add_request(batch_, keys, keys.root->key_block);
    rows_of_statement_.emplace_back();
  }
}

void UnitOfWork::end_refills(const std::vector<db::Result>* results) {
  KeyPools& pools = session_.source().plans().keys();
  for (const Refill& refill : refills_) {
    if (results != nullptr) {
      pools.put(*refill.keys, numbers_in((*results)[refill.statement], *refill.keys));
    }
    pools.end_refill(refill.keys->table);
  }
  refills_.clear();
}

/// What was not used goes back; without `apply` the entities are as they were.
void UnitOfWork::release_keys() {
  if (!refills_.empty()) end_refills(nullptr);
  for (const ReservedKeys& keys : reserved_) {
    session_.source().plans().keys().put(keys, keys.numbers);
  }
  for (Record* record : keyed_) {
    read_column(record->metadata->columns[record->metadata->identity_column], record->entity(),
                ValueView::int64(0));
  }
}

}  // namespace roost::orm::detail
