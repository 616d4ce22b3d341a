// AnyRef<Post, Comment>: a reference to an entity of one of several classes.
//
// Not among what orm.hpp includes: programs that have none do not compile it.
#pragma once

#include <roost/orm/find_options.hpp>
#include <roost/orm/reference.hpp>
#include <roost/orm/words.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace roost {

template <class... T>
class AnyRef;

namespace orm {

template <class Reference>
struct an_any_ref_names_a_class_once {
  static_assert(reflect::detail::never<Reference>,
                "roost: AnyRef<...> names each class to which it may refer once");
};
template <class Wanted, class Reference>
struct this_any_ref_does_not_refer_to_this_class {
  static_assert(reflect::detail::never<Wanted>,
                "roost: this class (first argument) is none of those that the AnyRef (second "
                "argument) names");
};
template <class First, class Other>
struct the_classes_of_an_any_ref_have_keys_of_one_type {
  static_assert(reflect::detail::never<First>,
                "roost: one column holds the key of whatever an AnyRef refers to: give these "
                "classes primary keys of one part and of the same type");
};
template <class Value>
struct an_any_ref_is_compared_with_entities {
  static_assert(reflect::detail::never<Value>,
                "roost: a key alone does not say which class an AnyRef refers to: compare it with "
                "an entity, a Ref, an AnyRef or nullptr, or say holds<T>(f<...>)");
};

namespace detail {

/// Stands for the classes of an AnyRef in paths and comparisons.
template <class... T>
struct AnyOf {};

template <class U, class... T>
inline constexpr std::size_t times_in = (std::size_t{std::is_same_v<U, T>} + ... + 0);

/// U itself if it is among T, or the first of them from which it is derived; else void.
template <class U, class... T>
struct ChoiceOf {
  using type = void;
};
template <class U, class First, class... Rest>
struct ChoiceOf<U, First, Rest...> : ChoiceOf<U, Rest...> {};
template <class U, class First, class... Rest>
requires(std::is_same_v<U, First> ||
         std::is_base_of_v<First, U>) struct ChoiceOf<U, First, Rest...> {
  using type = First;
};

template <class U, class... T>
concept ChoiceAmong = !std::is_void_v<typename ChoiceOf<U, T...>::type>;

template <std::size_t Index>
constexpr PrimaryKeyWord key_word(const reflect::AnnotationSlot<Index, PrimaryKeyWord>& slot) {
  return slot.value;
}

/// What is known here of the key of T: an empty name and one part where it is nothing.
template <class T>
constexpr PrimaryKeyWord known_key() {
  PrimaryKeyWord unknown;
  unknown.members.count = 1;
  if constexpr (requires { key_word(T::meta.entries); }) {
    PrimaryKeyWord key = key_word(T::meta.entries);
    // The key of a class whose key is a reference is that of another class.
    if (key.type.find("roost::Ref<") == 0) key.type = {};
    return key;
  }
  return unknown;
}

template <class First, class Other>
constexpr bool check_keys() {
  constexpr PrimaryKeyWord first = known_key<First>();
  constexpr PrimaryKeyWord other = known_key<Other>();
  constexpr bool same = first.type.empty() || other.type.empty() || first.type == other.type;
  if constexpr (other.members.count != 1 || !same) {
    return sizeof(the_classes_of_an_any_ref_have_keys_of_one_type<First, Other>) > 0;
  }
  return true;
}
template <class First, class... Rest>
constexpr bool have_keys_of_one_type() {
  return check_keys<First, First>() && (check_keys<First, Rest>() && ...);
}
template <class... T>
inline constexpr bool targets_fit<AnyRef<T...>> = have_keys_of_one_type<T...>();

}  // namespace detail
}  // namespace orm

