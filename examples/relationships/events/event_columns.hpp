// From what clients send to the columns of an event.
#pragma once

#include "events/dto/event_body.hpp"
#include "events/event.hpp"

/// Everything: what is missing in the body has its default value there.
void replace_columns(Event& event, const EventBody& body);

/// What is given; details are merged into those that are there.
void change_columns(Event& event, const UpdateEvent& patch);
