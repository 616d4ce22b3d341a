// Many clients at once against a server on several threads, also while it drains.
#include <roost/http/detail/test_server.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace roost::http {
namespace {

using detail::Received;
using detail::TestClient;
using detail::TestServer;
using std::chrono::milliseconds;

// One client's life: requests of all kinds, some pipelined, some abandoned. Counts what went wrong.
int misbehaving_client(std::uint16_t port, int seed) {
  int wrong = 0;
  for (int round = 0; round < 6; ++round) {
    TestClient client{port};
    const std::string tag = std::to_string(seed) + "-" + std::to_string(round);
    for (int i = 0; i < 5; ++i) {
      if (client.get("/a?" + tag).body != "GET /a?" + tag + " ") ++wrong;
      if (client.get("/later?ms=1&" + tag).status != 200) ++wrong;
      if (client.get("/stream?n=5&size=100").body.size() != 500) ++wrong;
    }
    std::string pipelined;
    for (int i = 0; i < 16; ++i) pipelined += "GET /b HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(pipelined);
    for (int i = 0; i < 16; ++i) {
      if (client.receive().body != "GET /b ") ++wrong;
    }
    if (round % 3 == 0) client.send("GET /later?ms=5000 HTTP/1.1\r\nHost: a\r\n\r\n");
    if (round % 3 == 1) client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Le");
    if (round % 2 == 0) client.reset();
  }
  return wrong;
}

TEST(ServerStress, ManyClientsOnSeveralLoops) {
  TestServer server{{}, 3};
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 32; ++i) {
    clients.emplace_back([&, i] { wrong += misbehaving_client(server.port(), i); });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(server.drain(milliseconds{2000}));
  EXPECT_EQ(server.server().connections(), 0U);
}

// Bodies that their handlers read in pieces: whole, left unread, abandoned half-way.
int uploading_client(std::uint16_t port, int seed) {
  int wrong = 0;
  const std::string body(std::size_t{40'000} + static_cast<std::size_t>(seed), 'x');
  const std::string head = " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size());
  const std::string expected =
      std::to_string(body.size()) + " bytes of " + std::to_string(body.size());
  for (int round = 0; round < 6; ++round) {
    TestClient client{port};
    for (int i = 0; i < 4; ++i) {
      client.send("POST /pieces" + head + "\r\n\r\n" + body + "POST /pieces?most=1&ms=1" + head +
                  "\r\n\r\n");
      if (client.receive().body != expected) ++wrong;
      client.send(body);
      if (client.receive().status != 200) ++wrong;
    }
    client.send("POST /pieces" + head + "\r\n\r\n" + body.substr(1));
    if (round % 2 == 0) client.reset();
  }
  return wrong;
}

TEST(ServerStress, ManyBodiesInPieces) {
  TestServer server{{}, 3};
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] { wrong += uploading_client(server.port(), i); });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(server.drain(milliseconds{5000}));
  EXPECT_EQ(server.server().connections(), 0U);
}

TEST(ServerStress, ManyOpenConnections) {
  TestServer server{{}, 2};
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 256; ++i) clients.push_back(std::make_unique<TestClient>(server.port()));
  for (int round = 0; round < 5; ++round) {
    for (const auto& client : clients) {
      ASSERT_TRUE(client->send("GET /later?ms=1 HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    for (const auto& client : clients) ASSERT_EQ(client->receive().status, 200U);
  }
  EXPECT_EQ(server.server().connections(), 256U);
}

TEST(ServerStress, DrainsUnderLoad) {
  for (int round = 0; round < 5; ++round) {
    TestServer server{{}, 2};
    std::atomic<int> incomplete{0};
    std::atomic<int> answered{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back([&] {
        for (;;) {
          TestClient client{server.port()};
          for (;;) {
            const Received received = client.get("/later?ms=1");
            // An answer that has begun must be whole; no answer at all is fair during a drain.
            if (!received.complete && !received.head.empty()) ++incomplete;
            if (!received.complete) return;
            ++answered;
            if (received.header("Connection") == "close") return;
          }
        }
      });
    }
    std::this_thread::sleep_for(milliseconds{50});
    EXPECT_TRUE(server.drain(milliseconds{5000}));
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(incomplete, 0);
    EXPECT_GT(answered, 0);
  }
}

}  // namespace
}  // namespace roost::http
