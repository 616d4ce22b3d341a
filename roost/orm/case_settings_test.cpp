// What a manager or data source is told once: filters, schemas, names.
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/errors.hpp>
#include <roost/orm/filters.hpp>
#include <roost/orm/schema_of.hpp>
#include <roost/sql/render.hpp>

#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// What the task throws, or nothing.
Task<std::string> message_of(Task<void> task) {
  std::string message;
  try {
    co_await std::move(task);
  } catch (const std::exception& error) {
    message = error.what();
  }
  co_return message;
}

// --- filters

struct Folder;

struct Paper {
  std::int64_t id{};
  std::string tenant{};
  std::string title{};
  bool draft = false;
  Ref<Folder> folder{};
  static Expression of_tenant(std::string_view tenant) { return f<&Paper::tenant> == tenant; }
  static Expression finished() { return f<&Paper::draft> == false; }
  static Expression called(const std::pair<std::string, int>& title) {
    return f<&Paper::title> == title.first;
  }
  static constexpr auto meta =
      orm::entity("papers", primary_key<&Paper::id>(), many_to_one<&Paper::folder>(nullable),
                  filtered_by<&Paper::of_tenant>("tenant"),
                  filtered_by<&Paper::finished>("finished", only_by_name),
                  filtered_by<&Paper::called>("called", only_by_name));
};

struct Folder {
  std::int64_t id{};
  std::string tenant{};
  Collection<Paper> papers{};
  static Expression of_tenant(std::string_view tenant) { return f<&Folder::tenant> == tenant; }
  static constexpr auto meta = orm::entity("folders", primary_key<&Folder::id>(),
                                           one_to_many<&Folder::papers>(mapped_by<&Paper::folder>),
                                           filtered_by<&Folder::of_tenant>("tenant"));
};

class Filters : public CaseTest {
 protected:
  Filters() : CaseTest(entities<Paper, Folder>()) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    Folder& ours = em.create<Folder>({.tenant = "a"});
    Folder& theirs = em.create<Folder>({.tenant = "b"});
    em.create<Paper>({.tenant = "a", .title = "one", .folder = ours});
    em.create<Paper>({.tenant = "a", .title = "two", .draft = true, .folder = theirs});
    em.create<Paper>({.tenant = "b", .title = "three", .folder = ours});
    co_await em.flush();
  }
  static std::vector<std::string> titles(const std::vector<Paper*>& papers) {
    std::vector<std::string> all;
    for (const Paper* paper : papers) all.push_back(paper->title);
    return all;
  }
  static Task<void> find_all(EntityManager& em) { static_cast<void>(co_await em.find<Paper>()); }
  static Task<void> find_first(EntityManager& em) {
    static_cast<void>(co_await em.find_one<Paper>(1));
  }
  static Task<void> delete_all(EntityManager& em) {
    static_cast<void>(co_await em.delete_where<Paper>(f<&Paper::id> > 0));
  }
};

TEST_F(Filters, NarrowFindsCountsCollectionsAndBulkStatements) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.filter_parameter("tenant", "a");
    const auto papers = co_await em.find<Paper>(order_by(asc<&Paper::id>));
    EXPECT_THAT(titles(papers), ElementsAre("one", "two"));
    const auto count_1 = co_await em.count<Paper>();
    EXPECT_EQ(count_1, 2U);
    const Paper* theirs = co_await em.find_one<Paper>(3);
    EXPECT_EQ(theirs, nullptr);
    const auto page = co_await em.find_and_count<Paper>(limit(1), order_by(asc<&Paper::id>));
    EXPECT_EQ(page.total, 2U);
    const auto folders = co_await em.find<Folder>(populate<&Folder::papers>(joined));
    EXPECT_EQ(folders.size(), 1U);
    EXPECT_THAT(titles(folders.front()->papers.items()), ElementsAre("one"));
    EntityManager counting = em.fork();
    Folder& ours = co_await counting.find_one_or_fail<Folder>(1);
    const auto in_folder = co_await ours.papers.load_count();
    EXPECT_EQ(in_folder, 1U);
    // What one entity refers to stays visible, and the joins are what they were.
    static_cast<void>(sent());
    EntityManager other = em.fork();
    const auto with_folders =
        co_await other.find<Paper>(populate<&Paper::folder>(), order_by(asc<&Paper::id>));
    EXPECT_EQ(sent(), 1U);
    EXPECT_THAT(sent_texts(), HasSubstr(" left join "));
    EXPECT_EQ(with_folders.size(), 2U);
    EXPECT_TRUE(with_folders[1]->folder.is_loaded());
    const auto to_x = set<&Paper::title>("x");
    const auto count_2 = co_await em.update_where<Paper>(f<&Paper::id> > 0, to_x);
    EXPECT_EQ(count_2, 2U);
    const auto count_3 = co_await em.delete_where<Paper>(f<&Paper::id> > 0);
    EXPECT_EQ(count_3, 2U);
    const auto count_4 = co_await em.count<Paper>(without_filter("tenant"));
    EXPECT_EQ(count_4, 1U);
    const auto count_5 = co_await em.delete_where<Paper>(f<&Paper::id> > 0, without_filters);
    EXPECT_EQ(count_5, 1U);
  });
}

