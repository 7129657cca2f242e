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
#ifndef itkLandmarkList_h
#define itkLandmarkList_h

#include "itkIntTypes.h"
#include "itkObject.h"
#include "itkObjectFactory.h"
#include "itkPoint.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "SyntheticCTExport.h"

#include <string>
#include <vector>

namespace itk
{

/** \class LandmarkList
 * \brief Points that somebody marked in an image, with their labels, set one by one or read from a file.
 *
 * Points are in mm in ITK's physical coordinates (LPS), whatever the coordinate system of the file. Read() takes
 *
 * - `.json`, such as `.mrk.json`: markups of 3D Slicer. The control points of all markups in the file, one after the
 *   other; each says by `coordinateSystem` whether it is LPS (also when it says nothing) or RAS.
 * - `.fcsv`: fiducials of 3D Slicer 4. The line `# CoordinateSystem =` says LPS or RAS; without one it is RAS. The
 *   columns are those of the line `# columns =`, or else those of version 4.
 * - `.csv`, `.tsv` and `.txt`: a table separated by commas, semicolons or tabulators. Its first line may name the
 *   columns: `x`, `y` and `z` or `l`, `p` and `s` for LPS, `r`, `a` and `s` for RAS, and `label` or `name`. Without
 *   names there are three columns x, y, z in LPS, and a label before or after them. Lines that begin with `#` are
 *   comments.
 *
 * Coordinate systems may be the numbers of older versions of 3D Slicer: 0 is RAS and 1 is LPS. A point that its file
 * says not to be defined is left out, which is a remark.
 *
 * \sa LandmarkTransformCalculator
 * \ingroup SyntheticCT */
class SyntheticCT_EXPORT LandmarkList : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(LandmarkList);

  using Self = LandmarkList;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;
  using ConstPointer = SmartPointer<const Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(LandmarkList);

  using PointType = Point<double, 3>;

  /** Reads a file. Throws itk::ExceptionObject with one line that begins with the name of the file when its name ends
   * otherwise, it cannot be read, a coordinate is not a finite number, a coordinate system is neither LPS nor RAS, the
   * unit is not mm, or it has no point that is defined. */
  static Pointer
  Read(const std::string & fileName);

  /** Adds a point; its label may be empty. Throws itk::ExceptionObject when a coordinate is not finite. */
  void
  AddLandmark(const PointType & point, const std::string & label = "");

  /** Removes all points and remarks. */
  void
  Clear();

  SizeValueType
  GetNumberOfLandmarks() const
  {
    return m_Points.size();
  }

  /** In LPS, mm. An index that is too large throws. */
  const PointType &
  GetPoint(SizeValueType index) const;

  const std::string &
  GetLabel(SizeValueType index) const;

  /** What the file made doubtful: lines that begin with its name. An index that is too large throws. */
  SizeValueType
  GetNumberOfRemarks() const
  {
    return m_Remarks.size();
  }
  const std::string &
  GetRemark(SizeValueType index) const;

protected:
  LandmarkList() = default;
  ~LandmarkList() override = default;

  void
  PrintSelf(std::ostream & os, Indent indent) const override;

private:
  void
  ReadMarkups(const std::string & fileName);
  void
  ReadFiducials(const std::string & fileName);
  void
  ReadTable(const std::string & fileName);

  /** Keeps the remark that a point is left out. */
  void
  LeaveOut(const std::string & where, const std::string & label, const std::string & status);

  std::vector<PointType>   m_Points;
  std::vector<std::string> m_Labels;
  std::vector<std::string> m_Remarks;
};

} // namespace itk

#endif
