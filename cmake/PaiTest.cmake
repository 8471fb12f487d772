# SPDX-License-Identifier: GPL-3.0-or-later
# pai_add_test(name SOURCES ... LIBS ... [TIMEOUT s] [LABELS ...] [PRECOMPILED headers ...] [REUSE target] [WITHOUT_TSAN]): one GoogleTest
# program, registered with ctest as one test. Its own code is compiled quickly (-O1), except where it reuses a target's
# precompiled header, which asks for the same flags. WITHOUT_TSAN: not run by the tsan preset, because Debian's Qt hands work between
# threads under locks that TSan does not see and every such handover would be reported, because all its threads are OpenCV's, or
# because one thread takes too long there.
# pai_add_test_support(name SOURCES ... LIBS ...): what several of these programs share.
find_package(GTest REQUIRED)
set(PAI_TEST_ENVIRONMENT "QT_QPA_PLATFORM=offscreen;PAI_LOG=warn")
if(PAI_SANITIZE)
  list(APPEND PAI_TEST_ENVIRONMENT "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/sanitizers/leaks.supp:print_suppressions=0"
    "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/sanitizers/races.supp" "UBSAN_OPTIONS=print_stacktrace=1")
  # OpenCV's and FFmpeg's own threads are synchronised where TSan cannot see it; the worker goes without them, ours stay.
  if(PAI_SANITIZE MATCHES thread)
    list(APPEND PAI_TEST_ENVIRONMENT "PAI_THREADS=1")
  endif()
endif()
function(pai_test_options name)
  target_compile_definitions(${name} PRIVATE
    PAI_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data"
    PAI_SHARED_DIR="${CMAKE_SOURCE_DIR}/../shared"
    PAI_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    PAI_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  target_compile_options(${name} PRIVATE -Wno-missing-field-initializers)  # tests name only the fields they are about
  if(ARG_REUSE)
    # A library's precompiled header is -fPIC; the program is compiled the same to share it.
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${name} PRIVATE -fPIC)
    target_precompile_headers(${name} REUSE_FROM ${ARG_REUSE})
  else()
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    if(NOT CMAKE_UNITY_BUILD)  # else one or two files read them
      target_precompile_headers(${name} PRIVATE ${PAI_PRECOMPILED} <gtest/gtest.h> ${ARG_PRECOMPILED})
    endif()
  endif()
endfunction()
function(pai_add_test_support name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS;PRECOMPILED" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC pai_options ${ARG_LIBS} GTest::gtest GTest::gmock)
  pai_test_options(${name})
endfunction()
function(pai_add_test name)
  cmake_parse_arguments(ARG "WITHOUT_TSAN" "TIMEOUT;REUSE" "SOURCES;LIBS;LABELS;PRECOMPILED" ${ARGN})
  if(ARG_WITHOUT_TSAN AND PAI_SANITIZE MATCHES thread)
    list(APPEND ARG_LABELS unsanitized)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(PAI_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 5")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE pai_options ${ARG_LIBS} GTest::gtest GTest::gmock GTest::gtest_main)
  pai_test_options(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "${PAI_TEST_ENVIRONMENT}")
endfunction()
