// Rows of which only the key is known and a reference of which changes, and what the application
// does between a flush and the rollback that takes the flush back.
#include <roost/orm/case_library_impl.hpp>

#include <stdexcept>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Guest;

struct Seat {
  std::int64_t id{};
  std::string name{};
  int version{};
  Ref<Guest> guest{};
  static constexpr auto meta =
      orm::entity("seats", primary_key<&Seat::id>(), unique<&Seat::name>(),
                  versioned_by<&Seat::version>(), one_to_one<&Seat::guest>(nullable));
};
struct Guest {
  std::int64_t id{};
  std::string name{};
  Ref<Seat> seat{};
  static constexpr auto meta =
      orm::entity("guests", primary_key<&Guest::id>(),
                  one_to_one<&Guest::seat>(mapped_by<&Seat::guest>, with_key));
};

/// Guest 1 has seat 1, guest 2 has seat 2; seat 3 is free.
class UnreadCase : public CaseTest {
 protected:
  UnreadCase() : CaseTest(entities<Guest, Seat>()) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    Guest& first = em.create<Guest>({.name = "G1"});
    Guest& second = em.create<Guest>({.name = "G2"});
    em.create<Seat>({.name = "S1", .guest = first});
    em.create<Seat>({.name = "S2", .guest = second});
    em.create<Seat>({.name = "S3"});
    co_await em.flush();
  }

  /// The guests of the three seats; 0: none.
  Task<std::vector<std::int64_t>> guests() {
    EntityManager em{*source_};
    const auto seats = co_await em.find<Seat>(order_by(asc<&Seat::id>));
    std::vector<std::int64_t> ids;
    for (const Seat* seat : seats) ids.push_back(seat->guest ? seat->guest.key() : 0);
    static_cast<void>(sent());
    co_return ids;
  }
};

TEST_F(UnreadCase, APartnerThatIsNotLoadedIsLeft) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guest& guest = co_await em.find_one_or_fail<Guest>(1);
    Seat& free = co_await em.find_one_or_fail<Seat>(3);
    EXPECT_FALSE(guest.seat.is_loaded());
    static_cast<void>(sent());
    guest.seat = free;
    co_await em.flush();
    EXPECT_EQ(sent(), 2U) << sent_texts();
    const auto now = co_await guests();
    EXPECT_THAT(now, ElementsAre(0, 2, 1));
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(UnreadCase, APartnerIsTakenByItsKey) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guest& guest = em.create<Guest>({.name = "G3"});
    co_await em.flush();
    static_cast<void>(sent());
    guest.seat = em.reference<Seat>(3);
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_THAT(log_->last, ElementsAre(StartsWith("update")));
    const auto now = co_await guests();
    EXPECT_THAT(now, ElementsAre(1, 2, guest.id));
  });
}

TEST_F(UnreadCase, OthersNoticeThatARowWasChangedUnread) {
  run([&]() -> Task<void> {
    EntityManager slow{*source_};
    Seat& seat = co_await slow.find_one_or_fail<Seat>(1);
    EntityManager em{*source_};
    Guest& guest = co_await em.find_one_or_fail<Guest>(1);
    guest.seat = nullptr;
    co_await em.flush();
    const auto now = co_await guests();
    EXPECT_THAT(now, ElementsAre(0, 2, 0));
    seat.name = "late";
    const bool refused = co_await refuses<OptimisticLockError>(slow.flush());
    EXPECT_TRUE(refused);
  });
}

TEST_F(UnreadCase, ReadingItLaterDoesNotLoseTheChange) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guest& guest = co_await em.find_one_or_fail<Guest>(1);
    guest.seat = nullptr;
    Seat& left = co_await em.find_one_or_fail<Seat>(1);
    EXPECT_EQ(left.name, "S1");
    EXPECT_TRUE(left.guest.is_null());
    co_await em.flush();
    const auto now = co_await guests();
    EXPECT_THAT(now, ElementsAre(0, 2, 0));
  });
}

TEST_F(UnreadCase, AFlushThatIsTakenBackIsWrittenAgain) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guest& guest = co_await em.find_one_or_fail<Guest>(1);
    const auto failing = [&guest](EntityManager& inner) -> Task<void> {
      guest.seat = nullptr;
      co_await inner.flush();
      throw std::runtime_error("no");
    };
    const bool thrown = co_await refuses<std::runtime_error>(em.transactional(failing));
    EXPECT_TRUE(thrown);
    const auto before = co_await guests();
    EXPECT_THAT(before, ElementsAre(1, 2, 0));
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    const auto after = co_await guests();
    EXPECT_THAT(after, ElementsAre(0, 2, 0));
  });
}

TEST_F(UnreadCase, APartnerThatWasLeftIsNotFoundAgain) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Seat& seat = co_await em.find_one_or_fail<Seat>(1);
    seat.guest = nullptr;
    Guest& guest = co_await em.find_one_or_fail<Guest>(1);
    EXPECT_TRUE(guest.seat.is_null());
  });
}

