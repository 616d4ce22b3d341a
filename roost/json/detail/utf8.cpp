// UTF-8 by the table of well-formed sequences in chapter 3.9 of the Unicode standard.
#include <roost/json/detail/utf8.hpp>

#include <cstring>

namespace roost::json::detail {

namespace {

/// What may follow a lead byte: how many bytes in all, and the range of the second one, which is
/// where overlong forms, surrogates and too large values show.
struct Lead {
  std::size_t size;
  unsigned char second_min;
  unsigned char second_max;
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

Utf8Step utf8_step(const char* begin, const char* end) {
  const Lead lead = lead_of(static_cast<unsigned char>(*begin));
  if (lead.size == 1) return {1, true};
  if (lead.size == 0) return {1, false};
  const auto left = static_cast<std::size_t>(end - begin);
  for (std::size_t i = 1; i < lead.size; ++i) {
    if (i >= left) return {i, false};
    const auto byte = static_cast<unsigned char>(begin[i]);
    const unsigned char low = i == 1 ? lead.second_min : 0x80;
    const unsigned char high = i == 1 ? lead.second_max : 0xBF;
    if (byte < low || byte > high) return {i, false};
  }
  return {lead.size, true};
}

const char* find_invalid_utf8(const char* begin, const char* end) {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  while (begin != end) {
    while (end - begin >= 32) {
      std::uint64_t words[4];
      std::memcpy(words, begin, sizeof words);
      if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) break;
      begin += sizeof words;
    }
    while (end - begin >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, begin, sizeof word);
      if ((word & high_bits) != 0) break;
      begin += sizeof word;
    }
    // A stretch of other characters, or the last few bytes.
    for (int i = 0; i < 8 && begin != end; ++i) {
      const Utf8Step step = utf8_step(begin, end);
      if (!step.valid) return begin;
      begin += step.size;
    }
  }
  return end;
}

void append_utf8(std::string& out, std::uint32_t character) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0 | (character >> 6));
    put(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    put(0xE0 | (character >> 12));
    put(0x80 | ((character >> 6) & 0x3F));
    put(0x80 | (character & 0x3F));
  } else {
    put(0xF0 | (character >> 18));
    put(0x80 | ((character >> 12) & 0x3F));
    put(0x80 | ((character >> 6) & 0x3F));
    put(0x80 | (character & 0x3F));
  }
}

std::string repaired_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const char* at = text.data();
  const char* end = at + text.size();
  while (at != end) {
    const char* bad = find_invalid_utf8(at, end);
    out.append(at, bad);
    at = bad;
    if (at == end) break;
    out += replacement_character;
    at += utf8_step(at, end).size;
  }
  return out;
}

}  // namespace roost::json::detail
