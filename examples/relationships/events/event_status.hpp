// What has become of an event.
#pragma once

enum class EventStatus { draft, published, cancelled };
