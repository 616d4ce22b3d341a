// Every word about keys and columns that no other case is about, there and back on both databases.
#include <roost/json/value.hpp>
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/errors.hpp>

#include <optional>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Grade { low, high };

struct Size {
  int width{};
  int height{};
};

struct Extras {
  std::vector<std::string> notes{};
  std::optional<int> rank{};
  bool operator==(const Extras&) const = default;
};

struct Plank {
  std::string code{};
  Grade grade = Grade::high;  // the default of the client
  Size size{};
  orm::Json<Extras> extras{};
  json::Value anything{};
  int area{};
  int doubled{};
  std::optional<int> stock{};
  static constexpr auto meta = orm::entity(
      "planks", natural_key<&Plank::code>(), field<&Plank::size>(embedded("s_")),
      field<&Plank::area>(generated("s_width * s_height")),
      field<&Plank::doubled>(formula("s_width * 2")), field<&Plank::stock>(server_default("3")),
      index<&Plank::grade, &Plank::stock>(), check("wide", "s_width > 0"));
};

class Words : public CaseTest {
 protected:
  Words() : CaseTest(entities<Plank>()) {}
  Task<void> prepare() override {
    EntityManager em{*source_};
    em.create(plank("a", 2));
    em.create(plank("b", 5)).grade = Grade::low;
    co_await em.flush();
  }
  static Plank plank(std::string code, int width) {
    Plank made;
    made.code = std::move(code);
    made.size = {width, 10};
    made.extras->notes = {"x", "y"};
    return made;
  }
};

TEST_F(Words, ColumnsOfEachKindComeBack) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Plank& read = co_await em.find_one_or_fail<Plank>(std::string{"a"});
    EXPECT_EQ(read.grade, Grade::high);
    EXPECT_EQ(read.size.width, 2);
    EXPECT_EQ(read.area, 20);
    EXPECT_EQ(read.doubled, 4);
    EXPECT_EQ(read.stock, 3);
    EXPECT_THAT(read.extras->notes, ElementsAre("x", "y"));
    EXPECT_FALSE(em.is_changed(read));
    read.size.width = 3;
    read.extras->notes[1] = "z";
    read.anything = json::Value{"said"};
    co_await em.flush();
    EXPECT_EQ(sent(), 2U) << sent_texts();  // the find, and one UPDATE
    EXPECT_EQ(read.area, 30);
    EntityManager other{*source_};
    const auto wide = co_await other.find<const Plank>(
        f<&Plank::doubled> > 5, order_by(desc<&Plank::doubled>, asc<&Plank::code>));
    EXPECT_EQ(wide.size(), 2U);
    EXPECT_EQ(wide.at(0)->code, "b");
    EXPECT_EQ(wide.at(1)->doubled, 6);
    EXPECT_THAT(wide.at(1)->extras->notes, ElementsAre("x", "z"));
    EXPECT_EQ(wide.at(1)->anything, json::Value{"said"});
    const auto low = co_await other.count<Plank>(f<&Plank::grade> == Grade::low);
    EXPECT_EQ(low, 1U);
    const auto rows =
        co_await other.execute<std::string>(sql("select grade from planks where s_width = 5"));
    EXPECT_THAT(rows, ElementsAre("low"));
    co_await source_->verify_schema();
  });
}

TEST_F(Words, ChecksAndKeysAreKeptUpByTheDatabase) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Plank& narrow = em.create(plank("c", 0));
    const bool refused = co_await refuses<db::CheckViolation>(em.flush());
    EXPECT_TRUE(refused);
    narrow.size.width = 1;
    co_await em.flush();
    EXPECT_EQ(narrow.stock, 3);
    EntityManager other{*source_};
    other.create(plank("c", 4));
    const bool twice = co_await refuses<db::UniqueViolation>(other.flush());
    EXPECT_TRUE(twice);
    narrow.code = "d";
    const bool moved = co_await refuses<UsageError>(em.flush());
    EXPECT_TRUE(moved);
  });
}

}  // namespace
}  // namespace roost::orm
