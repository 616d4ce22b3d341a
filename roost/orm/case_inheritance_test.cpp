// Classes of entities that extend others: in one table, and in joined ones.
#include <roost/json/write.hpp>
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/errors.hpp>
#include <roost/orm/metadata.hpp>

#include <optional>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Office;

struct Person {
  std::int64_t id{};
  std::string name{};
  Ref<Office> office{};
  static constexpr auto meta =
      orm::entity("people", primary_key<&Person::id>(), single_table("type"),
                  many_to_one<&Person::office>(nullable), unique<&Person::name>());
};

struct Employee : Person {
  std::string title{};
  std::optional<int> room{};
  static constexpr auto meta = orm::extends<Person>(
      "emp", field<&Employee::id>(), field<&Employee::name>(), field<&Employee::office>(),
      field<&Employee::title>(), field<&Employee::room>());
};

struct Manager : Employee {
  int level = 1;
  Collection<Office> offices{};
  static constexpr auto meta = orm::extends<Employee>(
      "mgr", field<&Manager::id>(), field<&Manager::name>(), field<&Manager::office>(),
      field<&Manager::title>(), field<&Manager::room>(), field<&Manager::level>(),
      many_to_many<&Manager::offices>());
};

struct Guest : Person {
  std::string badge{};
  static constexpr auto meta =
      orm::extends<Person>("guest", field<&Guest::id>(), field<&Guest::name>(),
                           field<&Guest::office>(), field<&Guest::badge>());
};

struct Office {
  std::int64_t id{};
  std::string city{};
  Collection<Person> people{};
  static constexpr auto meta =
      orm::entity("offices", primary_key<&Office::id>(),
                  one_to_many<&Office::people>(mapped_by<&Person::office>));
};

template <class T>
T named(std::string name) {
  T made;
  made.name = std::move(name);
  return made;
}

Manager manager(std::string name, int level) {
  Manager made = named<Manager>(std::move(name));
  made.title = "Head";
  made.level = level;
  return made;
}

class SingleTable : public CaseTest {
 protected:
  SingleTable() : CaseTest(entities<Person, Employee, Manager, Guest, Office>()) {}
};

class Families : public SingleTable {
 protected:
  Task<void> prepare() override {
    EntityManager em{*source_};
    Office& office = em.create<Office>({.city = "Oslo"});
    Person& person = em.create(named<Person>("Pia"));
    person.office = office;
    Employee& employee = em.create(named<Employee>("Emil"));
    employee.title = "Cook";
    employee.office = office;
    em.create(manager("Mona", 3)).office = office;
    co_await em.flush();
    pia = person.id;
    emil = employee.id;
  }
  std::int64_t pia = 0;
  std::int64_t emil = 0;
};

TEST_F(SingleTable, Inh001OneInsertForAllClassesAndEachRowIsItsClass) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.create(manager("Mona", 3));
    em.create(named<Employee>("Emil")).title = "Cook";
    em.create(named<Person>("Pia"));
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EntityManager other{*source_};
    const std::vector<Person*> all = co_await other.find<Person>(order_by(asc<&Person::name>));
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(all.size(), 3U);
    EXPECT_EQ(other.class_name_of(*all[0]), "Employee");
    EXPECT_EQ(other.class_name_of(*all[1]), "Manager");
    EXPECT_EQ(other.class_name_of(*all[2]), "Person");
    const Manager* mona = other.as<Manager>(*all[1]);
    EXPECT_TRUE(mona != nullptr && mona->level == 3 && mona->title == "Head");
    EXPECT_EQ(other.as<Manager>(*all[0]), nullptr);
    EXPECT_EQ(other.as<Employee>(*all[1])->title, "Head");
    EntityManager third{*source_};
    const std::vector<Employee*> employees =
        co_await third.find<Employee>(order_by(asc<&Employee::name>));
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_THAT(sent_texts(), HasSubstr("in ('emp', 'mgr')"));
    EXPECT_EQ(employees.size(), 2U);
    const auto got_1 = co_await third.count<Manager>();
    EXPECT_EQ(got_1, 1U);
    const auto got_2 = co_await third.count<Person>(f<&Manager::level> == 3);
    EXPECT_EQ(got_2, 1U);
  });
}

