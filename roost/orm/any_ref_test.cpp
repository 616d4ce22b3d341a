// References to one of several classes: columns, reading, writing, populating, conditions, JSON.
#include <roost/async/when_all.hpp>
#include <roost/json/write.hpp>
#include <roost/orm/any_ref_model_impl.hpp>
#include <roost/orm/diagram.hpp>
#include <roost/orm/schema_of.hpp>
#include <roost/schema/compare.hpp>

#include <string>
#include <utility>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class AnyRefCase : public AnyRefTest {
 protected:
  Task<std::vector<std::string>> names_of(Expression condition) {
    EntityManager em{*source_};
    const auto found =
        co_await em.find<Applause>(std::move(condition), order_by(asc<&Applause::id>));
    std::vector<std::string> names;
    for (const Applause* applause : found) names.push_back(applause->by);
    co_return names;
  }
};

const schema::Table& table_named(const schema::Schema& schema, std::string_view name) {
  for (const schema::Table& table : schema.tables) {
    if (table.name == name) return table;
  }
  throw std::logic_error("no such table");
}

TEST_F(AnyRefCase, IsTwoColumnsWithAnIndexAndNoForeignKey) {
  run([&]() -> Task<void> {
    const schema::Schema wanted = schema_of(source_->metadata());
    const schema::Table& applauses = table_named(wanted, "applauses");
    EXPECT_TRUE(applauses.foreign_keys.empty());
    EXPECT_EQ(applauses.columns[2].name, "subject_type");
    EXPECT_TRUE(applauses.columns[2].nullable);
    EXPECT_EQ(applauses.columns[3].name, "subject_id");
    EXPECT_TRUE(applauses.columns[3].nullable);
    EXPECT_EQ(applauses.indexes.size(), 1U);
    EXPECT_EQ(applauses.indexes[0].parts[0].column, "subject_type");
    EXPECT_EQ(applauses.indexes[0].parts[1].column, "subject_id");
    const schema::Table& footnotes = table_named(wanted, "footnotes");
    EXPECT_EQ(footnotes.columns[3].name, "place_type");
    EXPECT_FALSE(footnotes.columns[3].nullable);
    EXPECT_EQ(footnotes.columns[4].name, "place_id");
    EXPECT_FALSE(footnotes.columns[4].nullable);
    EXPECT_TRUE(footnotes.indexes.empty()) << "the unique key begins with both columns";
    EXPECT_THAT(footnotes.uniques[0].columns, ElementsAre("place_type", "place_id", "text"));
    co_await source_->verify_schema();
    co_await sql_at_once(sql("drop index applauses_subject_type_subject_id_index"));
    const std::vector<schema::Difference> missing =
        co_await schema::require(source_->database(), wanted);
    EXPECT_EQ(missing.size(), 1U);
    EXPECT_EQ(missing.front().kind, schema::DifferenceKind::missing_index);
    co_await sql_at_once(sql("alter table applauses rename column subject_type to kind"));
    const bool noticed = co_await refuses<Error>(source_->verify_schema());
    EXPECT_TRUE(noticed);
    const std::string diagram = mermaid_diagram(source_->metadata());
    EXPECT_THAT(diagram, HasSubstr("stories |o--o{ applauses : \"subject\""));
    EXPECT_THAT(diagram, HasSubstr("photos |o--o{ applauses : \"subject\""));
    EXPECT_THAT(diagram, HasSubstr("    int64 subject_id \"may be null\"\n"));
    EXPECT_THAT(source_->metadata().dump(), HasSubstr("subject: many to one Story or Photo"));
  });
}

