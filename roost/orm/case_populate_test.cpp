// Recorded cases of reading: conditions, populating, the identity map, counting. The number in a
// test's name is that of the case in orm_cases.md.
#include <roost/async/when_all.hpp>
#include <roost/base/date.hpp>
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/orm/case_library_impl.hpp>

#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Article {
  std::int64_t id{};
  std::string title{};
  static constexpr auto meta = orm::entity("articles", primary_key<&Article::id>());
};
struct Attribute {
  Ref<Article> article{};
  std::string name{};
  std::string value{};
  static constexpr auto meta =
      orm::entity("attributes", primary_key<&Attribute::article, &Attribute::name>(),
                  many_to_one<&Attribute::article>());
};

struct Post;
struct Comment {
  std::int64_t id{};
  int at = 0;
  std::string text{};
  Ref<Post> post{};
  static constexpr auto meta =
      orm::entity("comments", primary_key<&Comment::id>(), many_to_one<&Comment::post>());
};
struct Post {
  std::int64_t id{};
  Collection<Comment> comments{};
  static constexpr auto meta = orm::entity(
      "posts", primary_key<&Post::id>(),
      one_to_many<&Post::comments>(mapped_by<&Comment::post>, sorted_by<&Comment::text>));
};

struct Soft {
  std::int64_t id{};
  std::string name{};
  std::optional<Timestamp> deleted_at{};
  static constexpr auto meta =
      orm::entity("soft", primary_key<&Soft::id>(), soft_deleted_by<&Soft::deleted_at>());
};
struct SoftReference {
  std::int64_t id{};
  Ref<Soft> soft{};
  static constexpr auto meta = orm::entity("soft_references", primary_key<&SoftReference::id>(),
                                           many_to_one<&SoftReference::soft>());
};

struct Everything {
  std::int64_t id{};
  bool flag = false;
  std::int64_t large = 0;
  double real = 0;
  Decimal amount{};
  Date day{};
  TimeOfDay time{};
  Timestamp at{};
  std::vector<std::byte> bytes{};
  std::vector<std::string> words{};
  Json<std::vector<int>> list{};
  std::optional<std::string> text{};
  static constexpr auto meta = orm::entity("everything", primary_key<&Everything::id>());
};

class ReadCase : public CaseTest {
 protected:
  ReadCase()
      : CaseTest(entities<Article, Attribute, Post, Comment, Soft, SoftReference, Everything>()) {}
};
class PopulateCase : public LibraryTest {};
class ConditionCase : public LibraryTest {
 protected:
  Task<void> add_fourth() {
    EntityManager em{*source_};
    em.create<Author>({.name = "A4", .email = "a4@x"});
    co_await em.flush();
    static_cast<void>(sent());
  }
};

template <class T>
std::vector<std::int64_t> ids(const std::vector<T*>& found) {
  std::vector<std::int64_t> all;
  for (const T* entity : found) all.push_back(entity->id);
  return all;
}

// --- conditions

TEST_F(ConditionCase, Cond001EmptyLists) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const std::vector<int> none;
    const std::uint64_t in = co_await em.count<Author>(f<&Author::age>.in(none));
    const std::uint64_t not_in = co_await em.count<Author>(f<&Author::age>.not_in(none));
    EXPECT_EQ(in, 0U);
    EXPECT_EQ(not_in, 3U);
    // Alternatives that are collected begin with the one that never holds.
    Expression any = f<&Author::age>.in(none);
    const std::uint64_t or_of_nothing = co_await em.count<Author>(any);
    EXPECT_EQ(or_of_nothing, 0U);
    any |= f<&Author::age> == 20;
    const std::uint64_t or_of_one = co_await em.count<Author>(any);
    EXPECT_EQ(or_of_one, 1U);
  });
}

TEST_F(ConditionCase, Cond002NullInConditions) {
  run([&]() -> Task<void> {
    co_await add_fourth();
    EntityManager em{*source_};
    const std::uint64_t null = co_await em.count<Author>(f<&Author::age> == nullptr);
    const std::uint64_t not_null = co_await em.count<Author>(f<&Author::age> != nullptr);
    const std::uint64_t either =
        co_await em.count<Author>(f<&Author::age>.in(10) || f<&Author::age> == nullptr);
    const std::uint64_t other = co_await em.count<Author>(f<&Author::age> != 10);
    const std::uint64_t distinct = co_await em.count<Author>(f<&Author::age>.is_distinct_from(10));
    EXPECT_EQ(null, 1U);
    EXPECT_EQ(not_null, 3U);
    EXPECT_EQ(either, 2U);
    EXPECT_EQ(other, 2U);
    EXPECT_EQ(distinct, 3U);
  });
}

