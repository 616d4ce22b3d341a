// From a pointer to a member to its name and its descriptor.
#pragma once

#include <roost/meta/describe.hpp>

#include <cstddef>
#include <string_view>

namespace roost::reflect {

namespace detail {

/// The field at the offset that the constant member pointer holds. Throws roost::Error when the
/// type has none there (a member that is not listed, or ignored).
const FieldDescriptor& field_at(const TypeDescriptor& type, const void* member_pointer,
                                std::string_view member);

template <auto Member>
constexpr std::string_view printed_member_name() {
  std::string_view name;
  split_list(print_members<Member>(), [&name](std::size_t, std::string_view element) {
    name = identifier_before(element, element.size());
  });
  return name;
}

template <class T, auto Member>
const FieldDescriptor& field_of_member() {
  static const FieldDescriptor& field =
      field_at(type_of<T>(), pointer_constant<T, Member>(), printed_member_name<Member>());
  return field;
}

}  // namespace detail

/// The name of a member without the underscore at its end: "title" for `&Book::title_`.
template <auto Member>
constexpr std::string_view member_name() {
  return detail::without_trailing_underscore(detail::printed_member_name<Member>());
}

/// The descriptor of a member. `T` is the class that declares it, unless another that inherits it
/// is given. Throws roost::Error when the member is not part of the description of T.
template <auto Member, class T = member_class<Member>>
const FieldDescriptor& field_descriptor() {
  return detail::field_of_member<T, Member>();
}

/// The position of a member in ObjectDetails::fields.
template <auto Member, class T = member_class<Member>>
std::size_t field_index() {
  return detail::field_of_member<T, Member>().index;
}

}  // namespace roost::reflect
