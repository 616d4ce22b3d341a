// What of the policies copies or owns: not inline, as every file with roost.hpp would compile it.
#include <roost/web/http_policies.hpp>

namespace roost {

CorsOptions::CorsOptions() = default;
CorsOptions::CorsOptions(const CorsOptions& other) = default;
CorsOptions& CorsOptions::operator=(const CorsOptions& other) = default;
CorsOptions::~CorsOptions() = default;

CorsOptions& CorsOptions::origins(std::vector<std::string> origins) {
  origins_ = std::move(origins);
  return *this;
}

SecurityHeaders::SecurityHeaders(const SecurityHeaders& other) = default;
SecurityHeaders& SecurityHeaders::operator=(const SecurityHeaders& other) = default;
SecurityHeaders::~SecurityHeaders() = default;

HttpPolicies::HttpPolicies() { security_headers.emplace(); }
HttpPolicies::HttpPolicies(const HttpPolicies& other) = default;
HttpPolicies& HttpPolicies::operator=(const HttpPolicies& other) = default;
HttpPolicies::~HttpPolicies() = default;

}  // namespace roost
