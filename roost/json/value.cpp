// The dynamic value: a tagged union, kept out of the users' compile time.
#include <roost/base/type_name.hpp>
#include <roost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

namespace roost::json {

namespace {

constexpr double two_to_63 = 9223372036854775808.0;
constexpr double two_to_64 = 18446744073709551616.0;

std::optional<std::int64_t> exact_int64(double number) {
  if (!(number >= -two_to_63 && number < two_to_63)) return std::nullopt;
  const auto integer = static_cast<std::int64_t>(number);
  if (static_cast<double>(integer) != number) return std::nullopt;
  return integer;
}

std::optional<std::uint64_t> exact_uint64(double number) {
  if (!(number >= 0 && number < two_to_64)) return std::nullopt;
  const auto integer = static_cast<std::uint64_t>(number);
  if (static_cast<double>(integer) != number) return std::nullopt;
  return integer;
}

}  // namespace

std::string_view to_string(ValueKind kind) {
  switch (kind) {
    case ValueKind::null:
      return "null";
    case ValueKind::boolean:
      return "boolean";
    case ValueKind::int64:
    case ValueKind::uint64:
      return "integer";
    case ValueKind::number:
      return "number";
    case ValueKind::string:
      return "string";
    case ValueKind::array:
      return "array";
    case ValueKind::object:
      return "object";
  }
  return "unknown";
}

Object::Object() noexcept = default;
Object::Object(const Object& other) = default;
Object::Object(Object&& other) noexcept = default;
Object& Object::operator=(const Object& other) = default;
Object& Object::operator=(Object&& other) noexcept = default;
Object::~Object() = default;

const Value* Object::find(std::string_view name) const noexcept {
  for (const Member& member : members_) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Value* Object::find(std::string_view name) noexcept {
  return const_cast<Value*>(std::as_const(*this).find(name));
}

Value& Object::set(std::string_view name, Value value) {
  if (Value* found = find(name)) {
    *found = std::move(value);
    return *found;
  }
  members_.push_back(Member{std::string{name}, std::move(value)});
  return members_.back().value;
}

bool Object::erase(std::string_view name) {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.name == name; });
  if (found == members_.end()) return false;
  members_.erase(found);
  return true;
}

Value::Value(std::string value) noexcept : kind_{ValueKind::string} {
  std::construct_at(&string_, std::move(value));
}
Value::Value(std::string_view value) : Value{std::string{value}} {}
Value::Value(const char* value) : Value{std::string{value}} {}
Value::Value(Array value) noexcept : kind_{ValueKind::array} {
  std::construct_at(&array_, std::move(value));
}
Value::Value(Object value) noexcept : kind_{ValueKind::object} {
  std::construct_at(&object_, std::move(value));
}

Value Value::object() { return Value{Object{}}; }

Value::Value(const Value& other) {
  switch (other.kind_) {
    case ValueKind::null:
      break;
    case ValueKind::boolean:
      boolean_ = other.boolean_;
      break;
    case ValueKind::int64:
      int64_ = other.int64_;
      break;
    case ValueKind::uint64:
      uint64_ = other.uint64_;
      break;
    case ValueKind::number:
      number_ = other.number_;
      break;
    case ValueKind::string:
      std::construct_at(&string_, other.string_);
      break;
    case ValueKind::array:
      std::construct_at(&array_, other.array_);
      break;
    case ValueKind::object:
      std::construct_at(&object_, other.object_);
      break;
  }
  kind_ = other.kind_;
}

Value::Value(Value&& other) noexcept { take(other); }

Value& Value::operator=(const Value& other) {
  if (this != &other) *this = Value{other};
  return *this;
}

Value& Value::operator=(Value&& other) noexcept {
  if (this == &other) return *this;
  if (kind_ < ValueKind::string) {
    take(other);
    return *this;
  }
  Value taken{std::move(other)};  // `other` may lie inside this value
  destroy();
  take(taken);
  return *this;
}

