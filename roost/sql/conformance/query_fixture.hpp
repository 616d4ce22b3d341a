// What the cases for the query builder share: five events and three venues in a fresh database.
#pragma once

#include <roost/async/event_loop.hpp>
#include <roost/base/date.hpp>
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/modify.hpp>
#include <roost/sql/select.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace roost::db::conformance {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

enum class Status : std::uint8_t { draft, published, cancelled };

struct Speaker {
  std::string name;
  int age = 0;
};
struct Details {
  std::optional<std::string> contact_email;
  int seats = 0;
  double rating = 0;
  bool open = false;
  Timestamp since;
  Speaker speaker;
  static constexpr auto meta =
      roost::meta(roost::field<&Details::contact_email>(json_name("contactEmail")));
};
struct Event {
  std::int64_t id{};
  std::string title;
  int capacity = 0;
  Decimal price;
  std::optional<std::string> description;
  Status status{};
  Timestamp starts_at;
  bool open = false;
  std::optional<std::int64_t> venue_id;
  Details details;
};
struct Venue {
  std::int64_t id{};
  std::string city;
  std::optional<std::int64_t> parent_id;
};

inline Timestamp at(std::string_view text) { return Timestamp::parse(text).value(); }
inline Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }

/// Opens a new, empty database.
using OpenDatabase = std::unique_ptr<Database> (*)();

class QueryConformance : public ::testing::TestWithParam<OpenDatabase> {
 protected:
  void SetUp() override;
  void TearDown() override;

  template <class Body>
  void run(Body body) {
    loop_.block_on(body());
  }
  [[nodiscard]] bool postgresql() const {
    return database_->dialect().kind() == DialectKind::postgresql;
  }
  [[nodiscard]] std::vector<std::int64_t> ids(const Expression& condition) {
    return ids_of(select(f<&Event::id>).from<Event>().where(condition).order_by(asc<&Event::id>));
  }
  [[nodiscard]] std::vector<std::int64_t> ids_of(const Query& query) {
    return all<std::int64_t>(query);
  }
  template <class T>
  [[nodiscard]] std::vector<T> all(const Query& query) {
    std::vector<T> found;
    try {
      run([&]() -> Task<void> { found = co_await query.all<T>(*database_); });
    } catch (const DatabaseError& error) {
      ADD_FAILURE() << error.what() << "\nin " << query.to_sql(database_->dialect()).text;
    }
    return found;
  }
  std::uint64_t affected(const Query& query) {
    std::uint64_t rows = 0;
    run([&]() -> Task<void> {
      const Result result = co_await query.execute(*database_);
      rows = result.affected_rows();
    });
    return rows;
  }

  EventLoop loop_;
  std::unique_ptr<Database> database_;
};

}  // namespace roost::db::conformance
