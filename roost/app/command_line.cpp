#include <roost/app/command_line.hpp>

#include <fstream>

namespace roost {

Inquiry inquiry_of(std::span<const std::string> arguments) {
  if (arguments.size() != 1) return Inquiry::none;
  const std::string& argument = arguments.front();
  if (argument == "--openapi" || argument == "--openapi=json") return Inquiry::openapi_json;
  if (argument == "--openapi=yaml") return Inquiry::openapi_yaml;
  if (argument == "--routes") return Inquiry::routes;
  if (argument == "--graph") return Inquiry::graph;
  return Inquiry::none;
}

// From the system rather than from main(), so that `int main() { return create<M>().listen(); }` is
// all that a program needs.
std::vector<std::string> process_arguments() {
  std::ifstream file{"/proc/self/cmdline", std::ios::binary};
  std::vector<std::string> arguments;
  std::string argument;
  while (std::getline(file, argument, '\0')) arguments.push_back(argument);
  if (!arguments.empty()) arguments.erase(arguments.begin());
  return arguments;
}

}  // namespace roost
