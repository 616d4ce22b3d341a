// Keys of which PostgreSQL is asked for many at once: graphs in one round trip, no key twice, and
// failures that leave nothing behind.
#include <roost/async/when_all.hpp>
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/detail/key_pools.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

struct Crate;

struct Bottle {
  std::int32_t id{};
  std::string name{};
  Ref<Crate> crate{};
  static constexpr auto meta =
      orm::entity("pk_bottles", pooled_key<&Bottle::id>(4), many_to_one<&Bottle::crate>(nullable));
};

struct CrateLabel {
  std::int64_t id{};
  std::string text{};
  static constexpr auto meta = orm::entity("pk_labels", pooled_key<&CrateLabel::id>());
};

struct Crate {
  std::int64_t id{};
  std::string name{};
  Ref<Crate> inside{};
  Collection<Bottle> bottles{};
  Collection<CrateLabel> labels{};
  static constexpr auto meta = orm::entity(
      "pk_crates", pooled_key<&Crate::id>(10), unique<&Crate::name>(),
      many_to_one<&Crate::inside>(nullable),
      one_to_many<&Crate::bottles>(mapped_by<&Bottle::crate>), many_to_many<&Crate::labels>());
};

struct Beast {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta =
      orm::entity("pk_beasts", pooled_key<&Beast::id>(), joined_tables("kind"));
};

struct Horse : Beast {
  int races = 0;
  static constexpr auto meta = orm::extends<Beast>("pk_horses", field<&Horse::id>(),
                                                   field<&Horse::name>(), field<&Horse::races>());
};

class PooledKeys : public CaseTest {
 protected:
  PooledKeys() : CaseTest{entities<Bottle, CrateLabel, Crate, Beast, Horse>()} {}

  static Crate& with_bottles(EntityManager& em, const std::string& name, int count) {
    Crate& crate = em.create<Crate>({.name = name});
    for (int i = 0; i < count; ++i) crate.bottles.add(Bottle{.name = std::to_string(i)});
    return crate;
  }
  [[nodiscard]] std::uint64_t extra_trips() const {
    return source_->database().statistics().extra_round_trips;
  }
};

TEST_F(PooledKeys, AGraphIsOneRoundTripOnceTheNumbersAreThere) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    with_bottles(em, "first", 1);
    co_await em.flush();
    static_cast<void>(sent());
    // Several rows of each class, of which the one kind refers to the other, and pairs.
    Crate& outer = with_bottles(em, "outer", 1);
    Crate& inner = with_bottles(em, "inner", 2);
    inner.inside = outer;
    const std::uint64_t before = extra_trips();
    co_await em.flush();
    EXPECT_EQ(extra_trips(), before);
    EXPECT_GT(outer.id, 0);
    EntityManager check{*source_};
    const auto& found = co_await check.find_one_or_fail<const Crate>(
        inner.id, populate<&Crate::bottles>(), populate<&Crate::inside>());
    EXPECT_EQ(found.bottles.size(), 2U);
    EXPECT_EQ(found.inside->name, "outer");
    for (const Bottle& bottle : found.bottles) {
      EXPECT_EQ(bottle.crate.key<std::int64_t>(), inner.id);
    }
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(PooledKeys, NumbersAreAskedForAlongWithWhatIsWritten) {
  run([&]() -> Task<void> {
    if (!on_postgresql()) co_return;
    std::size_t requests = 0;
    std::size_t alone = 0;
    for (int i = 0; i < 40; ++i) {
      EntityManager em{*source_};
      em.create<Bottle>({.name = "bottle"});
      co_await em.flush();
      static_cast<void>(sent());
      const bool asks = std::any_of(
          log_->last.begin(), log_->last.end(),
          [](const std::string& text) { return text.find("nextval") != std::string::npos; });
      requests += asks ? 1 : 0;
      alone += asks && log_->last_units > 1 ? 1 : 0;
    }
    EXPECT_GE(requests, 9U);
    EXPECT_EQ(alone, 1U) << "only the first time there is nothing";
  });
}

TEST_F(PooledKeys, CrossReferencesLabelsAndTablesOfAFamily) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Crate& a = em.create<Crate>({.name = "a"});
    Crate& b = em.create<Crate>({.name = "b"});
    a.inside = b;
    b.inside = a;
    CrateLabel& label = em.create<CrateLabel>({.text = "label"});
    a.labels.add(label);
    b.labels.add(label);
    Horse& horse = em.create<Horse>({});
    horse.name = "horse";
    horse.races = 3;
    co_await em.flush();
    EntityManager check{*source_};
    const auto& found =
        co_await check.find_one_or_fail<const Crate>(a.id, populate<&Crate::labels>());
    EXPECT_EQ(found.inside.key<std::int64_t>(), b.id);
    EXPECT_EQ(found.labels.size(), 1U);
    const auto& other = co_await check.find_one_or_fail<const Horse>(horse.id);
    EXPECT_EQ(other.races, 3);
  });
}

