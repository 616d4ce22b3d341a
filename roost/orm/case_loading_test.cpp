// Loading less, or otherwise: fields, parts of collections, strategies. The number in a test's name
// is that of the case in orm_cases.md.
#include <roost/orm/case_library_impl.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class LoadingCase : public LibraryTest {};

std::vector<std::string> titles(const Collection<Book>& books) {
  std::vector<std::string> all;
  for (const Book& book : books) all.push_back(book.title);
  return all;
}

std::vector<std::string> titles(const std::vector<Book*>& books) {
  std::vector<std::string> all;
  for (const Book* book : books) all.push_back(book->title);
  return all;
}

/// The message of the E that the body throws; empty when it throws none.
template <class E, class Body>
std::string message_of(const Body& body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  }
  return {};
}

// --- members

TEST_F(LoadingCase, Pop008OnlyTheNamedMembersAreReadAndWritten) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto authors =
        co_await em.find<Author>(fields<&Author::name>(), order_by(asc<&Author::id>),
                                 populate<&Author::books>(fields<&Book::title, &Book::author>()));
    EXPECT_EQ(sent(), 2U) << sent_texts();
    for (const std::string& text : log_->last) {
      EXPECT_THAT(text, Not(HasSubstr("email")));
      EXPECT_THAT(text, Not(HasSubstr("price")));
      EXPECT_THAT(text, Not(HasSubstr("publisher")));
    }
    Author& author = *authors.at(0);
    EXPECT_EQ(author.name, "A1");
    EXPECT_EQ(author.email, "");
    EXPECT_TRUE(em.is_loaded<&Author::name>(author));
    EXPECT_FALSE(em.is_loaded<&Author::email>(author));
    EXPECT_TRUE(em.is_loaded<&Author::books>(author));
    EXPECT_THAT(titles(author.books), ElementsAre("B11", "B12"));
    EXPECT_EQ(author.books[0].price, 0);
    EXPECT_FALSE(em.is_loaded<&Book::publisher>(author.books[0]));
    author.name = "changed";
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_THAT(sent_texts(), Not(HasSubstr("email")));
    // It is not whole: a find by key reads the rest, and the next one nothing.
    Author& whole = co_await em.find_one_or_fail<Author>(1);
    EXPECT_EQ(&whole, &author);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(author.email, "a1@x");
    EXPECT_EQ(author.age, 10);
    EXPECT_EQ(author.name, "changed");
    EXPECT_TRUE(em.is_loaded<&Author::email>(author));
    static_cast<void>(co_await em.find_one<Author>(1));
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(LoadingCase, WhatWasNotReadIsNeverWrittenUnlessItIsAssigned) {
  run([&]() -> Task<void> {
    {
      EntityManager em{*source_};
      const auto books = co_await em.find<Book>(f<&Book::title> == "B11", fields<&Book::title>());
      Book& book = *books.at(0);
      const std::string message =
          message_of<NotLoadedError>([&] { static_cast<void>(book.publisher.is_null()); });
      EXPECT_THAT(message, HasSubstr("Book::publisher of Book #"));
      EXPECT_THAT(message, HasSubstr("left out by fields"));
      co_await em.flush();
      static_cast<void>(sent());
      book.price = 99;           // assigned without having been read
      book.publisher = nullptr;  // the empty reference as well
      EXPECT_TRUE(em.is_changed(book));
      co_await em.flush();
      EXPECT_EQ(sent(), 1U) << sent_texts();
      EXPECT_TRUE(em.is_loaded<&Book::price>(book));
      EXPECT_FALSE(em.is_loaded<&Book::author>(book));
      co_await em.flush();
      EXPECT_EQ(sent(), 0U) << sent_texts();
    }
    EntityManager em{*source_};
    const Book& book = co_await em.find_one_or_fail<const Book>(f<&Book::title> == "B11");
    EXPECT_EQ(book.price, 99);
    EXPECT_TRUE(book.publisher.is_null());
    EXPECT_EQ(book.author.key(), 1);
  });
}

