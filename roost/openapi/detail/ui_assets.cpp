#include <roost/openapi/detail/ui_assets.hpp>

#ifdef ROOST_UI_FOLDER

// The assembler reads the files: as arrays in C++ they would take the compiler seconds.
#define ROOST_UI_FILE(symbol, file)                                \
  __asm__(                                                         \
      ".pushsection .rodata\n"                                     \
      ".global roost_ui_" #symbol "\n.global roost_ui_" #symbol    \
      "_end\n"                                                     \
      "roost_ui_" #symbol ":\n.incbin \"" ROOST_UI_FOLDER "/" file \
      ".gz\"\n"                                                    \
      "roost_ui_" #symbol "_end:\n.byte 0\n.popsection\n");        \
  extern "C" const char roost_ui_##symbol[];                       \
  extern "C" const char roost_ui_##symbol##_end[];

ROOST_UI_FILE(bundle, "swagger-ui-bundle.js")
ROOST_UI_FILE(style, "swagger-ui.css")
ROOST_UI_FILE(icon, "favicon-32x32.png")
ROOST_UI_FILE(license, "LICENSE")

namespace roost::openapi::detail {

namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const UiAsset> ui_assets() {
  static const UiAsset assets[] = {
      {"swagger-ui-bundle.js", "text/javascript; charset=utf-8",
       between(roost_ui_bundle, roost_ui_bundle_end)},
      {"swagger-ui.css", "text/css; charset=utf-8", between(roost_ui_style, roost_ui_style_end)},
      {"favicon-32x32.png", "image/png", between(roost_ui_icon, roost_ui_icon_end)},
      {"LICENSE", "text/plain; charset=utf-8", between(roost_ui_license, roost_ui_license_end)},
  };
  return assets;
}

}  // namespace roost::openapi::detail

#else

namespace roost::openapi::detail {

std::span<const UiAsset> ui_assets() { return {}; }

}  // namespace roost::openapi::detail

#endif
