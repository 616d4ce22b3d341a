// The words in which a class says how it is stored: entity(…), primary_key<…>(), many_to_one<…>(),
// and the options of columns and relations. They stand in the class's `meta`:
//
//     static constexpr auto meta = orm::entity("events",
//         primary_key<&Event::id>(),
//         field<&Event::title>(max_length(120)),
//         versioned_by<&Event::version>(),
//         many_to_one<&Event::venue>(nullable),
//         unique<&Event::title, &Event::starts_at>());
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/meta/member.hpp>
#include <roost/meta/meta.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace roost::db {
class Expression;
}

namespace roost::orm {

/// Names of members of one class, in order.
struct MemberNames {
  static constexpr std::size_t capacity = 8;

  std::array<std::string_view, capacity> names{};
  std::size_t count = 0;

  [[nodiscard]] constexpr const std::string_view* begin() const { return names.data(); }
  [[nodiscard]] constexpr const std::string_view* end() const { return names.data() + count; }
};

template <auto... Members>
constexpr MemberNames member_names() {
  static_assert(sizeof...(Members) > 0 && sizeof...(Members) <= MemberNames::capacity,
                "roost: name one to eight members");
  MemberNames result;
  reflect::detail::split_list(reflect::detail::print_members<Members...>(),
                              [&](std::size_t index, std::string_view text) {
                                result.names[index] = reflect::detail::without_trailing_underscore(
                                    reflect::detail::identifier_before(text, text.size()));
                              });
  result.count = sizeof...(Members);
  return result;
}

/// About the class: it is stored in this table. An empty name is derived from the class's.
struct EntityWord {
  std::string_view table;
};
/// About the class: it and the classes that extend it share one table, or have one each.
struct InheritanceWord {
  std::string_view column;  // says of each row which class it is
  bool joined = false;
};
/// About the class: it is stored with the class from which it is derived.
struct ExtendsWord {
  TypeId base;
  std::string_view name;
};
/// About the class: its key. See `primary_key`.
struct PrimaryKeyWord {
  MemberNames members;
  bool natural = false;
  std::uint32_t block = 0;     // of a pooled_key
  std::string_view type = {};  // name of the type of the member, if it is one
};
struct UniqueWord {
  MemberNames members;
};
struct IndexWord {
  MemberNames members;
};
/// About the class: a condition in SQL that every row fulfils.
struct CheckWord {
  std::string_view name;
  std::string_view condition;
};
/// About the class: finds keep to the rows that fulfil a condition. See `filtered_by`.
struct FilterWord {
  std::string_view name;
  db::Expression (*condition)(const void* parameter);
  TypeId parameter;  // of nothing: the condition is always the same
  bool by_name = false;
};
/// The filter narrows only finds that ask for it, and those of managers that switch it on.
struct OnlyByName {};
inline constexpr OnlyByName only_by_name{};

namespace detail {

/// As what the parameter of a filter is kept and compared: texts are strings.
template <class P>
using FilterParameter = std::conditional_t<std::is_convertible_v<const P&, std::string_view>,
                                           std::string, std::remove_cvref_t<P>>;

template <auto Condition>
struct FilterFunction;
template <class R, R (*Condition)()>
struct FilterFunction<Condition> {
  using Result = R;
  static constexpr TypeId parameter{};
  static R call(const void*) { return Condition(); }
};
template <class R, class P, R (*Condition)(P)>
struct FilterFunction<Condition> {
  using Result = R;
  using Parameter = FilterParameter<P>;
  static constexpr TypeId parameter = TypeId::of<Parameter>();
  static R call(const void* value) { return Condition(*static_cast<const Parameter*>(value)); }
};

}  // namespace detail

/// About the class: its table stands in this schema (PostgreSQL).
struct SchemaWord {
  std::string_view name;
};

// About members.
struct ColumnWord {
  std::string_view name;
};
struct ColumnTypeWord {
  std::string_view type;
};
struct VersionWord {};
struct CreatedAtWord {};
struct UpdatedAtWord {};
struct SoftDeleteWord {};
struct LazyWord {};
struct NotStoredWord {};
struct GeneratedWord {
  std::string_view expression;
};
struct FormulaWord {
  std::string_view expression;
};
struct ServerDefaultWord {
  std::string_view expression;
};
struct EmbeddedWord {
  std::string_view prefix;
};
/// SQL around the value that is written, and around the column that is read.
struct WrittenAsWord {
  std::string_view sql;
};
struct ReadAsWord {
  std::string_view sql;
};
struct ConcurrencyCheckWord {};

enum class RelationKind : std::uint8_t { many_to_one, one_to_one, one_to_many, many_to_many };
struct RelationWord {
  RelationKind kind;
};
struct NullableWord {};
struct MappedByWord {
  std::string_view member;
};
struct CascadeWord {
  bool persist = false;
  bool remove = false;
};
struct NoCascadeWord {};
struct WithKeyWord {};
struct OrphanRemovalWord {};

/// What the database does with a row that refers to one that is deleted (or gets another key).
enum class ReferentialAction : std::uint8_t { no_action, restrict, cascade, set_null };
struct OnDeleteWord {
  ReferentialAction action;
};
struct OnUpdateWord {
  ReferentialAction action;
};
struct PivotWord {
  std::string_view table;
};
/// A table of pairs that relations of several classes share: a column says of which one a pair is.
struct SharedPivotWord {
  std::string_view table;
  std::string_view member;
  std::string_view name;  // of the class there; empty: that of its table
};
struct ThroughWord {
  TypeId pivot;  // the class whose rows are the pairs
  std::string_view owner_member;
  std::string_view target_member;
};
struct KeepsOrderWord {};
struct RefersToWord {
  std::string_view member;
  TypeId owner;  // none: not said
};
struct SortedByWord {
  std::string_view member;
  bool descending = false;
};
/// Of an AnyRef: what stands in its type column for a class.
struct TargetNameWord {
  TypeId target;
  std::string_view name;
};

inline constexpr auto cascade = ReferentialAction::cascade;
inline constexpr auto set_null = ReferentialAction::set_null;
inline constexpr auto restrict_delete = ReferentialAction::restrict;

template <class T>
struct this_class_is_no_entity {
  static_assert(reflect::detail::never<T>,
                "roost: this class is no entity: give it "
                "static constexpr auto meta = orm::entity(\"table\", primary_key<&T::id>(), ...)");
};
template <class T>
struct this_entity_has_no_primary_key {
  static_assert(reflect::detail::never<T>,
                "roost: this entity has no key: say primary_key<&T::id>() in its meta");
};

template <class Member>
struct a_pooled_key_is_an_integer {
  static_assert(reflect::detail::never<Member>,
                "roost: pooled_key takes numbers from the sequence of the column: make the member "
                "an integer of 16, 32 or 64 bits, or say primary_key");
};

namespace detail {

template <class Word, class... Entry>
constexpr bool says(const reflect::Meta<Entry...>*) {
  return (std::is_same_v<Word, Entry> || ...);
}

/// Specialised by any_ref.hpp: what can be known of the classes to which a member refers.
template <class Member>
inline constexpr bool targets_fit = true;
template <class Entry>
inline constexpr bool entry_fits = true;
template <auto Member, bool Amends, class... A>
inline constexpr bool entry_fits<reflect::FieldEntry<Member, Amends, A...>> =
    targets_fit<reflect::member_type<Member>>;
template <class... Entry>
constexpr bool check_entries(const reflect::Meta<Entry...>*) {
  return (entry_fits<Entry> && ...);
}

/// What can be known of an entity class by its `meta`.
template <class T>
constexpr bool check_entity() {
  if constexpr (!requires { says<EntityWord>(&T::meta); }) {
    return sizeof(this_class_is_no_entity<T>) > 0;
  } else if constexpr (says<ExtendsWord>(&T::meta)) {
    return true;
  } else if constexpr (!says<EntityWord>(&T::meta)) {
    return sizeof(this_class_is_no_entity<T>) > 0;
  } else if constexpr (!says<PrimaryKeyWord>(&T::meta)) {
    return sizeof(this_entity_has_no_primary_key<T>) > 0;
  }
  return check_entries(&T::meta);
}

/// The type of a key of one part.
template <auto First, auto... Rest>
constexpr std::string_view key_type() {
  if constexpr (sizeof...(Rest) == 0) {
    return qualified_type_name<reflect::member_type<First>>;
  } else {
    return {};
  }
}

}  // namespace detail

/// Starts the `meta` of an entity: its table and what is said about its members.
template <class... Part>
constexpr auto entity(std::string_view table, const Part&... parts) {
  return roost::meta(EntityWord{table}, parts...);
}

/// Starts the `meta` of an entity whose class is derived from that of another one, its only (or
/// first) base. `name` stands in the column that says which class a row is; with joined_tables it
/// is the name of the table as well. What the base says of its members holds; the class lists all
/// members, those of the base first, as every class with a base does:
///
///     struct Manager : Person {
///       int level = 1;
///       static constexpr auto meta = orm::extends<Person>("manager", field<&Manager::id>(),
///           field<&Manager::name>(), field<&Manager::level>());
///     };
template <class Base, class... Part>
constexpr auto extends(std::string_view name, const Part&... parts) {
  return roost::meta(ExtendsWord{TypeId::of<Base>(), name}, parts...);
}

}  // namespace roost::orm

