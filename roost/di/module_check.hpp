// Runs the rules of wiring_errors.hpp over one module.
//
// Every rule is a function whose return type is its verdict: Fine, or Faults<…> naming the errors.
// Nothing fails in here; module<M>() instantiates the errors that it gets back, so that the
// compiler's output has the error next to the user's line and nothing after it.
#pragma once

#include <roost/di/wiring.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace roost::di {

template <class... Error>
struct Faults {};
using Fine = Faults<>;

template <class All, class... Verdict>
struct Joined {
  using type = All;
};
template <class... A, class... B, class... Rest>
struct Joined<Faults<A...>, Faults<B...>, Rest...> : Joined<Faults<A..., B...>, Rest...> {};

constexpr bool all(std::initializer_list<bool> results) {
  for (const bool result : results) {
    if (!result) return false;
  }
  return true;
}

/// All faults of several verdicts. Called with a qualified name: argument-dependent look-up would
/// instantiate the errors too early.
template <class... Verdict>
consteval auto merge(Verdict...) {
  if constexpr (all({std::is_same_v<Verdict, Fine>...})) {
    return Fine{};
  } else {
    return typename Joined<Fine, Verdict...>::type{};
  }
}

template <bool Holds, class Error>
consteval auto rule() {
  if constexpr (Holds) {
    return Fine{};
  } else {
    return Faults<Error>{};
  }
}

/// Instantiates the errors, each of which prints its sentence.
template <class... Error>
void complain(Faults<Error...>) {
  (void)std::initializer_list<std::size_t>{sizeof(Error)...};
}

/// Rules that look at one listed class.
template <class M>
struct ListedCheck {
  using Here = in_module<M>;

  template <class I>
  static consteval Fine imported(TypeBox<I>) {
    return {};
  }
  template <class I>
  static consteval Faults<not_a_module<I, Here>> imported(TypeBox<NoDefinition<I>>) {
    return {};
  }

  template <class C>
  static consteval auto constructor() {
    if constexpr (!Complete<C>) {
      return Faults<incomplete_provider<C, Here>>{};
    } else if constexpr (Constructor<C>::kind == ConstructorKind::abstract) {
      return Faults<abstract_provider<C, Here>>{};
    } else if constexpr (Constructor<C>::kind == ConstructorKind::aggregate) {
      return Faults<aggregate_provider<C, Here>>{};
    } else if constexpr (Constructor<C>::kind == ConstructorKind::several) {
      return Faults<several_constructors<C, Here>>{};
    } else if constexpr (Constructor<C>::kind == ConstructorKind::none) {
      return Faults<no_usable_constructor<C, Here>>{};
    } else {
      return rule<hooks_valid<C>(), invalid_hook<C, Here>>();
    }
  }

  template <class P>
  static consteval auto implements() {
    using Made = ObjectOf<typename P::Implementation>;
    return rule<std::is_convertible_v<Made*, ObjectOf<typename P::Token>*>,
                not_an_implementation<typename P::Token, Made, Here>>();
  }

  template <class P>
  static consteval auto constructed() {
    using C = typename P::Implementation;
    if constexpr (ModuleClass<C>) {
      return Faults<module_listed_as_provider<C, Here>>{};
    } else if constexpr (requires { C::routes; }) {
      return Faults<controller_listed_as_provider<C, Here>>{};
    } else if constexpr (!std::is_same_v<decltype(constructor<C>()), Fine>) {
      return constructor<C>();
    } else {
      return implements<P>();
    }
  }

  template <class P>
  static consteval auto factory() {
    using Call = CallableOf<typename P::Function>;
    if constexpr (std::is_void_v<Call>) {
      return Faults<opaque_factory<typename P::Consumer, Here>>{};
    } else {
      using Returned = typename Awaited<typename Call::Result>::type;
      return rule<Holder<typename P::Implementation, Returned>::usable,
                  wrong_factory_result<typename P::Consumer, Returned, Here>>();
    }
  }

