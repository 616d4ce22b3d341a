// Name-value pairs as views: header fields, query parameters, cookies, path parameters.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace roost::http {

/// A name and its value. Views: they live as long as the message they come from.
struct Field {
  std::string_view name;
  std::string_view value;

  friend bool operator==(const Field&, const Field&) = default;
};

/// True if both texts are equal, ASCII letters without regard to case (as header names are).
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// The text without the spaces and tabs around it, which the fields of HTTP allow.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// The value of the first field called exactly `name`.
[[nodiscard]] std::optional<std::string_view> find_field(std::span<const Field> fields,
                                                         std::string_view name) noexcept;

/// The value of the first field called `name` in any case.
[[nodiscard]] std::optional<std::string_view> find_field_ignoring_case(
    std::span<const Field> fields, std::string_view name) noexcept;

/// True if the comma-separated list `value` has the element `token` (in any case), as in
/// `Connection: keep-alive, Upgrade`.
[[nodiscard]] bool list_contains(std::string_view value, std::string_view token) noexcept;

}  // namespace roost::http