TEST_F(AnyRefCase, KnowsClassAndKeyWithoutLoading) {
  run([&]() -> Task<void> {
    const auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("stories 1", "photos 1", "- -", "photos 2", "stories 1"));
    EntityManager em{*source_};
    Applause& first = co_await em.find_one_or_fail<Applause>(1);
    EXPECT_EQ(sent(), 1U);
    EXPECT_TRUE(first.subject.holds<Story>());
    EXPECT_FALSE(first.subject.holds<Photo>());
    EXPECT_EQ(first.subject.key(), 1);
    EXPECT_FALSE(first.subject.is_loaded());
    EXPECT_EQ(first.subject.get_if<Story>(), nullptr);
    EXPECT_THROW(static_cast<void>(first.subject.get<Story>()), NotLoadedError);
    try {
      static_cast<void>(first.subject.get<Photo>());
      ADD_FAILURE();
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr("Applause::subject of Applause #1 refers to Story #1, "
                                          "which is no Photo: ask holds<Photo>() first"));
    }
    Story& story = co_await first.subject.load<Story>();
    EXPECT_EQ(sent(), 1U);
    EXPECT_EQ(story.title, "s1");
    EXPECT_EQ(&first.subject.get<Story>(), &story);
    EXPECT_TRUE(first.subject == story);
    EXPECT_TRUE(first.subject == em.reference<Story>(1));
    EXPECT_FALSE(first.subject == em.reference<Photo>(1));
    Story& same = co_await em.find_one_or_fail<Story>(1);
    EXPECT_EQ(&same, &story);
    Applause& none = co_await em.find_one_or_fail<Applause>(3);
    EXPECT_TRUE(none.subject.is_null());
    EXPECT_FALSE(none.subject.holds<Story>());
    EXPECT_FALSE(none.subject.holds<Photo>());
    EXPECT_THROW(static_cast<void>(none.subject.get<Story>()), NotLoadedError);
    const bool nothing = co_await refuses<NotFoundError>(none.subject.load());
    EXPECT_TRUE(nothing);
    const bool found = co_await none.subject.try_load();
    EXPECT_FALSE(found);
  });
}

TEST_F(AnyRefCase, IsVisitedAsWhatItIs) {
  run([&]() -> Task<void> {
    struct Title {
      std::string operator()(const Story& story) const { return story.title; }
      std::string operator()(const Photo& photo) const { return photo.caption; }
    };
    EntityManager em{*source_};
    const auto all =
        co_await em.find<Applause>(order_by(asc<&Applause::id>), populate<&Applause::subject>());
    EXPECT_EQ(all[0]->subject.visit(Title{}), "s1");
    EXPECT_EQ(std::as_const(all[1]->subject).visit(Title{}), "p1");
    EXPECT_THROW(static_cast<void>(all[2]->subject.visit(Title{})), NotLoadedError);
    all[3]->subject.visit([](auto& entity) { entity.id = entity.id; });
    EntityManager other{*source_};
    Applause& unloaded = co_await other.find_one_or_fail<Applause>(2);
    EXPECT_THROW(static_cast<void>(unloaded.subject.visit(Title{})), NotLoadedError);
  });
}

TEST_F(AnyRefCase, WhatIsReferredToIsInsertedFirst) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    // Reached only through the reference.
    Story& story = em.create<Story>({.title = "new"});
    const Applause made{.by = "n", .subject = story};
    EXPECT_TRUE(made.subject.holds<Story>());
    EXPECT_FALSE(made.subject.holds<Photo>());
    EXPECT_THROW(static_cast<void>(made.subject.get<Photo>()), UsageError);
    for (int k = 0; k < 3; ++k) em.create<Applause>({.by = "s", .subject = story});
    Photo& photo = em.create<Photo>({.caption = "new"});
    em.create<Footnote>({.text = "f", .about = photo});
    em.create<Applause>({.by = "p", .subject = em.reference<Photo>(2)});
    co_await em.flush();
    EXPECT_EQ(sent(), 4U) << "one a table" << sent_texts();
    EXPECT_EQ(log_->last_units, 1U) << "one trip";
    const auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("stories 1", "photos 1", "- -", "photos 2", "stories 1",
                                  "stories 3", "stories 3", "stories 3", "photos 2"));
    const auto places =
        co_await em.execute<std::string>(sql("select place_type || place_id from footnotes"));
    EXPECT_THAT(places, ElementsAre("picture's3"));
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << "the select alone" << sent_texts();
  });
}

