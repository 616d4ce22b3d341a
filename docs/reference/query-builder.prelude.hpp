// What this page takes for granted.
#pragma once

#include "orm_example.hpp"
#include <roost/orm/query_builder.hpp>
