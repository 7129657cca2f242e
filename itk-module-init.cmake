# Finds what the module needs besides ITK. Nothing is ever installed from here.
# Inside ITK, ITK includes this file in its own scope, before the module's CMakeLists.txt.

option(SyntheticCT_USE_TORCH "Build the network and training room, which needs LibTorch." ON)
option(SyntheticCT_USE_VTK "Build the pictures when VTK is found." ON)

find_package(nlohmann_json 3.9 QUIET)
if(NOT nlohmann_json_FOUND)
  message(FATAL_ERROR "SyntheticCT needs nlohmann/json 3.9 or later (Debian: nlohmann-json3-dev).")
endif()

# The configuration of a LibTorch for CUDA stops where CUDA's compiler is not installed, although nothing here is compiled
# for a GPU and such a LibTorch brings CUDA's libraries. Its layout is that of PyTorch's own packages, so it is taken as
# it lies there: synthetic_ct_take_torch_for_cuda(<folder of TorchConfig.cmake>) does nothing with any other LibTorch.
function(synthetic_ct_take_torch_for_cuda _config)
  get_filename_component(_folder "${_config}/../../.." ABSOLUTE)
  set(_libraries "")
  foreach(_name torch torch_cpu torch_cuda c10)
    set(_library ${_folder}/lib/${CMAKE_SHARED_LIBRARY_PREFIX}${_name}${CMAKE_SHARED_LIBRARY_SUFFIX})
    if(NOT EXISTS ${_library})
      return()
    endif()
    list(APPEND _libraries ${_library})
  endforeach()
  list(GET _libraries 0 _torch)
  list(GET _libraries 3 _c10)
  if(NOT TARGET SyntheticCT_LibTorch)
    add_library(SyntheticCT_LibTorch INTERFACE IMPORTED)
    # It is libtorch that loads the kernels of the GPU, and no name of it is used.
    set_target_properties(SyntheticCT_LibTorch PROPERTIES INTERFACE_LINK_LIBRARIES
      "-Wl,--push-state,--no-as-needed,\"${_torch}\",--pop-state;${_libraries}")
  endif()
  set(Torch_FOUND ON PARENT_SCOPE)
  set(Torch_DIR ${_config} CACHE PATH "Folder of TorchConfig.cmake." FORCE)
  set(TORCH_INCLUDE_DIRS ${_folder}/include ${_folder}/include/torch/csrc/api/include PARENT_SCOPE)
  set(TORCH_LIBRARIES SyntheticCT_LibTorch PARENT_SCOPE)
  set(c10_LIBRARY ${_c10} PARENT_SCOPE)
endfunction()

# find_package(Torch) rewrites the compiler flags and the module path of the scope that calls it, so it is called
# from a function, and only its targets are kept. It warns of every optional library that a distribution left out; what
# matters is checked below.
function(synthetic_ct_find_torch)
  set(CMAKE_MESSAGE_LOG_LEVEL ERROR)
  set(_config "${Torch_DIR}")
  if(NOT _config)
    find_path(SyntheticCT_TORCH_CONFIG TorchConfig.cmake PATH_SUFFIXES share/cmake/Torch)
    set(_config "${SyntheticCT_TORCH_CONFIG}")
    unset(SyntheticCT_TORCH_CONFIG CACHE)
  endif()
  synthetic_ct_take_torch_for_cuda("${_config}")
  if(NOT Torch_FOUND)
    find_package(Torch QUIET)
  endif()
  if(NOT Torch_FOUND)
    find_package(Python3 QUIET COMPONENTS Interpreter)
    if(Python3_Interpreter_FOUND)
      execute_process(
        COMMAND ${Python3_EXECUTABLE} -c "import torch; print(torch.utils.cmake_prefix_path)"
        OUTPUT_VARIABLE _prefix
        OUTPUT_STRIP_TRAILING_WHITESPACE
        ERROR_QUIET
        RESULT_VARIABLE _failed)
      if(NOT _failed)
        synthetic_ct_take_torch_for_cuda("${_prefix}/Torch")
      endif()
      if(NOT _failed AND NOT Torch_FOUND)
        find_package(Torch QUIET PATHS ${_prefix})
      endif()
    endif()
  endif()
  if(NOT Torch_FOUND)
    message(FATAL_ERROR
      "SyntheticCT needs LibTorch 1.13 or later (Debian: libtorch-dev; PyPI: torch). Set Torch_DIR or "
      "CMAKE_PREFIX_PATH to it, or configure with -DSyntheticCT_USE_TORCH=OFF.")
  endif()

  # TorchConfigVersion.cmake is missing or says nothing in some builds of LibTorch; its header always tells.
  set(_version "")
  foreach(_directory IN LISTS TORCH_INCLUDE_DIRS)
    foreach(_place torch torch/csrc/api/include/torch torch/headeronly)
      set(_header ${_directory}/${_place}/version.h)
      if(EXISTS ${_header} AND NOT _version)
        file(STRINGS ${_header} _numbers REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) +[0-9]+")
        string(REGEX REPLACE "[^;]*_(MAJOR|MINOR|PATCH) +([0-9]+)[^;]*" "\\2" _numbers "${_numbers}")
        string(REPLACE ";" "." _version "${_numbers}")
      endif()
    endforeach()
  endforeach()
  if(NOT _version MATCHES "^[0-9]+\\.[0-9]+")
    message(FATAL_ERROR "No torch/version.h below any of TORCH_INCLUDE_DIRS: ${TORCH_INCLUDE_DIRS}")
  endif()
  if(_version VERSION_LESS 1.13)
    message(FATAL_ERROR "SyntheticCT needs LibTorch 1.13 or later; ${Torch_DIR} is ${_version}.")
  endif()

  set(SyntheticCT_TORCH_VERSION ${_version} PARENT_SCOPE)
  set(SyntheticCT_C10_LIBRARY ${c10_LIBRARY} PARENT_SCOPE)
  set(SyntheticCT_TORCH_INCLUDE_DIRS ${TORCH_INCLUDE_DIRS} PARENT_SCOPE)
  set(SyntheticCT_TORCH_LIBRARIES ${TORCH_LIBRARIES} PARENT_SCOPE)