TEST_F(AnyRefCase, OnlyWhatChangedIsWritten) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto all = co_await em.find<Applause>(order_by(asc<&Applause::id>));
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << "the find alone";
    all[0]->subject = em.reference<Photo>(1);  // another class, the same key
    co_await em.flush();
    EXPECT_EQ(sent(), 1U);
    EXPECT_THAT(log_->last.front(), HasSubstr("subject_type"));
    EXPECT_THAT(log_->last.front(), Not(HasSubstr("subject_id")));
    all[0]->subject = em.reference<Photo>(2);
    co_await em.flush();
    EXPECT_EQ(sent(), 1U);
    EXPECT_THAT(log_->last.front(), Not(HasSubstr("subject_type")));
    all[0]->subject = nullptr;
    all[3]->subject = nullptr;
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << "both rows in one" << sent_texts();
    all[0]->subject = em.reference<Photo>(1);
    all[0]->subject = nullptr;
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << "nothing changed";
    const auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("- -", "photos 1", "- -", "- -", "stories 1"));
  });
}

TEST_F(AnyRefCase, PopulatedByOneStatementAClassInOneTrip) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto all =
        co_await em.find<Applause>(order_by(asc<&Applause::id>), populate<&Applause::subject>());
    EXPECT_EQ(sent(), 3U) << sent_texts();
    EXPECT_EQ(log_->last_units, on_postgresql() ? 1U : log_->last_units);
    EXPECT_EQ(all[0]->subject.get<Story>().title, "s1");
    EXPECT_EQ(all[1]->subject.get<Photo>().caption, "p1");
    EXPECT_TRUE(all[2]->subject.is_null());
    EXPECT_EQ(all[3]->subject.get<Photo>().caption, "p2");
    EXPECT_EQ(&all[0]->subject.get<Story>(), &all[4]->subject.get<Story>());
    EXPECT_FALSE(all[0]->subject.get<Story>().writer.is_loaded());
    // What is here already is not read again.
    const std::vector<PopulatePath> paths{populate<&Applause::subject, &Story::writer>()};
    co_await em.populate(all, paths);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(all[0]->subject.get<Story>().writer->name, "w");
    // Only the classes that there are.
    EntityManager other{*source_};
    const auto photos = co_await other.find<Applause>(holds<Photo>(f<&Applause::subject>),
                                                      populate<&Applause::subject>());
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_EQ(photos.size(), 2U);
  });
}

TEST_F(AnyRefCase, PopulatePathsLeadOnThroughOneOfTheClasses) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto all = co_await em.find<Applause>(order_by(asc<&Applause::id>),
                                                populate<&Applause::subject, &Story::writer>(),
                                                populate<&Applause::subject, &Photo::applauses>());
    EXPECT_EQ(sent(), 4U) << sent_texts();
    EXPECT_EQ(all[0]->subject.get<Story>().writer->name, "w");
    EXPECT_EQ(all[1]->subject.get<Photo>().applauses.size(), 1U);
    EXPECT_EQ(&all[1]->subject.get<Photo>().applauses[0], all[1]);
    EXPECT_FALSE(all[0]->subject.get<Story>().applauses.is_loaded());
    // From far away.
    EntityManager other{*source_};
    const auto photos = co_await other.find<Photo>(
        order_by(asc<&Photo::id>), populate<&Photo::applauses, &Applause::subject>());
    EXPECT_EQ(sent(), 2U) << "all of them are here already" << sent_texts();
    EXPECT_EQ(&photos[0]->applauses[0].subject.get<Photo>(), photos[0]);
  });
}

