#include "home/home.controller.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace {

constexpr std::string_view page_template = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Events</title>
<h1>Events</h1>
<p>Registrations for events, with users, venues and tags. <a href="docs">The docs page</a> describes every
request and sends it for you. Or try these:</p>
<pre id="commands">
curl -s 'http://HOST/events?limit=3'
curl -s 'http://HOST/venues' -H 'content-type: application/json' -d '{"name":"Town hall","city":"Bern","capacity":120}'
curl -s 'http://HOST/venues?city=Bern'
</pre>
</html>
)";

/// The name under which the client knows this server, if that is safe to be shown.
std::string shown_host(const std::optional<std::string>& host) {
  const auto is_allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view{".:-[]"}.find(c) != std::string_view::npos;
  };
  const bool safe = host && !host->empty() && std::all_of(host->begin(), host->end(), is_allowed);
  return safe ? *host : "127.0.0.1:3000";
}

}  // namespace

roost::Response HomeController::page(roost::Header<"host", std::optional<std::string>> host) {
  constexpr std::string_view mark = "HOST";
  const std::string name = shown_host(*host);
  std::string page{page_template};
  for (auto at = page.find(mark); at != std::string::npos; at = page.find(mark, at + name.size())) {
    page.replace(at, mark.size(), name);
  }
  return roost::Response(200).body("text/html; charset=utf-8", std::move(page));
}
