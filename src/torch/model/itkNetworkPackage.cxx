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
#include "itkNetworkPackage.h"

#include <torch/version.h>

#include <stdexcept>

#ifdef SYNTHETICCT_HAS_AOTINDUCTOR
#  include "itkNetworkModelCard.h"

#  include <nlohmann/json.hpp>
#  include <torch/csrc/inductor/aoti_package/model_package_loader.h>

#  include <utility>
#  include <vector>
#endif

namespace itk
{
namespace SyntheticCTDetail
{

bool
IsNetworkPackage(const std::string & fileName)
{
  const std::string extension = ".pt2";
  return fileName.size() > extension.size() &&
         fileName.compare(fileName.size() - extension.size(), extension.size(), extension) == 0;
}

#ifdef SYNTHETICCT_HAS_AOTINDUCTOR
namespace
{
using Json = nlohmann::json;

/** The next tensors, put together as PyTorch's description of the result (a "tree spec") says. A node without a type is
 * a tensor; the context of a dictionary is the JSON text of its keys. */
c10::IValue
Assemble(const Json & node, const std::vector<at::Tensor> & tensors, size_t & next)
{
  const Json & type = node.at("type");
  if (type.is_null())
  {
    return c10::IValue(tensors.at(next++));
  }
  std::vector<c10::IValue> elements;
  for (const Json & child : node.at("children_spec"))
  {
    elements.push_back(Assemble(child, tensors, next));
  }
  if (type != "builtins.dict")
  {
    return c10::ivalue::Tuple::create(std::move(elements));
  }
  const Json             keys = Json::parse(node.at("context").get<std::string>());
  c10::impl::GenericDict dictionary(c10::StringType::get(), c10::AnyType::get());
  for (size_t i = 0; i < elements.size(); ++i)
  {
    dictionary.insert(keys.at(i).get<std::string>(), elements[i]);
  }
  return dictionary;
}

class InductorPackage : public NetworkPackage
{
public:
  explicit InductorPackage(const std::string & fileName)
    : m_Loader(fileName)
    , m_Metadata(m_Loader.get_metadata())
    // [version, tree]
    , m_ResultSpec(Json::parse(m_Loader.get_call_spec().at(1)).at(1))
  {}

  std::string
  GetCard() const override
  {
    return this->Find(NetworkModelCard::FileName);
  }

  std::string
  GetDeviceType() const override
  {
    return this->Find("AOTI_DEVICE_KEY");
  }

  c10::IValue
  Forward(const at::Tensor & batch) override
  {
    const std::vector<at::Tensor> tensors = m_Loader.run({ batch });
    size_t                        next = 0;
    return Assemble(m_ResultSpec, tensors, next);
  }

private:
  std::string
  Find(const std::string & key) const
  {
    const auto found = m_Metadata.find(key);
    return found == m_Metadata.end() ? std::string() : found->second;
  }

  torch::inductor::AOTIModelPackageLoader      m_Loader;
  std::unordered_map<std::string, std::string> m_Metadata;
  Json                                         m_ResultSpec;
};
} // namespace

std::unique_ptr<NetworkPackage>
LoadNetworkPackage(const std::string & fileName)
{
  return std::make_unique<InductorPackage>(fileName);
}

#else

std::unique_ptr<NetworkPackage>
LoadNetworkPackage(const std::string &)
{
  throw std::runtime_error("this LibTorch " TORCH_VERSION " has none, which come with 2.6");
}

#endif

} // namespace SyntheticCTDetail
} // namespace itk
