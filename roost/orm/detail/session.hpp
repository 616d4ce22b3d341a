// Everything that an entity manager does, without the types of its entities: the records, the
// identity map, loading, and the unit of work.
#pragma once

#include <roost/async/semaphore.hpp>
#include <roost/async/task.hpp>
#include <roost/orm/data_source.hpp>
#include <roost/orm/detail/arena.hpp>
#include <roost/orm/detail/bulk_options.hpp>
#include <roost/orm/detail/identity_map.hpp>
#include <roost/orm/detail/key_pools.hpp>
#include <roost/orm/detail/record.hpp>
#include <roost/orm/detail/relation_base.hpp>
#include <roost/orm/entity_stream.hpp>
#include <roost/orm/find_options.hpp>
#include <roost/orm/metadata.hpp>
#include <roost/sql/driver.hpp>
#include <roost/sql/modify.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace roost::orm::detail {

/// A change to the bookkeeping that a rollback takes back.
struct UndoEntry {
  Record* record;
  std::byte* snapshot;
  std::uint64_t loaded;
  RecordState state;
  bool touched;
  bool clear_identity;  // the key was given by the database
};
struct UndoCollection {
  CollectionBase* collection;
  CollectionState before;
};

/// A page as Session::find_by_cursor returns it.
struct CursorRows {
  std::vector<void*> entities;
  std::string start_cursor;
  std::string end_cursor;
  bool has_next = false;
  bool has_previous = false;
};

/// A condition that is added to finds of a class.
struct Filter {
  std::string name;
  const EntityMetadata* entity;
  Expression condition;
  const FilterWord* defined = nullptr;  // by the class; null: by the manager
  bool enabled = true;
  bool incomplete = false;  // its parameter has not been given
};

class Session {
 public:
  explicit Session(const DataSource& source);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  [[nodiscard]] const DataSource& source() const { return source_; }
  [[nodiscard]] const Metadata& metadata() const { return source_.metadata(); }
  [[nodiscard]] IdentityMap& identity_map() { return identity_map_; }
  [[nodiscard]] Arena& arena() { return arena_; }
  /// The transaction that is open, or the database.
  [[nodiscard]] db::Executor& executor();
  [[nodiscard]] Record* first_record() const { return first_; }
  [[nodiscard]] std::size_t size() const { return identity_map_.size(); }

  /// A new entity: a copy moved from `source`, or of default values when that is null.
  Record& make(const EntityMetadata& entity, void* source, RecordState state);
  /// The record of an entity of this session; throws UsageError for any other object.
  [[nodiscard]] Record& record_of(const void* entity) const;
  [[nodiscard]] bool owns(const void* entity) const;

  /// A new entity with what it gets at once: a UUID as key.
  Record& create(const EntityMetadata& entity, void* source, bool persist);
  void persist(Record& record);
  void remove(Record& record);
  /// The record with this key; one of which only the key is known when there is none yet.
  Record& reference(const EntityMetadata& entity, std::span<const db::ValueView> key);
  /// The row with this value in one of its referred_columns; one of which only that is known when
  /// there is none yet.
  Record& reference_by(const EntityMetadata& entity, std::uint16_t column,
                       const db::ValueView& value);
  /// The key of a row that stood there by another value turned out to be this: from now on it is
  /// that row, or gives way to it where it is known already.
  void identify(Record& stand_in, const EntityMetadata& entity, std::span<const db::ValueView> key);
  /// Makes a row findable by the values of its referred_columns.
  void register_referred(Record& record);
  /// Makes of the reference to an entity, of which only the key is known, one of the class that
  /// its row turned out to be. Throws UsageError when that contradicts what is known.
  void narrow(Record& record, const EntityMetadata& entity);
  /// Of an entity whose row is gone: it is not watched any more.
  void forget(Record& record);
  /// Forgets every entity: their memory stays valid, their changes are no longer written.
  void clear();

  /// Takes the entity's present values as those of the database.
  void take_snapshot(Record& record);
  /// Says in the snapshot what the database has of one column.
  void put_snapshot(Record& record, const ColumnMetadata& column, const db::ValueView& value);
  /// True when a column differs from the snapshot.
  [[nodiscard]] bool is_changed(const Record& record) const;
  /// The state of a row that is not to be deleted after all.
  [[nodiscard]] static RecordState state_of_kept_row(const Record& record);

