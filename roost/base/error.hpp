// The root of every exception that Roost throws on purpose.
#pragma once

#include <stdexcept>
#include <string_view>

namespace roost {

/// Base of all Roost exceptions. `what()` says what was wrong, where (type, field, route,
/// statement) and what to do about it; it is meant for logs and programmers, never for clients.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Mixed into an Error that what a client sent has caused, and nothing else: it is answered with
/// 400 and this text instead of 500, unless the application catches it.
class InputFault {
 public:
  InputFault() = default;
  InputFault(const InputFault&) = default;
  InputFault& operator=(const InputFault&) = default;
  virtual ~InputFault() = default;

  /// What the client may be told. Lives as long as this.
  [[nodiscard]] virtual std::string_view input_message() const noexcept = 0;
};

}  // namespace roost
