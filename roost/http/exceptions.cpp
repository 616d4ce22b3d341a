// Bodies of HTTP exceptions as JSON text.
#include <roost/http/detail/json_text.hpp>
#include <roost/http/exceptions.hpp>

#include <utility>

namespace roost {

namespace {

using http::detail::append_json_string;

void append_error_code(std::string& body, const ExceptionOptions& options) {
  if (options.error_code().empty()) return;
  body += ",\"errorCode\":";
  append_json_string(body, options.error_code());
}

std::string base_body(int status, std::string_view message, const ExceptionOptions& options) {
  std::string body = "{\"statusCode\":" + std::to_string(status) + ",\"message\":";
  append_json_string(body, message);
  if (!options.description().empty()) {
    body += ",\"error\":";
    append_json_string(body, options.description());
  }
  append_error_code(body, options);
  body += '}';
  return body;
}

void finish_named(std::string& body, int status, std::string_view title,
                  const ExceptionOptions& options) {
  body += ",\"error\":";
  append_json_string(body, options.description().empty() ? title : options.description());
  body += ",\"statusCode\":" + std::to_string(status);
  append_error_code(body, options);
  body += '}';
}

std::string named_body(int status, std::string_view title, std::string_view message,
                       const ExceptionOptions& options) {
  std::string body = "{\"message\":";
  if (!message.empty()) {
    append_json_string(body, message);
    finish_named(body, status, title, options);
    return body;
  }
  append_json_string(body, title);
  body += ",\"statusCode\":" + std::to_string(status);
  append_error_code(body, options);
  body += '}';
  return body;
}

std::string list_body(int status, std::string_view title, std::span<const std::string> messages,
                      const ExceptionOptions& options) {
  std::string body = "{\"message\":[";
  for (const std::string& message : messages) {
    if (body.back() != '[') body += ',';
    append_json_string(body, message);
  }
  body += ']';
  finish_named(body, status, title, options);
  return body;
}

std::string joined(std::span<const std::string> messages) {
  std::string text;
  for (const std::string& message : messages) {
    if (!text.empty()) text += "; ";
    text += message;
  }
  return text;
}

}  // namespace

HttpException::HttpException(std::string_view message, int status, const ExceptionOptions& options)
    : Error{std::string(message)},
      status_{status},
      body_{base_body(status, message, options)},
      cause_{options.cause()} {}

HttpException::HttpException(const RawJson& json, int status, const ExceptionOptions& options)
    : Error{json.text()}, status_{status}, body_{json.text()}, cause_{options.cause()} {}

HttpException::HttpException(Named named, std::string_view message, const ExceptionOptions& options)
    : Error{std::string(message.empty() ? named.title : message)},
      status_{named.status},
      body_{named_body(named.status, named.title, message, options)},
      cause_{options.cause()} {}

HttpException::HttpException(Named named, std::span<const std::string> messages,
                             const ExceptionOptions& options)
    : Error{joined(messages)},
      status_{named.status},
      body_{list_body(named.status, named.title, messages, options)},
      cause_{options.cause()} {}

HttpException::HttpException(Named named, const RawJson& json, const ExceptionOptions& options)
    : Error{json.text()}, status_{named.status}, body_{json.text()}, cause_{options.cause()} {}

}  // namespace roost
