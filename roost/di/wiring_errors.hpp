// The sentences that the compiler prints when a module is wired wrongly: one struct per rule. Its
// name and its template arguments say what is wrong where; its sentence says what to do.
#pragma once

#include <cstddef>

namespace roost::di {

// The following only label template arguments in the compiler's output.
template <class Consumer, std::size_t Parameter>
struct needed_by;
template <class Module>
struct in_module;
template <class Token>
struct factory_of;
template <class Token, class Target>
struct alias_of;

template <class...>
inline constexpr bool never = false;

template <class Missing, class NeededBy, class InModule>
struct missing_provider {
  static_assert(never<Missing>,
                "roost: a constructor parameter has no provider that its module can see. Details: "
                "missing_provider<Missing, needed_by<Class, parameter>, "
                "in_module<Module>>. Either list the missing type in providers<...>() of this "
                "module, or import a module whose `exports` name it (a module that provides it "
                "without exporting it does not help), or take a pointer if it is optional");
};
template <class Missing, class NeededBy, class InModule>
struct missing_implementation {
  static_assert(never<Missing>,
                "roost: a constructor parameter is an interface without a provider that its module "
                "can see. Details: missing_implementation<Interface, needed_by<Class, "
                "parameter>, in_module<Module>>. Add bind<Interface, Implementation>() to this "
                "module, or import a module whose `exports` name the interface");
};
template <class Missing, class NeededBy, class InModule>
struct incomplete_dependency {
  static_assert(never<Missing>,
                "roost: a constructor parameter has no provider that its module can see, and its "
                "type is only forward declared here. If it is global or supplied with each "
                "request, include its header in the file that defines this module; otherwise list "
                "it in providers<...>() or import a module whose `exports` name it");
};
template <class Dependency, class NeededBy, class InModule>
struct request_scoped_dependency {
  static_assert(never<Dependency>,
                "roost: a provider that lives longer than a request takes a request-scoped "
                "dependency. Details: request_scoped_dependency<Dependency, "
                "needed_by<Class, parameter>, in_module<Module>>. Its members then live for one "
                "request as well: say so with `using scope = roost::request_scoped;` in the class "
                "(or .scoped<roost::request_scoped>() on the factory), or do without it");
};
template <class Dependency, class NeededBy, class InModule>
struct shared_request_scoped_dependency {
  static_assert(never<Dependency>,
                "roost: a std::shared_ptr to a provider that is no singleton: what lives in a "
                "request cannot be shared beyond it. Take a reference instead");
};
template <class InModule, class... Path>
struct provider_cycle {
  static_assert(never<InModule>,
                "roost: the providers of this module need each other in a circle, which "
                "provider_cycle<in_module<Module>, A, B, ..., A> spells from left to right. Move "
                "what both sides need into a third class, or let one of them take roost::Lazy<T>");
};
template <class Token, class InModule>
struct duplicate_provider {
  static_assert(never<Token>,
                "roost: a module provides the same type twice. Remove one of them; to have several "
                "implementations of one interface use contribute<Interface, Implementation>() and "
                "take roost::All<Interface>; to tell them apart use roost::Named<T, \"name\">");
};
template <class Export, class InModule>
struct unknown_export {
  static_assert(never<Export>,
                "roost: a module exports something that it neither provides nor imports. Add it to "
                "providers<...>() or imports<...>() of this module, or remove it from `exports`; "
                "to re-export a module, include its header here and import it");
};
template <class Export, class InModule>
struct export_scope_hidden {
  static_assert(never<Export>,
                "roost: a module exports a provider as request-scoped, but the exported type does "
                "not say so, and other modules see nothing but the type. Write `using scope = "
                "roost::request_scoped;` in the exported type, or specialise roost::scope_of for a "
                "type that is not yours");
};
template <class Export, class InModule>
struct export_not_global {
  static_assert(never<Export>,
                "roost: a module marked global() exports a type that does not say that it is "
                "global. Write `using visibility = roost::global;` in the type, or specialise "
                "roost::is_global for a type that is not yours");
};
template <class Import, class InModule>
struct not_a_module {
  static_assert(never<Import>,
                "roost: imports<...>() names something that is no module: it has no `static "
                "roost::ModuleDef define()`. A provider belongs into providers<...>(), a "
                "controller into controllers<...>(); a dynamic module is passed as an argument, as "
                "in imports(ConfigModule::for_root(options))");
};
template <class Argument>
struct untyped_dynamic_module {
  static_assert(never<Argument>,
                "roost: imports(...) takes dynamic modules, that is roost::DynamicModule<M>; let "
                "the function return that instead of roost::ModuleDef, so that the compiler knows "
                "what the module exports");
};
template <class Listed, class InModule>
struct module_listed_as_provider {
  static_assert(never<Listed>,
                "roost: a module is listed among the providers; list it in imports<...>()");
};
template <class Listed, class InModule>
struct controller_listed_as_provider {
  static_assert(never<Listed>,
                "roost: a class with `routes` is listed among the providers; list it in "
                "controllers<...>(), or its routes will not exist");
};
template <class Interface, class InModule>
struct abstract_provider {
  static_assert(never<Interface>,
                "roost: a provider is an abstract class and cannot be constructed; say which class "
                "implements it: bind<Interface, Implementation>()");
};
template <class Provider, class InModule>
struct incomplete_provider {
  static_assert(never<Provider>,
                "roost: a provider is only forward declared here; include its header in the file "
                "that defines this module");
};
template <class Provider, class InModule>
struct aggregate_provider {
  static_assert(never<Provider>,
                "roost: this class has members that need a value but no constructor. Give it one: "
                "its parameters are what is injected");
};
template <class Provider, class InModule>
struct several_constructors {
  static_assert(never<Provider>,
                "roost: it is not clear which constructor to use: this class has several. Keep "
                "one public constructor, or name the parameters of the right one: `using inject = "
                "roost::Args<Database&, Clock&>;`");
};
template <class Provider, class InModule>
struct no_usable_constructor {
  static_assert(never<Provider>,
                "roost: no public constructor of this class can be called with injected arguments, "
                "or several can. Parameters may be T&, const T&, T*, a copyable T, "
                "std::shared_ptr<T>, roost::All<T>, roost::Lazy<T> or roost::Named<T, \"name\">, "
                "at most 16; with several constructors say `using inject = roost::Args<...>;`");
};
template <class Provider, class InModule>
struct invalid_hook {
  static_assert(never<Provider>,
                "roost: a lifecycle hook of this class returns something; hooks return void or "
                "roost::Task<void>");
};
template <class Interface, class Implementation, class InModule>
struct not_an_implementation {
  static_assert(never<Interface>,
                "roost: bind<Interface, Implementation>(), alias<Interface, Target>() or "
                "contribute<Interface, Implementation>(): the second type must be the first or "
                "derive from it publicly");
};
template <class Factory, class InModule>
struct opaque_factory {
  static_assert(never<Factory>,
                "roost: the parameters of a factory cannot be seen: it is a generic lambda or has "
                "several call operators. Write the parameter types out: they are what is injected");
};
template <class Factory, class Returned, class InModule>
struct wrong_factory_result {
  static_assert(never<Factory>,
                "roost: factory<T>(function): the function returns T (or a class derived from it), "
                "T&, std::unique_ptr or std::shared_ptr to it, or a Task of one of these; a plain "
                "pointer does not say who owns the object");
};
template <class Argument, class InModule>
struct not_a_module_part {
  static_assert(never<Argument>,
                "roost: module<M>(...) takes imports<...>(), controllers<...>(), providers<...>(), "
                "value<T>(...), reference<T>(...), factory<T>(...), bind<I, C>(), alias<A, B>(), "
                "contribute<I, C>() and global()");
};

}  // namespace roost::di
