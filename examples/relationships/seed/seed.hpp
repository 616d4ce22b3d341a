// Demonstration data: users with profiles, venues, tags, events, and who is registered for them.
#pragma once

#include <roost/orm/data_source.hpp>
#include <roost/roost.hpp>

/// Fills an empty database; the data are the same each time. Shows its progress on the terminal.
/// Throws roost::Error when there are users already.
roost::Task<void> seed(const roost::orm::DataSource& source);
