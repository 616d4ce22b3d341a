// The cases that hold for every driver, on PostgreSQL.
#include <roost/sql/conformance/driver_fixture.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>

#include <gtest/gtest.h>

namespace roost::db::conformance {
namespace {

class FreshDatabase final : public Place {
 public:
  std::unique_ptr<Database> open(DatabaseOptions options) override {
    options.url = url_;
    options.connect_timeout = std::chrono::minutes{2};  // a machine under load takes its time
    return postgres::open(std::move(options));
  }

 private:
  std::string url_ = postgres::PrivatePostgres::shared().database_for(
      ::testing::UnitTest::GetInstance()->current_test_info());
};

std::unique_ptr<Place> fresh() { return std::make_unique<FreshDatabase>(); }

INSTANTIATE_TEST_SUITE_P(Postgres, DriverConformance, ::testing::Values(&fresh),
                         [](const auto&) { return "fresh"; });

}  // namespace
}  // namespace roost::db::conformance
