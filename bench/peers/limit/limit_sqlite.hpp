// SQLite, synchronously in the loop: one transaction a request, or one a turn.
#pragma once

#include "limit_postgres.hpp"

#include <sqlite3.h>

static sqlite3* db;
static sqlite3_stmt* st[12];
static bool in_group;
static bool group_commit;
static std::vector<Http*> waiting;  // answered after the group's COMMIT
static void ex(const char* s) {
  char* e = nullptr;
  if (sqlite3_exec(db, s, nullptr, nullptr, &e)) die("sqlite: %s: %s", s, e);
}
static void sq_open(const char* file, const char* sync) {
  if (sqlite3_open(file, &db)) die("sqlite open %s", file);
  ex("PRAGMA journal_mode = WAL");
  ex((std::string("PRAGMA synchronous = ") + sync).c_str());
  ex("PRAGMA foreign_keys = ON");
  ex("PRAGMA busy_timeout = 5000");
  const char* q[] = {
      "SELECT id, randomnumber FROM world WHERE id = ?",
      "UPDATE world SET randomnumber = ? WHERE id = ?",
      "SELECT id, message FROM fortune",
      "SELECT id, name FROM author WHERE id = ?",
      "SELECT id, title, year FROM book WHERE author_id = ? ORDER BY id",
      "SELECT bt.book_id, t.id, t.name FROM book b JOIN book_tags bt ON bt.book_id = b.id JOIN tag "
      "t ON t.id = bt.tag_id WHERE b.author_id = ? ORDER BY bt.book_id, t.id",
      "INSERT INTO orders(customer, total_cents, created_at) VALUES (?, ?, strftime('%s','now') * "
      "1000)",
      "INSERT INTO order_line(order_id, sku, qty, price_cents) VALUES (?, ?, ?, ?)",
      "BEGIN IMMEDIATE",
      "COMMIT"};
  for (int i = 0; i < 10; i++)
    if (sqlite3_prepare_v3(db, q[i], -1, SQLITE_PREPARE_PERSISTENT, &st[i], nullptr))
      die("sqlite prepare: %s", sqlite3_errmsg(db));
}
static string_view sq_text(sqlite3_stmt* s, int c) {
  return {(const char*)sqlite3_column_text(s, c), size_t(sqlite3_column_bytes(s, c))};
}
static void step(sqlite3_stmt* s) {
  if (sqlite3_step(s) != SQLITE_DONE) die("sqlite: %s", sqlite3_errmsg(db));
  sqlite3_reset(s);
}
static void txn(Http*) {
  if (group_commit) {
    if (!in_group) {
      step(st[8]);
      in_group = true;
    }
  } else
    step(st[8]);
}
static void sq_run(Http* h) {
  bool write = h->kind == UpdRead || h->kind == NewOrder;
  if (write) txn(h);
  switch (h->kind) {
    case Db:
    case Queries:
    case UpdRead:
      for (auto& w : h->worlds) {
        sqlite3_bind_int(st[0], 1, w.id);
        if (sqlite3_step(st[0]) == SQLITE_ROW) w.rn = sqlite3_column_int(st[0], 1);
        sqlite3_reset(st[0]);
      }
      if (h->kind == UpdRead) {
        for (auto& w : h->worlds) {
          int n = rnd();
          w.rn = n == w.rn ? n % 10000 + 1 : n;
          sqlite3_bind_int(st[1], 1, w.rn);
          sqlite3_bind_int(st[1], 2, w.id);
          step(st[1]);
        }
        h->kind = UpdWrite;
      }
      break;
    case Fortunes:
      while (sqlite3_step(st[2]) == SQLITE_ROW)
        h->fortunes.emplace_back(sqlite3_column_int(st[2], 0), sq_text(st[2], 1));
      sqlite3_reset(st[2]);
      break;
    case Author: {
      int id = h->aid;
      h->aid = 0;
      sqlite3_bind_int(st[3], 1, id);
      if (sqlite3_step(st[3]) == SQLITE_ROW) {
        h->aid = id;
        h->aname = sq_text(st[3], 1);
      }
      sqlite3_reset(st[3]);
      sqlite3_bind_int(st[4], 1, id);
      while (sqlite3_step(st[4]) == SQLITE_ROW) {
        auto& b = h->books.emplace_back();
        b.id = sqlite3_column_int(st[4], 0);
        b.title = sq_text(st[4], 1);
        b.year = sqlite3_column_int(st[4], 2);
      }
      sqlite3_reset(st[4]);
      sqlite3_bind_int(st[5], 1, id);
      while (sqlite3_step(st[5]) == SQLITE_ROW) {
        int bk = sqlite3_column_int(st[5], 0);
        for (auto& b : h->books)
          if (b.id == bk) {
            b.tags.emplace_back(sqlite3_column_int(st[5], 1), sq_text(st[5], 2));
            break;
          }
      }
      sqlite3_reset(st[5]);
      break;
    }
    case NewOrder: {
      sqlite3_bind_text(st[6], 1, h->customer.data(), int(h->customer.size()), SQLITE_STATIC);
      sqlite3_bind_int64(st[6], 2, h->total);
      step(st[6]);
      int oid = int(sqlite3_last_insert_rowid(db));
      for (auto& l : h->lines) {
        sqlite3_bind_int(st[7], 1, oid);
        sqlite3_bind_text(st[7], 2, l.sku.data(), int(l.sku.size()), SQLITE_STATIC);
        sqlite3_bind_int(st[7], 3, l.qty);
        sqlite3_bind_int(st[7], 4, l.price);
        step(st[7]);
        h->worlds.push_back({oid, int(sqlite3_last_insert_rowid(db))});
      }
      break;
    }
    default:
      break;
  }
  if (write && group_commit) {
    waiting.push_back(h);
    return;
  }
  if (write) step(st[9]);
  complete(h);
}
static void sq_turn() {
  if (!in_group) return;
  step(st[9]);
  in_group = false;
  for (auto* h : waiting) complete(h);
  waiting.clear();
}
