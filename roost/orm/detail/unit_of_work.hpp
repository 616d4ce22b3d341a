// One flush: from what the application changed to one batch of statements, and back.
//
//   collect   cascades, orphans, and what differs from the snapshots: data, nothing is sent
//   plan      order and batching: the statements with their values
//   apply     after the database said yes: keys, versions, snapshots, states
//
// When the database says no, nothing is applied: everything waits for the next flush.
#pragma once

#include <roost/orm/detail/key_pools.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/result.hpp>
#include <roost/sql/scratch.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace roost::orm::detail {

struct SelectPlan;

/// What happens to one row.
struct RowChange {
  enum class Kind : std::uint8_t { insert, update, remove };

  Record* record = nullptr;
  Kind kind = Kind::insert;
  std::uint64_t columns = 0;          // one bit for each that is written
  std::vector<db::ValueView> values;  // by column index, of those
  std::uint64_t assigned = 0;         // columns that the flush itself gives a value
  std::uint64_t later = 0;            // references to rows that are inserted after this one
  bool early = false;                 // before the inserts
  bool planned = false;               // a member of a chain whose statement stands
  bool alone = false;                 // not together with others: takes part in a chain of keys
  bool keyed = false;                 // by a pool
  bool awaited = false;               // a later row needs the key that the database gives it
  std::vector<std::uint32_t> after;   // changes that free a unique key for this one
  std::uint32_t statement = UINT32_MAX;
  std::uint32_t row = 0;
};

/// A pair of a many to many relation, seen from the owning side.
struct PairChange {
  const RelationMetadata* relation;
  Record* owner;
  Record* target;

  friend bool operator==(const PairChange&, const PairChange&) = default;
};

class UnitOfWork {
 public:
  explicit UnitOfWork(Session& session);
  UnitOfWork(const UnitOfWork&) = delete;
  UnitOfWork& operator=(const UnitOfWork&) = delete;
  /// Takes back what `collect` did to the entities, unless it was applied.
  ~UnitOfWork();

  /// For how many new rows of which classes keys are taken from the pools: the first part of
  /// `collect`, which need not be done again unless it is taken back.
  /// What they are given is theirs; the rest goes back to the pools.
  [[nodiscard]] std::vector<ReservedKeys>& find_keys_needed();
  void take_back_cascades();
  void collect();
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool touches_collections() const { return !collections_.empty(); }
  /// Tells subscribers of the flush, around what the database is asked.
  void tell_before_flush();
  void tell_on_flush();
  void tell_after_flush();
  void plan();
  [[nodiscard]] const db::Batch& batch() const { return batch_; }
  /// Throws where a row is not there to which others of the batch may have been made to refer.
  void require_carried(const std::vector<db::Result>& results) const;
  void apply(const std::vector<db::Result>& results);
  /// The batch is one statement that changes one row, found by its key, if its version fits.
  [[nodiscard]] bool is_one_row() const;
  /// What a statement that did not meet its row means.
  [[nodiscard]] std::exception_ptr lock_error(std::uint32_t statement) const;

 private:
  using Kind = RowChange::Kind;
  /// A statement under construction: numbers placeholders and keeps types and values.
  class Writer;
  /// A collection that was set without having been read.
  struct Replaced {
    Record* owner;
    const RelationMetadata* relation;
  };

  // collect
  void cascade();
  void cascade_persist();
  void cascade_remove();
  void reach(Record& record, std::vector<Record*>& found);
  void move_to(Record& record, RecordState state);
  void collect_row(Record& record);
  void collect_insert(Record& record);
  void collect_update(Record& record);
  // key_pools.cpp
  bool give_key(Record& record);
  void bind_given_keys();
  void refill_pools();
  void end_refills(const std::vector<db::Result>* results);
  void release_keys();
  [[nodiscard]] std::uint64_t changed_columns(Record& record);
  static void require_guard(const Record& record, std::uint64_t changed);
  void collect_removal(Record& record);
  void tell_before_change(Record& record, ChangeKind kind, std::uint64_t columns);
  void collect_collections(Record& record);
  void collect_pairs(Record& owner, const RelationMetadata& relation, CollectionState& state);
  void add_pair(std::vector<PairChange>& pairs, const RelationMetadata& relation, Record& owner,
                Record& item);
  static void unite(std::vector<PairChange>& pairs);
  // write_pairs.cpp
  /// Of pairs that are rows of an entity: what the application did to these entities counts.
  void meet_pivots();
  void meet_replaced(const PairChange& pair, Record& row);
  void assign(RowChange& change, std::uint16_t column, const db::ValueView& value);
  void require_references(const Record& record) const;
  static void require_kept_targets(const Record& record);

