// A bit-field, which has no address.
// expect: error: .*bit-field
#include <roost/meta/describe.hpp>

#include <string>

struct Permissions {
#ifdef ROOST_FIXED
  unsigned read;
#else
  unsigned read : 1;
#endif
  int owner;
};

const auto& type = roost::reflect::type_of<Permissions>();
