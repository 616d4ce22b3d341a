// The data that describe a type: what JSON, validation, OpenAPI and the ORM read instead of
// templates. A descriptor is made once per type (`reflect::type_of<T>()`, in describe.hpp), lives
// until the program ends, is immutable and may be read from every thread.
#pragma once

#include <roost/base/atomic_pointer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace roost::reflect {

struct TypeDescriptor;

/// Refers to a descriptor that may not exist yet, so that a type can contain itself.
using TypeRef = const TypeDescriptor& (*)();

/// What a type is for the rooms above; the member of TypeDescriptor named beside it is set.
enum class TypeKind : std::uint8_t {
  boolean,      // bool
  integer,      // `integer`
  floating,     // float, double
  string,       // std::string
  enumeration,  // `enumeration`
  text,         // `text`: a class written as one string: Timestamp, Uuid, …
  object,       // `object`
  sequence,     // `sequence`: vector, deque, list, set, array
  map,          // `map`: map, unordered_map
  optional,     // `optional`: std::optional, Nullable, unique_ptr, shared_ptr
  variant,      // `variant`: std::variant
  dynamic,      // json::Value: any JSON
  reference,    // `reference`: stands for objects that live elsewhere (entities); never read
};

/// Something said about a field or a type in `meta`, beyond what its type says: a validation rule,
/// a column fact, a JSON name. `value` points at the constexpr annotation object.
struct AnnotationKind {
  std::string_view name;             // type name of the annotation, for dumps
  const void* family = nullptr;      // who understands `operations`: compared by address
  const void* operations = nullptr;  // table of functions, defined by the family
};
struct Annotation {
  const AnnotationKind* kind = nullptr;
  const void* value = nullptr;
};

/// Size and signedness of an integer or of an enumeration's underlying type.
struct IntegerDetails {
  std::uint8_t bytes = 0;
  bool is_signed = false;
};

struct Enumerator {
  std::string_view name;
  std::int64_t value = 0;
};
struct EnumerationDetails {
  IntegerDetails underlying;
  std::span<const Enumerator> enumerators;  // in order of value
};

/// A class whose JSON form is a string.
struct TextDetails {
  bool (*parse)(std::string_view text, void* object) = nullptr;  // false: not of this form
  void (*append)(const void* object, std::string& out) = nullptr;
  std::string_view format;    // JSON Schema "format": "date-time", "uuid", …
  std::string_view expected;  // end of a message: "must be a Date instance"
};

struct FieldDescriptor {
  std::string_view name;       // of the C++ member
  std::string_view json_name;  // the same unless `json_name("…")` says otherwise
  std::size_t offset = 0;      // from the start of the object
  TypeRef type = nullptr;
  std::span<const Annotation> annotations;  // in order of declaration
  std::uint16_t index = 0;                  // position in ObjectDetails::fields
  bool required = true;      // false: optional type, default initialiser, or `optional` annotation
  bool has_default = false;  // the initialiser of the member gives the value when absent
};

/// Room for one immutable plan that a room above derives from the type and keeps (the JSON
/// reader's key table, a prepared rule list). Whoever stores first wins; plans are never freed.
struct PlanSlot {
  mutable AtomicPointer<const void> plan;
};
enum class PlanOwner : std::uint8_t { json_read, json_write, validation, orm, count };

struct ObjectDetails {
  std::span<const FieldDescriptor> fields;
  std::span<const Annotation> annotations;  // of the class as a whole
  /// Offset of a reflect::FieldSet that the reader fills with the members that were present
  /// (Partial<T>), or no_presence.
  std::ptrdiff_t presence_offset = no_presence;
  std::array<PlanSlot, static_cast<std::size_t>(PlanOwner::count)> plans{};

  static constexpr std::ptrdiff_t no_presence = -1;
};

/// Called for each element of a container; `context` is the caller's.
using VisitElement = void (*)(void* context, const void* element);
using VisitEntry = void (*)(void* context, const void* key, const void* value);
/// Fills a new element; false leaves it out of the container again and stops.
using FillElement = bool (*)(void* context, void* element);

struct SequenceDetails {
  TypeRef element = nullptr;
  std::size_t fixed_size = 0;  // std::array; 0 = grows
  bool unique = false;         // set, unordered_set
  std::size_t (*size)(const void* sequence) = nullptr;
  void (*for_each)(const void* sequence, void* context, VisitElement visit) = nullptr;
  /// First element where the elements are contiguous, `element().size` apart; else null.
  const void* (*data)(const void* sequence) = nullptr;
  void (*clear)(void* sequence) = nullptr;
  /// Appends one element made by `fill` (the next one in a fixed-size sequence is `position`).
  bool (*append)(void* sequence, std::size_t position, void* context, FillElement fill) = nullptr;
};

