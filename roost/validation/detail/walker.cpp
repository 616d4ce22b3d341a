// Walks an object along its plan and collects what fails.
#include <roost/validation/detail/message.hpp>
#include <roost/validation/detail/type_rule.hpp>
#include <roost/validation/detail/walker.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace roost::validation::detail {

namespace {

using reflect::TypeDescriptor;
using reflect::TypeKind;

const json::Issue& missing_issue() {
  static const json::Issue issue = [] {
    json::Issue made;
    made.code = json::IssueCode::missing;
    return made;
  }();
  return issue;
}

/// The value inside optionals; null when one is empty.
void* unwrap(const TypeDescriptor& declared, void* value) {
  const TypeDescriptor* type = &declared;
  while (value != nullptr && type->kind == TypeKind::optional) {
    value = const_cast<void*>(type->optional->get(value));
    type = &type->optional->element();
  }
  return value;
}

bool is_scalar(const TypeDescriptor& type) {
  return type.kind != TypeKind::object && type.kind != TypeKind::variant;
}

}  // namespace

void Place::append_to(std::string& path) const {
  if (parent != nullptr) parent->append_to(path);
  if (!path.empty()) path += '.';
  if (is_index) {
    path += std::to_string(index);
  } else {
    path += name;
  }
}

void Walker::add(const Place* place, std::string_view property, std::string_view rule,
                 std::string message) {
  ValidationError error;
  if (place != nullptr) place->append_to(error.parent);
  error.property = property;
  error.rule = rule;
  error.message = std::move(message);
  errors_.add(std::move(error));
}

void Walker::fail(const Member& member, std::string_view rule, std::string message) {
  add(member.place, member.plan.field->json_name, rule, std::move(message));
}

void Walker::strangers(const IssueNode& issues, const Place* place) {
  std::set<std::string_view> told;  // given twice, a member is refused once
  for (const json::Issue* issue : issues.strangers) {
    const std::string& name = issue->path.back().name();
    if (!told.insert(name).second) continue;
    if (issue->code == json::IssueCode::duplicate_member) {
      add(place, name, "duplicate", "property " + name + " should not be given more than once");
    } else if (options_.unknown_members == UnknownMembers::refuse) {
      add(place, name, "whitelistValidation", "property " + name + " should not exist");
    }
  }
}

void Walker::object(const TypeDescriptor& type, void* object, const IssueNode* issues,
                    const Place* place, bool nothing_given) {
  const ObjectPlan& plan = plan_of(type);
  if (issues != nullptr) strangers(*issues, place);
  const std::size_t before = errors_.size();
  for (const MemberPlan& member_plan : plan.members) {
    member(type, member_plan, object, issues, place, nothing_given);
  }
  if (!plan.object_rules.empty() && errors_.size() == before) {
    object_rules(type, plan, object, place);
  }
}

void Walker::object_rules(const TypeDescriptor& type, const ObjectPlan& plan, const void* object,
                          const Place* place) {
  for (const PlannedAnnotation& rule : plan.object_rules) {
    if (rule.shape->check_object(rule.value, object)) continue;
    std::string_view property;
    const std::ptrdiff_t offset = rule.shape->about(rule.value, object);
    for (const reflect::FieldDescriptor& field : type.object->fields) {
      if (static_cast<std::ptrdiff_t>(field.offset) == offset) property = field.json_name;
    }
    const RuleOperations operations{.key = rule.shape->object_key,
                                    .message = rule.shape->object_message(rule.value)};
    const RuleOptions options;
    add(place, property, rule.shape->object_key,
        message_of({&operations, &options, nullptr, false}, {}, property, type.name));
  }
}

