// Start-up errors, request scopes, lifecycle hooks, overrides and the dump.
#include <roost/async/event_loop.hpp>
#include <roost/async/timers.hpp>
#include <roost/di/container.hpp>
#include <roost/di/module.hpp>
#include <roost/di/request_scope.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace roost {

namespace {
struct Incoming {
  std::string path{};
};
}  // namespace
template <>
inline constexpr bool is_supplied_per_request<Incoming> = true;

namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// What the web component's controllers<…>() does, without routes.
template <class... C>
di::ControllerList<C...> controllers() {
  static constexpr std::array<char, sizeof...(C)> attachments{};
  std::array<const void*, sizeof...(C)> pointers{};
  for (std::size_t i = 0; i < sizeof...(C); ++i) pointers[i] = &attachments[i];
  return di::ControllerList<C...>{pointers};
}

std::unique_ptr<di::Container> start(ModuleDef root, const di::BuildOptions& options = {}) {
  EventLoop loop;
  return loop.block_on(di::Container::build(std::move(root), options));
}

std::vector<std::string> problems_of(ModuleDef root, const di::BuildOptions& options = {}) {
  try {
    (void)start(std::move(root), options);
  } catch (const StartupError& error) {
    return error.problems();
  }
  return {};
}

template <class Function>
std::string error_of(Function function) {
  try {
    (void)function();
  } catch (const Error& error) {
    return error.what();
  }
  return "(no error)";
}

/// Notes what happens, in order. Given to the modules as a reference.
class Journal {
 public:
  void note(std::string entry) { entries_.push_back(std::move(entry)); }
  [[nodiscard]] std::vector<std::string> take() { return std::exchange(entries_, {}); }

 private:
  std::vector<std::string> entries_;
};

// ---------------------------------------------------------------------------------------------
// What only a start can know.

class Right;
struct RightModule;
class Left {
 public:
  using visibility = roost::global;
  explicit Left(Right&) {}
};
class Right {
 public:
  using visibility = roost::global;
  explicit Right(Left&) {}
};
struct LeftModule {
  using exports = roost::exports<Left>;
  static ModuleDef define() { return module<LeftModule>(providers<Left>()); }
};
struct RightModule {
  using exports = roost::exports<Right>;
  static ModuleDef define() { return module<RightModule>(providers<Right>()); }
};
class Nowhere {
 public:
  using visibility = roost::global;
};
class NeedsNowhere {
 public:
  explicit NeedsNowhere(Nowhere&) {}
};
struct ManyFaults {
  static ModuleDef define() {
    return module<ManyFaults>(imports<LeftModule, RightModule>(), providers<NeedsNowhere>());
  }
};

TEST(Start, ReportsEveryProblemAtOnce) {
  di::BuildOptions options;
  options.override_with(value<std::string>("nobody provides a string"));
  const auto problems = problems_of(ManyFaults::define(), options);
  EXPECT_THAT(
      problems,
      ElementsAre(HasSubstr("an override replaces nothing: no module provides"),
                  HasSubstr("NeedsNowhere (ManyFaults) needs Nowhere (parameter 1)"),
                  HasSubstr("Left (LeftModule) -> Right (RightModule) -> Left (LeftModule)")));
  EXPECT_THAT(
      error_of([&] { return start(ManyFaults::define(), options); }),
      AllOf(HasSubstr("3 problems were found"), HasSubstr("\n  3. providers need each other")));
}

struct CircleB;
struct CircleA {
  using exports = roost::exports<>;
  static ModuleDef define();
};
struct CircleB {
  static ModuleDef define() { return module<CircleB>(imports<CircleA>()); }
};
ModuleDef CircleA::define() { return module<CircleA>(imports<CircleB>()); }

TEST(Start, ModulesThatImportEachOtherAreAnErrorWithThePath) {
  EXPECT_THAT(problems_of(CircleA::define()),
              ElementsAre(HasSubstr("CircleA -> CircleB -> CircleA")));
}

