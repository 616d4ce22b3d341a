// The cases of the ORM run on PostgreSQL.
#include <roost/orm/test_database_impl.hpp>
#include <roost/orm/test_url_impl.hpp>
#include <roost/sql/postgres/postgres.hpp>
#include <roost/sql/postgres/testing/private_postgres.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

std::string roost::orm::fresh_database_url() {
  return db::postgres::PrivatePostgres::shared().database_for(
      ::testing::UnitTest::GetInstance()->current_test_info());
}

std::unique_ptr<roost::db::Database> roost::orm::open_database(db::DatabaseOptions options) {
  options.url = fresh_database_url();
  options.connect_timeout = std::chrono::minutes{2};  // a machine under load takes its time
  return db::postgres::open(std::move(options));
}
