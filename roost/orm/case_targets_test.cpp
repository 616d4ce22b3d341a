// References by a unique column instead of the primary key, and what follows when a value that is
// referred to becomes another one.
#include <roost/json/write.hpp>
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/metadata_fault_impl.hpp>
#include <roost/orm/schema_of.hpp>
#include <roost/schema/compare.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace roost::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct Customer;

struct Order {
  std::int64_t id{};
  std::string text{};
  int version{};
  Ref<Customer> customer{};
  static constexpr auto meta =
      orm::entity("orders", primary_key<&Order::id>(), versioned_by<&Order::version>(),
                  many_to_one<&Order::customer>(refers_to_member("number"), nullable));
};
struct Account {
  std::int64_t id{};
  std::string bank{};
  Ref<Customer> customer{};
  static constexpr auto meta =
      orm::entity("accounts", primary_key<&Account::id>(),
                  one_to_one<&Account::customer>(refers_to_member("code"),
                                                 on_update(ReferentialAction::restrict)));
};
struct Visit {
  std::int64_t id{};
  Ref<Customer> customer{};
  static constexpr auto meta =
      orm::entity("visits", primary_key<&Visit::id>(), many_to_one<&Visit::customer>());
};
struct Customer {
  std::int64_t id{};
  std::string number{};
  int code{};
  std::string name{};
  Collection<Order> orders{};
  Collection<Visit> visits{};
  Ref<Account> account{};
  static constexpr auto meta = orm::entity(
      "customers", primary_key<&Customer::id>(), unique<&Customer::number>(),
      unique<&Customer::code>(), one_to_many<&Customer::orders>(mapped_by<&Order::customer>),
      one_to_many<&Customer::visits>(mapped_by<&Visit::customer>),
      one_to_one<&Customer::account>(mapped_by<&Account::customer>));
};

class UniqueTarget : public CaseTest {
 protected:
  UniqueTarget() : CaseTest(entities<Order, Account, Visit, Customer>()) {}

  /// Customers C-1 (id 1, code 11) and C-2 (id 2, code 12), each with two orders; C-1 has an
  /// account. Customers stand after their orders in the metadata.
  Task<void> prepare() override {
    EntityManager em{*source_};
    for (int k = 1; k <= 2; ++k) {
      const std::string number = "C-" + std::to_string(k);
      Order& first = em.create<Order>({.text = "o" + std::to_string(k) + "1"});
      Customer& customer =
          em.create<Customer>({.number = number, .code = 10 + k, .name = "n" + std::to_string(k)});
      first.customer = customer;
      customer.orders.add(Order{.text = "o" + std::to_string(k) + "2"});
      if (k == 1) em.create<Account>({.bank = "b", .customer = customer});
    }
    co_await em.flush();
  }

  Task<std::vector<std::string>> numbers() {
    EntityManager em{*source_};
    co_return co_await em.execute<std::string>(
        sql("select coalesce(customer_number, '-') from orders order by id"));
  }
};

TEST_F(UniqueTarget, TheColumnHoldsTheUniqueValueAndTheDatabaseRefersToIt) {
  run([&]() -> Task<void> {
    const auto held = co_await numbers();
    EXPECT_THAT(held, ElementsAre("C-1", "C-1", "C-2", "C-2"));
    EntityManager em{*source_};
    const auto codes = co_await em.execute<std::int64_t>(sql("select customer_code from accounts"));
    EXPECT_THAT(codes, ElementsAre(11));
    const bool refused = co_await refuses<db::ForeignKeyViolation>(sql_at_once(
        sql("insert into orders (text, version, customer_number) values ('x', 1, 'C-9')")));
    EXPECT_TRUE(refused);
    const schema::Schema wanted = schema_of(source_->metadata());
    for (const schema::Table& table : wanted.tables) {
      if (table.name != "orders") continue;
      EXPECT_THAT(table.foreign_keys.front().target_columns, ElementsAre("number"));
    }
    co_await source_->verify_schema();
  });
}

