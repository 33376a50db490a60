#!/usr/bin/env python3
"""Records two whole iterations of FusionGAN in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python fusiongan.py [--out FOLDER]

The networks are those of Joo, Kim & Kim (2018) in torch.nn. Min-patch training is minus the overlapping max pooling of minus D's map. Two cases:
    fusiongan                1 x 16 x 16, windows of 3 x 3 of D's 5 x 5 patches
    fusiongan-all-patches    3 x 12 x 12, each of D's 3 x 3 patches by itself, other weights
"""
import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

ITERATIONS = 2


def same_size(a, b):
    return [nn.ReflectionPad2d(1), nn.Conv2d(a, b, 3, bias=False), nn.BatchNorm2d(b)]


class Residual(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.residual = nn.Sequential(*same_size(a, b), nn.ReLU(), *same_size(b, b))
        if a != b:
            self.shortcut = nn.Sequential(*same_size(a, b))

    def forward(self, x):
        return self.residual(x) + (self.shortcut(x) if hasattr(self, "shortcut") else x)


class Encoder(nn.Module):
    def __init__(self, channels, w):
        super().__init__()
        outer = [nn.ReflectionPad2d(3), nn.Conv2d(channels, w, 7, bias=False), nn.BatchNorm2d(w), nn.ReLU()]
        self.down1 = nn.Sequential(*outer, nn.Conv2d(w, 2 * w, 3, 2, 1, bias=False), nn.BatchNorm2d(2 * w), nn.ReLU())
        self.down2 = nn.Sequential(nn.Conv2d(2 * w, 4 * w, 3, 2, 1, bias=False), nn.BatchNorm2d(4 * w), nn.ReLU())
        self.code = nn.Sequential(Residual(4 * w, 4 * w), Residual(4 * w, 4 * w))

    def forward(self, x):
        half = self.down1(x)
        quarter = self.down2(half)
        return half, quarter, self.code(quarter)


class Generator(nn.Module):
    def __init__(self, channels, w):
        super().__init__()

        def double(a, b):
            up = nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1, bias=False)
            return nn.Sequential(up, nn.BatchNorm2d(b), nn.ReLU())

        self.identity = Encoder(channels, w)
        self.shape = Encoder(channels, w)
        self.fuse = nn.Sequential(Residual(8 * w, 4 * w), Residual(4 * w, 4 * w))
        self.up1 = double(12 * w, 2 * w)
        self.up2 = double(6 * w, w)
        self.out = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(w, channels, 7), nn.Tanh())

    def forward(self, x, y):
        (i_half, i_quarter, i_code), (s_half, s_quarter, s_code) = self.identity(x), self.shape(y)
        fused = self.fuse(torch.cat([i_code, s_code], 1))
        doubled = self.up1(torch.cat([i_quarter, s_quarter, fused], 1))
        return self.out(self.up2(torch.cat([i_half, s_half, doubled], 1)))


class Discriminator(nn.Module):
    def __init__(self, channels, w):
        super().__init__()
        leaky = lambda: nn.LeakyReLU(0.2)
        self.main = nn.Sequential(
            *[nn.Conv2d(2 * channels, w, 4, 2, 1), leaky()],
            *[nn.Conv2d(w, 2 * w, 4, 1, 1, bias=False), nn.BatchNorm2d(2 * w), leaky()],
            *[nn.Conv2d(2 * w, 4 * w, 4, 1, 1, bias=False), nn.BatchNorm2d(4 * w), leaky()],
            nn.Conv2d(4 * w, 1, 4, 1, 1),
        )

    def forward(self, x, other):
        return self.main(torch.cat([x, other], 1))


CASES = {
    "fusiongan": dict(size=16, channels=1, width=2, window=3, identity=1.0, s1=10.0, s2=10.0),
    "fusiongan-all-patches": dict(size=12, channels=3, width=1, window=1, identity=2.0, s1=5.0, s2=1.0),
}
BATCH, LR, BETAS = 3, 1e-3, (0.5, 0.999)


def variables(network):
    return [(path, value) for path, value in network.state_dict().items() if not path.endswith("num_batches_tracked")]


def record(case):
    shape = (BATCH, case["channels"], case["size"], case["size"])
    networks = {"G": Generator(case["channels"], case["width"]), "D": Discriminator(case["channels"], case["width"])}
    G, D = networks["G"], networks["D"]
    tensors, losses = {}, []

    def keep(prefix, values):
        tensors.update({f"{prefix}.{path}": value.detach().clone() for path, value in values})

    for name, network in networks.items():
        for parameter in network.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
            else:  # gains about 1, and biases that are not 0
                nn.init.normal_(parameter, parameter.mean().round().clamp(0, 1).item(), 0.1)
        keep(f"init.{name}", variables(network))
    adam = {name: torch.optim.Adam(network.parameters(), lr=LR, betas=BETAS) for name, network in networks.items()}

    for i in range(ITERATIONS):

        def draw(which):
            values = torch.rand(shape) * 2 - 1
            tensors[f"iteration{i}.identities.{which}/0"] = values.clone()
            return values

        def step(name, loss):
            adam[name].zero_grad()
            loss.backward()
            adam[name].step()
            return loss.item()

        x, x_hat, same, other = (draw(which) for which in ("x", "xHat", "same", "other"))
        fake = G(x, other)
        d_loss = step("D", (D(x, x_hat) - 1).square().mean() + D(x, fake.detach()).square().mean())

        worst = -F.max_pool2d(-D(x, fake), case["window"], stride=1)
        s1 = F.l1_loss(G(x, same), same)
        s2a = F.l1_loss(G(other, fake), other)
        s2b = F.l1_loss(G(fake, other), fake)
        g_loss = step("G", case["identity"] * (worst - 1).square().mean() + case["s1"] * s1 + case["s2"] * (s2a + s2b))
        losses.append([d_loss, g_loss])

    tensors["losses"] = torch.tensor(losses)
    for name, network in networks.items():
        keep(f"final.{name}", variables(network))
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
