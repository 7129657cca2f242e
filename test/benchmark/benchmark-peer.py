#!/usr/bin/env python3
"""Runs of a sliding window in PyTorch, as itkBenchmarkInference makes them of our filter: MONAI's
sliding_window_inference where MONAI is installed, else the same written here with torch alone.

benchmark-peer.py NETWORK slices|volume VOLUME RESULT WINDOW OVERLAP BATCH THREADS
                  [--device DEVICE] [--precision float32|bfloat16|float16] [--runs RUNS] [--peer auto|monai|torch]

VOLUME is a MetaImage header (.mhd) beside a file of float32; RESULT is the numbers alone. Prints, for each run, the
seconds of the call with the copies to the device and back, and the peak of memory of this process in KiB.
"""
import argparse
import itertools
import math
import os
import resource
import time

import torch

try:
    from monai.inferers import sliding_window_inference
except ImportError:
    sliding_window_inference = None


def read_volume(name):
    with open(name) as header:
        fields = dict(line.strip().split(" = ", 1) for line in header)
    if fields["ElementType"] != "MET_FLOAT" or fields.get("CompressedData", "False") != "False":
        raise SystemExit(f"{name}: not an uncompressed volume of float32")
    columns, rows, slices = (int(size) for size in fields["DimSize"].split())
    file = os.path.join(os.path.dirname(name), fields["ElementDataFile"])
    data = torch.from_file(file, size=columns * rows * slices, dtype=torch.float32)
    # A copy, so that no run reads the file.
    return data.reshape(slices, rows, columns).clone()


def gaussian_weights(window, device):
    weights = torch.ones(window)
    for axis, size in enumerate(window):
        position = torch.arange(size) - (size - 1) / 2
        line = torch.exp(position ** 2 / (-2 * (0.125 * size) ** 2))
        weights = weights * line.reshape([-1 if i == axis else 1 for i in range(len(window))])
    return weights.clamp(min=max(weights.min().item(), 1e-3)).to(device)


def window_starts(size, window, overlap):
    interval = max(1, int(window * (1 - overlap)))
    count = 1 + math.ceil(max(0, size - window) / interval)
    return [min(i * interval, size - window) for i in range(count)]


def slide(image, window, batch, network, overlap):
    """What MONAI does: windows of all images in batches, added up with Gaussian weights."""
    padding = []
    for size, wanted in zip(reversed(image.shape[2:]), reversed(window)):
        missing = max(wanted - size, 0)
        padding += [missing // 2, missing - missing // 2]
    padded = torch.nn.functional.pad(image, padding)
    sizes = padded.shape[2:]
    weights = gaussian_weights(window, image.device)
    places = [(n,) + tuple(slice(start, start + length) for start, length in zip(starts, window))
              for n in range(len(padded))
              for starts in itertools.product(*(window_starts(s, w, overlap) for s, w in zip(sizes, window)))]
    sums = total = None
    for first in range(0, len(places), batch):
        chosen = places[first:first + batch]
        answers = network(torch.stack([padded[(place[0], slice(None)) + place[1:]] for place in chosen]))
        if sums is None:
            sums = torch.zeros((len(padded), answers.shape[1]) + tuple(sizes), device=image.device)
            total = torch.zeros((len(padded), 1) + tuple(sizes), device=image.device)
        for place, answer in zip(chosen, answers):
            sums[(place[0], slice(None)) + place[1:]] += answer * weights
            total[(place[0], slice(None)) + place[1:]] += weights
    inside = tuple(slice(before, before + size) for before, size in zip(reversed(padding[::2]), image.shape[2:]))
    return (sums / total)[(slice(None), slice(None)) + inside]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("kind", choices=("slices", "volume"))
    parser.add_argument("volume")
    parser.add_argument("result")
    parser.add_argument("window", type=int)
    parser.add_argument("overlap", type=float)
    parser.add_argument("batch", type=int)
    parser.add_argument("threads", type=int)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", choices=("float32", "bfloat16", "float16"), default="float32")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--peer", choices=("auto", "monai", "torch"), default="auto")
    options = parser.parse_args()
    if options.peer == "monai" and sliding_window_inference is None:
        raise SystemExit("MONAI is not installed")
    torch.set_num_threads(options.threads)
    precision = getattr(torch, options.precision)
    network = torch.jit.load(options.network, map_location=options.device).eval().to(precision)
    volume = read_volume(options.volume)
    # Slices are images of one batch; a volume is one image.
    image = volume[:, None] if options.kind == "slices" else volume[None, None]
    window = (options.window,) * (image.dim() - 2)

    def predict(windows):
        return network(windows.to(precision)).float()

    with torch.inference_mode():
        for _ in range(options.runs):
            begin = time.perf_counter()
            on_device = image.to(options.device)
            if sliding_window_inference is None or options.peer == "torch":
                result = slide(on_device, window, options.batch, predict, options.overlap)
            else:
                result = sliding_window_inference(on_device, window, options.batch, predict, overlap=options.overlap,
                                                  mode="gaussian", padding_mode="constant", cval=0.0)
            result = result.cpu()
            seconds = time.perf_counter() - begin
            print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)
    if os.path.exists(options.result):
        os.remove(options.result)
    torch.from_file(options.result, shared=True, size=result.numel(), dtype=torch.float32).copy_(result.flatten())


if __name__ == "__main__":
    main()
