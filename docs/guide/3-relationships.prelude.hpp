// What the statements of chapter 3 take for granted.
#include "events/event.hpp"
#include "events/user.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>
#include <roost/sql/errors.hpp>

#include <vector>

using roost::f;

extern roost::EntityManager& em;
