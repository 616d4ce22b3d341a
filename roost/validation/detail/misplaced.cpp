// An array in the place of an object, and an object in the place of an array: what they hold is
// checked all the same, as class-validator does, so that one answer names everything that is wrong.
#include <roost/json/elements.hpp>
#include <roost/json/read.hpp>
#include <roost/meta/temporary_object.hpp>
#include <roost/validation/detail/walker.hpp>

#include <optional>
#include <string>

namespace roost::validation::detail {

using reflect::TypeDescriptor;

void Walker::check_object_instead(const TypeDescriptor& type, std::string_view object,
                                  const Place* place) {
  if (object.empty() || type.construct == nullptr || type.destroy == nullptr) return;
  const reflect::TemporaryObject made{type};
  json::ReadOptions options;
  options.max_depth = json::ReadOptions::deepest;
  if (options_.null_is_absent) options.null_members = json::NullMembers::as_absent;
  json::Issues issues;
  json::read(type, made.get(), object, options, issues);
  if (issues.document_fault()) return;
  const IssueTree tree{issues};
  this->object(type, made.get(), &tree.root(), place);
}

void Walker::check_elements_instead(const Member& member, std::string_view array,
                                    const Place* place) {
  if (array.empty()) return;
  const std::string name{member.plan.field->json_name};
  std::size_t index = 0;
  json::Elements elements{array};
  while (const std::optional<std::string_view> found = elements.next()) {
    const std::string_view element = *found;
    const Place here{place, {}, index, true};
    if (element.front() == '{') {
      check_object_instead(*member.plan.type, element, &here);
    } else if (element.front() == '[') {
      check_elements_instead(member, element, &here);
    } else {
      add(place, std::to_string(index), "nestedValidation",
          "nested property " + name + " must be either object or array");
    }
    ++index;
  }
}

}  // namespace roost::validation::detail
