// A JSON body of ten members read into a struct and validated: nanoseconds, beside reading alone
// and simdjson without any check. bench/validation/nest_pipe.py has the same for NestJS.
#include <roost/base/timestamp.hpp>
#include <roost/json/read.hpp>
#include <roost/meta/describe.hpp>
#include <roost/validation/rules.hpp>
#include <roost/validation/validate.hpp>

#include <bench/measure.hpp>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace roost;
using bench::keep;
using bench::measure;

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

/// The same members by hand: nothing is checked, unknown and missing ones go unnoticed.
void read_unchecked(simdjson::ondemand::parser& parser, const simdjson::padded_string& text,
                    CreateCat& cat) {
  auto document = parser.iterate(text);
  for (auto field : document.get_object()) {
    const std::string_view key = field.unescaped_key();
    auto value = field.value();
    if (key == "name") {
      cat.name = std::string_view{value.get_string()};
    } else if (key == "age") {
      cat.age = static_cast<int>(std::int64_t{value.get_int64()});
    } else if (key == "temper") {
      cat.temper = std::string_view{value.get_string()} == "shy" ? Temper::shy : Temper::calm;
    } else if (key == "email") {
      cat.email = std::string_view{value.get_string()};
    } else if (key == "bornAt") {
      cat.born_at = Timestamp::parse(std::string_view{value.get_string()}).value_or(Timestamp{});
    } else if (key == "owner") {
      for (auto part : value.get_object()) {
        const std::string_view name = part.unescaped_key();
        const std::string_view content{part.value().get_string()};
        if (name == "name") {
          cat.owner.name = content;
        } else {
          cat.owner.email = std::string{content};
        }
      }
    } else if (key == "tags") {
      for (auto tag : value.get_array()) cat.tags.emplace_back(std::string_view{tag.get_string()});
    } else if (key == "website") {
      cat.website = std::string_view{value.get_string()};
    } else if (key == "chip") {
      cat.chip = std::string_view{value.get_string()};
    } else if (key == "price") {
      cat.price = value.get_double();
    }
  }
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
  measure("simdjson into a struct of ten members, nothing checked", 2000, [&] {
    CreateCat cat{};
    read_unchecked(parser, padded, cat);
    keep(cat);
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
