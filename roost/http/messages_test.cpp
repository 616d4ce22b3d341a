// Requests, responses, exceptions and the small texts around them.
#include <roost/base/error.hpp>
#include <roost/http/detail/percent.hpp>
#include <roost/http/detail/response_writer.hpp>
#include <roost/http/detail/utf8.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/status.hpp>
#include <roost/http/stream.hpp>

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace roost::http {
namespace {

TEST(Exceptions, NamedClassesHaveTheirStatusAndTitle) {
  const auto expect = [](const HttpException& exception, int status, const std::string& title) {
    EXPECT_EQ(exception.status(), status);
    EXPECT_EQ(exception.body(),
              R"({"message":")" + title + R"(","statusCode":)" + std::to_string(status) + "}");
  };
  expect(BadRequestException(), 400, "Bad Request");
  expect(UnauthorizedException(), 401, "Unauthorized");
  expect(ForbiddenException(), 403, "Forbidden");
  expect(NotFoundException(), 404, "Not Found");
  expect(MethodNotAllowedException(), 405, "Method Not Allowed");
  expect(NotAcceptableException(), 406, "Not Acceptable");
  expect(RequestTimeoutException(), 408, "Request Timeout");
  expect(ConflictException(), 409, "Conflict");
  expect(GoneException(), 410, "Gone");
  expect(PreconditionFailedException(), 412, "Precondition Failed");
  expect(PayloadTooLargeException(), 413, "Payload Too Large");
  expect(UnsupportedMediaTypeException(), 415, "Unsupported Media Type");
  expect(ImATeapotException(), 418, "I'm a teapot");
  expect(MisdirectedException(), 421, "Misdirected");
  expect(UnprocessableEntityException(), 422, "Unprocessable Entity");
  expect(InternalServerErrorException(), 500, "Internal Server Error");
  expect(NotImplementedException(), 501, "Not Implemented");
  expect(BadGatewayException(), 502, "Bad Gateway");
  expect(ServiceUnavailableException(), 503, "Service Unavailable");
  expect(GatewayTimeoutException(), 504, "Gateway Timeout");
  expect(HttpVersionNotSupportedException(), 505, "HTTP Version Not Supported");
}

TEST(Exceptions, BodyFollowsWhatWasGiven) {
  EXPECT_EQ(NotFoundException("Cat #7 not found").body(),
            R"({"message":"Cat #7 not found","error":"Not Found","statusCode":404})");
  EXPECT_EQ(NotFoundException("").body(), R"({"message":"Not Found","statusCode":404})");
  EXPECT_EQ(ConflictException(std::string("taken")).body(),
            R"({"message":"taken","error":"Conflict","statusCode":409})");
  EXPECT_EQ(BadRequestException("text", "Short").body(),
            R"({"message":"text","error":"Short","statusCode":400})");
  EXPECT_EQ(BadRequestException("text", ExceptionOptions().with_error_code("E42")).body(),
            R"({"message":"text","error":"Bad Request","statusCode":400,"errorCode":"E42"})");
  EXPECT_EQ(BadRequestException(RawJson(R"({"own":[1,2]})")).body(), R"({"own":[1,2]})");
}

TEST(Exceptions, SeveralMessagesAreAList) {
  EXPECT_EQ(BadRequestException({"a", "b"}).body(),
            R"({"message":["a","b"],"error":"Bad Request","statusCode":400})");
  EXPECT_EQ(BadRequestException({"only"}).body(),
            R"({"message":["only"],"error":"Bad Request","statusCode":400})");
  const std::vector<std::string> messages{"name \"x\"", "ümlaut"};
  EXPECT_EQ(BadRequestException(messages).body(),
            R"({"message":["name \"x\"","ümlaut"],"error":"Bad Request","statusCode":400})");
}

TEST(Exceptions, BaseClassHasItsOwnKeyOrder) {
  const HttpException exception("Forbidden", 403);
  EXPECT_EQ(exception.body(), R"({"statusCode":403,"message":"Forbidden"})");
  EXPECT_EQ(HttpException("odd", 499).status(), 499);
  EXPECT_EQ(HttpException(RawJson("[1]"), 403).body(), "[1]");
}

TEST(Exceptions, CauseIsKeptAndNotSent) {
  const auto secret = std::make_exception_ptr(std::runtime_error("secret"));
  const InternalServerErrorException exception("", ExceptionOptions().with_cause(secret));
  EXPECT_EQ(exception.cause(), secret);
  EXPECT_EQ(exception.body().find("secret"), std::string::npos);
  EXPECT_THROW(throw NotFoundException("x"), Error);
}

TEST(Exceptions, HostileTextCannotBreakTheBody) {
  EXPECT_EQ(NotFoundException(std::string_view("a\"\\\n\0\x1f\xff", 7)).body(),
            "{\"message\":\"a\\\"\\\\\\n\\u0000\\u001f\xEF\xBF\xBD\","
            "\"error\":\"Not Found\",\"statusCode\":404}");
}

TEST(Request, TakesTargetsApart) {
  Request request;
  ASSERT_TRUE(request.assign_target("/cats/7?page=2&x=?"));
  EXPECT_EQ(request.path(), "/cats/7");
  EXPECT_EQ(request.query(), "page=2&x=?");
  EXPECT_TRUE(request.authority().empty());
  ASSERT_TRUE(request.assign_target("http://example.org:80/a?b"));
  EXPECT_EQ(request.path(), "/a");
  EXPECT_EQ(request.authority(), "example.org:80");
  EXPECT_EQ(request.query(), "b");
  ASSERT_TRUE(request.assign_target("HTTP://example.org?b"));
  EXPECT_EQ(request.path(), "/");
  ASSERT_TRUE(request.assign_target("https://example.org"));
  EXPECT_EQ(request.path(), "/");
  ASSERT_TRUE(request.assign_target("*"));
  EXPECT_EQ(request.path(), "*");
}

TEST(Request, DecodesPathsButNeverSplitsAtEscapedSlashes) {
  Request request;
  ASSERT_TRUE(request.assign_target("/c%61ts/%E2%82%AC/a%2Fb%2fc/%25zz/+"));
  EXPECT_EQ(request.path(), "/cats/€/a%2Fb%2Fc/%25zz/+");
  EXPECT_EQ(request.raw_path(), "/c%61ts/%E2%82%AC/a%2Fb%2fc/%25zz/+");
  request.add_path_parameter("x", "a%2Fb%25");
  EXPECT_EQ(request.path_parameter("x"), "a/b%");
  ASSERT_TRUE(request.assign_target("//cats"));
  EXPECT_EQ(request.path(), "//cats");
}

TEST(Request, RefusesTargetsThatCouldMisleadSomebody) {
  Request request;
  for (const char* target : {"/%zz",    "/%",         "/%4",       "/a%00b",    "/%ff",
                             "/%C0%AF", "/%ED%A0%80", "/..",       "/a/../b",   "/a/.",
                             "/./a",    "/%2e%2e/a",  "/a/%2E",    "/.%2e",     "",
                             "cats",    "http://",    "http:///x", "ftp://x/y", "http://user@host/",
                             "/a b",    "/a#b",       "/\xc3\xa4", "/a\x01",    "/a\x7f",
                             "?x"}) {
    EXPECT_FALSE(request.assign_target(target)) << target;
  }
  for (const char* target : {"/a..b", "/...", "/.well-known/x", "/..a", "/a.", "/<>\"{}|\\^`"}) {
    EXPECT_TRUE(request.assign_target(target)) << target;
  }
}

TEST(Request, QueryParameters) {
  Request request;
  ASSERT_TRUE(request.assign_target("/?a=1&a=2&b=&c&&f[x]=1&d=x+y%20z&e=%zz%&=q&u=%FFx&k%3D=v;w"));
  const std::vector<Field> expected{{"a", "1"},    {"a", "2"},    {"b", ""},
                                    {"c", ""},     {"f[x]", "1"}, {"d", "x y z"},
                                    {"e", "%zz%"}, {"", "q"},     {"u", "\xEF\xBF\xBDx"},
                                    {"k=", "v;w"}};
  const auto found = request.query_parameters();
  EXPECT_EQ(std::vector<Field>(found.begin(), found.end()), expected);
  EXPECT_EQ(request.query_parameter("a"), "1");
  EXPECT_EQ(request.query_parameter("z"), std::nullopt);
}

TEST(Request, Cookies) {
  Request request;
  request.add_header("cookie", "sid=abc; theme=\"dark\";x=%20y; broken; =e; z=");
  request.add_header("Cookie", "sid=second");
  EXPECT_EQ(request.cookie("sid"), "abc");
  EXPECT_EQ(request.cookie("theme"), "dark");
  EXPECT_EQ(request.cookie("x"), " y");
  EXPECT_EQ(request.cookie("z"), "");
  EXPECT_EQ(request.cookie("broken"), std::nullopt);
}

TEST(Request, HeadersAreFoundInAnyCase) {
  Request request;
  request.add_header("Content-Type", "text/plain");
  EXPECT_EQ(request.header("content-TYPE"), "text/plain");
  EXPECT_EQ(request.header("Content-Typ"), std::nullopt);
}

struct Witness {
  explicit Witness(std::string& log, char name) : log_{log}, name_{name} {}
  ~Witness() { log_ += name_; }
  std::string& log_;
  char name_;
};
struct OtherWitness : Witness {
  using Witness::Witness;
};

TEST(Request, ExtensionsLiveAsLongAsTheRequest) {
  std::string log;
  Request request;
  EXPECT_EQ(request.extension<Witness>(), nullptr);
  request.emplace_extension<Witness>(log, 'a');
  Witness& found = request.emplace_extension<OtherWitness>(log, 'b');
  EXPECT_EQ(request.extension<OtherWitness>(), &found);
  EXPECT_EQ(request.extension<Witness>()->name_, 'a');
  int attached = 3;
  request.attach_extension(attached);
  EXPECT_EQ(request.extension<int>(), &attached);
  request.reset();
  EXPECT_EQ(log, "ba");
  EXPECT_EQ(request.extension<Witness>(), nullptr);
}

TEST(Request, IdsAreUniqueUnlessGiven) {
  std::set<std::string> ids;
  Request first;
  Request second;
  for (int i = 0; i < 1000; ++i) {
    ids.insert(std::string(first.id()));
    ids.insert(std::string(second.id()));
    EXPECT_EQ(first.id(), first.id());
    first.reset();
    second.reset();
  }
  EXPECT_EQ(ids.size(), 2000U);
  first.assign_id("given");
  EXPECT_EQ(first.id(), "given");
}

TEST(Request, RebaseMovesOnlyViewsIntoTheBuffer) {
  const std::string buffer = "GET /a?b HTTP/1.1 X: y";
  const std::string copy(buffer.data(), buffer.size());
  Request request;
  const std::string_view view = buffer;
  request.assign_method(view.substr(0, 3));
  ASSERT_TRUE(request.assign_target(view.substr(4, 4)));
  request.add_header("literal", view.substr(21, 1));
  request.rebase(buffer.data(), buffer.size(), copy.data());
  EXPECT_EQ(request.target().data(), copy.data() + 4);
  EXPECT_EQ(request.query().data(), copy.data() + 7);
  EXPECT_EQ(request.headers()[0].value.data(), copy.data() + 21);
  EXPECT_EQ(request.headers()[0].name, "literal");
}

TEST(Response, HeadersAreSetAddedReplacedRemoved) {
  Response response;
  response.header("X-One", "1").header("X-Two", "2").add_header("Set-Cookie", "a=1");
  response.add_header("set-cookie", "b=2").header("x-one", "uno");
  EXPECT_EQ(response.header_block(),
            "X-Two: 2\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nx-one: uno\r\n");
  EXPECT_EQ(response.header("X-ONE"), "uno");
  response.remove_header("Set-Cookie");
  EXPECT_EQ(response.header_block(), "X-Two: 2\r\nx-one: uno\r\n");
  response.content_type("text/plain");
  EXPECT_EQ(response.header("content-type"), "text/plain");
  response.header("Content-Type", "text/html");
  EXPECT_EQ(response.content_type(), "text/html");
  response.redirect("/elsewhere");
  EXPECT_EQ(response.status(), 302U);
  response.reset();
  EXPECT_EQ(response.header_block(), "");
  EXPECT_EQ(response.content_type(), "");
  EXPECT_EQ(response.status(), 200U);
}

TEST(Response, HeaderInjectionIsRefused) {
  Response response;
  EXPECT_THROW(response.header("X", "a\r\nSet-Cookie: evil=1"), Error);
  EXPECT_THROW(response.header("X", "a\nb"), Error);
  EXPECT_THROW(response.header("X", std::string_view("a\0b", 3)), Error);
  EXPECT_THROW(response.header("X: y\r\nZ", "v"), Error);
  EXPECT_THROW(response.header("", "v"), Error);
  EXPECT_THROW(response.header("a b", "v"), Error);
  EXPECT_THROW(response.content_type("text/plain\r\nX: y"), Error);
  EXPECT_THROW(response.status(99), Error);
  EXPECT_THROW(response.status(1000), Error);
  EXPECT_EQ(response.header_block(), "");
}

std::string written(const Response& response, detail::WriteContext context) {
  detail::DateCache date;
  std::string out;
  detail::write_response(out, date, response, detail::body_mode(response, context), context);
  const std::size_t begin = out.find("Date: ");
  EXPECT_EQ(out.substr(begin + 35, 2), "\r\n");
  out.erase(begin, 37);
  return out;
}

TEST(Response, FramingBelongsToTheServer) {
  Response response;
  response.header("Content-Length", "99").header("Transfer-Encoding", "chunked");
  response.header("Date", "never").header("Connection", "keep-alive").body("abc");
  EXPECT_EQ(written(response, {}), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
  detail::WriteContext head;
  head.head_request = true;
  EXPECT_EQ(written(response, head), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
  response.clear_body().header("Content-Length", "99");
  EXPECT_EQ(written(response, head), "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
  response.header("Connection", "close");
  EXPECT_TRUE(response.closes_connection());
}

TEST(Response, WritesByStatusAndVersion) {
  Response response;
  response.status(204).content_type("text/plain").body("never sent");
  EXPECT_EQ(written(response, {}), "HTTP/1.1 204 No Content\r\n\r\n");
  response.reset();
  response.status(404).header("X", "y").static_body("gone");
  detail::WriteContext old;
  old.minor_version = 0;
  EXPECT_EQ(written(response, old),
            "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nX: y\r\nConnection: keep-alive\r\n\r\n"
            "gone");
  old.keep_alive = false;
  response.status(599);
  EXPECT_EQ(written(response, old),
            "HTTP/1.1 599 Unknown Status\r\nContent-Length: 4\r\nX: y\r\nConnection: close\r\n\r\n"
            "gone");
}

TEST(Response, LastBodyWins) {
  Response response;
  response.static_body("static");
  response.body() += "owned";
  EXPECT_EQ(response.body_view(), "owned");
  response.static_body("static");
  EXPECT_EQ(response.body_view(), "static");
  response.clear_body();
  EXPECT_EQ(response.body_view(), "");
}

TEST(Methods, NamesRoundTrip) {
  for (std::size_t i = 0; i + 1 < method_count; ++i) {
    const auto method = static_cast<Method>(i);
    EXPECT_EQ(parse_method(to_string(method)), method);
  }
  EXPECT_EQ(parse_method("get"), Method::other);
  EXPECT_EQ(parse_method("GETT"), Method::other);
  EXPECT_EQ(parse_method(""), Method::other);
  MethodSet set;
  set.add(Method::POST);
  set.add(Method::GET);
  set.add(Method::other);
  EXPECT_EQ(set.to_string(), "GET, POST");
}

TEST(Text, Utf8) {
  using detail::is_valid_utf8;
  for (const char* valid : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xEF\xBF\xBF",
                            "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(is_valid_utf8(valid));
  }
  for (const char* invalid :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC2", "\xE2\x82", "\xF0\x9F\x90", "\xC2x"}) {
    EXPECT_FALSE(is_valid_utf8(invalid));
  }
}

TEST(Text, ListsAndCase) {
  EXPECT_TRUE(list_contains("keep-alive, Close", "close"));
  EXPECT_TRUE(list_contains("\tclose ,x", "close"));
  EXPECT_FALSE(list_contains("closed", "close"));
  EXPECT_FALSE(list_contains("", "close"));
  EXPECT_TRUE(equal_ignoring_case("HoSt", "hOsT"));
  EXPECT_FALSE(equal_ignoring_case("[", "{"));
}

}  // namespace
}  // namespace roost::http
