#!/usr/bin/env python3
"""Records whole iterations of CGAN, ACGAN and SGAN in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python labelled.py [--out FOLDER]

The networks are those of the papers and of their reference code in torch.nn. Inputs are named labelled.x/<n> and labelled.y/<n> (one-hot,
or attributes of 0 and 1), real/<n>, classes/<n> (one-hot), normal/<n> and uniform/<n>; dropout drops the elements whose uniform/<n> is not
above its probability.
"""
import argparse
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

ITERATIONS = 2


class Recorder:
    def __init__(self):
        self.tensors, self.iteration, self.counts = {}, 0, {}

    def keep(self, prefix, values):
        self.tensors.update({f"{prefix}.{path}": value.detach().clone() for path, value in values})

    def draw(self, word, values):
        number = self.counts.get(word, 0)
        self.counts[word] = number + 1
        self.tensors[f"iteration{self.iteration}.{word}/{number}"] = values.clone()
        return values

    def sample(self, word, batch, shape):
        return self.draw(word, torch.rand(batch, *shape) * 2 - 1)

    def one_hot(self, word, batch, classes):
        return self.draw(word, F.one_hot(torch.randint(classes, (batch,)), classes).float())

    def normal(self, *shape):
        return self.draw("normal", torch.randn(*shape))

    def next(self):
        self.iteration, self.counts = self.iteration + 1, {}


recorder = Recorder()


def source(logits, real):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))


def doublings(size):
    return (7, 2) if size == 28 else (4, {16: 2, 32: 3}[size])


# CGAN


class Conditional(nn.Module):
    """The label beside what enters each block: as maps where that is a picture."""

    def __init__(self, **blocks):
        super().__init__()
        for name, block in blocks.items():
            setattr(self, name, block)

    def forward(self, x, y):
        for block in self.children():
            label = y if x.dim() == 2 else y[:, :, None, None].expand(-1, -1, *x.shape[2:])
            x = block(torch.cat([x, label], 1))
        return x


class JoinedMlp(nn.Module):
    def __init__(self, *layers, shape=None):
        super().__init__()
        self.model = nn.Sequential(*layers)
        self.shape = shape

    def forward(self, x, y):
        out = self.model(torch.cat([x.flatten(1), y], 1))
        return out.flatten() if self.shape is None else out.reshape(-1, *self.shape)


class Scores(nn.Module):
    def forward(self, x):
        return x.flatten()


