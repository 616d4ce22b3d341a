// An AnyRef that names a class twice.
// expect-g++: In instantiation of .struct roost::orm::an_any_ref_names_a_class_once<
// expect: error: static.assert.*roost: AnyRef<...> names each class to which it may refer once
// expect-clang++: in instantiation of .*roost::orm::an_any_ref_names_a_class_once<
#include <roost/orm/compile_fail/any_ref_impl.hpp>

#ifdef ROOST_FIXED
using Reference = AnyRef<Event, Ticket>;
#else
using Reference = AnyRef<Event, Ticket, Event>;
#endif

bool use(const Reference& reference) { return reference.holds<Ticket>(); }
