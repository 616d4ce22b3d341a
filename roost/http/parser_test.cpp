// The request parser without sockets: hostile requests, and input split at every position.
#include <roost/http/detail/hostile_requests.hpp>
#include <roost/http/detail/request_parser.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace roost::http::detail {
namespace {

// Everything that a request says, as one text; "refused 400: reason" for one that is refused.
std::string described(const RequestParser& parser, const Request& request) {
  std::string text = std::string(request.method_text()) + " " + std::string(request.target()) +
                     " " + std::to_string(request.minor_version()) +
                     (parser.keep_alive() ? " keep" : " close");
  for (const Field& header : request.headers()) {
    text += "|" + std::string(header.name) + "=" + std::string(header.value);
  }
  return text + "|" + std::string(request.body());
}

// Feeds `input` in the given pieces through one connection's worth of parsing. The bytes live in an
// exact allocation that moves with every piece, so that a stale view is found by AddressSanitizer.
std::vector<std::string> parsed(std::string_view input, const std::vector<std::size_t>& cuts,
                                const ParserLimits& limits) {
  std::vector<std::string> results;
  RequestParser parser{limits};
  Request request;
  std::unique_ptr<char[]> buffer;
  std::size_t size = 0;
  std::size_t fed = 0;
  for (std::size_t piece = 0; piece <= cuts.size(); ++piece) {
    const std::size_t end = piece < cuts.size() ? cuts[piece] : input.size();
    auto larger = std::make_unique<char[]>(size + (end - fed) + 1);
    if (size > 0) std::memcpy(larger.get(), buffer.get(), size);
    std::memcpy(larger.get() + size, input.data() + fed, end - fed);
    request.rebase(buffer.get(), size, larger.get());
    buffer = std::move(larger);
    size += end - fed;
    fed = end;
    while (size > 0) {
      const ParseStatus status = parser.parse(buffer.get(), size, request);
      if (status == ParseStatus::need_more) break;
      if (status == ParseStatus::failed) {
        results.push_back("refused " + std::to_string(parser.status()) + ": " +
                          std::string(parser.reason()));
        return results;
      }
      results.push_back(described(parser, request));
      const std::size_t consumed = parser.consumed();
      std::memmove(buffer.get(), buffer.get() + consumed, size - consumed);
      size -= consumed;
      parser.reset();
      request.reset();
    }
  }
  return results;
}

TEST(RequestParser, HostileRequests) {
  const ParserLimits limits;
  for (const HostileRequest& hostile : hostile_requests()) {
    const std::vector<std::string> results = parsed(hostile.bytes, {}, limits);
    ASSERT_EQ(results.size(), 1U) << hostile.name;
    if (hostile.status == 200) {
      EXPECT_FALSE(results[0].starts_with("refused")) << hostile.name << ": " << results[0];
    } else {
      EXPECT_EQ(results[0].substr(0, 11), "refused " + std::to_string(hostile.status))
          << hostile.name << ": " << results[0];
    }
  }
}

TEST(RequestParser, EveryCutGivesTheSameResult) {
  const ParserLimits limits;
  for (const HostileRequest& hostile : hostile_requests()) {
    const std::vector<std::string> whole = parsed(hostile.bytes, {}, limits);
    const std::size_t step = hostile.bytes.size() > 2000 ? 997 : 1;
    for (std::size_t cut = 1; cut < hostile.bytes.size(); cut += step) {
      EXPECT_EQ(parsed(hostile.bytes, {cut}, limits), whole) << hostile.name << " cut at " << cut;
    }
  }
}

TEST(RequestParser, ByteByByte) {
  const ParserLimits limits;
  for (const HostileRequest& hostile : hostile_requests()) {
    if (hostile.bytes.size() > 2000) continue;
    std::vector<std::size_t> cuts;
    for (std::size_t cut = 1; cut < hostile.bytes.size(); ++cut) cuts.push_back(cut);
    EXPECT_EQ(parsed(hostile.bytes, cuts, limits), parsed(hostile.bytes, {}, limits))
        << hostile.name;
  }
}

TEST(RequestParser, LimitsDoNotDependOnThePiecesThatCome) {
  ParserLimits limits;
  limits.request_line = 30;
  limits.header_bytes = 40;
  struct Limited {
    std::string input;
    std::string begins;
  };
  const std::string line = "GET /0123456789 HTTP/1.1\r\n";
  const auto target = [](std::size_t size) { return "GET /" + std::string(size, 'a'); };
  const auto field = [](std::size_t size) { return "X: " + std::string(size, 'b'); };
  for (const Limited& limited : {
           Limited{target(16) + " HTTP/1.1\r\nHost: a\r\n\r\n", "GET /aaaa"},  // 30 bytes
           Limited{target(17) + " HTTP/1.1\r\nHost: a\r\n\r\n", "refused 414"},
           Limited{target(17) + " HTTP/1.1\nHost: a\r\n\r\n", "refused 400"},
           Limited{target(90) + " HTTP/1.1\nHost: a\r\n\r\n", "refused 414"},
           Limited{target(90), "refused 414"},
           Limited{line + "Host: a\r\n" + field(26) + "\r\n\r\n", "GET /0123"},  // 40 bytes
           Limited{line + "Host: a\r\n" + field(27) + "\r\n\r\n", "refused 431"},
           Limited{line + "Host: a\r\n" + field(26) + "\n\r\n", "refused 400"},
           Limited{line + "Host: a\r\n" + field(90) + "\n\r\n", "refused 431"},
           Limited{line + "Host: a\r\n " + field(90) + "\r\n\r\n", "refused 431"},
           Limited{line + field(90), "refused 431"},
       }) {
    const std::vector<std::string> whole = parsed(limited.input, {}, limits);
    ASSERT_EQ(whole.size(), 1U) << limited.input;
    EXPECT_TRUE(whole[0].starts_with(limited.begins)) << limited.input << "\n" << whole[0];
    std::vector<std::size_t> bytes;
    for (std::size_t cut = 1; cut < limited.input.size(); ++cut) {
      bytes.push_back(cut);
      EXPECT_EQ(parsed(limited.input, {cut}, limits), whole) << limited.input << " cut at " << cut;
    }
    EXPECT_EQ(parsed(limited.input, bytes, limits), whole) << limited.input;
  }
}

TEST(RequestParser, PipelinedRequestsAtEveryPairOfCuts) {
  const ParserLimits limits;
  const std::string input =
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      "POST /b?x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;e\r\nde\r\n0\r\nT: u\r\n\r\n"
      "\r\nGET /c HTTP/1.0\r\n\r\n";
  const std::vector<std::string> expected{"POST /a 1 keep|Host=h|Content-Length=3|abc",
                                          "POST /b?x 1 keep|Host=h|Transfer-Encoding=chunked|abcde",
                                          "GET /c 0 close|"};
  EXPECT_EQ(parsed(input, {}, limits), expected);
  for (std::size_t first = 1; first < input.size(); ++first) {
    for (std::size_t second = first + 1; second < input.size(); second += 5) {
      ASSERT_EQ(parsed(input, {first, second}, limits), expected) << first << " " << second;
    }
  }
}

TEST(RequestParser, ConnectionAndVersionDecideWhetherItStaysOpen) {
  const ParserLimits limits;
  const auto keeps = [&](const std::string& version, const std::string& field) {
    const std::string request = "GET / HTTP/" + version + "\r\nHost: a\r\n" + field + "\r\n";
    return parsed(request, {}, limits).at(0).find(" keep") != std::string::npos;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_TRUE(keeps("1.1", "Connection: upgrade\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: Upgrade, CLOSE\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(keeps("1.0", "Connection: keep-alive, close\r\n"));
}

TEST(RequestParser, TheAuthorityOfTheTargetReplacesHost) {
  const ParserLimits limits;
  EXPECT_EQ(parsed("GET http://real/x HTTP/1.1\r\nHost: other\r\n\r\n", {}, limits).at(0),
            "GET http://real/x 1 keep|Host=real|");
}

TEST(RequestParser, BodiesUpToTheLimitAreTaken) {
  ParserLimits limits;
  limits.body = 4;
  const auto first = [&](const std::string& fields, const std::string& body) {
    const std::string request = "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
    return parsed(request, {}, limits).at(0);
  };
  EXPECT_TRUE(first("Content-Length: 4\r\n", "abcd").ends_with("|abcd"));
  EXPECT_TRUE(first("Content-Length: 5\r\n", "abcde").starts_with("refused 413"));
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  EXPECT_TRUE(first(chunked, "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n").ends_with("|abcd"));
  EXPECT_TRUE(first(chunked, "2\r\nab\r\n3\r\n").starts_with("refused 413"));
  EXPECT_TRUE(first(chunked, "fffffffffffffff\r\n").starts_with("refused 413"));
}

TEST(RequestParser, KnowsWhenAClientWaitsToContinue) {
  const ParserLimits limits;
  RequestParser parser{limits};
  Request request;
  std::string input =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  std::size_t size = input.size();
  EXPECT_EQ(parser.parse(input.data(), size, request), ParseStatus::need_more);
  EXPECT_TRUE(parser.wants_continue(size));
  parser.continue_sent();
  EXPECT_FALSE(parser.wants_continue(size));
  EXPECT_EQ(parser.expected_size(), input.size() + 2);
}

// Chunks of one byte cost six on the wire; the buffer must not have to hold the other five.
TEST(RequestParser, ChunkedInputIsCompacted) {
  const ParserLimits limits;
  RequestParser parser{limits};
  Request request;
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::vector<char> buffer(4096);
  std::memcpy(buffer.data(), head.data(), head.size());
  std::size_t size = head.size();
  for (int i = 0; i < 1000; ++i) {
    std::memcpy(buffer.data() + size, "1\r\nx\r\n", 6);
    size += 6;
    ASSERT_EQ(parser.parse(buffer.data(), size, request), ParseStatus::need_more);
    ASSERT_EQ(size, head.size() + static_cast<std::size_t>(i) + 1);
  }
  std::memcpy(buffer.data() + size, "0\r\n\r\n", 5);
  size += 5;
  ASSERT_EQ(parser.parse(buffer.data(), size, request), ParseStatus::complete);
  EXPECT_EQ(request.body(), std::string(1000, 'x'));
}

}  // namespace
}  // namespace roost::http::detail