struct Impostor {
  static ModuleDef define() { return module<LeftModule>(providers<Left>()); }
};
struct EmptyDefinition {
  static ModuleDef define() { return {}; }
};
struct WrongDefinitions {
  static ModuleDef define() {
    return module<WrongDefinitions>(imports<Impostor, EmptyDefinition>());
  }
};

TEST(Start, ADefineThatReturnsAnotherModuleIsAnError) {
  EXPECT_THAT(problems_of(WrongDefinitions::define()),
              ElementsAre(HasSubstr("Impostor::define() does not return its own definition"),
                          HasSubstr("EmptyDefinition::define() does not return")));
  EXPECT_THAT(problems_of(ModuleDef{}), ElementsAre(HasSubstr("root module has no definition")));
}

class Tracked {
 public:
  explicit Tracked(Journal& journal) : journal_{journal} { journal_.note("+Tracked"); }
  ~Tracked() { journal_.note("-Tracked"); }
  Tracked(const Tracked&) = delete;
  Tracked& operator=(const Tracked&) = delete;

 private:
  Journal& journal_;
};
class OnTop {
 public:
  OnTop(Tracked&, Journal& journal) : journal_{journal} { journal_.note("+OnTop"); }
  ~OnTop() { journal_.note("-OnTop"); }
  OnTop(const OnTop&) = delete;
  OnTop& operator=(const OnTop&) = delete;

 private:
  Journal& journal_;
};
class Throws {
 public:
  explicit Throws(OnTop&) { throw std::runtime_error{"database is down"}; }
};
struct ThrowingModule {
  static ModuleDef define(Journal& journal) {
    return module<ThrowingModule>(reference<Journal>(journal), providers<Throws, OnTop, Tracked>());
  }
};

TEST(Start, AThrowingConstructorIsNamedAndWhatWasBuiltIsDestroyedInReverse) {
  Journal journal;
  EXPECT_THAT(problems_of(ThrowingModule::define(journal)),
              ElementsAre("Throws (ThrowingModule) could not be made: database is down"));
  EXPECT_THAT(journal.take(), ElementsAre("+Tracked", "+OnTop", "-OnTop", "-Tracked"));
}

struct FailingFactories {
  static ModuleDef null() {
    return module<FailingFactories>(
        factory<Tracked>([]() -> std::unique_ptr<Tracked> { return nullptr; }));
  }
  static ModuleDef task(Journal& journal) {
    return module<FailingFactories>(reference<Journal>(journal), providers<Tracked>(),
                                    factory<std::string>([](Tracked&) -> Task<std::string> {
                                      co_await std::suspend_never{};
                                      throw std::runtime_error{"connection refused"};
                                    }));
  }
};

TEST(Start, AFailingFactoryIsNamed) {
  Journal journal;
  EXPECT_THAT(problems_of(FailingFactories::null()),
              ElementsAre(HasSubstr("Tracked (FailingFactories) could not be made: the factory "
                                    "returned null")));
  EXPECT_THAT(problems_of(FailingFactories::task(journal)),
              ElementsAre(HasSubstr("could not be made: connection refused")));
  EXPECT_THAT(journal.take(), ElementsAre("+Tracked", "-Tracked"));
}

struct OrderModule {
  static ModuleDef define(Journal& journal) {
    return module<OrderModule>(reference<Journal>(journal), providers<OnTop, Tracked>());
  }
};

TEST(Start, ProvidersAreMadeInDependencyOrderAndDestroyedInReverse) {
  Journal journal;
  auto container = start(OrderModule::define(journal));
  EXPECT_THAT(journal.take(), ElementsAre("+Tracked", "+OnTop"));
  container.reset();
  EXPECT_THAT(journal.take(), ElementsAre("-OnTop", "-Tracked"));
}

// ---------------------------------------------------------------------------------------------
// Request scope.

