#!/usr/bin/env python3
"""Records two whole iterations of LSGAN, WGAN and WGAN-GP in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python noise.py [--out FOLDER]

Slots of RMSProp are under slot.rmsprop.<Net>.square.<path>. Cases:
    lsgan            DCGAN of 16 x 16 pixels, a, b, c = -1, 1, 0
    wgan             fully connected, points; two critic steps, weights clipped to 0.3 after each
    wgan-dcgan       DCGAN of 16 x 16 pixels, batch norm in the critic, its gains clipped too
    wgan-gp          fully connected, points; two critic steps, the rate falling to 0 at iteration 3
    wgan-gp-pack     the same critic over packs of two points, one step, constant rate
    wgan-gp-dcgan    DCGAN of 16 x 16 pixels, layer norm in the critic
    wgan-gp-resnet   residual networks of 16 x 16 pixels, no norm in the critic
"""
import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

ITERATIONS = 2
SIZE = 16


class Mlp(nn.Module):
    def __init__(self, widths, hidden, scores=False):
        super().__init__()
        layers = []
        for a, b in zip(widths, widths[1:]):
            layers += [nn.Linear(a, b), hidden()]
        self.model = nn.Sequential(*layers[:-1])
        self.inputs, self.scores = widths[0], scores

    def forward(self, x):
        y = self.model(x.reshape(-1, self.inputs))
        return y.flatten() if self.scores else y


def leaky():
    return nn.LeakyReLU(0.2)


class Dcgan(nn.Module):
    def __init__(self, layers, z=None):
        super().__init__()
        self.z = z
        self.main = nn.Sequential(*layers)

    def forward(self, x):
        return self.main(x[:, :, None, None]) if self.z else self.main(x).flatten()


def dcgan_generator(z, width, channels):
    def double(a, b):
        return nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False)

    return Dcgan(
        [
            nn.ConvTranspose2d(z, 2 * width, 4, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            double(2 * width, width),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            double(width, channels),
            nn.Tanh(),
        ],
        z,
    )


def dcgan_discriminator(width, channels, norm):
    return Dcgan(
        [
            nn.Conv2d(channels, width, 4, 2, 1, bias=False),
            leaky(),
            nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * width) if norm == "batch" else nn.LayerNorm([2 * width, 4, 4]),
            leaky(),
            nn.Conv2d(2 * width, 1, 4, bias=False),
        ]
    )


class GeneratorBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.b1, self.b2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.c1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.c2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.c_sc = nn.Conv2d(width, width, 1, bias=False)

    def forward(self, x):
        def up(y):
            return F.interpolate(y, scale_factor=2, mode="nearest")

        y = self.c1(up(F.relu(self.b1(x))))
        return self.c2(F.relu(self.b2(y))) + self.c_sc(up(x))


class ResnetGenerator(nn.Module):
    def __init__(self, z, width, channels):
        super().__init__()
        self.l1 = nn.Linear(z, width * 16)
        self.block2, self.block3 = GeneratorBlock(width), GeneratorBlock(width)
        self.b4 = nn.BatchNorm2d(width)
        self.c5 = nn.Conv2d(width, channels, 3, padding=1)
        self.width = width

    def forward(self, z):
        x = self.l1(z).reshape(-1, self.width, 4, 4)
        return torch.tanh(self.c5(F.relu(self.b4(self.block3(self.block2(x))))))


class DiscriminatorBlock(nn.Module):
    """The first block has no ReLU before its first convolution, and averages before its shortcut's."""

    def __init__(self, inputs, width, first=False, down=False):
        super().__init__()
        self.c1 = nn.Conv2d(inputs, width, 3, padding=1)
        self.c2 = nn.Conv2d(width, width, 3, padding=1)
        if down:
            self.c_sc = nn.Conv2d(inputs, width, 1)
        self.first, self.down = first, down

    def forward(self, x):
        y = self.c2(F.relu(self.c1(x if self.first else F.relu(x))))
        if not self.down:
            return x + y
        short = self.c_sc(F.avg_pool2d(x, 2)) if self.first else F.avg_pool2d(self.c_sc(x), 2)
        return F.avg_pool2d(y, 2) + short


class ResnetDiscriminator(nn.Module):
    def __init__(self, width, channels):
        super().__init__()
        self.block1 = DiscriminatorBlock(channels, width, first=True, down=True)
        self.block2, self.block3 = DiscriminatorBlock(width, width), DiscriminatorBlock(width, width)
        self.l4 = nn.Linear(width, 1)

    def forward(self, x):
        y = F.relu(self.block3(self.block2(self.block1(x))))
        return self.l4(y.mean([2, 3])).flatten()


class Record:
    """What is drawn, in order, by the names under which the recipe declares it."""

    def __init__(self):
        self.tensors, self.iteration, self.counts = {}, 0, {}

    def draw(self, word, values):
        number = self.counts.get(word, 0)
        self.counts[word] = number + 1
        self.tensors[f"iteration{self.iteration}.{word}/{number}"] = values
        return values

    def next(self):
        self.iteration += 1
        self.counts = {}

    def keep(self, prefix, values):
        self.tensors.update({f"{prefix}.{path}": value.detach().clone().contiguous() for path, value in values.items()})


