// SQLite: pragmas as tables, and the CREATE statements for what they leave out.
#include <roost/schema/detail/catalog.hpp>
#include <roost/schema/detail/sqlite_parser.hpp>
#include <roost/sql/codec.hpp>

#include <algorithm>

namespace roost::schema::detail {

namespace {

using db::Row;
using Optional = std::optional<std::string>;

// Sorted by name with the binary collation, as everything that is compared.
constexpr std::string_view tables_query =
    "select l.name, l.strict, s.sql from pragma_table_list l "
    "join sqlite_schema s on s.type = 'table' and s.name = l.name "
    "where l.schema = 'main' and l.type = 'table' and l.name not like 'sqlite\\_%' escape '\\' "
    "order by l.name";
constexpr std::string_view columns_query =
    "select s.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden "
    "from sqlite_schema s, pragma_table_xinfo(s.name) x where s.type = 'table' "
    "order by s.name, x.cid";
constexpr std::string_view foreign_keys_query =
    "select s.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete "
    "from sqlite_schema s, pragma_foreign_key_list(s.name) f where s.type = 'table' "
    "order by s.name, f.id desc, f.seq";
constexpr std::string_view indexes_query =
    "select s.name, l.name, l.\"unique\", l.origin, i.sql, x.cid, x.name, x.\"desc\", x.coll "
    "from sqlite_schema s, pragma_index_list(s.name) l, pragma_index_xinfo(l.name) x "
    "left join sqlite_schema i on i.type = 'index' and i.name = l.name "
    "where s.type = 'table' and x.key = 1 order by s.name, l.name, x.seqno";

class Reader {
 public:
  Schema run(const std::vector<db::Result>& results) {
    for (const Row row : results[0]) read_table(row);
    for (const Row row : results[1]) read_column(row);
    for (std::size_t i = 0; i < schema_.tables.size(); ++i) complete_columns(i);
    for (const Row row : results[2]) read_foreign_key(row);
    for (std::size_t i = 0; i < schema_.tables.size(); ++i) complete_foreign_keys(i);
    for (const Row row : results[3]) read_index(row);
    return std::move(schema_);
  }

 private:
  Table* find(const std::string& name) {
    for (Table& table : schema_.tables) {
      if (table.name == name) return &table;
    }
    return nullptr;
  }

  void read_table(const Row& row) {
    Table table{row.get<std::string>(0)};
    table.strict = row.get<bool>(1);
    parsed_.push_back(parse_create_table(row.get<Optional>(2).value_or("")));
    table.checks = parsed_.back().checks;
    schema_.tables.push_back(std::move(table));
  }

  void read_column(const Row& row) {
    Table* table = find(row.get<std::string>(0));
    if (table == nullptr) return;
    const auto hidden = row.get<std::int64_t>(6);
    if (hidden == 1) return;
    Column column{row.get<std::string>(1), parse_sqlite_type(row.get<std::string>(2)),
                  !row.get<bool>(3)};
    if (const auto text = row.get<Optional>(4)) {
      if (!text->empty()) column.default_value = Default::expression(*text);
    }
    if (hidden == 2) column.generated = GeneratedKind::virtual_column;
    if (hidden == 3) column.generated = GeneratedKind::stored;
    const auto place = row.get<std::int64_t>(5);
    if (place > 0) {
      column.nullable = false;
      // In the order of the key, which need not be that of the columns.
      if (table->primary_key.size() < static_cast<std::size_t>(place)) {
        table->primary_key.resize(static_cast<std::size_t>(place));
      }
      table->primary_key[static_cast<std::size_t>(place) - 1] = column.name;
    }
    table->columns.push_back(std::move(column));
  }

  void complete_columns(std::size_t position) {
    for (Column& column : schema_.tables[position].columns) {
      for (const ParsedColumn& parsed : parsed_[position].columns) {
        if (parsed.name != column.name) continue;
        column.identity = parsed.autoincrement;
        column.generated_expression = parsed.generated_expression;
        column.collation = parsed.collation == "binary" ? "" : parsed.collation;
      }
    }
  }

