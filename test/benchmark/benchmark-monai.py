#!/usr/bin/env python3
"""One run of MONAI's sliding_window_inference, as itkBenchmarkInference makes one of our filter.

benchmark-monai.py NETWORK slices|volume VOLUME RESULT WINDOW OVERLAP BATCH THREADS

VOLUME is a MetaImage header (.mhd) beside a file of float32; RESULT is the numbers alone. Prints the seconds of the one
call and the peak of memory of this process in KiB.
"""
import os
import resource
import sys
import time

import numpy as np
import torch
from monai.inferers import sliding_window_inference


def read_volume(name):
    with open(name) as header:
        fields = dict(line.strip().split(" = ", 1) for line in header)
    if fields["ElementType"] != "MET_FLOAT" or fields.get("CompressedData", "False") != "False":
        raise SystemExit(f"{name}: not an uncompressed volume of float32")
    columns, rows, slices = (int(size) for size in fields["DimSize"].split())
    data = np.fromfile(os.path.join(os.path.dirname(name), fields["ElementDataFile"]), np.float32)
    return data.reshape(slices, rows, columns)


def main():
    if len(sys.argv) != 9:
        raise SystemExit(__doc__)
    network_name, kind, volume_name, result_name = sys.argv[1:5]
    window, overlap, batch, threads = int(sys.argv[5]), float(sys.argv[6]), int(sys.argv[7]), int(sys.argv[8])
    torch.set_num_threads(threads)
    network = torch.jit.load(network_name).eval()
    volume = torch.from_numpy(read_volume(volume_name))
    # Slices are images of one batch; a volume is one image.
    image = volume[:, None] if kind == "slices" else volume[None, None]
    with torch.inference_mode():
        begin = time.perf_counter()
        result = sliding_window_inference(image, (window,) * (image.dim() - 2), batch, network, overlap=overlap,
                                          mode="gaussian", padding_mode="constant", cval=0.0)
        seconds = time.perf_counter() - begin
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    result.numpy().astype(np.float32).tofile(result_name)


if __name__ == "__main__":
    main()