/// Moves `other` here, where nothing is, and leaves null there.
void Value::take(Value& other) noexcept {
  switch (other.kind_) {
    case ValueKind::null:
      break;
    case ValueKind::boolean:
      boolean_ = other.boolean_;
      break;
    case ValueKind::int64:
      int64_ = other.int64_;
      break;
    case ValueKind::uint64:
      uint64_ = other.uint64_;
      break;
    case ValueKind::number:
      number_ = other.number_;
      break;
    case ValueKind::string:
      std::construct_at(&string_, std::move(other.string_));
      std::destroy_at(&other.string_);
      break;
    case ValueKind::array:
      std::construct_at(&array_, std::move(other.array_));
      std::destroy_at(&other.array_);
      break;
    case ValueKind::object:
      std::construct_at(&object_, std::move(other.object_));
      std::destroy_at(&other.object_);
      break;
  }
  kind_ = other.kind_;
  other.kind_ = ValueKind::null;
}

/// Moves those children that have children of their own to the end of `into`.
void Value::release_children(std::vector<Value>& into) {
  const auto release = [&into](Value& child) {
    const bool deep = (child.kind_ == ValueKind::array && !child.array_.empty()) ||
                      (child.kind_ == ValueKind::object && !child.object_.empty());
    if (deep) into.push_back(std::move(child));
  };
  if (kind_ == ValueKind::array) {
    for (Value& child : array_) release(child);
  } else if (kind_ == ValueKind::object) {
    for (Member& member : object_) release(member.value);
  }
}

/// Becomes null. Not recursive, however deep the value is: destructors must not use up the stack.
void Value::destroy() noexcept {
  std::vector<Value> pending;
  release_children(pending);
  while (!pending.empty()) {
    Value next = std::move(pending.back());
    pending.pop_back();
    next.release_children(pending);
  }
  switch (kind_) {
    case ValueKind::string:
      std::destroy_at(&string_);
      break;
    case ValueKind::array:
      std::destroy_at(&array_);
      break;
    case ValueKind::object:
      std::destroy_at(&object_);
      break;
    default:
      break;
  }
  kind_ = ValueKind::null;
}

void Value::fail(std::string_view expected) const {
  throw ValueError("JSON value: expected " + std::string{expected} + ", it is " +
                   (kind_ == ValueKind::null ? "" : "of kind ") + std::string{to_string(kind_)});
}

bool Value::as_boolean() const {
  if (kind_ != ValueKind::boolean) fail("a boolean");
  return boolean_;
}

std::int64_t Value::as_int64() const {
  if (kind_ == ValueKind::int64) return int64_;
  if (kind_ == ValueKind::number) {
    if (const auto integer = exact_int64(number_)) return *integer;
  }
  fail("an integer from -2^63 to 2^63-1");
}

std::uint64_t Value::as_uint64() const {
  if (kind_ == ValueKind::uint64) return uint64_;
  if (kind_ == ValueKind::int64 && int64_ >= 0) return static_cast<std::uint64_t>(int64_);
  if (kind_ == ValueKind::number) {
    if (const auto integer = exact_uint64(number_)) return *integer;
  }
  fail("an integer from 0 to 2^64-1");
}

double Value::as_double() const {
  switch (kind_) {
    case ValueKind::int64:
      return static_cast<double>(int64_);
    case ValueKind::uint64:
      return static_cast<double>(uint64_);
    case ValueKind::number:
      return number_;
    default:
      fail("a number");
  }
}

const std::string& Value::as_string() const {
  if (kind_ != ValueKind::string) fail("a string");
  return string_;
}
std::string& Value::as_string() {
  return const_cast<std::string&>(std::as_const(*this).as_string());
}

const Value::Array& Value::as_array() const {
  if (kind_ != ValueKind::array) fail("an array");
  return array_;
}
Value::Array& Value::as_array() { return const_cast<Array&>(std::as_const(*this).as_array()); }

const Object& Value::as_object() const {
  if (kind_ != ValueKind::object) fail("an object");
  return object_;
}
Object& Value::as_object() { return const_cast<Object&>(std::as_const(*this).as_object()); }

