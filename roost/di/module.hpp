// The words with which a module is defined: module<M>(imports<…>(), providers<…>(), …).
#pragma once

#include <roost/di/module_check.hpp>
#include <roost/di/module_def.hpp>
#include <roost/di/provider.hpp>

#include <array>
#include <type_traits>
#include <utility>

namespace roost {
namespace di {

/// Spec of the imports: module classes first, then dynamic modules.
template <class... M>
class ImportList : public ModulePart {
 public:
  using Imports = List<M...>;

  template <class... Entry>
  explicit ImportList(const Entry&... entries) : entries_{entries...} {}

  template <class>
  void add_to(ModuleData& data) const {
    add_imports(data, entries_, sizeof...(M));
  }

 private:
  ModuleImport entries_[sizeof...(M) + 1];  // the last is empty: there are no arrays of none
};

/// Spec of the controllers, made by the component that knows what a controller is. Each carries one
/// opaque attachment, which lives as long as the program.
template <class... C>
class ControllerList : public ModulePart {
 public:
  using Controllers = List<C...>;

  explicit ControllerList(std::array<const void*, sizeof...(C)> attachments)
      : attachments_{attachments} {}

  template <class>
  void add_to(ModuleData& data) const {
    if constexpr (sizeof...(C) > 0) {
      static constexpr const ProviderShape* shapes[] = {&shape_of<ConstructedProvider<C, C>>...};
      add_controllers(data, shapes, attachments_.data(), sizeof...(C));
    }
  }

 private:
  std::array<const void*, sizeof...(C)> attachments_;
};

template <class Part>
concept HasProviders = requires {
  typename Part::Providers;
};
template <class Part>
concept HasControllers = requires {
  typename Part::Controllers;
};
template <class Part>
concept HasImports = requires {
  typename Part::Imports;
};

template <class Part>
consteval auto providers_of() {
  if constexpr (HasProviders<Part>) {
    return typename Part::Providers{};
  } else {
    return List<>{};
  }
}
template <class Part>
consteval auto controllers_of() {
  if constexpr (HasControllers<Part>) {
    return typename Part::Controllers{};
  } else {
    return List<>{};
  }
}
template <class Part>
consteval auto imports_of() {
  if constexpr (HasImports<Part>) {
    return typename Part::Imports{};
  } else {
    return List<>{};
  }
}

template <class M>
ModuleImport static_import() {
  if constexpr (HasDefine<M>) {
    return {TypeId::of<M>(), []() -> ModuleDef { return M::define(); }, ModuleDef{}};
  } else {
    return {TypeId::of<M>(), nullptr, ModuleDef{}};  // module<M>() has reported it
  }
}
template <class M>
ModuleImport dynamic_import(const DynamicModule<M>& module) {
  return {TypeId::of<M>(), nullptr, module};
}
template <class Other>
ModuleImport dynamic_import(const Other&) {
  return {};  // dynamic_class() has reported it
}

/// The module class behind an argument of imports(…).
template <class Argument>
struct DynamicClass : untyped_dynamic_module<Argument> {
  struct type {};
};
template <class M>
struct DynamicClass<DynamicModule<M>> {
  using type = M;
};

template <class M>
consteval auto required_import() {
  if constexpr (HasDefine<M>) {
    return TypeBox<M>{};
  } else {
    return TypeBox<NoDefinition<M>>{};
  }
}

template <class E>
consteval ModuleExport export_entry() {
  bool everywhere = is_global<E>;
  if constexpr (!ModuleClass<E> && Complete<ObjectOf<E>>) {
    everywhere = everywhere || is_global<ObjectOf<E>>;
  }
  return {TypeId::of<E>(), ModuleClass<E>, everywhere};
}
template <class... E>
void add_exports(ModuleData& data, roost::exports<E...>) {
  if constexpr (sizeof...(E) > 0) {
    static constexpr ModuleExport entries[] = {export_entry<E>()...};
    di::add_exports(data, entries, sizeof...(E));
  }
}

template <class M, class Part>
consteval auto is_part() {
  return rule < std::is_base_of_v<ModulePart, Part> || std::is_same_v<Part, global>,
         not_a_module_part < Part, in_module < M >>> ();
}

/// The verdict on module<M>(parts…), as a type; `Check` does the work when there is one.
template <class M, class... Parts>
struct Definition {
  using Strangers = decltype(di::merge(is_part<M, Parts>()...));
  using Check = ModuleCheck<M, decltype((List<>{} + ... + imports_of<Parts>())),
                            decltype((List<>{} + ... + providers_of<Parts>())),
                            decltype((List<>{} + ... + controllers_of<Parts>()))>;
  static constexpr bool is_global = !all({!std::is_same_v<Parts, global>...});

  static consteval auto verdict() {
    if constexpr (!std::is_same_v<Strangers, Fine>) {
      return Strangers{};
    } else {
      return Check::template run<is_global>();
    }
  }
};

template <class Own, class Part>
void add_part(ModuleData& data, const Part& part) {
  if constexpr (std::is_same_v<Part, global>) {
    make_global(data);
  } else {
    part.template add_to<Own>(data);
  }
}

template <class... Self>
void add_instance([[maybe_unused]] ModuleData& data, List<Self...>) {
  (set_module_class(data, shape_of<Self>), ...);
}

}  // namespace di

/// Modules whose exports this module sees: classes with a static define() as template arguments,
/// dynamic modules as arguments: `imports<ClockModule>(ConfigModule::for_root(options))`. When two
/// export the same type, the first one wins.
template <class... M, class... Dynamic>
[[nodiscard]] auto imports(const Dynamic&... dynamic) {
  return di::ImportList<typename decltype(di::required_import<M>())::type...,
                        typename di::DynamicClass<Dynamic>::type...>{
      di::static_import<M>()..., di::dynamic_import(dynamic)...};
}

/// Defines the module M: checks its wiring while it compiles and forgets the types. Call it where
/// the classes of the module are complete, in the module's .cpp. Each call makes a new definition
/// with its own instances; a module imported by class is defined once per application.
template <class M, class... Parts>
[[nodiscard]] DynamicModule<M> module(const Parts&... parts) {
  using Definition = di::Definition<M, Parts...>;
  using Verdict = decltype(Definition::verdict());
  if constexpr (!std::is_same_v<Verdict, di::Fine>) {
    di::complain(Verdict{});
    return DynamicModule<M>{};
  } else {
    using Check = typename Definition::Check;
    DynamicModule<M> definition{TypeId::of<M>()};
    di::ModuleData& data = definition.filling();
    di::add_exports(data, di::ExportsOf<M>{});
    (di::add_part<typename Check::Own>(data, parts), ...);
    di::add_instance(data, typename Check::Instance{});
    return definition;
  }
}

}  // namespace roost
