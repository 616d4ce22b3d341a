// Keys from pools where rows are written in bulk, where classes share tables or have several, where
// keys of other classes are made of them, and where flushes and savepoints are undone.
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/errors.hpp>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace roost::orm {
namespace {

struct Parcel;
struct ParcelLine;

/// Pooled itself; refers to a key of which a pooled one is a part.
struct LineRemark {
  std::int32_t id{};
  std::string text{};
  Ref<ParcelLine> line{};
  static constexpr auto meta =
      orm::entity("line_remarks", pooled_key<&LineRemark::id>(3), many_to_one<&LineRemark::line>());
};
/// Its key begins with one that is pooled.
struct ParcelLine {
  Ref<Parcel> parcel{};
  int number = 0;
  std::string text{};
  Collection<LineRemark> remarks{};
  static constexpr auto meta =
      orm::entity("parcel_lines", primary_key<&ParcelLine::parcel, &ParcelLine::number>(),
                  many_to_one<&ParcelLine::parcel>(),
                  one_to_many<&ParcelLine::remarks>(mapped_by<&LineRemark::line>));
};
/// Its key is that of its parcel.
struct Receipt {
  Ref<Parcel> parcel{};
  std::string text{};
  static constexpr auto meta =
      orm::entity("receipts", primary_key<&Receipt::parcel>(), one_to_one<&Receipt::parcel>());
};
struct Parcel {
  std::int64_t id{};
  std::string name{};
  int weight = 0;
  Collection<ParcelLine> lines{};
  Ref<Receipt> receipt{};
  static constexpr auto meta =
      orm::entity("parcels", pooled_key<&Parcel::id>(5), unique<&Parcel::name>(),
                  one_to_many<&Parcel::lines>(mapped_by<&ParcelLine::parcel>),
                  one_to_one<&Parcel::receipt>(mapped_by<&Receipt::parcel>));
};

struct Wagon {
  std::int64_t id{};
  std::string name{};
  Ref<Wagon> behind{};
  static constexpr auto meta =
      orm::entity("wagons", pooled_key<&Wagon::id>(4), single_table("kind"), unique<&Wagon::name>(),
                  many_to_one<&Wagon::behind>(nullable));
};
struct TankWagon : Wagon {
  int litres = 0;
  static constexpr auto meta =
      orm::extends<Wagon>("tank", field<&TankWagon::id>(), field<&TankWagon::name>(),
                          field<&TankWagon::behind>(), field<&TankWagon::litres>());
};
struct FlatWagon : Wagon {
  int length = 0;
  Ref<Parcel> load{};
  static constexpr auto meta = orm::extends<Wagon>(
      "flat", field<&FlatWagon::id>(), field<&FlatWagon::name>(), field<&FlatWagon::behind>(),
      field<&FlatWagon::length>(), many_to_one<&FlatWagon::load>(nullable));
};

struct Machine {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta = orm::entity("machines", pooled_key<&Machine::id>(4),
                                           joined_tables("kind"), unique<&Machine::name>());
};
struct Press : Machine {
  int force = 0;
  static constexpr auto meta = orm::extends<Machine>("presses", field<&Press::id>(),
                                                     field<&Press::name>(), field<&Press::force>());
};
struct HotPress : Press {
  int heat = 0;
  Ref<Machine> fed_by{};
  static constexpr auto meta = orm::extends<Press>(
      "hot_presses", field<&HotPress::id>(), field<&HotPress::name>(), field<&HotPress::force>(),
      field<&HotPress::heat>(), many_to_one<&HotPress::fed_by>(nullable));
};

// The same with keys that are generated one by one.
struct Voyage {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta = orm::entity("voyages", primary_key<&Voyage::id>());
};
struct Leg {
  Ref<Voyage> voyage{};
  int number = 0;
  static constexpr auto meta =
      orm::entity("legs", primary_key<&Leg::voyage, &Leg::number>(), many_to_one<&Leg::voyage>());
};
struct LogEntry {
  std::int64_t id{};
  std::string text{};
  Ref<Leg> leg{};
  Ref<Leg> next{};
  static constexpr auto meta =
      orm::entity("log_entries", primary_key<&LogEntry::id>(), unique<&LogEntry::text>(),
                  many_to_one<&LogEntry::leg>(), many_to_one<&LogEntry::next>(nullable));
};

class PooledGraphs : public CaseTest {
 protected:
  PooledGraphs()
      : CaseTest{entities<Parcel, ParcelLine, LineRemark, Receipt, Wagon, TankWagon, FlatWagon,
                          Machine, Press, HotPress>()} {}

  [[nodiscard]] std::uint64_t extra_trips() const {
    return source_->database().statistics().extra_round_trips;
  }
  /// The pools have numbers; what follows need not ask for them.
  Task<void> fill_pools() {
    EntityManager em{*source_};
    static_cast<void>(with_lines(em, "the first", 1));
    co_await em.flush();
    static_cast<void>(sent());
  }

  static Parcel& with_lines(EntityManager& em, const std::string& name, int count) {
    Parcel& parcel = em.create<Parcel>({.name = name});
    for (int i = 1; i <= count; ++i) {
      ParcelLine& line =
          em.create<ParcelLine>({.parcel = parcel, .number = i, .text = name + std::to_string(i)});
      em.create<LineRemark>({.text = "on " + line.text, .line = line});
    }
    em.create<Receipt>({.parcel = parcel, .text = "of " + name});
    return parcel;
  }

  /// What `with_lines` made, as another manager reads it.
  Task<void> expect_lines(std::string name, std::size_t count) {
    EntityManager em{*source_};
    Expression condition = f<&Parcel::name> == name;
    const auto& parcel = co_await em.find_one_or_fail<const Parcel>(
        std::move(condition), populate<&Parcel::lines, &ParcelLine::remarks>(),
        populate<&Parcel::receipt>());
    EXPECT_EQ(parcel.lines.size(), count) << name;
    EXPECT_EQ(parcel.receipt->text, "of " + name);
    for (const ParcelLine& line : parcel.lines) {
      EXPECT_EQ(line.text, name + std::to_string(line.number));
      EXPECT_EQ(line.remarks.size(), 1U) << line.text;
      if (line.remarks.empty()) continue;
      EXPECT_EQ(line.remarks[0].text, "on " + line.text);
    }
    static_cast<void>(sent());
  }

  /// Each number is given to one row only, also to those that were not kept. SQLite gives numbers
  /// of rows that were rolled back again.
  void expect_new(std::int64_t id) {
    EXPECT_GT(id, 0);
    const bool is_new = given_.insert(id).second;
    EXPECT_TRUE(is_new || !on_postgresql()) << id << " was given twice";
  }

  std::set<std::int64_t> given_;
};

// --- keys that are made of pooled ones

TEST_F(PooledGraphs, KeysOfWhichPooledOnesAreAPartAreOneRoundTrip) {
  run([&]() -> Task<void> {
    co_await fill_pools();
    EntityManager em{*source_};
    const std::uint64_t before = extra_trips();
    Parcel& parcel = with_lines(em, "graph", 2);
    co_await em.flush();
    EXPECT_EQ(extra_trips(), before);
    EXPECT_GT(parcel.id, 0);
    co_await expect_lines("graph", 2);
    // The manager knows them by their keys, and has nothing more to write.
    const ParcelLine* line = co_await em.find_one<ParcelLine>(parcel.id, 2);
    EXPECT_EQ(sent(), 0U) << sent_texts();
    EXPECT_EQ(line == nullptr ? "" : line->text, "graph2");
    const Receipt* receipt = co_await em.find_one<Receipt>(parcel.id);
    EXPECT_EQ(sent(), 0U) << sent_texts();
    EXPECT_EQ(receipt == nullptr ? "" : receipt->text, "of graph");
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(PooledGraphs, ManyMoreThanABlockHolds) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    for (int i = 0; i < 40; ++i) {
      static_cast<void>(with_lines(em, "parcel " + std::to_string(i) + "/", i % 4));
    }
    co_await em.flush();
    for (int i = 0; i < 40; ++i) {
      std::string name = "parcel " + std::to_string(i) + "/";
      co_await expect_lines(std::move(name), static_cast<std::size_t>(i % 4));
    }
    EntityManager check{*source_};
    EXPECT_EQ(co_await check.count<ParcelLine>(), 60U);
    EXPECT_EQ(co_await check.count<LineRemark>(), 60U);
  });
}

TEST_F(PooledGraphs, AKeyThatRefersToARefusedRowIsMadeAgain) {
  run([&]() -> Task<void> {
    co_await fill_pools();
    EntityManager em{*source_};
    Parcel& parcel = with_lines(em, "the first", 2);
    for (int attempt = 0; attempt < 3; ++attempt) {
      EXPECT_TRUE(co_await refuses<db::UniqueViolation>(em.flush()));
      EXPECT_EQ(parcel.id, 0);
      // Nobody has taken the place of what was not written.
      const auto remarks = co_await em.find<LineRemark>();
      for (const LineRemark* remark : remarks) {
        EXPECT_EQ(remark->text, "on the first1");
      }
    }
    parcel.name = "another";
    for (ParcelLine& line : parcel.lines) line.text = "another" + std::to_string(line.number);
    const std::vector<ParcelLine*> lines = parcel.lines.items();
    for (ParcelLine* line : lines) {
      for (LineRemark& remark : line->remarks) remark.text = "on " + line->text;
    }
    parcel.receipt->text = "of another";
    co_await em.flush();
    co_await expect_lines("another", 2);
    co_await expect_lines("the first", 1);
    const ParcelLine* known = co_await em.find_one<ParcelLine>(parcel.id, 1);
    EXPECT_EQ(known, lines.at(0));
  });
}

class GeneratedParts : public CaseTest {
 protected:
  GeneratedParts() : CaseTest{entities<Voyage, Leg, LogEntry>()} {}
};

TEST_F(GeneratedParts, PartsOfAKeyThatAreKnownAreNotWaitedFor) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Voyage& first = em.create<Voyage>({.name = "first"});
    Leg& one = em.create<Leg>({.voyage = first, .number = 1});
    Leg& two = em.create<Leg>({.voyage = first, .number = 2});
    LogEntry& a = em.create<LogEntry>({.text = "a", .leg = one, .next = two});
    LogEntry& b = em.create<LogEntry>({.text = "b", .leg = two});
    co_await em.flush();
    // Entries that exist go to legs that are new; "a" must leave its text before "c" takes it.
    Voyage& second = em.create<Voyage>({.name = "second"});
    Leg& three = em.create<Leg>({.voyage = second, .number = 3});
    Leg& four = em.create<Leg>({.voyage = second, .number = 4});
    a.leg = three;
    a.next = four;
    a.text = "was a";
    b.next = three;
    LogEntry& c = em.create<LogEntry>({.text = "a", .leg = four, .next = one});
    co_await em.flush();
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
    EntityManager check{*source_};
    const auto entries = co_await check.find<const LogEntry>(
        order_by(asc<&LogEntry::id>), populate<&LogEntry::leg>(), populate<&LogEntry::next>());
    std::string stored;
    for (const LogEntry* entry : entries) {
      stored += entry->text + " " + std::to_string(entry->leg->voyage.key<std::int64_t>()) + "/" +
                std::to_string(entry->leg->number) + " to ";
      stored += entry->next.is_null() ? std::string{"nowhere"}
                                      : std::to_string(entry->next->voyage.key<std::int64_t>()) +
                                            "/" + std::to_string(entry->next->number);
      stored += "; ";
    }
    EXPECT_EQ(stored, "was a 2/3 to 2/4; b 1/2 to 2/3; a 2/4 to 1/1; ");
    EXPECT_EQ(c.leg->number, 4);
  });
}

