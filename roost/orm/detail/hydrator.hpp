// From rows to entities.
#pragma once

#include <roost/orm/detail/session.hpp>
#include <roost/sql/result.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace roost::orm::detail {

/// Fills the entities of one class from the columns of a result that belong to it.
class Hydrator {
 public:
  /// `first` is the position of the entity's first column; the columns are those of
  /// SelectBuilder::selected; `wanted` has one bit for each of them.
  Hydrator(Session& session, const EntityMetadata& entity, std::uint64_t wanted, std::size_t first,
           bool read_only, bool refresh);

  /// The entity of the row; null when its key is NULL (a left join without partner).
  [[nodiscard]] Record* read(const db::Result& result, std::size_t row);

 private:
  /// Of a class that the rows of another one may be.
  Hydrator(const Hydrator& family, const EntityMetadata& entity);
  void place_keys();
  /// Reads rows of the class that this row is.
  [[nodiscard]] Hydrator& family_member(const db::Result& result, std::size_t row);
  [[nodiscard]] Record* read_row(const db::Result& result, std::size_t row);
  void fill(Record& record, const db::Result& result, std::size_t row);
  void leave_unread(Record& record);
  void merge(Record& record, const db::Result& result, std::size_t row);
  void read_relation(Record& record, const RelationMetadata& relation, const db::Result& result,
                     std::size_t row);
  void read_touched(Record& record, const db::Result& result, std::size_t row);
  [[nodiscard]] static bool has_left(const Record& partner, const RelationMetadata& relation,
                                     const Record& from);
  void read_partners(Record& record, const db::Result& result, std::size_t row);
  void read_one(Record& record, std::size_t position, const db::Result& result, std::size_t row);

  Session& session_;
  const EntityMetadata& entity_;
  std::vector<const ColumnMetadata*> columns_;
  std::vector<std::size_t> places_;                // of columns_ in the row, behind `first_`
  std::vector<const RelationMetadata*> keyed_;     // partners whose keys stand behind the columns
  std::size_t keyed_place_ = 0;                    // of the first of them
  std::vector<std::size_t> key_positions_;         // among columns_
  std::vector<std::unique_ptr<Hydrator>> family_;  // of descendants, as they are met
  bool has_optional_structs_ = false;
  std::vector<std::size_t> position_of_;  // by column index
  std::size_t first_;
  std::uint64_t loaded_ = 0;
  bool read_only_;
  bool refresh_;
};

}  // namespace roost::orm::detail
