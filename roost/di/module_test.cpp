// Every form of provider, and who sees what: modules, imports, exports, globals, precedence.
#include <roost/async/event_loop.hpp>
#include <roost/di/container.hpp>
#include <roost/di/module.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace roost {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<di::Container> start(ModuleDef root, const di::BuildOptions& options = {}) {
  EventLoop loop;
  return loop.block_on(di::Container::build(std::move(root), options));
}

/// The message of the StartupError with which building `root` fails.
std::string start_failure(ModuleDef root, const di::BuildOptions& options = {}) {
  try {
    (void)start(std::move(root), options);
  } catch (const StartupError& error) {
    return error.what();
  }
  return "(started)";
}

// ---------------------------------------------------------------------------------------------
// Forms of providers.

struct Settings {
  int port = 0;
  std::string host{};
};

class Counter {
 public:
  int next() { return ++value_; }

 private:
  int value_ = 0;
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  [[nodiscard]] virtual std::string name() const = 0;
};
/// Mailer is not its first base, so its address differs from the object's.
class Padding {
 public:
  virtual ~Padding() = default;
  int padding = 7;
};
class SmtpMailer : public Padding, public Mailer {
 public:
  explicit SmtpMailer(const Settings& settings) : host_{settings.host} {}
  [[nodiscard]] std::string name() const override { return "smtp " + host_; }

 private:
  std::string host_;
};
class FakeMailer : public Mailer {
 public:
  [[nodiscard]] std::string name() const override { return "fake"; }
};

class EveryForm {
 public:
  EveryForm(Counter& reference, const Settings& constant, Settings copy, Mailer& interface,
            Counter* pointer, std::vector<int>* missing, std::shared_ptr<Counter> owner,
            Named<Counter, "second"> second)
      : counter{reference},
        settings{constant},
        copied{std::move(copy)},
        mailer{interface},
        present{pointer},
        absent{missing},
        shared{std::move(owner)},
        named{second} {}

  Counter& counter;
  const Settings& settings;
  Settings copied;
  Mailer& mailer;
  Counter* present;
  std::vector<int>* absent;
  std::shared_ptr<Counter> shared;
  Named<Counter, "second"> named;
};

struct FormsModule {
  static ModuleDef define() {
    return module<FormsModule>(
        value<Settings>(Settings{3000, "example.org"}), providers<Counter, EveryForm>(),
        bind<Mailer, SmtpMailer>(),
        factory<Named<Counter, "second">>([](Counter& first) { return Counter{first}; }));
  }
};

TEST(Providers, AreInjectedInEveryFormAParameterCanHave) {
  const auto container = start(FormsModule::define());
  auto& forms = container->get<EveryForm>();
  EXPECT_EQ(&forms.counter, &container->get<Counter>());
  EXPECT_EQ(&forms.settings, &container->get<Settings>());
  EXPECT_NE(&forms.copied, &forms.settings);
  EXPECT_EQ(forms.copied.port, 3000);
  EXPECT_EQ(forms.mailer.name(), "smtp example.org");
  EXPECT_EQ(forms.present, &forms.counter);
  EXPECT_EQ(forms.absent, nullptr);
  EXPECT_EQ(forms.shared.get(), &forms.counter);
  EXPECT_NE(&*forms.named, &forms.counter);
  EXPECT_EQ((&container->get<Named<Counter, "second">>()), &*forms.named);
}

struct AliasModule {
  static ModuleDef define() {
    return module<AliasModule>(value<Settings>(Settings{1, "a"}), providers<SmtpMailer>(),
                               alias<Mailer, SmtpMailer>());
  }
};

TEST(Providers, AnAliasIsTheSameInstanceUnderAnotherType) {
  const auto container = start(AliasModule::define());
  EXPECT_EQ(&container->get<Mailer>(), static_cast<Mailer*>(&container->get<SmtpMailer>()));
}