TEST_F(Families, OneObjectForARowWhateverClassIsAskedFor) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Employee& emil_as_employee = co_await em.find_one_or_fail<Employee>(emil);
    Person& emil_as_person = co_await em.find_one_or_fail<Person>(emil);
    EXPECT_EQ(&emil_as_person, &emil_as_employee);
    static_cast<void>(sent());
    const auto got_3 = co_await em.find_one<Guest>(emil);
    EXPECT_EQ(got_3, nullptr);
    const auto got_4 = co_await em.find_one<Manager>(emil);
    EXPECT_EQ(got_4, nullptr);
    EXPECT_EQ(sent(), 0U) << sent_texts();
    EntityManager fresh{*source_};
    const auto got_5 = co_await fresh.find_one<Guest>(emil);
    EXPECT_EQ(got_5, nullptr);
    const auto got_6 = co_await fresh.find_one<Guest>(pia);
    EXPECT_EQ(got_6, nullptr);
  });
}

TEST_F(Families, ChangesAndRemovalsOfAnyClass) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const std::vector<Person*> all = co_await em.find<Person>(order_by(asc<&Person::name>));
    static_cast<void>(sent());
    Employee& employee = *em.as<Employee>(*all[0]);
    Manager& boss = *em.as<Manager>(*all[1]);
    employee.title = "Chef";
    boss.level = 4;
    all[2]->name = "Petra";
    co_await em.flush();
    EXPECT_EQ(sent(), 3U) << sent_texts();
    for (Person* person : all) person->name += "!";
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
    {
      EntityManager other{*source_};
      const std::vector<Person*> again = co_await other.find<Person>(order_by(asc<&Person::name>));
      EXPECT_EQ(other.as<Employee>(*again[0])->title, "Chef");
      EXPECT_EQ(other.as<Manager>(*again[1])->level, 4);
      EXPECT_EQ(again[2]->name, "Petra!");
    }
    static_cast<void>(sent());
    for (Person* person : all) em.remove(*person);
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    const auto got_7 = co_await em.count<Person>();
    EXPECT_EQ(got_7, 0U);
  });
}

TEST_F(Families, RelationsToTheFirstClassHoldAll) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Office& office = co_await em.find_one_or_fail<Office>(f<&Office::city> == "Oslo",
                                                          populate<&Office::people>());
    EXPECT_EQ(office.people.size(), 3U);
    std::vector<std::string> classes;
    for (Person& person : office.people) classes.emplace_back(em.class_name_of(person));
    EXPECT_THAT(classes, ElementsAre("Person", "Employee", "Manager"));
    // Written as what they are.
    EXPECT_THAT(json::write(office), HasSubstr("\"title\":\"Cook\""));
    Manager& second = em.create(manager("Max", 1));
    office.people.add(second);
    second.offices.add(office);
    co_await em.flush();
    EntityManager other{*source_};
    Manager& max = co_await other.find_one_or_fail<Manager>(f<&Manager::name> == "Max",
                                                            populate<&Manager::offices>());
    EXPECT_EQ(max.office.key(), office.id);
    EXPECT_EQ(max.offices.size(), 1U);
    const auto got_8 = co_await other.count<Person>(f<&Person::office, &Office::city> == "Oslo");
    EXPECT_EQ(got_8, 4U);
    max.offices.clear();
    max.office = nullptr;
    co_await other.flush();
    EntityManager third{*source_};
    Manager& again = co_await third.find_one_or_fail<Manager>(f<&Manager::name> == "Max",
                                                              populate<&Manager::offices>());
    EXPECT_TRUE(again.office.is_null());
    EXPECT_EQ(again.offices.size(), 0U);
  });
}

