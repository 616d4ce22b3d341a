// Many to many with one table of pairs for several classes.
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/metadata_fault_impl.hpp>
#include <roost/orm/schema_of.hpp>

#include <string>
#include <utility>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Sticker;

struct Memo {
  std::int64_t id{};
  std::string text{};
  Collection<Sticker> labels{};
  static constexpr auto meta =
      orm::entity("memos", primary_key<&Memo::id>(),
                  many_to_many<&Memo::labels>(shared_pivot("labelings", "thing")));
};
struct Snap {
  std::int64_t id{};
  std::string text{};
  Collection<Sticker> labels{};
  static constexpr auto meta =
      orm::entity("snaps", primary_key<&Snap::id>(),
                  many_to_many<&Snap::labels>(shared_pivot("labelings", "thing", "snap's")));
};
struct Sticker {
  std::int64_t id{};
  std::string name{};
  Collection<Memo> memos{};
  Collection<Snap> snaps{};
  static constexpr auto meta = orm::entity("stickers", primary_key<&Sticker::id>(),
                                           many_to_many<&Sticker::memos>(mapped_by<&Memo::labels>),
                                           many_to_many<&Sticker::snaps>(mapped_by<&Snap::labels>));
};

class SharedPivots : public CaseTest {
 protected:
  SharedPivots() : CaseTest(entities<Memo, Snap, Sticker>()) {}

  /// Memo 1 with labels 1 and 2, memo 2 with 2; snap 1 with 2 and 3, snap 2 with none.
  Task<void> prepare() override {
    EntityManager em{*source_};
    std::vector<Sticker*> labels;
    for (const char* name : {"a", "b", "c"}) labels.push_back(&em.create<Sticker>({.name = name}));
    Memo& one = em.create<Memo>({.text = "m1"});
    Memo& two = em.create<Memo>({.text = "m2"});
    Snap& snap = em.create<Snap>({.text = "s1"});
    em.create<Snap>({.text = "s2"});
    one.labels.add(*labels[0]);
    one.labels.add(*labels[1]);
    two.labels.add(*labels[1]);
    snap.labels.add(*labels[1]);
    labels[2]->snaps.add(snap);  // from the other side
    co_await em.flush();
  }

  Task<std::vector<std::string>> pairs() {
    EntityManager em{*source_};
    std::vector<std::string> found = co_await em.execute<std::string>(
        sql("select thing_type || ' ' || thing_id || ' ' || sticker_id from labelings "
            "order by thing_type, thing_id, sticker_id"));
    static_cast<void>(log_->take());
    co_return found;
  }

  template <class Range>
  static std::vector<std::int64_t> keys_of(const Range& entities) {
    std::vector<std::int64_t> keys;
    for (const auto& entity : entities) keys.push_back(entity.id);
    return keys;
  }
};

TEST_F(SharedPivots, AreOneTableThatSaysTheClass) {
  run([&]() -> Task<void> {
    const auto stored = co_await pairs();
    EXPECT_THAT(stored,
                ElementsAre("memos 1 1", "memos 1 2", "memos 2 2", "snap's 1 2", "snap's 1 3"));
    const schema::Schema wanted = schema_of(source_->metadata());
    EXPECT_EQ(wanted.tables.size(), 4U);
    const schema::Table& table = wanted.tables.back();
    EXPECT_EQ(table.name, "labelings");
    EXPECT_THAT(table.primary_key, ElementsAre("thing_type", "thing_id", "sticker_id"));
    EXPECT_EQ(table.foreign_keys.size(), 1U);
    EXPECT_EQ(table.foreign_keys.front().target_table, "stickers");
    co_await source_->verify_schema();
  });
}