namespace roost {

/// The key. Integers are generated by the database, UUIDs (version 7, ordered by time) by the
/// entity manager when the entity is made; what is no integer or UUID, and a key of several
/// members, is set by the application.
template <auto... Members>
constexpr orm::PrimaryKeyWord primary_key() {
  return {orm::member_names<Members...>(), false, 0, orm::detail::key_type<Members...>()};
}
/// A key that the database generates as with `primary_key`, but of which PostgreSQL is asked for
/// `block` numbers at once, ahead of time: the flush of a graph of new entities is one round trip,
/// whatever refers to what. Numbers that are not used are lost: there are gaps. SQLite, which tells
/// a key without a trip, generates each as with `primary_key`.
template <auto Member>
constexpr orm::PrimaryKeyWord pooled_key(std::uint32_t block = 50) {
  using Type = reflect::member_type<Member>;
  if constexpr (!std::is_integral_v<Type> || std::is_same_v<Type, bool> || sizeof(Type) == 1) {
    static_cast<void>(sizeof(orm::a_pooled_key_is_an_integer<Type>));
  }
  return {orm::member_names<Member>(), false, block == 0 ? 1 : block, qualified_type_name<Type>};
}
/// A key that the application always sets itself.
template <auto... Members>
constexpr orm::PrimaryKeyWord natural_key() {
  return {orm::member_names<Members...>(), true, 0, orm::detail::key_type<Members...>()};
}
/// No two rows are equal in all these members.
template <auto... Members>
constexpr orm::UniqueWord unique() {
  return {orm::member_names<Members...>()};
}
template <auto... Members>
constexpr orm::IndexWord index() {
  return {orm::member_names<Members...>()};
}
/// A condition in SQL that the database keeps up.
constexpr orm::CheckWord check(std::string_view name, std::string_view condition) {
  return {name, condition};
}
/// Finds keep to rows that fulfil a condition: a static member function that makes an Expression
/// of a parameter, which each manager is given, or of nothing.
///
///     static Expression of_tenant(int tenant) { return f<&Note::tenant> == tenant; }
///     … filtered_by<&Note::of_tenant>("tenant")      // in the meta
///     em.filter_parameter("tenant", user.tenant);    // in each request
///
/// With `only_by_name` it holds where `orm::with_filter("tenant")` or `em.enable_filter("tenant")`
/// says so.
template <auto Condition>
constexpr orm::FilterWord filtered_by(std::string_view name) {
  using Function = orm::detail::FilterFunction<Condition>;
  static_assert(std::is_same_v<typename Function::Result, db::Expression>,
                "roost: filtered_by<&Entity::condition>(\"name\") takes a static function that "
                "returns an Expression");
  return {name, &Function::call, Function::parameter, false};
}
template <auto Condition>
constexpr orm::FilterWord filtered_by(std::string_view name, orm::OnlyByName) {
  orm::FilterWord word = filtered_by<Condition>(name);
  word.by_name = true;
  return word;
}
/// Classes that extend this one are stored in its table as well; `column` says which class a row
/// is. What they add is NULL in the rows of others.
constexpr orm::InheritanceWord single_table(std::string_view column) { return {column, false}; }
/// Classes that extend this one have tables of their own for what they add, with the same key;
/// `column`, in the table of this one, says which class a row is.
constexpr orm::InheritanceWord joined_tables(std::string_view column) { return {column, true}; }

/// The schema in which the table stands (PostgreSQL). "*": the one that the manager chooses, as
/// with `em.fork(in_schema("tenant_7"))`.
constexpr orm::SchemaWord in_schema(std::string_view name) { return {name}; }

/// Counts the changes of a row: the lock against lost updates. An integer.
template <auto Member>
constexpr auto versioned_by() {
  return reflect::amend_field<Member>(orm::VersionWord{});
}
/// Set when the row is inserted.
template <auto Member>
constexpr auto creation_time() {
  return reflect::amend_field<Member>(orm::CreatedAtWord{});
}
/// Set when the row is inserted, and with each change that is written.
template <auto Member>
constexpr auto update_time() {
  return reflect::amend_field<Member>(orm::UpdatedAtWord{});
}
/// `remove` sets this time (a std::optional<Timestamp>) instead of deleting the row, and finds
/// leave such rows out.
template <auto Member>
constexpr auto soft_deleted_by() {
  return reflect::amend_field<Member>(orm::SoftDeleteWord{});
}

/// A reference to one entity, held in a column of this table.
template <auto Member, class... Option>
constexpr auto many_to_one(const Option&... options) {
  return reflect::amend_field<Member>(orm::RelationWord{orm::RelationKind::many_to_one},
                                      options...);
}
/// A reference to the one partner. Without `mapped_by` the column is in this table.
template <auto Member, class... Option>
constexpr auto one_to_one(const Option&... options) {
  return reflect::amend_field<Member>(orm::RelationWord{orm::RelationKind::one_to_one}, options...);
}
/// The entities that refer to this one by the member that `mapped_by` names.
template <auto Member, class... Option>
constexpr auto one_to_many(const Option&... options) {
  return reflect::amend_field<Member>(orm::RelationWord{orm::RelationKind::one_to_many},
                                      options...);
}
/// Connected through a table of pairs. With `mapped_by` the other side owns that table.
template <auto Member, class... Option>
constexpr auto many_to_many(const Option&... options) {
  return reflect::amend_field<Member>(orm::RelationWord{orm::RelationKind::many_to_many},
                                      options...);
}

/// The column may be NULL; the reference may be empty.
inline constexpr orm::NullableWord nullable{};
/// The member on the other side that owns the relation.
template <auto Member>
inline constexpr orm::MappedByWord mapped_by{orm::member_names<Member>().names[0]};
/// Entities reached through the relation are inserted with the entity (so by default).
inline constexpr orm::CascadeWord cascade_persist{true, false};
/// `remove` of the entity removes what is reached through the relation as well.
inline constexpr orm::CascadeWord cascade_remove{false, true};
inline constexpr orm::CascadeWord cascade_all{true, true};
/// A new entity that is only reached through this relation is not inserted: flush refuses.
inline constexpr orm::NoCascadeWord no_cascade{};
/// Of the side of one to one that does not hold the column: finds read the partner's key along, so
/// that it is known whether there is one without populating.
inline constexpr orm::WithKeyWord with_key{};
/// An entity that leaves the relation is deleted.
inline constexpr orm::OrphanRemovalWord orphan_removal{};
constexpr orm::OnDeleteWord on_delete(orm::ReferentialAction action) { return {action}; }
constexpr orm::OnUpdateWord on_update(orm::ReferentialAction action) { return {action}; }
/// Of a reference that owns its relation: the column refers to this member of the target, which is
/// unique there, instead of the primary key. When its value changes, the database changes the
/// references along (ON UPDATE CASCADE), unless `on_update` says otherwise.
template <auto Member>
inline constexpr orm::RefersToWord refers_to{orm::member_names<Member>().names[0],
                                             TypeId::of<reflect::member_class<Member>>()};
/// The same for a class that is not complete here: by the member's name.
constexpr orm::RefersToWord refers_to_member(std::string_view member) { return {member, TypeId{}}; }
/// Name of the table of pairs.
constexpr orm::PivotWord pivot_table(std::string_view table) { return {table}; }
/// Of an AnyRef: what its type column says of entities of this class, where it is not the name of
/// their table.
template <class T>
constexpr orm::TargetNameWord target_name(std::string_view name) {
  return {TypeId::of<T>(), name};
}
/// Of the side of many to many that owns it: one table of pairs for several classes, as that of
/// tags for posts and for photos. With `member` "subject" its columns are `subject_type`, which
/// says the class, by the name of its table or by `name`, `subject_id`, and the one that refers to
/// the other side:
///
///     many_to_many<&Post::tags>(shared_pivot("taggings", "subject"))
///     many_to_many<&Photo::tags>(shared_pivot("taggings", "subject"))
constexpr orm::SharedPivotWord shared_pivot(std::string_view table, std::string_view member,
                                            std::string_view name = {}) {
  return {table, member, name};
}
/// Of the side of many to many that owns it: its pairs are the rows of another entity, which has
/// columns of its own; the first member there refers to this class, the second one to the other.
/// Conditions and orders of what is populated may name its members as well:
///
///     many_to_many<&Student::courses>(through<&Enrolment::student, &Enrolment::course>)
template <auto ToOwner, auto ToTarget>
inline constexpr orm::ThroughWord through{TypeId::of<reflect::member_class<ToOwner>>(),
                                          orm::member_names<ToOwner>().names[0],
                                          orm::member_names<ToTarget>().names[0]};
/// The order in which a collection is loaded.
template <auto Member>
inline constexpr orm::SortedByWord sorted_by{orm::member_names<Member>().names[0], false};

/// The other way round.
template <auto Member>
inline constexpr orm::SortedByWord sorted_down_by{orm::member_names<Member>().names[0], true};
/// The same for a class that is not complete here: by the member's name.
constexpr orm::SortedByWord sorted_by_member(std::string_view member, bool descending = false) {
  return {member, descending};
}
/// Of the side of many to many that owns the table of pairs: a collection is loaded in the order in
/// which it was set and added to. Its pairs are numbered by the database; a new order of what is
/// there already writes all of them again.
inline constexpr orm::KeepsOrderWord keeps_order{};

/// Name of the column, where it is not the member's in snake_case.
constexpr orm::ColumnWord column(std::string_view name) { return {name}; }
/// Type of the column as the database writes it, where the default does not suit.
constexpr orm::ColumnTypeWord column_type(std::string_view type) { return {type}; }
/// Loaded only when it is populated.
inline constexpr orm::LazyWord lazy{};
/// A member that is no column.
inline constexpr orm::NotStoredWord not_stored{};
/// Computed by the database from other columns; read back, never written.
constexpr orm::GeneratedWord generated(std::string_view expression) { return {expression}; }
/// Computed by each SELECT; no column.
constexpr orm::FormulaWord formula(std::string_view expression) { return {expression}; }
/// Computed by the database when the row is inserted without a value (an empty optional).
constexpr orm::ServerDefaultWord server_default(std::string_view expression) {
  return {expression};
}
/// SQL around each value that is written to the column; `{}` stands for the value:
/// `written_as("lower({})")`. What the database made of it is read back by the flush.
constexpr orm::WrittenAsWord written_as(std::string_view sql) { return {sql}; }
/// SQL around the column wherever it is read, in conditions and orders too: `read_as("upper({})")`.
/// It has the type of the member.
constexpr orm::ReadAsWord read_as(std::string_view sql) { return {sql}; }
/// An UPDATE or DELETE of the row fits only if the column has the value that was read: the lock
/// against lost updates of tables without a version. A change of the row that leaves all such
/// columns as they are is refused, since others could not notice it.
inline constexpr orm::ConcurrencyCheckWord concurrency_check{};
/// Columns of a member that is a struct begin with this instead of the member's name and `_`.
constexpr orm::EmbeddedWord embedded(std::string_view prefix) { return {prefix}; }

}  // namespace roost
