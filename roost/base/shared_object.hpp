// SharedObject: a handle on an object of any type that several owners keep alive.
#pragma once

#include <utility>

namespace roost {

/// What std::shared_ptr<const void> is for, in public headers, which do without <memory>. Copies
/// own together; the last one destroys the object. Copies may be used from several threads.
class SharedObject {
 public:
  constexpr SharedObject() noexcept = default;
  SharedObject(const SharedObject& other) noexcept;
  SharedObject(SharedObject&& other) noexcept;
  SharedObject& operator=(SharedObject other) noexcept;
  ~SharedObject();

  /// Owns `object`, moved into the heap.
  template <class T>
  [[nodiscard]] static SharedObject own(T object) {
    return make<T>(std::move(object));
  }
  /// Owns a new T of the arguments.
  template <class T, class... Argument>
  [[nodiscard]] static SharedObject make(Argument&&... arguments) {
    auto* held = new Held<T>(std::forward<Argument>(arguments)...);
    return SharedObject{held, &held->object};
  }
  /// Owns `owner`, and shows the object that this keeps alive: `owner` is a smart pointer.
  template <class Pointer>
  [[nodiscard]] static SharedObject own_behind(Pointer owner) {
    auto* held = new Held<Pointer>(std::move(owner));
    return SharedObject{held, held->object.get()};
  }
  /// Shows an object that somebody else owns, and that outlives this.
  [[nodiscard]] static SharedObject refer(const void* object) noexcept {
    return SharedObject{nullptr, object};
  }

  [[nodiscard]] const void* get() const noexcept { return object_; }

 private:
  struct Header {
    explicit Header(void (*end)(Header*) noexcept) noexcept : destroy{end} {}
    void (*destroy)(Header* held) noexcept;
    long owners = 1;
  };
  template <class T>
  struct Held : Header {
    template <class... Argument>
    explicit Held(Argument&&... arguments)
        : Header{&Held::end}, object(std::forward<Argument>(arguments)...) {}
    static void end(Header* held) noexcept { delete static_cast<Held*>(held); }
    T object;
  };

  SharedObject(Header* owned, const void* object) noexcept : owned_{owned}, object_{object} {}

  Header* owned_ = nullptr;
  const void* object_ = nullptr;
};

}  // namespace roost
