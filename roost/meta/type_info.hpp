// How a type comes to its descriptor, and how that can be changed: reflect::type_of and TypeInfo.
#pragma once

#include <roost/meta/type_descriptor.hpp>

namespace roost::reflect {

/// The descriptor of T: one object a type, valid until the program ends, safe in every thread. It
/// is made at the first call. T must be complete; a type that cannot be described is a compile
/// error that names the class and the type of the member.
template <class T>
[[nodiscard]] const TypeDescriptor& type_of();

/// The extension point: how T is described. Specialise it for a type that the rules below do not
/// cover or do not describe as wanted, in the header that declares T:
///
///     template <>
///     struct roost::reflect::TypeInfo<json::Value> {
///       static const TypeDescriptor& descriptor();   // defined in a .cpp
///     };
///
/// A class that is written as one string needs no specialisation: it has
///     static std::optional<T> parse(std::string_view);   // no value: not of this form
///     void append_to(std::string& out) const;
/// and, if wanted, `static constexpr std::string_view text_format` (JSON Schema "format") and
/// `text_expected` (the end of a message: "must be a Date instance").
template <class T>
struct TypeInfo;

/// Opt-in for enumerations with values outside -8..255: either a range of at most some hundred
/// values or, for flags and scattered values, the values themselves.
///
///     template <> struct roost::reflect::EnumRange<Level> {
///       static constexpr int first = 1000, last = 1100;
///     };
///     template <> struct roost::reflect::EnumValues<Flags> {
///       static constexpr Flags values[] = {Flags::none, Flags::bold, Flags::italic};
///     };
///
/// Values that are not found have no name; of two enumerators with one value the first has. An
/// underscore at the end of a name is dropped (`default_` is "default").
template <class E>
struct EnumRange {
  static constexpr int first = -8;
  static constexpr int last = 255;
};
template <class E>
struct EnumValues {};

}  // namespace roost::reflect
