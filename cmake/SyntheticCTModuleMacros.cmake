# The few of ITK's module macros that this module calls, for an installed ITK,
# which does not ship them. Names and arguments are ITK's.

include(GNUInstallDirs)
include(GenerateExportHeader)
include(CTest)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Choose the type of build." FORCE)
endif()
option(BUILD_SHARED_LIBS "Build shared libraries." ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

macro(itk_module _name)
  set(itk-module ${_name})
  cmake_parse_arguments(ITK_MODULE_${_name}
    "ENABLE_SHARED;EXCLUDE_FROM_DEFAULT"
    "DESCRIPTION"
    "DEPENDS;PRIVATE_DEPENDS;COMPILE_DEPENDS;TEST_DEPENDS"
    ${ARGN})
endmacro()

# Narrows ITK_LIBRARIES and ITK_INCLUDE_DIRS to the named modules and what they need: a distribution's ITK may
# name libraries of other modules that are not installed.
macro(itk_module_use)
  find_package(ITK REQUIRED COMPONENTS ${ARGN})
endmacro()

macro(itk_module_impl)
  include(itk-module.cmake)
  itk_module_use(
    ${ITK_MODULE_${itk-module}_DEPENDS}
    ${ITK_MODULE_${itk-module}_PRIVATE_DEPENDS}
    ${ITK_MODULE_${itk-module}_COMPILE_DEPENDS})
  add_subdirectory(src)
  if(BUILD_TESTING)
    add_subdirectory(test)
  endif()
endmacro()

function(itk_module_target _name)
  set_target_properties(${_name} PROPERTIES OUTPUT_NAME itk${_name})
endfunction()

function(itk_module_add_library _name)
  add_library(${_name} ${ARGN})
  target_compile_features(${_name} PUBLIC cxx_std_17)
  set(_export_header ${PROJECT_BINARY_DIR}/include/${_name}Export.h)
  generate_export_header(${_name}
    EXPORT_FILE_NAME ${_export_header}
    EXPORT_MACRO_NAME ${_name}_EXPORT
    NO_EXPORT_MACRO_NAME ${_name}_HIDDEN
    STATIC_DEFINE ITK_STATIC)
  target_include_directories(${_name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/SyntheticCT>)
  target_include_directories(${_name} SYSTEM PUBLIC ${ITK_INCLUDE_DIRS})
  target_link_libraries(${_name} PUBLIC ${ITK_LIBRARIES})
  itk_module_target(${_name})
endfunction()

macro(itk_module_test)
  itk_module_use(
    ${ITK_MODULE_${itk-module}_DEPENDS}
    ${ITK_MODULE_${itk-module}_COMPILE_DEPENDS}
    ${ITK_MODULE_${itk-module}_TEST_DEPENDS})
  include(${ITK_USE_FILE})
  set(${itk-module}-Test_LIBRARIES ${ITK_LIBRARIES})
endmacro()

function(CreateGoogleTestDriver KIT KIT_LIBS KitTests)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  set(exe ${KIT}GTestDriver)
  add_executable(${exe} ${KitTests})
  target_link_libraries(${exe} ${KIT_LIBS} GTest::gtest GTest::gtest_main)
  gtest_discover_tests(${exe} DISCOVERY_TIMEOUT 60)
endfunction()

function(itk_add_test)
  add_test(${ARGN})
endfunction()
