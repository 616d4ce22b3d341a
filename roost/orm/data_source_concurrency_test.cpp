// One data source of which the loops of several threads have entity managers.
#include <roost/async/event_loop.hpp>
#include <roost/async/when_all.hpp>
#include <roost/orm/orm.hpp>
#include <roost/orm/test_database_impl.hpp>
#include <roost/sql/errors.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// SQLite is not instrumented: its lock-free reads of the log's index look like races from outside.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "called_from_lib:libsqlite3.so\n"; }

namespace roost::orm {
namespace {

constexpr int threads = 4;
constexpr int tasks_per_thread = 4;
constexpr int rounds = 12;

struct Ledger;
struct Posting {
  std::int32_t id{};
  int amount = 0;
  Ref<Ledger> ledger{};
  static constexpr auto meta =
      orm::entity("postings", pooled_key<&Posting::id>(7), many_to_one<&Posting::ledger>());
};
struct Ledger {
  std::int64_t id{};
  std::string name{};
  Collection<Posting> postings{};
  static constexpr auto meta =
      orm::entity("ledgers", pooled_key<&Ledger::id>(3), unique<&Ledger::name>(),
                  one_to_many<&Ledger::postings>(mapped_by<&Posting::ledger>));
};

class Undone : public Error {
 public:
  Undone() : Error("undone") {}
};

/// What one task was told; a thread has several, which take turns.
struct Told {
  std::vector<std::int64_t> ledgers;    // all numbers, also those that were not kept
  std::map<std::string, int> postings;  // of the ledgers that were kept, by name
};

Ledger& make(EntityManager& em, const std::string& name, int postings) {
  Ledger& ledger = em.create<Ledger>({.name = name});
  for (int i = 0; i < postings; ++i) ledger.postings.add(Posting{.amount = i});
  return ledger;
}

Task<void> flushed(const DataSource& source, std::string name, int postings, Told& told) {
  EntityManager em{source};
  Ledger& ledger = make(em, name, postings);
  co_await em.flush();
  told.ledgers.push_back(ledger.id);
  told.postings[name] = postings;
}

/// The first flush is refused: the name is there.
Task<void> refused_first(const DataSource& source, std::string name, int postings, Told& told) {
  EntityManager em{source};
  Ledger& ledger = make(em, "taken", postings);
  bool refused = false;
  try {
    co_await em.flush();
  } catch (const db::UniqueViolation&) {
    refused = true;
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(ledger.id, 0);
  ledger.name = name;
  co_await em.flush();
  told.ledgers.push_back(ledger.id);
  told.postings[name] = postings;
}

Task<void> rolled_back(const DataSource& source, std::string name, int postings, Told& told) {
  EntityManager em{source};
  const auto body = [&](EntityManager& tx) -> Task<void> {
    const Ledger& ledger = make(tx, name, postings);
    co_await tx.flush();
    told.ledgers.push_back(ledger.id);
    throw Undone{};
  };
  bool undone = false;
  try {
    co_await em.transactional(body);
  } catch (const Undone&) {
    undone = true;
  }
  EXPECT_TRUE(undone);
}

Task<void> in_bulk(const DataSource& source, std::string name, Told& told) {
  EntityManager em{source};
  std::vector<Ledger> rows(5);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].name = name + "." + std::to_string(i);
  rows = co_await em.insert_many(std::move(rows));
  for (const Ledger& row : rows) {
    told.ledgers.push_back(row.id);
    told.postings[row.name] = 0;
  }
}

Task<void> work(const DataSource& source, std::string prefix, int first, Told& told) {
  for (int round = 0; round < rounds; ++round) {
    std::string name = prefix + std::to_string(round);
    const int postings = (first + round) % 9;
    switch ((first + round) % 5) {
      case 0:
      case 1:
        co_await flushed(source, std::move(name), postings, told);
        break;
      case 2:
        co_await refused_first(source, std::move(name), postings, told);
        break;
      case 3:
        co_await rolled_back(source, std::move(name), postings, told);
        break;
      default:
        co_await in_bulk(source, std::move(name), told);
    }
  }
}

void run_thread(const DataSource& source, int number, std::vector<Told>& told) {
  EventLoop loop;
  std::vector<Task<void>> tasks;
  for (std::size_t i = 0; i < told.size(); ++i) {
    std::string prefix = std::to_string(number) + "/" + std::to_string(i) + "/";
    tasks.push_back(work(source, std::move(prefix), number + static_cast<int>(i), told[i]));
  }
  loop.block_on(when_all(std::move(tasks)));
}

/// What is stored is what the tasks were told, each row under the number that it was told.
Task<void> expect_stored(const DataSource& source, const std::map<std::string, int>& told) {
  EntityManager em{source};
  const auto ledgers = co_await em.find<const Ledger>(populate<&Ledger::postings>());
  EXPECT_EQ(ledgers.size(), told.size());
  for (const Ledger* ledger : ledgers) {
    const auto expected = told.find(ledger->name);
    if (expected == told.end()) {
      ADD_FAILURE() << ledger->name << " is stored, but nobody was told so";
      continue;
    }
    std::set<int> amounts;
    for (const Posting& posting : ledger->postings) amounts.insert(posting.amount);
    EXPECT_EQ(ledger->postings.size(), static_cast<std::size_t>(expected->second)) << ledger->name;
    EXPECT_EQ(amounts.size(), ledger->postings.size()) << ledger->name;
  }
}

TEST(DataSourceConcurrency, NoPooledKeyIsGivenTwice) {
  db::DatabaseOptions options;
  options.acquire_timeout = std::chrono::minutes{2};
  DataSource source{open_database(options), entities<Posting, Ledger>()};
  const bool postgresql = source.database().dialect().kind() == db::DialectKind::postgresql;
  std::map<std::string, int> kept;
  std::vector<std::int64_t> ledgers;
  EventLoop loop;
  const auto prepare = [&]() -> Task<void> {
    static_cast<void>(co_await source.create_schema());
    EntityManager em{source};
    make(em, "taken", 1);
    co_await em.flush();
  };
  loop.block_on(prepare());
  kept["taken"] = 1;

  std::vector<std::vector<Told>> told(threads, std::vector<Told>(tasks_per_thread));
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] { run_thread(source, i, told[static_cast<std::size_t>(i)]); });
  }
  for (std::thread& thread : running) thread.join();

  for (const auto& of_thread : told) {
    for (const Told& each : of_thread) {
      kept.insert(each.postings.begin(), each.postings.end());
      ledgers.insert(ledgers.end(), each.ledgers.begin(), each.ledgers.end());
    }
  }
  // SQLite gives numbers of rows that were rolled back again.
  const std::set<std::int64_t> numbers{ledgers.begin(), ledgers.end()};
  if (postgresql) {
    EXPECT_EQ(numbers.size(), ledgers.size());
  }
  EXPECT_EQ(numbers.count(0), 0U);
  const auto check = [&]() -> Task<void> {
    co_await expect_stored(source, kept);
    co_await source.database().close();
  };
  loop.block_on(check());
}

}  // namespace
}  // namespace roost::orm
