// Owned<T>: the one owner of an object whose class may be unknown here.
#pragma once

namespace roost {

/// What std::unique_ptr is for, in public headers, which do without <memory>. T has to be complete
/// where an Owned<T> is destroyed or assigned: the class that has one declares its destructor and
/// moves, and defines them in its .cpp.
template <class T>
class Owned {
 public:
  constexpr Owned() noexcept = default;
  /// Takes over what `new` made.
  explicit constexpr Owned(T* object) noexcept : object_{object} {}
  Owned(Owned&& other) noexcept : object_{other.release()} {}
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

}  // namespace roost
