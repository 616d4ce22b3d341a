// Who a client is and how it is reached: TLS, trusted proxies, limits per address, slow handlers.
#include <roost/base/error.hpp>
#include <roost/http/detail/addresses.hpp>
#include <roost/http/detail/test_server.hpp>
#include <roost/http/request.hpp>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace roost::http {
namespace {

using detail::AddressCounts;
using detail::AddressRange;
using detail::AddressRanges;
using detail::IpAddress;
using detail::Received;
using detail::TestClient;
using detail::TestServer;
using std::chrono::milliseconds;

// ---- addresses --------------------------------------------------------------------------------

bool in_range(const char* range, const char* address) {
  return AddressRange::parse(range).contains(*IpAddress::parse(address));
}

TEST(Addresses, RangesOfBothFamilies) {
  EXPECT_TRUE(in_range("10.0.0.0/8", "10.255.1.2"));
  EXPECT_FALSE(in_range("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(in_range("192.0.2.128/25", "192.0.2.200"));
  EXPECT_FALSE(in_range("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(in_range("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(in_range("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(in_range("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(in_range("2001:db8::/32", "2001:db9::1"));
  EXPECT_TRUE(in_range("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(in_range("0.0.0.0/0", "2001:db8::1"));
  for (const char* wrong : {"", "10.0.0.0/33", "10.0.0/8", "::1/129", "localhost", "10.0.0.0/x"}) {
    EXPECT_THROW((void)AddressRange::parse(wrong), Error) << wrong;
  }
  EXPECT_TRUE(IpAddress::parse("127.8.8.8")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
  EXPECT_FALSE(IpAddress::parse("::2")->is_loopback());
}

TEST(Addresses, CountsPerClientAndPerNetwork) {
  AddressCounts counts;
  const auto one = *IpAddress::parse("192.0.2.1");
  EXPECT_TRUE(counts.enter(one, 2));
  EXPECT_TRUE(counts.enter(one, 2));
  EXPECT_FALSE(counts.enter(one, 2));
  EXPECT_TRUE(counts.enter(*IpAddress::parse("192.0.2.2"), 2));
  counts.leave(one);
  EXPECT_TRUE(counts.enter(one, 2));
  EXPECT_TRUE(counts.enter(*IpAddress::parse("2001:db8::1"), 1));
  EXPECT_FALSE(counts.enter(*IpAddress::parse("2001:db8::2"), 1)) << "the same /64";
}

struct Said {
  const char* header;
  const char* value;
  const char* client;
};

TEST(Addresses, ProxiesAreBelievedFromTheEnd) {
  const AddressRanges trusted{{"10.0.0.0/8", "::1"}};
  for (const Said& said : {
           Said{"X-Forwarded-For", "203.0.113.7", "203.0.113.7"},
           Said{"X-Forwarded-For", "1.2.3.4, 203.0.113.7", "203.0.113.7"},
           Said{"X-Forwarded-For", "203.0.113.7, 10.0.0.9,10.1.1.1", "203.0.113.7"},
           Said{"X-Forwarded-For", "10.0.0.8, 10.0.0.9", "10.0.0.8"},
           Said{"X-Forwarded-For", "nonsense, 10.0.0.9", "10.0.0.9"},
           Said{"X-Forwarded-For", "203.0.113.7:4711", "203.0.113.7"},
           Said{"X-Forwarded-For", "[2001:db8::7]:1", "2001:db8::7"},
           Said{"X-Forwarded-For", "2001:db8::7", "2001:db8::7"},
           Said{"X-Forwarded-For", "", ""},
           Said{"X-Forwarded-For", "unknown", ""},
           Said{"Forwarded", "for=203.0.113.7", ""},
       }) {
    Request request;
    request.add_header(said.header, said.value);
    EXPECT_EQ(detail::forwarded_client(request, trusted, ForwardedHeader::x_forwarded_for).address,
              said.client)
        << said.value;
  }
  Request standard;
  standard.add_header("Forwarded", "for=1.2.3.4, For=\"[2001:db8::7]:80\";Proto=https;by=x");
  standard.add_header("X-Forwarded-For", "9.9.9.9");
  const auto client = detail::forwarded_client(standard, trusted, ForwardedHeader::forwarded);
  EXPECT_EQ(client.address, "2001:db8::7");
  EXPECT_TRUE(client.secure);
}

TEST(Proxies, SpeakForTheirClientsOnlyWhenTrusted) {
  const std::string request =
      "GET /remote HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n";
  ServerOptions options;
  for (const bool trusts : {false, true}) {
    if (trusts) options.trusted_proxies = {"127.0.0.0/8"};
    TestServer server{options};
    TestClient client{server.port()};
    client.send(request);
    EXPECT_EQ(client.receive().body, trusts ? "203.0.113.7" : "127.0.0.1");
    client.send("GET /remote HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.receive().body, "127.0.0.1");
  }
}

TEST(Proxies, MustBeAddresses) {
  ServerOptions options;
  options.trusted_proxies = {"nginx"};
  detail::TestHandler handler;
  EXPECT_THROW((Server{handler, options}), Error);
}

TEST(Limits, ConnectionsPerAddress) {
  ServerOptions options;
  options.connections_per_address = 3;
  options.counts_loopback = true;
  TestServer server{options, 2};
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<TestClient>(server.port()));
    EXPECT_EQ(clients.back()->get("/sync").status, 200U);
  }
  TestClient refused{server.port()};
  EXPECT_EQ(refused.receive().status, 503U);
  EXPECT_TRUE(refused.closed());
  clients.pop_back();
  unsigned status = 0;
  for (int i = 0; i < 200 && status != 200; ++i) {
    TestClient again{server.port()};
    status = again.get("/sync").status;
    std::this_thread::sleep_for(milliseconds{10});
  }
  EXPECT_EQ(status, 200U);
}

TEST(Limits, ThisMachineMayHaveAnyNumber) {
  ServerOptions options;
  options.connections_per_address = 1;
  TestServer server{options};
  TestClient one{server.port()};
  TestClient two{server.port()};
  EXPECT_EQ(one.get("/sync").status, 200U);
  EXPECT_EQ(two.get("/sync").status, 200U);
}

TEST(Limits, AHandlerThatTakesTooLongIsGivenUp) {
  ServerOptions options;
  options.handler_timeout = milliseconds{100};
  TestServer server{options};
  TestClient client{server.port()};
  const Received received = client.get("/later?ms=30000");
  EXPECT_EQ(received.status, 503U) << received.head;
  EXPECT_EQ(received.header("Connection"), "close");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(server.handler().cancelled, 1);
}

// ---- TLS --------------------------------------------------------------------------------------

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<&X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freed<&SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Freed<&SSL_free>>;
using File = std::unique_ptr<std::FILE, Freed<&std::fclose>>;

/// A certificate for localhost, made for these tests, in files that vanish with the object.
class Identity {
 public:
  explicit Identity(const char* common_name = "localhost")
      : key_{EVP_EC_gen("P-256")}, certificate_{X509_new()} {
    X509_set_version(certificate_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 3600);
    X509_set_pubkey(certificate_.get(), key_.get());
    X509_NAME* name = X509_get_subject_name(certificate_.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
    X509_set_issuer_name(certificate_.get(), name);
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    std::string folder = "/tmp/roost-tls-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) throw Error("no temporary folder");
    folder_ = folder;
    write_certificate(options());
    write_key(options());
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
  ~Identity() {
    std::remove((folder_ + "/certificate.pem").c_str());
    std::remove((folder_ + "/key.pem").c_str());
    ::rmdir(folder_.c_str());
  }
  [[nodiscard]] TlsOptions options() const {
    return {folder_ + "/certificate.pem", folder_ + "/key.pem"};
  }
  void write_certificate(const TlsOptions& files) const {
    const File file{std::fopen(files.certificate_chain_file.c_str(), "w")};
    PEM_write_X509(file.get(), certificate_.get());
  }
  void write_key(const TlsOptions& files) const {
    const File file{std::fopen(files.private_key_file.c_str(), "w")};
    PEM_write_PrivateKey(file.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }

 private:
  Key key_;
  Certificate certificate_;
  std::string folder_;
};

int connect_to(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{10, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return descriptor;
}

/// A blocking TLS client.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int version = TLS1_3_VERSION,
                     std::string_view protocols = "\x08http/1.1")
      : socket_{connect_to(port)}, context_{SSL_CTX_new(TLS_client_method())} {
    SSL_CTX_set_max_proto_version(context_.get(), version);
    SSL_CTX_set_security_level(context_.get(), 0);
    session_.reset(SSL_new(context_.get()));
    SSL_set_alpn_protos(session_.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
    SSL_set_fd(session_.get(), socket_);
    connected = SSL_connect(session_.get()) == 1;
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient() { ::close(socket_); }

  void send(std::string_view text) {
    SSL_write(session_.get(), text.data(), static_cast<int>(text.size()));
  }
  /// Everything until the server closes; `goodbye` tells whether it said so.
  std::string receive_all(bool& goodbye) {
    std::string all;
    std::vector<char> block(20'000);
    for (;;) {
      const int size = SSL_read(session_.get(), block.data(), static_cast<int>(block.size()));
      if (size <= 0) {
        goodbye = SSL_get_error(session_.get(), size) == SSL_ERROR_ZERO_RETURN;
        return all;
      }
      all.append(block.data(), static_cast<std::size_t>(size));
    }
  }
  /// Everything up to and with `end`, or up to the end of the connection.
  std::string receive_until(std::string_view end) {
    std::string all;
    std::vector<char> block(20'000);
    while (all.find(end) == std::string::npos) {
      const int size = SSL_read(session_.get(), block.data(), static_cast<int>(block.size()));
      if (size <= 0) break;
      all.append(block.data(), static_cast<std::size_t>(size));
    }
    return all;
  }
  /// Whose certificate the server has shown.
  [[nodiscard]] std::string server_name() const {
    const Certificate shown{SSL_get1_peer_certificate(session_.get())};
    std::array<char, 64> name{};
    if (shown == nullptr) return "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name.data(),
                              static_cast<int>(name.size()));
    return name.data();
  }
  [[nodiscard]] std::string protocol() const {
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_.get(), &chosen, &size);
    return {reinterpret_cast<const char*>(chosen), size};
  }

  bool connected = false;

 private:
  int socket_;
  Context context_;
  Session session_;
};

class Tls : public ::testing::Test {
 protected:
  static ServerOptions with_tls() {
    static const Identity identity;
    ServerOptions options;
    options.tls = identity.options();
    return options;
  }
};

TEST_F(Tls, AnswersOverBothVersions) {
  TestServer server{with_tls()};
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client{server.port(), version};
    ASSERT_TRUE(client.connected);
    EXPECT_EQ(client.protocol(), "http/1.1");
    client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
    client.send("GET /close HTTP/1.1\r\nHost: a\r\n\r\n");
    bool goodbye = false;
    const std::string all = client.receive_all(goodbye);
    EXPECT_NE(all.find("GET /a "), std::string::npos) << all;
    EXPECT_NE(all.find("GET /b "), std::string::npos) << all;
    EXPECT_TRUE(goodbye);
  }
}

TEST_F(Tls, RefusesOldVersionsAndOtherProtocols) {
  TestServer server{with_tls()};
  EXPECT_FALSE((TlsClient{server.port(), TLS1_1_VERSION}.connected));
  EXPECT_FALSE((TlsClient{server.port(), TLS1_3_VERSION, "\x02h2"}.connected));
  EXPECT_TRUE((TlsClient{server.port(), TLS1_3_VERSION, "\x02h2\x08http/1.1"}.connected));
}

TEST_F(Tls, CarriesLargeBodiesBothWays) {
  ServerOptions options = with_tls();
  options.body_limit = 4'000'000;
  TestServer server{options};
  TlsClient client{server.port()};
  ASSERT_TRUE(client.connected);
  const std::string body(3'000'000, 'x');
  client.send("POST /p HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  bool goodbye = false;
  const std::string all = client.receive_all(goodbye);
  EXPECT_GT(all.size(), body.size());
  EXPECT_TRUE(all.ends_with(body));
  EXPECT_TRUE(goodbye);
}

TEST_F(Tls, CarriesBodiesInPieces) {
  TestServer server{with_tls()};
  TlsClient client{server.port()};
  ASSERT_TRUE(client.connected);
  const std::string body(3'000'000, 'x');
  client.send("POST /pieces HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body + "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  bool goodbye = false;
  const std::string all = client.receive_all(goodbye);
  EXPECT_NE(all.find("3000000 bytes of 3000000"), std::string::npos) << all;
  EXPECT_NE(all.find("GET /next "), std::string::npos) << all;
  EXPECT_TRUE(goodbye);
}

TEST_F(Tls, SurvivesClientsThatDoNotSpeakIt) {
  ServerOptions options = with_tls();
  options.header_timeout = milliseconds{200};
  TestServer server{options};
  TestClient plain{server.port()};
  plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  (void)plain.receive_all();
  TestClient silent{server.port()};
  EXPECT_TRUE(silent.closed()) << "a handshake that never begins times out";
  TestClient half{server.port()};
  half.send(std::string_view{"\x16\x03\x01\x02\x00\x01\x00", 7});
  half.reset();
  TlsClient good{server.port()};
  EXPECT_TRUE(good.connected);
}

TEST_F(Tls, ANewCertificateIsForNewConnections) {
  const Identity first{"first"};
  const Identity second{"second"};
  ServerOptions options;
  options.tls = first.options();
  TestServer server{options, 2};
  TlsClient early{server.port()};
  EXPECT_EQ(early.server_name(), "first");

  second.write_certificate(first.options());
  second.write_key(first.options());
  EXPECT_EQ(TlsClient{server.port()}.server_name(), "first") << "nobody has asked yet";
  server.server().reload_certificate();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient late{server.port(), version};
    ASSERT_TRUE(late.connected);
    EXPECT_EQ(late.server_name(), "second");
    late.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(late.receive_until("GET /a ").find("200 OK"), std::string::npos);
  }
  early.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(early.receive_until("GET /b ").find("200 OK"), std::string::npos)
      << "what was open stays open";
}

TEST_F(Tls, ABrokenCertificateLeavesTheFormerOne) {
  const Identity first{"first"};
  const Identity second{"second"};
  ServerOptions options;
  options.tls = first.options();
  TestServer server{options};
  const auto refusal = [&]() -> std::string {
    try {
      server.server().reload_certificate();
    } catch (const Error& error) {
      return error.what();
    }
    return "it was taken";
  };
  second.write_certificate(first.options());  // without its key
  EXPECT_NE(refusal().find("key"), std::string::npos) << refusal();
  { const File cut{std::fopen(first.options().certificate_chain_file.c_str(), "w")}; }
  EXPECT_NE(refusal().find(first.options().certificate_chain_file), std::string::npos) << refusal();
  EXPECT_EQ(TlsClient{server.port()}.server_name(), "first");
  first.write_certificate(first.options());
  EXPECT_EQ(refusal(), "it was taken");
}

TEST_F(Tls, WithoutItThereIsNoCertificateToReload) {
  TestServer server;
  EXPECT_THROW(server.server().reload_certificate(), Error);
}

TEST_F(Tls, NamesTheFileThatCannotBeUsed) {
  detail::TestHandler handler;
  ServerOptions options;
  options.tls = TlsOptions{"/nonexistent.pem", "/nonexistent.pem"};
  try {
    Server server{handler, options};
    FAIL() << "it was made";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("/nonexistent.pem"), std::string::npos);
  }
}

}  // namespace
}  // namespace roost::http
