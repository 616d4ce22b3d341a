// Descriptors of every kind of type, and what they do to objects.
#include <roost/base/error.hpp>
#include <roost/base/nullable.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/meta/describe.hpp>
#include <roost/meta/dump.hpp>
#include <roost/meta/member.hpp>

#include <gtest/gtest.h>

#include <any>
#include <atomic>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <variant>

namespace outer {
struct Elsewhere {
  int value;
};
enum class Mood { good, bad };
}  // namespace outer

namespace roost::reflect {
namespace {

struct MaxLength {
  std::size_t limit;
};

template <class T>
std::string names() {
  std::string all;
  for (const FieldDescriptor& field : type_of<T>().object->fields) {
    all += std::string{field.name} + " ";
  }
  return all;
}

// Names and places of members.

struct Toy {
  std::string label;
  double price;
  friend bool operator==(const Toy&, const Toy&) = default;
};

template <class A, class B>
struct Couple {
  A left;
  B right_;
};

struct Const {
  const int fixed = 1;
  int other;
};

struct Empty {};

TEST(Aggregate, HasNamesOffsetsAndTypes) {
  const TypeDescriptor& type = type_of<Toy>();
  EXPECT_EQ(type.kind, TypeKind::object);
  EXPECT_EQ(type.size, sizeof(Toy));
  EXPECT_EQ(type.name, "Toy");
  ASSERT_EQ(type.object->fields.size(), 2U);
  EXPECT_EQ(type.object->fields[0].name, "label");
  EXPECT_EQ(type.object->fields[0].offset, offsetof(Toy, label));
  EXPECT_EQ(&type.object->fields[0].type(), &type_of<std::string>());
  EXPECT_EQ(type.object->fields[1].name, "price");
  EXPECT_EQ(type.object->fields[1].offset, offsetof(Toy, price));
  EXPECT_EQ(type.object->fields[1].index, 1);
}

TEST(Aggregate, OfATemplateALocalClassOrAnotherNamespaceWorks) {
  using Inner = Couple<std::map<std::string, Couple<int, int>>, std::vector<int>>;
  EXPECT_EQ((names<Couple<Inner, std::unique_ptr<Toy>>>()), "left right ");
  struct Local {
    int first, second;
  };
  EXPECT_EQ(names<Local>(), "first second ");
  const auto lambda = [] {
    struct InLambda {
      bool yes;
    };
    return names<InLambda>();
  };
  EXPECT_EQ(lambda(), "yes ");
  EXPECT_EQ(names<outer::Elsewhere>(), "value ");
  EXPECT_EQ(type_of<outer::Elsewhere>().name, "Elsewhere");
  EXPECT_EQ(type_of<outer::Elsewhere>().qualified_name, "outer::Elsewhere");
}

struct NoDefault {
  explicit NoDefault(int v) : value{v} {}
  int value;
  static constexpr auto meta = roost::meta(roost::field<&NoDefault::value>());
};

TEST(Aggregate, CountsUnusualMembersRight) {
  struct Unusual {
    int before;
    NoDefault held;
    std::vector<bool> bits;
    std::optional<std::string> maybe;
    Nullable<int> three;
    std::variant<int> one;
    std::unique_ptr<Toy> owned;
    Empty nothing;
  };
  EXPECT_EQ(names<Unusual>(), "before held bits maybe three one owned nothing ");
  EXPECT_EQ(type_of<Unusual>().construct, nullptr);
  // Not describable, but counted.
  struct HoldsAny {
    std::any any;
    int after;
  };
  struct Function {
    std::function<void()> function;
    int after;
  };
  struct Array {
    int numbers[3];
    int after;
  };
  struct Bits {
    unsigned a : 3;
    unsigned b : 5;
    int after;
  };
  EXPECT_EQ(detail::field_count<HoldsAny>, 2U);
  EXPECT_FALSE(detail::has_bases<HoldsAny>);
  EXPECT_EQ(detail::field_count<Function>, 2U);
  EXPECT_EQ(detail::field_count<Array>, 2U);
  EXPECT_EQ(detail::field_count<Bits>, 3U);
  EXPECT_EQ(detail::field_count<Empty>, 0U);
  EXPECT_EQ(names<Const>(), "fixed other ");
  EXPECT_EQ(type_of<Const>().copy_assign, nullptr);
}

// clang-format off
struct Widest {
  int a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7;
  int c0, c1, c2, c3, c4, c5, c6, c7, d0, d1, d2, d3, d4, d5, d6, d7;
  int e0, e1, e2, e3, e4, e5, e6, e7, f0, f1, f2, f3, f4, f5, f6, f7;
  int g0, g1, g2, g3, g4, g5, g6, g7, h0, h1, h2, h3, h4, h5, h6, h7;
};
// clang-format on

TEST(Aggregate, MayHave64Members) {
  const auto& fields = type_of<Widest>().object->fields;
  ASSERT_EQ(fields.size(), 64U);
  EXPECT_EQ(fields[63].name, "h7");
  EXPECT_EQ(fields[63].offset, offsetof(Widest, h7));
}

struct Größe {
  int höhe;
};

TEST(Aggregate, MayHaveNamesBeyondAscii) { EXPECT_EQ(names<Größe>(), "höhe "); }

struct Tree {
  std::string label;
  std::vector<Tree> children;
  std::unique_ptr<Tree> left;
};

TEST(Aggregate, MayContainItself) {
  const auto& fields = type_of<Tree>().object->fields;
  EXPECT_EQ(&fields[1].type().sequence->element(), &type_of<Tree>());
  EXPECT_EQ(&fields[2].type().optional->element(), &type_of<Tree>());
}

TEST(Aggregate, IsDescribedOnceForAllThreads) {
  struct Shared {
    int a = 1;
    std::string b;
  };
  std::atomic<int> ready{0};
  std::vector<const TypeDescriptor*> seen(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready < 8) std::this_thread::yield();
      seen[i] = &type_of<Shared>();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const TypeDescriptor* type : seen) EXPECT_EQ(type, seen[0]);
  EXPECT_EQ(seen[0]->object->fields.size(), 2U);
}

// Annotations.

struct Annotated {
  std::string title;
  int capacity = 20;
  std::string class_;
  std::string meta_like;

