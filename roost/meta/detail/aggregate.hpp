// Counts the members of an aggregate, ties them, and prints their names: the compiler tricks behind
// describe.hpp.
//
// Counting: T{{}, {}, …} is well-formed for as many pairs of braces as T has members, whatever
// their types (a pair of braces never spreads over two members, so that arrays count as one). A
// member that cannot be made from {} spoils this; then objects that convert to anything take over.
//
// Names: a structured binding gives references to all members of an object that is declared but
// never defined; their addresses are constants, and a function template with these constants as
// arguments prints them in __PRETTY_FUNCTION__. The text is taken apart at run time (names.hpp), so
// that the compiler pays for one instantiation a type.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace roost::reflect::detail {

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-internal"
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif

/// Converts to anything, in unevaluated code.
struct Anything {
  template <class T>
  operator T() const noexcept;
};

/// Converts to bases of T only.
template <class T>
struct AnyBaseOf {
  template <class Base>
  requires(std::is_base_of_v<Base, T> && !std::is_same_v<Base, T>) operator Base() const noexcept;
};

template <std::size_t Count>
struct Binding;

template <>
struct Binding<0> {
  template <class T>
  static constexpr bool fits_one_more = requires {
    T{Anything{}};
  };
  template <class T, class Visitor>
  static constexpr auto visit(T&, Visitor visitor) {
    return visitor();
  }
};