TEST_F(UniqueTarget, TheValueIsKnownWithoutLoading) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Order& order = co_await em.find_one_or_fail<Order>(1);
    EXPECT_EQ(sent(), 1U);
    EXPECT_FALSE(order.customer.is_null());
    EXPECT_FALSE(order.customer.is_loaded());
    EXPECT_EQ(order.customer.key<std::string>(), "C-1");
    EXPECT_THAT(json::write(order), HasSubstr(R"("customer":"C-1")"));
    const auto name = [&] { return order.customer->name; };
    EXPECT_THROW(static_cast<void>(name()), NotLoadedError);
    const Customer& customer = co_await order.customer.load();
    EXPECT_EQ(customer.id, 1);
    EXPECT_EQ(sent(), 1U);
    // From now on it is found by its key as well.
    const Customer& same = co_await em.find_one_or_fail<Customer>(1);
    EXPECT_EQ(&same, &customer);
    EXPECT_EQ(sent(), 0U);
    EXPECT_THAT(json::write(order), HasSubstr(R"("customer":{"id":1,"number":"C-1")"));
    // And those that refer to it find it by its value.
    const auto others = co_await em.find<Order>(f<&Order::customer, &Customer::number> == "C-1");
    EXPECT_EQ(others.size(), 2U);
    EXPECT_EQ(sent(), 1U);
    EXPECT_THAT(log_->last.front(), Not(HasSubstr("join")));
    for (const Order* other : others) EXPECT_EQ(&*other->customer, &customer);
  });
}

TEST_F(UniqueTarget, PopulatedEitherWay) {
  run([&]() -> Task<void> {
    for (const bool joined_strategy : {true, false}) {
      EntityManager em{*source_};
      const auto how = populate<&Order::customer>(joined_strategy ? joined : select_in);
      const auto orders = co_await em.find<Order>(order_by(asc<&Order::id>), how);
      EXPECT_EQ(sent(), joined_strategy ? 1U : 2U) << sent_texts();
      EXPECT_EQ(orders.size(), 4U);
      EXPECT_EQ(orders[0]->customer->name, "n1");
      EXPECT_EQ(&*orders[0]->customer, &*orders[1]->customer);
      EXPECT_EQ(orders[3]->customer->name, "n2");
    }
    EntityManager em{*source_};
    const auto customers =
        co_await em.find<Customer>(order_by(asc<&Customer::id>), populate<&Customer::orders>(),
                                   populate<&Customer::account>());
    EXPECT_EQ(sent(), 2U) << sent_texts();
    EXPECT_EQ(customers[0]->orders.size(), 2U);
    EXPECT_EQ(customers[1]->orders[1].text, "o22");
    EXPECT_EQ(customers[0]->account->bank, "b");
    EXPECT_TRUE(customers[1]->account.is_null());
    EXPECT_EQ(&*customers[1]->orders[0].customer, customers[1]);
  });
}

TEST_F(UniqueTarget, CollectionsAreFoundCountedAndPagedByTheValue) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Customer& customer = co_await em.find_one_or_fail<Customer>(2);
    const std::size_t all = co_await customer.orders.load_count();
    EXPECT_EQ(all, 2U);
    const auto some = co_await customer.orders.matching(f<&Order::text> == "o22");
    EXPECT_EQ(some.size(), 1U);
    const auto fit = co_await customer.orders.load_count(f<&Order::text> == "o21");
    EXPECT_EQ(fit, 1U);
    EntityManager other{*source_};
    const auto first = co_await other.find<Customer>(
        order_by(asc<&Customer::id>),
        populate<&Customer::orders>(order_by(desc<&Order::id>), limit(1)));
    EXPECT_EQ(first[0]->orders.front().text, "o12");
    EXPECT_EQ(first[1]->orders.front().text, "o22");
    const auto with =
        co_await other.find<Customer>(f<&Customer::orders>.some(f<&Order::text> == "o21"));
    EXPECT_EQ(with.size(), 1U);
    EXPECT_EQ(with.front()->id, 2);
    const auto by_id = co_await other.find<Order>(f<&Order::customer, &Customer::id> == 2);
    EXPECT_EQ(by_id.size(), 2U);
    const auto by_reference =
        co_await other.count<Order>(f<&Order::customer> == by_id[0]->customer);
    EXPECT_EQ(by_reference, 2U);
  });
}

