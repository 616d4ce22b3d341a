// What guards, interceptors, pipes, filters and extractors know of the request that is being
// answered.
#pragma once

#include <roost/base/type_name.hpp>

#include <cstddef>
#include <new>
#include <string_view>
#include <utility>

namespace roost {

namespace http {
class Request;
class Response;
}  // namespace http
namespace di {
class RequestScope;
}
namespace validation {
struct ValidationOptions;
}
namespace web {
struct Pipeline;
struct RouteDescriptor;
}  // namespace web

/// One request on its way through one route. Made by the framework, lives on the request's loop
/// until the response has been handed to the server; not thread-safe, never copied.
class ExecutionContext {
 public:
  ExecutionContext(http::Request& request, http::Response& response,
                   const web::RouteDescriptor& route, di::RequestScope* scope,
                   const web::Pipeline* pipeline = nullptr,
                   const validation::ValidationOptions* validation = nullptr)
      : request_{&request},
        response_{&response},
        route_{&route},
        scope_{scope},
        pipeline_{pipeline},
        validation_{validation} {}
  ExecutionContext(const ExecutionContext&) = delete;
  ExecutionContext& operator=(const ExecutionContext&) = delete;
  ~ExecutionContext();

  [[nodiscard]] http::Request& request() const { return *request_; }
  [[nodiscard]] http::Response& response() const { return *response_; }
  [[nodiscard]] const web::RouteDescriptor& route() const { return *route_; }

  /// The request's instances; null on a route that needs none.
  [[nodiscard]] di::RequestScope* scope() const { return scope_; }

  /// What runs around the handler; null on a route that has nothing.
  [[nodiscard]] const web::Pipeline* pipeline() const { return pipeline_; }

  /// How input is validated; null: as the route says, or as usual.
  [[nodiscard]] const validation::ValidationOptions* validation() const { return validation_; }
  /// For what is read next; the options outlive it.
  void validation(const validation::ValidationOptions* options) { validation_ = options; }

  /// The annotation of type T on the route, else on its controller, else null:
  /// `context.metadata<Roles>()`. Position 1 is the next one outwards, and so on, for what adds up
  /// instead of taking another's place.
  template <class T>
  [[nodiscard]] const T* metadata(std::size_t position = 0) const {
    return static_cast<const T*>(find_metadata(TypeId::of<T>(), position));
  }

  /// Keeps a value for the rest of the request, replacing one of the same type: a guard leaves the
  /// user here and an extractor takes it. Owned by the request's arena.
  template <class T, class... Arguments>
  T& emplace(Arguments&&... arguments) {
    void* storage = allocate(sizeof(Slot<T>), alignof(Slot<T>));
    auto* slot = ::new (storage) Slot<T>(std::forward<Arguments>(arguments)...);
    slot->type = TypeId::of<T>();
    slot->value = &slot->content;
    slot->destroy = [](SlotHeader* header) { static_cast<Slot<T>*>(header)->content.~T(); };
    insert(*slot);
    return slot->content;
  }

  /// What emplace<T>() left, or null.
  template <class T>
  [[nodiscard]] T* find() const {
    return static_cast<T*>(find_slot(TypeId::of<T>()));
  }

 private:
  struct SlotHeader {
    TypeId type;
    void* value = nullptr;
    void (*destroy)(SlotHeader*) = nullptr;
    SlotHeader* next = nullptr;
  };
  template <class T>
  struct Slot : SlotHeader {
    T content;
    template <class... Arguments>
    explicit Slot(Arguments&&... arguments) : content(std::forward<Arguments>(arguments)...) {}
  };

  [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment) const;
  [[nodiscard]] const void* find_metadata(TypeId type, std::size_t position) const;
  [[nodiscard]] void* find_slot(TypeId type) const;
  void insert(SlotHeader& slot);

  http::Request* request_;
  http::Response* response_;
  const web::RouteDescriptor* route_;
  di::RequestScope* scope_;
  const web::Pipeline* pipeline_;
  const validation::ValidationOptions* validation_;
  SlotHeader* slots_ = nullptr;
};

}  // namespace roost
