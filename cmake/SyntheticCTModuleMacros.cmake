# The few of ITK's module macros that this module calls, for an installed ITK,
# which does not ship them. Names and arguments are ITK's; itk_module_package()
# is this module's own and writes what find_package(SyntheticCT) reads.

include(CMakePackageConfigHelpers)
include(CTest)
include(GenerateExportHeader)
include(GNUInstallDirs)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Choose the type of build." FORCE)
endif()
option(BUILD_SHARED_LIBS "Build shared libraries." ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# An installed program or library finds its neighbours wherever the whole is moved.
if(NOT CMAKE_INSTALL_RPATH AND NOT WIN32)
  file(RELATIVE_PATH _lib_from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set(_origin "$ORIGIN")
  if(APPLE)
    set(_origin "@loader_path")
  endif()
  set(CMAKE_INSTALL_RPATH "${_origin};${_origin}/${_lib_from_bin}")
endif()
# A LibTorch out of the system's places, such as Python's, has to be found again.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

set(ITK_INSTALL_RUNTIME_DIR ${CMAKE_INSTALL_BINDIR})
set(ITK_INSTALL_LIBRARY_DIR ${CMAKE_INSTALL_LIBDIR})
set(ITK_INSTALL_ARCHIVE_DIR ${CMAKE_INSTALL_LIBDIR})
set(ITK_INSTALL_INCLUDE_DIR ${CMAKE_INSTALL_INCLUDEDIR}/${PROJECT_NAME})
set(ITK_INSTALL_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/${PROJECT_NAME})

macro(itk_module _name)
  set(itk-module ${_name})
  cmake_parse_arguments(ITK_MODULE_${_name}
    "ENABLE_SHARED;EXCLUDE_FROM_DEFAULT"
    "DESCRIPTION"
    "DEPENDS;PRIVATE_DEPENDS;COMPILE_DEPENDS;TEST_DEPENDS"
    ${ARGN})
  set(ITK_MODULE_${_name}-Test_DEPENDS ${ITK_MODULE_${_name}_TEST_DEPENDS})
endmacro()

macro(itk_module_impl)
  include(itk-module.cmake)
  itk_module_config(ITK_MODULE_${itk-module}_PUBLIC
    ${ITK_MODULE_${itk-module}_DEPENDS})
  itk_module_config(ITK_MODULE_${itk-module}_PRIVATE
    ${ITK_MODULE_${itk-module}_PRIVATE_DEPENDS})
  add_subdirectory(src)
  if(BUILD_TESTING)
    add_subdirectory(test)
  endif()
endmacro()

function(itk_module_target _name)
  set_target_properties(${_name} PROPERTIES
    OUTPUT_NAME itk${_name}
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  install(TARGETS ${_name}
    EXPORT ${itk-module}Targets
    RUNTIME DESTINATION ${ITK_INSTALL_RUNTIME_DIR} COMPONENT RuntimeLibraries
    LIBRARY DESTINATION ${ITK_INSTALL_LIBRARY_DIR} COMPONENT RuntimeLibraries NAMELINK_COMPONENT Development
    ARCHIVE DESTINATION ${ITK_INSTALL_ARCHIVE_DIR} COMPONENT Development)
endfunction()

function(itk_module_add_library _name)
  add_library(${_name} ${ARGN})
  target_include_directories(${_name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${ITK_INSTALL_INCLUDE_DIR}>)
  # The installed target names no path of this machine: its package looks for ITK again.
  foreach(_scope PUBLIC PRIVATE)
    foreach(_directory IN LISTS ITK_MODULE_${itk-module}_${_scope}_INCLUDE_DIRS)
      target_include_directories(${_name} SYSTEM ${_scope} $<BUILD_INTERFACE:${_directory}>)
    endforeach()
    foreach(_library IN LISTS ITK_MODULE_${itk-module}_${_scope}_LIBRARIES)
      target_link_libraries(${_name} ${_scope} $<BUILD_INTERFACE:${_library}>)
    endforeach()
  endforeach()
  itk_module_target(${_name})

  set(_export_header ${PROJECT_BINARY_DIR}/include/${_name}Export.h)
  generate_export_header(${_name}
    EXPORT_FILE_NAME ${_export_header}
    EXPORT_MACRO_NAME ${_name}_EXPORT
    NO_EXPORT_MACRO_NAME ${_name}_HIDDEN
    STATIC_DEFINE ITK_STATIC)
  install(FILES ${_export_header} DESTINATION ${ITK_INSTALL_INCLUDE_DIR} COMPONENT Development)
  set_target_properties(${_name} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()

macro(itk_module_test)
  itk_module_config(${itk-module}-Test ${ITK_MODULE_${itk-module}-Test_DEPENDS})
endmacro()

function(CreateGoogleTestDriver KIT KIT_LIBS KitTests)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  set(exe ${KIT}GTestDriver)
  add_executable(${exe} ${KitTests})
  target_link_libraries(${exe} ${KIT_LIBS} GTest::GTest GTest::Main)
  # Generous, because other work may keep the machine busy.
  gtest_discover_tests(${exe} DISCOVERY_TIMEOUT 120)
endfunction()

function(itk_add_test)
  add_test(${ARGN})
endfunction()

function(itk_module_package)
  file(GLOB _headers CONFIGURE_DEPENDS include/*.h include/*.hxx)
  foreach(_header IN LISTS ${itk-module}_HEADERS_WITHOUT_LIBRARY)
    list(REMOVE_ITEM _headers ${PROJECT_SOURCE_DIR}/include/${_header} ${PROJECT_SOURCE_DIR}/include/${_header}xx)
  endforeach()
  install(FILES ${_headers} DESTINATION ${ITK_INSTALL_INCLUDE_DIR} COMPONENT Development)
  install(DIRECTORY include/SyntheticCTDetail DESTINATION ${ITK_INSTALL_INCLUDE_DIR} COMPONENT Development)

  install(EXPORT ${itk-module}Targets
    NAMESPACE ${itk-module}::
    DESTINATION ${ITK_INSTALL_PACKAGE_DIR}
    COMPONENT Development)
  set(SyntheticCT_ITK_MODULES ${ITK_MODULE_${itk-module}_DEPENDS})
  # Programs of others read and write what the module's own do.
  set(SyntheticCT_ITK_IO_MODULES ${ITK_MODULE_${itk-module}-Test_DEPENDS})
  list(FILTER SyntheticCT_ITK_IO_MODULES INCLUDE REGEX "^ITKIO")
  list(JOIN SyntheticCT_ITK_IO_MODULES " " SyntheticCT_ITK_IO_MODULES)
  set(_static_torch OFF)
  set(_static_vtk OFF)
  if(NOT BUILD_SHARED_LIBS)
    list(APPEND SyntheticCT_ITK_MODULES
      ${ITK_MODULE_${itk-module}_COMPILE_DEPENDS} ${ITK_MODULE_${itk-module}_PRIVATE_DEPENDS})
    if(TARGET SyntheticCTTorch)
      set(_static_torch ON)
    endif()
    if(TARGET SyntheticCTPictures)
      set(_static_vtk ON)
    endif()
    list(JOIN SyntheticCT_VTK_COMPONENTS " " SyntheticCT_VTK_COMPONENTS)
  endif()
  list(JOIN SyntheticCT_ITK_MODULES " " SyntheticCT_ITK_MODULES)
  list(JOIN SyntheticCT_VTK_COMPONENTS " " SyntheticCT_VTK_COMPONENTS)
  set(SyntheticCT_HAS_PICTURES OFF)
  if(TARGET SyntheticCTPictures)
    set(SyntheticCT_HAS_PICTURES ON)
  endif()
  configure_package_config_file(cmake/SyntheticCTConfig.cmake.in ${PROJECT_BINARY_DIR}/${itk-module}Config.cmake
    INSTALL_DESTINATION ${ITK_INSTALL_PACKAGE_DIR})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/${itk-module}ConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES
    ${PROJECT_BINARY_DIR}/${itk-module}Config.cmake
    ${PROJECT_BINARY_DIR}/${itk-module}ConfigVersion.cmake
    DESTINATION ${ITK_INSTALL_PACKAGE_DIR}
    COMPONENT Development)
endfunction()