TEST_F(AnyRefCase, JoinedOnDemand) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto all = co_await em.find<Applause>(order_by(asc<&Applause::id>),
                                                populate<&Applause::subject>(joined), limit(4));
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(all.size(), 4U);
    EXPECT_EQ(all[0]->subject.get<Story>().title, "s1");
    EXPECT_EQ(all[1]->subject.get<Photo>().caption, "p1");
    EXPECT_TRUE(all[2]->subject.is_null());
    EXPECT_EQ(all[3]->subject.get<Photo>().caption, "p2");
    EXPECT_THAT(json::write(*all[0]), HasSubstr("s1"));
    EntityManager other{*source_};
    const auto nested = co_await other.find<Applause>(
        order_by(asc<&Applause::id>), populate<&Applause::subject>(joined),
        populate<&Applause::subject, &Story::writer>());
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(nested[0]->subject.get<Story>().writer->name, "w");
    EXPECT_EQ(nested[1]->subject.get<Photo>().caption, "p1");
  });
}

TEST_F(AnyRefCase, LoadsThatAreAwaitedTogetherShareTheirStatements) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto all = co_await em.find<Applause>(order_by(asc<&Applause::id>));
    static_cast<void>(sent());
    std::vector<Task<bool>> loads;
    for (Applause* applause : all) loads.push_back(applause->subject.try_load());
    const auto found = co_await when_all(std::move(loads));
    EXPECT_THAT(found, ElementsAre(true, true, false, true, true));
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_EQ(all[3]->subject.get<Photo>().caption, "p2");
  });
}

TEST_F(AnyRefCase, ConditionsSayEntitiesClassesAndMembers) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Story& story = co_await em.find_one_or_fail<Story>(1);
    Applause& second = co_await em.find_one_or_fail<Applause>(2);
    static_cast<void>(sent());
    const auto of_story = co_await names_of(f<&Applause::subject> == story);
    EXPECT_THAT(of_story, ElementsAre("a1", "a5"));
    EXPECT_EQ(sent(), 1U);
    EXPECT_THAT(log_->last.front(), Not(HasSubstr("join"))) << "two columns are enough";
    const auto of_photo = co_await names_of(f<&Applause::subject> == em.reference<Photo>(1));
    EXPECT_THAT(of_photo, ElementsAre("a2"));
    const auto as_second = co_await names_of(f<&Applause::subject> == second.subject);
    EXPECT_THAT(as_second, ElementsAre("a2"));
    const auto others = co_await names_of(f<&Applause::subject> != story);
    EXPECT_THAT(others, ElementsAre("a2", "a4")) << "NULL matches neither";
    const auto none = co_await names_of(f<&Applause::subject> == nullptr);
    EXPECT_THAT(none, ElementsAre("a3"));
    const auto some = co_await names_of(f<&Applause::subject> != nullptr);
    EXPECT_THAT(some, ElementsAre("a1", "a2", "a4", "a5"));
    const auto photos = co_await names_of(holds<Photo>(f<&Applause::subject>));
    EXPECT_THAT(photos, ElementsAre("a2", "a4"));
    const auto stories =
        co_await names_of(!holds<Photo>(f<&Applause::subject>) || f<&Applause::subject> == nullptr);
    EXPECT_THAT(stories, ElementsAre("a1", "a3", "a5"));
    const auto by_title = co_await names_of(f<&Applause::subject, &Story::title> == "s1" ||
                                            f<&Applause::subject, &Photo::caption> == "p2");
    EXPECT_THAT(by_title, ElementsAre("a1", "a4", "a5"));
    const auto by_writer =
        co_await names_of(f<&Applause::subject, &Story::writer, &Writer::name> == "w");
    EXPECT_THAT(by_writer, ElementsAre("a1", "a5"));
    const auto by_key = co_await names_of(f<&Applause::subject, &Photo::id> == 1);
    EXPECT_THAT(by_key, ElementsAre("a2")) << "not story 1";
    const auto again =
        co_await names_of(f<&Applause::subject, &Photo::applauses>.some(f<&Applause::by> == "a4"));
    EXPECT_THAT(again, ElementsAre("a4"));
    EXPECT_THROW(static_cast<void>(f<&Applause::subject> == AnyRef<Story, Photo>{}), UsageError);
  });
}

