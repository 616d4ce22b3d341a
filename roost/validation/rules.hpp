// All validation rules: what a file with DTOs includes.
#pragma once

#include <roost/validation/combine.hpp>
#include <roost/validation/custom.hpp>
#include <roost/validation/rules/array_rules.hpp>
#include <roost/validation/rules/code_rules.hpp>
#include <roost/validation/rules/common_rules.hpp>
#include <roost/validation/rules/date_rules.hpp>
#include <roost/validation/rules/format_rules.hpp>
#include <roost/validation/rules/network_rules.hpp>
#include <roost/validation/rules/number_rules.hpp>
#include <roost/validation/rules/string_rules.hpp>
#include <roost/validation/rules/type_rules.hpp>
#include <roost/validation/transform.hpp>
