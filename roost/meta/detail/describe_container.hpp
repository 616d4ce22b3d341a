// Describes what holds values of other types: optional-like types, smart pointers, sequences, sets,
// maps and variants. Containers are recognised by their members, so that this header need not
// include them and other libraries' containers work as well.
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/meta/detail/describable.hpp>
#include <roost/meta/detail/operations.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace roost::reflect::detail {

// Optional-like.

template <class T>
const void* optional_get(const void* optional) {
  const T& held = *static_cast<const T*>(optional);
  return held ? static_cast<const void*>(__builtin_addressof(*held)) : nullptr;
}

template <class T, class Element>
void* optional_emplace(void* optional) {
  T& held = *static_cast<T*>(optional);
  if constexpr (requires { held.emplace(); }) {
    return __builtin_addressof(held.emplace());
  } else {
    auto* element = new Element();
    held.reset(element);
    return element;
  }
}

template <class T>
void optional_reset(void* optional) {
  static_cast<T*>(optional)->reset();
}

template <class T>
bool optional_is_null(const void* optional) {
  return static_cast<const T*>(optional)->is_null();
}

template <class T>
void optional_set_null(void* optional) {
  *static_cast<T*>(optional) = nullptr;
}

template <class T, class Element>
constexpr OptionalDetails optional_details() {
  OptionalDetails details;
  details.element = &type_of<Element>;
  details.get = &optional_get<T>;
  if constexpr (std::is_default_constructible_v<Element>) {
    details.emplace = &optional_emplace<T, Element>;
  }
  details.reset = &optional_reset<T>;
  if constexpr (requires(const T& held) { held.is_null(); }) {
    details.is_null = &optional_is_null<T>;
    details.set_null = &optional_set_null<T>;
  }
  return details;
}

// Sequences and sets.

template <class T>
std::size_t container_size(const void* container) {
  return static_cast<const T*>(container)->size();
}

template <class T>
void container_clear(void* container) {
  static_cast<T*>(container)->clear();
}

template <class T>
void sequence_for_each(const void* sequence, void* context, VisitElement visit) {
  for (const auto& element : *static_cast<const T*>(sequence)) {
    visit(context, __builtin_addressof(element));
  }
}

template <class T>
void bits_for_each(const void* sequence, void* context, VisitElement visit) {
  for (const bool element : *static_cast<const T*>(sequence)) visit(context, &element);
}

template <class T>
const void* sequence_data(const void* sequence) {
  return static_cast<const T*>(sequence)->data();
}

template <class T>
bool sequence_append(void* sequence, std::size_t, void* context, FillElement fill) {
  T& elements = *static_cast<T*>(sequence);
  elements.emplace_back();
  if (fill(context, __builtin_addressof(elements.back()))) return true;
  elements.pop_back();
  return false;
}

template <class T>
bool bits_append(void* sequence, std::size_t, void* context, FillElement fill) {
  bool element = false;
  if (!fill(context, &element)) return false;
  static_cast<T*>(sequence)->push_back(element);
  return true;
}

template <class T>
bool set_append(void* sequence, std::size_t, void* context, FillElement fill) {
  typename T::value_type element{};
  if (!fill(context, &element)) return false;
  static_cast<T*>(sequence)->insert(std::move(element));
  return true;
}

template <class T>
bool array_append(void* sequence, std::size_t position, void* context, FillElement fill) {
  T& elements = *static_cast<T*>(sequence);
  return position < elements.size() && fill(context, __builtin_addressof(elements[position]));
}

template <class T>
void array_clear(void* sequence) {
  *static_cast<T*>(sequence) = T{};
}

template <class T>
constexpr SequenceDetails sequence_details() {
  using Element = typename T::value_type;
  SequenceDetails details;
  details.element = &type_of<Element>;
  details.size = &container_size<T>;
  details.clear = &container_clear<T>;
  if constexpr (std::is_same_v<decltype(*std::declval<const T&>().begin()),
                               bool>) {  // vector<bool>
    details.for_each = &bits_for_each<T>;
    details.append = &bits_append<T>;
  } else {
    details.for_each = &sequence_for_each<T>;
    if constexpr (requires(const T& elements) { elements.data(); }) {
      details.data = &sequence_data<T>;
    }
    if constexpr (SetLike<T>) {
      details.unique = true;
      details.append = &set_append<T>;
    } else if constexpr (std::is_default_constructible_v<Element>) {
      details.append = &sequence_append<T>;
    }
  }
  return details;
}

