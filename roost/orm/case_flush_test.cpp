// Recorded cases of writing: what a flush sends, in which order, and what it does when the database
// says no. The number in a test's name is that of the case in orm_cases.md.
#include <roost/async/when_all.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/orm/case_library_impl.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Inner {
  int a = 0;
  std::vector<int> c{};
};
struct Extra {
  std::string text{};
  Inner b{};
};

struct Account {
  std::int64_t id{};
  std::string email{};
  std::optional<std::string> nick{};
  static constexpr auto meta = orm::entity("accounts", primary_key<&Account::id>(),
                                           unique<&Account::email>(), unique<&Account::nick>());
};

struct Versioned {
  std::int64_t id{};
  std::string name{};
  int version{};
  static constexpr auto meta =
      orm::entity("versioned", primary_key<&Versioned::id>(), versioned_by<&Versioned::version>());
};

struct Node {
  std::int64_t id{};
  std::string name{};
  Ref<Node> parent{};
  Collection<Node> children{};
  static constexpr auto meta =
      orm::entity("nodes", primary_key<&Node::id>(), many_to_one<&Node::parent>(nullable),
                  one_to_many<&Node::children>(mapped_by<&Node::parent>));
};

struct KeyedNode {
  Uuid id{};
  std::string name{};
  Ref<KeyedNode> parent{};
  static constexpr auto meta =
      orm::entity("keyed_nodes", primary_key<&KeyedNode::id>(), many_to_one<&KeyedNode::parent>());
};

struct Computed {
  std::int64_t id{};
  int x = 5;
  std::optional<int> given{};
  int twice{};
  Timestamp made_at{};
  Timestamp changed_at{};
  static constexpr auto meta = orm::entity(
      "computed", primary_key<&Computed::id>(), field<&Computed::twice>(generated("x * 2")),
      field<&Computed::given>(server_default("7")), creation_time<&Computed::made_at>(),
      update_time<&Computed::changed_at>());
};

struct Named {
  Uuid id{};
  std::string name{};
  static constexpr auto meta = orm::entity("named", primary_key<&Named::id>());
};

struct Document {
  std::int64_t id{};
  Json<Extra> extra{};
  static constexpr auto meta = orm::entity("documents", primary_key<&Document::id>());
};

class FlushCase : public CaseTest {
 protected:
  FlushCase()
      : CaseTest(entities<Account, Versioned, Node, KeyedNode, Computed, Named, Document>()) {}
};
class LibraryFlushCase : public LibraryTest {};
/// The library's tables without rows.
class EmptyLibraryCase : public LibraryTest {
 protected:
  Task<void> prepare() override { co_return; }
};

// --- persist

TEST_F(EmptyLibraryCase, Uow001OneInsertForEachTable) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = em.create<Author>({.name = "A", .email = "a@x"});
    Publisher& publisher = em.create<Publisher>({.name = "P"});
    Tag& first = em.create<Tag>({.name = "t1"});
    Tag& second = em.create<Tag>({.name = "t2"});
    Book& one = em.create<Book>({.title = "B1", .author = author, .publisher = publisher});
    Book& two = em.create<Book>({.title = "B2", .author = author, .publisher = publisher});
    one.tags.add(first);
    one.tags.add(second);
    two.tags.add(second);
    Profile& profile = em.create<Profile>({.bio = "p", .author = author});
    co_await em.flush();
    EXPECT_LE(with_transaction(), 8U) << sent_texts();
    EXPECT_EQ(log_->last_units, 1U);  // one pipeline
    for (const std::int64_t id :
         {author.id, publisher.id, first.id, second.id, one.id, two.id, profile.id}) {
      EXPECT_GT(id, 0);
    }
    EntityManager check{*source_};
    const auto books =
        co_await check.find<const Book>(order_by(asc<&Book::id>), populate<&Book::tags>());
    EXPECT_EQ(books.size(), 2U);
    EXPECT_EQ(books[0]->tags.size(), 2U);
    EXPECT_EQ(books[1]->tags.size(), 1U);
    EXPECT_EQ(books[1]->author.key(), author.id);
  });
}