TEST_F(AnyRefCase, ConditionsOfTheOtherSideAndOfTheQueryBuilder) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto with = co_await em.find<Photo>(f<&Photo::applauses>.some(f<&Applause::by> == "a2"));
    EXPECT_EQ(with.size(), 1U);
    EXPECT_EQ(with.front()->id, 1);
    const auto without = co_await em.find<Story>(f<&Story::applauses>.none());
    EXPECT_EQ(without.size(), 1U);
    EXPECT_EQ(without.front()->title, "s2");
    const auto sorted = co_await em.find<Photo>(order_by(desc<&Photo::applauses, &Applause::by>));
    EXPECT_EQ(sorted.front()->id, 2);
    const auto counted = co_await em.query_builder<Applause>("a")
                             .select(count().as("n"))
                             .where(f<&Applause::subject> == em.reference<Story>(1))
                             .one<std::int64_t>();
    EXPECT_EQ(counted, 2);
    const auto of_class = co_await em.query_builder<Applause>("a")
                              .where(holds<Photo>(f<&Applause::subject>))
                              .order_by(asc<&Applause::id>)
                              .entities();
    EXPECT_EQ(of_class.size(), 2U);
    EXPECT_EQ(of_class.front()->subject.key(), 1);
    const auto changed = co_await em.update_where<Applause>(
        f<&Applause::subject> == em.reference<Photo>(2), set<&Applause::by>(std::string{"x"}));
    EXPECT_EQ(changed, 1U);
    const auto deleted = co_await em.delete_where<Applause>(holds<Story>(f<&Applause::subject>));
    EXPECT_EQ(deleted, 2U);
  });
}

TEST_F(AnyRefCase, JsonSaysTheClass) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto all = co_await em.find<Applause>(order_by(asc<&Applause::id>));
    EXPECT_EQ(json::write(*all[1]), R"({"id":2,"by":"a2","subject":{"type":"photos","id":1}})");
    EXPECT_EQ(json::write(*all[2]), R"({"id":3,"by":"a3","subject":null})");
    co_await all[0]->subject.load();
    EXPECT_EQ(json::write(*all[0]),
              R"({"id":1,"by":"a1","subject":{"type":"stories","id":1,"title":"s1","writer":1}})");
    Photo& photo = co_await em.find_one_or_fail<Photo>(1, populate<&Photo::applauses>());
    EXPECT_EQ(json::write(photo), R"({"id":1,"caption":"p1","applauses":[{"id":2,"by":"a2",)"
                                  R"("subject":{"type":"photos","id":1}}]})")
        << "cycles end";
    Footnote& note = em.create<Footnote>({.text = "t", .about = photo});
    co_await em.flush();
    EXPECT_THAT(json::write(note), HasSubstr(R"("about":{"type":"picture's","id":1)"));
    const AnyRef<Story, Photo> copy = note.about;
    EXPECT_TRUE(copy.holds<Photo>());
    EXPECT_EQ(copy.key(), 1);
  });
}

TEST_F(AnyRefCase, AFindKeepsWhatTheApplicationChanged) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Applause& first = co_await em.find_one_or_fail<Applause>(1);
    first.subject = em.reference<Photo>(1);  // the key is the same, the class is not
    static_cast<void>(co_await em.find<Applause>());
    EXPECT_TRUE(first.subject.holds<Photo>());
    co_await em.flush();
    const auto held = co_await rows();
    EXPECT_EQ(held[0], "photos 1");
    co_await sql_at_once(
        sql("update applauses set subject_type = 'stories', subject_id = 2 "
            "where id = 1"));
    static_cast<void>(co_await em.find<Applause>());
    EXPECT_TRUE(first.subject.holds<Story>()) << "unchanged here: as the database has it";
    EXPECT_EQ(first.subject.key(), 2);
    first.subject = em.reference<Photo>(1);
    co_await em.refresh(first);
    EXPECT_TRUE(first.subject.holds<Story>());
    co_await em.flush();
    EXPECT_EQ(first.subject.key(), 2);
  });
}

