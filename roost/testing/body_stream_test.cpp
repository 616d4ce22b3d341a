// Handlers that read their body piece by piece, and limits of bodies route by route, through a
// server.
#include <roost/app/application.hpp>
#include <roost/async/event_loop_group.hpp>
#include <roost/http/server.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>
#include <roost/web/body_stream.hpp>
#include <roost/web/detail/form_parts.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/multipart.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace roost;  // as users write it
using roost::http::Method;

namespace {

struct Named {
  std::string name;
};

struct NobodyGuard {
  bool can_activate(ExecutionContext&) { return false; }
};

class PiecesController {
 public:
  Task<std::string> count(BodyStream body,
                          Header<"Content-Type", std::optional<std::string>> type) {
    std::size_t bytes = 0;
    for (;;) {
      const auto piece = co_await body.read();
      if (!piece) break;
      bytes += piece->size();
    }
    const auto again = co_await body.read();
    co_return std::to_string(bytes) + " bytes of " + type->value_or("nothing") +
        (again ? ", and more" : "");
  }
  Task<std::string> length(BodyStream body) {
    co_return body.length() ? std::to_string(*body.length()) : "unknown";
  }
  int size(Body<Named> body) { return static_cast<int>(body->name.size()); }

  static constexpr auto routes =
      controller("pieces", body_limit(300'000), post<&PiecesController::count>(),
                 post<&PiecesController::count>("small", body_limit(10)),
                 post<&PiecesController::count>("nobody", use_guards<NobodyGuard>()),
                 post<&PiecesController::count>("hurried", timeout(std::chrono::milliseconds(100))),
                 post<&PiecesController::length>("length"), post<&PiecesController::size>("whole"),
                 post<&PiecesController::size>("tiny", body_limit(20)),
                 post<&PiecesController::size>("versioned", version("2"), body_limit(400'000)));
};
class PlainController {
 public:
  int size(Body<Named> body) { return static_cast<int>(body->name.size()); }
  static constexpr auto routes = controller("plain", post<&PlainController::size>());
};
struct PiecesModule {
  static ModuleDef define() {
    return module<PiecesModule>(controllers<PiecesController, PlainController>(),
                                providers<NobodyGuard>());
  }
};

template <class Module>
Application module_of(const ApplicationOptions& options) {
  return create<Module>(options);
}

/// An application behind a server, while this object lives.
class Served {
 public:
  explicit Served(const ApplicationOptions& options = {}, const http::ServerOptions& limits = {})
      : Served{module_of<PiecesModule>, options, limits} {}
  explicit Served(Application (*make)(const ApplicationOptions&),
                  const ApplicationOptions& options = {}, const http::ServerOptions& limits = {})
      : application_{make(ApplicationOptions(options).log(LogOptions().level(LogLevel::off)))} {
    application_.start(loop_, {});
    server_.emplace(application_.dispatcher(), limits);
    server_->listen("127.0.0.1", 0, loops_);
    loops_.start();
  }
  ~Served() {
    loops_.stop();
    loops_.join();
    server_.reset();
    application_.stop(loop_);
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  /// Sends the bytes, says with `ends` that these were all, and gives what comes until the
  /// connection is closed.
  std::string exchange(std::string_view bytes, bool ends = false) const {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{20, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      while (!bytes.empty()) {
        const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      if (ends) ::shutdown(descriptor, SHUT_WR);
      char buffer[16'384];
      for (;;) {
        const ssize_t got = ::recv(descriptor, buffer, sizeof buffer, 0);
        if (got <= 0) break;
        answer.append(buffer, static_cast<std::size_t>(got));
      }
    }
    ::close(descriptor);
    return answer;
  }
  std::string post(const std::string& path, const std::string& body,
                   const std::string& fields = {}) const {
    return exchange("POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

 private:
  EventLoop loop_;
  EventLoopGroup loops_{1};
  Application application_;
  std::optional<http::Server> server_;
};

std::string named(std::size_t size) { return R"({"name":")" + std::string(size, 'n') + R"("})"; }
const std::string json = "Content-Type: application/json\r\n";

TEST(BodyStreams, GiveBodiesOfAnyTypeAndSize) {
  const Served served;
  const std::string answer =
      served.post("/pieces", std::string(200'000, 'x'), "Content-Type: image/png\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 201")) << answer;
  EXPECT_TRUE(answer.ends_with("200000 bytes of image/png")) << answer;
  EXPECT_TRUE(served.post("/pieces", "").ends_with("0 bytes of nothing"));
  // Not read as what it says that it is.
  EXPECT_TRUE(served.post("/pieces", "{", json).ends_with("1 bytes of application/json"));
  EXPECT_TRUE(served.post("/pieces/length", "12345").ends_with("\r\n\r\n5"));
  EXPECT_TRUE(served
                  .exchange("POST /pieces/length HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                  .ends_with("\r\n\r\nunknown"));
}

TEST(BodyStreams, WorkWithoutAServer) {
  auto app = roost::testing::create<PiecesModule>();
  const auto answer = app.inject({.method = Method::POST,
                                  .path = "/pieces",
                                  .headers = {{"Content-Type", "text/plain"}},
                                  .body = "12345"});
  EXPECT_EQ(answer.body, "5 bytes of text/plain");
  EXPECT_EQ(app.inject({.method = Method::POST, .path = "/pieces"}).body, "0 bytes of nothing");
}

TEST(BodyStreams, AreNotBegunForThoseWhoMayNot) {
  const Served served;
  const std::string answer = served.exchange(
      "POST /pieces/nobody HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 100\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 403")) << answer;
}

TEST(BodyStreams, EndWithTheTimeOfTheirRoute) {
  const Served served;
  const std::string answer = served.exchange(
      "POST /pieces/hurried HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
      "Content-Length: 100\r\n\r\n12345");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408")) << answer;
}

TEST(BodyLimits, AreThoseOfTheRouteElseOfTheApplication) {
  http::ServerOptions limits;
  limits.body_limit = 1'000;
  const Served served{{}, limits};
  const auto is = [](const std::string& answer, const char* status) {
    return answer.starts_with("HTTP/1.1 " + std::string(status));
  };
  EXPECT_TRUE(is(served.post("/pieces", std::string(300'000, 'x')), "201"));
  EXPECT_TRUE(is(served.post("/pieces", std::string(300'001, 'x')), "413"));
  EXPECT_TRUE(is(served.post("/pieces/small", std::string(10, 'x')), "201"));
  EXPECT_TRUE(is(served.post("/pieces/small", std::string(11, 'x')), "413"));
  EXPECT_TRUE(is(served.post("/pieces/whole", named(299'000), json), "201"));
  EXPECT_TRUE(is(served.post("/pieces/whole", named(300'000), json), "413"));
  EXPECT_TRUE(is(served.post("/pieces/tiny", named(5), json), "201"));
  EXPECT_TRUE(is(served.post("/pieces/tiny", named(50), json), "413"));
  EXPECT_TRUE(is(served.post("/plain", named(900), json), "201"));
  EXPECT_TRUE(is(served.post("/plain", named(1'000), json), "413"));
  EXPECT_TRUE(is(served.post("/nowhere", named(1'000), json), "413"));
  EXPECT_TRUE(is(served.post("/nowhere", named(10), json), "404"));
}

TEST(BodyLimits, AreThoseOfTheVersionAskedFor) {
  const Served served{
      ApplicationOptions().versioning(Versioning::header("X-Version")).global_prefix("api")};
  const std::string large = named(350'000);
  EXPECT_TRUE(served.post("/api/pieces/versioned", large, json + "X-Version: 2\r\n")
                  .starts_with("HTTP/1.1 201"));
  EXPECT_TRUE(served.post("/api/pieces/versioned", large, json).starts_with("HTTP/1.1 413"));
}

// ---- files of forms on disk --------------------------------------------------------------------

/// A folder that vanishes with the object.
class Folder {
 public:
  Folder() {
    path = "/tmp/roost-uploads-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
    ::setenv("TMPDIR", path.c_str(), 1);
  }
  ~Folder() {
    ::unsetenv("TMPDIR");
    std::filesystem::remove_all(path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  /// Files that are there, but for one that was kept.
  [[nodiscard]] std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.path().filename() != "kept") ++count;
    }
    return count;
  }
  std::string path;
};

struct Seen {
  std::string name;
  std::string type;
  std::size_t size = 0;
  std::size_t on_disk = 0;
  int mode = 0;
  std::string title;
};

std::string content_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// A folder that is made for a test, under a name that only then is known.
std::array<char, 26> vanishing{"/tmp/roost-uploads-XXXXXX"};
std::string make_vanishing() {
  vanishing = {"/tmp/roost-uploads-XXXXXX"};
  if (::mkdtemp(vanishing.data()) == nullptr) throw std::runtime_error("no folder");
  return vanishing.data();
}

class FilesController {
 public:
  Seen look(File<"file"> file, Multipart form) {
    const std::string* title = form.field("title");
    struct stat status {};
    ::stat(file->path().c_str(), &status);
    return {file->name(),
            file->media_type(),
            file->size(),
            content_of(file->path()).size(),
            static_cast<int>(status.st_mode & 0777U),
            title == nullptr ? "" : *title};
  }
  std::string read(File<"file"> file) { return content_of(file->path()); }
  void keep(File<"file"> file, QueryParam<"path"> path) { file->save_to(*path); }
  std::string fail(File<"file"> file) { throw std::runtime_error(file->path()); }
  std::string content(File<"file"> file) { return std::string(file->content()); }
  int count(Multipart form) {
    return static_cast<int>(form.files().size() * 100 + form.fields().size());
  }
  int nothing() { return 0; }
  static constexpr auto routes = controller(
      "files", store_uploads(), body_limit(std::uint64_t{80} << 20), post<&FilesController::look>(),
      post<&FilesController::read>("read"), post<&FilesController::keep>("keep"),
      post<&FilesController::fail>("fail"), post<&FilesController::content>("content"),
      post<&FilesController::count>("count"), get<&FilesController::nothing>(),
      post<&FilesController::count>(
          "small", multipart_limits().file_size(4).files(1).fields(1).field_bytes(3)),
      post<&FilesController::count>("vanished",
                                    store_uploads({vanishing.data(), vanishing.size() - 1})));
};
struct FilesModule {
  static ModuleDef define() { return module<FilesModule>(controllers<FilesController>()); }
};

std::string part(const std::string& disposition, const std::string& content) {
  return "--XX\r\nContent-Disposition: form-data; " + disposition +
         "\r\nContent-Type: text/plain\r\n\r\n" + content + "\r\n";
}
const std::string a_file = R"(name="file"; filename="../a.txt")";
const std::string form_type = "Content-Type: multipart/form-data; boundary=XX\r\n";

class StoredUploads : public ::testing::Test {
 protected:
  std::string send(const std::string& path, const std::string& body) {
    return served_.post(path, body, form_type);
  }
  ~StoredUploads() override { ::rmdir(vanishing.data()); }

  Folder folder_;
  std::string made_ = make_vanishing();
  Served served_{module_of<FilesModule>};
};

TEST_F(StoredUploads, AreOnDiskForTheirHandlerOnly) {
  const std::string answer =
      send("/files", part("name=title", "A title") + part(a_file, "hello\r\n--X not the end") +
                         "--XX--\r\nepilogue");
  EXPECT_TRUE(answer.ends_with(R"({"name":"a.txt","type":"text/plain","size":22,"on_disk":22,)"
                               R"("mode":384,"title":"A title"})"))
      << answer;
  EXPECT_EQ(folder_.files(), 0U);
  EXPECT_TRUE(send("/files/fail", part(a_file, "x") + "--XX--").starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(send("/files/content", part(a_file, "x") + "--XX--").starts_with("HTTP/1.1 500"));
  EXPECT_EQ(folder_.files(), 0U);
  EXPECT_TRUE(send("/files/count", part(R"(name="f"; filename="")", "") + part(a_file, "") +
                                       part("name=a", "") + "--XX--")
                  .ends_with("101"));
  EXPECT_TRUE(served_.post("/files/count", "{}", json).ends_with("\r\n\r\n0"));
  EXPECT_TRUE(served_.exchange("GET /files HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                  .ends_with("\r\n\r\n0"));
  EXPECT_EQ(folder_.files(), 0U);
}

TEST_F(StoredUploads, AreKeptByNameOnce) {
  const std::string path = folder_.path + "/kept";
  const std::string body = part(a_file, std::string(100'000, 'k')) + "--XX--";
  EXPECT_TRUE(send("/files/keep?path=" + path, body).starts_with("HTTP/1.1 201"));
  EXPECT_EQ(content_of(path), std::string(100'000, 'k'));
  EXPECT_TRUE(send("/files/keep?path=" + path, body).starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(send("/files/keep?path=/nonexistent/x", body).starts_with("HTTP/1.1 500"));
  EXPECT_EQ(content_of(path).size(), 100'000U);
  // Another disk, where there is one.
  const std::string elsewhere = "/dev/shm/roost-kept-" + std::to_string(::getpid());
  if (std::filesystem::exists("/dev/shm")) {
    EXPECT_TRUE(send("/files/keep?path=" + elsewhere, body).starts_with("HTTP/1.1 201"));
    EXPECT_EQ(content_of(elsewhere), std::string(100'000, 'k'));
    ::unlink(elsewhere.c_str());
  }
  EXPECT_EQ(folder_.files(), 0U);
}

TEST_F(StoredUploads, LeaveNothingWhenRefusedOrAbandoned) {
  for (const std::string& truncated : {
           part(a_file, "hello"),
           part(a_file, "hello") + "--XX",
           part(a_file, "hello") + part("filename=x", "no name") + "--XX--",
           part(a_file, "hello") + "--XXjunk\r\n",
           std::string("--XX\r\nno colon\r\n\r\n"),
           std::string(),
       }) {
    EXPECT_TRUE(send("/files", truncated).starts_with("HTTP/1.1 400")) << truncated;
  }
  EXPECT_TRUE(send("/files/small", part(a_file, "12345") + "--XX--").starts_with("HTTP/1.1 413"));
  const std::string small = part(a_file, "1234");
  EXPECT_TRUE(send("/files/small", small + "--XX--").ends_with("100"));
  EXPECT_TRUE(send("/files/small", small + small + "--XX--").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(send("/files/small", part("name=a", "1234") + "--XX--").starts_with("HTTP/1.1 413"));
  EXPECT_TRUE(send("/files/small", part("name=a", "") + part("name=b", "") + "--XX--")
                  .starts_with("HTTP/1.1 413"));
  EXPECT_TRUE(send("/files/vanished", small + "--XX--").ends_with("100"));
  ASSERT_EQ(::rmdir(vanishing.data()), 0);
  EXPECT_TRUE(send("/files/vanished", small + "--XX--").starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(send("/files/count", part("name=a", std::string((1 << 20) + 1, 'x')) + "--XX--")
                  .starts_with("HTTP/1.1 413"));
  // The client leaves in the middle of a file.
  const std::string begun = served_.exchange(
      "POST /files HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + form_type +
          "Content-Length: 1000000\r\n\r\n" + part(a_file, std::string(300'000, 'x')),
      true);
  EXPECT_TRUE(begun.starts_with("HTTP/1.1 400")) << begun;
  EXPECT_EQ(folder_.files(), 0U);
}

/// Bytes of this process that are in memory.
std::size_t resident() {
  std::size_t all = 0;
  std::size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> all >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST_F(StoredUploads, TakeLittleMemory) {
  const std::string body = part(a_file, std::string(std::size_t{64} << 20, 'x')) + "--XX--";
  const std::string request = "POST /files/count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
                              form_type + "Content-Length: " + std::to_string(body.size()) +
                              "\r\n\r\n" + body;
  EXPECT_TRUE(
      send("/files/count", part(a_file, std::string(1 << 20, 'x')) + "--XX--").ends_with("100"));
  const std::size_t before = resident();
  EXPECT_TRUE(served_.exchange(request).ends_with("100"));
  EXPECT_LT(resident(), before + (std::size_t{6} << 20));
}

/// The same form however it is cut, and the same as when it is read whole.
TEST(FormPieces, MakeNoDifference) {
  struct Collect final : web::detail::FormSink {
    std::string text;
    void begin_part(const web::detail::PartHead& head) override {
      text += "[" + std::string(head.disposition) + "|";
    }
    void data(std::string_view bytes) override { text += bytes; }
    void end_part() override { text += "]"; }
  };
  const std::string form = "preamble\r\n--X no\r\n" + part("name=a", "\r\n--X\r\n--XY\r\n") +
                           part("name=b", "") + "--XX \t\r\nContent-Disposition: c\r\n\r\n" +
                           "--XX--\r\n--XX\r\n";
  const std::string expected = "[form-data; name=a|\r\n--X\r\n--XY\r\n][form-data; name=b|][c|]";
  for (std::size_t step = 1; step <= form.size(); ++step) {
    Collect sink;
    web::detail::FormReader reader{"XX", sink};
    for (std::size_t at = 0; at < form.size(); at += step) {
      reader.feed(std::string_view{form}.substr(at, step));
    }
    EXPECT_NO_THROW(reader.finish());
    ASSERT_EQ(sink.text, expected) << step;
  }
}

class IdleController {
 public:
  int nothing() { return 0; }
  static constexpr auto routes =
      controller("idle", post<&IdleController::nothing>(store_uploads()));
};
struct IdleModule {
  static ModuleDef define() { return module<IdleModule>(controllers<IdleController>()); }
};

TEST(StoreUploads, NeedsAHandlerThatTakesThem) {
  try {
    auto app = roost::testing::create<IdleModule>();
    app.start();
    FAIL() << "started";
  } catch (const StartupError& error) {
    EXPECT_NE(std::string(error.what()).find("IdleController::nothing has store_uploads"),
              std::string::npos)
        << error.what();
  }
}

class HomelessController {
 public:
  int count(Multipart form) { return static_cast<int>(form.files().size()); }
  static constexpr auto routes = controller(
      "homeless", post<&HomelessController::count>("missing", store_uploads("/nonexistent/folder")),
      post<&HomelessController::count>("file", store_uploads("/dev/null")),
      post<&HomelessController::count>("relative", store_uploads("no-such-folder")),
      post<&HomelessController::count>("temporary", store_uploads()));
};
struct HomelessModule {
  static ModuleDef define() { return module<HomelessModule>(controllers<HomelessController>()); }
};

TEST(StoreUploads, NeedAFolderWhenTheApplicationStarts) {
  try {
    auto app = roost::testing::create<HomelessModule>();
    app.start();
    FAIL() << "started";
  } catch (const StartupError& error) {
    const std::string text = error.what();
    const std::string relative = (std::filesystem::current_path() / "no-such-folder").string();
    for (const std::string& problem :
         {std::string("HomelessController::count (POST /homeless/missing) stores its uploads "
                      "in /nonexistent/folder, which is no folder; make it before the start"),
          std::string("(POST /homeless/file) stores its uploads in /dev/null, which is no folder"),
          "(POST /homeless/relative) stores its uploads in " + relative}) {
      EXPECT_NE(text.find(problem), std::string::npos) << problem << "\nis not in\n" << text;
    }
    EXPECT_EQ(text.find("temporary"), std::string::npos) << text;
  }
  EXPECT_EQ(create<HomelessModule>().listen(0), 1);
  // Who only asks what routes there are needs no folder.
  EXPECT_NE(create<HomelessModule>().routes().find("/homeless/file"), std::string::npos);
}

class TornController {
 public:
  Task<void> both(BodyStream, File<"file">) { co_return; }
  static constexpr auto routes = controller("torn", post<&TornController::both>());
};
struct TornModule {
  static ModuleDef define() { return module<TornModule>(controllers<TornController>()); }
};

TEST(BodyStreams, AndFormsAreTooMuchForOneHandler) {
  try {
    auto app = roost::testing::create<TornModule>();
    app.start();
    FAIL() << "started";
  } catch (const StartupError& error) {
    EXPECT_NE(std::string(error.what()).find("TornController::both reads the body"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