// --- savepoints and transactions that are undone

TEST_F(PooledGraphs, NumbersOfASavepointThatWasRolledBackAreNotGivenAgain) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Parcel* kept = nullptr;
    Parcel* undone = nullptr;
    const auto inner = [&](EntityManager& nested) -> Task<void> {
      undone = &with_lines(nested, "undone", 3);
      co_await nested.flush();
      expect_new(undone->id);
      throw UsageError("no");
    };
    const auto outer = [&](EntityManager& tx) -> Task<void> {
      kept = &with_lines(tx, "kept", 2);
      co_await tx.flush();
      expect_new(kept->id);
      for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(co_await refuses<UsageError>(tx.transactional(inner)));
        EXPECT_EQ(undone->id, 0);
        EXPECT_EQ(undone->lines.size(), 3U);
        undone->name += std::to_string(i);
      }
    };
    co_await em.transactional(outer);
    // The four that were rolled back were new again, so the commit wrote them.
    EntityManager check{*source_};
    const auto all = co_await check.find<const Parcel>(populate<&Parcel::lines>());
    EXPECT_EQ(all.size(), 5U);
    for (const Parcel* parcel : all) {
      if (parcel->name != "kept") expect_new(parcel->id);
      EXPECT_EQ(parcel->lines.size(), parcel->name == "kept" ? 2U : 3U) << parcel->name;
    }
    EXPECT_EQ(co_await check.count<LineRemark>(), 14U);
    EXPECT_EQ(co_await check.count<Receipt>(), 5U);
    // The keys by which the manager knows them are the new ones.
    const ParcelLine* line = co_await em.find_one<ParcelLine>(undone->id, 3);
    EXPECT_EQ(line, line == nullptr ? nullptr : &undone->lines[2]);
    EXPECT_NE(line, nullptr);
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(PooledGraphs, AFlushThatIsRefusedInASavepointIsTriedAgain) {
  run([&]() -> Task<void> {
    co_await fill_pools();
    EntityManager em{*source_};
    Parcel* parcel = nullptr;
    const auto inner = [&](EntityManager& nested) -> Task<void> {
      parcel = &with_lines(nested, "the first", 2);
      co_await nested.flush();
    };
    const auto outer = [&](EntityManager& tx) -> Task<void> {
      Parcel& before = with_lines(tx, "before", 1);
      co_await tx.flush();
      expect_new(before.id);
      EXPECT_TRUE(co_await refuses<db::UniqueViolation>(tx.transactional(inner)));
      EXPECT_EQ(parcel->id, 0);
      EXPECT_GT(before.id, 0);
      parcel->name = "second";
      co_await tx.flush();
      expect_new(parcel->id);
    };
    co_await em.transactional(outer);
    EntityManager check{*source_};
    EXPECT_EQ(co_await check.count<Parcel>(), 3U);
    EXPECT_EQ(co_await check.count<ParcelLine>(), 4U);
    EXPECT_EQ(co_await check.count<LineRemark>(), 4U);
  });
}

