// The library of the recorded cases: authors with books, tags, publishers and profiles.
#pragma once

#include <roost/orm/case_fixture_impl.hpp>

#include <optional>
#include <string>

namespace roost::orm {

struct Author;
struct Publisher;
struct Tag;

struct Book {
  std::int64_t id{};
  std::string title{};
  int price = 0;
  Ref<Author> author{};
  Ref<Publisher> publisher{};
  Collection<Tag> tags{};
  static constexpr auto meta =
      orm::entity("books", primary_key<&Book::id>(), many_to_one<&Book::author>(),
                  many_to_one<&Book::publisher>(nullable), many_to_many<&Book::tags>());
};

struct Tag {
  std::int64_t id{};
  std::string name{};
  Collection<Book> books{};
  static constexpr auto meta = orm::entity("tags", primary_key<&Tag::id>(),
                                           many_to_many<&Tag::books>(mapped_by<&Book::tags>));
};

struct Publisher {
  std::int64_t id{};
  std::string name{};
  Collection<Book> books{};
  static constexpr auto meta =
      orm::entity("publishers", primary_key<&Publisher::id>(),
                  one_to_many<&Publisher::books>(mapped_by<&Book::publisher>));
};

struct Profile {
  std::int64_t id{};
  std::string bio{};
  Ref<Author> author{};
  static constexpr auto meta =
      orm::entity("profiles", primary_key<&Profile::id>(), one_to_one<&Profile::author>());
};

struct Author {
  std::int64_t id{};
  std::string name{};
  std::string email{};
  std::optional<int> age{};
  Collection<Book> books{};
  Ref<Profile> profile{};
  static constexpr auto meta =
      orm::entity("authors", primary_key<&Author::id>(), unique<&Author::email>(),
                  one_to_many<&Author::books>(mapped_by<&Book::author>),
                  one_to_one<&Author::profile>(mapped_by<&Profile::author>));
};

/// "3 authors A1..A3 (age 10, 20, 30; emails a1@x..), each with a publisher Pk, 2 books Bk1 (price
/// 10, tags xk) and Bk2 (price 20, tags xk, yk); A1 and A2 have a profile".
class LibraryTest : public CaseTest {
 protected:
  LibraryTest() : CaseTest(entities<Author, Book, Tag, Publisher, Profile>()) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    for (int k = 1; k <= 3; ++k) {
      const std::string number = std::to_string(k);
      Author& author =
          em.create<Author>({.name = "A" + number, .email = "a" + number + "@x", .age = k * 10});
      Publisher& publisher = em.create<Publisher>({.name = "P" + number});
      Tag& x = em.create<Tag>({.name = "x" + number});
      Tag& y = em.create<Tag>({.name = "y" + number});
      Book& first = em.create<Book>(
          {.title = "B" + number + "1", .price = 10, .author = author, .publisher = publisher});
      first.tags.add(x);
      Book& second = em.create<Book>(
          {.title = "B" + number + "2", .price = 20, .author = author, .publisher = publisher});
      second.tags.add(x);
      second.tags.add(y);
      if (k < 3) em.create<Profile>({.bio = "about " + number, .author = author});
    }
    co_await em.flush();
  }
};

}  // namespace roost::orm