TEST_F(EmptyLibraryCase, Uow002WhatIsReachedIsInserted) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = em.make<Author>({.name = "A", .email = "a@x"});
    Book& book = em.make<Book>({.title = "B", .author = author});
    Tag& tag = em.make<Tag>({.name = "t"});
    book.tags.add(tag);
    em.persist(author);
    co_await em.flush();
    EXPECT_LE(with_transaction(), 6U) << sent_texts();
    EXPECT_GT(book.id, 0);
    EXPECT_GT(tag.id, 0);
    EntityManager check{*source_};
    const Book& found =
        co_await check.find_one_or_fail<const Book>(book.id, populate<&Book::tags>());
    EXPECT_EQ(found.tags.size(), 1U);
    EXPECT_EQ(found.author.key(), author.id);
  });
}

TEST_F(LibraryFlushCase, Asg002KeysBecomeReferencesAndNewOnesAreInserted) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& by_key = em.create<Book>({.title = "K", .author = em.reference<Author>(1)});
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_EQ(by_key.author.key(), 1);
    Author& fresh = em.make<Author>({.name = "N", .email = "n@x"});
    Book& nested = em.create<Book>({.title = "M", .author = fresh});
    co_await em.flush();
    EXPECT_LE(with_transaction(), 4U) << sent_texts();
    EXPECT_EQ(nested.author.key(), fresh.id);
    EXPECT_GT(fresh.id, 3);
  });
}

// --- update

TEST_F(LibraryFlushCase, Uow004OnlyTheChangedColumnByKey) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(1);
    static_cast<void>(sent());
    author.name = "zz";
    EXPECT_TRUE(em.is_changed(author));
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U);
    EXPECT_THAT(log_->last.front(), StartsWith(R"(update "authors" set "name" = )"));
    EXPECT_THAT(log_->last.front(), ::testing::Not(HasSubstr("email")));
    EXPECT_FALSE(em.is_changed(author));
  });
}

TEST_F(LibraryFlushCase, Uow005BackToTheOriginalIsNoChange) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(1);
    static_cast<void>(sent());
    const std::string name = author.name;
    author.name = "other";
    author.name = name;
    author.age = std::nullopt;
    author.age = 10;
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 0U) << sent_texts();
  });
}

TEST_F(LibraryFlushCase, Uow018ARowIsChangedWithoutReadingIt) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    // A reference has no members to write to: the statement is said instead.
    Ref<Author> reference = em.reference<Author>(1);
    EXPECT_THROW(reference->name = "zz", NotLoadedError);
    const std::uint64_t changed =
        co_await em.update_where<Author>(f<&Author::id> == 1, set<&Author::name>("zz"));
    EXPECT_EQ(changed, 1U);
    EXPECT_EQ(sent(), 1U);
    const Author& author = co_await em.find_one_or_fail<const Author>(1);
    EXPECT_EQ(author.name, "zz");
  });
}

TEST_F(FlushCase, Uow027ChangesDeepInsideJsonAreFound) {
  run([&]() -> Task<void> {
    EntityManager setup{*source_};
    setup.create<Document>({.extra = Extra{"t", {1, {1, 2}}}});
    co_await setup.flush();
    EntityManager em{*source_};
    Document& document = co_await em.find_one_or_fail<Document>(1);
    static_cast<void>(sent());
    document.extra->b.c.push_back(3);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U);
    document.extra = Extra{"t", {1, {1, 2, 3}}};
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 0U) << sent_texts();
    EntityManager check{*source_};
    const Document& found = co_await check.find_one_or_fail<const Document>(1);
    EXPECT_EQ(found.extra->b.c, (std::vector<int>{1, 2, 3}));
  });
}

// --- order

TEST_F(LibraryFlushCase, Uow008InsertsThenUpdatesThenPairsThenDeletes) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& first = co_await em.find_one_or_fail<Book>(1);
    Book& second = co_await em.find_one_or_fail<Book>(2);
    Tag& tag = co_await em.find_one_or_fail<Tag>(3);
    static_cast<void>(sent());
    Author& author = em.create<Author>({.name = "N", .email = "n@x"});
    em.create<Book>({.title = "of N", .author = author});
    first.title = "changed";
    em.remove(second);
    em.remove(tag);
    co_await em.flush();
    EXPECT_LE(with_transaction(), 7U) << sent_texts();
    EXPECT_THAT(log_->last,
                ::testing::ElementsAre(StartsWith(R"(insert into "authors")"),
                                       StartsWith(R"(insert into "books")"), StartsWith("update"),
                                       StartsWith("delete"), StartsWith("delete")));
    const std::uint64_t books = co_await em.count<Book>();
    EXPECT_EQ(books, 6U);
    const std::uint64_t tagged = co_await em.count<Book>(f<&Book::tags>.some());
    EXPECT_EQ(tagged, 4U);  // B11, B22, B31, B32: x2 is gone, and B21 had no other
  });
}