// --- in bulk

TEST_F(PooledGraphs, RowsInBulkAndUpsertsTakeNoNumberThatAnotherHas) {
  run([&]() -> Task<void> {
    for (int round = 0; round < 6; ++round) {
      const std::string prefix = std::to_string(round) + "/";
      EntityManager em{*source_};
      std::vector<Parcel> rows(7);
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i].name = prefix + std::to_string(i);
      rows = co_await em.insert_many(std::move(rows));
      for (const Parcel& row : rows) expect_new(row.id);
      const Parcel& flushed = with_lines(em, prefix + "flushed", 1);
      co_await em.flush();
      expect_new(flushed.id);
      Parcel given{.name = prefix + "put", .weight = 1};
      const Parcel& put = co_await em.upsert(std::move(given));
      expect_new(put.id);
      std::vector<Parcel> mixed{{.name = prefix + "0", .weight = 3},
                                {.name = prefix + "new", .weight = 4}};
      const std::vector<Parcel*> upserted =
          co_await em.upsert_many(std::move(mixed), on_conflict<&Parcel::name>());
      EXPECT_EQ(upserted.at(0)->id, rows[0].id);
      EXPECT_EQ(upserted.at(0)->weight, 3);
      expect_new(upserted.at(1)->id);
      Parcel wanted{.name = prefix + "new"};
      const Parcel& same =
          co_await em.insert_or_find(std::move(wanted), on_conflict<&Parcel::name>());
      EXPECT_EQ(&same, upserted.at(1));
    }
    EntityManager check{*source_};
    EXPECT_EQ(co_await check.count<Parcel>(), 60U);
  });
}

