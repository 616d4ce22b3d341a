// JSON Schemas of described types, and the components that they share.
#pragma once

#include <roost/json/value.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace roost::validation {
struct ValidationOptions;
}

namespace roost::openapi::detail {

// Until all components are known, a reference is a mark and the number of a component, or a mark
// and the qualified name of a type.
inline constexpr char component_mark = '@';
inline constexpr char target_mark = '~';

/// What a schema is for. The JSON that is read and that is written for one type may differ: what
/// has a default need not be sent but is always answered, read-only members are answered only.
struct Usage {
  bool input = false;
  bool flat = false;  // a query, where nothing is null
  bool open = false;  // members that the type does not have may appear
  const validation::ValidationOptions* options = nullptr;  // of the route; null: the usual

  friend bool operator==(const Usage&, const Usage&) = default;
};

/// Collects the objects and enumerations of a document. Each type becomes one component, or several
/// where its uses differ, and gets a name when all are known: so no two types share one.
class Schemas {
 public:
  /// The schema of a value of the type; objects and enumerations are references, which finish()
  /// completes.
  [[nodiscard]] json::Value schema(const reflect::TypeDescriptor& type, const Usage& usage);
  /// The schema of a member, with its rules, prose and default; `owner` describes its class.
  [[nodiscard]] json::Value member(const reflect::TypeDescriptor& owner,
                                   const reflect::FieldDescriptor& field, const Usage& usage);

  /// True when the member is part of the JSON that is read or written.
  [[nodiscard]] static bool appears(const reflect::FieldDescriptor& field, const Usage& usage);
  /// True when the member always is.
  [[nodiscard]] static bool is_required(const reflect::FieldDescriptor& field, const Usage& usage);

  /// Names the components, sets them as components.schemas and completes all references.
  void finish(json::Value& document);

 private:
  struct Component {
    const reflect::TypeDescriptor* type;
    Usage usage;
    json::Value content;
    std::size_t group = 0;  // components of one group are the same
  };

  [[nodiscard]] json::Value reference(const reflect::TypeDescriptor& type, Usage usage);
  [[nodiscard]] json::Value content(const reflect::TypeDescriptor& type, const Usage& usage);
  [[nodiscard]] json::Value object(const reflect::TypeDescriptor& type, const Usage& usage);
  [[nodiscard]] json::Value variant(const reflect::TypeDescriptor& type, const Usage& usage);
  [[nodiscard]] json::Value referenced(const reflect::TypeDescriptor& type, const Usage& usage);
  [[nodiscard]] static json::Value one_of_kinds(const reflect::ReferenceDetails& reference);
  void complete_targets(json::Value& value) const;
  void group_equal();
  [[nodiscard]] std::vector<std::string> names() const;

  std::vector<Component> components_;
};

/// The type behind all optionals.
[[nodiscard]] const reflect::TypeDescriptor& without_optional(const reflect::TypeDescriptor& type);

/// The schema with null beside what it allows.
[[nodiscard]] json::Value with_null(json::Value schema);

}  // namespace roost::openapi::detail