TEST_F(FlushCase, Uow010ATreeIsInsertedLevelByLevel) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Node& leaf = em.create<Node>({.name = "leaf"});
    Node& other = em.create<Node>({.name = "other"});
    Node& middle = em.create<Node>({.name = "middle"});
    Node& root = em.create<Node>({.name = "root"});
    leaf.parent = middle;
    other.parent = middle;
    middle.parent = root;
    co_await em.flush();
    EXPECT_LE(with_transaction(), 5U) << sent_texts();
    EntityManager check{*source_};
    const auto nodes = co_await check.find<Node>(populate<&Node::parent>());
    EXPECT_EQ(nodes.size(), 4U);
    const Node& found = co_await check.find_one_or_fail<Node>(leaf.id);
    EXPECT_EQ(found.parent->name, "middle");
    EXPECT_EQ(found.parent->parent->name, "root");
    EXPECT_TRUE(found.parent->parent->parent.is_null());
  });
}

TEST_F(FlushCase, Uow030ReferencesToItsOwnClassThatMayNotBeNull) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    KeyedNode& child = em.create<KeyedNode>({.name = "child"});
    KeyedNode& root = em.create<KeyedNode>({.name = "root"});
    root.parent = root;
    child.parent = root;
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EntityManager check{*source_};
    const KeyedNode& found = co_await check.find_one_or_fail<const KeyedNode>(child.id);
    EXPECT_EQ(found.parent.key<Uuid>(), root.id);
    // A cycle of rows that refer to each other by keys that are known goes in one statement too.
    static_cast<void>(sent());
    KeyedNode& a = em.create<KeyedNode>({.name = "a"});
    KeyedNode& b = em.create<KeyedNode>({.name = "b", .parent = a});
    a.parent = b;
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
  });
}

TEST_F(FlushCase, Uow012AUniqueValueIsHandedOnInEitherDirection) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Account& first = em.create<Account>({.email = "1", .nick = "n"});
    Account& second = em.create<Account>({.email = "2"});
    co_await em.flush();
    static_cast<void>(sent());
    first.nick.reset();
    second.nick = "n";
    co_await em.flush();
    EXPECT_LE(with_transaction(), 4U) << sent_texts();
    second.nick.reset();
    first.nick = "n";
    co_await em.flush();
    EXPECT_LE(with_transaction(), 4U) << sent_texts();
    EntityManager check{*source_};
    const auto all = co_await check.find<const Account>(order_by(asc<&Account::id>));
    EXPECT_EQ(all[0]->nick, "n");
    EXPECT_FALSE(all[1]->nick.has_value());
  });
}

TEST_F(FlushCase, Uow014ARemovedKeyIsUsedAgain) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Named& old = em.create<Named>({.name = "x"});
    co_await em.flush();
    static_cast<void>(sent());
    const Uuid key = old.id;
    em.remove(old);
    Named& fresh = em.create<Named>({.id = key, .name = "y"});
    EXPECT_NE(&fresh, &old);
    co_await em.flush();
    EXPECT_LE(with_transaction(), 4U);
    EXPECT_GE(log_->last.size(), 1U);
    EntityManager check{*source_};
    const Named& found = co_await check.find_one_or_fail<const Named>(key);
    EXPECT_EQ(found.name, "y");
    Named* known = co_await em.find_one<Named>(key);
    EXPECT_EQ(known, &fresh);
  });
}

// --- state

TEST_F(LibraryFlushCase, Uow016PersistTakesBackARemove) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Tag& tag = co_await em.find_one_or_fail<Tag>(1);
    static_cast<void>(sent());
    em.remove(tag);
    EXPECT_TRUE(em.is_changed(tag));
    em.persist(tag);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 0U) << sent_texts();
    EXPECT_FALSE(em.is_changed(tag));
  });
}

TEST_F(LibraryFlushCase, Uow017RemovingARowThatIsNotThereIsNoError) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.remove(em.reference<Tag>(999));
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
  });
}