struct BindModule {
  static ModuleDef define() {
    return module<BindModule>(value<Settings>(Settings{1, "a"}), providers<SmtpMailer>(),
                              bind<Mailer, SmtpMailer>());
  }
};

TEST(Providers, BindMakesAnInstanceOfItsOwn) {
  const auto container = start(BindModule::define());
  EXPECT_NE(&container->get<Mailer>(), static_cast<Mailer*>(&container->get<SmtpMailer>()));
}

class MoveOnly {
 public:
  explicit MoveOnly(int number) : number_{std::make_unique<int>(number)} {}
  [[nodiscard]] int number() const { return *number_; }

 private:
  std::unique_ptr<int> number_;
};

struct FactoryModule {
  static ModuleDef define() {
    return module<FactoryModule>(
        providers<Counter>(), factory<MoveOnly>([](Counter& counter) -> Task<MoveOnly> {
          co_return MoveOnly{counter.next()};
        }),
        factory<Mailer>([calls = 0]() mutable -> std::unique_ptr<FakeMailer> {
          ++calls;
          return std::make_unique<FakeMailer>();
        }),
        factory<Named<Mailer, "shared">>([](MoveOnly&) -> Task<std::shared_ptr<Mailer>> {
          std::shared_ptr<Mailer> made = std::make_shared<FakeMailer>();
          co_return made;
        }),
        factory<Named<Counter, "same">>([](Counter& counter) -> Counter& { return counter; }),
        factory<Named<Counter, "awaited">>(
            [](Counter& counter) -> Task<Counter&> { co_return counter; }),
        factory<std::string>(+[](const MoveOnly& made) { return std::to_string(made.number()); }));
  }
};

TEST(Providers, AFactoryReturnsValuesPointersReferencesAndTasks) {
  const auto container = start(FactoryModule::define());
  EXPECT_EQ(container->get<MoveOnly>().number(), 1);
  EXPECT_EQ(container->get<Mailer>().name(), "fake");
  EXPECT_EQ((container->get<Named<Mailer, "shared">>().name()), "fake");
  EXPECT_EQ((&container->get<Named<Counter, "same">>()), &container->get<Counter>());
  EXPECT_EQ((&container->get<Named<Counter, "awaited">>()), &container->get<Counter>());
  EXPECT_EQ(container->get<std::string>(), "1");
}

struct GivenModule {
  static ModuleDef define(const std::shared_ptr<FakeMailer>& mailer, Counter& counter) {
    return module<GivenModule>(value<Mailer>(mailer), reference<Counter>(counter));
  }
};

TEST(Providers, ValuesMayBeSharedOrBelongToTheCaller) {
  auto mailer = std::make_shared<FakeMailer>();
  Counter counter;
  auto container = start(GivenModule::define(mailer, counter));
  EXPECT_EQ(&container->get<Mailer>(), mailer.get());
  EXPECT_EQ(&container->get<Counter>(), &counter);
  container.reset();
  EXPECT_EQ(mailer.use_count(), 1);
  EXPECT_EQ(counter.next(), 1);
}

class TwoConstructors {
 public:
  using inject = Args<Counter&, Settings*>;
  TwoConstructors() = default;
  TwoConstructors(Counter& injected, Settings* optional) : counter{&injected}, settings{optional} {}
  Counter* counter = nullptr;
  Settings* settings = nullptr;
};
struct ListedModule {
  static ModuleDef define() { return module<ListedModule>(providers<Counter, TwoConstructors>()); }
};

TEST(Providers, InjectNamesTheConstructorToUse) {
  const auto container = start(ListedModule::define());
  EXPECT_EQ(container->get<TwoConstructors>().counter, &container->get<Counter>());
  EXPECT_EQ(container->get<TwoConstructors>().settings, nullptr);
}

// ---------------------------------------------------------------------------------------------
// Transient scope.

