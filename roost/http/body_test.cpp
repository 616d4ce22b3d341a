// Bodies that handlers read piece by piece, and limits of bodies that depend on the route.
#include <roost/http/detail/test_server.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace roost::http {
namespace {

using detail::Received;
using detail::soon;
using detail::TestClient;
using detail::TestServer;
using std::chrono::milliseconds;

std::string head(std::string_view path, std::string_view fields) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
         "\r\n\r\n";
}
std::string sized(std::string_view path, std::string_view body) {
  return head(path, "Content-Length: " + std::to_string(body.size())) + std::string(body);
}
constexpr std::string_view chunked = "Transfer-Encoding: chunked";
constexpr std::string_view next_request = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Pieces, AreTheWholeBodyInAnyFraming) {
  TestServer server;
  TestClient client{server.port()};
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += std::to_string(i);
  client.send(sized("/pieces/echo", text));
  EXPECT_EQ(client.receive().body, text);
  std::string body;
  for (std::size_t begin = 0, size = 1; begin < text.size();
       begin += size, size = size * 3 % 9973) {
    char length[16];
    (void)std::snprintf(length, sizeof length, "%zx", std::min(size, text.size() - begin));
    body.append(length).append(";x=y\r\n").append(text.substr(begin, size)).append("\r\n");
  }
  client.send(head("/pieces/echo", chunked) + body + "0\r\nTrailer: ignored\r\n\r\n");
  EXPECT_EQ(client.receive().body, text);
  client.send(head("/pieces/echo", chunked) + "0\r\n\r\n");
  EXPECT_EQ(client.receive().body, "");
  client.send(head("/pieces", "Content-Length: 0") + head("/pieces", "X: no body"));
  EXPECT_EQ(client.receive().body, "POST /pieces ");
  EXPECT_EQ(client.receive().body, "POST /pieces ");
}

TEST(Pieces, ComeByteByByte) {
  TestServer server;
  TestClient client{server.port()};
  const std::string all = sized("/pieces/echo", "abc") + head("/pieces/echo", chunked) +
                          "2\r\nde\r\n1\r\nf\r\n0\r\n\r\n" + std::string(next_request);
  for (const char byte : all) {
    ASSERT_TRUE(client.send({&byte, 1}));
    std::this_thread::sleep_for(milliseconds{1});
  }
  EXPECT_EQ(client.receive().body, "abc");
  EXPECT_EQ(client.receive().body, "def");
  EXPECT_EQ(client.receive().body, "GET /next ");
}

