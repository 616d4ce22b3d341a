// Which database the application works on, and with which entities.
#pragma once

#include <roost/orm/orm_module.hpp>

#include <memory>

/// From DATABASE_URL in the environment: `sqlite:PATH`, `sqlite::memory:`, `postgres://…`. Tables
/// that are not there are created when the application starts.
roost::DynamicModule<roost::OrmModule> open_database();

/// The same for what is done instead of serving.
std::unique_ptr<roost::orm::DataSource> open_data_source();