class Session {
 public:
  using scope = request_scoped;
  Session(Incoming& incoming, Journal& journal) : path{incoming.path}, journal_{journal} {
    journal_.note("+Session " + path);
  }
  ~Session() { journal_.note("-Session " + path); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  const std::string path;

 private:
  Journal& journal_;
};
class Orders {
 public:
  using scope = request_scoped;
  explicit Orders(Session& injected, Lazy<class Audit> later) : session{injected}, audit{later} {}
  Session& session;
  Lazy<Audit> audit;
};
class Audit {
 public:
  using scope = request_scoped;
  Audit(Orders& injected, Journal& journal) : orders{injected} { journal.note("+Audit"); }
  Orders& orders;
};
class Stamp {
 public:
  using scope = transient;
  explicit Stamp(Journal& journal) { journal.note("+Stamp"); }
};
class OrdersController {
 public:
  OrdersController(Orders& first, Session& second, All<Session> collected, Stamp&)
      : orders{first}, session{second}, sessions{collected} {}
  Orders& orders;
  Session& session;
  All<Session> sessions;
};
class PlainController {
 public:
  explicit PlainController(Journal&) {}
};
struct OrdersModule {
  static ModuleDef define(Journal& journal) {
    return module<OrdersModule>(reference<Journal>(journal),
                                providers<Session, Orders, Audit, Stamp>(),
                                controllers<PlainController, OrdersController>());
  }
};

class RequestScopes : public ::testing::Test {
 protected:
  RequestScopes() {
    di::BuildOptions options;
    options.supplies<Incoming>();
    container = start(OrdersModule::define(journal), options);
  }
  Journal journal;
  std::unique_ptr<di::Container> container;
};

TEST_F(RequestScopes, AControllerFollowsItsDependencies) {
  ASSERT_THAT(container->controllers(), SizeIs(2));
  const di::Controller& plain = container->controllers()[0];
  const di::Controller& orders = container->controllers()[1];
  EXPECT_EQ(plain.type(), TypeId::of<PlainController>());
  EXPECT_EQ(plain.module(), TypeId::of<OrdersModule>());
  EXPECT_TRUE(plain.is_singleton());
  EXPECT_NE(plain.instance(), nullptr);
  EXPECT_FALSE(orders.is_singleton());
  EXPECT_EQ(orders.instance(), nullptr);
  EXPECT_FALSE(orders.needs_task());
  EXPECT_NE(plain.attachment(), orders.attachment());
  EXPECT_THAT(journal.take(), IsEmpty()) << "nothing request-scoped is made before a request";
}

TEST_F(RequestScopes, ConsumersShareOneInstancePerRequest) {
  std::pmr::monotonic_buffer_resource memory;
  {
    Incoming incoming{"/orders"};
    di::RequestScope scope{*container, memory};
    scope.supply(incoming);
    void* made = container->controllers()[1].instance(scope);
    auto& controller = *static_cast<OrdersController*>(made);
    EXPECT_EQ(&controller.session, &controller.orders.session);
    EXPECT_EQ(&controller.sessions[0], &controller.session);
    EXPECT_EQ(controller.session.path, "/orders");
    EXPECT_EQ(&controller.orders.audit->orders, &controller.orders);
    EXPECT_EQ(container->controllers()[1].instance(scope), made);
    EXPECT_EQ(&scope.get<Session>(), &controller.session);
    EXPECT_EQ(container->controllers()[0].instance(scope), container->controllers()[0].instance());
    EXPECT_THAT(journal.take(), ElementsAre("+Session /orders", "+Stamp", "+Audit"));
  }
  EXPECT_THAT(journal.take(), ElementsAre("-Session /orders"));
}

TEST_F(RequestScopes, RequestsHaveInstancesOfTheirOwn) {
  std::pmr::monotonic_buffer_resource memory;
  Incoming first{"/1"};
  Incoming second{"/2"};
  di::RequestScope one{*container, memory};
  di::RequestScope two{*container, memory};
  one.supply(first);
  two.supply(second);
  EXPECT_EQ(one.get<Orders>().session.path, "/1");
  EXPECT_EQ(two.get<Orders>().session.path, "/2");
  EXPECT_EQ(&one.get<Incoming>(), &first);
}

TEST_F(RequestScopes, WhatWasNotSuppliedIsAnErrorThatNamesIt) {
  std::pmr::monotonic_buffer_resource memory;
  di::RequestScope scope{*container, memory};
  EXPECT_THAT(error_of([&] { return scope.get<Orders*>(); }), HasSubstr("no module provides"));
  EXPECT_THAT(error_of([&] { return &scope.get<Orders>(); }),
              HasSubstr("Incoming was not supplied to this request"));
  Journal other;
  EXPECT_THAT(error_of([&] {
                scope.supply(other);
                return 0;
              }),
              HasSubstr("supplied to a request without being declared"));
  Incoming incoming{"/again"};
  scope.supply(incoming);
  EXPECT_EQ(scope.get<Orders>().session.path, "/again") << "a failure leaves nothing behind";
}

TEST_F(RequestScopes, TheContainerRefusesRequestScopedProviders) {
  EXPECT_THAT(
      error_of([&] { return &container->get<Session>(); }),
      AllOf(HasSubstr("Session (OrdersModule) is request-scoped"), HasSubstr("RequestScope")));
  EXPECT_THAT(error_of([&] { return &container->module<OrdersModule>().get<Session>(); }),
              HasSubstr("is request-scoped"));
}

// Asynchronous request-scoped factories.

class Connection {
 public:
  explicit Connection(int opened) : number{opened} {}
  int number;
};
class Repository {
 public:
  using scope = request_scoped;
  explicit Repository(Connection& injected) : connection{injected} {}
  Connection& connection;
};
class DataController {
 public:
  DataController(Repository& injected, Connection& second)
      : repository{injected}, connection{second} {}
  Repository& repository;
  Connection& connection;
};
struct DataModule {
  static ModuleDef define(int& opened) {
    return module<DataModule>(reference<int>(opened), providers<Repository>(),
                              factory<Connection>([](int& count) -> Task<Connection> {
                                co_await sleep_for(std::chrono::milliseconds{1});
                                co_return Connection{++count};
                              }).scoped<request_scoped>(),
                              controllers<DataController>());
  }
};

TEST(AsyncRequestScope, FactoriesAreAwaitedOncePerRequest) {
  int opened = 0;
  EventLoop loop;
  const auto container = loop.block_on(di::Container::build(DataModule::define(opened)));
  const di::Controller& controller = container->controllers()[0];
  EXPECT_TRUE(controller.needs_task());
  for (int request = 1; request <= 2; ++request) {
    std::pmr::monotonic_buffer_resource memory;
    di::RequestScope scope{*container, memory};
    EXPECT_THAT(error_of([&] { return &scope.get<Repository>(); }), HasSubstr("get_task"));
    auto* made = static_cast<DataController*>(loop.block_on(controller.instance_task(scope)));
    EXPECT_EQ(&made->connection, &made->repository.connection);
    EXPECT_EQ(made->connection.number, request);
    EXPECT_EQ(&loop.block_on(scope.get_task<Connection>()), &made->connection);
  }
  EXPECT_EQ(opened, 2);
}

struct ScopeFault {
  // All<T> is not looked at by the compiler: what it holds is known at start-up only.
  class Collector {
   public:
    explicit Collector(All<Session>) {}
  };
  static ModuleDef define(Journal& journal) {
    return module<ScopeFault>(reference<Journal>(journal), providers<Session, Collector>());
  }
};

TEST(Start, ACollectionOfRequestScopedProvidersInASingletonIsAnError) {
  Journal journal;
  di::BuildOptions options;
  options.supplies<Incoming>();
  EXPECT_THAT(problems_of(ScopeFault::define(journal), options),
              ElementsAre(AllOf(HasSubstr("Collector (ScopeFault) is singleton and takes "
                                          "Session (ScopeFault) (parameter 1)"),
                                HasSubstr("using scope = roost::request_scoped"))));
}

// ---------------------------------------------------------------------------------------------
// Lifecycle.

template <int N>
class Hooked {
 public:
  explicit Hooked(Journal& journal) : journal_{&journal} {}
  void on_module_init() { note("init"); }
  Task<void> on_application_bootstrap() {
    co_await std::suspend_never{};
    note("bootstrap");
  }
  Task<void> on_module_destroy() {
    note("destroy");
    co_return;
  }
  void before_application_shutdown(std::string_view signal) { note("before", signal); }
  Task<void> on_application_shutdown(std::string_view signal) {
    note("shutdown", signal);
    co_return;
  }

