// What `validate` needs to know about a type, computed once and kept in the type's plan slot.
#pragma once

#include <roost/meta/type_descriptor.hpp>
#include <roost/validation/rule.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace roost::validation::detail {

/// An annotation of this room.
struct PlannedAnnotation {
  const AnnotationShape* shape = nullptr;
  const void* value = nullptr;
};

struct PlannedRule {
  RuleView view;
  const void* prepared = nullptr;
  PlannedAnnotation condition;  // shape null: unconditional
};

struct MemberPlan {
  const reflect::FieldDescriptor* field = nullptr;
  const reflect::TypeDescriptor* type = nullptr;  // without optionals
  std::vector<PlannedRule> rules;                 // in order of messages: last declared first
  std::vector<PlannedAnnotation> transforms;      // in order of declaration
  std::vector<PlannedAnnotation> suppliers;
  bool has_objects = false;  // objects to walk into, directly or in containers
};

struct ObjectPlan {
  std::vector<MemberPlan> members;  // one per field
  std::vector<PlannedAnnotation> object_rules;
};

/// Builds the plan at the first call. Throws Error for rules that make no sense.
[[nodiscard]] const ObjectPlan& plan_of(const reflect::TypeDescriptor& object);

/// The annotation's shape, or null when it belongs to another room.
[[nodiscard]] const AnnotationShape* shape_of(const reflect::Annotation& annotation);

/// `type` without optionals around it.
[[nodiscard]] const reflect::TypeDescriptor& without_optionals(const reflect::TypeDescriptor& type);

/// The element type of a sequence or the value type of a map, without optionals; null for others.
[[nodiscard]] const reflect::TypeDescriptor* element_type(const reflect::TypeDescriptor& type);

}  // namespace roost::validation::detail
