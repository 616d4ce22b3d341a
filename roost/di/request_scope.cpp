// Makes what lives for one request, each thing when it is first needed.
#include <roost/di/container.hpp>
#include <roost/di/detail/graph.hpp>
#include <roost/di/request_scope.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace roost::di {
namespace {

/// Fills the slot of a provider while it is being made, so that a circle through Lazy<T> ends.
char being_made;

/// Empties the slot again when making the instance fails.
class SlotGuard {
 public:
  explicit SlotGuard(void** slot) : slot_{slot} { *slot_ = &being_made; }
  SlotGuard(const SlotGuard&) = delete;
  SlotGuard& operator=(const SlotGuard&) = delete;
  ~SlotGuard() {
    if (*slot_ == &being_made) *slot_ = nullptr;
  }

 private:
  void** slot_;
};

[[noreturn]] void throw_circular(const ProviderNode& node) {
  throw Error{node.graph->label(node) +
              " is needed while it is being made in this request: a roost::Lazy of it is used in a "
              "constructor, or two tasks of the request ask for it at once"};
}

[[noreturn]] void throw_needs_task(const ProviderNode& node) {
  throw Error{node.graph->label(node) +
              " is made by an asynchronous factory for each request; ask for it with a task "
              "(RequestScope::get_task), not through roost::Lazy"};
}

struct LazyContext {
  RequestScope* scope;
};

}  // namespace

struct RequestScope::Cleanup {
  void (*destroy)(void*) noexcept;
  void* storage;
  Cleanup* before;
};

/// Lets the functions below reach into a scope.
struct RequestScope::Access {
  static void* resolve_lazy(const void* context, std::uint32_t provider) {
    RequestScope& scope = *static_cast<const LazyContext*>(context)->scope;
    return scope.resolve(scope.graph_->nodes[provider]);
  }
};

RequestScope::RequestScope(const Container& container, std::pmr::memory_resource& memory) noexcept
    : graph_{container.graph_.get()}, memory_{&memory} {}

RequestScope::~RequestScope() {
  for (Cleanup* cleanup = cleanups_; cleanup != nullptr; cleanup = cleanup->before) {
    cleanup->destroy(cleanup->storage);
  }
}

void RequestScope::supply(TypeId type, void* object) {
  for (std::size_t i = 0; i < graph_->supplied.size(); ++i) {
    if (graph_->supplied[i] != type) continue;
    supplied_[i] = object;
    return;
  }
  throw Error{std::string{short_name(type)} +
              " is supplied to a request without being declared; call "
              "BuildOptions::supplies<T>() before the container is built"};
}

void* RequestScope::get(TypeId token) {
  for (std::size_t i = 0; i < graph_->supplied.size(); ++i) {
    if (graph_->supplied[i] == token && supplied_[i] != nullptr) return supplied_[i];
  }
  const ProviderNode* node = graph_->only_provider_of(token);
  if (node == nullptr) throw Error{"no module provides " + std::string{short_name(token)}};
  if (node->scope != Scope::transient) return resolve(*node);
  if (node->needs_task) throw_needs_task(*node);
  void* arguments[most_parameters];
  fill_arguments(*node, arguments);
  return make(*node, arguments);
}

Task<void*> RequestScope::get_task(TypeId token) {
  const ProviderNode* node = graph_->only_provider_of(token);
  if (node == nullptr || !node->needs_task) co_return get(token);
  void* object = co_await resolve_task(*node);
  co_return object;
}

void** RequestScope::slot(const ProviderNode& node) {
  if (instances_ == nullptr) {
    const std::size_t count = graph_->request_slots;
    instances_ = static_cast<void**>(memory_->allocate(count * sizeof(void*), alignof(void*)));
    std::fill_n(instances_, count, nullptr);
  }
  return &instances_[node.request_slot];
}

void* RequestScope::resolve(const ProviderNode& node) {
  if (node.scope == Scope::singleton) return node.object;
  void** place = slot(node);
  if (*place != nullptr) {
    if (*place == &being_made) throw_circular(node);
    return *place;
  }
  if (node.needs_task) throw_needs_task(node);
  const SlotGuard guard{place};
  void* arguments[most_parameters];
  fill_arguments(node, arguments);
  *place = make(node, arguments);
  return *place;
}

void RequestScope::fill_arguments(const ProviderNode& node, void** arguments) {
  for (std::size_t i = 0; i < node.sources.size(); ++i) {
    arguments[i] = argument(node, i, arguments);
  }
}

void* RequestScope::argument(const ProviderNode& consumer, std::size_t position,
                             void* const* earlier) {
  const Source& source = consumer.sources[position];
  switch (source.kind) {
    case SourceKind::constant:
      return source.constant;
    case SourceKind::request:
      return resolve(graph_->nodes[source.index]);
    case SourceKind::same:
      return earlier[source.index];
    case SourceKind::supplied:
      return supplied_object(source.index);
    case SourceKind::transient:
      return make_transient(graph_->nodes[source.index]);
    case SourceKind::collection:
      return make_collection(consumer, position);
    case SourceKind::lazy:
      return make_lazy(source.index);
  }
  return nullptr;
}

