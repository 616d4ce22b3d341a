// An application with two data sources, and what JSON shows of entities to whom.
#include <roost/async/event_loop.hpp>
#include <roost/di/container.hpp>
#include <roost/di/module.hpp>
#include <roost/di/request_scope.hpp>
#include <roost/json/groups.hpp>
#include <roost/json/write.hpp>
#include <roost/orm/orm_module.hpp>
#include <roost/orm/test_url_impl.hpp>
#include <roost/schema/compare.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Buyer;

struct Purchase {
  std::int64_t id{};
  std::string text{};
  int margin = 0;
  Ref<Buyer> buyer{};
  static constexpr auto meta =
      orm::entity("orders", primary_key<&Purchase::id>(), many_to_one<&Purchase::buyer>(),
                  field<&Purchase::margin>(groups("sales")));
};
struct Buyer {
  std::int64_t id{};
  std::string name{};
  std::string password{};
  std::string born{};
  std::string phone{};
  Collection<Purchase> orders{};
  static constexpr auto meta = orm::entity(
      "people", primary_key<&Buyer::id>(), field<&Buyer::password>(hidden),
      field<&Buyer::born>(json_name("bornAt")), field<&Buyer::phone>(groups("admin", "sales")),
      one_to_many<&Buyer::orders>(mapped_by<&Purchase::buyer>));
};
struct SalesReport {
  std::int64_t id{};
  std::string title{};
  static constexpr auto meta = orm::entity("reports", primary_key<&SalesReport::id>());
};

struct Reporting {};

struct Reports {
  using scope = request_scoped;
  Reports(EntityManager& orders_, Manager<Reporting>& reports_)
      : orders{orders_}, reports{reports_} {}
  EntityManager& orders;
  Manager<Reporting>& reports;
};

struct ShopModule {
  static ModuleDef define(SchemaAction reporting) {
    const auto first = OrmOptions{fresh_database_url()}.on_start(SchemaAction::create_missing);
    const auto second = OrmOptions{"sqlite::memory:"}.on_start(reporting);
    return module<ShopModule>(
        imports(OrmModule::for_root(first, entities<Purchase, Buyer>())),
        imports(OrmModule::for_root<Reporting>(second, entities<SalesReport>())),
        providers<Reports>());
  }
};

TEST(SeveralDataSources, HaveEntitiesSchemasAndHealthOfTheirOwn) {
  EventLoop loop;
  const auto all = [&]() -> Task<void> {
    std::unique_ptr<di::Container> container =
        co_await di::Container::build(ShopModule::define(SchemaAction::create_missing));
    co_await container->init();
    {
      std::pmr::monotonic_buffer_resource memory;
      di::RequestScope scope{*container, memory};
      auto& service = scope.get<Reports>();
      Buyer& buyer = service.orders.create<Buyer>({.name = "Ada"});
      service.orders.create<Purchase>({.text = "tea", .buyer = buyer});
      service.reports.create<SalesReport>({.title = "sales"});
      co_await service.orders.flush();
      co_await service.reports.flush();
      const std::uint64_t orders = co_await service.orders.count<Purchase>();
      const std::uint64_t reports = co_await service.reports.count<SalesReport>();
      EXPECT_EQ(orders, 1U);
      EXPECT_EQ(reports, 1U);
      EXPECT_NE(&service.orders.source(), &service.reports.source());
      std::string message;
      try {
        static_cast<void>(co_await service.orders.count<SalesReport>());
      } catch (const UsageError& error) {
        message = error.what();
      }
      EXPECT_THAT(message, HasSubstr("SalesReport"));
    }
    const std::vector<di::HealthCheck> checks =
        co_await container->check_health(std::chrono::minutes{1});
    std::vector<std::string> names;
    for (const di::HealthCheck& check : checks) {
      EXPECT_TRUE(check.up) << check.reason;
      names.push_back(check.name);
    }
    EXPECT_THAT(names, ElementsAre("database", "Reporting"));
    const auto failures = co_await container->shutdown();
    EXPECT_TRUE(failures.empty());
    bool closed = false;
    try {
      co_await container->get<TaggedSource<Reporting>>().check_health();
    } catch (const Error&) {
      closed = true;
    }
    EXPECT_TRUE(closed);
  };
  loop.block_on(all());
}