/// A row of which only the key was known gets its class when it is read; pointers stay valid.
TEST_F(Families, AReferenceBecomesWhatItsRowIs) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Ref<Person> reference = em.reference<Person>(emil);
    EXPECT_FALSE(reference.is_loaded());
    Person& loaded = co_await reference.load();
    EXPECT_EQ(em.class_name_of(loaded), "Employee");
    EXPECT_EQ(em.as<Employee>(loaded)->title, "Cook");
    em.as<Employee>(loaded)->room = 12;
    co_await em.flush();
    EntityManager other{*source_};
    Ref<Person> second = other.reference<Person>(emil);
    Employee& employee = co_await other.find_one_or_fail<Employee>(emil);
    EXPECT_EQ(&*second, &employee);
    EXPECT_EQ(employee.room, 12);
    const bool refused =
        co_await refuses<UsageError>([](EntityManager& manager, std::int64_t key) -> Task<void> {
          static_cast<void>(manager.reference<Guest>(key));
          co_return;
        }(other, emil));
    EXPECT_TRUE(refused);
  });
}

TEST_F(Families, AFailedFlushKeepsWhatWaits) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Manager& boss = co_await em.find_one_or_fail<Manager>(f<&Manager::name> == "Mona");
    Guest& guest = em.create(named<Guest>("Pia"));  // taken
    guest.badge = "G1";
    boss.level = 9;
    const bool refused = co_await refuses<db::UniqueViolation>(em.flush());
    EXPECT_TRUE(refused);
    EXPECT_EQ(guest.id, 0);
    EXPECT_TRUE(em.is_changed(boss));
    guest.name = "Gil";
    co_await em.flush();
    EntityManager other{*source_};
    const auto& got_9 = co_await other.find_one_or_fail<Manager>(boss.id);
    EXPECT_EQ(got_9.level, 9);
    const auto& got_10 = co_await other.find_one_or_fail<Guest>(guest.id);
    EXPECT_EQ(got_10.badge, "G1");
  });
}

TEST_F(Families, BulkStatementsKeepToTheirClass) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto got_11 =
        co_await em.update_where<Employee>(f<&Employee::title> != "", set<&Employee::room>(7));
    EXPECT_EQ(got_11, 2U);
    const Expression everybody = f<&Manager::name> != "";
    const auto got_12 = co_await em.delete_where<Manager>(everybody);
    EXPECT_EQ(got_12, 1U);
    const auto got_13 = co_await em.count<Person>();
    EXPECT_EQ(got_13, 2U);
    std::vector<Guest> guests;
    guests.push_back(named<Guest>("Ana"));
    guests.push_back(named<Guest>("Bo"));
    guests = co_await em.insert_many(std::move(guests));
    EXPECT_NE(guests[1].id, 0);
    const auto got_14 = co_await em.count<Guest>();
    EXPECT_EQ(got_14, 2U);
  });
}

TEST_F(Families, ReadOnlyFindsAndStreamsAreOfTheRightClass) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const std::vector<const Person*> all =
        co_await em.find<const Person>(order_by(asc<&Person::name>));
    EXPECT_EQ(em.class_name_of(*all[1]), "Manager");
    EXPECT_EQ(em.as<const Manager>(*all[1])->level, 3);
    auto people = co_await em.stream<Person>(order_by(asc<&Person::name>));
    std::vector<std::string> names;
    for (auto chunk = co_await people.next(); !chunk.empty(); chunk = co_await people.next()) {
      for (const Person* person : chunk) names.push_back(person->name);
    }
    EXPECT_THAT(names, ElementsAre("Emil", "Mona", "Pia"));
  });
}

// --- joined tables

