// The growing of arenas.
#include <roost/orm/detail/arena.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace roost::orm::detail {

namespace {

/// Of most requests.
constexpr std::size_t few_blocks = 4;

}  // namespace

std::byte* Arena::grow(std::size_t size) {
  const std::size_t most = std::clamp(all_ / part_of_all, usual_block, largest_block);
  const std::size_t usual =
      blocks_.empty() ? first_block : std::min(most, blocks_.back().get_deleter().size * 2);
  const std::size_t wanted = std::max(usual, size);
  Block block{static_cast<std::byte*>(async::allocate_frame(wanted)), async::FrameDeleter{wanted}};
  std::byte* const memory = block.get();
  if (blocks_.empty()) blocks_.reserve(few_blocks);
  blocks_.push_back(std::move(block));
  next_ = memory;
  left_ = wanted;
  used_ = 0;
  all_ += wanted;
  take(size);
  return memory;
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  std::byte* memory = allocate_packed(text.size());
  std::memcpy(memory, text.data(), text.size());
  return {reinterpret_cast<const char*>(memory), text.size()};
}

bool Arena::owns(const void* address) const {
  const auto* wanted = static_cast<const std::byte*>(address);
  return std::any_of(blocks_.rbegin(), blocks_.rend(), [wanted](const Block& block) {
    return wanted >= block.get() && wanted < block.get() + block.get_deleter().size;
  });
}

}  // namespace roost::orm::detail
