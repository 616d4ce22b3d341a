// URLs: our own parameters are taken out, libpq reads the rest.
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/settings.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>

namespace roost::db::postgres::detail {

namespace {

bool parse_switch(std::string_view name, std::string_view value) {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  throw UsageError("the URL of a PostgreSQL database says " + std::string{name} + "=" +
                   std::string{value} + "; it takes true or false");
}

/// Takes our parameters out of the query of `url`; returns what libpq is to read.
std::string take_own_parameters(std::string_view url, Settings& settings) {
  const std::size_t question = url.find('?');
  std::string rest{url.substr(0, question)};
  if (question == std::string_view::npos) return rest;
  std::optional<bool> prepared;
  char separator = '?';
  std::string_view query = url.substr(question + 1);
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view name = parameter.substr(0, equals);
    const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    if (name == "pooler") {
      if (value != "transaction") {
        throw UsageError("the URL of a PostgreSQL database says pooler=" + std::string{value} +
                         "; the only value is transaction (leave it out without a pooler)");
      }
      settings.pooler = true;
    } else if (name == "prepared") {
      prepared = parse_switch(name, value);
    } else if (name == "share_reads") {
      settings.share_reads = parse_switch(name, value);
    } else {
      rest += separator;
      rest += parameter;
      separator = '&';
    }
  }
  settings.prepared = prepared.value_or(!settings.pooler);
  return rest;
}

bool is_numeric_or_path(const std::string& host) {
  if (host.empty() || host[0] == '/' || host[0] == '@') return true;
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

/// Statements travel past libpq, which could encrypt so.
void refuse_gss_encryption(std::string_view mode) {
  if (mode != "require") return;
  throw UsageError(
      "the URL of the PostgreSQL database, or PGGSSENCMODE, requires encryption by GSSAPI, which "
      "is not supported: use TLS (sslmode=verify-full)");
}

}  // namespace

Settings parse_url(std::string_view url, std::string_view application_name) {
  Settings settings;
  const std::string plain = take_own_parameters(url, settings);
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&::PQconninfoFree)> parsed{
      ::PQconninfoParse(plain.c_str(), &problem), &::PQconninfoFree};
  const std::unique_ptr<char, decltype(&::PQfreemem)> freed{problem, &::PQfreemem};
  if (parsed == nullptr) {
    // libpq quotes parts of the URL, in which a password may be.
    const bool secret = plain.find('@') != std::string::npos;
    throw UsageError("the URL of the PostgreSQL database cannot be read" +
                     (secret || problem == nullptr ? std::string{} : ": " + std::string{problem}) +
                     "; it looks like postgres://user:password@host:5432/database?sslmode=require, "
                     "special characters written as %40");
  }
  bool addressed = false;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (std::string_view{option->keyword} == "gssencmode") {
      refuse_gss_encryption(option->val);
      continue;
    }
    settings.keywords.emplace_back(option->keyword);
    settings.values.emplace_back(option->val);
    const std::string_view keyword = option->keyword;
    if (keyword == "hostaddr") addressed = true;
    if (keyword == "host" && !is_numeric_or_path(option->val)) settings.looks_up_names = true;
  }
  if (addressed) settings.looks_up_names = false;
  settings.keywords.emplace_back("fallback_application_name");
  settings.values.emplace_back(application_name);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  if (const char* wish = std::getenv("PGGSSENCMODE")) refuse_gss_encryption(wish);
  settings.keywords.emplace_back("gssencmode");
  settings.values.emplace_back("disable");
  settings.keywords.emplace_back("client_encoding");
  settings.values.emplace_back("UTF8");
  return settings;
}

}  // namespace roost::db::postgres::detail
