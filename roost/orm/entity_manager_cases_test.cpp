// Entities, relations and the unit of work through the public surface: cases for both databases.
// The program that they are linked into defines open_database().
#include <roost/async/event_loop.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/json/write.hpp>
#include <roost/meta/assign.hpp>
#include <roost/orm/orm.hpp>
#include <roost/orm/test_database_impl.hpp>
#include <roost/sql/errors.hpp>
#include <roost/validation/rules/string_rules.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Status { draft, open, closed };

struct Person;
struct Meeting;

struct Seat {
  std::int64_t id{};
  Ref<Meeting> meeting{};
  Ref<Person> person{};
  int places = 1;
  static constexpr auto meta =
      orm::entity("seats", primary_key<&Seat::id>(), many_to_one<&Seat::meeting>(),
                  many_to_one<&Seat::person>(), unique<&Seat::meeting, &Seat::person>());
};

struct Card {
  std::int64_t id{};
  std::string text{};
  Ref<Person> person{};
  static constexpr auto meta =
      orm::entity("cards", primary_key<&Card::id>(), one_to_one<&Card::person>());
};

struct Person {
  std::int64_t id{};
  std::string email{};
  std::string name{};
  Ref<Card> card{};
  Collection<Seat> seats{};
  static constexpr auto meta =
      orm::entity("people", primary_key<&Person::id>(), unique<&Person::email>(),
                  one_to_one<&Person::card>(mapped_by<&Card::person>, orphan_removal, with_key),
                  one_to_many<&Person::seats>(mapped_by<&Seat::person>));
};

struct Label {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta =
      orm::entity("labels", primary_key<&Label::id>(), unique<&Label::name>());
};

struct Details {
  std::optional<std::string> contact;
  std::vector<int> numbers;
};

struct Address {
  std::string street;
  std::string city;
};

struct Meeting {
  std::int64_t id{};
  std::string title{};
  Status status = Status::draft;
  Timestamp starts_at{};
  Json<Details> details{};
  Address address{};
  int version{};
  Timestamp created_at{};
  Timestamp updated_at{};
  Ref<Person> host{};
  Collection<Label> labels{};
  Collection<Seat> seats{};

  static constexpr auto meta = orm::entity(
      "meetings", primary_key<&Meeting::id>(), field<&Meeting::title>(max_length(120)),
      versioned_by<&Meeting::version>(), creation_time<&Meeting::created_at>(),
      update_time<&Meeting::updated_at>(), many_to_one<&Meeting::host>(nullable),
      many_to_many<&Meeting::labels>(sorted_by<&Label::name>),
      one_to_many<&Meeting::seats>(mapped_by<&Seat::meeting>, cascade_all, orphan_removal));
};

struct Note {
  std::int64_t id{};
  std::string text{};
  std::string calls{};

  void before_insert() { trim("before_insert "); }
  void after_insert() { calls += "after_insert "; }
  void before_update() { trim("before_update "); }
  void after_update() { calls += "after_update "; }
  void before_remove() { calls += "before_remove "; }
  void after_remove() { calls += "after_remove "; }
  void on_load() { calls += "on_load "; }

  static constexpr auto meta =
      orm::entity("notes", primary_key<&Note::id>(), field<&Note::calls>(not_stored));

 private:
  void trim(const char* name) {
    calls += name;
    while (text.starts_with(' ')) text.erase(0, 1);
    while (text.ends_with(' ')) text.pop_back();
  }
};

/// Counts statements.
class Counter : public db::StatementLog {
 public:
  void record(const db::StatementEvent& event) noexcept override {
    const std::lock_guard lock{mutex_};
    texts.emplace_back(event.text);
  }
  [[nodiscard]] std::size_t take() {
    const std::lock_guard lock{mutex_};
    const std::size_t count = texts.size();
    last = std::move(texts);
    texts.clear();
    return count;
  }
  std::vector<std::string> last;

 private:
  std::mutex mutex_;
  std::vector<std::string> texts;
};