TEST_F(SharedPivots, AreReadFromBothSides) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto memos = co_await em.find<Memo>(order_by(asc<&Memo::id>), populate<&Memo::labels>());
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_THAT(keys_of(memos[0]->labels), ElementsAre(1, 2));
    EXPECT_THAT(keys_of(memos[1]->labels), ElementsAre(2)) << "snap 2 has the same key and none";
    EntityManager other{*source_};
    Sticker& label = co_await other.find_one_or_fail<Sticker>(2, populate<&Sticker::memos>(),
                                                              populate<&Sticker::snaps>());
    EXPECT_THAT(keys_of(label.memos), ElementsAre(1, 2));
    EXPECT_THAT(keys_of(label.snaps), ElementsAre(1));
    EntityManager third{*source_};
    const auto joined_ones =
        co_await third.find<Snap>(order_by(asc<&Snap::id>), populate<&Snap::labels>(joined));
    EXPECT_THAT(keys_of(joined_ones[0]->labels), ElementsAre(2, 3));
    EXPECT_THAT(keys_of(joined_ones[1]->labels), IsEmpty());
    Memo& memo = co_await third.find_one_or_fail<Memo>(1);
    const std::size_t count = co_await memo.labels.load_count();
    EXPECT_EQ(count, 2U);
    const std::size_t fitting = co_await memo.labels.load_count(f<&Sticker::name> == "c");
    EXPECT_EQ(fitting, 0U) << "that is a label of snap 1";
    const auto matching = co_await memo.labels.matching(order_by(desc<&Sticker::name>), limit(1));
    EXPECT_EQ(matching.front()->name, "b");
    const auto limited = co_await third.find<Memo>(
        order_by(asc<&Memo::id>), populate<&Memo::labels>(order_by(desc<&Sticker::id>), limit(1)));
    EXPECT_EQ(limited.size(), 2U);
    const auto with_c = co_await third.find<Memo>(f<&Memo::labels>.some(f<&Sticker::name> == "c"));
    EXPECT_THAT(with_c, IsEmpty());
    const auto snaps = co_await third.find<Snap>(f<&Snap::labels>.none());
    EXPECT_EQ(snaps.size(), 1U);
    EXPECT_EQ(snaps.front()->id, 2);
    const auto labels =
        co_await third.find<Sticker>(f<&Sticker::snaps>.some(f<&Snap::text> == "s1"));
    EXPECT_EQ(labels.size(), 2U);
  });
}

TEST_F(SharedPivots, OnlyTheDifferenceIsWritten) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Memo& memo = co_await em.find_one_or_fail<Memo>(1, populate<&Memo::labels>());
    Snap& snap = co_await em.find_one_or_fail<Snap>(1);
    static_cast<void>(sent());
    memo.labels.remove(memo.labels[1]);
    memo.labels.add(em.reference<Sticker>(3));
    snap.labels.remove(em.reference<Sticker>(2));  // not loaded
    co_await em.flush();
    EXPECT_EQ(sent(), 3U) << sent_texts();
    auto stored = co_await pairs();
    EXPECT_THAT(stored, ElementsAre("memos 1 1", "memos 1 3", "memos 2 2", "snap's 1 3"));
    co_await em.flush();
    EXPECT_EQ(sent(), 0U);
    // Replaced unread: pairs of the other class with the same key stay.
    EntityManager other{*source_};
    Snap& unread = co_await other.find_one_or_fail<Snap>(1);
    Sticker& first = co_await other.find_one_or_fail<Sticker>(1);
    Sticker& second = co_await other.find_one_or_fail<Sticker>(2);
    const std::vector<Sticker*> wanted{&first, &second};
    unread.labels.set(wanted);
    co_await other.flush();
    stored = co_await pairs();
    EXPECT_THAT(stored,
                ElementsAre("memos 1 1", "memos 1 3", "memos 2 2", "snap's 1 1", "snap's 1 2"));
    EntityManager third{*source_};
    Sticker& label = co_await third.find_one_or_fail<Sticker>(2);
    label.memos.clear();
    co_await third.flush();
    stored = co_await pairs();
    EXPECT_THAT(stored, ElementsAre("memos 1 1", "memos 1 3", "snap's 1 1", "snap's 1 2"));
  });
}