TEST_F(Filters, WithoutTheirParameterNothingIsAsked) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const std::string message = co_await message_of(find_all(em));
    EXPECT_THAT(message,
                HasSubstr("Paper is filtered by \"tenant\", and this manager was not given "
                          "its parameter: say em.filter_parameter(\"tenant\", …) first"));
    const bool refused_one = co_await refuses<UsageError>(find_first(em));
    EXPECT_TRUE(refused_one);
    const bool refused_all = co_await refuses<UsageError>(delete_all(em));
    EXPECT_TRUE(refused_all);
    EXPECT_EQ(sent(), 0U) << sent_texts();
    const auto all = co_await em.find<Paper>(without_filter("tenant"));
    EXPECT_EQ(all.size(), 3U);
    EXPECT_THROW(em.filter_parameter("tenant", 7), UsageError);
    EXPECT_THROW(em.filter_parameter("nobody", 7), UsageError);
    EXPECT_THROW(em.enable_filter("nobody"), UsageError);
  });
}

TEST_F(Filters, AreSwitchedOnAndOffByName) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.disable_filter("tenant");
    const auto count_6 = co_await em.count<Paper>();
    EXPECT_EQ(count_6, 3U);
    const auto count_7 = co_await em.count<Paper>(with_filter("finished"));
    EXPECT_EQ(count_7, 2U);
    em.filter_parameter("tenant", std::string{"a"});
    em.enable_filter("tenant");
    const auto count_8 = co_await em.count<Paper>(with_filter("finished"));
    EXPECT_EQ(count_8, 1U);
    em.enable_filter("finished");
    const auto count_9 = co_await em.count<Paper>();
    EXPECT_EQ(count_9, 1U);
    const auto count_10 = co_await em.count<Paper>(without_filter("finished"));
    EXPECT_EQ(count_10, 2U);
    // Another parameter, another text: plans that are kept do not mix them up.
    em.disable_filter("finished");
    em.filter_parameter("tenant", "b");
    const auto count_11 = co_await em.count<Paper>();
    EXPECT_EQ(count_11, 1U);
    em.filter_parameter("called", std::pair<std::string, int>{"three", 1});
    const auto count_12 = co_await em.count<Paper>(with_filter("called"));
    EXPECT_EQ(count_12, 1U);
    em.filter_parameter("called", std::pair<std::string, int>{"one", 1});
    const auto count_13 = co_await em.count<Paper>(with_filter("called"));
    EXPECT_EQ(count_13, 0U);
  });
}

// --- filters of the data source

struct Region;

struct Parcel {
  std::int64_t id{};
  std::string tenant{};
  bool archived = false;
  Ref<Region> region{};
  static constexpr auto meta =
      orm::entity("parcels", primary_key<&Parcel::id>(), many_to_one<&Parcel::region>(nullable));
};

struct Region {
  std::int64_t id{};
  std::string tenant{};
  Collection<Parcel> parcels{};
  static constexpr auto meta =
      orm::entity("regions", primary_key<&Region::id>(),
                  one_to_many<&Region::parcels>(mapped_by<&Parcel::region>));
};

/// Has no tenant: everybody sees it.
struct Carrier {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta = orm::entity("carriers", primary_key<&Carrier::id>());
};