TEST_F(FlushCase, Flush006ANewEntityIsFoundByTheKeyItHas) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Named& made = em.create<Named>({.name = "x"});
    const Uuid key = made.id;
    Named* found = co_await em.find_one<Named>(key);
    EXPECT_EQ(found, &made);
    EXPECT_EQ(sent(), 0U);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U);
    found = co_await em.find_one<Named>(key);
    EXPECT_EQ(found, &made);
    EXPECT_EQ(em.size(), 1U);
    em.remove(made);
    co_await em.flush();
    static_cast<void>(sent());
    found = co_await em.find_one<Named>(key);
    EXPECT_EQ(found, nullptr);
    EXPECT_EQ(sent(), 1U);
  });
}

TEST_F(FlushCase, TextsOfAllLengthsAreCompared) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    // The length of a short text is kept in one byte, that of a longer one in more.
    for (const std::size_t length : {0U, 1U, 253U, 254U, 255U, 256U, 257U, 70'000U}) {
      em.create<Node>({.name = std::string(length, 'x')});
    }
    co_await em.flush();
    EntityManager other{*source_};
    const std::vector<Node*> nodes = co_await other.find<Node>(order_by(asc<&Node::id>));
    EXPECT_EQ(nodes.size(), 8U);
    static_cast<void>(sent());
    co_await other.flush();
    EXPECT_EQ(sent(), 0U);
    for (Node* node : nodes) {
      if (!node->name.empty()) node->name.back() = 'y';
      static_cast<void>(sent());
      co_await other.flush();
      EXPECT_EQ(sent() != 0, !node->name.empty()) << node->name.size();
      node->name += "z";
      co_await other.flush();
      co_await other.flush();
      EntityManager third{*source_};
      const Node& read = co_await third.find_one_or_fail<const Node>(node->id);
      EXPECT_EQ(read.name, node->name);
    }
  });
}

// --- failures

TEST_F(FlushCase, ATextWithNulIsTheClientsFault) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Node& node = em.create<Node>({.name = std::string("a\0b", 3)});
    const bool refused = co_await refuses<db::UnstorableText>(em.flush());
    EXPECT_TRUE(refused);
    const auto seek = [&]() -> Task<void> {
      static_cast<void>(co_await em.find<Node>(f<&Node::name> == std::string("a\0b", 3)));
    };
    const bool sought = co_await refuses<InputFault>(seek());
    EXPECT_TRUE(sought);
    node.name = "ab";
    co_await em.flush();
    EXPECT_GT(node.id, 0);
  });
}

TEST_F(FlushCase, Uow020AFailedFlushKeepsWhatWaits) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    em.create<Account>({.email = "e"});
    co_await em.flush();
    Node& node = em.create<Node>({.name = "n"});
    Account& twin = em.create<Account>({.email = "e"});
    static_cast<void>(sent());
    const bool refused = co_await refuses<db::UniqueViolation>(em.flush());
    EXPECT_TRUE(refused);
    EXPECT_EQ(node.id, 0);
    EXPECT_EQ(twin.id, 0);
    static_cast<void>(sent());
    twin.email = "f";
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 4U) << sent_texts();
    EXPECT_GT(node.id, 0);
    EXPECT_GT(twin.id, 1);
    co_await em.flush();
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(LibraryFlushCase, Uow022WhatIsRequiredIsCheckedBeforeAnythingIsSent) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& book = em.create<Book>({.title = "of nobody"});
    const bool refused = co_await refuses<UsageError>(em.flush());
    EXPECT_TRUE(refused);
    EXPECT_EQ(sent(), 0U) << sent_texts();
    book.author = em.reference<Author>(2);
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U);
    EXPECT_GT(book.id, 6);
  });
}

TEST_F(LibraryFlushCase, Uow023FlushesAtTheSameTimeTakeTurns) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Tag& tag = em.create<Tag>({.name = "new"});
    std::vector<Task<void>> both;
    both.push_back(em.flush());
    both.push_back(em.flush());
    co_await when_all(std::move(both));
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_EQ(tag.id, 7);
    // The second one of two is not told of the first one's failure.
    Author& twin = em.create<Author>({.name = "T", .email = "a1@x"});
    Task<bool> first = refuses<db::UniqueViolation>(em.flush());
    const bool refused = co_await std::move(first);
    EXPECT_TRUE(refused);
    twin.email = "t@x";
    co_await em.flush();
    EXPECT_GT(twin.id, 3);
  });
}

