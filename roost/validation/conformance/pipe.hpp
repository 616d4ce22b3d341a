// A validating pipe over classes declared as data, for the recorded requests. Test only.
#pragma once

#include <roost/validation/conformance/dto.hpp>

#include <string>

namespace roost::validation::conformance {

/// Runs one recorded request; says in what the answer differs, or nothing.
[[nodiscard]] std::string run_pipe_case(const Classes& classes, const json::Value& entry);

}  // namespace roost::validation::conformance
