// What a validation rule is: a small constant with parameters, written beside a member in `meta`,
// and a table of compiled functions that check values and word the message.
#pragma once

#include <roost/meta/annotation.hpp>
#include <roost/validation/domain.hpp>
#include <roost/validation/subject.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace roost::validation {

class Literal;

/// What a message function is told.
struct MessageArguments {
  std::string_view property;         // name of the member as clients know it
  std::string_view target;           // name of the class
  std::string_view value;            // the refused value as text
  std::string_view default_message;  // what the rule would have said
};
using MessageFunction = std::string (*)(const MessageArguments& arguments);

/// What every rule can be told beside its own parameters.
struct RuleOptions {
  static constexpr std::size_t max_groups = 4;

  std::string_view message;                    // instead of the rule's own; empty: the rule's own
  MessageFunction message_function = nullptr;  // stronger than `message`
  std::array<std::string_view, max_groups> groups{};  // empty names are unused places
  bool always = false;                                // runs whatever groups are asked for
};

/// One call of a rule.
struct RuleCall {
  const void* parameters = nullptr;  // of the rule's own type
  const void* prepared = nullptr;    // made by RuleOperations::prepare
  Subject subject;
  const void* value = nullptr;  // the member itself; null when the input did not fit its type
  const void* owner = nullptr;  // the object that the member belongs to
};

/// The compiled half of a rule. One constant per rule type; also the source of the rule table in
/// the guide.
struct RuleOperations {
  std::string_view key{};  // name in grouped errors and in ValidationError::rule: "minLength"
  /// Tokens: $property, $constraint1 …, $value, $target; $each is "each value in " inside each(…).
  std::string_view message{};
  std::string_view signature{};  // how it is written: "min_length(n)"
  std::string_view summary{};    // what it accepts
  bool (*check)(const RuleCall& call) = nullptr;
  /// Appends parameter `index` (from 1) as text; null when there is none.
  void (*constraint)(const void* parameters, std::size_t index, std::string& out) = nullptr;
  /// For rules whose message depends on the value; null: always `message`.
  std::string_view (*choose_message)(const RuleCall& call) = nullptr;
  /// For rules with something to compute once (a compiled pattern); the result is kept for the
  /// life of the program. Throws Error when the parameters make no sense.
  const void* (*prepare)(const void* parameters) = nullptr;
  /// For rules about one member of each element: the member's name in C++. The check then sees an
  /// array of that member's values. Null: it sees the elements.
  std::string_view (*identify)() = nullptr;
  /// For rules whose parameters are a list of constants: that list.
  std::span<const Literal> (*values)(const void* parameters) = nullptr;
  /// True: the check includes that of the member's C++ type, whose own message is then left out.
  bool implies_type = false;
};

/// A rule as it stands in an annotation, type-erased.
struct RuleView {
  const RuleOperations* operations = nullptr;
  const RuleOptions* options = nullptr;
  const void* parameters = nullptr;
  bool each = false;
};

/// How the engine reads an annotation of this room.
struct AnnotationShape {
  using Visit = void (*)(void* context, const RuleView& rule);

  /// Calls `visit` for the rules in the annotation, in order of declaration.
  void (*rules)(const void* annotation, void* context, Visit visit) = nullptr;
  /// Condition under which they run; null: always.
  bool (*active)(const void* annotation, const void* owner) = nullptr;
  /// Changes the member before any rule runs; null: no transformation.
  void (*transform)(const void* annotation, void* member,
                    const reflect::TypeDescriptor& type) = nullptr;
  /// Gives a value to a member that the input left out or that is empty; null: no default.
  bool (*supply)(const void* annotation, void* member,
                 const reflect::TypeDescriptor& type) = nullptr;
  /// Checks the object as a whole; null: not a rule of the object. `offset` is the place of the
  /// member that the message is about.
  bool (*check_object)(const void* annotation, const void* owner) = nullptr;
  std::ptrdiff_t (*about)(const void* annotation, const void* owner) = nullptr;
  std::string_view (*object_message)(const void* annotation) = nullptr;
  std::string_view object_key{};
};

/// Family of all annotations of this room.
inline constexpr char rule_family = 0;

namespace detail {

/// By the rule's domain; a rule that wants one exact type says `takes<Member>`.
template <class P, class Member>
constexpr bool rule_fits(bool each) {
  if constexpr (requires { P::exact; }) {
    if (P::exact) return !each && P::template takes<Member>;
  }
  return rule_applies<Member>(P::domain, each);
}

}  // namespace detail

/// A rule with its parameters P. P has `static const RuleOperations operations` and `static
/// constexpr Domain domain`. Inside each(…) it looks at the elements of a container.
template <class P, bool each_element = false>
struct Rule {
  using validation_annotation = void;
  using requirement = requirement_of<each_element ? Domain::array : P::domain>;
  template <class Member>
  static constexpr bool applies_to = detail::rule_fits<P, Member>(each_element);

  RuleOptions options{};
  P parameters{};

  /// The same rule with another text. Tokens as in RuleOperations::message.
  [[nodiscard]] constexpr Rule message(std::string_view text) const {
    Rule changed = *this;
    changed.options.message = text;
    return changed;
  }
  /// The same rule with a text that a function makes.
  [[nodiscard]] constexpr Rule message(MessageFunction function) const {
    Rule changed = *this;
    changed.options.message_function = function;
    return changed;
  }
  /// The same rule, part of these groups: with ValidationOptions::groups set, only rules of one of
  /// those groups run.
  template <class... Names>
  requires(sizeof...(Names) > 0 && sizeof...(Names) <= RuleOptions::max_groups)
      [[nodiscard]] constexpr Rule groups(const Names&... names) const {
    Rule changed = *this;
    changed.options.groups = {std::string_view{names}...};
    return changed;
  }
  /// The same rule, run whatever groups are asked for.
  [[nodiscard]] constexpr Rule always() const {
    Rule changed = *this;
    changed.options.always = true;
    return changed;
  }
  /// The same rule with its options: `is_email({.allow_ip_domain = true})`.
  template <class Q = P>
  [[nodiscard]] constexpr Rule operator()(typename Q::Options rule_options) const {
    Rule changed = *this;
    changed.parameters = Q{rule_options};
    return changed;
  }

  [[nodiscard]] constexpr RuleView view() const {
    return {&P::operations, &options, &parameters, each_element};
  }
};

namespace detail {

template <class R>
void visit_rule(const void* annotation, void* context, AnnotationShape::Visit visit) {
  visit(context, static_cast<const R*>(annotation)->view());
}

template <class A>
struct ShapeOf {
  static constexpr AnnotationShape value = A::shape();
};
template <class P, bool each_element>
struct ShapeOf<Rule<P, each_element>> {
  static constexpr AnnotationShape value{.rules = &visit_rule<Rule<P, each_element>>};
};

}  // namespace detail

}  // namespace roost::validation

template <class A>
requires requires { typename A::validation_annotation; }
struct roost::reflect::AnnotationTraits<A> {
  static constexpr const void* family = &roost::validation::rule_family;
  static constexpr const void* operations = &roost::validation::detail::ShapeOf<A>::value;
};
