// Test data: malformed and hostile requests, and what a server has to answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace roost::http::detail {

struct HostileRequest {
  const char* name;
  std::string bytes;
  /// Status of the last answer; 200 for what must be accepted.
  unsigned status;
};

/// All of them; every one with a status other than 200 must also close the connection.
[[nodiscard]] inline std::vector<HostileRequest> hostile_requests() {
  using namespace std::string_literals;
  const auto get = [](std::string_view fields) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
  };
  const auto post = [](std::string_view fields, std::string_view body) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
  };
  const auto chunked = [&](std::string_view body) {
    return post("Transfer-Encoding: chunked\r\n", body);
  };
  const auto target = [](std::string_view text) {
    return "GET " + std::string(text) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  const std::string big(9000, 'a');
  std::string many;
  for (int i = 0; i < 101; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  std::string large;
  for (int i = 0; i < 5; ++i) large += "X-Large: " + std::string(4000, 'b') + "\r\n";

  return {
      // Accepted.
      {"plain", get(""), 200},
      {"an empty line before the request", "\r\n" + get(""), 200},
      {"white space around a value", get("X:   y \t \r\n"), 200},
      {"empty value", get("X:\r\n"), 200},
      {"obs-text in a value", get("X: \xe4\r\n"), 200},
      {"tab in a value", get("X: a\tb\r\n"), 200},
      {"absolute form", "GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n", 200},
      {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200},
      {"unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 200},
      {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 200},
      {"empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 200},
      {"IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200},
      {"body of length", post("Content-Length: 3\r\n", "abc"), 200},
      {"length with leading zeros", post("Content-Length: 003\r\n", "abc"), 200},
      {"length 0", post("Content-Length: 0\r\n", ""), 200},
      {"chunks", chunked("3\r\nabc\r\n0\r\n\r\n"), 200},
      {"coding in another case", post("transfer-ENCODING: Chunked\r\n", "0\r\n\r\n"), 200},
      {"chunk extension", chunked("3;x=\"y\"\r\nabc\r\n0;z\r\n\r\n"), 200},
      {"trailers", chunked("3\r\nabc\r\n0\r\nX: y\r\nZ:\r\n\r\n"), 200},
      {"upper and lower hex", chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), 200},
      {"zeros before a chunk size", chunked("0003\r\nabc\r\n000\r\n\r\n"), 200},
      {"query with odd characters", target("/nope?x=1&y=<b>{}|^"), 200},
      {"escaped slash", target("/a%2Fb"), 200},

      // Request line.
      {"nothing like HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
      {"leading space", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two empty lines first", "\r\n\r\n" + get(""), 400},
      {"bare line feed first", "\n" + get(""), 400},
      {"no version", "GET /\r\nHost: a\r\n\r\n", 400},
      {"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"only a method", "GET\r\nHost: a\r\n\r\n", 400},
      {"two spaces after the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two spaces before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"tab after the method", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"text after the version", "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n", 400},
      {"space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"version of one digit", "GET / HTTP/1\r\nHost: a\r\n\r\n", 400},
      {"version of three digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
      {"another protocol", "GET / FTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"method of no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"method with a colon", "GET: / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"NUL in the method", "G\0T / HTTP/1.1\r\nHost: a\r\n\r\n"s, 400},
      {"NUL in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s, 400},
      {"control in the target", target("/\x01"), 400},
      {"DEL in the target", target("/\x7f"), 400},
      {"raw UTF-8 in the target", target("/\xc3\xa4"), 400},
      {"fragment", target("/a#b"), 400},
      {"relative target", target("a"), 400},
      {"asterisk for GET", target("*"), 400},
      {"authority for GET", target("a:80"), 400},
      {"foreign scheme", target("ftp://a/"), 400},
      {"URL without a host", target("http:///x"), 400},
      {"user in the URL", target("http://u:p@a/"), 400},
      {"malformed escape", target("/%zz"), 400},
      {"truncated escape", target("/%4"), 400},
      {"escaped NUL", target("/%00"), 400},
      {"escaped invalid UTF-8", target("/%ff"), 400},
      {"overlong slash", target("/%c0%af"), 400},
      {"dot segments", target("/a/../b"), 400},
      {"escaped dot segments", target("/%2e%2e/b"), 400},
      {"half-escaped dot segments", target("/a/.%2E/b"), 400},
      {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
      {"HTTP/3.0", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"long request line", target("/" + big), 414},
      {"long request line without end", "GET /" + big, 414},

      // Line endings and folding.
      {"bare line feeds", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"one bare line feed", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
      {"bare line feed at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"bare carriage return in a value", get("X: a\rb\r\n"), 400},
      {"bare carriage return as line end", get("X: a\rContent-Length: 3\r\n"), 400},
      {"two carriage returns", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400},
      {"folded value", get("X: a\r\n b\r\n"), 400},
      {"folded with a tab", get("X: a\r\n\tb\r\n"), 400},
      {"fold right after the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"folded coding", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},

      // Fields.
      {"space before the colon", get("X : y\r\n"), 400},
      {"space before the colon of a coding", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
       400},
      {"tab before the colon", get("X\t: y\r\n"), 400},
      {"no colon", get("X\r\n"), 400},
      {"empty name", get(": y\r\n"), 400},
      {"name of no token", get("X(: y\r\n"), 400},
      {"obs-text in a name", get("X\xe4: y\r\n"), 400},
      {"NUL in a name", get("X\0: y\r\n"s), 400},
      {"NUL in a value", get("X: \0\r\n"s), 400},
      {"control in a value", get("X: \x01\r\n"), 400},
      {"DEL in a value", get("X: \x7f\r\n"), 400},
      {"vertical tab before the coding",
       post("Transfer-Encoding: \x0b"
            "chunked\r\n",
            "0\r\n\r\n"),
       400},
      {"many fields", get(many), 431},
      {"large fields", get(large), 431},
      {"large fields without end", "GET / HTTP/1.1\r\nHost: a\r\nX: " + big + big, 431},
      {"expectation", post("Expect: 200-maybe\r\nContent-Length: 0\r\n", ""), 417},

      // Host.
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", get("Host: a\r\n"), 400},
      {"two different Hosts", get("Host: b\r\n"), 400},
      {"list of hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},

      // Content-Length.
      {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400},
      {"the same length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"list of lengths", post("Content-Length: 3, 3\r\n", "abc"), 400},
      {"signed length", post("Content-Length: +3\r\n", "abc"), 400},
      {"negative length", post("Content-Length: -3\r\n", "abc"), 400},
      {"hexadecimal length", post("Content-Length: 0x3\r\n", "abc"), 400},
      {"length with text", post("Content-Length: 3a\r\n", "abc"), 400},
      {"length with a space", post("Content-Length: 1 2\r\n", "abc"), 400},
      {"decimal length", post("Content-Length: 3.0\r\n", "abc"), 400},
      {"empty length", post("Content-Length:\r\n", "abc"), 400},
      {"length beyond 64 bits", post("Content-Length: 18446744073709551619\r\n", "abc"), 400},
      {"length above the limit", post("Content-Length: 102401\r\n", ""), 413},

      // Transfer-Encoding.
      {"length and coding",
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"coding and length",
       post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
      {"coding twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""),
       400},
      {"coding and another", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", ""),
       400},
      {"identity and chunked",
       post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked twice in a list", post("Transfer-Encoding: chunked, chunked\r\n", ""), 400},
      {"chunked not last", post("Transfer-Encoding: chunked, gzip\r\n", ""), 400},
      {"gzip", post("Transfer-Encoding: gzip\r\n", ""), 501},
      {"gzip and chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
      {"identity", post("Transfer-Encoding: identity\r\n", ""), 501},
      {"unknown coding", post("Transfer-Encoding: xchunked\r\n", ""), 501},
      {"quoted coding", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 501},
      {"coding with a parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"), 501},
      {"empty coding", post("Transfer-Encoding:\r\n", ""), 501},
      {"coding in HTTP/1.0",
       "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},

      // Chunks.
      {"chunk size of no digits", chunked("\r\nabc"), 400},
      {"chunk size of text", chunked("x\r\nabc"), 400},
      {"signed chunk size", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400},
      {"negative chunk size", chunked("-3\r\nabc\r\n0\r\n\r\n"), 400},
      {"0x chunk size", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400},
      {"space before a chunk size", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400},
      {"space after a chunk size", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk size beyond 64 bits", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n"), 400},
      {"endless zeros as chunk size", chunked("0000000000000000000\r\n\r\n"), 400},
      {"chunk above the limit", chunked("19001\r\n"), 413},
      {"chunks above the limit together", chunked("2\r\nab\r\n18fff\r\n"), 413},
      {"bare line feed after a chunk size", chunked("3\nabc\r\n0\r\n\r\n"), 400},
      {"bare carriage return after a chunk size", chunked("3\rabc\r\n0\r\n\r\n"), 400},
      {"bare line feed in a chunk extension", chunked("3;a\nabc\r\n0\r\n\r\n"), 400},
      {"bare line feed after a chunk", chunked("3\r\nabc\n0\r\n\r\n"), 400},
      {"chunk longer than its size", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400},
      {"nothing between chunks", chunked("3\r\nabc3\r\nabc\r\n0\r\n\r\n"), 400},
      {"NUL in a chunk extension", chunked("3;\0\r\nabc\r\n0\r\n\r\n"s), 400},
      {"endless chunk extension", chunked("3;" + big), 400},
      {"trailer without a colon", chunked("0\r\nX\r\n\r\n"), 400},
      {"trailer with a space", chunked("0\r\nX : y\r\n\r\n"), 400},
      {"folded trailer", chunked("0\r\nX: y\r\n z\r\n\r\n"), 400},
      {"bare line feed in a trailer", chunked("0\r\nX: y\n\r\n"), 400},
      {"bare line feed at the end", chunked("0\r\n\n"), 400},
      {"large trailers", chunked("0\r\nX: " + big), 431},
  };
}

}  // namespace roost::http::detail