void* RequestScope::supplied_object(std::uint32_t index) const {
  void* object = supplied_[index];
  if (object == nullptr) {
    throw Error{std::string{short_name(graph_->supplied[index])} +
                " was not supplied to this request; it exists only while a request is served"};
  }
  return object;
}

void* RequestScope::make_transient(const ProviderNode& node) {
  if (node.needs_task) throw_needs_task(node);
  void* arguments[most_parameters];
  fill_arguments(node, arguments);
  return make(node, arguments);
}

void* RequestScope::make_collection(const ProviderNode& consumer, std::size_t position) {
  const std::vector<NodeId>& targets = consumer.links[position].targets;
  void** items =
      static_cast<void**>(memory_->allocate(targets.size() * sizeof(void*), alignof(void*)));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const ProviderNode& target = graph_->nodes[targets[i]];
    items[i] = target.scope == Scope::transient ? make_transient(target) : resolve(target);
  }
  return view_of(items, targets.size());
}

void* RequestScope::view_of(void* const* items, std::size_t count) {
  void* place = memory_->allocate(sizeof(CollectionView), alignof(CollectionView));
  auto* view = ::new (place) CollectionView;
  view->items = items;
  view->size = count;
  return view;
}

void* RequestScope::make_lazy(std::uint32_t node) {
  struct Lazily {
    LazyContext context;
    LazyView view;
  };
  auto* made = ::new (memory_->allocate(sizeof(Lazily), alignof(Lazily))) Lazily;
  made->context.scope = this;
  made->view.resolve = &Access::resolve_lazy;
  made->view.context = &made->context;
  made->view.provider = node;
  return &made->view;
}

void* RequestScope::make(const ProviderNode& node, void* const* arguments) {
  const ProviderShape& shape = *node.shape;
  void* storage = shape.size == 0 ? nullptr : memory_->allocate(shape.size, shape.alignment);
  Cleanup* cleanup = prepare_cleanup(shape);
  void* object = shape.make(node.state.get(), storage, arguments);
  remember(node, object, storage, cleanup);
  return object;
}

/// Memory for the note that an instance has to be destroyed, taken before there is an instance.
RequestScope::Cleanup* RequestScope::prepare_cleanup(const ProviderShape& shape) {
  if (shape.destroy == nullptr) return nullptr;
  return ::new (memory_->allocate(sizeof(Cleanup), alignof(Cleanup))) Cleanup;
}

void RequestScope::remember(const ProviderNode& node, void* object, void* storage,
                            Cleanup* cleanup) {
  if (cleanup != nullptr) {
    cleanup->destroy = node.shape->destroy;
    cleanup->storage = storage;
    cleanup->before = cleanups_;
    cleanups_ = cleanup;
  }
  if (object == nullptr) {
    throw Error{graph_->label(node) + " could not be made: the factory returned null"};
  }
}

Task<void*> RequestScope::resolve_task(const ProviderNode& node) {
  if (!node.needs_task) {
    co_return node.scope == Scope::transient ? make_transient(node) : resolve(node);
  }
  if (node.scope == Scope::singleton) co_return node.object;
  if (node.scope == Scope::transient) {
    void* object = co_await make_task(node);
    co_return object;
  }
  void** place = slot(node);
  if (*place == &being_made) throw_circular(node);
  if (*place != nullptr) co_return *place;
  const SlotGuard guard{place};
  void* object = co_await make_task(node);
  *place = object;
  co_return object;
}

Task<void*> RequestScope::make_task(const ProviderNode& node) {
  void* arguments[most_parameters];
  for (std::size_t i = 0; i < node.sources.size(); ++i) {
    const Source& source = node.sources[i];
    const bool direct = source.kind == SourceKind::request || source.kind == SourceKind::transient;
    if (direct && graph_->nodes[source.index].needs_task) {
      void* argument_made = co_await resolve_task(graph_->nodes[source.index]);
      arguments[i] = argument_made;
    } else if (source.kind == SourceKind::collection) {
      void* view = co_await collection_task(node, i);
      arguments[i] = view;
    } else {
      arguments[i] = argument(node, i, arguments);
    }
  }
  const ProviderShape& shape = *node.shape;
  if (shape.make_task == nullptr) co_return make(node, arguments);
  void* storage = shape.size == 0 ? nullptr : memory_->allocate(shape.size, shape.alignment);
  Cleanup* cleanup = prepare_cleanup(shape);
  Task<void*> making = shape.make_task(node.state.get(), storage, arguments);
  void* object = co_await std::move(making);
  remember(node, object, storage, cleanup);
  co_return object;
}

Task<void*> RequestScope::collection_task(const ProviderNode& consumer, std::size_t position) {
  const std::vector<NodeId>& targets = consumer.links[position].targets;
  void** items =
      static_cast<void**>(memory_->allocate(targets.size() * sizeof(void*), alignof(void*)));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    void* item = co_await resolve_task(graph_->nodes[targets[i]]);
    items[i] = item;
  }
  co_return view_of(items, targets.size());
}

}  // namespace roost::di
