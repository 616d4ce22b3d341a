// What counts as the address of a web page: absolute, and nothing but http and https.
#pragma once

#include <roost/roost.hpp>

inline constexpr auto is_web_address =
    roost::is_url({.protocols = {"http", "https"}, .require_protocol = true});