TEST_F(PooledKeys, AFlushThatFailsLeavesNewEntitiesWithoutKey) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    with_bottles(em, "same", 1);
    co_await em.flush();
    EntityManager other{*source_};
    Crate& crate = with_bottles(other, "same", 1);
    EXPECT_TRUE(co_await refuses<db::UniqueViolation>(other.flush()));
    EXPECT_EQ(crate.id, 0);
    crate.name = "another";
    co_await other.flush();
    EXPECT_GT(crate.id, 0);
    EntityManager third{*source_};
    Crate* rolled_back = nullptr;
    const auto body = [&](EntityManager& inner) -> Task<void> {
      rolled_back = &with_bottles(inner, "third", 2);
      co_await inner.flush();
      EXPECT_GT(rolled_back->id, 0);
      throw UsageError("no");
    };
    EXPECT_TRUE(co_await refuses<UsageError>(third.transactional(body)));
    EXPECT_EQ(rolled_back->id, 0);
    co_await third.flush();
    EntityManager check{*source_};
    const auto& found =
        co_await check.find_one_or_fail<const Crate>(rolled_back->id, populate<&Crate::bottles>());
    EXPECT_EQ(found.bottles.size(), 2U);
  });
}

TEST_F(PooledKeys, TheApplicationMayGiveAKeyItselfAndOthersInsertBesideIt) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Crate& own = em.create<Crate>({.id = 100'000, .name = "own"});
    co_await em.flush();
    EXPECT_EQ(own.id, 100'000);
    with_bottles(em, "pooled", 1);
    co_await em.flush();
    for (int i = 0; i < 30; ++i) {
      const std::string name = "sql" + std::to_string(i);
      co_await sql_at_once(sql("insert into pk_crates (name) values ({})", name));
      with_bottles(em, "orm" + std::to_string(i), 1);
      co_await em.flush();
    }
    EntityManager check{*source_};
    EXPECT_EQ(co_await check.count<Crate>(), 62U);
  });
}

TEST_F(PooledKeys, AreNeverGivenTwice) {
  run([&]() -> Task<void> {
    const auto work = [&](int number) -> Task<void> {
      for (int i = 0; i < 25; ++i) {
        EntityManager em{*source_};
        with_bottles(em, std::to_string(number) + "/" + std::to_string(i), i % 7);
        co_await em.flush();
      }
    };
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 8; ++i) tasks.push_back(work(i));
    co_await when_all(std::move(tasks));
    EntityManager check{*source_};
    EXPECT_EQ(co_await check.count<Crate>(), 200U);
    const auto all = co_await check.find<const Crate>(populate<&Crate::bottles>());
    for (const Crate* crate : all) {
      const std::size_t expected = std::stoul(crate->name.substr(2)) % 7;
      EXPECT_EQ(crate->bottles.size(), expected) << crate->name;
    }
  });
}

TEST_F(PooledKeys, AColumnWithoutSequenceIsNamed) {
  run([&]() -> Task<void> {
    if (!on_postgresql()) co_return;
    co_await sql_at_once(sql("alter table pk_labels alter column id drop identity"));
    EntityManager em{*source_};
    CrateLabel& label = em.create<CrateLabel>({.text = "label"});
    std::string message;
    try {
      co_await em.flush();
    } catch (const UsageError& error) {
      message = error.what();
    }
    EXPECT_THAT(message, ::testing::HasSubstr("\"pk_labels\" has no sequence"));
    label.id = 7;
    co_await em.flush();
    EntityManager check{*source_};
    EXPECT_EQ(co_await check.count<CrateLabel>(), 1U);
  });
}

TEST(KeyPools, NumbersOfTablesThatWereDroppedDoNotComeBack) {
  detail::KeyPools pools;
  detail::ReservedKeys keys;
  keys.table = "t";
  pools.take(keys);
  pools.put(keys, {1, 2, 3});
  keys.needed = 2;
  pools.take(keys);
  EXPECT_EQ(keys.numbers, (std::deque<std::int64_t>{1, 2}));
  pools.clear();
  pools.put(keys, keys.numbers);  // a flush that was under way fails
  detail::ReservedKeys others;
  others.table = "t";
  others.needed = 5;
  pools.take(others);
  EXPECT_TRUE(others.numbers.empty());
}

TEST_F(PooledKeys, TablesThatAreMadeAnewBeginAgain) {
  run([&]() -> Task<void> {
    for (int round = 0; round < 3; ++round) {
      EntityManager em{*source_};
      for (int i = 0; i < 30; ++i) with_bottles(em, std::to_string(i), 1);
      co_await em.flush();
      co_await source_->drop_schema();
      static_cast<void>(co_await source_->create_schema());
    }
  });
}

}  // namespace
}  // namespace roost::orm
