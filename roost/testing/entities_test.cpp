// Entities of a real manager in the answers of controllers: what of them is shown to whom.
#include <roost/http/request.hpp>
#include <roost/orm/orm.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace roost;  // as users write it

namespace {

using ::testing::HasSubstr;

struct Shelf;

struct Volume {
  std::int64_t id{};
  std::string title{};
  int price_paid = 0;
  std::string notes{};
  Ref<Shelf> shelf{};
  static constexpr auto meta =
      orm::entity("volumes", primary_key<&Volume::id>(), many_to_one<&Volume::shelf>(),
                  field<&Volume::price_paid>(groups("staff"), json_name("pricePaid")),
                  field<&Volume::notes>(hidden));
};
struct Shelf {
  std::int64_t id{};
  std::string name{};
  std::string lock_code{};
  Collection<Volume> volumes{};
  static constexpr auto meta =
      orm::entity("shelves", primary_key<&Shelf::id>(),
                  field<&Shelf::lock_code>(groups("staff", "keeper"), json_name("lockCode")),
                  one_to_many<&Shelf::volumes>(mapped_by<&Volume::shelf>));
};

struct KeeperGuard {
  bool can_activate(ExecutionContext& context) {
    if (context.request().header("X-Role") == "keeper") {
      context.emplace<ShownGroups>(show_groups("keeper"));
    }
    return true;
  }
};

class ShelvesController {
 public:
  using scope = request_scoped;
  explicit ShelvesController(EntityManager& em) : em_{em} {}

  Task<const Shelf&> create() {
    Shelf& shelf = em_.create<Shelf>({.name = "Žižka", .lock_code = "1420"});
    shelf.volumes.add(Volume{.title = "one", .price_paid = 12, .notes = "torn"});
    shelf.volumes.add(Volume{.title = "two", .price_paid = 7});
    co_await em_.flush();
    co_return shelf;
  }
  Task<std::vector<const Shelf*>> list() {
    co_return co_await em_.find<const Shelf>(populate<&Shelf::volumes>());
  }
  Task<Page<const Volume*>> page() {
    auto found = co_await em_.find_and_count<const Volume>(order_by(asc<&Volume::id>), limit(1));
    Page<const Volume*> made;
    made.items = std::move(found.items);
    made.total = static_cast<std::int64_t>(found.total);
    made.page = 1;
    made.limit = 1;
    co_return made;
  }
  Task<const Volume&> volume(Param<"id", std::int64_t> id) {
    co_return co_await em_.find_one_or_fail<const Volume>(*id, populate<&Volume::shelf>());
  }

  static constexpr auto routes = controller(
      "shelves", use_guards<KeeperGuard>(), post<&ShelvesController::create>(),
      get<&ShelvesController::list>(), get<&ShelvesController::list>("staff", show_groups("staff")),
      get<&ShelvesController::page>("page", show_groups("staff")),
      get<&ShelvesController::volume>("volumes/:id"),
      get<&ShelvesController::volume>("staff/volumes/:id", show_groups("staff")));

 private:
  EntityManager& em_;
};

struct ShelvesModule {
  static ModuleDef define() {
    const auto options = OrmOptions{"sqlite::memory:"}.on_start(orm::SchemaAction::create_missing);
    return module<ShelvesModule>(
        imports(OrmModule::for_root(options, orm::entities<Shelf, Volume>())),
        controllers<ShelvesController>(), providers<KeeperGuard>());
  }
};

TEST(EntitiesInAnswers, AreShownByTheGroupsOfTheRoute) {
  auto app = roost::testing::create<ShelvesModule>();
  const auto created = app.inject({.method = http::Method::POST, .path = "/shelves"});
  ASSERT_EQ(static_cast<int>(created.status), 201) << created.body;
  EXPECT_EQ(created.body, R"({"id":1,"name":"Žižka","volumes":[{"id":1,"title":"one","shelf":1},)"
                          R"({"id":2,"title":"two","shelf":1}]})");
  const auto body = [&](std::string path, std::string role = "") {
    return app.inject({.path = std::move(path), .headers = {{"X-Role", role}}}).body;
  };
  EXPECT_EQ(body("/shelves"),
            R"([{"id":1,"name":"Žižka","volumes":[{"id":1,"title":"one","shelf":1},)"
            R"({"id":2,"title":"two","shelf":1}]}])");
  EXPECT_EQ(body("/shelves/staff"), R"([{"id":1,"name":"Žižka","lockCode":"1420","volumes":[)"
                                    R"({"id":1,"title":"one","pricePaid":12,"shelf":1},)"
                                    R"({"id":2,"title":"two","pricePaid":7,"shelf":1}]}])");
  EXPECT_EQ(body("/shelves", "keeper"),
            R"([{"id":1,"name":"Žižka","lockCode":"1420","volumes":[)"
            R"({"id":1,"title":"one","shelf":1},{"id":2,"title":"two","shelf":1}]}])");
  EXPECT_THAT(body("/shelves/page"),
              HasSubstr(R"([{"id":1,"title":"one","pricePaid":12,"shelf":1}])"));
  EXPECT_EQ(body("/shelves/volumes/2"),
            R"({"id":2,"title":"two","shelf":{"id":1,"name":"Žižka"}})");
  EXPECT_EQ(
      body("/shelves/staff/volumes/2"),
      R"({"id":2,"title":"two","pricePaid":7,"shelf":{"id":1,"name":"Žižka","lockCode":"1420"}})");
}

}  // namespace
