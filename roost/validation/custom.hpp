// Rules that the program defines itself.
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/validation/rule.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace roost::validation {

namespace detail {

/// What a check function takes: `bool check(Argument) const`, and the object as a second parameter
/// where it wants it.
template <class F>
struct CheckSignature;
template <class C, class A>
struct CheckSignature<bool (C::*)(A) const> {
  using Argument = std::remove_cvref_t<A>;
  using Owner = void;
};
template <class C, class A, class O>
struct CheckSignature<bool (C::*)(A, O) const> {
  using Argument = std::remove_cvref_t<A>;
  using Owner = std::remove_cvref_t<O>;
};

template <class T>
inline constexpr bool is_text =
    std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;

/// Gives `use` the argument as the check takes it; false when the value is of another kind.
template <class Argument, class Use>
bool with_argument(const RuleCall& call, Use use) {
  const Subject& subject = call.subject;
  if constexpr (std::is_same_v<Argument, Subject>) {
    return use(subject);
  } else if constexpr (std::is_same_v<Argument, std::string_view>) {
    return subject.is_string() && use(subject.text());
  } else if constexpr (std::is_same_v<Argument, std::string>) {
    return subject.is_string() && use(std::string{subject.text()});
  } else if constexpr (std::is_same_v<Argument, bool>) {
    return subject.kind() == SubjectKind::boolean && use(subject.as_boolean());
  } else if constexpr (std::is_floating_point_v<Argument>) {
    return subject.is_number() && use(static_cast<Argument>(subject.as_double()));
  } else if constexpr (std::is_integral_v<Argument>) {
    using Limits = std::numeric_limits<Argument>;
    if (!subject.is_number() || subject.kind() == SubjectKind::floating) return false;
    const auto low = static_cast<std::int64_t>(Limits::min());
    const auto high = static_cast<std::uint64_t>(Limits::max());
    if (compare_numbers(subject, Subject::integer(low)) < 0) return false;
    if (compare_numbers(subject, Subject::integer(high)) > 0) return false;
    return use(static_cast<Argument>(subject.as_integer()));
  } else {
    return call.value != nullptr && use(*static_cast<const Argument*>(call.value));
  }
}

template <class Argument>
constexpr Domain argument_domain() {
  if constexpr (is_text<Argument>) {
    return Domain::string;
  } else if constexpr (std::is_same_v<Argument, bool>) {
    return Domain::boolean;
  } else if constexpr (std::is_arithmetic_v<Argument>) {
    return Domain::number;
  } else {
    return Domain::any;
  }
}

}  // namespace detail

/// A struct with `bool check(Value) const` and a `message` as a rule. Value is std::string_view, a
/// number, bool, validation::Subject (anything), or exactly the member's type; a second parameter
/// `const Owner&` receives the object. `message` may use $property, $value, $target; $constraint1 …
/// where the struct has `void constraint(std::size_t index, std::string& out) const`. `key`, where
/// there is one, names the rule in grouped errors.
template <class R>
struct Custom {
  using Signature = detail::CheckSignature<decltype(&R::check)>;
  using Argument = typename Signature::Argument;

  static constexpr Domain domain = detail::argument_domain<Argument>();
  /// The check wants the member itself, of exactly this type.
  static constexpr bool exact = domain == Domain::any && !std::is_same_v<Argument, Subject>;
  template <class Member>
  static constexpr bool takes = !exact || std::is_same_v<Argument, Member>;

  static bool run(const RuleCall& call) {
    const R& rule = static_cast<const Custom*>(call.parameters)->rule;
    return detail::with_argument<Argument>(call, [&](const Argument& value) {
      if constexpr (std::is_void_v<typename Signature::Owner>) {
        return rule.check(value);
      } else {
        return rule.check(value, *static_cast<const typename Signature::Owner*>(call.owner));
      }
    });
  }
  static std::string_view text(const RuleCall& call) {
    return static_cast<const Custom*>(call.parameters)->rule.message;
  }
  static void constraint(const void* parameters, std::size_t index, std::string& out) {
    if constexpr (requires(const R& any) { any.constraint(index, out); }) {
      static_cast<const Custom*>(parameters)->rule.constraint(index, out);
    }
  }
  static constexpr RuleOperations make_operations() {
    RuleOperations made;
    if constexpr (requires { R::key; }) {
      made.key = R::key;
    } else {
      made.key = type_name<R>;
    }
    made.check = &run;
    made.constraint = &constraint;
    made.choose_message = &text;
    return made;
  }
  static constexpr RuleOperations operations = make_operations();

  R rule;
};

/// A function object and its message as a custom rule.
template <class F>
struct Satisfies {
  static constexpr std::string_view key = "satisfies";

  F function;
  std::string_view message;
};

template <class F>
struct Custom<Satisfies<F>> {
  using Signature = detail::CheckSignature<decltype(&F::operator())>;
  using Argument = typename Signature::Argument;

  static constexpr Domain domain = detail::argument_domain<Argument>();
  static constexpr bool exact = domain == Domain::any && !std::is_same_v<Argument, Subject>;
  template <class Member>
  static constexpr bool takes = !exact || std::is_same_v<Argument, Member>;

  static bool run(const RuleCall& call) {
    const F& function = static_cast<const Custom*>(call.parameters)->rule.function;
    return detail::with_argument<Argument>(call,
                                           [&](const Argument& value) { return function(value); });
  }
  static std::string_view text(const RuleCall& call) {
    return static_cast<const Custom*>(call.parameters)->rule.message;
  }
  static constexpr RuleOperations make_operations() {
    RuleOperations made;
    made.key = Satisfies<F>::key;
    made.check = &run;
    made.choose_message = &text;
    return made;
  }
  static constexpr RuleOperations operations = make_operations();

  Satisfies<F> rule;
};

}  // namespace roost::validation

namespace roost {

/// A rule of the program's own, see validation::Custom:
///
///     struct EvenNumber {
///       static constexpr std::string_view message = "$property must be even";
///       bool check(int value) const { return value % 2 == 0; }
///     };
///     field<&Room::seats>(custom(EvenNumber{}))
template <class R>
constexpr auto custom(const R& rule) {
  return validation::Rule<validation::Custom<R>>{{}, {rule}};
}
/// A small one in place: `satisfies([](int seats) { return seats % 2 == 0; },
/// "$property must be even")`.
template <class F>
constexpr auto satisfies(const F& function, std::string_view message) {
  return validation::Rule<validation::Custom<validation::Satisfies<F>>>{{}, {{function, message}}};
}

}  // namespace roost
