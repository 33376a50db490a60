#!/usr/bin/env python3
"""Records two whole iterations of SNGAN in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python sngan.py [--out FOLDER]

Spectral norm is torch.nn.utils.parametrizations.spectral_norm; its original weight is recorded as "weight", its vectors as "weight_u" and
"weight_v". Three cases:
    sngan          the residual players of Miyato et al. (2018), 1 x 16 x 16, two steps of D
    sngan-dcgan    DCGAN's players, 3 x 16 x 16
    sngan-points   fully connected players in the plane, packs of two, the rate falling to 0 over 4 iterations
"""
import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

ITERATIONS = 2


def conv(inputs, outputs, kernel=3, bias=True):
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=bias)


class UpBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.b1, self.b2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.c1, self.c2, self.c_sc = conv(width, width, 3, False), conv(width, width, 3, False), conv(width, width, 1, False)

    def forward(self, x):
        def double(y):
            return F.interpolate(y, scale_factor=2, mode="nearest")

        y = self.c1(double(F.relu(self.b1(x))))
        return self.c2(F.relu(self.b2(y))) + self.c_sc(double(x))


class ResnetGenerator(nn.Module):
    def __init__(self, z, width, channels):
        super().__init__()
        self.width = width
        self.l1 = nn.Linear(z, width * 16)
        self.block2, self.block3 = UpBlock(width), UpBlock(width)
        self.b4, self.c5 = nn.BatchNorm2d(width), conv(width, channels)

    def forward(self, z):
        x = self.block3(self.block2(self.l1(z).reshape(-1, self.width, 4, 4)))
        return torch.tanh(self.c5(F.relu(self.b4(x))))


class FirstBlock(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.c1, self.c2 = spectral_norm(conv(channels, width)), spectral_norm(conv(width, width))
        self.c_sc = spectral_norm(conv(channels, width, 1))

    def forward(self, x):
        return F.avg_pool2d(self.c2(F.relu(self.c1(x))), 2) + self.c_sc(F.avg_pool2d(x, 2))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c1, self.c2 = spectral_norm(conv(width, width)), spectral_norm(conv(width, width))

    def forward(self, x):
        return x + self.c2(F.relu(self.c1(F.relu(x))))


class ResnetDiscriminator(nn.Module):
    """16 x 16 halved once to 8 x 8, then two blocks that keep it; the sum over all places, then one number."""

    def __init__(self, channels, width):
        super().__init__()
        self.block1, self.block2, self.block3 = FirstBlock(channels, width), Block(width), Block(width)
        self.l4 = spectral_norm(nn.Linear(width, 1))

    def forward(self, x):
        x = F.relu(self.block3(self.block2(self.block1(x))))
        return self.l4(x.sum(dim=(2, 3))).flatten()


class Under(nn.Module):
    """Layers under one name, between a reshaping before and one after."""

    def __init__(self, name, layers, before, after):
        super().__init__()
        self.add_module(name, nn.Sequential(*layers))
        self.layers, self.before, self.after = (lambda: getattr(self, name)), before, after

    def forward(self, x):
        return self.after(self.layers()(self.before(x)))


def resnet():
    return dict(G=ResnetGenerator(5, 8, 1), D=ResnetDiscriminator(1, 4), z=5, sample=(1, 16, 16), batch=4, d_steps=2)


def dcgan():
    def up(a, b):
        return [nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False)]

    def norm(a):
        return [nn.BatchNorm2d(a), nn.ReLU()]

    G = [nn.ConvTranspose2d(5, 16, 4, 1, 0, bias=False), *norm(16), *up(16, 8), *norm(8), *up(8, 3), nn.Tanh()]
    D = [spectral_norm(nn.Conv2d(3, 4, 4, 2, 1)), nn.LeakyReLU(0.2), spectral_norm(nn.Conv2d(4, 8, 4, 2, 1)), nn.LeakyReLU(0.2)]
    D += [spectral_norm(nn.Conv2d(8, 1, 4, 1, 0, bias=False))]
    return dict(
        G=Under("main", G, lambda z: z.reshape(-1, 5, 1, 1), lambda x: x),
        D=Under("main", D, lambda x: x, lambda x: x.flatten()),
        z=5,
        sample=(3, 16, 16),
        batch=4,
        d_steps=1,
    )


def points():
    G = [nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2)]
    D = [spectral_norm(nn.Linear(4, 8)), nn.LeakyReLU(0.2), spectral_norm(nn.Linear(8, 8)), nn.LeakyReLU(0.2), spectral_norm(nn.Linear(8, 1))]
    return dict(
        G=Under("model", G, lambda z: z, lambda x: x),
        D=Under("model", D, lambda x: x.reshape(-1, 4), lambda x: x.flatten()),
        z=3,
        sample=(2,),
        batch=8,
        d_steps=2,
        rate=lambda iteration: 1 - iteration / 4,
    )


CASES = {"sngan": resnet, "sngan-dcgan": dcgan, "sngan-points": points}


def named(path):
    """parametrizations.weight.original -> weight, parametrizations.weight.0._u -> weight_u."""
    return path.replace("parametrizations.weight.original", "weight").replace("parametrizations.weight.0._", "weight_")


def variables(network):
    return [(named(path), value) for path, value in network.state_dict().items() if not path.endswith("num_batches_tracked")]


def record(case):
    networks = {"G": case["G"], "D": case["D"]}
    G, D = networks["G"], networks["D"]
    tensors, losses = {}, []

    def keep(prefix, values):
        tensors.update({f"{prefix}.{path}": value.detach().clone() for path, value in values})

    for name, network in networks.items():
        network.train()
        keep(f"init.{name}", variables(network))
    adam = {name: torch.optim.Adam(network.parameters(), betas=(0.0, 0.9)) for name, network in networks.items()}

    for i in range(ITERATIONS):
        counts = {"real": 0, "normal": 0}

        def draw(kind, values):
            tensors[f"iteration{i}.{kind}/{counts[kind]}"] = values
            counts[kind] += 1
            return values

        def step(name, loss):
            adam[name].param_groups[0]["lr"] = 2e-4 * case.get("rate", lambda _: 1)(i + 1)
            adam[name].zero_grad()
            loss.backward()
            adam[name].step()
            return loss.item()

        def make():
            return G(draw("normal", torch.randn(case["batch"], case["z"])))

        for _ in range(case["d_steps"]):
            real = D(draw("real", torch.rand(case["batch"], *case["sample"]) * 2 - 1))
            fake = D(make().detach())
            d_loss = step("D", F.relu(1 - real).mean() + F.relu(1 + fake).mean())
        g_loss = step("G", -D(make()).mean())
        losses.append([d_loss, g_loss])

    tensors["losses"] = torch.tensor(losses)
    for name, network in networks.items():
        keep(f"final.{name}", variables(network))
        for path, parameter in network.named_parameters():
            state = adam[name].state[parameter]
            keep(f"adam.{name}", [(f"m.{named(path)}", state["exp_avg"]), (f"v.{named(path)}", state["exp_avg_sq"])])
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent)
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