/// A member that refers to an entity of one of the classes T, or to nothing: many to one. It is
/// stored in two columns, of which one says the class (by the name of its table) and the other the
/// key; no foreign key keeps it. It knows both without loading.
///
/// Assigning it keeps the other side, a `Collection` of the class that it refers to, in step at
/// once. Otherwise as Ref.
template <class... T>
class AnyRef : public orm::detail::RefBase {
  template <class U>
  static constexpr bool is_choice = orm::detail::ChoiceAmong<U, T...>;
  template <class U>
  using Choice = typename orm::detail::ChoiceOf<U, T...>::type;

 public:
  /// Refers to nothing.
  AnyRef() = default;
  AnyRef(std::nullptr_t) {}
  // Not explicit: `like.target = post`, `{.target = post}`.
  /// `entity` belongs to the entity manager of the entity in which this reference stands.
  template <class U>
  requires(is_choice<U>) AnyRef(const U& entity)
      : RefBase{static_cast<const Choice<U>*>(&entity)}, said_{&reflect::type_of<Choice<U>>} {}
  /// The entity, or nothing for a null pointer.
  template <class U>
  requires(is_choice<U>) AnyRef(const U* entity) {
    if (entity != nullptr) *this = AnyRef{*entity};
  }
  /// What another reference refers to, which need not be loaded: `like.target =
  /// em.reference<Post>(7)`.
  template <class U>
  requires(is_choice<U>) AnyRef(const Ref<U>& reference)
      : RefBase{reference}, said_{&reflect::type_of<Choice<U>>} {}
  AnyRef(const AnyRef& other) = default;
  AnyRef& operator=(const AnyRef& other) = default;
  ~AnyRef() = default;

  /// True when it refers to a U, loaded or not.
  template <class U>
  [[nodiscard]] bool holds() const {
    check<U>();
    return refers_to(reflect::type_of<U>(), said());
  }
  /// The entity. Throws NotLoadedError, also when there is no reference, and UsageError when it is
  /// of another class.
  template <class U>
  [[nodiscard]] U& get() {
    check<U>();
    return *static_cast<U*>(loaded_entity_of(reflect::type_of<U>(), said()));
  }
  template <class U>
  [[nodiscard]] const U& get() const {
    check<U>();
    return *static_cast<const U*>(loaded_entity_of(reflect::type_of<U>(), said()));
  }
  /// The entity if it is a U and loaded, else null.
  template <class U>
  [[nodiscard]] U* get_if() {
    return holds<U>() && is_loaded() ? &get<U>() : nullptr;
  }
  template <class U>
  [[nodiscard]] const U* get_if() const {
    return holds<U>() && is_loaded() ? &get<U>() : nullptr;
  }