TEST_F(LibraryFlushCase, CascadesOfAFailedFlushCanBeTakenBack) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Book& book = co_await em.find_one_or_fail<Book>(1, populate<&Book::tags>());
    Tag& reached = em.make<Tag>({.name = "reached"});
    book.tags.add(reached);
    Author& twin = em.create<Author>({.name = "T", .email = "a1@x"});
    const bool refused = co_await refuses<db::UniqueViolation>(em.flush());
    EXPECT_TRUE(refused);
    // No longer reached: it is not inserted after all.
    book.tags.remove(reached);
    twin.email = "t@x";
    co_await em.flush();
    EXPECT_EQ(reached.id, 0);
    const std::uint64_t tags = co_await em.count<Tag>();
    EXPECT_EQ(tags, 6U);
  });
}

// --- defaults

TEST_F(FlushCase, Uow024DefaultsAndComputedColumnsComeBack) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Computed& a = em.create<Computed>({});
    Computed& b = em.create<Computed>({.x = 7});
    Computed& c = em.create<Computed>({.x = 9});
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_EQ(a.twice, 10);
    EXPECT_EQ(b.twice, 14);
    EXPECT_EQ(c.twice, 18);
    EXPECT_EQ(c.given, 7);
    EXPECT_NE(a.made_at, Timestamp{});
    EXPECT_EQ(a.made_at, a.changed_at);
    b.x = 8;
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_EQ(b.twice, 16);
    co_await em.flush();
    EXPECT_EQ(sent(), 0U);
  });
}

TEST_F(FlushCase, Batch001DefaultsOfTheDatabaseAreReadBack) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Computed& with = em.create<Computed>({.given = 1});
    Computed& without = em.create<Computed>({});
    co_await em.flush();
    EXPECT_LE(with_transaction(), 4U) << sent_texts();  // grouped by the columns that they give
    EXPECT_EQ(with.given, 1);
    EXPECT_EQ(without.given, 7);
    without.given.reset();  // later NULL means NULL
    co_await em.flush();
    EntityManager check{*source_};
    const Computed& found = co_await check.find_one_or_fail<const Computed>(without.id);
    EXPECT_FALSE(found.given.has_value());
  });
}

TEST_F(FlushCase, Uow026AnExpressionIsWrittenByAStatementOfItsOwn) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Computed& one = em.create<Computed>({.x = 1});
    Computed& two = em.create<Computed>({.x = 2});
    co_await em.flush();
    static_cast<void>(sent());
    const std::uint64_t changed = co_await em.update_where<Computed>(
        f<&Computed::x> < 3, set<&Computed::x>(f<&Computed::x> * 2));
    EXPECT_EQ(changed, 2U);
    EXPECT_EQ(sent(), 1U);
    co_await em.refresh(one);
    co_await em.refresh(two);
    EXPECT_EQ(one.x, 2);
    EXPECT_EQ(two.twice, 8);
  });
}

// --- locks

TEST_F(FlushCase, Lock001TheVersionIsCheckedByTheUpdate) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Versioned& row = em.create<Versioned>({.name = "a"});
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U);
    EXPECT_EQ(row.version, 1);
    row.name = "b";
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U);
    EXPECT_EQ(row.version, 2);
    co_await sql_at_once(sql("update versioned set version = version + 1"));
    row.name = "c";
    const bool refused = co_await refuses<OptimisticLockError>(em.flush());
    EXPECT_TRUE(refused);
    EXPECT_LE(with_transaction(), 3U);
    EXPECT_EQ(row.version, 2);
    EXPECT_EQ(row.name, "c");
    EntityManager check{*source_};
    const Versioned& stored = co_await check.find_one_or_fail<const Versioned>(row.id);
    EXPECT_EQ(stored.name, "b");
  });
}

TEST_F(FlushCase, Lock002SeveralVersionsAreCheckedByOneUpdate) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    std::vector<Versioned*> rows;
    for (int i = 0; i < 3; ++i) rows.push_back(&em.create<Versioned>({.name = "a"}));
    co_await em.flush();
    static_cast<void>(sent());
    for (Versioned* row : rows) row->name = "b";
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EXPECT_EQ(rows[2]->version, 2);
    co_await sql_at_once(sql("update versioned set version = version + 1 where id = 2"));
    for (Versioned* row : rows) row->name = "c";
    const bool refused = co_await refuses<OptimisticLockError>(em.flush());
    EXPECT_TRUE(refused);
    EntityManager check{*source_};
    const std::uint64_t changed = co_await check.count<Versioned>(f<&Versioned::name> == "c");
    EXPECT_EQ(changed, 0U);
    // Deleting checks it as well.
    em.remove(*rows[1]);
    const bool kept = co_await refuses<OptimisticLockError>(em.flush());
    EXPECT_TRUE(kept);
    const std::uint64_t left = co_await check.count<Versioned>();
    EXPECT_EQ(left, 3U);
    co_await em.refresh(*rows[1]);
    co_await em.flush();
    const std::uint64_t after = co_await check.count<Versioned>(f<&Versioned::name> == "c");
    EXPECT_EQ(after, 2U);
  });
}

