// Optional structs, flush modes, expected versions, upserts of many rows, subscribers.
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/errors.hpp>

#include <optional>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Address {
  std::string street{};
  std::optional<std::string> city{};
};

struct Account {
  std::int64_t id{};
  std::string email{};
  int age = 0;
  std::optional<Address> address{};
  int version{};
  static constexpr auto meta =
      orm::entity("accounts", primary_key<&Account::id>(), unique<&Account::email>(),
                  versioned_by<&Account::version>());
};

struct Label {
  std::int64_t id{};
  std::string text{};
  static constexpr auto meta =
      orm::entity("labels", primary_key<&Label::id>(), unique<&Label::text>());
};

Account account(std::string email, int age) {
  Account made;
  made.email = std::move(email);
  made.age = age;
  return made;
}

class Model : public CaseTest {
 protected:
  Model() : CaseTest(entities<Account, Label>()) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    Account& ann = em.create(account("a@x", 5));
    ann.address = Address{"Main Street", "Bath"};
    em.create(account("b@x", 6));
    co_await em.flush();
    ann_id = ann.id;
  }
  std::int64_t ann_id = 0;
};

// --- optional structs

TEST_F(Model, Uow029AnAbsentStructIsNullInAllItsColumns) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Account& ann = co_await em.find_one_or_fail<Account>(ann_id);
    EXPECT_TRUE(ann.address.has_value() && ann.address->street == "Main Street");
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
    ann.address = std::nullopt;
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EntityManager other{*source_};
    Account& again = co_await other.find_one_or_fail<Account>(ann_id);
    EXPECT_FALSE(again.address.has_value());
    const auto without =
        co_await other.count<Account>(f<&Account::address, &Address::street> == nullptr);
    EXPECT_EQ(without, 2U);
    again.address = Address{"Side Street", std::nullopt};
    co_await other.flush();
    co_await em.refresh(ann);
    EXPECT_TRUE(ann.address.has_value() && ann.address->street == "Side Street");
    EXPECT_FALSE(ann.address->city.has_value());
    static_cast<void>(sent());
    ann.address->city = "Bath";
    co_await em.flush();
    EXPECT_EQ(sent(), 1U);
    EXPECT_THAT(sent_texts(), testing::Not(HasSubstr("street")));
  });
}

TEST_F(Model, AStructThatTheDatabaseTookAwayIsAbsentAfterRefresh) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Account& ann = co_await em.find_one_or_fail<Account>(ann_id);
    co_await sql_at_once(sql("update accounts set address_street = null, address_city = null"));
    co_await em.refresh(ann);
    EXPECT_FALSE(ann.address.has_value());
    EXPECT_FALSE(em.is_changed(ann));
  });
}

TEST_F(Model, AFailedFlushKeepsWhatHappenedToAnOptionalStruct) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Account& ann = co_await em.find_one_or_fail<Account>(ann_id);
    ann.address = std::nullopt;
    Account& twin = em.create(account("b@x", 7));  // there is one
    const bool refused = co_await refuses<db::UniqueViolation>(em.flush());
    EXPECT_TRUE(refused);
    EXPECT_FALSE(ann.address.has_value());
    EXPECT_TRUE(em.is_changed(ann));
    EntityManager before{*source_};
    const Account& kept = co_await before.find_one_or_fail<const Account>(ann_id);
    EXPECT_TRUE(kept.address.has_value() && kept.address->street == "Main Street");
    em.remove(twin);
    co_await em.flush();
    EXPECT_FALSE(em.is_changed(ann));
    EntityManager after{*source_};
    const Account& gone = co_await after.find_one_or_fail<const Account>(ann_id);
    EXPECT_FALSE(gone.address.has_value());
  });
}

TEST_F(Model, ARollbackUnwritesAnOptionalStruct) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Account& ann = co_await em.find_one_or_fail<Account>(ann_id);
    const auto body = [&](EntityManager& inner) -> Task<void> {
      ann.address = std::nullopt;
      co_await inner.flush();
      ann.address = Address{"Side Street", std::nullopt};
      co_await inner.flush();
      throw UsageError("not after all");
    };
    const bool refused = co_await refuses<UsageError>(em.transactional(body));
    EXPECT_TRUE(refused);
    EXPECT_TRUE(em.is_changed(ann));
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EntityManager after{*source_};
    const Account& read = co_await after.find_one_or_fail<const Account>(ann_id);
    EXPECT_TRUE(read.address.has_value() && read.address->street == "Side Street");
    EXPECT_FALSE(read.address->city.has_value());
  });
}