TEST_F(LoadingCase, APartialFindKeepsWhatWasChanged) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(1);
    author.email = "new@x";
    static_cast<void>(co_await em.find<Author>(fields<&Author::name>()));
    EXPECT_EQ(author.email, "new@x");
    EXPECT_TRUE(em.is_loaded<&Author::email>(author));
    // Of another one, a member that was not read was given a value.
    Author& other = co_await em.find_one_or_fail<Author>(f<&Author::id> == 2);
    EXPECT_EQ(other.email, "a2@x");
    EntityManager partial{*source_};
    Author& third =
        co_await partial.find_one_or_fail<Author>(f<&Author::id> == 3, fields<&Author::name>());
    third.email = "third@x";
    Author& same = co_await partial.find_one_or_fail<Author>(3);
    EXPECT_EQ(&same, &third);
    EXPECT_EQ(third.email, "third@x");
    EXPECT_EQ(third.age, 30);
    co_await em.flush();
    co_await partial.flush();
    EntityManager check{*source_};
    const auto all = co_await check.find<const Author>(order_by(asc<&Author::id>));
    EXPECT_EQ(all.at(0)->email, "new@x");
    EXPECT_EQ(all.at(1)->email, "a2@x");
    EXPECT_EQ(all.at(2)->email, "third@x");
    EXPECT_EQ(all.at(2)->age, 30);
  });
}

TEST_F(LoadingCase, AReferenceThatWasLeftOutIsLoadedOnDemand) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto books = co_await em.find<Book>(fields<&Book::title>(), order_by(asc<&Book::id>));
    static_cast<void>(sent());
    Publisher& publisher = co_await books.at(0)->publisher.load();
    EXPECT_EQ(publisher.name, "P1");
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(books.at(0)->author.key(), 1);  // the row was completed
    const std::vector<PopulatePath> paths{populate<&Book::author, &Author::profile>(),
                                          populate<&Book::publisher>()};
    co_await em.populate(books, paths);
    EXPECT_LE(sent(), 4U) << sent_texts();
    for (const Book* book : books) EXPECT_TRUE(book->author.is_loaded());
    EXPECT_EQ(books.at(2)->publisher->name, "P2");
    EXPECT_EQ(books.at(2)->author->profile->bio, "about 2");
    EXPECT_TRUE(books.at(4)->author->profile.is_null());
    EXPECT_EQ(books.at(5)->price, 20);
  });
}

TEST_F(LoadingCase, FieldsReachWhatIsPopulatedAndStreamed) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    // The column of a reference that is populated is read, named or not.
    const auto books = co_await em.find<const Book>(
        fields<&Book::title>(), populate<&Book::author>(fields<&Author::name>()),
        order_by(asc<&Book::id>));
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_THAT(sent_texts(), Not(HasSubstr("email")));
    EXPECT_EQ(books.at(0)->author->name, "A1");
    EXPECT_EQ(books.at(0)->author->email, "");
    EntityManager streaming{*source_};
    auto stream = co_await streaming.stream<Book>(fields<&Book::price>(), order_by(asc<&Book::id>));
    int total = 0;
    for (auto chunk = co_await stream.next(); !chunk.empty(); chunk = co_await stream.next()) {
      for (const Book* book : chunk) {
        total += book->price;
        EXPECT_EQ(book->title, "");  // left out
      }
    }
    EXPECT_EQ(total, 90);
  });
}

// --- parts of collections

