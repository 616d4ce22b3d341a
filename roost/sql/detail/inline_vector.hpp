// A vector whose first elements live in the object itself: expressions are small.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost::db::detail {

/// Room for N elements without allocation; T is default-constructible and cheap to move.
template <class T, std::size_t N>
class InlineVector {
 public:
  InlineVector() = default;
  InlineVector(const InlineVector& other) : more_{other.more_}, size_{other.size_} {
    if (more_.empty()) copy(other);
  }
  InlineVector(InlineVector&& other) noexcept
      : more_{std::move(other.more_)}, size_{std::exchange(other.size_, 0)} {
    if (more_.empty()) take(other);
    other.more_.clear();
  }
  InlineVector& operator=(const InlineVector& other) {
    if (this != &other) *this = InlineVector{other};
    return *this;
  }
  InlineVector& operator=(InlineVector&& other) noexcept {
    more_ = std::move(other.more_);
    size_ = std::exchange(other.size_, 0);
    if (more_.empty()) take(other);
    other.more_.clear();
    return *this;
  }
  ~InlineVector() = default;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] T* begin() { return more_.empty() ? &first_[0] : more_.data(); }
  [[nodiscard]] T* end() { return begin() + size_; }
  [[nodiscard]] const T* begin() const { return more_.empty() ? &first_[0] : more_.data(); }
  [[nodiscard]] const T* end() const { return begin() + size_; }
  [[nodiscard]] T& operator[](std::size_t i) { return begin()[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return begin()[i]; }

  void push_back(T value) {
    if (more_.empty() && size_ < N) {
      first_[size_++] = std::move(value);
      return;
    }
    spill(1);
    more_.push_back(std::move(value));
    ++size_;
  }
  void push_front(T value) {
    push_back(T{});
    T* const elements = begin();
    for (std::size_t i = size_ - 1; i > 0; --i) elements[i] = std::move(elements[i - 1]);
    elements[0] = std::move(value);
  }
  /// Appends those of `other` from `from` on.
  void append(InlineVector&& other, std::size_t from = 0) {
    if (more_.empty() && size_ + other.size_ > N) spill(other.size_);
    for (std::size_t i = from; i < other.size_; ++i) push_back(std::move(other[i]));
  }

 private:
  void copy(const InlineVector& other) {
    for (std::size_t i = 0; i < size_; ++i) first_[i] = other.first_[i];
  }
  void take(InlineVector& other) {
    for (std::size_t i = 0; i < size_; ++i) first_[i] = std::move(other.first_[i]);
  }
  void spill(std::size_t extra) {
    if (!more_.empty()) return;
    more_.reserve(2 * (size_ + extra));
    for (std::size_t i = 0; i < size_; ++i) more_.push_back(std::move(first_[i]));
  }

  T first_[N]{};
  std::vector<T> more_;  // all of them, once they do not fit
  std::size_t size_ = 0;
};

}  // namespace roost::db::detail
