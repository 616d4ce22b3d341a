// Keys that the database gives while others of the same flush wait for them: what refers to what in
// the end, and how many round trips it took.
#include <roost/orm/case_fixture_impl.hpp>

#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::HasSubstr;

struct Shipment;

struct ParcelLabel {
  std::int32_t id{};
  std::string text{};
  static constexpr auto meta = orm::entity("parcel_labels", primary_key<&ParcelLabel::id>());
};

struct Parcel {
  std::int64_t id{};
  std::string name{};
  Ref<Shipment> shipment{};
  Ref<Parcel> inside{};
  Collection<ParcelLabel> labels{};
  static constexpr auto meta =
      orm::entity("parcels", primary_key<&Parcel::id>(), many_to_one<&Parcel::shipment>(nullable),
                  many_to_one<&Parcel::inside>(nullable), many_to_many<&Parcel::labels>());
};

struct Shipment {
  std::int64_t id{};
  std::string name{};
  Collection<Parcel> parcels{};
  static constexpr auto meta =
      orm::entity("shipments", primary_key<&Shipment::id>(),
                  one_to_many<&Shipment::parcels>(mapped_by<&Parcel::shipment>));
};

struct Vehicle {
  std::int32_t id{};
  std::string plate{};
  Ref<Vehicle> trailer{};
  static constexpr auto meta =
      orm::entity("gk_vehicles", primary_key<&Vehicle::id>(), joined_tables("kind"),
                  many_to_one<&Vehicle::trailer>(nullable));
};

struct Lorry : Vehicle {
  int tons = 0;
  static constexpr auto meta =
      orm::extends<Vehicle>("lorry", field<&Lorry::id>(), field<&Lorry::plate>(),
                            field<&Lorry::trailer>(), field<&Lorry::tons>());
};

class GeneratedKeys : public CaseTest {
 protected:
  GeneratedKeys() : CaseTest{entities<ParcelLabel, Parcel, Shipment, Vehicle, Lorry>()} {}

  /// Round trips that a flush took beside its first one.
  Task<std::uint64_t> extra_trips(EntityManager& em) {
    const std::uint64_t before = source_->database().statistics().extra_round_trips;
    co_await em.flush();
    co_return source_->database().statistics().extra_round_trips - before;
  }

  static Shipment& with_parcels(EntityManager& em, const std::string& name, int count) {
    Shipment& shipment = em.create<Shipment>({.name = name});
    for (int i = 0; i < count; ++i) {
      shipment.parcels.add(Parcel{.name = name + std::to_string(i)});
    }
    return shipment;
  }

  /// Of each shipment the names of its parcels, as another manager reads them.
  Task<std::string> stored() {
    EntityManager em{*source_};
    const auto all = co_await em.find<const Shipment>(populate<&Shipment::parcels>(),
                                                      order_by(asc<&Shipment::id>()));
    std::string text;
    for (const Shipment* shipment : all) {
      text += shipment->name + ":";
      for (const Parcel& parcel : shipment->parcels) text += " " + parcel.name;
      text += "; ";
    }
    co_return text;
  }
};

TEST_F(GeneratedKeys, OfOneParentCostNoRoundTrip) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Shipment& shipment = with_parcels(em, "a", 5);
    EXPECT_EQ(co_await extra_trips(em), 0U);
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_GT(shipment.id, 0);
    for (const Parcel& parcel : shipment.parcels) {
      EXPECT_GT(parcel.id, 0);
      EXPECT_EQ(parcel.shipment.key<std::int64_t>(), shipment.id);
    }
    EXPECT_EQ(co_await stored(), "a: a0 a1 a2 a3 a4; ");
    // What was applied is what the database has: there is nothing left to write.
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(GeneratedKeys, OfALevelWithOneRowNeither) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    // More levels than settings are used: the deepest ones are asked for.
    std::vector<Parcel*> chain;
    for (int i = 0; i < 12; ++i) {
      Parcel& parcel = em.create<Parcel>({.name = std::to_string(i)});
      if (i > 0) parcel.inside = *chain.back();
      chain.push_back(&parcel);
    }
    const std::uint64_t extra = co_await extra_trips(em);
    EXPECT_EQ(extra, on_postgresql() ? 3U : 0U);
    EXPECT_EQ(sent(), 12U) << sent_texts();
    EntityManager check{*source_};
    const Parcel* found = co_await check.find_one<Parcel>(chain.back()->id);
    for (int i = 11; i >= 0; --i) {
      EXPECT_EQ(found->name, std::to_string(i));
      EXPECT_EQ(found->id, chain[static_cast<std::size_t>(i)]->id);
      if (i == 0) break;
      found = co_await check.find_one<Parcel>(found->inside.key<std::int64_t>());
    }
    EXPECT_TRUE(found->inside.is_null());
  });
}

