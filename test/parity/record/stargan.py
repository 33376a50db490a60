#!/usr/bin/env python3
"""Records two whole iterations of StarGAN in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python stargan.py [--out FOLDER]

The networks are those of Choi et al. (2018) in torch.nn, under the paths of the authors' code. D's penalty is differentiated twice. Two cases:
    stargan               3 x 16 x 16, three classes, two steps of D in an iteration
    stargan-attributes    1 x 12 x 12, two attributes, one step of D, a rate that falls
"""
import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

ITERATIONS = 2


def normed(layer, channels, last=nn.ReLU):
    return [layer, nn.InstanceNorm2d(channels, affine=True), *([last()] if last else [])]


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        conv = [nn.Conv2d(channels, channels, 3, 1, 1, bias=False) for _ in range(2)]
        self.main = nn.Sequential(*normed(conv[0], channels), *normed(conv[1], channels, last=None))

    def forward(self, x):
        return x + self.main(x)


class Generator(nn.Module):
    def __init__(self, channels, labels, width, blocks):
        super().__init__()
        w = width
        self.main = nn.Sequential(
            *normed(nn.Conv2d(channels + labels, w, 7, 1, 3, bias=False), w),
            *normed(nn.Conv2d(w, 2 * w, 4, 2, 1, bias=False), 2 * w),
            *normed(nn.Conv2d(2 * w, 4 * w, 4, 2, 1, bias=False), 4 * w),
            *[Residual(4 * w) for _ in range(blocks)],
            *normed(nn.ConvTranspose2d(4 * w, 2 * w, 4, 2, 1, bias=False), 2 * w),
            *normed(nn.ConvTranspose2d(2 * w, w, 4, 2, 1, bias=False), w),
            nn.Conv2d(w, channels, 7, 1, 3, bias=False),
            nn.Tanh(),
        )

    def forward(self, x, c):
        maps = c[:, :, None, None].expand(-1, -1, x.shape[2], x.shape[3])
        return self.main(torch.cat([x, maps], dim=1))


class Discriminator(nn.Module):
    """Scores [n], the means of a map, and logits of the labels [n, K]."""

    def __init__(self, channels, labels, width, halvings, left):
        super().__init__()
        widths = [channels, *(width * 2**i for i in range(halvings))]
        layers = [[nn.Conv2d(a, b, 4, 2, 1), nn.LeakyReLU(0.01)] for a, b in zip(widths, widths[1:])]
        self.main = nn.Sequential(*sum(layers, []))
        self.conv1 = nn.Conv2d(widths[-1], 1, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv2d(widths[-1], labels, left, bias=False)

    def forward(self, x):
        h = self.main(x)
        return self.conv1(h).mean(dim=(1, 2, 3)), self.conv2(h).flatten(1)


CASES = {
    "stargan": dict(size=16, channels=3, labels=3, width=3, blocks=1, halvings=3, left=2, critic=2, attributes=False),
    "stargan-attributes": dict(
        size=12, channels=1, labels=2, width=2, blocks=2, halvings=2, left=3, critic=1, attributes=True, decay=(1, 3)
    ),
}
BATCH, LR, BETAS = 4, 2e-3, (0.5, 0.999)
L_CLS, L_REC, L_GP = 1.0, 10.0, 10.0


def classification(logits, labels, attributes):
    if attributes:
        return F.binary_cross_entropy_with_logits(logits, labels, reduction="sum") / len(logits)
    return F.cross_entropy(logits, labels.argmax(dim=1))


def penalty(D, x, fake, epsilon):
    mixed = (epsilon * x + (1 - epsilon) * fake).requires_grad_()
    (slope,) = torch.autograd.grad(D(mixed)[0].sum(), mixed, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def record(case):
    sample = (case["channels"], case["size"], case["size"])
    G = Generator(case["channels"], case["labels"], case["width"], case["blocks"])
    D = Discriminator(case["channels"], case["labels"], case["width"], case["halvings"], case["left"])
    networks = {"G": G, "D": D}
    tensors, losses = {}, []

    def keep(prefix, values):
        tensors.update({f"{prefix}.{path}": value.detach().clone() for path, value in values})

    for name, network in networks.items():
        for path, parameter in network.named_parameters():
            if parameter.dim() == 1:  # gains, and biases that are not 0
                nn.init.normal_(parameter, 1.0 if name == "G" and path.endswith("weight") else 0.0, 0.1)
            elif name == "D":  # as steep as the penalty wants it, about
                nn.init.normal_(parameter, 0.0, (3 / parameter[0].numel()) ** 0.5)
        keep(f"init.{name}", network.named_parameters())
    adam = {name: torch.optim.Adam(network.parameters(), betas=BETAS) for name, network in networks.items()}

    for i in range(ITERATIONS):
        counts = {}

        def draw(kind, values):
            count = counts.get(kind, 0)
            counts[kind] = count + 1
            tensors[f"iteration{i}.{kind}/{count}"] = values.clone()
            return values

        def step(name, loss):
            start, end = case.get("decay", (0, 0))
            rate = 1.0 if end == 0 else 1 - min(max((i + 1 - start) / (end - start), 0), 1)
            adam[name].param_groups[0]["lr"] = LR * rate
            adam[name].zero_grad()
            loss.backward()
            adam[name].step()
            return loss.item()

        for _ in range(case["critic"]):
            x = draw("labelled.x", torch.rand(BATCH, *sample) * 2 - 1)
            if case["attributes"]:
                c0 = torch.randint(2, (BATCH, case["labels"])).float()
            else:
                c0 = F.one_hot(torch.randint(case["labels"], (BATCH,)), case["labels"]).float()
            c0 = draw("labelled.y", c0)
            c = draw("permutation", torch.eye(BATCH)[torch.randperm(BATCH)]) @ c0
            fake = G(x, c).detach()
            epsilon = draw("uniform", torch.rand(BATCH, 1, 1, 1))
            score, logits = D(x)
            adversarial = D(fake)[0].mean() - score.mean() + L_GP * penalty(D, x, fake, epsilon)
            d_loss = step("D", adversarial + L_CLS * classification(logits, c0, case["attributes"]))

        fake = G(x, c)
        score, logits = D(fake)
        back = (G(fake, c0) - x).abs().mean()
        g_loss = step("G", -score.mean() + L_CLS * classification(logits, c, case["attributes"]) + L_REC * back)
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
        torch.manual_seed(1)
        tensors = record(case)
        path = out / f"{name}.safetensors"
        save_file({key: value.contiguous() for key, value in tensors.items()}, path, {"torch": torch.__version__})
        print(f"{path}: {len(tensors)} tensors, losses {tensors['losses'].tolist()}")


if __name__ == "__main__":
    main()