  static constexpr auto meta = roost::meta(
      MaxLength{99}, roost::field<&Annotated::class_>(MaxLength{1}, json_name("class-name")),
      roost::field<&Annotated::title>(MaxLength{120}, MaxLength{7}),
      amend_field<&Annotated::title>(hidden));
};

TEST(Annotations, GoToTheirMembersInOrder) {
  EXPECT_EQ(names<Annotated>(), "title capacity class meta_like ");
  const auto& fields = type_of<Annotated>().object->fields;
  ASSERT_EQ(fields[0].annotations.size(), 3U);
  EXPECT_EQ(static_cast<const MaxLength*>(fields[0].annotations[0].value)->limit, 120U);
  EXPECT_EQ(static_cast<const MaxLength*>(fields[0].annotations[1].value)->limit, 7U);
  EXPECT_TRUE(has_annotation<Hidden>(fields[0].annotations));
  EXPECT_TRUE(fields[1].annotations.empty());
  EXPECT_EQ(fields[2].json_name, "class-name");
  EXPECT_EQ(fields[0].annotations[0].kind->name, "MaxLength");
  ASSERT_EQ(type_of<Annotated>().object->annotations.size(), 1U);
  EXPECT_EQ(find_annotation<MaxLength>(type_of<Annotated>().object->annotations)->limit, 99U);
}

TEST(Annotations, LiveInTheMetaOfTheClass) {
  const auto& fields = type_of<Annotated>().object->fields;
  const auto* begin = reinterpret_cast<const std::byte*>(&Annotated::meta);
  const auto* value = static_cast<const std::byte*>(fields[0].annotations[0].value);
  EXPECT_GE(value, begin);
  EXPECT_LT(value, begin + sizeof(Annotated::meta));
}

struct HasMetaMember {
  int data;
  std::string meta;  // an ordinary member that happens to have this name
};

TEST(Annotations, AreNotSoughtInADataMemberCalledMeta) {
  EXPECT_EQ(names<HasMetaMember>(), "data meta ");
}

struct SameName {
  int a;
  int b;
  static constexpr auto meta = roost::meta(roost::field<&SameName::b>(json_name("a")));
};

TEST(Annotations, MayNotGiveTwoMembersOneName) {
  try {
    (void)type_of<SameName>();
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_NE(std::string{error.what()}.find("\"a\""), std::string::npos) << error.what();
    EXPECT_NE(std::string{error.what()}.find("SameName"), std::string::npos) << error.what();
  }
}

// Classes that list their members.

class Point {
  int x_ = 1;
  int y_;
  std::string label_;
  mutable int cache_ = 0;

 public:
  Point() : y_{2} {}
  Point(int x, int y) : x_{x}, y_{y} {}
  [[nodiscard]] int sum() const { return x_ + y_ + cache_; }

