// The application's modules and providers as one graph of nodes, and how it is put together.
#pragma once

#include <roost/di/container.hpp>
#include <roost/di/module_data.hpp>
#include <roost/di/module_ref.hpp>
#include <roost/di/provider_record.hpp>
#include <roost/di/request_scope.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace roost::di {

using NodeId = std::uint32_t;
using ModuleId = std::uint32_t;
inline constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

/// Where the argument for one constructor parameter comes from when an instance is made.
enum class SourceKind : std::uint8_t {
  constant,    // a pointer known since start-up
  request,     // node `index` of the running request
  transient,   // a new instance of node `index`
  same,        // what position `index` of the same consumer got
  supplied,    // what was supplied per request under `index`
  collection,  // a view with items that are not all singletons
  lazy,        // a view that looks node `index` up in the running request
};
struct Source {
  SourceKind kind = SourceKind::constant;
  std::uint32_t index = 0;
  void* constant = nullptr;
};

/// One constructor parameter and the nodes that answer it: none when it is missing (or an empty
/// collection), several for a collection only.
struct Link {
  Dependency wanted;
  std::vector<NodeId> targets;
  std::uint32_t supplied = none;
};

enum class Role : std::uint8_t { provider, controller, module_class };

struct ProviderNode {
  const Graph* graph = nullptr;
  NodeId id = 0;
  ModuleId module = 0;
  Role role = Role::provider;
  const ProviderShape* shape = nullptr;
  SharedObject state;
  bool overridden = false;

  Scope scope = Scope::singleton;
  bool needs_task = false;            // making it for a request awaits something
  std::uint32_t request_slot = none;  // for request-scoped nodes
  std::vector<Link> links;
  std::vector<Source> sources;

  // Singletons, once they are built.
  void* storage = nullptr;
  void* object = nullptr;
  std::shared_ptr<void> owner;
};

struct ModuleNode {
  ModuleDef definition;  // keeps `data` alive
  const ModuleData* data = nullptr;
  TypeId type;
  bool is_global = false;
  std::vector<ModuleId> imports;
  std::vector<NodeId> providers;  // in the order in which they are listed
  std::vector<NodeId> controllers;
  NodeId instance = none;  // the module class
  std::unordered_map<TypeId, NodeId> own;
  /// What importing modules see: at most one plain provider and any contributions per token.
  std::unordered_map<TypeId, NodeId> exported;
  std::unordered_map<TypeId, std::vector<NodeId>> exported_contributions;
  std::unique_ptr<ModuleRef> reference;
};

struct ControllerNode {
  NodeId node;
  const void* attachment;
};

struct Graph {
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph();

  std::deque<ModuleNode> modules;  // in the order in which they were met
  std::vector<ModuleId> order;     // start-up order: imports first
  std::deque<ProviderNode> nodes;
  std::vector<NodeId> construction;  // every node after what it depends on
  std::vector<ProviderNode*> hook_order;
  std::vector<ControllerNode> controller_nodes;
  std::vector<Controller> controllers;
  std::unordered_map<TypeId, NodeId> globals;
  std::unordered_map<TypeId, std::vector<NodeId>> global_contributions;
  std::vector<TypeId> supplied;
  std::uint32_t request_slots = 0;

  // Views that arguments point to; stable addresses.
  std::deque<CollectionView> collections;
  std::deque<std::vector<void*>> collection_items;
  std::deque<SharedView> shared_views;
  std::deque<LazyView> lazy_views;
  /// Every instance in order of construction; destroyed from the back.
  std::vector<std::shared_ptr<void>> built;

  // graph_scan.cpp: modules, nodes and what each module exports.
  void scan(ModuleDef root, const BuildOptions& options, std::vector<std::string>& problems);
  // graph_link.cpp: who gets what from where, scopes, cycles, order.
  void link(std::vector<std::string>& problems);
  // graph_build.cpp: constructs the singletons.
  Task<void> build();
  // graph_dump.cpp
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] std::string mermaid() const;

  /// The provider of `token` that `module` sees, or `none`: its own, its imports' in order, global.
  [[nodiscard]] NodeId visible(ModuleId module, TypeId token) const;
  /// All providers and contributions of `token` that `module` sees, in the same order.
  [[nodiscard]] std::vector<NodeId> visible_all(ModuleId module, TypeId token) const;
  /// All plain providers of `token`, in any module.
  [[nodiscard]] std::vector<NodeId> providers_of(TypeId token) const;
  /// The one provider of `token` in the application. Throws roost::Error when there are several;
  /// null without any.
  [[nodiscard]] const ProviderNode* only_provider_of(TypeId token) const;

  [[nodiscard]] std::string_view module_name(ModuleId module) const;
  [[nodiscard]] std::string_view module_name(const ProviderNode& node) const {
    return module_name(node.module);
  }
  /// "CatsService (CatsModule)"
  [[nodiscard]] std::string label(const ProviderNode& node) const;

 private:
  void make_reference(ModuleId module);
  void plan(ProviderNode& node);
  Source source_for(const ProviderNode& consumer, std::size_t position);
  Source collection_source(const Link& link, std::size_t position);
  Source lazy_source(const ProviderNode& target);
  Task<void> construct(ProviderNode& node);
  Task<void*> make_instance(ProviderNode& node, std::shared_ptr<void>* owner, void** storage);
  Task<void*> make_argument(const ProviderNode& consumer, std::size_t position,
                            const std::vector<void*>& earlier);
};

/// "CatsService": the name without its namespaces.
[[nodiscard]] std::string_view short_name(TypeId type);
/// What consumers see of a provider: "Mailer = SmtpMailer" or "CatsService".
[[nodiscard]] std::string provider_name(const ProviderShape& shape);

/// Resolves Lazy<T> of a singleton; throws roost::Error before it is constructed.
void* resolve_lazy_singleton(const void* context, std::uint32_t provider);

}  // namespace roost::di
