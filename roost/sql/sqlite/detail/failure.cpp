// Translation of errors: by extended result code, and by message where the code says too little.
#include <roost/sql/sqlite/detail/failure.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <vector>

namespace roost::db::sqlite::detail {

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

ErrorKind kind_of_plain_error(std::string_view message) {
  if (contains(message, "no such table") || contains(message, "no such view")) {
    return ErrorKind::undefined_table;
  }
  if (contains(message, "no such column") || contains(message, "has no column named")) {
    return ErrorKind::undefined_column;
  }
  if (contains(message, "no such function") ||
      contains(message, "wrong number of arguments to function")) {
    return ErrorKind::undefined_function;
  }
  if (contains(message, "ambiguous column name")) return ErrorKind::ambiguous_column;
  if (contains(message, "already exists") || contains(message, "duplicate column name")) {
    return ErrorKind::duplicate_object;
  }
  if (contains(message, "syntax error") || contains(message, "incomplete input") ||
      contains(message, "unrecognized token")) {
    return ErrorKind::syntax_error;
  }
  if (contains(message, "malformed JSON") || contains(message, "integer overflow") ||
      contains(message, "JSON path error") || contains(message, "out of range")) {
    return ErrorKind::invalid_value;
  }
  return ErrorKind::other;
}

ErrorKind kind_of(int extended, std::string_view message) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return ErrorKind::unique_violation;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return ErrorKind::foreign_key_violation;
    case SQLITE_CONSTRAINT_NOTNULL:
      return ErrorKind::not_null_violation;
    case SQLITE_CONSTRAINT_CHECK:
      return ErrorKind::check_violation;
    case SQLITE_CONSTRAINT_TRIGGER:  // RAISE(ABORT, …): a rule of the schema; or ON DELETE RESTRICT
      return contains(message, "FOREIGN KEY") ? ErrorKind::foreign_key_violation
                                              : ErrorKind::check_violation;
    case SQLITE_CONSTRAINT_DATATYPE:
      return ErrorKind::invalid_value;
    case SQLITE_BUSY_SNAPSHOT:
      return ErrorKind::serialization_failure;
    default:
      break;
  }
  switch (extended & 0xFF) {
    case SQLITE_CONSTRAINT:
      return ErrorKind::check_violation;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorKind::lock_timeout;
    case SQLITE_INTERRUPT:
      return ErrorKind::statement_timeout;
    case SQLITE_READONLY:
      return ErrorKind::read_only;
    case SQLITE_FULL:
      return ErrorKind::disk_full;
    case SQLITE_IOERR:
      return ErrorKind::storage_failure;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorKind::corrupt;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return ErrorKind::cannot_connect;
    case SQLITE_NOMEM:
      return ErrorKind::out_of_memory;
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return ErrorKind::invalid_value;
    case SQLITE_AUTH:
      return ErrorKind::usage;
    case SQLITE_ERROR:
      return kind_of_plain_error(message);
    default:
      return ErrorKind::other;
  }
}

/// "UNIQUE constraint failed: users.a, users.b" → table "users", columns "a, b".
void name_columns(ErrorDetails& details) {
  const std::size_t colon = details.message.find(": ");
  if (colon == std::string::npos) return;
  std::string_view rest = std::string_view{details.message}.substr(colon + 2);
  if (rest.starts_with("index '")) {  // an index on expressions is named itself
    rest.remove_prefix(7);
    details.constraint = rest.substr(0, rest.find('\''));
    return;
  }
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(", "));
    rest.remove_prefix(std::min(one.size() + 2, rest.size()));
    const std::size_t dot = one.find('.');
    if (dot == std::string_view::npos) return;
    details.table = one.substr(0, dot);
    if (!details.column.empty()) details.column += ", ";
    details.column += one.substr(dot + 1);
  }
}

/// The unique index of `table` over exactly `columns`, unless SQLite made up its name.
std::string find_index(sqlite3* database, const std::string& table, const std::string& columns) {
  sqlite3_stmt* statement = nullptr;
  constexpr std::string_view text =
      "select l.name from pragma_index_list(?1) l where l.\"unique\" and (select "
      "group_concat(name, ', ') from (select name from pragma_index_info(l.name) order by seqno)) "
      "= ?2 and l.name not like 'sqlite\\_autoindex\\_%' escape '\\' limit 1";
  std::string name;
  if (sqlite3_prepare_v2(database, text.data(), static_cast<int>(text.size()), &statement,
                         nullptr) == SQLITE_OK) {
    sqlite3_bind_text64(statement, 1, table.data(), table.size(), SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_text64(statement, 2, columns.data(), columns.size(), SQLITE_STATIC, SQLITE_UTF8);
    if (sqlite3_step(statement) == SQLITE_ROW) {
      name = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    }
  }
  sqlite3_finalize(statement);
  return name;
}

void add_hint(ErrorKind kind, int extended, ErrorDetails& details, std::string_view file) {
  const std::string shown{file};
  switch (kind) {
    case ErrorKind::lock_timeout:
      details.hint = "another process holds a lock on " + shown +
                     " for longer than busy_timeout; only one process should write to it";
      break;
    case ErrorKind::read_only:
      details.hint = "the database " + shown +
                     " is opened read-only, or its file or folder is not "
                     "writable by this process";
      break;
    case ErrorKind::disk_full:
      details.hint = "make room on the disk of " + shown + "; nothing was written";
      break;
    case ErrorKind::corrupt:
      details.hint = extended == SQLITE_NOTADB
                         ? shown + " is not an SQLite database (or is encrypted)"
                         : "restore " + shown +
                               " from a backup, or try \".recover\" of the sqlite3 "
                               "program on a copy of it";
      break;
    case ErrorKind::cannot_connect:
      details.hint = "does the folder of " + shown + " exist, and may this process open the file?";
      break;
    case ErrorKind::usage:
      details.message = "this statement is not allowed here";
      details.hint =
          "transactions are opened by begin() and transactional(), never by BEGIN, COMMIT or "
          "SAVEPOINT in SQL; PRAGMAs that change a connection, ATTACH and DETACH need a Connection "
          "(connect())";
      break;
    default:
      break;
  }
  if (contains(details.message, "from within a transaction")) {
    details.hint = "run it on a Connection (connect()), or in a script with transactional = false";
  }
}

}  // namespace

std::exception_ptr current_failure(sqlite3* database, int code, std::string_view statement,
                                   std::string_view file) {
  ErrorDetails details;
  const bool own = database != nullptr && (sqlite3_errcode(database) & 0xFF) == (code & 0xFF);
  const int extended = own ? sqlite3_extended_errcode(database) : code;
  details.message = own ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  details.code = std::to_string(extended);
  details.statement = statement;
  const ErrorKind kind = kind_of(extended, details.message);
  if (kind == ErrorKind::unique_violation) {
    name_columns(details);
    if (details.constraint.empty() && !details.table.empty()) {
      details.constraint = find_index(database, details.table, details.column);
    }
  } else if (kind == ErrorKind::not_null_violation) {
    name_columns(details);
  } else if (extended == SQLITE_CONSTRAINT_CHECK) {
    const std::size_t colon = details.message.find(": ");
    if (colon != std::string::npos) details.constraint = details.message.substr(colon + 2);
  }
  if (own && sqlite3_error_offset(database) >= 0) {
    details.position = static_cast<std::uint32_t>(sqlite3_error_offset(database)) + 1;
  }
  add_hint(kind, extended, details, file);
  return make_error(kind, std::move(details));
}

}  // namespace roost::db::sqlite::detail
