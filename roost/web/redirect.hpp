// The result of a handler that sends the client elsewhere.
#pragma once

#include <string>
#include <utility>

namespace roost {

/// Answers with a Location header and no body: `return Redirect("/cats/1")`. Status 302 unless
/// given: 301, 302, 303, 307 or 308.
class Redirect {
 public:
  explicit Redirect(std::string location, int status = 302)
      : location_{std::move(location)}, status_{status} {}

  [[nodiscard]] const std::string& location() const { return location_; }
  [[nodiscard]] int status() const { return status_; }

 private:
  std::string location_;
  int status_;
};

}  // namespace roost