TEST_F(UnreadCase, ARowThatGivesUpAUniqueValueRefersToANewRow) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto seats = co_await em.find<Seat>(order_by(asc<&Seat::id>));
    Guest& guest = em.create<Guest>({.name = "G3"});
    seats[2]->guest = guest;
    seats[2]->name = "S4";
    em.create<Seat>({.name = "S3"});
    co_await em.flush();
    static_cast<void>(sent());
    const std::string texts = sent_texts();
    const auto now = co_await guests();
    EXPECT_THAT(now, ElementsAre(1, 2, guest.id, 0)) << texts;
  });
}

class RemovedPairCase : public LibraryTest {};

TEST_F(RemovedPairCase, ARowThatIsRemovedEarlyGetsNoPairs) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& book = co_await em.find_one_or_fail<Book>(1);
    Tag& tag = co_await em.find_one_or_fail<Tag>(6);
    co_await book.tags.load();
    static_cast<void>(sent());
    book.tags.add(tag);
    em.remove(tag);
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_THAT(log_->last, ElementsAre(StartsWith("delete")));
  });
}

// --- after the flush and before the rollback

class RollbackCase : public LibraryTest {
 protected:
  /// Runs `after` between a flush of what `before` did and the end of the transaction.
  template <class Before, class After>
  Task<void> taken_back(EntityManager& em, Before before, After after) {
    const auto body = [&](EntityManager& inner) -> Task<void> {
      before();
      co_await inner.flush();
      after();
      throw std::runtime_error("no");
    };
    const bool thrown = co_await refuses<std::runtime_error>(em.transactional(body));
    EXPECT_TRUE(thrown);
    static_cast<void>(sent());
  }
};

TEST_F(RollbackCase, WhatWasRemovedSinceStaysRemoved) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Tag& tag = co_await em.find_one_or_fail<Tag>(1);
    Tag* made = nullptr;
    const auto before = [&] {
      tag.name = "renamed";
      made = &em.create<Tag>({.name = "made"});
    };
    const auto after = [&] {
      em.remove(tag);
      em.remove(*made);
    };
    Task<void> undone = taken_back(em, before, after);
    co_await std::move(undone);
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_THAT(log_->last, ElementsAre(HasSubstr("delete from")));
    const std::uint64_t tags = co_await em.count<Tag>();
    EXPECT_EQ(tags, 5U);
  });
}

TEST_F(RollbackCase, WhatWasKeptSinceIsKept) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Tag& tag = co_await em.find_one_or_fail<Tag>(1);
    Task<void> undone = taken_back(
        em, [&] { em.remove(tag); }, [&] { em.persist(tag); });
    co_await std::move(undone);
    tag.name = "kept";
    co_await em.flush();
    static_cast<void>(sent());
    EXPECT_THAT(log_->last, ElementsAre(StartsWith("update")));
    const std::uint64_t tags = co_await em.count<Tag>();
    EXPECT_EQ(tags, 6U);
  });
}

TEST_F(RollbackCase, ACollectionThatWasReplacedSinceIsReplaced) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& first = co_await em.find_one_or_fail<Book>(1);
    Book& second = co_await em.find_one_or_fail<Book>(2);
    Tag& tag = co_await em.find_one_or_fail<Tag>(1);
    const auto before = [&] { tag.books.remove(second); };
    const auto after = [&] { tag.books.set(std::vector<Book*>{&first, &second}); };
    Task<void> undone = taken_back(em, before, after);
    co_await std::move(undone);
    co_await em.flush();
    EntityManager check{*source_};
    Tag& stored = co_await check.find_one_or_fail<Tag>(1, populate<&Tag::books>());
    EXPECT_EQ(stored.books.size(), 2U);
  });
}

TEST_F(RollbackCase, WhatWasAddedToACollectionThatWasLoadedSinceIsWritten) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& book = co_await em.find_one_or_fail<Book>(1);
    Tag& own = co_await em.find_one_or_fail<Tag>(1);
    Tag& other = co_await em.find_one_or_fail<Tag>(6);
    Tag& added = co_await em.find_one_or_fail<Tag>(5);
    const auto body = [&](EntityManager& inner) -> Task<void> {
      book.tags.add(other);
      co_await inner.flush();
      co_await book.tags.load();
      book.tags.add(added);
      throw std::runtime_error("no");
    };
    const bool thrown = co_await refuses<std::runtime_error>(em.transactional(body));
    EXPECT_TRUE(thrown);
    co_await em.flush();
    EntityManager check{*source_};
    Book& stored = co_await check.find_one_or_fail<Book>(1, populate<&Book::tags>());
    std::vector<std::int64_t> ids;
    for (const Tag& tag : stored.tags) ids.push_back(tag.id);
    EXPECT_THAT(ids, ::testing::UnorderedElementsAre(own.id, other.id, added.id));
  });
}

}  // namespace
}  // namespace roost::orm
