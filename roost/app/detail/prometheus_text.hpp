// PRIVATE: the text format of Prometheus, version 0.0.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace roost::detail {

void append_number(std::string& out, double number);
void append_number(std::string& out, std::uint64_t number);
/// `name="value"`, after a comma unless it is the first.
void append_label(std::string& out, std::string_view name, std::string_view value);
/// The two lines above the samples of a metric.
void append_family(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help);

}  // namespace roost::detail