endfunction()

# synthetic_ct_check_abi(<name> <place> <library> <include directories> <source>): links <source>, which hands a
# std::string to the library, with this build's compiler flags. That fails when the library was built with the other of
# libstdc++'s two ABIs, and then every later link would, with pages of undefined references.
function(synthetic_ct_check_abi _name _place _library _include_directories _source)
  string(MD5 _key "${_place} ${_library} ${CMAKE_CXX_COMPILER} ${CMAKE_CXX_FLAGS}")
  if(SyntheticCT_ABI_${_name} STREQUAL _key)
    return()
  endif()
  set(_stem ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/SyntheticCT_ABI_${_name})
  foreach(_abi "" 0 1)
    set(_definition "")
    if(NOT _abi STREQUAL "")
      set(_definition "#undef _GLIBCXX_USE_CXX11_ABI\n#define _GLIBCXX_USE_CXX11_ABI ${_abi}\n")
    endif()
    file(WRITE ${_stem}${_abi}.cxx "${_definition}${_source}")
    try_compile(_links ${_stem}${_abi} ${_stem}${_abi}.cxx
      CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${_include_directories}"
      LINK_LIBRARIES ${_library}
      OUTPUT_VARIABLE _output_${_abi}
      CXX_STANDARD 17)
    if(_links AND _abi STREQUAL "")
      set(SyntheticCT_ABI_${_name} ${_key} CACHE INTERNAL "What was found to share this build's libstdc++ ABI.")
      return()
    elseif(_links)
      math(EXPR _other "1 - ${_abi}")
      message(FATAL_ERROR
        "${_name} and this build do not share a libstdc++ ABI: ${_place} was built with "
        "_GLIBCXX_USE_CXX11_ABI=${_abi}, this build uses ${_other}. ITK, LibTorch and this module need the same: take "
        "another ${_name}, built with ${_other}, or all others built with ${_abi} and "
        "-DCMAKE_CXX_FLAGS=-D_GLIBCXX_USE_CXX11_ABI=${_abi}.")
    endif()
  endforeach()
  message(FATAL_ERROR "A program of a few lines does not link to ${_name} (${_place}):\n${_output_}")
endfunction()

if(NOT ITK_SOURCE_DIR)
  synthetic_ct_check_abi(ITK "${ITK_DIR}" ITKCommon "${ITK_INCLUDE_DIRS}"
    "#include \"itkMacro.h\"
int main(int, char ** argv) { return static_cast<int>(itk::ExceptionObject(std::string(argv[0]), 0).GetLine()); }\n")
endif()

if(SyntheticCT_USE_TORCH)
  synthetic_ct_find_torch()
  message(STATUS "Found LibTorch ${SyntheticCT_TORCH_VERSION}: ${Torch_DIR}")
  # The library itself, because LibTorch's target would bring LibTorch's own ABI flag into the check.
  synthetic_ct_check_abi(LibTorch "${Torch_DIR}" "${SyntheticCT_C10_LIBRARY}" "${SyntheticCT_TORCH_INCLUDE_DIRS}"
    "#include <c10/util/Exception.h>
int main(int argc, char ** argv) { TORCH_CHECK(argc > 1, std::string(argv[0])); }\n")
endif()

# The pictures are an extra: without VTK the rest is built all the same.
set(SyntheticCT_VTK_COMPONENTS CommonCore CommonDataModel ImagingCore IOImage RenderingCore RenderingFreeType)
function(synthetic_ct_find_vtk)
  set(CMAKE_MESSAGE_LOG_LEVEL ERROR)
  find_package(VTK 9.1 QUIET COMPONENTS ${SyntheticCT_VTK_COMPONENTS})
  if(VTK_FOUND)
    set(SyntheticCT_VTK_VERSION ${VTK_VERSION} PARENT_SCOPE)
    set(SyntheticCT_VTK_LIBRARIES ${VTK_LIBRARIES} PARENT_SCOPE)
  endif()
endfunction()

set(SyntheticCT_VTK_LIBRARIES "")
if(SyntheticCT_USE_VTK)
  synthetic_ct_find_vtk()
  if(SyntheticCT_VTK_LIBRARIES)
    message(STATUS "Found VTK ${SyntheticCT_VTK_VERSION}: ${VTK_DIR}")
  else()
    message(STATUS "VTK 9.1 or later was not found: no pictures.")
  endif()
endif()
