// Results that a data source remembers, and orders that lead through
// collections.
#include <roost/orm/case_library_impl.hpp>
#include <roost/orm/detail/result_cache.hpp>

#include <thread>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t hour = 3'600'000;

class CacheCase : public LibraryTest {};

TEST_F(CacheCase, Cache001FoundAgainWithoutAsking) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto first = co_await em.find<Author>(cache_for(hour), order_by(asc<&Author::id>));
    EXPECT_EQ(sent(), 1U);
    EntityManager other = em.fork();
    const auto second = co_await other.find<Author>(cache_for(hour), order_by(asc<&Author::id>));
    EXPECT_EQ(sent(), 0U) << sent_texts();
    EXPECT_EQ(second.size(), 3U);
    EXPECT_NE(first[0], second[0]);
    EXPECT_EQ(second[0]->name, "A1");
    second[0]->name = "changed";  // managed as any
    co_await other.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    // Its own manager goes on with what it has; a new one gets what is
    // remembered.
    const auto again = co_await other.find<Author>(cache_for(hour), order_by(asc<&Author::id>));
    EXPECT_EQ(again[0]->name, "changed");
    EntityManager late{*source_};
    const auto old = co_await late.find<Author>(cache_for(hour), order_by(asc<&Author::id>));
    EXPECT_EQ(old[0]->name, "A1");
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(CacheCase, OtherValuesFiltersAndPagesAreOtherResults) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto in_order = order_by(asc<&Author::id>);
    static_cast<void>(co_await em.find<Author>(f<&Author::age> > 10, in_order, cache_for(hour)));
    static_cast<void>(co_await em.find<Author>(f<&Author::age> > 20, in_order, cache_for(hour)));
    static_cast<void>(
        co_await em.find<Author>(f<&Author::age> > 10, in_order, limit(1), cache_for(hour)));
    static_cast<void>(co_await em.count<Author>(f<&Author::age> > 10, cache_for(hour)));
    EXPECT_EQ(sent(), 4U);
    em.filter<Author>("young", f<&Author::age> < 25);
    const auto young = co_await em.find<Author>(f<&Author::age> > 10, in_order, cache_for(hour));
    EXPECT_EQ(young.size(), 1U);
    EXPECT_EQ(sent(), 1U);
    EntityManager other{*source_};
    const auto all = co_await other.find<Author>(f<&Author::age> > 10, in_order, cache_for(hour));
    EXPECT_EQ(all.size(), 2U);
    const std::uint64_t count = co_await other.count<Author>(f<&Author::age> > 10, cache_for(hour));
    EXPECT_EQ(count, 2U);
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(CacheCase, RelationsAndPagesAreRememberedAlong) {
  run([&]() -> Task<void> {
    const auto books = populate<&Author::books, &Book::tags>();
    const auto in_order = order_by(asc<&Author::id>);
    for (int round = 0; round < 2; ++round) {
      EntityManager em{*source_};
      const auto page =
          co_await em.find_and_count<Author>(limit(2), in_order, books, cache_for(hour));
      EXPECT_EQ(page.total, 3U);
      EXPECT_EQ(page.items[1]->books.size(), 2U);
      EXPECT_EQ(page.items[1]->books[1].tags.size(), 2U);
      if (round == 1) {
        EXPECT_EQ(sent(), 0U) << sent_texts();
      }
      static_cast<void>(sent());
    }
  });
}

TEST_F(CacheCase, WhatIsClearedOrTooOldIsAskedAgain) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    static_cast<void>(co_await em.find<Author>(cache_for(hour, "authors")));
    static_cast<void>(co_await em.find<Tag>(cache_for(hour, "tags")));
    static_cast<void>(sent());
    source_->clear_cache("authors");
    static_cast<void>(co_await em.find<Author>(cache_for(hour, "authors")));
    static_cast<void>(co_await em.find<Tag>(cache_for(hour, "tags")));
    EXPECT_EQ(sent(), 1U) << sent_texts();
    source_->clear_cache();
    static_cast<void>(co_await em.find<Tag>(cache_for(hour, "tags")));
    EXPECT_EQ(sent(), 1U);
    static_cast<void>(co_await em.find<Book>(cache_for(1)));
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    static_cast<void>(sent());
    static_cast<void>(co_await em.find<Book>(cache_for(1)));
    EXPECT_EQ(sent(), 1U);
  });
}

