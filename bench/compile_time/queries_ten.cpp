// What ten queries cost in a user's file, on top of the headers.
#include <roost/base/timestamp.hpp>
#include <roost/sql/expression.hpp>
#include <roost/sql/functions.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bench {

using roost::asc;
using roost::desc;
using roost::f;

enum class Status : std::uint8_t { draft, published, cancelled };

struct Details {
  std::optional<std::string> contact_email;
  int seats = 0;
};

struct Event {
  std::int64_t id{};
  std::string title;
  Status status{};
  roost::Timestamp starts_at;
  int capacity = 0;
  std::optional<std::string> description;
  Details details;
};

struct Venue {
  std::int64_t id{};
  std::string name;
  std::string city;
  bool open = true;
};

// Stands for the ORM's `find`, which takes the condition as data.
void find(const roost::Expression& where, const roost::db::OrderTerm& order);

void queries(roost::Timestamp now, const std::string& text, std::int64_t id,
             const std::vector<std::int64_t>& ids) {
  find(f<&Event::id> == id, asc<&Event::id>());
  find(f<&Event::starts_at> > now && f<&Event::status> == Status::published,
       asc<&Event::starts_at>());
  find(f<&Event::title>.icontains(text) || f<&Event::description>.icontains(text),
       desc<&Event::starts_at>());
  find(f<&Event::id>.in(ids), asc<&Event::title>());
  find(f<&Event::capacity> >= 10 && f<&Event::capacity> < 100 && f<&Event::title> != "none",
       desc<&Event::id>());
  find(f<&Event::details, &Details::contact_email> != nullptr, asc<&Event::id>());
  find(f<&Event::details, &Details::seats> > 5 && !(f<&Event::status> == Status::cancelled),
       asc<&Event::capacity>());
  find(f<&Venue::city> == text && f<&Venue::open> == true, asc<&Venue::name>());
  find(f<&Venue::name>.starts_with(text), asc<&Venue::id>());
  find(f<&Event::starts_at>.between(now, now) && lower(f<&Event::title>) == text,
       desc<&Event::title>());
}

}  // namespace bench
