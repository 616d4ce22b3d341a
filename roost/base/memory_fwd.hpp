// Names the standard smart pointers without the cost of <memory>, which takes a fifth of a second
// to read in C++20. Whoever makes or uses one includes <memory>.
#pragma once

#include <cstddef>

#if defined(__GLIBCXX__)
namespace std {
_GLIBCXX_BEGIN_NAMESPACE_VERSION
template <class T>
class shared_ptr;
template <class T>
struct default_delete;
template <class T, class Deleter>
class unique_ptr;
_GLIBCXX_END_NAMESPACE_VERSION
}  // namespace std
#else
#include <memory>
#endif
