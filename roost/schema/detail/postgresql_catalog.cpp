// PostgreSQL: pg_catalog.
#include <roost/schema/detail/catalog.hpp>
#include <roost/sql/codec.hpp>

#include <array>

namespace roost::schema::detail {

namespace {

using db::Row;
using Optional = std::optional<std::string>;

// In front of each query, which names the schema as the model does: "" for the first one of the
// search path. The parameter $1 are the schemas that are asked for.
constexpr std::string_view wanted =
    "with wanted as (select n.oid, case when n.oid = pg_my_temp_schema() then 'pg_temp' when "
    "n.nspname = current_schema() and '' = any($1::text[]) then '' else n.nspname::text end "
    "as shown from pg_namespace n where n.nspname = any(array(select coalesce(nullif(s, ''), "
    "current_schema()) from unnest($1::text[]) s)) or (n.oid = pg_my_temp_schema() and "
    "'pg_temp' = any($1::text[]))), tables as (select c.oid, c.relname::text as name, "
    "w.shown from pg_class c join wanted w on w.oid = c.relnamespace where c.relkind in "
    "('r', 'p') and not c.relispartition) ";

constexpr std::string_view tables_query =
    "select t.shown, t.name, obj_description(t.oid, 'pg_class') from tables t "
    "order by t.shown collate \"C\", t.name collate \"C\"";

constexpr std::string_view columns_query =
    "select t.shown, t.name, a.attname::text, format_type(a.atttypid, a.atttypmod), "
    "not a.attnotnull, a.attidentity <> '', a.attgenerated <> '', "
    "pg_get_expr(d.adbin, d.adrelid), "
    "case when l.oid is null then '' when l.collname = 'C' then '' else l.collname::text end, "
    "col_description(t.oid, a.attnum), e.typname::text, "
    "(select string_agg(v.enumlabel::text, chr(31) order by v.enumsortorder) from pg_enum v "
    "where v.enumtypid = e.oid), y.typcategory = 'A' "
    "from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not "
    "a.attisdropped join pg_type y on y.oid = a.atttypid "
    "left join pg_type e on e.oid = case when y.typcategory = 'A' then y.typelem else y.oid end "
    "and e.typtype = 'e' "
    "left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum "
    "left join pg_collation l on l.oid = a.attcollation order by t.oid, a.attnum";

constexpr std::string_view constraints_query =
    "select t.shown, t.name, c.conname::text, c.contype::text, "
    "case when c.contype = 'c' then pg_get_expr(c.conbin, c.conrelid) end, "
    "a.attname::text, coalesce(w.shown, n.nspname::text), f.relname::text, b.attname::text, "
    "c.confdeltype::text, c.confupdtype::text, c.condeferrable, c.condeferred, c.oid::bigint "
    "from tables t join pg_constraint c on c.conrelid = t.oid and c.contype in ('p', 'u', 'c', "
    "'f') left join lateral unnest(c.conkey, c.confkey) with ordinality k (own, target, place) on "
    "c.contype <> 'c' left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.own "
    "left join pg_class f on f.oid = c.confrelid left join pg_namespace n on n.oid = "
    "f.relnamespace left join wanted w on w.oid = f.relnamespace "
    "left join pg_attribute b on b.attrelid = f.oid and b.attnum = k.target "
    "order by t.oid, c.conname collate \"C\", k.place";

constexpr std::string_view indexes_query =
    "select t.shown, t.name, i.relname::text, x.indisunique, m.amname::text, "
    "pg_get_expr(x.indpred, x.indrelid), a.attname::text, "
    "pg_get_indexdef(x.indexrelid, k.place::int, true), k.place > x.indnkeyatts, "
    "case when k.place <= x.indnkeyatts then x.indoption[k.place - 1] else 0 end::int, "
    "case when o.opcdefault then '' else o.opcname::text end, "
    "case when l.oid is null or l.oid = a.attcollation then '' else l.collname::text end "
    "from tables t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid "
    "join pg_am m on m.oid = i.relam "
    "cross join lateral unnest(x.indkey::int2[]) with ordinality k (attnum, place) "
    "left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum and k.attnum > 0 "
    "left join pg_opclass o on k.place <= x.indnkeyatts and o.oid = x.indclass[k.place - 1] "
    "left join pg_collation l on k.place <= x.indnkeyatts and l.oid = x.indcollation[k.place - 1] "
    "where not exists (select 1 from pg_constraint c where c.conindid = x.indexrelid and c.contype "
    "in ('p', 'u', 'x')) order by t.oid, i.relname collate \"C\", k.place";

ForeignKeyAction action_of(const std::string& code) {
  if (code == "c") return ForeignKeyAction::cascade;
  if (code == "n") return ForeignKeyAction::set_null;
  if (code == "d") return ForeignKeyAction::set_default;
  if (code == "r") return ForeignKeyAction::restrict;
  return ForeignKeyAction::no_action;
}

std::vector<std::string> split_values(const std::string& text) {
  std::vector<std::string> values{""};
  for (const char c : text) {
    if (c == '\x1f') {
      values.emplace_back();
    } else {
      values.back() += c;
    }
  }
  return values;
}

class Reader {
 public:
  Schema run(const std::vector<db::Result>& results) {
    for (const Row row : results[0]) {
      Table table{row.get<std::string>(1)};
      table.schema_name = row.get<std::string>(0);
      table.comment = row.get<Optional>(2).value_or("");
      schema_.tables.push_back(std::move(table));
    }
    for (const Row row : results[1]) read_column(row);
    for (const Row row : results[2]) read_constraint(row);
    for (const Row row : results[3]) read_index(row);
    return std::move(schema_);
  }