void Walker::member(const TypeDescriptor& type, const MemberPlan& plan, void* object,
                    const IssueNode* issues, const Place* place, bool nothing_given) {
  const reflect::FieldDescriptor& field = *plan.field;
  const IssueNode* node = issues == nullptr ? nullptr : issues->find(field.json_name);
  const json::Issue* issue = node == nullptr ? nullptr : node->own;
  if (nothing_given && field.required) issue = &missing_issue();

  if (issue == nullptr && type.object->presence_offset != reflect::ObjectDetails::no_presence) {
    const auto* present = reinterpret_cast<const reflect::FieldSet*>(
        static_cast<const std::byte*>(object) + type.object->presence_offset);
    if (!present->contains(field.index)) return;
  }
  void* const slot = reflect::field_of(object, field);
  const bool lacking =
      issue != nullptr
          ? issue->raw.kind == json::RawKind::absent || issue->raw.kind == json::RawKind::null
          : !plan.suppliers.empty() && unwrap(field.type(), slot) == nullptr;
  if (lacking) {
    for (const PlannedAnnotation& supplier : plan.suppliers) {
      if (!supplier.shape->supply(supplier.value, slot, field.type())) continue;
      if (issue != nullptr) ++supplied_;
      issue = nullptr;
      node = nullptr;
    }
  }
  if (plan.rules.empty() && plan.transforms.empty() && !plan.has_objects && node == nullptr &&
      issue == nullptr) {
    return;
  }
  void* const value = unwrap(field.type(), slot);
  if (issue == nullptr) {
    if (value == nullptr) return;
    for (const PlannedAnnotation& transform : plan.transforms) {
      transform.shape->transform(transform.value, value, *plan.type);
    }
  }
  Member member{type, plan, object, issue == nullptr ? value : nullptr, node, issue, place, {}};
  member.errors_before = errors_.size();
  if (issue != nullptr) {
    member.subject = subject_of(issue->raw);
  } else if (!plan.rules.empty()) {
    member.subject = subject_of(*plan.type, value, scratch_);
  }
  check(member);
  scratch_.clear();
  if (issue == nullptr && plan.has_objects && !stopped(member)) walk_into(member);
}

bool Walker::is_active(const PlannedRule& rule, const void* owner) const {
  if (rule.condition.shape != nullptr &&
      !rule.condition.shape->active(rule.condition.value, owner)) {
    return false;
  }
  const RuleOptions& own = *rule.view.options;
  const bool has_groups = !own.groups.front().empty();
  if (options_.groups.empty()) return !options_.strict_groups || !has_groups;
  if (own.always || (!has_groups && options_.always)) return true;
  return std::any_of(own.groups.begin(), own.groups.end(), [&](std::string_view group) {
    return !group.empty() && std::find(options_.groups.begin(), options_.groups.end(), group) !=
                                 options_.groups.end();
  });
}

bool Walker::has_rule(const Member& member, std::string_view key) const {
  const auto& rules = member.plan.rules;
  return std::any_of(rules.begin(), rules.end(), [&](const PlannedRule& rule) {
    return !rule.view.each && rule.view.operations->key == key && is_active(rule, member.owner);
  });
}

/// Runs one rule; false when it failed and a message was added.
bool Walker::run(Member& member, const PlannedRule& rule) {
  RuleCall call{rule.view.parameters, rule.prepared, member.subject, member.value, member.owner};
  bool good = false;
  if (rule.view.each) {
    good = run_each(member, rule, call);
  } else if (rule.view.operations->identify != nullptr) {
    good = run_identified(member, rule, call);
  } else {
    good = rule.view.operations->check(call);
  }
  if (good) return true;
  call.subject = member.subject;  // messages are about the whole value
  fail(member, rule.view.operations->key,
       message_of(rule.view, call, member.plan.field->json_name, member.owner_type.name));
  return false;
}

namespace {

/// Values that were collected.
class CollectedValues final : public Elements {
 public:
  void add(const Subject& value) { values_.push_back(value); }

  [[nodiscard]] std::size_t size() const override { return values_.size(); }
  void for_each(void* context,
                bool (*visit)(void* context, const Subject& element)) const override {
    for (const Subject& value : values_) {
      if (!visit(context, value)) return;
    }
  }

 private:
  std::vector<Subject> values_;
};

}  // namespace

/// Checks one member of each element. What is no object has no such member, and null stays null: as
/// class-validator does it, two numbers repeat each other and so do two nulls.
bool Walker::run_identified(Member& member, const PlannedRule& rule, RuleCall& call) {
  const TypeDescriptor& type = *member.plan.type;
  const bool has_objects = type.kind == TypeKind::sequence && member.value != nullptr &&
                           without_optionals(type.sequence->element()).kind == TypeKind::object;
  if (!has_objects) return rule.view.operations->check(call);
  struct State {
    Walker& walker;
    const TypeDescriptor& element;
    const reflect::FieldDescriptor& field;
    const IssueNode* issues;
    CollectedValues values;
    std::size_t index = 0;

    void add(const void* object) {
      const IssueNode* node = issues == nullptr ? nullptr : issues->find(index);
      ++index;
      if (node != nullptr && node->own != nullptr) {
        return values.add(node->own->raw.kind == json::RawKind::null ? Subject::null() : Subject{});
      }
      node = node == nullptr ? nullptr : node->find(field.json_name);
      const void* const value = unwrap(element, const_cast<void*>(object));
      if (value == nullptr) return values.add(Subject::null());
      if (node != nullptr && node->own != nullptr) return values.add(subject_of(node->own->raw));
      void* const member = reflect::field_of(const_cast<void*>(value), field);
      if (unwrap(field.type(), member) == nullptr) return values.add(Subject{});
      values.add(subject_of(field.type(), member, walker.scratch_));
    }
    static void visit(void* state, const void* object) { static_cast<State*>(state)->add(object); }
  };
  const TypeDescriptor& element = type.sequence->element();
  const auto* field =
      reflect::find_field(*without_optionals(element).object, rule.view.operations->identify());
  if (field == nullptr) return true;
  State state{*this, element, *field, member.issues, {}};
  type.sequence->for_each(member.value, &state, &State::visit);
  call.subject = Subject::array(state.values);
  return rule.view.operations->check(call);
}