  void set_filter(std::string_view name, const EntityMetadata& entity, Expression condition);
  void remove_filter(std::string_view name);
  void enable_filter(std::string_view name, bool enabled);
  void set_filter_parameter(std::string_view name, TypeId type, const void* parameter);
  /// Filters and schema of another one.
  void take_settings(const Session& other);
  /// The filters that narrow what is found of the class. Throws UsageError when one of them was not
  /// given its parameter, or the choice names one that is not there.
  [[nodiscard]] std::vector<const Filter*> filters_of(const EntityMetadata& entity,
                                                      const FilterChoice& choice) const;
  /// The schema of the classes that leave it to the manager. Throws UsageError when the database
  /// has no schemas, or when entities are here already.
  void set_schema(std::string_view schema);
  [[nodiscard]] const std::string& schema() const { return schema_; }
  [[nodiscard]] const std::vector<Filter>& filters() const { return filters_; }

  // flush_modes.cpp
  void set_flush_mode(FlushMode mode) { flush_mode_ = mode; }
  [[nodiscard]] FlushMode flush_mode() const { return flush_mode_; }
  /// True when something waits that the find ought to see, by the flush mode that it has.
  [[nodiscard]] bool must_flush_before(const EntityMetadata& entity,
                                       const FindOptions& options) const;
  /// Throws OptimisticLockError when the entity has another version, or none.
  void require_version(const Record& record, std::int64_t version) const;

  void subscribe(Subscriber& subscriber) { subscribers_.push_back(&subscriber); }
  /// Calls `tell(Subscriber&)` for all: those of the data source first.
  template <class Tell>
  void each_subscriber(const Tell& tell) const {
    for (Subscriber* subscriber : source_.subscribers()) tell(*subscriber);
    for (Subscriber* subscriber : subscribers_) tell(*subscriber);
  }
  [[nodiscard]] bool has_subscribers() const {
    return !subscribers_.empty() || !source_.subscribers().empty();
  }

  // Called by relations when the application changes them.
  void reference_changed(Record& owner, RefBase& reference, std::uintptr_t before);
  bool add_to(Record& owner, CollectionBase& collection, Record& item);
  bool remove_from(Record& owner, CollectionBase& collection, Record& item);
  void clear_collection(Record& owner, CollectionBase& collection);
  void set_collection(Record& owner, CollectionBase& collection, std::vector<Record*> items);
  [[nodiscard]] static const RelationMetadata& relation_at(const Record& owner, const void* member);

  // loader.cpp
  Task<std::vector<void*>> find(const EntityMetadata& entity, FindOptions options);
  /// With the number of all rows, in the same round trip.
  Task<std::vector<void*>> find(const EntityMetadata& entity, FindOptions options,
                                std::uint64_t& total);
  Task<CursorRows> find_by_cursor(const EntityMetadata& entity, FindOptions options);
  /// By a key of one part and nothing else, with a statement that is kept ready.
  Task<void*> find_by_key(const EntityMetadata& entity, db::Value key, bool read_only,
                          IfMissing missing);
  /// By FindOptions::key, from the identity map if nothing else is asked for.
  Task<void*> find_by_key(const EntityMetadata& entity, FindOptions options);
  Task<void> lock(Record& record, LockMode mode);
  Task<std::uint64_t> count(const EntityMetadata& entity, FindOptions options);
  Task<RawStream> stream(const EntityMetadata& entity, FindOptions options);
  Task<void> populate(std::vector<Record*> roots, std::vector<PopulatePath> paths);
  Task<void> load(Record& record, bool again);
  /// A lazy column of an entity that is loaded.
  Task<void> load_column(Record& record, std::string_view member);
  Task<void> load_collection(Record& owner, CollectionBase& collection, bool again);
  Task<std::size_t> count_collection(Record& owner, CollectionBase& collection);
  Task<void> load_part(Record& owner, CollectionBase& collection,
                       Shared<const RelationOptions> options);
  Task<std::vector<void*>> find_matching(Record& owner, CollectionBase& collection,
                                         Shared<const RelationOptions> options);
  Task<std::size_t> count_matching(Record& owner, CollectionBase& collection,
                                   Shared<const RelationOptions> options);
  // load_together.cpp
  /// Together with what others ask for in the same turn of the loop.
  Task<void> load_relation(Record& owner, const RelationMetadata& relation);

  // bulk.cpp
  Task<std::vector<void*>> upsert(const EntityMetadata& entity, std::vector<void*> sources,
                                  MemberNames members);
  /// The row that has the same unique key; inserted if there is none.
  Task<void*> insert_or_find(const EntityMetadata& entity, void* source, MemberNames members);
  /// Inserts without keeping; the rows get what the database gave them.
  Task<void> insert_rows(const EntityMetadata& entity, std::vector<void*> rows);
  Task<std::uint64_t> update_where(reflect::TypeRef type, Expression condition,
                                   BulkOptions options);
  Task<std::uint64_t> delete_where(reflect::TypeRef type, Expression condition,
                                   BulkOptions options);

