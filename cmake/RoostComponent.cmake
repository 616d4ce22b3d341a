# roost_component(): one folder under roost/ becomes one library, its tests and its install rules.
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

if(ROOST_TESTS)
  find_package(GTest REQUIRED)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)

  # The precompiled headers that all tests share. 0.7 of 1.5 s a file is GoogleTest (g++ -O1 with
  # sanitizers). An executable, because its flags must be those of the tests.
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/empty_test.cpp" CONTENT "")
  add_executable(roost_test_headers "${PROJECT_BINARY_DIR}/empty_test.cpp")
  target_link_libraries(roost_test_headers PRIVATE
    roost_usage roost_warnings roost_test_code GTest::gmock_main)
  target_precompile_headers(roost_test_headers PRIVATE
    <gtest/gtest.h> <chrono> <memory> <optional> <string> <string_view> <vector>)
  set_target_properties(roost_test_headers PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
endif()

# The headers of the standard library that nearly every source reads: 0.5 of 1.2 to 2 s a file. That
# each file includes what it uses all the same is checked by tests/includes.py.
if(ROOST_TESTS AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/empty_source.cpp" CONTENT "")
  add_library(roost_source_headers STATIC "${PROJECT_BINARY_DIR}/empty_source.cpp")
  target_link_libraries(roost_source_headers PRIVATE roost_usage roost_warnings)
  target_precompile_headers(roost_source_headers PRIVATE
    <algorithm> <chrono> <coroutine> <exception> <functional> <map> <memory> <mutex> <optional>
    <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
endif()

# Registers an executable full of GoogleTest cases as one ctest entry; its report is summed up
# case by case by cmake/count_tests.py.
#
#   roost_test(<name> SOURCES <files…> [LINK <targets…>] [LABELS <labels…>] [TIMEOUT <seconds>])
function(roost_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LINK;LABELS")
  if(NOT ROOST_TESTS)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE
    ${arg_LINK} roost_usage roost_warnings roost_test_code GTest::gmock_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  target_precompile_headers(${name} REUSE_FROM roost_test_headers)
  add_test(NAME ${name}
    COMMAND ${name} --gtest_output=xml:${PROJECT_BINARY_DIR}/reports/${name}.xml)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${arg_TIMEOUT}
    LABELS "gtest;${arg_LABELS}"
    ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1"
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  if("concurrency" IN_LIST arg_LABELS)
    # Threads that wait for a processor prove little.
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
endfunction()

# Cases that more than one test program runs, compiled once: an object library, which the programs link.
#
#   roost_cases(<name> SOURCES <files…> [LINK <targets…>])
function(roost_cases name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  if(NOT ROOST_TESTS)
    return()
  endif()
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE
    ${arg_LINK} roost_usage roost_warnings roost_test_code GTest::gmock)
  # Compiled as the parts of executables are, for the sake of the precompiled headers.
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE -fPIE)
  target_precompile_headers(${name} REUSE_FROM roost_test_headers)
endfunction()

# Registers a Python program under tests/ as one ctest entry. It gets --report with the file that it
# may write its number of cases to.
#
#   roost_script_test(<name> <script> [PARALLEL] [ARGS …] [LABELS …] [TIMEOUT <seconds>])
#
# PARALLEL: the script itself keeps all processors busy, so nothing else runs beside it.
function(roost_script_test name script)
  cmake_parse_arguments(PARSE_ARGV 2 arg "PARALLEL" "TIMEOUT" "ARGS;LABELS")
  if(NOT ROOST_TESTS)
    return()
  endif()
  add_test(NAME ${name}
    COMMAND Python3::Interpreter -B "${PROJECT_SOURCE_DIR}/tests/${script}"
      --report "${PROJECT_BINARY_DIR}/reports/${name}.xml" ${arg_ARGS})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  if(arg_PARALLEL)
    cmake_host_system_information(RESULT processors QUERY NUMBER_OF_LOGICAL_CORES)
    set_tests_properties(${name} PROPERTIES PROCESSORS ${processors})
  endif()
endfunction()

# Tests that need PostgreSQL carry the label postgres. Those of one run of ctest share one private
# server, which a fixture starts and whose URL they find in a file; a test program that is started by
# hand starts a server of its own (roost/sql/postgres/testing/private_postgres.hpp).
set(ROOST_POSTGRES_URL_FILE "${PROJECT_BINARY_DIR}/postgres.url")

function(roost_needs_postgres test)
  if(NOT ROOST_TESTS)
    return()
  endif()
  set_property(TEST ${test} APPEND PROPERTY LABELS postgres)
  # The longest ones start first, also where no earlier run tells how long they take.
  set_property(TEST ${test} PROPERTY COST 60)
  set_property(TEST ${test} APPEND PROPERTY FIXTURES_REQUIRED postgres)
  set_property(TEST ${test} APPEND PROPERTY
    ENVIRONMENT "ROOST_TEST_POSTGRES=@${ROOST_POSTGRES_URL_FILE}")
endfunction()

# The program that is that fixture, from one source file.
function(roost_postgres_fixture source)
  if(NOT ROOST_TESTS)
    return()
  endif()
  add_executable(roost_postgres_fixture ${source})
  target_link_libraries(roost_postgres_fixture PRIVATE Roost::postgres_testing roost_warnings)
  set_target_properties(roost_postgres_fixture PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  # Where tests need it that do not build all: the sanitized concurrency tests, the release ones.
  set_property(GLOBAL APPEND PROPERTY ROOST_GROUP_concurrency_tests roost_postgres_fixture)
  set_property(GLOBAL APPEND PROPERTY ROOST_GROUP_servers roost_postgres_fixture)
  add_test(NAME postgres_start
    COMMAND roost_postgres_fixture start "${ROOST_POSTGRES_URL_FILE}")
  add_test(NAME postgres_stop COMMAND roost_postgres_fixture stop "${ROOST_POSTGRES_URL_FILE}")
  set_tests_properties(postgres_start PROPERTIES FIXTURES_SETUP postgres)
  set_tests_properties(postgres_stop PROPERTIES FIXTURES_CLEANUP postgres)
  set_tests_properties(postgres_start postgres_stop PROPERTIES TIMEOUT 120 LABELS postgres)
endfunction()

# An example program, or a server that only the tests start: an executable in <build>/bin with the
# tree's warnings.
#
#   roost_program(<name> SOURCES <files…> [LINK <targets…>] [GROUP examples|servers|benchmarks])
function(roost_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "GROUP" "SOURCES;LINK")
  if(NOT arg_GROUP)
    set(arg_GROUP examples)
  endif()
  foreach(link IN LISTS arg_LINK)
    if(link MATCHES "^Roost::" AND NOT TARGET ${link})
      _roost_complain("program ${name} is left out: it links ${link}, which is not there")
      return()
    endif()
  endforeach()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK} roost_usage roost_warnings)
  if(arg_GROUP STREQUAL "benchmarks")
    set_target_properties(${name} PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  endif()
  set_property(GLOBAL APPEND PROPERTY ROOST_GROUP_${arg_GROUP} ${name})
endfunction()

# Counts the plain executables of a folder to a group, and compiles them with the tree's warnings.
function(roost_adopt_programs folder group)
  get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
  get_property(known GLOBAL PROPERTY ROOST_GROUP_${group})
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE" AND NOT target MATCHES "_test$" AND NOT target IN_LIST known)
      target_link_libraries(${target} PRIVATE roost_warnings)
      set_property(GLOBAL APPEND PROPERTY ROOST_GROUP_${group} ${target})
    endif()
  endforeach()
endfunction()

# A libFuzzer program in <build>/fuzz in the fuzz preset. With a dictionary it is also a test of the
# sanitized build, which runs the same inputs every time (tests/short_fuzz.cpp).
#
#   roost_fuzzer(<name> SOURCES <files…> [LINK <targets…>] [DICTIONARY <file>])
function(roost_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "DICTIONARY" "SOURCES;LINK")
  if(NOT ROOST_SANITIZE MATCHES "fuzzer")
    if(arg_DICTIONARY AND ROOST_TESTS AND ROOST_SANITIZE MATCHES "address")
      add_executable(${name}_short ${arg_SOURCES} "${PROJECT_SOURCE_DIR}/tests/short_fuzz.cpp")
      target_link_libraries(${name}_short PRIVATE ${arg_LINK} roost_usage roost_warnings)
      set_target_properties(${name}_short PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
      add_test(NAME ${name}_short
        COMMAND ${name}_short "${CMAKE_CURRENT_SOURCE_DIR}/${arg_DICTIONARY}" 4000)
      set_tests_properties(${name}_short PROPERTIES TIMEOUT 300 LABELS fuzz)
    endif()
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK} roost_usage roost_warnings)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
  set_property(GLOBAL APPEND PROPERTY ROOST_GROUP_fuzzers ${name})
endfunction()

# A hole in the tree stops a test run; elsewhere what is there can still be built.
macro(_roost_complain)
  if(ROOST_STRICT)
    message(FATAL_ERROR ${ARGN})
  else()
    message(WARNING ${ARGN})
  endif()
endmacro()

# One component: target roost_<name>, alias Roost::<name>, INTERFACE when it has no SOURCES.
#
#   roost_component(<name>
#     SOURCES …            compiled files
#     HEADERS …            public headers: installed, compiled alone, checked for what they pull in
#     DEPENDS …            other components, inherited by users
#     PRIVATE_LINK …       third-party targets, hidden from users' compilers
#     PUBLIC_LINK …        targets that users' compilers must see as well
#     TESTS …              one executable roost_<name>_test
#     CONCURRENCY_TESTS …  one executable roost_<name>_concurrency_test, also run under tsan
#     POSTGRES_TESTS …     one executable roost_<name>_postgres_test, labelled postgres; sources
#                          that stand in TESTS as well are compiled once
#     POSTGRES_CONCURRENCY_TESTS …  both: roost_<name>_postgres_concurrency_test
#     COMPILE_FAIL …       programs that must not compile, with the texts they must provoke
#     TEST_LINK …)         targets for the tests alone
function(roost_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" ""
    "SOURCES;HEADERS;DEPENDS;PRIVATE_LINK;PUBLIC_LINK;TESTS;CONCURRENCY_TESTS;POSTGRES_TESTS;POSTGRES_CONCURRENCY_TESTS;COMPILE_FAIL;TEST_LINK")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "roost_component(${name}): unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target roost_${name})

  set(depends)
  foreach(dependency IN LISTS arg_DEPENDS)
    if(NOT TARGET roost_${dependency})
      _roost_complain("component ${name} is left out: it depends on ${dependency}, which is not "
        "there (or comes later in the list of layers in the top CMakeLists.txt)")
      return()
    endif()
    list(APPEND depends Roost::${dependency})
  endforeach()
  foreach(list IN ITEMS SOURCES HEADERS TESTS CONCURRENCY_TESTS POSTGRES_TESTS
      POSTGRES_CONCURRENCY_TESTS COMPILE_FAIL)
    foreach(file IN LISTS arg_${list})
      if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
        _roost_complain("component ${name}: ${list} names ${file}, which does not exist; skipped")
        list(REMOVE_ITEM arg_${list} "${file}")
      endif()
    endforeach()
  endforeach()

  if(arg_SOURCES)
    set(usage PUBLIC)
    add_library(${target} STATIC ${arg_SOURCES})
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:roost_warnings> ${arg_PRIVATE_LINK})
    if(TARGET roost_source_headers)
      target_precompile_headers(${target} REUSE_FROM roost_source_headers)
    endif()
  else()
    set(usage INTERFACE)
    add_library(${target} INTERFACE)
  endif()
  add_library(Roost::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(${target} ${usage} roost_usage ${depends} ${arg_PUBLIC_LINK})
  if(arg_HEADERS)
    target_sources(${target} ${usage}
      FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HEADERS})
    install(TARGETS ${target} EXPORT RoostTargets FILE_SET HEADERS)
  else()
    install(TARGETS ${target} EXPORT RoostTargets)
  endif()

  # What runs on both databases is compiled once.
  set(shared ${arg_TESTS})
  set(sqlite_only ${arg_TESTS})
  set(postgres_only ${arg_POSTGRES_TESTS})
  list(REMOVE_ITEM sqlite_only ${arg_POSTGRES_TESTS} -)
  list(REMOVE_ITEM postgres_only ${arg_TESTS} -)
  list(REMOVE_ITEM shared ${sqlite_only} -)
  set(cases)
  if(shared)
    set(cases ${target}_cases)
    roost_cases(${cases} SOURCES ${shared} LINK Roost::${name} ${arg_PRIVATE_LINK} ${arg_TEST_LINK})
  endif()
  if(arg_TESTS)
    roost_test(${target}_test SOURCES ${sqlite_only}
      LINK ${cases} Roost::${name} ${arg_PRIVATE_LINK} ${arg_TEST_LINK})
  endif()
  if(arg_CONCURRENCY_TESTS)
    roost_test(${target}_concurrency_test SOURCES ${arg_CONCURRENCY_TESTS}
      LINK Roost::${name} ${arg_PRIVATE_LINK} ${arg_TEST_LINK} LABELS concurrency TIMEOUT 300)
    set_property(GLOBAL APPEND PROPERTY ROOST_GROUP_concurrency_tests
      ${target}_concurrency_test)
  endif()

  if(arg_POSTGRES_TESTS)
    roost_test(${target}_postgres_test SOURCES ${postgres_only}
      LINK ${cases} Roost::${name} Roost::postgres_testing ${arg_PRIVATE_LINK} ${arg_TEST_LINK}
      TIMEOUT 300)
    roost_needs_postgres(${target}_postgres_test)
  endif()
  if(arg_POSTGRES_CONCURRENCY_TESTS)
    roost_test(${target}_postgres_concurrency_test SOURCES ${arg_POSTGRES_CONCURRENCY_TESTS}
      LINK Roost::${name} Roost::postgres_testing ${arg_PRIVATE_LINK} ${arg_TEST_LINK}
      LABELS concurrency TIMEOUT 300)
    roost_needs_postgres(${target}_postgres_concurrency_test)
    set_property(GLOBAL APPEND PROPERTY ROOST_GROUP_concurrency_tests
      ${target}_postgres_concurrency_test)
  endif()

  if(arg_COMPILE_FAIL)
    list(TRANSFORM arg_COMPILE_FAIL PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/"
      OUTPUT_VARIABLE programs)
    roost_script_test(${target}_compile_fail compile_fail.py PARALLEL LABELS compile_fail
      ARGS --build "${PROJECT_BINARY_DIR}" ${programs})
  endif()

  set_property(GLOBAL APPEND PROPERTY ROOST_GROUP_libraries ${target})
  _roost_record(${name})
endfunction()

# Notes the component for the tests that look at the whole tree (build/<preset>/components.json).
function(_roost_record name)
  set(json "{}")
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY "${PROJECT_SOURCE_DIR}"
    OUTPUT_VARIABLE folder)
  string(JSON json SET "${json}" folder "\"${folder}\"")
  foreach(list IN ITEMS
      SOURCES HEADERS DEPENDS TESTS CONCURRENCY_TESTS POSTGRES_TESTS POSTGRES_CONCURRENCY_TESTS
      COMPILE_FAIL TEST_LINK)
    set(items "[]")
    set(index 0)
    foreach(item IN LISTS arg_${list})
      string(JSON items SET "${items}" ${index} "\"${item}\"")
      math(EXPR index "${index} + 1")
    endforeach()
    string(TOLOWER ${list} key)
    string(JSON json SET "${json}" ${key} "${items}")
  endforeach()
  set_property(GLOBAL APPEND PROPERTY ROOST_COMPONENTS ${name})
  set_property(GLOBAL PROPERTY ROOST_COMPONENT_${name} "${json}")