struct Vehicle {
  std::int64_t id{};
  std::string kind{};
  std::string tenant{};
  static constexpr auto meta =
      orm::entity("vehicles", primary_key<&Vehicle::id>(), single_table("type"));
};
struct Truck : Vehicle {
  int axles = 0;
  static constexpr auto meta =
      orm::extends<Vehicle>("truck", field<&Truck::id>(), field<&Truck::kind>(),
                            field<&Truck::tenant>(), field<&Truck::axles>());
};

struct OfTenant {
  template <class Entity>
  requires requires(Entity entity) { entity.tenant; }
  static Expression of(std::string_view tenant) { return f<&Entity::tenant> == tenant; }
};
struct NotArchived {
  template <class Entity>
  requires requires(Entity entity) { entity.archived; }
  static Expression of() { return f<&Entity::archived> == false; }
};

class SourceFilters : public CaseTest {
 protected:
  SourceFilters()
      : CaseTest(entities<Parcel, Region, Carrier, Vehicle, Truck>(
            filtered_by<OfTenant>("tenant"), filtered_by<NotArchived>("current", only_by_name))) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    Region& ours = em.create<Region>({.tenant = "a"});
    Region& theirs = em.create<Region>({.tenant = "b"});
    em.create<Parcel>({.tenant = "a", .region = ours});
    em.create<Parcel>({.tenant = "a", .archived = true, .region = theirs});
    em.create<Parcel>({.tenant = "b", .region = ours});
    em.create<Carrier>({.name = "Post"});
    em.create<Vehicle>({.tenant = "a"});
    Truck& truck = em.create<Truck>({});
    truck.tenant = "b";
    co_await em.flush();
  }
  static Task<void> find_all(EntityManager& em, WithFilter filter) {
    static_cast<void>(co_await em.find<Carrier>(filter));
  }
  static Task<void> find_without(EntityManager& em, WithoutFilter filter) {
    static_cast<void>(co_await em.find<Parcel>(filter));
  }
  static Task<void> find_parcels(EntityManager& em) {
    static_cast<void>(co_await em.find<Parcel>());
  }
};

TEST_F(SourceFilters, HoldForEveryClassThatHasTheMember) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const std::string missing = co_await message_of(find_parcels(em));
    EXPECT_THAT(missing, HasSubstr("Parcel is filtered by \"tenant\""));
    const auto carriers = co_await em.count<Carrier>();
    EXPECT_EQ(carriers, 1U);
    em.filter_parameter("tenant", "a");
    const auto parcels = co_await em.count<Parcel>();
    EXPECT_EQ(parcels, 2U);
    const auto current = co_await em.count<Parcel>(with_filter("current"));
    EXPECT_EQ(current, 1U);
    const auto regions = co_await em.find<Region>(populate<&Region::parcels>());
    EXPECT_EQ(regions.size(), 1U);
    EXPECT_EQ(regions.front()->parcels.size(), 1U);
    const auto everything = co_await em.count<Parcel>(without_filters);
    EXPECT_EQ(everything, 3U);
    const auto removed = co_await em.delete_where<Parcel>(f<&Parcel::id> > 0);
    EXPECT_EQ(removed, 2U);
    em.disable_filter("tenant");
    const auto left = co_await em.count<Parcel>();
    EXPECT_EQ(left, 1U);
  });
}

TEST_F(SourceFilters, ReachDescendantsOnce) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.filter_parameter("tenant", "b");
    static_cast<void>(sent());
    const auto trucks = co_await em.find<Truck>();
    EXPECT_EQ(trucks.size(), 1U);
    EXPECT_EQ(sent(), 1U);
    const std::string text = sent_texts();
    const std::size_t first = text.find("\"tenant\" = ");
    EXPECT_NE(first, std::string::npos) << text;
    EXPECT_EQ(text.find("\"tenant\" = ", first + 1), std::string::npos) << text;
    const auto vehicles = co_await em.count<Vehicle>();
    EXPECT_EQ(vehicles, 1U);
    em.filter_parameter("tenant", "a");
    const auto others = co_await em.count<Truck>();
    EXPECT_EQ(others, 0U);
  });
}

