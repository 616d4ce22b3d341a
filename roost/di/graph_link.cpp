// Second half of a start: who gets what from where, how long it lives, and in which order it is
// made. Every fault is reported, none stops the search for the next.
#include <roost/di/detail/graph.hpp>

#include <algorithm>
#include <utility>

namespace roost::di {
namespace {

using Problems = std::vector<std::string>;

std::string text(std::string_view view) { return std::string{view}; }

std::string parameter(std::size_t position) { return "parameter " + std::to_string(position + 1); }

/// Where a type is provided that its consumer does not see.
std::string provided_elsewhere(const Graph& graph, TypeId token) {
  std::string places;
  for (const NodeId id : graph.providers_of(token)) {
    if (!places.empty()) places += ", ";
    places += text(graph.module_name(graph.nodes[id]));
  }
  return places;
}

class Linker {
 public:
  Linker(Graph& graph, Problems& problems) : graph_{graph}, problems_{problems} {}

  void run() {
    for (ProviderNode& node : graph_.nodes) link(node);
    sort();
    if (cyclic_) return;
    for (const NodeId id : graph_.construction) set_scope(graph_.nodes[id]);
    for (const ProviderNode& node : graph_.nodes) check_lifetimes(node);
    set_hook_order();
  }

 private:
  void link(ProviderNode& node) {
    for (std::size_t i = 0; i < node.shape->dependency_count; ++i) {
      Link& link = node.links.emplace_back();
      link.wanted = node.shape->dependencies[i];
      if (link.wanted.kind == DependencyKind::framework) continue;
      find_targets(node, link);
      const bool found = !link.targets.empty() || link.supplied != none;
      const bool needed = link.wanted.kind != DependencyKind::optional &&
                          link.wanted.kind != DependencyKind::collection;
      if (!found && needed) report_missing(node, i, link.wanted.token);
    }
  }

  void find_targets(const ProviderNode& node, Link& link) const {
    if (link.wanted.kind == DependencyKind::collection) {
      link.targets = graph_.visible_all(node.module, link.wanted.token);
      // A composite implements the interface and takes all the others.
      std::erase(link.targets, node.id);
      return;
    }
    const NodeId found = graph_.visible(node.module, link.wanted.token);
    if (found != none) {
      link.targets.push_back(found);
      return;
    }
    const auto supplied =
        std::find(graph_.supplied.begin(), graph_.supplied.end(), link.wanted.token);
    if (supplied != graph_.supplied.end()) {
      link.supplied = static_cast<std::uint32_t>(supplied - graph_.supplied.begin());
    }
  }

  void report_missing(const ProviderNode& node, std::size_t position, TypeId token) {
    const std::string name = text(short_name(token));
    std::string problem = graph_.label(node) + " needs " + name + " (" + parameter(position) +
                          "), but nothing that " + text(graph_.module_name(node)) +
                          " sees provides it. ";
    const std::string elsewhere = provided_elsewhere(graph_, token);
    if (elsewhere.empty()) {
      problem += "If " + name +
                 " is global, import the module that provides and exports it once, usually in the "
                 "root module; otherwise list it in providers<...>() or import a module that "
                 "exports it";
    } else {
      problem += "It is provided in " + elsewhere +
                 ": name it in the `exports` of that module and " + "import the module here";
    }
    problems_.push_back(std::move(problem));
  }

  /// Depth-first; whatever a consumer waits for comes before it. Lazy parameters wait for nothing.
  void sort() {
    state_.assign(graph_.nodes.size(), 0);
    for (const ModuleId module : graph_.order) {
      const ModuleNode& node = graph_.modules[module];
      for (const NodeId id : node.providers) visit(id);
      for (const NodeId id : node.controllers) visit(id);
      if (node.instance != none) visit(node.instance);
    }
  }

  void visit(NodeId id) {
    if (state_[id] == 2) return;
    if (state_[id] == 1) {
      report_cycle(id);
      return;
    }
    state_[id] = 1;
    path_.push_back(id);
    for (const Link& link : graph_.nodes[id].links) {
      if (link.wanted.kind == DependencyKind::lazy) continue;
      for (const NodeId target : link.targets) visit(target);
    }
    path_.pop_back();
    state_[id] = 2;
    graph_.construction.push_back(id);
  }

  void report_cycle(NodeId id) {
    cyclic_ = true;
    std::string circle;
    const auto begin = std::find(path_.begin(), path_.end(), id);
    for (auto it = begin; it != path_.end(); ++it) {
      circle += graph_.label(graph_.nodes[*it]) + " -> ";
    }
    problems_.push_back("providers need each other in a circle: " + circle +
                        graph_.label(graph_.nodes[id]) +
                        ". Move what both sides need into a third class, or let one of them take "
                        "roost::Lazy<T>");
  }

  /// Controllers and aliases live as long as what they take; the rest says it itself.
  void set_scope(ProviderNode& node) {
    bool request = node.scope == Scope::request;
    bool transient = false;
    for (const Link& link : node.links) {
      if (link.supplied != none) request = true;
      for (const NodeId id : link.targets) {
        const ProviderNode& target = graph_.nodes[id];
        request = request || target.scope == Scope::request;
        transient = transient || target.scope == Scope::transient;
        if (target.scope != Scope::singleton && link.wanted.kind != DependencyKind::lazy) {
          node.needs_task = node.needs_task || target.needs_task;
        }
      }
    }
    if (node.shape->kind == ProviderKind::alias) {
      node.scope = request ? Scope::request : transient ? Scope::transient : Scope::singleton;
    } else if (node.role == Role::controller) {
      node.scope = request ? Scope::request : Scope::singleton;
    }
    node.needs_task = node.needs_task || node.shape->make_task != nullptr;
    if (node.scope == Scope::request) node.request_slot = graph_.request_slots++;
  }

