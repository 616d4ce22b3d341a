// Many at the same time: seats are never sold twice, no editor's change is lost. A short run;
// ROOST_CONTENTION_RUNS=10000 makes a long one.
#include <roost/async/timers.hpp>
#include <roost/async/when_all.hpp>
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/sql/raw_sql.hpp>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

struct Show;
struct Ticket {
  std::int64_t id{};
  int seats = 0;
  Ref<Show> show{};
  static constexpr auto meta =
      orm::entity("tickets", primary_key<&Ticket::id>(), many_to_one<&Ticket::show>());
};
struct Show {
  std::int64_t id{};
  std::string note{};
  int capacity = 0;
  int edits = 0;
  int version{};
  Collection<Ticket> tickets{};
  static constexpr auto meta =
      orm::entity("shows", primary_key<&Show::id>(), versioned_by<&Show::version>(),
                  one_to_many<&Show::tickets>(mapped_by<&Ticket::show>));
};
/// Without a version: the last writer wins.
struct Counter {
  std::int64_t id{};
  std::int64_t part{};
  int value = 0;
  static constexpr auto meta = orm::entity("counters", primary_key<&Counter::id, &Counter::part>());
};
struct Keyring;
struct Lock {
  std::int64_t id{};
  int number = 0;
  Ref<Keyring> keyring{};
  static constexpr auto meta =
      orm::entity("locks", primary_key<&Lock::id>(), one_to_one<&Lock::keyring>());
};
struct Keyring {
  std::int64_t id{};
  std::string label{};
  Ref<Lock> lock{};
  static constexpr auto meta =
      orm::entity("keyrings", primary_key<&Keyring::id>(),
                  one_to_one<&Keyring::lock>(mapped_by<&Lock::keyring>, with_key, orphan_removal));
};
struct Label {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta =
      orm::entity("labels", primary_key<&Label::id>(), unique<&Label::name>());
};
struct Seats {
  std::int64_t sold = 0;
};

int runs() {
  const char* value = std::getenv("ROOST_CONTENTION_RUNS");
  return value == nullptr ? 120 : std::atoi(value);
}

/// What happened to a buyer or an editor.
struct Outcome {
  bool done = false;
  int refused = 0;
};

Task<Outcome> buy(const DataSource& source, std::int64_t show_id, int seats) {
  EntityManager manager{source};
  Outcome outcome;
  co_await manager.transactional([&](EntityManager& em) -> Task<void> {
    Show& show = co_await em.find_one_or_fail<Show>(show_id, LockMode::for_update);
    const auto taken = co_await em.execute<Seats>(
        sql("select coalesce(sum(seats), 0) as sold from tickets where show_id = {}", show_id));
    co_await yield();  // others would come in between here
    if (taken.front().sold + seats > show.capacity) {
      outcome.refused = 1;
      co_return;
    }
    em.create<Ticket>({.seats = seats, .show = show});
    outcome.done = true;
  });
  co_return outcome;
}

/// Without a lock: whoever comes second reads again.
Task<Outcome> edit(const DataSource& source, std::int64_t show_id, std::string note) {
  Outcome outcome;
  while (!outcome.done) {
    EntityManager em{source};
    Show& show = co_await em.find_one_or_fail<Show>(show_id);
    co_await yield();
    show.edits += 1;
    show.note = note;
    try {
      co_await em.flush();
      outcome.done = true;
    } catch (const OptimisticLockError&) {
      ++outcome.refused;
    }
  }
  co_return outcome;
}

/// Changes all rows, which it comes to know forwards or backwards.
Task<void> count_up(const DataSource& source, bool backwards, int value) {
  EntityManager em{source};
  const auto there = order_by(f<&Counter::id>.asc(), f<&Counter::part>.asc());
  const auto back = order_by(f<&Counter::id>.desc(), f<&Counter::part>.desc());
  const auto& order = backwards ? back : there;
  for (Counter* counter : co_await em.find<Counter>(order)) {
    counter->value = value;
  }
  co_await em.flush();
}

