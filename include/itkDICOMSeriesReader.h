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
#ifndef itkDICOMSeriesReader_h
#define itkDICOMSeriesReader_h

#include "SyntheticCTDICOMExport.h"

#include "itkDICOMSeriesCatalog.h"

#include "itkImage.h"
#include "itkImageSource.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include <memory>
#include <string>
#include <vector>

namespace itk
{

/** \class DICOMSeriesReader
 * \brief Reads one DICOM series as a volume, after checking everything that could make it wrong.
 *
 * A volume is made of slices that share orientation (1e-3 in each cosine), matrix and pixel spacing (1e-4 of it), that
 * lie along their normal (within 0.01 voxel over the stack, or what the digits of the cosines explain), and whose
 * distances differ by less than 1 % or 0.01 mm, whichever is larger. Files and frames are put in the order of their
 * Image Position (Patient) along the normal, whatever their names and numbers. The third axis of the image runs along
 * the normal; the spacing of slices is that of the positions (Slice Thickness and Spacing Between Slices are not
 * looked at). Values are `slope` * stored value + `intercept`, each slice with its own (0028,1053) and (0028,1052), in
 * HU for CT.
 *
 * It reads slices in files of their own and enhanced (multi-frame) objects, in every transfer syntax but those of
 * video: native in either byte order, with explicit or implicit value representation, deflated, RLE, JPEG, JPEG-LS and
 * JPEG 2000; with 8, 16 or 32 bits.
 *
 * What is put right is reported in a remark: localizers among other slices and colour images are left out, a duplicated
 * slice counts once, MONOCHROME1 keeps its stored values, and so on. A line that names the file or the folder
 * is thrown as an ExceptionObject when
 * - a file of the series is damaged or has fewer pixel data than its matrix asks for (also when they are compressed);
 * - slices are missing, unevenly spaced or tilted against their normal, with the place;
 * - a position, an orientation or the pixel spacing is missing;
 * - there is one slice only, or a mosaic, or colour;
 * - slices are of two patients, studies, modalities or frames of reference;
 * - there are several series, and SetSeries() does not choose one;
 * - the series holds several volumes (echoes, b-values, times, contrasts, orientations, matrices), and neither
 *   SetVolume() nor the text of SetSeries() chooses one.
 *
 * The output's meta-data dictionary has the texts of modality (0008|0060), series description (0008|103e) and Series
 * Instance UID (0020|000e), and the file of the first slice under SourceFileNameKey, from which CTSeriesWriter takes
 * what stays the same in a derived series.
 *
 * Headers are read once, in UpdateOutputInformation(); slices are decoded on the threads of the filter, streams of the
 * JPEG family one after the other. The whole volume is always read.
 *
 * \ingroup SyntheticCT */
class SyntheticCTDICOM_EXPORT DICOMSeriesReader : public ImageSource<Image<float, 3>>
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(DICOMSeriesReader);

  using Self = DICOMSeriesReader;
  using Superclass = ImageSource<Image<float, 3>>;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(DICOMSeriesReader);

  using ImageType = Image<float, 3>;

  /** Where the meta-data dictionary of the output has the name of the file of the first slice. */
  static constexpr const char * SourceFileNameKey = "SourceFileName";

  /** A folder, whose subfolders are not entered, or a file. */
  void
  SetPath(const std::string & path);
  itkGetStringMacro(Path);

  /** The catalog of a folder that has been scanned already, instead of SetPath(). */
  void
  SetCatalog(DICOMSeriesCatalog * catalog);

  /** What is in the folder, after UpdateOutputInformation(), even when that threw because of the choice. */
  const DICOMSeriesCatalog *
  GetCatalog() const
  {
    return m_Catalog;
  }

  /** Which series of a folder, as in DICOMSeriesCatalog::FindSeries(): its UID, its description or the beginning of its
   * UID, and after a colon the number of a volume in it when it holds several, such as `T2 mapping:2`. Empty, the
   * default, when there is only one. */
  itkSetStringMacro(Series);
  itkGetStringMacro(Series);

  /** Which of several volumes of the series, from 1 on, in the order in which the exception lists them; 0, the default,
   * when there is only one. A number in the text of SetSeries() takes precedence. */
  itkSetMacro(Volume, unsigned int);
  itkGetConstMacro(Volume, unsigned int);

  /** The files from which the slices of the volume come, one for each, after UpdateOutputInformation(). */
  unsigned int
  GetNumberOfSlices() const;
  std::string
  GetSliceFileName(unsigned int slice) const;

  /** What was put right or is doubtful, after Update(), one line each, which begins with the file or the folder. */
  unsigned int
  GetNumberOfRemarks() const;
  std::string
  GetRemark(unsigned int index) const;

protected:
  DICOMSeriesReader();
  ~DICOMSeriesReader() override;

  void
  VerifyPreconditions() const override;
  void
  GenerateOutputInformation() override;
  void
  EnlargeOutputRequestedRegion(DataObject * output) override;
  void
  GenerateData() override;
  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  struct Internals;

  std::string                 m_Path;
  std::string                 m_Series;
  unsigned int                m_Volume{ 0 };
  bool                        m_CatalogIsGiven{ false };
  DICOMSeriesCatalog::Pointer m_Catalog;
  std::unique_ptr<Internals>  m_Internals;
  std::vector<std::string>    m_Remarks;
};

} // namespace itk

#endif
