// PRIVATE: puts the policies of an application into effect.
#pragma once

#include <roost/http/header_block.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/web/detail/compression.hpp>
#include <roost/web/http_policies.hpp>

namespace roost::web {

/// Immutable; one serves all loops.
class PolicyRunner {
 public:
  explicit PolicyRunner(HttpPolicies policies);

  /// Before anything else looks at the request; true when that was the answer already.
  bool begin(http::Request& request, http::Response& response) const;
  /// Something is to be done with the complete answer.
  [[nodiscard]] bool has_end() const { return policies_.compression.has_value(); }
  /// With the complete answer.
  void end(const http::Request& request, http::Response& response) const;
  /// For answers to what never became a request.
  void decorate(http::Response& response) const { response.default_headers(&defaults_); }

 private:
  bool compress(Encoding encoding, http::Response& response) const;
  bool answer_origin(const http::Request& request, http::Response& response) const;
  [[nodiscard]] std::string_view allowed_origin(std::string_view origin) const;

  HttpPolicies policies_;
  http::HeaderBlock defaults_;
};

}  // namespace roost::web