// --- lazy columns

struct Minutes {
  std::int64_t id{};
  std::string title{};
  std::string text{};
  static constexpr auto meta =
      orm::entity("minutes", primary_key<&Minutes::id>(), field<&Minutes::text>(lazy));
};

class LazyColumns : public CaseTest {
 protected:
  LazyColumns() : CaseTest(entities<Minutes>()) {}
  Task<void> prepare() override {
    EntityManager em{*source_};
    Minutes& made = em.create<Minutes>({.title = "May", .text = "long"});
    co_await em.flush();
    made_id = made.id;
  }
  std::int64_t made_id = 0;
};

TEST_F(LazyColumns, AreReadWhenTheyAreAskedFor) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Minutes& minutes = co_await em.find_one_or_fail<Minutes>(made_id);
    EXPECT_THAT(minutes.text, IsEmpty());
    minutes.title = "June";
    co_await em.flush();  // what was not read is not written
    static_cast<void>(sent());
    co_await em.load<&Minutes::text>(minutes);
    co_await em.load<&Minutes::text>(minutes);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(minutes.text, "long");
    EXPECT_FALSE(em.is_changed(minutes));
    minutes.text = "longer";
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    const bool refused = co_await refuses<UsageError>(em.load<&Minutes::title>(minutes));
    EXPECT_TRUE(refused);
  });
}

TEST_F(LazyColumns, AreWrittenWhenTheyAreAssignedUnread) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Minutes& minutes = co_await em.find_one_or_fail<Minutes>(made_id);
    minutes.text = "short";
    const std::vector<Minutes*> again = co_await em.find<Minutes>();
    EXPECT_EQ(again.size(), 1U);
    EXPECT_TRUE(em.is_changed(minutes));
    co_await em.flush();
    EntityManager other{*source_};
    Minutes& read = co_await other.find_one_or_fail<Minutes>(made_id);
    co_await other.load<&Minutes::text>(read);
    EXPECT_EQ(read.text, "short");
    EXPECT_EQ(read.title, "May");
  });
}

TEST_F(LazyColumns, StayToBeWrittenWhenTheFlushFails) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Minutes& minutes = co_await em.find_one_or_fail<Minutes>(made_id);
    minutes.text = "short";
    Minutes& twin = em.create<Minutes>({.id = made_id + 1, .title = "twin"});
    co_await sql_at_once(
        sql("insert into minutes (id, title, text) values ({}, 'x', 'y')", made_id + 1));
    const bool refused = co_await refuses<db::UniqueViolation>(em.flush());
    EXPECT_TRUE(refused);
    EXPECT_TRUE(em.is_changed(minutes));
    EXPECT_FALSE(em.is_loaded<&Minutes::text>(minutes));
    em.remove(twin);
    co_await em.flush();
    EXPECT_TRUE(em.is_loaded<&Minutes::text>(minutes));
    EntityManager other{*source_};
    Minutes& read = co_await other.find_one_or_fail<Minutes>(made_id);
    co_await other.load<&Minutes::text>(read);
    EXPECT_EQ(read.text, "short");
  });
}

TEST_F(LazyColumns, AreUnwrittenByARollback) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Minutes& minutes = co_await em.find_one_or_fail<Minutes>(made_id);
    const auto body = [&](EntityManager& inner) -> Task<void> {
      minutes.text = "short";
      co_await inner.flush();
      throw UsageError("not after all");
    };
    const bool refused = co_await refuses<UsageError>(em.transactional(body));
    EXPECT_TRUE(refused);
    EXPECT_TRUE(em.is_changed(minutes));
    co_await em.flush();
    EntityManager other{*source_};
    Minutes& read = co_await other.find_one_or_fail<Minutes>(made_id);
    co_await other.load<&Minutes::text>(read);
    EXPECT_EQ(read.text, "short");
  });
}

// --- flush modes

