#include <roost/base/error.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/response.hpp>
#include <roost/http/stream.hpp>
#include <roost/web/detail/compression.hpp>

#include <brotli/encode.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace roost::web {

namespace {

/// The q of "gzip;q=0.5" in thousandths; what is malformed counts as 0.
int quality_of(std::string_view parameters) {
  const auto equals = parameters.find('=');
  if (parameters.empty()) return 1000;
  if (equals == std::string_view::npos) return 0;
  const std::string_view value = http::trimmed(parameters.substr(equals + 1));
  if (value.empty() || value.size() > 5 || (value[0] != '0' && value[0] != '1')) return 0;
  int quality = (value[0] - '0') * 1000;
  int unit = 100;
  for (std::size_t i = 2; i < value.size(); ++i, unit /= 10) {
    if (value[i] < '0' || value[i] > '9') return 0;
    quality += (value[i] - '0') * unit;
  }
  return std::min(quality, 1000);
}

bool is_text(std::string_view type) {
  type = http::trimmed(type.substr(0, type.find(';')));
  if (type.starts_with("text/")) return true;
  static constexpr std::array<std::string_view, 8> others{
      "application/json",          "application/javascript",  "application/xml",
      "application/manifest+json", "application/wasm",        "image/svg+xml",
      "application/problem+json",  "application/openapi+json"};
  return std::find(others.begin(), others.end(), type) != others.end() || type.ends_with("+json") ||
         type.ends_with("+xml");
}

constexpr int gzip_window = 15 + 16;  // the largest window, and gzip's frame instead of zlib's

class GzipEncoder final : public PieceEncoder {
 public:
  explicit GzipEncoder(int level) {
    if (deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw Error("a stream cannot be compressed: zlib did not start");
    }
  }
  ~GzipEncoder() override { deflateEnd(&stream_); }

  void encode(std::string_view piece, bool last, std::string& out) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    do {
      const std::size_t begin = out.size();
      out.resize(begin + room);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + begin);
      stream_.avail_out = static_cast<uInt>(room);
      const int result = deflate(&stream_, last ? Z_FINISH : Z_SYNC_FLUSH);
      out.resize(begin + room - stream_.avail_out);
      if (result == Z_STREAM_ERROR) throw Error("a stream cannot be compressed: zlib failed");
    } while (stream_.avail_out == 0);
  }

 private:
  static constexpr std::size_t room = std::size_t{16} * 1024;
  z_stream stream_{};
};

class BrotliEncoder final : public PieceEncoder {
 public:
  explicit BrotliEncoder(int level)
      : state_{BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)} {
    if (state_ == nullptr) throw Error("a stream cannot be compressed: brotli did not start");
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, static_cast<std::uint32_t>(level));
    // There may be many streams at once; the default window would cost each some megabytes.
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_LGWIN, 18);
  }
  ~BrotliEncoder() override { BrotliEncoderDestroyInstance(state_); }

  void encode(std::string_view piece, bool last, std::string& out) override {
    const auto* next = reinterpret_cast<const std::uint8_t*>(piece.data());
    std::size_t left = piece.size();
    do {
      std::size_t none = 0;
      const auto operation = last ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH;
      if (BrotliEncoderCompressStream(state_, operation, &left, &next, &none, nullptr, nullptr) ==
          BROTLI_FALSE) {
        throw Error("a stream cannot be compressed: brotli failed");
      }
      std::size_t size = 0;
      const std::uint8_t* made = BrotliEncoderTakeOutput(state_, &size);
      out.append(reinterpret_cast<const char*>(made), size);
    } while (left > 0 || BrotliEncoderHasMoreOutput(state_) == BROTLI_TRUE);
  }

 private:
  BrotliEncoderState* state_;
};

class CompressedStream final : public http::Stream {
 public:
  CompressedStream(std::unique_ptr<http::Stream> stream, std::unique_ptr<PieceEncoder> encoder)
      : stream_{std::move(stream)}, encoder_{std::move(encoder)} {}

  Task<bool> next(std::string& out) override {
    piece_.clear();
    const bool more = co_await stream_->next(piece_);
    if (!more || !piece_.empty()) encoder_->encode(piece_, !more, out);
    co_return more;
  }

 private:
  std::unique_ptr<http::Stream> stream_;
  std::unique_ptr<PieceEncoder> encoder_;
  std::string piece_;
};

}  // namespace

std::unique_ptr<PieceEncoder> gzip_encoder(int level) {
  return std::make_unique<GzipEncoder>(level);
}
std::unique_ptr<PieceEncoder> brotli_encoder(int level) {
  return std::make_unique<BrotliEncoder>(level);
}
std::unique_ptr<http::Stream> compressed(std::unique_ptr<http::Stream> stream,
                                         std::unique_ptr<PieceEncoder> encoder) {
  return std::make_unique<CompressedStream>(std::move(stream), std::move(encoder));
}

Encoding best_encoding(std::string_view accepted) {
  int brotli = -1;
  int gzip = -1;
  int any = -1;
  while (!accepted.empty()) {
    const auto end = std::min(accepted.find(','), accepted.size());
    const std::string_view element = accepted.substr(0, end);
    accepted.remove_prefix(std::min(end + 1, accepted.size()));
    const auto semicolon = std::min(element.find(';'), element.size());
    const std::string_view name = http::trimmed(element.substr(0, semicolon));
    const int quality = quality_of(element.substr(std::min(semicolon + 1, element.size())));
    if (http::equal_ignoring_case(name, "br")) brotli = quality;
    if (http::equal_ignoring_case(name, "gzip") || http::equal_ignoring_case(name, "x-gzip")) {
      gzip = quality;
    }
    if (name == "*") any = quality;
  }
  if (brotli < 0) brotli = any;
  if (gzip < 0) gzip = any;
  if (brotli > 0 && brotli >= gzip) return Encoding::brotli;
  return gzip > 0 ? Encoding::gzip : Encoding::identity;
}

bool is_compressible(const http::Response& response, std::size_t threshold) {
  const std::size_t size =
      response.has_stream() ? static_cast<std::size_t>(response.stream_length().value_or(threshold))
                            : response.body_view().size();
  if (size < threshold) return false;
  if (response.status() < 200 || response.status() == 204 || response.status() == 206 ||
      response.status() == 304) {
    return false;
  }
  if (response.header("Content-Encoding")) return false;
  const auto cache = response.header("Cache-Control");
  if (cache && http::list_contains(*cache, "no-transform")) return false;
  return is_text(response.content_type());
}

std::string compress_gzip(std::string_view text, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(result == Z_STREAM_END ? static_cast<std::size_t>(stream.total_out) : 0);
  deflateEnd(&stream);
  return out;
}

std::string compress_brotli(std::string_view text, int level) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
  std::string out(size, '\0');
  const bool done = size != 0 && BrotliEncoderCompress(
                                     level, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, text.size(),
                                     reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                     reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE;
  out.resize(done ? size : 0);
  return out;
}

}  // namespace roost::web
