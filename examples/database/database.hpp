// Which database the application works on, and with which entities.
#pragma once

#include <roost/orm/orm_module.hpp>

/// From DATABASE_URL in the environment: `sqlite:PATH`, `sqlite::memory:`, `postgres://…`. Tables
/// that are not there are created when the application starts.
roost::DynamicModule<roost::OrmModule> open_database();