TEST_F(CacheCase, TransactionsAndLocksAskTheDatabase) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    static_cast<void>(co_await em.find<Author>(cache_for(hour)));
    static_cast<void>(sent());
    co_await em.transactional([&](EntityManager& inside) -> Task<void> {
      static_cast<void>(co_await inside.find<Author>(cache_for(hour)));
      EXPECT_EQ(sent(), 1U);
    });
    static_cast<void>(co_await em.find<Author>(cache_for(hour), refresh));
    EXPECT_EQ(sent(), 1U);
    const auto opening = [&]() -> Task<void> {
      static_cast<void>(co_await em.stream<Author>(cache_for(hour)));
    };
    const bool refused = co_await refuses<UsageError>(opening());
    EXPECT_TRUE(refused);
  });
}

TEST_F(CacheCase, ManyThreadsShareWhatIsRemembered) {
  run([&]() -> Task<void> {
    detail::ResultCache cache{4096};
    const db::Result result = co_await source_->database().execute(
        sql("select id, name, email from authors order by id"));
    std::vector<std::thread> threads;
    for (int number = 0; number < 4; ++number) {
      threads.emplace_back([&cache, &result, number] {
        for (int i = 0; i < 500; ++i) {
          const std::string key = "statement " + std::to_string((i + number) % 40);
          if (auto found = cache.find(key)) {
            EXPECT_EQ(found->row_count(), 3U);
            EXPECT_EQ(found->value(2, 1).characters(), "A3");
          } else if (number == 0) {
            cache.keep(key, "all", hour, result);
          }
          if (i % 100 == 99) cache.clear("all");
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (int i = 0; i < 100; ++i) cache.keep("more " + std::to_string(i), "", hour, result);
    EXPECT_LE(cache.bytes(), 4096U);
    EXPECT_TRUE(cache.find("more 99").has_value());
    EXPECT_FALSE(cache.find("more 0").has_value());
    detail::ResultCache tiny{10};
    tiny.keep("large", "", hour, result);
    EXPECT_FALSE(tiny.find("large").has_value());
    EXPECT_EQ(tiny.bytes(), 0U);
  });
}

// --- orders through collections

TEST_F(CacheCase, Pop006OwnersAreSortedByTheirSmallestItem) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto down = order_by(desc<&Author::books, &Book::title>);
    auto authors = co_await em.find<Author>(limit(2), down);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(authors.size(), 2U);
    EXPECT_EQ(authors[0]->name, "A3");
    EXPECT_EQ(authors[1]->name, "A2");
    authors = co_await em.find<Author>(limit(2), offset(2), down);
    EXPECT_EQ(authors.size(), 1U);
    EXPECT_EQ(authors[0]->name, "A1");
    // Who has none comes where NULL comes: last, and first when descending.
    em.create<Author>({.name = "A4", .email = "a4@x"});
    Book& cheap = co_await em.find_one_or_fail<Book>(f<&Book::title> == "B32");
    cheap.price = 1;
    co_await em.flush();
    const auto up = order_by(asc<&Author::books, &Book::price>, asc<&Author::id>);
    authors = co_await em.find<Author>(up, populate<&Author::books>());
    std::vector<std::string> names;
    for (const Author* author : authors) names.push_back(author->name);
    EXPECT_THAT(names, ElementsAre("A3", "A1", "A2", "A4"));
    EXPECT_EQ(authors[0]->books.size(), 2U);
    const auto page = co_await em.find_and_count<Author>(up, limit(1), offset(3));
    EXPECT_EQ(page.total, 4U);
    EXPECT_EQ(page.items[0]->name, "A4");
  });
}

TEST_F(CacheCase, Pop006OrdersLeadThroughReferencesAndPairs) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto by_tags = order_by(desc<&Author::books, &Book::tags, &Tag::name>, asc<&Author::id>);
    const auto authors = co_await em.find<Author>(by_tags);
    EXPECT_EQ(authors[0]->name, "A3");
    EXPECT_EQ(authors[2]->name, "A1");
    const auto by_author =
        order_by(desc<&Book::author, &Author::books, &Book::title>, desc<&Book::id>);
    const auto books = co_await em.find<Book>(by_author, limit(2));
    EXPECT_EQ(books[0]->title, "B32");
    EXPECT_EQ(books[1]->title, "B31");
    std::string message;
    try {
      static_cast<void>(co_await em.find_by_cursor<Author>(by_tags, first(2)));
    } catch (const UsageError& error) {
      message = error.what();
    }
    EXPECT_THAT(message, HasSubstr("not by the items of books"));
  });
}

}  // namespace
}  // namespace roost::orm
