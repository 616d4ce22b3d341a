// Schemas and changes to them that the tests run on both databases.
#pragma once

#include <roost/schema/compare.hpp>
#include <roost/schema/model.hpp>
#include <roost/sql/codec.hpp>
#include <roost/sql/raw_sql.hpp>

#include <functional>
#include <string>
#include <vector>

namespace roost::schema::cases {

inline Default literal(const db::ValueView& value) { return Default::literal(db::Value{value}); }

inline Column column(std::string name, ColumnType type, bool nullable = false) {
  return Column{std::move(name), std::move(type), nullable};
}

inline Column with_default(Column column, Default value) {
  column.default_value = std::move(value);
  return column;
}

inline Column identity(std::string name = "id") {
  Column made{std::move(name), ColumnType::int64()};
  made.identity = true;
  return made;
}

inline Table table(std::string name, std::vector<Column> columns) {
  Table made{std::move(name)};
  made.columns = std::move(columns);
  if (made.find_column("id") != nullptr) made.primary_key = {"id"};
  return made;
}

/// Every type, once as it is, once nullable, once with a default, once as an array.
inline Schema all_types() {
  using db::ValueView;
  static constexpr std::uint8_t uuid[16] = {0xde, 0xad, 0xbe, 0xef, 1, 2,  3,  4,
                                            5,    6,    7,    8,    9, 10, 11, 12};
  static const db::Bytes bytes{std::byte{0}, std::byte{255}, std::byte{39}};
  static const std::vector<ValueView> numbers{ValueView::int32(1), ValueView::null(),
                                              ValueView::int32(-3)};
  static const std::vector<ValueView> words{ValueView::text("a,b"), ValueView::text("it's \"q\"")};
  struct Typed {
    std::string name;
    ColumnType type;
    std::vector<ValueView> defaults;
  };
  const std::vector<Typed> types{
      {"flag", ColumnType::boolean(), {ValueView::boolean(true), ValueView::boolean(false)}},
      {"small", ColumnType::int16(), {ValueView::int16(-5)}},
      {"medium", ColumnType::int32(), {ValueView::int32(7), ValueView::int32(INT32_MIN)}},
      {"large", ColumnType::int64(), {ValueView::int64(INT64_MAX), ValueView::int64(INT64_MIN)}},
      {"single", ColumnType::float32(), {ValueView::float32(1.5F)}},
      {"real",
       ColumnType::float64(),
       {ValueView::float64(-0.25), ValueView::float64(1e300), ValueView::float64(3)}},
      {"price",
       ColumnType::decimal(12, 2),
       {ValueView::decimal("12.50"), ValueView::decimal("-0.01")}},
      {"amount", ColumnType::decimal(), {ValueView::decimal("1234567890123456789.5")}},
      {"title", ColumnType::text(120), {ValueView::text("Ünïcödé 🎉 it's \\ \"x\";")}},
      {"body", ColumnType::text(), {ValueView::text(""), ValueView::text("a\nb")}},
      {"data", ColumnType::bytes(), {ValueView::bytes(bytes)}},
      {"day", ColumnType::date(), {ValueView::date(20'000), ValueView::date(-1)}},
      {"clock", ColumnType::time(), {ValueView::time(37'779'000'000)}},
      {"at", ColumnType::timestamp(), {ValueView::timestamp(1'700'000'000'123'000)}},
      {"precise", ColumnType::timestamp(6), {ValueView::timestamp(1'700'000'000'123'456)}},
      {"whole", ColumnType::timestamp(0), {ValueView::timestamp(1'700'000'000'000'000)}},
      {"uid", ColumnType::uuid(), {ValueView::uuid(static_cast<const std::uint8_t*>(uuid))}},
      {"doc", ColumnType::json(), {ValueView::json("{\"b\":[1, 2],\"a\":null}")}},
      {"state", ColumnType::enumeration({"draft", "it's", "öffen"}), {ValueView::text("it's")}},
      {"one", ColumnType::enumeration({"only"}), {ValueView::text("only")}},
      {"numbers",
       ColumnType::array_of(ColumnType::int32()),
       {ValueView::array(db::ValueType::int32, numbers)}},
      {"words",
       ColumnType::array_of(ColumnType::text()),
       {ValueView::array(db::ValueType::text, words), ValueView::array(db::ValueType::text, {})}},
      {"states", ColumnType::array_of(ColumnType::enumeration({"draft", "open"})), {}},
      {"times", ColumnType::array_of(ColumnType::timestamp()), {}},
      {"prices", ColumnType::array_of(ColumnType::decimal(8, 3)), {}},
      {"codes", ColumnType::array_of(ColumnType::text(3)), {}},
  };
  Table plain = table("all_types", {identity()});
  for (const Typed& each : types) {
    plain.columns.emplace_back(each.name, each.type);
    plain.columns.emplace_back(each.name + "_or_null", each.type, true);
    int number = 0;
    for (const ValueView& value : each.defaults) {
      Column made{each.name + "_default" + std::to_string(++number), each.type};
      made.default_value = literal(value);
      plain.columns.push_back(std::move(made));
    }
  }
  plain.columns.push_back(with_default(column("now_at", ColumnType::timestamp()), Default::now()));
  plain.columns.push_back(with_default(column("now_day", ColumnType::date()), Default::now()));
  return Schema{{std::move(plain)}};
}

/// Venues, events, registrations: the relations of an ordinary application.
inline Schema events() {
  Table venues = table("venues", {identity(), column("name", ColumnType::text(80)),
                                  column("city", ColumnType::text(), true)});
  venues.indexes.push_back(Index{{"city", "name"}});

  Table events = table(
      "events",
      {identity(), column("title", ColumnType::text(120)),
       column("starts_at", ColumnType::timestamp()),
       with_default(column("status", ColumnType::enumeration({"draft", "open", "done"})),
                    literal(db::ValueView::text("draft"))),
       with_default(column("capacity", ColumnType::int32()), literal(db::ValueView::int32(20))),
       column("price", ColumnType::decimal(10, 2), true), column("details", ColumnType::json()),
       column("public", ColumnType::boolean()), column("venue_id", ColumnType::int64(), true),
       with_default(column("created_at", ColumnType::timestamp()), Default::now())});
  events.uniques.push_back(Unique{{"title", "starts_at"}});
  events.checks.push_back(Check{"capacity > 0 and capacity <= 500", "events_capacity_range"});
  ForeignKey venue{{"venue_id"}, "venues", {"id"}};
  venue.on_delete = ForeignKeyAction::set_null;
  events.foreign_keys.push_back(venue);

  Table registrations = table("registrations", {column("event_id", ColumnType::int64()),
                                                column("user_name", ColumnType::text()),
                                                column("seats", ColumnType::int16())});
  registrations.primary_key = {"event_id", "user_name"};
  ForeignKey event{{"event_id"}, "events", {"id"}};
  event.on_delete = ForeignKeyAction::cascade;
  event.on_update = ForeignKeyAction::cascade;
  registrations.foreign_keys.push_back(event);
  // Not in the order in which they can be created.
  return Schema{{registrations, events, venues}};
}

/// Tables that refer to themselves and to each other.
inline Schema circles() {
  Table nodes = table("nodes", {identity(), column("parent_id", ColumnType::int64(), true),
                                column("owner_id", ColumnType::int64(), true)});
  nodes.foreign_keys.emplace_back(std::vector<std::string>{"parent_id"}, "nodes",
                                  std::vector<std::string>{"id"});
  ForeignKey owner{{"owner_id"}, "owners", {"id"}};
  owner.deferral = Deferral::initially_deferred;
  nodes.foreign_keys.push_back(owner);
  Table owners = table("owners", {identity(), column("home_id", ColumnType::int64())});
  owners.foreign_keys.emplace_back(std::vector<std::string>{"home_id"}, "nodes",
                                   std::vector<std::string>{"id"});
  owners.foreign_keys.back().deferral = Deferral::initially_immediate;
  return Schema{{nodes, owners}};
}

/// Keys, indexes and generated columns of every kind that both databases know.
inline Schema keys() {
  Table parts =
      table("parts", {column("vendor", ColumnType::int32()), column("number", ColumnType::text(20)),
                      column("weight", ColumnType::float64(), true),
                      column("label", ColumnType::text(), true)});
  parts.primary_key = {"number", "vendor"};
  Column doubled = column("doubled", ColumnType::float64(), true);
  doubled.generated = GeneratedKind::stored;
  doubled.generated_expression = "weight * 2";
  parts.columns.push_back(doubled);
  Index mixed{{"vendor", "label", "weight"}};
  mixed.parts[1].descending = true;
  parts.indexes.push_back(mixed);
  Index expression{{IndexPart::of_expression("lower(label)")}};
  parts.indexes.push_back(expression);
  Index partial{{"label"}, true};
  partial.where = "weight > 10 and label is not null";
  parts.indexes.push_back(partial);
  parts.checks.push_back(Check{"weight is null or weight >= 0"});
  parts.checks.push_back(Check{"vendor in (1, 2, 3)"});
  Table boxes = table("boxes", {identity(), column("part_vendor", ColumnType::int32(), true),
                                column("part_number", ColumnType::text(20), true)});
  boxes.foreign_keys.emplace_back(std::vector<std::string>{"part_number", "part_vendor"}, "parts",
                                  std::vector<std::string>{"number", "vendor"});
  return Schema{{boxes, parts}};
}

/// Names that need quotes, or are too long to be put together.
inline Schema names() {
  const std::string longest(58, 'l');
  Table odd = table("Odd \"Table\"", {identity("Id"), column("select", ColumnType::text(9)),
                                      column("größe, in cm", ColumnType::boolean()),
                                      column(longest, ColumnType::int32())});
  odd.primary_key = {"Id"};
  odd.uniques.push_back(Unique{{"select"}});
  odd.indexes.push_back(Index{{longest, "select"}});
  Table other = table("order", {column("odd", ColumnType::int64())});
  other.primary_key = {"odd"};
  other.foreign_keys.emplace_back(std::vector<std::string>{"odd"}, "Odd \"Table\"",
                                  std::vector<std::string>{"Id"});
  return Schema{{other, odd}};
}

struct Named {
  std::string name;
  Schema schema;
};

inline std::vector<Named> schemas() {
  return {{"all_types", all_types()},
          {"events", events()},
          {"circles", circles()},
          {"keys", keys()},
          {"names", names()}};
}

/// A change to what the program expects, and the difference that it must make.
struct Change {
  std::string name;
  std::function<void(Schema&)> apply;
  std::vector<DifferenceKind> kinds;
  Severity severity;
  std::string object;  // of the first one
};

inline Table& find(Schema& schema, std::string_view name) {
  for (Table& table : schema.tables) {
    if (table.name == name) return table;
  }
  throw std::runtime_error("no such table");
}
inline Column& find(Schema& schema, std::string_view table, std::string_view name) {
  for (Column& column : find(schema, table).columns) {
    if (column.name == name) return column;
  }
  throw std::runtime_error("no such column");
}

/// Changes of `events()`.
inline std::vector<Change> changes() {
  using enum DifferenceKind;
  const auto error = Severity::error;
  const auto note = Severity::note;
  return {
      {"another table",
       [](Schema& s) { s.tables.push_back(table("tags", {identity()})); },
       {missing_table},
       error,
       ""},
      {"a table less", [](Schema& s) { s.tables.erase(s.tables.begin()); }, {}, error, ""},
      {"another column",
       [](Schema& s) { find(s, "venues").columns.emplace_back("zip", ColumnType::text(), true); },
       {missing_column},
       error,
       "zip"},
      {"a nullable column less",
       [](Schema& s) {
         std::erase_if(find(s, "events").columns, [](auto& c) { return c.name == "price"; });
       },
       {extra_column},
       note,
       "price"},
      {"a column with default less",
       [](Schema& s) {
         std::erase_if(find(s, "events").columns, [](auto& c) { return c.name == "created_at"; });
       },
       {extra_column},
       note,
       "created_at"},
      {"a required column less",
       [](Schema& s) {
         std::erase_if(find(s, "registrations").columns, [](auto& c) { return c.name == "seats"; });
       },
       {extra_column},
       error,
       "seats"},
      {"text for a number",
       [](Schema& s) { find(s, "registrations", "seats").type = ColumnType::text(); },
       {column_type},
       error,
       "seats"},
      {"bytes for JSON",
       [](Schema& s) { find(s, "venues", "city").type = ColumnType::bytes(); },
       {column_type},
       error,
       "city"},
      {"nullable",
       [](Schema& s) { find(s, "events", "title").nullable = true; },
       {column_nullability},
       error,
       "title"},
      {"not nullable",
       [](Schema& s) { find(s, "events", "price").nullable = false; },
       {column_nullability},
       error,
       "price"},
      {"another default",
       [](Schema& s) {
         find(s, "events", "capacity").default_value = literal(db::ValueView::int32(21));
       },
       {column_default},
       note,
       "capacity"},
      {"no default",
       [](Schema& s) { find(s, "events", "capacity").default_value = Default{}; },
       {column_default},
       note,
       "capacity"},
      {"a default that is missing",
       [](Schema& s) {
         find(s, "registrations", "seats").default_value = literal(db::ValueView::int16(1));
       },
       {column_default},
       error,
       "seats"},
      {"another value of an enumeration",
       [](Schema& s) {
         find(s, "events", "status").type = ColumnType::enumeration({"draft", "open", "gone"});
       },
       {check_definition},
       error,
       "events_status_check"},
      {"no enumeration",
       [](Schema& s) { find(s, "events", "status").type = ColumnType::text(); },
       {extra_check},
       note,
       "events_status_check"},
      {"an index more",
       [](Schema& s) { find(s, "events").indexes.push_back(Index{{"starts_at"}}); },
       {missing_index},
       note,
       "events_starts_at_index"},
      {"an index less",
       [](Schema& s) { find(s, "venues").indexes.clear(); },
       {extra_index},
       note,
       "venues_city_name_index"},
      {"an index with another order",
       [](Schema& s) { find(s, "venues").indexes[0].parts[0].descending = true; },
       {index_definition},
       note,
       "venues_city_name_index"},
      {"no index of a foreign key",
       [](Schema& s) { find(s, "events").foreign_keys[0].with_index = false; },
       {extra_index},
       note,
       "events_venue_id_index"},
      {"a unique key more",
       [](Schema& s) { find(s, "venues").uniques.push_back(Unique{{"name"}}); },
       {missing_index},
       error,
       "venues_name_unique"},
      {"a unique key less",
       [](Schema& s) { find(s, "events").uniques.clear(); },
       {extra_index},
       note,
       "events_title_starts_at_unique"},
      {"a unique key over other columns",
       [](Schema& s) {
         find(s, "events").uniques[0].name = "events_title_starts_at_unique";
         find(s, "events").uniques[0].columns = {"starts_at", "title"};
       },
       {index_definition},
       error,
       "events_title_starts_at_unique"},
      {"a renamed unique key",
       [](Schema& s) { find(s, "events").uniques[0].name = "same_event"; },
       {constraint_name},
       note,
       "same_event"},
      {"a check more",
       [](Schema& s) { find(s, "registrations").checks.push_back(Check{"seats > 0"}); },
       {missing_check},
       error,
       "registrations_check"},
      {"a check less",
       [](Schema& s) { find(s, "events").checks.clear(); },
       {extra_check},
       note,
       "events_capacity_range"},
      {"another check",
       [](Schema& s) {
         find(s, "events").checks[0].expression = "capacity > 1 and capacity <= 500";
       },
       {check_definition},
       error,
       "events_capacity_range"},
      {"another primary key",
       [](Schema& s) { find(s, "registrations").primary_key = {"event_id"}; },
       {primary_key},
       error,
       ""},
      {"no identity",
       [](Schema& s) { find(s, "venues", "id").identity = false; },
       {column_identity},
       note,
       "id"},
      {"a foreign key more",
       [](Schema& s) {
         ForeignKey key{{"seats"}, "venues", {"id"}};
         key.with_index = false;
         find(s, "registrations").foreign_keys.push_back(key);
       },
       {missing_foreign_key},
       error,
       "registrations_seats_foreign"},
      {"a foreign key less",
       [](Schema& s) { find(s, "registrations").foreign_keys.clear(); },
       {extra_foreign_key},
       note,
       "registrations_event_id_foreign"},
      {"another action",
       [](Schema& s) { find(s, "events").foreign_keys[0].on_delete = ForeignKeyAction::restrict; },
       {foreign_key_definition},
       error,
       "events_venue_id_foreign"},
      {"a deferrable foreign key",
       [](Schema& s) { find(s, "events").foreign_keys[0].deferral = Deferral::initially_deferred; },
       {foreign_key_definition},
       error,
       "events_venue_id_foreign"},
      {"another target",
       [](Schema& s) { find(s, "registrations").foreign_keys[0].target_table = "venues"; },
       {foreign_key_definition},
       error,
       "registrations_event_id_foreign"},
      {"a renamed foreign key",
       [](Schema& s) { find(s, "events").foreign_keys[0].name = "where_it_is"; },
       {constraint_name},
       note,
       "where_it_is"},
  };
}

}  // namespace roost::schema::cases
