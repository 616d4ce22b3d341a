// A hash table with open addressing.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/identity_map.hpp>

#include <algorithm>
#include <string_view>

namespace roost::orm::detail {

namespace {

constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15U;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * multiplier;
  return hash ^ (hash >> 29U);
}

std::uint64_t mix(std::uint64_t hash, const db::ValueView& value) {
  switch (value.type()) {
    case db::ValueType::text:
    case db::ValueType::decimal:
    case db::ValueType::json:
    case db::ValueType::bytes:
    case db::ValueType::uuid: {
      std::uint64_t text = 1469598103934665603U;
      for (const char c : value.characters()) {
        text = (text ^ static_cast<unsigned char>(c)) * 1099511628211U;
      }
      return mix(hash, text);
    }
    default:
      return mix(hash, static_cast<std::uint64_t>(value.integer()));
  }
}

std::uint64_t hash_of_value(const EntityMetadata& entity, std::uint16_t column,
                            const db::ValueView& value) {
  return mix(mix(mix(multiplier, entity.root->index), column), value);
}

/// A row that is known to have a value there.
bool is_known_by(const Record& record, const EntityMetadata& entity, std::uint16_t column) {
  if (record.metadata->root != entity.root || record.discarded) return false;
  if (record.state == RecordState::reference) return record.known_by == column;
  return record.is_row() && ((record.loaded >> column) & 1U) != 0;
}

}  // namespace

std::uint64_t IdentityMap::hash_of(const Record& record) {
  std::uint64_t hash = mix(multiplier, record.metadata->root->index);
  for (const std::uint16_t index : record.metadata->primary_key) {
    const ColumnMetadata& column = record.metadata->columns[index];
    if (is_plain_integer(column)) {
      hash = mix(hash, static_cast<std::uint64_t>(integer_of(column, record)));
      continue;
    }
    db::Scratch scratch;
    hash = mix(hash, bind_column(column, record, scratch));
  }
  return hash;
}

std::uint64_t IdentityMap::hash_of(const EntityMetadata& entity,
                                   std::span<const db::ValueView> key) {
  std::uint64_t hash = mix(multiplier, entity.root->index);
  for (const db::ValueView& value : key) hash = mix(hash, value);
  return hash;
}

bool IdentityMap::has_key(const Record& record, const EntityMetadata& entity,
                          std::span<const db::ValueView> key) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    const ColumnMetadata& column = entity.columns[entity.primary_key[i]];
    if (is_plain_integer(column) && is_integer(key[i].type()) && !key[i].is_null()) {
      if (integer_of(column, record) != key[i].integer()) return false;
      continue;
    }
    db::Scratch scratch;
    if (!same_value(column, bind_column(column, record, scratch), key[i])) return false;
  }
  return true;
}

Record* IdentityMap::find(const EntityMetadata& entity, std::span<const db::ValueView> key,
                          std::uint64_t hash) const {
  if (slots_.empty()) return nullptr;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.record == nullptr && !slot.erased()) return nullptr;
    if (slot.record == nullptr || slot.hash != hash) continue;
    if (slot.record->metadata->root != entity.root) continue;
    if (has_key(*slot.record, entity, key)) return slot.record;
  }
}

Record* IdentityMap::find_by(const EntityMetadata& entity, std::uint16_t column,
                             const db::ValueView& value) const {
  Record* stand_in = nullptr;
  const auto candidates = by_unique_.equal_range(hash_of_value(entity, column, value));
  for (auto at = candidates.first; at != candidates.second; ++at) {
    Record& record = *at->second;
    if (!is_known_by(record, entity, column)) continue;
    db::Scratch scratch;
    const ColumnMetadata& metadata = entity.columns[column];
    if (!same_value(metadata, value_in_database(metadata, record, scratch), value)) continue;
    if (!record.lacks_key()) return &record;
    stand_in = &record;
  }
  return stand_in;
}

Record* IdentityMap::find_stand_in(const EntityMetadata& entity, std::uint16_t column,
                                   const db::ValueView& value) const {
  const auto candidates = by_unique_.equal_range(hash_of_value(entity, column, value));
  for (auto at = candidates.first; at != candidates.second; ++at) {
    Record& record = *at->second;
    if (!record.lacks_key() || !is_known_by(record, entity, column)) continue;
    db::Scratch scratch;
    const ColumnMetadata& metadata = entity.columns[column];
    if (same_value(metadata, bind_column(metadata, record, scratch), value)) return &record;
  }
  return nullptr;
}

void IdentityMap::insert_by(Record& record, std::uint16_t column) {
  db::Scratch scratch;
  const EntityMetadata& entity = *record.metadata;
  const db::ValueView value = value_in_database(entity.columns[column], record, scratch);
  const std::uint64_t hash = hash_of_value(entity, column, value);
  const auto candidates = by_unique_.equal_range(hash);
  const bool known = std::any_of(candidates.first, candidates.second,
                                 [&](const auto& entry) { return entry.second == &record; });
  if (!known) by_unique_.emplace(hash, &record);
}

void IdentityMap::put(Record& record, std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash & mask;
  while (slots_[i].record != nullptr) i = (i + 1) & mask;
  if (!slots_[i].erased()) ++used_;
  slots_[i] = {hash, &record};
}

void IdentityMap::insert(Record& record, std::uint64_t hash) {
  if (used_ * 4 >= slots_.size() * 3) grow();
  put(record, hash);
  ++size_;
  record.in_map = true;
}

void IdentityMap::erase(Record& record) {
  if (!record.in_map) return;
  record.in_map = false;
  // By its place, not its key: the key may have been changed since.
  const std::size_t mask = slots_.size() - 1;
  const std::uint64_t hash = hash_of(record);
  for (std::size_t i = hash & mask; slots_[i].record != nullptr || slots_[i].erased();
       i = (i + 1) & mask) {
    if (slots_[i].record == &record) {
      slots_[i] = {1, nullptr};
      --size_;
      return;
    }
  }
  for (Slot& slot : slots_) {
    if (slot.record != &record) continue;
    slot = {1, nullptr};
    --size_;
    return;
  }
}

void IdentityMap::clear() {
  for (Slot& slot : slots_) {
    if (slot.record != nullptr) slot.record->in_map = false;
  }
  slots_.clear();
  by_unique_.clear();
  size_ = used_ = 0;
}

void IdentityMap::grow() {
  std::vector<Slot> old = std::move(slots_);
  std::size_t size = 64;  // a kibibyte, enough for most requests
  while (size < size_ * 2 + 2) size *= 2;
  slots_.assign(size, Slot{});
  used_ = 0;
  for (const Slot& slot : old) {
    if (slot.record != nullptr) put(*slot.record, slot.hash);
  }
}

}  // namespace roost::orm::detail
