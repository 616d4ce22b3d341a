// Makes the descriptor of an enumeration from the printed range of its values.
#include <roost/meta/detail/names.hpp>
#include <roost/meta/detail/object_plan.hpp>

#include <algorithm>
#include <memory>
#include <vector>

namespace roost::reflect::detail {

namespace {

struct BuiltEnumeration {
  TypeDescriptor type;
  EnumerationDetails details;
  std::vector<Enumerator> enumerators;
};

/// Values without a name are printed as casts: "(Color)7".
bool is_name(std::string_view element) { return !element.empty() && element.front() != '('; }

}  // namespace

const TypeDescriptor& enumeration_descriptor(DescriptorSlot& slot, const EnumerationPlan& plan) {
  if (const TypeDescriptor* made = slot.load()) return *made;
  auto built = std::make_unique<BuiltEnumeration>();
  built->type = plan.prototype;
  if (plan.name_text != nullptr) {
    split_list(plan.name_text, [&](std::size_t index, std::string_view element) {
      if (!is_name(element)) return;
      const std::int64_t value =
          plan.values.empty() ? plan.first + static_cast<std::int64_t>(index) : plan.values[index];
      const std::string_view name = identifier_before(element, element.size());
      built->enumerators.push_back({without_trailing_underscore(name), value});
    });
  }
  std::stable_sort(built->enumerators.begin(), built->enumerators.end(),
                   [](const Enumerator& a, const Enumerator& b) { return a.value < b.value; });
  const auto same_value = [](const Enumerator& a, const Enumerator& b) {
    return a.value == b.value;
  };
  built->enumerators.erase(
      std::unique(built->enumerators.begin(), built->enumerators.end(), same_value),
      built->enumerators.end());
  built->details = {built->type.integer, built->enumerators};
  built->type.enumeration = &built->details;
  const TypeDescriptor* stored = slot.store_first(&built->type);
  if (stored == &built->type) (void)built.release();
  return *stored;
}

}  // namespace roost::reflect::detail