struct Animal {
  std::int64_t id{};
  std::string name{};
  int version{};
  static constexpr auto meta =
      orm::entity("animals", primary_key<&Animal::id>(), joined_tables("kind"),
                  versioned_by<&Animal::version>(), unique<&Animal::name>());
};

struct Dog : Animal {
  int tricks = 0;
  static constexpr auto meta = orm::extends<Animal>("dogs", field<&Dog::id>(), field<&Dog::name>(),
                                                    field<&Dog::version>(), field<&Dog::tricks>());
};

struct Pup : Dog {
  int weeks = 1;
  Ref<Animal> mother{};
  static constexpr auto meta = orm::extends<Dog>(
      "pups", field<&Pup::id>(), field<&Pup::name>(), field<&Pup::version>(), field<&Pup::tricks>(),
      field<&Pup::weeks>(), many_to_one<&Pup::mother>(nullable));
};

struct Cat : Animal {
  int lives = 9;
  static constexpr auto meta = orm::extends<Animal>("cats", field<&Cat::id>(), field<&Cat::name>(),
                                                    field<&Cat::version>(), field<&Cat::lives>());
};

class JoinedTables : public CaseTest {
 protected:
  JoinedTables() : CaseTest(entities<Animal, Dog, Pup, Cat>()) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    Dog& dog = em.create(named<Dog>("Rex"));
    dog.tricks = 2;
    Pup& pup = em.create(named<Pup>("Tim"));
    pup.weeks = 5;
    pup.mother = dog;
    em.create(named<Cat>("Mia")).lives = 8;
    em.create(named<Animal>("Yak"));
    co_await em.flush();
  }
};

TEST_F(JoinedTables, Inh003OneSelectForAllClasses) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const std::vector<Animal*> all = co_await em.find<Animal>(order_by(asc<&Animal::name>));
    EXPECT_EQ(sent(), 1U) << sent_texts();
    std::vector<std::string> classes;
    for (Animal* animal : all) classes.emplace_back(em.class_name_of(*animal));
    EXPECT_THAT(classes, ElementsAre("Cat", "Dog", "Pup", "Animal"));
    EXPECT_EQ(em.as<Cat>(*all[0])->lives, 8);
    EXPECT_EQ(em.as<Dog>(*all[1])->tricks, 2);
    const Pup& pup = *em.as<Pup>(*all[2]);
    EXPECT_EQ(pup.weeks, 5);
    EXPECT_EQ(pup.mother->name, "Rex");
    EntityManager other{*source_};
    const std::vector<Dog*> dogs = co_await other.find<Dog>(f<&Dog::tricks> >= 0);
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(dogs.size(), 2U);
    const auto got_15 = co_await other.count<Animal>(f<&Pup::weeks> == 5);
    EXPECT_EQ(got_15, 1U);
    const auto got_16 = co_await other.count<Pup>(f<&Pup::mother, &Animal::name> == "Rex");
    EXPECT_EQ(got_16, 1U);
  });
}

TEST_F(JoinedTables, OneInsertForEachTable) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    for (const std::string name : {"A", "B", "C"}) {
      em.create(named<Dog>("Dog " + name));
      em.create(named<Pup>("Pup " + name));
      em.create(named<Animal>("Animal " + name));
    }
    co_await em.flush();
    EXPECT_EQ(sent(), 3U) << sent_texts();
    const auto got_17 = co_await em.count<Dog>();
    EXPECT_EQ(got_17, 8U);
  });
}

TEST_F(JoinedTables, OnlyTablesWithChangesAreWritten) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Pup& pup = co_await em.find_one_or_fail<Pup>(f<&Pup::name> == "Tim");
    static_cast<void>(sent());
    pup.weeks = 6;
    co_await em.flush();
    EXPECT_EQ(sent(), 2U) << sent_texts();  // the version is the first table's
    pup.name = "Tom";
    pup.tricks = 1;
    pup.weeks = 7;
    co_await em.flush();
    EXPECT_EQ(sent(), 3U) << sent_texts();
    EntityManager other{*source_};
    Pup& again = co_await other.find_one_or_fail<Pup>(pup.id);
    EXPECT_EQ(again.name, "Tom");
    EXPECT_EQ(again.tricks, 1);
    EXPECT_EQ(again.weeks, 7);
    EXPECT_EQ(again.version, 3);
  });
}

