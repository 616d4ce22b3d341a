// Compiled functions that fill a handler's parameters and write its result, working on descriptors
// so that a controller's file instantiates next to nothing.
#pragma once

#include <roost/base/owned.hpp>
#include <roost/meta/type_descriptor.hpp>
#include <roost/web/route_shape.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace roost {
class CookieSigner;
class EventSource;
class FileResponse;
class Redirect;
class Response;
namespace http {
class Request;
class Stream;
}  // namespace http
}  // namespace roost

namespace roost::web {

/// Reads the request's body into `object`, a value-initialised object of `type`, and validates it.
/// Throws BadRequestException with all messages, UnsupportedMediaTypeException.
void bind_body(ExecutionContext& context, const reflect::TypeDescriptor& type, void* object);

/// "Cannot GET /cats/7": what is said where nothing answers.
[[nodiscard]] std::string nothing_there(const http::Request& request);

/// Throws BadRequestException when the body says that it is JSON and is not, and
/// UnsupportedMediaTypeException, as a route that reads it would.
void refuse_malformed_body(const http::Request& request);

/// Reads and validates the query string as a struct. Throws BadRequestException.
void bind_query(ExecutionContext& context, const reflect::TypeDescriptor& type, void* object);

/// Reads one text by its type. Throws BadRequestException, which says what was expected;
/// NotFoundException for an integer in a path that its type cannot hold, as for one that no row
/// has.
void bind_path_parameter(ExecutionContext& context, std::string_view name,
                         const reflect::TypeDescriptor& type, void* object);
void bind_query_parameter(ExecutionContext& context, std::string_view name,
                          const reflect::TypeDescriptor& type, void* object);
void bind_header(ExecutionContext& context, std::string_view name,
                 const reflect::TypeDescriptor& type, void* object);
void bind_cookie(ExecutionContext& context, std::string_view name,
                 const reflect::TypeDescriptor& type, void* object);

/// Of a value whose signature is that of the application's CookieSigner.
void bind_signed_cookie(ExecutionContext& context, std::string_view name,
                        const reflect::TypeDescriptor& type, void* object);

/// Remote address and request id as text.
[[nodiscard]] std::string client_address(ExecutionContext& context);
[[nodiscard]] std::string request_id(ExecutionContext& context);

/// Writers of results: they set the content type and append to the response's body.
void write_json(ExecutionContext& context, const reflect::TypeDescriptor& type, const void* object);
/// Throws roost::Error: the handler of this request returned no `what`.
[[noreturn]] void refuse_nothing(const ExecutionContext& context, std::string_view what);
void write_null(ExecutionContext& context);
void write_text(ExecutionContext& context, std::string_view text);
void write_bytes(ExecutionContext& context, std::span<const std::byte> bytes);
void write_redirect(ExecutionContext& context, const Redirect& redirect);
void write_response(ExecutionContext& context, Response&& response);
/// These throw roost::Error that names the handler when it returned none.
void write_stream(ExecutionContext& context, Owned<http::Stream> stream);
void write_events(ExecutionContext& context, Owned<EventSource> source);
/// Throws NotFoundException; roost::Error that names the handler for a file without a path.
void write_file(ExecutionContext& context, const FileResponse& file);

}  // namespace roost::web