/// Checks the elements; leaves `call` at the first that fails. A value that is no container is
/// checked itself.
bool Walker::run_each(Member& member, const PlannedRule& rule, RuleCall& call) {
  const auto check = rule.view.operations->check;
  const Elements* const elements = member.subject.elements();
  if (member.value == nullptr || elements == nullptr) {
    if (member.subject.is_array()) return true;
    call.value = nullptr;
    return check(call);
  }
  std::size_t index = 0;
  const bool keyed = member.plan.type->kind == TypeKind::map;
  call.value = nullptr;
  return elements->all([&](const Subject& element) {
    const IssueNode* const node =
        member.issues == nullptr || keyed ? nullptr : member.issues->find(index);
    ++index;
    const bool faulty = node != nullptr && node->own != nullptr;
    call.subject = faulty ? subject_of(node->own->raw) : element;
    return check(call);
  });
}

void Walker::check(Member& member) {
  if (member.issues != nullptr || member.issue != nullptr) {
    check_with_issues(member);
    return;
  }
  for (const PlannedRule& rule : member.plan.rules) {
    if (!is_active(rule, member.owner)) continue;
    if (!run(member, rule) && options_.stop_at_first_error) return;
  }
}

/// The order of messages: rules as planned, the type of the elements after the last rule for
/// elements (or first), the type of the member last.
void Walker::check_with_issues(Member& member) {
  const auto& rules = member.plan.rules;
  std::size_t elements_after = 0;
  bool elements_implied = false;
  bool type_implied = false;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].view.each) elements_after = i + 1;
    if (!rules[i].view.operations->implies_type || !is_active(rules[i], member.owner)) continue;
    (rules[i].view.each ? elements_implied : type_implied) = true;
  }
  const bool is_object = member.plan.type->kind == TypeKind::object;
  if (is_object && member.issue != nullptr && member.subject.is_missing()) {
    // A rule of the member's own says it in its words.
    if (!has_rule(member, "isDefined") && !has_rule(member, "isObject")) {
      fail(member, "isDefined",
           std::string{member.plan.field->json_name} + " should not be null or undefined");
    }
  }
  for (std::size_t i = 0; i <= rules.size(); ++i) {
    if (stopped(member)) return;
    if (i == elements_after && !elements_implied) check_implicit_elements(member);
    if (stopped(member)) return;
    if (i < rules.size() && is_active(rules[i], member.owner)) (void)run(member, rules[i]);
  }
  if (stopped(member) || member.issue == nullptr) return;
  if (!type_implied && !is_object) check_implicit_type(member);
  if (!stopped(member)) check_nested_shape(member);
}

/// "each value in tags must be a string".
void Walker::check_implicit_elements(Member& member) {
  const TypeDescriptor* const element = element_type(*member.plan.type);
  if (element == nullptr || !is_scalar(*element) || element->kind == TypeKind::dynamic) return;
  bool faulty = false;
  bool given = true;
  TypeMessage message;
  if (member.issue != nullptr) {
    given = member.plan.type->kind != TypeKind::map;
    faulty = given && !member.subject.is_array() && !has_type(*element, member.subject);
  } else if (member.issues != nullptr) {
    for (const IssueNode* child : member.issues->children) {
      if (child->own == nullptr) continue;
      faulty = true;
      message = range_message(*element, subject_of(child->own->raw));
      if (message.rule.empty()) break;
    }
  }
  if (!faulty) return;
  if (message.rule.empty()) message = type_message(*element, *member.plan.field);
  fail(member, message.rule,
       "each value in " + std::string{member.plan.field->json_name} + " " + message.text);
}

