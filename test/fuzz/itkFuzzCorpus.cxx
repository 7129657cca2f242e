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

#include "../itkDICOMTestUtilities.h"
#include "../itkFilesTestUtilities.h"
#include "../itkTestData.h"

#include "itkImageFileWriter.h"
#include "itkImageRegionIteratorWithIndex.h"
#ifdef SYNTHETICCT_HAS_TORCH
#  include "itkNetworkModel.h"

#endif

#include <gdcmImageChangeTransferSyntax.h>
#include <gdcmImageReader.h>
#include <gdcmImageWriter.h>
#include <gdcmTrace.h>

#include <stdexcept>

namespace itk
{
namespace FuzzTest
{
namespace
{
namespace fs = std::filesystem;

constexpr const char * cardText = R"({
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
  "x-training": { "epochs": 12, "batch": 8, "learning-rate": 0.002, "loss": "l1",
                  "augmentation": { "flip-probability": 0.5, "gamma": 0.3 } }
}
)";

void
WriteText(const fs::path & folder, const std::string & name, const std::string & text)
{
  fs::create_directories(folder);
  std::ofstream stream(folder / name, std::ios::binary);
  stream << text;
  if (!stream.flush())
  {
    throw std::runtime_error((folder / name).string() + ": cannot be written");
  }
}

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

/** Every format of volumes in its common forms. */
template <typename TPixel>
void
WriteVolumes(const fs::path & corpus, const std::string & type)
{
  const auto image = MakeVolume<TPixel>();
  for (const char * const format : { "mha", "mhd", "nii", "nii.gz", "hdr", "nrrd", "nhdr" })
  {
    for (const bool isCompressed : { false, true })
    {
      const fs::path folder = corpus / ("image-" + type + '-' + format + (isCompressed ? "-compressed" : ""));
      fs::create_directories(folder);
      auto writer = ImageFileWriter<Image<TPixel, 3>>::New();
      writer->SetInput(image);
      writer->SetFileName((folder / ("volume." + std::string(format))).string());
      writer->SetUseCompression(isCompressed);
      writer->Update();
    }
  }
}

/** Forms that ITK does not write. */
void
WriteOtherVolumes(const fs::path & corpus)
{
  constexpr size_t           count = 24;
  const std::string          voxels = TestUtilities::Ramp<int16_t>(count);
  TestUtilities::NIfTIFields fields;
  fields.SFormCode = 0;
  WriteText(corpus / "image-qform", "volume.nii", fields.GetBytes() + voxels);
  fields.SFormCode = 2;
  fields.QFormCode = 0;
  WriteText(corpus / "image-sform", "volume.nii", fields.GetBytes() + voxels);
  fields.QFormCode = 1;
  fields.SFormCode = 1;
  fields.Slope = 2;
  fields.Intercept = -1024;
  fields.IsBigEndian = true;
  WriteText(corpus / "image-big-endian", "volume.nii", fields.GetBytes() + TestUtilities::Ramp<int16_t>(count, true));

  const std::string grid = "ObjectType = Image\nNDims = 3\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 1.5 -2 3\n"
                           "ElementSpacing = 2 2 3\nDimSize = 4 3 2\nElementType = MET_SHORT\n";
  WriteText(corpus / "image-list", "volume.mhd", grid + "ElementDataFile = LIST 2\nfirst.raw\nsecond.raw\n");
  WriteText(corpus / "image-list", "first.raw", voxels.substr(0, count));
  WriteText(corpus / "image-list", "second.raw", voxels.substr(count));
  WriteText(corpus / "image-text",
            "volume.mha",
            grid +
              "BinaryData = False\nElementDataFile = LOCAL\n0 1 2 3 4 5 6 7 8 9 10 11\n12 13 14 15 16 17 18 19 20 21 "
              "22 23\n");
  WriteText(corpus / "image-hex",
            "volume.nrrd",
            "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 3 2\n"
            "space directions: (2,0,0) (0,2,0) (0,0,3)\nspace origin: (1.5,-2,3)\nencoding: hex\n\n"
            "000102030405060708090a0b\n0c0d0e0f1011121314151617\n");
}

/** The same names and UIDs in every run, so that a seed damages the same bytes. */
dicomtest::DataSet
WithFixedUIDs(dicomtest::DataSet slice, size_t number)
{
  const std::string root = "1.2.826.0.1.3680043.10.9999.";
  slice.Text(0x00080018, "UI", root + "4." + std::to_string(number + 1)).Text(0x00080030, "TM", "120000");
  return slice.Text(0x0020000d, "UI", root + '1').Text(0x0020000e, "UI", root + '2').Text(0x00200052, "UI", root + '3');
}

void
Recode(const std::string & fileName, gdcm::TransferSyntax::TSType transferSyntax)
{
  gdcm::ImageReader reader;
  reader.SetFileName(fileName.c_str());
  gdcm::ImageChangeTransferSyntax change;
  change.SetTransferSyntax(transferSyntax);
  gdcm::ImageWriter writer;
  if (reader.Read())
  {
    change.SetInput(reader.GetImage());
    if (change.Change())
    {
      writer.SetFileName(fileName.c_str());
      writer.SetFile(reader.GetFile());
      writer.SetImage(change.GetOutput());
      if (writer.Write())
      {
        return;
      }
    }
  }
  throw std::runtime_error(fileName + ": cannot be coded anew");
}

/** A series in every transfer syntax, and enhanced objects. */
void
WriteDICOM(const fs::path & corpus)
{
  dicomtest::Volume volume;
  volume.Columns = 16;
  volume.Rows = 12;
  volume.Slices = 3;
  volume.Orientation = { { 0.8, 0.6, 0, -0.6, 0.8, 0 } };
  volume.Stored = [](unsigned int i, unsigned int j, unsigned int k) {
    return static_cast<int>(300 * k + (i * i + 3 * j) % 257);
  };
  const auto nameOf = [](size_t slice) { return "IM" + std::to_string(slice + 1); };
  const auto write = [&](const std::string & name, const std::string & syntax) {
    const fs::path folder = corpus / ("dicom-" + name);
    fs::create_directories(folder);
    const auto series = volume.GetSeries();
    for (size_t i = 0; i < series.size(); ++i)
    {
      auto slice = WithFixedUIDs(series[i], i);
      slice.Number(0x00280103, "US", { 0 });
      if (name == "explicit")
      {
        slice.Text(0x00281053, "DS", "2").Text(0x00281052, "DS", "-1024");
      }
      dicomtest::WriteDICOM(folder / nameOf(i), slice, syntax);
    }
    return folder;
  };
  write("explicit", dicomtest::explicitLittleEndian);
  write("implicit", dicomtest::implicitLittleEndian);
  write("big-endian", dicomtest::explicitBigEndian);
  const std::pair<const char *, gdcm::TransferSyntax::TSType> syntaxes[] = {
    { "rle", gdcm::TransferSyntax::RLELossless },
    { "jpeg-lossless", gdcm::TransferSyntax::JPEGLosslessProcess14_1 },
    { "jpeg-ls", gdcm::TransferSyntax::JPEGLSLossless },
    { "jpeg-2000", gdcm::TransferSyntax::JPEG2000Lossless }
  };
  for (const auto & syntax : syntaxes)
  {
    const fs::path folder = write(syntax.first, dicomtest::explicitLittleEndian);
    for (size_t i = 0; i < volume.Slices; ++i)
    {
      Recode((folder / nameOf(i)).string(), syntax.second);
    }
  }

  const fs::path deflated = corpus / "dicom-deflated";
  const fs::path baseline = corpus / "dicom-jpeg-baseline";
  const auto     series = volume.GetSeries();
  fs::create_directories(baseline);
  for (size_t i = 0; i < series.size(); ++i)
  {
    auto              slice = WithFixedUIDs(series[i], i);
    const std::string plain = dicomtest::Encoder(false, false).Encode(slice);
    WriteText(deflated,
              nameOf(i),
              dicomtest::FileHead(slice, "1.2.840.10008.1.2.1.99") + TestUtilities::Deflated(plain, -MAX_WBITS));
    // JPEG's first process has eight bits.
    slice.Number(0x00280100, "US", { 8 }).Number(0x00280101, "US", { 8 });
    slice.Number(0x00280102, "US", { 7 }).Number(0x00280103, "US", { 0 });
    std::vector<std::uint32_t> pixels = volume.GetPixels(static_cast<unsigned int>(i));
    for (std::uint32_t & pixel : pixels)
    {
      pixel &= 0xff;
    }
    slice.Number(0x7fe00010, "OB", pixels);
    dicomtest::WriteDICOM(baseline / nameOf(i), slice);
    Recode((baseline / nameOf(i)).string(), gdcm::TransferSyntax::JPEGBaselineProcess1);
  }

  for (const bool isCoded : { false, true })
  {
    const fs::path folder = corpus / (isCoded ? "dicom-enhanced-rle" : "dicom-enhanced");
    fs::create_directories(folder);
    auto enhanced = WithFixedUIDs(volume.GetEnhanced({ 2, 0, 1 }), 0);
    enhanced.Number(0x00280103, "US", { 0 });
    dicomtest::WriteDICOM(folder / nameOf(0), enhanced);
    if (isCoded)
    {
      Recode((folder / nameOf(0)).string(), gdcm::TransferSyntax::RLELossless);
    }
  }
}

/** What spreadsheets save. */
void
WriteTables(const fs::path & corpus)
{
  const std::string names = "case,reference,synthetic,mask,reference-segmentation,synthetic-segmentation,x-note\n";
  const std::string cases =
    "1BA001,ref/1.nii.gz,a/1.nii.gz,mask/1.nii.gz,seg/1.nii.gz,a/s1.nii.gz,\"one, \"\"two\"\"\"\n"
    "1BA002,ref/2.nii.gz,a/2.nii.gz,,seg/2.nii.gz,a/s2.nii.gz,\n";
  const std::string results = "case,synthetic,synthetic-segmentation\n1BA001,b/1.mha,b/s1.mha\n1BA002,b/2.mha,\n";
  const auto        separated = [](std::string text, const std::string & separator, const std::string & line) {
    std::string other;
    for (const char letter : text)
    {
      other += letter == ',' ? separator : letter == '\n' ? line : std::string(1, letter);
    }
    return other;
  };
  WriteText(corpus / "table-commas", "cohort.csv", names + cases);
  WriteText(corpus / "table-commas", "results.csv", results);
  WriteText(corpus / "table-semicolons", "cohort.csv", "\xef\xbb\xbf" + separated(names + cases, ";", "\r\n"));
  WriteText(corpus / "table-semicolons", "results.csv", "sep=;\r\n" + separated(results, ";", "\r\n"));
  WriteText(corpus / "table-tabulators", "cohort.csv", separated(names + cases, "\t", "\r"));
  WriteText(corpus / "table-tabulators", "results.csv", separated(results, "\t", "\r"));
}
} // namespace

void
MakeCorpus(const fs::path & corpus)
{
  // GDCM has much to say about what it codes anew.
  gdcm::Trace::WarningOff();
  gdcm::Trace::ErrorOff();
  WriteVolumes<short>(corpus, "short");
  WriteVolumes<float>(corpus, "float");
  WriteOtherVolumes(corpus);
  WriteDICOM(corpus);
  WriteTables(corpus);
  WriteText(corpus / "card", "card.json", cardText);
  WriteText(corpus / "labels", "labels.txt", "1,2,26-50,7,synthrad2025-hn,65535");
#ifdef SYNTHETICCT_HAS_TORCH
  fs::create_directories(corpus / "model-small");
  auto model = NetworkModel::New();
  model->DefineFromSource("def forward(self, x):\n  return torch.conv2d(x, torch.ones([1, 1, 3, 3]), padding=1)");
  model->SetCardFromJSON(cardText);
  model->Save((corpus / "model-small" / "model.pt").string());
  fs::create_directories(corpus / "model-trained");
  fs::copy_file(
    TestUtilities::ExampleModel(), corpus / "model-trained" / "model.pt", fs::copy_options::overwrite_existing);
#endif
}

} // namespace FuzzTest
} // namespace itk
