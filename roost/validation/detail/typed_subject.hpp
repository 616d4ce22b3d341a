// Makes the rules' view of a value from a described C++ object, from JSON, or from a reading issue.
#pragma once

#include <roost/json/issues.hpp>
#include <roost/json/value.hpp>
#include <roost/meta/type_descriptor.hpp>
#include <roost/validation/subject.hpp>

#include <forward_list>
#include <string>

namespace roost::validation::detail {

class Scratch;

/// Elements of a described container (values of a map).
class TypedElements final : public Elements {
 public:
  TypedElements(const reflect::TypeDescriptor& type, const void* container, Scratch& scratch)
      : type_{type}, container_{container}, scratch_{scratch} {}

  [[nodiscard]] std::size_t size() const override;
  void for_each(void* context, bool (*visit)(void* context, const Subject& element)) const override;

 private:
  const reflect::TypeDescriptor& type_;
  const void* container_;
  Scratch& scratch_;
};

/// Elements of a JSON array.
class ValueElements final : public Elements {
 public:
  ValueElements(const json::Value::Array& array, Scratch& scratch)
      : array_{array}, scratch_{scratch} {}

  [[nodiscard]] std::size_t size() const override { return array_.size(); }
  void for_each(void* context, bool (*visit)(void* context, const Subject& element)) const override;

 private:
  const json::Value::Array& array_;
  Scratch& scratch_;
};

/// Values of a JSON object.
class MemberValues final : public Elements {
 public:
  MemberValues(const json::Object& object, Scratch& scratch) : object_{object}, scratch_{scratch} {}

  [[nodiscard]] std::size_t size() const override { return object_.size(); }
  void for_each(void* context, bool (*visit)(void* context, const Subject& element)) const override;

 private:
  const json::Object& object_;
  Scratch& scratch_;
};

/// What subjects point at that exists nowhere else. Addresses are stable until clear().
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string& text() { return texts_.emplace_front(); }
  const Elements& elements(const reflect::TypeDescriptor& type, const void* container) {
    return typed_.emplace_front(type, container, *this);
  }
  const Elements& elements(const json::Value::Array& array) {
    return values_.emplace_front(array, *this);
  }
  const Elements& elements(const json::Object& object) {
    return members_.emplace_front(object, *this);
  }
  void clear() {
    if (!texts_.empty()) texts_.clear();
    if (!typed_.empty()) typed_.clear();
    if (!values_.empty()) values_.clear();
    if (!members_.empty()) members_.clear();
  }

 private:
  std::forward_list<std::string> texts_;
  std::forward_list<TypedElements> typed_;
  std::forward_list<ValueElements> values_;
  std::forward_list<MemberValues> members_;
};

/// View of a value of the described type; an empty optional is null.
[[nodiscard]] Subject subject_of(const reflect::TypeDescriptor& type, const void* value,
                                 Scratch& scratch);
[[nodiscard]] Subject subject_of(const json::Value& value, Scratch& scratch);
/// View of what the input had; the issue must outlive it.
[[nodiscard]] Subject subject_of(const json::RawValue& raw);

/// True for roost::Timestamp.
[[nodiscard]] bool is_timestamp(const reflect::TypeDescriptor& type);

}  // namespace roost::validation::detail
