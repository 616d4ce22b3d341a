// Recorded cases of collections, cascades and orphans, and of both sides kept in step. The number
// in a test's name is that of the case in orm_cases.md.
#include <roost/json/write.hpp>
#include <roost/orm/case_library_impl.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Par;
struct Kid;

struct Sub {
  std::int64_t id{};
  std::string name{};
  Ref<Kid> kid{};
  static constexpr auto meta =
      orm::entity("subs", primary_key<&Sub::id>(), many_to_one<&Sub::kid>());
};
struct Kid {
  std::int64_t id{};
  std::string name{};
  Ref<Par> par{};
  Collection<Sub> subs{};
  static constexpr auto meta =
      orm::entity("kids", primary_key<&Kid::id>(), many_to_one<&Kid::par>(),
                  one_to_many<&Kid::subs>(mapped_by<&Sub::kid>, cascade_remove));
};
struct Toy {
  std::int64_t id{};
  std::string name{};
  Ref<Par> par{};
  static constexpr auto meta =
      orm::entity("toys", primary_key<&Toy::id>(), many_to_one<&Toy::par>());
};
struct Loose {
  std::int64_t id{};
  std::string name{};
  Ref<Par> par{};
  static constexpr auto meta =
      orm::entity("loose", primary_key<&Loose::id>(), many_to_one<&Loose::par>(nullable));
};
struct Child {
  std::int64_t id{};
  Ref<Par> par{};
  static constexpr auto meta = orm::entity("children", primary_key<&Child::id>(),
                                           many_to_one<&Child::par>(on_delete(cascade)));
};
struct Card {
  std::int64_t id{};
  std::string text{};
  Ref<Par> par{};
  static constexpr auto meta =
      orm::entity("cards", primary_key<&Card::id>(), one_to_one<&Card::par>());
};
struct Par {
  std::int64_t id{};
  std::string name{};
  Collection<Kid> kids{};
  Collection<Toy> toys{};
  Collection<Loose> loose{};
  Collection<Child> children{};
  Ref<Card> card{};
  static constexpr auto meta =
      orm::entity("pars", primary_key<&Par::id>(),
                  one_to_many<&Par::kids>(mapped_by<&Kid::par>, cascade_all, orphan_removal),
                  one_to_many<&Par::toys>(mapped_by<&Toy::par>, cascade_remove),
                  one_to_many<&Par::loose>(mapped_by<&Loose::par>),
                  one_to_many<&Par::children>(mapped_by<&Child::par>),
                  one_to_one<&Par::card>(mapped_by<&Card::par>, orphan_removal));
};

struct Member {
  std::int64_t id{};
  std::string name{};
  Collection<Member> following{};
  Collection<Member> followers{};
  static constexpr auto meta =
      orm::entity("members", primary_key<&Member::id>(), many_to_many<&Member::following>(),
                  many_to_many<&Member::followers>(mapped_by<&Member::following>));
};

class ParentCase : public CaseTest {
 protected:
  ParentCase() : CaseTest(entities<Par, Kid, Sub, Toy, Loose, Child, Card, Member>()) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    for (const char* name : {"p1", "p2"}) {
      Par& par = em.create<Par>({.name = name});
      for (int i = 0; i < 3; ++i) {
        Kid& kid = em.create<Kid>({.name = "k" + std::to_string(i + 1), .par = par});
        em.create<Sub>({.name = "s", .kid = kid});
      }
      for (int i = 0; i < 2; ++i) {
        em.create<Toy>({.name = "t", .par = par});
        em.create<Loose>({.name = "l", .par = par});
      }
      em.create<Card>({.text = "c", .par = par});
    }
    co_await em.flush();
  }

  Task<std::uint64_t> kids_of(std::int64_t par) {
    EntityManager em{*source_};
    const std::uint64_t count = co_await em.count<Kid>(f<&Kid::par> == par);
    co_return count;
  }
};

class CollectionCase : public LibraryTest {};

// --- orphans

TEST_F(ParentCase, Cas002ReplacedItemsGoInOneDelete) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Par& par = co_await em.find_one_or_fail<Par>(1, populate<&Par::kids, &Kid::subs>());
    static_cast<void>(sent());
    Kid& kept = par.kids[1];
    Kid& fresh = em.make<Kid>({.name = "new"});
    par.kids.set(std::vector<Kid*>{&kept, &fresh});
    EXPECT_EQ(fresh.par.key(), 1);
    co_await em.flush();
    // One DELETE more than the case has: the subs of these kids go with them.
    EXPECT_LE(with_transaction(), 5U) << sent_texts();
    EntityManager check{*source_};
    const auto kids = co_await check.find<const Kid>(f<&Kid::par> == 1, order_by(asc<&Kid::id>));
    EXPECT_EQ(kids.size(), 2U);
    EXPECT_EQ(kids[0]->name, "k2");
    EXPECT_EQ(kids[1]->name, "new");
  });
}

