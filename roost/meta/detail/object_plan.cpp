// Makes the descriptor of a class from what the compiler knows of it.
#include <roost/base/error.hpp>
#include <roost/meta/annotation.hpp>
#include <roost/meta/detail/default_values.hpp>
#include <roost/meta/detail/finish_object.hpp>
#include <roost/meta/detail/names.hpp>
#include <roost/meta/detail/object_plan.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace roost::reflect::detail {

namespace {

/// A pointer to a data member is the member's offset, in the Itanium C++ ABI that g++ and clang
/// use.
std::size_t offset_of(const void* member_pointer) {
  std::ptrdiff_t offset = 0;
  std::memcpy(&offset, member_pointer, sizeof offset);
  return static_cast<std::size_t>(offset);
}

void place_aggregate_members(const ObjectPlan& plan, std::vector<FieldDescriptor>& fields) {
  const std::size_t count = plan.types.size();
  std::vector<std::string_view> names(count);
  aggregate_names(plan.name_text, names);
  const UnusedStorage storage{plan.prototype};
  std::vector<const void*> addresses(count + 1);
  plan.locate(storage.get(), addresses.data());
  for (std::size_t i = 0; i < count; ++i) {
    FieldDescriptor field;
    field.name = without_trailing_underscore(names[i]);
    field.offset = static_cast<std::size_t>(static_cast<const std::byte*>(addresses[i]) -
                                            static_cast<const std::byte*>(storage.get()));
    field.type = plan.types[i];
    fields.push_back(field);
  }
}

FieldDescriptor* find_at(std::vector<FieldDescriptor>& fields, std::size_t offset) {
  for (FieldDescriptor& field : fields) {
    if (field.offset == offset) return &field;
  }
  return nullptr;
}

void place_listed_members(const ObjectPlan& plan, std::vector<FieldDescriptor>& fields) {
  const std::span<const ListedMember> members = plan.meta->members;
  std::vector<std::string_view> names(plan.types.size());
  member_names(plan.name_text, names);
  for (std::size_t i = 0; i < plan.types.size(); ++i) {
    const std::size_t offset = offset_of(members[i].pointer);
    if (members[i].ignored || find_at(fields, offset) != nullptr) continue;
    FieldDescriptor field;
    field.name = without_trailing_underscore(names[i]);
    field.offset = offset;
    field.type = plan.types[i];
    fields.push_back(field);
  }
}

/// Hands the entries of `meta` to the fields. A field with several entries gets a list of its own.
void annotate(const ObjectPlan& plan, BuiltObject& built) {
  const MetaTable& meta = *plan.meta;
  for (const ListedMember& member : meta.members) {
    if (member.pointer == nullptr) continue;
    FieldDescriptor* field = find_at(built.fields, offset_of(member.pointer));
    if (field == nullptr) continue;
    if (!member.name.empty()) field->name = member.name;
    const auto more =
        meta.member_annotations.subspan(member.first_annotation, member.annotation_count);
    if (more.empty()) continue;
    if (field->annotations.empty()) {
      field->annotations = more;
      continue;
    }
    std::vector<Annotation> all{field->annotations.begin(), field->annotations.end()};
    all.insert(all.end(), more.begin(), more.end());
    built.merged.push_back(std::move(all));
    field->annotations = built.merged.back();
  }
  built.object.annotations = meta.class_annotations;
}

/// Members that `meta` leaves out of an aggregate's description with `ignored`.
void drop_ignored_members(const ObjectPlan& plan, std::vector<FieldDescriptor>& fields) {
  for (const ListedMember& member : plan.meta->members) {
    if (!member.ignored || member.pointer == nullptr) continue;
    const std::size_t offset = offset_of(member.pointer);
    std::erase_if(fields, [&](const FieldDescriptor& field) { return field.offset == offset; });
  }
}

}  // namespace

const TypeDescriptor& make_object_descriptor(DescriptorSlot& slot, const ObjectPlan& plan) {
  auto built = std::make_unique<BuiltObject>();
  built->type = plan.prototype;
  if (plan.locate != nullptr) {
    place_aggregate_members(plan, built->fields);
  } else if (plan.meta != nullptr) {
    place_listed_members(plan, built->fields);
  }
  if (plan.meta != nullptr) {
    drop_ignored_members(plan, built->fields);
    annotate(plan, *built);
  }
  find_default_values(plan, built->fields);
  for (FieldDescriptor& field : built->fields) set_requirement(field);
  return publish(slot, std::move(built));
}

}  // namespace roost::reflect::detail
