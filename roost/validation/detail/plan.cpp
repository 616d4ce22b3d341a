// Builds validation plans.
#include <roost/base/error.hpp>
#include <roost/validation/detail/plan.hpp>

#include <algorithm>
#include <memory>

namespace roost::validation::detail {

namespace {

using reflect::TypeDescriptor;
using reflect::TypeKind;

bool contains_objects(const TypeDescriptor& type) {
  const TypeDescriptor& bare = without_optionals(type);
  switch (bare.kind) {
    case TypeKind::object:
      return true;
    case TypeKind::sequence:
      return contains_objects(bare.sequence->element());
    case TypeKind::map:
      return contains_objects(bare.map->value());
    case TypeKind::variant:
      return std::any_of(
          bare.variant->alternatives.begin(), bare.variant->alternatives.end(),
          [](reflect::TypeRef alternative) { return contains_objects(alternative()); });
    default:
      return false;
  }
}

/// Collects the rules of one annotation while it is visited.
struct Collector {
  std::vector<PlannedRule>& rules;
  PlannedAnnotation condition;

  static void add(void* context, const RuleView& view) {
    auto& self = *static_cast<Collector*>(context);
    const void* prepared =
        view.operations->prepare == nullptr ? nullptr : view.operations->prepare(view.parameters);
    self.rules.push_back({view, prepared, self.condition});
  }
};

void add_annotation(MemberPlan& member, const reflect::Annotation& annotation) {
  const AnnotationShape* const shape = shape_of(annotation);
  if (shape == nullptr) return;
  const PlannedAnnotation planned{shape, annotation.value};
  if (shape->transform != nullptr) member.transforms.push_back(planned);
  if (shape->supply != nullptr) member.suppliers.push_back(planned);
  if (shape->rules != nullptr) {
    Collector collector{member.rules, shape->active == nullptr ? PlannedAnnotation{} : planned};
    shape->rules(annotation.value, &collector, &Collector::add);
  }
}

std::unique_ptr<ObjectPlan> build(const TypeDescriptor& type) {
  auto plan = std::make_unique<ObjectPlan>();
  plan->members.reserve(type.object->fields.size());
  for (const reflect::FieldDescriptor& field : type.object->fields) {
    MemberPlan& member = plan->members.emplace_back();
    member.field = &field;
    member.type = &without_optionals(field.type());
    member.has_objects = contains_objects(*member.type);
    try {
      for (const reflect::Annotation& annotation : field.annotations) {
        add_annotation(member, annotation);
      }
    } catch (const Error& error) {
      throw Error{std::string{type.name} + "::" + std::string{field.name} + ": " + error.what()};
    }
    std::reverse(member.rules.begin(), member.rules.end());
    const auto defined =
        std::find_if(member.rules.begin(), member.rules.end(), [](const PlannedRule& rule) {
          return rule.view.operations->key == "isDefined" && !rule.view.each;
        });
    if (defined != member.rules.end()) std::rotate(member.rules.begin(), defined, defined + 1);
  }
  for (const reflect::Annotation& annotation : type.object->annotations) {
    const AnnotationShape* const shape = shape_of(annotation);
    if (shape != nullptr && shape->check_object != nullptr) {
      plan->object_rules.push_back({shape, annotation.value});
    }
  }
  return plan;
}

}  // namespace

const AnnotationShape* shape_of(const reflect::Annotation& annotation) {
  if (annotation.kind->family != &rule_family) return nullptr;
  return static_cast<const AnnotationShape*>(annotation.kind->operations);
}

const TypeDescriptor& without_optionals(const TypeDescriptor& type) {
  const TypeDescriptor* bare = &type;
  while (bare->kind == TypeKind::optional) bare = &bare->optional->element();
  return *bare;
}

const TypeDescriptor* element_type(const TypeDescriptor& type) {
  if (type.kind == TypeKind::sequence) return &without_optionals(type.sequence->element());
  if (type.kind == TypeKind::map) return &without_optionals(type.map->value());
  return nullptr;
}

const ObjectPlan& plan_of(const TypeDescriptor& object) {
  auto& slot = object.object->plans[static_cast<std::size_t>(reflect::PlanOwner::validation)].plan;
  if (const void* known = slot.load()) {
    return *static_cast<const ObjectPlan*>(known);
  }
  std::unique_ptr<ObjectPlan> made = build(object);
  const void* stored = slot.store_first(made.get());
  if (stored == made.get()) (void)made.release();
  return *static_cast<const ObjectPlan*>(stored);
}

}  // namespace roost::validation::detail