TEST_F(ParentCase, Cas003AnUnloadedCollectionIsEmptiedByOneDelete) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Par& fresh = em.create<Par>({.name = "p3"});
    for (int i = 0; i < 3; ++i) em.create<Kid>({.name = "k", .par = fresh});
    co_await em.flush();
    EntityManager other{*source_};
    Par& par = co_await other.find_one_or_fail<Par>(3);
    static_cast<void>(sent());
    par.kids.clear();
    EXPECT_TRUE(par.kids.is_loaded());
    EXPECT_EQ(par.kids.size(), 0U);
    co_await other.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    const std::uint64_t left = co_await kids_of(3);
    EXPECT_EQ(left, 0U);
    static_cast<void>(sent());
    co_await other.flush();
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(ParentCase, Cas005WhatMovesToAnotherOwnerIsNoOrphan) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto pars = co_await em.find<Par>(order_by(asc<&Par::id>), populate<&Par::kids>());
    static_cast<void>(sent());
    Kid& kid = pars[0]->kids[0];
    pars[0]->kids.remove(kid);
    pars[1]->kids.add(kid);
    EXPECT_EQ(kid.par.key(), 2);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_EQ(pars[1]->kids.size(), 4U);
    const std::uint64_t first = co_await kids_of(1);
    const std::uint64_t second = co_await kids_of(2);
    EXPECT_EQ(first, 2U);
    EXPECT_EQ(second, 4U);
    // The same by adding alone, and with collections that are not loaded.
    EntityManager other{*source_};
    Par& to = co_await other.find_one_or_fail<Par>(1);
    Kid& moved = co_await other.find_one_or_fail<Kid>(kid.id);
    to.kids.add(moved);
    co_await other.flush();
    const std::uint64_t back = co_await kids_of(1);
    EXPECT_EQ(back, 3U);
  });
}

TEST_F(ParentCase, Cas006APartnerIsReplacedThenRemoved) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Par& par = co_await em.find_one_or_fail<Par>(1, populate<&Par::card>());
    static_cast<void>(sent());
    Card& fresh = em.make<Card>({.text = "new"});
    par.card = fresh;
    EXPECT_EQ(fresh.par.key(), 1);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 4U) << sent_texts();
    EXPECT_THAT(log_->last, ElementsAre(StartsWith("delete"), StartsWith("insert")));
    par.card = nullptr;
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EntityManager check{*source_};
    const std::uint64_t cards = co_await check.count<Card>();
    EXPECT_EQ(cards, 1U);
  });
}

TEST_F(ParentCase, OrphansOfAFailedFlushCanBeTakenBack) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto pars = co_await em.find<Par>(order_by(asc<&Par::id>), populate<&Par::kids>());
    Kid& kid = pars[0]->kids[0];
    pars[0]->kids.remove(kid);
    Card& second = em.create<Card>({.text = "second", .par = *pars[0]});
    const bool refused = co_await refuses<db::UniqueViolation>(em.flush());
    EXPECT_TRUE(refused);
    pars[0]->kids.add(kid);
    em.remove(second);
    co_await em.flush();
    const std::uint64_t kids = co_await kids_of(1);
    EXPECT_EQ(kids, 3U);
  });
}

// --- cascades

TEST_F(ParentCase, Cas007RemovingDeletesChildrenFirstOneStatementATable) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Par& par = co_await em.find_one_or_fail<Par>(1, populate<&Par::kids, &Kid::subs>(),
                                                 populate<&Par::toys>(), populate<&Par::loose>(),
                                                 populate<&Par::card>());
    Loose& loose = par.loose[0];
    static_cast<void>(sent());
    em.remove(par);
    co_await em.flush();
    EXPECT_LE(with_transaction(), 8U) << sent_texts();
    EXPECT_TRUE(loose.par.is_null());
    EntityManager check{*source_};
    const std::uint64_t subs = co_await check.count<Sub>();
    const std::uint64_t toys = co_await check.count<Toy>();
    const std::uint64_t cards = co_await check.count<Card>();
    const std::uint64_t free = co_await check.count<Loose>(f<&Loose::par> == nullptr);
    EXPECT_EQ(subs, 3U);
    EXPECT_EQ(toys, 2U);
    EXPECT_EQ(cards, 1U);
    EXPECT_EQ(free, 2U);
    co_await em.flush();
    EXPECT_EQ(sent() - 4, 0U);
  });
}