def least_squares(a, b, c):
    def discriminator(D, x, fake, _):
        return 0.5 * F.mse_loss(D(x), torch.full([len(x)], b)) + 0.5 * F.mse_loss(D(fake), torch.full([len(x)], a))

    return discriminator, lambda D, fake: 0.5 * F.mse_loss(D(fake), torch.full([len(fake)], c))


def wasserstein(penalty=None):
    def critic(D, x, fake, record):
        real = D(x).mean()  # first, since running statistics remember the order
        loss = D(fake).mean() - real
        if penalty is None:
            return loss
        epsilon = record.draw("uniform", torch.rand(len(x), *[1] * (x.dim() - 1)))
        between = (epsilon * x + (1 - epsilon) * fake).requires_grad_()
        scores = D(between)
        (slope,) = torch.autograd.grad(scores.sum(), between, create_graph=True)
        return loss + penalty * ((slope.reshape(len(scores), -1).norm(dim=1) - 1) ** 2).mean()

    return critic, lambda D, fake: -D(fake).mean()


def adam(lr, betas):
    return lambda net: torch.optim.Adam(net.parameters(), lr=lr, betas=betas)


def rmsprop(lr):
    return lambda net: torch.optim.RMSprop(net.parameters(), lr=lr)


POINTS, IMAGES = (2,), (3, SIZE, SIZE)
BATCH = 8


def mlp(pack=1):
    return Mlp((4, 12, 12, 2), nn.ReLU), Mlp((2 * pack, 12, 12, 1), leaky, scores=True)


def dcgan(norm):
    return dcgan_generator(6, 4, 3), dcgan_discriminator(4, 3, norm)


def case(networks, sample, z, losses, optimizer, d_steps=1, same_fakes=False, clip=None, rates=None):
    return locals()


GP = adam(1e-3, (0.0, 0.9))

CASES = {
    "lsgan": lambda: case(
        dcgan("batch"), IMAGES, 6, least_squares(-1.0, 1.0, 0.0), adam(2e-4, (0.5, 0.999)), same_fakes=True
    ),
    "wgan": lambda: case(mlp(), POINTS, 4, wasserstein(), rmsprop(5e-3), d_steps=2, clip=0.3),
    "wgan-dcgan": lambda: case(dcgan("batch"), IMAGES, 6, wasserstein(), rmsprop(5e-4), d_steps=2, clip=0.1),
    "wgan-gp": lambda: case(mlp(), POINTS, 4, wasserstein(10.0), GP, d_steps=2, rates=[1e-3, 0.5e-3]),
    "wgan-gp-pack": lambda: case(mlp(2), POINTS, 4, wasserstein(0.1), GP),
    "wgan-gp-dcgan": lambda: case(dcgan("layer"), IMAGES, 6, wasserstein(10.0), GP),
    "wgan-gp-resnet": lambda: case(
        (ResnetGenerator(6, 4, 3), ResnetDiscriminator(4, 3)), IMAGES, 6, wasserstein(10.0), GP
    ),
}


def variables(network):
    """Parameters and running statistics; batch norm's count of batches is no part of the computation."""
    return {path: value for path, value in network.state_dict().items() if not path.endswith("num_batches_tracked")}


def record(game):
    record = Record()
    G, D = game["networks"]
    nets = {"G": G, "D": D}
    optimizers = {name: game["optimizer"](net) for name, net in nets.items()}
    critic_loss, generator_loss = game["losses"]
    losses = []
    for name, net in nets.items():
        record.keep(f"init.{name}", variables(net))

    def make():
        return G(record.draw("normal", torch.randn(BATCH, game["z"])))

    def step(name, loss):
        optimizers[name].zero_grad()
        loss.backward()
        optimizers[name].step()
        return loss.item()

    for i in range(ITERATIONS):
        if game["rates"]:
            for optimizer in optimizers.values():
                optimizer.param_groups[0]["lr"] = game["rates"][i]
        for _ in range(game["d_steps"]):
            x = record.draw("real", torch.rand(BATCH, *game["sample"]) * 2 - 1)
            fake = make()
            d_loss = step("D", critic_loss(D, x, fake.detach(), record))
            if game["clip"]:
                with torch.no_grad():
                    for parameter in D.parameters():
                        parameter.clamp_(-game["clip"], game["clip"])
        g_loss = step("G", generator_loss(D, fake if game["same_fakes"] else make()))
        losses.append([d_loss, g_loss])
        record.next()

    record.tensors["losses"] = torch.tensor(losses)
    for name, net in nets.items():
        record.keep(f"final.{name}", variables(net))
        for path, parameter in net.named_parameters():
            state = optimizers[name].state[parameter]
            if "exp_avg" in state:
                record.keep(f"adam.{name}", {f"m.{path}": state["exp_avg"], f"v.{path}": state["exp_avg_sq"]})
            else:
                record.keep(f"slot.rmsprop.{name}", {f"square.{path}": state["square_avg"]})
    return record.tensors


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
        save_file(tensors, path, {"torch": torch.__version__})
        print(f"{path}: {len(tensors)} tensors, losses {tensors['losses'].tolist()}")


if __name__ == "__main__":
    main()
