// How tables, columns and constraints are named that do not say it themselves.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace roost::orm {

enum class ConstraintKind : std::uint8_t { unique, index, foreign_key, check };

/// Names in snake_case; override what is to be named otherwise. What the `meta` of a class says
/// (orm::entity("table"), column("name"), embedded("prefix_"), pivot_table("name") …) always wins.
/// Used while the metadata are made, and by queries, from every thread; outlives the data source,
/// as a static object does.
class NamingStrategy {
 public:
  NamingStrategy() = default;
  NamingStrategy(const NamingStrategy&) = delete;
  NamingStrategy& operator=(const NamingStrategy&) = delete;
  virtual ~NamingStrategy();

  /// "OrderLine" → "order_line". Also the name of a class in the column that says which class a row
  /// is.
  [[nodiscard]] virtual std::string table(std::string_view class_name) const;
  /// "startsAt" → "starts_at".
  [[nodiscard]] virtual std::string column(std::string_view member) const;
  /// With what the columns of a member that is a struct begin: "price" → "price_".
  [[nodiscard]] virtual std::string embedded_prefix(std::string_view member) const;
  /// The column of a reference: "venue" and the key "id" → "venue_id".
  [[nodiscard]] virtual std::string reference_column(std::string_view member,
                                                     std::string_view key_column) const;
  /// The table of pairs of a many to many relation: "books" and "tags" → "books_tags".
  [[nodiscard]] virtual std::string pivot_table(std::string_view owner_table,
                                                std::string_view member) const;
  /// Its columns: "Book" and the key "id" → "book_id". Where both sides are of one class, `side` is
  /// 1 or 2, else 0.
  [[nodiscard]] virtual std::string pivot_column(std::string_view class_name,
                                                 std::string_view key_column, int side) const;
  /// A key, index or check. Empty: "<table>_<columns>_<kind>", cut to what databases take.
  [[nodiscard]] virtual std::string constraint(ConstraintKind kind, std::string_view table,
                                               std::span<const std::string> columns) const;
};

/// The default.
[[nodiscard]] const NamingStrategy& snake_case_names();
/// Classes and members as they are called in C++.
[[nodiscard]] const NamingStrategy& unchanged_names();

}  // namespace roost::orm
