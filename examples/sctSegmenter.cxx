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
#include "sctSegmenter.h"

#ifdef SCT_HAS_TORCH
#  include "itkNetworkSegmentationImageFilter.h"

#  include <mutex>
#endif

#include <stdexcept>

namespace sct
{

#ifdef SCT_HAS_TORCH
namespace
{

class NetworkSegmenter : public Segmenter
{
public:
  NetworkSegmenter(const std::string & path, const std::string & device)
    : m_FileName(path)
  {
    m_Model->SetDevice(device);
    m_Model->Load(path);
    for (const auto & output : m_Model->GetCard().Outputs)
    {
      if (output.Kind != itk::OutputKindEnum::Label)
      {
        throw std::runtime_error(path + ": the output '" + output.Name +
                                 "' of this network is no label of a "
                                 "segmentation");
      }
      m_Names.push_back(output.Name);
    }
  }

  LabelImageType::Pointer
  Segment(const VolumeType * image) override
  {
    // One network, one set of threads, one peak of memory.
    const std::lock_guard<std::mutex> lock(m_Mutex);
    auto                              filter = itk::NetworkSegmentationImageFilter<VolumeType, LabelImageType>::New();
    filter->SetModel(m_Model);
    filter->SetInput(image);
    filter->Update();
    return filter->GetOutput();
  }

  const std::vector<std::string> &
  GetNames() const override
  {
    return m_Names;
  }

  const std::string &
  GetFileName() const override
  {
    return m_FileName;
  }

private:
  std::string                m_FileName;
  itk::NetworkModel::Pointer m_Model{ itk::NetworkModel::New() };
  std::vector<std::string>   m_Names;
  std::mutex                 m_Mutex;
};

} // namespace

std::shared_ptr<Segmenter>
LoadSegmenter(const std::string & path, const std::string & device)
{
  return std::make_shared<NetworkSegmenter>(path, device);
}
#else
std::shared_ptr<Segmenter>
LoadSegmenter(const std::string & path, const std::string &)
{
  throw std::runtime_error(path + ": this program was built without LibTorch and runs no network");
}
#endif

} // namespace sct
