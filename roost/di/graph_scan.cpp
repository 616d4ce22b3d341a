// First half of a start: which modules there are, what each provides and what each exports.
#include <roost/di/detail/graph.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace roost::di {
namespace {

using Problems = std::vector<std::string>;

std::string text(std::string_view view) { return std::string{view}; }

/// Walks the imports depth-first and puts each module once into the graph, imports before their
/// importers in `finished`.
class ModuleScan {
 public:
  ModuleScan(Graph& graph, Problems& problems) : graph_{graph}, problems_{problems} {}

  void run(ModuleDef root) {
    if (root.data() == nullptr) {
      problems_.push_back(
          "the root module has no definition: its define() returned an empty ModuleDef");
      return;
    }
    const TypeId type = root.data()->type;
    (void)enter(std::move(root), type, true);
  }

  [[nodiscard]] const std::vector<ModuleId>& finished() const { return finished_; }

 private:
  /// The module's id, or `none` when it has to be left out.
  ModuleId enter(ModuleDef definition, TypeId type, bool by_class) {
    const auto id = static_cast<ModuleId>(graph_.modules.size());
    ModuleNode& module = graph_.modules.emplace_back();
    module.data = definition.data();
    module.definition = std::move(definition);
    module.type = type;
    if (by_class) by_class_.emplace(type, id);
    by_definition_.emplace(module.data, id);

    path_.push_back(id);
    for (const ModuleImport& import : module.data->imports) {
      const ModuleId imported = find_or_enter(import);
      if (imported != none) module.imports.push_back(imported);
    }
    path_.pop_back();
    finished_.push_back(id);
    return id;
  }

  ModuleId find_or_enter(const ModuleImport& import) {
    if (import.define != nullptr) {
      if (const auto known = by_class_.find(import.type); known != by_class_.end()) {
        return reject_cycle(known->second);
      }
      return define_and_enter(import);
    }
    const ModuleData* data = import.dynamic.data();
    if (data == nullptr) {
      problems_.push_back(
          importer() + " imports " + text(short_name(import.type)) +
          ", but the function that makes this dynamic module returned an empty one");
      return none;
    }
    if (const auto known = by_definition_.find(data); known != by_definition_.end()) {
      return reject_cycle(known->second);
    }
    return enter(import.dynamic, import.type, false);
  }

  ModuleId define_and_enter(const ModuleImport& import) {
    ModuleDef definition = import.define();
    if (definition.data() == nullptr || definition.data()->type != import.type) {
      const std::string name = text(short_name(import.type));
      problems_.push_back(name +
                          "::define() does not return its own definition: it has to return " +
                          "roost::module<" + name + ">(...)");
      return none;
    }
    return enter(std::move(definition), import.type, true);
  }

  /// `id`, unless the walk is still inside that module.
  ModuleId reject_cycle(ModuleId id) {
    const auto begin = std::find(path_.begin(), path_.end(), id);
    if (begin == path_.end()) return id;
    std::string circle;
    for (auto it = begin; it != path_.end(); ++it) circle += text(graph_.module_name(*it)) + " -> ";
    problems_.push_back("modules import each other in a circle: " + circle +
                        text(graph_.module_name(id)) +
                        ". Move what both sides need into a module of its own and import that");
    return none;
  }

  [[nodiscard]] std::string importer() const { return text(graph_.module_name(path_.back())); }

  Graph& graph_;
  Problems& problems_;
  std::unordered_map<TypeId, ModuleId> by_class_;
  std::unordered_map<const ModuleData*, ModuleId> by_definition_;
  std::vector<ModuleId> path_;
  std::vector<ModuleId> finished_;
};

void check_names(const Graph& graph, Problems& problems) {
  std::unordered_map<std::string_view, TypeId> named;
  std::set<std::string_view> reported;
  for (const ModuleNode& module : graph.modules) {
    const auto [known, added] = named.emplace(module.type.name(), module.type);
    if (added || known->second == module.type) continue;
    if (!reported.insert(module.type.name()).second) continue;
    problems.push_back("two different modules have the name " + text(module.type.name()) +
                       "; rename one of them, or messages cannot tell them apart");
  }
}

bool exports_something_global(const ModuleData& data) {
  return data.is_global || std::any_of(data.exports.begin(), data.exports.end(),
                                       [](const ModuleExport& entry) { return entry.is_global; });
}

void append_with_imports(const Graph& graph, ModuleId id, std::vector<bool>& done,
                         std::vector<ModuleId>& order) {
  if (done[id]) return;
  done[id] = true;
  for (const ModuleId imported : graph.modules[id].imports) {
    append_with_imports(graph, imported, done, order);
  }
  order.push_back(id);
}

/// Modules with global exports first, then every module after its imports.
void set_order(Graph& graph, const std::vector<ModuleId>& finished) {
  std::vector<bool> done(graph.modules.size(), false);
  for (const ModuleId id : finished) {
    if (graph.modules[id].is_global) append_with_imports(graph, id, done, graph.order);
  }
  for (const ModuleId id : finished) append_with_imports(graph, id, done, graph.order);
}

ProviderNode& add_node(Graph& graph, ModuleId module, Role role, const ProviderRecord& record) {
  ProviderNode& node = graph.nodes.emplace_back();
  node.graph = &graph;
  node.id = static_cast<NodeId>(graph.nodes.size() - 1);
  node.module = module;
  node.role = role;
  node.shape = record.shape;
  node.state = record.state;
  node.scope = record.shape->scope;
  return node;
}

/// Replaces what tests override; remembers which overrides were of use.
class Overrides {
 public:
  explicit Overrides(const std::vector<ProviderRecord>& records)
      : records_{records}, used_(records.size(), false) {}

