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
#include "sctCommandLine.h"

#include "itkCommand.h"
#include "itkGDCMImageIO.h"
#include "itkGDCMSeriesFileNames.h"
#include "itkImageFileReader.h"
#include "itkImageRegionConstIterator.h"
#include "itkImageRegionIterator.h"
#include "itkImageSeriesReader.h"
#include "itkImageToImageFilterCommon.h"
#include "itkMultiThreaderBase.h"
#include "SyntheticCTDetail/itkSameGridVerification.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>

#include <itk_zlib.h>
#include <unistd.h>

namespace sct
{
namespace
{
namespace fs = std::filesystem;

[[noreturn]] void
Fail(const std::string & message)
{
  throw std::runtime_error(message);
}

/** Throws when a gzip file ends before its stream does: the NIfTI reader takes such a file and fills up the rest. */
void
CheckGzip(const std::string & path)
{
  const gzFile file = gzopen(path.c_str(), "rb");
  if (!file)
  {
    Fail(path + ": cannot be opened for reading");
  }
  std::vector<char> buffer(1 << 20);
  int               count = 0;
  do
  {
    count = gzread(file, buffer.data(), static_cast<unsigned int>(buffer.size()));
  } while (count > 0);
  // gzclose reports a stream that stops in the middle.
  if (gzclose(file) != Z_OK || count < 0)
  {
    Fail(path + ": cannot be read: the file is truncated or damaged");
  }
}

bool
EndsWith(const std::string & text, const std::string & end)
{
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/** Held by the thread that reads, where a format's library is not made for several. */
std::mutex readersMutex;

VolumeType::Pointer
ReadFile(const std::string & path)
{
  if (fs::file_size(path) == 0)
  {
    Fail(path + ": the file is empty");
  }
  if (EndsWith(path, ".gz"))
  {
    CheckGzip(path);
  }
  std::unique_lock<std::mutex> lock(readersMutex);
  itk::ImageIOBase::Pointer    io =
    itk::ImageIOFactory::CreateImageIO(path.c_str(), itk::ImageIOFactory::IOFileModeEnum::ReadMode);
  if (!io)
  {
    Fail(path + ": not an image of a format that can be read");
  }
  // The readers of these two formats share nothing between threads.
  const std::string format = io->GetNameOfClass();
  if (format == "NiftiImageIO" || format == "MetaImageIO")
  {
    lock.unlock();
  }
  io->SetFileName(path);
  io->ReadImageInformation();
  if (io->GetNumberOfComponents() != 1)
  {
    Fail(path + ": has " + std::to_string(io->GetNumberOfComponents()) + " components per voxel, should have 1");
  }
  unsigned int dimension = io->GetNumberOfDimensions();
  while (dimension > 1 && io->GetDimensions(dimension - 1) == 1)
  {
    --dimension;
  }
  if (dimension != 3)
  {
    Fail(path + ": is a " + std::to_string(dimension) + "D image, should be 3D");
  }
  if (EndsWith(path, ".nii") && fs::file_size(path) < static_cast<std::uintmax_t>(io->GetImageSizeInBytes()))
  {
    Fail(path + ": cannot be read: the file is truncated");
  }
  auto reader = itk::ImageFileReader<VolumeType>::New();
  reader->SetImageIO(io);
  reader->SetFileName(path);
  reader->Update();
  return reader->GetOutput();
}

VolumeType::Pointer
ReadFolder(const std::string & path)
{
  const std::lock_guard<std::mutex> lock(readersMutex);
  auto                              names = itk::GDCMSeriesFileNames::New();
  names->SetUseSeriesDetails(true);
  names->SetGlobalWarningDisplay(false);
  names->SetDirectory(path);
  const auto & series = names->GetSeriesUIDs();
  if (series.empty())
  {
    Fail(path + ": no DICOM series in this folder");
  }
  if (series.size() > 1)
  {
    Fail(path + ": " + std::to_string(series.size()) + " DICOM series in this folder, should be one");
  }
  const auto & files = names->GetFileNames(series.front());
  if (files.size() < 2)
  {
    Fail(path + ": a DICOM series of " + std::to_string(files.size()) + " slice, should be a volume");
  }
  auto reader = itk::ImageSeriesReader<VolumeType>::New();
  reader->SetImageIO(itk::GDCMImageIO::New());
  reader->SetFileNames(files);
  reader->Update();
  return reader->GetOutput();
}

/** Stands before the buffer of std::cerr: what a thread writes while it captures is kept for it, everything else
 * passes.
 */
class CapturingBuffer : public std::streambuf
{
public:
  /** The one of std::cerr. */
  static CapturingBuffer &
  Get()
  {
    static CapturingBuffer buffer;
    return buffer;
  }
  CapturingBuffer(const CapturingBuffer &) = delete;
  CapturingBuffer &
  operator=(const CapturingBuffer &) = delete;
  ~CapturingBuffer() override
  {
    std::cerr.rdbuf(m_Former);
  }

  /** Where the calling thread's text goes; null lets it pass. */
  void
  SetText(std::string * text)
  {
    s_Text = text;
  }

protected:
  int_type
  overflow(int_type letter) override
  {
    if (traits_type::eq_int_type(letter, traits_type::eof()))
    {
      return traits_type::not_eof(letter);
    }
    if (s_Text)
    {
      s_Text->push_back(traits_type::to_char_type(letter));
      return letter;
    }
    return m_Former->sputc(traits_type::to_char_type(letter));
  }

  std::streamsize
  xsputn(const char * letters, std::streamsize count) override
  {
    if (s_Text)
    {
      s_Text->append(letters, static_cast<size_t>(count));
      return count;
    }
    return m_Former->sputn(letters, count);
  }

  int
  sync() override
  {
    return s_Text ? 0 : m_Former->pubsync();
  }

private:
  CapturingBuffer()
    : m_Former(std::cerr.rdbuf(this))
  {}

  static thread_local std::string * s_Text;
  std::streambuf *                  m_Former;
};

thread_local std::string * CapturingBuffer::s_Text = nullptr;

/** What the calling thread writes to the standard error during its life, kept back. MetaIO reports a truncated file
 * there, and nowhere else: the reader returns whatever the memory held. */
class CapturedErrors
{
public:
  CapturedErrors()
  {
    CapturingBuffer::Get().SetText(&m_Text);
  }
  ~CapturedErrors()
  {
    CapturingBuffer::Get().SetText(nullptr);
  }
  CapturedErrors(const CapturedErrors &) = delete;
  CapturedErrors &
  operator=(const CapturedErrors &) = delete;

  const std::string &
  GetText() const
  {
    return m_Text;
  }

private:
  std::string m_Text;
};

VolumeType::Pointer
Read(const std::string & path)
{
  if (!fs::exists(path))
  {
    Fail(path + ": no such file or folder");
  }
  VolumeType::Pointer image;
  std::string         said;
  try
  {
    const CapturedErrors errors;
    image = fs::is_directory(path) ? ReadFolder(path) : ReadFile(path);
    said = errors.GetText();
  }
  catch (const itk::ExceptionObject & error)
  {
    Fail(path + ": cannot be read: " + OneLine(error));
  }
  if (said.find("Meta") == 0)
  {
    Fail(path + ": cannot be read: " + OneLine(std::runtime_error(said)));
  }
  std::cerr << said;
  if (image->GetBufferedRegion().GetNumberOfPixels() == 0)
  {
    Fail(path + ": has no voxels");
  }
  return image;
}

} // namespace

void
AddCommonOptions(CLI::App & app, CommonOptions & options, bool withDevice)
{
  app.add_option("--threads", options.Threads, "Number of threads (default: as many as the machine has)")
    ->check(CLI::Range(1, 1024))
    ->type_name("N");
  if (withDevice)
  {
    app.add_option("--device", options.Device, "Where the network runs: cpu, cuda or cuda:N")
      ->capture_default_str()
      ->type_name("NAME");
  }
  app.add_option("--json", options.JSONFile, "Write a report in JSON to FILE, or to the standard output without FILE")
    ->expected(0, 1)
    ->default_str("-")
    ->type_name("FILE");
}

int
Run(CLI::App & app, int argc, char ** argv, const CommonOptions & options, const std::function<void()> & work)
{
  try
  {
    app.parse(argc, argv);
  }
  catch (const CLI::Success & success)
  {
    return app.exit(success);
  }
  catch (const CLI::ParseError & error)
  {
    std::cerr << app.get_name() << ": " << OneLine(error) << " (see --help)" << std::endl;
    return 2;
  }

  try
  {
    if (options.Threads > 0)
    {
      itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(options.Threads);
      itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(options.Threads);
    }
    work();
  }
  catch (const std::exception & error)
  {
    std::cerr << app.get_name() << ": " << OneLine(error) << std::endl;
    return 1;
  }
  return 0;
}

std::string
OneLine(const std::exception & error)
{
  const auto * const itkError = dynamic_cast<const itk::ExceptionObject *>(&error);
  std::string        text = itkError ? itkError->GetDescription() : error.what();

  // ITK puts "ITK ERROR: Class(address): " before what is wrong.
  const std::string prefix = "ITK ERROR: ";
  if (text.rfind(prefix, 0) == 0)
  {
    text.erase(0, prefix.size());
    const auto address = text.find("(0x");
    const auto end = text.find("): ");
    if (address != std::string::npos && end != std::string::npos && address < end &&
        text.find(' ') == end + std::string("):").size())
    {
      text.erase(0, end + std::string("): ").size());
    }
  }
  std::string line;
  for (const char letter : text)
  {
    const bool isSpace = letter == '\n' || letter == '\r' || letter == '\t' || letter == ' ';
    if (!isSpace)
    {
      line += letter;
    }
    else if (!line.empty() && line.back() != ' ')
    {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ')
  {
    line.pop_back();
  }
  return line;
}

VolumeType::Pointer
ReadVolume(const std::string & path)
{
  const VolumeType::Pointer image = Read(path);
  CheckVoxels(image, path, nullptr);
  return image;
}

VolumeType::Pointer
ReadUncheckedVolume(const std::string & path)
{
  return Read(path);
}

void
CheckVoxels(const VolumeType * image, const std::string & path, const MaskType * mask)
{
  const float *         voxels = image->GetBufferPointer();
  const unsigned char * inside = mask ? mask->GetBufferPointer() : nullptr;
  const auto            count = image->GetBufferedRegion().GetNumberOfPixels();
  bool                  isConstant = true;
  for (itk::SizeValueType i = 0; i < count; ++i)
  {
    if (!std::isfinite(voxels[i]) && !(inside && inside[i] == 0))
    {
      std::ostringstream index;
      index << image->ComputeIndex(static_cast<itk::OffsetValueType>(i));
      Fail(path + ": voxel " + index.str() + (mask ? ", inside the mask," : "") + " is not a finite number");
    }
    isConstant = isConstant && voxels[i] == voxels[0];
  }
  if (isConstant)
  {
    Fail(path + ": every voxel has the same value");
  }
}

bool
IsFinite(const VolumeType * image)
{
  const float * const begin = image->GetBufferPointer();
  return std::all_of(
    begin, begin + image->GetBufferedRegion().GetNumberOfPixels(), [](float voxel) { return std::isfinite(voxel); });
}

MaskType::Pointer
ReadMask(const std::string & path)
{
  const VolumeType::Pointer image = Read(path);
  auto                      mask = MaskType::New();
  mask->CopyInformation(image);
  mask->SetRegions(image->GetBufferedRegion());
  mask->Allocate();
  itk::ImageRegionConstIterator<VolumeType> in(image, image->GetBufferedRegion());
  itk::ImageRegionIterator<MaskType>        out(mask, mask->GetBufferedRegion());
  bool                                      isEmpty = true;
  for (; !in.IsAtEnd(); ++in, ++out)
  {
    const bool isInside = in.Get() != 0.0F;
    out.Set(isInside ? 1 : 0);
    isEmpty = isEmpty && !isInside;
  }
  if (isEmpty)
  {
    Fail(path + ": the mask is empty");
  }
  return mask;
}

LabelImageType::Pointer
ReadLabels(const std::string & path)
{
  const VolumeType::Pointer image = Read(path);
  auto                      labels = LabelImageType::New();
  labels->CopyInformation(image);
  labels->SetRegions(image->GetBufferedRegion());
  labels->Allocate();
  itk::ImageRegionConstIterator<VolumeType> in(image, image->GetBufferedRegion());
  itk::ImageRegionIterator<LabelImageType>  out(labels, labels->GetBufferedRegion());
  for (; !in.IsAtEnd(); ++in, ++out)
  {
    const float value = in.Get();
    // Written so that NaN is none.
    if (!(value >= 0.0F && value <= 65535.0F && value == std::floor(value)))
    {
      std::ostringstream text;
      text << path << ": voxel " << in.GetIndex() << " is " << value
           << " and should be a label, a whole number from 0 to 65535";
      Fail(text.str());
    }
    out.Set(static_cast<unsigned short>(value));
  }
  return labels;
}

void
CheckSameGrid(const VolumeType *        reference,
              const std::string &       referencePath,
              const itk::ImageBase<3> * image,
              const std::string &       path)
{
  const std::string difference =
    itk::GridDifference<3>(*reference,
                           *image,
                           itk::ImageToImageFilterCommon::GetGlobalDefaultCoordinateTolerance(),
                           itk::ImageToImageFilterCommon::GetGlobalDefaultDirectionTolerance());
  if (!difference.empty())
  {
    Fail(path + ": is not on the grid of " + referencePath + ": " + difference + "; resample it onto that grid first");
  }
}

void
WriteText(const std::string & text, const std::string & path)
{
  if (path == "-")
  {
    std::cout << text << std::endl;
    return;
  }
  TemporaryFile file(path);
  std::ofstream stream(file.GetName());
  stream << text << '\n';
  stream.close();
  if (!stream)
  {
    Fail(path + ": cannot be written");
  }
  file.Commit();
}

std::string
CheckFinite(const std::string & text)
{
  double number = 0.0;
  return CLI::detail::lexical_cast(text, number) && std::isfinite(number) ? ""
                                                                          : "'" + text + "' should be a finite number";
}

std::string
CheckNotNegative(const std::string & text)
{
  double number = 0.0;
  return CLI::detail::lexical_cast(text, number) && std::isfinite(number) && number >= 0.0
           ? ""
           : "'" + text + "' should be a finite number of at least 0";
}

bool
HasImageFileName(const std::string & path)
{
  return itk::ImageIOFactory::CreateImageIO(path.c_str(), itk::ImageIOFactory::IOFileModeEnum::WriteMode).IsNotNull();
}

void
CheckOutput(const std::string & output, const std::vector<std::string> & inputs)
{
  if (output.empty() || output == "-")
  {
    return;
  }
  const fs::path folder = fs::absolute(output).parent_path();
  if (!fs::is_directory(folder))
  {
    Fail(output + ": the folder " + folder.string() + " does not exist");
  }
  for (const std::string & input : inputs)
  {
    std::error_code error;
    if (!input.empty() && fs::exists(output) && fs::equivalent(input, output, error))
    {
      Fail(output + ": is an input and would be overwritten");
    }
  }
}

TemporaryFile::TemporaryFile(std::string path)
  : m_Path(std::move(path))
{
  const fs::path path_(m_Path);
  m_Name = (path_.parent_path() / (".partial-" + std::to_string(getpid()) + "-" + path_.filename().string())).string();
}

TemporaryFile::~TemporaryFile()
{
  std::error_code error;
  fs::remove(m_Name, error);
}

void
TemporaryFile::Commit()
{
  fs::rename(m_Name, m_Path);
}

StageProgress::StageProgress(std::string title, itk::ProcessObject * filter)
  : m_Title(std::move(title))
  , m_Filter(filter)
  , m_IsTerminal(isatty(STDERR_FILENO) != 0)
  , m_UncaughtExceptions(std::uncaught_exceptions())
  , m_Start(std::chrono::steady_clock::now())
{
  if (m_Filter)
  {
    m_Tag = m_Filter->AddObserver(itk::ProgressEvent(),
                                  [this](const itk::EventObject &) { this->Show(m_Filter->GetProgress()); });
  }
  this->Show(0.0);
}

void
StageProgress::Say(const std::string & line)
{
  std::fprintf(stderr, "%s%s\n", m_IsTerminal ? ("\r" + std::string(80, ' ') + "\r").c_str() : "", line.c_str());
  m_LastPercent = -1;
}

void
StageProgress::Show(double share)
{
  const int percent = static_cast<int>(100.0 * std::min(1.0, std::max(0.0, share)));
  if (!m_IsTerminal || percent == m_LastPercent)
  {
    return;
  }
  m_LastPercent = percent;
  const int         width = 30;
  const std::string bar(static_cast<size_t>(width * percent / 100), '#');
  std::fprintf(stderr, "\r%-32s [%-30s] %3d %%", m_Title.c_str(), bar.c_str(), percent);
  std::fflush(stderr);
}

StageProgress::~StageProgress()
{
  if (m_Filter)
  {
    m_Filter->RemoveObserver(m_Tag);
  }
  if (std::uncaught_exceptions() > m_UncaughtExceptions)
  {
    if (m_IsTerminal)
    {
      std::fprintf(stderr, "\r%80s\r", "");
    }
    return;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - m_Start;
  std::fprintf(stderr, "%s%-32s %6.1f s%30s\n", m_IsTerminal ? "\r" : "", m_Title.c_str(), seconds.count(), "");
}

} // namespace sct