  static ForeignKeyAction action_of(const std::string& text) {
    if (text == "CASCADE") return ForeignKeyAction::cascade;
    if (text == "SET NULL") return ForeignKeyAction::set_null;
    if (text == "SET DEFAULT") return ForeignKeyAction::set_default;
    if (text == "RESTRICT") return ForeignKeyAction::restrict;
    return ForeignKeyAction::no_action;
  }

  void read_foreign_key(const Row& row) {
    Table* table = find(row.get<std::string>(0));
    if (table == nullptr) return;
    const auto id = row.get<std::int64_t>(1);
    // The last one has the number 0: they are read in the order of the text.
    if (table != key_table_ || id != key_id_) {
      ForeignKey key;
      key.target_table = row.get<std::string>(2);
      key.on_update = action_of(row.get<std::string>(5));
      key.on_delete = action_of(row.get<std::string>(6));
      key.with_index = false;
      table->foreign_keys.push_back(std::move(key));
      key_table_ = table;
      key_id_ = id;
    }
    ForeignKey& key = table->foreign_keys.back();
    key.columns.push_back(row.get<std::string>(3));
    if (const auto target = row.get<Optional>(4)) key.target_columns.push_back(*target);
  }

  void complete_foreign_keys(std::size_t position) {
    Table& table = schema_.tables[position];
    const std::vector<ParsedForeignKey>& parsed = parsed_[position].foreign_keys;
    for (std::size_t i = 0; i < table.foreign_keys.size(); ++i) {
      ForeignKey& key = table.foreign_keys[i];
      if (parsed.size() == table.foreign_keys.size()) {
        key.name = parsed[i].name;
        key.deferral = parsed[i].deferral;
      }
      const Table* target = find(key.target_table);
      if (key.target_columns.empty() && target != nullptr) {
        key.target_columns = target->primary_key;
      }
    }
  }

  void read_index(const Row& row) {
    Table* table = find(row.get<std::string>(0));
    const auto origin = row.get<std::string>(3);
    if (table == nullptr || origin == "pk") return;
    const auto name = row.get<std::string>(1);
    const auto column = row.get<Optional>(6);
    if (origin == "u") {  // a constraint in the table: SQLite made up the name of its index
      if (name != index_name_) table->uniques.emplace_back();
      index_name_ = name;
      if (column) table->uniques.back().columns.push_back(*column);
      return;
    }
    if (name != index_name_) {
      Index index{{}, row.get<bool>(2)};
      index.name = name;
      index_ = parse_create_index(row.get<Optional>(4).value_or(""));
      index.where = index_.where;
      table->indexes.push_back(std::move(index));
      index_name_ = name;
    }
    Index& index = table->indexes.back();
    IndexPart part;
    if (column) {
      part.column = *column;
      const Column* found = table->find_column(*column);
      part.collation = collation_of(row, found == nullptr ? "" : found->collation);
    } else {
      const std::size_t place = index.parts.size();
      part.expression = place < index_.parts.size() ? index_.parts[place] : "";
      part.collation = collation_of(row, "");
    }
    part.descending = row.get<bool>(7);
    index.parts.push_back(std::move(part));
  }

  /// Empty if it is that of the column.
  static std::string collation_of(const Row& row, const std::string& of_column) {
    std::string name = row.get<Optional>(8).value_or("BINARY");
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const std::string expected = of_column.empty() ? "binary" : of_column;
    std::string lower;
    for (const char c : expected) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return name == lower ? "" : name;
  }

  Schema schema_;
  std::vector<ParsedTable> parsed_;  // beside the tables
  const Table* key_table_ = nullptr;
  std::int64_t key_id_ = -1;
  std::string index_name_;
  ParsedIndex index_;
};

}  // namespace

void add_sqlite_queries(db::Batch& batch) {
  for (const std::string_view text :
       {tables_query, columns_query, foreign_keys_query, indexes_query}) {
    batch.add(db::Statement{text, {}, db::StatementKind::read}, {});
  }
}

Schema read_sqlite_catalog(const std::vector<db::Result>& results) { return Reader{}.run(results); }

}  // namespace roost::schema::detail
