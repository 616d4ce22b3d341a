// Owned<T>: the one owner of an object whose class may be unknown here.
#pragma once

#include <roost/base/memory_fwd.hpp>

#include <cstddef>
#include <type_traits>

namespace roost {

/// What std::unique_ptr is for, in public headers, which do without <memory>. T has to be complete
/// where an Owned<T> is destroyed or assigned: the class that has one declares its destructor and
/// moves, and defines them in its .cpp.
template <class T>
class Owned {
 public:
  constexpr Owned() noexcept = default;
  constexpr Owned(std::nullptr_t) noexcept {}
  /// Takes over what `new` made.
  explicit constexpr Owned(T* object) noexcept : object_{object} {}
  Owned(Owned&& other) noexcept : object_{other.release()} {}
  template <class U>
  requires(std::is_convertible_v<U*, T*>) Owned(Owned<U>&& other)
  noexcept : object_{other.release()} {}
  /// What std::make_unique makes is owned here as well, and the other way round.
  template <class U>
  requires(std::is_convertible_v<U*, T*>) Owned(std::unique_ptr<U, std::default_delete<U>>&& other)
  noexcept : object_{other.release()} {}
  template <class U>
  requires(std::is_convertible_v<T*, U*>)
  operator std::unique_ptr<U, std::default_delete<U>>() && noexcept {
    return std::unique_ptr<U, std::default_delete<U>>{release()};
  }
  Owned& operator=(Owned&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { delete object_; }

  [[nodiscard]] T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  friend bool operator==(const Owned& a, std::nullptr_t) noexcept { return a.object_ == nullptr; }

  void reset(T* object = nullptr) noexcept {
    T* const before = object_;
    object_ = object;
    delete before;
  }
  [[nodiscard]] T* release() noexcept {
    T* const object = object_;
    object_ = nullptr;
    return object;
  }

 private:
  T* object_ = nullptr;
};

/// The same for memory of `new T[n]`.
template <class T>
class Owned<T[]> {
 public:
  constexpr Owned() noexcept = default;
  /// Takes over what `new T[n]` made.
  explicit constexpr Owned(T* elements) noexcept : elements_{elements} {}
  Owned(Owned&& other) noexcept : elements_{other.elements_} { other.elements_ = nullptr; }
  Owned& operator=(Owned&& other) noexcept {
    swap(other);
    return *this;
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { delete[] elements_; }

  [[nodiscard]] T* get() const noexcept { return elements_; }
  T& operator[](std::size_t index) const noexcept { return elements_[index]; }
  void swap(Owned& other) noexcept {
    T* const elements = elements_;
    elements_ = other.elements_;
    other.elements_ = elements;
  }

 private:
  T* elements_ = nullptr;
};

/// A new T of the arguments: what std::make_unique is for.
template <class T, class... Argument>
[[nodiscard]] Owned<T> make_owned(Argument&&... arguments) {
  return Owned<T>{new T(static_cast<Argument&&>(arguments)...)};
}

}  // namespace roost