TEST_F(ConditionCase, Cond004EachConditionOnACollectionLooksForItsOwnItem) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto books = co_await em.find<const Book>(f<&Book::tags>.some(f<&Tag::name> == "x1") &&
                                                    f<&Book::tags>.some(f<&Tag::name> == "y1"));
    EXPECT_THAT(ids(books), ElementsAre(2));
    const auto neither = co_await em.find<const Book>(
        f<&Book::tags>.some(f<&Tag::name> == "x1" && f<&Tag::name> == "y1"));
    EXPECT_TRUE(neither.empty());
  });
}

TEST_F(ConditionCase, Cond005SomeNoneEvery) {
  run([&]() -> Task<void> {
    co_await add_fourth();
    EntityManager em{*source_};
    const auto books = f<&Author::books>;
    const std::uint64_t some = co_await em.count<Author>(books.some(f<&Book::price> == 20));
    const auto none = co_await em.find<const Author>(books.none(f<&Book::price> == 20));
    const std::uint64_t every = co_await em.count<Author>(books.every(f<&Book::price> <= 20));
    const std::uint64_t any = co_await em.count<Author>(books.some());
    const auto without = co_await em.find<const Author>(books.none());
    EXPECT_EQ(some, 3U);
    EXPECT_THAT(ids(none), ElementsAre(4));
    EXPECT_EQ(every, 4U);
    EXPECT_EQ(any, 3U);
    EXPECT_THAT(ids(without), ElementsAre(4));
    const std::uint64_t all_ten = co_await em.count<Author>(books.every(f<&Book::price> == 10));
    EXPECT_EQ(all_ten, 1U);
  });
}

TEST_F(ConditionCase, Cond008AnyCharacterGoesThereAndBack) {
  run([&]() -> Task<void> {
    const std::string name = "it's \"quoted\" \\ and\nnew? $1 {} %_ \xF0\x9F\x90\xA6";
    EntityManager em{*source_};
    em.create<Author>({.name = name, .email = "q@x"});
    co_await em.flush();
    EntityManager check{*source_};
    const Author& found = co_await check.find_one_or_fail<const Author>(f<&Author::name> == name);
    EXPECT_EQ(found.name, name);
    EXPECT_EQ(found.email, "q@x");
  });
}

TEST_F(ReadCase, Cond010KeysOfSeveralParts) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    Article& article = setup.create<Article>({.title = "a"});
    setup.create<Attribute>({.article = article, .name = "k1", .value = "1"});
    setup.create<Attribute>({.article = article, .name = "k2", .value = "2"});
    co_await setup.flush();
    EXPECT_EQ(with_transaction(), 4U) << sent_texts();
    EntityManager em{*source_};
    Attribute& first = co_await em.find_one_or_fail<Attribute>(std::int64_t{1}, std::string{"k1"});
    Attribute& second = co_await em.find_one_or_fail<Attribute>(f<&Attribute::article> == 1 &&
                                                                f<&Attribute::name> == "k2");
    Attribute* again = co_await em.find_one<Attribute>(std::int64_t{1}, std::string{"k2"});
    EXPECT_EQ(again, &second);
    EXPECT_EQ(sent(), 2U);
    first.value = "11";
    second.value = "22";
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EntityManager check{*source_};
    const std::uint64_t changed = co_await check.count<Attribute>(f<&Attribute::value> == "22");
    EXPECT_EQ(changed, 1U);
    static_cast<void>(sent());
    em.remove(first);
    em.remove(second);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    const std::uint64_t left = co_await check.count<Attribute>();
    EXPECT_EQ(left, 0U);
  });
}

TEST_F(ConditionCase, Cond011AnOffsetNeedsNoLimit) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto books = co_await em.find<const Book>(order_by(asc<&Book::id>), offset(3));
    EXPECT_THAT(ids(books), ElementsAre(4, 5, 6));
  });
}

TEST_F(ConditionCase, Im009AnEntityWithoutKeyIsNoCondition) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = em.make<Author>({.name = "new", .email = "n@x"});
    const Ref<Author> reference{author};
    EXPECT_THROW(static_cast<void>(f<&Book::author> == reference), UsageError);
    const Book& book = co_await em.find_one_or_fail<Book>(3);
    const auto same = co_await em.find<const Book>(f<&Book::author> == book.author);
    EXPECT_EQ(same.size(), 2U);
  });
}

