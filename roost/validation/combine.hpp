// Words around rules: for the elements of a container, under a condition, for the object as a
// whole.
#pragma once

#include <roost/meta/meta.hpp>
#include <roost/validation/rule.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace roost::validation {

/// Several rules in one annotation.
template <class... Rules>
struct RuleGroup {
  using validation_annotation = void;
  template <class Member>
  static constexpr bool applies_to = (reflect::annotation_fits<Rules, Member> && ...);
  static constexpr AnnotationShape shape() {
    AnnotationShape shape;
    shape.rules = &visit_all;
    return shape;
  }

  static void visit_all(const void* annotation, void* context, AnnotationShape::Visit visit) {
    std::apply([&](const Rules&... rule) { (visit(context, rule.view()), ...); },
               static_cast<const RuleGroup*>(annotation)->rules);
  }

  std::tuple<Rules...> rules;
};

/// Rules that run while `Predicate` says true of the object that the member belongs to.
template <class Class, class Predicate, class... Rules>
struct Conditional {
  using validation_annotation = void;
  template <class Member>
  static constexpr bool applies_to = (reflect::annotation_fits<Rules, Member> && ...);
  static constexpr AnnotationShape shape() {
    AnnotationShape shape;
    shape.rules = &visit_all;
    shape.active = &is_active;
    return shape;
  }

  static void visit_all(const void* annotation, void* context, AnnotationShape::Visit visit) {
    std::apply([&](const Rules&... rule) { (visit(context, rule.view()), ...); },
               static_cast<const Conditional*>(annotation)->rules);
  }
  static bool is_active(const void* annotation, const void* owner) {
    return static_cast<const Conditional*>(annotation)
        ->predicate(*static_cast<const Class*>(owner));
  }

  Predicate predicate;
  std::tuple<Rules...> rules;
};

/// Asks about one member of the object.
template <auto Member, class Condition>
struct MemberCondition {
  Condition condition;

  constexpr bool operator()(const reflect::member_class<Member>& object) const {
    if constexpr (std::is_invocable_r_v<bool, const Condition&,
                                        const reflect::member_type<Member>&>) {
      return condition(object.*Member);
    } else {
      return object.*Member == condition;
    }
  }
};

/// A rule of the object as a whole, reported at `Member`.
template <auto Member, class Predicate>
struct ObjectRule {
  using Class = reflect::member_class<Member>;
  using validation_annotation = void;
  static constexpr AnnotationShape shape() {
    AnnotationShape shape;
    shape.check_object = &check;
    shape.about = &place;
    shape.object_message = &text;
    shape.object_key = "ensure";
    return shape;
  }

  static bool check(const void* annotation, const void* owner) {
    return static_cast<const ObjectRule*>(annotation)->predicate(*static_cast<const Class*>(owner));
  }
  static std::ptrdiff_t place(const void* /*annotation*/, const void* owner) {
    const auto& object = *static_cast<const Class*>(owner);
    return reinterpret_cast<const char*>(&(object.*Member)) - static_cast<const char*>(owner);
  }
  static std::string_view text(const void* annotation) {
    return static_cast<const ObjectRule*>(annotation)->message;
  }

  Predicate predicate;
  std::string_view message;
};

}  // namespace roost::validation

namespace roost {

/// The rule is for each element of the container: `each(max_length(8))`.
template <class P>
constexpr auto each(const validation::Rule<P>& rule) {
  return validation::Rule<P, true>{rule.options, rule.parameters};
}
/// Several rules for each element.
template <class... P>
requires(sizeof...(P) > 1) constexpr auto each(const validation::Rule<P>&... rules) {
  return validation::RuleGroup<validation::Rule<P, true>...>{{each(rules)...}};
}

/// The rules run only while another member fulfils the condition, a value or a function of it:
/// `when<&Message::kind>(Kind::email, is_email)`,
/// `when<&Order::total>([](int total) { return total > 100; }, not_empty)`.
template <auto Member, class Condition, class... Rules>
constexpr auto when(const Condition& condition, const Rules&... rules) {
  using Test = validation::MemberCondition<Member, Condition>;
  return validation::Conditional<reflect::member_class<Member>, Test, Rules...>{Test{condition},
                                                                                {rules...}};
}
/// The same for a condition on the whole object. The class is not complete inside its own `meta`,
/// so that the function takes `const auto&` and says what it returns:
/// `when<Order>([](const auto& order) -> bool { return order.total > order.limit; }, not_empty)`.
template <class Class, class Predicate, class... Rules>
constexpr auto when(const Predicate& predicate, const Rules&... rules) {
  return validation::Conditional<Class, Predicate, Rules...>{predicate, {rules...}};
}

/// A rule of the object as a whole, written beside the fields in `meta` and reported at Member. It
/// runs when every member is right by itself.
/// `ensure<&Event::end>([](const auto& event) -> bool { return event.end > event.start; },
///                      "$property must be after start")`
template <auto Member, class Predicate>
constexpr auto ensure(const Predicate& predicate, std::string_view message) {
  return validation::ObjectRule<Member, Predicate>{predicate, message};
}

}  // namespace roost