TEST_F(ParentCase, Cas009TheDatabaseCascadesWhatIsNotLoaded) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    Par& fresh = setup.create<Par>({.name = "p3"});
    setup.create<Child>({.par = fresh});
    setup.create<Loose>({.name = "l", .par = fresh});
    co_await setup.flush();
    static_cast<void>(sent());
    EntityManager em{*source_};
    em.remove(em.reference<Par>(fresh.id));
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EntityManager check{*source_};
    const std::uint64_t children = co_await check.count<Child>();
    const std::uint64_t free = co_await check.count<Loose>(f<&Loose::par> == nullptr);
    EXPECT_EQ(children, 0U);
    EXPECT_EQ(free, 1U);
  });
}

TEST_F(ParentCase, Cas011LeavingANullableCollectionSetsNull) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Par& par = co_await em.find_one_or_fail<Par>(1, populate<&Par::loose>());
    static_cast<void>(sent());
    Loose& loose = par.loose[0];
    par.loose.remove(loose);
    EXPECT_TRUE(loose.par.is_null());
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_EQ(par.loose.size(), 1U);
  });
}

TEST_F(ParentCase, Cas012ARemovedItemLeavesTheCollectionAtOnce) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Par& par = co_await em.find_one_or_fail<Par>(2, populate<&Par::toys>());
    Toy& toy = par.toys[0];
    static_cast<void>(sent());
    em.remove(toy);
    EXPECT_EQ(par.toys.size(), 1U);
    em.persist(toy);
    EXPECT_EQ(par.toys.size(), 2U);
    em.remove(toy);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_EQ(par.toys.size(), 1U);
    co_await par.toys.reload();
    EXPECT_EQ(par.toys.size(), 1U);
  });
}

// --- collections

TEST_F(CollectionCase, Col001ItemsThatAreNotLoadedAreAnError) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(1);
    Book& book = co_await em.find_one_or_fail<Book>(1);
    static_cast<void>(sent());
    EXPECT_THROW(static_cast<void>(author.books.size()), NotLoadedError);
    EXPECT_THROW(static_cast<void>(author.books.empty()), NotLoadedError);
    EXPECT_THROW(static_cast<void>(author.books.contains(book)), NotLoadedError);
    EXPECT_THROW(static_cast<void>(author.books.begin()), NotLoadedError);
    EXPECT_THROW(static_cast<void>(author.books.items()), NotLoadedError);
    EXPECT_THROW(static_cast<void>(author.books[0]), NotLoadedError);
    EXPECT_FALSE(author.books.is_loaded());
    // The author of a book must not be missing, so a book cannot leave without being removed.
    EXPECT_THROW(author.books.remove(book), UsageError);
    EXPECT_EQ(sent(), 0U);
    try {
      static_cast<void>(author.books.size());
      ADD_FAILURE();
    } catch (const NotLoadedError& error) {
      EXPECT_THAT(error.what(), HasSubstr("Author::books of Author #1 is not loaded"));
    }
  });
}

TEST_F(CollectionCase, Col002PairsAreAddedWithoutLoading) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& book = co_await em.find_one_or_fail<Book>(1);
    Tag& first = co_await em.find_one_or_fail<Tag>(3);
    Tag& second = co_await em.find_one_or_fail<Tag>(4);
    static_cast<void>(sent());
    book.tags.add(first);
    book.tags.add(second);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    co_await book.tags.load();
    EXPECT_EQ(book.tags.size(), 3U);
    // What is there already does not fail.
    EntityManager other{*source_};
    Book& again = co_await other.find_one_or_fail<Book>(1);
    Tag& known = co_await other.find_one_or_fail<Tag>(1);
    again.tags.add(known);
    co_await other.flush();
    const std::size_t count = co_await again.tags.load_count();
    EXPECT_EQ(count, 3U);
  });
}

TEST_F(CollectionCase, Col003OnlyTheDifferenceIsWritten) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& book = co_await em.find_one_or_fail<Book>(2, populate<&Book::tags>());
    Tag& other = co_await em.find_one_or_fail<Tag>(5);
    static_cast<void>(sent());
    book.tags.set(std::vector<Tag*>{&other});
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 4U) << sent_texts();
    EntityManager check{*source_};
    const Book& found = co_await check.find_one_or_fail<const Book>(2, populate<&Book::tags>());
    EXPECT_EQ(found.tags.size(), 1U);
    EXPECT_EQ(found.tags[0].name, "x3");
  });
}

