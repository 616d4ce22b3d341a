// What kind of values a column holds, said once for both databases.
#pragma once

#include <roost/sql/dialect.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace roost::schema {

enum class TypeKind : std::uint8_t {
  boolean,
  int16,
  int32,
  int64,
  float32,
  float64,
  decimal,
  text,
  bytes,
  date,
  time,
  timestamp,
  uuid,
  json,
  array,
  enumeration,
  verbatim,
};

/// "int64", "text", … for messages and dumps.
[[nodiscard]] std::string_view name_of(TypeKind kind);

/// The logical type of a column. It becomes:
///
///   logical         PostgreSQL              SQLite
///   boolean         boolean                 INTEGER, check (0, 1)
///   int16/32/64     smallint/integer/bigint INTEGER
///   float32/64      real/double precision   REAL
///   decimal(p, s)   numeric(p,s)            TEXT: exact; sort and calculate with cast(… as real)
///   text            text, varchar(n)        TEXT, check (length)
///   bytes           bytea                   BLOB
///   date            date                    TEXT '2026-11-22'
///   time            time(6)                 TEXT '10:29:39.123456'
///   timestamp(3)    timestamptz(3)          TEXT '2026-11-22T10:29:39.123Z'
///   uuid            uuid                    TEXT, 36 characters
///   json            jsonb                   TEXT, check (json_valid)
///   array           type[]                  TEXT, a JSON array, check (json_valid)
///   enumeration     text, check; or native  TEXT, check
///   verbatim        as written              as written
///
/// Texts of PostgreSQL are collated "C" unless the column says otherwise, so that both databases
/// sort by the bytes of UTF-8.
class ColumnType {
 public:
  /// text
  ColumnType() = default;

  [[nodiscard]] static ColumnType boolean() { return ColumnType{TypeKind::boolean}; }
  [[nodiscard]] static ColumnType int16() { return ColumnType{TypeKind::int16}; }
  [[nodiscard]] static ColumnType int32() { return ColumnType{TypeKind::int32}; }
  [[nodiscard]] static ColumnType int64() { return ColumnType{TypeKind::int64}; }
  [[nodiscard]] static ColumnType float32() { return ColumnType{TypeKind::float32}; }
  [[nodiscard]] static ColumnType float64() { return ColumnType{TypeKind::float64}; }
  /// `precision` digits in all, `scale` of them after the point; 0, 0: as many as there are.
  [[nodiscard]] static ColumnType decimal(std::uint32_t precision = 0, std::uint32_t scale = 0);
  /// `max_length` in characters (code points); 0: without limit.
  [[nodiscard]] static ColumnType text(std::uint32_t max_length = 0);
  [[nodiscard]] static ColumnType bytes() { return ColumnType{TypeKind::bytes}; }
  [[nodiscard]] static ColumnType date() { return ColumnType{TypeKind::date}; }
  [[nodiscard]] static ColumnType time() { return ColumnType{TypeKind::time}; }
  /// A point in time. `digits` of the fraction of seconds, 0 to 6: roost::Timestamp has 3, and what
  /// the database would keep beyond it could not be compared with what was read.
  [[nodiscard]] static ColumnType timestamp(std::uint32_t digits = 3);
  [[nodiscard]] static ColumnType uuid() { return ColumnType{TypeKind::uuid}; }
  [[nodiscard]] static ColumnType json() { return ColumnType{TypeKind::json}; }
  /// Any type but an array.
  [[nodiscard]] static ColumnType array_of(ColumnType element);
  /// One of `values`. With a `native_name` PostgreSQL gets a type of that name (CREATE TYPE).
  [[nodiscard]] static ColumnType enumeration(std::vector<std::string> values,
                                              std::string native_name = {});
  /// SQL of one database, such as "tsvector". Goes into DDL as it is: never from outside.
  [[nodiscard]] static ColumnType verbatim(std::string sql);

  [[nodiscard]] TypeKind kind() const { return kind_; }
  [[nodiscard]] std::uint32_t max_length() const { return length_; }     // text
  [[nodiscard]] std::uint32_t precision() const { return length_; }      // decimal
  [[nodiscard]] std::uint32_t scale() const { return scale_; }           // decimal
  [[nodiscard]] std::uint32_t digits() const { return scale_; }          // timestamp
  [[nodiscard]] const ColumnType& element() const { return *element_; }  // array
  [[nodiscard]] const std::vector<std::string>& values() const { return values_; }
  [[nodiscard]] const std::string& native_name() const { return name_; }  // enumeration
  [[nodiscard]] const std::string& sql() const { return name_; }          // verbatim

  /// "text(120)", "decimal(10,2)", "int32[]", "enumeration('draft', 'open')".
  [[nodiscard]] std::string dump() const;

  friend bool operator==(const ColumnType& a, const ColumnType& b);

 private:
  explicit ColumnType(TypeKind kind) : kind_{kind} {}

  TypeKind kind_ = TypeKind::text;
  std::uint32_t length_ = 0;
  std::uint32_t scale_ = 0;
  std::string name_;
  std::vector<std::string> values_;
  std::shared_ptr<const ColumnType> element_;
};

/// The type's name in DDL: "varchar(120)", "timestamptz(3)", "TEXT".
[[nodiscard]] std::string native_type(const ColumnType& type, const db::Dialect& dialect);

}  // namespace roost::schema
