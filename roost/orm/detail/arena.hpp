// Memory of one entity manager: given out piece by piece, given back all at once.
#pragma once

#include <roost/async/frame_cache.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace roost::orm::detail {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// `size` bytes, aligned to 16.
  [[nodiscard]] std::byte* allocate(std::size_t size) {
    const std::size_t gap = (unit - used_ % unit) % unit;
    if (size + gap > left_) return grow(size);
    std::byte* piece = next_ + gap;
    take(size + gap);
    return piece;
  }
  /// `size` bytes, not aligned: what is small and many is packed.
  [[nodiscard]] std::byte* allocate_packed(std::size_t size) {
    if (size > left_) return grow(size);
    std::byte* piece = next_;
    take(size);
    return piece;
  }
  [[nodiscard]] std::string_view copy(std::string_view text);
  /// True when the address lies in what was given out.
  [[nodiscard]] bool owns(const void* address) const;

 private:
  static constexpr std::size_t unit = 16;
  static constexpr std::size_t first_block = 4096;
  // Blocks grow with what there is, so that little of the last one is left over, and there are few.
  static constexpr std::size_t usual_block = std::size_t{64} << 10;
  static constexpr std::size_t largest_block = std::size_t{256} << 10;
  static constexpr std::size_t part_of_all = 32;

  using Block = std::unique_ptr<std::byte, async::FrameDeleter>;

  /// A new block, and the first `size` bytes of it.
  std::byte* grow(std::size_t size);
  void take(std::size_t size) {
    next_ += size;
    left_ -= size;
    used_ += size;
  }

  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t used_ = 0;  // of the block
  std::size_t all_ = 0;   // of all blocks
  std::vector<Block> blocks_;
};

}  // namespace roost::orm::detail
