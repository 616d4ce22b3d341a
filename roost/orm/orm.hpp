// Everything that a program with a database needs of the ORM.
#pragma once

#include <roost/orm/data_source.hpp>
#include <roost/orm/entity_manager.hpp>
#include <roost/orm/filters.hpp>
#include <roost/orm/metadata.hpp>
#include <roost/orm/orm_module.hpp>
#include <roost/orm/query_builder.hpp>
#include <roost/orm/repository.hpp>
#include <roost/orm/subscriber.hpp>
#include <roost/sql/modify.hpp>
