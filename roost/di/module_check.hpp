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

  /// `Unique`: the token of P is found among the module's own.
  template <class P, bool Unique>
  static consteval auto provider() {
    if constexpr (!P::contribution && !Unique) {
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

// The following verdicts have no argument that grows with the module: see find_leaf.

template <class M, class Consumer, class D, std::size_t Position, bool Visible>
consteval auto parameter_visible() {
  using X = typename Injected<D>::Token;
  using Where = needed_by<Consumer, Position + 1>;
  constexpr DependencyKind kind = Injected<D>::kind;
  if constexpr (Visible || kind == DependencyKind::framework ||
                kind == DependencyKind::collection || kind == DependencyKind::optional) {
    return Fine{};
  } else if constexpr (!Complete<ObjectOf<X>>) {
    return Faults<incomplete_dependency<X, Where, in_module<M>>>{};
  } else if constexpr (std::is_abstract_v<ObjectOf<X>>) {
    return Faults<missing_implementation<X, Where, in_module<M>>>{};
  } else {
    return Faults<missing_provider<X, Where, in_module<M>>>{};
  }
}

template <class M, class Consumer, bool FitsRequest, class D, std::size_t Position, Scope S>
consteval auto parameter_lives() {
  using X = typename Injected<D>::Token;
  using Where = needed_by<Consumer, Position + 1>;
  constexpr DependencyKind kind = Injected<D>::kind;
  if constexpr (kind == DependencyKind::framework || kind == DependencyKind::collection) {
    return Fine{};
  } else if constexpr (S == Scope::request && !FitsRequest) {
    return Faults<request_scoped_dependency<X, Where, in_module<M>>>{};
  } else {
    return rule < S == Scope::singleton || kind != DependencyKind::shared,
           shared_request_scoped_dependency < X, Where, in_module < M >>> ();
  }
}

/// Visible without being provided here or exported by an import.
template <class X>
consteval bool visible_everywhere() {
  if constexpr (is_supplied_per_request<X>) {
    return true;
  } else if constexpr (Complete<ObjectOf<X>>) {
    return is_global<X> || is_global<ObjectOf<X>>;
  } else {
    return false;
  }
}

/// The lifetime that an exported, global or supplied type says it has.
template <class X>
consteval Scope scope_said() {
  if constexpr (is_supplied_per_request<X>) {
    return Scope::request;
  } else if constexpr (Complete<ObjectOf<X>>) {
    return scope_of<ObjectOf<X>>;
  } else {
    return Scope::singleton;  // only forward declared here; the container looks again
  }
}

/// Whether a module with these own providers and imports sees X.
template <class Own, class Seen, class X, class Entry = typename Own::template Find<X>>
struct IsVisible : std::true_type {};
template <class Own, class Seen, class X>
struct IsVisible<Own, Seen, X, NotFound>
    : std::conditional_t<visible_everywhere<X>(), std::true_type, IsSeen<Seen, X>> {};

/// How long X lives, seen from a module with these own providers, which form no cycle: an alias has
/// the scope of its target. What is not visible is optional and harmless.
template <class Own, class X, class Entry = typename Own::template Find<X>>
struct VisibleScope;
template <class Own, class X>
struct VisibleScope<Own, X, NotFound> : std::integral_constant<Scope, scope_said<X>()> {};
template <class Own, class X, std::size_t I, class P>
struct VisibleScope<Own, X, Found<I, P>>
    : std::conditional_t<P::kind == ProviderKind::alias,
                         VisibleScope<Own, typename P::Implementation>,
                         std::integral_constant<Scope, P::scope>> {};

/// Whether everything that the provider P takes is visible.
template <class M, class Own, class Seen, class P,
          class Parameters = typename P::template Parameters<>,
          class Positions = std::make_index_sequence<Parameters::size>>
struct Sees;
template <class M, class Own, class Seen, class P, class... D, std::size_t... N>
struct Sees<M, Own, Seen, P, List<D...>, std::index_sequence<N...>> {
  using Verdict = decltype(di::merge(
      parameter_visible<M, typename P::Consumer, D, N,
                        IsVisible<Own, Seen, typename Injected<D>::Token>::value>()...));
};

/// Whether everything that P takes lives as long as P.
template <class M, class Own, class P, class Parameters = typename P::template Parameters<>,
          class Positions = std::make_index_sequence<Parameters::size>>
struct Lives;
template <class M, class Own, class P, class... D, std::size_t... N>
struct Lives<M, Own, P, List<D...>, std::index_sequence<N...>> {
  static constexpr bool fits_request = P::scope == Scope::request || P::kind == ProviderKind::alias;
  using Verdict = decltype(di::merge(
      parameter_lives<M, typename P::Consumer, fits_request, D, N,
                      VisibleScope<Own, typename Injected<D>::Token>::value>()...));
};

/// Parameters that their consumer waits for and that can be looked up.
template <class D>
inline constexpr bool is_edge =
    Injected<D>::kind == DependencyKind::required ||
    Injected<D>::kind == DependencyKind::optional || Injected<D>::kind == DependencyKind::shared;

/// The own providers that P waits for.
template <class Own, class Parameters>
struct EdgesOf;
template <class Own, class... D>
struct EdgesOf<Own, List<D...>> {
  using Targets = std::index_sequence<(
      is_edge<D> ? Own::template Find<typename Injected<D>::Token>::index : nowhere)...>;
};

/// The check of module M with everything that its definition lists.
template <class M, class Imports, class Providers, class Controllers>
struct ModuleCheck;

template <class M, class... I, class... P, class... C>
struct ModuleCheck<M, List<I...>, List<P...>, List<C...>> {
  using Here = in_module<M>;
  using Own = OwnProviders<P...>;
  using Seen = Visible<I...>;
  using Instance = decltype(instance_of<M>());
  using Bound = decltype(List<typename Resolved<P, Own>::type...>{} + Instance{});
  using Everyone = decltype(List<ConstructedProvider<C, C>...>{} + Bound{});

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
      return di::merge(Listed::template provider<P, Own::template has<typename P::Token>>()...,
                       Listed::template constructor<C>()..., instance_constructible(Instance{}));
    }
  }

  template <class... Provider>
  static consteval auto all_see(List<Provider...>) {
    return di::merge(typename Sees<M, Own, Seen, Provider>::Verdict{}...);
  }
  template <class... Provider>
  static consteval auto all_live(List<Provider...>) {
    return di::merge(typename Lives<M, Own, Provider>::Verdict{}...);
  }

  template <class Path, std::size_t... N>
  static consteval auto cycle_of(Path, std::index_sequence<N...>) {
    return Faults<provider_cycle<Here, typename Own::template KeyAt<Path::value.nodes[N]>...>>{};
  }
  static consteval auto no_cycle() {
    if constexpr (sizeof...(P) == 0) {
      return Fine{};
    } else {
      constexpr std::array<Edges, sizeof...(P)> graph{make_edges(
          typename EdgesOf<Own,
                           typename Resolved<P, Own>::type::template Parameters<>>::Targets{})...};
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
      return rule<Contains<typename Seen::Modules, E>::value, unknown_export<E, Here>>();
    } else {
      return rule < Own::template has<E> || IsSeen<Seen, E>::value ||
                 Contains<typename Own::Keys, Contributed<E>>::value,
             unknown_export < E, Here >> ();
    }
  }
  template <bool Global, class E>
  static consteval auto export_says_enough() {
    if constexpr (ModuleClass<E> || !Own::template has<E>) {
      return Fine{};
    } else {
      constexpr bool request = VisibleScope<Own, E>::value == Scope::request;
      if constexpr (request && scope_of<ObjectOf<E>> != Scope::request) {
        return Faults<export_scope_hidden<E, Here>>{};
      } else {
        return rule < !Global || is_global<E> || is_global<ObjectOf<E>>, export_not_global < E,
               Here >> ();
      }
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
