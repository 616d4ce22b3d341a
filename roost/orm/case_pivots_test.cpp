// Many to many through an entity that has columns of its own.
#include <roost/base/timestamp.hpp>
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/metadata_fault_impl.hpp>
#include <roost/orm/schema_of.hpp>
#include <roost/sql/raw_sql.hpp>

#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Student;
struct Course;

struct Enrolment {
  std::int64_t id{};
  Ref<Student> student{};
  Ref<Course> course{};
  int grade = 7;
  std::string note = "none";
  std::optional<int> credits{};
  Timestamp since{};
  int version{};
  static constexpr auto meta = orm::entity(
      "enrolments", primary_key<&Enrolment::id>(), versioned_by<&Enrolment::version>(),
      creation_time<&Enrolment::since>(), many_to_one<&Enrolment::student>(),
      many_to_one<&Enrolment::course>(), unique<&Enrolment::student, &Enrolment::course>());
};
struct Student {
  std::int64_t id{};
  std::string name{};
  Collection<Course> courses{};
  Collection<Enrolment> enrolments{};
  static constexpr auto meta =
      orm::entity("students", primary_key<&Student::id>(),
                  many_to_many<&Student::courses>(through<&Enrolment::student, &Enrolment::course>),
                  one_to_many<&Student::enrolments>(mapped_by<&Enrolment::student>));
};
struct Course {
  std::int64_t id{};
  std::string title{};
  Collection<Student> students{};
  static constexpr auto meta =
      orm::entity("courses", primary_key<&Course::id>(),
                  many_to_many<&Course::students>(mapped_by<&Student::courses>,
                                                  sorted_by_member("grade", true)));
};

class PivotCase : public CaseTest {
 protected:
  PivotCase() : CaseTest(entities<Student, Course, Enrolment>()) {}

  /// Ada (1) in courses 1 (grade 5) and 2 (grade 3); Ben (2) in course 1 (grade 9); course 3.
  Task<void> prepare() override {
    EntityManager em{*source_};
    Student& ada = em.create<Student>({.name = "Ada"});
    Student& ben = em.create<Student>({.name = "Ben"});
    std::vector<Course*> courses;
    for (int i = 1; i <= 3; ++i) {
      courses.push_back(&em.create<Course>({.title = "c" + std::to_string(i)}));
    }
    em.create<Enrolment>({.student = ada, .course = *courses[0], .grade = 5});
    em.create<Enrolment>({.student = ada, .course = *courses[1], .grade = 3});
    em.create<Enrolment>({.student = ben, .course = *courses[0], .grade = 9});
    co_await em.flush();
  }

  Task<std::vector<std::string>> rows() {
    co_return co_await source_->database().query<std::string>(
        sql("select cast(student_id as text) || '-' || cast(course_id as text) || ':' || "
            "cast(grade as text) from enrolments order by student_id, course_id"));
  }
};

TEST_F(PivotCase, TheTableIsThatOfTheEntity) {
  run([&]() -> Task<void> {
    const schema::Schema wanted = schema_of(source_->metadata());
    EXPECT_EQ(wanted.tables.size(), 3U);
    co_await source_->verify_schema();
  });
}

TEST_F(PivotCase, PopulatedWithConditionsAndOrdersOfThePairs) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto courses = populate<&Student::courses>(order_by(asc<&Enrolment::grade>));
    const auto students = co_await em.find<Student>(order_by(asc<&Student::id>), courses);
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_EQ(students[0]->courses.size(), 2U);
    EXPECT_EQ(students[0]->courses[0].title, "c2");
    EXPECT_EQ(students[1]->courses.front().title, "c1");

    EntityManager part{*source_};
    const auto good = populate<&Student::courses>(f<&Enrolment::grade> > 4);
    const auto found = co_await part.find<Student>(order_by(asc<&Student::id>), good);
    EXPECT_EQ(found[0]->courses.size(), 1U);
    EXPECT_EQ(found[0]->courses.front().title, "c1");
    const auto best =
        co_await found[0]->courses.matching(order_by(desc<&Enrolment::grade>), limit(1));
    EXPECT_EQ(best.front()->title, "c1");
    const auto many = co_await found[0]->courses.load_count(f<&Enrolment::grade> < 4);
    EXPECT_EQ(many, 1U);
    const auto excellent =
        co_await part.find<Student>(f<&Student::courses>.some(f<&Enrolment::grade> > 8));
    EXPECT_EQ(excellent.size(), 1U);
    EXPECT_EQ(excellent.front()->name, "Ben");

    // The other side, sorted by a member of the pairs, either way.
    for (const auto how : {select_in, joined}) {
      EntityManager other{*source_};
      const Course& course =
          co_await other.find_one_or_fail<Course>(1, populate<&Course::students>(how));
      EXPECT_EQ(course.students.size(), 2U);
      EXPECT_EQ(course.students[0].name, "Ben");
    }
  });
}

TEST_F(PivotCase, PairsAreWrittenWithWhatTheClassGives) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Student& ben = co_await em.find_one_or_fail<Student>(2);
    static_cast<void>(sent());
    ben.courses.add(em.reference<Course>(2));
    ben.courses.add(em.reference<Course>(3));
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("1-1:5", "1-2:3", "2-1:9", "2-2:7", "2-3:7"));
    EntityManager check{*source_};
    const auto made = co_await check.find<Enrolment>(f<&Enrolment::student> == 2,
                                                     order_by(asc<&Enrolment::course>));
    EXPECT_EQ(made[1]->note, "none");
    EXPECT_EQ(made[1]->version, 1);
    EXPECT_FALSE(made[1]->credits.has_value());
    EXPECT_GT(made[1]->since.milliseconds_since_epoch(), 0);
    // A pair that is there stays as it is.
    static_cast<void>(sent());
    ben.courses.add(em.reference<Course>(1));
    co_await em.flush();
    ben.courses.remove(em.reference<Course>(2));
    co_await em.flush();
    held = co_await rows();
    EXPECT_THAT(held, ElementsAre("1-1:5", "1-2:3", "2-1:9", "2-3:7"));
    const auto refused = co_await refuses<NotFoundError>(check.refresh(*made[1]));
    EXPECT_TRUE(refused);
  });
}

