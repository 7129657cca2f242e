#!/usr/bin/env python3
"""Times metrics of Python's packages and ours in turn, on the same pair of images, and compares the figures.

benchmark-metrics.py FOLDER PROGRAM RUNS THREADS

FOLDER holds ct.mhd and mask.mhd of one head. sct.mhd is made of it here: the true CT, smoothed and shifted by a fraction
of a voxel, with noise of a fixed seed. Bone is what has 250 HU or more. PROGRAM is itkBenchmarkMetrics. Time is that of the computation alone, images in memory. Ends with status 1 when
figures differ by more than 1e-6 of their size (1e-4 where the peer computes in single precision).
"""
import json
import os
import subprocess
import sys
from statistics import median
from time import perf_counter

import numpy as np
import surface_distance
import torch
from monai.metrics import compute_average_surface_distance, compute_hausdorff_distance
from scipy import ndimage, signal
from skimage.metrics import structural_similarity

LOWEST, RANGE = -1024.0, 4095.0
LEVEL_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
THRESHOLDS = np.arange(-200.0, 1601.0, 100.0)
TOLERANCES = (1.0, 2.0, 3.0)


def error_measures(truth, synthetic, mask):
    """MAE, RMSE, PSNR for a range of 4024 HU, and Pearson's R inside the mask."""
    x, y = synthetic[mask], truth[mask]
    error = x - y
    mse = np.mean(error ** 2)
    return [np.mean(np.abs(error)), np.sqrt(mse), 10 * np.log10(4024.0 ** 2 / mse), np.corrcoef(x, y)[0, 1]]


def threshold_dice(truth, synthetic, mask):
    """Dice of what is at or above each threshold inside the mask."""
    x, y = synthetic[mask], truth[mask]
    values = []
    for threshold in THRESHOLDS:
        a, b = x >= threshold, y >= threshold
        values.append(2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b)))
    return values


def ssim(**options):
    def measure(truth, synthetic, mask):
        del mask
        return [structural_similarity(truth, synthetic, data_range=4000.0, **options)]
    return measure


def synthrad2023(truth, synthetic, mask):
    """SSIM of images that are clipped, set to air outside the mask, and shifted; mean over the mask off the border."""
    truth, synthetic = (np.where(mask, np.clip(image, -1024.0, 3000.0), -1024.0) + 1024.0
                        for image in (truth, synthetic))
    _, values = structural_similarity(truth, synthetic, data_range=4024.0, full=True)
    inside = (slice(3, -3),) * 3
    return [values[inside][mask[inside]].mean()]


def similarity_at_level(truth, synthetic, weight):
    """Map of luminance, contrast and structure to one power, from moments over 7 voxels per axis."""
    mean_y, mean_x = (ndimage.uniform_filter(image, 7) for image in (truth, synthetic))
    sample = 343.0 / 342.0
    var_y = sample * (ndimage.uniform_filter(truth * truth, 7) - mean_y ** 2)
    var_x = sample * (ndimage.uniform_filter(synthetic * synthetic, 7) - mean_x ** 2)
    covariance = sample * (ndimage.uniform_filter(truth * synthetic, 7) - mean_x * mean_y)
    deviations = np.sqrt(np.maximum(var_x, 0.0)) * np.sqrt(np.maximum(var_y, 0.0))
    c1, c2 = (0.01 * RANGE) ** 2, (0.03 * RANGE) ** 2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x ** 2 + mean_y ** 2 + c1)
    contrast = (2 * deviations + c2) / (var_x + var_y + c2)
    structure = (covariance + c2 / 2) / (deviations + c2 / 2)
    return np.prod([np.maximum(factor, 0.0) ** weight for factor in (luminance, contrast, structure)], axis=0)


def synthrad2025(truth, synthetic, mask):
    """MS-SSIM as the challenge's evaluation computes it (the axes here are longer than its 97 voxels)."""
    truth, synthetic = (np.clip(np.where(mask, image, LOWEST), LOWEST, LOWEST + RANGE) - LOWEST
                        for image in (truth, synthetic))
    box = np.full((2, 2, 2), 1 / 8)
    product = 1.0
    for weight in LEVEL_WEIGHTS:
        inside = (slice(3, -3),) * 3
        values = similarity_at_level(truth, synthetic, weight)[inside][mask[inside]]
        product *= np.clip(values.mean(), 0.0, 1.0)
        truth, synthetic = (signal.fftconvolve(image, box, mode="same")[::2, ::2, ::2] for image in (truth, synthetic))
        mask = mask[::2, ::2, ::2]
    return [product]