TEST_F(Model, Flush001WhatWaitsIsWrittenBeforeTheFind) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.flush_mode(FlushMode::automatic);
    em.create(account("c@x", 7));
    const std::vector<Account*> all = co_await em.find<Account>();
    EXPECT_EQ(sent() + 2, 4U) << sent_texts();  // with BEGIN and COMMIT
    EXPECT_EQ(all.size(), 3U);
  });
}

TEST_F(Model, Flush003ChangesCountWithoutBeingNamed) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.flush_mode(FlushMode::automatic);
    Account& ann = co_await em.find_one_or_fail<Account>(ann_id);
    em.create<Label>({.text = "waits"});
    static_cast<void>(sent());
    const std::vector<Account*> none = co_await em.find<Account>(f<&Account::email> == "new@x");
    EXPECT_EQ(sent(), 1U) << sent_texts();  // nothing of this class waits
    EXPECT_THAT(none, IsEmpty());
    ann.email = "new@x";
    const std::vector<Account*> found = co_await em.find<Account>(f<&Account::email> == "new@x");
    EXPECT_THAT(found, ElementsAre(&ann));
    EXPECT_EQ(sent(), 3U) << sent_texts();  // everything that waits is written, the label too
  });
}

TEST_F(Model, Flush004AFindHasAModeOfItsOwn) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.flush_mode(FlushMode::automatic);
    em.create(account("c@x", 7));
    const std::vector<Account*> before = co_await em.find<Account>(FlushMode::manual);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(before.size(), 2U);
    const std::vector<Label*> labels = co_await em.find<Label>(FlushMode::automatic);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    const std::vector<Label*> again = co_await em.find<Label>(FlushMode::always);
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_EQ(labels.size() + again.size(), 0U);
    const auto accounts = co_await em.count<Account>();
    EXPECT_EQ(accounts, 3U);
  });
}

TEST_F(Model, AFlushThatFailsFailsTheFind) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.flush_mode(FlushMode::always);
    Account& taken = em.create(account("a@x", 7));
    bool refused = false;
    try {
      static_cast<void>(co_await em.count<Label>());
    } catch (const db::UniqueViolation&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    taken.email = "d@x";
    const auto accounts = co_await em.count<Account>();
    EXPECT_EQ(accounts, 3U);
  });
}

// --- expected versions

TEST_F(Model, Lock003AnotherVersionThanExpectedIsRefused) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Account& ann = co_await em.find_one_or_fail<Account>(ann_id, expect_version(1));
    static_cast<void>(sent());
    em.lock(ann, expect_version(1));
    EXPECT_EQ(sent(), 0U);
    std::string message;
    try {
      static_cast<void>(co_await em.find_one<Account>(ann_id, expect_version(7)));
    } catch (const OptimisticLockError& error) {
      message = error.what();
    }
    EXPECT_THAT(message, HasSubstr("version 7 was expected, it has version 1"));
    Label& label = em.create<Label>({.text = "plain"});
    EXPECT_THROW(em.lock(label, expect_version(1)), OptimisticLockError);
    EXPECT_THROW(em.lock(ann, expect_version(2)), OptimisticLockError);
  });
}

// --- upserts

TEST_F(Model, Up002ManyRowsAreOneStatement) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    std::vector<Account> rows;
    rows.push_back(account("n1@x", 1));
    rows.push_back(account("a@x", 50));
    rows.push_back(account("n2@x", 2));
    const std::vector<Account*> made =
        co_await em.upsert_many(std::move(rows), on_conflict<&Account::email>());
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(made.size(), 3U);
    EXPECT_EQ(made[1]->id, ann_id);
    EXPECT_EQ(made[1]->age, 50);
    EXPECT_EQ(made[1]->version, 2);
    EXPECT_EQ(made[2]->email, "n2@x");
    made[0]->age = 11;
    co_await em.flush();  // they are managed
    EXPECT_EQ(sent(), 1U) << sent_texts();
    const auto accounts = co_await em.count<Account>();
    EXPECT_EQ(accounts, 4U);
    const std::vector<Account*> nothing = co_await em.upsert_many(std::vector<Account>{});
    EXPECT_THAT(nothing, IsEmpty());
  });
}

