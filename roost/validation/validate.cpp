// Entry points of validation: the whole of an input, and what is said when it has no members.
#include <roost/validation/detail/issue_tree.hpp>
#include <roost/validation/detail/plan.hpp>
#include <roost/validation/detail/type_rule.hpp>
#include <roost/validation/detail/walker.hpp>
#include <roost/validation/validate.hpp>

#include <algorithm>
#include <vector>

namespace roost::validation {

namespace {

using detail::IssueNode;
using detail::IssueTree;
using detail::Walker;
using reflect::TypeDescriptor;
using reflect::TypeKind;

constexpr const char* object_expected = "Validation failed (object is expected)";
constexpr const char* array_expected = "Validation failed (parsable array expected)";

/// No more elements of an array are refused one by one.
constexpr std::size_t most_strangers = json::Issues::default_limit;

/// An array in the place of an object: its elements are members that the object does not have.
void refuse_elements(const json::Issue& array, const ValidationOptions& options,
                     ValidationErrors& errors) {
  if (array.raw.kind != json::RawKind::array || options.unknown_members == UnknownMembers::strip) {
    return;
  }
  for (std::size_t i = 0; i < std::min(array.raw.size, most_strangers); ++i) {
    const std::string name = std::to_string(i);
    errors.add({"", name, "whitelistValidation", "property " + name + " should not exist"});
  }
}

/// An object where the input may have had something else. null counts as {}.
void check_object(const TypeDescriptor& type, void* object, const IssueNode* issues, Walker& walker,
                  const ValidationOptions& options, ValidationErrors& errors) {
  const json::Issue* const own = issues == nullptr ? nullptr : issues->own;
  if (own != nullptr) refuse_elements(*own, options, errors);
  walker.object(type, object, own == nullptr ? issues : nullptr, nullptr, own != nullptr);
  if (own == nullptr || !errors.empty()) return;
  const bool given = own->raw.kind != json::RawKind::null && own->raw.kind != json::RawKind::absent;
  if (given) errors.add({"", "", "object", object_expected});
}

/// State of the check of an array as body: Nest's ParseArrayPipe.
struct Items {
  const TypeDescriptor& element;
  const IssueNode* issues;
  const ValidationOptions& options;
  ValidationErrors& errors;
  std::size_t index = 0;
  std::size_t supplied = 0;

  void scalar(const IssueNode& node) {
    if (node.own == nullptr) return;
    const detail::TypeMessage message = detail::type_message(element);
    errors.add({"[" + std::to_string(index) + "]", "item", std::string{message.rule},
                "item " + message.text});
  }

  void check(void* value) {
    if (options.first_bad_item_only && !errors.empty()) return;
    const IssueNode* const node = issues == nullptr ? nullptr : issues->find(index);
    if (element.kind != TypeKind::object) {
      if (node != nullptr) scalar(*node);
      if (node == nullptr) Walker{options, errors}.value(element, value, nullptr, nullptr);
      return;
    }
    ValidationErrors own;
    Walker walker{options, own};
    check_object(element, value, node, walker, options, own);
    supplied += walker.supplied();
    for (ValidationError error : own) {
      if (!options.first_bad_item_only) {
        const std::string text = error.text();
        error.parent = "[" + std::to_string(index) + "]";
        error.message = text;
      }
      errors.add(std::move(error));
    }
  }

  static void visit(void* context, const void* value) {
    auto& self = *static_cast<Items*>(context);
    self.check(const_cast<void*>(value));
    ++self.index;
  }
};

/// Returns how many issues a default value has made good.
std::size_t check_root(const TypeDescriptor& type, void* object, const IssueNode* issues,
                       const ValidationOptions& options, ValidationErrors& errors) {
  if (type.kind == TypeKind::sequence) {
    if (issues != nullptr && issues->own != nullptr) {
      errors.set_summary(array_expected);
      return 0;
    }
    Items items{detail::without_optionals(type.sequence->element()), issues, options, errors};
    type.sequence->for_each(object, &items, &Items::visit);
    return items.supplied;
  }
  Walker walker{options, errors};
  if (type.kind == TypeKind::object) {
    check_object(type, object, issues, walker, options, errors);
  } else {
    walker.value(type, object, issues, nullptr);
  }
  return walker.supplied();
}

/// An issue in a place that no rule speaks about (an element deep in plain containers) must refuse
/// the input all the same.
void refuse_what_is_left(const json::Issues& issues, std::size_t supplied,
                         const ValidationOptions& options, ValidationErrors& errors) {
  if (!errors.empty()) return;
  std::size_t relevant = 0;
  const json::Issue* first = nullptr;
  for (const json::Issue& issue : issues) {
    const bool stripped = issue.code == json::IssueCode::unknown_member &&
                          options.unknown_members == UnknownMembers::strip;
    const bool empty_input = issue.path.empty() && (issue.raw.kind == json::RawKind::null ||
                                                    issue.raw.kind == json::RawKind::absent);
    if (stripped || empty_input) continue;
    if (first == nullptr) first = &issue;
    ++relevant;
  }
  if (relevant + issues.omitted() > supplied && first != nullptr) {
    errors.set_summary(json::describe(*first));
  }
}

void prepare_all(const TypeDescriptor& declared, std::vector<const TypeDescriptor*>& seen) {
  const TypeDescriptor& type = detail::without_optionals(declared);
  for (const TypeDescriptor* known : seen) {
    if (known == &type) return;
  }
  seen.push_back(&type);
  if (type.kind == TypeKind::object) {
    (void)detail::plan_of(type);
    for (const reflect::FieldDescriptor& field : type.object->fields) {
      prepare_all(field.type(), seen);
    }
  } else if (type.kind == TypeKind::variant) {
    for (const reflect::TypeRef alternative : type.variant->alternatives) {
      prepare_all(alternative(), seen);
    }
  } else if (const TypeDescriptor* element = detail::element_type(type)) {
    prepare_all(*element, seen);
  }
}

}  // namespace

ValidationErrors validate(const TypeDescriptor& type, void* object, const json::Issues& issues,
                          const ValidationOptions& options) {
  ValidationErrors errors;
  if (issues.empty()) {
    (void)check_root(type, object, nullptr, options, errors);
    return errors;
  }
  if (issues.document_fault()) {
    errors.set_summary(issues.front().detail);
    return errors;
  }
  const IssueTree tree{issues};
  const std::size_t supplied = check_root(type, object, &tree.root(), options, errors);
  refuse_what_is_left(issues, supplied, options, errors);
  return errors;
}

ValidationErrors validate(const TypeDescriptor& type, void* object,
                          const ValidationOptions& options) {
  ValidationErrors errors;
  (void)check_root(type, object, nullptr, options, errors);
  return errors;
}

void prepare(const TypeDescriptor& type) {
  std::vector<const TypeDescriptor*> seen;
  prepare_all(type, seen);
}

std::string dump(const TypeDescriptor& type) {
  std::string out;
  for (const detail::MemberPlan& member : detail::plan_of(type).members) {
    out += std::string{member.field->json_name} + ": " + detail::type_message(*member.type).text;
    for (const detail::PlannedRule& rule : member.rules) {
      out += rule.view.each ? ", each " : ", ";
      out += rule.view.operations->key;
    }
    out += '\n';
  }
  return out;
}

}  // namespace roost::validation
