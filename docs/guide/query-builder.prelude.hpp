// What the page about the query builder takes for granted.
#pragma once

#include <roost/base/timestamp.hpp>
#include <roost/sql/modify.hpp>
#include <roost/sql/select.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

using namespace roost;

enum class Status : std::uint8_t { draft, published, cancelled };

struct Details {
  std::optional<std::string> contact_email;
  int seats = 0;
};
struct Venue {
  std::int64_t id{};
  std::string city;
};
struct Event {
  std::int64_t id{};
  std::string title;
  Status status{};
  Timestamp starts_at;
  int capacity = 0;
  std::optional<std::string> description;
  std::optional<std::int64_t> venue_id;
  Details details;
};
struct Counter {
  std::string name;
  int n = 0;
};

extern db::Database& database;
extern std::string text;
extern Timestamp now;
