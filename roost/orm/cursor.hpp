// Pages by cursor: stable while rows come and go, and as fast on the last page as on the first.
#pragma once

#include <roost/orm/errors.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::orm {

/// A cursor that this query did not give out: a client's mistake.
class CursorError : public Error {
 public:
  using Error::Error;
};

struct First {
  std::uint64_t rows;
};
struct Last {
  std::uint64_t rows;
};
struct After {
  std::string cursor;
};
struct Before {
  std::string cursor;
};

/// What find_by_cursor returns. Cursors are opaque texts that fit into a URL; empty without items.
template <class T>
struct CursorPage {
  std::vector<T*> items;
  std::string start_cursor;
  std::string end_cursor;
  bool has_next = false;
  bool has_previous = false;
};

}  // namespace roost::orm

namespace roost {

/// The first so many rows, behind `after(cursor)` if that is given.
[[nodiscard]] constexpr orm::First first(std::uint64_t rows) { return {rows}; }
/// The last so many rows, before `before(cursor)` if that is given.
[[nodiscard]] constexpr orm::Last last(std::uint64_t rows) { return {rows}; }
[[nodiscard]] inline orm::After after(std::string_view cursor) { return {std::string{cursor}}; }
[[nodiscard]] inline orm::Before before(std::string_view cursor) { return {std::string{cursor}}; }

}  // namespace roost
