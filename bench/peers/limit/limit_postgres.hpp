// PostgreSQL by its wire protocol: statements of all connections in few, one write per turn.
#pragma once

#include "limit_json.hpp"

enum Stmt { S_WORLD, S_UPDATE, S_FORTUNES, S_AUTHOR, S_BOOKS, S_TAGS, S_ORDER, S_N };
static const char* SQL[S_N] = {"SELECT id, randomnumber FROM world WHERE id = $1",
                               "UPDATE world w SET randomnumber = u.r FROM unnest($1::int4[], "
                               "$2::int4[]) AS u(id, r) WHERE w.id = u.id",
                               "SELECT id, message FROM fortune",
                               "SELECT id, name FROM author WHERE id = $1",
                               "SELECT id, title, year FROM book WHERE author_id = $1 ORDER BY id",
                               "SELECT bt.book_id, t.id, t.name FROM book b JOIN book_tags bt ON "
                               "bt.book_id = b.id JOIN tag t ON t.id = bt.tag_id "
                               "WHERE b.author_id = $1 ORDER BY bt.book_id, t.id",
                               "WITH o AS (INSERT INTO orders(customer, total_cents, created_at) "
                               "VALUES ($1, $2, now()) RETURNING id), "
                               "l AS (INSERT INTO order_line(order_id, sku, qty, price_cents) "
                               "SELECT o.id, u.s, u.q, u.p FROM o, "
                               "unnest($3::text[], $4::int4[], $5::int4[]) AS u(s, q, p) RETURNING "
                               "id) SELECT o.id, l.id FROM o, l"};
struct Item {
  Http* h;
  uint8_t stmt;
  bool sync;
};
struct Pg {
  int fd;
  std::deque<Item> q;
  Bytes out, in;
  bool dirty = false, writing = false, failed = false;
};
static std::vector<Pg> pgs;
static unsigned rr;
static bool sync_each = false;
static int ep;

struct Bind {  // one Bind + Execute
  Bytes& o;
  size_t at;
  Bind(Bytes& out, int stmt, int nparams) : o(out) {
    o.i8('B');
    at = o.n;
    o.i32(0);
    o.i8(0);
    o.i8('s');
    o.i8('0' + stmt);
    o.i8(0);
    o.i16(1);
    o.i16(1);
    o.i16(nparams);
  }
  void i(int x) {
    o.i32(4);
    o.i32(x);
  }
  void s(string_view x) {
    o.i32(int(x.size()));
    o.lit(x);
  }
  template <class F>
  void ints(size_t n, F f) {
    o.i32(int(20 + n * 8));
    array(n, 23);
    for (size_t k = 0; k < n; k++) {
      o.i32(4);
      o.i32(f(k));
    }
  }
  template <class F>
  void texts(size_t n, F f) {
    size_t p = o.n;
    o.i32(0);
    array(n, 25);
    for (size_t k = 0; k < n; k++) s(f(k));
    o.put32(p, int(o.n - p - 4));
  }
  void array(size_t n, int oid) {
    o.i32(1);
    o.i32(0);
    o.i32(oid);
    o.i32(int(n));
    o.i32(1);
  }
  void done() {
    o.i16(1);
    o.i16(1);
    o.put32(at, int(o.n - at));
    static const char ex[] = "E\0\0\0\x09\0\0\0\0\0";
    o.raw(ex, 10);
  }
};
static void pg_sync(Pg& p) {
  p.out.raw("S\0\0\0\x04", 5);
  p.q.push_back({nullptr, 0, true});
}
static Pg& pick() {
  Pg& p = pgs[rr++ % pgs.size()];
  p.dirty = true;
  return p;
}

static void ask_worlds(Http* h) {
  Pg& p = pick();
  for (auto& w : h->worlds) {
    Bind b(p.out, S_WORLD, 1);
    b.i(w.id);
    b.done();
    p.q.push_back({h, S_WORLD, false});
    if (sync_each) pg_sync(p);
  }
  if (!sync_each) pg_sync(p);
}
static void ask_update(Http* h) {
  Pg& p = pick();
  auto& w = h->worlds;
  Bind b(p.out, S_UPDATE, 2);
  b.ints(w.size(), [&](size_t k) { return w[k].id; });
  b.ints(w.size(), [&](size_t k) { return w[k].rn; });
  b.done();
  p.q.push_back({h, S_UPDATE, false});
  pg_sync(p);
  h->kind = UpdWrite;
  h->want = 1;
  h->got = 0;
}

