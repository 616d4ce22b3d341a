// Fuzzer: any bytes as an object with a member of every kind, and as the text of a form.
#include <roost/base/nullable.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/json/form.hpp>
#include <roost/json/read.hpp>
#include <roost/json/write.hpp>
#include <roost/meta/describe.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

enum class Colour { red, green, blue };

struct Leaf {
  std::string name;
  double weight = 0;
};

struct Tree {
  std::int8_t small = 0;
  std::uint64_t large = 0;
  float single = 0;
  bool flag = false;
  Colour colour{};
  roost::Timestamp time;
  roost::Uuid id;
  std::string text;
  std::optional<Leaf> leaf;
  roost::Nullable<int> nullable;
  std::vector<Tree> children;
  std::map<std::string, Leaf> named;
  std::map<int, Colour> numbered;
  std::array<int, 2> pair{};
  std::vector<std::variant<int, std::string, Leaf>> any;
  std::unique_ptr<Tree> next;
  roost::json::Value value;

  static constexpr auto meta = roost::meta(roost::field<&Tree::text>(roost::required));
};

void read_as_form(std::string_view text) {
  const std::size_t half = text.size() / 2;
  const roost::json::FormEntry entries[] = {{"small", text},  {"large", text.substr(half)},
                                            {"single", text}, {"colour", text.substr(0, half)},
                                            {"time", text},   {"id", text},
                                            {"any", text},    {text, text.substr(half)}};
  Tree tree;
  roost::json::Issues issues;
  roost::json::read_form(roost::reflect::type_of<Tree>(), entries, &tree, {}, issues);
  (void)roost::json::to_string(issues);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  read_as_form(text);
  roost::json::ReadOptions options;
  if (size % 2 == 0) options.unknown_members = roost::json::UnknownMembers::ignore;
  const auto result = roost::json::read<Tree>(text, options);
  if (!result) {
    if (roost::json::to_string(result.issues).empty()) std::abort();
    return 0;
  }
  const std::string written = roost::json::write(result.value);
  if (roost::json::write(roost::json::read_or_throw<Tree>(written)) != written) std::abort();
  return 0;
}
