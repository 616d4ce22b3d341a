// Names of the components of a document, and which of them are the same.
#include <roost/openapi/detail/component_names.hpp>
#include <roost/openapi/detail/schemas.hpp>

#include <charconv>
#include <map>
#include <utility>

namespace roost::openapi::detail {

namespace {

using json::Value;
using reflect::TypeDescriptor;

constexpr std::string_view reference_prefix = "#/components/schemas/";

/// Where each name of a group of components is written.
void replace_references(Value& value, const std::vector<std::string>& names) {
  if (value.is_array()) {
    for (Value& element : value.as_array()) replace_references(element, names);
  } else if (value.is_object()) {
    for (json::Member& member : value.as_object()) {
      if (member.name != "$ref" || !member.value.is_string()) {
        replace_references(member.value, names);
        continue;
      }
      const std::string& text = member.value.as_string();
      if (text.empty() || text.front() != component_mark) continue;
      std::size_t index = 0;
      std::from_chars(text.data() + 1, text.data() + text.size(), index);
      member.value = Value{std::string{reference_prefix} + names[index]};
    }
  }
}

}  // namespace

/// Components of one type begin as one group and are told apart until nothing changes, so that
/// types that contain themselves are compared as well.
void Schemas::group_equal() {
  std::vector<std::string> marks(components_.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < components_.size(); ++i) {
    for (components_[i].group = 0; components_[components_[i].group].type != components_[i].type;) {
      ++components_[i].group;
    }
  }
  while (true) {
    for (std::size_t i = 0; i < components_.size(); ++i) {
      marks[i] = std::to_string(components_[i].group);
    }
    std::map<std::pair<std::size_t, std::string>, std::size_t> first;
    std::vector<std::size_t> groups(components_.size());
    for (std::size_t i = 0; i < components_.size(); ++i) {
      Value marked = components_[i].content;
      replace_references(marked, marks);
      groups[i] = first.try_emplace({components_[i].group, marked.dump()}, i).first->second;
    }
    for (std::size_t i = 0; i < components_.size(); ++i) components_[i].group = groups[i];
    if (first.size() == count) return;
    count = first.size();
  }
}

std::vector<std::string> Schemas::names() const {
  // One plain name for types of different namespaces: then both are qualified.
  std::map<std::string, const TypeDescriptor*> owners;
  std::map<std::string, bool> ambiguous;
  for (const Component& component : components_) {
    const std::string plain = component_name(component.type->name, false);
    const auto [owner, added] = owners.try_emplace(plain, component.type);
    if (!added && owner->second != component.type) ambiguous[plain] = true;
  }
  std::map<std::string, bool> taken;
  std::vector<std::string> names(components_.size());
  // What is answered has the plain name, whatever was met first.
  for (const bool input : {false, true}) {
    for (std::size_t i = 0; i < components_.size(); ++i) {
      const Component& component = components_[i];
      if (component.group != i || component.usage.input != input) continue;
      std::string name = component_name(component.type->name, false);
      if (ambiguous.contains(name)) name = component_name(component.type->qualified_name, true);
      if (input && taken.contains(name)) name += "Input";
      std::string unique = name;
      for (int number = 2; taken.contains(unique); ++number) {
        unique = name + std::to_string(number);
      }
      taken[unique] = true;
      names[i] = unique;
    }
  }
  for (std::size_t i = 0; i < components_.size(); ++i) names[i] = names[components_[i].group];
  return names;
}

void Schemas::complete_targets(Value& value) const {
  if (value.is_array()) {
    for (Value& element : value.as_array()) complete_targets(element);
    return;
  }
  if (!value.is_object()) return;
  for (json::Member& member : value.as_object()) complete_targets(member.value);
  const Value* reference = value.find("$ref");
  if (reference == nullptr || !reference->is_string()) return;
  const std::string& text = reference->as_string();
  if (text.empty() || text.front() != target_mark) return;
  for (std::size_t i = 0; i < components_.size(); ++i) {
    const Component& component = components_[i];
    if (component.usage != Usage{} || component.type->qualified_name != text.substr(1)) continue;
    value.set("$ref", component_mark + std::to_string(i));
    return;
  }
  value = Value::object().set("type", "object");  // an entity that no route shows by itself
}

void Schemas::finish(Value& document) {
  for (std::size_t i = 0; i < components_.size(); ++i) complete_targets(components_[i].content);
  complete_targets(document);
  group_equal();
  const std::vector<std::string> names = this->names();
  std::map<std::string, std::size_t> order;
  for (std::size_t i = 0; i < components_.size(); ++i) {
    if (components_[i].group == i) order.emplace(names[i], i);
  }
  Value all = Value::object();
  for (const auto& [name, index] : order) all.set(name, components_[index].content);
  if (document.find("components") == nullptr) document.set("components", Value::object());
  document.find("components")->set("schemas", std::move(all));
  replace_references(document, names);
}

}  // namespace roost::openapi::detail
