// What applications need ready made: headers for browsers, compression, files, uploads, events,
// limits.
#include <roost/async/timers.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/stream.hpp>
#include <roost/roost.hpp>
#include <roost/testing/test_application.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/event_stream.hpp>
#include <roost/web/multipart.hpp>
#include <roost/web/rate_limit.hpp>
#include <roost/web/static_files.hpp>

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace roost;  // as users write it
using roost::http::Method;
using roost::testing::TestResponse;

namespace {

struct Row {
  int id = 0;
  std::string text;
};

class RowsController {
 public:
  std::vector<Row> many(QueryParam<"n", std::optional<int>> n) {
    std::vector<Row> rows;
    for (int i = 0; i < n->value_or(200); ++i) rows.push_back({i, "the same text again"});
    return rows;
  }
  Task<std::vector<Row>> later() {
    co_await sleep_for(std::chrono::milliseconds(1));
    QueryParam<"n", std::optional<int>> none;
    co_return many(none);
  }
  Response framed() {
    return Response().header("X-Frame-Options", "DENY").body("text/html", "<p>");
  }
  std::string id(RequestId id) { return *id; }
  static constexpr auto routes =
      controller("rows", get<&RowsController::many>(), get<&RowsController::later>("later"),
                 get<&RowsController::framed>("framed"), get<&RowsController::id>("id"),
                 post<&RowsController::id>());
};
struct RowsModule {
  static ModuleDef define() { return module<RowsModule>(controllers<RowsController>()); }
};

std::string header(const TestResponse& answer, std::string_view name) {
  return answer.header(name).value_or("(none)");
}

TEST(SecurityHeadersTest, AreOnEveryAnswerUnlessItSaysOtherwise) {
  auto app = roost::testing::create<RowsModule>();
  for (const char* path : {"/rows?n=1", "/nowhere", "/health", "/rows?n=x"}) {
    const auto answer = app.get(path);
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff") << path;
    EXPECT_TRUE(header(answer, "Content-Security-Policy").starts_with("default-src 'self'"));
    EXPECT_EQ(header(answer, "X-Frame-Options"), "SAMEORIGIN");
  }
  const auto framed = app.get("/rows/framed");
  EXPECT_EQ(header(framed, "X-Frame-Options"), "DENY");
  int frame_options = 0;
  for (const auto& [name, value] : framed.headers) frame_options += name == "X-Frame-Options";
  EXPECT_EQ(frame_options, 1);
}

TEST(SecurityHeadersTest, CanBeChangedAndSwitchedOff) {
  auto other = roost::testing::create<RowsModule>(ApplicationOptions().security_headers(
      SecurityHeaders().set("X-Frame-Options", "DENY").set("referrer-policy", "")));
  EXPECT_EQ(header(other.get("/rows"), "X-Frame-Options"), "DENY");
  EXPECT_EQ(header(other.get("/rows"), "Referrer-Policy"), "(none)");
  auto none = roost::testing::create<RowsModule>(ApplicationOptions().security_headers(false));
  EXPECT_EQ(header(none.get("/rows"), "X-Frame-Options"), "(none)");
}

TEST(RequestIds, AreTakenWhereHarmlessElseMade) {
  auto app = roost::testing::create<RowsModule>();
  const auto with = [&](std::string id) {
    return app.inject({.path = "/rows/id", .headers = {{"X-Request-Id", std::move(id)}}});
  };
  EXPECT_EQ(with("abc-1.2_3").body, "abc-1.2_3");
  EXPECT_EQ(header(with("abc-1.2_3"), "X-Request-Id"), "abc-1.2_3");
  for (const std::string& hostile : {std::string(), std::string("a b"), std::string("a\"b"),
                                     std::string("<script>"), std::string(129, 'a')}) {
    const auto made = with(hostile);
    EXPECT_EQ(made.body.size(), 16U) << made.body;
    EXPECT_EQ(header(made, "X-Request-Id"), made.body);
  }
  EXPECT_NE(app.get("/rows/id").body, app.get("/rows/id").body);
  EXPECT_EQ(header(app.get("/nowhere"), "X-Request-Id").size(), 16U);
}

// ---- CORS --------------------------------------------------------------------------------------

TestResponse from_origin(roost::testing::TestApplication& app, Method method, std::string path,
                         std::string origin) {
  return app.inject({.method = method,
                     .path = std::move(path),
                     .headers = {{"Origin", std::move(origin)},
                                 {"Access-Control-Request-Headers", "x-one,x-two"}}});
}

TEST(Cors, IsOffUnlessAskedFor) {
  auto app = roost::testing::create<RowsModule>();
  EXPECT_EQ(header(from_origin(app, Method::GET, "/rows", "https://a.test"),
                   "Access-Control-Allow-Origin"),
            "(none)");
}

TEST(Cors, LetsEveryOriginInByDefault) {
  auto app = roost::testing::create<RowsModule>(ApplicationOptions().cors());
  EXPECT_EQ(header(app.get("/rows"), "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header(app.get("/nowhere"), "Access-Control-Allow-Origin"), "*");
  for (const char* path : {"/rows", "/nowhere"}) {
    const auto preflight = from_origin(app, Method::OPTIONS, path, "https://a.test");
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(header(preflight, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(header(preflight, "Access-Control-Allow-Methods"), "GET,HEAD,PUT,PATCH,POST,DELETE");
    EXPECT_EQ(header(preflight, "Access-Control-Allow-Headers"), "x-one,x-two");
    EXPECT_EQ(header(preflight, "Vary"), "Access-Control-Request-Headers");
    EXPECT_EQ(preflight.body, "");
  }
}

TEST(Cors, NamesTheOriginsOfAList) {
  auto app = roost::testing::create<RowsModule>(
      ApplicationOptions().cors(CorsOptions()
                                    .origins({"https://a.test", "https://b.test"})
                                    .credentials()
                                    .exposed_headers("X-Total")
                                    .allowed_headers("X-Key")
                                    .max_age(600)));
  const auto good = from_origin(app, Method::GET, "/rows", "https://b.test");
  EXPECT_EQ(header(good, "Access-Control-Allow-Origin"), "https://b.test");
  EXPECT_EQ(header(good, "Vary"), "Origin");
  const auto bad = from_origin(app, Method::GET, "/rows", "https://evil.test");
  EXPECT_EQ(bad.status, 200) << "the browser decides";
  EXPECT_EQ(header(bad, "Access-Control-Allow-Origin"), "(none)");
  EXPECT_EQ(header(bad, "Vary"), "Origin");
  EXPECT_EQ(header(bad, "Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(header(bad, "Access-Control-Expose-Headers"), "X-Total");
  const auto preflight = from_origin(app, Method::OPTIONS, "/rows", "https://a.test");
  EXPECT_EQ(header(preflight, "Access-Control-Allow-Headers"), "X-Key");
  EXPECT_EQ(header(preflight, "Access-Control-Max-Age"), "600");
}

// ---- compression -------------------------------------------------------------------------------

std::string gunzip(const std::string& text) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(1'000'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? out : "(broken)";
}
std::string unbrotli(const std::string& text) {
  std::size_t size = 1'000'000;
  std::string out(size, '\0');
  const auto result =
      BrotliDecoderDecompress(text.size(), reinterpret_cast<const std::uint8_t*>(text.data()),
                              &size, reinterpret_cast<std::uint8_t*>(out.data()));
  out.resize(size);
  return result == BROTLI_DECODER_RESULT_SUCCESS ? out : "(broken)";
}

TEST(Compression, ChoosesWhatTheClientPrefers) {
  auto app = roost::testing::create<RowsModule>(ApplicationOptions().compression());
  const auto taking = [&](std::string accepted, std::string path = "/rows") {
    return app.inject(
        {.path = std::move(path), .headers = {{"Accept-Encoding", std::move(accepted)}}});
  };
  const std::string plain = app.get("/rows").body;
  ASSERT_GT(plain.size(), 5000U);
  EXPECT_EQ(header(app.get("/rows"), "Content-Encoding"), "(none)");
  EXPECT_EQ(header(app.get("/rows"), "Vary"), "Accept-Encoding");
  for (const char* path : {"/rows", "/rows/later"}) {
    const auto gzip = taking("gzip, deflate", path);
    EXPECT_EQ(header(gzip, "Content-Encoding"), "gzip");
    EXPECT_LT(gzip.body.size(), plain.size() / 5);
    EXPECT_EQ(gunzip(gzip.body), plain);
    const auto brotli = taking("gzip, deflate, br", path);
    EXPECT_EQ(header(brotli, "Content-Encoding"), "br");
    EXPECT_EQ(unbrotli(brotli.body), plain);
  }
  EXPECT_EQ(header(taking("br;q=0.1, gzip;q=0.9"), "Content-Encoding"), "gzip");
  EXPECT_EQ(header(taking("gzip;q=0"), "Content-Encoding"), "(none)");
  EXPECT_EQ(header(taking("*"), "Content-Encoding"), "br");
  EXPECT_EQ(header(taking("*;q=0"), "Content-Encoding"), "(none)");
  EXPECT_EQ(header(taking("identity"), "Content-Encoding"), "(none)");
  EXPECT_EQ(header(taking("gzip", "/rows?n=2"), "Content-Encoding"), "(none)") << "too short";
}

/// Pieces of text, one at a time.
class Pieces final : public http::Stream {
 public:
  explicit Pieces(int count) : count_{count} {}
  Task<bool> next(std::string& out) override {
    co_await sleep_for(std::chrono::milliseconds(0));
    if (count_ < 0) throw std::runtime_error("the source broke");
    if (at_ == 1) {  // nothing to say this time
      ++at_;
      co_return true;
    }
    out += "piece " + std::to_string(at_) + " of the same text, of the same text\n";
    co_return ++at_ < count_;
  }

 private:
  int count_;
  int at_ = 0;
};
class PiecesController {
 public:
  Response text(QueryParam<"n", std::optional<int>> n) {
    return Response().stream("text/plain", std::make_unique<Pieces>(n->value_or(100)));
  }
  Response sized() { return Response().stream("text/plain", std::make_unique<Pieces>(1), 45); }
  Response binary() {
    return Response().stream("application/octet-stream", std::make_unique<Pieces>(3));
  }
  Response fixed() {
    return Response()
        .header("Cache-Control", "no-store, no-transform")
        .stream("text/plain", std::make_unique<Pieces>(3));
  }
  static constexpr auto routes =
      controller("pieces", get<&PiecesController::text>(), get<&PiecesController::sized>("sized"),
                 get<&PiecesController::binary>("binary"), get<&PiecesController::fixed>("fixed"));
};
struct PiecesModule {
  static ModuleDef define() { return module<PiecesModule>(controllers<PiecesController>()); }
};

TEST(Compression, OfStreams) {
  auto app = roost::testing::create<PiecesModule>(ApplicationOptions().compression());
  const auto taking = [&](std::string accepted, std::string path) {
    return app.inject(
        {.path = std::move(path), .headers = {{"Accept-Encoding", std::move(accepted)}}});
  };
  const std::string plain = app.get("/pieces").body;
  ASSERT_GT(plain.size(), 4000U);
  EXPECT_EQ(header(app.get("/pieces"), "Vary"), "Accept-Encoding");
  const auto gzip = taking("gzip", "/pieces");
  EXPECT_EQ(header(gzip, "Content-Encoding"), "gzip");
  EXPECT_LT(gzip.body.size(), plain.size() / 2);
  EXPECT_EQ(gunzip(gzip.body), plain);
  const auto brotli = taking("br", "/pieces");
  EXPECT_EQ(header(brotli, "Content-Encoding"), "br");
  EXPECT_EQ(unbrotli(brotli.body), plain);
  for (const char* path : {"/pieces/sized", "/pieces/binary", "/pieces/fixed"}) {
    EXPECT_EQ(header(taking("gzip, br", path), "Content-Encoding"), "(none)") << path;
    EXPECT_EQ(taking("gzip, br", path).body, app.get(path).body) << path;
  }
  EXPECT_THROW(taking("gzip", "/pieces?n=-1"), std::runtime_error) << "as without compression";
}

TEST(Compression, OfStreamsLetsEachPieceThrough) {
  auto app = roost::testing::create<PiecesModule>(ApplicationOptions().compression());
  app.start();
  http::Request request;
  ASSERT_TRUE(request.assign_target("/pieces?n=3"));
  request.add_header("Accept-Encoding", "gzip");
  http::Response response;
  (void)app.application().dispatcher().handle(request, response);
  const auto stream = response.take_stream();
  ASSERT_NE(stream, nullptr);
  z_stream inflater{};
  ASSERT_EQ(inflateInit2(&inflater, 15 + 16), Z_OK);
  std::string all;
  for (int i = 0; i < 3; ++i) {
    std::string piece;
    EXPECT_EQ(app.loop().block_on(stream->next(piece)), i < 2);
    std::string text(1000, '\0');
    inflater.next_in = reinterpret_cast<Bytef*>(piece.data());
    inflater.avail_in = static_cast<uInt>(piece.size());
    inflater.next_out = reinterpret_cast<Bytef*>(text.data());
    inflater.avail_out = static_cast<uInt>(text.size());
    const int result = inflate(&inflater, Z_SYNC_FLUSH);
    EXPECT_EQ(inflater.avail_in, 0U);
    text.resize(text.size() - inflater.avail_out);
    if (i == 0) {
      EXPECT_EQ(text, "piece 0 of the same text, of the same text\n");
    }
    if (i == 1) {
      EXPECT_EQ(piece, "") << "an empty piece makes no bytes";
    }
    if (i == 2) {
      EXPECT_EQ(result, Z_STREAM_END);
    }
    all += text;
  }
  inflateEnd(&inflater);
  EXPECT_EQ(all,
            "piece 0 of the same text, of the same text\n"
            "piece 2 of the same text, of the same text\n");
}

// ---- static files ------------------------------------------------------------------------------

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string folder = "/tmp/roost-files-XXXXXX";
    if (mkdtemp(folder.data()) != nullptr) folder_ = folder;
    std::filesystem::create_directories(folder_ + "/public/sub/.git");
    write("secret.txt", "secret");
    write("public/index.html", "<h1>home</h1>");
    write("public/a.css", "body{}");
    write("public/digits.txt", "0123456789");
    write("public/sub/index.html", "sub");
    write("public/.env", "secret");
    write("public/sub/.git/config", "secret");
    write("public/\xC5\xBE luty.txt", "unicode");
    write("public/large.bin", std::string(300'000, 'L'));
    std::filesystem::create_symlink("../secret.txt", folder_ + "/public/link.txt");
    std::filesystem::create_symlink("digits.txt", folder_ + "/public/inside.txt");
  }
  ~Files() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream{folder_ + "/" + name} << text;
  }
  [[nodiscard]] StaticFilesOptions options() const {
    return StaticFilesOptions(folder_ + "/public");
  }

  std::string folder_;
};

TEST_F(Files, AreServedWhereNoRouteAnswers) {
  auto app = roost::testing::create<RowsModule>(ApplicationOptions().static_files(options()));
  EXPECT_EQ(app.get("/").body, "<h1>home</h1>");
  const auto css = app.get("/a.css?v=1");
  EXPECT_EQ(css.body, "body{}");
  EXPECT_EQ(header(css, "Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(header(css, "Cache-Control"), "public, max-age=0");
  EXPECT_EQ(header(css, "Accept-Ranges"), "bytes");
  EXPECT_EQ(app.get("/sub/").body, "sub");
  EXPECT_EQ(app.get("/sub").status, 301);
  EXPECT_EQ(header(app.get("/sub"), "Location"), "/sub/");
  EXPECT_EQ(app.get("/%C5%BE%20luty.txt").body, "unicode");
  EXPECT_EQ(app.get("/inside.txt").body, "0123456789");
  EXPECT_EQ(app.get("/large.bin").body, std::string(300'000, 'L'));
  EXPECT_EQ(header(app.get("/rows?n=1"), "Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(app.inject({.method = Method::POST, .path = "/a.css"}).status, 404);
}

TEST_F(Files, NeverLeaveTheirFolder) {
  auto app = roost::testing::create<RowsModule>(ApplicationOptions().static_files(options()));
  for (const char* path : {"/.env", "/sub/.git/config", "/link.txt", "/..%2Fsecret.txt",
                           "/sub/..%5c..%5csecret.txt", "//etc/passwd", "/a.css/", "/nothing"}) {
    const auto answer = app.get(path);
    EXPECT_GE(answer.status, 400) << path;
    EXPECT_EQ(answer.body.find("secret\""), std::string::npos) << path << answer.body;
    EXPECT_NE(answer.body, "secret") << path;
  }
}

TEST_F(Files, KnowRangesAndConditions) {
  auto app = roost::testing::create<RowsModule>(ApplicationOptions().static_files(options()));
  const auto with = [&](std::string name, std::string value) {
    return app.inject({.path = "/digits.txt", .headers = {{std::move(name), std::move(value)}}});
  };
  struct Asked {
    const char* range;
    int status;
    const char* body;
    const char* content_range;
  };
  for (const Asked& asked : {
           Asked{"bytes=0-3", 206, "0123", "bytes 0-3/10"},
           Asked{"bytes=8-", 206, "89", "bytes 8-9/10"},
           Asked{"bytes=-3", 206, "789", "bytes 7-9/10"},
           Asked{"bytes=5-99", 206, "56789", "bytes 5-9/10"},
           Asked{"bytes=-99", 206, "0123456789", "bytes 0-9/10"},
           Asked{"bytes=10-", 416, "", "bytes */10"},
           Asked{"bytes=-0", 416, "", "bytes */10"},
           Asked{"bytes=5-3", 200, "0123456789", "(none)"},
           Asked{"bytes=0-1,3-4", 200, "0123456789", "(none)"},
           Asked{"bytes=a-b", 200, "0123456789", "(none)"},
           Asked{"lines=0-1", 200, "0123456789", "(none)"},
           Asked{"bytes=99999999999999999999-", 200, "0123456789", "(none)"},
       }) {
    const auto answer = with("Range", asked.range);
    EXPECT_EQ(answer.status, asked.status) << asked.range;
    if (asked.status != 416) {
      EXPECT_EQ(answer.body, asked.body) << asked.range;
    }
    EXPECT_EQ(header(answer, "Content-Range"), asked.content_range) << asked.range;
  }
  const auto whole = app.get("/digits.txt");
  const std::string tag = header(whole, "ETag");
  EXPECT_EQ(with("If-None-Match", tag).status, 304);
  EXPECT_EQ(with("If-None-Match", "\"x\", " + tag).status, 304);
  EXPECT_EQ(with("If-None-Match", "*").status, 304);
  EXPECT_EQ(with("If-None-Match", "\"x\"").status, 200);
  EXPECT_EQ(with("If-Modified-Since", header(whole, "Last-Modified")).status, 304);
  EXPECT_EQ(with("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT").status, 200);
  const auto stale = app.inject(
      {.path = "/digits.txt", .headers = {{"Range", "bytes=0-1"}, {"If-Range", "\"old\""}}});
  EXPECT_EQ(stale.status, 200);
}

TEST_F(Files, GoOnWhereTheyEndedOnlyWhenTheyAreTheSameForSure) {
  const std::string path = folder_ + "/public/digits.txt";
  const auto changed = [&](std::time_t ago) {
    const timespec then{std::time(nullptr) - ago, 5};
    const timespec times[] = {then, then};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  };
  auto app = roost::testing::create<RowsModule>(
      ApplicationOptions().static_files(options()).compression());
  const auto rest = [&](std::string validator) {
    return app
        .inject({.path = "/digits.txt",
                 .headers = {{"Range", "bytes=4-"}, {"If-Range", std::move(validator)}}})
        .status;
  };
  changed(3600);
  const auto settled = app.get("/digits.txt");
  const std::string strong = header(settled, "ETag");
  EXPECT_TRUE(strong.starts_with('"')) << strong;
  EXPECT_EQ(rest(strong), 206);
  EXPECT_EQ(rest("W/" + strong), 200) << "compared strongly";
  EXPECT_EQ(rest(header(settled, "Last-Modified")), 200) << "a second is long";
  EXPECT_EQ(rest("\"other\""), 200);
  changed(1800);
  EXPECT_EQ(rest(strong), 200) << "it has changed";
  // A file that was written just now may be written again in the same instant. (Its time is ahead
  // here, so that the test may take its own.)
  changed(-3600);
  const std::string weak = header(app.get("/digits.txt"), "ETag");
  EXPECT_TRUE(weak.starts_with("W/")) << weak;
  EXPECT_EQ(rest(weak), 200);
  EXPECT_EQ(rest(weak.substr(2)), 200);
  // To If-None-Match both are the same.
  changed(3600);
  const std::string now = header(app.get("/digits.txt"), "ETag");
  EXPECT_EQ(app.inject({.path = "/digits.txt", .headers = {{"If-None-Match", "W/" + now}}}).status,
            304);
}

TEST_F(Files, HaveWeakTagsWhenCompressed) {
  const std::string path = folder_ + "/public/rows.txt";
  std::ofstream{path} << std::string(5'000, 'r');
  const timespec then{std::time(nullptr) - 3600, 5};
  const timespec times[] = {then, then};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  auto app = roost::testing::create<RowsModule>(
      ApplicationOptions().static_files(options()).compression());
  const std::string plain = header(app.get("/rows.txt"), "ETag");
  const auto packed = app.inject({.path = "/rows.txt", .headers = {{"Accept-Encoding", "gzip"}}});
  EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(packed, "ETag"), "W/" + plain) << "its bytes are others";
  ::unlink(path.c_str());
}

TEST_F(Files, HaveAPrefixAndAFallback) {
  StaticFilesOptions site = options();
  site.at("/static").fallback("index.html");
  auto app = roost::testing::create<RowsModule>(ApplicationOptions().static_files(site));
  EXPECT_EQ(app.get("/static").status, 301);
  EXPECT_EQ(app.get("/static/digits.txt").body, "0123456789");
  EXPECT_EQ(app.get("/static/some/page").body, "<h1>home</h1>");
  EXPECT_EQ(app.get("/staticky").status, 404);
  EXPECT_EQ(app.get("/digits.txt").status, 404);
}

// ---- uploads -----------------------------------------------------------------------------------

struct Uploaded {
  std::string name;
  std::string type;
  std::size_t size = 0;
  std::string title;
};

class UploadController {
 public:
  Uploaded one(File<"file"> file, Multipart form) {
    const std::string* title = form.field("title");
    return {file->name(), file->media_type(), file->size(), title == nullptr ? "" : *title};
  }
  std::string maybe(OptionalFile<"file"> file) { return file->has_value() ? "file" : "none"; }
  int count(Multipart form) { return static_cast<int>(form.files().size() + form.fields().size()); }
  void store(File<"file"> file, QueryParam<"path"> path) { file->save_to(*path); }
  static constexpr auto routes = controller(
      "upload", post<&UploadController::one>(), post<&UploadController::maybe>("maybe"),
      post<&UploadController::count>("count"),
      post<&UploadController::one>("small", multipart_limits().file_size(4).files(1).fields(1)),
      post<&UploadController::store>("store"));
};
struct UploadModule {
  static ModuleDef define() { return module<UploadModule>(controllers<UploadController>()); }
};

std::string part(const std::string& disposition, const std::string& content,
                 const std::string& type = {}) {
  return "--XX\r\nContent-Disposition: form-data; " + disposition +
         (type.empty() ? "" : "\r\nContent-Type: " + type) + "\r\n\r\n" + content + "\r\n";
}
const std::string file_part =
    part(R"(name="file"; filename="a.txt")", "hello\r\n--X not the end", "text/plain");

class Uploads : public ::testing::Test {
 protected:
  TestResponse send(const std::string& path, const std::string& body,
                    const std::string& type = "multipart/form-data; boundary=XX") {
    return app_.inject(
        {.method = Method::POST, .path = path, .headers = {{"Content-Type", type}}, .body = body});
  }
  static std::string message(const TestResponse& answer) {
    return answer.json().at("message").as_string();
  }
  roost::testing::TestApplication app_ = roost::testing::create<UploadModule>();
};

TEST_F(Uploads, ReadFilesAndFields) {
  const auto answer =
      send("/upload", part("name=title", "A \xC5\xBE title") + file_part + "--XX--\r\n");
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.body,
            "{\"name\":\"a.txt\",\"type\":\"text/plain\",\"size\":22,"
            "\"title\":\"A \xC5\xBE title\"}");
  EXPECT_EQ(send("/upload/maybe", "--XX--").body, "none");
  EXPECT_EQ(send("/upload/maybe", "{}", "application/json").body, "none");
  EXPECT_EQ(send("/upload/maybe", part(R"(name="file"; filename="")", "") + "--XX--").body, "none");
  EXPECT_EQ(send("/upload/count", "preamble\r\n" + file_part + part("name=a", "") + "--XX--").body,
            "2");
}

TEST_F(Uploads, TakeNothingFromAFileName) {
  for (const auto& [given, name] : std::vector<std::pair<std::string, std::string>>{
           {"../../etc/passwd", "passwd"},
           {"C:\\\\temp\\\\x.exe", "x.exe"},
           {"..", ""},
           {"a\\\"b.txt", "a\"b.txt"},
           {"x;y=z.txt", "x;y=z.txt"},
       }) {
    const auto answer =
        send("/upload", part("name=\"file\"; filename=\"" + given + "\"", "x") + "--XX--");
    EXPECT_EQ(answer.json().at("name").as_string(), name) << given;
  }
}

TEST_F(Uploads, AreRefusedWhenMalformed) {
  EXPECT_EQ(message(send("/upload", file_part, "multipart/form-data")),
            "Multipart: Boundary not found");
  for (const std::string& truncated : {
           std::string(),
           file_part,
           file_part.substr(0, 20),
           std::string("--XX"),
           std::string("--XX\r\n"),
           std::string("--XX\r\n\r\n"),
           std::string("--XXjunk\r\n--XX--"),
       }) {
    const auto answer = send("/upload", truncated);
    EXPECT_EQ(answer.status, 400) << truncated;
  }
  EXPECT_EQ(message(send("/upload", file_part)), "Multipart: Unexpected end of form");
  EXPECT_EQ(message(send("/upload", "--XX--")), "File is required");
  EXPECT_EQ(message(send("/upload", part(R"(name="other"; filename="b")", "x") + "--XX--")),
            "Unexpected file field - other");
  EXPECT_EQ(send("/upload", part("filename=x", "no name") + "--XX--").status, 400);
}

TEST_F(Uploads, HaveLimits) {
  const std::string small = part(R"(name="file"; filename="a")", "1234");
  EXPECT_EQ(send("/upload/small", small + "--XX--").status, 201);
  const auto large = send("/upload/small", file_part + "--XX--");
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.body,
            R"({"message":"File too large","error":"Payload Too Large","statusCode":413})");
  EXPECT_EQ(send("/upload/small", small + small + "--XX--").status, 400);
  EXPECT_EQ(send("/upload/small", part("name=a", "") + part("name=b", "") + "--XX--").status, 413);
}

TEST_F(Uploads, AreStoredOnlyAsNewFiles) {
  std::string folder = "/tmp/roost-upload-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/stored";
  EXPECT_EQ(send("/upload/store?path=" + path, file_part + "--XX--").status, 201);
  std::ifstream stored{path};
  const std::string content{std::istreambuf_iterator<char>{stored}, {}};
  EXPECT_EQ(content, "hello\r\n--X not the end");
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(send("/upload/store?path=" + path, file_part + "--XX--").status, 500);
  std::filesystem::remove_all(folder);
}

// ---- events ------------------------------------------------------------------------------------

class Countdown final : public EventSource {
 public:
  explicit Countdown(int fail) : fail_{fail} {}
  Task<bool> next(ServerEvent& event) override {
    co_await sleep_for(std::chrono::milliseconds(1));
    if (++n_ == fail_) throw std::runtime_error("secret");
    if (n_ == 3) co_return false;
    event.json(Row{n_, "x"});
    if (n_ == 2) event.data("two\nlines").type("done\nid: forged").id("last").retry(500);
    co_return true;
  }

 private:
  int n_ = 0;
  int fail_;
};
class EventsController {
 public:
  Response events(QueryParam<"fail", std::optional<int>> fail) {
    return event_stream(std::make_unique<Countdown>(fail->value_or(0)));
  }
  std::unique_ptr<Countdown> source() { return std::make_unique<Countdown>(2); }
  Task<std::unique_ptr<EventSource>> later() { co_return std::make_unique<Countdown>(2); }
  std::unique_ptr<EventSource> none() { return nullptr; }
  static constexpr auto routes = controller(
      "events", get<&EventsController::events>(), get<&EventsController::source>("source"),
      get<&EventsController::later>("later"), get<&EventsController::none>("none"));
};
struct EventsModule {
  static ModuleDef define() { return module<EventsModule>(controllers<EventsController>()); }
};

TEST(Events, GoOutAsTheyCome) {
  auto app = roost::testing::create<EventsModule>();
  const auto answer = app.get("/events");
  EXPECT_EQ(header(answer, "Content-Type"), "text/event-stream");
  EXPECT_EQ(header(answer, "X-Accel-Buffering"), "no");
  EXPECT_EQ(answer.body,
            "\nid: 1\ndata: {\"id\":1,\"text\":\"x\"}\n\n"
            "event: doneid: forged\nid: last\nretry: 500\ndata: two\ndata: lines\n\n");
  EXPECT_EQ(app.get("/events?fail=2").body,
            "\nid: 1\ndata: {\"id\":1,\"text\":\"x\"}\n\n"
            "event: error\nid: 2\ndata: Internal server error\n\n");
}

TEST(Events, AreReturnedAsTheirSource) {
  auto app = roost::testing::create<EventsModule>();
  const auto expected = app.get("/events?fail=2");
  for (const char* path : {"/events/source", "/events/later"}) {
    const auto answer = app.get(path);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, expected.body) << path;
    EXPECT_EQ(answer.headers.size(), expected.headers.size());
    for (const char* name : {"Content-Type", "Cache-Control", "X-Accel-Buffering"}) {
      EXPECT_EQ(header(answer, name), header(expected, name));
    }
  }
}

struct KeptLines : LogSink {
  std::string text;
  void write(LogLevel, std::string_view line) override { text += line; }
};

TEST(Events, ThatAreNotThereAreTheFaultOfTheirHandler) {
  auto lines = std::make_shared<KeptLines>();
  auto app =
      roost::testing::create<EventsModule>(ApplicationOptions().log(LogOptions().sink(lines)));
  EXPECT_EQ(app.get("/events/none").status, 500);
  EXPECT_NE(lines->text.find("EventsController::none returned no source of events"),
            std::string::npos)
      << lines->text;
}

// ---- rate limits -------------------------------------------------------------------------------

class LimitedController {
 public:
  std::string text() { return "in"; }
  static constexpr auto routes = controller(
      "limited", get<&LimitedController::text>("two", rate_limit(2, std::chrono::seconds(60))),
      get<&LimitedController::text>("short", rate_limit(1, std::chrono::milliseconds(30))),
      get<&LimitedController::text>("free"));
};
struct LimitedModule {
  static ModuleDef define() {
    return module<LimitedModule>(controllers<LimitedController>(), providers<RateLimitGuard>(),
                                 everywhere(use_guards<RateLimitGuard>()));
  }
};

TEST(RateLimits, CountPerRoute) {
  auto app = roost::testing::create<LimitedModule>();
  EXPECT_EQ(header(app.get("/limited/two"), "X-RateLimit-Remaining"), "1");
  EXPECT_EQ(header(app.get("/limited/two"), "X-RateLimit-Remaining"), "0");
  const auto blocked = app.get("/limited/two");
  EXPECT_EQ(blocked.status, 429);
  EXPECT_EQ(blocked.body,
            R"({"statusCode":429,"message":"ThrottlerException: Too Many Requests"})");
  EXPECT_EQ(header(blocked, "Retry-After"), "60");
  EXPECT_EQ(header(blocked, "X-RateLimit-Limit"), "(none)");
  EXPECT_EQ(app.get("/limited/free").status, 200);
  EXPECT_EQ(header(app.get("/limited/free"), "X-RateLimit-Limit"), "(none)");
  EXPECT_EQ(app.get("/limited/short").status, 200);
  EXPECT_EQ(app.get("/limited/short").status, 429);
  app.loop().block_on(sleep_for(std::chrono::milliseconds(40)));
  EXPECT_EQ(app.get("/limited/short").status, 200);
}

}  // namespace