class Ticket {
 public:
  using scope = transient;
  explicit Ticket(Counter& counter) : number{counter.next()} {}
  const int number;
};
class FirstConsumer {
 public:
  FirstConsumer(Ticket& a, Ticket& b) : first{a}, second{b} {}
  Ticket& first;
  Ticket& second;
};
class SecondConsumer {
 public:
  explicit SecondConsumer(Ticket& injected) : ticket{injected} {}
  Ticket& ticket;
};
struct TransientModule {
  static ModuleDef define() {
    return module<TransientModule>(providers<Counter, Ticket, FirstConsumer, SecondConsumer>());
  }
};

TEST(Transient, EachConsumerHasItsOwnAndTwoParametersOfOneConsumerShareIt) {
  const auto container = start(TransientModule::define());
  auto& first = container->get<FirstConsumer>();
  auto& second = container->get<SecondConsumer>();
  EXPECT_EQ(&first.first, &first.second);
  EXPECT_NE(&first.first, &second.ticket);
  EXPECT_EQ(container->get<Counter>().next(), 3);
}

TEST(Transient, CannotBeHadFromTheContainer) {
  const auto container = start(TransientModule::define());
  try {
    (void)container->get<Ticket>();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("Ticket (TransientModule) is transient"));
  }
}

// ---------------------------------------------------------------------------------------------
// Collections.

class Plugin {
 public:
  virtual ~Plugin() = default;
  [[nodiscard]] virtual std::string name() const = 0;
};
class CsvPlugin : public Plugin {
 public:
  [[nodiscard]] std::string name() const override { return "csv"; }
};
class XmlPlugin : public Plugin {
 public:
  explicit XmlPlugin(Counter& counter) : number_{counter.next()} {}
  [[nodiscard]] std::string name() const override { return "xml" + std::to_string(number_); }

 private:
  int number_;
};
class JsonPlugin : public Plugin {
 public:
  [[nodiscard]] std::string name() const override { return "json"; }
};

std::vector<std::string> names(const All<Plugin>& plugins) {
  std::vector<std::string> result;
  for (const Plugin& plugin : plugins) result.push_back(plugin.name());
  return result;
}

class Registry {
 public:
  explicit Registry(All<Plugin> plugins) : all{plugins} {}
  All<Plugin> all;
};
/// Implements the interface by asking all the others.
class CompositePlugin : public Plugin {
 public:
  explicit CompositePlugin(All<Plugin> others) : others_{others} {}
  [[nodiscard]] std::string name() const override {
    std::string joined = "composite";
    for (const Plugin& plugin : others_) joined += "+" + plugin.name();
    return joined;
  }

 private:
  All<Plugin> others_;
};

struct XmlModule {
  using exports = roost::exports<Plugin>;
  static ModuleDef define() {
    return module<XmlModule>(providers<Counter>(), contribute<Plugin, XmlPlugin>());
  }
};
struct PluginModule {
  static ModuleDef define() {
    return module<PluginModule>(imports<XmlModule>(), providers<CsvPlugin, Registry>(),
                                contribute<Plugin, CsvPlugin>(), contribute<Plugin, JsonPlugin>(),
                                bind<Plugin, CompositePlugin>());
  }
};

TEST(Collections, HoldOwnContributionsThenThoseOfImports) {
  const auto container = start(PluginModule::define());
  const auto& registry = container->get<Registry>();
  EXPECT_THAT(names(registry.all), ElementsAre("csv", "json", "composite+csv+json+xml1", "xml1"));
  EXPECT_EQ(&registry.all[0], static_cast<Plugin*>(&container->get<CsvPlugin>()))
      << "a class that is provided as well is contributed, not made twice";
  EXPECT_EQ(registry.all.size(), 4u);
}

struct EmptyModule {
  static ModuleDef define() { return module<EmptyModule>(providers<Registry>()); }
};

TEST(Collections, MayBeEmpty) {
  const auto container = start(EmptyModule::define());
  EXPECT_TRUE(container->get<Registry>().all.empty());
}

// ---------------------------------------------------------------------------------------------
// Lazy.