TEST_F(UniqueTarget, ReferencesAreSetMovedAndEmptied) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Order& order = co_await em.find_one_or_fail<Order>(1);
    order.customer = em.reference_by<&Customer::number>("C-2");
    EXPECT_EQ(order.customer.key<std::string>(), "C-2");
    EXPECT_EQ(sent(), 1U);
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();
    auto held = co_await numbers();
    EXPECT_THAT(held, ElementsAre("C-2", "C-1", "C-2", "C-2"));

    Customer& first = co_await em.find_one_or_fail<Customer>(1, populate<&Customer::orders>());
    Customer& second = co_await em.find_one_or_fail<Customer>(2, populate<&Customer::orders>());
    EXPECT_EQ(&*order.customer, &second);
    EXPECT_TRUE(second.orders.contains(order));
    Order& moved = first.orders.front();
    moved.customer = second;
    EXPECT_TRUE(first.orders.empty());
    EXPECT_EQ(second.orders.size(), 4U);
    order.customer = nullptr;
    co_await em.flush();
    held = co_await numbers();
    EXPECT_THAT(held, ElementsAre("-", "C-2", "C-2", "C-2"));
    static_cast<void>(sent());
    co_await em.flush();
    EXPECT_EQ(sent(), 0U);

    Customer& unread = co_await em.find_one_or_fail<Customer>(2, refresh);
    unread.orders.clear();
    co_await em.flush();
    held = co_await numbers();
    EXPECT_THAT(held, ElementsAre("-", "-", "-", "-"));
  });
}

TEST_F(UniqueTarget, ACollectionIsReplacedUnread) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Customer& customer = co_await em.find_one_or_fail<Customer>(1);
    customer.orders.set(std::vector<Order*>{});
    co_await em.flush();
    EXPECT_EQ(sent(), 2U) << sent_texts();
    const auto held = co_await numbers();
    EXPECT_THAT(held, ElementsAre("-", "-", "C-2", "C-2"));
  });
}

TEST_F(UniqueTarget, WhatIsKnownByItsValueAndByItsKeyIsOneEntity) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto orders = co_await em.find<Order>(order_by(asc<&Order::id>));
    Ref<Customer> copy = orders[0]->customer;
    Visit& visit = em.create<Visit>({.customer = em.reference<Customer>(1)});
    Order& added = em.create<Order>({.text = "new", .customer = orders[0]->customer});
    static_cast<void>(sent());
    Customer& loaded = co_await visit.customer.load();
    EXPECT_EQ(sent(), 1U);
    EXPECT_EQ(&*orders[0]->customer, &loaded);
    EXPECT_EQ(&*orders[1]->customer, &loaded);
    EXPECT_EQ(&*added.customer, &loaded);
    Customer& by_copy = co_await copy.load();
    EXPECT_EQ(&by_copy, &loaded);
    co_await loaded.orders.load();
    EXPECT_EQ(loaded.orders.size(), 3U);
    EXPECT_TRUE(loaded.orders.contains(added));
    co_await em.flush();
    EXPECT_EQ(added.customer.key<std::string>(), "C-1");
  });
}

