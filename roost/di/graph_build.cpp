// Constructs the singletons in order and fixes where the arguments of everything else come from.
#include <roost/di/detail/graph.hpp>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

namespace roost::di {
namespace {

/// Memory for one instance, given back unless the instance takes it over.
class Storage {
 public:
  explicit Storage(const ProviderShape& shape)
      : alignment_{shape.alignment},
        memory_{shape.size == 0 ? nullptr : ::operator new(shape.size, alignment_)} {}
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  ~Storage() {
    if (memory_ != nullptr) ::operator delete(memory_, alignment_);
  }

  [[nodiscard]] void* get() const { return memory_; }
  void release() { memory_ = nullptr; }

 private:
  std::align_val_t alignment_;
  void* memory_;
};

/// Ends an instance and frees its memory.
struct Deleter {
  const ProviderShape* shape;
  void operator()(void* storage) const {
    if (shape->destroy != nullptr) shape->destroy(storage);
    ::operator delete (storage, std::align_val_t{shape->alignment});
  }
};

std::string reason_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "something that is no std::exception was thrown";
  }
}

}  // namespace

Graph::~Graph() {
  for (ProviderNode& node : nodes) node.owner.reset();
  shared_views.clear();
  while (!built.empty()) built.pop_back();
}

void* resolve_lazy_singleton(const void* context, std::uint32_t provider) {
  const auto& graph = *static_cast<const Graph*>(context);
  const ProviderNode& node = graph.nodes[provider];
  if (node.object == nullptr) {
    throw Error{"a roost::Lazy of " + graph.label(node) +
                " was used before that is constructed; use it in on_module_init or later, not in a "
                "constructor"};
  }
  return node.object;
}

Task<void> Graph::build() {
  for (const NodeId id : construction) {
    ProviderNode& node = nodes[id];
    plan(node);
    if (node.scope != Scope::singleton) continue;
    co_await construct(node);
  }
}

void Graph::plan(ProviderNode& node) {
  node.sources.reserve(node.links.size());
  for (std::size_t i = 0; i < node.links.size(); ++i) {
    node.sources.push_back(source_for(node, i));
  }
}

Source Graph::source_for(const ProviderNode& consumer, std::size_t position) {
  const Link& link = consumer.links[position];
  if (link.wanted.kind == DependencyKind::framework) {
    return {SourceKind::constant, 0, modules[consumer.module].reference.get()};
  }
  if (link.wanted.kind == DependencyKind::collection) return collection_source(link, position);
  if (link.supplied != none) return {SourceKind::supplied, link.supplied, nullptr};
  if (link.targets.empty()) return {};
  const ProviderNode& target = nodes[link.targets.front()];
  if (link.wanted.kind == DependencyKind::lazy) return lazy_source(target);
  if (target.scope == Scope::request) return {SourceKind::request, target.id, nullptr};
  if (target.scope == Scope::transient) {
    for (std::size_t i = 0; i < position; ++i) {
      const Source& earlier = consumer.sources[i];
      if (earlier.kind == SourceKind::transient && earlier.index == target.id) {
        return {SourceKind::same, static_cast<std::uint32_t>(i), nullptr};
      }
    }
    return {SourceKind::transient, target.id, nullptr};
  }
  if (link.wanted.kind != DependencyKind::shared) return {SourceKind::constant, 0, target.object};
  SharedView& view = shared_views.emplace_back();
  view.owner = &target.owner;
  view.object = target.object;
  return {SourceKind::constant, 0, &view};
}

Source Graph::collection_source(const Link& link, std::size_t position) {
  std::vector<void*> items;
  for (const NodeId id : link.targets) {
    if (nodes[id].scope != Scope::singleton) {
      return {SourceKind::collection, static_cast<std::uint32_t>(position), nullptr};
    }
    items.push_back(nodes[id].object);
  }
  const std::vector<void*>& kept = collection_items.emplace_back(std::move(items));
  CollectionView& view = collections.emplace_back();
  view.items = kept.data();
  view.size = kept.size();
  return {SourceKind::constant, 0, &view};
}

Source Graph::lazy_source(const ProviderNode& target) {
  if (target.scope == Scope::request) return {SourceKind::lazy, target.id, nullptr};
  LazyView& view = lazy_views.emplace_back();
  view.resolve = &resolve_lazy_singleton;
  view.context = this;
  view.provider = target.id;
  return {SourceKind::constant, 0, &view};
}

Task<void> Graph::construct(ProviderNode& node) {
  std::string reason;
  try {
    void* object = co_await make_instance(node, &node.owner, &node.storage);
    node.object = object;
    if (node.object == nullptr) reason = "the factory returned null";
  } catch (...) {
    reason = reason_of(std::current_exception());
  }
  if (reason.empty()) co_return;
  node.object = nullptr;
  throw StartupError{{label(node) + " could not be made: " + reason}};
}

Task<void*> Graph::make_instance(ProviderNode& node, std::shared_ptr<void>* owner,
                                 void** storage_out) {
  std::vector<void*> arguments;
  arguments.reserve(node.sources.size());
  for (std::size_t i = 0; i < node.sources.size(); ++i) {
    void* argument = co_await make_argument(node, i, arguments);
    arguments.push_back(argument);
  }
  const ProviderShape& shape = *node.shape;
  Storage storage{shape};
  void* object = nullptr;
  if (shape.make_task != nullptr) {
    Task<void*> task = shape.make_task(node.state.get(), storage.get(), arguments.data());
    object = co_await std::move(task);
  } else {
    object = shape.make(node.state.get(), storage.get(), arguments.data());
  }
  if (storage.get() != nullptr) {
    std::shared_ptr<void> made{storage.get(), Deleter{&shape}};
    *storage_out = storage.get();
    storage.release();
    built.push_back(made);
    *owner = std::move(made);
  } else if (shape.kind == ProviderKind::given) {
    *storage_out = object;
    *owner = std::shared_ptr<void>{object, [keep = node.state](void*) {}};
  } else {
    // An alias shares what it names.
    const Link& link = node.links.front();
    if (!link.targets.empty()) *owner = nodes[link.targets.front()].owner;
  }
  co_return object;
}

Task<void*> Graph::make_argument(const ProviderNode& consumer, std::size_t position,
                                 const std::vector<void*>& earlier) {
  const Source& source = consumer.sources[position];
  if (source.kind == SourceKind::same) co_return earlier[source.index];
  if (source.kind == SourceKind::transient) {
    std::shared_ptr<void> owner;
    void* storage = nullptr;
    void* object = co_await make_instance(nodes[source.index], &owner, &storage);
    co_return object;
  }
  if (source.kind == SourceKind::collection) {
    std::vector<void*> items;
    for (const NodeId id : consumer.links[position].targets) {
      void* item = nodes[id].object;
      if (nodes[id].scope == Scope::transient) {
        std::shared_ptr<void> owner;
        void* storage = nullptr;
        void* made = co_await make_instance(nodes[id], &owner, &storage);
        item = made;
      }
      items.push_back(item);
    }
    const std::vector<void*>& kept = collection_items.emplace_back(std::move(items));
    CollectionView& view = collections.emplace_back();
    view.items = kept.data();
    view.size = kept.size();
    co_return &view;
  }
  co_return source.constant;
}

}  // namespace roost::di
