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
// The forward pass of a network as it was loaded and as it is prepared, and what the machine can do at most.
//
// SYNTHETICCT_BENCHMARK_NETWORKS names the folder that make-networks.py has filled; without it only the machine is
// measured. SYNTHETICCT_BENCHMARK_THREADS is the number of threads (1).

#include "cpu/itkNetworkKernels.h"
#include "cpu/itkNetworkPreparation.h"

#include <benchmark/benchmark.h>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace
{
void
SetThreads()
{
  const char * const threads = std::getenv("SYNTHETICCT_BENCHMARK_THREADS");
  at::set_num_threads(threads ? std::atoi(threads) : 1);
}

void
SetOperations(benchmark::State & state, double operationsPerIteration)
{
  state.counters["GFLOP/s"] = benchmark::Counter(
    1e-9 * operationsPerIteration * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/** Our matrix product with everything in the first caches: what one core can do. */
void
MultiplyPeak(benchmark::State & state)
{
  const itk::SyntheticCTDetail::NetworkKernels & kernels = itk::SyntheticCTDetail::GetNetworkKernels();
  const int64_t                                  length = 96;
  std::vector<float>                             values(static_cast<size_t>(kernels.Rows * length), 0.5F);
  std::vector<float>                             panel(static_cast<size_t>(length * kernels.Width), 0.25F);
  std::vector<float>                             result(static_cast<size_t>(kernels.Rows * kernels.Width));
  std::vector<const float *>                     rows;
  for (int64_t row = 0; row < kernels.Rows; ++row)
  {
    rows.push_back(values.data() + row * length);
  }
  state.SetLabel(kernels.Name);
  for (auto _ : state)
  {
    kernels.Multiply(kernels.Rows, rows.data(), 0, 1, length, panel.data(), result.data(), kernels.Width);
    benchmark::ClobberMemory();
  }
  SetOperations(state, 2.0 * static_cast<double>(kernels.Rows * length * kernels.Width));
}
BENCHMARK(MultiplyPeak)->UseRealTime();

/** LibTorch's own convolution at its best: many channels, channels last. */
void
ConvolutionOfLibTorch(benchmark::State & state)
{
  SetThreads();
  const c10::InferenceMode noAutograd;
  const int64_t            channels = 64;
  const int64_t            size = 256;
  const at::Tensor         image = at::randn({ 1, channels, size, size }).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor         weight = at::randn({ channels, channels, 3, 3 }).contiguous(at::MemoryFormat::ChannelsLast);
  for (auto _ : state)
  {
    benchmark::DoNotOptimize(at::conv2d(image, weight, {}, 1, 1));
  }
  SetOperations(state, 2.0 * 9.0 * static_cast<double>(channels * channels * size * size));
}
BENCHMARK(ConvolutionOfLibTorch)->UseRealTime()->Unit(benchmark::kMillisecond);

void
ForwardPass(benchmark::State & state, const std::string & name, bool prepared)
{
  const char * const folder = std::getenv("SYNTHETICCT_BENCHMARK_NETWORKS");
  if (!folder)
  {
    state.SkipWithError("SYNTHETICCT_BENCHMARK_NETWORKS is not set");
    return;
  }
  SetThreads();
  torch::jit::Module network = torch::jit::load(std::string(folder) + "/" + name);
  network.eval();
  if (prepared)
  {
    network = itk::SyntheticCTDetail::PrepareNetwork(network, at::kCPU, at::kFloat);
  }
  const c10::InferenceMode                     noAutograd;
  const torch::jit::GraphOptimizerEnabledGuard noProfiling(false);
  const at::Tensor image = name == "plain-unet.pt" ? at::randn({ 1, 1, 96, 96, 96 }) : at::randn({ 1, 1, 256, 256 });
  network.forward({ image.clone() });
  for (auto _ : state)
  {
    benchmark::DoNotOptimize(network.forward({ image.clone() }));
  }
}
BENCHMARK_CAPTURE(ForwardPass, light_unet_loaded, "light-unet.pt", false)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ForwardPass, light_unet_prepared, "light-unet.pt", true)
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ForwardPass, plain_unet_loaded, "plain-unet.pt", false)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ForwardPass, plain_unet_prepared, "plain-unet.pt", true)
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);
} // namespace