TEST_F(UniqueTarget, AChangedValueTakesItsReferencesAlong) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto orders =
        co_await em.find<Order>(order_by(asc<&Order::id>), populate<&Order::customer>());
    static_cast<void>(sent());
    orders[0]->customer->number = "D-1";
    co_await em.flush();
    EXPECT_EQ(sent(), 1U) << sent_texts();  // the database changes the orders
    EXPECT_EQ(orders[1]->version, 1);
    co_await em.flush();
    EXPECT_EQ(sent(), 0U) << sent_texts();
    auto held = co_await numbers();
    EXPECT_THAT(held, ElementsAre("D-1", "D-1", "C-2", "C-2"));
    // The order is still written when something of its own changes.
    orders[0]->text = "changed";
    orders[1]->customer = *orders[2]->customer;
    co_await em.flush();
    held = co_await numbers();
    EXPECT_THAT(held, ElementsAre("D-1", "C-2", "C-2", "C-2"));
    // By SQL as well; what is held here is read again.
    co_await sql_at_once(sql("update customers set number = 'E-1' where id = 1"));
    EntityManager again{*source_};
    const Order& order = co_await again.find_one_or_fail<Order>(1, populate<&Order::customer>());
    EXPECT_EQ(order.customer->number, "E-1");
    // Where the reference says so, the database refuses.
    Customer& customer = co_await again.find_one_or_fail<Customer>(1);
    customer.code = 99;
    const bool refused = co_await refuses<db::ForeignKeyViolation>(again.flush());
    EXPECT_TRUE(refused);
  });
}

TEST_F(UniqueTarget, WhatIsNotKnownIsAnErrorAndChangesNothing) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    Order& order = co_await em.find_one_or_fail<Order>(1);
    const auto message = [](const auto& act) {
      try {
        act();
      } catch (const UsageError& error) {
        return std::string{error.what()};
      }
      return std::string{"nothing was thrown"};
    };
    EXPECT_THAT(
        message([&] { order.customer = em.reference<Customer>(2); }),
        HasSubstr("Order::customer refers to the number of Customer #2, which is not loaded"));
    EXPECT_EQ(order.customer.key<std::string>(), "C-1");
    Visit& visit = em.create<Visit>({.customer = em.reference<Customer>(2)});
    EXPECT_THAT(message([&] { visit.customer = order.customer; }),
                HasSubstr("Customer with number 'C-1' is known by this value only"));
    EXPECT_EQ(visit.customer.key(), 2);
    EXPECT_THAT(message([&] { em.remove(order.customer); }), HasSubstr("load it first"));
    EXPECT_THAT(message([&] { static_cast<void>(em.reference_by<&Customer::name>("n1")); }),
                HasSubstr("refers_to<&Customer::name>"));
    const Ref<Customer> nobody = em.reference_by<&Customer::number>("C-9");
    order.customer = nobody;
    const Customer* none = co_await order.customer.load_or_null();
    EXPECT_EQ(none, nullptr);
    EXPECT_EQ(order.customer.key<std::string>(), "C-9");
  });
}

TEST_F(UniqueTarget, ATransactionThatFailsTakesItBack) {
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    const auto orders =
        co_await em.find<Order>(order_by(asc<&Order::id>), populate<&Order::customer>());
    const auto failing = [&orders](EntityManager& inner) -> Task<void> {
      orders[0]->customer->number = "D-1";
      Customer& fresh = inner.create<Customer>({.number = "N", .code = 1});
      orders[3]->customer = fresh;
      co_await inner.flush();
      throw std::runtime_error("no");
    };
    const bool thrown = co_await refuses<std::runtime_error>(em.transactional(failing));
    EXPECT_TRUE(thrown);
    co_await em.flush();
    const auto held = co_await numbers();
    EXPECT_THAT(held, ElementsAre("D-1", "D-1", "C-2", "N"));
  });
}

// --- keys that are changed by SQL

struct Country {
  std::string code{};
  std::string name{};
  static constexpr auto meta = orm::entity("countries", natural_key<&Country::code>());
};
struct City {
  std::int64_t id{};
  Ref<Country> follows{};
  Ref<Country> loses{};
  Ref<Country> holds{};
  static constexpr auto meta =
      orm::entity("cities", primary_key<&City::id>(),
                  many_to_one<&City::follows>(on_update(cascade), on_delete(cascade)),
                  many_to_one<&City::loses>(nullable, on_update(set_null)),
                  many_to_one<&City::holds>(nullable, on_update(ReferentialAction::restrict)));
};

class ChangedKeys : public CaseTest {
 protected:
  ChangedKeys() : CaseTest(entities<Country, City>()) {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    Country& a = em.create<Country>({.code = "A", .name = "Aland"});
    Country& b = em.create<Country>({.code = "B", .name = "Bland"});
    em.create<City>({.follows = a, .loses = a});
    em.create<City>({.follows = b, .holds = b});
    co_await em.flush();
  }
};