  static constexpr auto meta =
      roost::meta(roost::field<&Point::x_>(), roost::field<&Point::y_>("why", MaxLength{3}),
                  roost::field<&Point::label_>(), roost::ignored<&Point::cache_>());
};

TEST(ListedClass, HasItsPrivateMembers) {
  EXPECT_EQ(names<Point>(), "x why label ");
  Point point{3, 4};
  const auto& fields = type_of<Point>().object->fields;
  *static_cast<int*>(field_of(&point, fields[0])) = 10;
  EXPECT_EQ(point.sum(), 14);
  EXPECT_EQ(fields[1].json_name, "why");
  EXPECT_EQ(fields[1].annotations.size(), 1U);
}

struct Base {
  std::int64_t id;
  bool flag;
};
struct Derived : Base {
  bool own;
  std::string text;
  static constexpr auto meta =
      roost::meta(roost::field<&Base::id>(), roost::field<&Derived::flag>(),
                  roost::field<&Derived::own>(), roost::field<&Derived::text>());
};
struct Second {
  int tag;
};
struct TwoBases : Second, Base {
  static constexpr auto meta = roost::meta(partly_listed, roost::field<&TwoBases::tag>(),
                                           roost::field<&Base::id>(), roost::field<&Base::flag>());
};
class Polymorphic {
  int value_ = 3;

 public:
  virtual ~Polymorphic() = default;
  static constexpr auto meta = roost::meta(roost::field<&Polymorphic::value_>());
};

TEST(ListedClass, HasMembersOfBases) {
  EXPECT_EQ(names<Derived>(), "id flag own text ");
  Derived derived{};
  const auto& fields = type_of<Derived>().object->fields;
  EXPECT_EQ(field_of(&derived, fields[0]), &derived.id);
  EXPECT_EQ(field_of(&derived, fields[2]), &derived.own);
  TwoBases both{};
  EXPECT_EQ(field_of(&both, type_of<TwoBases>().object->fields[1]), &both.id);
  EXPECT_EQ(names<Polymorphic>(), "value ");
}

// Enumerations.

enum class Color : std::uint8_t { red, green = 5, blue, crimson = red, default_ = 255 };
enum class Negative : std::int8_t { below = -9, lowest = -8, minus = -1, zero, top = 127 };
enum Plain : short { plain_a, plain_b };
enum class Wide : std::uint64_t { small = 1, huge = 1ULL << 63U };
enum class Flags : unsigned { none = 0, bold = 1U << 0U, italic = 1U << 20U };
enum class Status { ok = 200, gone = 410, teapot = 418 };
enum class Truth : bool { no, yes };

}  // namespace

template <>
struct EnumValues<Flags> {
  static constexpr Flags values[] = {Flags::italic, Flags::none, Flags::bold};
};
template <>
struct EnumRange<Status> {
  static constexpr int first = 100;
  static constexpr int last = 599;
};

