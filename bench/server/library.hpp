// An author, the books, and the tags of each book.
#pragma once

#include <roost/orm/orm.hpp>
#include <roost/roost.hpp>

#include <string>

struct Author;

struct Tag {
  int id = 0;
  std::string name{};

  static constexpr auto meta = roost::orm::entity("tag", roost::primary_key<&Tag::id>());
};

struct Book {
  int id = 0;
  std::string title{};
  int year = 0;
  roost::Ref<Author> author{};
  roost::Collection<Tag> tags{};

  static constexpr auto meta = roost::orm::entity(
      "book", roost::primary_key<&Book::id>(), roost::many_to_one<&Book::author>(),
      roost::many_to_many<&Book::tags>(roost::pivot_table("book_tags")));
};

struct Author {
  int id = 0;
  std::string name{};
  roost::Collection<Book> books{};

  static constexpr auto meta =
      roost::orm::entity("author", roost::primary_key<&Author::id>(),
                         roost::one_to_many<&Author::books>(roost::mapped_by<&Book::author>));
};

struct LibraryModule {
  static roost::ModuleDef define();
};
