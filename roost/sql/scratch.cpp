// The arena of encoded parameters.
#include <roost/sql/scratch.hpp>

#include <algorithm>
#include <cstring>
#include <new>

namespace roost::db {

std::byte* Scratch::allocate(std::size_t size) {
  size = (size + 7U) & ~std::size_t{7};
  if (size > left_) {
    const std::size_t block = std::max(size, block_size);
    blocks_.emplace_back(new std::byte[block]);
    next_ = blocks_.back().get();
    left_ = block;
  }
  std::byte* place = next_;
  next_ += size;
  left_ -= size;
  return place;
}

std::string_view Scratch::copy(std::string_view text) {
  if (text.empty()) return "";
  char* place = reinterpret_cast<char*>(allocate(text.size()));
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

std::span<ValueView> Scratch::allocate_values(std::size_t count) {
  auto* first = reinterpret_cast<ValueView*>(allocate(count * sizeof(ValueView)));
  for (std::size_t i = 0; i < count; ++i) ::new (static_cast<void*>(first + i)) ValueView{};
  return {first, count};
}

void Scratch::clear() {
  blocks_.clear();
  next_ = inline_;
  left_ = inline_size;
}

}  // namespace roost::db