 private:
  void note(const std::string& phase, std::string_view signal = {}) {
    journal_->note(std::to_string(N) + " " + phase + std::string{signal});
  }
  Journal* journal_;
};

class GlobalJournal : public Journal {
 public:
  using visibility = roost::global;
};

using Store = Hooked<1>;
class Service : public Hooked<2> {
 public:
  Service(Store&, GlobalJournal& journal) : Hooked{journal} {}
};
class ServiceController : public Hooked<3> {
 public:
  ServiceController(Service&, GlobalJournal& journal) : Hooked{journal} {}
};
class DeepService : public Hooked<5> {
 public:
  explicit DeepService(GlobalJournal& journal) : Hooked{journal} {}
};
class ForEachRequest : public Hooked<99> {
 public:
  using scope = request_scoped;
  explicit ForEachRequest(GlobalJournal& journal) : Hooked{journal} {}
};
class ForEachConsumer : public Hooked<98> {
 public:
  using scope = transient;
  explicit ForEachConsumer(GlobalJournal& journal) : Hooked{journal} {}
};

class JournalModule : public Hooked<0> {
 public:
  using exports = roost::exports<GlobalJournal>;
  explicit JournalModule(GlobalJournal& journal) : Hooked{journal} {}
  static ModuleDef define() { return module<JournalModule>(providers<GlobalJournal>(), global()); }
};
class DeepModule : public Hooked<6> {
 public:
  using exports = roost::exports<DeepService>;
  DeepModule(DeepService&, GlobalJournal& journal) : Hooked{journal} {}
  static ModuleDef define() { return module<DeepModule>(providers<DeepService>()); }
};
class MiddleModule : public Hooked<4> {
 public:
  explicit MiddleModule(GlobalJournal& journal) : Hooked{journal} {}
  static ModuleDef define() {
    return module<MiddleModule>(
        imports<DeepModule>(), controllers<ServiceController>(),
        providers<Service, ForEachRequest, ForEachConsumer>(),
        factory<Store>([](GlobalJournal& journal, ForEachConsumer&) { return Store{journal}; }));
  }
};
class TopModule : public Hooked<7> {
 public:
  explicit TopModule(GlobalJournal& journal) : Hooked{journal} {}
  static ModuleDef define() { return module<TopModule>(imports<MiddleModule, JournalModule>()); }
};

std::vector<std::string> with(const std::vector<int>& order, const std::string& phase) {
  std::vector<std::string> entries;
  for (const int number : order) entries.push_back(std::to_string(number) + " " + phase);
  return entries;
}

TEST(Lifecycle, HooksRunFromTheDeepestModuleUpAndBackDown) {
  EventLoop loop;
  const auto container = loop.block_on(di::Container::build(TopModule::define()));
  auto& journal = container->get<GlobalJournal>();
  const std::vector<int> up = {0, 5, 6, 1, 2, 3, 4, 7};
  const std::vector<int> down = {7, 4, 3, 2, 1, 6, 5, 0};
  loop.block_on(container->init());
  EXPECT_EQ(journal.take(), with(up, "init"));
  loop.block_on(container->bootstrap());
  EXPECT_EQ(journal.take(), with(up, "bootstrap"));
  EXPECT_THAT(loop.block_on(container->destroy("SIGTERM")), IsEmpty());
  EXPECT_EQ(journal.take(), with(down, "destroy"));
  EXPECT_THAT(loop.block_on(container->before_shutdown("SIGTERM")), IsEmpty());
  EXPECT_EQ(journal.take(), with(down, "beforeSIGTERM"));
  EXPECT_THAT(loop.block_on(container->shutdown()), IsEmpty());
  EXPECT_EQ(journal.take(), with(down, "shutdown"));
}

class FailsUp {
 public:
  void on_module_init() { throw std::runtime_error{"no table cats"}; }
};
class FailsDown {
 public:
  Task<void> on_module_destroy() {
    co_await std::suspend_never{};
    throw std::runtime_error{"disk full"};
  }
};
class NotesDestroy {
 public:
  explicit NotesDestroy(Journal& journal) : journal_{journal} {}
  void on_module_destroy() { journal_.note("destroyed"); }