TEST_F(AnyRefCase, LeftOutByFieldsIsNotKnown) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto all =
        co_await em.find<Applause>(fields<&Applause::by>(), order_by(asc<&Applause::id>));
    EXPECT_THROW(static_cast<void>(all[0]->subject.holds<Story>()), NotLoadedError);
    EXPECT_EQ(json::write(*all[0]), R"({"id":1,"by":"a1","subject":null})");
    co_await all[1]->subject.load();
    EXPECT_EQ(all[1]->subject.get<Photo>().caption, "p1");
    co_await em.flush();
    const auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("stories 1", "photos 1", "- -", "photos 2", "stories 1"));
    EntityManager other{*source_};
    const auto both =
        co_await other.find<Applause>(fields<&Applause::subject>(), order_by(asc<&Applause::id>));
    EXPECT_TRUE(both[3]->subject.holds<Photo>());
    EntityManager third{*source_};
    const auto populated = co_await third.find<Applause>(
        fields<&Applause::by>(), order_by(asc<&Applause::id>), populate<&Applause::subject>());
    EXPECT_EQ(populated[3]->subject.get<Photo>().caption, "p2");
  });
}

TEST_F(AnyRefCase, WhatTheColumnSaysMustBeOneOfTheClasses) {
  run([&]() -> Task<void> {
    co_await sql_at_once(sql("update applauses set subject_type = 'poems' where id = 1"));
    EntityManager em{*source_};
    std::string message;
    try {
      static_cast<void>(co_await em.find<Applause>());
    } catch (const db::ConversionError& error) {
      message = error.what();
    }
    EXPECT_EQ(message,
              "value does not fit its type: a row of applauses refers by subject_type to "
              "\"poems\", which stands for no class "
              "of Applause::subject (Story or Photo)");
  });
}

TEST_F(AnyRefCase, EntitiesOfAnotherManagerAreRefused) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    EntityManager other{*source_};
    Story& story = co_await other.find_one_or_fail<Story>(1);
    Applause& first = co_await em.find_one_or_fail<Applause>(2);
    EXPECT_THROW(first.subject = story, UsageError);
    EXPECT_TRUE(first.subject.holds<Photo>());
    EXPECT_EQ(first.subject.key(), 1);
    const Story loose{.title = "x"};
    EXPECT_THROW(em.create<Applause>({.by = "b", .subject = loose}), UsageError);
    EXPECT_THROW(em.create<Footnote>({.text = "f", .about = em.reference<Story>(1)}).about = loose,
                 UsageError);
  });
}

TEST_F(AnyRefCase, IsGivenBeforeTheFlush) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.create<Footnote>({.text = "about nothing"});
    std::string message;
    try {
      co_await em.flush();
    } catch (const UsageError& error) {
      message = error.what();
    }
    EXPECT_THAT(message, HasSubstr("refers to no Story or Photo: set about, or say nullable"));
  });
}

TEST_F(AnyRefCase, UniqueKeysWithItChangeHands) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Footnote& one = em.create<Footnote>({.text = "t", .about = em.reference<Story>(1)});
    Footnote& two = em.create<Footnote>({.text = "t", .about = em.reference<Photo>(1)});
    co_await em.flush();
    one.about = em.reference<Photo>(1);
    two.about = em.reference<Story>(2);
    co_await em.flush();
    const auto places = co_await em.execute<std::string>(
        sql("select place_type || place_id from footnotes order by id"));
    EXPECT_THAT(places, ElementsAre("picture's1", "stories2"));
    em.create<Footnote>({.text = "t", .about = em.reference<Story>(2)});
    const bool refused = co_await refuses<db::UniqueViolation>(em.flush());
    EXPECT_TRUE(refused);
  });
}

}  // namespace
}  // namespace roost::orm