 private:
  Table* find(const Row& row) {
    const auto schema_name = row.get<std::string>(0);
    const auto name = row.get<std::string>(1);
    for (Table& table : schema_.tables) {
      if (table.name == name && table.schema_name == schema_name) return &table;
    }
    return nullptr;
  }

  static ColumnType type_of(const Row& row) {
    const auto native = row.get<Optional>(10);
    if (!native) return parse_postgresql_type(row.get<std::string>(3));
    ColumnType type =
        ColumnType::enumeration(split_values(row.get<Optional>(11).value_or("")), *native);
    return row.get<bool>(12) ? ColumnType::array_of(std::move(type)) : type;
  }

  void read_column(const Row& row) {
    Table* table = find(row);
    if (table == nullptr) return;
    Column column{row.get<std::string>(2), type_of(row), row.get<bool>(4)};
    column.identity = row.get<bool>(5);
    const auto expression = row.get<Optional>(7);
    if (row.get<bool>(6)) {
      column.generated = GeneratedKind::stored;
      column.generated_expression = expression.value_or("");
    } else if (expression) {
      column.default_value = Default::expression(*expression);
    }
    column.collation = row.get<std::string>(8);
    column.comment = row.get<Optional>(9).value_or("");
    table->columns.push_back(std::move(column));
  }

  void read_constraint(const Row& row) {
    Table* table = find(row);
    if (table == nullptr) return;
    const auto name = row.get<std::string>(2);
    const auto kind = row.get<std::string>(3);
    const auto id = row.get<std::int64_t>(13);
    const bool first = id != constraint_;
    constraint_ = id;
    if (kind == "c") {
      table->checks.emplace_back(row.get<Optional>(4).value_or(""), name);
      return;
    }
    const auto column = row.get<Optional>(5).value_or("");
    if (kind == "p") {
      table->primary_key.push_back(column);
      return;
    }
    Deferral deferral = Deferral::none;
    if (row.get<bool>(11)) {
      deferral = row.get<bool>(12) ? Deferral::initially_deferred : Deferral::initially_immediate;
    }
    if (kind == "u") {
      if (first) table->uniques.emplace_back(std::vector<std::string>{}, name);
      table->uniques.back().columns.push_back(column);
      table->uniques.back().deferral = deferral;
      return;
    }
    if (first) {
      ForeignKey key;
      key.name = name;
      key.target_schema = row.get<Optional>(6).value_or("");
      key.target_table = row.get<Optional>(7).value_or("");
      key.on_delete = action_of(row.get<std::string>(9));
      key.on_update = action_of(row.get<std::string>(10));
      key.deferral = deferral;
      key.with_index = false;
      table->foreign_keys.push_back(std::move(key));
    }
    table->foreign_keys.back().columns.push_back(column);
    table->foreign_keys.back().target_columns.push_back(row.get<Optional>(8).value_or(""));
  }

  void read_index(const Row& row) {
    Table* table = find(row);
    if (table == nullptr) return;
    const auto name = row.get<std::string>(2);
    if (table->indexes.empty() || table->indexes.back().name != name) {
      Index index{{}, row.get<bool>(3)};
      index.name = name;
      const auto method = row.get<std::string>(4);
      if (method != "btree") index.method = method;
      index.where = row.get<Optional>(5).value_or("");
      table->indexes.push_back(std::move(index));
    }
    Index& index = table->indexes.back();
    const auto column = row.get<Optional>(6);
    if (row.get<bool>(8)) {
      index.include.push_back(column.value_or(""));
      return;
    }
    IndexPart part;
    if (column) {
      part.column = *column;
    } else {
      part.expression = row.get<Optional>(7).value_or("");
    }
    const auto option = static_cast<unsigned>(row.get<std::int32_t>(9));
    part.descending = (option & 1U) != 0;
    const bool nulls_first = (option & 2U) != 0;
    if (nulls_first != part.descending) {
      part.nulls = nulls_first ? IndexPart::Nulls::first : IndexPart::Nulls::last;
    }
    part.operator_class = row.get<Optional>(10).value_or("");
    if (column) part.collation = row.get<Optional>(11).value_or("");
    index.parts.push_back(std::move(part));
  }

  Schema schema_;
  std::int64_t constraint_ = -1;
};

}  // namespace

void add_postgresql_queries(db::Batch& batch, const db::ValueView& schemas) {
  static const std::array<std::string, 4> texts{
      std::string{wanted} + tables_query.data(), std::string{wanted} + columns_query.data(),
      std::string{wanted} + constraints_query.data(), std::string{wanted} + indexes_query.data()};
  static constexpr std::array<db::ValueType, 1> types{db::ValueType::array};
  const std::array<db::ValueView, 1> parameters{schemas};
  for (const std::string& text : texts) {
    batch.add(db::Statement{text, types, db::StatementKind::read}, parameters);
  }
}

Schema read_postgresql_catalog(const std::vector<db::Result>& results) {
  return Reader{}.run(results);
}

}  // namespace roost::schema::detail