 private:
  Journal& journal_;
};
struct FailingHooks {
  static ModuleDef define(Journal& journal) {
    return module<FailingHooks>(reference<Journal>(journal),
                                providers<NotesDestroy, FailsUp, FailsDown>());
  }
};

TEST(Lifecycle, AFailingStartHookStopsAndAFailingShutdownHookDoesNot) {
  Journal journal;
  EventLoop loop;
  const auto container = loop.block_on(di::Container::build(FailingHooks::define(journal)));
  EXPECT_THAT(error_of([&] {
                loop.block_on(container->init());
                return 0;
              }),
              HasSubstr("FailsUp (FailingHooks): on_module_init failed: no table cats"));
  const auto failures = loop.block_on(container->destroy());
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].provider, "FailsDown");
  EXPECT_EQ(failures[0].module, "FailingHooks");
  EXPECT_EQ(failures[0].hook, "on_module_destroy");
  EXPECT_EQ(failures[0].reason, "disk full");
  EXPECT_THAT(journal.take(), ElementsAre("destroyed"));
}

// ---------------------------------------------------------------------------------------------
// Overrides, ModuleRef, dump.

class Mailer {
 public:
  virtual ~Mailer() = default;
  [[nodiscard]] virtual std::string name() const { return "real"; }
};
class FakeMailer : public Mailer {
 public:
  [[nodiscard]] std::string name() const override { return "fake"; }
};
class Newsletter {
 public:
  explicit Newsletter(Mailer& injected) : mailer{injected} {}
  Mailer& mailer;
};
struct MailModule {
  using exports = roost::exports<Mailer>;
  static ModuleDef define() { return module<MailModule>(providers<Mailer>()); }
};
struct NewsModule {
  static ModuleDef define() {
    return module<NewsModule>(imports<MailModule>(), providers<Newsletter>());
  }
};

