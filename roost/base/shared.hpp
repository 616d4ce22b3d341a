// Shared<T>: an object that several owners keep alive, without the cost of <memory>.
#pragma once

#include <roost/base/shared_object.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace roost {

/// What std::shared_ptr is for, in public headers. Copies own together; the last one destroys the
/// object. Copies may be used from several threads. T may be unknown where a Shared<T> is copied
/// and destroyed.
template <class T>
class Shared {
 public:
  constexpr Shared() noexcept = default;
  constexpr Shared(std::nullptr_t) noexcept {}
  template <class U>
  requires(std::is_convertible_v<U*, T*>) Shared(Shared<U> other)
  noexcept : object_{other.object_}, owner_{std::move(other.owner_)} {}
  Shared(const Shared&) noexcept = default;
  Shared(Shared&& other) noexcept
      : object_{std::exchange(other.object_, nullptr)}, owner_{std::move(other.owner_)} {}
  Shared& operator=(Shared other) noexcept {
    object_ = other.object_;
    owner_ = std::move(other.owner_);
    return *this;
  }
  ~Shared() = default;

  /// Owns a new object of the arguments.
  template <class... Argument>
  [[nodiscard]] static Shared make(Argument&&... arguments) {
    using Object = std::remove_const_t<T>;
    Shared made;
    made.owner_ = SharedObject::make<Object>(std::forward<Argument>(arguments)...);
    // Made as an object that is not const: T says who may change it from here.
    made.object_ = static_cast<Object*>(const_cast<void*>(made.owner_.get()));
    return made;
  }
  /// Shows what the smart pointer shows, and keeps it alive.
  template <class Pointer>
  [[nodiscard]] static Shared own_behind(Pointer owner) {
    Shared made;
    made.object_ = owner.get();
    made.owner_ = SharedObject::own_behind(std::move(owner));
    return made;
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  friend bool operator==(const Shared& a, std::nullptr_t) noexcept { return a.object_ == nullptr; }
  friend bool operator==(const Shared& a, const Shared& b) noexcept {
    return a.object_ == b.object_;
  }

 private:
  template <class U>
  friend class Shared;

  T* object_ = nullptr;
  SharedObject owner_;
};

}  // namespace roost
