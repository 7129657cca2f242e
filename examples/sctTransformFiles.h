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
#ifndef sctTransformFiles_h
#define sctTransformFiles_h

// Transforms as files of ITK, 3D Slicer and ANTs.

#include "itkAffineTransform.h"
#include "itkTransform.h"

#include <string>

namespace sct
{

using TransformType = itk::Transform<double, 3, 3>;
using AffineTransformType = itk::AffineTransform<double, 3>;

/** For CLI::Option::check(): what is wrong with the name of a transform's file, or nothing. */
std::string
CheckTransformName(const std::string & name);

/** Read a transform of three dimensions. Throws with the name of the file when it cannot be read or has another. */
TransformType::Pointer
ReadTransform(const std::string & path);

/** Write a transform; the format follows from the name. */
void
WriteTransform(const TransformType * transform, const std::string & path);

/** A linear transform with parameters about a point: the kind that every program knows. */
AffineTransformType::Pointer
AffineTransformOf(const TransformType * transform, const itk::Point<double, 3> & center);

} // namespace sct

#endif
