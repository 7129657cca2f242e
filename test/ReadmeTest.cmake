# Builds and runs the code of README.md as a reader would: against the installed module, with what the README says and no
# more. test/readme takes the code out of the file itself.
add_test(NAME Readme.BuildAndRun
  COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${CMAKE_CURRENT_SOURCE_DIR}/readme ${CMAKE_CURRENT_BINARY_DIR}/readme
    --build-generator ${CMAKE_GENERATOR}
    --build-options
      -DCMAKE_BUILD_TYPE=$<CONFIG>
      -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
      -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER}
      -DCMAKE_PREFIX_PATH=${_prefix}
      -DITK_DIR=${ITK_DIR}
      -DREADME=${PROJECT_SOURCE_DIR}/README.md
      -DPROGRAMS=${_prefix}/${CMAKE_INSTALL_BINDIR}
    --test-command ${CMAKE_CTEST_COMMAND} --output-on-failure)
set_tests_properties(Readme.BuildAndRun PROPERTIES
  FIXTURES_REQUIRED SyntheticCTInstalled
  # What ITK's configuration would report of packages that nobody asked for.
  FAIL_REGULAR_EXPRESSION "GDCM;HDF5")
