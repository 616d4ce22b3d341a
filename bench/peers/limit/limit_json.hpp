// JSON as far as the endpoints need it.
#pragma once

#include "limit_requests.hpp"

static void jstr(Bytes& o, string_view s) {
  o.i8('"');
  for (unsigned char c : s) {
    if (c == '"' || c == '\\') {
      o.i8('\\');
      o.i8(c);
    } else if (c < 32) {
      char t[8];
      snprintf(t, 8, "\\u%04x", c);
      o.raw(t, 6);
    } else
      o.i8(c);
  }
  o.i8('"');
}
struct In {
  const char *p, *e;
  bool ok = true;
  void ws() {
    while (p < e && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')) p++;
  }
  bool eat(char c) {
    ws();
    if (p < e && *p == c) {
      p++;
      return true;
    }
    return false;
  }
  void need(char c) {
    if (!eat(c)) ok = false;
  }
  string_view str() {
    ws();
    if (p >= e || *p != '"') {
      ok = false;
      return {};
    }
    const char* b = ++p;
    while (p < e && *p != '"')
      p += *p == '\\' ? 2 : 1;  // escapes are kept as they came: good enough for a limit
    if (p >= e) {
      ok = false;
      return {};
    }
    return {b, size_t(p++ - b)};
  }
  int num() {
    ws();
    int x = 0;
    auto r = std::from_chars(p, e, x);
    if (r.ec != std::errc{}) ok = false;
    p = r.ptr;
    if (p < e && (*p == '.' || *p == 'e')) ok = false;
    return x;
  }
  void skip() {
    ws();
    if (p < e && *p == '"') {
      str();
      return;
    }
    int d = 0;
    while (p < e) {
      if (*p == '"') {
        str();
        continue;
      }
      if (*p == '{' || *p == '[') d++;
      if (*p == '}' || *p == ']') {
        if (!d) return;
        d--;
      }
      if (*p == ',' && !d) return;
      p++;
    }
  }
};
