cmake_minimum_required(VERSION 3.16.3)
# cmake -P: which files of the module include LibTorch or VTK.
file(GLOB_RECURSE _files RELATIVE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/include/*
  ${PROJECT_SOURCE_DIR}/src/*.h
  ${PROJECT_SOURCE_DIR}/src/*.hxx
  ${PROJECT_SOURCE_DIR}/src/*.cxx)
if(NOT _files)
  message(FATAL_ERROR "No sources below ${PROJECT_SOURCE_DIR}.")
endif()
set(_strangers "")
foreach(_file IN LISTS _files)
  file(STRINGS ${PROJECT_SOURCE_DIR}/${_file} _includes REGEX "^ *# *include")
  foreach(_include IN LISTS _includes)
    if((_include MATCHES "[<\"](torch|ATen|c10|caffe2)/" AND NOT _file MATCHES "^src/torch/")
        OR (_include MATCHES "[<\"]vtk" AND NOT _file MATCHES "^src/vtk/")
        OR (_include MATCHES "[<\"]nlohmann/" AND NOT _file MATCHES "\\.cxx$"))
      string(APPEND _strangers "\n${_file}: ${_include}")
    endif()
  endforeach()
endforeach()
if(_strangers)
  message(FATAL_ERROR "LibTorch belongs to src/torch, VTK to src/vtk, JSON to .cxx files:${_strangers}")
endif()

# ITK's own header test includes each .hxx, in any order.
file(GLOB _implementations ${PROJECT_SOURCE_DIR}/include/*.hxx)
foreach(_file IN LISTS _implementations)
  get_filename_component(_name ${_file} NAME_WE)
  file(STRINGS ${_file} _includes REGEX "^#include \"${_name}\\.h\"")
  if(NOT _includes)
    message(FATAL_ERROR "${_name}.hxx does not include ${_name}.h.")
  endif()
endforeach()
