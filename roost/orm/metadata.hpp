// What is known of entities: tables, columns, keys and relations, made once from their `meta`.
#pragma once

#include <roost/base/owned.hpp>
#include <roost/base/type_name.hpp>
#include <roost/meta/describe.hpp>
#include <roost/meta/type_descriptor.hpp>
#include <roost/orm/hooks.hpp>
#include <roost/orm/naming.hpp>
#include <roost/orm/words.hpp>
#include <roost/sql/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost::orm {

class EntityMetadata;

/// How the value of a column is found in an entity.
enum class ColumnAccess : std::uint8_t {
  plain,       // a member with an SQL value
  json,        // a member written as a JSON document
  reference,   // a Ref: the key of the entity that it refers to
  class_name,  // no member: which class the row is
  choice,      // an AnyRef: which of its classes it refers to; the key is a column of its own
};

enum class ColumnRole : std::uint8_t { ordinary, version, creation_time, update_time, soft_delete };

/// How a member is compared with its snapshot without being bound first.
enum class QuickCompare : std::uint8_t {
  none,
  boolean,
  int16,
  int32,
  int64,
  float64,
  string,
  time
};

struct ColumnMetadata {
  static constexpr std::uint16_t none = UINT16_MAX;

  std::string name;
  /// The member, and those around it: {"address", "street"}.
  std::vector<std::string_view> members;
  const reflect::TypeDescriptor* type = nullptr;  // of the member; of a reference: of the key
  const reflect::FieldDescriptor* field = nullptr;
  std::size_t offset = 0;  // from the start of the entity
  db::Codec codec;         // plain and reference
  db::ValueType value_type = db::ValueType::unknown;
  ColumnAccess access = ColumnAccess::plain;
  ColumnRole role = ColumnRole::ordinary;
  QuickCompare quick = QuickCompare::none;
  bool nullable = false;
  bool in_primary_key = false;
  bool identity = false;     // the database counts up
  bool client_uuid = false;  // made by the entity manager
  bool lazy = false;
  bool computed = false;  // generated or formula: never written
  bool concurrency_check = false;
  std::string formula;  // an expression instead of a column
  std::string generated;
  std::string server_default;
  std::string declared_type;
  std::string written_as;  // SQL with {} for the value
  std::string read_as;     // SQL with {} for the column
  std::uint32_t max_length = 0;
  std::uint16_t index = 0;
  std::uint32_t snapshot_place = 0;  // see detail/snapshot.hpp
  std::uint16_t relation = none;     // of a reference or choice: its relation
  std::uint16_t target_column = 0;   // … and its position in the relation's target_columns
  /// Of a member of a std::optional struct: that member of the entity, and its place. `offset` is
  /// then that in the struct.
  const reflect::TypeDescriptor* inside = nullptr;
  std::size_t inside_offset = 0;

  /// The database makes something of the value that is written, or of what it keeps.
  [[nodiscard]] bool is_converted() const { return !written_as.empty() || !read_as.empty(); }
  /// Says what a reference refers to, alone or with another column.
  [[nodiscard]] bool is_of_reference() const {
    return access == ColumnAccess::reference || access == ColumnAccess::choice;
  }
  /// Appends the SQL of the value that is written, of which `placeholder` is the SQL.
  void append_written(std::string_view placeholder, std::string& out) const;
  /// Appends the SQL of what is read, of which `column_sql` is the column.
  void append_read(std::string_view column_sql, std::string& out) const;
};

