// Makes the descriptors of mapped types out of those of the types they are made of.
#include <roost/meta/detail/finish_object.hpp>
#include <roost/meta/detail/mapped_plan.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace roost::reflect::detail {

namespace {

std::ptrdiff_t offset_of(const void* member_pointer) {
  std::ptrdiff_t offset = 0;  // see offset_of() in object_plan.cpp
  std::memcpy(&offset, member_pointer, sizeof offset);
  return offset;
}

bool is_selected(const MappedPlan& plan, const FieldDescriptor& field) {
  if (plan.selection == Selection::all) return true;
  bool named = false;
  for (const void* member : plan.members) {
    named = named ||
            (member != nullptr && offset_of(member) == static_cast<std::ptrdiff_t>(field.offset));
  }
  return named == (plan.selection == Selection::only_these);
}

void add_fields(const MappedPlan& plan, const ObjectDetails& source, std::size_t base_offset,
                BuiltObject& built) {
  for (FieldDescriptor field : source.fields) {
    if (!is_selected(plan, field)) continue;
    field.offset += base_offset;
    if (plan.presence != nullptr) {
      field.required = false;
      field.has_default = false;
    }
    built.fields.push_back(field);
  }
  // What is said about a class as a whole looks at an object of it, which starts where the mapped
  // one does only if it is the first.
  if (base_offset == 0) built.object.annotations = source.annotations;
}

}  // namespace

const TypeDescriptor& mapped_descriptor(DescriptorSlot& slot, const MappedPlan& plan) {
  if (const TypeDescriptor* made = slot.load()) return *made;
  auto built = std::make_unique<BuiltObject>();
  built->type = plan.prototype;
  const UnusedStorage storage{plan.prototype};
  std::vector<const void*> bases(plan.sources.size() + 1);
  plan.locate_bases(storage.get(), bases.data());
  for (std::size_t i = 0; i < plan.sources.size(); ++i) {
    const auto offset =
        static_cast<const std::byte*>(bases[i]) - static_cast<const std::byte*>(storage.get());
    add_fields(plan, *plan.sources[i]().object, static_cast<std::size_t>(offset), *built);
  }
  if (plan.presence != nullptr) built->object.presence_offset = offset_of(plan.presence);
  return publish(slot, std::move(built));
}

}  // namespace roost::reflect::detail
