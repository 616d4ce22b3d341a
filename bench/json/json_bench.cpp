// Reading and writing of JSON: nanoseconds an operation, beside simdjson's parsers alone.
#include <roost/json/read.hpp>
#include <roost/json/value.hpp>
#include <roost/json/write.hpp>
#include <roost/meta/describe.hpp>

#include <bench/measure.hpp>
#include <simdjson.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace roost;
using bench::keep;
using bench::measure;

struct Rating {
  int score;
  int count;
};
struct Item {
  int id;
  std::string name;
  std::string category;
  int price;
  int quantity;
  bool active;
  std::vector<std::string> tags;
  Rating rating;
};

/// The same work by hand, without any checks: unknown and missing members go unnoticed.
void read_by_hand(simdjson::ondemand::parser& parser, const simdjson::padded_string& text,
                  Item& item) {
  auto document = parser.iterate(text);
  for (auto field : document.get_object()) {
    const std::string_view key = field.unescaped_key();
    auto value = field.value();
    if (key == "id") {
      item.id = static_cast<int>(std::int64_t{value.get_int64()});
    } else if (key == "name") {
      item.name = std::string_view{value.get_string()};
    } else if (key == "category") {
      item.category = std::string_view{value.get_string()};
    } else if (key == "price") {
      item.price = static_cast<int>(std::int64_t{value.get_int64()});
    } else if (key == "quantity") {
      item.quantity = static_cast<int>(std::int64_t{value.get_int64()});
    } else if (key == "active") {
      item.active = value.get_bool();
    } else if (key == "tags") {
      for (auto tag : value.get_array()) item.tags.emplace_back(std::string_view{tag.get_string()});
    } else if (key == "rating") {
      for (auto part : value.get_object()) {
        const std::string_view name = part.unescaped_key();
        const auto number = static_cast<int>(std::int64_t{part.value().get_int64()});
        (name == "score" ? item.rating.score : item.rating.count) = number;
      }
    }
  }
}

void measure_item() {
  const Item item{42, "Alpha Widget 42", "electronics", 30, 5, true, {"fast", "new"}, {42, 127}};
  const std::string text = json::write(item);
  std::printf("one object of 8 members, %zu bytes\n", text.size());
  std::string out;
  measure("  write into a reused buffer", 500'000, [&] {
    out.clear();
    json::write(reflect::type_of<Item>(), &item, out);
    keep(out);
  });
  measure("  write into a new string", 500'000, [&] { keep(json::write(item)); });
  json::Issues issues;
  const json::ReadOptions options;
  measure("  read", 300'000, [&] {
    Item made{};
    json::read(reflect::type_of<Item>(), &made, text, options, issues);
    keep(made);
  });
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded{text};
  measure("  (simdjson on demand by hand, unchecked, padded input)", 300'000, [&] {
    Item made{};
    read_by_hand(parser, padded, made);
    keep(made);
  });
  const std::string faulty =
      R"({"id":"x","name":5,"category":null,"price":2.5,"quantity":5,"active":1,"tags":[1,2],)"
      R"("ratings":{"score":42,"count":127}})";
  measure("  read with 8 issues", 100'000, [&] {
    Item made{};
    json::read(reflect::type_of<Item>(), &made, faulty, options, issues);
    keep(made);
  });
  measure("  read as dynamic value", 100'000, [&] { keep(json::Value::parse(text)); });
  const json::Value value = json::Value::parse(text);
  measure("  write a dynamic value", 200'000, [&] { keep(value.dump()); });
}

void measure_list() {
  const Item item{42, "Alpha Widget 42", "electronics", 30, 5, true, {"fast", "new"}, {42, 127}};
  const std::vector<Item> items(5000, item);
  const std::string text = json::write(items);
  std::printf("an array of 5000 of them, %zu bytes\n", text.size());
  measure("  write", 100, [&] { keep(json::write(items)); });
  measure("  read", 100, [&] { keep(json::read<std::vector<Item>>(text)); });
  simdjson::dom::parser parser;
  const simdjson::padded_string padded{text};
  measure("  (simdjson DOM, nothing taken out)", 100, [&] { keep(parser.parse(padded)); });
}

}  // namespace

int main() {
  measure_item();
  measure_list();
}
