#!/usr/bin/env python3
"""Records two whole iterations of R3GAN in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python r3gan.py [--out FOLDER]

The networks are configuration E of Huang et al. (2024) in torch.nn, under the paths of the authors' code. Every weight, also those that
the paper begins with at 0, is drawn here, so that the second derivatives of R1 and R2 meet every layer. Two cases:
    r3gan              3 x 16 x 16, one width, constant rates
    r3gan-schedules    1 x 64 x 64, where the width changes; lr and gamma on half a cosine over 4 iterations
"""
import argparse
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

ITERATIONS = 2


class Convolution(nn.Module):
    def __init__(self, inputs, outputs, kernel, groups=1):
        super().__init__()
        self.Layer = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups, bias=False)

    def forward(self, x):
        return self.Layer(x)


class BiasedActivation(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.Bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return F.leaky_relu(x + self.Bias[None, :, None, None], 0.2)


class Block(nn.Module):
    def __init__(self, width, cardinality):
        super().__init__()
        self.LinearLayer1 = Convolution(width, 2 * width, 1)
        self.NonLinearity1 = BiasedActivation(2 * width)
        self.LinearLayer2 = Convolution(2 * width, 2 * width, 3, cardinality)
        self.NonLinearity2 = BiasedActivation(2 * width)
        self.LinearLayer3 = Convolution(2 * width, width, 1)

    def forward(self, x):
        y = self.NonLinearity1(self.LinearLayer1(x))
        return x + self.LinearLayer3(self.NonLinearity2(self.LinearLayer2(y)))


class Resample(nn.Module):
    """Depthwise [1, 3, 3, 1] in both directions, of sum 1; halving filters and keeps every second pixel, doubling is its transpose times 4."""

    def __init__(self, up, inputs, outputs):
        super().__init__()
        self.up = up
        if inputs != outputs:
            self.LinearLayer = Convolution(inputs, outputs, 1)

    def forward(self, x):
        line = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        linear = getattr(self, "LinearLayer", lambda y: y)
        if self.up:
            x = linear(x)
            kernel = (4 * torch.outer(line, line)).repeat(x.shape[1], 1, 1, 1)
            return F.conv_transpose2d(x, kernel, stride=2, padding=1, groups=x.shape[1])
        kernel = torch.outer(line, line).repeat(x.shape[1], 1, 1, 1)
        return linear(F.conv2d(x, kernel, stride=2, padding=1, groups=x.shape[1]))


class GenerativeBasis(nn.Module):
    def __init__(self, z, channels):
        super().__init__()
        self.Basis = nn.Parameter(torch.randn(channels, 4, 4))
        self.LinearLayer = nn.Linear(z, channels, bias=False)

    def forward(self, z):
        return self.Basis * self.LinearLayer(z)[:, :, None, None]


class DiscriminativeBasis(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.Basis = nn.Conv2d(channels, channels, 4, groups=channels, bias=False)
        self.LinearLayer = nn.Linear(channels, 1, bias=False)

    def forward(self, x):
        return self.LinearLayer(self.Basis(x).flatten(1)).flatten()


class Stage(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.Layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.Layers(x)


class Generator(nn.Module):
    def __init__(self, z, widths, cardinalities, channels):
        super().__init__()
        stages = []
        for i, (width, cardinality) in enumerate(zip(widths, cardinalities)):
            enter = GenerativeBasis(z, width) if i == 0 else Resample(True, widths[i - 1], width)
            stages.append(Stage(enter, Block(width, cardinality), Block(width, cardinality)))
        self.MainLayers = nn.Sequential(*stages)
        self.AggregationLayer = Convolution(widths[-1], channels, 1)

    def forward(self, z):
        return self.AggregationLayer(self.MainLayers(z))


class Discriminator(nn.Module):
    def __init__(self, widths, cardinalities, channels):
        super().__init__()
        self.ExtractionLayer = Convolution(channels, widths[0], 1)
        stages = []
        for i, (width, cardinality) in enumerate(zip(widths, cardinalities)):
            last = i == len(widths) - 1
            leave = DiscriminativeBasis(width) if last else Resample(False, width, widths[i + 1])
            stages.append(Stage(Block(width, cardinality), Block(width, cardinality), leave))
        self.MainLayers = nn.Sequential(*stages)

    def forward(self, x):
        return self.MainLayers(self.ExtractionLayer(x))


def cosine(start, end, t, total):
    """From start to end along half a cosine, t counted from 1."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * min(t / total, 1)))


CASES = {
    "r3gan": dict(size=16, channels=3, widths=[8, 8, 8], groups=[4, 4, 4], z=7, batch=4, lr=lambda t: 2e-3, gamma=lambda t: 2.0),
    "r3gan-schedules": dict(
        size=64,
        channels=1,
        widths=[4, 4, 4, 4, 2],
        groups=[2, 2, 2, 2, 1],
        z=5,
        batch=2,
        lr=lambda t: cosine(2e-3, 5e-4, t, 4),
        gamma=lambda t: cosine(2.0, 0.2, t, 4),
    ),
}


def squared_slope(scores, x):
    """The squared norm of each sample's gradient, averaged, with a graph of its own for the second derivative."""
    (slope,) = torch.autograd.grad(scores.sum(), x, create_graph=True)
    return slope.square().sum(dim=(1, 2, 3)).mean()


def record(case):
    widths, groups = case["widths"], case["groups"]
    networks = {
        "G": Generator(case["z"], widths, groups, case["channels"]),
        "D": Discriminator(widths[::-1], groups[::-1], case["channels"]),
    }
    tensors, losses = {}, []

    def keep(prefix, values):
        tensors.update({f"{prefix}.{path}": value.detach().clone() for path, value in values})

    for name, network in networks.items():
        for parameter in network.parameters():
            fan_in = parameter[0].numel() if parameter.dim() > 1 else 10
            nn.init.normal_(parameter, 0, 1 / math.sqrt(fan_in))
        keep(f"init.{name}", network.named_parameters())
    adam = {name: torch.optim.Adam(network.parameters(), betas=(0.0, 0.9)) for name, network in networks.items()}
    G, D = networks["G"], networks["D"]
    sample = (case["channels"], case["size"], case["size"])

    for i in range(ITERATIONS):
        counts = {"real": 0, "normal": 0}

        def draw(kind, values):
            tensors[f"iteration{i}.{kind}/{counts[kind]}"] = values.clone()
            counts[kind] += 1
            return values

        def step(name, loss):
            adam[name].param_groups[0]["lr"] = case["lr"](i + 1)
            adam[name].zero_grad()
            loss.backward()
            adam[name].step()
            return loss.item()

        real = draw("real", torch.rand(case["batch"], *sample) * 2 - 1).requires_grad_()
        fake = G(draw("normal", torch.randn(case["batch"], case["z"]))).detach().requires_grad_()
        scores, fake_scores = D(real), D(fake)
        penalty = squared_slope(scores, real) + squared_slope(fake_scores, fake)
        d_loss = step("D", F.softplus(fake_scores - scores).mean() + case["gamma"](i + 1) / 2 * penalty)

        real = draw("real", torch.rand(case["batch"], *sample) * 2 - 1)
        fake = G(draw("normal", torch.randn(case["batch"], case["z"])))
        g_loss = step("G", F.softplus(D(real) - D(fake)).mean())
        losses.append([d_loss, g_loss])

    tensors["losses"] = torch.tensor(losses)
    for name, network in networks.items():
        keep(f"final.{name}", network.named_parameters())
        for path, parameter in network.named_parameters():
            state = adam[name].state[parameter]
            keep(f"adam.{name}", [(f"m.{path}", state["exp_avg"]), (f"v.{path}", state["exp_avg_sq"])])
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name, case in CASES.items():
        torch.manual_seed(0)
        tensors = record(case)
        path = out / f"{name}.safetensors"
        save_file({key: value.contiguous() for key, value in tensors.items()}, path, {"torch": torch.__version__})
        print(f"{path}: {len(tensors)} tensors, losses {tensors['losses'].tolist()}")


if __name__ == "__main__":
    main()
