// The entry points of writing, and the layout for people.
#include <roost/json/detail/writer.hpp>
#include <roost/json/groups.hpp>
#include <roost/json/write.hpp>

#include <string_view>

namespace roost::json {

namespace {

/// Puts line breaks into compact, valid JSON.
std::string indented(std::string_view compact) {
  std::string out;
  std::size_t level = 0;
  bool in_string = false;
  const auto new_line = [&] {
    out += '\n';
    out.append(level * 2, ' ');
  };
  for (std::size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    if (in_string) {
      out += c;
      if (c == '\\') out += compact[++i];
      if (c == '"') in_string = false;
      continue;
    }
    switch (c) {
      case '"':
        in_string = true;
        out += c;
        break;
      case '{':
      case '[':
        out += c;
        if (compact[i + 1] == '}' || compact[i + 1] == ']') {
          out += compact[++i];
          break;
        }
        ++level;
        new_line();
        break;
      case '}':
      case ']':
        --level;
        new_line();
        out += c;
        break;
      case ',':
        out += c;
        new_line();
        break;
      case ':':
        out += ": ";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// Runs `fill` on an Output over `out`, which is as before when that throws.
template <class Fill>
void append(std::string& out, const Fill& fill) {
  const std::size_t before = out.size();
  try {
    detail::Output output{out};
    fill(output);
  } catch (...) {
    out.resize(before);
    throw;
  }
}

}  // namespace

void write(const reflect::TypeDescriptor& type, const void* object, std::string& out) {
  append(out, [&](detail::Output& output) { detail::Writer{output}.write_document(type, object); });
}

void write(const reflect::TypeDescriptor& type, const void* object, const Groups& shown,
           std::string& out) {
  append(out, [&](detail::Output& output) {
    detail::Writer{output, &shown}.write_document(type, object);
  });
}

std::string write_pretty(const reflect::TypeDescriptor& type, const void* object) {
  std::string compact;
  write(type, object, compact);
  return indented(compact);
}

std::string Value::dump() const {
  std::string out;
  append(out, [&](detail::Output& output) { detail::Writer{output}.write_dynamic(*this); });
  return out;
}

std::string Value::dump_pretty() const { return indented(dump()); }

}  // namespace roost::json