// --- the identity map

TEST_F(PopulateCase, Im001OneObjectForARow) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& first = co_await em.find_one_or_fail<Author>(1);
    Author& second = co_await em.find_one_or_fail<Author>(1);
    EXPECT_EQ(&first, &second);
    EXPECT_EQ(sent(), 1U);
    Author& third = co_await em.find_one_or_fail<Author>(f<&Author::email> == "a1@x");
    EXPECT_EQ(&first, &third);
  });
}

TEST_F(PopulateCase, Im004WhatTheDatabaseSaysNowCounts) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(1);
    author.name = "mine";
    co_await sql_at_once(
        sql("update authors set age = null, email = 'new@x', name = 'theirs'"
            " where id = 1"));
    const auto found = co_await em.find<Author>(f<&Author::id> == 1);
    EXPECT_EQ(found[0], &author);
    EXPECT_FALSE(author.age.has_value());
    EXPECT_EQ(author.email, "new@x");
    EXPECT_EQ(author.name, "mine");  // what the application changed stays, until it is refreshed
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U);
    EXPECT_THAT(log_->last.front(), ::testing::Not(HasSubstr("age")));
  });
}

TEST_F(PopulateCase, Im005ManagersShareNothing) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    EntityManager fork = em.fork();
    Author& first = co_await em.find_one_or_fail<Author>(1);
    Author& second = co_await fork.find_one_or_fail<Author>(1);
    EXPECT_NE(&first, &second);
    static_cast<void>(sent());
    first.name = "forgotten";
    em.clear();
    EXPECT_EQ(em.size(), 0U);
    Author& again = co_await em.find_one_or_fail<Author>(1);
    EXPECT_NE(&first, &again);
    EXPECT_EQ(sent(), 1U);
    EXPECT_EQ(again.name, "A1");
    co_await em.flush();
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(PopulateCase, Im006RefreshReadsAgain) {
  run([&]() -> Task<void> {
    EntityManager other{*source_};
    Author& fourth = other.create<Author>({.name = "A4", .email = "a4@x"});
    co_await other.flush();
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(4);
    author.name = "lost";
    co_await em.refresh(author);
    EXPECT_EQ(author.name, "A4");
    EXPECT_FALSE(em.is_changed(author));
    other.remove(fourth);
    co_await other.flush();
    author.name = "never written";
    const bool gone = co_await refuses<NotFoundError>(em.refresh(author));
    EXPECT_TRUE(gone);
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
    Author* none = co_await em.find_one<Author>(4);
    EXPECT_EQ(none, nullptr);
  });
}

TEST_F(PopulateCase, Ctx002ReadOnlyEntitiesAreNotWatched) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const Author* found = co_await em.find_one<const Author>(f<&Author::id> == 1);
    const_cast<Author*>(found)->name = "not written";
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U);
    // Found again to be changed it is watched, with the values of the database.
    Author& watched = co_await em.find_one_or_fail<Author>(1);
    EXPECT_EQ(watched.name, "A1");
    watched.name = "written";
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U);
  });
}

// --- populating

TEST_F(PopulateCase, Pop001AndPop003AllPathsOfALevelInOneRoundTrip) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto authors = co_await em.find<Author>(
        order_by(asc<&Author::id>), populate<&Author::books, &Book::tags>(),
        populate<&Author::books, &Book::publisher>(), populate<&Author::profile>());
    EXPECT_LE(sent(), 3U) << sent_texts();
    EXPECT_EQ(authors.size(), 3U);
    for (Author* author : authors) {
      EXPECT_EQ(author->books.size(), 2U);
      for (Book& book : author->books) {
        EXPECT_EQ(book.tags.size(), book.price == 10 ? 1U : 2U);
        EXPECT_EQ(book.publisher->name.front(), 'P');
        EXPECT_EQ(&*book.author, author);
      }
    }
    EXPECT_EQ(authors[1]->profile->bio, "about 2");
    EXPECT_TRUE(authors[2]->profile.is_null());
    EXPECT_EQ(sent(), 0U);
    co_await em.flush();
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(PopulateCase, Pop004PagesAndCountsCountEntities) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto page = co_await em.find_and_count<Book>(
        f<&Book::tags>.some(f<&Tag::name>.starts_with("x")), populate<&Book::tags>(), limit(2),
        offset(1), order_by(desc<&Book::title>));
    EXPECT_LE(sent(), 3U) << sent_texts();
    EXPECT_EQ(page.total, 6U);
    EXPECT_THAT(ids(page.items), ElementsAre(5, 4));
    EXPECT_EQ(page.items[0]->tags.size(), 1U);
    EXPECT_EQ(page.items[1]->tags.size(), 2U);
  });
}