struct RelationMetadata {
  std::string_view name;  // the member
  const reflect::FieldDescriptor* field = nullptr;
  const EntityMetadata* owner = nullptr;
  const EntityMetadata* target = nullptr;        // of an AnyRef null: see `choices`
  const RelationMetadata* other_side = nullptr;  // of a bidirectional relation
  std::size_t offset = 0;
  RelationKind kind = RelationKind::many_to_one;
  bool owning = true;  // holds the column, or the table of pairs
  bool nullable = false;
  bool cascade_persist = true;
  bool cascade_remove = false;
  bool orphan_removal = false;
  bool with_key = false;  // of the side without column: finds read the partner's key
  ReferentialAction on_delete = ReferentialAction::no_action;
  ReferentialAction on_update = ReferentialAction::no_action;
  std::uint16_t index = 0;
  std::vector<std::uint16_t> columns;  // of an owning reference, in the order of target_columns
  std::vector<std::uint16_t> target_columns;  // … of the target, to which they refer: its key, or
  bool by_unique = false;                     // … one column that is unique there
  std::string pivot_table;                    // many to many, on both sides
  std::vector<std::string> pivot_owner_columns;   // that refer to `owner`
  std::vector<std::string> pivot_target_columns;  // that refer to `target`
  const EntityMetadata* pivot_entity = nullptr;   // whose rows are the pairs, if they are entities
  const RelationMetadata* pivot_owner = nullptr;  // its references to `owner` and `target`
  const RelationMetadata* pivot_target = nullptr;
  std::string_view sorted_by;
  bool sorted_descending = false;
  bool keeps_order = false;       // pairs are numbered: items stand in the order of their pairs
  std::string pivot_sequence;     // the column of these numbers
  std::string pivot_kind_column;  // of pairs of several classes: says of which one a pair is …
  std::string pivot_kind;         // … of these ones; on both sides
  /// Of an AnyRef: what it is when it refers to the one class or the other. These have a target,
  /// another side of their own, and as columns the one of the key; the relation itself has both.
  std::vector<RelationMetadata> choices;
  std::string choice_name;                             // of such a choice: what stands for it …
  std::uint16_t choice_column = ColumnMetadata::none;  // … in this column of `owner`

  [[nodiscard]] bool shares_pivot() const { return !pivot_kind_column.empty(); }
  [[nodiscard]] bool is_any() const { return !choices.empty(); }
  [[nodiscard]] bool is_choice() const { return choice_column != ColumnMetadata::none; }
  /// Of an AnyRef that refers to such an entity: its choice; null where it cannot.
  [[nodiscard]] const RelationMetadata* choice_for(const EntityMetadata& entity) const;
  /// The same by what stands in the column.
  [[nodiscard]] const RelationMetadata* choice_named(std::string_view wanted) const;
  /// The only one whose target is, or extends, this class.
  [[nodiscard]] const RelationMetadata* choice_with(const reflect::TypeDescriptor& type) const;
  /// The relation itself, or of an AnyRef what it is when it refers to such an entity.
  [[nodiscard]] const RelationMetadata& when_to(const EntityMetadata& entity) const {
    const RelationMetadata* choice = is_any() ? choice_for(entity) : nullptr;
    return choice == nullptr ? *this : *choice;
  }
  /// Of a reference: entities of a family are among those that it refers to.
  [[nodiscard]] bool may_refer_to(const EntityMetadata& root) const;
  /// Calls it for the target, or for all of an AnyRef.
  template <class Take>
  void each_target(const Take& take) const {
    if (!is_any()) return take(*target);
    for (const RelationMetadata& choice : choices) take(*choice.target);
  }
  /// "Post", "Post or Comment"
  [[nodiscard]] std::string target_names() const;

  [[nodiscard]] bool to_many() const {
    return kind == RelationKind::one_to_many || kind == RelationKind::many_to_many;
  }
  /// Of a side that holds no column: the columns of `owner` to which the other side, or the table
  /// of pairs, refers.
  [[nodiscard]] const std::vector<std::uint16_t>& owner_columns() const;
};

struct UniqueMetadata {
  std::vector<std::uint16_t> columns;
};

struct CheckMetadata {
  std::string name;
  std::string condition;
};

/// A condition that finds of the class have; see filtered_by.
struct FilterMetadata {
  FilterWord word;
  const EntityMetadata* entity;

  /// The type of a filter's parameter, for messages.
  [[nodiscard]] static std::string name_of(TypeId parameter);
};

/// One entity class. Immutable once its Metadata are made; lives as long as these.
class EntityMetadata {
 public:
  static constexpr std::uint16_t none = UINT16_MAX;
  static constexpr std::size_t most_columns = 64;