  /// Calls `visitor` with the entity, whose class decides which overload it is. Throws
  /// NotLoadedError, also when there is no reference.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) {
    return visit_as<T...>(*this, std::forward<Visitor>(visitor));
  }
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return visit_as<const T...>(*this, std::forward<Visitor>(visitor));
  }

  /// The key, known without loading. Throws UsageError when there is no reference, or the key is
  /// not known yet (a new entity with a generated key, before the flush).
  template <class Key = std::int64_t>
  [[nodiscard]] Key key() const {
    Key value{};
    read_key(reflect::type_of<Key>(), &value);
    return value;
  }
  [[nodiscard]] db::Value key_value() const { return read_key_value(); }

  /// Reads the entity from the database if it is not loaded. Throws NotFoundError when the
  /// reference is empty or its row is gone.
  Task<void> load() {
    void* entity = co_await load_entity();
    if (entity == nullptr) throw_missing(*this);
  }
  /// The same; the entity is a U. Throws UsageError when it is of another class.
  template <class U>
  Task<U&> load() {
    void* entity = co_await load_entity();
    if (entity == nullptr) throw_missing(*this);
    co_return get<U>();
  }
  /// The same; false where `load()` would throw.
  Task<bool> try_load() {
    void* entity = co_await load_entity();
    co_return entity != nullptr;
  }

  /// Same entity (or both nothing).
  friend bool operator==(const AnyRef& a, const AnyRef& b) {
    return a.entity_in_any_state() == b.entity_in_any_state();
  }
  template <class U>
  requires(is_choice<U>) friend bool operator==(const AnyRef& a, const U& b) {
    return a.entity_in_any_state() == static_cast<const void*>(&b);
  }
  template <class U>
  requires(is_choice<U>) friend bool operator==(const AnyRef& a, const Ref<U>& b) {
    return a == AnyRef{b};
  }
  friend bool operator==(const AnyRef& a, std::nullptr_t) { return a.is_null(); }

 private:
  friend struct reflect::TypeInfo<AnyRef<T...>>;

  template <class U>
  static constexpr void check() {
    static_cast<void>(unique);
    if constexpr (orm::detail::times_in<std::remove_const_t<U>, T...> == 0) {
      static_cast<void>(sizeof(orm::this_any_ref_does_not_refer_to_this_class<U, AnyRef>));
    }
  }
  static constexpr bool check_unique() {
    if constexpr (!((orm::detail::times_in<T, T...> == 1) && ...)) {
      return sizeof(orm::an_any_ref_names_a_class_once<AnyRef>) > 0;
    }
    return true;
  }
  static constexpr bool unique = check_unique();

  [[nodiscard]] const reflect::TypeDescriptor* said() const {
    return said_ == nullptr ? nullptr : &said_();
  }
  template <class First, class... Rest, class Self, class Visitor>
  static decltype(auto) visit_as(Self& self, Visitor&& visitor) {
    using U = std::remove_const_t<First>;
    if constexpr (sizeof...(Rest) == 0) {
      return std::forward<Visitor>(visitor)(self.template get<U>());
    } else {
      if (self.is_null() || self.template holds<U>()) {
        return std::forward<Visitor>(visitor)(self.template get<U>());
      }
      return visit_as<Rest...>(self, std::forward<Visitor>(visitor));
    }
  }

  /// Of an entity whose manager is not asked yet: the class as which it was given.
  reflect::TypeRef said_ = nullptr;
};

}  // namespace roost

namespace roost::reflect {

template <class... T>
struct TypeInfo<AnyRef<T...>> {
  static constexpr bool describable = true;
  static constexpr bool comparable = false;

  static constexpr TypeId targets[] = {TypeId::of<T>()...};
  static constexpr std::string_view names[] = {qualified_type_name<T>...};
  static constexpr ReferenceDetails details{false, &AnyRef<T...>::always_shown,
                                            &AnyRef<T...>::visit_any, names};
  static constexpr orm::detail::RelationRole role{targets[0], false, targets};
  static constexpr TypeDescriptor make() {
    static_assert(AnyRef<T...>::unique);
    TypeDescriptor made = detail::basic_descriptor<AnyRef<T...>>(
        TypeKind::reference, type_name<AnyRef<T...>>, qualified_type_name<AnyRef<T...>>);
    made.copy_assign = &detail::copy_assign<AnyRef<T...>>;
    made.reference = &details;
    made.role = &role;
    return made;
  }
  static constexpr TypeDescriptor type = make();
  static const TypeDescriptor& descriptor() { return type; }
};

}  // namespace roost::reflect

// Paths lead through it to each of its classes; conditions compare it with entities.
template <class... T>
struct roost::db::PathTarget<roost::AnyRef<T...>> {
  using type = roost::orm::detail::AnyOf<T...>;
};
template <class... T>
struct roost::db::ComparedAs<roost::AnyRef<T...>> {
  using type = roost::orm::detail::AnyOf<T...>;
};
template <class Owner, class... T>
inline constexpr bool roost::db::leads_to<roost::orm::detail::AnyOf<T...>, Owner> =
    (std::is_base_of_v<Owner, T> || ...);
template <class... T>
inline constexpr bool roost::db::is_nullable_member<roost::AnyRef<T...>> = true;
template <class... T>
inline constexpr bool roost::orm::detail::has_order<roost::AnyRef<T...>> = false;

