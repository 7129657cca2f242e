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
// Writes model files for the tests of the programs: sctMakeModel OUTPUT EXPRESSION [CARD]. The network returns the
// TorchScript expression of its input x.

#include "itkNetworkModel.h"

#include <iostream>
#include <string>

int
main(int argc, char * argv[])
{
  if (argc < 3)
  {
    std::cerr << "sctMakeModel OUTPUT EXPRESSION [CARD]" << std::endl;
    return 2;
  }
  try
  {
    auto model = itk::NetworkModel::New();
    model->DefineFromSource(std::string("def forward(self, x):\n  return ") + argv[2]);
    if (argc > 3)
    {
      model->ReadCard(argv[3]);
    }
    model->Save(argv[1]);
  }
  catch (const itk::ExceptionObject & error)
  {
    std::cerr << error.GetDescription() << std::endl;
    return 1;
  }
  return 0;
}