static void worlds_body(Http* h, bool list) {
  size_t b = begin(h, OK, JSON);
  Bytes& o = h->out;
  if (list) o.i8('[');
  for (size_t i = 0; i < h->worlds.size(); i++) {
    if (i) o.i8(',');
    o.lit("{\"id\":");
    o.num(h->worlds[i].id);
    o.lit(",\"randomNumber\":");
    o.num(h->worlds[i].rn);
    o.i8('}');
  }
  if (list) o.i8(']');
  end(h, b);
}
static void fortunes_body(Http* h) {
  h->fortunes.emplace_back(0, "Additional fortune added at request time.");
  std::sort(h->fortunes.begin(), h->fortunes.end(),
            [](auto& a, auto& b) { return a.second < b.second; });
  size_t b = begin(h, OK, "text/html; charset=utf-8");
  Bytes& o = h->out;
  o.lit(
      "<!DOCTYPE "
      "html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</"
      "th></tr>");
  for (auto& [id, m] : h->fortunes) {
    o.lit("<tr><td>");
    o.num(id);
    o.lit("</td><td>");
    for (char c : m) switch (c) {
        case '&':
          o.lit("&amp;");
          break;
        case '<':
          o.lit("&lt;");
          break;
        case '>':
          o.lit("&gt;");
          break;
        case '"':
          o.lit("&quot;");
          break;
        case '\'':
          o.lit("&#39;");
          break;
        default:
          o.i8(c);
      }
    o.lit("</td></tr>");
  }
  o.lit("</table></body></html>");
  end(h, b);
}
static void author_body(Http* h) {
  if (!h->aid) {
    simple(h, NOTFOUND, JSON, "{\"statusCode\":404}");
    return;
  }
  size_t b = begin(h, OK, JSON);
  Bytes& o = h->out;
  o.lit("{\"id\":");
  o.num(h->aid);
  o.lit(",\"name\":");
  jstr(o, h->aname);
  o.lit(",\"books\":[");
  bool c = false;
  for (auto& k : h->books) {
    if (c) o.i8(',');
    c = true;
    o.lit("{\"id\":");
    o.num(k.id);
    o.lit(",\"title\":");
    jstr(o, k.title);
    o.lit(",\"year\":");
    o.num(k.year);
    o.lit(",\"tags\":[");
    bool d = false;
    for (auto& [tid, name] : k.tags) {
      if (d) o.i8(',');
      d = true;
      o.lit("{\"id\":");
      o.num(tid);
      o.lit(",\"name\":");
      jstr(o, name);
      o.i8('}');
    }
    o.lit("]}");
  }
  o.lit("]}");
  end(h, b);
}
static void order_body(Http* h) {  // worlds[] carries (order id, line id) pairs here
  size_t b = begin(h, CREATED, JSON);
  Bytes& o = h->out;
  o.lit("{\"id\":");
  o.num(h->worlds.empty() ? 0 : h->worlds[0].id);
  o.lit(",\"customer\":");
  jstr(o, h->customer);
  o.lit(",\"totalCents\":");
  o.num(h->total);
  o.lit(",\"lines\":[");
  for (size_t i = 0; i < h->lines.size(); i++) {
    if (i) o.i8(',');
    o.lit("{\"id\":");
    o.num(i < h->worlds.size() ? h->worlds[i].rn : 0);
    o.lit(",\"sku\":");
    jstr(o, h->lines[i].sku);
    o.lit(",\"qty\":");
    o.num(h->lines[i].qty);
    o.lit(",\"priceCents\":");
    o.num(h->lines[i].price);
    o.i8('}');
  }
  o.lit("],\"createdAt\":\"");
  o.raw(iso, iso_len);
  o.lit("\"}");
  end(h, b);
}
static void complete(Http* h) {
  if (h->kind == UpdRead) {
    for (auto& w : h->worlds) {
      int n = rnd();
      w.rn = n == w.rn ? n % 10000 + 1 : n;
    }
    ask_update(h);
    return;
  }
  Kind k = h->kind;
  switch (k) {
    case Db:
      worlds_body(h, false);
      break;
    case Queries:
    case UpdWrite:
      worlds_body(h, true);
      break;
    case Fortunes:
      fortunes_body(h);
      break;
    case Author:
      author_body(h);
      break;
    case NewOrder:
      order_body(h);
      break;
    default:
      break;
  }
  h->kind = None;
  if (h->dead) {
    delete h;
    return;
  }
  flush(h);
}
static void fail(Http* h) {
  if (h->kind == None) return;
  h->kind = None;
  if (h->dead) {
    delete h;
    return;
  }
  simple(h, FAILED, JSON, "{\"statusCode\":500}");
  flush(h);
}

static void data_row(Item& it, const char* p) {
  Http* h = it.h;
  p += 2;  // column count
  auto num = [&] {
    int x = be32(p + 4);
    p += 8;
    return x;
  };
  auto str = [&] {
    int n = be32(p);
    string_view s(p + 4, size_t(n));
    p += 4 + n;
    return s;
  };
  switch (it.stmt) {
    case S_WORLD: {
      num();
      h->worlds[size_t(h->got)].rn = num();
      break;
    }
    case S_FORTUNES: {
      int id = num();
      h->fortunes.emplace_back(id, str());
      break;
    }
    case S_AUTHOR:
      h->aid = num();
      h->aname = str();
      break;
    case S_BOOKS: {
      auto& b = h->books.emplace_back();
      b.id = num();
      b.title = str();
      b.year = num();
      break;
    }
    case S_TAGS: {
      int book = num(), id = num();
      for (auto& b : h->books)
        if (b.id == book) {
          b.tags.emplace_back(id, str());
          break;
        }
      break;
    }
    case S_ORDER: {
      int a = num(), b = num();
      h->worlds.push_back({a, b});
      break;
    }
  }
}

