// Runs a fuzz target without libFuzzer: inputs made from the words of a dictionary, always the
// same. For the tests of every day; the long runs are those of the preset "fuzz" (tests/fuzz.py).
//
//   <target> [dictionary] [runs]
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

// The name is libFuzzer's.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

int digit(char c) {
  const std::string digits = "0123456789abcdef";
  const auto found = digits.find(c);
  return found == std::string::npos ? 0 : static_cast<int>(found);
}

/// The text between the first and the last quote of a line, as libFuzzer's dictionaries have it.
std::string word_of(const std::string& line) {
  const auto begin = line.find('"');
  const auto end = line.rfind('"');
  std::string word;
  if (begin == std::string::npos || end <= begin || line[0] == '#') return word;
  for (auto i = begin + 1; i < end; ++i) {
    if (line[i] != '\\') {
      word += line[i];
    } else if (line[i + 1] == 'x' && i + 3 < end) {
      word += static_cast<char>(digit(line[i + 2]) * 16 + digit(line[i + 3]));
      i += 3;
    } else {
      word += line[++i];
    }
  }
  return word;
}

std::vector<std::string> words_of(const char* path) {
  std::vector<std::string> words;
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    std::string word = word_of(line);
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

class Maker {
 public:
  explicit Maker(std::vector<std::string> words) : words_{std::move(words)} {}

  std::string next() {
    std::string made;
    for (std::size_t parts = below(12); parts > 0; --parts) made += part();
    for (std::size_t changes = below(4); changes > 0 && !made.empty(); --changes) change(made);
    // Most inputs hang together: what was made before, with something else at one place.
    if (below(3) == 0 && !last_.empty()) made.insert(below(made.size() + 1), last_);
    if (made.size() > 2048) made.resize(2048);
    last_ = made.substr(0, 512);
    return made;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  std::string part() {
    if (!words_.empty() && below(4) != 0) return words_[below(words_.size())];
    std::string bytes(below(9), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_() & 0xffU);
    return bytes;
  }
  void change(std::string& text) {
    const std::size_t at = below(text.size());
    switch (below(3)) {
      case 0:
        text[at] = static_cast<char>(text[at] ^ (1U << below(8)));
        return;
      case 1:
        text.erase(at, 1 + below(8));
        return;
      default:
        text.insert(at, text.substr(below(text.size()), 1 + below(64)));
    }
  }

  std::vector<std::string> words_;
  std::string last_;
  std::mt19937 random_{20240229};  // the same inputs everywhere
};

}  // namespace

int main(int count, char** arguments) {
  Maker maker{count > 1 ? words_of(arguments[1]) : std::vector<std::string>{}};
  const int runs = count > 2 ? std::atoi(arguments[2]) : 10000;
  for (int run = 0; run < runs; ++run) {
    const std::string input = maker.next();
    // A buffer of its own size, so that reading past its end is seen.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::printf("%d inputs\n", runs);
  return 0;
}
