// Buffers, and the requests that are under way. One translation unit includes it.
#pragma once

#include <stdarg.h>
#include <stdio.h>

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <deque>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <vector>

using std::string_view;

struct Bytes {
  std::vector<char> v;
  size_t n = 0, at = 0;  // [at, n) is live
  char* room(size_t k) {
    if (v.size() < n + k) v.resize(std::max(v.size() * 2, n + k + 256));
    return v.data() + n;
  }
  void raw(const void* p, size_t k) {
    memcpy(room(k), p, k);
    n += k;
  }
  void lit(string_view s) { raw(s.data(), s.size()); }
  void num(long x) {
    char* p = room(20);
    n = std::to_chars(p, p + 20, x).ptr - v.data();
  }
  void i8(int x) {
    *room(1) = char(x);
    n++;
  }
  void i16(int x) {
    uint16_t y = htons(uint16_t(x));
    raw(&y, 2);
  }
  void i32(int x) {
    uint32_t y = htonl(uint32_t(x));
    raw(&y, 4);
  }
  void put32(size_t pos, int x) {
    uint32_t y = htonl(uint32_t(x));
    memcpy(v.data() + pos, &y, 4);
  }
  void clear() { n = at = 0; }
  size_t size() const { return n - at; }
};
static int be32(const char* p) {
  uint32_t x;
  memcpy(&x, p, 4);
  return int(ntohl(x));
}
static uint64_t seed = 88172645463325252ull;
static int rnd() {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return int(seed % 10000) + 1;
}
static void die(const char* f, ...) {
  va_list a;
  va_start(a, f);
  vfprintf(stderr, f, a);
  va_end(a);
  fputc('\n', stderr);
  exit(1);
}

// ---------------------------------------------------------------- requests
enum Kind : uint8_t { None, Db, Queries, UpdRead, UpdWrite, Fortunes, Author, NewOrder };
struct World {
  int id, rn;
};
struct Line {
  string_view sku;
  int qty, price;
};
struct Http {
  int fd;
  bool dead = false;
  unsigned have = 0;
  Kind kind = None;
  int want = 0, got = 0;  // statements asked / answered
  std::vector<World> worlds;
  std::vector<Line> lines;
  string_view customer;
  long total = 0;  // views into in[]
  std::vector<std::pair<int, std::string>> fortunes;
  struct Book {
    int id, year;
    std::string title;
    std::vector<std::pair<int, std::string>> tags;
  };
  int aid = 0;
  std::string aname;
  std::vector<Book> books;
  Bytes out;
  char in[8192];
};
static Http* conns[8192];

static char date_line[64], iso[40];
static unsigned date_len, iso_len;
static time_t shown;
static void refresh() {
  timespec ts;
  clock_gettime(CLOCK_REALTIME_COARSE, &ts);
  if (ts.tv_sec == shown) return;
  shown = ts.tv_sec;
  tm t;
  gmtime_r(&shown, &t);
  date_len = strftime(date_line, sizeof date_line, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &t);
  iso_len = strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%S.000Z", &t);
}

// head is written in front of a body whose length is not known yet: the length field has a fixed
// width
static size_t len_at;
static size_t begin(Http* h, string_view status, string_view type) {
  Bytes& o = h->out;
  o.lit(status);
  o.raw(date_line, date_len);
  o.lit("Content-Type: ");
  o.lit(type);
  o.lit("\r\nContent-Length: ");
  len_at = o.n;
  o.lit("      \r\n\r\n");
  return o.n;
}
static void end(Http* h, size_t body) {
  char t[8];
  auto r = std::to_chars(t, t + 8, h->out.n - body);
  memcpy(h->out.v.data() + len_at + 6 - (r.ptr - t), t, r.ptr - t);
}
static constexpr string_view OK = "HTTP/1.1 200 OK\r\nServer: limit\r\n",
                             CREATED = "HTTP/1.1 201 Created\r\nServer: limit\r\n",
                             BAD = "HTTP/1.1 400 Bad Request\r\nServer: limit\r\n",
                             NOTFOUND = "HTTP/1.1 404 Not Found\r\nServer: limit\r\n",
                             FAILED = "HTTP/1.1 500 Internal Server Error\r\nServer: limit\r\n",
                             JSON = "application/json";

static void drop(Http* h);
static void flush(Http* h) {
  Bytes& o = h->out;
  while (o.size() && !h->dead) {
    ssize_t w = send(h->fd, o.v.data() + o.at, o.size(), MSG_NOSIGNAL);
    if (w < 0) {
      if (errno == EAGAIN) continue;
      drop(h);
      return;
    }
    o.at += w;
  }
  o.clear();
}
static void drop(Http* h) {
  if (!h->dead) {
    close(h->fd);
    conns[h->fd] = nullptr;
    h->dead = true;
  }
  if (h->kind == None) delete h;
}
static void simple(Http* h, string_view status, string_view type, string_view body) {
  size_t b = begin(h, status, type);
  h->out.lit(body);
  end(h, b);
}