TEST_F(Model, Up002WhatIsThereCanStayAsItIs) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Account& there = co_await em.insert_or_find(account("a@x", 99), on_conflict<&Account::email>());
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_EQ(there.id, ann_id);
    EXPECT_EQ(there.age, 5);
    Account& fresh = co_await em.insert_or_find(account("z@x", 9), on_conflict<&Account::email>());
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_NE(fresh.id, 0);
    EXPECT_EQ(fresh.age, 9);
  });
}

TEST_F(Model, AnUpsertThatFailsLeavesNothingBehind) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    std::vector<Account> rows;
    rows.push_back(account("n1@x", 1));
    rows.push_back(account("n2@x", 2));
    rows[1].id = ann_id;  // the email is free, the key is not
    bool refused = false;
    try {
      static_cast<void>(co_await em.upsert_many(std::move(rows), on_conflict<&Account::email>()));
    } catch (const db::UniqueViolation&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
    const auto accounts = co_await em.count<Account>();
    EXPECT_EQ(accounts, 2U);
  });
}

// --- subscribers

class Recorder final : public Subscriber {
 public:
  void before_flush(FlushEvent& event) override {
    calls.emplace_back("before_flush");
    if (!audit) return;
    audit = false;
    event.create<Label>({.text = "audited"});
  }
  void on_flush(const FlushEvent& event) override {
    calls.push_back("on_flush " + std::to_string(event.changes().size()));
    if (refuse) throw UsageError("not today");
  }
  void after_flush(const FlushEvent&) override { calls.emplace_back("after_flush"); }
  void before_change(EntityChange& change) override {
    calls.push_back("before " + std::string{change.class_name()});
    if (auto* made = change.as<Account>(); made != nullptr && change.kind() != ChangeKind::remove) {
      made->age += 100;
    }
  }
  void after_change(const EntityChange& change) override {
    std::string call = "after " + std::string{change.class_name()};
    if (change.kind() == ChangeKind::remove) call += " removed";
    if (change.kind() == ChangeKind::update) {
      for (const std::string_view column : change.columns()) call += " " + std::string{column};
    }
    calls.push_back(call);
  }

  std::vector<std::string> calls;
  bool audit = false;
  bool refuse = false;
};

TEST_F(Model, Ev001SubscribersAreToldOfEachFlush) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Recorder recorder;
    em.subscribe(recorder);
    Label& label = em.create<Label>({.text = "one"});
    co_await em.flush();
    EXPECT_THAT(recorder.calls, ElementsAre("before_flush", "before Label", "on_flush 1",
                                            "after Label", "after_flush"));
    recorder.calls.clear();
    label.text = "two";
    co_await em.flush();
    EXPECT_THAT(recorder.calls, ElementsAre("before_flush", "before Label", "on_flush 1",
                                            "after Label text", "after_flush"));
    recorder.calls.clear();
    co_await em.flush();
    EXPECT_THAT(recorder.calls, ElementsAre("before_flush", "on_flush 0", "after_flush"));
    recorder.calls.clear();
    em.remove(label);
    recorder.audit = true;
    co_await em.flush();
    EXPECT_THAT(recorder.calls,
                ElementsAre("before_flush", "before Label", "before Label", "on_flush 2",
                            "after Label removed", "after Label", "after_flush"));
    const auto labels = co_await em.count<Label>(f<&Label::text> == "audited");
    EXPECT_EQ(labels, 1U);
  });
}

TEST_F(Model, Ev002WhatASubscriberChangesIsWrittenAlong) {
  run([&]() -> Task<void> {
    Recorder recorder;
    source_->subscribe(recorder);
    EntityManager em{*source_};
    Account& fresh = em.create(account("e@x", 1));
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    fresh.email = "f@x";
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
    EntityManager other{*source_};
    Account& again = co_await other.find_one_or_fail<Account>(fresh.id);
    EXPECT_EQ(again.age, 201);
    EXPECT_EQ(again.email, "f@x");
  });
}

TEST_F(Model, ASubscriberThatThrowsStopsTheFlush) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Recorder recorder;
    em.subscribe(recorder);
    em.create<Label>({.text = "one"});
    recorder.refuse = true;
    const bool refused = co_await refuses<UsageError>(em.flush());
    EXPECT_TRUE(refused);
    EXPECT_EQ(sent(), 0U) << sent_texts();
    recorder.refuse = false;
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
  });
}

}  // namespace
}  // namespace roost::orm
