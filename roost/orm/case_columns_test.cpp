// Columns that the database converts, and columns that are compared when a row is written.
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/errors.hpp>

#include <optional>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// --- SQL around values

struct Shelf;

struct Word {
  std::int64_t id{};
  std::string text{};
  int length = 0;
  Ref<Shelf> shelf{};
  static constexpr auto meta = orm::entity(
      "words", primary_key<&Word::id>(), many_to_one<&Word::shelf>(nullable),
      field<&Word::text>(written_as("lower({})"), read_as("upper({})")), unique<&Word::text>());
};

struct Shelf {
  std::int64_t id{};
  std::string name{};
  Collection<Word> words{};
  static constexpr auto meta = orm::entity(
      "shelves", primary_key<&Shelf::id>(), field<&Shelf::name>(lazy, read_as("upper({})")),
      one_to_many<&Shelf::words>(mapped_by<&Word::shelf>, sorted_by<&Word::text>));
};

class ConvertedColumns : public CaseTest {
 protected:
  ConvertedColumns() : CaseTest(entities<Word, Shelf>()) {}
  /// What the table holds, past all conversions.
  Task<std::vector<std::string>> stored() {
    co_return co_await source_->database().query<std::string>(
        sql("select text from words order by text"));
  }
};

TEST_F(ConvertedColumns, Type001SqlStandsAroundWhatIsWrittenReadAndCompared) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Word& word = em.create<Word>({.text = "Foo"});
    co_await em.flush();
    EXPECT_EQ(word.text, "FOO");  // as the database has it
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_THAT(sent_texts(), HasSubstr("lower("));
    EXPECT_FALSE(em.is_changed(word));
    word.text = "Bar";
    co_await em.flush();
    EXPECT_EQ(word.text, "BAR");
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    const auto texts1 = co_await stored();
    EXPECT_THAT(texts1, ElementsAre("bar"));
    EntityManager other{*source_};
    Word* found = co_await other.find_one<Word>(f<&Word::text> == "BAR");
    EXPECT_TRUE(found != nullptr && found->text == "BAR");
    Word* none = co_await other.find_one<Word>(f<&Word::text> == "bar");
    EXPECT_EQ(none, nullptr);
  });
}

TEST_F(ConvertedColumns, ManyRowsAreConvertedToo) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    std::vector<Word*> words;
    for (const char* text : {"One", "Two", "Three"})
      words.push_back(&em.create<Word>({.text = text}));
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_EQ(words[2]->text, "THREE");
    for (Word* word : words) word->text += "X";
    words[0]->length = 4;
    co_await em.flush();
    EXPECT_EQ(words[1]->text, "TWOX");
    const auto texts2 = co_await stored();
    EXPECT_THAT(texts2, ElementsAre("onex", "threex", "twox"));
    // What is not written is not converted again.
    words[0]->length = 5;
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    EXPECT_THAT(sent_texts(), Not(HasSubstr("lower(")));
    // Unique texts change hands: what stands in between is converted as well.
    std::swap(words[0]->text, words[1]->text);
    co_await em.flush();
    EXPECT_EQ(words[0]->text, "TWOX");
    const auto texts3 = co_await stored();
    EXPECT_THAT(texts3, ElementsAre("onex", "threex", "twox"));
  });
}

TEST_F(ConvertedColumns, RelationsLazyColumnsAndQueriesReadConverted) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Shelf& shelf = em.create<Shelf>({.name = "Top"});
    em.create<Word>({.text = "b", .shelf = shelf});
    em.create<Word>({.text = "a", .shelf = shelf});
    co_await em.flush();
    EntityManager other{*source_};
    Shelf& read = co_await other.find_one_or_fail<Shelf>(shelf.id, populate<&Shelf::words>());
    EXPECT_EQ(read.words.items().size(), 2U);
    EXPECT_EQ(read.words.items()[0]->text, "A");
    co_await other.load<&Shelf::name>(read);
    EXPECT_EQ(read.name, "TOP");
    EntityManager third{*source_};
    const auto sorted = co_await third.find<const Word>(f<&Word::shelf, &Shelf::name> == "TOP",
                                                        order_by(desc<&Word::text>), limit(1));
    EXPECT_EQ(sorted.size(), 1U);
    EXPECT_EQ(sorted.front()->text, "B");
    const auto built =
        co_await third.query_builder<Word>("w").where(f<&Word::text> == "A").entities();
    EXPECT_EQ(built.size(), 1U);
    EXPECT_EQ(built.front()->text, "A");
    const auto counted = co_await third.count<Shelf>(f<&Shelf::words>.some(f<&Word::text> == "A"));
    EXPECT_EQ(counted, 1U);
  });
}

Word word_of(std::string text, int length) {
  Word word;
  word.text = std::move(text);
  word.length = length;
  return word;
}

TEST_F(ConvertedColumns, StatementsPastTheUnitOfWorkConvert) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto by_text = on_conflict<&Word::text>();
    Word& first = co_await em.upsert(word_of("Foo", 1), by_text);
    EXPECT_EQ(first.text, "FOO");
    Word& again = co_await em.upsert(word_of("fOO", 2), by_text);
    EXPECT_EQ(again.length, 2);
    Word& there = co_await em.insert_or_find(word_of("foO", 3), by_text);
    EXPECT_EQ(there.id, first.id);
    const auto to_new = set<&Word::text>("New");
    const auto changed = co_await em.update_where<Word>(f<&Word::text> == "FOO", to_new);
    EXPECT_EQ(changed, 1U);
    const auto texts = co_await stored();
    EXPECT_THAT(texts, ElementsAre("new"));
  });
}