TEST_F(SourceFilters, NamesThatNobodyDeclaredAreRefused) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.filter_parameter("tenant", "a");
    const std::string with = co_await message_of(find_all(em, with_filter("curent")));
    EXPECT_THAT(with, HasSubstr("filtered_by<…>(\"curent\")"));
    const std::string without = co_await message_of(find_without(em, without_filter("tenat")));
    EXPECT_THAT(without, HasSubstr("filtered_by<…>(\"tenat\")"));
    const auto carriers = co_await em.count<Carrier>(without_filter("tenant"));
    EXPECT_EQ(carriers, 1U);  // known, though not of this class
  });
}

std::string filter_fault(std::vector<EntityEntry> entries) {
  try {
    const Metadata metadata{std::move(entries)};
  } catch (const MetadataError& error) {
    return error.what();
  }
  return {};
}

struct OfTenantNumber {
  template <class Entity>
  requires requires(Entity entity) { entity.tenant; }
  static Expression of(int tenant) { return f<&Entity::tenant> == std::to_string(tenant); }
};

TEST(SourceFilterFaults, AreFoundAtTheStart) {
  EXPECT_EQ(filter_fault(entities<Parcel, Region>(filtered_by<OfTenant>("tenant"))), "");
  EXPECT_EQ(filter_fault(entities<Paper, Folder>(filtered_by<OfTenant>("tenant"))),
            "Paper has two filters of the name \"tenant\": give one of them another name");
  EXPECT_THAT(filter_fault(entities<Parcel, Region>(filtered_by<OfTenant>("a"),
                                                    filtered_by<OfTenantNumber>("a"))),
              HasSubstr("two filters of the name \"a\""));
  std::vector<EntityEntry> mixed = entities<Parcel, Region>(filtered_by<OfTenantNumber>("tenant"));
  const std::vector<EntityEntry> papers = entities<Paper, Folder>();
  mixed.insert(mixed.end(), papers.begin(), papers.end());
  EXPECT_THAT(
      filter_fault(mixed),
      HasSubstr("the filter \"tenant\" takes a text in Paper and a value of type int in Parcel"));
  // The lists of two modules may name one class.
  std::vector<EntityEntry> twice = entities<Parcel, Region>(filtered_by<OfTenant>("tenant"));
  twice.insert(twice.end(), twice.begin(), twice.begin() + 1);
  EXPECT_EQ(filter_fault(twice), "");
}

// --- schemas

struct Tag;

struct Item {
  std::int64_t id{};
  std::string name{};
  Ref<Item> part_of{};
  Collection<Item> parts{};
  Collection<Tag> tags{};
  static constexpr auto meta = orm::entity(
      "items", primary_key<&Item::id>(), in_schema("*"), many_to_one<&Item::part_of>(nullable),
      one_to_many<&Item::parts>(mapped_by<&Item::part_of>), many_to_many<&Item::tags>());
};

struct Tag {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta = orm::entity("tags", primary_key<&Tag::id>(), unique<&Tag::name>());
};

class Schemas : public CaseTest {
 protected:
  Schemas() : CaseTest(entities<Item, Tag>()) {}
  Task<void> prepare() override {
    if (!on_postgresql()) co_return;
    for (const char* name : {"t1", "t2"}) {
      static_cast<void>(co_await source_->create_schema(name));
      co_await source_->verify_schema(name);
    }
  }
  Task<void> create_t1() { static_cast<void>(co_await source_->create_schema("t1")); }
  static Task<void> find_items(EntityManager& em) { static_cast<void>(co_await em.find<Item>()); }
};

TEST_F(Schemas, Msch001TheManagerChoosesTheSchema) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    if (!on_postgresql()) {
      // One schema, no choice.
      EXPECT_THROW(em.fork(in_schema("t1")), UsageError);
      const bool refused = co_await refuses<UsageError>(create_t1());
      EXPECT_TRUE(refused);
      em.create<Item>({.name = "only"});
      co_await em.flush();
      const auto count_14 = co_await em.count<Item>();
      EXPECT_EQ(count_14, 1U);
      co_return;
    }
    EntityManager first = em.fork(in_schema("t1"));
    EntityManager second = em.fork(in_schema("t2"));
    Item& item = first.create<Item>({.name = "a"});
    co_await first.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_THAT(sent_texts(), HasSubstr("\"t1\".\"items\""));
    Item& same_key = second.create<Item>({.name = "b"});
    co_await second.flush();
    EXPECT_EQ(item.id, same_key.id);
    EntityManager third = em.fork(in_schema("t1"));
    EntityManager fourth = em.fork(in_schema("t2"));
    const Item* of_first = co_await third.find_one<Item>(item.id);
    const Item* of_second = co_await fourth.find_one<Item>(item.id);
    EXPECT_TRUE(of_first != nullptr && of_first->name == "a");
    EXPECT_TRUE(of_second != nullptr && of_second->name == "b");
    // A schema is for all that a manager has.
    EXPECT_THROW(third.schema("t2"), UsageError);
    const std::string message = co_await message_of(find_items(em));
    EXPECT_THAT(message, HasSubstr("Item stands in a schema that the manager chooses"));
  });
}