class EntityManagerTest : public ::testing::Test {
 protected:
  EntityManagerTest() {
    db::DatabaseOptions options;
    options.log = db::StatementLogSettings{log_};
    source_ = std::make_unique<DataSource>(open_database(options),
                                           entities<Meeting, Person, Card, Label, Seat, Note>());
  }

  /// Runs a coroutine with the schema made.
  template <class Body>
  void run(Body&& body) {
    EventLoop loop;
    const auto all = [&]() -> Task<void> {
      static_cast<void>(co_await source_->create_schema());
      co_await source_->verify_schema();
      static_cast<void>(log_->take());
      co_await body();
      co_await source_->database().close();
    };
    loop.block_on(all());
  }

  std::shared_ptr<Counter> log_ = std::make_shared<Counter>();
  std::unique_ptr<DataSource> source_;
};

TEST_F(EntityManagerTest, WhatIsCreatedIsFoundAgain) {
  run([&]() -> Task<void> {
    const Timestamp start = *Timestamp::parse("2026-05-01T10:00:00Z");
    {
      EntityManager em{*source_};
      Meeting& meeting = em.create<Meeting>({.title = "Chess", .starts_at = start});
      meeting.details->contact = "a@b.io";
      meeting.address.city = "Bern";
      co_await em.flush();
      EXPECT_EQ(meeting.id, 1);
      EXPECT_EQ(meeting.version, 1);
      EXPECT_NE(meeting.created_at, Timestamp{});
      EXPECT_EQ(log_->take(), 1U);
      co_await em.flush();
      EXPECT_EQ(log_->take(), 0U);
    }
    EntityManager em{*source_};
    Meeting& meeting = co_await em.find_one_or_fail<Meeting>(1);
    EXPECT_EQ(meeting.title, "Chess");
    EXPECT_EQ(meeting.starts_at, start);
    EXPECT_EQ(meeting.details->contact, "a@b.io");
    EXPECT_EQ(meeting.address.city, "Bern");
    EXPECT_TRUE(meeting.host.is_null());
    EXPECT_EQ(log_->take(), 1U);
    Meeting& again = co_await em.find_one_or_fail<Meeting>(1);
    EXPECT_EQ(&again, &meeting);
    EXPECT_EQ(log_->take(), 0U);
    meeting.title = "Go";
    meeting.details->numbers.push_back(7);
    co_await em.flush();
    EXPECT_EQ(meeting.version, 2);
    EXPECT_EQ(log_->take(), 1U);
    EXPECT_THAT(log_->last.front(), HasSubstr("set \"title\" = "));
    EntityManager other{*source_};
    const Meeting* found = co_await other.find_one<const Meeting>(f<&Meeting::title> == "Go");
    EXPECT_EQ(found->details->numbers, std::vector<int>{7});
    EXPECT_EQ(found->version, 2);
  });
}