template <class T>
constexpr SequenceDetails array_details() {
  SequenceDetails details;
  details.element = &type_of<typename T::value_type>;
  details.fixed_size = sizeof(T) / sizeof(typename T::value_type);
  details.size = &container_size<T>;
  details.clear = &array_clear<T>;
  details.for_each = &sequence_for_each<T>;
  details.data = &sequence_data<T>;
  details.append = &array_append<T>;
  return details;
}

// Maps.

template <class T>
void map_for_each(const void* map, void* context, VisitEntry visit) {
  for (const auto& entry : *static_cast<const T*>(map)) {
    visit(context, __builtin_addressof(entry.first), __builtin_addressof(entry.second));
  }
}

template <class T>
bool map_insert(void* map, const void* key, void* context, FillElement fill) {
  T& entries = *static_cast<T*>(map);
  const auto place = entries.try_emplace(*static_cast<const typename T::key_type*>(key));
  if (!place.second) return false;
  if (fill(context, __builtin_addressof(place.first->second))) return true;
  entries.erase(place.first);
  return false;
}

template <class T>
constexpr MapDetails map_details() {
  MapDetails details;
  details.key = &type_of<typename T::key_type>;
  details.value = &type_of<typename T::mapped_type>;
  details.size = &container_size<T>;
  details.for_each = &map_for_each<T>;
  details.clear = &container_clear<T>;
  details.insert = &map_insert<T>;
  return details;
}

template <class Key>
inline constexpr bool is_map_key = std::is_same_v<Key, std::string> || std::is_enum_v<Key> ||
                                   TextClass<Key> ||
                                   (is_scalar<Key> && std::is_integral_v<Key> &&
                                    !std::is_same_v<Key, bool>);

// Variants.

template <class T>
struct Alternatives;
template <template <class...> class Variant, class... Alternative>
struct Alternatives<Variant<Alternative...>> {
  static constexpr bool describable = (is_describable<Alternative> && ...);
  static constexpr bool comparable = (detail::comparable<Alternative>() && ...);
  static constexpr bool copyable = ((copying<Alternative>() != Copying::none) && ...);
  static constexpr bool plain = ((copying<Alternative>() == Copying::plain) && ...);
  static constexpr bool constructible = (std::is_default_constructible_v<Alternative> && ...);
  static constexpr TypeRef types[] = {&type_of<Alternative>...};
  using Indices = std::index_sequence_for<Alternative...>;
};

template <class T>
std::size_t variant_index(const void* variant) {
  return static_cast<const T*>(variant)->index();
}

template <class T, std::size_t... Index>
const void* held_alternative(const T& variant, std::index_sequence<Index...>) {
  const void* held = nullptr;
  (static_cast<void>(variant.index() == Index ? held = __builtin_addressof(get<Index>(variant))
                                              : held),
   ...);
  return held;
}

template <class T>
const void* variant_get(const void* variant) {
  return held_alternative(*static_cast<const T*>(variant), typename Alternatives<T>::Indices{});
}

template <class T, std::size_t... Index>
void* emplace_alternative(T& variant, std::size_t alternative, std::index_sequence<Index...>) {
  void* made = nullptr;
  (static_cast<void>(
       alternative == Index ? made = __builtin_addressof(variant.template emplace<Index>()) : made),
   ...);
  return made;
}

template <class T>
void* variant_emplace(void* variant, std::size_t alternative) {
  return emplace_alternative(*static_cast<T*>(variant), alternative,
                             typename Alternatives<T>::Indices{});
}

template <class T>
constexpr VariantDetails variant_details() {
  VariantDetails details;
  details.alternatives = Alternatives<T>::types;
  details.index = &variant_index<T>;
  details.get = &variant_get<T>;
  if constexpr (Alternatives<T>::constructible) details.emplace = &variant_emplace<T>;
  return details;
}

// The descriptors.

template <class T>
void copy_optional_through_descriptors(void* to, const void* from) {
  copy_optional(type_of<T>(), to, from);
}
template <class T>
void copy_sequence_through_descriptors(void* to, const void* from) {
  copy_sequence(type_of<T>(), to, from);
}
template <class T>
void copy_map_through_descriptors(void* to, const void* from) {
  copy_map(type_of<T>(), to, from);
}
template <class T>
void copy_variant_through_descriptors(void* to, const void* from) {
  copy_variant(type_of<T>(), to, from);
}

template <class T, class Info>
constexpr TypeDescriptor container_descriptor(TypeKind kind) {
  TypeDescriptor type = basic_descriptor<T>(kind, type_name<T>, qualified_type_name<T>);
  if constexpr (Info::copying == Copying::plain) type.copy_assign = &copy_assign<T>;
  if constexpr (Info::comparable) type.equal = &equal<T>;
  return type;
}

