// A parameter with a validation pipe of its own.
#pragma once

#include <roost/base/atomic_pointer.hpp>
#include <roost/web/controller_descriptor.hpp>
#include <roost/web/validation_pipe.hpp>

#include <utility>

namespace roost {

/// A parameter that is validated otherwise than the rest of its route:
/// `Checked<Body<CreateNote>, Lenient>`, where
/// `struct Lenient { static constexpr auto validation = validation_pipe().strip_unknown(); };`.
template <class Source, class Policy>
class Checked : public web::Extracted<typename Source::value_type> {
  using web::Extracted<typename Source::value_type>::Extracted;
};

namespace web {

const validation::ValidationOptions& options_in(
    AtomicPointer<const validation::ValidationOptions>& slot, const ValidationPipe& pipe);

template <class Policy>
inline constexpr ValidationPipe parameter_pipe = Policy::validation;
template <class Policy>
inline constinit AtomicPointer<const validation::ValidationOptions> parameter_options{};

/// Options that hold while one parameter is read.
class ValidationScope {
 public:
  ValidationScope(ExecutionContext& context, const validation::ValidationOptions& options)
      : context_{context}, outer_{context.validation()} {
    context_.validation(&options);
  }
  ValidationScope(const ValidationScope&) = delete;
  ValidationScope& operator=(const ValidationScope&) = delete;
  ~ValidationScope() { context_.validation(outer_); }

 private:
  ExecutionContext& context_;
  const validation::ValidationOptions* outer_;
};

template <class Source, class Policy>
struct ParameterBinder<Checked<Source, Policy>> {
  static constexpr bool known = ParameterBinder<Source>::known;
  static constexpr ParameterDescriptor describe() {
    ParameterDescriptor parameter = ParameterBinder<Source>::describe();
    parameter.validation = &parameter_pipe<Policy>;
    return parameter;
  }
  static Checked<Source, Policy> bind(ExecutionContext& context) {
    const ValidationScope scope{context,
                                options_in(parameter_options<Policy>, parameter_pipe<Policy>)};
    Source source = ParameterBinder<Source>::bind(context);
    return Checked<Source, Policy>{std::move(source.value())};
  }
};
template <class Source, class Policy>
inline constexpr bool is_body<Checked<Source, Policy>> = is_body<Source>;
template <class Source, class Policy>
struct PathParameterName<Checked<Source, Policy>> : PathParameterName<Source> {};

}  // namespace web
}  // namespace roost