TEST_F(LoadingCase, Pop013SoManyItemsOfEachOwner) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto authors =
        co_await em.find<Author>(order_by(asc<&Author::id>),
                                 populate<&Author::books>(order_by(desc<&Book::title>), limit(1)));
    EXPECT_EQ(sent(), 2U) << sent_texts();
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_THAT(titles(authors.at(i)->books), ElementsAre("B" + std::to_string(i + 1) + "2"));
    }
    // A part cannot be changed, and is counted past it.
    Author& author = *authors.at(0);
    const Book& book = author.books[0];
    EXPECT_THAT(message_of<UsageError>([&] { author.books.add(book); }), HasSubstr("a part"));
    EXPECT_THAT(message_of<UsageError>([&] { author.books.clear(); }), HasSubstr("a part"));
    const std::size_t all = co_await author.books.load_count();
    EXPECT_EQ(all, 2U);
    static_cast<void>(sent());
    co_await author.books.load();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_THAT(titles(author.books), ElementsAre("B11", "B12"));
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(LoadingCase, PartsByConditionOffsetAndThroughPairs) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto authors = co_await em.find<Author>(
        order_by(asc<&Author::id>), populate<&Author::books>(f<&Book::price> > 10, limit(5)),
        populate<&Author::books, &Book::tags>(order_by(desc<&Tag::name>), limit(1), offset(1)));
    EXPECT_EQ(sent(), 3U) << sent_texts();
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string number = std::to_string(i + 1);
      EXPECT_THAT(titles(authors.at(i)->books), ElementsAre("B" + number + "2"));
      const auto& tags = authors.at(i)->books[0].tags;
      EXPECT_EQ(tags.size(), 1U);
      EXPECT_EQ(tags[0].name, "x" + number);  // y comes first
    }
    EntityManager second{*source_};
    Author& author = co_await second.find_one_or_fail<Author>(
        1, populate<&Author::books>(f<&Book::publisher, &Publisher::name> == "P2"));
    EXPECT_THAT(titles(author.books), IsEmpty());
    EXPECT_TRUE(author.books.is_loaded());
    const std::vector<PopulatePath> offset_only{populate<&Author::books>(offset(1))};
    co_await second.populate(author, offset_only);
    EXPECT_THAT(titles(author.books), ElementsAre("B12"));
    static_cast<void>(sent());
    const std::vector<PopulatePath> all{populate<&Author::books>()};
    co_await second.populate(author, all);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_THAT(titles(author.books), ElementsAre("B11", "B12"));
  });
}

TEST_F(LoadingCase, APartNeverHidesChanges) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(1, populate<&Author::books>());
    author.books.add({.title = "new", .price = 1});
    bool refused = co_await refuses<UsageError>(author.books.load(limit(1)));
    EXPECT_TRUE(refused);
    EXPECT_EQ(author.books.size(), 3U);
    co_await em.flush();
    co_await author.books.load(limit(1), order_by(asc<&Book::price>));
    EXPECT_THAT(titles(author.books), ElementsAre("new"));
    Author& unflushed = em.create<Author>({.name = "A9", .email = "a9@x"});
    unflushed.books.add({.title = "own"});
    co_await unflushed.books.load(limit(1));
    EXPECT_THAT(titles(unflushed.books), ElementsAre("own"));
  });
}

TEST_F(LoadingCase, ConditionsOfPopulateAreForCollections) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    std::string message;
    try {
      static_cast<void>(co_await em.find<Book>(populate<&Book::author>(f<&Author::name> == "A1")));
    } catch (const UsageError& error) {
      message = error.what();
    }
    EXPECT_THAT(message, HasSubstr("Book::author"));
    EXPECT_THAT(message, HasSubstr("items of a collection"));
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(LoadingCase, CollectionsAreAskedWithoutBeingLoaded) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& book = co_await em.find_one_or_fail<Book>(f<&Book::title> == "B12");
    Author& author = co_await em.find_one_or_fail<Author>(1);
    static_cast<void>(sent());
    const auto tags = co_await book.tags.matching(f<&Tag::name>.starts_with("y"));
    EXPECT_EQ(tags.size(), 1U);
    EXPECT_EQ(tags.at(0)->name, "y1");
    const auto second = co_await author.books.matching(order_by(desc<&Book::price>), limit(1));
    EXPECT_THAT(titles(second), ElementsAre("B12"));
    const std::size_t cheap = co_await author.books.load_count(f<&Book::price> == 10);
    const std::size_t tagged = co_await book.tags.load_count(f<&Tag::name> == "x2");
    EXPECT_EQ(cheap, 1U);
    EXPECT_EQ(tagged, 0U);
    EXPECT_EQ(sent(), 4U) << sent_texts();
    EXPECT_FALSE(book.tags.is_loaded());
    EXPECT_FALSE(author.books.is_loaded());
    co_await author.books.load();
    EXPECT_THAT(titles(author.books.slice(1, 5)), ElementsAre("B12"));
    EXPECT_THAT(titles(author.books.slice(0, 1)), ElementsAre("B11"));
    EXPECT_THAT(author.books.slice(2, 1), IsEmpty());
  });
}