static void on_pg(Pg& p) {
  for (;;) {
    char* r = p.in.room(65536);
    ssize_t k = recv(p.fd, r, 65536, 0);
    if (k == 0) die("PostgreSQL closed the connection");
    if (k < 0) {
      if (errno == EAGAIN) break;
      die("recv from PostgreSQL: %s", strerror(errno));
    }
    p.in.n += size_t(k);
    while (p.in.size() >= 5) {
      char* m = p.in.v.data() + p.in.at;
      size_t len = size_t(be32(m + 1)) + 1;
      if (p.in.size() < len) break;
      switch (*m) {
        case 'D':
          data_row(p.q.front(), m + 5);
          break;
        case 'C': {
          Item it = p.q.front();
          p.q.pop_front();
          if (++it.h->got == it.h->want) complete(it.h);
          break;
        }
        case 'E': {  // everything up to the next Sync is skipped by the server
          fprintf(stderr, "PostgreSQL: %.*s\n", int(len - 6), m + 5);
          while (!p.q.empty() && !p.q.front().sync) {
            Http* h = p.q.front().h;
            p.q.pop_front();
            fail(h);
          }
          break;
        }
        case 'Z':
          if (!p.q.empty() && p.q.front().sync) p.q.pop_front();
          break;
        default:
          break;  // '2' BindComplete, 'N', 'S'
      }
      p.in.at += len;
    }
    if (!p.in.size())
      p.in.clear();
    else if (p.in.at > 32768) {
      memmove(p.in.v.data(), p.in.v.data() + p.in.at, p.in.size());
      p.in.n -= p.in.at;
      p.in.at = 0;
    }
    if (k < 65536) break;
  }
}
static void pg_flush(size_t i) {
  Pg& p = pgs[i];
  while (p.out.size()) {
    ssize_t w = send(p.fd, p.out.v.data() + p.out.at, p.out.size(), MSG_NOSIGNAL);
    if (w < 0) {
      if (errno == EAGAIN) break;
      die("send to PostgreSQL: %s", strerror(errno));
    }
    p.out.at += size_t(w);
  }
  if (!p.out.size()) p.out.clear();
  bool w = p.out.size() > 0;
  if (w != p.writing) {
    epoll_event e{};
    e.events = EPOLLIN | (w ? EPOLLOUT : 0);
    e.data.u64 = (1ull << 32) | i;
    epoll_ctl(ep, EPOLL_CTL_MOD, p.fd, &e);
    p.writing = w;
  }
  p.dirty = w;
}
static void pg_connect(Pg& p, const std::string& where, const char* user, const char* db) {
  auto colon = where.rfind(':');
  std::string host = where.substr(0, colon), port = where.substr(colon + 1);
  if (host[0] == '/') {
    p.fd = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    snprintf(a.sun_path, sizeof a.sun_path, "%s/.s.PGSQL.%s", host.c_str(), port.c_str());
    if (connect(p.fd, (sockaddr*)&a, sizeof a)) die("connect %s: %s", a.sun_path, strerror(errno));
  } else {
    p.fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(uint16_t(atoi(port.c_str())));
    inet_pton(AF_INET, host.c_str(), &a.sin_addr);
    if (connect(p.fd, (sockaddr*)&a, sizeof a))
      die("connect %s: %s", where.c_str(), strerror(errno));
    int one = 1;
    setsockopt(p.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
  Bytes o;
  o.i32(0);
  o.i32(196608);
  for (const char* s : {"user", user, "database", db}) o.raw(s, strlen(s) + 1);
  o.i8(0);
  o.put32(0, int(o.n));
  for (int s = 0; s < S_N; s++) {
    o.i8('P');
    size_t at = o.n;
    o.i32(0);
    o.i8('s');
    o.i8('0' + s);
    o.i8(0);
    o.raw(SQL[s], strlen(SQL[s]) + 1);
    o.i16(0);
    o.put32(at, int(o.n - at));
  }
  o.raw("S\0\0\0\x04", 5);
  if (send(p.fd, o.v.data(), o.n, 0) != ssize_t(o.n)) die("startup");
  for (int ready = 0;
       ready < 2;) {  // one 'Z' after startup (trust authentication), one after the Parses
    auto get = [&](void* b, size_t n) {
      if (recv(p.fd, b, n, MSG_WAITALL) != ssize_t(n)) die("startup: closed");
    };
    char hd[5];
    get(hd, 5);
    std::vector<char> body(size_t(be32(hd + 1)) - 4);
    if (!body.empty()) get(body.data(), body.size());
    if (*hd == 'E') die("startup: %.*s", int(body.size()), body.data());
    if (*hd == 'R' && be32(body.data()) != 0) die("only trust authentication");
    if (*hd == 'Z') ready++;
  }
}