TEST_F(Schemas, RelationsPairsAndBulkStatementsStayInIt) {
  run([&]() -> Task<void> {
    if (!on_postgresql()) co_return;
    const EntityManager root{*source_};
    EntityManager em = root.fork(in_schema("t1"));
    Tag& tag = em.create<Tag>({.name = "shared"});
    Item& whole = em.create<Item>({.name = "whole"});
    Item& part = em.create<Item>({.name = "part", .part_of = whole});
    part.tags.add(tag);
    co_await em.flush();
    EntityManager other = root.fork(in_schema("t2"));
    const auto count_15 = co_await other.count<Item>();
    EXPECT_EQ(count_15, 0U);
    const auto count_16 = co_await other.count<Tag>();
    EXPECT_EQ(count_16, 1U);
    EntityManager again = root.fork(in_schema("t1"));
    Item& read = co_await again.find_one_or_fail<Item>(
        f<&Item::name> == "whole", populate<&Item::parts>(), populate<&Item::parts, &Item::tags>());
    EXPECT_EQ(read.parts.items().size(), 1U);
    Item& read_part = *read.parts.items().front();
    EXPECT_EQ(read_part.tags.items().size(), 1U);
    const auto counted = co_await read_part.tags.load_count();
    EXPECT_EQ(counted, 1U);
    const auto tagged = co_await again.count<Item>(f<&Item::tags>.some(f<&Tag::name> == "shared"));
    EXPECT_EQ(tagged, 1U);
    read_part.tags.clear();
    read_part.name = "changed";
    co_await again.flush();
    const auto renamed = set<&Item::name>("x");
    const auto count_17 = co_await again.update_where<Item>(f<&Item::name> == "changed", renamed);
    EXPECT_EQ(count_17, 1U);
    const auto built =
        co_await again.query_builder<Item>("i").where(f<&Item::name> == "x").entities();
    EXPECT_EQ(built.size(), 1U);
    again.remove(read_part);
    co_await again.flush();
    const auto count_18 = co_await again.count<Item>();
    EXPECT_EQ(count_18, 1U);
    co_await source_->drop_schema("t1");
    co_await source_->verify_schema("t2");
  });
}

struct FixedOwner {
  std::int64_t id{};
  Ref<Item> item{};
  static constexpr auto meta =
      orm::entity("fixed_owners", primary_key<&FixedOwner::id>(), many_to_one<&FixedOwner::item>());
};

TEST(SchemaFaults, OneTableCannotReferToManySchemas) {
  try {
    const Metadata metadata{entities<Item, Tag, FixedOwner>()};
    ADD_FAILURE() << "taken";
  } catch (const MetadataError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("FixedOwner: item refers to Item, of which each schema has a "
                          "table of its own"));
  }
}

// --- names

struct BoxPrice {
  int netAmount{};
};
struct BigBox;
struct SmallBox {
  std::int64_t boxId{};
  Ref<BigBox> storedIn{};
  BoxPrice thePrice{};
  std::string customName{};
  static constexpr auto meta =
      orm::entity("", primary_key<&SmallBox::boxId>(), many_to_one<&SmallBox::storedIn>(nullable),
                  field<&SmallBox::customName>(column("said")), unique<&SmallBox::customName>());
};
struct BigBox {
  std::int64_t boxId{};
  Collection<SmallBox> smallBoxes{};
  Collection<SmallBox> likedBoxes{};
  static constexpr auto meta =
      orm::entity("", primary_key<&BigBox::boxId>(),
                  one_to_many<&BigBox::smallBoxes>(mapped_by<&SmallBox::storedIn>),
                  many_to_many<&BigBox::likedBoxes>());
};

