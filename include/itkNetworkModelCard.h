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
#ifndef itkNetworkModelCard_h
#define itkNetworkModelCard_h

#include "itkAnatomicalPlane.h"
#include "itkPatchBlender.h"
#include "itkPatchGrid.h"

#include <array>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace itk
{

/** \class NetworkModelCardEnums
 * \brief The choices that a model card can make.
 * \ingroup SyntheticCT */
class NetworkModelCardEnums
{
public:
  /** How an input image is brought to the range that the network was trained on. */
  enum class IntensityTransform : uint8_t
  {
    None,
    ZScore,
    Percentile,
    Hounsfield,
    CTForeground,
    EightBit
  };

  /** What an output channel means. */
  enum class OutputKind : uint8_t
  {
    Hounsfield,
    BoneProbability,
    BoneHounsfield,
    Label
  };

  /** The body mask of the preprocessing. */
  enum class Mask : uint8_t
  {
    None,
    Body,
    ConvexHull
  };
};

using IntensityTransformEnum = NetworkModelCardEnums::IntensityTransform;
using OutputKindEnum = NetworkModelCardEnums::OutputKind;
using PreprocessingMaskEnum = NetworkModelCardEnums::Mask;

extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, IntensityTransformEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, OutputKindEnum value);
extern SyntheticCT_EXPORT std::ostream &
                          operator<<(std::ostream & out, PreprocessingMaskEnum value);

/** \class NetworkModelCard
 * \brief Everything needed to use a network file: what goes in, what comes out, and how it is run.
 *
 * The card travels inside the TorchScript archive as the extra file `synthetic_ct.json`. It is a JSON object with
 * `"version": 1` and the members below; each is documented at its field. A key that is not known, a key that is
 * missing, or a value of another type is an error that names the key by its path, such as
 * `inputs[0].intensity.transform`. Keys that begin with `x-` are free for any use: they are kept, and not read. Five
 * keys of `inference` may be missing and then have the value shown here: `"tiles": "interval"`, `"slices": 1`,
 * `"mirror": []`, `"combination": "mean"` and `"gaussian-scale": 0.125`; so may `"scale"`, which is then 1 along every
 * axis. `"overlap"` is one number, or one for each axis of the window; `"padding"` is a number, null or `"replicate"`.
 *
 * \code{.json}
 * {
 *   "version": 1,
 *   "name": "head-phantom-t1",
 *   "description": "...",
 *   "network": { "type": "light-unet", "in-channels": 1, "out-channels": 1, "base-channels": 16, "levels": 4 },
 *   "inputs": [ { "name": "mr", "modality": "MR",
 *                 "intensity": { "transform": "percentile", "lower": 1, "upper": 99.9,
 *                                "output-minimum": -1, "output-maximum": 1 } } ],
 *   "preprocessing": { "bias-correction": false, "spacing": [1, 1, 0], "orientation": "LPS", "mask": "body" },
 *   "outputs": [ { "name": "sct", "kind": "hounsfield", "range": [0, 1], "hounsfield": [-1000, 3000] } ],
 *   "inference": { "plane": "axial", "patch-size": [192, 224], "overlap": 0.25, "blending": "gaussian", "batch": 4,
 *                  "padding": -1 },
 *   "provenance": { "training-data": "...", "intended-use": "..." },
 *   "license": "Apache-2.0"
 * }
 * \endcode
 *
 * \ingroup SyntheticCT
 */
struct SyntheticCT_EXPORT NetworkModelCard
{
  /** Type and sizes of a network of this toolkit, so that it can be rebuilt from its weights alone. */
  struct Network
  {
    /** Registered name of the network, such as `light-unet`. */
    std::string Type;
    /** Channels in and out of the network. */
    unsigned int InputChannels{ 1 };
    unsigned int OutputChannels{ 1 };
    /** Channels of the first level; each further level has twice as many. */
    unsigned int BaseChannels{ 16 };
    /** Number of times the network halves its grid. */
    unsigned int Levels{ 4 };
  };

  /** One input image, which is one channel of the network. */
  struct Input
  {
    std::string Name;
    /** DICOM modality, `MR` or `CT`. */
    std::string Modality;

    /** The transform and its constants, which are the keys of `intensity`:
     * - `none` has none;
     * - `z-score` (ZScoreNormalizeImageFilter) may have `keep-outside-mask`: whether voxels outside the mask keep their
     *   value, which is false where it is missing;
     * - `percentile` (PercentileRescaleImageFilter) and `hounsfield` (HounsfieldScaleImageFilter): `lower` and `upper`,
     *   in percent and in HU, are mapped to `output-minimum` and `output-maximum`;
     * - `ct-foreground` (CTForegroundNormalizeImageFilter): `lower`, `upper`, `mean` and `standard-deviation` of the
     *   training set, in HU;
     * - `eight-bit` (EightBitScaleImageFilter): `lower` and `upper` are the window, or both `null` for the image's own
     *   range inside the mask, that of each slice of the plane alone with `slice-by-slice`; the 256 grey values are
     *   then mapped to [`output-minimum`, `output-maximum`]. */
    IntensityTransformEnum Transform{ IntensityTransformEnum::None };
    double                 Lower{ 0.0 };
    double                 Upper{ 0.0 };
    double                 OutputMinimum{ -1.0 };
    double                 OutputMaximum{ 1.0 };
    double                 Mean{ 0.0 };
    double                 StandardDeviation{ 1.0 };
    bool                   OwnRange{ false };
    bool                   SliceBySlice{ false };
    bool                   KeepOutsideMask{ false };