  void apply(ProviderNode& node) {
    if (node.shape->contribution) return;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (records_[i].shape->token != node.shape->token) continue;
      used_[i] = true;
      node.shape = records_[i].shape;
      node.state = records_[i].state;
      node.scope = node.shape->scope;
      node.overridden = true;
    }
  }

  void report_unused(Problems& problems) const {
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (used_[i]) continue;
      problems.push_back("an override replaces nothing: no module provides " +
                         text(short_name(records_[i].shape->token)) +
                         ". Name the type under which the provider is listed");
    }
  }

 private:
  const std::vector<ProviderRecord>& records_;
  std::vector<bool> used_;
};

void add_nodes(Graph& graph, ModuleId id, Overrides& overrides) {
  ModuleNode& module = graph.modules[id];
  for (const ProviderRecord& record : module.data->providers) {
    ProviderNode& node = add_node(graph, id, Role::provider, record);
    overrides.apply(node);
    module.providers.push_back(node.id);
    if (!node.shape->contribution) module.own.insert_or_assign(node.shape->token, node.id);
  }
  for (const ControllerRecord& record : module.data->controllers) {
    ProviderNode& node = add_node(graph, id, Role::controller, {record.shape, {}});
    module.controllers.push_back(node.id);
    graph.controller_nodes.push_back({node.id, record.attachment});
  }
  if (module.data->module_class != nullptr) {
    module.instance = add_node(graph, id, Role::module_class, {module.data->module_class, {}}).id;
  }
}

void append_unique(std::vector<NodeId>& list, NodeId id) {
  if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
}

void export_module(Graph& graph, ModuleNode& module, TypeId type, Problems& problems) {
  bool imported = false;
  for (const ModuleId id : module.imports) {
    const ModuleNode& other = graph.modules[id];
    if (other.type != type) continue;
    imported = true;
    for (const auto& [token, node] : other.exported) module.exported.emplace(token, node);
    for (const auto& [token, nodes] : other.exported_contributions) {
      for (const NodeId node : nodes) append_unique(module.exported_contributions[token], node);
    }
  }
  if (imported) return;
  problems.push_back(text(short_name(module.type)) + " exports the module " +
                     text(short_name(type)) +
                     " without importing it; import it, or remove it from `exports`");
}

void export_token(Graph& graph, ModuleId id, const ModuleExport& entry, Problems& problems) {
  ModuleNode& module = graph.modules[id];
  bool known = false;
  if (const auto own = module.own.find(entry.type); own != module.own.end()) {
    known = true;
    module.exported.emplace(entry.type, own->second);
  }
  for (const NodeId node : module.providers) {
    const ProviderShape& shape = *graph.nodes[node].shape;
    if (!shape.contribution || shape.token != entry.type) continue;
    known = true;
    append_unique(module.exported_contributions[entry.type], node);
  }
  for (const ModuleId imported : module.imports) {
    const ModuleNode& other = graph.modules[imported];
    if (const auto found = other.exported.find(entry.type); found != other.exported.end()) {
      known = true;
      module.exported.emplace(entry.type, found->second);
    }
    const auto more = other.exported_contributions.find(entry.type);
    if (more == other.exported_contributions.end()) continue;
    known = true;
    for (const NodeId node : more->second) {
      append_unique(module.exported_contributions[entry.type], node);
    }
  }
  if (known) return;
  problems.push_back(text(short_name(module.type)) + " exports " + text(short_name(entry.type)) +
                     ", which it neither provides nor imports; add it to providers<...>() or "
                     "remove it from `exports`");
}

void set_exports(Graph& graph, ModuleId id, Problems& problems) {
  ModuleNode& module = graph.modules[id];
  for (const ModuleExport& entry : module.data->exports) {
    if (entry.is_module) {
      export_module(graph, module, entry.type, problems);
    } else {
      export_token(graph, id, entry, problems);
    }
  }
  for (const ModuleExport& entry : module.data->exports) {
    if (entry.is_module || !(entry.is_global || module.data->is_global)) continue;
    if (const auto found = module.exported.find(entry.type); found != module.exported.end()) {
      graph.globals.emplace(entry.type, found->second);
    }
    for (const NodeId node : module.exported_contributions[entry.type]) {
      append_unique(graph.global_contributions[entry.type], node);
    }
  }
}

}  // namespace

void Graph::scan(ModuleDef root, const BuildOptions& options, std::vector<std::string>& problems) {
  supplied = options.supplied();
  if (supplied.size() > most_supplied) {
    problems.push_back("more than " + std::to_string(most_supplied) +
                       " types are supplied per request");
  }
  ModuleScan walk{*this, problems};
  walk.run(std::move(root));
  check_names(*this, problems);
  for (ModuleNode& module : modules) module.is_global = exports_something_global(*module.data);
  set_order(*this, walk.finished());

  Overrides overrides{options.overrides()};
  for (const ModuleId id : order) {
    make_reference(id);
    add_nodes(*this, id, overrides);
  }
  overrides.report_unused(problems);
  for (const ModuleId id : order) set_exports(*this, id, problems);
}

void Graph::make_reference(ModuleId module) {
  // The constructor is private to keep ModuleRef out of users' hands.
  modules[module].reference = std::unique_ptr<ModuleRef>{new ModuleRef{*this, module}};
}

}  // namespace roost::di
