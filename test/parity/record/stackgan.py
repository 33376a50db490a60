#!/usr/bin/env python3
"""Records whole iterations of StackGAN in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python stackgan.py [--out FOLDER]      # --count prints the parameters of the COCO networks instead

The networks are those of the authors' PyTorch code, model.py, at smaller sizes; captions of words go through an embedding, a convolution
over three of them, the mean over the words that are there and batch norm. Inputs are named captioned.x/<n>, captioned.t/<n> and normal/<n>: the first
normal is z, those after it are the noise of conditioning augmentation. "losses" holds the loss of D and of G of each iteration, of
whichever stage it is.
"""
import argparse
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

BETAS = (0.5, 0.999)


class Encoder(nn.Module):
    """Captions as places in a vocabulary, from 1; 0 is no word."""

    def __init__(self, vocabulary, size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, size)
        self.conv = nn.Conv1d(size, size, 3, padding=1)
        self.norm = nn.BatchNorm1d(size, affine=False)

    def forward(self, t):
        there = (t > 0).float()[:, :, None]
        words = self.embedding((t - 1).clamp(min=0).long()) * there
        features = F.leaky_relu(self.conv(words.transpose(1, 2)), 0.2).transpose(1, 2)
        return self.norm((features * there).sum(1) / there.sum(1).clamp(min=1))


class Augmentation(nn.Module):
    def __init__(self, text, condition):
        super().__init__()
        self.fc = nn.Linear(text, 2 * condition)
        self.condition = condition

    def forward(self, phi, epsilon):
        mu, logvar = F.relu(self.fc(phi)).split(self.condition, 1)
        return mu + torch.exp(0.5 * logvar) * epsilon, mu, logvar


class UpConv(nn.Conv2d):
    def forward(self, x):
        return super().forward(F.interpolate(x, scale_factor=2, mode="nearest"))


