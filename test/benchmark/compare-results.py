#!/usr/bin/env python3
"""Reads what run-monai.sh wrote and prints how our filter compares with MONAI.

compare-results.py FOLDER NAME...

For each NAME, FOLDER holds NAME.ours and NAME.monai, one line "seconds KiB" per run in turn, and the two results as
NAME-ours.raw and NAME-monai.raw. A NAME that ends with -mask has no runs of MONAI of its own: it is compared with those
of the NAME before it, inside the mask of mask.raw. Ends with status 1 when results differ by more than 1e-4 of their range.
"""
import os
import sys
from statistics import median

import numpy as np


def read_runs(name):
    with open(name) as lines:
        return [tuple(float(number) for number in line.split()) for line in lines]


def main():
    folder, names = sys.argv[1], sys.argv[2:]
    agree = True
    print(f"{'':24}{'MONAI s':>10}{'ours s':>10}{'ratio':>8}{'MONAI MiB':>11}{'ours MiB':>10}{'ratio':>8}{'difference':>12}")
    for name in names:
        path = os.path.join(folder, name)
        reference = path[:-len("-mask")] if name.endswith("-mask") else path
        ours, monai = read_runs(path + ".ours"), read_runs(reference + ".monai")
        expected = np.fromfile(reference + "-monai.raw", np.float32)
        found = np.fromfile(path + "-ours.raw", np.float32)
        if reference != path:
            inside = np.fromfile(os.path.join(folder, "mask.raw"), np.uint8) > 0
            expected, found = expected[inside], found[inside]
        difference = np.abs(expected - found).max() / (expected.max() - expected.min())
        agree = agree and difference <= 1e-4
        # Runs stand in pairs, one after the other, so that what else the machine does weighs on both.
        ratios = [[a[i] / b[i] for a, b in zip(ours, monai)] for i in (0, 1)]
        print(f"{name:24}{median(b[0] for b in monai):10.2f}{median(a[0] for a in ours):10.2f}{median(ratios[0]):8.3f}"
              f"{median(b[1] for b in monai) / 1024:11.0f}{median(a[1] for a in ours) / 1024:10.0f}"
              f"{median(ratios[1]):8.3f}{difference:12.1e}")
    if not agree:
        raise SystemExit("The results differ by more than 1e-4 of their range.")


if __name__ == "__main__":
    main()