/// The module of the tag is not there.
struct ForgetfulModule {
  static ModuleDef define() {
    const OrmOptions first{"sqlite::memory:"};
    return module<ForgetfulModule>(imports(OrmModule::for_root(first, entities<Purchase, Buyer>())),
                                   providers<Reports>());
  }
};
struct NoOrmModule {
  static ModuleDef define() { return module<NoOrmModule>(providers<Reports>()); }
};

TEST(SeveralDataSources, ATagWithoutModuleStopsTheStart) {
  EventLoop loop;
  const auto all = [&]() -> Task<void> {
    std::string forgotten;
    try {
      static_cast<void>(co_await di::Container::build(ForgetfulModule::define()));
    } catch (const Error& error) {
      forgotten = error.what();
    }
    EXPECT_THAT(forgotten, HasSubstr("Reports"));
    EXPECT_THAT(forgotten,
                HasSubstr("Reporting> (parameter 2), but nothing that ForgetfulModule sees"));
    EXPECT_THAT(forgotten, HasSubstr("import the module that provides and exports it once"));
    std::string without;
    try {
      static_cast<void>(co_await di::Container::build(NoOrmModule::define()));
    } catch (const Error& error) {
      without = error.what();
    }
    EXPECT_THAT(without, HasSubstr("needs EntityManager"));
    EXPECT_THAT(without, HasSubstr("2. Reports (NoOrmModule) needs Manager<"));  // all at once
  };
  loop.block_on(all());
}

TEST(SeveralDataSources, EachIsVerifiedAtStart) {
  EventLoop loop;
  const auto all = [&]() -> Task<void> {
    std::unique_ptr<di::Container> container =
        co_await di::Container::build(ShopModule::define(SchemaAction::verify));
    std::string message;
    try {
      co_await container->init();
    } catch (const Error& error) {
      message = error.what();
    }
    EXPECT_THAT(message, HasSubstr("reports"));
    static_cast<void>(co_await container->shutdown());
  };
  loop.block_on(all());
}

TEST(EntitiesInJson, ShowMembersByGroupThroughRelations) {
  EventLoop loop;
  const auto all = [&]() -> Task<void> {
    std::unique_ptr<di::Container> container =
        co_await di::Container::build(ShopModule::define(SchemaAction::create_missing));
    co_await container->init();
    auto& source = container->get<DataSource>();
    {
      EntityManager em{source};
      Buyer& made =
          em.create<Buyer>({.name = "Ada", .password = "secret", .born = "1815", .phone = "12"});
      made.orders.add(Purchase{.text = "tea", .margin = 3});
      co_await em.flush();
    }
    EntityManager em{source};
    const auto everything = populate<&Buyer::orders>();
    const Buyer& person = co_await em.find_one_or_fail<const Buyer>(1, everything);
    EXPECT_EQ(
        json::write(person),
        R"({"id":1,"name":"Ada","bornAt":"1815","orders":[{"id":1,"text":"tea","buyer":1}]})");
    EXPECT_EQ(json::write(person, Groups{}.with("admin")),
              R"({"id":1,"name":"Ada","bornAt":"1815","phone":"12",)"
              R"("orders":[{"id":1,"text":"tea","buyer":1}]})");
    EXPECT_EQ(json::write(person, Groups{}.with("sales")),
              R"({"id":1,"name":"Ada","bornAt":"1815","phone":"12",)"
              R"("orders":[{"id":1,"text":"tea","margin":3,"buyer":1}]})");
    EntityManager other{source};
    const auto with_buyer = populate<&Purchase::buyer>();
    const Purchase& order = co_await other.find_one_or_fail<const Purchase>(1, with_buyer);
    EXPECT_EQ(json::write(order),
              R"({"id":1,"text":"tea","buyer":{"id":1,"name":"Ada","bornAt":"1815"}})");
    static_cast<void>(co_await container->shutdown());
  };
  loop.block_on(all());
}

}  // namespace
}  // namespace roost::orm