    /** Whether the transform leads to [OutputMinimum, OutputMaximum]. */
    bool
    HasOutputRange() const;
  };

  /** Done to the images before the network sees them. */
  struct Preprocessing
  {
    /** N4 bias field correction of MR inputs. */
    bool BiasCorrection{ false };
    /** Voxel size in mm along the axes of `Orientation`. 0 keeps the image's own along that axis, which suits the
     * distance of the slices of a network that sees slices; `null` keeps all three. */
    std::optional<std::array<double, 3>> Spacing;
    /** Three-letter code of the direction toward which each axis runs, LPS being ITK's own; empty keeps the image's
     * own. */
    std::string Orientation;
    /** Mask inside which the intensity constants are computed and outside of which the synthetic CT is air. */
    PreprocessingMaskEnum Mask{ PreprocessingMaskEnum::None };
  };

  /** One output channel of the network. The value v becomes
   * h0 + (v - r0) * (h1 - h0) / (r1 - r0) HU. A probability has no HU range, nor has a `label`: the score of one
   * structure of a segmentation, of which the largest wins (NetworkSegmentationImageFilter). */
  struct Output
  {
    std::string           Name;
    OutputKindEnum        Kind{ OutputKindEnum::Hounsfield };
    std::array<double, 2> Range{ { -1.0, 1.0 } };
    std::array<double, 2> Hounsfield{ { -1000.0, 3000.0 } };

    /** Whether the values of this kind become HU. */
    bool
    HasHounsfieldRange() const;
  };

  /** How the network is run over an image. */
  struct Inference
  {
    InferencePlaneEnum Plane{ InferencePlaneEnum::Axial };
    /** Window in voxels: two numbers (first and second axis of the slice) or three (x, y, z) for `volume`. */
    PatchGrid::SizesType PatchSize;
    /** Overlap of neighbouring windows as a share of the window, in [0, 1): for each axis, or one for all. */
    std::vector<double> Overlap{ 0.25 };
    BlendingEnum        Blending{ BlendingEnum::Gaussian };
    /** Standard deviation of the Gaussian weights as a share of the window. */
    double GaussianScale{ PatchBlender::DefaultGaussianScale };
    /** Windows per forward pass. */
    unsigned int Batch{ 1 };
    /** What lies around an image that is smaller than the window: the minimum of the normalised input (`null`), the
     * number PaddingValue in the range of the network's input, or the nearest voxel (`replicate`). */
    PaddingRuleEnum PaddingRule{ PaddingRuleEnum::Minimum };
    double          PaddingValue{ 0.0 };
    /** Where the windows lie. */
    TileRuleEnum Tiles{ TileRuleEnum::Interval };
    /** Neighbouring slices that make the channels of one input, an odd number; 1 for blocks. The network has this many
     * channels for each of `Inputs`. */
    unsigned int Slices{ 1 };
    /** Axes of the window (0 is its first) along which mirrored windows are run too. */
    std::vector<unsigned int> Mirror;
    /** How the results of three planes, or of several networks, are combined. */
    CombinationEnum Combine{ CombinationEnum::Mean };
    /** Voxels of the network's output for one of its input, along each axis of the window; empty means 1. */
    std::vector<double> Scale;
  };

  std::string            Name;
  std::string            Description;
  std::optional<Network> Net;
  std::vector<Input>     Inputs;
  Preprocessing          Preprocess;
  std::vector<Output>    Outputs;
  Inference              Infer;
  /** Where the weights come from, as a JSON object of strings. */
  std::string Provenance{ "{}" };
  std::string License;
  /** The members whose keys begin with `x-`, as a JSON object. */
  std::string Extensions{ "{}" };

  /** Read a card. Throws itk::ExceptionObject that names the key and says what it should be. */
  static NetworkModelCard
  FromJSON(const std::string & text);

  /** A card to start from: one MR in, one CT out, in axial windows, with the choices that most networks of published
   * methods make. Everything in it that is specific to one network has to be changed. */
  static NetworkModelCard
  GetExample();

  /** The card as indented JSON, which FromJSON reads back to the same card. */
  std::string
  ToJSON() const;

  /** The file inside the TorchScript archive. */
  static constexpr const char * FileName = "synthetic_ct.json";
};

} // namespace itk

#endif
