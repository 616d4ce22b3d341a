// Refused input as an exception with the standard error body.
#pragma once

#include <roost/base/atomic_pointer.hpp>
#include <roost/web/validation_pipe.hpp>

#include <memory>

namespace roost::validation {
class ValidationErrors;
struct ValidationOptions;
}  // namespace roost::validation

namespace roost::web {

/// Throws what the options ask for: by default BadRequestException with the list of messages.
[[noreturn]] void throw_validation_failure(const validation::ValidationErrors& errors,
                                           const validation::ValidationOptions& options);

/// The annotation of a route as the options that the validator takes.
[[nodiscard]] std::shared_ptr<const validation::ValidationOptions> validation_options(
    const ValidationPipe& pipe);

/// The same for one parameter, made by the first call and kept in `slot` for good.
[[nodiscard]] const validation::ValidationOptions& options_in(
    AtomicPointer<const validation::ValidationOptions>& slot, const ValidationPipe& pipe);

}  // namespace roost::web