def surfaces(spacing):
    def measure(truth, synthetic, mask):
        distances = surface_distance.compute_surface_distances((truth >= 250) & mask, (synthetic >= 250) & mask, spacing)
        to_truth, to_synthetic = surface_distance.compute_average_surface_distance(distances)
        return [surface_distance.compute_robust_hausdorff(distances, 100),
                surface_distance.compute_robust_hausdorff(distances, 95), to_truth, to_synthetic,
                *(surface_distance.compute_surface_dice_at_tolerance(distances, t + 1e-6) for t in TOLERANCES)]
    return measure


def voxel_surfaces(spacing):
    def measure(truth, synthetic, mask):
        y, x = (torch.from_numpy((image >= 250) & mask)[None, None] for image in (truth, synthetic))
        return [compute_hausdorff_distance(x, y, include_background=True, percentile=p, spacing=spacing).item()
                for p in (None, 95)] + [
                    compute_average_surface_distance(x, y, include_background=True, symmetric=True,
                                                     spacing=spacing).item()]
    return measure


def main():
    folder, program, runs, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    truth = np.fromfile(os.path.join(folder, "ct.raw"), np.float32).reshape(160, 256, 256)
    mask = np.fromfile(os.path.join(folder, "mask.raw"), np.uint8).reshape(truth.shape) > 0
    noise = np.random.default_rng(1).normal(0.0, 20.0, truth.shape)
    synthetic = ndimage.shift(ndimage.gaussian_filter(truth, 0.7), (0.4, -0.6, 0.3), order=1, mode="nearest")
    synthetic = np.round(synthetic + noise).astype(np.float32)
    synthetic.tofile(os.path.join(folder, "sct.raw"))
    with open(os.path.join(folder, "ct.mhd")) as header, open(os.path.join(folder, "sct.mhd"), "w") as copy:
        copy.write(header.read().replace("ct.raw", "sct.raw"))

    double = truth.astype(np.float64), synthetic.astype(np.float64)
    single = truth, synthetic
    spacing = (1.0, 1.0, 1.0)
    gaussian = {"gaussian_weights": True}
    rows = [
        # What, how ours is called, the peer, its images, its function, how well both should agree.
        ("MAE, RMSE, PSNR, R", "errors", "NumPy", double, error_measures, 1e-6),
        ("Dice at 19 thresholds", "thresholds", "NumPy", single, threshold_dice, 1e-6),
        ("SSIM, uniform", "ssim-uniform", "scikit-image", double, ssim(), 1e-6),
        ("SSIM, uniform", "ssim-uniform", "in float32", single, ssim(), 1e-4),
        ("SSIM, Gaussian", "ssim-gaussian", "scikit-image", double, ssim(**gaussian), 1e-6),
        ("SSIM, Gaussian", "ssim-gaussian", "in float32", single, ssim(**gaussian), 1e-4),
        ("SSIM of SynthRAD2023", "ssim-synthrad2023", "scikit-image", double, synthrad2023, 1e-6),
        ("MS-SSIM of SynthRAD2025", "ms-ssim", "SciPy", double, synthrad2025, 1e-6),
        ("NSD, HD, HD95, means", "surfaces", "surface-distance", single, surfaces(spacing), 1e-6),
        ("HD, HD95, mean of voxels", "voxel-surfaces", "MONAI", single, voxel_surfaces(spacing), 1e-5),
    ]
    print(f"{'':26}{'peer':18}{'peer s':>9}{'ours s':>9}{'ratio':>8}{'difference':>12}")
    agree = True
    for title, name, peer, images, function, tolerance in rows:
        times, difference = [], 0.0
        for _ in range(runs):
            start = perf_counter()
            expected = np.array(function(*images, mask))
            peer_seconds = perf_counter() - start
            ours = json.loads(subprocess.run([program, name, folder, threads], check=True, capture_output=True).stdout)
            times.append((peer_seconds, ours["seconds"]))
            difference = max(difference, np.max(np.abs(np.array(ours["values"]) - expected) / np.abs(expected)))
        agree = agree and difference <= tolerance
        print(f"{title:26}{peer:18}{median(t[0] for t in times):9.3f}{median(t[1] for t in times):9.4f}"
              f"{median(t[0] / t[1] for t in times):8.1f}{difference:12.1e}", flush=True)
    if not agree:
        raise SystemExit("The figures differ by more than they may.")


if __name__ == "__main__":
    main()
