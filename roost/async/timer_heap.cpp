// The binary heap behind sleeping and deadlines.
#include <roost/async/detail/timer_heap.hpp>

namespace roost::async {

void TimerHeap::add(TimerNode& node, TimePoint when) {
  node.when_ = when;
  node.sequence_ = sequence_++;
  nodes_.push_back(&node);
  sift_up(node, nodes_.size() - 1);
}

void TimerHeap::remove(TimerNode& node) noexcept {
  const std::size_t index = node.index_;
  if (index == TimerNode::none) return;
  node.index_ = TimerNode::none;
  TimerNode* last = nodes_.back();
  nodes_.pop_back();
  if (last == &node) return;
  if (index > 0 && before(*last, *nodes_[(index - 1) / 2])) {
    sift_up(*last, index);
  } else {
    sift_down(*last, index);
  }
}

void TimerHeap::fire_until(TimePoint now) {
  while (!nodes_.empty() && nodes_.front()->when_ <= now) {
    TimerNode& node = *nodes_.front();
    remove(node);
    node.fire_(node);
  }
}

void TimerHeap::sift_up(TimerNode& node, std::size_t index) noexcept {
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (!before(node, *nodes_[parent])) break;
    place(*nodes_[parent], index);
    index = parent;
  }
  place(node, index);
}

void TimerHeap::sift_down(TimerNode& node, std::size_t index) noexcept {
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= nodes_.size()) break;
    if (child + 1 < nodes_.size() && before(*nodes_[child + 1], *nodes_[child])) ++child;
    if (!before(*nodes_[child], node)) break;
    place(*nodes_[child], index);
    index = child;
  }
  place(node, index);
}

}  // namespace roost::async
