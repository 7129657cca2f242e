# Installs the module into an empty place, then configures, builds and runs a project that knows nothing but
# find_package(SyntheticCT).
set(_prefix ${CMAKE_CURRENT_BINARY_DIR}/outside-prefix)
set(_outside ${CMAKE_CURRENT_BINARY_DIR}/outside)

add_test(NAME Outside.Install
  COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${_prefix} --config $<CONFIG>)
set_tests_properties(Outside.Install PROPERTIES FIXTURES_SETUP SyntheticCTInstalled)

add_test(NAME Outside.BuildAndRun
  COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${CMAKE_CURRENT_SOURCE_DIR}/outside ${_outside}
    --build-generator ${CMAKE_GENERATOR}
    --build-options
      -DCMAKE_BUILD_TYPE=$<CONFIG>
      -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
      -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER}
      -DCMAKE_PREFIX_PATH=${_prefix}
      -DITK_DIR=${ITK_DIR}
    --test-command ${CMAKE_CTEST_COMMAND} --output-on-failure)
set_tests_properties(Outside.BuildAndRun PROPERTIES FIXTURES_REQUIRED SyntheticCTInstalled)

# Nothing that is installed may lead back to this build or its sources.
add_test(NAME Outside.NamesNoPathOfTheBuild
  COMMAND ${CMAKE_COMMAND} -DPREFIX=${_prefix} "-DPATHS=${PROJECT_SOURCE_DIR};${PROJECT_BINARY_DIR}"
    -P ${CMAKE_CURRENT_SOURCE_DIR}/CheckPackage.cmake)
set_tests_properties(Outside.NamesNoPathOfTheBuild PROPERTIES FIXTURES_REQUIRED SyntheticCTInstalled)
