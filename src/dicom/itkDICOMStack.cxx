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
#include "itkDICOMStack.h"

#include "SyntheticCTDetail/itkAtomicOutput.h"
#include "SyntheticCTDetail/itkExceptionText.h"

#include "itkMath.h"
#include "vnl/vnl_cross.h"
#include "vnl/vnl_vector.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

namespace itk
{
namespace SyntheticCTDetail
{
namespace
{

/** Cosines of slices that share an orientation differ by no more. */
constexpr double orientationTolerance = 1e-3;
/** Pixel spacings that are the same differ by no more than this share: they are text. */
constexpr double spacingTolerance = 1e-4;
/** Voxels by which a stack may deviate from its normal. */
constexpr double tiltTolerance = 0.01;
/** Distances of slices are even within this share, or within so many mm. */
constexpr double distanceTolerance = 0.01;
constexpr double distanceToleranceInMM = 0.01;
/** Echo times within this share are the same echo. */
constexpr double echoTolerance = 0.01;

enum class ValueType
{
  Text,
  Decimal,
  Double,
  Long
};

/** An attribute by which volumes of one series differ. */
struct Attribute
{
  DICOMTag     Tag;
  ValueType    Type;
  const char * Name;
  const char * Unit;
  /** Slices of one volume never differ in it, even where each position has but one slice. */
  bool AlwaysSeparates;
};

/** The more it tells of an image, the earlier it is tried. */
constexpr Attribute attributes[] = {
  { 0x00180081, ValueType::Decimal, "echo time", "ms", true },
  { 0x00189082, ValueType::Double, "effective echo time", "ms", true },
  { 0x00180086, ValueType::Decimal, "echo number", "", true },
  { 0x00189087, ValueType::Double, "b-value", "s/mm2", true },
  { 0x0019100c, ValueType::Text, "b-value (Siemens)", "s/mm2", true },
  { 0x00431039, ValueType::Text, "b-value (GE)", "", true },
  { 0x00209056, ValueType::Text, "stack", "", true },
  { 0x00180010, ValueType::Text, "contrast agent", "", true },
  { 0x00200100, ValueType::Decimal, "temporal position", "", false },
  { 0x00209128, ValueType::Long, "temporal position index", "", false },
  { 0x00080008, ValueType::Text, "image type", "", false },
  { 0x00089007, ValueType::Text, "frame type", "", false },
  { 0x00180082, ValueType::Decimal, "inversion time", "ms", false },
  { 0x00180080, ValueType::Decimal, "repetition time", "ms", false },
  { 0x00181314, ValueType::Decimal, "flip angle", "degrees", false },
  { 0x00181210, ValueType::Text, "convolution kernel", "", false },
  { 0x00180060, ValueType::Decimal, "tube voltage", "kV", false },
  { 0x00180050, ValueType::Decimal, "slice thickness", "mm", false },
  { 0x00180024, ValueType::Text, "sequence name", "", false },
  { 0x00189089, ValueType::Double, "diffusion direction", "", false },
  { 0x00181060, ValueType::Decimal, "trigger time", "ms", false },
  { 0x00200012, ValueType::Decimal, "acquisition number", "", false },
  { 0x0008002a, ValueType::Text, "acquisition date and time", "", false },
  { 0x00080032, ValueType::Text, "acquisition time", "", false },
};
constexpr size_t numberOfAttributes = sizeof(attributes) / sizeof(attributes[0]);

std::string
NumberText(double value)
{
  std::ostringstream text;
  text.precision(6);
  text << value;
  return text.str();
}

template <typename TNumbers>
std::string
NumbersText(const TNumbers & numbers)
{
  std::string text;
  for (const double number : numbers)
  {
    text += (text.empty() ? "" : "\\") + NumberText(number);
  }
  return text;
}

/** \class Scopes
 * \brief Where an attribute of a frame is looked for: in its own functional groups, in those that all frames share, and
 * in the header. */
class Scopes
{
public:
  Scopes(const DICOMDataSet & header, unsigned int frame)
  {
    const auto & perFrame = header.GetItems(0x52009230);
    const auto & shared = header.GetItems(0x52009229);
    if (frame < perFrame.size())
    {
      this->AddGroups(perFrame[frame]);
    }
    if (!shared.empty())
    {
      this->AddGroups(shared.front());
    }
    m_Scopes.push_back(&header);
  }

