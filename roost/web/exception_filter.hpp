// The default filter: exceptions as answers in the standard shape.
#pragma once

namespace roost {
class HttpException;
namespace http {
class Response;
}
}  // namespace roost

namespace roost::web {

/// Replaces the response's body by the exception's; headers set before stay.
void write_exception(http::Response& response, const HttpException& exception) noexcept;

/// A 500 that tells nothing of what happened.
void write_internal_error(http::Response& response) noexcept;

}  // namespace roost::web