TEST_F(EntityManagerTest, AGraphIsWrittenAtOnceAndPopulated) {
  run([&]() -> Task<void> {
    {
      EntityManager em{*source_};
      Person& ada = em.create<Person>({.email = "ada@b.io", .name = "Ada"});
      Person& bob = em.create<Person>({.email = "bob@b.io", .name = "Bob"});
      em.create<Card>({.text = "hi", .person = ada});
      Meeting& meeting = em.create<Meeting>({.title = "Chess", .host = ada});
      meeting.labels.add(Label{.name = "z"});
      meeting.labels.add(Label{.name = "a"});
      meeting.seats.add(Seat{.person = ada, .places = 2});
      meeting.seats.add(Seat{.person = bob});
      EXPECT_EQ(meeting.seats.size(), 2U);
      EXPECT_EQ(ada.seats.size(), 1U);
      EXPECT_EQ(ada.card->text, "hi");
      co_await em.flush();
      EXPECT_EQ(log_->take(), 6U);
    }
    EntityManager em{*source_};
    const std::vector<Meeting*> found = co_await em.find<Meeting>(
        f<&Meeting::host, &Person::name> == "Ada", populate<&Meeting::labels>(),
        populate<&Meeting::seats, &Seat::person, &Person::card>());
    EXPECT_EQ(found.size(), 1U);
    EXPECT_EQ(log_->take(), 3U);
    Meeting& meeting = *found.front();
    std::vector<std::string> names;
    for (Label& label : meeting.labels) names.push_back(label.name);
    EXPECT_THAT(names, ElementsAre("a", "z"));
    EXPECT_EQ(meeting.seats.size(), 2U);
    EXPECT_EQ(meeting.seats[0].person->card->text, "hi");
    EXPECT_TRUE(meeting.seats[1].person->card.is_null());
    EXPECT_THROW(static_cast<void>(meeting.host->seats.size()), NotLoadedError);
    EXPECT_THAT(
        json::write(meeting.seats[0]),
        HasSubstr(R"("meeting":1,"person":{"id":1,"email":"ada@b.io","name":"Ada","card":{)"));

    const auto some = co_await em.find<Meeting>(f<&Meeting::labels>.some(f<&Label::name> == "a") &&
                                                f<&Meeting::seats>.every(f<&Seat::places> > 0));
    EXPECT_EQ(some.size(), 1U);
    const auto none = co_await em.find<Meeting>(f<&Meeting::labels>.none(f<&Label::name> == "a"));
    EXPECT_EQ(none.size(), 0U);
    const std::uint64_t count = co_await em.count<Seat>(f<&Seat::person> == 2);
    EXPECT_EQ(count, 1U);
  });
}

TEST_F(EntityManagerTest, CollectionsWriteOnlyDifferences) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    Person& ada = setup.create<Person>({.email = "ada@b.io", .name = "Ada"});
    Meeting& made = setup.create<Meeting>({.title = "Chess"});
    made.labels.add(Label{.name = "a"});
    made.labels.add(Label{.name = "b"});
    made.seats.add(Seat{.person = ada});
    co_await setup.flush();
    static_cast<void>(log_->take());

    EntityManager em{*source_};
    Meeting& meeting = co_await em.find_one_or_fail<Meeting>(1);
    EXPECT_THROW(static_cast<void>(meeting.labels.size()), NotLoadedError);
    const std::size_t labels = co_await meeting.labels.load_count();
    EXPECT_EQ(labels, 2U);
    co_await meeting.labels.load();
    co_await meeting.seats.load();
    static_cast<void>(log_->take());
    Label& c = em.create<Label>({.name = "c"});
    std::vector<Label*> wanted{&meeting.labels[1], &c};
    meeting.labels.set(wanted);
    meeting.seats.remove(meeting.seats[0]);
    co_await em.flush();
    EXPECT_EQ(log_->take(), 4U) << ::testing::PrintToString(log_->last);
    EXPECT_EQ(meeting.version, 1);
    EntityManager check{*source_};
    const auto all =
        co_await check.find<Meeting>(populate<&Meeting::labels>(), populate<&Meeting::seats>());
    EXPECT_EQ(all[0]->labels.size(), 2U);
    EXPECT_EQ(all[0]->seats.size(), 0U);
  });
}

struct MeetingPatch {
  std::optional<std::string> title;
  std::optional<Details> details;
};

TEST_F(EntityManagerTest, DtosAreAssignedToEntities) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Meeting& meeting = em.create<Meeting>({.title = "Chess"});
    co_await em.flush();
    MeetingPatch patch;
    patch.details = Details{"a@b.io", {1, 2}};
    assign(meeting, patch);
    EXPECT_TRUE(em.is_changed(meeting));
    co_await em.flush();
    assign(meeting, patch);
    EXPECT_FALSE(em.is_changed(meeting));
    EntityManager check{*source_};
    const auto found =
        co_await check.find<Meeting>(f<&Meeting::details, &Details::contact> == "a@b.io");
    EXPECT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]->title, "Chess");
    EXPECT_EQ(found[0]->details->numbers, (std::vector<int>{1, 2}));
  });
}

