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
#include "itkFuzzReading.h"

#include "itkImageFileWriter.h"
#include "itkImageRegionIteratorWithIndex.h"
#include "itkNetworkModelCard.h"
#include "itkVolumeReader.h"

#include <cstring>
#include <fstream>
#include <sstream>

namespace itk
{
namespace FuzzTest
{
namespace
{
namespace fs = std::filesystem;

/** A small volume on an oblique grid with another value in every voxel. */
template <typename TPixel>
typename Image<TPixel, 3>::Pointer
MakeVolume()
{
  using ImageType = Image<TPixel, 3>;
  auto                         image = ImageType::New();
  typename ImageType::SizeType size;
  size[0] = 5;
  size[1] = 4;
  size[2] = 3;
  image->SetRegions(typename ImageType::RegionType(size));
  image->Allocate();
  const double spacing[3] = { 1.5, 2.0, 2.5 };
  const double origin[3] = { -10.25, 20.5, 3.0 };
  image->SetSpacing(spacing);
  image->SetOrigin(origin);
  typename ImageType::DirectionType direction;
  direction.SetIdentity();
  direction(0, 0) = direction(1, 1) = 0.8;
  direction(0, 1) = -0.6;
  direction(1, 0) = 0.6;
  image->SetDirection(direction);
  TPixel                                  value = 3;
  ImageRegionIteratorWithIndex<ImageType> it(image, image->GetBufferedRegion());
  for (; !it.IsAtEnd(); ++it)
  {
    it.Set(value);
    value = static_cast<TPixel>(value + 2);
  }
  return image;
}

template <typename TPixel>
void
WriteVolumes(const fs::path & folder, const std::string & type)
{
  const auto image = MakeVolume<TPixel>();
  for (const char * const format : { "mha", "mhd", "nii", "nii.gz", "hdr", "nrrd", "nhdr" })
  {
    for (const bool isCompressed : { false, true })
    {
      const fs::path home = folder / (type + '-' + format + (isCompressed ? "-compressed" : ""));
      fs::create_directories(home);
      auto writer = ImageFileWriter<Image<TPixel, 3>>::New();
      writer->SetInput(image);
      writer->SetFileName((home / ("volume." + std::string(format))).string());
      writer->SetUseCompression(isCompressed);
      writer->Update();
    }
  }
}

bool
EndsWith(const std::string & text, const std::string & end)
{
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool
IsCard(const fs::path & path)
{
  return path.extension() == ".json";
}

Reading
ReadVolume(const fs::path & path)
{
  Reading    reading;
  const auto reader = VolumeReader::New();
  const auto image = reader->Read(path.string());
  // Every digit, so that nothing changes unseen.
  std::ostringstream shape;
  shape.precision(17);
  shape << image->GetLargestPossibleRegion().GetSize() << image->GetSpacing() << image->GetOrigin()
        << image->GetDirection();
  reading.Shape = shape.str();
  // FNV-1a.
  reading.Voxels = 14695981039346656037u;
  const auto * const bytes = reinterpret_cast<const unsigned char *>(image->GetBufferPointer());
  const size_t       count = image->GetBufferedRegion().GetNumberOfPixels() * sizeof(float);
  for (size_t i = 0; i < count; ++i)
  {
    reading.Voxels = (reading.Voxels ^ bytes[i]) * 1099511628211u;
  }
  return reading;
}

Reading
ReadCard(const fs::path & path)
{
  std::ifstream stream(path, std::ios::binary);
  Reading       reading;
  reading.Shape = NetworkModelCard::FromJSON(std::string(std::istreambuf_iterator<char>(stream), {})).ToJSON();
  return reading;
}
} // namespace

void
MakeCorpus(const fs::path & folder)
{
  WriteVolumes<short>(folder, "short");
  WriteVolumes<float>(folder, "float");
  fs::create_directories(folder / "card");
  std::ofstream card(folder / "card" / "card.json");
  card << R"({
  "version": 1,
  "name": "test",
  "description": "A card.",
  "inputs": [ { "name": "mr", "modality": "MR",
                "intensity": { "transform": "percentile", "lower": 1, "upper": 99.9,
                               "output-minimum": -1, "output-maximum": 1 } } ],
  "preprocessing": { "bias-correction": false, "spacing": [1, 1, 0], "orientation": "LPS", "mask": "body" },
  "outputs": [ { "name": "ct", "kind": "hounsfield", "range": [0, 1], "hounsfield": [-1000, 3000] } ],
  "inference": { "plane": "axial", "patch-size": [192, 224], "overlap": 0.25, "blending": "gaussian", "batch": 4,
                 "padding": -1 },
  "provenance": { "training-data": "none" },
  "license": "Apache-2.0",
  "x-note": "anybody's"
}
)";
}

bool
IsRead(const fs::path & path)
{
  const std::string name = path.filename().string();
  return EndsWith(name, ".mha") || EndsWith(name, ".mhd") || EndsWith(name, ".nii") || EndsWith(name, ".nii.gz") ||
         EndsWith(name, ".hdr") || EndsWith(name, ".nrrd") || EndsWith(name, ".nhdr") || IsCard(path);
}

Reading
Read(const fs::path & path)
{
  try
  {
    return IsCard(path) ? ReadCard(path) : ReadVolume(path);
  }
  catch (const ExceptionObject & error)
  {
    Reading reading;
    reading.IsRefused = true;
    reading.Line = error.GetDescription();
    return reading;
  }
}

size_t
BeginOfVoxels(const fs::path & path, const std::string & bytes)
{
  const std::string name = path.filename().string();
  // A check sum guards what is compressed.
  if (path.parent_path().filename().string().find("compressed") != std::string::npos || EndsWith(name, "gz"))
  {
    return bytes.size();
  }
  if (EndsWith(name, ".raw") || EndsWith(name, ".img"))
  {
    return 0;
  }
  const std::string local = "ElementDataFile = LOCAL\n";
  if (EndsWith(name, ".mha") && bytes.find(local) != std::string::npos)
  {
    return bytes.find(local) + local.size();
  }
  if (EndsWith(name, ".nrrd") && bytes.find("\n\n") != std::string::npos)
  {
    return bytes.find("\n\n") + 2;
  }
  return EndsWith(name, ".nii") ? 352 : bytes.size();
}

} // namespace FuzzTest
} // namespace itk