  // plan
  void order_entities();
  void free_unique_keys();
  [[nodiscard]] std::string unique_key(const RowChange& change,
                                       const std::vector<std::uint16_t>& columns,
                                       bool before) const;
  [[nodiscard]] static bool has_guards(const RowChange& change);
  void plan_removals(bool early);
  void plan_removals_of(const EntityMetadata& entity, std::span<RowChange* const> rows,
                        bool guarded);
  void plan_inserts();
  void order_rows(std::vector<RowChange*>& rows);
  [[nodiscard]] static bool go_together(const RowChange& a, const RowChange& b);
  [[nodiscard]] static std::vector<const ColumnMetadata*> columns_of_insert(
      std::span<RowChange* const> rows);
  [[nodiscard]] static const RelationMetadata& relation_of(const RowChange& change,
                                                           const ColumnMetadata& column);
  void plan_joined_inserts(std::span<RowChange* const> rows);
  void find_awaited();
  void await(const Record* target);
  void carry_key(const RowChange& change, std::span<const ColumnMetadata* const> returned,
                 Writer& writer);
  [[nodiscard]] std::optional<std::size_t> carried(const db::ValueView& value) const;
  void plan_insert_group(std::span<RowChange* const> rows);
  void insert_keys_only(std::span<RowChange* const> rows);
  void postpone_references(std::span<RowChange* const> rows,
                           std::span<const ColumnMetadata* const> columns, bool mixed);
  void unnest_rows(std::span<RowChange* const> rows, std::span<const ColumnMetadata* const> columns,
                   Writer& writer);
  [[nodiscard]] std::string key_of_insert(std::span<RowChange* const> rows,
                                          std::span<const ColumnMetadata* const> columns,
                                          bool unnests);
  // write_choices.cpp
  void plan_kept_choices(std::span<RowChange* const> rows);
  void plan_shared_pairs(std::span<RowChange* const> rows);
  void plan_kept_choice(const RelationMetadata& choice, std::span<const db::ValueView> keys);
  void order_by_key(std::vector<RowChange*>& rows);
  void plan_updates(bool early);
  void plan_update_group(std::span<RowChange* const> rows);
  void plan_update_alone(RowChange& change, std::uint64_t columns, bool checks_version);
  void plan_update_of(RowChange& change, const EntityMetadata& table, std::uint64_t columns,
                      bool checks_version, bool counts_version);
  [[nodiscard]] static std::vector<const EntityMetadata*> tables_of(const EntityMetadata& entity,
                                                                    std::uint64_t columns);
  void plan_chain(std::vector<RowChange*>& chain);
  void plan_later_references();
  void plan_replaced_collections();
  void plan_pairs();
  /// The columns of an entity whose rows are pairs, beside its references: what the class gives.
  [[nodiscard]] std::vector<std::pair<const ColumnMetadata*, db::ValueView>> defaults_of_pairs(
      const RelationMetadata& relation);
  void plan_pair_group(const RelationMetadata& relation, std::span<const PairChange> pairs,
                       bool insert);
  [[nodiscard]] db::ValueView value_of(const RowChange& change, const ColumnMetadata& column);
  [[nodiscard]] db::ValueView key_value(const Record& record, std::size_t part);
  [[nodiscard]] db::ValueView stand_in(const ColumnMetadata& column);
  [[nodiscard]] bool is_postgresql() const { return postgresql_; }
  [[nodiscard]] bool can_unnest(const EntityMetadata& entity, std::uint64_t columns) const;
  void append_table(const EntityMetadata& entity, std::string& out) const;
  void append_pivot(const RelationMetadata& relation, std::string& out) const;
  void append_name(std::string_view name, std::string& out) const {
    dialect_.append_identifier(out, name);
  }

  void keep_pairs(const Replaced& replaced, Writer& writer);
  static void append_next_version(const RowChange& change, std::string_view row, Writer& writer);
  std::uint32_t send(std::string text, std::vector<db::ValueType> types,
                     std::span<const db::ValueView> values, std::uint32_t expected,
                     std::vector<RowChange*> rows);

  std::uint32_t send(const SelectPlan& kept, std::span<const db::ValueView> values,
                     std::uint32_t expected, std::vector<RowChange*> rows);

  // apply
  void remember(Record& record, bool clear_identity);
  void apply_returned(const std::vector<db::Result>& results);
  void apply_removals();
  void forget_removed(Record& record);
  /// The database has changed along what referred to unique values that were changed.
  void follow_referred_values();
  void apply_collections();
  void show_pivots();
  void show_pair(const RelationMetadata& relation, Record& owner, Record& target, bool enters);

  Session& session_;
  const db::Dialect& dialect_;
  bool postgresql_;
  db::Scratch scratch_;
  db::ValueView now_;
  /// As a record was before the cascades reached it.
  struct Moved {
    Record* record;
    RecordState state;
    bool orphan;
  };
  std::vector<Moved> moved_;
  bool cascaded_ = false;
  std::deque<RowChange> changes_;
  std::vector<PairChange> new_pairs_;
  std::vector<PairChange> lost_pairs_;
  std::vector<PairChange> met_pairs_;  // that the application has written by their entities
  std::vector<Replaced> replaced_;
  std::vector<Record*> lost_rows_;  // entities whose rows are deleted as pairs
  /// An entity of which the default values are written, while they are in use.
  struct Sample {
    Sample(const EntityMetadata& entity, Session& session);
    Sample(const Sample&) = delete;
    Sample& operator=(const Sample&) = delete;
    ~Sample();

    std::vector<std::max_align_t> memory;
    Record* record = nullptr;
  };
  std::deque<Sample> samples_;
  std::vector<std::pair<Record*, const RelationMetadata*>> collections_;
  std::vector<const EntityMetadata*> order_;  // of the tables that are written
  std::vector<ReservedKeys> reserved_;
  std::vector<Record*> keyed_;  // whose key is taken back unless it was applied
  struct Refill {
    const ReservedKeys* keys;
    std::uint32_t statement;
  };
  std::vector<Refill> refills_;
  /// A generated key that statements after its INSERT find in the session.
  struct Carried {
    std::uint32_t statement;
    std::uint32_t column;
    const Record* record;
  };
  std::vector<Carried> carried_;

  FlushEvent event_{session_};
  bool told_ = false;  // there are subscribers

  std::vector<std::unique_ptr<SelectPlan>> spare_plans_;  // for which there was no room
  db::Batch batch_;
  std::deque<std::string> texts_;
  std::deque<std::vector<db::ValueType>> types_;
  std::vector<std::vector<RowChange*>> rows_of_statement_;
  std::uint32_t stand_ins_ = 0;
};

}  // namespace roost::orm::detail
