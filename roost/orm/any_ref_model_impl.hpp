// PRIVATE: entities that refer to one of several classes, for the tests of AnyRef.
#pragma once

#include <roost/orm/any_ref.hpp>
#include <roost/orm/case_fixture_impl.hpp>

#include <cstdint>
#include <string>

namespace roost::orm {

struct Story;
struct Photo;

struct Writer {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta = orm::entity("writers", primary_key<&Writer::id>());
};
/// May refer to nothing; both classes have a collection of them.
struct Applause {
  std::int64_t id{};
  std::string by{};
  AnyRef<Story, Photo> subject{};
  static constexpr auto meta = orm::entity("applauses", primary_key<&Applause::id>(),
                                           many_to_one<&Applause::subject>(nullable));
};
/// Refers to something always; columns and classes are called otherwise.
struct Footnote {
  std::int64_t id{};
  std::string text{};
  int version{};
  AnyRef<Story, Photo> about{};
  static constexpr auto meta =
      orm::entity("footnotes", primary_key<&Footnote::id>(), versioned_by<&Footnote::version>(),
                  many_to_one<&Footnote::about>(column("place"), target_name<Photo>("picture's")),
                  unique<&Footnote::about, &Footnote::text>());
};
struct Story {
  std::int64_t id{};
  std::string title{};
  Ref<Writer> writer{};
  Collection<Applause> applauses{};
  static constexpr auto meta =
      orm::entity("stories", primary_key<&Story::id>(), many_to_one<&Story::writer>(nullable),
                  one_to_many<&Story::applauses>(mapped_by<&Applause::subject>, orphan_removal));
};
struct Photo {
  std::int64_t id{};
  std::string caption{};
  Collection<Applause> applauses{};
  static constexpr auto meta =
      orm::entity("photos", primary_key<&Photo::id>(),
                  one_to_many<&Photo::applauses>(mapped_by<&Applause::subject>));
};

/// Stories 1 and 2 (of writer 1), photos 1 and 2; applauses 1 of story 1, 2 of photo 1, 3 of
/// nothing, 4 of photo 2, 5 of story 1.
class AnyRefTest : public CaseTest {
 protected:
  AnyRefTest() : CaseTest(entities<Applause, Footnote, Story, Photo, Writer>()) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    Writer& writer = em.create<Writer>({.name = "w"});
    Story& story = em.create<Story>({.title = "s1", .writer = writer});
    em.create<Story>({.title = "s2", .writer = writer});
    Photo& photo = em.create<Photo>({.caption = "p1"});
    Photo& other = em.create<Photo>({.caption = "p2"});
    em.create<Applause>({.by = "a1", .subject = story});
    em.create<Applause>({.by = "a2", .subject = photo});
    em.create<Applause>({.by = "a3"});
    em.create<Applause>({.by = "a4", .subject = other});
    em.create<Applause>({.by = "a5", .subject = story});
    co_await em.flush();
  }

  /// "stories 1", "photos 1", "- -", … of all applauses, as the database has them.
  Task<std::vector<std::string>> rows() {
    EntityManager em{*source_};
    std::vector<std::string> found = co_await em.execute<std::string>(
        sql("select coalesce(subject_type, '-') || ' ' || coalesce(cast(subject_id as text), '-') "
            "from applauses order by id"));
    static_cast<void>(log_->take());
    co_return found;
  }
};

}  // namespace roost::orm
