# Finds what the module needs beside ITK. Nothing is ever installed from here.

find_package(nlohmann_json 3.9 QUIET)
if(NOT nlohmann_json_FOUND)
  message(FATAL_ERROR "SyntheticCT needs nlohmann/json 3.9 or later (Debian: nlohmann-json3-dev).")
endif()

# find_package(Torch) rewrites the compiler flags of the scope that calls it,
# so it is called from a function and only its targets are kept.
function(synthetic_ct_find_torch)
  find_package(Torch QUIET)
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
        find_package(Torch QUIET PATHS ${_prefix})
      endif()
    endif()
  endif()
  if(NOT Torch_FOUND)
    message(FATAL_ERROR
      "SyntheticCT needs LibTorch 1.13 or later (Debian: libtorch-dev; PyPI: torch). Set Torch_DIR or "
      "CMAKE_PREFIX_PATH to it, or configure with -DSyntheticCT_USE_TORCH=OFF.")
  endif()
  set(SyntheticCT_TORCH_INCLUDE_DIRS ${TORCH_INCLUDE_DIRS} PARENT_SCOPE)
  set(SyntheticCT_TORCH_LIBRARIES ${TORCH_LIBRARIES} PARENT_SCOPE)
  set(Torch_DIR ${Torch_DIR} PARENT_SCOPE)
endfunction()

if(SyntheticCT_USE_TORCH)
  synthetic_ct_find_torch()
endif()

# The pictures are an extra: without VTK the rest is built all the same.
if(SyntheticCT_USE_VTK)
  find_package(VTK 9.0 QUIET COMPONENTS CommonCore CommonDataModel ImagingCore IOImage RenderingCore RenderingFreeType)
endif()
if(SyntheticCT_USE_VTK AND VTK_FOUND)
  set(SyntheticCT_VTK_LIBRARIES ${VTK_LIBRARIES})
  if(NOT SyntheticCTPictures IN_LIST SyntheticCT_LIBRARIES)
    list(APPEND SyntheticCT_LIBRARIES SyntheticCTPictures)
  endif()
endif()