TEST_F(PivotCase, ACollectionThatIsSetKeepsWhatItsPairsHave) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Student& unread = co_await em.find_one_or_fail<Student>(1);
    Course& first = co_await em.find_one_or_fail<Course>(1);
    Course& third = co_await em.find_one_or_fail<Course>(3);
    unread.courses.set(std::vector<Course*>{&first, &third});
    co_await em.flush();
    auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("1-1:5", "1-3:7", "2-1:9"));
    EntityManager other{*source_};
    Student& read = co_await other.find_one_or_fail<Student>(1, populate<&Student::courses>());
    Course& second = co_await other.find_one_or_fail<Course>(2);
    static_cast<void>(sent());
    read.courses.set(std::vector<Course*>{&read.courses[0], &second});
    co_await other.flush();
    EXPECT_EQ(sent(), 2U) << sent_texts();
    held = co_await rows();
    EXPECT_THAT(held, ElementsAre("1-1:5", "1-2:7", "2-1:9"));
  });
}

TEST_F(PivotCase, WhatIsDoneToTheEntitiesCounts) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Student& ada = co_await em.find_one_or_fail<Student>(1, populate<&Student::courses>(),
                                                         populate<&Student::enrolments>());
    Course& first = co_await em.find_one_or_fail<Course>(1);
    Course& third = co_await em.find_one_or_fail<Course>(3, populate<&Course::students>());
    Enrolment& enrolment = ada.enrolments[0];
    EXPECT_EQ(&*enrolment.course, &first);
    // An entity that is made is a pair, and shows in both collections once it is written.
    em.create<Enrolment>({.student = ada, .course = third, .grade = 1});
    ada.courses.add(third);
    co_await em.flush();
    auto held = co_await rows();
    EXPECT_THAT(held, ElementsAre("1-1:5", "1-2:3", "1-3:1", "2-1:9"));
    EXPECT_TRUE(ada.courses.contains(third));
    EXPECT_TRUE(third.students.contains(ada));
    EXPECT_EQ(ada.enrolments.size(), 3U);
    // A pair that is taken out takes its entity along.
    ada.courses.remove(first);
    co_await em.flush();
    EXPECT_EQ(ada.enrolments.size(), 2U);
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U);
    // An entity that is removed is no pair any more.
    em.remove(ada.enrolments.front());
    co_await em.flush();
    held = co_await rows();
    EXPECT_THAT(held, ElementsAre("1-3:1", "2-1:9"));
    EXPECT_EQ(ada.courses.size(), 1U);
    // One goes and another one comes, in one flush.
    em.remove(ada.enrolments.front());
    ada.courses.remove(third);
    co_await em.flush();
    ada.courses.add(third);
    co_await em.flush();
    held = co_await rows();
    EXPECT_THAT(held, ElementsAre("1-3:7", "2-1:9"));
    em.remove(ada);
    co_await em.flush();
    held = co_await rows();
    EXPECT_THAT(held, ElementsAre("2-1:9"));
  });
}

// --- what cannot be

struct Right {
  std::int64_t id{};
  static constexpr auto meta = orm::entity("rights", primary_key<&Right::id>());
};
struct Loose {
  std::int64_t id{};
  Ref<Loose> from{};
  Ref<Right> to{};
  Ref<Right> other{};
  static constexpr auto meta =
      orm::entity("loose", primary_key<&Loose::id>(), many_to_one<&Loose::from>(nullable),
                  many_to_one<&Loose::to>(), many_to_one<&Loose::other>());
};
struct Owner;
struct Link {
  std::int64_t id{};
  Ref<Owner> owner{};
  Ref<Right> right{};
  Ref<Right> third{};
  static constexpr auto meta =
      orm::entity("links", primary_key<&Link::id>(), many_to_one<&Link::owner>(),
                  many_to_one<&Link::right>(), many_to_one<&Link::third>());
};
struct Owner {
  std::int64_t id{};
  Collection<Right> rights{};
  Collection<Right> others{};
  static constexpr auto meta =
      orm::entity("owners", primary_key<&Owner::id>(),
                  many_to_many<&Owner::rights>(through<&Link::owner, &Link::right>),
                  many_to_many<&Owner::others>(through<&Loose::from, &Loose::to>));
};

TEST(PivotFaults, AreToldAtTheStart) {
  const std::string faults = fault_of(entities<Owner, Right, Link, Loose>());
  EXPECT_THAT(faults, HasSubstr("Owner: rights goes through Link, where a pair may stand twice"));
  EXPECT_THAT(faults, HasSubstr("Owner: rights goes through Link, where third_id has to be given"));
  EXPECT_THAT(faults, HasSubstr("Owner: others goes through Loose::from and ::to: these are to be "
                                "many_to_one references to Owner and Right"));
  EXPECT_THAT(fault_of(entities<Owner, Right, Loose>()), HasSubstr("Owner: rights goes through"));
}

}  // namespace
}  // namespace roost::orm