TEST_F(EntityManagerTest, PartnersOfOneToOneAreKnownByTheirKeys) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    Person& ada = setup.create<Person>({.email = "ada@b.io", .name = "Ada"});
    setup.create<Person>({.email = "bob@b.io", .name = "Bob"});
    setup.create<Card>({.text = "hi", .person = ada});
    co_await setup.flush();
    EntityManager em{*source_};
    const auto people = co_await em.find<Person>(order_by(asc<&Person::id>));
    EXPECT_EQ(people[0]->card.key(), 1);
    EXPECT_FALSE(people[0]->card.is_loaded());
    EXPECT_TRUE(people[1]->card.is_null());
    EXPECT_THAT(json::write(*people[0]), HasSubstr(R"("card":1)"));
    // The old card goes, a new one takes its place.
    Card& card = em.create<Card>({.text = "new", .person = *people[0]});
    EXPECT_EQ(people[0]->card->text, "new");
    co_await em.flush();
    EXPECT_EQ(card.id, 2);
    const std::uint64_t cards = co_await em.count<Card>();
    EXPECT_EQ(cards, 1U);
    em.remove(*people[0]);
    co_await em.flush();
    const std::uint64_t left = co_await em.count<Card>();
    EXPECT_EQ(left, 0U);
  });
}

struct StatusCount {
  Status status = Status::draft;
  std::int64_t n = 0;
};

TEST_F(EntityManagerTest, QueriesOverEntities) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.create<Meeting>({.title = "a", .status = Status::open});
    em.create<Meeting>({.title = "b", .status = Status::open});
    em.create<Meeting>({.title = "c"});
    co_await em.flush();
    em.clear();
    const auto counts = co_await em.query_builder<Meeting>("m")
                            .select(f<&Meeting::status>, db::count().as("n"))
                            .group_by(f<&Meeting::status>)
                            .order_by(asc<&Meeting::status>)
                            .all<StatusCount>();
    EXPECT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts[1].status, Status::open);
    EXPECT_EQ(counts[1].n, 2);
    const auto meetings =
        co_await em.query_builder<Meeting>("m").where(f<&Meeting::title> == "b").entities();
    EXPECT_EQ(meetings.size(), 1U);
    meetings[0]->title = "B";
    co_await em.flush();
    const Expression open = f<&Meeting::status> == Status::open;
    const std::uint64_t changed =
        co_await em.update_where<Meeting>(open, roost::set<&Meeting::status>(Status::closed));
    EXPECT_EQ(changed, 2U);
    EntityManager check{*source_};
    const auto closed = co_await check.find<Meeting>(f<&Meeting::status> == Status::closed,
                                                     order_by(asc<&Meeting::id>));
    EXPECT_EQ(closed.size(), 2U);
    EXPECT_EQ(closed[0]->version, 2);
    EXPECT_EQ(closed[1]->version, 3);
    EXPECT_EQ(closed[1]->title, "B");
    const std::uint64_t deleted =
        co_await check.delete_where<Meeting>(f<&Meeting::status> == Status::closed);
    EXPECT_EQ(deleted, 2U);
  });
}

TEST_F(EntityManagerTest, UpsertsAndManyRows) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Person ada{.email = "ada@b.io", .name = "Ada"};
    Person& made = co_await em.upsert<Person>(ada);
    EXPECT_EQ(made.id, 1);
    ada.name = "Ada L.";
    Person& same = co_await em.upsert<Person>(ada, on_conflict<&Person::email>());
    EXPECT_EQ(&same, &made);
    EXPECT_EQ(made.name, "Ada L.");
    EXPECT_EQ(log_->take(), 2U);
    std::vector<Label> rows;
    for (int i = 0; i < 20; ++i) rows.push_back(Label{.name = std::to_string(i)});
    rows = co_await em.insert_many<Label>(std::move(rows));
    EXPECT_EQ(log_->take(), 1U);
    EXPECT_EQ(rows.front().name, "0");
    EXPECT_EQ(rows.back().id - rows.front().id, 19);
    EXPECT_EQ(em.size(), 1U);
  });
}

