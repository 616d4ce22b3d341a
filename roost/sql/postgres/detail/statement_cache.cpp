// Slots and the list of recently used statements.
#include <roost/sql/detail/script_lexer.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/statement_cache.hpp>

#include <algorithm>
#include <array>

namespace roost::db::postgres::detail {

namespace {

std::vector<ValueType> types_of(const Statement& statement, std::span<const ValueView> parameters) {
  std::vector<ValueType> types{statement.parameters.begin(), statement.parameters.end()};
  if (types.empty()) {
    for (const ValueView& parameter : parameters) types.push_back(parameter.type());
  }
  return types;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What follows the first word: `local` of `SET LOCAL …`.
std::string second_word(std::string_view text, std::string_view first) {
  std::size_t at = 0;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  while (at + first.size() <= text.size()) {
    const bool here =
        std::equal(first.begin(), first.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                   [&](char a, char b) { return a == lower(b); });
    if (here) break;
    ++at;
  }
  if (at + first.size() > text.size()) return {};
  return std::string{db::detail::FirstWord{text.substr(at + first.size())}.view()};
}

/// Are its columns the same each time? PostgreSQL watches that of plans, not of utility statements.
bool has_fixed_columns(std::string_view text) {
  constexpr std::array<std::string_view, 8> planned{"select", "insert", "update", "delete",
                                                    "with",   "values", "table",  "merge"};
  return is_one_of(db::detail::FirstWord{text}.view(), planned);
}

}  // namespace

void check_statement(std::string_view text, Allowed allowed) {
  if (allowed == Allowed::anything) return;
  constexpr std::array<std::string_view, 8> session_words{
      "set", "reset", "listen", "unlisten", "discard", "deallocate", "prepare", "load"};
  constexpr std::array<std::string_view, 4> local_words{"local", "transaction", "constraints",
                                                        "constraint"};
  if (db::detail::controls_transaction(text)) {
    ErrorDetails details;
    details.message = "this statement is not allowed here";
    details.statement = text;
    details.hint =
        "transactions are opened by begin() and transactional(), never by BEGIN, COMMIT or "
        "SAVEPOINT in SQL";
    throw UsageError(std::move(details));
  }
  const db::detail::FirstWord first{text};
  if (first.view() == "copy") {
    throw UnsupportedError("COPY is not supported; insert with a Batch, read with a stream");
  }
  if (allowed == Allowed::session || !is_one_of(first.view(), session_words)) return;
  if (first.view() == "set" && is_one_of(second_word(text, "set"), local_words)) return;
  ErrorDetails details;
  details.message = "this statement would change a connection that others use as well";
  details.statement = text;
  details.hint = "run it on a Connection (connect()), or use SET LOCAL in a transaction";
  throw UsageError(std::move(details));
}

Prepared& StatementCache::find_slot(const Statement& statement,
                                    std::span<const ValueView> parameters, Allowed allowed) {
  if (statement.slot >= slots_.size()) slots_.resize(statement.slot + 1);
  std::unique_ptr<Prepared>& found = slots_[statement.slot];
  if (found == nullptr) {
    check_statement(statement.text, allowed);
    found = std::make_unique<Prepared>();
    found->name = "s" + std::to_string(statement.slot);
    found->types = types_of(statement, parameters);
    found->describes_each_time = !has_fixed_columns(statement.text);
  }
  return *found;
}

Prepared& StatementCache::find(const Statement& statement, std::span<const ValueView> parameters,
                               Allowed allowed) {
  if (statement.slot != Statement::no_slot) return find_slot(statement, parameters, allowed);
  std::span<const ValueType> types = statement.parameters;
  const bool declared = !types.empty() || parameters.empty();
  if (!declared) {
    undeclared_.clear();
    for (const ValueView& parameter : parameters) undeclared_.push_back(parameter.type());
    types = undeclared_;
  }
  const std::uint64_t hash =
      statement.hash != 0 && declared ? statement.hash : hash_of(statement.text, types);
  const auto [begin, end] = by_hash_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    const List::iterator found = it->second;
    if (found->text != statement.text ||
        !std::equal(found->types.begin(), found->types.end(), types.begin(), types.end()))
      continue;
    recent_.splice(recent_.begin(), recent_, found);
    return *found;
  }
  check_statement(statement.text, allowed);
  evict();
  Prepared& made = recent_.emplace_front();
  made.name = "c" + std::to_string(next_name_++);
  made.types.assign(types.begin(), types.end());
  made.text = statement.text;
  made.hash = hash;
  made.describes_each_time = !has_fixed_columns(statement.text);
  by_hash_.emplace(hash, recent_.begin());
  return made;
}

void StatementCache::evict() {
  auto candidate = recent_.end();
  while (recent_.size() >= std::max<std::size_t>(capacity_, 1) && candidate != recent_.begin()) {
    --candidate;
    if (candidate->in_flight != 0) continue;
    if (candidate->on_server) dropped_.push_back(candidate->name);
    const auto [begin, end] = by_hash_.equal_range(candidate->hash);
    for (auto it = begin; it != end; ++it) {
      if (it->second == candidate) {
        by_hash_.erase(it);
        break;
      }
    }
    candidate = recent_.erase(candidate);
  }
}

void StatementCache::renew(Prepared& prepared, bool outdated) {
  if (outdated && prepared.on_server) dropped_.push_back(prepared.name);
  ++prepared.generation;
  const std::string base = prepared.name.substr(0, prepared.name.find('_'));
  prepared.name = base + '_' + std::to_string(prepared.generation);
  prepared.on_server = false;
  prepared.binary = false;
  prepared.arrays.clear();
}

}  // namespace roost::db::postgres::detail