TEST_F(PopulateCase, Pop010ReferencesLoadOnce) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& book = co_await em.find_one_or_fail<Book>(1);
    static_cast<void>(sent());
    try {
      static_cast<void>(book.publisher->name);
      ADD_FAILURE();
    } catch (const NotLoadedError& error) {
      EXPECT_THAT(error.what(), HasSubstr("Publisher #1"));
    }
    EXPECT_EQ(book.publisher.key(), 1);
    Publisher& publisher = co_await book.publisher.load();
    EXPECT_EQ(publisher.name, "P1");
    EXPECT_EQ(sent(), 1U);
    Publisher& again = co_await book.publisher.load();
    EXPECT_EQ(&again, &publisher);
    EXPECT_EQ(sent(), 0U);
    book.publisher = em.reference<Publisher>(999);
    Publisher* missing = co_await book.publisher.load_or_null();
    EXPECT_EQ(missing, nullptr);
    const auto failing = [&book]() -> Task<void> {
      static_cast<void>(co_await book.publisher.load());
    };
    const bool refused = co_await refuses<NotFoundError>(failing());
    EXPECT_TRUE(refused);
  });
}

TEST_F(PopulateCase, Pop012LoadsAtTheSameTimeAreOneStatement) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto authors = co_await em.find<Author>(order_by(asc<&Author::id>));
    static_cast<void>(sent());
    std::vector<Task<void>> loads;
    for (Author* author : authors) loads.push_back(author->books.load());
    co_await when_all(std::move(loads));
    EXPECT_EQ(sent(), 1U) << sent_texts();
    for (Author* author : authors) EXPECT_EQ(author->books.size(), 2U);
  });
}

template <class T>
concept CanPopulateNope = requires {
  populate<&T::nope>();
};

// Columns, and relations of other classes: compile_fail/populate_….cpp.
TEST_F(PopulateCase, Pop015APathThatIsNoneIsNoProgram) {
  static_assert(!CanPopulateNope<Book>);
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    FindOptions options;  // put together at run time, which the compiler cannot look at
    options.add(populate<&Author::books>());
    bool refused = false;
    try {
      static_cast<void>(co_await em.find<Book>(options));
    } catch (const UsageError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(PopulateCase, Pop016OnlyWhatIsMissingIsRead) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    static_cast<void>(co_await em.find_one_or_fail<Author>(1));
    static_cast<void>(sent());
    Author& author = co_await em.find_one_or_fail<Author>(1, populate<&Author::books>());
    EXPECT_EQ(sent(), 1U);
    EXPECT_EQ(author.books.size(), 2U);
    static_cast<void>(co_await em.find_one_or_fail<Author>(1, populate<&Author::books>()));
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(PopulateCase, Pop019Counts) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const std::uint64_t all = co_await em.count<Author>();
    EXPECT_EQ(all, 3U);
    EXPECT_EQ(sent(), 1U);
    const std::uint64_t with =
        co_await em.count<Author>(f<&Author::books>.some(f<&Book::price> >= 10));
    EXPECT_EQ(with, 3U);
    EXPECT_EQ(sent(), 1U);
  });
}

TEST_F(ReadCase, Col010CollectionsAreSorted) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    Post& made = setup.create<Post>({});
    setup.create<Comment>({.at = 1, .text = "b", .post = made});
    setup.create<Comment>({.at = 3, .text = "a", .post = made});
    setup.create<Comment>({.at = 2, .text = "c", .post = made});
    co_await setup.flush();
    static_cast<void>(sent());
    EntityManager em{*source_};
    Post& post = co_await em.find_one_or_fail<Post>(1, populate<&Post::comments>());
    EXPECT_EQ(sent(), 2U);
    std::vector<std::string> texts;
    for (Comment& comment : post.comments) texts.push_back(comment.text);
    EXPECT_THAT(texts, ElementsAre("a", "b", "c"));
  });
}

// --- soft deletion, and writing past the unit of work

