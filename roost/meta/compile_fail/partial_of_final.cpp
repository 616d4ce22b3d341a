// Partial of a class that nothing may derive from.
// expect: roost::Partial<Cat>|final
#include <roost/meta/mapped_types.hpp>

#include <string>

#ifdef ROOST_FIXED
struct Cat {
#else
struct Cat final {
#endif
  std::string name;
};

roost::Partial<Cat> patch;
