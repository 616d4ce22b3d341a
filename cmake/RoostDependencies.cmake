# The third-party packages that the components link. Installed beside RoostConfig.cmake and read
# by it as well, so that a user's project finds exactly what this build found.
include_guard(GLOBAL)

find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)

# Debian ships none of these with a CMake package.
function(_roost_plain_library name header)
  if(TARGET ${name})
    return()
  endif()
  string(MAKE_C_IDENTIFIER "ROOST_${name}" key)
  find_path(${key}_INCLUDE_DIR ${header} REQUIRED)
  mark_as_advanced(${key}_INCLUDE_DIR)
  set(libraries)
  foreach(library IN LISTS ARGN)
    find_library(${key}_${library} ${library} REQUIRED)
    mark_as_advanced(${key}_${library})
    list(APPEND libraries "${${key}_${library}}")
  endforeach()
  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${name} SYSTEM INTERFACE "${${key}_INCLUDE_DIR}")
  target_link_libraries(${name} INTERFACE ${libraries} Threads::Threads)
endfunction()

_roost_plain_library(re2::re2 re2/re2.h re2)
_roost_plain_library(phonenumber::phonenumber phonenumbers/phonenumberutil.h phonenumber protobuf)
# Only programs that have a rule for telephone numbers load the library.
target_link_options(phonenumber::phonenumber INTERFACE LINKER:--as-needed)
_roost_plain_library(brotli::brotli brotli/encode.h brotlienc brotlidec brotlicommon)
