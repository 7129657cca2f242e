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
#ifndef itkVolumeReader_h
#define itkVolumeReader_h

#include "itkImage.h"
#include "itkObject.h"
#include "itkObjectFactory.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <mutex>
#include <string>
#include <vector>

namespace itk
{

/** \class VolumeReader
 * \brief Reads a scalar volume from a file and never gives a voxel or a position that the file does not hold.
 *
 * MetaImage (.mha, .mhd), NRRD (.nrrd, .nhdr), NIfTI-1, NIfTI-2 and Analyze 7.5 (.nii, .nii.gz, .hdr and .img, also
 * compressed) are decoded here, in one pass that counts the voxels, inflates compressed streams and compares their
 * check sums. Every type of integers and of real numbers, either byte order and NIfTI's slope and intercept are read
 * as ITK reads them; NaN and infinity are kept. Files of any other format are read by the ImageIO that
 * ITK's factories offer for them.
 *
 * An exception with one line, which begins with the path, tells what is wrong: a file that is damaged, too short or
 * not an image, an image that is not scalar and 3D, a voxel size or position that is no finite number, axes that
 * are not at right angles, a NIfTI whose only transform is of no use. What can be read, but may not be what is meant,
 * is read and leaves a remark:
 * - the sform and the qform of a NIfTI differ by more than 0.01 voxel somewhere in the volume, or one holds NaN (which
 *   one was taken, how far they differ);
 * - neither is there, so that position and orientation are unknown;
 * - the axes are not quite at right angles, but by less than 0.1 degree (the nearest orthonormal directions are taken);
 * - a MetaImage or NRRD has no position, directions or voxel sizes (0, those of LPS and 1 mm are taken), or a MetaImage
 *   a list with more numbers than belong to it;
 * - voxel sizes in metres or micrometres (converted), negative, missing, or out of all proportion;
 * - bytes after the last voxel.
 *
 * Of a NIfTI's two transforms the same one is taken as by ITK's NiftiImageIO: the sform when its code is that of the
 * scanner or no qform is there, else the qform.
 *
 * Subclasses read more, such as folders, by overriding ReadPath(). Several threads may read with one object at once.
 *
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT VolumeReader : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(VolumeReader);

  using Self = VolumeReader;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(VolumeReader);

  using ImageType = Image<float, 3>;
  using MaskType = Image<unsigned char, 3>;
  using LabelImageType = Image<unsigned short, 3>;

  /** The volume as the file has it; voxels may be NaN or infinite. Throws an ExceptionObject when it cannot be read. */
  ImageType::Pointer
  Read(const std::string & path);

  /** A mask: 1 where the file's voxel is a finite number other than 0, and 0 elsewhere. Voxels that are no finite
   * number leave a remark. Throws as Read(), and when no voxel is inside. */
  MaskType::Pointer
  ReadMask(const std::string & path);

  /** A segmentation. Throws as Read(), and when a voxel is no whole number from 0 to 65535. */
  LabelImageType::Pointer
  ReadLabels(const std::string & path);

  /** Throws an ExceptionObject that names the file and the voxel when a voxel inside the mask (any voxel, without a
   * mask) is no finite number, or when all voxels have the same value.
   *
   * \param image The volume.
   * \param path Its file, for the message.
   * \param mask On the grid of the image; may be null. */
  static void
  VerifyVoxels(const ImageType * image, const std::string & path, const MaskType * mask);

  /** What was doubtful in the files read so far, in the order in which it was found: lines that begin with the path.
   * They accumulate until ClearRemarks(). */
  unsigned int
  GetNumberOfRemarks() const;
  std::string
  GetRemark(unsigned int index) const;
  void
  ClearRemarks();

  /** Those of them that are about what was read from a path, each once. */
  std::vector<std::string>
  GetRemarksOn(const std::string & path) const;

protected:
  VolumeReader();
  ~VolumeReader() override;

  /** Reads what is at a path that exists: here a file. Called by all of the above, from any thread. */
  virtual ImageType::Pointer
  ReadPath(const std::string & path);

  /** Keeps a line for GetRemark().
   *
   * \param path What Read() was called with.
   * \param line The remark, which begins with the path or with a file in it. */
  void
  AddRemark(const std::string & path, const std::string & line);

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  struct Remark
  {
    std::string Path;
    std::string Line;
  };

  mutable std::mutex  m_Mutex;
  std::vector<Remark> m_Remarks;
};

} // namespace itk

#endif
