#!/usr/bin/env python3
"""Reads what itkBenchmarkInference and benchmark-peer.py wrote, and prints how they compare.

compare-results.py [--tolerance T] [--warm] FOLDER NAME[=REFERENCE]...

For each NAME, FOLDER holds NAME.ours and REFERENCE.peer, one line "seconds KiB" per run, and the two results as
NAME-ours.raw and REFERENCE-peer.raw; REFERENCE is NAME unless it is given. A NAME that ends with -mask is compared
inside the mask of mask.raw. --warm leaves out the first run of both, which a device takes to begin. Ends with status 1
when results differ by more than T (1e-4) of their range.
"""
import argparse
import os
from statistics import median

import torch


def read_runs(name, first):
    with open(name) as lines:
        return [tuple(float(number) for number in line.split()) for line in lines][first:]


def read_numbers(name, dtype=torch.float32):
    size = torch.empty(0, dtype=dtype).element_size()
    return torch.from_file(name, size=os.path.getsize(name) // size, dtype=dtype)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--warm", action="store_true")
    options = parser.parse_args()
    agree = True
    print(f"{'':32}{'peer s':>10}{'ours s':>10}{'ratio':>8}{'peer MiB':>11}{'ours MiB':>10}{'ratio':>8}{'difference':>12}")
    for name in options.names:
        name, _, reference = name.partition("=")
        path = os.path.join(options.folder, name)
        reference = os.path.join(options.folder, reference or name)
        ours, peer = (read_runs(file, int(options.warm)) for file in (path + ".ours", reference + ".peer"))
        expected, found = read_numbers(reference + "-peer.raw"), read_numbers(path + "-ours.raw")
        if expected.shape != found.shape:
            raise SystemExit(f"{name}: {found.numel()} voxels where the peer has {expected.numel()}")
        if name.endswith("-mask"):
            inside = read_numbers(os.path.join(options.folder, "mask.raw"), torch.uint8) > 0
            expected, found = expected[inside], found[inside]
        difference = ((expected - found).abs().max() / (expected.max() - expected.min())).item()
        agree = agree and difference <= options.tolerance
        # Runs stand in pairs, one after the other, so that what else the machine does weighs on both.
        ratios = [[a[i] / b[i] for a, b in zip(ours, peer)] for i in (0, 1)]
        print(f"{name:32}{median(b[0] for b in peer):10.2f}{median(a[0] for a in ours):10.2f}{median(ratios[0]):8.3f}"
              f"{median(b[1] for b in peer) / 1024:11.0f}{median(a[1] for a in ours) / 1024:10.0f}"
              f"{median(ratios[1]):8.3f}{difference:12.1e}")
    if not agree:
        raise SystemExit(f"The results differ by more than {options.tolerance:g} of their range.")


if __name__ == "__main__":
    main()
