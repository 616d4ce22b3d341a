#include "seed/seed.hpp"

#include "events/event.hpp"
#include "seed/progress_bar.hpp"
#include "tags/tag.hpp"
#include "users/user.hpp"
#include "venues/venue.hpp"
#include <roost/orm/entity_manager.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using roost::EntityManager;
using roost::Task;

namespace {

constexpr std::int64_t user_count = 500;
constexpr std::int64_t venue_count = 40;
constexpr std::int64_t event_count = 2000;
constexpr std::int64_t batch_size = 100;

constexpr std::array<std::string_view, 16> first_names{"Ada",
                                                       "Ben",
                                                       "Cleo",
                                                       "Dara",
                                                       "Emil",
                                                       "Fay",
                                                       "Gus",
                                                       "Hana",
                                                       "Ines",
                                                       "Jon",
                                                       "Kira",
                                                       "Luca",
                                                       "Mara",
                                                       "Nils",
                                                       "Olga",
                                                       "Pia"};
constexpr std::array<std::string_view, 12> last_names{"Adler",
                                                      "Berg",
                                                      "Costa",
                                                      "Dahl",
                                                      "Egger",
                                                      "Fuchs",
                                                      "Graf",
                                                      "Hansen",
                                                      "Ito",
                                                      "Jensen",
                                                      "Keller",
                                                      "Lang"};
constexpr std::array<std::string_view, 8> cities{
    "Bern", "Oslo", "Rome", "Lyon", "Graz", "Ghent", "Porto", "Turku"};
constexpr std::array<std::string_view, 5> halls{"Hall", "Forum", "Theatre", "Library", "Garden"};
constexpr std::array<std::string_view, 12> topics{"Chess",
                                                  "Choir",
                                                  "Cinema",
                                                  "Dance",
                                                  "Gardening",
                                                  "Cooking",
                                                  "Astronomy",
                                                  "Poetry",
                                                  "Robotics",
                                                  "Sailing",
                                                  "Yoga",
                                                  "Theatre"};
constexpr std::array<std::string_view, 5> forms{
    "evening", "workshop", "open day", "for beginners", "tournament"};

/// Numbers that look random and are the same each time.
class Dice {
 public:
  std::int64_t below(std::size_t limit) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::int64_t>((state_ >> 33U) % limit);
  }
  template <class List>
  std::string pick(const List& list) {
    return std::string{list[static_cast<std::size_t>(below(list.size()))]};
  }

 private:
  std::uint64_t state_ = 2026;
};

Task<void> seed_users(const roost::orm::DataSource& source, Dice& dice, ProgressBar& bar) {
  for (std::int64_t first = 1; first <= user_count; first += batch_size) {
    EntityManager em{source};
    for (std::int64_t id = first; id < first + batch_size; ++id) {
      const std::string name = dice.pick(first_names) + " " + dice.pick(last_names);
      User& user =
          em.create<User>({.email = "user" + std::to_string(id) + "@example.com", .name = name});
      if (dice.below(3) == 0) continue;
      Socials socials;
      socials.github = "user" + std::to_string(id);
      em.create<Profile>(
          {.user = user, .bio = "I like " + dice.pick(topics) + ".", .socials = socials});
    }
    co_await em.flush();
    bar.advance(batch_size, "users");
  }
}

Task<void> seed_venues_and_tags(const roost::orm::DataSource& source, Dice& dice,
                                ProgressBar& bar) {
  EntityManager em{source};
  for (std::int64_t i = 0; i < venue_count; ++i) {
    const std::string city = dice.pick(cities);
    const int capacity = 20 + static_cast<int>(dice.below(480));
    em.create<Venue>({.name = city + " " + dice.pick(halls), .city = city, .capacity = capacity});
  }
  for (const std::string_view topic : topics) em.create<Tag>({.name = std::string{topic}});
  co_await em.flush();
  bar.advance(static_cast<std::size_t>(venue_count), "venues");
}

/// Users are registered at most once: each takes the place some steps after the one before.
void register_users(EntityManager& em, Event& event, Dice& dice) {
  const std::int64_t count = dice.below(8);
  std::int64_t user_id = dice.below(static_cast<std::size_t>(user_count));
  for (std::int64_t i = 0; i < count; ++i) {
    user_id += 1 + dice.below(20);
    const auto user = em.reference<User>(user_id % user_count + 1);
    event.registrations.add(Registration{.user = user, .seats = 1 + static_cast<int>(i % 2)});
  }
}

void make_event(EntityManager& em, std::int64_t number, const std::vector<Tag*>& tags, Dice& dice) {
  const auto start = *roost::Timestamp::parse("2026-01-01T18:00:00Z");
  const std::string topic = dice.pick(topics);
  Event& event = em.create<Event>({});
  event.title = topic + " " + dice.pick(forms) + " " + std::to_string(number);
  event.starts_at = start + std::chrono::hours{6 * number};
  event.capacity = 20 + static_cast<int>(dice.below(80));
  event.status = dice.below(4) == 0 ? EventStatus::draft : EventStatus::published;
  event.details->links = {{"https://example.com/events/" + std::to_string(number)}};
  event.venue = em.reference<Venue>(1 + dice.below(static_cast<std::size_t>(venue_count)));
  event.tags.add(*tags[static_cast<std::size_t>(dice.below(tags.size()))]);
  register_users(em, event, dice);
}

Task<void> seed_events(const roost::orm::DataSource& source, Dice& dice, ProgressBar& bar) {
  for (std::int64_t first = 1; first <= event_count; first += batch_size) {
    EntityManager em{source};
    const auto tags = co_await em.find<Tag>();
    for (std::int64_t i = first; i < first + batch_size; ++i) make_event(em, i, tags, dice);
    co_await em.flush();
    bar.advance(batch_size, "events");
  }
}

}  // namespace

Task<void> seed(const roost::orm::DataSource& source) {
  EntityManager em{source};
  const auto users = co_await em.count<User>();
  if (users > 0) throw roost::Error{"the database has data already"};
  Dice dice;
  ProgressBar bar{static_cast<std::size_t>(user_count + venue_count + event_count)};
  co_await seed_users(source, dice, bar);
  co_await seed_venues_and_tags(source, dice, bar);
  co_await seed_events(source, dice, bar);
}