struct ConvertedKey {
  std::string code{};
  int count = 0;
  static constexpr auto meta = orm::entity("converted_keys", natural_key<&ConvertedKey::code>(),
                                           field<&ConvertedKey::code>(written_as("lower({})")),
                                           field<&ConvertedKey::count>(read_as("abs()")));
};

TEST(ConvertedColumnFaults, AreNamedAtTheStart) {
  try {
    const Metadata metadata{entities<ConvertedKey>()};
    ADD_FAILURE() << "a converted key was taken";
  } catch (const MetadataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("ConvertedKey: code: written_as and read_as are for"));
    EXPECT_THAT(error.what(),
                HasSubstr("ConvertedKey: count: written_as and read_as say with one {}"));
  }
}

// --- columns that are compared

struct Guarded {
  std::int64_t id{};
  std::string name{};
  int age = 0;
  std::optional<int> rank{};
  static constexpr auto meta =
      orm::entity("guarded", primary_key<&Guarded::id>(), field<&Guarded::age>(concurrency_check),
                  field<&Guarded::rank>(concurrency_check));
};

class ComparedColumns : public CaseTest {
 protected:
  ComparedColumns() : CaseTest(entities<Guarded>()) {}
  Task<void> prepare() override {
    EntityManager em{*source_};
    for (int i = 1; i <= 3; ++i) {
      em.create<Guarded>({.name = "n" + std::to_string(i), .age = i});
    }
    co_await em.flush();
  }
};

TEST_F(ComparedColumns, Lock005OneOfThemHasToChange) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guarded& row = co_await em.find_one_or_fail<Guarded>(1);
    row.name = "x";
    static_cast<void>(sent());
    std::string message;
    try {
      co_await em.flush();
    } catch (const OptimisticLockError& error) {
      message = error.what();
    }
    EXPECT_THAT(message, HasSubstr("Guarded #1 was changed, but not in a column by which others "
                                   "notice it (age, rank"));
    EXPECT_EQ(sent(), 0U) << sent_texts();
    row.age = 9;
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_THAT(sent_texts(), HasSubstr("\"age\" = "));
    EntityManager other{*source_};
    Guarded& read = co_await other.find_one_or_fail<Guarded>(1);
    EXPECT_EQ(read.name, "x");
  });
}

TEST_F(ComparedColumns, AChangeOfOthersIsNoticed) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guarded& row = co_await em.find_one_or_fail<Guarded>(1);
    co_await sql_at_once(sql("update guarded set age = 50 where id = 1"));
    row.age = 9;
    const bool refused_1 = co_await refuses<OptimisticLockError>(em.flush());
    EXPECT_TRUE(refused_1);
    co_await em.refresh(row);
    EXPECT_EQ(row.age, 50);
    row.age = 9;
    co_await em.flush();
    // One that was NULL, and is not any more.
    co_await sql_at_once(sql("update guarded set rank = 1 where id = 1"));
    row.age = 10;
    const bool refused_2 = co_await refuses<OptimisticLockError>(em.flush());
    EXPECT_TRUE(refused_2);
  });
}

TEST_F(ComparedColumns, RowsThatAreWrittenTogetherAreComparedToo) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto rows = co_await em.find<Guarded>(order_by(asc<&Guarded::id>));
    for (Guarded* row : rows) row->age += 10;
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    for (Guarded* row : rows) row->age += 10;
    co_await sql_at_once(sql("update guarded set rank = 1 where id = 2"));
    const bool refused_3 = co_await refuses<OptimisticLockError>(em.flush());
    EXPECT_TRUE(refused_3);
    EntityManager other{*source_};
    Guarded& untouched = co_await other.find_one_or_fail<Guarded>(1);
    EXPECT_EQ(untouched.age, 11);
  });
}

TEST_F(ComparedColumns, ADeleteIsComparedAloneAndTogether) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto rows = co_await em.find<Guarded>(order_by(asc<&Guarded::id>));
    co_await sql_at_once(sql("update guarded set age = 77 where id = 2"));
    for (Guarded* row : rows) em.remove(*row);
    const bool refused_4 = co_await refuses<OptimisticLockError>(em.flush());
    EXPECT_TRUE(refused_4);
    const auto left = co_await em.count<Guarded>();
    EXPECT_EQ(left, 3U);
    EntityManager other{*source_};
    em.persist(*rows[1]);
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    Guarded& last = co_await other.find_one_or_fail<Guarded>(2);
    co_await sql_at_once(sql("update guarded set rank = 3 where id = 2"));
    other.remove(last);
    const bool refused_5 = co_await refuses<OptimisticLockError>(other.flush());
    EXPECT_TRUE(refused_5);
    co_await other.refresh(last);
    other.remove(last);
    co_await other.flush();
    const auto none = co_await other.count<Guarded>();
    EXPECT_EQ(none, 0U);
  });
}

TEST_F(ComparedColumns, AFindOfSomeMembersReadsThemAlong) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Guarded& row =
        co_await em.find_one_or_fail<Guarded>(f<&Guarded::id> == 3, fields<&Guarded::name>());
    co_await sql_at_once(sql("update guarded set age = 50 where id = 3"));
    row.age = 4;
    const bool refused_6 = co_await refuses<OptimisticLockError>(em.flush());
    EXPECT_TRUE(refused_6);
  });
}

struct GuardedText {
  std::int64_t id{};
  std::string text{};
  static constexpr auto meta = orm::entity("guarded_texts", primary_key<&GuardedText::id>(),
                                           field<&GuardedText::text>(lazy, concurrency_check));
};

TEST(ComparedColumnFaults, AreNamedAtTheStart) {
  try {
    const Metadata metadata{entities<GuardedText>()};
    ADD_FAILURE() << "a lazy column was taken";
  } catch (const MetadataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("GuardedText: text: concurrency_check is for columns"));
  }
}

}  // namespace
}  // namespace roost::orm
