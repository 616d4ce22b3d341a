// A callable that is moved, never copied: what event loops and completions store.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace roost {

template <class Signature>
class UniqueFunction;

/// Owns any callable of the signature `R(Arguments...)`, move-only captures included. Callables of
/// up to four pointers live inside the object, larger ones on the heap. Calling an empty one is
/// undefined; test with `operator bool` first. Not thread-safe.
template <class R, class... Arguments>
class UniqueFunction<R(Arguments...)> {
 public:
  UniqueFunction() noexcept = default;
  UniqueFunction(std::nullptr_t) noexcept {}  // implicit: an absent callback is written nullptr

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, UniqueFunction> &&
           std::is_invocable_r_v<R, std::remove_cvref_t<F>&, Arguments...>)
      UniqueFunction(F&& callable) {  // implicit: lambdas are passed as they are
    using Stored = std::remove_cvref_t<F>;
    if constexpr (fits_inline<Stored>) {
      ::new (static_cast<void*>(storage_)) Stored(std::forward<F>(callable));
    } else {
      ::new (static_cast<void*>(storage_)) Stored*(new Stored(std::forward<F>(callable)));
    }
    operations_ = &operations_of<Stored>;
  }

  UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  UniqueFunction(const UniqueFunction&) = delete;
  UniqueFunction& operator=(const UniqueFunction&) = delete;
  ~UniqueFunction() { reset(); }

  [[nodiscard]] explicit operator bool() const noexcept { return operations_ != nullptr; }

  R operator()(Arguments... arguments) {
    return operations_->invoke(storage_, std::forward<Arguments>(arguments)...);
  }

 private:
  struct Operations {
    R (*invoke)(void*, Arguments&&...);
    void (*relocate)(void* from, void* to) noexcept;
    void (*destroy)(void*) noexcept;
  };

  static constexpr std::size_t capacity = 4 * sizeof(void*);

  template <class Stored>
  static constexpr bool fits_inline =
      sizeof(Stored) <= capacity &&
      alignof(Stored) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<Stored>;

  template <class Stored>
  static Stored& stored(void* storage) noexcept {
    if constexpr (fits_inline<Stored>) {
      return *std::launder(static_cast<Stored*>(storage));
    } else {
      return **std::launder(static_cast<Stored**>(storage));
    }
  }

  template <class Stored>
  static R invoke(void* storage, Arguments&&... arguments) {
    if constexpr (std::is_void_v<R>) {
      static_cast<void>(stored<Stored>(storage)(std::forward<Arguments>(arguments)...));
    } else {
      return stored<Stored>(storage)(std::forward<Arguments>(arguments)...);
    }
  }

  template <class Stored>
  static void relocate(void* from, void* to) noexcept {
    if constexpr (fits_inline<Stored>) {
      ::new (to) Stored(std::move(stored<Stored>(from)));
      stored<Stored>(from).~Stored();
    } else {
      ::new (to) Stored*(&stored<Stored>(from));
    }
  }

  template <class Stored>
  static void destroy(void* storage) noexcept {
    if constexpr (fits_inline<Stored>) {
      stored<Stored>(storage).~Stored();
    } else {
      delete &stored<Stored>(storage);
    }
  }

  template <class Stored>
  static constexpr Operations operations_of{&invoke<Stored>, &relocate<Stored>, &destroy<Stored>};

  void take(UniqueFunction& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (operations_ != nullptr) operations_->relocate(other.storage_, storage_);
  }
  void reset() noexcept {
    if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(storage_);
  }

  const Operations* operations_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[capacity];
};

}  // namespace roost
