// Takes the names of members and enumerators out of what the compilers print for them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace roost::reflect::detail {

constexpr bool is_identifier_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// A member's name for the outside: `x_` is called `x`.
constexpr std::string_view without_trailing_underscore(std::string_view name) {
  if (name.size() > 1 && name.back() == '_') name.remove_suffix(1);
  return name;
}

/// The identifier that ends just before `end`.
constexpr std::string_view identifier_before(std::string_view text, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && is_identifier_character(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

/// Fills `names` from the text of print_pointers():
///   g++:   "… {PointerSlot<0, int*>{(& stand_in<T>.…<T>::roost_object.T::id)},
///   PointerSlot<…>{…}}]" clang: "… {{&stand_in.roost_object.id}, {&stand_in.roost_object.name}}]"
constexpr void aggregate_names(std::string_view text, std::span<std::string_view> names) {
  constexpr std::string_view marker = "roost_object.";
#if defined(__clang__)
  std::size_t position = 0;
  for (std::string_view& name : names) {
    position = text.find(marker, position) + marker.size();
    std::size_t end = position;
    while (end < text.size() && is_identifier_character(text[end])) ++end;
    name = text.substr(position, end - position);
    position = end;
  }
#else
  constexpr std::string_view separator = ")}, PointerSlot<";
  std::size_t position = 0;
  for (std::string_view& name : names) {
    position = text.find(marker, position) + marker.size();
    std::size_t end = text.find(separator, position);
    if (end == std::string_view::npos) end = text.rfind(')');
    name = identifier_before(text, end);
    position = end;
  }
#endif
}

template <auto... Members>
consteval const char* print_members() {
  return __PRETTY_FUNCTION__;
}

/// Calls `take(index, element)` for each element of the list at the end of the text of
/// print_members() or of print_enumerators(): "… {&A<int, char>::x, &A<int, char>::y}]", in clang
/// with angle brackets around.
template <class Take>
constexpr void split_list(std::string_view text, Take take) {
#if defined(__clang__)
  constexpr std::string_view opening = " = <";
#else
  constexpr std::string_view opening = " = {";
#endif
  // The list is the last template argument, and no element contains the opening.
  std::size_t begin = text.rfind(opening) + opening.size();
  const std::size_t stop = text.size() - 2;  // before the closing bracket and ']'
  std::size_t index = 0;
  std::size_t depth = 0;
  for (std::size_t i = begin; i <= stop; ++i) {
    const char c = text[i];
    if (i == stop || (c == ',' && depth == 0)) {
      take(index++, text.substr(begin, i - begin));
      begin = i + 2;
    } else if (c == '<' || c == '(' || c == '{') {
      ++depth;
    } else if (c == '>' || c == ')' || c == '}') {
      --depth;
    }
  }
}

/// Fills `names` from the text of print_members().
constexpr void member_names(std::string_view text, std::span<std::string_view> names) {
  split_list(text, [&names](std::size_t index, std::string_view element) {
    if (index < names.size()) names[index] = identifier_before(element, element.size());
  });
}

}  // namespace roost::reflect::detail