TEST_F(EntityManagerTest, PagesByCursor) {
  run([&]() -> Task<void> {
    {
      EntityManager em{*source_};
      for (const char* title : {"c", "a", "b", "a", "d"}) {
        em.create<Meeting>({.title = title});
      }
      co_await em.flush();
    }
    EntityManager em{*source_};
    const OrderBy order = order_by(asc<&Meeting::title>);
    auto page = co_await em.find_by_cursor<Meeting>(order, first(2));
    EXPECT_EQ(page.items.size(), 2U);
    EXPECT_EQ(page.items[0]->id, 2);
    EXPECT_EQ(page.items[1]->id, 4);
    EXPECT_TRUE(page.has_next);
    EXPECT_FALSE(page.has_previous);
    page = co_await em.find_by_cursor<Meeting>(order, first(2), after(page.end_cursor));
    EXPECT_EQ(page.items[0]->title, "b");
    EXPECT_EQ(page.items[1]->title, "c");
    EXPECT_TRUE(page.has_next);
    EXPECT_TRUE(page.has_previous);
    page = co_await em.find_by_cursor<Meeting>(order, first(2), after(page.end_cursor));
    EXPECT_EQ(page.items.size(), 1U);
    EXPECT_FALSE(page.has_next);
    page = co_await em.find_by_cursor<Meeting>(order, last(3), before(page.start_cursor));
    EXPECT_EQ(page.items.size(), 3U);
    EXPECT_EQ(page.items[0]->id, 4);
    EXPECT_EQ(page.items[2]->title, "c");
    EXPECT_TRUE(page.has_previous);
    // Empty references come last, and none is lost.
    const OrderBy by_host = order_by(asc<&Meeting::host>);
    page = co_await em.find_by_cursor<Meeting>(by_host, first(4));
    EXPECT_EQ(page.items.size(), 4U);
    page = co_await em.find_by_cursor<Meeting>(by_host, first(4), after(page.end_cursor));
    EXPECT_EQ(page.items.size(), 1U);
    bool refused = false;
    try {
      page = co_await em.find_by_cursor<Meeting>(order, first(2), after("nonsense"));
    } catch (const CursorError&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
  });
}

TEST_F(EntityManagerTest, FiltersNarrowFindsAndCollections) {
  run([&]() -> Task<void> {
    {
      EntityManager em{*source_};
      Meeting& meeting = em.create<Meeting>({.title = "a"});
      meeting.labels.add(Label{.name = "red"});
      meeting.labels.add(Label{.name = "blue"});
      em.create<Meeting>({.title = "b"});
      co_await em.flush();
    }
    EntityManager em{*source_};
    em.filter<Meeting>("mine", f<&Meeting::title> == "a");
    em.filter<Label>("warm", f<&Label::name> == "red");
    const auto found = co_await em.find<Meeting>(populate<&Meeting::labels>());
    EXPECT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]->labels.size(), 1U);
    const std::uint64_t count = co_await em.count<Meeting>();
    EXPECT_EQ(count, 1U);
    const std::uint64_t all = co_await em.count<Meeting>(without_filter("mine"));
    EXPECT_EQ(all, 2U);
    const Meeting* other = co_await em.find_one<Meeting>(2);
    EXPECT_EQ(other, nullptr);
    em.remove_filter("mine");
    other = co_await em.find_one<Meeting>(2);
    EXPECT_NE(other, nullptr);
  });
}

TEST_F(EntityManagerTest, HooksSeeTheLifeOfAnEntity) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Note& note = em.create<Note>({.text = "  hello "});
    co_await em.flush();
    EXPECT_EQ(note.text, "hello");
    EXPECT_EQ(note.calls, "before_insert after_insert ");
    note.calls.clear();
    note.text = " world";
    co_await em.flush();
    co_await em.flush();
    EXPECT_EQ(note.calls, "before_update after_update ");
    note.calls.clear();
    em.remove(note);
    co_await em.flush();
    EXPECT_EQ(note.calls, "before_remove after_remove ");
    EntityManager check{*source_};
    check.create<Note>({.text = "x"});
    co_await check.flush();
    EntityManager reader{*source_};
    const auto found = co_await reader.find<const Note>();
    EXPECT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]->calls, "on_load ");
  });
}

