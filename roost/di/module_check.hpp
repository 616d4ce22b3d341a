// Runs the rules of wiring_errors.hpp over one module.
#pragma once

#include <roost/di/wiring.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace roost::di {

/// For rules that are each evaluated, whatever the others say.
constexpr bool all(std::initializer_list<bool> results) {
  for (const bool result : results) {
    if (!result) return false;
  }
  return true;
}

/// Rules that look at one listed class: each returns false after naming its error.
template <class M>
struct ListedCheck {
  template <class I>
  static consteval bool imported(TypeBox<I>) {
    return true;
  }
  template <class I>
  static consteval bool imported(TypeBox<NoDefinition<I>>) {
    (void)sizeof(not_a_module<I, in_module<M>>);
    return false;
  }

  template <class C>
  static consteval bool constructor() {
    if constexpr (!Complete<C>) {
      (void)sizeof(incomplete_provider<C, in_module<M>>);
      return false;
    } else if constexpr (Constructor<C>::kind == ConstructorKind::abstract) {
      (void)sizeof(abstract_provider<C, in_module<M>>);
      return false;
    } else if constexpr (Constructor<C>::kind == ConstructorKind::aggregate) {
      (void)sizeof(aggregate_provider<C, in_module<M>>);
      return false;
    } else if constexpr (Constructor<C>::kind == ConstructorKind::several) {
      (void)sizeof(several_constructors<C, in_module<M>>);
      return false;
    } else if constexpr (Constructor<C>::kind == ConstructorKind::none) {
      (void)sizeof(no_usable_constructor<C, in_module<M>>);
      return false;
    } else {
      return true;
    }
  }

  template <class C>
  static consteval bool provider_class() {
    if constexpr (ModuleClass<C>) {
      (void)sizeof(module_listed_as_provider<C, in_module<M>>);
      return false;
    } else if constexpr (requires { C::routes; }) {
      (void)sizeof(controller_listed_as_provider<C, in_module<M>>);
      return false;
    } else {
      return constructor<C>();
    }
  }

  template <class P>
  static consteval bool factory() {
    if constexpr (std::is_void_v<CallableOf<typename P::Function>>) {
      (void)sizeof(opaque_factory<typename P::Consumer, in_module<M>>);
      return false;
    } else {
      using Returned = typename Awaited<typename CallableOf<typename P::Function>::Result>::type;
      constexpr bool usable = Holder<typename P::Implementation, Returned>::usable;
      if constexpr (!usable) {
        (void)sizeof(wrong_factory_result<typename P::Consumer, Returned, in_module<M>>);
      }
      return usable;
    }
  }

  template <class P>
  static consteval bool implements() {
    using Made = ObjectOf<typename P::Implementation>;
    constexpr bool derived = std::is_convertible_v<Made*, ObjectOf<typename P::Token>*>;
    if constexpr (!derived) {
      (void)sizeof(not_an_implementation<typename P::Token, Made, in_module<M>>);
    }
    return derived;
  }

  template <class Own, class P>
  static consteval bool provider() {
    if constexpr (!P::contribution && !Own::template has<typename P::Token>) {
      (void)sizeof(duplicate_provider<typename P::Token, in_module<M>>);
      return false;
    } else if constexpr (P::kind == ProviderKind::constructed) {
      if constexpr (!provider_class<typename P::Implementation>()) {
        return false;
      } else {
        return implements<P>();
      }
    } else if constexpr (P::kind == ProviderKind::alias) {
      return implements<P>();
    } else if constexpr (P::kind == ProviderKind::made) {
      return factory<P>();
    } else {
      return true;
    }
  }
};

/// The module class is constructed, last in its module, when it has state, hooks or parameters.
template <class M>
consteval auto instance_of() {
  constexpr ConstructorKind kind = Constructor<M>::kind;
  constexpr bool constructible =
      kind == ConstructorKind::deduced || kind == ConstructorKind::listed;
  constexpr bool stateful =
      constructible && (Constructor<M>::Parameters::size > 0 || !std::is_empty_v<M>);
  if constexpr (stateful || has_hooks<M>()) {
    return List<ConstructedProvider<M, M>>{};
  } else {
    return List<>{};
  }
}

/// The check of module M with everything that its definition lists.
template <class M, class Imports, class Providers, class Controllers>
struct ModuleCheck;