class Egg;
class Hen {
 public:
  explicit Hen(Lazy<Egg> injected) : egg{injected} {}
  Lazy<Egg> egg;
};
class Egg {
 public:
  explicit Egg(Hen& injected) : hen{injected} {}
  Hen& hen;
};
struct FarmModule {
  static ModuleDef define() { return module<FarmModule>(providers<Hen, Egg>()); }
};

TEST(LazyDependency, BreaksACycle) {
  const auto container = start(FarmModule::define());
  EXPECT_EQ(&*container->get<Hen>().egg, &container->get<Egg>());
}

class Impatient;
class Target {
 public:
  explicit Target(Impatient&) {}
};
class Impatient {
 public:
  explicit Impatient(Lazy<Target> target) { (void)*target; }
};
struct ImpatientModule {
  static ModuleDef define() { return module<ImpatientModule>(providers<Impatient, Target>()); }
};

TEST(LazyDependency, SaysSoWhenItIsUsedTooEarly) {
  EXPECT_THAT(start_failure(ImpatientModule::define()),
              AllOf(HasSubstr("Impatient (ImpatientModule) could not be made"),
                    HasSubstr("a roost::Lazy of Target"), HasSubstr("on_module_init")));
}

// ---------------------------------------------------------------------------------------------
// Visibility.

int shared_module_defined = 0;
struct SharedModule {
  using exports = roost::exports<Counter>;
  static ModuleDef define() {
    ++shared_module_defined;
    return module<SharedModule>(providers<Counter>());
  }
};
class UserA {
 public:
  explicit UserA(Counter& injected) : counter{injected} {}
  Counter& counter;
};
class UserB {
 public:
  explicit UserB(Counter& injected) : counter{injected} {}
  Counter& counter;
};
struct ModuleA {
  using exports = roost::exports<UserA, SharedModule>;  // re-exports what it imports
  static ModuleDef define() { return module<ModuleA>(imports<SharedModule>(), providers<UserA>()); }
};
struct ModuleB {
  static ModuleDef define() { return module<ModuleB>(imports<ModuleA>(), providers<UserB>()); }
};
struct DiamondModule {
  static ModuleDef define() {
    return module<DiamondModule>(imports<ModuleB, SharedModule, ModuleA>());
  }
};

TEST(Modules, AModuleImportedFromManyPlacesIsOne) {
  shared_module_defined = 0;
  const auto container = start(DiamondModule::define());
  EXPECT_EQ(shared_module_defined, 1);
  EXPECT_EQ(&container->get<UserA>().counter, &container->get<UserB>().counter)
      << "UserB sees the counter through the re-export of ModuleA";
}

struct OtherModule {
  using exports = roost::exports<Settings>;
  static ModuleDef define() { return module<OtherModule>(value<Settings>(Settings{2, "other"})); }
};
struct AnotherModule {
  using exports = roost::exports<Settings>;
  static ModuleDef define() {
    return module<AnotherModule>(value<Settings>(Settings{3, "another"}));
  }
};
class UsesSettings {
 public:
  explicit UsesSettings(const Settings& settings) : host{settings.host} {}
  std::string host;
};
struct FirstWinsModule {
  static ModuleDef define() {
    return module<FirstWinsModule>(imports<OtherModule, AnotherModule>(),
                                   providers<UsesSettings>());
  }
};
struct OwnWinsModule {
  static ModuleDef define() {
    return module<OwnWinsModule>(imports<OtherModule, AnotherModule>(), providers<UsesSettings>(),
                                 value<Settings>(Settings{1, "own"}));
  }
};

TEST(Modules, OfTwoImportsTheFirstWinsAndTheOwnProviderBeatsBoth) {
  EXPECT_EQ(start(FirstWinsModule::define())->get<UsesSettings>().host, "other");
  EXPECT_EQ(start(OwnWinsModule::define())->get<UsesSettings>().host, "own");
}

TEST(Modules, AskingForATypeThatSeveralModulesProvideIsAnError) {
  const auto container = start(FirstWinsModule::define());
  try {
    (void)container->get<Settings>();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("Settings"), HasSubstr("OtherModule"), HasSubstr("AnotherModule")));
  }
  EXPECT_EQ(container->module<AnotherModule>().get<Settings>().host, "another");
}