template <class T, class Element>
struct OptionalInfo;
template <class T, class Element>
inline constexpr OptionalDetails optional_details_of = optional_details<T, Element>();
template <class T, class Element>
inline constexpr TypeDescriptor optional_type = [] {
  using Info = OptionalInfo<T, Element>;
  TypeDescriptor type = container_descriptor<T, Info>(TypeKind::optional);
  if constexpr (Info::copying == Copying::described) {
    type.copy_assign = &copy_optional_through_descriptors<T>;
  }
  type.optional = &optional_details_of<T, Element>;
  return type;
}();

template <class T, class Element>
struct OptionalInfo {
  static constexpr bool is_pointer = !requires { typename T::value_type; };
  static constexpr bool describable = is_describable<Element>;
  static constexpr bool comparable = !is_pointer && detail::comparable<Element>();
  static constexpr Copying copying =
      is_pointer ? (std::is_copy_assignable_v<T> ? Copying::plain : Copying::none)
                 : detail::copying<Element>();
  static const TypeDescriptor& descriptor() { return optional_type<T, Element>; }
};

template <class T>
struct SequenceInfo;
template <class T>
inline constexpr SequenceDetails sequence_details_of = sequence_details<T>();
template <class T>
inline constexpr TypeDescriptor sequence_type = [] {
  TypeDescriptor type = container_descriptor<T, SequenceInfo<T>>(TypeKind::sequence);
  if constexpr (SequenceInfo<T>::copying == Copying::described) {
    type.copy_assign = &copy_sequence_through_descriptors<T>;
  }
  type.sequence = &sequence_details_of<T>;
  return type;
}();

template <class T>
struct SequenceInfo {
  static constexpr bool describable = is_describable<typename T::value_type>;
  static constexpr bool comparable = detail::comparable<typename T::value_type>();
  static constexpr Copying copying = detail::copying<typename T::value_type>();
  static const TypeDescriptor& descriptor() { return sequence_type<T>; }
};

template <class T>
inline constexpr SequenceDetails array_details_of = array_details<T>();
template <class T>
inline constexpr TypeDescriptor array_type = [] {
  TypeDescriptor type = container_descriptor<T, SequenceInfo<T>>(TypeKind::sequence);
  if constexpr (SequenceInfo<T>::copying == Copying::described) {
    type.copy_assign = &copy_sequence_through_descriptors<T>;
  }
  type.sequence = &array_details_of<T>;
  return type;
}();

template <class T>
struct ArrayInfo : SequenceInfo<T> {
  static const TypeDescriptor& descriptor() { return array_type<T>; }
};

template <class T>
struct MapInfo;
template <class T>
inline constexpr MapDetails map_details_of = map_details<T>();
template <class T>
inline constexpr TypeDescriptor map_type = [] {
  TypeDescriptor type = container_descriptor<T, MapInfo<T>>(TypeKind::map);
  if constexpr (MapInfo<T>::copying == Copying::described) {
    type.copy_assign = &copy_map_through_descriptors<T>;
  }
  type.map = &map_details_of<T>;
  return type;
}();

template <class T>
struct MapInfo {
  static constexpr bool describable =
      is_map_key<typename T::key_type> && is_describable<typename T::mapped_type>;
  static constexpr bool comparable = detail::comparable<typename T::mapped_type>();
  static constexpr Copying copying = detail::copying<typename T::mapped_type>();
  static const TypeDescriptor& descriptor() { return map_type<T>; }
};

template <class T>
struct VariantInfo;
template <class T>
inline constexpr VariantDetails variant_details_of = variant_details<T>();
template <class T>
inline constexpr TypeDescriptor variant_type = [] {
  TypeDescriptor type = container_descriptor<T, VariantInfo<T>>(TypeKind::variant);
  if constexpr (VariantInfo<T>::copying == Copying::described) {
    type.copy_assign = &copy_variant_through_descriptors<T>;
  }
  type.variant = &variant_details_of<T>;
  return type;
}();

template <class T>
struct VariantInfo {
  static constexpr bool describable = Alternatives<T>::describable;
  static constexpr bool comparable = Alternatives<T>::comparable;
  static constexpr Copying copying = !Alternatives<T>::copyable ? Copying::none
                                     : Alternatives<T>::plain   ? Copying::plain
                                                                : Copying::described;
  static const TypeDescriptor& descriptor() { return variant_type<T>; }
};

}  // namespace roost::reflect::detail