class ShoutingNames final : public NamingStrategy {
 public:
  [[nodiscard]] std::string table(std::string_view class_name) const override {
    return "T_" + shout(db::snake_case(class_name));
  }
  [[nodiscard]] std::string column(std::string_view member) const override {
    return shout(db::snake_case(member));
  }
  [[nodiscard]] std::string constraint(ConstraintKind kind, std::string_view table,
                                       std::span<const std::string> columns) const override {
    if (kind != ConstraintKind::unique) return {};
    return "U_" + std::string{table} + "_" + columns.front();
  }

 private:
  static std::string shout(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }
};

std::vector<std::string> columns_of(const Metadata& metadata, std::size_t entity) {
  std::vector<std::string> names;
  for (const ColumnMetadata& column : metadata.entities()[entity]->columns) {
    names.push_back(column.name);
  }
  return names;
}

TEST(Naming, FollowsTheStrategyWhereTheMetaSaysNothing) {
  const Metadata snake{entities<SmallBox, BigBox>()};
  EXPECT_EQ(snake.entities()[0]->table, "small_box");
  EXPECT_THAT(columns_of(snake, 0),
              ElementsAre("box_id", "stored_in_box_id", "the_price_net_amount", "said"));
  const Metadata unchanged{entities<SmallBox, BigBox>(), unchanged_names()};
  EXPECT_EQ(unchanged.entities()[0]->table, "SmallBox");
  EXPECT_THAT(columns_of(unchanged, 0),
              ElementsAre("boxId", "storedIn_boxId", "thePrice_netAmount", "said"));
  EXPECT_EQ(unchanged.entities()[1]->relations[1].pivot_table, "BigBox_likedBoxes");
  const ShoutingNames names;
  const Metadata shouting{entities<SmallBox, BigBox>(), names};
  EXPECT_EQ(shouting.entities()[1]->table, "T_BIG_BOX");
  EXPECT_THAT(columns_of(shouting, 0),
              ElementsAre("BOX_ID", "STORED_IN_BOX_ID", "THE_PRICE_NET_AMOUNT", "said"));
  const schema::Schema schema = schema_of(shouting);
  EXPECT_EQ(schema.find_table("T_SMALL_BOX")->uniques.front().name, "U_T_SMALL_BOX_said");
}

TEST(Naming, WordsAreFoundInNamesWithDigitsAndAbbreviations) {
  EXPECT_EQ(db::snake_case("RegistrationItem"), "registration_item");
  EXPECT_EQ(db::snake_case("HTTPServer"), "http_server");
  EXPECT_EQ(db::snake_case("HTTP2Server"), "http2_server");
  EXPECT_EQ(db::snake_case("already_snake_2"), "already_snake_2");
  EXPECT_EQ(db::snake_case("startsAt"), "starts_at");
}

TEST(Naming, ProgramsWorkWithEachOfThem) {
  const ShoutingNames own;
  for (const NamingStrategy* naming :
       {&snake_case_names(), &unchanged_names(), static_cast<const NamingStrategy*>(&own)}) {
    DataSource source{open_database(db::DatabaseOptions{}), entities<SmallBox, BigBox>(),
                      SchemaAction::create_missing, *naming};
    EventLoop loop;
    const auto body = [&]() -> Task<void> {
      co_await source.on_module_init();
      EntityManager em{source};
      BigBox& big = em.create<BigBox>();
      SmallBox& small = em.create<SmallBox>({.storedIn = big, .thePrice = {5}, .customName = "n"});
      big.likedBoxes.add(small);
      co_await em.flush();
      EntityManager other{source};
      const auto found = co_await other.find<BigBox>(
          f<&BigBox::smallBoxes>.some(f<&SmallBox::thePrice, &BoxPrice::netAmount> == 5),
          populate<&BigBox::likedBoxes>());
      EXPECT_EQ(found.size(), 1U);
      EXPECT_EQ(found.front()->likedBoxes.items().size(), 1U);
      co_await source.drop_schema();
      co_await source.database().close();
    };
    loop.block_on(body());
  }
}

}  // namespace
}  // namespace roost::orm