TEST_F(ParentCase, Col009ManyToManyOfOneClass) {
  run([&]() -> Task<void> {
    {
      EntityManager em{*source_};
      Member& a = em.create<Member>({.name = "a"});
      Member& b = em.create<Member>({.name = "b"});
      Member& c = em.create<Member>({.name = "c"});
      co_await em.flush();
      a.following.add(b);
      a.following.add(c);
      EXPECT_TRUE(b.followers.contains(a));
      static_cast<void>(sent());
      co_await em.flush();
      EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    }
    EntityManager em{*source_};
    const auto all =
        co_await em.find<Member>(order_by(asc<&Member::name>), populate<&Member::followers>(),
                                 populate<&Member::following>());
    EXPECT_TRUE(all[1]->followers.contains(*all[0]));
    EXPECT_TRUE(all[0]->following.contains(*all[2]));
    EXPECT_TRUE(all[0]->followers.empty());
    // Taken out by the side that does not own the pairs.
    all[1]->followers.remove(*all[0]);
    EXPECT_FALSE(all[0]->following.contains(*all[1]));
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EntityManager check{*source_};
    const Member& a = co_await check.find_one_or_fail<Member>(1);
    Collection<Member>& following = const_cast<Member&>(a).following;
    const std::size_t count = co_await following.load_count();
    EXPECT_EQ(count, 1U);
  });
}

TEST_F(CollectionCase, Col013AddingWhatIsThereChangesNothing) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(1, populate<&Author::books>());
    Book& book = author.books[0];
    static_cast<void>(sent());
    EXPECT_FALSE(author.books.add(book));
    EXPECT_FALSE(author.books.is_changed());
    EXPECT_EQ(author.books.items().size(), 2U);
    co_await em.flush();
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(CollectionCase, Col015AnUnloadedCollectionIsReplaced) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Publisher& publisher = co_await em.find_one_or_fail<Publisher>(1);
    Book& book = co_await em.find_one_or_fail<Book>(4);
    static_cast<void>(sent());
    publisher.books.set(std::vector<Book*>{&book});
    EXPECT_EQ(book.publisher.key(), 1);
    co_await em.flush();
    EXPECT_LE(with_transaction(), 4U) << sent_texts();
    EntityManager check{*source_};
    const auto books = co_await check.find<const Book>(f<&Book::publisher> == 1);
    EXPECT_EQ(books.size(), 1U);
    EXPECT_EQ(books[0]->id, 4);
    const std::uint64_t free = co_await check.count<Book>(f<&Book::publisher> == nullptr);
    EXPECT_EQ(free, 2U);
  });
}

TEST_F(CollectionCase, Col016AReferenceThatBecomesNullLeavesTheCollection) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Publisher& publisher =
        co_await em.find_one_or_fail<Publisher>(1, populate<&Publisher::books>());
    Book& book = publisher.books[0];
    static_cast<void>(sent());
    book.publisher = nullptr;
    EXPECT_FALSE(publisher.books.contains(book));
    EXPECT_EQ(publisher.books.size(), 1U);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
  });
}

TEST_F(CollectionCase, Col017AnUnloadedCollectionIsNotTouched) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(1);
    Book& book = em.create<Book>({.title = "new", .author = author});
    EXPECT_FALSE(author.books.is_loaded());
    std::size_t count = co_await author.books.load_count();
    EXPECT_EQ(count, 3U);
    co_await em.flush();
    EXPECT_FALSE(author.books.is_loaded());
    count = co_await author.books.load_count();
    EXPECT_EQ(count, 3U);
    co_await author.books.load();
    EXPECT_EQ(author.books.size(), 3U);
    EXPECT_TRUE(author.books.contains(book));
    // And what leaves before it is loaded does not come back with it.
    Publisher& publisher = co_await em.find_one_or_fail<Publisher>(2);
    Book& leaving = co_await em.find_one_or_fail<Book>(3);
    leaving.publisher = nullptr;
    count = co_await publisher.books.load_count();
    EXPECT_EQ(count, 1U);
    co_await publisher.books.load();
    EXPECT_FALSE(publisher.books.contains(leaving));
  });
}

// --- what is written as JSON

TEST_F(CollectionCase, Ser001WhatIsPopulatedNestsTheRestAreKeys) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const Author& bare = co_await em.find_one_or_fail<Author>(1);
    const std::string without = json::write(bare);
    EXPECT_THAT(without, Not(HasSubstr("books")));
    EntityManager other{*source_};
    Author& author = co_await other.find_one_or_fail<Author>(1, populate<&Author::books>());
    const std::string with = json::write(author);
    EXPECT_THAT(with, HasSubstr(R"("books":[{"id":1,"title":"B11","price":10,"author":1,)"));
    EXPECT_THAT(with, HasSubstr(R"("publisher":1)"));
    static_cast<void>(sent());
    EXPECT_EQ(json::write(author), with);
    EXPECT_EQ(sent(), 0U);
  });
}

}  // namespace
}  // namespace roost::orm