// clang-format off
#define ROOST_NAMES_1 m1
#define ROOST_BRACES_1 {}
#define ROOST_NAMES_2 ROOST_NAMES_1, m2
#define ROOST_NAMES_3 ROOST_NAMES_2, m3
#define ROOST_NAMES_4 ROOST_NAMES_3, m4
#define ROOST_NAMES_5 ROOST_NAMES_4, m5
#define ROOST_NAMES_6 ROOST_NAMES_5, m6
#define ROOST_NAMES_7 ROOST_NAMES_6, m7
#define ROOST_NAMES_8 ROOST_NAMES_7, m8
#define ROOST_NAMES_9 ROOST_NAMES_8, m9
#define ROOST_NAMES_10 ROOST_NAMES_9, m10
#define ROOST_NAMES_11 ROOST_NAMES_10, m11
#define ROOST_NAMES_12 ROOST_NAMES_11, m12
#define ROOST_NAMES_13 ROOST_NAMES_12, m13
#define ROOST_NAMES_14 ROOST_NAMES_13, m14
#define ROOST_NAMES_15 ROOST_NAMES_14, m15
#define ROOST_NAMES_16 ROOST_NAMES_15, m16
#define ROOST_NAMES_17 ROOST_NAMES_16, m17
#define ROOST_NAMES_18 ROOST_NAMES_17, m18
#define ROOST_NAMES_19 ROOST_NAMES_18, m19
#define ROOST_NAMES_20 ROOST_NAMES_19, m20
#define ROOST_NAMES_21 ROOST_NAMES_20, m21
#define ROOST_NAMES_22 ROOST_NAMES_21, m22
#define ROOST_NAMES_23 ROOST_NAMES_22, m23
#define ROOST_NAMES_24 ROOST_NAMES_23, m24
#define ROOST_NAMES_25 ROOST_NAMES_24, m25
#define ROOST_NAMES_26 ROOST_NAMES_25, m26
#define ROOST_NAMES_27 ROOST_NAMES_26, m27
#define ROOST_NAMES_28 ROOST_NAMES_27, m28
#define ROOST_NAMES_29 ROOST_NAMES_28, m29
#define ROOST_NAMES_30 ROOST_NAMES_29, m30
#define ROOST_NAMES_31 ROOST_NAMES_30, m31
#define ROOST_NAMES_32 ROOST_NAMES_31, m32
#define ROOST_NAMES_33 ROOST_NAMES_32, m33
#define ROOST_NAMES_34 ROOST_NAMES_33, m34
#define ROOST_NAMES_35 ROOST_NAMES_34, m35
#define ROOST_NAMES_36 ROOST_NAMES_35, m36
#define ROOST_NAMES_37 ROOST_NAMES_36, m37
#define ROOST_NAMES_38 ROOST_NAMES_37, m38
#define ROOST_NAMES_39 ROOST_NAMES_38, m39
#define ROOST_NAMES_40 ROOST_NAMES_39, m40
#define ROOST_NAMES_41 ROOST_NAMES_40, m41
#define ROOST_NAMES_42 ROOST_NAMES_41, m42
#define ROOST_NAMES_43 ROOST_NAMES_42, m43
#define ROOST_NAMES_44 ROOST_NAMES_43, m44
#define ROOST_NAMES_45 ROOST_NAMES_44, m45
#define ROOST_NAMES_46 ROOST_NAMES_45, m46
#define ROOST_NAMES_47 ROOST_NAMES_46, m47
#define ROOST_NAMES_48 ROOST_NAMES_47, m48
#define ROOST_NAMES_49 ROOST_NAMES_48, m49
#define ROOST_NAMES_50 ROOST_NAMES_49, m50
#define ROOST_NAMES_51 ROOST_NAMES_50, m51
#define ROOST_NAMES_52 ROOST_NAMES_51, m52
#define ROOST_NAMES_53 ROOST_NAMES_52, m53
#define ROOST_NAMES_54 ROOST_NAMES_53, m54
#define ROOST_NAMES_55 ROOST_NAMES_54, m55
#define ROOST_NAMES_56 ROOST_NAMES_55, m56
#define ROOST_NAMES_57 ROOST_NAMES_56, m57
#define ROOST_NAMES_58 ROOST_NAMES_57, m58
#define ROOST_NAMES_59 ROOST_NAMES_58, m59
#define ROOST_NAMES_60 ROOST_NAMES_59, m60
#define ROOST_NAMES_61 ROOST_NAMES_60, m61
#define ROOST_NAMES_62 ROOST_NAMES_61, m62
#define ROOST_NAMES_63 ROOST_NAMES_62, m63
#define ROOST_NAMES_64 ROOST_NAMES_63, m64
#define ROOST_BRACES_2 ROOST_BRACES_1, {}
#define ROOST_BRACES_3 ROOST_BRACES_2, {}
#define ROOST_BRACES_4 ROOST_BRACES_3, {}
#define ROOST_BRACES_5 ROOST_BRACES_4, {}
#define ROOST_BRACES_6 ROOST_BRACES_5, {}
#define ROOST_BRACES_7 ROOST_BRACES_6, {}
#define ROOST_BRACES_8 ROOST_BRACES_7, {}
#define ROOST_BRACES_9 ROOST_BRACES_8, {}
#define ROOST_BRACES_10 ROOST_BRACES_9, {}
#define ROOST_BRACES_11 ROOST_BRACES_10, {}
#define ROOST_BRACES_12 ROOST_BRACES_11, {}
#define ROOST_BRACES_13 ROOST_BRACES_12, {}
#define ROOST_BRACES_14 ROOST_BRACES_13, {}
#define ROOST_BRACES_15 ROOST_BRACES_14, {}
#define ROOST_BRACES_16 ROOST_BRACES_15, {}
#define ROOST_BRACES_17 ROOST_BRACES_16, {}
#define ROOST_BRACES_18 ROOST_BRACES_17, {}
#define ROOST_BRACES_19 ROOST_BRACES_18, {}
#define ROOST_BRACES_20 ROOST_BRACES_19, {}
#define ROOST_BRACES_21 ROOST_BRACES_20, {}
#define ROOST_BRACES_22 ROOST_BRACES_21, {}
#define ROOST_BRACES_23 ROOST_BRACES_22, {}
#define ROOST_BRACES_24 ROOST_BRACES_23, {}
#define ROOST_BRACES_25 ROOST_BRACES_24, {}
#define ROOST_BRACES_26 ROOST_BRACES_25, {}
#define ROOST_BRACES_27 ROOST_BRACES_26, {}
#define ROOST_BRACES_28 ROOST_BRACES_27, {}
#define ROOST_BRACES_29 ROOST_BRACES_28, {}
#define ROOST_BRACES_30 ROOST_BRACES_29, {}
#define ROOST_BRACES_31 ROOST_BRACES_30, {}
#define ROOST_BRACES_32 ROOST_BRACES_31, {}
#define ROOST_BRACES_33 ROOST_BRACES_32, {}
#define ROOST_BRACES_34 ROOST_BRACES_33, {}
#define ROOST_BRACES_35 ROOST_BRACES_34, {}
#define ROOST_BRACES_36 ROOST_BRACES_35, {}
#define ROOST_BRACES_37 ROOST_BRACES_36, {}
#define ROOST_BRACES_38 ROOST_BRACES_37, {}
#define ROOST_BRACES_39 ROOST_BRACES_38, {}
#define ROOST_BRACES_40 ROOST_BRACES_39, {}
#define ROOST_BRACES_41 ROOST_BRACES_40, {}
#define ROOST_BRACES_42 ROOST_BRACES_41, {}
#define ROOST_BRACES_43 ROOST_BRACES_42, {}
#define ROOST_BRACES_44 ROOST_BRACES_43, {}
#define ROOST_BRACES_45 ROOST_BRACES_44, {}
#define ROOST_BRACES_46 ROOST_BRACES_45, {}
#define ROOST_BRACES_47 ROOST_BRACES_46, {}
#define ROOST_BRACES_48 ROOST_BRACES_47, {}
#define ROOST_BRACES_49 ROOST_BRACES_48, {}
#define ROOST_BRACES_50 ROOST_BRACES_49, {}
#define ROOST_BRACES_51 ROOST_BRACES_50, {}
#define ROOST_BRACES_52 ROOST_BRACES_51, {}
#define ROOST_BRACES_53 ROOST_BRACES_52, {}
#define ROOST_BRACES_54 ROOST_BRACES_53, {}
#define ROOST_BRACES_55 ROOST_BRACES_54, {}
#define ROOST_BRACES_56 ROOST_BRACES_55, {}
#define ROOST_BRACES_57 ROOST_BRACES_56, {}
#define ROOST_BRACES_58 ROOST_BRACES_57, {}
#define ROOST_BRACES_59 ROOST_BRACES_58, {}
#define ROOST_BRACES_60 ROOST_BRACES_59, {}
#define ROOST_BRACES_61 ROOST_BRACES_60, {}
#define ROOST_BRACES_62 ROOST_BRACES_61, {}
#define ROOST_BRACES_63 ROOST_BRACES_62, {}
#define ROOST_BRACES_64 ROOST_BRACES_63, {}
#define ROOST_BINDING(count)                                                   \
  template <>                                                                  \
  struct Binding<count> {                                                      \
    template <class T>                                                         \
    static constexpr bool fits = requires { T{ROOST_BRACES_##count}; };        \
    template <class T>                                                         \
    static constexpr bool fits_one_more =                                      \
        requires { T{ROOST_BRACES_##count, Anything{}}; };                     \
    template <class T, class Visitor>                                          \
    static constexpr auto visit(T& object, Visitor visitor) {                  \
      auto& [ROOST_NAMES_##count] = object;                                    \
      return visitor(ROOST_NAMES_##count);                                     \
    }                                                                          \
  };
ROOST_BINDING(1) ROOST_BINDING(2) ROOST_BINDING(3) ROOST_BINDING(4) ROOST_BINDING(5)
ROOST_BINDING(6) ROOST_BINDING(7) ROOST_BINDING(8) ROOST_BINDING(9) ROOST_BINDING(10)
ROOST_BINDING(11) ROOST_BINDING(12) ROOST_BINDING(13) ROOST_BINDING(14) ROOST_BINDING(15)
ROOST_BINDING(16) ROOST_BINDING(17) ROOST_BINDING(18) ROOST_BINDING(19) ROOST_BINDING(20)
ROOST_BINDING(21) ROOST_BINDING(22) ROOST_BINDING(23) ROOST_BINDING(24) ROOST_BINDING(25)
ROOST_BINDING(26) ROOST_BINDING(27) ROOST_BINDING(28) ROOST_BINDING(29) ROOST_BINDING(30)
ROOST_BINDING(31) ROOST_BINDING(32) ROOST_BINDING(33) ROOST_BINDING(34) ROOST_BINDING(35)
ROOST_BINDING(36) ROOST_BINDING(37) ROOST_BINDING(38) ROOST_BINDING(39) ROOST_BINDING(40)
ROOST_BINDING(41) ROOST_BINDING(42) ROOST_BINDING(43) ROOST_BINDING(44) ROOST_BINDING(45)
ROOST_BINDING(46) ROOST_BINDING(47) ROOST_BINDING(48) ROOST_BINDING(49) ROOST_BINDING(50)
ROOST_BINDING(51) ROOST_BINDING(52) ROOST_BINDING(53) ROOST_BINDING(54) ROOST_BINDING(55)
ROOST_BINDING(56) ROOST_BINDING(57) ROOST_BINDING(58) ROOST_BINDING(59) ROOST_BINDING(60)
ROOST_BINDING(61) ROOST_BINDING(62) ROOST_BINDING(63) ROOST_BINDING(64)
#undef ROOST_BINDING
#undef ROOST_NAMES_1
#undef ROOST_BRACES_1
#undef ROOST_NAMES_2
#undef ROOST_BRACES_2
#undef ROOST_NAMES_3
#undef ROOST_BRACES_3
#undef ROOST_NAMES_4
#undef ROOST_BRACES_4
#undef ROOST_NAMES_5
#undef ROOST_BRACES_5
#undef ROOST_NAMES_6
#undef ROOST_BRACES_6
#undef ROOST_NAMES_7
#undef ROOST_BRACES_7
#undef ROOST_NAMES_8
#undef ROOST_BRACES_8
#undef ROOST_NAMES_9
#undef ROOST_BRACES_9
#undef ROOST_NAMES_10
#undef ROOST_BRACES_10
#undef ROOST_NAMES_11
#undef ROOST_BRACES_11
#undef ROOST_NAMES_12
#undef ROOST_BRACES_12
#undef ROOST_NAMES_13
#undef ROOST_BRACES_13
#undef ROOST_NAMES_14
#undef ROOST_BRACES_14
#undef ROOST_NAMES_15
#undef ROOST_BRACES_15
#undef ROOST_NAMES_16
#undef ROOST_BRACES_16
#undef ROOST_NAMES_17
#undef ROOST_BRACES_17
#undef ROOST_NAMES_18
#undef ROOST_BRACES_18
#undef ROOST_NAMES_19
#undef ROOST_BRACES_19
#undef ROOST_NAMES_20
#undef ROOST_BRACES_20
#undef ROOST_NAMES_21
#undef ROOST_BRACES_21
#undef ROOST_NAMES_22
#undef ROOST_BRACES_22
#undef ROOST_NAMES_23
#undef ROOST_BRACES_23
#undef ROOST_NAMES_24
#undef ROOST_BRACES_24
#undef ROOST_NAMES_25
#undef ROOST_BRACES_25
#undef ROOST_NAMES_26
#undef ROOST_BRACES_26
#undef ROOST_NAMES_27
#undef ROOST_BRACES_27
#undef ROOST_NAMES_28
#undef ROOST_BRACES_28
#undef ROOST_NAMES_29
#undef ROOST_BRACES_29
#undef ROOST_NAMES_30
#undef ROOST_BRACES_30
#undef ROOST_NAMES_31
#undef ROOST_BRACES_31
#undef ROOST_NAMES_32
#undef ROOST_BRACES_32
#undef ROOST_NAMES_33
#undef ROOST_BRACES_33
#undef ROOST_NAMES_34
#undef ROOST_BRACES_34
#undef ROOST_NAMES_35
#undef ROOST_BRACES_35
#undef ROOST_NAMES_36
#undef ROOST_BRACES_36
#undef ROOST_NAMES_37
#undef ROOST_BRACES_37
#undef ROOST_NAMES_38
#undef ROOST_BRACES_38
#undef ROOST_NAMES_39
#undef ROOST_BRACES_39
#undef ROOST_NAMES_40
#undef ROOST_BRACES_40
#undef ROOST_NAMES_41
#undef ROOST_BRACES_41
#undef ROOST_NAMES_42
#undef ROOST_BRACES_42
#undef ROOST_NAMES_43
#undef ROOST_BRACES_43
#undef ROOST_NAMES_44
#undef ROOST_BRACES_44
#undef ROOST_NAMES_45
#undef ROOST_BRACES_45
#undef ROOST_NAMES_46
#undef ROOST_BRACES_46
#undef ROOST_NAMES_47
#undef ROOST_BRACES_47
#undef ROOST_NAMES_48
#undef ROOST_BRACES_48
#undef ROOST_NAMES_49
#undef ROOST_BRACES_49
#undef ROOST_NAMES_50
#undef ROOST_BRACES_50
#undef ROOST_NAMES_51
#undef ROOST_BRACES_51
#undef ROOST_NAMES_52
#undef ROOST_BRACES_52
#undef ROOST_NAMES_53
#undef ROOST_BRACES_53
#undef ROOST_NAMES_54
#undef ROOST_BRACES_54
#undef ROOST_NAMES_55
#undef ROOST_BRACES_55
#undef ROOST_NAMES_56
#undef ROOST_BRACES_56
#undef ROOST_NAMES_57
#undef ROOST_BRACES_57
#undef ROOST_NAMES_58
#undef ROOST_BRACES_58
#undef ROOST_NAMES_59
#undef ROOST_BRACES_59
#undef ROOST_NAMES_60
#undef ROOST_BRACES_60
#undef ROOST_NAMES_61
#undef ROOST_BRACES_61
#undef ROOST_NAMES_62
#undef ROOST_BRACES_62
#undef ROOST_NAMES_63
#undef ROOST_BRACES_63
#undef ROOST_NAMES_64
#undef ROOST_BRACES_64
    // clang-format on

    inline constexpr std::size_t most_fields = 64;

template <class T, std::size_t Low, std::size_t High>
constexpr std::size_t count_between() {  // Low fits, High does not
  if constexpr (Low + 1 == High) {
    return Low;
  } else if constexpr (Binding<(Low + High) / 2>::template fits<T>) {
    return count_between<T, (Low + High) / 2, High>();
  } else {
    return count_between<T, Low, (Low + High) / 2>();
  }
}

template <class T, std::size_t High = 8>
constexpr std::size_t count_braces() {
  if constexpr (!Binding<High>::template fits<T>) {
    return count_between < T, High == 8 ? 0 : High / 2, High > ();
  } else if constexpr (High < most_fields) {
    return count_braces<T, High * 2>();
  } else {
    return most_fields;
  }
}

template <class T, std::size_t... Index>
constexpr bool anythings_fit(std::index_sequence<Index...>) {
  return requires { T{(static_cast<void>(Index), Anything{})...}; };
}

template <class T, std::size_t... Count>
constexpr std::size_t count_anythings(std::index_sequence<Count...>) {
  std::size_t most = 0;
  ((anythings_fit<T>(std::make_index_sequence<Count>{}) ? void(most = Count) : void()), ...);
  return most;
}

/// Number of members of aggregate T; most_fields + 1 when there are more than can be tied.
template <class T>
constexpr std::size_t count_fields() {
  if constexpr (!requires { T{}; }) {
    return count_anythings<T>(std::make_index_sequence<most_fields + 2>{});
  } else if constexpr (Binding<count_braces<T>()>::template fits_one_more<T>) {
    return count_anythings<T>(std::make_index_sequence<most_fields + 2>{});
  } else {
    return count_braces<T>();
  }
}

template <class T>
inline constexpr std::size_t field_count = count_fields<T>();

struct ConvertsToNothing {};

/// An aggregate whose first parts are base classes, which structured bindings cannot tie. (A first
/// member that is made from anything, as std::any, says nothing.)
template <class T>
inline constexpr bool has_bases = requires {
  T{AnyBaseOf<T>{}};
}
&&!requires { T{ConvertsToNothing{}}; };

/// Storage in which no T is alive; makes types without default constructor usable as a stand-in.
template <class T>
union StandInStorage {
  char none;
  T roost_object;
  constexpr ~StandInStorage() {}
};
template <class T>
extern StandInStorage<T> stand_in;

template <std::size_t Index, class Pointer>
struct PointerSlot {
  Pointer pointer;
};
template <class Indices, class... Member>
struct PointerPack;
template <std::size_t... Index, class... Member>
struct PointerPack<std::index_sequence<Index...>, Member...> : PointerSlot<Index, Member*>... {};

struct MakePointers {
  template <class... Member>
  constexpr auto operator()(Member&... members) const {
    return PointerPack<std::index_sequence_for<Member...>, Member...>{
        {__builtin_addressof(members)}...};
  }
};

/// Addresses of the members of an object that does not exist: constants, for their names and types.
/// (A variable with this value would be emitted for types of internal linkage, and not link.)
template <class T>
consteval auto member_addresses() {
  return Binding<field_count<T>>::visit(stand_in<T>.roost_object, MakePointers{});
}

template <auto Pointers>
consteval const char* print_pointers() {
  return __PRETTY_FUNCTION__;
}

/// Text from which aggregate_names() (names.hpp) takes the names of the members of T.
template <class T>
constexpr const char* aggregate_name_text() {
  return print_pointers<member_addresses<T>()>();
}

struct Locate {
  const void** addresses;

  template <class... Member>
  void operator()(Member&... members) const {
    const void* all[] = {__builtin_addressof(members)..., nullptr};
    for (std::size_t i = 0; i < sizeof...(Member); ++i) addresses[i] = all[i];
  }
};

/// Addresses of the members of the object whose storage is given.
template <class T>
void locate_fields(void* storage, const void** addresses) {
  Binding<field_count<T>>::visit(*static_cast<T*>(storage), Locate{addresses});
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

}  // namespace roost::reflect::detail