const Value* Value::find(std::string_view name) const noexcept {
  return kind_ == ValueKind::object ? object_.find(name) : nullptr;
}
Value* Value::find(std::string_view name) noexcept {
  return const_cast<Value*>(std::as_const(*this).find(name));
}

const Value* Value::find(std::size_t index) const noexcept {
  if (kind_ != ValueKind::array || index >= array_.size()) return nullptr;
  return &array_[index];
}
Value* Value::find(std::size_t index) noexcept {
  return const_cast<Value*>(std::as_const(*this).find(index));
}

const Value& Value::at_path(std::initializer_list<PathSegment> path) const {
  const Value* value = this;
  Path walked;
  for (const PathSegment& step : path) {
    const Value* next = step.is_index() ? value->find(step.index()) : value->find(step.name());
    walked.push_back(step);
    if (next == nullptr) {
      const bool fits = step.is_index() ? value->is_array() : value->is_object();
      throw ValueError(
          "JSON value: nothing at \"" + json::to_string(walked) + "\": " +
          (fits ? std::string{step.is_index() ? "the array is shorter"
                                              : "the object has no such member"}
                : "it lies in a value of kind " + std::string{json::to_string(value->kind())}));
    }
    value = next;
  }
  return *value;
}

Value& Value::set(std::string_view name, Value value) & {
  if (kind_ == ValueKind::null) *this = object();
  as_object().set(name, std::move(value));
  return *this;
}
Value&& Value::set(std::string_view name, Value value) && {
  set(name, std::move(value));
  return std::move(*this);
}

Value& Value::push_back(Value value) & {
  if (kind_ == ValueKind::null) *this = Value{Array{}};
  as_array().push_back(std::move(value));
  return *this;
}

namespace {

bool equal_numbers(const Value& a, const Value& b) {
  if (a.kind() == ValueKind::number && b.kind() == ValueKind::number) {
    return a.as_double() == b.as_double();
  }
  if (a.kind() == ValueKind::number) return equal_numbers(b, a);
  if (b.kind() != ValueKind::number) return a.kind() == b.kind() && a.as_uint64() == b.as_uint64();
  if (a.kind() == ValueKind::int64) return exact_int64(b.as_double()) == a.as_int64();
  return exact_uint64(b.as_double()) == a.as_uint64();
}

bool equal_members(const Object& a, const Object& b) {
  if (a.size() != b.size()) return false;
  return std::all_of(a.begin(), a.end(), [&](const Member& member) {
    const Value* other = b.find(member.name);
    return other != nullptr && *other == member.value;
  });
}

}  // namespace

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ == ValueKind::int64 && b.kind_ == ValueKind::int64) return a.int64_ == b.int64_;
  if (a.is_number() && b.is_number()) return equal_numbers(a, b);
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case ValueKind::boolean:
      return a.boolean_ == b.boolean_;
    case ValueKind::string:
      return a.string_ == b.string_;
    case ValueKind::array:
      return a.array_ == b.array_;
    case ValueKind::object:
      return equal_members(a.object_, b.object_);
    default:
      return true;
  }
}

}  // namespace roost::json

const roost::reflect::TypeDescriptor& roost::reflect::TypeInfo<roost::json::Value>::descriptor() {
  using roost::json::Value;
  static const TypeDescriptor made = [] {
    TypeDescriptor type;
    type.kind = TypeKind::dynamic;
    type.size = sizeof(Value);
    type.alignment = alignof(Value);
    type.name = type_name<Value>;
    type.qualified_name = qualified_type_name<Value>;
    type.construct = [](void* storage) { std::construct_at(static_cast<Value*>(storage)); };
    type.destroy = [](void* object) { std::destroy_at(static_cast<Value*>(object)); };
    type.copy_assign = [](void* to, const void* from) {
      *static_cast<Value*>(to) = *static_cast<const Value*>(from);
    };
    type.move_assign = [](void* to, void* from) {
      *static_cast<Value*>(to) = std::move(*static_cast<Value*>(from));
    };
    type.equal = [](const void* a, const void* b) {
      return *static_cast<const Value*>(a) == *static_cast<const Value*>(b);
    };
    return type;
  }();
  return made;
}