// --- transactions

TEST_F(EmptyLibraryCase, Tx001FlushAndCommitAtTheEnd) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto creating = [](EntityManager& inner) -> Task<void> {
      inner.create<Tag>({.name = "t"});
      co_return;
    };
    co_await em.transactional(creating);
    EXPECT_LE(sent(), 3U) << sent_texts();
    const auto nothing = [](EntityManager&) -> Task<void> { co_return; };
    co_await em.transactional(nothing);
    EXPECT_EQ(sent(), 0U) << sent_texts();
    const std::uint64_t tags = co_await em.count<Tag>();
    EXPECT_EQ(tags, 1U);
  });
}

TEST_F(EmptyLibraryCase, Tx002AThrowRollsBack) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto failing = [](EntityManager& inner) -> Task<void> {
      inner.create<Tag>({.name = "t"});
      co_await inner.flush();
      throw std::runtime_error("no");
    };
    const bool thrown = co_await refuses<std::runtime_error>(em.transactional(failing));
    EXPECT_TRUE(thrown);
    EXPECT_LE(sent(), 3U) << sent_texts();
    EntityManager check{*source_};
    const std::uint64_t tags = co_await check.count<Tag>();
    EXPECT_EQ(tags, 0U);
  });
}

TEST_F(LibraryFlushCase, Tx005AChangeThatWasRolledBackIsStillAChange) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Author& author = co_await em.find_one_or_fail<Author>(1);
    const auto failing = [&author](EntityManager& inner) -> Task<void> {
      author.name = "zz";
      co_await inner.flush();
      throw std::runtime_error("no");
    };
    const bool thrown = co_await refuses<std::runtime_error>(em.transactional(failing));
    EXPECT_TRUE(thrown);
    EXPECT_EQ(author.name, "zz");
    EXPECT_TRUE(em.is_changed(author));
    EntityManager before{*source_};
    const Author& untouched = co_await before.find_one_or_fail<const Author>(1);
    EXPECT_EQ(untouched.name, "A1");
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(with_transaction(), 3U) << sent_texts();
    EntityManager after{*source_};
    const Author& stored = co_await after.find_one_or_fail<const Author>(1);
    EXPECT_EQ(stored.name, "zz");
  });
}

TEST_F(EmptyLibraryCase, Tx007ATransactionInsideOneIsASavepoint) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto failing = [](EntityManager& inner) -> Task<void> {
      inner.create<Tag>({.name = "inner"});
      co_await inner.flush();
      throw std::runtime_error("no");
    };
    const auto outer = [&failing](EntityManager& manager) -> Task<void> {
      manager.create<Tag>({.name = "outer"});
      const bool thrown = co_await refuses<std::runtime_error>(manager.transactional(failing));
      EXPECT_TRUE(thrown);
      EntityManager& same = manager;
      const std::uint64_t inside = co_await same.count<Tag>();
      EXPECT_EQ(inside, 1U);
    };
    co_await em.transactional(outer);
    EntityManager check{*source_};
    const auto tags = co_await check.find<const Tag>(order_by(asc<&Tag::name>));
    // What the savepoint took back was new again, so the outer commit wrote it.
    EXPECT_EQ(tags.size(), 2U);
  });
}

TEST_F(EmptyLibraryCase, Tx009IsolationAndReadOnly) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto creating = [](EntityManager& inner) -> Task<void> {
      inner.create<Tag>({.name = "t"});
      co_return;
    };
    co_await em.transactional(creating, db::TransactionOptions{db::Isolation::serializable});
    EXPECT_LE(sent(), 3U) << sent_texts();
    const auto writing = [](EntityManager& inner) -> Task<void> {
      inner.create<Tag>({.name = "u"});
      co_await inner.flush();
    };
    const bool refused = co_await refuses<db::DatabaseError>(
        em.transactional(writing, db::TransactionOptions::reading()));
    EXPECT_TRUE(refused);
    EntityManager check{*source_};
    const std::uint64_t tags = co_await check.count<Tag>();
    EXPECT_EQ(tags, 1U);
  });
}

}  // namespace
}  // namespace roost::orm
