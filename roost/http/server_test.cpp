// The server over real sockets: answers, limits, timeouts, clients that leave, draining.
#include <roost/base/error.hpp>
#include <roost/http/detail/hostile_requests.hpp>
#include <roost/http/detail/test_server.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace roost::http {
namespace {

using detail::Received;
using detail::soon;
using detail::TestClient;
using detail::TestServer;
using std::chrono::milliseconds;
using Time = std::chrono::steady_clock;

constexpr std::string_view sync_get = "GET /sync HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(LargeBodies, ComeBehindTheirHeadsAndInTheirOrder) {
  TestServer server;
  TestClient client{server.port(), 4096};
  std::string requests;
  const std::vector<std::size_t> sizes{10, 16'383, 16'384, 3'000'000, 0, 20'000, 5'000'000, 1};
  for (const std::size_t size : sizes) {
    requests += "GET /big?size=" + std::to_string(size) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  client.send(requests);
  for (const std::size_t size : sizes) {
    const Received received = client.receive();
    ASSERT_TRUE(received.complete) << size;
    ASSERT_EQ(received.body, std::string(size, 'x'));
  }
  EXPECT_EQ(client.get("/next").body, "GET /next ");
  // A client that takes nothing of one is cut, also while its next request waits to be answered.
  ServerOptions options;
  options.write_timeout = std::chrono::milliseconds{200};
  TestServer impatient{options};
  TestClient lazy{impatient.port(), 4096};
  lazy.send(
      "GET /big?size=30000000 HTTP/1.1\r\nHost: a\r\n\r\nGET /later?ms=1 HTTP/1.1\r\nHost: "
      "a\r\n\r\n");
  for (int i = 0; i < 500 && impatient.server().connections() != 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  EXPECT_EQ(impatient.server().connections(), 0U);
}

TEST(Server, AnswersOneRequestAfterTheOther) {
  TestServer server;
  TestClient client{server.port()};
  for (int i = 0; i < 3; ++i) {
    const Received received = client.get("/a?b=" + std::to_string(i));
    EXPECT_EQ(received.status, 200U);
    EXPECT_EQ(received.body, "GET /a?b=" + std::to_string(i) + " ");
    EXPECT_EQ(received.header("Content-Type"), "text/plain");
    EXPECT_EQ(received.header("Connection"), "");
    EXPECT_EQ(received.header("Date").size(), 29U);
  }
  client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(client.receive().body, "POST /p hello");
  EXPECT_EQ(client.get("/remote").body, "127.0.0.1");
  EXPECT_EQ(server.server().connections(), 1U);
  EXPECT_EQ(server.handler().responses, 5);
}

TEST(Server, ListensWhereItIsTold) {
  TestServer server;
  EXPECT_NE(server.port(), 0);
  EventLoop loop;
  detail::TestHandler handler;
  Server second{handler};
  EXPECT_THROW(second.listen("127.0.0.1", server.port(), loop), Error);
  EXPECT_THROW(second.listen("no.such.host.invalid", 0, loop), Error);
}

TEST(Server, PipelinedAnswersComeInOrder) {
  TestServer server;
  TestClient client{server.port()};
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    const std::string path = i % 3 == 0 ? "/later?ms=1&i=" : i % 7 == 0 ? "/stream?n=3&i=" : "/i=";
    requests += "GET " + path + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < 200; ++i) {
    const Received received = client.receive();
    ASSERT_TRUE(received.complete) << i;
    if (i % 7 == 0 && i % 3 != 0) continue;
    ASSERT_NE(received.body.find("i=" + std::to_string(i) + " "), std::string::npos) << i;
  }
}

TEST(Server, RequestsArriveInPieces) {
  TestServer server;
  TestClient client{server.port()};
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (const char c : request) {
    ASSERT_TRUE(client.send({&c, 1}));
    std::this_thread::sleep_for(milliseconds{1});
  }
  EXPECT_EQ(client.receive().body, "POST /x abc");
  EXPECT_EQ(client.get("/y").body, "GET /y ");
}

TEST(Server, HeadHasTheHeadersOfGet) {
  TestServer server;
  TestClient client{server.port()};
  client.send("HEAD /big?size=1234 HTTP/1.1\r\nHost: a\r\n\r\n");
  const Received received = client.receive(true);
  EXPECT_EQ(received.status, 200U);
  EXPECT_EQ(received.header("Content-Length"), "1234");
  client.send("HEAD /stream?n=3&size=5 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.receive(true).header("Transfer-Encoding"), "");
  EXPECT_EQ(client.get("/after").body, "GET /after ");
}

TEST(Server, OldVersionsCloseUnlessTheyAsk) {
  TestServer server;
  TestClient client{server.port()};
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const Received kept = client.receive();
  EXPECT_EQ(kept.header("Connection"), "keep-alive");
  client.send("GET /stream?n=4&size=5 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const Received streamed = client.receive();
  EXPECT_EQ(streamed.header("Connection"), "close");
  EXPECT_EQ(streamed.header("Transfer-Encoding"), "");
  EXPECT_EQ(streamed.body.size(), 20U);
  TestClient other{server.port()};
  other.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(other.receive().header("Connection"), "close");
  EXPECT_TRUE(other.closed());
}

TEST(Server, ClosesWhenEitherSideAsks) {
  TestServer server;
  TestClient client{server.port()};
  client.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + std::string(sync_get));
  EXPECT_EQ(client.receive().header("Connection"), "close");
  EXPECT_TRUE(client.closed());
  TestClient other{server.port()};
  EXPECT_EQ(other.get("/close").header("Connection"), "close");
  EXPECT_TRUE(other.closed());
}

TEST(Server, HostileRequests) {
  TestServer server;
  for (const detail::HostileRequest& hostile : detail::hostile_requests()) {
    TestClient client{server.port()};
    client.send(hostile.bytes);
    const bool head = hostile.bytes.starts_with("HEAD");
    const Received received = client.receive(head);
    EXPECT_EQ(received.status, hostile.status) << hostile.name;
    if (hostile.status == 200) continue;
    EXPECT_TRUE(received.complete) << hostile.name;
    EXPECT_EQ(received.header("Connection"), "close") << hostile.name;
    EXPECT_NE(received.body.find("\"statusCode\":" + std::to_string(hostile.status)),
              std::string::npos)
        << hostile.name;
    client.end_sending();
    EXPECT_TRUE(client.closed()) << hostile.name;
  }
}

// What stands behind a refused request must not be taken for another one.
TEST(Server, NothingIsReadAfterARefusedRequest) {
  TestServer server;
  TestClient client{server.port()};
  client.send(
      "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" +
      std::string("0\r\n\r\n") + std::string(sync_get));
  EXPECT_EQ(client.receive().status, 400U);
  client.end_sending();
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(server.handler().responses, 1);
}

TEST(Server, ContinuesOnlyWhereTheBodyIsWelcome) {
  TestServer server;
  TestClient client{server.port()};
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100U);
  client.send("abc");
  EXPECT_EQ(client.receive().body, "POST /x abc");
  // A client that does not wait gets no interim answer.
  client.send(
      "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(client.receive().status, 200U);
  client.send(
      "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n");
  EXPECT_EQ(client.receive().status, 413U);
  EXPECT_TRUE(client.closed());
}

TEST(Server, BodiesUpToTheLimit) {
  TestServer server;
  TestClient client{server.port()};
  const std::string body(100 * 1024, 'b');
  client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body);
  EXPECT_EQ(client.receive().body, "POST /x " + body);
  std::string chunked = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i) chunked += "400\r\n" + std::string(1024, 'c') + "\r\n";
  client.send(chunked + "0\r\n\r\n");
  EXPECT_EQ(client.receive().body, "POST /x " + std::string(100 * 1024, 'c'));
  // The client is still sending when it is refused; it must be able to read the answer.
  client.send(chunked + "1\r\nx\r\n" + chunked);
  EXPECT_EQ(client.receive().status, 413U);
}

TEST(Server, ExceptionsBecomeAnswers) {
  TestServer server;
  TestClient client{server.port()};
  const Received bare = client.get("/throw");
  EXPECT_EQ(bare.status, 500U);
  EXPECT_EQ(bare.body, R"({"statusCode":500,"message":"Internal server error"})");
  EXPECT_EQ(server.handler().exceptions, 1);
  EXPECT_EQ(client.get("/http-throw").body,
            R"({"message":"no such cat","error":"Not Found","statusCode":404})");
  EXPECT_EQ(client.get("/throw-later").status, 409U);
  EXPECT_EQ(server.handler().exceptions, 1);
  EXPECT_EQ(client.get("/a").status, 200U);
}

TEST(Server, StreamsInChunksAndWithALength) {
  TestServer server;
  TestClient client{server.port()};
  const Received chunked = client.get("/stream?n=5&size=1000");
  EXPECT_TRUE(chunked.complete);
  EXPECT_EQ(chunked.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(chunked.body.size(), 5000U);
  const Received sized = client.get("/sized?n=5&size=1000");
  EXPECT_EQ(sized.header("Content-Length"), "5000");
  EXPECT_EQ(sized.body, chunked.body);
  EXPECT_TRUE(client.get("/stream?n=0").complete);
  EXPECT_EQ(client.get("/a").status, 200U);
}

TEST(Server, AFailedStreamIsVisibleToTheClient) {
  TestServer server;
  TestClient client{server.port()};
  const Received received = client.get("/stream?n=5&size=10&fail=3");
  EXPECT_EQ(received.status, 200U);
  EXPECT_FALSE(received.complete);
  EXPECT_EQ(received.body.size(), 20U);
  EXPECT_EQ(server.handler().exceptions, 1);
  TestClient other{server.port()};
  EXPECT_FALSE(other.get("/sized?n=5&size=10&fail=3").complete);
}

TEST(Server, SlowClientsSlowStreamsDown) {
  TestServer server;
  TestClient client{server.port(), 16 * 1024};
  client.send("GET /stream?n=4000&size=16384 HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(milliseconds{300});
  const std::uint64_t produced = server.handler().produced;
  EXPECT_GT(produced, 0U);
  EXPECT_LT(produced, 16U * 1024 * 1024);
  const Received received = client.receive();
  EXPECT_TRUE(received.complete);
  EXPECT_EQ(received.body.size(), 4000U * 16384);
}

TEST(Server, UnreadAnswersStopTheReading) {
  TestServer server;
  TestClient client{server.port(), 16 * 1024};
  std::string requests;
  for (int i = 0; i < 400; ++i) requests += "GET /big?size=100000 HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_TRUE(client.send(requests));
  std::this_thread::sleep_for(milliseconds{300});
  EXPECT_LT(server.handler().responses, 200);
  for (int i = 0; i < 400; ++i) {
    const Received received = client.receive();
    ASSERT_EQ(received.body.size(), 100000U) << i;
  }
}

TEST(Server, TimeoutsAnswerOrClose) {
  ServerOptions options;
  options.header_timeout = milliseconds{200};
  options.body_timeout = milliseconds{200};
  options.idle_timeout = milliseconds{200};
  TestServer server{options};
  const auto begin = Time::now();
  TestClient silent{server.port()};
  TestClient idle{server.port()};
  TestClient slow_head{server.port()};
  TestClient slow_body{server.port()};
  EXPECT_EQ(idle.get("/a").status, 200U);
  slow_head.send("GET /a HTTP/1.1\r\nHos");
  slow_body.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(idle.closed());
  const Received head = slow_head.receive();
  EXPECT_EQ(head.status, 408U);
  EXPECT_EQ(head.header("Connection"), "close");
  slow_head.end_sending();
  EXPECT_TRUE(slow_head.closed());
  EXPECT_EQ(slow_body.receive().status, 408U);
  EXPECT_GE(Time::now() - begin, milliseconds{190});
  EXPECT_LT(Time::now() - begin, milliseconds{5000});
}

TEST(Server, ADrippedHeadTimesOut) {
  ServerOptions options;
  options.header_timeout = milliseconds{300};
  TestServer server{options};
  TestClient client{server.port()};
  const auto begin = Time::now();
  for (int i = 0; i < 200; ++i) {
    if (!client.send("G")) break;
    std::this_thread::sleep_for(milliseconds{20});
    if (server.handler().responses > 0) break;
  }
  EXPECT_EQ(client.receive().status, 408U);
  EXPECT_LT(Time::now() - begin, milliseconds{3000});
}

TEST(Server, HandlersMayTakeLongerThanTheTimeouts) {
  ServerOptions options;
  options.header_timeout = options.body_timeout = options.idle_timeout = options.write_timeout =
      milliseconds{100};
  TestServer server{options};
  TestClient client{server.port()};
  EXPECT_EQ(client.get("/later?ms=600").status, 200U);
}

TEST(Server, AClientThatReadsNothingIsCut) {
  ServerOptions options;
  options.write_timeout = milliseconds{200};
  TestServer server{options};
  TestClient client{server.port(), 4096};
  client.send("GET /stream?n=100000&size=16384 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
  TestClient other{server.port()};
  EXPECT_EQ(other.get("/a").status, 200U);
}

TEST(Server, ALeavingClientCancelsItsHandler) {
  TestServer server;
  {
    TestClient client{server.port()};
    client.send("GET /later?ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(soon([&] { return server.handler().started == 1; }));
  }
  EXPECT_TRUE(soon([&] { return server.handler().cancelled == 1; }));
  EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
  TestClient resetting{server.port()};
  resetting.send("GET /later?ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(soon([&] { return server.handler().started == 2; }));
  resetting.reset();
  EXPECT_TRUE(soon([&] { return server.handler().cancelled == 2; }));
  EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
}

TEST(Server, HalfClosedClientsGetTheirAnswers) {
  TestServer server;
  TestClient client{server.port()};
  client.send(std::string(sync_get) + std::string(sync_get));
  client.end_sending();
  EXPECT_EQ(client.receive().status, 200U);
  EXPECT_EQ(client.receive().status, 200U);
  EXPECT_TRUE(client.closed());
}

TEST(Server, ClientsMayLeaveAtAnyPoint) {
  TestServer server;
  const std::string request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789";
  for (std::size_t end = 0; end <= request.size(); ++end) {
    TestClient client{server.port()};
    client.send(request.substr(0, end));
    if (end % 2 == 0) client.reset();
  }
  for (int i = 0; i < 20; ++i) {
    TestClient client{server.port(), 4096};
    client.send("GET /stream?n=1000&size=16384 HTTP/1.1\r\nHost: a\r\n\r\n");
    if (i % 2 == 0) client.reset();
  }
  EXPECT_TRUE(soon([&] { return server.server().connections() == 0; }));
  TestClient client{server.port()};
  EXPECT_EQ(client.get("/a").status, 200U);
}

TEST(Server, ConnectionsAboveTheLimitAreTurnedAway) {
  ServerOptions options;
  options.connection_limit = 2;
  TestServer server{options};
  TestClient first{server.port()};
  TestClient second{server.port()};
  EXPECT_EQ(first.get("/a").status, 200U);
  EXPECT_EQ(second.get("/a").status, 200U);
  TestClient third{server.port()};
  EXPECT_EQ(third.receive().status, 503U);
  EXPECT_TRUE(third.closed());
  EXPECT_EQ(first.get("/a").status, 200U);
}

TEST(Server, DrainsGracefully) {
  TestServer server{{}, 2};
  TestClient idle{server.port()};
  TestClient busy{server.port()};
  TestClient streaming{server.port(), 8192};
  EXPECT_EQ(idle.get("/a").status, 200U);
  busy.send("GET /later?ms=300 HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(sync_get));
  streaming.send("GET /stream?n=200&size=16384 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(soon([&] { return server.handler().started == 1 && server.handler().produced > 0; }));
  std::thread drained{[&] { EXPECT_TRUE(server.drain(milliseconds{8000})); }};
  EXPECT_TRUE(idle.closed());
  // Each loop stops to accept when it comes to that.
  EXPECT_TRUE(soon([&] { return !TestClient{server.port()}.get("/a").complete; }));
  const Received answer = busy.receive();
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_TRUE(busy.closed());
  const Received streamed = streaming.receive();
  EXPECT_TRUE(streamed.complete);
  EXPECT_EQ(streamed.body.size(), 200U * 16384);
  EXPECT_TRUE(streaming.closed());
  drained.join();
  EXPECT_EQ(server.server().connections(), 0U);
}

TEST(Server, CutsWhatOutlastsTheGrace) {
  TestServer server;
  TestClient busy{server.port()};
  TestClient partial{server.port()};
  busy.send("GET /later?ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n");
  partial.send("GET /a HTT");
  ASSERT_TRUE(soon([&] { return server.handler().started == 1; }));
  const auto begin = Time::now();
  EXPECT_TRUE(server.drain(milliseconds{200}));
  EXPECT_LT(Time::now() - begin, milliseconds{3000});
  EXPECT_EQ(server.handler().cancelled, 1);
  EXPECT_TRUE(busy.closed());
  EXPECT_TRUE(partial.closed());
}

TEST(Server, MayBeDestroyedInTheMiddleOfEverything) {
  auto server = std::make_unique<TestServer>();
  TestClient waiting{server->port()};
  TestClient slow{server->port(), 8192};
  TestClient partial{server->port()};
  waiting.send("GET /later?ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n");
  slow.send("GET /stream?n=100000&size=16384 HTTP/1.1\r\nHost: a\r\n\r\n");
  partial.send("GET /a HT");
  ASSERT_TRUE(
      soon([&] { return server->handler().started == 1 && server->handler().produced > 0; }));
  server.reset();
  EXPECT_TRUE(waiting.closed());
  EXPECT_TRUE(partial.closed());
}

}  // namespace
}  // namespace roost::http
