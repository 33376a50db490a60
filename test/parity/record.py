#!/usr/bin/env python3
"""Records three whole training iterations of small GANs in PyTorch, float32 on the CPU, one safetensors file each.

    pip install torch safetensors
    python record.py [--out FOLDER]        # beside this script unless told otherwise

Each file holds what a step needs and what it gives:
    init.<Net>.<path>             parameters and running statistics before the first iteration
    iteration<i>.<kind>/<n>       the n-th real batch ("real") and latent batch ("normal") of iteration i, in the order drawn
    losses                        [iterations, 2]: the last D loss and G loss of each iteration
    final.<Net>.<path>            parameters and running statistics after the last
    adam.<Net>.m.<path>, .v.      Adam's moments after the last
    ema.G.<path>                  where a case keeps it: ema <- ema + (1 - 0.999) (G - ema) after each iteration, ema = G at first
Paths are PyTorch's own, as nn.Sequential counts them. Batch norm is in training mode throughout.
"""
import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.functional import softplus

ITERATIONS = 3
EMA_DECAY = 0.999


class Mlp(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Dcgan(nn.Module):
    """The generator takes z as [n, z, 1, 1]; the discriminator's scores are [n]."""

    def __init__(self, layers, z=None):
        super().__init__()
        self.z = z
        self.main = nn.Sequential(*layers)
        for layer in self.main:
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.normal_(layer.weight, 0.0, 0.02)
            elif isinstance(layer, nn.BatchNorm2d):
                nn.init.normal_(layer.weight, 1.0, 0.02)
                nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.main(x.reshape(-1, self.z, 1, 1)) if self.z else self.main(x).reshape(-1)


def leaky():
    return nn.LeakyReLU(0.2)


def mlp_discriminator(width=16, sample=36):
    return Mlp(nn.Linear(sample, width), leaky(), nn.Linear(width, width), leaky(), nn.Linear(width, 1))


def vanilla(**options):
    G = Mlp(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 36), nn.Tanh())
    return dict(G=G, D=mlp_discriminator(), z=8, sample=(36,), batch=8, betas=(0.9, 0.999), fresh_z=True, **options)


def vanilla_batchnorm():
    """The MLP of PyTorch-GAN's gan.py: batch norm on all hidden layers of G but the first, epsilon 0.8."""
    layers, widths = [], (8, 12, 16, 20)
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers += [nn.Linear(a, b), *([nn.BatchNorm1d(b, eps=0.8)] if i else []), leaky()]
    G = Mlp(*layers, nn.Linear(20, 36), nn.Tanh())
    D = Mlp(nn.Linear(36, 20), leaky(), nn.Linear(20, 10), leaky(), nn.Linear(10, 1))
    return dict(G=G, D=D, z=8, sample=(36,), batch=8, betas=(0.5, 0.999), g_first=True, d_scale=0.5)


def dcgan(size=16, width=8, resize=False, channels=3, z=10, **options):
    base = 7 if size == 28 else 4

    def double(a, b):
        if resize:
            return [nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(a, b, 3, 1, 1, bias=False)]
        return [nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False)]

    def norm(a):
        return [nn.BatchNorm2d(a), nn.ReLU()]

    G = [nn.ConvTranspose2d(z, 2 * width, base, 1, 0, bias=False), *norm(2 * width)]
    G += [*double(2 * width, width), *norm(width), *double(width, channels), nn.Tanh()]
    D = [nn.Conv2d(channels, width, 4, 2, 1, bias=False), leaky()]
    D += [nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * width), leaky()]
    D += [nn.Conv2d(2 * width, 1, base, 1, 0, bias=False)]
    return dict(
        G=Dcgan(G, z), D=Dcgan(D), z=z, sample=(channels, size, size), batch=4, betas=(0.5, 0.999), **options
    )


CASES = {
    "vanilla-small": lambda: vanilla(ema=True),
    "vanilla-saturating": lambda: vanilla(saturating=True),
    "vanilla-batchnorm": vanilla_batchnorm,
    "dcgan16": dcgan,
    "dcgan16-resize": lambda: dcgan(resize=True),
    "dcgan16-two-d-steps": lambda: dcgan(d_steps=2, ema=True),
    "dcgan28": lambda: dcgan(size=28, width=4, channels=1),
}


def variables(network):
    """Parameters and running statistics; batch norm's count of batches is no part of the computation."""
    return {path: value for path, value in network.state_dict().items() if not path.endswith("num_batches_tracked")}


def record(case):
    G, D, batch = case["G"], case["D"], case["batch"]
    networks = {"G": G, "D": D}
    adam = {name: torch.optim.Adam(net.parameters(), lr=2e-4, betas=case["betas"]) for name, net in networks.items()}
    tensors, losses = {}, []

    def keep(prefix, values):
        tensors.update({f"{prefix}.{path}": value.detach().clone() for path, value in values.items()})

    def draw(i, kind, values):
        count = sum(name.startswith(f"iteration{i}.{kind}/") for name in tensors)
        tensors[f"iteration{i}.{kind}/{count}"] = values
        return values

    def step(name, loss):
        adam[name].zero_grad()
        loss.backward()
        adam[name].step()
        return loss.item()

    for name, net in networks.items():
        net.train()
        keep(f"init.{name}", variables(net))
    average = {path: value.detach().clone() for path, value in G.named_parameters()}

    for i in range(ITERATIONS):

        def make():
            return G(draw(i, "normal", torch.randn(batch, case["z"])))

        def d_step(fake):
            real = D(draw(i, "real", torch.rand(batch, *case["sample"]) * 2 - 1))
            loss = softplus(-real).mean() + softplus(D(fake.detach())).mean()
            return step("D", loss * case.get("d_scale", 1.0))

        def g_step(fake):
            score = D(fake)
            return step("G", -softplus(score).mean() if case.get("saturating") else softplus(-score).mean())

        if case.get("g_first"):  # D sees the samples that G has just learned from
            fake = make()
            g_loss = g_step(fake)
            d_loss = d_step(fake)
        else:
            for _ in range(case.get("d_steps", 1)):
                fake = make()
                d_loss = d_step(fake)
            g_loss = g_step(make() if case.get("fresh_z") else fake)
        losses.append([d_loss, g_loss])
        for path, value in G.named_parameters():
            average[path].lerp_(value.detach(), 1 - EMA_DECAY)

    tensors["losses"] = torch.tensor(losses)
    for name, net in networks.items():
        keep(f"final.{name}", variables(net))
        for path, parameter in net.named_parameters():
            state = adam[name].state[parameter]
            keep(f"adam.{name}", {f"m.{path}": state["exp_avg"], f"v.{path}": state["exp_avg_sq"]})
    if case.get("ema"):
        keep("ema.G", average)
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name, build in CASES.items():
        torch.manual_seed(0)
        tensors = record(build())
        path = out / f"{name}.safetensors"
        save_file({key: value.contiguous() for key, value in tensors.items()}, path, {"torch": torch.__version__})
        print(f"{path}: {len(tensors)} tensors, losses {tensors['losses'].tolist()}")


if __name__ == "__main__":
    main()
