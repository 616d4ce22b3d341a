// A JSON body of ten members read into a struct and validated: nanoseconds, beside reading alone
// and simdjson alone.
#include <roost/base/timestamp.hpp>
#include <roost/json/read.hpp>
#include <roost/meta/describe.hpp>
#include <roost/validation/rules.hpp>
#include <roost/validation/validate.hpp>

#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace roost;

enum class Temper { calm, wild, shy };

struct Owner {
  std::string name;
  std::optional<std::string> email;
  static constexpr auto meta =
      roost::meta(field<&Owner::name>(not_empty), field<&Owner::email>(is_email));
};

struct CreateCat {
  std::string name;
  int age;
  Temper temper;
  std::string email;
  Timestamp born_at;
  Owner owner;
  std::vector<std::string> tags;
  std::string website;
  std::string chip;
  double price;

  static constexpr auto meta = roost::meta(
      field<&CreateCat::name>(length(2, 20)), field<&CreateCat::age>(min(0), max(30)),
      field<&CreateCat::email>(is_email), field<&CreateCat::born_at>(json_name("bornAt")),
      field<&CreateCat::tags>(array_max_size(3), each(max_length(10))),
      field<&CreateCat::website>(is_url), field<&CreateCat::chip>(is_uuid(4)),
      field<&CreateCat::price>(max_decimals(2), positive));
};

constexpr const char* good =
    R"({"name":"Mia","age":2,"temper":"shy","email":"mia@example.com","bornAt":"2022-02-03T00:00:00.000Z",)"
    R"("owner":{"name":"Eve","email":"eve@example.com"},"tags":["a","b"],)"
    R"("website":"https://example.com/cats/mia","chip":"ebe9ef96-9a84-4a2c-912f-20c2e6fffe72","price":12.5})";
constexpr const char* bad =
    R"({"name":"M","age":"2","temper":"sad","email":"mia","bornAt":"soon","owner":{"name":""},)"
    R"("tags":[1,2,3,4],"website":"x","chip":"1","price":-1.005})";

template <class T>
void keep(const T& value) {
  asm volatile("" ::"r"(&value) : "memory");
}

/// The best of several rounds, since other programs only make it slower.
template <class Operation>
void measure(const char* name, long iterations, const Operation& operation) {
  using Clock = std::chrono::steady_clock;
  for (long i = 0; i < iterations / 10; ++i) operation();
  double best = std::numeric_limits<double>::max();
  for (int round = 0; round < 300; ++round) {
    const auto start = Clock::now();
    for (long i = 0; i < iterations; ++i) operation();
    const std::chrono::duration<double, std::nano> took = Clock::now() - start;
    best = std::min(best, took.count() / static_cast<double>(iterations));
  }
  std::printf("%-58s %9.0f ns\n", name, best);
}

std::size_t read_and_validate(const std::string& text) {
  CreateCat cat{};
  json::Issues issues;
  const auto& type = reflect::type_of<CreateCat>();
  (void)json::read(type, &cat, text, {}, issues);
  const auto errors = validation::validate(type, &cat, issues);
  keep(cat);
  return errors.size();
}

}  // namespace

int main() {
  const std::string accepted = good;
  const std::string refused = bad;
  if (read_and_validate(accepted) != 0 || read_and_validate(refused) < 10) {
    std::puts("the bodies do not give what they should");
    return EXIT_FAILURE;
  }
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded{accepted};
  measure("simdjson alone: every member visited", 2000, [&] {
    auto document = parser.iterate(padded);
    std::size_t members = 0;
    for (auto field : document.get_object()) {
      members += field.key().value().raw() != nullptr ? 1U : 0U;
    }
    keep(members);
  });
  measure("read into a struct of ten members", 2000, [&] {
    CreateCat cat{};
    json::Issues issues;
    (void)json::read(reflect::type_of<CreateCat>(), &cat, accepted, {}, issues);
    keep(cat);
  });
  measure("read and validate", 2000, [&] { keep(read_and_validate(accepted)); });
  CreateCat cat{};
  json::Issues issues;
  (void)json::read(reflect::type_of<CreateCat>(), &cat, accepted, {}, issues);
  measure("validate alone", 2000,
          [&] { keep(validation::validate(reflect::type_of<CreateCat>(), &cat, issues)); });
  measure("read and refuse a body with ten faults", 500, [&] { keep(read_and_validate(refused)); });
  const auto email = std::string{"firstname.lastname@mail.example.com"};
  measure("one e-mail address", 5000, [&] { keep(validation::matches_email(email)); });
}
