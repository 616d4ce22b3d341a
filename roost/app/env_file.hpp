// Files of environment variables (".env"): their syntax and how they join the process environment.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace roost {

/// Variables by name. A class of its own so that headers can name it without <map>.
struct Environment : std::map<std::string, std::string, std::less<>> {
  using map::map;
};

/// Reads the text of a .env file: `NAME=value` lines, `#` comments, an optional `export`, values in
/// double quotes (`\n`, `\t`, `\"`, `\\` and line breaks inside) or single quotes (verbatim);
/// unquoted values are trimmed and end at ` #`. The last of two equal names wins. Throws
/// roost::Error that names `file` and the line.
[[nodiscard]] Environment parse_env_file(std::string_view text, std::string_view file);

/// The variables of a file, or none when it does not exist. Throws roost::Error when it exists but
/// cannot be read.
[[nodiscard]] Environment read_env_file(const std::string& path);

/// The environment of the process.
[[nodiscard]] Environment process_environment();

/// Replaces `${NAME}` and `${NAME:-default}` by values of `environment`; `\${` stays literal.
[[nodiscard]] std::string expand_variables(std::string_view text, const Environment& environment);

}  // namespace roost
