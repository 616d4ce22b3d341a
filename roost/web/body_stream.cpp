#include <roost/http/request.hpp>
#include <roost/web/body_stream.hpp>
#include <roost/web/execution_context.hpp>

#include <utility>

namespace roost {

namespace {

Task<std::optional<std::string_view>> give(std::string_view whole) {
  std::optional<std::string_view> piece;
  if (!whole.empty()) piece = whole;
  co_return piece;
}

}  // namespace

Task<std::optional<std::string_view>> BodyStream::read() {
  if (source_ != nullptr) return source_->read();
  return give(std::exchange(whole_, {}));
}

std::optional<std::uint64_t> BodyStream::length() const {
  if (source_ != nullptr) return source_->length();
  return whole_.size();
}

BodyStream BodyStream::extract(ExecutionContext& context) {
  http::Request& request = context.request();
  auto* source = request.extension<http::BodySource>();
  return source != nullptr ? BodyStream{*source} : BodyStream{request.body()};
}

}  // namespace roost
