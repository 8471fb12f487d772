# SPDX-License-Identifier: GPL-3.0-or-later
# Compiler settings shared by every target: C++20, warnings as errors, sanitizers, ccache, one bin folder.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(PAI_CCACHE ccache)
if(PAI_CCACHE)
  # Relative paths and PCH-tolerant hashing, so that two checkouts share their objects.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${PAI_CCACHE})
endif()

# Unity builds (presets release, asan, tsan) compile sources together: a build from nothing takes less than half the time. So names in
# anonymous namespaces are unique within a target. Presets debug and clang compile each source alone, and find a missing include.
set(PAI_SHADOW -Wshadow)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(PAI_SHADOW -Wshadow=local)               # not what another source names
  add_compile_options(-Wno-subobject-linkage)  # takes sources for headers
endif()

add_library(pai_options INTERFACE)
target_include_directories(pai_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(pai_options INTERFACE -Wall -Wextra -Wpedantic ${PAI_SHADOW} -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Clang counts fields that have a default; those without one GCC reports. As a word of its own (SHELL) it stays behind -Wextra.
  target_compile_options(pai_options INTERFACE SHELL:-Wno-missing-field-initializers)
endif()
target_compile_definitions(pai_options INTERFACE PAI_VERSION="${PROJECT_VERSION}")
if(PAI_SANITIZE)
  target_compile_options(pai_options INTERFACE -fsanitize=${PAI_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(pai_options INTERFACE -fsanitize=${PAI_SANITIZE})
  # With sanitizers at -O1, GCC 12 finds std::function in <regex> and std::optional uninitialised where they are not.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(pai_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

# Headers that nearly every source of ours reads; parsed once a target.
set(PAI_PRECOMPILED <algorithm> <functional> <map> <memory> <optional> <string> <variant> <vector> <nlohmann/json.hpp>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess)  # lets ccache see through a precompiled header
  # GCC 12 reports overflows that do not exist in std::string operator+ (GCC bug 105651) and in std::vector growth.
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()

# pai_add_library(name LINKS ...): a static library of the folder's sources.
function(pai_add_library name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE pai_options ${ARG_LINKS})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC pai_options ${ARG_LINKS})
  target_precompile_headers(${name} PRIVATE ${PAI_PRECOMPILED})
endfunction()