/// The one that is there is an orphan then.
Task<void> change_lock(const DataSource& source, std::int64_t id, int number) {
  EntityManager manager{source};
  co_await manager.transactional([&](EntityManager& em) -> Task<void> {
    Keyring& keyring = co_await em.find_one_or_fail<Keyring>(id, LockMode::for_update);
    keyring.lock = em.create<Lock>({.number = number});
  });
}

class ContentionTest : public CaseTest {
 protected:
  static constexpr int at_once = 8;

  ContentionTest() : CaseTest(entities<Show, Ticket, Counter, Keyring, Lock, Label>()) {}

  Task<std::int64_t> new_show(int capacity) {
    EntityManager em{*source_};
    Show& show = em.create<Show>({.capacity = capacity});
    co_await em.flush();
    co_return show.id;
  }
};

TEST_F(ContentionTest, NoSeatIsSoldTwice) {
  run([&]() -> Task<void> {
    const int wanted = runs();
    int bought = 0;
    int refused = 0;
    for (int done = 0; done < wanted;) {
      // Small shows, so that most of the buyers stand at the edge.
      const int capacity = 5 + done % 7;
      const std::int64_t show = co_await new_show(capacity);
      std::vector<Task<Outcome>> buyers;
      for (int i = 0; i < at_once && done < wanted; ++i, ++done) {
        buyers.push_back(buy(*source_, show, 1 + i % 3));
      }
      const std::vector<Outcome> outcomes = co_await when_all(std::move(buyers));
      int sold = 0;
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i].done) sold += 1 + static_cast<int>(i) % 3;
        bought += outcomes[i].done ? 1 : 0;
        refused += outcomes[i].refused;
      }
      const auto stored = co_await source_->database().query<Seats>(
          sql("select coalesce(sum(seats), 0) as sold from tickets where show_id = {}", show));
      EXPECT_EQ(stored.front().sold, sold);
      EXPECT_LE(sold, capacity);
      // Nobody is sent away while there is room for the largest order.
      if (outcomes.size() == at_once) {
        EXPECT_GT(sold + 3, capacity);
      }
      static_cast<void>(sent());
    }
    std::printf("%d tickets sold, %d refused\n", bought, refused);
    EXPECT_EQ(bought + refused, wanted);
    EXPECT_GT(refused, 0);
  });
}

TEST_F(ContentionTest, NoEditIsLost) {
  run([&]() -> Task<void> {
    const int wanted = runs();
    const std::int64_t id = co_await new_show(1);
    int again = 0;
    for (int done = 0; done < wanted;) {
      std::vector<Task<Outcome>> editors;
      for (int i = 0; i < at_once && done < wanted; ++i, ++done) {
        editors.push_back(edit(*source_, id, "editor " + std::to_string(i)));
      }
      const std::vector<Outcome> outcomes = co_await when_all(std::move(editors));
      for (const Outcome& outcome : outcomes) again += outcome.refused;
      static_cast<void>(sent());
    }
    EntityManager em{*source_};
    const Show& show = co_await em.find_one_or_fail<const Show>(id);
    std::printf("%d edits, %d of them tried again\n", show.edits, again);
    EXPECT_EQ(show.edits, wanted);
    EXPECT_EQ(show.version, wanted + 1);
    EXPECT_GT(again, 0);  // otherwise they did not meet
  });
}

TEST_F(ContentionTest, WritersOfTheSameRowsDoNotLockThemCrosswise) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    for (int i = 0; i < 400; ++i) em.create<Counter>({.id = i / 2, .part = i % 2});
    co_await em.flush();
    for (int round = 1; round <= 10; ++round) {
      std::vector<Task<void>> writers;
      for (int i = 0; i < at_once; ++i) {
        writers.push_back(count_up(*source_, i % 2 == 1, round * at_once + i));
      }
      co_await when_all(std::move(writers));  // PostgreSQL would refuse one of two in a deadlock
      static_cast<void>(sent());
    }
  });
}

