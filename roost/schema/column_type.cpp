// Logical types: how they are made, shown and named in DDL.
#include <roost/schema/column_type.hpp>
#include <roost/sql/errors.hpp>

#include <utility>

namespace roost::schema {

std::string_view name_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
      return "boolean";
    case TypeKind::int16:
      return "int16";
    case TypeKind::int32:
      return "int32";
    case TypeKind::int64:
      return "int64";
    case TypeKind::float32:
      return "float32";
    case TypeKind::float64:
      return "float64";
    case TypeKind::decimal:
      return "decimal";
    case TypeKind::text:
      return "text";
    case TypeKind::bytes:
      return "bytes";
    case TypeKind::date:
      return "date";
    case TypeKind::time:
      return "time";
    case TypeKind::timestamp:
      return "timestamp";
    case TypeKind::uuid:
      return "uuid";
    case TypeKind::json:
      return "json";
    case TypeKind::array:
      return "array";
    case TypeKind::enumeration:
      return "enumeration";
    case TypeKind::verbatim:
      return "verbatim";
  }
  return "unknown";
}

ColumnType ColumnType::decimal(std::uint32_t precision, std::uint32_t scale) {
  if (precision > 1000 || scale > precision) {
    throw db::UsageError("decimal(" + std::to_string(precision) + ", " + std::to_string(scale) +
                         "): the precision is at most 1000 and the scale at most the precision");
  }
  ColumnType type{TypeKind::decimal};
  type.length_ = precision;
  type.scale_ = scale;
  return type;
}

ColumnType ColumnType::text(std::uint32_t max_length) {
  ColumnType type{TypeKind::text};
  type.length_ = max_length;
  return type;
}

ColumnType ColumnType::timestamp(std::uint32_t digits) {
  if (digits > 6) {
    throw db::UsageError("timestamp(" + std::to_string(digits) +
                         "): databases keep at most 6 digits of a second");
  }
  ColumnType type{TypeKind::timestamp};
  type.scale_ = digits;
  return type;
}

ColumnType ColumnType::array_of(ColumnType element) {
  if (element.kind() == TypeKind::array) {
    throw db::UsageError("an array of arrays is no column type: store it as JSON");
  }
  ColumnType type{TypeKind::array};
  type.element_ = std::make_shared<const ColumnType>(std::move(element));
  return type;
}

ColumnType ColumnType::enumeration(std::vector<std::string> values, std::string native_name) {
  if (values.empty()) throw db::UsageError("an enumeration needs at least one value");
  ColumnType type{TypeKind::enumeration};
  type.values_ = std::move(values);
  type.name_ = std::move(native_name);
  return type;
}

ColumnType ColumnType::verbatim(std::string sql) {
  if (sql.empty()) throw db::UsageError("the SQL of a column type must not be empty");
  ColumnType type{TypeKind::verbatim};
  type.name_ = std::move(sql);
  return type;
}

bool operator==(const ColumnType& a, const ColumnType& b) {
  if (a.kind_ != b.kind_ || a.length_ != b.length_ || a.scale_ != b.scale_ || a.name_ != b.name_ ||
      a.values_ != b.values_ || (a.element_ == nullptr) != (b.element_ == nullptr)) {
    return false;
  }
  return a.element_ == nullptr || *a.element_ == *b.element_;
}

std::string ColumnType::dump() const {
  std::string out{name_of(kind_)};
  switch (kind_) {
    case TypeKind::text:
      if (length_ != 0) out += "(" + std::to_string(length_) + ")";
      return out;
    case TypeKind::decimal:
      if (length_ != 0) out += "(" + std::to_string(length_) + "," + std::to_string(scale_) + ")";
      return out;
    case TypeKind::timestamp:
      return out + "(" + std::to_string(scale_) + ")";
    case TypeKind::array:
      return element_->dump() + "[]";
    case TypeKind::verbatim:
      return name_;
    case TypeKind::enumeration: {
      if (!name_.empty()) out += " " + name_;
      out += '(';
      for (std::size_t i = 0; i < values_.size(); ++i) {
        if (i != 0) out += ", ";
        db::append_readable(db::ValueView::text(values_[i]), out);
      }
      return out + ")";
    }
    default:
      return out;
  }
}

namespace {

std::string postgresql_type(const ColumnType& type) {
  switch (type.kind()) {
    case TypeKind::boolean:
      return "boolean";
    case TypeKind::int16:
      return "smallint";
    case TypeKind::int32:
      return "integer";
    case TypeKind::int64:
      return "bigint";
    case TypeKind::float32:
      return "real";
    case TypeKind::float64:
      return "double precision";
    case TypeKind::decimal:
      if (type.precision() == 0) return "numeric";
      return "numeric(" + std::to_string(type.precision()) + "," + std::to_string(type.scale()) +
             ")";
    case TypeKind::text:
      if (type.max_length() == 0) return "text";
      return "varchar(" + std::to_string(type.max_length()) + ")";
    case TypeKind::bytes:
      return "bytea";
    case TypeKind::date:
      return "date";
    case TypeKind::time:
      return "time(6)";
    case TypeKind::timestamp:
      return "timestamptz(" + std::to_string(type.digits()) + ")";
    case TypeKind::uuid:
      return "uuid";
    case TypeKind::json:
      return "jsonb";
    case TypeKind::array:
      return postgresql_type(type.element()) + "[]";
    case TypeKind::enumeration:
      if (type.native_name().empty()) return "text";
      return db::Dialect::postgresql().quote_identifier(type.native_name());
    case TypeKind::verbatim:
      return type.sql();
  }
  return {};
}

std::string sqlite_type(const ColumnType& type) {
  switch (type.kind()) {
    case TypeKind::boolean:
    case TypeKind::int16:
    case TypeKind::int32:
    case TypeKind::int64:
      return "INTEGER";
    case TypeKind::float32:
    case TypeKind::float64:
      return "REAL";
    case TypeKind::bytes:
      return "BLOB";
    case TypeKind::verbatim:
      return type.sql();
    default:
      return "TEXT";
  }
}

}  // namespace

std::string native_type(const ColumnType& type, const db::Dialect& dialect) {
  return dialect.kind() == db::DialectKind::postgresql ? postgresql_type(type) : sqlite_type(type);
}

}  // namespace roost::schema