def conditional_dcgan(sample, labels, width, z):
    base, count = doublings(sample[1])
    channels = width * 2 ** (count - 1)
    units = channels * base * base

    def double(a, b):
        return nn.ConvTranspose2d(a + labels, b, 5, 2, 2, output_padding=1, bias=False)

    def halve(a, b):
        return nn.Conv2d(a + labels, b, 5, 2, 2, bias=False)

    def dense(a, b):
        return nn.Linear(a + labels, b, bias=False)

    def flat(n):
        return nn.BatchNorm1d(n, affine=False)

    def maps(n):
        return nn.BatchNorm2d(n, affine=False)

    up = {}
    for i in range(1, count):
        up[f"up{i}"] = nn.Sequential(double(channels, channels // 2), maps(channels // 2), nn.ReLU())
        channels //= 2
    G = Conditional(
        fc1=nn.Sequential(dense(z, 16 * width), flat(16 * width), nn.ReLU()),
        fc2=nn.Sequential(dense(16 * width, units), flat(units), nn.ReLU(), nn.Unflatten(1, (-1, base, base))),
        **up,
        **{f"up{count}": nn.Sequential(double(channels, sample[0]), nn.Tanh())},
    )
    down, channels = {}, sample[0]
    for i in range(1, count + 1):
        n = width * 2 ** (i - 1)
        norm = [maps(n)] if i > 1 else []
        end = [nn.Flatten()] if i == count else []
        down[f"down{i}"] = nn.Sequential(halve(channels, n), *norm, nn.LeakyReLU(0.2), *end)
        channels = n
    D = Conditional(
        **down,
        fc1=nn.Sequential(dense(units, 16 * width), flat(16 * width), nn.LeakyReLU(0.2)),
        fc2=nn.Sequential(dense(16 * width, 1), Scores()),
    )
    return G, D


def joined_mlp(sample, labels, hidden, z, tanh):
    size = torch.Size(sample).numel()

    def layers(inputs, activation, outputs):
        widths = [inputs, *hidden]
        body = [part for a, b in zip(widths, widths[1:]) for part in (nn.Linear(a, b), activation())]
        return [*body, nn.Linear(widths[-1], outputs)]

    G = JoinedMlp(*layers(z + labels, nn.ReLU, size), *([nn.Tanh()] if tanh else []), shape=sample)
    D = JoinedMlp(*layers(size + labels, lambda: nn.LeakyReLU(0.2), 1))
    return G, D


def cgan(players, sample, labels, batch, z, attributes=False, d_steps=1, saturating=False, **options):
    G, D = players

    def iterate(step):
        for _ in range(d_steps):
            x = recorder.sample("labelled.x", batch, sample)
            if attributes:
                y = recorder.draw("labelled.y", torch.randint(2, (batch, labels)).float())
            else:
                y = recorder.one_hot("labelled.y", batch, labels)
            fake = G(recorder.normal(batch, z), y)
            d = step("D", source(D(x, y), True) + source(D(fake.detach(), y), False))
        score = D(fake, y)
        return d, step("G", -source(score, False) if saturating else source(score, True))

    return dict(G=G, D=D, iterate=iterate, **options)


# ACGAN


class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        return x * (recorder.draw("uniform", torch.rand(x.shape)) > self.p) / (1 - self.p)


class AcganGenerator(nn.Module):
    def __init__(self, sample, labels, width, z):
        super().__init__()
        base, count = doublings(sample[1])
        channels = width * 2 ** (count - 1)
        layers = [nn.Linear(z + labels, channels * base * base), nn.ReLU(), nn.Unflatten(1, (channels, base, base))]
        for i in range(count):
            last = i == count - 1
            n = sample[0] if last else channels // 2
            layers += [nn.ConvTranspose2d(channels, n, 5, 2, 2, output_padding=1, bias=last)]
            layers += [nn.Tanh()] if last else [nn.BatchNorm2d(n), nn.ReLU()]
            channels = n
        self.main = nn.Sequential(*layers)

    def forward(self, z, y):
        return self.main(torch.cat([z, y], 1))


class AcganDiscriminator(nn.Module):
    def __init__(self, sample, labels, width, p):
        super().__init__()
        layers, (channels, size, _) = [], sample
        for i, stride in enumerate([2, 1] * 3):
            n = width * 2**i
            layers += [nn.Conv2d(channels, n, 3, stride, 1, bias=i == 0), *([nn.BatchNorm2d(n)] if i else [])]
            layers += [nn.LeakyReLU(0.2), Dropout(p)]
            channels, size = n, (size - 1) // stride + 1
        self.main = nn.Sequential(*layers, nn.Flatten())
        self.source = nn.Linear(channels * size * size, 1)
        self.classes = nn.Linear(channels * size * size, labels)

    def forward(self, x):
        h = self.main(x)
        return self.source(h).flatten(), self.classes(h)


def acgan(sample, labels, batch, z, widths, p=0.5, weight=1.0, saturating=False):
    G = AcganGenerator(sample, labels, widths[0], z)
    D = AcganDiscriminator(sample, labels, widths[1], p)

    def iterate(step):
        x = recorder.sample("labelled.x", batch, sample)
        y = recorder.one_hot("labelled.y", batch, labels)
        c = recorder.one_hot("classes", batch, labels)
        fake = G(recorder.normal(batch, z), c)
        (real_score, real_classes), (fake_score, fake_classes) = D(x), D(fake.detach())
        classes = F.cross_entropy(real_classes, y.argmax(1)) + F.cross_entropy(fake_classes, c.argmax(1))
        d = step("D", source(real_score, True) + source(fake_score, False) + weight * classes)
        score, classes = D(fake)
        adversarial = -source(score, False) if saturating else source(score, True)
        return d, step("G", adversarial + weight * F.cross_entropy(classes, c.argmax(1)))

    return dict(G=G, D=D, iterate=iterate)


# SGAN


def weight_norm(layer):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nn.utils.weight_norm(layer)


class UnitRows(nn.Module):
    """A dense layer whose rows of weights all have the length of the square root of 2."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight_v = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.empty(outputs))

    def forward(self, x):
        return F.linear(x, 2**0.5 * F.normalize(self.weight_v, dim=1), self.bias)


class MlpClassifier(nn.Sequential):
    """Dense layers with weight norm and ReLU, noise on what enters each; the logits, and the last hidden layer."""

    def forward(self, x, noise):
        x = x.flatten(1)
        *hidden, last = self
        for layer, sigma in zip(hidden, noise):
            x = F.relu(layer(x + sigma))
        return last(x + noise[-1]), x


class ConvClassifier(nn.Module):
    def __init__(self, sample, width, outputs):
        super().__init__()
        base, count = doublings(sample[1])
        layers, channels = [], sample[0]
        for i in range(count):
            n = width * 2**i
            layers += [nn.Conv2d(channels, n, 4, 2, 1, bias=False), *([nn.BatchNorm2d(n)] if i else []), nn.LeakyReLU(0.2)]
            channels = n
        self.main = nn.Sequential(*layers, nn.Flatten())
        self.head = nn.Linear(channels * base * base, outputs)

    def forward(self, x, noise):
        features = self.main(x)
        return self.head(features), features


class Generator(nn.Module):
    def __init__(self, name, layers, enter, leave):
        super().__init__()
        setattr(self, name, nn.Sequential(*layers))
        self.enter, self.leave = enter, leave

    def forward(self, *inputs):
        (main,) = self.children()
        return main(torch.cat(inputs, 1).reshape(-1, *self.enter)).reshape(-1, *self.leave)


def dcgan_generator(sample, width, z):
    base, count = doublings(sample[1])
    channels = width * 2 ** (count - 1)
    layers = [nn.ConvTranspose2d(z, channels, base, 1, 0, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
    for _ in range(count - 1):
        layers += [nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1, bias=False)]
        layers += [nn.BatchNorm2d(channels // 2), nn.ReLU()]
        channels //= 2
    layers += [nn.ConvTranspose2d(channels, sample[0], 4, 2, 1, bias=False), nn.Tanh()]
    return Generator("main", layers, (z, 1, 1), sample)


def softplus_generator(sample, hidden, z):
    widths = [z, *hidden]
    layers = [p for a, b in zip(widths, widths[1:]) for p in (nn.Linear(a, b, bias=False), nn.BatchNorm1d(b), nn.Softplus())]
    last = weight_norm(nn.Linear(widths[-1], torch.Size(sample).numel()))
    return Generator("model", [*layers, last, nn.Tanh()], (z,), sample)


def sgan(sample, classes, batch, z, fake_class, width=None, hidden=None, sigmas=(0.6, 0.5), weight=1.0, uniform=False):
    outputs = classes + fake_class
    inputs = z + (classes if fake_class else 0)
    if width:
        widths = []
        G, D = dcgan_generator(sample, width, inputs), ConvClassifier(sample, width, outputs)
    else:
        widths = [torch.Size(sample).numel(), *hidden[1]]
        G = softplus_generator(sample, hidden[0], inputs)
        layers = [UnitRows(a, b) for a, b in zip(widths, hidden[1])]
        D = MlpClassifier(*layers, weight_norm(nn.Linear(widths[-1], outputs)))

    def probabilities(logits):
        """Of the K classes and of being generated, the logit of which is 0 where the network has none."""
        if not fake_class:
            logits = torch.cat([logits, torch.zeros(batch, 1)], 1)
        return F.log_softmax(logits.double(), 1)

    def fakeness(logits):
        return probabilities(logits)[:, -1]

    def realness(logits):
        return probabilities(logits)[:, :-1].logsumexp(1)

    def iterate(step):
        noise = [sigma * recorder.normal(batch, n) for n, sigma in zip(widths, [sigmas[0], *[sigmas[1]] * 9])]
        x = recorder.sample("labelled.x", batch, sample)
        y = recorder.one_hot("labelled.y", batch, classes)
        told = [recorder.one_hot("classes", batch, classes)] if fake_class else []
        latent = recorder.sample("uniform", batch, (z,)) if uniform else recorder.normal(batch, z)
        fake = G(latent, *told)
        labelled, _ = D(x, noise)
        unlabelled, _ = D(recorder.sample("real", batch, sample), noise)
        generated, _ = D(fake.detach(), noise)
        supervised = F.cross_entropy(labelled, y.argmax(1))
        unsupervised = -realness(unlabelled).mean() / 2 - fakeness(generated).mean() / 2
        d = step("D", supervised + weight * unsupervised.float())
        logits, features = D(fake, noise)
        if fake_class:
            return d, step("G", F.cross_entropy(logits, told[0].argmax(1)))
        _, real = D(recorder.sample("real", batch, sample), noise)
        return d, step("G", F.mse_loss(features.mean(0), real.mean(0)))

    return dict(G=G, D=D, iterate=iterate)


GREY, COLOUR, POINT = (1, 16, 16), (3, 16, 16), (2,)

CASES = {
    "cgan16": lambda: cgan(conditional_dcgan(GREY, 3, 2, 5), GREY, 3, batch=4, z=5, decay=2.5e-3),
    "cgan28-attributes": lambda: cgan(
        conditional_dcgan((1, 28, 28), 2, 1, 3), (1, 28, 28), 2, batch=4, z=3, attributes=True, d_steps=2
    ),
    "cgan-points": lambda: cgan(joined_mlp(POINT, 8, [12, 10], 4, False), POINT, 8, batch=8, z=4, saturating=True),
    "acgan16": lambda: acgan(COLOUR, 3, batch=4, z=5, widths=(4, 1)),
    "acgan28": lambda: acgan((1, 28, 28), 2, batch=2, z=4, widths=(2, 1), p=0.25, weight=0.3, saturating=True),
    "sgan-fake-class": lambda: sgan(COLOUR, 3, batch=4, z=5, fake_class=True, width=4),
    "sgan-fake-class-mlp": lambda: sgan(GREY, 3, batch=4, z=5, fake_class=True, hidden=([9, 8], [10, 7]), weight=0.4),
    "sgan-feature-matching": lambda: sgan(
        GREY, 4, batch=6, z=5, fake_class=False, hidden=([9, 8], [10, 7, 6]), uniform=True
    ),
    "sgan-feature-matching-dcgan": lambda: sgan(GREY, 3, batch=4, z=5, fake_class=False, width=3),
}


def variables(network):
    return [(path, value) for path, value in network.state_dict().items() if not path.endswith("num_batches_tracked")]


def record(build):
    global recorder
    recorder = Recorder()
    case = build()
    networks = {"G": case["G"], "D": case["D"]}
    adam = {}
    for name, network in networks.items():
        for path, parameter in network.named_parameters():
            if path.endswith("weight_g") or (parameter.dim() == 1 and path.endswith("weight")):
                nn.init.normal_(parameter, 1.0, 0.1)
            elif parameter.dim() == 1:
                nn.init.normal_(parameter, 0.0, 0.1)
            else:
                nn.init.normal_(parameter, 0.0, 0.15)
        network.train()
        recorder.keep(f"init.{name}", variables(network))
        decay = case.get("decay", 0)
        adam[name] = torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999), weight_decay=decay)

    def step(name, loss):
        adam[name].zero_grad()
        loss.backward()
        adam[name].step()
        return loss.item()

    losses = []
    for _ in range(ITERATIONS):
        losses.append(case["iterate"](step))
        recorder.next()

    recorder.tensors["losses"] = torch.tensor(losses)
    for name, network in networks.items():
        recorder.keep(f"final.{name}", variables(network))
        for path, parameter in network.named_parameters():
            state = adam[name].state[parameter]
            recorder.keep(f"adam.{name}", [(f"m.{path}", state["exp_avg"]), (f"v.{path}", state["exp_avg_sq"])])
    return recorder.tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name, build in CASES.items():
        torch.manual_seed(0)
        tensors = record(build)
        path = out / f"{name}.safetensors"
        save_file({key: value.contiguous() for key, value in tensors.items()}, path, {"torch": torch.__version__})
        print(f"{path.name}: {path.stat().st_size} bytes, {len(tensors)} tensors, losses {tensors['losses'].tolist()}")


if __name__ == "__main__":
    main()
