#!/usr/bin/env python3
"""Writes the two networks of the comparison as TorchScript files with seeded weights.

make-networks.py FOLDER [--base-2d N] [--base-3d N]

light-unet.pt    Light U-Net (Bambach & Ho 2022) as sct-train writes it: two 3x3 convolutions with batch normalisation
                 and ReLU per level, transposed 3x3 convolutions of stride 2 written as one 2x2 convolution whose
                 output channels are interleaved (see ConvTransposeByTwo in itkNetworkArchitectures.h), a sigmoid.
plain-unet.pt    The plain 3D U-Net of nnU-Net (Isensee et al. 2021): two Conv3d-InstanceNorm3d(affine)-LeakyReLU(0.01)
                 per level, the first of each lower level strided, ConvTranspose3d(2, stride 2), a 1x1x1 convolution.
"""
import argparse
import os

import torch
from torch import nn


class UpByTwo(nn.ConvTranspose2d):
    """ConvTranspose2d(3, stride 2, padding 1, output padding 1) as a 2x2 convolution of four phases."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, 3, stride=2, padding=1, output_padding=1)

    def forward(self, x):
        weight = nn.functional.pad(self.weight, (0, 1, 0, 1))
        for axis in (2, 3):
            weight = torch.cat([weight.narrow(axis, tap, 1) for tap in (1, 3, 2, 0)], axis)
        inputs, outputs = self.in_channels, self.out_channels
        weight = weight.reshape(inputs, outputs, 2, 2, 2, 2).permute(1, 2, 4, 0, 3, 5)
        weight = weight.reshape(4 * outputs, inputs, 2, 2)
        bias = self.bias.unsqueeze(1).expand(outputs, 4).reshape(4 * outputs)
        return nn.functional.pixel_shuffle(nn.functional.conv2d(nn.functional.pad(x, (0, 1, 0, 1)), weight, bias), 2)


def batch_norm_block(inputs, outputs):
    layers = []
    for channels in (inputs, outputs):
        layers += [nn.Conv2d(channels, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True)]
    return nn.Sequential(*layers)


class LightUNet(nn.Module):
    def __init__(self, base, levels=4, inputs=1, outputs=1):
        super().__init__()
        widths = [base << level for level in range(levels + 1)]
        self.encoder = nn.ModuleList(
            [batch_norm_block(w, v) for w, v in zip([inputs] + widths[:-2], widths[:-1])])
        self.bottom = batch_norm_block(widths[-2], widths[-1])
        self.up = nn.ModuleList([UpByTwo(2 * w, w) for w in reversed(widths[:-1])])
        self.decoder = nn.ModuleList([batch_norm_block(2 * w, w) for w in reversed(widths[:-1])])
        self.output = nn.Conv2d(base, outputs, 1)

    def forward(self, x):
        features = []
        for block in self.encoder:
            features.append(block(x))
            x = nn.functional.max_pool2d(features[-1], 2)
        x = self.bottom(x)
        for up, block in zip(self.up, self.decoder):
            x = block(torch.cat([features.pop(), up(x)], 1))
        return torch.sigmoid(self.output(x))


def instance_norm_block(inputs, outputs, stride):
    layers = []
    for channels, step in ((inputs, stride), (outputs, 1)):
        layers += [nn.Conv3d(channels, outputs, 3, padding=1, stride=step),
                   nn.InstanceNorm3d(outputs, affine=True), nn.LeakyReLU(0.01, True)]
    return nn.Sequential(*layers)


class PlainUNet(nn.Module):
    def __init__(self, base, levels=5, inputs=1, outputs=1, most=320):
        super().__init__()
        widths = [min(base << level, most) for level in range(levels)]
        self.encoder = nn.ModuleList(
            [instance_norm_block(w, v, 1 if level == 0 else 2)
             for level, (w, v) in enumerate(zip([inputs] + widths[:-1], widths))])
        pairs = list(zip(widths[:-1], widths[1:]))[::-1]
        self.up = nn.ModuleList([nn.ConvTranspose3d(below, w, 2, stride=2) for w, below in pairs])
        self.decoder = nn.ModuleList([instance_norm_block(2 * w, w, 1) for w, _ in pairs])
        self.output = nn.Conv3d(base, outputs, 1)

    def forward(self, x):
        features = []
        for block in self.encoder:
            x = block(x)
            features.append(x)
        features.pop()
        for up, block in zip(self.up, self.decoder):
            x = block(torch.cat([up(x), features.pop()], 1))
        return self.output(x)


def seed_normalisations(network):
    """Statistics and affine parameters as after training, so that folding them is not folding the identity."""
    for layer in network.modules():
        if isinstance(layer, (nn.BatchNorm2d, nn.InstanceNorm3d)):
            nn.init.uniform_(layer.weight, 0.7, 1.3)
            nn.init.uniform_(layer.bias, -0.2, 0.2)
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.uniform_(-0.2, 0.2)
            layer.running_var.uniform_(0.7, 1.3)


def save(network, shape, name):
    seed_normalisations(network)
    network.eval()
    with torch.no_grad():
        traced = torch.jit.trace(network, torch.randn(shape), check_trace=False)
    traced.save(name)
    print(name, sum(p.numel() for p in network.parameters()), "parameters")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--base-2d", type=int, default=32)
    parser.add_argument("--base-3d", type=int, default=32)
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    torch.manual_seed(20)
    save(LightUNet(arguments.base_2d), (1, 1, 64, 64), os.path.join(arguments.folder, "light-unet.pt"))
    save(PlainUNet(arguments.base_3d), (1, 1, 32, 32, 32), os.path.join(arguments.folder, "plain-unet.pt"))


if __name__ == "__main__":
    main()