TEST_F(JoinedTables, AVersionThatDoesNotFitWritesNothing) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    EntityManager other{*source_};
    Pup& mine = co_await em.find_one_or_fail<Pup>(f<&Pup::name> == "Tim");
    Pup& theirs = co_await other.find_one_or_fail<Pup>(f<&Pup::name> == "Tim");
    theirs.weeks = 20;
    co_await other.flush();
    mine.weeks = 30;
    const bool refused = co_await refuses<OptimisticLockError>(em.flush());
    EXPECT_TRUE(refused);
    EXPECT_TRUE(em.is_changed(mine));
    EntityManager third{*source_};
    const auto& got_18 = co_await third.find_one_or_fail<Pup>(mine.id);
    EXPECT_EQ(got_18.weeks, 20);
    co_await em.refresh(mine);
    EXPECT_EQ(mine.weeks, 20);
    mine.weeks = 30;
    co_await em.flush();
    EXPECT_EQ(mine.version, 3);
  });
}

TEST_F(JoinedTables, RemovingTakesTheRowsOfAllTables) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Pup& pup = co_await em.find_one_or_fail<Pup>(f<&Pup::name> == "Tim");
    static_cast<void>(sent());
    em.remove(pup);
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    const std::vector<std::int64_t> left =
        co_await em.execute<std::int64_t>(sql("select count(*) from pups"));
    EXPECT_EQ(left.front(), 0);
    const auto got_19 = co_await em.count<Animal>();
    EXPECT_EQ(got_19, 3U);
  });
}

TEST_F(JoinedTables, RowsOfAllClassesAreLockedInTheFirstTable) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    EntityManager other{*source_};
    const auto wait_for_nobody = [](EntityManager& inner) -> Task<void> {
      static_cast<void>(co_await inner.find<Animal>(LockMode::for_update_nowait));
    };
    const auto skip = [](EntityManager& inner) -> Task<void> {
      const auto free = co_await inner.find<Animal>(LockMode::for_update_skip_locked);
      EXPECT_EQ(free.size(), 1U);
      EXPECT_EQ(free.front()->name, "Mia");
    };
    const auto body = [&](EntityManager& inner) -> Task<void> {
      const auto animals = co_await inner.find<Animal>(
          f<&Animal::name> != "Mia", order_by(asc<&Animal::id>), LockMode::for_update, limit(5));
      EXPECT_EQ(animals.size(), 3U);
      const Pup* pup = inner.as<Pup>(*animals.at(1));
      EXPECT_TRUE(pup != nullptr && pup->weeks == 5);
      co_await inner.lock(*animals.at(2));
      if (!on_postgresql()) co_return;
      co_await other.transactional(skip);
      const bool refused = co_await refuses<db::LockTimeout>(other.transactional(wait_for_nobody));
      EXPECT_TRUE(refused);
    };
    co_await em.transactional(body);
  });
}

TEST_F(JoinedTables, TheSchemaFits) {
  run([&]() -> Task<void> { co_await source_->verify_schema(); });
}
TEST_F(SingleTable, TheSchemaFits) {
  run([&]() -> Task<void> { co_await source_->verify_schema(); });
}

TEST(InheritanceFaults, AreNamed) {
  try {
    const Metadata metadata{entities<Employee, Office>()};
    ADD_FAILURE() << "Person is missing";
  } catch (const MetadataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("Employee: it extends "));
    EXPECT_THAT(error.what(), HasSubstr("Person, which is not among the entities"));
  }
}

}  // namespace
}  // namespace roost::orm
