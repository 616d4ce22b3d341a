// What a class's constructor takes, found out without macros.
//
// A probe that converts to any lvalue is passed for every parameter; while the compiler picks the
// constructor, each conversion records the type it was asked for by defining a friend function of a
// slot. Only the file that constructs a class does this, so a class's header needs forward
// declarations alone. Recovered are T&, const T&, T*, copyable values; not T&& and move-only
// values.
#pragma once

#include <roost/di/dependency.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace roost::di {

template <class... T>
struct List {
  static constexpr std::size_t size = sizeof...(T);
};

inline constexpr std::size_t most_parameters = 16;

template <class T>
struct TypeBox {
  using type = T;
};

/// Stands for an argument of unknown type. Never for C itself: that would be the copy constructor.
template <class C>
struct AnyArgument {
  template <class T>
  requires(!std::is_same_v<std::remove_cv_t<T>, C>) constexpr operator T&() const noexcept;
};

#pragma GCC diagnostic push
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wnon-template-friend"
#endif
template <class C, std::size_t Index>
struct Slot {
  friend auto recorded(Slot<C, Index>);
};
#pragma GCC diagnostic pop

template <class C, std::size_t Index, class T>
struct Record {
  friend auto recorded(Slot<C, Index>) { return TypeBox<T>{}; }
};

/// As AnyArgument, and notes the type. Used for one number of parameters only: two constructors
/// would define a slot twice.
template <class C, std::size_t Index>
struct RecordingArgument {
  template <class T>
  requires(!std::is_same_v<std::remove_cv_t<T>, C>) &&
      (sizeof(Record<C, Index, T>) > 0) constexpr operator T&() const noexcept;
};

template <class C, std::size_t... I>
consteval bool takes_any(std::index_sequence<I...>) {
  return requires { C((void(I), AnyArgument<C>{})...); };
}
template <class C, std::size_t... N>
consteval unsigned parameter_counts(std::index_sequence<N...>) {
  return ((takes_any<C>(std::make_index_sequence<N>{}) ? 1U << N : 0U) | ...);
}
template <class C, std::size_t... I>
consteval bool takes_recording(std::index_sequence<I...>) {
  return requires { C(RecordingArgument<C, I>{}...); };
}

template <class C, class Sequence>
struct RecordedParameters;
template <class C, std::size_t... I>
struct RecordedParameters<C, std::index_sequence<I...>> {
  static_assert(takes_recording<C>(std::index_sequence<I...>{}));
  using type = List<std::remove_cv_t<typename decltype(recorded(Slot<C, I>{}))::type>...>;
};

enum class ConstructorKind : std::uint8_t { deduced, listed, none, several, aggregate, abstract };

/// Bit N is set when C can be constructed from N injected arguments. An aggregate has no
/// constructor to inject into: without arguments or not at all.
template <class C>
consteval unsigned constructor_mask() {
  if constexpr (std::is_aggregate_v<C>) {
    return std::is_default_constructible_v<C> ? 1U : 0U;
  } else {
    return parameter_counts<C>(std::make_index_sequence<most_parameters + 1>{});
  }
}

consteval std::size_t highest_bit(unsigned mask) {
  std::size_t position = 0;
  for (; mask > 1U; mask >>= 1U) ++position;
  return position;
}

template <class C>
consteval ConstructorKind constructor_kind() {
  if constexpr (std::is_abstract_v<C>) {
    return ConstructorKind::abstract;
  } else if constexpr (requires { typename C::inject; }) {
    return ConstructorKind::listed;
  } else {
    constexpr unsigned mask = constructor_mask<C>();
    if (mask == 0) {
      return std::is_aggregate_v<C> ? ConstructorKind::aggregate : ConstructorKind::none;
    }
    return (mask & (mask - 1U)) == 0 ? ConstructorKind::deduced : ConstructorKind::several;
  }
}

template <class... P>
consteval List<std::remove_cvref_t<P>...> listed_parameters(Args<P...>) {
  return {};
}

template <class C, ConstructorKind Kind>
consteval auto constructor_parameters() {
  if constexpr (Kind == ConstructorKind::listed) {
    return listed_parameters(typename C::inject{});
  } else if constexpr (Kind == ConstructorKind::deduced) {
    constexpr std::size_t count = highest_bit(constructor_mask<C>());
    return typename RecordedParameters<C, std::make_index_sequence<count>>::type{};
  } else {
    return List<>{};
  }
}

/// The constructor of C, which must be complete.
template <class C>
struct Constructor {
  static constexpr ConstructorKind kind = constructor_kind<C>();
  using Parameters = decltype(constructor_parameters<C, constructor_kind<C>()>());
};

/// Parameters of a callable with one, non-template call operator, or of a function.
template <class Signature>
struct Callable;
template <class R, class... P>
struct Callable<R (*)(P...)> {
  using Result = R;
  using Parameters = List<std::remove_cvref_t<P>...>;
};
template <class R, class... P>
struct Callable<R (*)(P...) noexcept> : Callable<R (*)(P...)> {};
template <class F, class R, class... P>
struct Callable<R (F::*)(P...) const> : Callable<R (*)(P...)> {};
template <class F, class R, class... P>
struct Callable<R (F::*)(P...) const noexcept> : Callable<R (*)(P...)> {};
template <class F, class R, class... P>
struct Callable<R (F::*)(P...)> : Callable<R (*)(P...)> {};
template <class F, class R, class... P>
struct Callable<R (F::*)(P...) noexcept> : Callable<R (*)(P...)> {};

template <class F>
consteval auto find_callable() {
  if constexpr (std::is_pointer_v<F>) {
    return TypeBox<Callable<F>>{};
  } else if constexpr (requires { &F::operator(); }) {
    return TypeBox<Callable<decltype(&F::operator())>>{};
  } else {
    return TypeBox<void>{};
  }
}
/// Callable<…> of F, or void when its parameters cannot be seen (a generic lambda).
template <class F>
using CallableOf = typename decltype(find_callable<F>())::type;

}  // namespace roost::di
