// Memory for the encoded forms of parameters: taken piece by piece, given back all at once.
#pragma once

#include <roost/base/owned.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace roost::db {

/// A small arena: the first pieces come from the object itself. What it gave out is valid until
/// `clear` or its end. Not thread-safe, not movable.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// `size` bytes, aligned to 8.
  [[nodiscard]] std::byte* allocate(std::size_t size);
  /// A copy that lives here.
  [[nodiscard]] std::string_view copy(std::string_view text);
  /// `count` NULLs to be overwritten.
  [[nodiscard]] std::span<ValueView> allocate_values(std::size_t count);
  void clear();

 private:
  static constexpr std::size_t inline_size = 256;
  static constexpr std::size_t block_size = 4096;

  alignas(8) std::byte inline_[inline_size];
  std::byte* next_ = inline_;
  std::size_t left_ = inline_size;
  std::vector<Owned<std::byte[]>> blocks_;
};

}  // namespace roost::db