  Expression bulk_condition(const reflect::TypeDescriptor& type, Expression condition,
                            const FilterChoice& choice);

  // unit_of_work.cpp
  Task<void> flush();
  // Keys for the new rows of a flush, from the pools of the data source.
  bool take_keys(std::vector<ReservedKeys>& reserved);
  Task<void> request_keys(std::vector<ReservedKeys>& reserved);

  // transactions.cpp
  /// For what writes. When the database refuses it, outside a transaction, because of a deadlock or
  /// a serialization failure, it is sent again, some times; after a deadlock when nobody else is.
  Task<db::Result> write(const db::Statement& statement, std::span<const db::ValueView> parameters);
  Task<std::vector<db::Result>> write(const db::Batch& batch);
  Task<void> begin(db::TransactionOptions options);
  Task<void> commit();
  Task<void> rollback();
  [[nodiscard]] bool in_transaction() const { return !levels_.empty(); }
  [[nodiscard]] db::Transaction* transaction() const { return transaction_.get(); }

 private:
  [[noreturn]] static void throw_unknown(std::string_view filter);
  [[nodiscard]] bool goes_again(const std::exception_ptr& refusal);
  void check_known(const FilterChoice& choice) const;
  friend class UnitOfWork;
  friend class Loader;

  struct Level {
    std::size_t undo_entries;
    std::size_t undo_collections;
    bool has_savepoint;
    db::Savepoint savepoint;
  };

  /// What find_by_key knows before it asks.
  struct KeyLookup {
    const db::Statement* statement = nullptr;  // null: it takes more than one that is kept ready
    void* entity = nullptr;                    // null, though it is known: there is none
    bool is_known = false;
  };
  [[nodiscard]] KeyLookup look_up(const EntityMetadata& entity, db::Value& key, bool read_only);
  Task<void*> find_with_options(const EntityMetadata& entity, db::Value key, bool read_only);
  [[nodiscard]] void* take_row(const EntityMetadata& entity, const db::Result& result,
                               bool read_only);

  void attach_relations(Record& record);
  /// Of classes whose roots are among `roots`; of any when that is empty.
  [[nodiscard]] bool something_waits(const std::vector<const EntityMetadata*>& roots) const;
  void write_key(Record& record, std::span<const db::ValueView> key);
  static void forget_partners(Record& record);
  /// What referred to one refers to the other.
  void redirect(Record& from, Record& to);
  /// Makes a new entity whose key is known findable by it.
  void register_key(Record& record);
  /// Out of, or back into, what the other side shows of the relations that the entity owns.
  void leave_other_sides(Record& record);
  void return_to_other_sides(Record& record);
  /// Before a reference of `holder` changes: of a row that was never read, what is to be written.
  void touch(Record& holder, const RelationMetadata& relation);
  void set_far_side(Record& holder, const RelationMetadata& relation, Record* target);
  void move_one_to_one(Record& owner, const RelationMetadata& relation, Record* before,
                       Record* after);
  void leave_collection(Record* parent, const RelationMetadata& many, Record& item);
  void enter_collection(Record* parent, const RelationMetadata& many, Record& item);
  void mirror_add(const RelationMetadata& relation, Record& owner, Record& item);
  void leave_unread(Record& owner, const RelationMetadata& relation);
  void mirror_remove(const RelationMetadata& relation, Record& owner, Record& item);
  void restore(const Level& level);
  void restore_record(const UndoEntry& entry);
  void restore_read_row(const UndoEntry& entry);
  static void restore_collection(UndoCollection& entry);
  static void leave_replaced(const UndoCollection& entry);
  static void keep_members(CollectionBase& collection);

  const DataSource& source_;
  Arena arena_;
  IdentityMap identity_map_;
  Record* first_ = nullptr;
  Record* last_ = nullptr;
  const Record* fresh_ = nullptr;  // is being made
  db::Executor* outer_ = nullptr;  // of a session that writes for another one
  Owned<db::Transaction> transaction_;
  std::vector<Filter> filters_;
  std::string schema_;
  std::vector<Level> levels_;
  std::vector<UndoEntry> undo_;
  std::vector<UndoCollection> undo_collections_;
  FlushMode flush_mode_ = FlushMode::manual;
  std::vector<Subscriber*> subscribers_;
  AsyncMutex flushing_;
  /// A relation that somebody awaits.
  struct Wanted {
    Record* owner;
    const RelationMetadata* relation;
    std::shared_ptr<bool> done;
  };
  std::vector<Wanted> wanted_;
  AsyncMutex loading_;
  bool cleared_ = false;
};

}  // namespace roost::orm::detail