endfunction()

# After the last component: the list of components, the package files, targets for each group.
function(roost_finish)
  get_property(components GLOBAL PROPERTY ROOST_COMPONENTS)
  set(manifest "{}")
  foreach(name IN LISTS components)
    get_property(json GLOBAL PROPERTY ROOST_COMPONENT_${name})
    string(JSON manifest SET "${manifest}" ${name} "${json}")
  endforeach()
  file(WRITE "${PROJECT_BINARY_DIR}/components.json" "${manifest}\n")

  foreach(group IN ITEMS libraries examples servers benchmarks fuzzers concurrency_tests)
    get_property(members GLOBAL PROPERTY ROOST_GROUP_${group})
    add_custom_target(${group} DEPENDS ${members})
  endforeach()

  set(folder "${CMAKE_INSTALL_LIBDIR}/cmake/Roost")
  configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/RoostConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/RoostConfig.cmake" INSTALL_DESTINATION "${folder}")
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/RoostConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
  install(TARGETS roost_usage EXPORT RoostTargets)
  install(EXPORT RoostTargets NAMESPACE Roost:: DESTINATION "${folder}")
  install(FILES
    "${PROJECT_BINARY_DIR}/RoostConfig.cmake"
    "${PROJECT_BINARY_DIR}/RoostConfigVersion.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/RoostDependencies.cmake"
    DESTINATION "${folder}")
endfunction()
