// Generation, reading and writing of UUIDs.
#include <roost/base/random.hpp>
#include <roost/base/uuid.hpp>

#include <atomic>
#include <chrono>
#include <cstring>

namespace roost {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

void set_version(Uuid::Bytes& bytes, unsigned version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | (version << 4));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
}

/// Milliseconds times 4096, that is 48 bits of time and 12 bits of its fraction (RFC 9562, 6.2,
/// method 3), made strictly increasing over all threads of the process.
std::uint64_t next_tick() {
  static std::atomic<std::uint64_t> last{0};
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto nanoseconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count());
  const std::uint64_t now =
      (nanoseconds / 1'000'000 << 12) | ((nanoseconds % 1'000'000) * 4096 / 1'000'000);
  std::uint64_t before = last.load(std::memory_order_relaxed);
  std::uint64_t tick = 0;
  do {
    tick = now > before ? now : before + 1;
  } while (!last.compare_exchange_weak(before, tick, std::memory_order_relaxed));
  return tick;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Where the text of a byte starts: the dashes stand before bytes 4, 6, 8 and 10.
constexpr std::size_t text_position(std::size_t byte) {
  std::size_t position = byte * 2;
  for (const std::size_t dash : {4U, 6U, 8U, 10U}) {
    if (byte >= dash) ++position;
  }
  return position;
}

}  // namespace

Uuid Uuid::random() {
  Bytes bytes{};
  fill_random(bytes.data(), bytes.size());
  set_version(bytes, 4);
  return Uuid{bytes};
}

Uuid Uuid::time_ordered() {
  Bytes bytes{};
  const std::uint64_t tick = next_tick();
  const std::uint64_t milliseconds = tick >> 12;
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  }
  bytes[6] = static_cast<std::uint8_t>((tick >> 8) & 0x0FU);
  bytes[7] = static_cast<std::uint8_t>(tick);
  fill_random(bytes.data() + 8, 8);
  set_version(bytes, 7);
  return Uuid{bytes};
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
    if (text[dash] != '-') return std::nullopt;
  }
  Bytes bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t position = text_position(i);
    const int high = hex_value(text[position]);
    const int low = hex_value(text[position + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return Uuid{bytes};
}

void Uuid::append_to(std::string& out) const {
  std::array<char, 36> text{};
  text.fill('-');
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    const std::size_t position = text_position(i);
    text[position] = hex_digits[bytes_[i] >> 4];
    text[position + 1] = hex_digits[bytes_[i] & 0x0FU];
  }
  out.append(text.data(), text.size());
}

std::string Uuid::to_string() const {
  std::string text;
  append_to(text);
  return text;
}

}  // namespace roost

std::size_t std::hash<roost::Uuid>::operator()(const roost::Uuid& uuid) const noexcept {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, uuid.bytes().data(), 8);
  std::memcpy(&low, uuid.bytes().data() + 8, 8);
  return static_cast<std::size_t>(high ^ (low * 0x9E3779B97F4A7C15U));
}
