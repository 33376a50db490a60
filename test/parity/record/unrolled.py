#!/usr/bin/env python3
"""Records two whole iterations of the unrolled GAN in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python unrolled.py [--out FOLDER]

D's own steps are torch.optim.Adam's. The steps that G looks ahead are the same Adam written out in differentiable operations, from the
moments and the count that D's own step has left, with create_graph=True, on networks called with the weights as arguments; what they do
to D's running statistics is forgotten. Three cases:
    unrolled          fully connected players in the plane, 4 steps, the saddle objective
    unrolled-images   DCGAN's players with batch norm, 1 x 16 x 16, 2 steps, non-saturating
    unrolled-none     no step: the plain GAN
"""
import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.func import functional_call
from torch.nn.functional import softplus

ITERATIONS = 2
BETAS, EPS, LR_D, LR_G = (0.5, 0.999), 1e-8, 1e-2, 1e-3


class Under(nn.Module):
    """Layers under one name, between a reshaping before and one after."""

    def __init__(self, name, layers, before, after):
        super().__init__()
        self.add_module(name, nn.Sequential(*layers))
        self.layers, self.before, self.after = (lambda: getattr(self, name)), before, after

    def forward(self, x):
        return self.after(self.layers()(self.before(x)))


def leaky():
    return nn.LeakyReLU(0.2)


def points(steps):
    G = [nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2)]
    D = [nn.Linear(2, 8), leaky(), nn.Linear(8, 8), leaky(), nn.Linear(8, 1)]
    return dict(
        G=Under("model", G, lambda z: z, lambda x: x),
        D=Under("model", D, lambda x: x, lambda x: x.flatten()),
        z=4,
        sample=(2,),
        batch=8,
        steps=steps,
        saturating=True,
    )


def images():
    def up(a, b):
        return nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False)

    def norm(a):
        return [nn.BatchNorm2d(a), nn.ReLU()]

    G = [nn.ConvTranspose2d(4, 8, 4, 1, 0, bias=False), *norm(8), up(8, 4), *norm(4), up(4, 1), nn.Tanh()]
    D = [nn.Conv2d(1, 4, 4, 2, 1, bias=False), leaky(), nn.Conv2d(4, 8, 4, 2, 1, bias=False), nn.BatchNorm2d(8), leaky()]
    D += [nn.Conv2d(8, 1, 4, 1, 0, bias=False)]
    return dict(
        G=Under("main", G, lambda z: z.reshape(-1, 4, 1, 1), lambda x: x),
        D=Under("main", D, lambda x: x, lambda x: x.flatten()),
        z=4,
        sample=(1, 16, 16),
        batch=6,
        steps=2,
        saturating=False,
    )


CASES = {"unrolled": lambda: points(4), "unrolled-images": images, "unrolled-none": lambda: points(0)}


def variables(network):
    return [(path, value) for path, value in network.state_dict().items() if not path.endswith("num_batches_tracked")]


def discriminator_loss(real, fake):
    return softplus(-real).mean() + softplus(fake).mean()


def look_ahead(D, adam, x, fake, steps):
    """D's weights after further steps of its Adam on these samples, as functions of them."""
    weights = dict(D.named_parameters())
    buffers = {path: value.clone() for path, value in D.named_buffers()}
    state = {path: adam.state[parameter] for path, parameter in weights.items()}
    m = {path: state[path]["exp_avg"].clone() for path in weights}
    v = {path: state[path]["exp_avg_sq"].clone() for path in weights}
    t = int(next(iter(state.values()))["step"])

    def apply(samples):
        return functional_call(D, {**weights, **buffers}, (samples,))

    for _ in range(steps):
        t += 1
        loss = discriminator_loss(apply(x), apply(fake))
        gradients = torch.autograd.grad(loss, list(weights.values()), create_graph=True)
        for (path, weight), g in zip(list(weights.items()), gradients):
            m[path] = BETAS[0] * m[path] + (1 - BETAS[0]) * g
            v[path] = BETAS[1] * v[path] + (1 - BETAS[1]) * g * g
            m_hat, v_hat = m[path] / (1 - BETAS[0] ** t), v[path] / (1 - BETAS[1] ** t)
            weights[path] = weight - LR_D * m_hat / (v_hat.sqrt() + EPS)
    return apply


def record(case):
    networks = {"G": case["G"], "D": case["D"]}
    G, D = networks["G"], networks["D"]
    tensors, losses = {}, []

    def keep(prefix, values):
        tensors.update({f"{prefix}.{path}": value.detach().clone() for path, value in values})

    for name, network in networks.items():
        network.train()
        keep(f"init.{name}", variables(network))
    rates = {"G": LR_G, "D": LR_D}
    adam = {
        name: torch.optim.Adam(network.parameters(), lr=rates[name], betas=BETAS, eps=EPS) for name, network in networks.items()
    }

    for i in range(ITERATIONS):
        counts = {"real": 0, "normal": 0}

        def draw(kind, values):
            tensors[f"iteration{i}.{kind}/{counts[kind]}"] = values
            counts[kind] += 1
            return values

        def step(name, loss):
            adam[name].zero_grad()
            loss.backward()
            adam[name].step()
            return loss.item()

        def samples():
            x = draw("real", torch.rand(case["batch"], *case["sample"]) * 2 - 1)
            return x, G(draw("normal", torch.randn(case["batch"], case["z"])))

        x, fake = samples()
        d_loss = step("D", discriminator_loss(D(x), D(fake.detach())))

        x, fake = samples()
        answer = look_ahead(D, adam["D"], x, fake, case["steps"])
        if case["saturating"]:
            g_loss = step("G", -discriminator_loss(answer(x), answer(fake)))
        else:
            g_loss = step("G", softplus(-answer(fake)).mean())
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
