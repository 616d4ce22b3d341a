// Which entities a manager knows, by class and key: one object for each row.
#pragma once

#include <roost/orm/detail/record.hpp>
#include <roost/orm/metadata.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace roost::orm::detail {

class IdentityMap {
 public:
  /// The record with this key (values as bind_column gives them), or null.
  [[nodiscard]] Record* find(const EntityMetadata& entity,
                             std::span<const db::ValueView> key) const {
    return find(entity, key, hash_of(entity, key));
  }
  /// The same with the hash of the key, for those who insert what is not found.
  [[nodiscard]] Record* find(const EntityMetadata& entity, std::span<const db::ValueView> key,
                             std::uint64_t hash) const;
  [[nodiscard]] static std::uint64_t hash_of(const EntityMetadata& entity,
                                             std::span<const db::ValueView> key);
  /// The record has a key that is not in the map yet.
  void insert(Record& record) { insert(record, hash_of(record)); }
  void insert(Record& record, std::uint64_t hash);
  void erase(Record& record);

  /// The row with this value in a unique column to which references refer, if it is known by it;
  /// one of which the key is known before one of which it is not.
  [[nodiscard]] Record* find_by(const EntityMetadata& entity, std::uint16_t column,
                                const db::ValueView& value) const;
  /// One of which not the key is known.
  [[nodiscard]] Record* find_stand_in(const EntityMetadata& entity, std::uint16_t column,
                                      const db::ValueView& value) const;
  /// Makes it findable by the value that it has in the database. It need not be taken out: what is
  /// found is looked at again.
  void insert_by(Record& record, std::uint16_t column);
  void clear();
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void grow();
  void put(Record& record, std::uint64_t hash);
  [[nodiscard]] static std::uint64_t hash_of(const Record& record);
  [[nodiscard]] static bool has_key(const Record& record, const EntityMetadata& entity,
                                    std::span<const db::ValueView> key);

  struct Slot {
    std::uint64_t hash = 0;  // of an empty slot: 1 when something was erased here
    Record* record = nullptr;

    [[nodiscard]] bool erased() const { return record == nullptr && hash != 0; }
  };
  std::vector<Slot> slots_;
  std::unordered_multimap<std::uint64_t, Record*> by_unique_;
  std::size_t size_ = 0;
  std::size_t used_ = 0;  // with erased ones
};

}  // namespace roost::orm::detail
