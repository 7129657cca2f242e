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
// What ParallelizeArray() does with exceptions of its threads.

#include "SyntheticCTDetail/itkFilterThreading.h"

#include "itkImage.h"
#include "itkPlatformMultiThreader.h"
#include "itkPoolMultiThreader.h"

#include "gtest/gtest.h"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{
/** A filter that does nothing. */
class Filter : public itk::ProcessObject
{
public:
  using Self = Filter;
  using Pointer = itk::SmartPointer<Self>;
  itkNewMacro(Self);
};

/** Its own kind has to arrive. */
struct Problem : std::runtime_error
{
  using std::runtime_error::runtime_error;
};

/** A filter for each kind of threads and 1 or 4 of them. */
std::vector<Filter::Pointer>
Filters()
{
  std::vector<Filter::Pointer> filters;
  for (const itk::ThreadIdType numberOfWorkUnits : { 1, 4 })
  {
    for (itk::MultiThreaderBase::Pointer threader :
         { itk::MultiThreaderBase::Pointer(itk::PoolMultiThreader::New()),
           itk::MultiThreaderBase::Pointer(itk::PlatformMultiThreader::New()) })
    {
      threader->SetMaximumNumberOfThreads(numberOfWorkUnits);
      auto filter = Filter::New();
      filter->SetMultiThreader(threader);
      filter->SetNumberOfWorkUnits(numberOfWorkUnits);
      filters.push_back(filter);
    }
  }
  return filters;
}

constexpr itk::SizeValueType count = 1000;
} // namespace

TEST(FilterThreading, CallsEachOnce)
{
  for (const Filter::Pointer & filter : Filters())
  {
    std::vector<std::atomic<int>> calls(count);
    itk::SyntheticCTDetail::ParallelizeArray(filter, count, 1.0F, [&](itk::SizeValueType i) { ++calls[i]; });
    for (const std::atomic<int> & each : calls)
    {
      EXPECT_EQ(each, 1);
    }
    EXPECT_NEAR(filter->GetProgress(), 1.0F, 1e-3F);
    itk::SyntheticCTDetail::ParallelizeArray(filter, 0, 1.0F, [&](itk::SizeValueType) { FAIL(); });
  }
}

TEST(FilterThreading, ThrowsWhatOneThreadThrows)
{
  for (const Filter::Pointer & filter : Filters())
  {
    // By the first, one in the middle, the last, and by all.
    for (const itk::SizeValueType bad : { itk::SizeValueType{ 0 }, count / 2, count - 1, count })
    {
      std::string what;
      try
      {
        itk::SyntheticCTDetail::ParallelizeArray(filter, count, 1.0F, [&](itk::SizeValueType i) {
          if (i == bad || bad == count)
          {
            throw Problem("element " + std::to_string(i));
          }
        });
      }
      catch (const Problem & problem)
      {
        what = problem.what();
      }
      EXPECT_EQ(what.rfind(bad == count ? "element " : "element " + std::to_string(bad), 0), 0U)
        << "'" << what << "' of " << filter->GetMultiThreader()->GetNameOfClass() << " with "
        << filter->GetNumberOfWorkUnits();
    }
    // The threads are fit for more.
    std::atomic<itk::SizeValueType> calls{ 0 };
    itk::SyntheticCTDetail::ParallelizeArray(filter, count, 1.0F, [&](itk::SizeValueType) { ++calls; });
    EXPECT_EQ(calls, count);
  }
}

TEST(FilterThreading, NothingIsBegunAfterAnException)
{
  auto filter = Filter::New();
  filter->SetNumberOfWorkUnits(1);
  itk::SizeValueType calls = 0;
  EXPECT_THROW(itk::SyntheticCTDetail::ParallelizeArray(filter,
                                                        count,
                                                        1.0F,
                                                        [&](itk::SizeValueType i) {
                                                          ++calls;
                                                          if (i == 10)
                                                          {
                                                            throw Problem("enough");
                                                          }
                                                        }),
               Problem);
  EXPECT_EQ(calls, 11U);
}

TEST(FilterThreading, AbortsAreAborts)
{
  for (const Filter::Pointer & filter : Filters())
  {
    EXPECT_THROW(itk::SyntheticCTDetail::ParallelizeArray(
                   filter, count, 1.0F, [&](itk::SizeValueType) { filter->AbortGenerateDataOn(); }),
                 itk::ProcessAborted);
  }
}
