// Intrusive lists of things that an event loop will run or tell.
#pragma once

#include <roost/async/subject.hpp>

#include <coroutine>

namespace roost::async {

/// An element of a LoopList; takes itself out of its list when destroyed. Not thread-safe.
class LoopNode {
 public:
  using Run = void (*)(LoopNode&);

  explicit LoopNode(Run action) noexcept : run_{action} {}
  LoopNode(const LoopNode&) = delete;
  LoopNode& operator=(const LoopNode&) = delete;

  [[nodiscard]] bool linked() const noexcept { return next_ != nullptr; }
  void unlink() noexcept {
    if (next_ == nullptr) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = nullptr;
    previous_ = nullptr;
  }
  /// What the list's owner calls, after taking the node out of the list.
  void run() { run_(*this); }

 protected:
  ~LoopNode() { unlink(); }

 private:
  friend class LoopList;
  LoopNode* next_ = nullptr;
  LoopNode* previous_ = nullptr;
  Run run_;
};

/// A queue of nodes that it does not own. Not thread-safe.
class LoopList {
 public:
  LoopList() noexcept : head_{nullptr} { reset(); }
  LoopList(const LoopList&) = delete;
  LoopList& operator=(const LoopList&) = delete;
  ~LoopList() {
    while (pop_front() != nullptr) {
    }
  }

  [[nodiscard]] bool empty() const noexcept { return head_.next_ == &head_; }
  [[nodiscard]] LoopNode* front() const noexcept { return empty() ? nullptr : head_.next_; }

  /// Appends a node that is in no list.
  void push_back(LoopNode& node) noexcept {
    node.previous_ = head_.previous_;
    node.next_ = &head_;
    head_.previous_->next_ = &node;
    head_.previous_ = &node;
  }
  /// Takes the first node out; null when there is none.
  LoopNode* pop_front() noexcept {
    if (empty()) return nullptr;
    LoopNode* node = head_.next_;
    node->unlink();
    return node;
  }
  /// Moves all nodes of `other` to the end of this list.
  void append(LoopList& other) noexcept {
    if (other.empty()) return;
    LoopNode* first = other.head_.next_;
    LoopNode* last = other.head_.previous_;
    other.reset();
    first->previous_ = head_.previous_;
    head_.previous_->next_ = first;
    last->next_ = &head_;
    head_.previous_ = last;
  }

 private:
  struct Head : LoopNode {
    using LoopNode::LoopNode;
  };
  void reset() noexcept {
    head_.next_ = &head_;
    head_.previous_ = &head_;
  }

  Head head_;
};

/// A coroutine that the loop is to resume, for the subject that it works for now; forgotten when
/// destroyed before that.
class ResumeNode : public LoopNode {
 public:
  ResumeNode() noexcept : LoopNode{&ResumeNode::resume} {}
  void set_coroutine(std::coroutine_handle<> coroutine) noexcept {
    coroutine_ = coroutine;
    subject_ = current_subject;
  }
  [[nodiscard]] std::coroutine_handle<> coroutine() const noexcept { return coroutine_; }

 private:
  static void resume(LoopNode& node) {
    auto& self = static_cast<ResumeNode&>(node);
    const SubjectScope subject{self.subject_};
    self.coroutine_.resume();
  }

  std::coroutine_handle<> coroutine_;
  void* subject_ = nullptr;
};

}  // namespace roost::async
