// What lives for one request: request-scoped providers, made when they are first needed, in the
// request's memory.
#pragma once

#include <roost/async/task.hpp>
#include <roost/di/dependency.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>

namespace roost::di {

class Container;
struct Graph;
struct ProviderNode;
struct ProviderShape;

/// The most types that may be supplied per request.
inline constexpr std::size_t most_supplied = 8;

/// The instances of one request. Construction writes a few pointers and allocates nothing; the
/// destructor destroys what was made in reverse order. Memory comes from `memory` and is not given
/// back piece by piece: pass a monotonic resource (the request's arena), which outlives the scope.
/// Belongs to one request, that is to one thread at a time. The container outlives it.
class RequestScope {
 public:
  RequestScope(const Container& container, std::pmr::memory_resource& memory) noexcept;
  RequestScope(const RequestScope&) = delete;
  RequestScope& operator=(const RequestScope&) = delete;
  ~RequestScope();

  /// Hands in an object of this request that providers and controllers may take as `T&`. T must
  /// have been declared with BuildOptions::supplies<T>(); the object must outlive the scope. Throws
  /// roost::Error for an undeclared type.
  template <class T>
  void supply(T& object) {
    supply(TypeId::of<T>(), &object);
  }

  /// The provider of T in the whole application: the request's own instance, or the singleton.
  /// Throws roost::Error when there is none or several, or when making it needs a Task.
  template <class T>
  [[nodiscard]] typename TokenObject<T>::type& get() {
    return *static_cast<typename TokenObject<T>::type*>(get(TypeId::of<T>()));
  }
  /// As get, also for providers that asynchronous factories make.
  template <class T>
  [[nodiscard]] Task<typename TokenObject<T>::type&> get_task() {
    void* object = co_await get_task(TypeId::of<T>());
    co_return *static_cast<typename TokenObject<T>::type*>(object);
  }

  /// As get<T>, for a type that is only known at run time; the caller knows what to cast to.
  [[nodiscard]] void* get(TypeId token);

  [[nodiscard]] std::pmr::memory_resource& memory() const { return *memory_; }

 private:
  friend class Controller;
  struct Cleanup;
  struct Access;

  void supply(TypeId type, void* object);
  Task<void*> get_task(TypeId token);

  void* resolve(const ProviderNode& node);
  void** slot(const ProviderNode& node);
  void fill_arguments(const ProviderNode& node, void** arguments);
  void* argument(const ProviderNode& consumer, std::size_t position, void* const* earlier);
  [[nodiscard]] void* supplied_object(std::uint32_t index) const;
  void* make_transient(const ProviderNode& node);
  void* make_collection(const ProviderNode& consumer, std::size_t position);
  void* view_of(void* const* items, std::size_t count);
  void* make_lazy(std::uint32_t node);
  void* make(const ProviderNode& node, void* const* arguments);
  Cleanup* prepare_cleanup(const ProviderShape& shape);
  void remember(const ProviderNode& node, void* object, void* storage, Cleanup* cleanup);
  Task<void*> resolve_task(const ProviderNode& node);
  Task<void*> make_task(const ProviderNode& node);
  Task<void*> collection_task(const ProviderNode& consumer, std::size_t position);

  const Graph* graph_;
  std::pmr::memory_resource* memory_;
  void** instances_ = nullptr;  // one per request-scoped provider, made with the first of them
  Cleanup* cleanups_ = nullptr;
  std::array<void*, most_supplied> supplied_{};
};

}  // namespace roost::di