TEST_F(ReadCase, Fil001WhatIsDeletedSoftlyIsNotFound) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    setup.create<Soft>({.name = "live"});
    Soft& gone = setup.create<Soft>({.name = "gone"});
    co_await setup.flush();
    setup.remove(gone);
    co_await setup.flush();
    EntityManager em{*source_};
    const auto found = co_await em.find<const Soft>();
    EXPECT_THAT(ids(found), ElementsAre(1));
    const std::uint64_t count = co_await em.count<Soft>();
    EXPECT_EQ(count, 1U);
    Soft* by_key = co_await em.find_one<Soft>(2);
    EXPECT_EQ(by_key, nullptr);
    const auto all = co_await em.find<const Soft>(with_deleted, order_by(asc<&Soft::id>));
    EXPECT_THAT(ids(all), ElementsAre(1, 2));
    EXPECT_TRUE(all[1]->deleted_at.has_value());
  });
}

TEST_F(ReadCase, Fil002WhatRefersToADeletedOneIsFoundAllTheSame) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    Soft& live = setup.create<Soft>({.name = "live"});
    Soft& gone = setup.create<Soft>({.name = "gone"});
    setup.create<SoftReference>({.soft = live});
    setup.create<SoftReference>({.soft = gone});
    co_await setup.flush();
    setup.remove(gone);
    co_await setup.flush();
    static_cast<void>(sent());
    EntityManager em{*source_};
    const auto references = co_await em.find<const SoftReference>(order_by(asc<&SoftReference::id>),
                                                                  populate<&SoftReference::soft>());
    EXPECT_THAT(ids(references), ElementsAre(1, 2));
    EXPECT_EQ(references[1]->soft->name, "gone");
    EXPECT_EQ(sent(), 1U);
  });
}

TEST_F(PopulateCase, Wr001WritesByCondition) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const std::uint64_t updated =
        co_await em.update_where<Book>(f<&Book::author> == 1, set<&Book::title>("U"));
    EXPECT_EQ(updated, 2U);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    const std::uint64_t deleted = co_await em.delete_where<Book>(f<&Book::title>.starts_with("U"));
    EXPECT_EQ(deleted, 2U);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    const std::uint64_t left = co_await em.count<Book>();
    EXPECT_EQ(left, 4U);
  });
}

TEST_F(PopulateCase, Wr002EntitiesDoNotNoticeWritesByCondition) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Tag& tag = co_await em.find_one_or_fail<Tag>(1);
    static_cast<void>(co_await em.update_where<Tag>(f<&Tag::id> == 1, set<&Tag::name>("changed")));
    EXPECT_EQ(tag.name, "x1");
    co_await em.refresh(tag);
    EXPECT_EQ(tag.name, "changed");
  });
}

TEST_F(ReadCase, Type002EveryTypeGoesThereAndBackUnchanged) {
  run([&]() -> Task<void> {
    Everything values;
    values.flag = true;
    values.large = std::numeric_limits<std::int64_t>::max();
    values.real = 0.1;
    values.amount = *Decimal::parse("12345678901234567890.123456789");
    values.day = *Date::parse("2024-02-29");
    values.time = *TimeOfDay::parse("23:59:58");
    values.at = *Timestamp::parse("1969-12-31T23:59:59.999Z");
    values.bytes = {std::byte{0}, std::byte{255}, std::byte{'\''}};
    values.words = {"a", "", "\"quoted\", {braces}", "NULL"};
    values.list = std::vector<int>{3, 1, 2};
    const Everything expected = values;
    EntityManager setup{*source_};
    setup.create<Everything>(std::move(values));
    setup.create<Everything>({});
    co_await setup.flush();
    static_cast<void>(sent());
    EntityManager em{*source_};
    Everything& found = co_await em.find_one_or_fail<Everything>(1);
    Everything& empty = co_await em.find_one_or_fail<Everything>(2);
    EXPECT_EQ(found.flag, expected.flag);
    EXPECT_EQ(found.large, expected.large);
    EXPECT_EQ(found.real, expected.real);
    EXPECT_EQ(found.amount, expected.amount);
    EXPECT_EQ(found.day, expected.day);
    EXPECT_EQ(found.time, expected.time);
    EXPECT_EQ(found.at, expected.at);
    EXPECT_EQ(found.bytes, expected.bytes);
    EXPECT_EQ(found.words, expected.words);
    EXPECT_EQ(*found.list, *expected.list);
    EXPECT_FALSE(em.is_changed(found));
    EXPECT_FALSE(em.is_changed(empty));
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

}  // namespace
}  // namespace roost::orm