// --- families of classes

TEST_F(PooledGraphs, ClassesOfOneTableTakeFromOnePool) {
  run([&]() -> Task<void> {
    for (int round = 0; round < 5; ++round) {
      const std::string prefix = std::to_string(round) + "/";
      EntityManager em{*source_};
      Wagon& plain = em.create<Wagon>({.name = prefix + "plain"});
      TankWagon& tank = em.create<TankWagon>({});
      tank.name = prefix + "tank";
      tank.litres = round;
      FlatWagon& flat = em.create<FlatWagon>({});
      flat.name = prefix + "flat";
      Parcel& load = em.create<Parcel>({.name = prefix + "load"});
      flat.load = load;
      // A ring, which no order of the rows could write without their keys.
      plain.behind = tank;
      tank.behind = flat;
      flat.behind = plain;
      const std::uint64_t before = extra_trips();
      co_await em.flush();
      EXPECT_EQ(extra_trips(), before);
      for (const std::int64_t id : {plain.id, tank.id, flat.id}) expect_new(id);
      std::vector<TankWagon> rows(3);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].name = prefix + "bulk" + std::to_string(i);
        rows[i].litres = static_cast<int>(i);
      }
      rows = co_await em.insert_many(std::move(rows));
      for (const TankWagon& row : rows) expect_new(row.id);
      EntityManager check{*source_};
      const auto& found = co_await check.find_one_or_fail<const FlatWagon>(
          flat.id, populate<&FlatWagon::load>(), populate<&FlatWagon::behind>());
      EXPECT_EQ(found.load->name, prefix + "load");
      EXPECT_EQ(found.behind->name, prefix + "plain");
      const auto& front = co_await check.find_one_or_fail<const TankWagon>(tank.id);
      EXPECT_EQ(front.behind.key<std::int64_t>(), flat.id);
      EXPECT_EQ(front.litres, round);
    }
    EntityManager check{*source_};
    EXPECT_EQ(co_await check.count<Wagon>(), 30U);
    EXPECT_EQ(co_await check.count<TankWagon>(), 20U);
  });
}

