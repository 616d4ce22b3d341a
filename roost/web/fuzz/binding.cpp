// Fuzz target: query strings and forms on their way into structs, through a whole dispatcher's
// binding: whatever comes is a value that keeps the rules or a 400.
#include <roost/http/exceptions.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/meta/describe.hpp>
#include <roost/validation/rules.hpp>
#include <roost/web/binding.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/route_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace roost;

void require(bool holds) {
  if (!holds) std::abort();
}

enum class Color { red, green };

struct Search {
  std::string text;
  std::optional<int> page;
  std::vector<int> ids;
  std::optional<bool> exact;
  std::optional<Color> color;
  double weight = 1;

  static constexpr auto meta =
      roost::meta(field<&Search::text>(max_length(20)), field<&Search::page>(min(1), max(100)),
                  field<&Search::ids>(array_max_size(5)));
};

void check(const Search& search) {
  require(!search.page || (*search.page >= 1 && *search.page <= 100));
  require(search.ids.size() <= 5);
  require(search.text.size() <= 80);
}

struct Bound {
  http::Request request;
  http::Response response;
  web::RouteDescriptor route;
};

}  // namespace

// The name is libFuzzer's.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 4096) return 0;
  const std::string_view input{reinterpret_cast<const char*>(data) + 1, size - 1};
  std::string target = "/?";
  for (const char c : input) {
    if (c > 0x20 && c < 0x7f && c != '#') target += c;
  }
  static constexpr std::string_view types[] = {"application/json",
                                               "application/x-www-form-urlencoded"};
  Bound bound;
  require(bound.request.assign_target(target));
  bound.request.assign_method(http::Method::POST);
  bound.request.add_header("Content-Type", types[data[0] % 2U]);
  bound.request.assign_body(input);
  ExecutionContext context{bound.request, bound.response, bound.route, nullptr};
  const auto& type = reflect::type_of<Search>();
  for (const bool of_query : {true, false}) {
    Search search;
    try {
      (of_query ? web::bind_query : web::bind_body)(context, type, &search);
      check(search);
    } catch (const HttpException& error) {
      require(error.status() == 400 || error.status() == 415);
    }
  }
  return 0;
}