namespace roost::orm::detail {

/// What an AnyRef at the end of a path says of one of its classes.
struct ChoiceKey {
  static constexpr std::string_view member = choice_key;
};
struct ChoiceTest {
  static constexpr std::string_view member = choice_test;
};
template <class What, class T, auto... Members>
struct ChoicePath {
  static constexpr db::PathStep steps[] = {
      db::detail::step<Members>()..., {&reflect::type_of<T>, What::member, &reflect::type_of<T>}};
  static constexpr db::Path path{&steps[0], sizeof...(Members) + 1};
};

template <auto... Members>
using LastMember = typename db::detail::LastMember<Members...>::type;

template <class T, auto... Members>
[[nodiscard]] Expression is_of() {
  static_cast<void>(db::path_of<Members...>());  // that it is a path
  return Expression::of(ChoicePath<ChoiceTest, T, Members...>::path);
}
template <class T, auto... Members>
[[nodiscard]] Expression is_entity(db::Value key) {
  return is_of<T, Members...>() &&
         db::detail::combine(db::Op::equal,
                             Expression::of(ChoicePath<ChoiceKey, T, Members...>::path),
                             Expression::value(std::move(key)));
}

/// The condition that a path ends at what a value stands for.
template <class Reference, auto... Members>
struct SameAs;
template <class... T, auto... Members>
struct SameAs<AnyRef<T...>, Members...> {
  template <class U>
  requires(ChoiceAmong<U, T...>) static Expression condition(const U& entity) {
    return condition(Ref<U>{entity});
  }
  template <class U>
  requires(ChoiceAmong<U, T...>) static Expression condition(const Ref<U>& reference) {
    return is_entity<typename ChoiceOf<U, T...>::type, Members...>(reference.key_value());
  }
  static Expression condition(const AnyRef<T...>& reference) {
    const db::Value key = reference.key_value();
    Expression found;
    static_cast<void>(
        ((reference.template holds<T>() && (found = is_entity<T, Members...>(key), true)) || ...));
    return found;
  }
  template <class U>
  static Expression condition(const U&) {
    static_cast<void>(sizeof(an_any_ref_is_compared_with_entities<U>));
    return Expression{};
  }
};

template <class M>
inline constexpr bool is_any_ref = false;
template <class... T>
inline constexpr bool is_any_ref<AnyRef<T...>> = true;

template <class R, auto... Members>
concept ComparesAnyRef =
    is_any_ref<LastMember<Members...>> && !std::is_same_v<std::remove_cvref_t<R>, std::nullptr_t>;

}  // namespace roost::orm::detail

namespace roost::db::operators {

// `f<&Like::target> == post`: both columns are compared.
template <auto... Members, class R>
requires orm::detail::ComparesAnyRef<R, Members...>
[[nodiscard]] Expression operator==(const Field<Members...>&, R&& value) {
  return orm::detail::SameAs<orm::detail::LastMember<Members...>, Members...>::condition(value);
}
template <auto... Members, class R>
requires orm::detail::ComparesAnyRef<R, Members...>
[[nodiscard]] Expression operator!=(const Field<Members...>& field, R&& value) {
  return !(field == std::forward<R>(value));
}

}  // namespace roost::db::operators

namespace roost {

/// The AnyRef refers to an entity of class T: `find<Like>(holds<Post>(f<&Like::target>))`.
template <class T, auto... Members>
[[nodiscard]] Expression holds(const db::Field<Members...>&) {
  using Reference = orm::detail::LastMember<Members...>;
  if constexpr (orm::detail::is_any_ref<Reference>) {
    if constexpr (!db::leads_to<typename db::PathTarget<Reference>::type, T>) {
      static_cast<void>(sizeof(orm::this_any_ref_does_not_refer_to_this_class<T, Reference>));
    }
    return orm::detail::is_of<T, Members...>();
  } else {
    static_cast<void>(sizeof(orm::this_any_ref_does_not_refer_to_this_class<T, Reference>));
    return Expression{};
  }
}

}  // namespace roost
