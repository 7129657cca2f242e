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
#include "itkNetworkInferenceImageFilter.h"
#include "itkNetworkSegmentationImageFilter.h"
#include "itkSyntheticCTImageFilter.h"

namespace itk
{

template class NetworkInferenceImageFilter<Image<float, 3>, Image<float, 3>>;
template class NetworkPipelineImageFilter<Image<float, 3>, Image<short, 3>>;
template class NetworkPipelineImageFilter<Image<float, 3>, Image<unsigned char, 3>>;
template class NetworkSegmentationImageFilter<Image<float, 3>, Image<unsigned char, 3>>;
template class SyntheticCTImageFilter<Image<float, 3>, Image<short, 3>>;

} // namespace itk
