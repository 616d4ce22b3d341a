// Exceptions that become HTTP answers: HttpException and one class per common status.
#pragma once

#include <roost/base/error.hpp>
#include <roost/base/fixed_string.hpp>

#include <exception>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace roost {

/// A response body that is JSON already; sent verbatim.
class RawJson {
 public:
  explicit RawJson(std::string text) : text_{std::move(text)} {}
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// What may accompany an exception: a `description` (takes the place of the title in "error"), an
/// `error_code` (sent as "errorCode") and a `cause` (never sent, kept for logs).
/// `ExceptionOptions().with_error_code("E42")`.
class ExceptionOptions {
 public:
  ExceptionOptions() = default;

  ExceptionOptions& with_description(std::string text) {
    description_ = std::move(text);
    return *this;
  }
  ExceptionOptions& with_error_code(std::string text) {
    error_code_ = std::move(text);
    return *this;
  }
  ExceptionOptions& with_cause(std::exception_ptr cause) {
    cause_ = std::move(cause);
    return *this;
  }

  [[nodiscard]] const std::string& description() const { return description_; }
  [[nodiscard]] const std::string& error_code() const { return error_code_; }
  [[nodiscard]] const std::exception_ptr& cause() const { return cause_; }

 private:
  std::string description_;
  std::string error_code_;
  std::exception_ptr cause_;
};

/// An error that is answered with a status and a JSON body. Thrown by handlers, guards, pipes …;
/// `throw HttpException("Too early", 425)` answers `{"statusCode":425,"message":"Too early"}`.
class HttpException : public Error {
 public:
  HttpException(std::string_view message, int status, const ExceptionOptions& options = {});
  /// Body = `json`, verbatim.
  HttpException(const RawJson& json, int status, const ExceptionOptions& options = {});

  [[nodiscard]] int status() const { return status_; }
  /// The body as JSON text.
  [[nodiscard]] const std::string& body() const { return body_; }
  /// Appends the body as JSON text.
  void to_body(std::string& out) const { out += body_; }
  /// What was given as cause, for logs; null if nothing was.
  [[nodiscard]] const std::exception_ptr& cause() const { return cause_; }

 protected:
  // The named classes: {"message":…,"error":"<Title>","statusCode":N}, without a message
  // {"message":"<Title>","statusCode":N}.
  struct Named {
    int status;
    std::string_view title;
  };
  HttpException(Named named, std::string_view message, const ExceptionOptions& options);
  HttpException(Named named, std::span<const std::string> messages,
                const ExceptionOptions& options);
  HttpException(Named named, const RawJson& json, const ExceptionOptions& options);

 private:
  int status_;
  std::string body_;
  std::exception_ptr cause_;
};

namespace detail {

/// The constructors that all named exceptions share.
template <int Status, FixedString Title>
class NamedException : public HttpException {
 public:
  static constexpr int status_code = Status;
  static constexpr auto title = Title;