class Residual(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.block = nn.Sequential(conv3(n, n), nn.BatchNorm2d(n), nn.ReLU(), conv3(n, n), nn.BatchNorm2d(n))

    def forward(self, x):
        return F.relu(x + self.block(x))


def conv3(a, b):
    return nn.Conv2d(a, b, 3, 1, 1, bias=False)


def halve(a, b):
    return nn.Conv2d(a, b, 4, 2, 1, bias=False)


def joined(features, c):
    return torch.cat([features, c[:, :, None, None].expand(-1, -1, *features.shape[2:])], 1)


class Upsampling(nn.Module):
    def build(self, channels, times, colours):
        self.times = times
        for i in range(1, times + 1):
            up = [UpConv(channels, max(1, channels // 2), 3, 1, 1, bias=False), nn.BatchNorm2d(max(1, channels // 2)), nn.ReLU()]
            setattr(self, f"upsample{i}", nn.Sequential(*up))
            channels = max(1, channels // 2)
        self.img = nn.Sequential(conv3(channels, colours), nn.Tanh())

    def up(self, h):
        for i in range(1, self.times + 1):
            h = getattr(self, f"upsample{i}")(h)
        return self.img(h)


class Stage1(Upsampling):
    def __init__(self, text, condition, z, gf, size, colours):
        super().__init__()
        self.ca_net = Augmentation(text, condition)
        times = int(math.log2(size // 4))
        n = gf * 2 ** (times - 1)
        self.fc = nn.Sequential(nn.Linear(condition + z, n * 16, bias=False), nn.BatchNorm1d(n * 16), nn.ReLU())
        self.build(n, times, colours)

    def forward(self, z, phi, epsilon):
        c, mu, logvar = self.ca_net(phi, epsilon)
        h = self.fc(torch.cat([c, z], 1))
        return self.up(h.reshape(len(h), -1, 4, 4)), mu, logvar


class Stage2(Upsampling):
    def __init__(self, text, condition, gf, blocks, scale, colours):
        super().__init__()
        self.ca_net = Augmentation(text, condition)
        self.encoder = nn.Sequential(
            *[conv3(colours, gf), nn.ReLU()],
            *[halve(gf, 2 * gf), nn.BatchNorm2d(2 * gf), nn.ReLU()],
            *[halve(2 * gf, 4 * gf), nn.BatchNorm2d(4 * gf), nn.ReLU()],
        )
        self.hr_joint = nn.Sequential(conv3(condition + 4 * gf, 4 * gf), nn.BatchNorm2d(4 * gf), nn.ReLU())
        self.residual = nn.Sequential(*[Residual(4 * gf) for _ in range(blocks)])
        self.build(4 * gf, int(math.log2(4 * scale)), colours)

    def forward(self, x, phi, epsilon):
        c, mu, logvar = self.ca_net(phi, epsilon)
        return self.up(self.residual(self.hr_joint(joined(self.encoder(x), c)))), mu, logvar


class Discriminator(nn.Module):
    def __init__(self, condition, df, size, colours, alone):
        super().__init__()
        times = int(math.log2(size // 4))
        layers, n = [halve(colours, df), nn.LeakyReLU(0.2)], df
        for _ in range(1, times):
            layers += [halve(n, 2 * n), nn.BatchNorm2d(2 * n), nn.LeakyReLU(0.2)]
            n *= 2
        while n > 8 * df:
            layers += [conv3(n, n // 2), nn.BatchNorm2d(n // 2), nn.LeakyReLU(0.2)]
            n //= 2
        self.encode_img = nn.Sequential(*layers)
        self.get_cond_logits = nn.Sequential(
            conv3(n + condition, n), nn.BatchNorm2d(n), nn.LeakyReLU(0.2), nn.Conv2d(n, 1, 4)
        )
        if alone:
            self.get_uncond_logits = nn.Sequential(nn.Conv2d(n, 1, 4))

    def fits(self, features, mu):
        return self.get_cond_logits(joined(features, mu)).flatten()

    def alone(self, features):
        return self.get_uncond_logits(features).flatten()


def begun(network):
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(layer.weight, 0.0, 0.02)
        elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(layer.weight, 1.0, 0.02)
            nn.init.zeros_(layer.bias)
    return network


CASES = {
    "stackgan": dict(size=32, scale=4, stage1=2, iterations=4, vocabulary=5, words=4, text=4, colours=1),
    "stackgan-vectors": dict(size=16, scale=1, stage1=3, iterations=3, text=5, colours=3, halve=1, weight=0.5),
}
SIZES = dict(condition=2, z=3, gf=4, df=1, blocks=1, batch=4)


def record(size, scale, stage1, iterations, text, colours, vocabulary=0, words=0, halve=0, weight=2.0):
    condition, z, gf, df, blocks, batch = SIZES.values()
    # Of N(0, 0.02) conditions would be next to nothing: the layers that make them are recorded 20 times as large.
    nets = {
        "G1": begun(Stage1(text, condition, z, gf, size // scale, colours)),
        "D1": begun(Discriminator(condition, df, size // scale, colours, False)),
    }
    if vocabulary:
        nets["E"] = Encoder(vocabulary, text)
    if scale > 1:
        nets["G2"] = begun(Stage2(text, condition, gf, blocks, scale, colours))
        nets["D2"] = begun(Discriminator(condition, df, size, colours, True))
    for name in ("G1", "G2"):
        if name in nets:
            nets[name].ca_net.fc.weight.data.mul_(20)
    encode = nets.get("E", lambda t: t)
    adam = {name: torch.optim.Adam(net.parameters(), lr=2e-4, betas=BETAS) for name, net in nets.items()}
    tensors, losses, turns = {}, [], {}

    def keep(prefix, values):
        for path, value in values:
            if not path.endswith("num_batches_tracked"):
                tensors[f"{prefix}.{path}"] = value.detach().clone().contiguous()

    def bce(logits, target):
        return F.binary_cross_entropy(torch.sigmoid(logits), torch.full_like(logits, target))

    def step(names, loss):
        for name in names:
            turns[name] = turns.get(name, 0) + 1
            if halve:
                adam[name].param_groups[0]["lr"] = 2e-4 * 0.5 ** ((turns[name] - 1) // halve)
        parameters = [p for name in names for p in nets[name].parameters()]
        gradients = torch.autograd.grad(loss, parameters, retain_graph=True)
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient
        for name in names:
            adam[name].step()
        return loss.item()

    for name, net in nets.items():
        net.train()
        keep(f"init.{name}", net.state_dict().items())

    for i in range(iterations):
        normals = 0

        def draw(name, value):
            tensors[f"iteration{i}.{name}"] = value.clone()
            return value

        def normal(n):
            nonlocal normals
            normals += 1
            return draw(f"normal/{normals - 1}", torch.randn(batch, n))

        x = draw("captioned.x/0", torch.rand(batch, colours, size, size) * 2 - 1)
        if vocabulary:
            t = torch.randint(1, vocabulary + 1, (batch, words)).float()
            t[0, 2:] = 0  # a shorter caption
            t[1, 1] = 0  # a word that is not known
        else:
            t = torch.randn(batch, text)
        phi = encode(draw("captioned.t/0", t))
        second = i >= stage1
        fake, mu, logvar = nets["G1"](normal(z), phi, normal(condition))
        if second:
            fake, mu, logvar = nets["G2"](fake.detach(), phi.detach(), normal(condition))
        elif scale > 1:
            x = F.avg_pool2d(x, scale)
        D, d, g = (nets["D2"], ["D2"], ["G2"]) if second else (nets["D1"], ["D1", "E"] if vocabulary else ["D1"], ["G1"])
        right = mu if vocabulary and not second else mu.detach()  # the encoder learns from stage I's discriminator
        real, made = D.encode_img(x), D.encode_img(fake.detach())
        wrong = bce(D.fits(real, torch.roll(right, -1, 0)), 0.0)
        if second:
            good = (bce(D.fits(real, right), 1.0) + bce(D.alone(real), 1.0)) / 2
            bad = (bce(D.fits(made, right), 0.0) + wrong + bce(D.alone(made), 0.0)) / 3
            d_loss = good + bad
        else:
            d_loss = bce(D.fits(real, right), 1.0) + 0.5 * (bce(D.fits(made, right), 0.0) + wrong)
        d_value = step(d, d_loss)
        features = D.encode_img(fake)
        g_loss = bce(D.fits(features, right.detach()), 1.0)
        if second:
            g_loss = g_loss + bce(D.alone(features), 1.0)
        kl = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
        g_value = step(g, g_loss + weight * kl)
        losses.append([d_value, g_value])

    tensors["losses"] = torch.tensor(losses)
    for name, net in nets.items():
        keep(f"final.{name}", net.state_dict().items())
        for slot, key in (("m", "exp_avg"), ("v", "exp_avg_sq")):
            parameters = [(path, adam[name].state[p][key]) for path, p in net.named_parameters()]
            keep(f"adam.{name}.{slot}", parameters)
    return tensors


def count():
    coco = dict(text=1024, condition=128)
    for name, net in {
        "G1": Stage1(z=100, gf=192, size=64, colours=3, **coco),
        "D1": Discriminator(128, 96, 64, 3, False),
        "G2": Stage2(gf=192, blocks=2, scale=4, colours=3, **coco),
        "D2": Discriminator(128, 96, 256, 3, True),
    }.items():
        print(name, sum(p.numel() for p in net.parameters()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--count", action="store_true")
    arguments = parser.parse_args()
    if arguments.count:
        return count()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name, case in CASES.items():
        torch.manual_seed(0)
        tensors = record(**case)
        path = arguments.out / f"{name}.safetensors"
        save_file(tensors, path, {"torch": torch.__version__})
        print(f"{path}: {len(tensors)} tensors, {path.stat().st_size} bytes, losses {tensors['losses'].tolist()}")


if __name__ == "__main__":
    main()