  template <class Own, class P>
  static consteval auto provider() {
    if constexpr (!P::contribution && !Own::template has<typename P::Token>) {
      return Faults<duplicate_provider<typename P::Token, Here>>{};
    } else if constexpr (P::kind == ProviderKind::constructed) {
      return constructed<P>();
    } else if constexpr (P::kind == ProviderKind::alias) {
      return implements<P>();
    } else if constexpr (!hooks_valid<typename P::Implementation>()) {
      return Faults<invalid_hook<typename P::Implementation, Here>>{};
    } else if constexpr (P::kind == ProviderKind::made) {
      return factory<P>();
    } else {
      return Fine{};
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
  using Here = in_module<M>;
  using Own = OwnProviders<P...>;
  using Actual = IndexOf<List<typename Resolved<P, Own>::type...>>;
  using Seen = Visible<I...>;
  using Instance = decltype(instance_of<M>());

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
  static consteval auto parameter_visible() {
    using X = typename Injected<D>::Token;
    using Where = needed_by<Consumer, Position + 1>;
    constexpr DependencyKind kind = Injected<D>::kind;
    if constexpr (kind == DependencyKind::framework || kind == DependencyKind::collection ||
                  kind == DependencyKind::optional) {
      return Fine{};
    } else if constexpr (is_visible<X>()) {
      return Fine{};
    } else if constexpr (!Complete<ObjectOf<X>>) {
      return Faults<incomplete_dependency<X, Where, Here>>{};
    } else if constexpr (std::is_abstract_v<ObjectOf<X>>) {
      return Faults<missing_implementation<X, Where, Here>>{};
    } else {
      return Faults<missing_provider<X, Where, Here>>{};
    }
  }

  template <class Consumer, bool FitsRequest, class D, std::size_t Position>
  static consteval auto parameter_lives() {
    using X = typename Injected<D>::Token;
    using Where = needed_by<Consumer, Position + 1>;
    constexpr DependencyKind kind = Injected<D>::kind;
    if constexpr (kind == DependencyKind::framework || kind == DependencyKind::collection ||
                  !is_visible<X>()) {
      return Fine{};
    } else {
      constexpr Scope scope = scope_of_visible<X>();
      if constexpr (scope == Scope::request && !FitsRequest) {
        return Faults<request_scoped_dependency<X, Where, Here>>{};
      } else {
        return rule < scope == Scope::singleton || kind != DependencyKind::shared,
               shared_request_scoped_dependency < X, Where, Here >> ();
      }
    }
  }

  template <class Consumer, class... D, std::size_t... N>
  static consteval auto sees(List<D...>, std::index_sequence<N...>) {
    return di::merge(parameter_visible<Consumer, D, N>()...);
  }
  template <class Provider>
  static consteval auto sees() {
    using Parameters = typename Provider::template Parameters<>;
    return sees<typename Provider::Consumer>(Parameters{},
                                             std::make_index_sequence<Parameters::size>{});
  }
  template <class... Provider>
  static consteval auto all_see(List<Provider...>) {
    return di::merge(sees<Provider>()...);
  }

  template <class Consumer, bool FitsRequest, class... D, std::size_t... N>
  static consteval auto lives(List<D...>, std::index_sequence<N...>) {
    return di::merge(parameter_lives<Consumer, FitsRequest, D, N>()...);
  }
  template <class Provider>
  static consteval auto lives() {
    using Parameters = typename Provider::template Parameters<>;
    if constexpr (Provider::kind == ProviderKind::alias) {
      return Fine{};
    } else {
      return lives<typename Provider::Consumer, Provider::scope == Scope::request>(
          Parameters{}, std::make_index_sequence<Parameters::size>{});
    }
  }
  template <class... Provider>
  static consteval auto all_live(List<Provider...>) {
    return di::merge(lives<Provider>()...);
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
  template <class Path, std::size_t... N>
  static consteval auto cycle_of(Path, std::index_sequence<N...>) {
    return Faults<
        provider_cycle<Here, typename Actual::template At<Path::value.nodes[N]>::Token...>>{};
  }
  static consteval auto no_cycle() {
    if constexpr (sizeof...(P) == 0) {
      return Fine{};
    } else {
      constexpr std::array<Edges, sizeof...(P)> graph{
          edges_of(typename Resolved<P, Own>::type::template Parameters<>{})...};
      using Path = std::integral_constant<CyclePath, find_cycle(graph)>;
      if constexpr (Path::value.length == 0) {
        return Fine{};
      } else {
        return cycle_of(Path{}, std::make_index_sequence<Path::value.length>{});
      }
    }
  }

  template <class E>
  static consteval auto export_known() {
    if constexpr (ModuleClass<E>) {
      return rule<Seen::Modules::template contains<E>(), unknown_export<E, Here>>();
    } else {
      return rule < Own::template has<E> || Seen::Tokens::template contains<E>() ||
                 Own::template contains<Contributed<E>>(),
             unknown_export < E, Here >> ();
    }
  }
  template <bool Global, class E>
  static consteval auto export_says_enough() {
    if constexpr (ModuleClass<E>) {
      return Fine{};
    } else if constexpr (Own::template has<E>) {
      constexpr bool request = scope_of_visible<E>() == Scope::request;
      if constexpr (request && scope_of<ObjectOf<E>> != Scope::request) {
        return Faults<export_scope_hidden<E, Here>>{};
      } else {
        return rule < !Global || is_global<E> || is_global<ObjectOf<E>>, export_not_global < E,
               Here >> ();
      }
    } else {
      return Fine{};
    }
  }
  template <bool Global, class... E>
  static consteval auto exports_right(roost::exports<E...>) {
    using Known = decltype(di::merge(export_known<E>()...));
    if constexpr (!std::is_same_v<Known, Fine>) {
      return Known{};
    } else {
      return di::merge(export_says_enough<Global, E>()...);
    }
  }

  template <class... Self>
  static consteval auto instance_constructible(List<Self...>) {
    return di::merge(ListedCheck<M>::template constructor<typename Self::Token>()...);
  }
  static consteval auto lists_right() {
    using Listed = ListedCheck<M>;
    using Imported = decltype(di::merge(Listed::imported(TypeBox<I>{})...));
    if constexpr (!std::is_same_v<Imported, Fine>) {
      return Imported{};
    } else {
      return di::merge(Listed::template provider<Own, P>()..., Listed::template constructor<C>()...,
                       instance_constructible(Instance{}));
    }
  }

  using Bound = decltype(List<typename Resolved<P, Own>::type...>{} + Instance{});
  using Everyone = decltype(List<ConstructedProvider<C, C>...>{} + Bound{});

  /// The verdict on the module. A stage runs only when those before it found nothing.
  template <bool Global>
  static consteval auto run() {
    if constexpr (!std::is_same_v<decltype(lists_right()), Fine>) {
      return lists_right();
    } else if constexpr (!std::is_same_v<decltype(all_see(Everyone{})), Fine>) {
      return all_see(Everyone{});
    } else if constexpr (!std::is_same_v<decltype(no_cycle()), Fine>) {
      return no_cycle();
    } else if constexpr (!std::is_same_v<decltype(all_live(Bound{})), Fine>) {
      return all_live(Bound{});
    } else {
      return exports_right<Global>(ExportsOf<M>{});
    }
  }
};

}  // namespace roost::di
