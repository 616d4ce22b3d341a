// Changes to members before the rules look at them: trim, lower case, defaults, anything.
#pragma once

#include <roost/validation/literal.hpp>
#include <roost/validation/rule.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace roost::validation {

/// A change of texts that is compiled into the library.
template <void (*change)(std::string&)>
struct TextTransform {
  using validation_annotation = void;
  using requirement = reflect::it_needs_a_string;
  template <class Member>
  static constexpr bool applies_to = std::is_same_v<Member, std::string>;
  static constexpr AnnotationShape shape() {
    AnnotationShape shape;
    shape.transform = &run;
    return shape;
  }
  static void run(const void* /*annotation*/, void* member, const reflect::TypeDescriptor&) {
    change(*static_cast<std::string*>(member));
  }
};

void trim_text(std::string& text);
void lowercase_text(std::string& text);
void uppercase_text(std::string& text);
void normalize_text(std::string& text);

namespace detail {

template <class F>
struct TransformSignature;
template <class C, class A>
struct TransformSignature<void (C::*)(A&) const> {
  using Argument = A;
};

/// Assigns to a member of the declared type, through optionals; false when the kinds do not fit.
bool assign_default(const Literal& value, void* member, const reflect::TypeDescriptor& type);

}  // namespace detail

/// A change that the program defines: a function that takes the member by reference.
template <class F>
struct Transform {
  using Argument = typename detail::TransformSignature<decltype(&F::operator())>::Argument;
  using validation_annotation = void;
  using requirement = it_does_not_fit;
  template <class Member>
  static constexpr bool applies_to = std::is_same_v<Member, Argument>;
  static constexpr AnnotationShape shape() {
    AnnotationShape shape;
    shape.transform = &run;
    return shape;
  }
  static void run(const void* annotation, void* member, const reflect::TypeDescriptor&) {
    static_cast<const Transform*>(annotation)->function(*static_cast<Argument*>(member));
  }

  F function;
};

/// Stands in for a member that is missing or null.
struct DefaultValue {
  using validation_annotation = void;
  static constexpr AnnotationShape shape() {
    AnnotationShape shape;
    shape.supply = &run;
    return shape;
  }
  static bool run(const void* annotation, void* member, const reflect::TypeDescriptor& type) {
    return detail::assign_default(static_cast<const DefaultValue*>(annotation)->value, member,
                                  type);
  }

  Literal value;
};

}  // namespace roost::validation

namespace roost {

/// White space at both ends is cut off before the rules run.
inline constexpr validation::TextTransform<&validation::trim_text> trim{};
/// The text becomes lower case (Unicode) before the rules run.
inline constexpr validation::TextTransform<&validation::lowercase_text> lowercase{};
/// The text becomes upper case (Unicode) before the rules run.
inline constexpr validation::TextTransform<&validation::uppercase_text> uppercase{};
/// The text becomes Unicode NFC before the rules run, so that é is one character however it came.
inline constexpr validation::TextTransform<&validation::normalize_text> normalize{};

/// Any other change: `transform([](std::string& slug) { … })`. Runs for values that are of the
/// member's type, in the order of the annotations.
template <class F>
constexpr auto transform(const F& function) {
  return validation::Transform<F>{function};
}

/// The value of a member that is missing or null; the rules check it as well. An enumerator is
/// given by its name.
constexpr auto default_value(validation::Literal value) { return validation::DefaultValue{value}; }

}  // namespace roost