TEST(Pieces, LeaveTheNextRequestsAsTheyAre) {
  TestServer server;
  TestClient client{server.port()};
  const std::string large(50'000, 'y');
  client.send(std::string(next_request) + sized("/pieces?ms=1", "12345") +
              std::string(next_request) + head("/pieces/echo", chunked) + "3\r\nabc\r\n0\r\n\r\n" +
              sized("/plain", "body") + sized("/pieces", large) + sized("/pieces/at-once", "xyz") +
              std::string(next_request) + sized("/plain", large));
  EXPECT_EQ(client.receive().body, "GET /next ");
  EXPECT_EQ(client.receive().body, "5 bytes of 5");
  EXPECT_EQ(client.receive().body, "GET /next ");
  EXPECT_EQ(client.receive().body, "abc");
  EXPECT_EQ(client.receive().body, "POST /plain body");
  EXPECT_EQ(client.receive().body, "50000 bytes of 50000");
  EXPECT_EQ(client.receive().status, 200U);
  EXPECT_EQ(client.receive().body, "GET /next ");
  EXPECT_EQ(client.receive().body, "POST /plain " + large);
}

TEST(Pieces, AreAskedForOnlyByWhoReads) {
  TestServer server;
  TestClient client{server.port()};
  const std::string expecting = "Expect: 100-continue\r\nContent-Length: 5";
  client.send(head("/pieces/gated", expecting));
  ASSERT_TRUE(soon([&] { return server.handler().started == 1; }));
  server.handler().gate = true;
  EXPECT_EQ(client.receive().status, 100U);
  client.send("12345");
  EXPECT_EQ(client.receive().body, "5 bytes of 5");
  client.send(head("/pieces", expecting) + "1234");  // who does not wait is not told to go on
  client.send("5");
  EXPECT_EQ(client.receive().body, "5 bytes of 5");
  // Whether the body comes after the refusal cannot be known, so the connection ends.
  client.send(head("/pieces/refused", expecting));
  const Received refused = client.receive();
  EXPECT_EQ(refused.status, 403U);
  EXPECT_EQ(refused.header("Connection"), "close");
  EXPECT_TRUE(client.closed());
  TestClient greedy{server.port()};
  greedy.send(head("/pieces/small", "Expect: 100-continue\r\nContent-Length: 11"));
  EXPECT_EQ(greedy.receive().status, 413U);
  EXPECT_TRUE(greedy.closed());
  TestClient strange{server.port()};
  strange.send(head("/pieces", "Expect: something\r\nContent-Length: 11"));
  EXPECT_EQ(strange.receive().status, 417U);
  EXPECT_TRUE(strange.closed());
}

TEST(Pieces, AreRefusedBeyondTheLimitOfTheRoute) {
  TestServer server;
  const std::string eleven(11, 'x');
  for (const std::string path : {"/pieces/small", "/ten"}) {
    TestClient client{server.port()};
    client.send(sized(path, "1234567890") + head(path, chunked) + "5\r\n12345\r\n0\r\n\r\n");
    EXPECT_EQ(client.receive().status, 200U) << path;
    EXPECT_EQ(client.receive().status, 200U) << path;
    client.send(sized(path, eleven));
    const Received refused = client.receive();
    EXPECT_EQ(refused.status, 413U) << path;
    EXPECT_EQ(refused.header("Connection"), "close");
    EXPECT_TRUE(client.closed());
    TestClient other{server.port()};
    other.send(head(path, chunked) + "5\r\n12345\r\n6\r\n123456\r\n0\r\n\r\n");
    EXPECT_EQ(other.receive().status, 413U) << path;
    EXPECT_TRUE(other.closed());
  }
  TestClient client{server.port()};
  const std::string large(900'000, 'x');
  client.send(sized("/million", large) + sized("/else", large));
  EXPECT_EQ(client.receive().body.size(), large.size() + 14);
  EXPECT_EQ(client.receive().status, 413U);
}

TEST(Pieces, OfMalformedChunksAreRefused) {
  TestServer server;
  for (const std::string_view body :
       {"x\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
        "3\r\nabc\r\n0\r\nbad trailer\r\n\r\n", "ffffffffffffffff\r\n"}) {
    TestClient client{server.port()};
    client.send(head("/pieces", chunked));
    client.send(body);
    const Received refused = client.receive();
    EXPECT_EQ(refused.status, 400U) << body;
    EXPECT_EQ(refused.header("Connection"), "close");
    EXPECT_TRUE(client.closed()) << body;
  }
  TestClient client{server.port()};
  client.send(head("/pieces", chunked) + "0\r\nA: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(client.receive().status, 431U);
}

TEST(Pieces, EndEarlyWithTheClient) {
  TestServer server;
  TestClient half{server.port()};
  half.send(head("/pieces", "Content-Length: 10") + "12345");
  half.end_sending();
  const Received answer = half.receive();
  EXPECT_EQ(answer.status, 400U);
  EXPECT_NE(answer.body.find("before the whole body had come"), std::string::npos) << answer.body;
  EXPECT_TRUE(half.closed());
  EXPECT_EQ(server.handler().incomplete, 1);
  TestClient gone{server.port()};
  gone.send(head("/pieces", chunked) + "5\r\n12");
  ASSERT_TRUE(soon([&] { return server.handler().started == 2; }));
  gone.reset();
  EXPECT_TRUE(soon([&] { return server.handler().incomplete == 2; }));
  // Who has sent everything may end that side before the handler has read it.
  TestClient ended{server.port()};
  ended.send(sized("/pieces/gated", std::string(300'000, 'x')));
  ended.end_sending();
  ASSERT_TRUE(soon([&] { return server.handler().started == 3; }));
  server.handler().gate = true;
  EXPECT_EQ(ended.receive().body, "300000 bytes of 300000");
  EXPECT_TRUE(ended.closed());
}

TEST(Pieces, SlowTheClientDown) {
  TestServer server;
  TestClient client{server.port()};
  const std::string body(64'000'000, 'x');
  client.send(head("/pieces/gated", "Content-Length: 64000000"));
  ASSERT_TRUE(soon([&] { return server.handler().started == 1; }));
  const std::size_t sent = client.send_until_stuck(body, milliseconds{500});
  EXPECT_LT(sent, body.size() / 2) << "no more than what the kernel holds";
  EXPECT_EQ(server.handler().taken, 0U);
  server.handler().gate = true;
  EXPECT_TRUE(client.send(std::string_view{body}.substr(sent)));
  EXPECT_EQ(client.receive().body, "64000000 bytes of 64000000");
}

/// Bytes of this process that are in memory.
std::size_t resident() {
  std::size_t all = 0;
  std::size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> all >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(Pieces, TakeLittleMemory) {
  TestServer server;
  TestClient client{server.port()};
  const std::string piece(1 << 20, 'x');
  client.send(sized("/pieces", piece));
  ASSERT_EQ(client.receive().status, 200U);
  const std::size_t before = resident();
  client.send(head("/pieces", "Content-Length: " + std::to_string(64 * piece.size())));
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(client.send(piece));
  EXPECT_EQ(client.receive().body, "67108864 bytes of 67108864");
  EXPECT_LT(resident(), before + (std::size_t{4} << 20));
}

TEST(Pieces, LeftUnreadAreDroppedWhenFewElseTheConnectionEnds) {
  TestServer server;
  TestClient client{server.port()};
  // The rest comes after the answer.
  client.send(head("/pieces/at-once", "Content-Length: 60000"));
  const Received few = client.receive();
  EXPECT_EQ(few.status, 200U);
  EXPECT_EQ(few.header("Connection"), "");
  client.send(std::string(60'000, 'x') + std::string(next_request));
  EXPECT_EQ(client.receive().body, "GET /next ");
  client.send(head("/pieces/refused", chunked) + "5\r\n12345\r\n");
  EXPECT_EQ(client.receive().status, 403U);
  client.send("3\r\nabc\r\n0\r\n\r\n" + std::string(next_request));
  EXPECT_EQ(client.receive().body, "GET /next ");
  // Too much to wait for it.
  const std::string large(1'000'000, 'x');
  client.send(sized("/pieces?most=1", large));
  const Received answer = client.receive();
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(client.closed());
  // Chunks do not say how many will follow.
  TestClient endless{server.port()};
  endless.send(head("/pieces/at-once", chunked));
  EXPECT_EQ(endless.receive().status, 200U);
  for (int i = 0; i < 10; ++i) endless.send("4000\r\n" + std::string(0x4000, 'x') + "\r\n");
  EXPECT_TRUE(endless.closed());
  TestClient malformed{server.port()};
  malformed.send(head("/pieces/at-once", chunked));
  EXPECT_EQ(malformed.receive().status, 200U);
  malformed.send("nonsense\r\n" + std::string(next_request));
  EXPECT_TRUE(malformed.closed());
}

TEST(Pieces, AreWaitedForOnlySoLong) {
  ServerOptions options;
  options.body_timeout = milliseconds{200};
  TestServer server{options};
  TestClient client{server.port()};
  client.send(head("/pieces", "Content-Length: 10") + "12345");
  const Received answer = client.receive();
  EXPECT_EQ(answer.status, 408U);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(client.closed());
  // Nor is what a handler has left unread.
  TestClient unread{server.port()};
  unread.send(head("/pieces/at-once", "Content-Length: 10") + "12345");
  EXPECT_EQ(unread.receive().status, 200U);
  EXPECT_TRUE(unread.closed());
}

TEST(Pieces, TakeNoTimeOfTheirHandler) {
  ServerOptions options;
  options.handler_timeout = milliseconds{2'500};
  TestServer server{options};
  TestClient client{server.port()};
  client.send(head("/pieces/echo", "Content-Length: 5"));
  for (const char byte : std::string_view{"12345"}) {
    std::this_thread::sleep_for(milliseconds{600});
    client.send({&byte, 1});
  }
  EXPECT_EQ(client.receive().body, "12345");
  TestClient idle{server.port()};
  idle.send(sized("/pieces/gated", "12345"));
  EXPECT_EQ(idle.receive().status, 503U) << "what the handler itself takes counts";
}

TEST(Pieces, AreReadToTheirEndWhileTheServerDrains) {
  TestServer server;
  TestClient client{server.port()};
  client.send(head("/pieces", "Content-Length: 10") + "12345");
  ASSERT_TRUE(soon([&] { return server.handler().taken == 5; }));
  std::thread drain{[&] { EXPECT_TRUE(server.drain(milliseconds{10'000})); }};
  std::this_thread::sleep_for(milliseconds{50});
  client.send("67890");
  const Received answer = client.receive();
  EXPECT_EQ(answer.body, "10 bytes of 10");
  EXPECT_EQ(answer.header("Connection"), "close");
  drain.join();
  TestServer other;
  TestClient stalled{other.port()};
  stalled.send(head("/pieces", "Content-Length: 10") + "12345");
  ASSERT_TRUE(soon([&] { return other.handler().taken == 5; }));
  EXPECT_TRUE(other.drain(milliseconds{100})) << "after that time the connection is cut";
  EXPECT_EQ(other.handler().incomplete, 1);
}

}  // namespace
}  // namespace roost::http