TEST_F(EntityManagerTest, StreamsInChunks) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    std::vector<Label> rows;
    for (int i = 0; i < 1000; ++i) rows.push_back(Label{.name = std::to_string(i)});
    rows = co_await em.insert_many<Label>(std::move(rows));
    auto stream = co_await em.stream<Label>(order_by(asc<&Label::id>));
    std::int64_t seen = 0;
    auto chunk = co_await stream.next();
    while (!chunk.empty()) {
      for (const Label* label : chunk) EXPECT_EQ(label->id, ++seen);
      EXPECT_LE(chunk.size(), 256U);
      chunk = co_await stream.next();
    }
    EXPECT_EQ(seen, 1000);
    EXPECT_EQ(em.size(), 0U);
  });
}

TEST_F(EntityManagerTest, AFailedFlushLosesNothing) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.create<Person>({.email = "ada@b.io", .name = "Ada"});
    co_await em.flush();
    Person& twin = em.create<Person>({.email = "ada@b.io", .name = "Twin"});
    bool refused = false;
    try {
      co_await em.flush();
    } catch (const db::UniqueViolation&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    EXPECT_EQ(twin.id, 0);
    twin.email = "twin@b.io";
    co_await em.flush();
    EXPECT_GT(twin.id, 1);
    const std::uint64_t people = co_await em.count<Person>();
    EXPECT_EQ(people, 2U);
  });
}

TEST_F(EntityManagerTest, SomebodyElsesChangeIsNoticed) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    setup.create<Meeting>({.title = "Chess"});
    co_await setup.flush();
    EntityManager first{*source_};
    EntityManager second{*source_};
    Meeting& a = co_await first.find_one_or_fail<Meeting>(1);
    Meeting& b = co_await second.find_one_or_fail<Meeting>(1);
    a.title = "A";
    b.title = "B";
    co_await first.flush();
    bool refused = false;
    try {
      co_await second.flush();
    } catch (const OptimisticLockError& error) {
      refused = true;
      EXPECT_THAT(error.what(), HasSubstr("Meeting #1"));
    }
    EXPECT_TRUE(refused);
    co_await second.refresh(b);
    EXPECT_EQ(b.title, "A");
    EXPECT_EQ(b.version, 2);
  });
}

TEST_F(EntityManagerTest, UniqueValuesAreSwappedInOneFlush) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Person& ada = em.create<Person>({.email = "ada@b.io", .name = "Ada"});
    Person& bob = em.create<Person>({.email = "bob@b.io", .name = "Bob"});
    co_await em.flush();
    std::swap(ada.email, bob.email);
    co_await em.flush();
    em.remove(ada);
    em.create<Person>({.email = "bob@b.io", .name = "Eve"});
    co_await em.flush();
    EntityManager check{*source_};
    const auto all = co_await check.find<const Person>(order_by(asc<&Person::id>));
    EXPECT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0]->email, "ada@b.io");
    EXPECT_EQ(all[0]->name, "Bob");
    EXPECT_EQ(all[1]->name, "Eve");
  });
}

TEST_F(EntityManagerTest, ARollbackTakesBackWhatTheFlushDid) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Meeting& meeting = em.create<Meeting>({.title = "Chess"});
    co_await em.flush();
    Person* made = nullptr;
    bool thrown = false;
    const auto body = [&](EntityManager& inner) -> Task<void> {
      meeting.title = "Go";
      made = &inner.create<Person>({.email = "ada@b.io", .name = "Ada"});
      co_await inner.flush();
      EXPECT_EQ(meeting.version, 2);
      throw std::runtime_error("no");
    };
    try {
      co_await em.transactional(body);
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
    EXPECT_EQ(meeting.version, 1);
    EXPECT_EQ(made->id, 0);
    co_await em.flush();
    EXPECT_EQ(meeting.version, 2);
    EXPECT_NE(made->id, 0);
    EntityManager check{*source_};
    const Meeting* found = co_await check.find_one<const Meeting>(1);
    EXPECT_EQ(found->title, "Go");
  });
}

}  // namespace
}  // namespace roost::orm