  void check_lifetimes(const ProviderNode& node) {
    for (std::size_t i = 0; i < node.links.size(); ++i) {
      const Link& link = node.links[i];
      if (link.supplied != none && node.scope != Scope::request) {
        report_scope(node, i, text(short_name(link.wanted.token)));
      }
      for (const NodeId id : link.targets) check_lifetime(node, i, graph_.nodes[id]);
    }
  }

  void check_lifetime(const ProviderNode& node, std::size_t position, const ProviderNode& target) {
    const DependencyKind kind = node.links[position].wanted.kind;
    if (target.scope == Scope::request && node.scope != Scope::request) {
      report_scope(node, position, graph_.label(target));
    }
    if (kind == DependencyKind::shared && target.scope != Scope::singleton) {
      problems_.push_back(graph_.label(node) + " takes a std::shared_ptr to " +
                          graph_.label(target) + " (" + parameter(position) + "), which is " +
                          scope_name(target.scope) + "; take a reference instead");
    }
    if (kind == DependencyKind::lazy && target.scope == Scope::transient) {
      problems_.push_back(graph_.label(node) + " takes a roost::Lazy of " + graph_.label(target) +
                          " (" + parameter(position) +
                          "), which is transient; take a reference instead");
    }
  }

  void report_scope(const ProviderNode& node, std::size_t position, const std::string& target) {
    problems_.push_back(
        graph_.label(node) + " is " + scope_name(node.scope) + " and takes " + target + " (" +
        parameter(position) +
        "), which is request-scoped. Say `using scope = roost::request_scoped;` in " +
        text(short_name(node.shape->implementation)) + ", or do without it");
  }

  void set_hook_order() {
    std::vector<std::uint32_t> position(graph_.nodes.size());
    for (std::uint32_t i = 0; i < graph_.construction.size(); ++i) {
      position[graph_.construction[i]] = i;
    }
    for (const ModuleId id : graph_.order) {
      const ModuleNode& module = graph_.modules[id];
      std::vector<NodeId> providers = module.providers;
      std::sort(providers.begin(), providers.end(),
                [&](NodeId a, NodeId b) { return position[a] < position[b]; });
      for (const NodeId node : providers) add_hooked(node);
      for (const NodeId node : module.controllers) add_hooked(node);
      if (module.instance != none) add_hooked(module.instance);
    }
  }
  void add_hooked(NodeId id) {
    ProviderNode& node = graph_.nodes[id];
    if (node.scope == Scope::singleton && node.shape->hooks != nullptr) {
      graph_.hook_order.push_back(&node);
    }
  }

  Graph& graph_;
  Problems& problems_;
  std::vector<unsigned char> state_;  // 1: on the path, 2: done
  std::vector<NodeId> path_;
  bool cyclic_ = false;
};

void append_unique(std::vector<NodeId>& list, NodeId id) {
  if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
}

template <class Map>
void append_found(std::vector<NodeId>& list, const Map& map, TypeId token) {
  const auto found = map.find(token);
  if (found == map.end()) return;
  if constexpr (std::is_same_v<typename Map::mapped_type, NodeId>) {
    append_unique(list, found->second);
  } else {
    for (const NodeId id : found->second) append_unique(list, id);
  }
}

}  // namespace

void Graph::link(std::vector<std::string>& problems) { Linker{*this, problems}.run(); }

NodeId Graph::visible(ModuleId module, TypeId token) const {
  const ModuleNode& node = modules[module];
  if (const auto own = node.own.find(token); own != node.own.end()) return own->second;
  for (const ModuleId imported : node.imports) {
    const auto& exported = modules[imported].exported;
    if (const auto found = exported.find(token); found != exported.end()) return found->second;
  }
  const auto found = globals.find(token);
  return found == globals.end() ? none : found->second;
}

std::vector<NodeId> Graph::visible_all(ModuleId module, TypeId token) const {
  std::vector<NodeId> all;
  for (const NodeId id : modules[module].providers) {
    if (nodes[id].shape->token == token) all.push_back(id);
  }
  for (const ModuleId imported : modules[module].imports) {
    append_found(all, modules[imported].exported, token);
    append_found(all, modules[imported].exported_contributions, token);
  }
  append_found(all, globals, token);
  append_found(all, global_contributions, token);
  return all;
}

std::vector<NodeId> Graph::providers_of(TypeId token) const {
  std::vector<NodeId> all;
  for (const ModuleId id : order) {
    const auto& own = modules[id].own;
    if (const auto found = own.find(token); found != own.end()) all.push_back(found->second);
  }
  return all;
}

const ProviderNode* Graph::only_provider_of(TypeId token) const {
  const std::vector<NodeId> all = providers_of(token);
  if (all.empty()) return nullptr;
  if (all.size() == 1) return &nodes[all.front()];
  std::string places;
  for (const NodeId id : all) {
    if (!places.empty()) places += ", ";
    places += module_name(nodes[id]);
  }
  throw Error{"several modules provide " + std::string{short_name(token)} + ": " + places +
              "; ask one of them: container.module<M>().get<T>()"};
}

}  // namespace roost::di
