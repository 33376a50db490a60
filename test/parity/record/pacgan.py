#!/usr/bin/env python3
"""Records two whole iterations of PacGAN in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python pacgan.py [--out FOLDER]

The samples of a pack are laid side by side with torch.cat, one strided view of the batch for each place in it. Two cases:
    pacgan          DCGAN's players, 3 x 16 x 16, packs of two
    pacgan-points   fully connected players in the plane, packs of three
"""
import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.functional import softplus

ITERATIONS = 2


class Under(nn.Module):
    """Layers under one name, between a reshaping before and one after."""

    def __init__(self, name, layers, before, after):
        super().__init__()
        self.add_module(name, nn.Sequential(*layers))
        self.layers, self.before, self.after = (lambda: getattr(self, name)), before, after

    def forward(self, x):
        return self.after(self.layers()(self.before(x)))


def packs_of(m):
    return lambda x: torch.cat([x[place::m] for place in range(m)], dim=1)


def leaky():
    return nn.LeakyReLU(0.2)


def dcgan():
    def norm(a):
        return [nn.BatchNorm2d(a), nn.ReLU()]

    def up(a, b):
        return nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False)

    G = [nn.ConvTranspose2d(5, 8, 4, 1, 0, bias=False), *norm(8), up(8, 4), *norm(4), up(4, 3), nn.Tanh()]
    D = [nn.Conv2d(6, 4, 4, 2, 1, bias=False), leaky(), nn.Conv2d(4, 8, 4, 2, 1, bias=False), nn.BatchNorm2d(8), leaky()]
    D += [nn.Conv2d(8, 1, 4, 1, 0, bias=False)]
    return dict(
        G=Under("main", G, lambda z: z.reshape(-1, 5, 1, 1), lambda x: x),
        D=Under("main", D, packs_of(2), lambda x: x.flatten()),
        z=5,
        sample=(3, 16, 16),
        batch=8,
    )


def points():
    G = [nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2)]
    D = [nn.Linear(6, 8), leaky(), nn.Linear(8, 8), leaky(), nn.Linear(8, 1)]
    return dict(
        G=Under("model", G, lambda z: z, lambda x: x),
        D=Under("model", D, packs_of(3), lambda x: x.flatten()),
        z=4,
        sample=(2,),
        batch=12,
    )


CASES = {"pacgan": dcgan, "pacgan-points": points}


def variables(network):
    return [(path, value) for path, value in network.state_dict().items() if not path.endswith("num_batches_tracked")]


def record(case):
    networks = {"G": case["G"], "D": case["D"]}
    G, D = networks["G"], networks["D"]
    tensors, losses = {}, []

    def keep(prefix, values):
        tensors.update({f"{prefix}.{path}": value.detach().clone() for path, value in values})

    for name, network in networks.items():
        network.train()
        keep(f"init.{name}", variables(network))
    adam = {name: torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999)) for name, network in networks.items()}

    for i in range(ITERATIONS):

        def step(name, loss):
            adam[name].zero_grad()
            loss.backward()
            adam[name].step()
            return loss.item()

        real = tensors[f"iteration{i}.real/0"] = torch.rand(case["batch"], *case["sample"]) * 2 - 1
        z = tensors[f"iteration{i}.normal/0"] = torch.randn(case["batch"], case["z"])
        fake = G(z)
        d_loss = step("D", softplus(-D(real)).mean() + softplus(D(fake.detach())).mean())
        g_loss = step("G", softplus(-D(fake)).mean())
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
    for name, build in CASES.items():
        torch.manual_seed(0)
        tensors = record(build())
        path = out / f"{name}.safetensors"
        save_file({key: value.contiguous() for key, value in tensors.items()}, path, {"torch": torch.__version__})
        print(f"{path}: {len(tensors)} tensors, losses {tensors['losses'].tolist()}")


if __name__ == "__main__":
    main()