TEST(Overrides, ReplaceAProviderByAnObjectAFactoryOrAClass) {
  FakeMailer fake;
  di::BuildOptions with_object;
  with_object.override_with(reference<Mailer>(fake));
  EXPECT_EQ(&start(NewsModule::define(), with_object)->get<Newsletter>().mailer, &fake);

  di::BuildOptions with_factory;
  with_factory.override_with(factory<Mailer>([] { return FakeMailer{}; }));
  EXPECT_EQ(start(NewsModule::define(), with_factory)->get<Newsletter>().mailer.name(), "fake");

  di::BuildOptions with_class;
  with_class.override_with(bind<Mailer, FakeMailer>());
  EXPECT_EQ(start(NewsModule::define(), with_class)->get<Newsletter>().mailer.name(), "fake");
}

class NeedsHidden {
 public:
  explicit NeedsHidden(Newsletter&) {}
};
TEST(Overrides, AnOverrideThatNeedsWhatItsModuleDoesNotSeeIsAnError) {
  di::BuildOptions options;
  options.override_with(factory<Mailer>([](Newsletter&) { return FakeMailer{}; }));
  EXPECT_THAT(problems_of(NewsModule::define(), options),
              ElementsAre(AllOf(HasSubstr("Mailer (MailModule) needs Newsletter (parameter 1)"),
                                HasSubstr("It is provided in NewsModule"))));
}

