#include <roost/http/exceptions.hpp>
#include <roost/http/request.hpp>
#include <roost/openapi/detail/inflate.hpp>
#include <roost/openapi/detail/ui_assets.hpp>
#include <roost/openapi/docs.hpp>
#include <roost/openapi/document.hpp>

namespace roost::openapi {

namespace {

// Everything on the page comes from the application itself; what it may talk to is up to the
// servers in the document.
constexpr std::string_view content_policy =
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src *";

constexpr std::string_view start_script = R"(window.ui = SwaggerUIBundle({
  url: 'docs-json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null
});
)";

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    if (c == '<') {
      html += "&lt;";
    } else if (c == '&') {
      html += "&amp;";
    } else {
      html += c;
    }
  }
  return html;
}

std::string page_text(std::string_view title) {
  const std::string name = escaped(title.empty() ? "API" : title);
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>";
  page += name;
  page += "</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  if (detail::ui_assets().empty()) {
    page += "</head>\n<body>\n<h1>";
    page += name;
    page +=
        "</h1>\n<p>This program was built without the docs page, because npm was not there. The "
        "document is here as <a href=\"docs-json\">JSON</a> and as <a "
        "href=\"docs-yaml\">YAML</a>.</p>\n</body>\n</html>\n";
    return page;
  }
  page +=
      "<link rel=\"icon\" type=\"image/png\" href=\"docs/favicon-32x32.png\">\n"
      "<link rel=\"stylesheet\" href=\"docs/swagger-ui.css\">\n</head>\n<body>\n"
      "<div id=\"swagger-ui\"></div>\n<script src=\"docs/swagger-ui-bundle.js\"></script>\n"
      "<script src=\"docs/start.js\"></script>\n</body>\n</html>\n";
  return page;
}

}  // namespace

void Docs::make() {
  std::call_once(made_, [this] {
    const json::Value document = make_document(routes_, options_);
    json_ = document.dump();
    yaml_ = to_yaml(document);
  });
}

const std::string& Docs::json_text() {
  make();
  return json_;
}

const std::string& Docs::yaml_text() {
  make();
  return yaml_;
}

Response Docs::page() {
  Response response{200};
  response.header("Content-Security-Policy", content_policy);
  response.body("text/html; charset=utf-8", page_text(options_.title()));
  return response;
}

Response Docs::asset(http::Request& request, Param<"file"> file) {
  if (*file == "start.js") {
    return Response(200).body("text/javascript; charset=utf-8", std::string(start_script));
  }
  for (const detail::UiAsset& asset : detail::ui_assets()) {
    if (asset.name != *file) continue;
    Response response{200};
    response.header("Cache-Control", "max-age=3600");
    response.header("Vary", "Accept-Encoding");
    const std::string_view accepted = request.header("Accept-Encoding").value_or("");
    if (accepted.find("gzip") != std::string_view::npos) {
      response.header("Content-Encoding", "gzip");
      response.body(asset.media_type, std::string(asset.compressed));
    } else {
      response.body(asset.media_type, detail::inflate(asset.compressed));
    }
    return response;
  }
  throw NotFoundException("The docs page has no file " + *file);
}

Response Docs::json() { return Response(200).body("application/json", std::string(json_text())); }

Response Docs::yaml() {
  return Response(200).body("text/yaml; charset=utf-8", std::string(yaml_text()));
}

}  // namespace roost::openapi