namespace {

template <class E>
std::string enumerators() {
  std::string all;
  for (const Enumerator& enumerator : type_of<E>().enumeration->enumerators) {
    all += std::string{enumerator.name} + "=" + std::to_string(enumerator.value) + " ";
  }
  return all;
}

TEST(Enumeration, HasItsNamesInOrderOfValue) {
  EXPECT_EQ(enumerators<Color>(), "red=0 green=5 blue=6 default=255 ");
  EXPECT_EQ(enumerators<Negative>(), "lowest=-8 minus=-1 zero=0 top=127 ");
  EXPECT_EQ(enumerators<Plain>(), "plain_a=0 plain_b=1 ");
  EXPECT_EQ(enumerators<outer::Mood>(), "good=0 bad=1 ");
  EXPECT_EQ(enumerators<Wide>(), "small=1 ");
  EXPECT_EQ(enumerators<Truth>(), "no=0 yes=1 ");
}

TEST(Enumeration, CanListItsValuesOrWidenTheRange) {
  EXPECT_EQ(enumerators<Flags>(), "none=0 bold=1 italic=1048576 ");
  EXPECT_EQ(enumerators<Status>(), "ok=200 gone=410 teapot=418 ");
}

TEST(Enumeration, InALocalClassOrTemplateWorks) {
  struct Holder {
    enum class Inner { one, two };
    Inner inner;
  };
  EXPECT_EQ(enumerators<Holder::Inner>(), "one=0 two=1 ");
  EXPECT_EQ(type_of<Color>().integer.bytes, 1);
  EXPECT_FALSE(type_of<Color>().integer.is_signed);
  EXPECT_TRUE(type_of<outer::Mood>().integer.is_signed);
}

// Containers.

struct Script {
  std::vector<const void*> values;
  std::size_t calls = 0;
  std::size_t stop_at = 1000;
};

template <class Element>
bool fill_from_script(void* context, void* element) {
  auto& script = *static_cast<Script*>(context);
  if (script.calls == script.stop_at) return false;
  *static_cast<Element*>(element) = *static_cast<const Element*>(script.values[script.calls++]);
  return true;
}

template <class Element>
void collect(void* context, const void* element) {
  static_cast<std::vector<Element>*>(context)->push_back(*static_cast<const Element*>(element));
}

template <class Sequence, class Element>
std::vector<Element> round_trip(Sequence& target, const std::vector<Element>& input) {
  const SequenceDetails& sequence = *type_of<Sequence>().sequence;
  sequence.clear(&target);
  std::size_t position = 0;
  for (const Element& element : input) {
    Script script{{&element}, 0, 1000};
    EXPECT_TRUE(sequence.append(&target, position++, &script, &fill_from_script<Element>));
  }
  std::vector<Element> seen;
  sequence.for_each(&target, &seen, &collect<Element>);
  EXPECT_EQ(sequence.size(&target), seen.size());
  return seen;
}

TEST(Sequence, OfEveryKindIsFilledAndVisited) {
  const std::vector<std::string> texts{"a", "bb", "a"};
  std::vector<std::string> vector{"old"};
  EXPECT_EQ(round_trip(vector, texts), texts);
  std::deque<std::string> deque;
  EXPECT_EQ(round_trip(deque, texts), texts);
  std::list<std::string> list;
  EXPECT_EQ(round_trip(list, texts), texts);
  std::set<std::string> set;
  EXPECT_EQ(round_trip(set, texts), (std::vector<std::string>{"a", "bb"}));
  std::unordered_set<std::string> unordered;
  EXPECT_EQ(round_trip(unordered, texts).size(), 2U);
  std::array<std::string, 3> array{"x", "y", "z"};
  EXPECT_EQ(round_trip(array, texts), texts);
}

TEST(Sequence, OfBoolWorksWithoutAddresses) {
  std::vector<bool> bits;
  const std::vector<char> input{1, 0, 1};
  const SequenceDetails& sequence = *type_of<std::vector<bool>>().sequence;
  EXPECT_EQ(sequence.data, nullptr);
  for (const char bit : input) {
    const bool value = bit != 0;
    Script script{{&value}, 0, 1000};
    EXPECT_TRUE(sequence.append(&bits, 0, &script, &fill_from_script<bool>));
  }
  EXPECT_EQ(bits, (std::vector<bool>{true, false, true}));
}

TEST(Sequence, IsAsBeforeWhenFillingFails) {
  std::vector<std::string> vector{"keep"};
  std::set<std::string> set{"keep"};
  Script script{{}, 0, 0};
  EXPECT_FALSE(type_of<std::vector<std::string>>().sequence->append(
      &vector, 1, &script, &fill_from_script<std::string>));
  EXPECT_FALSE(type_of<std::set<std::string>>().sequence->append(&set, 1, &script,
                                                                 &fill_from_script<std::string>));
  EXPECT_EQ(vector.size(), 1U);
  EXPECT_EQ(set.size(), 1U);
}

TEST(Sequence, OfFixedSizeRefusesMore) {
  std::array<int, 2> array{};
  const int value = 3;
  Script script{{&value, &value}, 0, 1000};
  const SequenceDetails& sequence = *type_of<std::array<int, 2>>().sequence;
  EXPECT_EQ(sequence.fixed_size, 2U);
  EXPECT_TRUE(sequence.append(&array, 1, &script, &fill_from_script<int>));
  EXPECT_FALSE(sequence.append(&array, 2, &script, &fill_from_script<int>));
  EXPECT_EQ(array[1], 3);
  sequence.clear(&array);
  EXPECT_EQ(array[1], 0);
}

TEST(Map, IsFilledAndVisited) {
  std::map<std::string, int> map;
  const MapDetails& details = *type_of<std::map<std::string, int>>().map;
  const std::string key = "k";
  const int value = 3;
  Script script{{&value, &value}, 0, 1};
  EXPECT_TRUE(details.insert(&map, &key, &script, &fill_from_script<int>));
  EXPECT_FALSE(details.insert(&map, &key, &script, &fill_from_script<int>)) << "the key is there";
  const std::string other = "o";
  EXPECT_FALSE(details.insert(&map, &other, &script, &fill_from_script<int>)) << "not filled";
  EXPECT_EQ(map, (std::map<std::string, int>{{"k", 3}}));
  EXPECT_EQ(details.size(&map), 1U);
  details.clear(&map);
  EXPECT_TRUE(map.empty());
}

TEST(Map, TakesTextsIntegersEnumerationsAndTextClassesAsKeys) {
  EXPECT_EQ(type_of<decltype(std::unordered_map<int, Toy>{})>().map->key().kind, TypeKind::integer);
  EXPECT_EQ((type_of<std::map<Color, Toy>>().map->key().kind), TypeKind::enumeration);
  EXPECT_EQ((type_of<std::map<Uuid, Toy>>().map->key().kind), TypeKind::text);
  EXPECT_FALSE((detail::is_describable<std::map<double, int>>));
  EXPECT_FALSE((detail::is_describable<std::map<Toy, int>>));
}

// Optional-like.

template <class Optional>
void fill_and_empty() {
  Optional optional{};
  const OptionalDetails& details = *type_of<Optional>().optional;
  EXPECT_EQ(details.get(&optional), nullptr);
  auto* text = static_cast<std::string*>(details.emplace(&optional));
  *text = "x";
  EXPECT_EQ(details.get(&optional), text);
  EXPECT_EQ(*optional, "x");
  details.reset(&optional);
  EXPECT_EQ(details.get(&optional), nullptr);
}

TEST(Optional, OfEveryKindIsFilledAndEmptied) {
  fill_and_empty<std::optional<std::string>>();
  fill_and_empty<Nullable<std::string>>();
  fill_and_empty<std::unique_ptr<std::string>>();
  fill_and_empty<std::shared_ptr<std::string>>();
}

TEST(Optional, KnowsNullOnlyWhereItIsKept) {
  const OptionalDetails& details = *type_of<Nullable<int>>().optional;
  Nullable<int> value;
  EXPECT_FALSE(details.is_null(&value));
  details.set_null(&value);
  EXPECT_TRUE(details.is_null(&value));
  EXPECT_TRUE(value.is_null());
  EXPECT_EQ(type_of<std::optional<int>>().optional->is_null, nullptr);
}

TEST(Variant, IsReadAndSetByIndex) {
  using Value = std::variant<int, std::string, Toy>;
  Value value = 3;
  const VariantDetails& details = *type_of<Value>().variant;
  ASSERT_EQ(details.alternatives.size(), 3U);
  EXPECT_EQ(details.index(&value), 0U);
  EXPECT_EQ(*static_cast<const int*>(details.get(&value)), 3);
  static_cast<Toy*>(details.emplace(&value, 2))->label = "ball";
  EXPECT_EQ(std::get<Toy>(value).label, "ball");
  EXPECT_EQ(&details.alternatives[2](), &type_of<Toy>());
}

// Scalars, texts, extension.

TEST(Scalar, HasSizeAndSign) {
  EXPECT_EQ(type_of<std::int8_t>().integer.bytes, 1);
  EXPECT_TRUE(type_of<std::int8_t>().integer.is_signed);
  EXPECT_FALSE(type_of<std::uint64_t>().integer.is_signed);
  EXPECT_EQ(type_of<long long>().integer.bytes, 8);
  EXPECT_EQ(type_of<bool>().kind, TypeKind::boolean);
  EXPECT_EQ(type_of<float>().kind, TypeKind::floating);
  EXPECT_EQ(&type_of<const int>(), &type_of<int>());
}

TEST(Text, ParsesAndAppends) {
  const TypeDescriptor& type = type_of<Timestamp>();
  ASSERT_EQ(type.kind, TypeKind::text);
  EXPECT_EQ(type.text->format, "date-time");
  Timestamp time;
  EXPECT_FALSE(type.text->parse("yesterday", &time));
  EXPECT_TRUE(type.text->parse("2020-01-02T03:04:05Z", &time));
  std::string text = "> ";
  type.text->append(&time, text);
  EXPECT_EQ(text, "> 2020-01-02T03:04:05.000Z");
}

struct Celsius {
  double degrees = 0;
  static std::optional<Celsius> parse(std::string_view text) {
    if (text != "warm") return std::nullopt;
    return Celsius{20};
  }
  void append_to(std::string& out) const { out += degrees > 15 ? "warm" : "cold"; }
  static constexpr std::string_view text_format = "celsius";
};

TEST(Text, IsAnyClassThatParsesAndAppends) {
  const TypeDescriptor& type = type_of<Celsius>();
  ASSERT_EQ(type.kind, TypeKind::text);
  EXPECT_EQ(type.text->format, "celsius");
  Celsius celsius;
  EXPECT_TRUE(type.text->parse("warm", &celsius));
  EXPECT_EQ(celsius.degrees, 20);
}

class Opaque {
 public:
  explicit Opaque(int) {}
};

}  // namespace