  const reflect::TypeDescriptor* type = nullptr;
  TypeId id;
  const EntityHooks* hooks = nullptr;
  std::string_view name;  // of the class
  std::string table;
  std::string schema_name;
  bool schema_is_chosen = false;  // by the manager
  std::vector<ColumnMetadata> columns;
  std::vector<RelationMetadata> relations;
  std::vector<std::uint16_t> primary_key;
  std::vector<UniqueMetadata> uniques;  // without the primary key
  std::vector<UniqueMetadata> indexes;
  std::vector<const RelationMetadata*> pivot_of;  // many to many relations whose pairs these are
  std::vector<std::uint16_t> referred_columns;    // unique ones, to which references refer
  /// Choices of AnyRefs to this class, of which flushes keep up what a foreign key would.
  std::vector<const RelationMetadata*> kept_choices;
  std::vector<CheckMetadata> checks;
  /// The version, and columns that say concurrency_check: their old values are compared when a row
  /// is written.
  std::vector<std::uint16_t> guards;
  std::uint16_t version_column = none;
  std::uint16_t creation_column = none;
  std::uint16_t update_column = none;
  std::uint16_t soft_delete_column = none;
  std::uint16_t identity_column = none;
  std::uint32_t key_block = 0;     // of a pooled_key: how many numbers are asked for at once
  std::uint16_t index = 0;         // in Metadata::entities()
  std::uint64_t read_columns = 0;  // one bit for each that is not lazy
  bool has_owning_references = false;
  bool has_any_references = false;  // AnyRefs

  // Of a class that extends another one: columns and relations begin with those of the parent.
  const EntityMetadata* root = nullptr;    // the first class; of most classes they themselves
  const EntityMetadata* parent = nullptr;  // null: the root
  std::vector<const EntityMetadata*> descendants;  // parents first
  bool joined = false;                             // one table for each class
  std::uint16_t class_column = none;
  std::string class_name;                  // its value for this class
  std::size_t room = 0;                    // bytes for an entity of this class or a descendant
  std::uint32_t snapshot_size = 0;         // bytes, see detail/snapshot.hpp
  std::uint32_t family_snapshot_size = 0;  // the most that one of these has

  [[nodiscard]] bool is_kind_of(const EntityMetadata& other) const {
    for (const EntityMetadata* at = this; at != nullptr; at = at->parent) {
      if (at == &other) return true;
    }
    return false;
  }
  [[nodiscard]] bool has_family() const { return class_column != none; }
  /// Whose table holds the column.
  [[nodiscard]] const EntityMetadata& table_of(const ColumnMetadata& column) const;

  [[nodiscard]] const RelationMetadata* find_relation(std::string_view member) const;
  [[nodiscard]] const ColumnMetadata* find_column(std::span<const std::string_view> members) const;
  /// Relations whose partner's key is read with each row, behind the columns.
  [[nodiscard]] std::vector<const RelationMetadata*> keyed_relations() const;
  [[nodiscard]] const ColumnMetadata* column_named(std::string_view column) const;
};

/// An entity class before its description has been looked at.
struct EntityEntry {
  TypeId id;
  reflect::TypeRef type;
  const EntityHooks* hooks;
  std::vector<FilterWord> filters{};  // beside those that the class itself declares
};

/// All entities of a data source. Immutable; safe from every thread.
class Metadata {
 public:
  /// Throws MetadataError, which lists every fault of every entity.
  explicit Metadata(std::vector<EntityEntry> entries,
                    const NamingStrategy& naming = snake_case_names());
  Metadata(const Metadata&) = delete;
  Metadata& operator=(const Metadata&) = delete;
  ~Metadata();

  [[nodiscard]] std::span<const Owned<EntityMetadata>> entities() const { return entities_; }
  [[nodiscard]] const EntityMetadata* find(TypeId id) const;
  [[nodiscard]] const EntityMetadata* find(const reflect::TypeDescriptor& type) const;
  /// Throws UsageError, which names the class, when it is not among the entities.
  [[nodiscard]] const EntityMetadata& of(const reflect::TypeDescriptor& type) const;

  /// How tables and columns are named that do not say it themselves.
  [[nodiscard]] const NamingStrategy& naming() const { return *naming_; }
  /// Of all classes.
  [[nodiscard]] const std::vector<FilterMetadata>& filters() const { return filters_; }

  /// One line a table, column and relation, as tests and tools show it.
  [[nodiscard]] std::string dump() const;

 private:
  void collect_filters(const std::vector<EntityEntry>& entries);
  void add_filter(const EntityMetadata& entity, const FilterWord& word);

  const NamingStrategy* naming_;
  std::vector<Owned<EntityMetadata>> entities_;
  std::vector<FilterMetadata> filters_;
  std::vector<const EntityMetadata*> by_type_;  // hash table over descriptors
};

/// The entities of a data source: `entities<Event, User, Registration>()`.
template <class... E>
[[nodiscard]] std::vector<EntityEntry> entities() {
  static_cast<void>((detail::check_entity<E>() && ...));
  return {EntityEntry{TypeId::of<E>(), &reflect::type_of<E>, &detail::hooks_of<E>}...};
}

}  // namespace roost::orm
