# One test per header: it compiles on its own, without a warning, brings in neither LibTorch, VTK nor JSON, and needs the
# libraries of the lists that it is in.
file(GLOB _headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include
  ${PROJECT_SOURCE_DIR}/include/*.h ${PROJECT_SOURCE_DIR}/include/SyntheticCTDetail/*.h)
foreach(_library IN LISTS SyntheticCT_OTHER_LIBRARIES)
  foreach(_header IN LISTS ${_library}_HEADERS)
    if(NOT _header IN_LIST _headers)
      message(SEND_ERROR "${_library}_HEADERS names ${_header}, which is not in include/.")
    endif()
    list(APPEND _libraries_of_${_header} ${_library})
  endforeach()
endforeach()
list(REMOVE_ITEM _headers ${SyntheticCT_HEADERS_WITHOUT_LIBRARY} "")

# Where the module itself looks. ITK's part is the system's: its warnings are its own.
set(_include_directories_file ${CMAKE_CURRENT_BINARY_DIR}/HeaderTestIncludeDirectories.txt)
get_directory_property(_directory_includes INCLUDE_DIRECTORIES)
file(GENERATE OUTPUT ${_include_directories_file}
  CONTENT "$<TARGET_PROPERTY:SyntheticCT,INCLUDE_DIRECTORIES>;${_directory_includes}")

foreach(_header IN LISTS _headers)
  get_filename_component(_stem ${_header} NAME)
  add_test(NAME Header.${_stem}
    COMMAND ${CMAKE_COMMAND}
      -DCOMPILER=${CMAKE_CXX_COMPILER}
      "-DFLAGS=${CMAKE_CXX17_STANDARD_COMPILE_OPTION} -Wall -Wextra -Werror"
      -DHEADER=${_header}
      "-DLIBRARY=${_libraries_of_${_header}}"
      "-DLIBRARIES=${SyntheticCT_OTHER_LIBRARIES}"
      -DINCLUDE_DIRECTORIES_FILE=${_include_directories_file}
      "-DIMPLICIT_INCLUDE_DIRECTORIES=${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES}"
      -DPROJECT_SOURCE_DIR=${PROJECT_SOURCE_DIR}
      -DPROJECT_BINARY_DIR=${PROJECT_BINARY_DIR}
      -DSTEM=${CMAKE_CURRENT_BINARY_DIR}/Header.${_stem}
      -P ${CMAKE_CURRENT_SOURCE_DIR}/CheckHeader.cmake)
endforeach()

# The rooms: which may use which, and where LibTorch, VTK and JSON are.
add_test(NAME Rooms
  COMMAND ${CMAKE_COMMAND} -DPROJECT_SOURCE_DIR=${PROJECT_SOURCE_DIR} -P ${CMAKE_CURRENT_SOURCE_DIR}/CheckRooms.cmake)

# What the first library asks the loader for.
if(CMAKE_READELF AND BUILD_SHARED_LIBS)
  add_test(NAME LibraryNeedsNeitherTorchNorVTKNorGDCM COMMAND ${CMAKE_READELF} -d $<TARGET_FILE:SyntheticCT>)
  set_tests_properties(LibraryNeedsNeitherTorchNorVTKNorGDCM PROPERTIES
    PASS_REGULAR_EXPRESSION "NEEDED.*ITKCommon"
    FAIL_REGULAR_EXPRESSION "torch;libc10;[vV]tk;gdcm;GDCM")
endif()

# The layout is that of one version of clang-format; others differ in details.
find_program(SyntheticCT_CLANG_FORMAT NAMES clang-format-14 clang-format)
mark_as_advanced(SyntheticCT_CLANG_FORMAT)
if(SyntheticCT_CLANG_FORMAT)
  execute_process(COMMAND ${SyntheticCT_CLANG_FORMAT} --version OUTPUT_VARIABLE _version)
  if(_version MATCHES "version 14\\.")
    file(GLOB _sources CONFIGURE_DEPENDS
      ${PROJECT_SOURCE_DIR}/include/*.h ${PROJECT_SOURCE_DIR}/include/*.hxx
      ${PROJECT_SOURCE_DIR}/include/SyntheticCTDetail/*.h
      ${PROJECT_SOURCE_DIR}/src/*/*.h ${PROJECT_SOURCE_DIR}/src/*/*.cxx
      ${PROJECT_SOURCE_DIR}/src/*/*/*.h ${PROJECT_SOURCE_DIR}/src/*/*/*.cxx
      ${PROJECT_SOURCE_DIR}/test/*.h ${PROJECT_SOURCE_DIR}/test/*.cxx ${PROJECT_SOURCE_DIR}/test/*/*.cxx
      ${PROJECT_SOURCE_DIR}/examples/*.h ${PROJECT_SOURCE_DIR}/examples/*.hxx ${PROJECT_SOURCE_DIR}/examples/*.cxx)
    add_test(NAME ClangFormat COMMAND ${SyntheticCT_CLANG_FORMAT} --dry-run -Werror --style=file ${_sources})
  endif()
endif()

# Which module of ITK a header belongs to is known only beside ITK's sources.
if(EXISTS ${ITK_CMAKE_DIR}/../Modules/Core/Common/itk-module.cmake)
  add_test(NAME ModuleDependencies
    COMMAND ${CMAKE_COMMAND} -DPROJECT_SOURCE_DIR=${PROJECT_SOURCE_DIR} -DITK_SOURCE=${ITK_CMAKE_DIR}/..
      -P ${CMAKE_CURRENT_SOURCE_DIR}/CheckModules.cmake)
endif()
