// The forms of providers: what providers<…>(), value, reference, factory, bind, alias and
// contribute make, and how each becomes data.
//
// A provider type P says `Token` (what consumers ask for), `Implementation`, `Consumer` (its name
// in messages), `kind`, `scope`, `contribution`, `Parameters` (what is injected into it) and
// `shape` (the data; instantiated only after the module's wiring was found to be right).
#pragma once

#include <roost/base/memory_fwd.hpp>
#include <roost/base/shared_object.hpp>
#include <roost/di/constructor.hpp>
#include <roost/di/hooks.hpp>
#include <roost/di/module_def.hpp>
#include <roost/di/provider_record.hpp>
#include <roost/di/wiring_errors.hpp>

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace roost {

namespace di {

template <class Token>
using ObjectOf = typename TokenObject<Token>::type;

/// Fills in what the shape says about the constructor's parameters.
template <class... D>
inline constexpr Dependency dependency_table[] = {
    {TypeId::of<typename Injected<D>::Token>(), Injected<D>::kind}...};
template <class... D>
consteval void describe_parameters(ProviderShape& shape, List<D...>) {
  if constexpr (sizeof...(D) > 0) {
    shape.dependencies = dependency_table<D...>;
    shape.dependency_count = sizeof...(D);
  }
}

template <class T>
void destroy_in(void* storage) noexcept {
  static_cast<T*>(storage)->~T();
}
template <class T>
consteval auto destroy_function() -> void (*)(void*) noexcept {
  if constexpr (std::is_trivially_destructible_v<T>) {
    return nullptr;
  } else {
    return &destroy_in<T>;
  }
}

/// Calls the constructor of C with the injected arguments; one function per class, since at -O0
/// each instantiated function costs.
template <class C, class Object, class Parameters,
          class Positions = std::make_index_sequence<Parameters::size>>
struct Maker;
template <class C, class Object, class... D, std::size_t... I>
struct Maker<C, Object, List<D...>, std::index_sequence<I...>> {
  static void* make(const void*, void* storage, [[maybe_unused]] void* const* arguments) {
    return static_cast<Object*>(::new (storage) C(Injected<D>::from(arguments[I])...));
  }
};

/// The storage holds the instance itself.
template <class T>
struct InPlace {
  static T& object(void* storage) { return *static_cast<T*>(storage); }
};

template <class Tag, class Fallback>
consteval Scope chosen_scope() {
  if constexpr (std::is_void_v<Tag>) {
    return scope_of<Fallback>;
  } else {
    return scope_from_tag<Tag>;
  }
}

/// A class under the token `Token_`, which is itself or a base; scope `Tag`, or what the class
/// says.
template <class Token_, class C, class Tag = void, bool Contribution = false>
struct ConstructedProvider {
  using Token = Token_;
  using Implementation = C;
  using Consumer = C;
  static constexpr ProviderKind kind = ProviderKind::constructed;
  static constexpr Scope scope = chosen_scope<Tag, C>();
  static constexpr bool contribution = Contribution;
  // A member template, so that naming the provider does not yet deduce the constructor.
  template <class T = C>
  using Parameters = typename Constructor<T>::Parameters;

  static consteval ProviderShape make_shape() {
    ProviderShape shape{.token = TypeId::of<Token>(),
                        .implementation = TypeId::of<C>(),
                        .kind = kind,
                        .scope = scope,
                        .contribution = Contribution,
                        .size = sizeof(C),
                        .alignment = alignof(C),
                        .make = &Maker<C, ObjectOf<Token>, Parameters<>>::make,
                        .destroy = destroy_function<C>(),
                        .hooks = hooks_of<C, InPlace<C>>()};
    describe_parameters(shape, Parameters<>{});
    return shape;
  }
};

/// A second token for what `Target` names.
template <class Token_, class Target, bool Contribution = false>
struct AliasProvider {
  using Token = Token_;
  using Implementation = Target;
  using Consumer = alias_of<Token_, Target>;
  static constexpr ProviderKind kind = ProviderKind::alias;
  static constexpr Scope scope = scope_of<ObjectOf<Target>>;
  static constexpr bool contribution = Contribution;
  template <class T = Target>
  using Parameters = List<T>;

  static void* make(const void*, void*, void* const* arguments) {
    return static_cast<ObjectOf<Token>*>(static_cast<ObjectOf<Target>*>(arguments[0]));
  }
  static consteval ProviderShape make_shape() {
    ProviderShape shape{.token = TypeId::of<Token>(),
                        .implementation = TypeId::of<Target>(),
                        .kind = kind,
                        .scope = scope,
                        .contribution = Contribution,
                        .make = &make};
    describe_parameters(shape, Parameters<>{});
    return shape;
  }
};

/// One of several implementations of I: the module's own C when it has one, else one more C.
template <class I, class C, class Tag = void>
struct ContributionProvider {
  using Token = I;
  using Implementation = C;
  using Consumer = C;
  static constexpr ProviderKind kind = ProviderKind::constructed;
  static constexpr Scope scope = chosen_scope<Tag, C>();
  static constexpr bool contribution = true;
};

/// The provider that P turns out to be in a module whose own providers are `Own`.
template <class P, class Own>
struct Resolved {
  using type = P;
};
template <class I, class C, class Tag, class Own>
struct Resolved<ContributionProvider<I, C, Tag>, Own> {
  using type = std::conditional_t<Own::template has<C>, AliasProvider<I, C, true>,
                                  ConstructedProvider<I, C, Tag, true>>;
};

/// The data of a provider type, as a constant with an address.
template <class P>
inline constexpr ProviderShape shape_of = P::make_shape();

/// Something that exists already; the record's state points to it.
template <class Token_>
struct GivenProvider {
  using Token = Token_;
  using Implementation = ObjectOf<Token_>;
  using Consumer = Token_;
  static constexpr ProviderKind kind = ProviderKind::given;
  static constexpr Scope scope = Scope::singleton;
  static constexpr bool contribution = false;
  template <class = void>
  using Parameters = List<>;

  static void* make(const void* state, void*, void* const*) { return const_cast<void*>(state); }
  static consteval ProviderShape make_shape() {
    return {.token = TypeId::of<Token>(),
            .implementation = TypeId::of<Implementation>(),
            .kind = kind,
            .make = &make,
            .hooks = hooks_of<Implementation, InPlace<Implementation>>()};
  }
};

template <class R>
struct Awaited {
  using type = R;
  static constexpr bool is_task = false;
};
template <class R>
struct Awaited<Task<R>> {
  using type = R;
  static constexpr bool is_task = true;
};

/// How what a factory returns is kept: R itself, a smart pointer, or a pointer for a reference.
template <class Object, class R>
struct Holder {
  using Kept = R;
  static constexpr bool usable = std::is_convertible_v<R*, Object*>;
  static Object* object(R& kept) { return &kept; }
};
template <class Object, class R>
struct Holder<Object, R&> {
  using Kept = Object*;
  static constexpr bool usable = std::is_convertible_v<R*, Object*>;
  static Object* object(Object* kept) { return kept; }
};
template <class Object, class R>
requires(!std::is_convertible_v<R*, Object*>) && requires(R& r) {
  { r.get() } -> std::convertible_to<Object*>;
}
struct Holder<Object, R> {
  using Kept = R;
  static constexpr bool usable = true;
  static Object* object(R& kept) { return kept.get(); }
};
template <class Object>
struct Holder<Object, void> {
  static constexpr bool usable = false;
};

/// Calls a factory with the injected arguments and keeps what it returns.
template <class Object, class F>
struct FactoryCall {
  using Parameters = typename CallableOf<F>::Parameters;
  using Result = Awaited<typename CallableOf<F>::Result>;
  using Returned = typename Result::type;
  using Held = Holder<Object, Returned>;
  using Kept = typename Held::Kept;

  struct At {
    static Object& object(void* storage) { return *Held::object(*static_cast<Kept*>(storage)); }
  };

  template <class... D, std::size_t... I>
  static decltype(auto) call(const void* state, [[maybe_unused]] void* const* arguments, List<D...>,
                             std::index_sequence<I...>) {
    // Stored behind a pointer to const, as all states are; a factory may be a mutable lambda.
    return (*static_cast<F*>(const_cast<void*>(state)))(Injected<D>::from(arguments[I])...);
  }
  static decltype(auto) call(const void* state, void* const* arguments) {
    return call(state, arguments, Parameters{}, std::make_index_sequence<Parameters::size>{});
  }

  static void* make(const void* state, void* storage, void* const* arguments) {
    if constexpr (std::is_reference_v<Returned>) {
      return Held::object(*::new (storage) Kept(&call(state, arguments)));
    } else {
      return Held::object(*::new (storage) Kept(call(state, arguments)));
    }
  }
  static Task<void*> make_task(const void* state, void* storage, void* const* arguments) {
    auto task = call(state, arguments);
    if constexpr (std::is_reference_v<Returned>) {
      auto& made = co_await std::move(task);
      co_return Held::object(*::new (storage) Kept(&made));
    } else {
      auto made = co_await std::move(task);
      co_return Held::object(*::new (storage) Kept(std::move(made)));
    }
  }
};

/// A function that makes the instance; the record's state holds the function.
template <class Token_, class F, class Tag = void>
struct MadeProvider {
  using Token = Token_;
  using Implementation = ObjectOf<Token_>;
  using Consumer = factory_of<Token_>;
  using Function = F;
  static constexpr ProviderKind kind = ProviderKind::made;
  static constexpr Scope scope = chosen_scope<Tag, Implementation>();
  static constexpr bool contribution = false;
  template <class T = F>
  using Parameters = typename CallableOf<T>::Parameters;

  static consteval ProviderShape make_shape() {
    using Call = FactoryCall<Implementation, F>;
    ProviderShape shape{.token = TypeId::of<Token>(),
                        .implementation = TypeId::of<Implementation>(),
                        .kind = kind,
                        .scope = scope,
                        .size = sizeof(typename Call::Kept),
                        .alignment = alignof(typename Call::Kept),
                        .destroy = destroy_function<typename Call::Kept>(),
                        .hooks = hooks_of<Implementation, typename Call::At>()};
    describe_parameters(shape, Parameters<>{});
    if constexpr (Call::Result::is_task) {
      shape.make_task = &Call::make_task;
    } else {
      shape.make = &Call::make;
    }
    return shape;
  }
};

/// Spec of providers without a value of their own.
template <class... P>
struct ProviderList : ModulePart {
  using Providers = List<P...>;

  template <class Own>
  void add_to(ModuleData& data) const {
    if constexpr (sizeof...(P) > 0) {
      static constexpr const ProviderShape* shapes[] = {
          &shape_of<typename Resolved<P, Own>::type>...};
      add_providers(data, shapes, sizeof...(P));
    }
  }
};

template <class Tag, class... C>
struct ClassList : ProviderList<ConstructedProvider<C, C, Tag>...> {
  /// All classes of this list get the scope `T` instead of their own.
  template <class T>
  [[nodiscard]] auto scoped() const {
    return ClassList<T, C...>{};
  }
};

template <class I, class C, class Tag>
struct BindSpec : ProviderList<ConstructedProvider<I, C, Tag>> {
  template <class T>
  [[nodiscard]] auto scoped() const {
    return BindSpec<I, C, T>{};
  }
};

template <class I, class C, class Tag>
struct ContributeSpec : ProviderList<ContributionProvider<I, C, Tag>> {
  template <class T>
  [[nodiscard]] auto scoped() const {
    return ContributeSpec<I, C, T>{};
  }
};

/// Spec of one provider with a value or a function.
template <class P>
class StatefulSpec : public ModulePart {
 public:
  using Providers = List<P>;

  explicit StatefulSpec(const SharedObject& state) : state_{state} {}

  template <class>
  void add_to(ModuleData& data) const {
    add_provider(data, shape_of<P>, state_);
  }

 protected:
  [[nodiscard]] const SharedObject& state() const { return state_; }

 private:
  SharedObject state_;
};

template <class Token, class F, class Tag>
class FactorySpec : public StatefulSpec<MadeProvider<Token, F, Tag>> {
 public:
  using StatefulSpec<MadeProvider<Token, F, Tag>>::StatefulSpec;

  template <class T>
  [[nodiscard]] auto scoped() const {
    return FactorySpec<Token, F, T>{this->state()};
  }
};

}  // namespace di

/// Classes of the module that are constructed by injection, each under its own type.
template <class... C>
[[nodiscard]] di::ClassList<void, C...> providers() {
  return {};
}

/// A value under the type T (moved in). Consumers share it.
template <class T>
requires(!std::is_abstract_v<di::ObjectOf<T>>) [[nodiscard]] auto value(di::ObjectOf<T> object) {
  return di::StatefulSpec<di::GivenProvider<T>>{
      SharedObject::own<di::ObjectOf<T>>(std::move(object))};
}
/// An object under the type T that the caller shares, for instance an implementation of T.
template <class T, class U>
requires std::is_convertible_v < U*, di::ObjectOf<T>
* > [[nodiscard]] auto value(std::shared_ptr<U> object) {
  return di::StatefulSpec<di::GivenProvider<T>>{
      SharedObject::own_behind(std::shared_ptr<di::ObjectOf<T>>{std::move(object)})};
}
/// An object under the type T that belongs to the caller and outlives the application.
template <class T>
[[nodiscard]] auto reference(di::ObjectOf<T>& object) {
  return di::StatefulSpec<di::GivenProvider<T>>{SharedObject::refer(&object)};
}

/// A T made by a function, whose parameters are injected like those of a constructor. It returns T
/// (or a class derived from it), T& (whoever returns it keeps it), std::unique_ptr,
/// std::shared_ptr, or a Task of one of these, which is awaited while the application starts.
template <class T, class F>
[[nodiscard]] auto factory(F function) {
  return di::FactorySpec<T, F, void>{SharedObject::own<F>(std::move(function))};
}

/// An Implementation, constructed by injection, under the type Interface.
template <class Interface, class Implementation>
[[nodiscard]] di::BindSpec<Interface, Implementation, void> bind() {
  return {};
}

/// The provider of Target (any that the module sees) under the type Token as well: one instance.
template <class Token, class Target>
[[nodiscard]] di::ProviderList<di::AliasProvider<Token, Target>> alias() {
  return {};
}

/// One of several implementations of Interface, for consumers that take All<Interface>. The
/// module's own Implementation when it provides one, otherwise an instance of its own.
template <class Interface, class Implementation>
[[nodiscard]] di::ContributeSpec<Interface, Implementation, void> contribute() {
  return {};
}

}  // namespace roost