// --- strategies

TEST_F(LoadingCase, TheCollectionsOfARowThatIsFoundByItsKeyAreAskedForAlongWithIt) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const Author* author = co_await em.find_one<Author>(1, populate<&Author::books, &Book::tags>());
    EXPECT_EQ(sent(), 3U) << sent_texts();
    EXPECT_EQ(log_->last_units, 1U) << "the author and the books in one round trip";
    EntityManager apart{*source_};
    Author* again = co_await apart.find_one<Author>(1);
    co_await apart.populate(*again, populate<&Author::books, &Book::tags>());
    EXPECT_EQ(titles(author->books), titles(again->books));
    EXPECT_FALSE(titles(author->books).empty());
    for (const Book& book : author->books) EXPECT_EQ(&*book.author, author);
    // What is known already is not asked for again.
    static_cast<void>(sent());
    co_await em.find_one<Author>(1, populate<&Author::books>());
    EXPECT_EQ(sent(), 0U) << sent_texts();
    // Nobody's books are nobody's.
    EntityManager other{*source_};
    EXPECT_EQ(co_await other.find_one<Author>(4711, populate<&Author::books>()), nullptr);
    const auto fails = [&]() -> Task<void> {
      co_await other.find_one_or_fail<Author>(4711, populate<&Author::books>());
    };
    EXPECT_TRUE(co_await refuses<NotFoundError>(fails()));
  });
}

TEST_F(LoadingCase, EitherStrategyOnDemandWithTheSameGraph) {
  run([&]() -> Task<void> {
    const auto dump = [](const std::vector<Author*>& authors) {
      std::string text;
      for (const Author* author : authors) {
        text += author->name + ":";
        for (const Book& book : author->books) {
          text += " " + book.title + "(" + book.publisher->name;
          for (const Tag& tag : book.tags) text += " " + tag.name;
          text += ")";
        }
        text += "\n";
      }
      return text;
    };
    EntityManager setup{*source_};
    setup.create<Author>({.name = "A4", .email = "a4@x"});  // without books
    co_await setup.flush();
    static_cast<void>(sent());
    EntityManager by_default{*source_};
    const auto first = co_await by_default.find<Author>(
        populate<&Author::books, &Book::publisher>(), populate<&Author::books, &Book::tags>(),
        order_by(desc<&Author::id>));
    EXPECT_EQ(sent(), 3U) << sent_texts();
    EntityManager at_once{*source_};
    const auto second = co_await at_once.find<Author>(
        populate<&Author::books>(joined), populate<&Author::books, &Book::publisher>(),
        populate<&Author::books, &Book::tags>(joined), order_by(desc<&Author::id>));
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EntityManager apart{*source_};
    const auto third = co_await apart.find<Author>(
        populate<&Author::books>(select_in), populate<&Author::books, &Book::publisher>(select_in),
        populate<&Author::books, &Book::tags>(joined), order_by(desc<&Author::id>));
    EXPECT_EQ(sent(), 3U) << sent_texts();
    EXPECT_EQ(dump(first),
              "A4:\nA3: B31(P3 x3) B32(P3 x3 y3)\nA2: B21(P2 x2) B22(P2 x2 y2)\nA1: B11(P1 x1) "
              "B12(P1 x1 y1)\n");
    EXPECT_EQ(dump(second), dump(first));
    EXPECT_EQ(dump(third), dump(first));
    co_await at_once.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(LoadingCase, JoinedCollectionsDoNotDisturbPagesAndCounts) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto page = co_await em.find_and_count<Author>(
        f<&Author::books>.some(f<&Book::price> == 20), populate<&Author::books>(joined),
        order_by(asc<&Author::id>), limit(2), offset(1));
    EXPECT_EQ(page.total, 3U);
    EXPECT_EQ(page.items.size(), 2U);
    EXPECT_EQ(page.items.at(0)->name, "A2");
    EXPECT_THAT(titles(page.items.at(1)->books), ElementsAre("B31", "B32"));
    EXPECT_EQ(sent(), 3U) << sent_texts();  // the collection by a statement of its own
    EntityManager filtered{*source_};
    filtered.filter<Book>("cheap", f<&Book::price> == 10);
    const auto few = co_await filtered.find<Author>(populate<&Author::books>(joined),
                                                    order_by(asc<&Author::id>));
    EXPECT_THAT(titles(few.at(0)->books), ElementsAre("B11"));
  });
}