// Dynamic modules.

struct Options {
  std::string name{};
};
struct ConfigModule {
  using exports = roost::exports<Options>;
  static DynamicModule<ConfigModule> for_root(std::string name) {
    return module<ConfigModule>(value<Options>(Options{std::move(name)}));
  }
};
class UsesOptions {
 public:
  explicit UsesOptions(const Options& injected) : options{injected} {}
  const Options& options;
};
struct FeatureOne {
  using exports = roost::exports<UsesOptions>;
  static DynamicModule<FeatureOne> with(const DynamicModule<ConfigModule>& config) {
    return module<FeatureOne>(imports(config), providers<UsesOptions>());
  }
};
struct FeatureTwo {
  static DynamicModule<FeatureTwo> with(const DynamicModule<ConfigModule>& config) {
    return module<FeatureTwo>(imports(config), providers<UsesOptions>());
  }
};
struct DynamicRoot {
  static ModuleDef define(const DynamicModule<ConfigModule>& one,
                          const DynamicModule<ConfigModule>& two) {
    return module<DynamicRoot>(imports<SharedModule>(FeatureOne::with(one), FeatureTwo::with(two)));
  }
};

TEST(Modules, EachCallOfADynamicModuleIsAModuleAndACopyIsTheSame) {
  auto one = ConfigModule::for_root("one");
  auto two = ConfigModule::for_root("two");
  const auto apart = start(DynamicRoot::define(one, two));
  EXPECT_EQ(apart->module<FeatureOne>().get<UsesOptions>().options.name, "one");
  EXPECT_EQ(apart->module<FeatureTwo>().get<UsesOptions>().options.name, "two");
  const auto together = start(DynamicRoot::define(one, one));
  EXPECT_EQ(&together->module<FeatureOne>().get<UsesOptions>().options,
            &together->module<FeatureTwo>().get<UsesOptions>().options);
}

// Globals.

class AppConfig {
 public:
  using visibility = roost::global;
  std::string name = "global";
};
struct GlobalModule {
  using exports = roost::exports<AppConfig>;
  static ModuleDef define() { return module<GlobalModule>(providers<AppConfig>(), global()); }
};
class UsesGlobal {
 public:
  explicit UsesGlobal(AppConfig& injected) : config{injected} {}
  AppConfig& config;
};
struct LeafModule {
  static ModuleDef define() { return module<LeafModule>(providers<UsesGlobal>()); }
};
struct WithGlobal {
  static ModuleDef define() { return module<WithGlobal>(imports<LeafModule, GlobalModule>()); }
};
struct OwnInsteadOfGlobal {
  static ModuleDef define() {
    return module<OwnInsteadOfGlobal>(imports<GlobalModule>(), providers<UsesGlobal, AppConfig>());
  }
};

TEST(Modules, AGlobalIsVisibleEverywhereOnceSomeModuleProvidesIt) {
  const auto container = start(WithGlobal::define());
  EXPECT_EQ(&container->get<UsesGlobal>().config, &container->get<AppConfig>());
}

TEST(Modules, TheOwnProviderBeatsTheGlobalOne) {
  const auto container = start(OwnInsteadOfGlobal::define());
  const auto& own = container->module<OwnInsteadOfGlobal>();
  EXPECT_EQ(&own.get<UsesGlobal>().config, &own.get<AppConfig>());
  EXPECT_NE(&own.get<AppConfig>(), &container->module<GlobalModule>().get<AppConfig>());
}

TEST(Modules, AGlobalThatNobodyProvidesStopsTheStart) {
  EXPECT_THAT(start_failure(LeafModule::define()),
              AllOf(HasSubstr("UsesGlobal (LeafModule) needs AppConfig (parameter 1)"),
                    HasSubstr("import the module that provides and exports it once")));
}

}  // namespace
}  // namespace roost
