// The types that a constructor parameter may have, and what each of them asks the container for.
#pragma once

#include <roost/base/fixed_string.hpp>
#include <roost/base/memory_fwd.hpp>
#include <roost/base/type_name.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace roost {

/// Names the constructor parameters of a class with several constructors:
/// `using inject = roost::Args<Database&, Clock*>;`
template <class... Parameters>
struct Args {};

namespace di {

/// What a constructor parameter wants of the provider that it names.
enum class DependencyKind : std::uint8_t {
  required,    // T&, const T&, T by value: the provider must be visible
  optional,    // T*: null when no provider is visible
  collection,  // All<T>: every visible implementation, in order
  lazy,        // Lazy<T>: looked up at first use
  shared,      // std::shared_ptr<T>: shares the ownership of a singleton
  framework,   // ModuleRef&: made by the container itself
};

/// One constructor parameter, without its type.
struct Dependency {
  TypeId token;
  DependencyKind kind = DependencyKind::required;
};

/// What the container hands to All<T>.
struct CollectionView {
  void* const* items = nullptr;
  std::size_t size = 0;
};

/// What the container hands to a std::shared_ptr<T> parameter.
struct SharedView {
  const std::shared_ptr<void>* owner = nullptr;
  void* object = nullptr;
};

/// What the container hands to Lazy<T>: `resolve` finds or makes the object.
struct LazyView {
  void* (*resolve)(const void* context, std::uint32_t provider) = nullptr;
  const void* context = nullptr;
  std::uint32_t provider = 0;
};

}  // namespace di

/// Constructor parameter (by value): every implementation of T that the module sees: its own
/// providers and contributions of T, then those that its imports export, then the global ones.
/// May be empty. Holds pointers into the container (or the request's arena): valid as long as the
/// object that was constructed with it.
template <class T>
class All {
 public:
  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using reference = T&;
    using pointer = T*;
    using iterator_category = std::forward_iterator_tag;

    iterator() = default;
    explicit iterator(void* const* position) : position_{position} {}
    T& operator*() const { return *static_cast<T*>(*position_); }
    T* operator->() const { return static_cast<T*>(*position_); }
    iterator& operator++() {
      ++position_;
      return *this;
    }
    iterator operator++(int) {
      iterator before = *this;
      ++position_;
      return before;
    }
    friend bool operator==(iterator, iterator) = default;

   private:
    void* const* position_ = nullptr;
  };

  All() = default;
  explicit All(const di::CollectionView& view) : view_{view} {}

  [[nodiscard]] iterator begin() const { return iterator{view_.items}; }
  [[nodiscard]] iterator end() const { return iterator{view_.items + view_.size}; }
  [[nodiscard]] std::size_t size() const { return view_.size; }
  [[nodiscard]] bool empty() const { return view_.size == 0; }
  /// The item at `index`, which must be less than size().
  T& operator[](std::size_t index) const { return *static_cast<T*>(view_.items[index]); }

 private:
  di::CollectionView view_;
};

/// Constructor parameter (by value) and token: one of several providers of T, told apart by a
/// name: `factory<Named<Database, "reports">>(…)`, `exports<Named<Database, "reports">>`.
template <class T, FixedString Name>
class Named {
 public:
  explicit Named(T& object) : object_{&object} {}

  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }

 private:
  T* object_;
};

/// Constructor parameter (by value): a T that is looked up when it is used, not when the consumer
/// is constructed; the way out of a cycle. Using it inside the consumer's constructor throws
/// roost::Error when the T does not exist yet. Valid as long as the consumer.
template <class T>
class Lazy {
 public:
  explicit Lazy(const di::LazyView& view) : view_{view} {}

  T& operator*() const { return *static_cast<T*>(view_.resolve(view_.context, view_.provider)); }
  T* operator->() const { return &**this; }

 private:
  di::LazyView view_;
};

class ModuleRef;

namespace di {

/// How a parameter of (unqualified, non-reference) type D is described and passed. `Token` is the
/// type whose provider is looked for.
template <class D>
struct Injected {
  using Token = D;
  static constexpr DependencyKind kind = DependencyKind::required;
  static D& from(void* argument) { return *static_cast<D*>(argument); }
};
template <class T>
struct Injected<T*> {
  using Token = std::remove_cv_t<T>;
  static constexpr DependencyKind kind = DependencyKind::optional;
  static Token* from(void* argument) { return static_cast<Token*>(argument); }
};
template <class T>
struct Injected<All<T>> {
  using Token = std::remove_cv_t<T>;
  static constexpr DependencyKind kind = DependencyKind::collection;
  static All<T> from(void* argument) {
    return All<T>{*static_cast<const CollectionView*>(argument)};
  }
};
template <class T, FixedString Name>
struct Injected<Named<T, Name>> {
  using Token = Named<T, Name>;
  static constexpr DependencyKind kind = DependencyKind::required;
  static Token from(void* argument) { return Token{*static_cast<T*>(argument)}; }
};
template <class T>
struct Injected<Lazy<T>> {
  using Token = std::remove_cv_t<T>;
  static constexpr DependencyKind kind = DependencyKind::lazy;
  static Lazy<T> from(void* argument) { return Lazy<T>{*static_cast<const LazyView*>(argument)}; }
};
template <class T>
struct Injected<std::shared_ptr<T>> {
  using Token = std::remove_cv_t<T>;
  static constexpr DependencyKind kind = DependencyKind::shared;
  static std::shared_ptr<T> from(void* argument) {
    const SharedView& view = *static_cast<const SharedView*>(argument);
    return std::shared_ptr<T>{*view.owner, static_cast<Token*>(view.object)};
  }
};
template <>
struct Injected<ModuleRef> {
  using Token = ModuleRef;
  static constexpr DependencyKind kind = DependencyKind::framework;
  static ModuleRef& from(void* argument) { return *static_cast<ModuleRef*>(argument); }
};

/// The object type behind a token: what a pointer to its instance points to.
template <class Token>
struct TokenObject {
  using type = Token;
};
template <class T, FixedString Name>
struct TokenObject<Named<T, Name>> {
  using type = T;
};

}  // namespace di
}  // namespace roost