template <class M, class... I, class... P, class... C>
struct ModuleCheck<M, List<I...>, List<P...>, List<C...>> {
  using Own = OwnProviders<P...>;
  using Actual = IndexOf<List<typename Resolved<P, Own>::type...>>;
  using Seen = Visible<I...>;

  template <class X>
  static consteval bool is_visible() {
    if constexpr (Own::template has<X> || is_supplied_per_request<X>) {
      return true;
    } else if constexpr (Seen::Tokens::template contains<X>()) {
      return true;
    } else if constexpr (Complete<ObjectOf<X>>) {
      return is_global<X> || is_global<ObjectOf<X>>;
    } else {
      return false;
    }
  }

  /// Valid once the providers are known to form no cycle: an alias has the scope of its target.
  template <class X>
  static consteval Scope scope_of_visible() {
    if constexpr (Own::template has<X>) {
      using Provider = typename Actual::template At<Own::template of<X>>;
      if constexpr (Provider::kind == ProviderKind::alias) {
        return scope_of_visible<typename Provider::Implementation>();
      } else {
        return Provider::scope;
      }
    } else if constexpr (is_supplied_per_request<X>) {
      return Scope::request;
    } else if constexpr (Complete<ObjectOf<X>>) {
      return scope_of<ObjectOf<X>>;
    } else {
      return Scope::singleton;  // only forward declared here; the container looks again
    }
  }

  template <class Consumer, class D, std::size_t Position>
  static consteval bool parameter_visible() {
    using X = typename Injected<D>::Token;
    using Where = needed_by<Consumer, Position + 1>;
    constexpr DependencyKind kind = Injected<D>::kind;
    if constexpr (kind == DependencyKind::framework || kind == DependencyKind::collection ||
                  kind == DependencyKind::optional) {
      return true;
    } else if constexpr (is_visible<X>()) {
      return true;
    } else {
      if constexpr (!Complete<ObjectOf<X>>) {
        (void)sizeof(incomplete_dependency<X, Where, in_module<M>>);
      } else if constexpr (std::is_abstract_v<ObjectOf<X>>) {
        (void)sizeof(missing_implementation<X, Where, in_module<M>>);
      } else {
        (void)sizeof(missing_provider<X, Where, in_module<M>>);
      }
      return false;
    }
  }

  template <class Consumer, bool FitsRequest, class D, std::size_t Position>
  static consteval bool parameter_lives() {
    using X = typename Injected<D>::Token;
    using Where = needed_by<Consumer, Position + 1>;
    constexpr DependencyKind kind = Injected<D>::kind;
    if constexpr (kind == DependencyKind::framework || kind == DependencyKind::collection ||
                  !is_visible<X>()) {
      return true;
    } else {
      constexpr Scope scope = scope_of_visible<X>();
      if constexpr (scope == Scope::request && !FitsRequest) {
        (void)sizeof(request_scoped_dependency<X, Where, in_module<M>>);
        return false;
      } else if constexpr (scope != Scope::singleton && kind == DependencyKind::shared) {
        (void)sizeof(shared_request_scoped_dependency<X, Where, in_module<M>>);
        return false;
      } else {
        return true;
      }
    }
  }

  template <class Consumer, class... D, std::size_t... N>
  static consteval bool all_visible(List<D...>, std::index_sequence<N...>) {
    return all({parameter_visible<Consumer, D, N>()...});
  }
  template <class Consumer, class Parameters>
  static consteval bool all_visible() {
    return all_visible<Consumer>(Parameters{}, std::make_index_sequence<Parameters::size>{});
  }

  template <class Consumer, bool FitsRequest, class... D, std::size_t... N>
  static consteval bool all_live(List<D...>, std::index_sequence<N...>) {
    return all({parameter_lives<Consumer, FitsRequest, D, N>()...});
  }
  template <class Provider>
  static consteval bool all_live() {
    using Parameters = typename Provider::template Parameters<>;
    if constexpr (Provider::kind == ProviderKind::alias) {
      return true;
    } else {
      return all_live<typename Provider::Consumer, Provider::scope == Scope::request>(
          Parameters{}, std::make_index_sequence<Parameters::size>{});
    }
  }