void Walker::check_implicit_type(Member& member) {
  const TypeDescriptor& type = *member.plan.type;
  const std::string name{member.plan.field->json_name};
  if (member.issue->code == json::IssueCode::wrong_size) {
    fail(member, "arraySize",
         name + " must contain exactly " + std::to_string(type.sequence->fixed_size) + " elements");
    return;
  }
  TypeMessage message = range_message(type, member.subject);
  // A rule of the member has said it already, with its own bound.
  if (!message.rule.empty() && errors_.size() > member.errors_before) return;
  if (message.rule.empty()) message = type_message(type, *member.plan.field);
  fail(member, message.rule, name + " " + message.text);
}

/// What is said where an object, or an array of objects, should be.
void Walker::check_nested_shape(Member& member) {
  const TypeDescriptor& type = *member.plan.type;
  const SubjectKind kind = member.subject.kind();
  if (kind == SubjectKind::absent) return;
  const std::string name{member.plan.field->json_name};
  if (type.kind == TypeKind::object) {
    if (kind == SubjectKind::array) {
      if (!has_rule(member, "isObject")) fail(member, "isObject", name + " must be an object");
      const Place here{member.place, member.plan.field->json_name, 0, false};
      if (!stopped(member)) check_elements_instead(member, member.issue->raw.source, &here);
    } else {
      fail(member, "nestedValidation",
           "nested property " + name + " must be either object or array");
    }
    return;
  }
  const TypeDescriptor* const element = element_type(type);
  if (element == nullptr || element->kind != TypeKind::object) return;
  if (kind == SubjectKind::object && type.kind == TypeKind::sequence) {
    const Place here{member.place, member.plan.field->json_name, 0, false};
    check_object_instead(*element, member.issue->raw.source, &here);
  } else if (kind != SubjectKind::object && kind != SubjectKind::array) {
    fail(member, "nestedValidation",
         "each value in nested property " + name + " must be either object or array");
  }
}

void Walker::walk_into(Member& member) {
  const Place place{member.place, member.plan.field->json_name, 0, false};
  value(*member.plan.type, member.value, member.issues, &place);
}

namespace {

/// State of a walk over the elements of a container.
struct Step {
  Walker& walker;
  const TypeDescriptor& element;
  const IssueNode* issues;
  const Place* place;
  std::size_t index = 0;

  void visit(const IssueNode* node, void* value, const Place& place_of_element) const {
    walker.value(element, value, node, &place_of_element);
  }
  static void indexed(void* context, const void* value) {
    auto& self = *static_cast<Step*>(context);
    const Place here{self.place, {}, self.index, true};
    const IssueNode* const node = self.issues == nullptr ? nullptr : self.issues->find(self.index);
    ++self.index;
    self.visit(node, const_cast<void*>(value), here);
  }
};

struct KeyedStep {
  Walker& walker;
  const TypeDescriptor& key;
  const TypeDescriptor& element;
  const IssueNode* issues;
  const Place* place;

  static void keyed(void* context, const void* key, const void* value) {
    auto& self = *static_cast<KeyedStep*>(context);
    Scratch scratch;
    std::string name;
    append_text(subject_of(self.key, key, scratch), name);
    const Place here{self.place, name, 0, false};
    self.walker.value(self.element, const_cast<void*>(value),
                      self.issues == nullptr ? nullptr : self.issues->find(name), &here);
  }
};

}  // namespace

void Walker::value(const TypeDescriptor& declared, void* given, const IssueNode* issues,
                   const Place* place) {
  const TypeDescriptor& type = without_optionals(declared);
  if (issues != nullptr && issues->own != nullptr) {
    if (type.kind != TypeKind::object || place == nullptr || place->parent == nullptr) return;
    // An element that is no object; scalars are reported with their container.
    std::string name;
    if (place->is_index) name = std::to_string(place->index);
    const std::string_view container =
        place->parent->is_index ? std::string_view{} : place->parent->name;
    add(place->parent, name, "nestedValidation",
        "each value in nested property " + std::string{container} +
            " must be either object or array");
    return;
  }
  void* const value = unwrap(declared, given);
  if (value == nullptr) return;
  switch (type.kind) {
    case TypeKind::object:
      object(type, value, issues, place);
      return;
    case TypeKind::sequence: {
      Step step{*this, type.sequence->element(), issues, place};
      type.sequence->for_each(value, &step, &Step::indexed);
      return;
    }
    case TypeKind::map: {
      KeyedStep step{*this, type.map->key(), type.map->value(), issues, place};
      type.map->for_each(value, &step, &KeyedStep::keyed);
      return;
    }
    case TypeKind::variant:
      this->value(type.variant->alternatives[type.variant->index(value)](),
                  const_cast<void*>(type.variant->get(value)), issues, place);
      return;
    default:
      return;
  }
}

}  // namespace roost::validation::detail
