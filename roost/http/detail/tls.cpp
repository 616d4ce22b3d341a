#include <roost/base/error.hpp>
#include <roost/http/detail/tls.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <climits>
#include <mutex>
#include <string>
#include <string_view>

namespace roost::http::detail {

namespace {

// TLS 1.2 with forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
constexpr const char* ciphers_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

std::string reason() {
  const unsigned long code = ERR_get_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return text == nullptr ? "unknown reason" : text;
}

[[noreturn]] void fail(const std::string& what) { throw Error("TLS: " + what + ": " + reason()); }

struct FreeContext {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const noexcept { SSL_free(session); }
};

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, size, ours, sizeof ours - 1, offered, offered_size);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

/// Reads and writes a socket without ever raising SIGPIPE, which OpenSSL's own would.
class SocketMethod {
 public:
  SocketMethod() : method_{BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "roost")} {
    BIO_meth_set_read(method_.get(), &SocketMethod::read);
    BIO_meth_set_write(method_.get(), &SocketMethod::write);
    BIO_meth_set_ctrl(method_.get(), &SocketMethod::control);
  }
  [[nodiscard]] BIO* make(SocketTransport& socket) const {
    BIO* bio = BIO_new(method_.get());
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, &socket);
    BIO_set_init(bio, 1);
    return bio;
  }

 private:
  struct Free {
    void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
  };

  static int read(BIO* bio, char* data, int size) {
    BIO_clear_retry_flags(bio);
    const IoResult result = socket_of(bio).receive(data, static_cast<std::size_t>(size));
    if (result.kind == IoResult::Kind::done) return static_cast<int>(result.size);
    if (result.kind == IoResult::Kind::would_block) BIO_set_retry_read(bio);
    return result.kind == IoResult::Kind::end ? 0 : -1;
  }
  static int write(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    const IoResult result = socket_of(bio).send({data, static_cast<std::size_t>(size)});
    if (result.kind == IoResult::Kind::done) return static_cast<int>(result.size);
    if (result.kind == IoResult::Kind::would_block) BIO_set_retry_write(bio);
    return -1;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
  static SocketTransport& socket_of(BIO* bio) {
    return *static_cast<SocketTransport*>(BIO_get_data(bio));
  }

  std::unique_ptr<BIO_METHOD, Free> method_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(int descriptor, SSL* session) : socket_{descriptor}, session_{session} {}
  [[nodiscard]] SocketTransport& socket() { return socket_; }

  IoResult receive(char* data, std::size_t size) noexcept override {
    ERR_clear_error();
    const int received = SSL_read(session_.get(), data, limited(size));
    return result_of(received);
  }
  IoResult send(std::string_view data) noexcept override {
    if (data.empty()) return {};
    ERR_clear_error();
    const int sent = SSL_write(session_.get(), data.data(), limited(data.size()));
    return result_of(sent);
  }
  IoResult send(std::string_view first, std::string_view second) noexcept override {
    IoResult result = send(first);
    if (result.kind != IoResult::Kind::done || result.size < first.size()) return result;
    const IoResult rest = send(second);  // what is wrong with it, the next call will say
    if (rest.kind == IoResult::Kind::done) result.size += rest.size;
    return result;
  }
  void end_sending() noexcept override {
    say_goodbye();
    socket_.end_sending();
  }
  void close() noexcept override {
    if (socket_.descriptor() < 0) return;
    say_goodbye();
    session_.reset();
    socket_.close();
  }
  [[nodiscard]] int descriptor() const noexcept override { return socket_.descriptor(); }
  [[nodiscard]] bool secure() const noexcept override { return true; }
  /// A record that has been taken apart may hold more than was asked for.
  [[nodiscard]] bool short_read_means_empty() const noexcept override { return false; }

 private:
  static int limited(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
  }
  IoResult result_of(int transferred) noexcept {
    if (transferred > 0) return {IoResult::Kind::done, static_cast<std::size_t>(transferred)};
    switch (SSL_get_error(session_.get(), transferred)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return {IoResult::Kind::would_block, 0};
      case SSL_ERROR_ZERO_RETURN:
        return {IoResult::Kind::end, 0};
      default:
        broken_ = true;
        return {IoResult::Kind::broken, 0};
    }
  }
  void say_goodbye() noexcept {
    if (broken_ || session_ == nullptr || SSL_is_init_finished(session_.get()) == 0) return;
    ERR_clear_error();
    SSL_shutdown(session_.get());
    broken_ = true;  // said once
  }

  SocketTransport socket_;
  std::unique_ptr<SSL, FreeSession> session_;
  bool broken_ = false;
};

}  // namespace

namespace {

using NativeContext = std::unique_ptr<SSL_CTX, FreeContext>;

NativeContext make_context(const TlsOptions& options) {
  NativeContext made{SSL_CTX_new(TLS_server_method())};
  SSL_CTX* context = made.get();
  if (context == nullptr) fail("no context could be made");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_cipher_list(context, ciphers_of_tls_1_2);
  SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
  const std::string& chain = options.certificate_chain_file;
  if (SSL_CTX_use_certificate_chain_file(context, chain.c_str()) != 1) {
    fail("the certificate " + chain + " cannot be used");
  }
  const std::string& key = options.private_key_file;
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    fail("the key " + key + " cannot be used");
  }
  if (SSL_CTX_check_private_key(context) != 1) fail("key and certificate do not belong together");
  return made;
}

}  // namespace

struct TlsContext::Native {
  SocketMethod sockets;
  std::mutex mutex;  // of the pointer: a session keeps the context that it began with
  NativeContext context;

  [[nodiscard]] SSL* make_session() {
    const std::lock_guard lock{mutex};
    return SSL_new(context.get());
  }
};

TlsContext::TlsContext(const TlsOptions& options) : native_{std::make_unique<Native>()} {
  native_->context = make_context(options);
}

TlsContext::~TlsContext() = default;

void TlsContext::reload(const TlsOptions& options) {
  NativeContext made = make_context(options);
  const std::lock_guard lock{native_->mutex};
  native_->context.swap(made);
}

std::unique_ptr<Transport> TlsContext::accept(int descriptor) const {
  SSL* session = native_->make_session();
  if (session == nullptr) {
    SocketTransport{descriptor}.close();
    return nullptr;
  }
  auto transport = std::make_unique<TlsTransport>(descriptor, session);
  BIO* bio = native_->sockets.make(transport->socket());
  if (bio == nullptr) return nullptr;
  SSL_set_bio(session, bio, bio);
  SSL_set_accept_state(session);
  return transport;
}

}  // namespace roost::http::detail