struct MapDetails {
  TypeRef key = nullptr;  // string, integer, enumeration or text
  TypeRef value = nullptr;
  std::size_t (*size)(const void* map) = nullptr;
  void (*for_each)(const void* map, void* context, VisitEntry visit) = nullptr;
  void (*clear)(void* map) = nullptr;
  /// Inserts the value made by `fill` under a copy of `key`; false: the key was there already, or
  /// `fill` said false.
  bool (*insert)(void* map, const void* key, void* context, FillElement fill) = nullptr;
};

struct OptionalDetails {
  TypeRef element = nullptr;
  const void* (*get)(const void* optional) = nullptr;  // null when there is no value
  void* (*emplace)(void* optional) = nullptr;          // value-initialised element
  void (*reset)(void* optional) = nullptr;
  /// Only for types that keep absent and null apart (Nullable<T>), else null.
  bool (*is_null)(const void* optional) = nullptr;
  void (*set_null)(void* optional) = nullptr;
};

struct VariantDetails {
  std::span<const TypeRef> alternatives;
  std::size_t (*index)(const void* variant) = nullptr;
  const void* (*get)(const void* variant) = nullptr;
  void* (*emplace)(void* variant, std::size_t alternative) = nullptr;
};

/// A part of the key of an object that is referred to.
struct KeyPart {
  const TypeDescriptor* type = nullptr;
  const void* value = nullptr;
};

/// One object behind a reference, as it is to be shown.
struct ReferencedObject {
  const TypeDescriptor* type = nullptr;
  const void* object = nullptr;  // null: only the key is known
  std::span<const KeyPart> key;  // what stands for the object where it is not shown whole
  /// Which of several classes it is of, where the reference does not say it: shown along with it.
  std::string_view kind = {};
};
using VisitReferenced = void (*)(void* context, const ReferencedObject& referenced);

/// What stands for objects elsewhere: pointers to described objects, references and collections of
/// the ORM.
struct ReferenceDetails {
  bool many = false;
  /// False: the member is left out of what is written (a collection that was not asked for).
  bool (*shown)(const void* reference) = nullptr;
  /// Calls `visit` for each object in order; not at all for a reference to nothing.
  void (*visit)(const void* reference, void* context, VisitReferenced visit) = nullptr;
  /// Qualified names of the classes, of which each object is one; empty: the reference has the name
  /// of the only one.
  std::span<const std::string_view> kinds = {};
};

struct TypeDescriptor {
  TypeKind kind = TypeKind::object;
  std::size_t size = 0;
  std::size_t alignment = 0;
  std::string_view name;            // without namespaces
  std::string_view qualified_name;  // as the compiler prints it

  void (*construct)(void* storage) = nullptr;  // value-initialises; null: no default constructor
  void (*destroy)(void* object) = nullptr;
  void (*copy_assign)(void* to, const void* from) = nullptr;  // null: not copyable
  void (*move_assign)(void* to, void* from) = nullptr;        // null: not movable
  bool (*equal)(const void* a, const void* b) = nullptr;      // null: no operator==

  IntegerDetails integer{};
  const EnumerationDetails* enumeration = nullptr;
  const TextDetails* text = nullptr;
  const ObjectDetails* object = nullptr;
  const SequenceDetails* sequence = nullptr;
  const MapDetails* map = nullptr;
  const OptionalDetails* optional = nullptr;
  const VariantDetails* variant = nullptr;
  const ReferenceDetails* reference = nullptr;
  /// Set by a room above that gives a type a meaning of its own (a column of JSON, a relation):
  /// the address of something that only this room knows.
  const void* role = nullptr;
};

/// Which members of an object were present in the input: one bit per field index.
class FieldSet {
 public:
  static constexpr std::size_t capacity = 128;

  void insert(std::size_t index) { words_[index / 64] |= std::uint64_t{1} << (index % 64); }
  void erase(std::size_t index) { words_[index / 64] &= ~(std::uint64_t{1} << (index % 64)); }
  [[nodiscard]] bool contains(std::size_t index) const {
    return ((words_[index / 64] >> (index % 64)) & 1U) != 0;
  }
  [[nodiscard]] bool empty() const { return words_[0] == 0 && words_[1] == 0; }
  friend bool operator==(const FieldSet&, const FieldSet&) = default;

 private:
  std::array<std::uint64_t, capacity / 64> words_{};
};

/// The object's field named `name` (the C++ name), or null.
[[nodiscard]] const FieldDescriptor* find_field(const ObjectDetails& object, std::string_view name);

/// Address of a field in an object of the described type.
[[nodiscard]] inline void* field_of(void* object, const FieldDescriptor& field) {
  return static_cast<std::byte*>(object) + field.offset;
}
[[nodiscard]] inline const void* field_of(const void* object, const FieldDescriptor& field) {
  return static_cast<const std::byte*>(object) + field.offset;
}

}  // namespace roost::reflect
