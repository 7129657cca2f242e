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
#ifndef itkReorientImageFilter_hxx
#define itkReorientImageFilter_hxx

#include "itkReorientImageFilter.h"

#include "itkImageAlgorithm.h"
#include "itkSyntheticCTFilterUtilities.h"

namespace itk
{

template <typename TImage>
void
ReorientImageFilter<TImage>::VerifyPreconditions() const
{
  Superclass::VerifyPreconditions();
  if (!OrientationCode::IsValid(m_Orientation))
  {
    itkExceptionMacro("Orientation is '" << m_Orientation
                                         << "' and should be one letter each of R or L, A or P, I or S, such as LPS");
  }
}

template <typename TImage>
auto
ReorientImageFilter<TImage>::MakePipeline() -> std::pair<typename PermuteType::Pointer, typename FlipType::Pointer>
{
  const auto rearrangement = OrientationCode::Rearrange(m_OriginalOrientation, m_Orientation);

  // itk::FlipImageFilter gives a wrong origin when the start index is not 0 (seen in ITK 5.2.1).
  const TImage *             input = this->GetInput();
  const auto                 region = input->GetLargestPossibleRegion();
  typename TImage::PointType origin;
  input->TransformIndexToPhysicalPoint(region.GetIndex(), origin);
  auto image = TImage::New();
  image->CopyInformation(input);
  image->SetRegions(region.GetSize());
  image->SetOrigin(origin);
  image->SetPixelContainer(const_cast<TImage *>(input)->GetPixelContainer());
  typename PermuteType::PermuteOrderArrayType order;
  typename FlipType::FlipAxesArrayType        flip;
  for (unsigned int i = 0; i < ImageDimension; ++i)
  {
    order[i] = rearrangement.Axis[i];
    flip[i] = rearrangement.Flip[i];
  }
  auto permuter = PermuteType::New();
  permuter->SetInput(image);
  permuter->SetOrder(order);
  auto flipper = FlipType::New();
  flipper->SetInput(permuter->GetOutput());
  flipper->SetFlipAxes(flip);
  flipper->FlipAboutOriginOff();
  return { permuter, flipper };
}

template <typename TImage>
void
ReorientImageFilter<TImage>::GenerateOutputInformation()
{
  OrientationCode::DirectionType direction;
  for (unsigned int r = 0; r < ImageDimension; ++r)
  {
    for (unsigned int c = 0; c < ImageDimension; ++c)
    {
      direction[r][c] = this->GetInput()->GetDirection()[r][c];
    }
  }
  m_OriginalOrientation = OrientationCode::FromDirection(direction);
  if (m_OriginalOrientation == m_Orientation)
  {
    this->GetOutput()->CopyInformation(this->GetInput());
    return;
  }
  const auto pipeline = this->MakePipeline();
  pipeline.second->UpdateOutputInformation();
  this->GetOutput()->CopyInformation(pipeline.second->GetOutput());
}

template <typename TImage>
void
ReorientImageFilter<TImage>::GenerateInputRequestedRegion()
{
  Superclass::GenerateInputRequestedRegion();
  SyntheticCTDetail::RequestLargestPossibleRegion(this->GetInput());
}

template <typename TImage>
void
ReorientImageFilter<TImage>::EnlargeOutputRequestedRegion(DataObject * output)
{
  Superclass::EnlargeOutputRequestedRegion(output);
  output->SetRequestedRegionToLargestPossibleRegion();
}

template <typename TImage>
void
ReorientImageFilter<TImage>::GenerateData()
{
  if (m_OriginalOrientation == m_Orientation)
  {
    this->AllocateOutputs();
    const auto region = this->GetOutput()->GetLargestPossibleRegion();
    ImageAlgorithm::Copy(this->GetInput(), this->GetOutput(), region, region);
    this->UpdateProgress(1.0F);
    return;
  }
  const auto pipeline = this->MakePipeline();
  SyntheticCTDetail::UpdateInside(this, pipeline.first.GetPointer(), 0.5F);
  SyntheticCTDetail::UpdateInside(this, pipeline.second.GetPointer(), 0.5F);
  this->GraftOutput(pipeline.second->GetOutput());
  this->UpdateProgress(1.0F);
}

template <typename TImage>
void
ReorientImageFilter<TImage>::PrintSelf(std::ostream & os, Indent indent) const
{
  Superclass::PrintSelf(os, indent);
  os << indent << "Orientation: " << m_Orientation << std::endl;
  os << indent << "OriginalOrientation: " << m_OriginalOrientation << std::endl;
}

} // namespace itk

#endif
