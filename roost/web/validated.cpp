#include <roost/validation/options.hpp>
#include <roost/validation/validate.hpp>
#include <roost/validation/validation_error.hpp>
#include <roost/web/validated.hpp>
#include <roost/web/validation_failure.hpp>

namespace roost::web {

void check_valid(const reflect::TypeDescriptor& type, void* object) {
  const validation::ValidationOptions options;
  const auto errors = validation::validate(type, object, options);
  if (!errors.empty()) throw_validation_failure(errors, options);
}

}  // namespace roost::web