TEST_F(SharedPivots, PairsGoWithWhatTheyConnect) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Memo& memo = co_await em.find_one_or_fail<Memo>(1);
    em.remove(memo);
    co_await em.flush();
    auto stored = co_await pairs();
    EXPECT_THAT(stored, ElementsAre("memos 2 2", "snap's 1 2", "snap's 1 3"));
    Sticker& label = co_await em.find_one_or_fail<Sticker>(2);
    em.remove(label);
    co_await em.flush();
    stored = co_await pairs();
    EXPECT_THAT(stored, ElementsAre("snap's 1 3"));
    const auto snaps = co_await em.find<Snap>();
    for (Snap* snap : snaps) em.remove(*snap);
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 2U) << "all pairs at once" << sent_texts();
    stored = co_await pairs();
    EXPECT_THAT(stored, IsEmpty());
  });
}

TEST_F(SharedPivots, NewEntitiesOfBothClassesInOneTrip) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Sticker& label = em.create<Sticker>({.name = "n"});
    for (int i = 0; i < 3; ++i) {
      Memo& memo = em.create<Memo>({.text = "m"});
      memo.labels.add(label);
      label.snaps.add(Snap{.text = "s"});
    }
    co_await em.flush();
    const auto stored = co_await pairs();
    EXPECT_EQ(stored.size(), 11U);
    EXPECT_EQ(stored.back(), "snap's 5 4");
  });
}

// What is refused at the start.

struct Binder {
  std::int64_t id{};
  Collection<Sticker> labels{};
  static constexpr auto meta =
      orm::entity("binders", primary_key<&Binder::id>(),
                  many_to_many<&Binder::labels>(shared_pivot("labelings", "thing", "memos")));
};
struct Drawer {
  std::int64_t id{};
  Collection<Sticker> labels{};
  static constexpr auto meta =
      orm::entity("drawers", primary_key<&Drawer::id>(),
                  many_to_many<&Drawer::labels>(shared_pivot("labelings", "object")));
};
struct Chest {
  std::int64_t id{};
  Collection<Memo> memos{};
  static constexpr auto meta =
      orm::entity("chests", primary_key<&Chest::id>(),
                  many_to_many<&Chest::memos>(shared_pivot("labelings", "thing")));
};
struct Hamper {
  std::string code{};
  Collection<Sticker> labels{};
  static constexpr auto meta =
      orm::entity("hampers", primary_key<&Hamper::code>(),
                  many_to_many<&Hamper::labels>(shared_pivot("labelings", "thing")));
};
struct Ledge {
  std::int64_t id{};
  Collection<Sticker> ordered{};
  static constexpr auto meta =
      orm::entity("ledges", primary_key<&Ledge::id>(),
                  many_to_many<&Ledge::ordered>(shared_pivot("others", "thing"), keeps_order));
};
struct Rack {
  int row{};
  int place{};
  Collection<Sticker> labels{};
  static constexpr auto meta =
      orm::entity("racks", primary_key<&Rack::row, &Rack::place>(),
                  many_to_many<&Rack::labels>(shared_pivot("labelings", "thing")));
};

template <class... Other>
std::string fault_with() {
  return fault_of(entities<Memo, Snap, Sticker, Other...>());
}

TEST(SharedPivotFaults, AreNamedAtTheStart) {
  EXPECT_EQ(fault_with<>(), "no fault");
  EXPECT_THAT(fault_with<Binder>(),
              HasSubstr("Binder: labels shares the table labelings with Memo::labels, and "
                        "\"memos\" stands for both there"));
  EXPECT_THAT(fault_with<Drawer>(), HasSubstr("both say shared_pivot with the same member"));
  EXPECT_THAT(fault_with<Chest>(), HasSubstr("and refer to the same class"));
  EXPECT_THAT(fault_with<Hamper>(), HasSubstr("whose key is of another type"));
  EXPECT_THAT(fault_with<Ledge>(), HasSubstr("ordered says shared_pivot: that is for the side"));
  EXPECT_THAT(fault_with<Rack>(),
              HasSubstr("labels says shared_pivot, but the key of Rack is not of one part"));
}

}  // namespace
}  // namespace roost::orm