  template <class D>
  static consteval void add_edge(Edges& edges) {
    constexpr DependencyKind kind = Injected<D>::kind;
    constexpr std::size_t target = Own::template of<typename Injected<D>::Token>;
    if constexpr (target != nowhere && kind != DependencyKind::lazy &&
                  kind != DependencyKind::collection) {
      edges.to[edges.count++] = static_cast<std::uint16_t>(target);
    }
  }
  template <class... D>
  static consteval Edges edges_of(List<D...>) {
    Edges edges;
    (add_edge<D>(edges), ...);
    return edges;
  }

  template <class Path>
  struct Cycle {
    static constexpr CyclePath path = Path::value;
    template <std::size_t... N>
    static consteval void report(std::index_sequence<N...>) {
      (void)sizeof(
          provider_cycle<in_module<M>, typename Actual::template At<path.nodes[N]>::Token...>);
    }
  };
  struct FirstCycle {
    static constexpr std::array<Edges, sizeof...(P)> graph{
        edges_of(typename Resolved<P, Own>::type::template Parameters<>{})...};
    static constexpr CyclePath value = find_cycle(graph);
  };
  static consteval bool no_cycle() {
    if constexpr (sizeof...(P) == 0) {
      return true;
    } else if constexpr (FirstCycle::value.length != 0) {
      Cycle<FirstCycle>::report(std::make_index_sequence<FirstCycle::value.length>{});
      return false;
    } else {
      return true;
    }
  }

  template <class E>
  static consteval bool export_known() {
    if constexpr (ModuleClass<E>) {
      constexpr bool imported = Seen::Modules::template contains<E>();
      if constexpr (!imported) (void)sizeof(unknown_export<E, in_module<M>>);
      return imported;
    } else {
      constexpr bool known = Own::template has<E> || Seen::Tokens::template contains<E>() ||
                             Own::template contains<Contributed<E>>();
      if constexpr (!known) (void)sizeof(unknown_export<E, in_module<M>>);
      return known;
    }
  }
  template <class E>
  static consteval bool export_scope_said() {
    if constexpr (Own::template has<E>) {
      constexpr bool here = scope_of_visible<E>() == Scope::request;
      if constexpr (here && scope_of<ObjectOf<E>> != Scope::request) {
        (void)sizeof(export_scope_hidden<E, in_module<M>>);
        return false;
      }
    }
    return true;
  }
  template <bool Global, class E>
  static consteval bool export_global() {
    if constexpr (Global && !ModuleClass<E>) {
      constexpr bool said = is_global<E> || is_global<ObjectOf<E>>;
      if constexpr (!said) (void)sizeof(export_not_global<E, in_module<M>>);
      return said;
    } else {
      return true;
    }
  }
  template <bool Global, class... E>
  static consteval bool exports_right(roost::exports<E...>) {
    if constexpr (!all({export_known<E>()...})) {
      return false;
    } else {
      return all({export_scope_said<E>()..., export_global<Global, E>()...});
    }
  }

  using Instance = decltype(instance_of<M>());
  template <class... Self>
  static consteval bool instance_constructible(List<Self...>) {
    return all({ListedCheck<M>::template constructor<typename Self::Token>()...});
  }

  static consteval bool lists_right() {
    using Listed = ListedCheck<M>;
    constexpr bool imports_right = all({Listed::imported(TypeBox<I>{})...});
    if constexpr (!imports_right) {
      return false;
    } else {
      return all({Listed::template provider<Own, P>()..., Listed::template constructor<C>()...,
                  instance_constructible(Instance{})});
    }
  }

  template <class... Consumer>
  static consteval bool consumers_see(List<Consumer...>) {
    return all(
        {all_visible<typename Consumer::Consumer, typename Consumer::template Parameters<>>()...});
  }
  template <class... Consumer>
  static consteval bool consumers_live(List<Consumer...>) {
    return all({all_live<Consumer>()...});
  }

  using Everyone = decltype(
      List<typename Resolved<P, Own>::type..., ConstructedProvider<C, C>...>{} + Instance{});
  using Bound = decltype(List<typename Resolved<P, Own>::type...>{} + Instance{});

  /// True when the module is wired rightly; otherwise the compiler has been told why not.
  template <bool Global>
  static consteval bool run() {
    if constexpr (!lists_right()) {
      return false;
    } else if constexpr (!consumers_see(Everyone{})) {
      return false;
    } else if constexpr (!no_cycle()) {
      return false;
    } else if constexpr (!consumers_live(Bound{})) {
      return false;
    } else {
      return exports_right<Global>(ExportsOf<M>{});
    }
  }
};

}  // namespace roost::di