TEST_F(GeneratedKeys, OfSeveralRowsAreAskedForOnce) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    with_parcels(em, "a", 2);
    with_parcels(em, "b", 3);
    EXPECT_EQ(co_await extra_trips(em), on_postgresql() ? 1U : 0U);
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_EQ(co_await stored(), "a: a0 a1; b: b0 b1 b2; ");
  });
}

TEST_F(GeneratedKeys, ReachPairsAndRowsThatWereThere) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    ParcelLabel& fragile = em.create<ParcelLabel>({.text = "fragile"});
    ParcelLabel& heavy = em.create<ParcelLabel>({.text = "heavy"});
    Parcel& old = em.create<Parcel>({.name = "old"});
    co_await em.flush();
    Parcel& added = em.create<Parcel>({.name = "new"});
    added.labels.add(fragile);
    added.labels.add(heavy);
    old.inside = added;  // an update that needs the key
    EXPECT_EQ(co_await extra_trips(em), 0U);
    EntityManager check{*source_};
    const auto& found =
        co_await check.find_one_or_fail<const Parcel>(added.id, populate<&Parcel::labels>());
    EXPECT_EQ(found.labels.size(), 2U);
    const auto& inside = co_await check.find_one_or_fail<const Parcel>(old.id);
    EXPECT_EQ(inside.inside.key<std::int64_t>(), added.id);
  });
}

TEST_F(GeneratedKeys, OfJoinedTables) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Lorry& lorry = em.create<Lorry>({});
    lorry.plate = "L";
    lorry.tons = 7;
    Vehicle& trailer = em.create<Vehicle>({.plate = "T"});
    lorry.trailer = trailer;
    EXPECT_EQ(co_await extra_trips(em), 0U);
    EntityManager check{*source_};
    const auto& found = co_await check.find_one_or_fail<const Lorry>(lorry.id);
    EXPECT_EQ(found.tons, 7);
    EXPECT_EQ(found.trailer.key<std::int32_t>(), trailer.id);
  });
}

TEST_F(GeneratedKeys, OfSeveralFlushesInATransactionAreKeptApart) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto body = [&](EntityManager& inner) -> Task<void> {
      with_parcels(inner, "a", 1);
      co_await inner.flush();
      with_parcels(inner, "b", 2);
      co_await inner.flush();
    };
    co_await em.transactional(body);
    EXPECT_EQ(co_await stored(), "a: a0; b: b0 b1; ");
  });
}

TEST_F(GeneratedKeys, OfARowThatATriggerSuppressesAreAnErrorAndNothingIsWritten) {
  run([&]() -> Task<void> {
    if (!on_postgresql()) co_return;  // a trigger of SQLite cannot
    co_await source_->database().run_script(
        "create function suppress() returns trigger language plpgsql as "
        "'begin if new.name = ''bad'' then return null; end if; return new; end';"
        "create trigger suppress before insert on shipments for each row "
        "execute function suppress()");
    EntityManager em{*source_};
    with_parcels(em, "bad", 2);
    EXPECT_TRUE(co_await refuses<Error>(em.flush()));
    EXPECT_EQ(co_await stored(), "");
    // In a transaction there is the key of an earlier flush, which must not be taken for it.
    EntityManager other{*source_};
    const auto body = [&](EntityManager& inner) -> Task<void> {
      with_parcels(inner, "good", 1);
      co_await inner.flush();
      with_parcels(inner, "bad", 1);
      co_await inner.flush();
    };
    EXPECT_TRUE(co_await refuses<Error>(other.transactional(body)));
    EXPECT_EQ(co_await stored(), "");
    const std::int64_t parcels =
        co_await source_->database().query_one<std::int64_t>(sql("select count(*) from parcels"));
    EXPECT_EQ(parcels, 0);
  });
}

}  // namespace
}  // namespace roost::orm
