// A server for real clients: an upload form, events, streams, cookies, files; answers pages of the
// origin in ALLOWED_ORIGIN, and speaks TLS with TLS_CERTIFICATE and TLS_KEY.
#include <roost/async/timers.hpp>
#include <roost/http/request.hpp>
#include <roost/http/server.hpp>
#include <roost/http/stream.hpp>
#include <roost/roost.hpp>
#include <roost/web/body_stream.hpp>
#include <roost/web/event_stream.hpp>
#include <roost/web/multipart.hpp>
#include <roost/web/static_files.hpp>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace roost;

constexpr std::string_view page_text =
    R"(<!doctype html><meta charset="utf-8"><title>clients</title>
<form id="upload" action="upload" method="post" enctype="multipart/form-data">
<input name="note" id="note"><input type="file" name="file" id="file"><button id="send">Send</button>
</form><ul id="events"></ul><script src="page.js"></script>)";

constexpr std::string_view script_text = R"(const list = document.getElementById('events');
const source = new EventSource('events?last=4');
const add = (event) => {
  const item = document.createElement('li');
  item.textContent = `${event.type} ${event.lastEventId} ${event.data}`;
  list.append(item);
};
source.onmessage = add;
source.addEventListener('named', add);
source.onerror = () => { if (source.readyState === EventSource.CLOSED) list.dataset.closed = 'yes'; };
)";

/// How many bytes the flood has made, so that tests see a producer wait.
struct Flooded {
  std::atomic<std::uint64_t> bytes{0};
};

class Flood final : public http::Stream {
 public:
  explicit Flood(Flooded& flooded) : flooded_{flooded} {}
  Task<bool> next(std::string& out) override {
    constexpr std::size_t piece = std::size_t{64} * 1024;
    out.append(piece, 'x');
    flooded_.bytes += piece;
    co_return true;
  }

 private:
  Flooded& flooded_;
};

/// Two events a connection, then the browser has to come back for more.
class Numbers final : public EventSource {
 public:
  Numbers(int from, int last) : at_{from}, end_{from + 2}, last_{last} {}
  Task<bool> next(ServerEvent& event) override {
    co_await sleep_for(std::chrono::milliseconds(1));
    if (at_ >= end_ || at_ >= last_) co_return false;
    ++at_;
    event.data("line one of ž\nline two").id(std::to_string(at_)).retry(1);
    if (at_ % 2 == 0) event.type("named");
    co_return true;
  }

 private:
  int at_;
  int end_;
  int last_;
};

struct Upload {
  std::string note;
  std::string name;
  std::string type;
  std::size_t size = 0;
  std::string begin;
};
struct Echo {
  std::string text;
};

class ClientsController {
 public:
  ClientsController(Flooded& flooded, CookieSigner& signer) : flooded_{flooded}, signer_{signer} {}

  Response page() { return Response().body("text/html; charset=utf-8", std::string(page_text)); }
  Response script() { return Response().body("text/javascript", std::string(script_text)); }
  Upload upload(Multipart form) {
    const auto* file = form.file("file");
    const auto* note = form.field("note");
    if (file == nullptr) throw BadRequestException("File is required");
    return {note == nullptr ? "" : *note, file->name(), file->media_type(), file->size(),
            std::string(file->content().substr(0, 20))};
  }
  /// How much came, and a sum of it, without ever having it all.
  Task<std::string> measure(BodyStream body) {
    std::uint64_t bytes = 0;
    std::uint32_t sum = 0;
    for (;;) {
      const auto piece = co_await body.read();
      if (!piece) break;
      bytes += piece->size();
      for (const char c : *piece) sum = sum * 31 + static_cast<unsigned char>(c);
    }
    co_return std::to_string(bytes) + " " + std::to_string(sum);
  }
  Upload store(File<"file"> file) {
    std::ifstream stored{file->path()};
    std::string begin(20, '\0');
    stored.read(begin.data(), 20);
    return {file->path(), file->name(), file->media_type(), file->size(), begin};
  }
  Response events(http::Request& request, QueryParam<"last", int> last) {
    const std::string_view seen = request.header("Last-Event-ID").value_or("0");
    const int from = std::atoi(std::string(seen).c_str());
    if (from >= *last) return Response(204);  // tells the browser not to come back
    return event_stream(std::make_unique<Numbers>(from, *last));
  }
  Response flood() {
    return Response().stream("application/octet-stream", std::make_unique<Flood>(flooded_));
  }
  std::string flooded() { return std::to_string(flooded_.bytes.load()); }
  std::string text() { return "Hello, world!"; }
  std::string large() { return std::string(200'000, 'l'); }
  Echo echo(Body<Echo> body) { return std::move(*body); }
  Response log_in() {
    return Response(204).cookie(SetCookie("sid", signer_.sign("sid", "Žofie; 7")));
  }
  Response log_out() { return Response(204).cookie(SetCookie::removal("sid")); }
  std::string who(http::Request& request) {
    return signer_.read(request, "sid").value_or("nobody");
  }

  static constexpr auto routes = controller(
      "", get<&ClientsController::page>(), get<&ClientsController::script>("page.js"),
      post<&ClientsController::upload>("upload"),
      put<&ClientsController::measure>("measured", body_limit(std::uint64_t{64} << 20)),
      post<&ClientsController::store>("stored", store_uploads(),
                                      body_limit(std::uint64_t{64} << 20)),
      get<&ClientsController::events>("events"), get<&ClientsController::flood>("flood"),
      get<&ClientsController::flooded>("flooded"), get<&ClientsController::text>("text"),
      get<&ClientsController::large>("large"),
      post<&ClientsController::echo>("echo", http_code(200)), put<&ClientsController::echo>("echo"),
      post<&ClientsController::log_in>("session"), del<&ClientsController::log_out>("session"),
      get<&ClientsController::who>("session"));

 private:
  Flooded& flooded_;
  CookieSigner& signer_;
};

struct ClientsModule {
  static ModuleDef define() {
    return module<ClientsModule>(controllers<ClientsController>(), providers<Flooded>(),
                                 value<CookieSigner>(CookieSigner{"a secret for tests alone"}));
  }
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

int main() {
  http::ServerOptions server;
  server.body_limit = std::uint64_t{2} * 1024 * 1024;
  const std::string certificate = environment("TLS_CERTIFICATE");
  if (!certificate.empty()) server.tls.emplace(certificate, environment("TLS_KEY"));
  ApplicationOptions options;
  options.server(server).threads(2).compression().metrics(true);
  const std::string origin = environment("ALLOWED_ORIGIN");
  if (!origin.empty()) {
    options.cors(CorsOptions().origins({origin}).credentials().exposed_headers("X-Request-Id"));
  }
  const std::string files = environment("FILES");
  if (!files.empty()) options.static_files(StaticFilesOptions(files));
  return create<ClientsModule>(options).listen();
}
