/*=========================================================================
 *
 *  Copyright The SyntheticCT contributors
 *
 *  Licensed under the Apache License, Version 2.0 (the "License");
 *  you may not use this file except in compliance with the License.
 *  You may obtain a copy of the License at
 *
 *         https://www.apache.org/licenses/LICENSE-2.0.txt
 *
 *  Unless required by applicable law or agreed to in writing, software
 *  distributed under the License is distributed on an "AS IS" BASIS,
 *  WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 *  See the License for the specific language governing permissions and
 *  limitations under the License.
 *
 *=========================================================================*/
#include "itkNetworkModel.h"

#include <iostream>

// A program that knows SyntheticCT only through its package, and LibTorch not at all.
int
main()
{
  auto model = itk::NetworkModel::New();
  model->DefineFromSource("def forward(self, x):\n    return x + 1\n");

  const float                         input[] = { 1.0F, 2.0F, 3.0F, 4.0F };
  itk::NetworkModel::OutputGroupsType outputs;
  model->Forward(input, { 1, 1, 2, 2 }, 1, outputs);
  std::cout << "The network returned " << outputs.at(0).Values.at(3) << std::endl;
  return outputs.at(0).Values.at(3) == 5.0F ? EXIT_SUCCESS : EXIT_FAILURE;
}
