// What the statements of chapter 2 take for granted.
#include "notes/color_count.hpp"
#include "notes/note.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

using roost::f;

extern roost::EntityManager& em;
