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

#include "SyntheticCTDetail/itkExceptionText.h"
#include "SyntheticCTDetail/itkSyntheticCTMacro.h"

#include "itkImage.h"
#include "itkObject.h"
#include "itkObjectFactory.h"
#include "itkPercentileRescaleImageFilter.h"

#include "itkImageFilterTestUtilities.h"

#include <stdexcept>
#include <string>

using itk::SyntheticCTDetail::ExceptionText;
using itk::SyntheticCTDetail::OneLine;

namespace itk
{
namespace
{
/** Says what is wrong with it in each of the ways that the module has. */
class Complaining : public Object
{
public:
  ITK_DISALLOW_COPY_AND_MOVE(Complaining);

  using Self = Complaining;
  using Superclass = Object;
  using Pointer = SmartPointer<Self>;

  itkNewMacro(Self);
  itkOverrideGetNameOfClassMacro(Complaining);

  void
  Throw(const std::string & what) const
  {
    itkSyntheticCTExceptionMacro(what << " is wrong");
  }

  void
  ThrowAsITK(const std::string & what) const
  {
    itkExceptionMacro(<< what << " is wrong");
  }

  void
  Warn(const std::string & what) const
  {
    itkSyntheticCTWarningMacro(what << " is doubtful");
  }

protected:
  Complaining() = default;
  ~Complaining() override = default;
};

void
ThrowOf(const Object * object)
{
  itkSyntheticCTObjectExceptionMacro(object, "Size is " << 0);
}

void
ThrowOfFile(const std::string & file)
{
  itkGenericExceptionMacro(<< file << ": cannot be read");
}

/** What a call throws. */
template <typename TCall>
ExceptionObject
Thrown(const TCall & call)
{
  try
  {
    call();
  }
  catch (const ExceptionObject & error)
  {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}
} // namespace
} // namespace itk

TEST(ExceptionText, ClassIsNamedWithoutAddress)
{
  const auto complaining = itk::Complaining::New();
  const auto error = itk::Thrown([&] { complaining->Throw("Width"); });
  EXPECT_STREQ(error.GetDescription(), "itk::ERROR: Complaining: Width is wrong");
  EXPECT_STREQ(error.GetLocation(), "Complaining::Throw");
  EXPECT_EQ(std::string(error.what()).find("0x"), std::string::npos) << error.what();
  EXPECT_EQ(ExceptionText(error), "Width is wrong");

  const auto ofOther = itk::Thrown([&] { itk::ThrowOf(complaining); });
  EXPECT_STREQ(ofOther.GetDescription(), "itk::ERROR: Complaining: Size is 0");
  EXPECT_EQ(ExceptionText(ofOther), "Size is 0");
}

TEST(ExceptionText, NameOfDerivedClassIsTakenOff)
{
  // The check is a function that several filters share.
  const auto filter = itk::PercentileRescaleImageFilter<itk::Image<float, 3>, itk::Image<float, 3>>::New();
  const auto image = itk::Image<float, 3>::New();
  itk::Image<float, 3>::SizeType size;
  size.Fill(4);
  image->SetRegions(size);
  image->Allocate(true);
  filter->SetInput(image);
  filter->SetLowerPercentile(120.0);
  const auto        error = itk::Thrown([&] { filter->Update(); });
  const std::string description = error.GetDescription();
  EXPECT_EQ(description.rfind("itk::ERROR: PercentileRescaleImageFilter: ", 0), 0u) << description;
  EXPECT_EQ("itk::ERROR: PercentileRescaleImageFilter: " + ExceptionText(error), description);
}

TEST(ExceptionText, WhatITKThrowsIsTakenOff)
{
  const auto complaining = itk::Complaining::New();
  EXPECT_EQ(ExceptionText(itk::Thrown([&] { complaining->ThrowAsITK("Width"); })), "Width is wrong");
}

TEST(ExceptionText, NameOfFileStays)
{
  for (const std::string file : { "mr", "Complaining", "HeadPhantomImageSource", "folder/mr.mha", "C: and D" })
  {
    EXPECT_EQ(ExceptionText(itk::Thrown([&] { itk::ThrowOfFile(file); })), file + ": cannot be read");
  }
  EXPECT_EQ(ExceptionText(std::runtime_error("mr: cannot be read")), "mr: cannot be read");
  // An object may say it too.
  const auto complaining = itk::Complaining::New();
  EXPECT_EQ(ExceptionText(itk::Thrown([&] { complaining->Throw("Complaining: it"); })), "Complaining: it is wrong");
}

TEST(ExceptionText, IsOneLine)
{
  EXPECT_EQ(ExceptionText(std::runtime_error("two\nlines,\ta  gap and \x01 \n")), "two lines, a gap and ?");
  EXPECT_EQ(ExceptionText(std::runtime_error("Plane is itk::AnatomicalPlaneEnums::Plane::Axial")), "Plane is Axial");
  EXPECT_EQ(OneLine("a\rb\x1b(B\x1b[0m"), "a b\x1b(B?[0m");
}

TEST(ExceptionText, WarningIsOneLineWithoutAddress)
{
  const itk::OutputWindow::Pointer before = itk::OutputWindow::GetInstance();
  const auto                       warnings = itk::TestUtilities::Warnings::New();
  itk::OutputWindow::SetInstance(warnings);
  const auto complaining = itk::Complaining::New();
  complaining->Warn("Width");
  const bool displayed = itk::Object::GetGlobalWarningDisplay();
  itk::Object::SetGlobalWarningDisplay(false);
  complaining->Warn("Height");
  itk::Object::SetGlobalWarningDisplay(displayed);
  itk::OutputWindow::SetInstance(before);
  EXPECT_EQ(warnings->Text, "WARNING: Complaining: Width is doubtful\n");
}