// --- owners with keys of two parts

struct Track;
struct Disc {
  std::string album{};
  int number = 0;
  Collection<Track> tracks{};
  static constexpr auto meta = orm::entity("discs", primary_key<&Disc::album, &Disc::number>(),
                                           many_to_many<&Disc::tracks>(pivot_table("disc_tracks")));
};
struct Track {
  std::string title{};
  int take = 0;
  int seconds = 0;
  Collection<Disc> discs{};
  static constexpr auto meta = orm::entity("tracks", primary_key<&Track::title, &Track::take>(),
                                           many_to_many<&Track::discs>(mapped_by<&Disc::tracks>));
};

class CompositeCase : public CaseTest {
 protected:
  CompositeCase() : CaseTest(entities<Disc, Track>()) {}
};

TEST_F(CompositeCase, PairsOfKeysOfSeveralParts) {
  run([&]() -> Task<void> {
    {
      EntityManager em{*source_};
      Disc& one = em.create<Disc>({.album = "A", .number = 1});
      Disc& two = em.create<Disc>({.album = "A", .number = 2});
      for (int i = 1; i <= 3; ++i) {
        Track& track = em.create<Track>({.title = "t", .take = i, .seconds = i * 60});
        one.tracks.add(track);
        if (i > 1) two.tracks.add(track);
      }
      co_await em.flush();
      EXPECT_EQ(sent(), 3U) << sent_texts();
    }
    EntityManager em{*source_};
    const auto discs =
        co_await em.find<Disc>(order_by(asc<&Disc::number>),
                               populate<&Disc::tracks>(order_by(desc<&Track::seconds>), limit(1)));
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_EQ(discs.size(), 2U);
    EXPECT_EQ(discs.at(0)->tracks.size(), 1U);
    EXPECT_EQ(discs.at(0)->tracks[0].take, 3);
    EXPECT_EQ(discs.at(1)->tracks.size(), 1U);
    EXPECT_EQ(discs.at(1)->tracks[0].take, 3);
    EntityManager second{*source_};
    const auto found = co_await second.find<Disc>(f<&Disc::tracks>.some(f<&Track::take> == 1),
                                                  populate<&Disc::tracks>(joined));
    EXPECT_EQ(found.size(), 1U);
    EXPECT_EQ(found.at(0)->tracks.size(), 3U);
    found.at(0)->tracks.remove(found.at(0)->tracks[0]);
    co_await second.flush();
    EntityManager third{*source_};
    Track& track =
        co_await third.find_one_or_fail<Track>(f<&Track::take> == 1, populate<&Track::discs>());
    EXPECT_TRUE(track.discs.empty());
  });
}

// --- pairs in an order of their own

struct Song {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta = orm::entity("songs", primary_key<&Song::id>());
};
struct Chapter;
struct Playlist {
  std::int64_t id{};
  Collection<Song> songs{};
  Collection<Chapter> chapters{};
  static constexpr auto meta = orm::entity(
      "playlists", primary_key<&Playlist::id>(), many_to_many<&Playlist::songs>(keeps_order),
      many_to_many<&Playlist::chapters>(sorted_by_member("number", true)));
};
struct Chapter {
  std::int64_t id{};
  int number = 0;
  static constexpr auto meta = orm::entity("chapters", primary_key<&Chapter::id>());
};

