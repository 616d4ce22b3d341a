// What an entity manager knows of one entity: stands in memory right before the entity.
#pragma once

#include <cstddef>
#include <cstdint>

namespace roost::orm {
class EntityMetadata;
}

namespace roost::orm::detail {

class Session;

enum class RecordState : std::uint8_t {
  transient,  // made, not to be inserted unless it is persisted or reached
  added,      // to be inserted by the next flush
  reference,  // only the key is known
  managed,    // a row of the database, with a snapshot
  read_only,  // a row of the database that is not watched
  removed,    // a row to be deleted by the next flush
  detached,   // no row any more, or forgotten by `clear`
};

/// Lives in the session's memory, as long as the session.
struct alignas(16) Record {
  Session* session = nullptr;
  const EntityMetadata* metadata = nullptr;
  /// Values of the columns as the database has them, see detail/snapshot.hpp; null: none.
  std::byte* snapshot = nullptr;
  /// One bit a column: what has been loaded (of a new entity: everything).
  std::uint64_t loaded = 0;
  /// The next one in the order of making.
  Record* next = nullptr;
  std::uint32_t mark = 0;  // scratch of one flush: number of its change set, or 0
  /// Of a reference of which not the key is known, but the value of this unique column.
  std::uint16_t known_by = UINT16_MAX;
  RecordState state = RecordState::transient;
  // Bits: there are many records, and they stand 16 bytes apart.
  bool in_map : 1 = false;
  bool touched : 1 = false;    // only its key is known, and a reference of it was changed
  bool visited : 1 = false;    // scratch of a walk
  bool orphan : 1 = false;     // left a collection with orphan removal
  bool discarded : 1 = false;  // removed before it was inserted
  bool missing : 1 = false;    // a load did not find the row
  bool inserted : 1 = false;   // by this session: a collection that was never used is empty

  [[nodiscard]] void* entity() { return this + 1; }
  [[nodiscard]] const void* entity() const { return this + 1; }
  [[nodiscard]] bool is_new() const {
    return state == RecordState::transient || state == RecordState::added;
  }
  [[nodiscard]] bool is_row() const {
    return state == RecordState::reference || state == RecordState::managed ||
           state == RecordState::read_only || state == RecordState::removed;
  }
  /// Its values as the database has them are known, not only those of changed references.
  [[nodiscard]] bool was_read() const { return snapshot != nullptr && !touched; }
  /// Its primary key is not known (a new row's may come later: `has_key`).
  [[nodiscard]] bool lacks_key() const { return known_by != UINT16_MAX; }
  /// Its members can be used.
  [[nodiscard]] bool has_content() const { return state != RecordState::reference; }

  [[nodiscard]] static Record* of(void* entity) { return static_cast<Record*>(entity) - 1; }
  [[nodiscard]] static const Record* of(const void* entity) {
    return static_cast<const Record*>(entity) - 1;
  }
};

}  // namespace roost::orm::detail
