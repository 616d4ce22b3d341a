#include "throwing.hpp"

#include <roost/http/exceptions.hpp>

#include <charconv>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace probe {

using namespace roost;

namespace {

/// Throws the built-in exception of a status, made with these arguments.
template <class... Arguments>
void throw_by_status(int status, const Arguments&... arguments) {
  switch (status) {
    case 400:
      throw BadRequestException(arguments...);
    case 401:
      throw UnauthorizedException(arguments...);
    case 403:
      throw ForbiddenException(arguments...);
    case 404:
      throw NotFoundException(arguments...);
    case 405:
      throw MethodNotAllowedException(arguments...);
    case 406:
      throw NotAcceptableException(arguments...);
    case 408:
      throw RequestTimeoutException(arguments...);
    case 409:
      throw ConflictException(arguments...);
    case 410:
      throw GoneException(arguments...);
    case 412:
      throw PreconditionFailedException(arguments...);
    case 413:
      throw PayloadTooLargeException(arguments...);
    case 415:
      throw UnsupportedMediaTypeException(arguments...);
    case 418:
      throw ImATeapotException(arguments...);
    case 421:
      throw MisdirectedException(arguments...);
    case 422:
      throw UnprocessableEntityException(arguments...);
    case 500:
      throw InternalServerErrorException(arguments...);
    case 501:
      throw NotImplementedException(arguments...);
    case 502:
      throw BadGatewayException(arguments...);
    case 503:
      throw ServiceUnavailableException(arguments...);
    case 504:
      throw GatewayTimeoutException(arguments...);
    case 505:
      throw HttpVersionNotSupportedException(arguments...);
    default:
      break;
  }
}

/// "default404" is the word "default" and 404; 0 when there is no number.
int status_of(std::string_view kind, std::string_view& word) {
  const auto digit = kind.find_first_of("0123456789");
  word = kind.substr(0, digit);
  int status = 0;
  if (digit == std::string_view::npos) return 0;
  std::from_chars(kind.data() + digit, kind.data() + kind.size(), status);
  return status;
}

void throw_named(std::string_view word, int status) {
  const std::string_view nope = "nope";
  if (word == "default") throw_by_status(status);
  if (word == "text" || word == "message" || word == "string") throw_by_status(status, nope);
  if (word == "desc") throw_by_status(status, nope, std::string_view{"Short description"});
  if (word == "description" || word == "options") {
    throw_by_status(status, nope, ExceptionOptions().with_description("Short description"));
  }
  if (word == "array") throw_by_status(status, std::vector<std::string>{"a", "b"});
  if (word == "object") throw_by_status(status, RawJson(R"({"code":"E1","detail":"x"})"));
  if (word == "code") throw_by_status(status, nope, ExceptionOptions().with_error_code("E42"));
  if (word == "cause") {
    const auto cause = std::make_exception_ptr(std::runtime_error("secret"));
    throw_by_status(status, nope, ExceptionOptions().with_cause(cause));
  }
}

}  // namespace

void throw_by_name(std::string_view kind) {
  std::string_view word;
  const int status = status_of(kind, word);
  throw_named(word, status);
  if (kind == "base") throw HttpException("Forbidden", 403);
  if (kind == "baseObject") throw HttpException(RawJson(R"({"status":403,"error":"custom"})"), 403);
  if (kind == "base499" || kind == "custom499") throw HttpException("Odd", 499);
  if (kind == "base99999") throw HttpException("Out of range", 99999);
  if (kind == "httpErrorShape") throw HttpException("shaped", 409);
  if (kind == "plain" || kind == "error") throw std::runtime_error("secret: never sent");
  if (kind == "string") throw "secret: never sent";
  if (kind == "number") throw 42;
  throw NotFoundException("no exception is called " + std::string(kind));
}

}  // namespace probe
