// Everything that a program with a database needs of the ORM.
#pragma once

#include <roost/orm/entity_manager.hpp>
#include <roost/orm/orm_module.hpp>
#include <roost/orm/repository.hpp>
