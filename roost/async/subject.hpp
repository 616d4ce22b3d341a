// What the code that runs on this thread works for now: a request, as a rule.
#pragma once

namespace roost::async {

/// Null: nothing in particular. A server sets it while it starts the work; a coroutine that has
/// been suspended goes on with the subject that it had. Spawned tasks, posted functions and other
/// threads begin without one, since they may outlive it. roost/http is the only one to set it, to a
/// http::Request (see http::current_request).
inline constinit thread_local void* current_subject = nullptr;

/// Sets the subject while it lives.
class SubjectScope {
 public:
  explicit SubjectScope(void* subject) noexcept : before_{current_subject} {
    current_subject = subject;
  }
  SubjectScope(const SubjectScope&) = delete;
  SubjectScope& operator=(const SubjectScope&) = delete;
  ~SubjectScope() { current_subject = before_; }

 private:
  void* before_;
};

}  // namespace roost::async
