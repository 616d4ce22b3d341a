// Classes declared as data, their conversion and their validation: what class-transformer and
// class-validator do with decorators, done over the library's rules. Test only.
#pragma once

#include <roost/validation/conformance/rule_factory.hpp>
#include <roost/validation/conformance/test_value.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace roost::validation::conformance {

struct Decorator {
  std::string name;
  std::vector<Ref> parameters;
  Ref options = TestValue::absent();

  [[nodiscard]] const TestValue& parameter(std::size_t index) const;
};

struct Field {
  std::string name;
  std::string
      type;     // string, number, boolean, Date, object, any, array, a class, enum X, array of T
  Ref initial;  // null pointer: none
  std::vector<Decorator> decorators;
  std::vector<DynamicRule> rules;  // checks, in order of declaration

  [[nodiscard]] const Decorator* find(std::string_view decorator) const;
  /// "T" of "array of T".
  [[nodiscard]] std::string element_type() const;
};

struct Class {
  std::string name;
  std::vector<Field> fields;  // in the order of messages
};

class Classes {
 public:
  Classes() = default;
  /// Reads dtos.json.
  explicit Classes(const json::Value& file);

  /// Adds a class from its fields ([{name, type?, default?, decorators}]).
  const Class& add(const std::string& name, const json::Value& fields);
  [[nodiscard]] const Class* find(const std::string& name) const;

 private:
  void load(const std::string& name, const json::Value& dtos);

  std::map<std::string, Class> classes_;
  Ref enums_ = TestValue::absent();
};

/// What plainToInstance makes of a value.
[[nodiscard]] Ref to_instance(const Classes& classes, const Class& type, const Ref& value,
                              const TestValue& transform_options);

struct Finding {
  std::string path;  // of the object
  std::string property;
  std::string message;

  [[nodiscard]] std::string text() const { return path.empty() ? message : path + "." + message; }
};

/// Checks an instance; `value` becomes what is left of it when unknown members are dropped.
[[nodiscard]] std::vector<Finding> validate_instance(const Classes& classes, const Class& type,
                                                     Ref& value, const TestValue& options);

}  // namespace roost::validation::conformance
