// Everything that an application of controllers, providers and validation needs.
#pragma once

#include <roost/app/application.hpp>
#include <roost/app/config.hpp>
#include <roost/app/logger.hpp>
#include <roost/async/synchronized.hpp>
#include <roost/async/task.hpp>
#include <roost/base/nullable.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/di/module.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/json/value.hpp>
#include <roost/meta/assign.hpp>
#include <roost/meta/describe.hpp>
#include <roost/meta/mapped_types.hpp>
#include <roost/validation/rules.hpp>
#include <roost/web/controllers.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/extractors.hpp>
#include <roost/web/page.hpp>
#include <roost/web/redirect.hpp>
#include <roost/web/response.hpp>
#include <roost/web/route.hpp>
#include <roost/web/validation_pipe.hpp>
