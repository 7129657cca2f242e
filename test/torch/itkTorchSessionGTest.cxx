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
#include "session/itkTorchSession.h"

#include "gtest/gtest.h"

#include <stdexcept>
#include <string>

namespace
{
using namespace itk::SyntheticCTDetail;

std::string
LineOf(const std::string & text)
{
  return TorchErrorLine(std::runtime_error(text));
}
} // namespace

TEST(TorchSession, ErrorsBecomeOneLineThatSaysWhatWasWrong)
{
  EXPECT_EQ(LineOf("plain"), "plain");
  EXPECT_EQ(LineOf("\n\nfirst\nsecond\n"), "first");
  EXPECT_EQ(LineOf("too bad Exception raised from f at g.cpp:3"), "too bad");
  EXPECT_EQ(LineOf("The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript:\n  file\n"
                   "RuntimeError: expected 3 channels\n"),
            "expected 3 channels");
  EXPECT_EQ(LineOf("a\tb\r"), "a b");
}

TEST(TorchSession, BackendsThatAreNotThereAreNamedWithoutTheOthers)
{
  const std::string keys = " This could be because the operator doesn't exist for this backend. [CPU, Meta, ";
  const std::string list = keys + std::string(1200, 'k') + "]";
  const std::string cuda =
    LineOf("Could not run 'aten::empty.memory_format' with arguments from the 'CUDA' backend." + list);
  EXPECT_EQ(cuda,
            "the code of the network asks for CUDA ('aten::empty.memory_format'), which is not there; export the "
            "network on the CPU, without a device in its code");
  EXPECT_EQ(LineOf("Could not run 'aten::conv2d' with arguments from the 'QuantizedCPU' backend." + list),
            "LibTorch can't compute 'aten::conv2d' with tensors of the kind QuantizedCPU here");
  for (const std::string text :
       { "Torch not compiled with CUDA enabled",
         "Cannot initialize CUDA without ATen_cuda library. PyTorch splits its backend ...",
         "PyTorch is not linked with support for cuda devices",
         "Found no NVIDIA driver on your system. Please check ...",
         "No CUDA GPUs are available",
         "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() ..." })
  {
    EXPECT_EQ(LineOf(text),
              "the code of the network asks for CUDA, which is not there; export the network on the CPU, without a "
              "device in its code");
  }
  EXPECT_EQ(LineOf("Expected all tensors to be on the same device, but found at least two devices, cpu and cuda:0!"),
            "the code of the network puts tensors on a device of its own; export the network on the CPU, without a "
            "device in its code");
  // An error of CUDA that has another reason stays as it is.
  EXPECT_EQ(LineOf("CUDA error: an illegal memory access was encountered"),
            "CUDA error: an illegal memory access was encountered");
}

TEST(TorchSession, LongMessagesAreCutBetweenWords)
{
  std::string words;
  while (words.size() < 2000)
  {
    words += "word ";
  }
  const std::string line = LineOf(words);
  EXPECT_LE(line.size(), 310u);
  EXPECT_GE(line.size(), 290u);
  EXPECT_EQ(line.substr(line.size() - 8), "word ...");
  EXPECT_EQ(LineOf(std::string(2000, 'x')), std::string(300, 'x') + " ...");
  EXPECT_EQ(LineOf(std::string(300, 'x')), std::string(300, 'x'));
}