template <>
struct TypeInfo<Opaque> {
  static const TypeDescriptor& descriptor() { return type_of<int>(); }
};

namespace {

TEST(TypeInfo, CanBeSpecialised) {
  struct Holder {
    Opaque opaque;
    std::vector<Opaque> more;
  };
  EXPECT_EQ(&type_of<Holder>().object->fields[0].type(), &type_of<int>());
}

// Operations.

TEST(Operations, MakeCopyCompareAndDestroy) {
  const TypeDescriptor& type = type_of<Toy>();
  std::allocator<Toy> memory;
  Toy* toy = memory.allocate(1);
  type.construct(toy);
  EXPECT_EQ(toy->price, 0);
  Toy other{"a text that is too long for the small buffer", 1};
  type.copy_assign(toy, &other);
  EXPECT_TRUE(type.equal(toy, &other));
  type.move_assign(toy, &other);
  EXPECT_TRUE(other.label.empty());
  EXPECT_FALSE(type.equal(toy, &other));
  type.destroy(toy);
  memory.deallocate(toy, 1);
}

TEST(Operations, AreNullWhereTheTypeHasNone) {
  struct NoEquality {
    int a;
  };
  EXPECT_EQ(type_of<NoEquality>().equal, nullptr);
  EXPECT_EQ(type_of<std::vector<NoEquality>>().equal, nullptr);
  EXPECT_EQ((type_of<std::map<std::string, std::vector<NoEquality>>>().equal), nullptr);
  EXPECT_NE(type_of<std::vector<Toy>>().equal, nullptr);
  EXPECT_EQ(type_of<std::unique_ptr<Toy>>().copy_assign, nullptr);
  EXPECT_EQ(type_of<std::vector<std::unique_ptr<Toy>>>().copy_assign, nullptr);
  EXPECT_EQ(type_of<Tree>().copy_assign, nullptr);
}

TEST(Operations, CopyThroughDescriptorsIsDeep) {
  struct Everything {
    std::vector<Toy> toys;
    std::map<std::string, Toy> by_name;
    std::variant<int, Toy> either;
    std::optional<std::vector<Toy>> maybe;
    std::array<Toy, 2> pair;
    Nullable<Toy> null;
  };
  Everything from{{{"a", 1}, {"b", 2}}, {{"k", {"c", 3}}},          Toy{"d", 4},
                  {{{"e", 5}}},         {Toy{"f", 6}, Toy{"g", 7}}, nullptr};
  Everything to{{{"old", 0}}, {{"old", {}}}, 3, {}, {}, Toy{}};
  type_of<Everything>().copy_assign(&to, &from);
  EXPECT_EQ(to.toys, from.toys);
  EXPECT_EQ(to.by_name, from.by_name);
  EXPECT_EQ(to.either, from.either);
  EXPECT_EQ(to.maybe, from.maybe);
  EXPECT_EQ(to.pair, from.pair);
  EXPECT_TRUE(to.null.is_null());
  type_of<Everything>().copy_assign(&to, &to);
  EXPECT_EQ(to.toys, from.toys);
}

// Dumps.

TEST(Dump, ShowsTypesRequirementsAndAnnotations) {
  EXPECT_EQ(dump(type_of<Annotated>()),
            "object Annotated [MaxLength]\n"
            "  title: string [MaxLength, MaxLength, Hidden]\n"
            "  capacity: int32_t, default\n"
            "  class: string, required, json \"class-name\" [MaxLength, JsonName]\n"
            "  meta_like: string, required\n");
  EXPECT_EQ(dump(type_of<outer::Mood>()), "enumeration Mood\n  good = 0\n  bad = 1\n");
  EXPECT_EQ(summary(type_of<std::map<std::string, std::vector<Nullable<Toy>>>>()),
            "map of string to list of nullable Toy");
  EXPECT_EQ((summary(type_of<std::variant<int, std::array<bool, 2>>>())), "int32_t or 2 of bool");
}

}  // namespace
}  // namespace roost::reflect
