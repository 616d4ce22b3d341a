// Filters of a data source: one condition for all classes that have what it looks at.
#pragma once

#include <roost/orm/metadata.hpp>
#include <roost/orm/words.hpp>

#include <string_view>
#include <vector>

namespace roost {
namespace orm {

/// See `filtered_by<Condition>` below.
template <class Condition>
struct FilterOfAll {
  std::string_view name;
  bool by_name = false;
};

/// The condition can be said about the class.
template <class Condition, class Entity>
concept FiltersEntity = requires {
  &Condition::template of<Entity>;
};

namespace detail {

template <class Condition, class... E>
constexpr bool filters_one_of() {
  static_assert((FiltersEntity<Condition, E> || ...),
                "roost: this filter fits none of these entities: its `template <class Entity> "
                "static Expression of(…)` requires something that no class in the list has");
  return true;
}

template <class E, class Condition>
void add_filter(const FilterOfAll<Condition>& filter, std::vector<FilterWord>& words) {
  if constexpr (FiltersEntity<Condition, E>) {
    words.push_back(filtered_by<&Condition::template of<E>>(filter.name));
    words.back().by_name = filter.by_name;
  }
}

template <class E, class... Conditions>
EntityEntry filtered_entry(const FilterOfAll<Conditions>&... filters) {
  EntityEntry entry{TypeId::of<E>(), &reflect::type_of<E>, &hooks_of<E>};
  (add_filter<E>(filters, entry.filters), ...);
  return entry;
}

}  // namespace detail

/// The entities of a data source, with filters for those to which they apply:
///
///     orm::entities<Paper, Folder, Country>(filtered_by<OfTenant>("tenant"))
template <class... E, class First, class... Others>
[[nodiscard]] std::vector<EntityEntry> entities(FilterOfAll<First> first,
                                                FilterOfAll<Others>... others) {
  static_cast<void>((detail::check_entity<E>() && ...));
  static_cast<void>(
      (detail::filters_one_of<First, E...>() && ... && detail::filters_one_of<Others, E...>()));
  return {detail::filtered_entry<E>(first, others...)...};
}

}  // namespace orm

/// Finds of every class in a list of entities keep to the rows that fulfil a condition, if the
/// class has what the condition requires:
///
///     struct OfTenant {
///       template <class Entity>
///         requires requires(Entity entity) { entity.tenant; }
///       static Expression of(int tenant) { return f<&Entity::tenant> == tenant; }
///     };
///     orm::entities<Paper, Folder, Country>(filtered_by<OfTenant>("tenant"))
///
/// Otherwise as a filter that a class itself declares (words.hpp).
template <class Condition>
[[nodiscard]] constexpr orm::FilterOfAll<Condition> filtered_by(std::string_view name) {
  return {name};
}
template <class Condition>
[[nodiscard]] constexpr orm::FilterOfAll<Condition> filtered_by(std::string_view name,
                                                                orm::OnlyByName) {
  return {name, true};
}

}  // namespace roost