class Unregistered {
 public:
  Unregistered(Mailer& injected, const Journal* optional, std::shared_ptr<Mailer> shared)
      : mailer{injected}, journal{optional}, owner{std::move(shared)} {}
  Mailer& mailer;
  const Journal* journal;
  std::shared_ptr<Mailer> owner;
};
class UsesModuleRef {
 public:
  explicit UsesModuleRef(ModuleRef& injected) : modules{injected} {}
  ModuleRef& modules;
};
struct RefModule {
  static ModuleDef define() {
    return module<RefModule>(imports<MailModule>(), providers<UsesModuleRef>());
  }
};

TEST(ModuleRefs, LookIntoTheirOwnModuleAndMakeWhatNobodyProvides) {
  const auto container = start(RefModule::define());
  const ModuleRef& modules = container->get<UsesModuleRef>().modules;
  EXPECT_EQ(modules.module_name(), "RefModule");
  EXPECT_EQ(&modules, &container->module<RefModule>());
  EXPECT_EQ(&modules.get<UsesModuleRef>(), &container->get<UsesModuleRef>());
  EXPECT_THAT(error_of([&] { return &modules.get<Mailer>(); }),
              HasSubstr("RefModule does not provide Mailer"));
  const auto made = modules.create<Unregistered>();
  EXPECT_EQ(&made->mailer, &container->get<Mailer>());
  EXPECT_EQ(made->owner.get(), &made->mailer);
  EXPECT_EQ(made->journal, nullptr);
  EXPECT_THAT(error_of([&] { return modules.create<Newsletter>() ? nullptr : &modules; }),
              "(no error)");
  EXPECT_THAT(error_of([&] { return modules.create<NeedsHidden>() != nullptr; }),
              AllOf(HasSubstr("ModuleRef::create<NeedsHidden>() in RefModule"),
                    HasSubstr("needs Newsletter")));
}

TEST(Look, AnUnknownTypeIsAnErrorAndFindIsNull) {
  const auto container = start(RefModule::define());
  EXPECT_EQ(container->find<Journal>(), nullptr);
  EXPECT_THAT(error_of([&] { return &container->get<Journal>(); }),
              HasSubstr("no module of the application provides Journal"));
  EXPECT_THAT(error_of([&] { return &container->module<NewsModule>(); }),
              HasSubstr("NewsModule is not part of the application"));
}

TEST(Dump, ShowsModulesProvidersScopesAndEdges) {
  Journal journal;
  di::BuildOptions options;
  options.supplies<Incoming>().override_with(reference<Journal>(journal));
  const auto container = start(OrdersModule::define(journal), options);
  EXPECT_EQ(container->describe(),
            "OrdersModule\n"
            "  Journal  [value, overridden]\n"
            "  Session  [class, request-scoped] <- Incoming (supplied per request), Journal\n"
            "  Orders  [class, request-scoped] <- Session, lazy Audit\n"
            "  Audit  [class, request-scoped] <- Orders, Journal\n"
            "  Stamp  [class, transient] <- Journal\n"
            "  PlainController  [controller] <- Journal\n"
            "  OrdersController  [controller, request-scoped] <- Orders, Session, all Session, "
            "Stamp\n");
  const auto top = start(NewsModule::define());
  EXPECT_EQ(top->describe(),
            "MailModule  exports Mailer\n"
            "  Mailer  [class]\n"
            "NewsModule  imports MailModule\n"
            "  Newsletter  [class] <- Mailer (MailModule)\n");
  EXPECT_EQ(top->mermaid(),
            "flowchart LR\n"
            "  subgraph m1[\"MailModule\"]\n"
            "    n0[\"Mailer\"]\n"
            "  end\n"
            "  subgraph m0[\"NewsModule\"]\n"
            "    n1[\"Newsletter\"]\n"
            "  end\n"
            "  n1 --> n0\n");
}

}  // namespace
}  // namespace roost