  /** The first data set with a value; else the header. */
  const DICOMDataSet &
  Find(DICOMTag tag) const
  {
    const auto found =
      std::find_if(m_Scopes.begin(), m_Scopes.end(), [tag](const DICOMDataSet * scope) { return scope->Has(tag); });
    return found == m_Scopes.end() ? *m_Scopes.back() : **found;
  }

private:
  void
  AddGroups(const DICOMDataSet & item)
  {
    for (const DICOMDataSet::Element & element : item.GetElements())
    {
      if (!element.Items.empty())
      {
        m_Scopes.push_back(&element.Items.front());
      }
    }
  }

  std::vector<const DICOMDataSet *> m_Scopes;
};

std::string
AttributeText(const Scopes & scopes, const Attribute & attribute)
{
  const DICOMDataSet & scope = scopes.Find(attribute.Tag);
  switch (attribute.Type)
  {
    case ValueType::Decimal:
      return NumbersText(scope.GetDecimals(attribute.Tag));
    case ValueType::Double:
      return NumbersText(scope.GetDoubles(attribute.Tag));
    case ValueType::Long:
      return NumbersText(scope.GetLongs(attribute.Tag));
    default:
      return scope.GetText(attribute.Tag);
  }
}

bool
HasValue(const DICOMDataSet & scope, DICOMTag tag, const std::string & value)
{
  const std::string text = '\\' + scope.GetText(tag) + '\\';
  return text.find('\\' + value + '\\') != std::string::npos;
}

/** The last digit of the number that was written to most; 0 when all are whole. */
double
LastDigit(const std::string & decimals)
{
  double unit = 0.0;
  size_t begin = 0;
  while (begin <= decimals.size())
  {
    const size_t      end = std::min(decimals.find('\\', begin), decimals.size());
    const std::string number = decimals.substr(begin, end - begin);
    const size_t      point = number.find('.');
    if (point != std::string::npos)
    {
      const size_t last = number.find_last_of("0123456789", number.find_first_of("eE"));
      const double power = number.find_first_of("eE") == std::string::npos
                             ? 0.0
                             : std::strtod(number.c_str() + number.find_first_of("eE") + 1, nullptr);
      const double digit = std::pow(10.0, power - static_cast<double>(last - point));
      unit = unit == 0.0 ? digit : std::min(unit, digit);
    }
    begin = end + 1;
  }
  return unit;
}

/** A slice's geometry and scale; throws when something is missing. */
DICOMSlice
ReadSlice(const DICOMImageFile & file, unsigned int frame, DICOMRemarks & remarks)
{
  DICOMSlice slice;
  slice.File = &file;
  slice.Frame = frame;
  const Scopes scopes(file.File->GetDataSet(), frame);
  const auto   decimals = [&scopes](DICOMTag tag) { return scopes.Find(tag).GetDecimals(tag); };

  const DICOMDataSet & imageType = scopes.Find(0x00080008);
  const DICOMDataSet & frameType = scopes.Find(0x00089007);
  if (HasValue(imageType, 0x00080008, "MOSAIC") || HasValue(frameType, 0x00089007, "MOSAIC"))
  {
    Fail(slice.GetName() +
         ": is a mosaic, many slices side by side in one image; convert the series to single slices or "
         "to an enhanced object first");
  }
  slice.IsLocalizer = HasValue(imageType, 0x00080008, "LOCALIZER") || HasValue(frameType, 0x00089007, "LOCALIZER");

  const auto position = decimals(0x00200032);
  if (position.size() != 3)
  {
    Fail(slice.GetName() +
         ": has no Image Position (Patient), without which slices cannot be put in their places; it is "
         "lost in some conversions and anonymizations: take the original series");
  }
  std::copy(position.begin(), position.end(), slice.Position.begin());

  const auto orientation = decimals(0x00200037);
  if (orientation.size() != 6)
  {
    Fail(slice.GetName() + ": has no Image Orientation (Patient), without which the position of its voxels is unknown");
  }
  const double rowNorm = std::hypot(std::hypot(orientation[0], orientation[1]), orientation[2]);
  const double columnNorm = std::hypot(std::hypot(orientation[3], orientation[4]), orientation[5]);
  const double cosine =
    (orientation[0] * orientation[3] + orientation[1] * orientation[4] + orientation[2] * orientation[5]) /
    (rowNorm * columnNorm);
  // Written so that NaN, from directions of length 0, is wrong.
  if (!(std::abs(cosine) <= orientationTolerance))
  {
    Fail(slice.GetName() + ": its Image Orientation (Patient), " + NumbersText(orientation) +
         ", should be two directions at right angles");
  }
  const bool isScaled =
    std::abs(rowNorm - 1.0) > orientationTolerance || std::abs(columnNorm - 1.0) > orientationTolerance;
  for (unsigned int i = 0; i < 6; ++i)
  {
    slice.Orientation[i] = isScaled ? orientation[i] / (i < 3 ? rowNorm : columnNorm) : orientation[i];
  }
  if (isScaled)
  {
    remarks.Add(slice.GetName(), "the directions of Image Orientation (Patient) were brought to length 1");
  }
  slice.OrientationUnit = LastDigit(scopes.Find(0x00200037).GetText(0x00200037));

  const auto spacing = decimals(0x00280030);
  if (spacing.size() != 2 || !(spacing[0] > 0.0) || !(spacing[1] > 0.0))
  {
    const std::string detector = file.File->GetDataSet().GetText(0x00181164);
    Fail(slice.GetName() +
         (spacing.empty() ? ": has no Pixel Spacing" : ": its Pixel Spacing is " + NumbersText(spacing)) +
         (detector.empty() ? "" : " (the Imager Pixel Spacing, " + detector + ", is that of the detector)") +
         ", should be two numbers of mm above 0");
  }
  slice.Spacing = { { spacing[1], spacing[0] } };

  const auto slope = decimals(0x00281053);
  const auto intercept = decimals(0x00281052);
  slice.Slope = slope.empty() ? 1.0 : slope.front();
  slice.Intercept = intercept.empty() ? 0.0 : intercept.front();
  if (slice.Slope == 0.0)
  {
    slice.Slope = 1.0;
    remarks.Add(slice.GetName(), "the Rescale Slope is 0; it was taken as 1");
  }
  for (const Attribute & attribute : attributes)
  {
    slice.Attributes.push_back(AttributeText(scopes, attribute));
  }
  return slice;
}

/** Gives echo times that differ by no more than rounding one text. */
void
UniteEchoes(std::vector<DICOMSlice> & slices)
{
  for (size_t a = 0; a < 2; ++a)
  {
    std::map<double, std::string> times;
    for (const DICOMSlice & slice : slices)
    {
      if (!slice.Attributes[a].empty())
      {
        times.emplace(std::strtod(slice.Attributes[a].c_str(), nullptr), slice.Attributes[a]);
      }
    }
    double first = 0.0;
    for (auto & time : times)
    {
      if (time.first - first <= echoTolerance * first)
      {
        time.second = times[first];
      }
      else
      {
        first = time.first;
      }
    }
    for (DICOMSlice & slice : slices)
    {
      if (!slice.Attributes[a].empty())
      {
        slice.Attributes[a] = times[std::strtod(slice.Attributes[a].c_str(), nullptr)];
      }
    }
  }
}

std::array<double, 3>
NormalOf(const DICOMSlice & slice)
{
  const auto & o = slice.Orientation;
  return { { o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3] } };
}

/** In the order of positions along the normal of the first slice, and of files where those are the same. */
void
Sort(std::vector<DICOMSlice> & slices)
{
  const auto normal = NormalOf(slices.front());
  for (DICOMSlice & slice : slices)
  {
    slice.Location = normal[0] * slice.Position[0] + normal[1] * slice.Position[1] + normal[2] * slice.Position[2];
  }
  std::stable_sort(slices.begin(), slices.end(), [](const DICOMSlice & left, const DICOMSlice & right) {
    return left.Location < right.Location;
  });
}

/** Whether two slices lie at one position: what text rounds away does not matter. */
bool
AreAtOnePosition(const DICOMSlice & left, const DICOMSlice & right)
{
  const double tolerance = 1e-3 * std::min(left.Spacing[0], left.Spacing[1]);
  return std::hypot(std::hypot(left.Position[0] - right.Position[0], left.Position[1] - right.Position[1]),
                    left.Position[2] - right.Position[2]) <= tolerance;
}

/** The first of sorted slices that shares its position with the one after it; their number when none does. */
size_t
FindSharedPosition(const std::vector<DICOMSlice> & slices)
{
  for (size_t i = 0; i + 1 < slices.size(); ++i)
  {
    if (AreAtOnePosition(slices[i], slices[i + 1]))
    {
      return i;
    }
  }
  return slices.size();
}

bool
HaveSharedPosition(std::vector<DICOMSlice> slices)
{
  Sort(slices);
  return FindSharedPosition(slices) < slices.size();
}

bool
ShareGrid(const DICOMSlice & left, const DICOMSlice & right)
{
  for (unsigned int i = 0; i < 6; ++i)
  {
    if (std::abs(left.Orientation[i] - right.Orientation[i]) > orientationTolerance)
    {
      return false;
    }
  }
  for (unsigned int i = 0; i < 2; ++i)
  {
    if (std::abs(left.Spacing[i] - right.Spacing[i]) > spacingTolerance * left.Spacing[i])
    {
      return false;
    }
  }
  return left.File->Pixels.GetColumns() == right.File->Pixels.GetColumns() &&
         left.File->Pixels.GetRows() == right.File->Pixels.GetRows();
}

/** The plane and the matrix, for those who have to choose. */
std::string
GridText(const DICOMSlice & slice)
{
  const auto normal = NormalOf(slice);
  const auto largest = std::max_element(
    normal.begin(), normal.end(), [](double left, double right) { return std::abs(left) < std::abs(right); });
  const char *       planes[] = { "sagittal", "coronal", "axial" };
  std::ostringstream text;
  text << planes[largest - normal.begin()] << ", " << slice.File->Pixels.GetColumns() << " x "
       << slice.File->Pixels.GetRows() << " of " << NumberText(slice.Spacing[0]) << " x "
       << NumberText(slice.Spacing[1]) << " mm";
  return text.str();
}

/** Slices of different text become different stacks, in the order of their first slices. */
std::vector<DICOMStack>
DivideBy(const DICOMStack & stack, const std::vector<size_t> & by)
{
  std::vector<DICOMStack>       divided;
  std::map<std::string, size_t> indices;
  for (const DICOMSlice & slice : stack.Slices)
  {
    std::string key;
    std::string label = stack.Label;
    for (const size_t a : by)
    {
      const std::string & value = slice.Attributes[a];
      key += value + '\n';
      label += (label.empty() ? "" : ", ") + std::string(attributes[a].Name) + ' ' +
               (value.empty() ? "none" : value + (attributes[a].Unit[0] ? ' ' + std::string(attributes[a].Unit) : ""));
    }
    const auto found = indices.emplace(key, divided.size());
    if (found.second)
    {
      divided.push_back({ label, {} });
    }
    divided[found.first->second].Slices.push_back(slice);
  }
  return divided;
}

/** Attributes with several values, those that are missing apart. */
bool
HasSeveralValues(const DICOMStack & stack, size_t attribute)
{
  std::set<std::string> values;
  for (const DICOMSlice & slice : stack.Slices)
  {
    values.insert(slice.Attributes[attribute]);
  }
  values.erase("");
  return values.size() > 1;
}

/** Removes slices that are in the stack twice with the same voxels. */
void
RemoveCopies(DICOMStack & stack, bool ofAnyAttributes, const DICOMSliceComparison & areEqual, DICOMRemarks & remarks)
{
  Sort(stack.Slices);
  std::vector<DICOMSlice> kept;
  for (DICOMSlice & slice : stack.Slices)
  {
    const auto isCopy = [&](const DICOMSlice & other) {
      if (!AreAtOnePosition(slice, other))
      {
        return false;
      }
      for (size_t a = 0; a < numberOfAttributes && !ofAnyAttributes; ++a)
      {
        if (slice.Attributes[a] != other.Attributes[a])
        {
          return false;
        }
      }
      return areEqual(slice, other);
    };
    // Slices at one position follow each other.
    auto other = kept.rbegin();
    while (other != kept.rend() && AreAtOnePosition(slice, *other) && !isCopy(*other))
    {
      ++other;
    }
    if (other != kept.rend() && AreAtOnePosition(slice, *other))
    {
      remarks.Add(slice.GetName(), "the same slice as " + other->GetName() + "; it counts once");
    }
    else
    {
      kept.push_back(std::move(slice));
    }
  }
  stack.Slices = std::move(kept);
}

/** Divides slices until no position has two. */
std::vector<DICOMStack>
DivideSharedPositions(DICOMStack && stack, const DICOMSliceComparison & areEqual, DICOMRemarks & remarks)
{
  RemoveCopies(stack, false, areEqual, remarks);
  if (FindSharedPosition(stack.Slices) == stack.Slices.size())
  {
    return { std::move(stack) };
  }
  // Attributes that differ at one position: one of them may explain all, else several together.
  std::vector<size_t> differing;
  for (size_t a = 0; a < numberOfAttributes; ++a)
  {
    for (size_t i = 0; i + 1 < stack.Slices.size(); ++i)
    {
      if (AreAtOnePosition(stack.Slices[i], stack.Slices[i + 1]) &&
          stack.Slices[i].Attributes[a] != stack.Slices[i + 1].Attributes[a])
      {
        differing.push_back(a);
        break;
      }
    }
  }
  const auto explains = [&stack](const std::vector<size_t> & by) {
    const auto divided = DivideBy(stack, by);
    return std::none_of(
      divided.begin(), divided.end(), [](const DICOMStack & part) { return HaveSharedPosition(part.Slices); });
  };
  for (const size_t a : differing)
  {
    if (explains({ a }))
    {
      return DivideBy(stack, { a });
    }
  }
  for (size_t count = 2; count <= differing.size(); ++count)
  {
    const std::vector<size_t> by(differing.begin(), differing.begin() + static_cast<std::ptrdiff_t>(count));
    if (explains(by))
    {
      return DivideBy(stack, by);
    }
  }
  RemoveCopies(stack, true, areEqual, remarks);
  const size_t shared = FindSharedPosition(stack.Slices);
  if (shared < stack.Slices.size())
  {
    Fail(stack.Slices[shared].GetName() + ": lies at the same position as " + stack.Slices[shared + 1].GetName() +
         ", with other voxels, and nothing in their headers tells which volume they belong to");
  }
  return { std::move(stack) };
}

/** Throws when the slices do not lie along their normal. */
void
VerifyTilt(const std::vector<DICOMSlice> & slices,
           const vnl_vector<double> &      row,
           const vnl_vector<double> &      column,
           const std::string &             name,
           DICOMRemarks &                  remarks)
{
  const DICOMSlice & first = slices.front();
  const DICOMSlice & last = slices.back();
  const auto         shift = [&](const DICOMSlice & slice) {
    vnl_vector<double> difference(3);
    for (unsigned int i = 0; i < 3; ++i)
    {
      difference[i] = slice.Position[i] - first.Position[i];
    }
    return std::array<double, 2>{ { dot_product(difference, row), dot_product(difference, column) } };
  };
  double             largest = 0.0;
  const DICOMSlice * farthest = &last;
  for (const DICOMSlice & slice : slices)
  {
    const auto   lateral = shift(slice);
    const double distance = std::hypot(lateral[0], lateral[1]);
    if (distance > largest)
    {
      largest = distance;
      farthest = &slice;
    }
  }
  const double length = last.Location - first.Location;
  const double allowed = tiltTolerance * std::min(first.Spacing[0], first.Spacing[1]);
  if (largest <= allowed)
  {
    return;
  }
  // Cosines of a few digits point a little aside of where the slices really go.
  if (largest <= std::min(first.OrientationUnit, orientationTolerance) * length)
  {
    remarks.Add(name,
                "the slices deviate by " + NumberText(largest) +
                  " mm from their normal, which the few digits of Image Orientation (Patient) explain");
    return;
  }
  const auto   end = shift(last);
  const double total = std::hypot(end[0], end[1]);
  const bool   isShear = std::all_of(slices.begin(), slices.end(), [&](const DICOMSlice & slice) {
    const auto   lateral = shift(slice);
    const double share = (slice.Location - first.Location) / length;
    return std::hypot(lateral[0] - share * end[0], lateral[1] - share * end[1]) <= std::max(allowed, 0.01 * total);
  });
  if (isShear)
  {
    Fail(name + ": the slices are shifted against each other, by " + NumberText(total) +
         " mm from the first to the last (" + NumberText(std::atan2(total, length) * 180.0 / Math::pi) +
         " degrees): a tilted gantry, should be resampled to straight slices first");
  }
  Fail(farthest->GetName() + ": lies " + NumberText(largest) +
       " mm beside the line through the first slice along its normal; the slices should lie on it");
}

/** Throws when the slices are not evenly spaced. */
void
VerifyDistances(const std::vector<DICOMSlice> & slices, const std::string & name)
{
  std::vector<double> distances;
  for (size_t i = 0; i + 1 < slices.size(); ++i)
  {
    distances.push_back(slices[i + 1].Location - slices[i].Location);
  }
  auto sorted = distances;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
  const double usual = sorted[sorted.size() / 2];
  const double tolerance = std::max(distanceTolerance * usual, distanceToleranceInMM);
  size_t       wrong = 0;
  size_t       firstWrong = 0;
  for (size_t i = distances.size(); i-- > 0;)
  {
    if (std::abs(distances[i] - usual) > tolerance)
    {
      ++wrong;
      firstWrong = i;
    }
  }
  if (wrong == 0)
  {
    return;
  }
  const double       distance = distances[firstWrong];
  const double       steps = std::round(distance / usual);
  const bool         areMissing = steps >= 2.0 && std::abs(distance - steps * usual) <= steps * tolerance;
  std::ostringstream text;
  text << name << ": slices are " << (areMissing ? "missing" : "unevenly spaced") << ": " << NumberText(distance)
       << " mm from " << slices[firstWrong].GetName() << " to " << slices[firstWrong + 1].GetName() << ", elsewhere "
       << NumberText(usual) << " mm";
  if (areMissing)
  {
    text << " (" << steps - 1.0 << " missing there)";
  }
  if (wrong > 1)
  {
    text << ", and the like at " << wrong - 1 << " other places";
  }
  Fail(text.str());
}

} // namespace

void
DICOMRemarks::Add(const std::string & fileName, const std::string & text)
{
  const auto found =
    std::find_if(m_Remarks.begin(), m_Remarks.end(), [&text](const Remark & remark) { return remark.Text == text; });
  if (found == m_Remarks.end())
  {
    m_Remarks.push_back({ fileName, text, 0 });
  }
  else
  {
    ++found->NumberOfOthers;
  }
}

std::vector<std::string>
DICOMRemarks::GetLines() const
{
  std::vector<std::string> lines;
  for (const Remark & remark : m_Remarks)
  {
    lines.push_back(OneLine(
      remark.FileName + (remark.NumberOfOthers > 0 ? " and " + std::to_string(remark.NumberOfOthers) + " others" : "") +
      ": " + remark.Text));
  }
  return lines;
}

std::string
DICOMSlice::GetName() const
{
  return File->File->GetFileName() +
         (File->Pixels.GetNumberOfFrames() > 1 ? " (frame " + std::to_string(Frame + 1) + ")" : "");
}

std::vector<DICOMSlice>
CollectSlices(const std::vector<std::unique_ptr<DICOMImageFile>> & files, DICOMRemarks & remarks)
{
  std::vector<DICOMSlice> slices;
  for (const auto & file : files)
  {
    const DICOMDataSet & header = file->File->GetDataSet();
    const DICOMDataSet & firstHeader = files.front()->File->GetDataSet();
    const auto           verifySame = [&](const char * what, DICOMTag tag) {
      if (header.Has(tag) && firstHeader.Has(tag) && header.GetText(tag) != firstHeader.GetText(tag))
      {
        Fail(file->File->GetFileName() + ": is of another " + what + " ('" + header.GetText(tag) + "') than " +
             files.front()->File->GetFileName() + " ('" + firstHeader.GetText(tag) + "') of the same series");
      }
    };
    // Names are written in more than one way.
    const bool haveIDs = header.Has(0x00100020) && firstHeader.Has(0x00100020);
    verifySame("patient", haveIDs ? 0x00100020 : 0x00100010);
    verifySame("study", 0x0020000d);
    verifySame("modality", 0x00080060);

    const DICOMPixels & pixels = file->Pixels;
    if (!pixels.GetRemark().empty())
    {
      remarks.Add(file->File->GetFileName(), pixels.GetRemark());
    }
    if (pixels.GetPhotometricInterpretation() == "MONOCHROME1")
    {
      remarks.Add(file->File->GetFileName(),
                  "MONOCHROME1, which says how to show the values: they were kept as they are stored");
    }
    if (!header.GetItems(0x00283000).empty())
    {
      remarks.Add(file->File->GetFileName(), "has a Modality LUT, which was not applied");
    }
    const size_t perFrame = header.GetItems(0x52009230).size();
    if (pixels.GetNumberOfFrames() > 1 && perFrame != pixels.GetNumberOfFrames())
    {
      Fail(file->File->GetFileName() + ": has " + std::to_string(pixels.GetNumberOfFrames()) +
           " frames, but the position of " + std::to_string(perFrame) + " (per-frame functional groups)");
    }
    for (unsigned int frame = 0; frame < pixels.GetNumberOfFrames(); ++frame)
    {
      slices.push_back(ReadSlice(*file, frame, remarks));
    }
  }
  UniteEchoes(slices);
  return slices;
}

std::vector<DICOMStack>
DivideIntoStacks(std::vector<DICOMSlice> &&   slices,
                 const std::string &          name,
                 const DICOMSliceComparison & areEqual,
                 DICOMRemarks &               remarks)
{
  const auto isLocalizer = [](const DICOMSlice & slice) { return slice.IsLocalizer; };
  if (!std::all_of(slices.begin(), slices.end(), isLocalizer))
  {
    for (const DICOMSlice & slice : slices)
    {
      if (slice.IsLocalizer)
      {
        remarks.Add(slice.GetName(), "a localizer, which was left out of the volume");
      }
    }
    slices.erase(std::remove_if(slices.begin(), slices.end(), isLocalizer), slices.end());
  }

  std::vector<DICOMStack> grids;
  for (DICOMSlice & slice : slices)
  {
    const auto found = std::find_if(
      grids.begin(), grids.end(), [&slice](const DICOMStack & grid) { return ShareGrid(grid.Slices.front(), slice); });
    if (found == grids.end())
    {
      grids.push_back({ "", { std::move(slice) } });
    }
    else
    {
      found->Slices.push_back(std::move(slice));
    }
  }

  std::vector<DICOMStack> stacks;
  for (DICOMStack & grid : grids)
  {
    grid.Label = grids.size() > 1 ? GridText(grid.Slices.front()) : "";
    std::vector<size_t> separating;
    for (size_t a = 0; a < numberOfAttributes; ++a)
    {
      if (attributes[a].AlwaysSeparates && HasSeveralValues(grid, a))
      {
        separating.push_back(a);
      }
    }
    for (DICOMStack & part : DivideBy(grid, separating))
    {
      for (DICOMStack & stack : DivideSharedPositions(std::move(part), areEqual, remarks))
      {
        stacks.push_back(std::move(stack));
      }
    }
  }
  if (stacks.empty())
  {
    Fail(name + ": has no slices");
  }
  return stacks;
}

DICOMGrid
ArrangeStack(DICOMStack & stack, const std::string & name, DICOMRemarks & remarks)
{
  auto & slices = stack.Slices;
  if (slices.size() < 2)
  {
    Fail(name + ": a DICOM series of " + std::to_string(slices.size()) + " slice, should be a volume");
  }
  for (const DICOMSlice & slice : slices)
  {
    constexpr DICOMTag  frameOfReference = 0x00200052;
    const std::string & first = slices.front().File->File->GetDataSet().GetText(frameOfReference);
    const std::string & other = slice.File->File->GetDataSet().GetText(frameOfReference);
    if (!first.empty() && !other.empty() && first != other)
    {
      Fail(slice.GetName() + ": is of another frame of reference than " + slices.front().GetName() +
           " of the same series, so that their positions cannot be compared");
    }
  }
  Sort(slices);
  const DICOMSlice & first = slices.front();
  const DICOMSlice & last = slices.back();

  // As itk::GDCMImageIO and itk::ImageSeriesReader compute it, so that the numbers are the same bits.
  vnl_vector<double> row(first.Orientation.data(), 3);
  vnl_vector<double> column(first.Orientation.data() + 3, 3);
  vnl_vector<double> normal = vnl_cross_3d(row, column);
  normal.normalize();
  row = vnl_cross_3d(column, normal).normalize();
  column = vnl_cross_3d(normal, row);
  VerifyDistances(slices, name);
  VerifyTilt(slices, row, column, name, remarks);

  DICOMGrid         grid;
  Vector<double, 3> path;
  for (unsigned int i = 0; i < 3; ++i)
  {
    grid.Origin[i] = first.Position[i];
    path[i] = last.Position[i] - first.Position[i];
  }
  const double length = path.GetNorm();
  grid.Spacing[0] = first.Spacing[0];
  grid.Spacing[1] = first.Spacing[1];
  grid.Spacing[2] = length / static_cast<double>(slices.size() - 1);
  for (unsigned int i = 0; i < 3; ++i)
  {
    grid.Direction[i][0] = row[i];
    grid.Direction[i][1] = column[i];
    grid.Direction[i][2] = normal[i];
  }
  grid.Size[0] = first.File->Pixels.GetColumns();
  grid.Size[1] = first.File->Pixels.GetRows();
  grid.Size[2] = slices.size();
  return grid;
}

} // namespace SyntheticCTDetail
} // namespace itk
