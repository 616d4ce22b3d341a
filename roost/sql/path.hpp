// f<&Event::title>, f<&Event::venue, &Venue::city>: a column, said by member pointers, as data.
#pragma once

#include <roost/meta/describe.hpp>
#include <roost/meta/member.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace roost::db {

/// One member of a path.
struct PathStep {
  reflect::TypeRef owner;   // the class that declares the member
  std::string_view member;  // its C++ name, without an underscore at the end
  reflect::TypeRef type;    // its declared type
};

/// A chain of members. One object a chain, valid until the program ends: compare addresses.
struct Path {
  const PathStep* first;
  std::size_t count;

  [[nodiscard]] constexpr std::span<const PathStep> steps() const { return {first, count}; }
  [[nodiscard]] constexpr const PathStep& back() const { return first[count - 1]; }
};

// Customisation points, for types that stand for something else (relations, JSON columns).

/// The class whose members may follow a member of type T in a path. By default T itself, without
/// std::optional, Nullable, unique_ptr and shared_ptr.
template <class T>
struct PathTarget {
  using type = reflect::unwrapped<T>;
};

/// The type of the values with which a member of type T is compared. By default as PathTarget.
template <class T>
struct ComparedAs {
  using type = reflect::unwrapped<T>;
};

/// May a member of type T be NULL, so that comparing it with nullptr makes sense?
template <class T>
inline constexpr bool is_nullable_member = !std::is_same_v<reflect::unwrapped<T>, T>;

/// May a member of Owner follow in a path where Target is the PathTarget of the member before?
template <class Target, class Owner>
inline constexpr bool leads_to = std::is_base_of_v<Owner, Target>;

template <class Target, auto Member>
struct this_member_does_not_follow_the_one_before {
  static_assert(reflect::detail::never<Target>,
                "roost: in f<…> each member belongs to the class that the member before it refers "
                "to; the class of this member (second argument) is not that class (first "
                "argument)");
};

template <auto Member>
struct the_argument_of_f_is_not_a_data_member {
  static_assert(reflect::detail::never<decltype(Member)>,
                "roost: f<…> takes addresses of data members: f<&Class::member>, "
                "f<&Class::relation, &Other::member>");
};

namespace detail {

template <auto Member>
using target_of = typename PathTarget<reflect::member_type<Member>>::type;

template <auto First>
constexpr bool check_chain() {
  if constexpr (!std::is_member_object_pointer_v<decltype(First)>) {
    (void)sizeof(the_argument_of_f_is_not_a_data_member<First>);
  }
  return true;
}
template <auto First, auto Second, auto... Rest>
constexpr bool check_chain() {
  if constexpr (!std::is_member_object_pointer_v<decltype(First)>) {
    (void)sizeof(the_argument_of_f_is_not_a_data_member<First>);
  } else if constexpr (!std::is_member_object_pointer_v<decltype(Second)>) {
    (void)sizeof(the_argument_of_f_is_not_a_data_member<Second>);
  } else if constexpr (!leads_to<target_of<First>, reflect::member_class<Second>>) {
    (void)sizeof(this_member_does_not_follow_the_one_before<target_of<First>, Second>);
  } else {
    return check_chain<Second, Rest...>();
  }
  return true;
}

template <auto Member>
constexpr PathStep step() {
  return {&reflect::type_of<reflect::member_class<Member>>, reflect::member_name<Member>(),
          &reflect::type_of<reflect::member_type<Member>>};
}

template <auto... Members>
struct PathOf {
  static_assert(sizeof...(Members) > 0, "roost: f<…> needs at least one member");
  static constexpr bool checked = check_chain<Members...>();
  static constexpr PathStep steps[] = {step<Members>()...};
  static constexpr Path path{&steps[0], checked ? sizeof...(Members) : 0};
};

template <auto First, auto... Rest>
struct LastMember : LastMember<Rest...> {};
template <auto Last>
struct LastMember<Last> {
  using type = reflect::member_type<Last>;
};

}  // namespace detail

/// The one Path of a chain of members.
template <auto... Members>
[[nodiscard]] constexpr const Path& path_of() {
  return detail::PathOf<Members...>::path;
}

}  // namespace roost::db