TEST_F(PooledGraphs, ClassesOfSeveralTablesTakeFromOnePool) {
  run([&]() -> Task<void> {
    for (int round = 0; round < 5; ++round) {
      const std::string prefix = std::to_string(round) + "/";
      EntityManager em{*source_};
      Machine& plain = em.create<Machine>({.name = prefix + "plain"});
      HotPress& hot = em.create<HotPress>({});
      hot.name = prefix + "hot";
      hot.heat = 100 + round;
      hot.fed_by = plain;
      Press& press = em.create<Press>({});
      press.name = prefix + "press";
      press.force = round;
      co_await em.flush();
      for (const std::int64_t id : {plain.id, hot.id, press.id}) expect_new(id);
      std::vector<HotPress> rows(2);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].name = prefix + "bulk" + std::to_string(i);
        rows[i].heat = static_cast<int>(i);
      }
      rows = co_await em.insert_many(std::move(rows));
      for (const HotPress& row : rows) expect_new(row.id);
      EntityManager check{*source_};
      const auto& found =
          co_await check.find_one_or_fail<const HotPress>(hot.id, populate<&HotPress::fed_by>());
      EXPECT_EQ(found.heat, 100 + round);
      EXPECT_EQ(found.fed_by->name, prefix + "plain");
      // A refused name leaves none of the tables' rows and no key.
      HotPress& refused = em.create<HotPress>({});
      refused.name = prefix + "plain";
      EXPECT_TRUE(co_await refuses<db::UniqueViolation>(em.flush()));
      EXPECT_EQ(refused.id, 0);
      refused.name = prefix + "accepted";
      co_await em.flush();
      expect_new(refused.id);
    }
    EntityManager check{*source_};
    EXPECT_EQ(co_await check.count<Machine>(), 30U);
    EXPECT_EQ(co_await check.count<Press>(), 25U);
    EXPECT_EQ(co_await check.count<HotPress>(), 20U);
  });
}

}  // namespace
}  // namespace roost::orm
