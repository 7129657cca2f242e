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

#include "SyntheticCTDetail/itkPlainText.h"

#include "gtest/gtest.h"

#include <cmath>
#include <string>

using namespace itk::SyntheticCTDetail;

TEST(PlainText, LowerCaseLeavesOtherLettersAlone)
{
  EXPECT_EQ(LowerCase("NII.Gz_1 \xc3\x84"), "nii.gz_1 \xc3\x84");
  EXPECT_EQ(LowerCase(""), "");
}

TEST(PlainText, TrimmedKeepsWhatIsInside)
{
  EXPECT_EQ(Trimmed(std::string(" \t a  b \r\n\0", 11)), "a  b");
  EXPECT_EQ(Trimmed(" \n"), "");
}

TEST(PlainText, NumbersAreThoseOfC)
{
  double number = 0.0;
  for (const char * const text : { "-1.5e3", "-1500", "-1500.0" })
  {
    number = 0.0;
    EXPECT_TRUE(ParseNumber(text, number)) << text;
    EXPECT_EQ(number, -1500.0);
  }
  EXPECT_TRUE(ParseNumber("NaN", number));
  EXPECT_TRUE(std::isnan(number));
  EXPECT_TRUE(ParseNumber("-Infinity", number));
  EXPECT_TRUE(std::isinf(number) && number < 0.0);
  for (const char * const text : { "", " ", "1,5", "1 2", "1x", "x", "inf2", "--1" })
  {
    EXPECT_FALSE(ParseNumber(text, number)) << text;
  }
}
