// The diagram of a few entities.
#include <roost/orm/diagram.hpp>
#include <roost/orm/orm.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace roost::orm {
namespace {

struct Genre {
  std::int64_t id{};
  static constexpr auto meta = orm::entity("genres", primary_key<&Genre::id>());
};
struct Remarks {
  std::string text;
};
struct Book {
  std::int64_t id{};
  std::optional<std::string> title;
  Json<Remarks> remarks;
  Ref<Genre> main_genre;
  Ref<Genre> cover;
  Collection<Genre> genres;
  static constexpr auto meta =
      orm::entity("books", primary_key<&Book::id>(), unique<&Book::title>(),
                  many_to_one<&Book::main_genre>(nullable), one_to_one<&Book::cover>(),
                  many_to_many<&Book::genres>());
};

TEST(Diagram, ShowsTablesColumnsAndRelations) {
  const Metadata metadata{entities<Book, Genre>()};
  EXPECT_EQ(mermaid_diagram(metadata), R"(erDiagram
  books {
    int64 id PK
    text title UK "may be null"
    json remarks
    int64 main_genre_id FK "may be null"
    int64 cover_id FK, UK
  }
  genres {
    int64 id PK
  }
  genres |o--o{ books : "main_genre"
  genres ||--o| books : "cover"
  genres }o--o{ books : "genres"
)");
}

}  // namespace
}  // namespace roost::orm
