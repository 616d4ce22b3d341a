// From rows to entities.
#pragma once

#include <roost/orm/detail/session.hpp>
#include <roost/sql/result.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace roost::orm::detail {

/// Where the columns of an entity stand in a row. Immutable; those of whole entities are kept with
/// the data source (Plans).
struct HydratorLayout {
  /// The columns are those of SelectBuilder::selected; `wanted` has one bit for each of them.
  HydratorLayout(const EntityMetadata& entity, std::uint64_t wanted);
  /// Of a class that the rows of `family`, which are read whole, may be.
  HydratorLayout(const EntityMetadata& entity, const EntityMetadata& family,
                 const HydratorLayout& layout_of_family);

  std::vector<const ColumnMetadata*> columns;
  std::vector<std::size_t> places;             // of columns in the row
  std::vector<const RelationMetadata*> keyed;  // partners whose keys stand behind the columns
  std::size_t keyed_place = 0;                 // of the first of them
  std::vector<std::size_t> key_positions;      // among columns
  std::vector<std::size_t> position_of;        // by column index
  std::uint64_t loaded = 0;                    // one bit for each of columns
  bool has_optional_structs = false;

 private:
  void place_keys(const EntityMetadata& entity);
};

/// Fills the entities of one class from the columns of a result that belong to it.
class Hydrator {
 public:
  /// `first` is the position of the entity's first column; `wanted` as in HydratorLayout.
  Hydrator(Session& session, const EntityMetadata& entity, std::uint64_t wanted, std::size_t first,
           bool read_only, bool refresh);

  /// Leaves entities that are here as they are: the rows may be older.
  void keep_known() { keeps_known_ = true; }
  /// The entity of the row; null when its key is NULL (a left join without partner).
  [[nodiscard]] Record* read(const db::Result& result, std::size_t row);

 private:
  /// Of a class that the rows of another one may be.
  Hydrator(const Hydrator& family, const EntityMetadata& entity);
  /// Reads rows of the class that this row is.
  [[nodiscard]] Hydrator& family_member(const db::Result& result, std::size_t row);
  [[nodiscard]] Record* read_row(const db::Result& result, std::size_t row);
  Record& read_row(std::span<const db::ValueView> key, const db::Result& result, std::size_t row);
  /// Null where there is no row.
  [[nodiscard]] db::ValueView read_key(std::size_t part, const db::Result& result, std::size_t row,
                                       db::Scratch& scratch) const;
  [[nodiscard]] bool knows_all(const Record& record) const {
    return keeps_known_ && (layout_.loaded & ~record.loaded) == 0;
  }
  void fill(Record& record, const db::Result& result, std::size_t row);
  void leave_unread(Record& record);
  /// Rows that are known by a unique value, and whose key this row says.
  void identify(std::span<const db::ValueView> key, const db::Result& result, std::size_t row);
  void merge(Record& record, const db::Result& result, std::size_t row);
  void keep_whole_references(std::vector<bool>& kept) const;
  [[nodiscard]] db::ValueView value_of(std::uint16_t column, const db::Result& result,
                                       std::size_t row) const;
  [[noreturn]] void refuse_choice(const RelationMetadata& relation, std::string_view name) const;
  void read_relation(Record& record, const RelationMetadata& relation, const db::Result& result,
                     std::size_t row);
  void read_touched(Record& record, const db::Result& result, std::size_t row);
  [[nodiscard]] static bool has_left(const Record& partner, const RelationMetadata& relation,
                                     const Record& from);
  void read_partners(Record& record, const db::Result& result, std::size_t row);
  void read_one(Record& record, std::size_t position, const db::Result& result, std::size_t row);

  Session& session_;
  const EntityMetadata& entity_;
  std::unique_ptr<const HydratorLayout> own_layout_;  // unless the data source keeps it
  const HydratorLayout& layout_;
  std::vector<std::unique_ptr<Hydrator>> family_;  // of descendants, as they are met
  std::size_t first_;
  bool read_only_;
  bool refresh_;
  bool keeps_known_ = false;
};

}  // namespace roost::orm::detail
