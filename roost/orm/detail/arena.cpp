// The growing of arenas.
#include <roost/orm/detail/arena.hpp>

#include <algorithm>
#include <cstring>

namespace roost::orm::detail {

std::byte* Arena::grow(std::size_t size) {
  const std::size_t most = std::clamp(all_ / part_of_all, usual_block, largest_block);
  const std::size_t usual = blocks_.empty() ? first_block : std::min(most, blocks_.back().size * 2);
  const std::size_t wanted = std::max(usual, size);
  auto* memory = static_cast<std::byte*>(::operator new (wanted, std::align_val_t{unit}));
  blocks_.push_back({std::unique_ptr<std::byte, Free>{memory}, wanted});
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
    return wanted >= block.memory.get() && wanted < block.memory.get() + block.size;
  });
}

}  // namespace roost::orm::detail
