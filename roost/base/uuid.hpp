// Universally unique identifiers: 128 bits with the usual text form.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost {

/// Any 128 bits; the default is the nil UUID. Trivially copyable; ordered as its text is.
class Uuid {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  /// For JSON Schema and for messages.
  static constexpr std::string_view text_format = "uuid";
  static constexpr std::string_view text_expected = "must be a UUID";

  constexpr Uuid() = default;
  constexpr explicit Uuid(const Bytes& bytes) : bytes_{bytes} {}

  /// Random (version 4), from the kernel's generator. May be called from any thread. Throws
  /// roost::Error when the kernel gives no random bytes.
  [[nodiscard]] static Uuid random();

  /// Time-ordered (version 7): each one is greater than every other that this process made before,
  /// in whatever thread, so that it is a good primary key. May be called from any thread. Throws as
  /// `random` does.
  [[nodiscard]] static Uuid time_ordered();

  /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in either case; no value for anything else.
  [[nodiscard]] static std::optional<Uuid> parse(std::string_view text);

  [[nodiscard]] constexpr const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] constexpr bool is_nil() const { return bytes_ == Bytes{}; }
  /// The version digit: 4 and 7 for those made here, 0 for nil.
  [[nodiscard]] constexpr int version() const { return bytes_[6] >> 4; }

  /// Lower case, 36 characters.
  [[nodiscard]] std::string to_string() const;
  void append_to(std::string& out) const;

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  Bytes bytes_{};
};

}  // namespace roost

template <>
struct std::hash<roost::Uuid> {
  std::size_t operator()(const roost::Uuid& uuid) const noexcept;
};