  NamedException() : NamedException(std::string_view{}) {}
  NamedException(std::string_view message, const ExceptionOptions& options = {})
      : HttpException(Named{Status, Title.view()}, message, options) {}
  /// The second text takes the place of the title.
  NamedException(std::string_view message, std::string_view description)
      : HttpException(Named{Status, Title.view()}, message,
                      ExceptionOptions().with_description(std::string(description))) {}
  /// Several messages are sent as a list.
  NamedException(std::span<const std::string> messages, const ExceptionOptions& options = {})
      : HttpException(Named{Status, Title.view()}, messages, options) {}
  NamedException(std::initializer_list<std::string> messages, const ExceptionOptions& options = {})
      : HttpException(Named{Status, Title.view()},
                      std::span<const std::string>{messages.begin(), messages.size()}, options) {}
  /// The body is `json`, verbatim.
  NamedException(const RawJson& json, const ExceptionOptions& options = {})
      : HttpException(Named{Status, Title.view()}, json, options) {}
};

}  // namespace detail

/// 400: `{"message":…,"error":"Bad Request","statusCode":400}`.
class BadRequestException : public detail::NamedException<400, "Bad Request"> {
 public:
  using NamedException::NamedException;
};

/// 401: `{"message":…,"error":"Unauthorized","statusCode":401}`.
class UnauthorizedException : public detail::NamedException<401, "Unauthorized"> {
 public:
  using NamedException::NamedException;
};

/// 403: `{"message":…,"error":"Forbidden","statusCode":403}`.
class ForbiddenException : public detail::NamedException<403, "Forbidden"> {
 public:
  using NamedException::NamedException;
};

/// 404: `{"message":…,"error":"Not Found","statusCode":404}`.
class NotFoundException : public detail::NamedException<404, "Not Found"> {
 public:
  using NamedException::NamedException;
};

/// 405: `{"message":…,"error":"Method Not Allowed","statusCode":405}`.
class MethodNotAllowedException : public detail::NamedException<405, "Method Not Allowed"> {
 public:
  using NamedException::NamedException;
};

/// 406: `{"message":…,"error":"Not Acceptable","statusCode":406}`.
class NotAcceptableException : public detail::NamedException<406, "Not Acceptable"> {
 public:
  using NamedException::NamedException;
};

/// 408: `{"message":…,"error":"Request Timeout","statusCode":408}`.
class RequestTimeoutException : public detail::NamedException<408, "Request Timeout"> {
 public:
  using NamedException::NamedException;
};

/// 409: `{"message":…,"error":"Conflict","statusCode":409}`.
class ConflictException : public detail::NamedException<409, "Conflict"> {
 public:
  using NamedException::NamedException;
};

/// 410: `{"message":…,"error":"Gone","statusCode":410}`.
class GoneException : public detail::NamedException<410, "Gone"> {
 public:
  using NamedException::NamedException;
};

/// 412: `{"message":…,"error":"Precondition Failed","statusCode":412}`.
class PreconditionFailedException : public detail::NamedException<412, "Precondition Failed"> {
 public:
  using NamedException::NamedException;
};

/// 413: `{"message":…,"error":"Payload Too Large","statusCode":413}`.
class PayloadTooLargeException : public detail::NamedException<413, "Payload Too Large"> {
 public:
  using NamedException::NamedException;
};

/// 415: `{"message":…,"error":"Unsupported Media Type","statusCode":415}`.
class UnsupportedMediaTypeException : public detail::NamedException<415, "Unsupported Media Type"> {
 public:
  using NamedException::NamedException;
};

/// 418: `{"message":…,"error":"I'm a teapot","statusCode":418}`.
class ImATeapotException : public detail::NamedException<418, "I'm a teapot"> {
 public:
  using NamedException::NamedException;
};

/// 421: `{"message":…,"error":"Misdirected","statusCode":421}`.
class MisdirectedException : public detail::NamedException<421, "Misdirected"> {
 public:
  using NamedException::NamedException;
};

/// 422: `{"message":…,"error":"Unprocessable Entity","statusCode":422}`.
class UnprocessableEntityException : public detail::NamedException<422, "Unprocessable Entity"> {
 public:
  using NamedException::NamedException;
};

/// 500: `{"message":…,"error":"Internal Server Error","statusCode":500}`.
class InternalServerErrorException : public detail::NamedException<500, "Internal Server Error"> {
 public:
  using NamedException::NamedException;
};

/// 501: `{"message":…,"error":"Not Implemented","statusCode":501}`.
class NotImplementedException : public detail::NamedException<501, "Not Implemented"> {
 public:
  using NamedException::NamedException;
};

/// 502: `{"message":…,"error":"Bad Gateway","statusCode":502}`.
class BadGatewayException : public detail::NamedException<502, "Bad Gateway"> {
 public:
  using NamedException::NamedException;
};

/// 503: `{"message":…,"error":"Service Unavailable","statusCode":503}`.
class ServiceUnavailableException : public detail::NamedException<503, "Service Unavailable"> {
 public:
  using NamedException::NamedException;
};

/// 504: `{"message":…,"error":"Gateway Timeout","statusCode":504}`.
class GatewayTimeoutException : public detail::NamedException<504, "Gateway Timeout"> {
 public:
  using NamedException::NamedException;
};

/// 505: `{"message":…,"error":"HTTP Version Not Supported","statusCode":505}`.
class HttpVersionNotSupportedException
    : public detail::NamedException<505, "HTTP Version Not Supported"> {
 public:
  using NamedException::NamedException;
};

}  // namespace roost
