// A service with ten queries over entities: what a user's file with queries costs to compile.
#include <roost/base/timestamp.hpp>
#include <roost/orm/entity_manager.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace roost;

enum class Status { draft, published, cancelled };

struct Venue {
  std::int64_t id{};
  std::string name{};
  std::string city{};
  static constexpr auto meta = orm::entity("venues", primary_key<&Venue::id>());
};

struct Details {
  std::optional<std::string> contact_email;
};

struct Event {
  std::int64_t id{};
  std::string title{};
  Timestamp starts_at{};
  int capacity = 20;
  Status status = Status::draft;
  orm::Json<Details> details{};
  int version{};
  Ref<Venue> venue{};
  static constexpr auto meta =
      orm::entity("events", primary_key<&Event::id>(), versioned_by<&Event::version>(),
                  many_to_one<&Event::venue>(nullable), unique<&Event::title, &Event::starts_at>());
};

class EventsService {
 public:
  explicit EventsService(orm::EntityManager& em) : em_{em} {}

  Task<Event&> find_one(std::int64_t id) { return em_.find_one_or_fail<Event>(id); }
  Task<std::vector<Event*>> by_title(std::string title) {
    return em_.find<Event>(f<&Event::title> == title);
  }
  Task<std::vector<const Event*>> upcoming(Timestamp now) {
    return em_.find<const Event>(f<&Event::starts_at> > now, order_by(asc<&Event::starts_at>),
                                 limit(20));
  }
  Task<std::vector<const Event*>> in_city(std::string city) {
    return em_.find<const Event>(f<&Event::venue, &Venue::city> == city, populate<&Event::venue>());
  }
  Task<std::vector<const Event*>> with_contact(std::string email) {
    return em_.find<const Event>(f<&Event::details, &Details::contact_email> == email);
  }
  Task<orm::Found<Event>> page(Status status, std::uint64_t offset_rows) {
    return em_.find_and_count<Event>(f<&Event::status> == status, order_by(asc<&Event::id>),
                                     limit(20), offset(offset_rows));
  }
  Task<std::uint64_t> count_large(int capacity) {
    return em_.count<Event>(f<&Event::capacity> >= capacity && f<&Event::venue> != nullptr);
  }
  Task<Event*> first_of(Status status) {
    return em_.find_one<Event>(f<&Event::status> == status, order_by(desc<&Event::starts_at>));
  }
  Task<std::uint64_t> cancel(std::string title) {
    return em_.update_where<Event>(f<&Event::title> == title,
                                   roost::set<&Event::status>(Status::cancelled));
  }
  Task<std::vector<Venue*>> venues(std::vector<std::string> cities) {
    return em_.find<Venue>(f<&Venue::city>.in(cities), order_by(asc<&Venue::name>));
  }
  Task<Event&> create(std::string title, Timestamp start) {
    Event& event = em_.create<Event>({.title = title, .starts_at = start});
    co_await em_.flush();
    co_return event;
  }

 private:
  orm::EntityManager& em_;
};

EventsService* keep(orm::EntityManager& em) {
  static EventsService service{em};
  return &service;
}