class OrderedCase : public CaseTest {
 protected:
  OrderedCase() : CaseTest(entities<Playlist, Song, Chapter>()) {}

  /// What a new manager finds, by either strategy.
  Task<std::string> stored() {
    std::string names;
    for (const LoadStrategy strategy : {select_in, joined}) {
      EntityManager em{*source_};
      const auto path = populate<&Playlist::songs>(strategy);
      const Playlist& playlist = co_await em.find_one_or_fail<Playlist>(1, path);
      for (const Song& song : playlist.songs) names += song.name;
      names += ' ';
    }
    static_cast<void>(sent());
    co_return names;
  }
};

TEST_F(OrderedCase, Col007TheOrderOfPairsIsKept) {
  run([&]() -> Task<void> {
    co_await source_->verify_schema();
    EntityManager em{*source_};
    Song& a = em.create<Song>({.name = "a"});
    Song& b = em.create<Song>({.name = "b"});
    Song& c = em.create<Song>({.name = "c"});
    Playlist& playlist = em.create<Playlist>({});
    const std::vector<Song*> first{&c, &a, &b};
    playlist.songs.set(first);
    co_await em.flush();
    std::string names = co_await stored();
    EXPECT_EQ(names, "cab cab ");
    const std::vector<Song*> reversed{&b, &a, &c};
    playlist.songs.set(reversed);
    co_await em.flush();
    EXPECT_LE(with_transaction(), 4U) << sent_texts();
    names = co_await stored();
    EXPECT_EQ(names, "bac bac ");
    // At the end, and out of the middle: one pair each.
    Song& d = playlist.songs.add(Song{.name = "d"});
    playlist.songs.remove(a);
    co_await em.flush();
    EXPECT_EQ(sent(), 3U) << sent_texts();
    names = co_await stored();
    EXPECT_EQ(names, "bcd bcd ");
    // What leaves and comes back comes last.
    playlist.songs.remove(b);
    playlist.songs.add(b);
    co_await em.flush();
    names = co_await stored();
    EXPECT_EQ(names, "cdb cdb ");
    // Without loading: behind what is there.
    EntityManager blind{*source_};
    Playlist& unread = co_await blind.find_one_or_fail<Playlist>(1);
    unread.songs.remove(blind.reference<Song>(d.id));
    unread.songs.add(blind.reference<Song>(a.id));
    co_await blind.flush();
    EXPECT_EQ(sent(), 3U) << sent_texts();
    names = co_await stored();
    EXPECT_EQ(names, "cba cba ");
    EXPECT_THAT(message_of<UsageError>([&] { unread.songs.add(Ref<Song>{}); }),
                HasSubstr("empty reference"));
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
  });
}

TEST_F(OrderedCase, SortedByAMemberOfAClassThatIsNotCompleteYet) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    Playlist& playlist = setup.create<Playlist>({});
    for (const int number : {2, 3, 1}) playlist.chapters.add(Chapter{.number = number});
    co_await setup.flush();
    EntityManager em{*source_};
    const Playlist& found =
        co_await em.find_one_or_fail<Playlist>(1, populate<&Playlist::chapters>());
    std::vector<int> numbers;
    for (const Chapter& chapter : found.chapters) numbers.push_back(chapter.number);
    EXPECT_THAT(numbers, ElementsAre(3, 2, 1));
  });
}

// --- what the words of a relation cannot mean

struct Misordered {
  std::int64_t id{};
  Collection<Song> songs{};
  static constexpr auto meta =
      orm::entity("misordered", primary_key<&Misordered::id>(),
                  many_to_many<&Misordered::songs>(sorted_by_member("year")));
};

TEST(RelationWords, AnOrderThatIsNoneIsAFault) {
  std::string message;
  try {
    const Metadata metadata{entities<Misordered, Song>()};
  } catch (const MetadataError& error) {
    message = error.what();
  }
  EXPECT_THAT(message, HasSubstr("songs is sorted by year, which is no column of Song"));
}

}  // namespace
}  // namespace roost::orm
