// Reading of objects: members in any order, each at most once, all required ones.
#include <roost/json/detail/reader.hpp>

#include <cstddef>
#include <string_view>

namespace roost::json::detail {

using reflect::ObjectDetails;
using reflect::TypeDescriptor;
using reflect::TypeKind;

bool Reader::read_object(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (c != '{') return mismatch(wrong(c), type, place);
  const Level level{*this};
  return level.ok() && read_members(type, target, place);
}

bool Reader::read_members(const TypeDescriptor& type, void* target, const Place* place) {
  const ReadPlan& plan = read_plan(type);
  const std::ptrdiff_t presence = type.object->presence_offset;
  MemberSet seen;
  Place here{place, nullptr, {}, 0, false};
  cursor_.next();
  bool more = cursor_.peek() != '}';
  if (!more) cursor_.next();
  const std::size_t count = plan.members.size();
  std::size_t expected = 0;
  while (more) {
    // Clients mostly send members in the order of declaration.
    std::size_t index = expected;
    const bool in_order =
        cursor_.peek() == '"' && index < count && cursor_.take_key(plan.members[index].key);
    if (!in_order && !find_member(plan, index)) return false;
    if (index == ReadPlan::not_found) [[unlikely]] {
      if (!refuse_member(here)) return false;
    } else {
      const ReadMember& member = plan.members[index];
      here.name = member.name;
      here.field = member.field;
      if (seen.contains(index)) {
        if (!mismatch(IssueCode::duplicate_member, *member.type, &here)) return false;
      } else if (cursor_.peek() == 'n' && null_is_no_value(member)) [[unlikely]] {
        seen.insert(index);
        if (!read_no_value(member, here)) return false;
      } else {
        seen.insert(index);
        auto* object = static_cast<std::byte*>(target);
        if (presence != ObjectDetails::no_presence) {
          auto* given = static_cast<reflect::FieldSet*>(static_cast<void*>(object + presence));
          given->insert(member.field->index);
        }
        if (!read(*member.type, object + member.offset, &here)) return false;
      }
      expected = index + 1;
    }
    if (!cursor_.read_separator('}', more)) return false;
  }
  if (!seen.contains_all_of(plan.required)) report_missing(plan, seen, here);
  return true;
}

bool Reader::null_is_no_value(const ReadMember& member) const {
  return member.refuses_null ||
         (member.null_may_be_absent && options_.null_members == NullMembers::as_absent);
}

/// null where it is no value: either not given, or an issue.
bool Reader::read_no_value(const ReadMember& member, const Place& here) {
  if (member.null_may_be_absent && options_.null_members == NullMembers::as_absent) {
    return cursor_.read_word("null");
  }
  const TypeDescriptor* type = member.type;
  while (type->kind == TypeKind::optional) type = &type->optional->element();
  return mismatch(IssueCode::null_value, *type, &here);
}

/// Goes over a name and its colon. For other names than members' `unknown_name_` is set.
bool Reader::find_member(const ReadPlan& plan, std::size_t& index) {
  if (cursor_.peek() != '"') return cursor_.fail_unexpected("a member name in quotes");
  std::string_view name;
  if (!cursor_.read_string(name)) return false;
  index = plan.find(name);
  if (index != ReadPlan::not_found && !plan.members[index].readable) index = ReadPlan::not_found;
  if (index == ReadPlan::not_found) unknown_name_ = name;
  return cursor_.read_colon();
}

bool Reader::refuse_member(Place& here) {
  if (options_.unknown_members == UnknownMembers::ignore) return skip_value();
  here.name = unknown_name_;
  here.field = nullptr;
  RawValue raw;
  if (!read_raw(raw)) return false;
  report(IssueCode::unknown_member, nullptr, &here, std::move(raw));
  return true;
}

void Reader::report_missing(const ReadPlan& plan, const MemberSet& seen, Place& here) {
  for (std::size_t i = 0; i < plan.members.size(); ++i) {
    if (!plan.required.contains(i) || seen.contains(i)) continue;
    const ReadMember& member = plan.members[i];
    here.name = member.name;
    here.field = member.field;
    const TypeDescriptor* type = member.type;
    while (type->kind == TypeKind::optional) type = &type->optional->element();
    report(IssueCode::missing, type, &here);
  }
}

}  // namespace roost::json::detail
