// PRIVATE: bytes that are gathered, kept and used again: messages, parameters, rows.
#pragma once

#include <endian.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace roost::db::postgres::detail {

/// The number in the first bytes.
template <class Unsigned>
[[nodiscard]] Unsigned read_big_endian(const char* bytes) {
  Unsigned number = 0;
  std::memcpy(&number, bytes, sizeof number);
  if constexpr (sizeof number == 8) return be64toh(number);
  if constexpr (sizeof number == 4) return be32toh(number);
  if constexpr (sizeof number == 2) return be16toh(number);
  return number;
}

/// Writes the number into as many bytes as it has.
template <class Unsigned>
void write_big_endian(char* place, Unsigned number) {
  if constexpr (sizeof number == 8) number = htobe64(number);
  if constexpr (sizeof number == 4) number = htobe32(number);
  if constexpr (sizeof number == 2) number = htobe16(number);
  std::memcpy(place, &number, sizeof number);
}

/// Grows at its end; unlike a vector's, new bytes are not zeroed before they are written.
class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept
      : bytes_{std::move(other.bytes_)},
        size_{std::exchange(other.size_, 0)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  ~ByteBuffer() = default;

  /// That many new bytes, to be written: valid until it grows again.
  [[nodiscard]] char* grow(std::size_t size) {
    if (capacity_ - size_ < size) enlarge(size);
    return bytes_.get() + std::exchange(size_, size_ + size);
  }
  void append(char byte) { *grow(1) = byte; }
  void append(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
  }
  template <class Unsigned>
  void append_number(Unsigned number) {
    write_big_endian(grow(sizeof number), number);
  }
  /// Takes bytes away from its end.
  void shrink(std::size_t size) { size_ = size; }
  /// Keeps its memory, as long as that is no more than `most`.
  void clear(std::size_t most) {
    if (capacity_ > most) *this = ByteBuffer{};
    size_ = 0;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] char* data() { return bytes_.get(); }
  [[nodiscard]] const char* data() const { return bytes_.get(); }
  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  void enlarge(std::size_t size) {
    const std::size_t capacity = std::max({size_ + size, 2 * capacity_, least_capacity});
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;  // only now: there may have been no memory
  }

  static constexpr std::size_t least_capacity = 256;

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace roost::db::postgres::detail
