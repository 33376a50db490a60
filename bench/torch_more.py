#!/usr/bin/env python3
"""Times in PyTorch what torch_steps.py does not, in its way: same flags, one JSON object a line, two more fields.

    python3 torch_more.py [--threads 2] [--iters 8] [--compile] [workload ...]

Workloads:
    cyclegan64  a CycleGAN iteration at 64x64x3, 6 residual blocks, width 32, batch 1: both generators together, then each discriminator
                on a history of 50 pictures; least squares, cycle loss x 10, identity loss x 5, Adam 2e-4 (.5, .999)
    sample64    10,000 samples of pytorch/examples' DCGAN generator at 64x64x3, ngf = 64, in batches of 64: what is timed is all of them

"parameters" counts those of all networks; "gflop" the work of products and convolutions, where torch can count it.
The generators' update does not compute the discriminators' weight gradients, and samples are made in inference mode: PyTorch is
given its better forms.
"""
import argparse
import json
import random
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F


def normal_(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


class Residual(nn.Module):
    def __init__(self, n):
        super().__init__()
        half = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(n, n, 3), nn.InstanceNorm2d(n)]
        self.layers = nn.Sequential(*half(), nn.ReLU(), *half())

    def forward(self, x):
        return x + self.layers(x)


def translator(n, blocks):
    settle = lambda n: [nn.InstanceNorm2d(n), nn.ReLU()]
    halve = lambda n: [nn.Conv2d(n, 2 * n, 3, 2, 1), *settle(2 * n)]
    double = lambda n: [nn.ConvTranspose2d(n, n // 2, 3, 2, 1, output_padding=1), *settle(n // 2)]
    return nn.Sequential(
        nn.ReflectionPad2d(3), nn.Conv2d(3, n, 7), *settle(n), *halve(n), *halve(2 * n),
        *[Residual(4 * n) for _ in range(blocks)],
        *double(4 * n), *double(2 * n), nn.ReflectionPad2d(3), nn.Conv2d(n, 3, 7), nn.Tanh(),
    )  # fmt: skip


def patch_gan(n):
    """Scores of squares of 70 x 70 pixels."""
    layers = [nn.Conv2d(3, n, 4, 2, 1), nn.LeakyReLU(0.2)]
    for channels, stride in ((n, 2), (2 * n, 2), (4 * n, 1)):
        layers += [nn.Conv2d(channels, 2 * channels, 4, stride, 1), nn.InstanceNorm2d(2 * channels), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(8 * n, 1, 4, 1, 1))


class Pool:
    """Keeps the first `size` pictures; from then on, every other one on average changes places with a kept one."""

    def __init__(self, size):
        self.size, self.held = size, []

    def __call__(self, picture):
        if len(self.held) < self.size:
            self.held.append(picture.clone())
            return picture
        if random.random() < 0.5:
            return picture
        place = random.randrange(self.size)
        answer, self.held[place] = self.held[place], picture.clone()
        return answer


def cyclegan64(compiled):
    width, weight, identity = 32, 10.0, 0.5
    G, B, DX, DY = networks = [translator(width, 6), translator(width, 6), patch_gan(width), patch_gan(width)]
    for network in networks:
        network.apply(normal_)
    g, b, dx, dy = [torch.compile(network) for network in networks] if compiled else networks
    adam = lambda *players: torch.optim.Adam([p for each in players for p in each.parameters()], 2e-4, (0.5, 0.999))
    opt, opt_x, opt_y = adam(G, B), adam(DX), adam(DY)
    pool_x, pool_y = Pool(50), Pool(50)
    x, y = (torch.randn(1, 3, 64, 64).clamp(-1, 1) for _ in range(2))
    square = lambda scores, target: ((scores - target) ** 2).mean()

    def update(optimizer, loss):
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss

    def step():
        for D in (DX, DY):
            D.requires_grad_(False)
        fake_y, fake_x = g(x), b(y)
        loss = square(dy(fake_y), 1) + square(dx(fake_x), 1)
        loss = loss + weight * (F.l1_loss(b(fake_y), x) + F.l1_loss(g(fake_x), y))
        loss = loss + weight * identity * (F.l1_loss(g(y), y) + F.l1_loss(b(x), x))
        losses = [update(opt, loss)]
        for D, d, optimizer, pool, real, fake in ((DX, dx, opt_x, pool_x, x, fake_x), (DY, dy, opt_y, pool_y, y, fake_y)):
            D.requires_grad_(True)
            losses.append(update(optimizer, (square(d(real), 1) + square(d(pool(fake.detach())), 0)) / 2))
        return [each.item() for each in losses]

    return dict(networks=networks, step=step, warm_up=step, batch=1, repeats=1)


def sample64(compiled):
    w, count, batch = 64, 10_000, 64
    layers, channels = [], 100
    for i in range(4):
        out = w * 2 ** (3 - i)
        layers += [nn.ConvTranspose2d(channels, out, 4, *((1, 0) if i == 0 else (2, 1)), bias=False), nn.BatchNorm2d(out), nn.ReLU()]
        channels = out
    G = nn.Sequential(*layers, nn.ConvTranspose2d(channels, 3, 4, 2, 1, bias=False), nn.Tanh()).apply(normal_).eval()
    g = torch.compile(G) if compiled else G

    def make(n):
        with torch.inference_mode():
            return g(torch.randn(n, 100, 1, 1))

    def step():
        for start in range(0, count, batch):
            make(min(batch, count - start))

    return dict(networks=[G], step=step, warm_up=lambda: make(batch), batch=count, repeats=count / batch)


def counted(step):
    """GFLOP of a step, where this torch can count them."""
    try:
        from torch.utils.flop_counter import FlopCounterMode
    except ImportError:
        step()
        return None
    with FlopCounterMode(display=False) as counter:
        step()
    return counter.get_total_flops() / 1e9


def run(name, iters, compiled):
    torch.manual_seed(0)
    random.seed(0)
    job = globals()[name](compiled)
    batch, step, warm_up = job["batch"], job["step"], job["warm_up"]
    gflop = None if compiled else counted(warm_up)
    for _ in range(2 if compiled else 1):
        warm_up()
    seconds = []
    for _ in range(iters):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)
    print(json.dumps(dict(workload=name, framework=f"torch {torch.__version__}" + (" compile" if compiled else ""), threads=torch.get_num_threads(),
                          batch=batch, medianMs=round(1e3 * median, 2), minMs=round(1e3 * min(seconds), 2), imagesPerSecond=round(batch / median, 1),
                          peakRssMiB=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                          parameters=sum(p.numel() for network in job["networks"] for p in network.parameters()),
                          **({} if gflop is None else dict(gflop=round(gflop * job["repeats"], 3))))), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("workloads", nargs="*", default=[])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--iters", type=int, default=8)
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    for name in args.workloads or ["cyclegan64", "sample64"]:
        run(name, 1 if name == "sample64" else args.iters, args.compile)