TEST_F(ChangedKeys, ReferencesFollowAreEmptiedOrHoldTheKey) {
  run([&]() -> Task<void> {
    co_await sql_at_once(sql("update countries set code = 'X' where code = 'A'"));
    EntityManager em{*source_};
    const City& city = co_await em.find_one_or_fail<City>(1, populate<&City::follows>());
    EXPECT_EQ(city.follows.key<std::string>(), "X");
    EXPECT_EQ(city.follows->name, "Aland");
    EXPECT_TRUE(city.loses.is_null());
    const bool refused = co_await refuses<db::ForeignKeyViolation>(
        sql_at_once(sql("update countries set code = 'Y' where code = 'B'")));
    EXPECT_TRUE(refused);
    co_await sql_at_once(sql("delete from countries where code = 'X'"));
    const auto left = co_await em.count<City>();
    EXPECT_EQ(left, 1U);
  });
}

TEST_F(ChangedKeys, AnotherRuleInTheDatabaseIsSeen) {
  run([&]() -> Task<void> {
    co_await source_->verify_schema();
    schema::Schema wanted = schema_of(source_->metadata());
    for (schema::Table& table : wanted.tables) {
      if (table.name != "cities") continue;
      EXPECT_EQ(table.foreign_keys[0].on_update, schema::ForeignKeyAction::cascade);
      table.foreign_keys[0].on_update = schema::ForeignKeyAction::no_action;
    }
    const auto differences = co_await schema::verify(source_->database(), wanted);
    EXPECT_EQ(differences.size(), 1U) << schema::describe(differences);
    EXPECT_EQ(differences.front().kind, schema::DifferenceKind::foreign_key_definition);
    EXPECT_THAT(schema::describe(differences), HasSubstr("on update cascade"));
  });
}

// --- what cannot be

struct Plain {
  std::int64_t id{};
  std::string name{};
  std::optional<std::string> word{};
  static constexpr auto meta =
      orm::entity("plains", primary_key<&Plain::id>(), unique<&Plain::word>());
};
struct Elsewhere {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta =
      orm::entity("elsewhere", primary_key<&Elsewhere::id>(), unique<&Elsewhere::name>());
};
struct Wrong {
  std::int64_t id{};
  Ref<Plain> not_unique{};
  Ref<Plain> may_be_null{};
  Ref<Plain> not_there{};
  Ref<Plain> other_class{};
  static constexpr auto meta = orm::entity(
      "wrong", primary_key<&Wrong::id>(), many_to_one<&Wrong::not_unique>(refers_to<&Plain::name>),
      many_to_one<&Wrong::may_be_null>(refers_to<&Plain::word>),
      many_to_one<&Wrong::not_there>(refers_to_member("nothing")),
      many_to_one<&Wrong::other_class>(refers_to<&Elsewhere::name>));
};
struct NotUnique {
  std::int64_t id{};
  Ref<Plain> plain{};
  static constexpr auto meta = orm::entity("not_unique", primary_key<&NotUnique::id>(),
                                           many_to_one<&NotUnique::plain>(refers_to<&Plain::name>));
};

TEST(UniqueTargetFaults, AreToldAtTheStart) {
  const std::string faults = fault_of(entities<Wrong, Plain, Elsewhere>());
  EXPECT_THAT(faults, HasSubstr("Wrong: may_be_null refers to Plain::word, which may be NULL"));
  EXPECT_THAT(faults, HasSubstr("Wrong: not_there refers to Plain::nothing, which is no column"));
  EXPECT_THAT(faults,
              HasSubstr("Wrong: other_class refers to Plain; refers_to names a member of "));
  EXPECT_THAT(fault_of(entities<NotUnique, Plain>()),
              HasSubstr("NotUnique: plain refers to Plain::name, which is not unique: say "
                        "unique<&Plain::name>() in the meta of Plain"));
}

}  // namespace
}  // namespace roost::orm