/// Asks for the first row when somebody who has it waits for the second.
Task<void> cross(db::Transaction& transaction) {
  co_await sleep_for(std::chrono::milliseconds{100});
  co_await transaction.execute(sql("update counters set value = 8 where id = 1"));
  co_await transaction.commit();
}

Task<void> set_all(EntityManager& em) {
  const auto all = f<&Counter::id> > 0;
  const std::uint64_t changed = co_await em.update_where<Counter>(all, set<&Counter::value>(1));
  EXPECT_EQ(changed, 2U);
}

TEST_F(ContentionTest, WhatPostgresqlEndsForADeadlockIsWrittenAgain) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Counter& first = em.create<Counter>({.id = 1, .part = 0});
    Counter& second = em.create<Counter>({.id = 2, .part = 0});
    co_await em.flush();
    for (const bool flushes : {true, false}) {
      const Owned<db::Transaction> other = co_await source_->database().begin();
      co_await other->execute(sql("update counters set value = 7 where id = 2"));
      first.value = 1;
      second.value = 1;
      std::vector<Task<void>> both;
      both.push_back(flushes ? em.flush() : set_all(em));
      both.push_back(cross(*other));
      co_await when_all(std::move(both));
      const auto counters =
          co_await source_->database().query<Seats>(sql("select sum(value) as sold from counters"));
      EXPECT_EQ(counters.front().sold, 2);  // ours came last
      static_cast<void>(sent());
    }
  });
}

constexpr int labels = 400;

/// New rows get their keys in the order in which they are made, so that is the order of the insert.
Task<void> make_labels(const DataSource& source, bool backwards) {
  EntityManager em{source};
  for (int i = 0; i < labels; ++i) {
    em.create<Label>({.name = std::to_string(backwards ? labels - i : i + 1)});
  }
  try {
    co_await em.flush();
  } catch (const db::UniqueViolation&) {  // somebody else has made them
  }
}

/// Opens every connection that the loop may have for writing: the next one comes when all are busy.
Task<void> connect_all(const DataSource& source) {
  const auto occupy = [&]() -> Task<void> {
    co_await source.database().execute(sql("delete from labels where pg_sleep(0.02) is null"));
  };
  for (int i = 0; i < 6; ++i) {
    co_await when_all(occupy(), occupy(), occupy(), occupy(), occupy());
    co_await sleep_for(std::chrono::milliseconds{20});
  }
}

/// Those that come from both ends wait until both are here.
Task<void> hold_the_middle(const DataSource& source) {
  const Owned<db::Transaction> middle = co_await source.database().begin();
  co_await middle->execute(
      sql("insert into labels (name) values ({})", std::to_string(labels / 2)));
  co_await sleep_for(std::chrono::milliseconds{300});
  co_await middle->rollback();
}

TEST_F(ContentionTest, ThoseWhoseDeadlocksPostgresqlEndsWriteOneAfterTheOther) {
  run([&]() -> Task<void> {
    if (on_postgresql()) co_await connect_all(*source_);
    static_cast<void>(sent());
    std::vector<Task<void>> all;
    all.push_back(hold_the_middle(*source_));
    for (int i = 0; i < at_once; ++i) all.push_back(make_labels(*source_, i % 2 == 1));
    co_await when_all(std::move(all));
    static_cast<void>(sent());
    EntityManager em{*source_};
    EXPECT_EQ(co_await em.count<Label>(), static_cast<std::uint64_t>(labels));
  });
}

TEST_F(ContentionTest, WhoWaitedForALockKnowsWhatCameToTheRowMeanwhile) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Keyring& keyring = em.create<Keyring>({.label = "cellar"});
    co_await em.flush();
    for (int round = 1; round <= 5; ++round) {
      std::vector<Task<void>> changes;
      for (int i = 0; i < at_once; ++i) {
        changes.push_back(change_lock(*source_, keyring.id, round * at_once + i));
      }
      co_await when_all(std::move(changes));
      static_cast<void>(sent());
    }
    const auto locks = co_await em.find<const Lock>();
    EXPECT_EQ(locks.size(), 1U);
  });
}

}  // namespace
}  // namespace roost::orm
