#!/usr/bin/env python3
"""Records whole iterations of pix2pix, CycleGAN and DiscoGAN in PyTorch, float32 on the CPU: see ../record.py for what a file holds.

    pip install torch safetensors
    python translation.py [--out FOLDER]

The networks are those of the papers in torch.nn, under the paths of the authors' code. Inputs are named pair.a/<n>, pair.b/<n>,
domain.a/<n>, domain.b/<n>; uniform/<n> is what dropout compares with its probability (an element below it is dropped); pool/<n>
[batch, size + 1] marks the place where a picture is kept, and in its last column whether the picture held there is judged in its stead.
final.pool.<update>.0 is what a pool holds at the end.
"""
import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F


class Recorder:
    def __init__(self):
        self.tensors, self.losses, self.iteration, self.counts = {}, [], 0, {}

    def keep(self, prefix, values):
        self.tensors.update({f"{prefix}.{path}": value.detach().clone() for path, value in values})

    def draw(self, word, values):
        number = self.counts.get(word, 0)
        self.counts[word] = number + 1
        self.tensors[f"iteration{self.iteration}.{word}/{number}"] = values.detach().clone()
        return values

    def picture(self, word, batch, shape):
        return self.draw(word, torch.rand(batch, *shape) * 2 - 1)

    def next(self, *losses):
        self.losses.append(list(losses))
        self.iteration += 1
        self.counts = {}


recorder = Recorder()


class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        return x * (recorder.draw("uniform", torch.rand(x.shape)) > self.p) / (1 - self.p)


# pix2pix


class Skip(nn.Module):
    def __init__(self, *layers, outermost=False):
        super().__init__()
        self.model = nn.Sequential(*layers)
        self.outermost = outermost

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


class Unet(nn.Module):
    def __init__(self, inputs, outputs, width, depth, p):
        super().__init__()
        channels = [width * min(2**i, 8) for i in range(depth)]

        def down(a, b):
            return nn.Conv2d(a, b, 4, 2, 1, bias=False)

        def up(a, b, bias=False):
            return nn.ConvTranspose2d(a, b, 4, 2, 1, bias=bias)

        block = None
        for i in reversed(range(1, depth)):
            outer, inner = channels[i - 1], channels[i]
            inside = [nn.BatchNorm2d(inner), block] if block else []
            layers = [nn.LeakyReLU(0.2), down(outer, inner), *inside, nn.ReLU()]
            layers += [up(2 * inner if block else inner, outer), nn.BatchNorm2d(outer)]
            block = Skip(*layers, *([Dropout(p)] if i >= depth - 3 else []))
        last = up(2 * width, outputs, bias=True)
        self.model = Skip(down(inputs, width), block, nn.ReLU(), last, nn.Tanh(), outermost=True)

    def forward(self, x):
        return self.model(x)


class PatchGan(nn.Module):
    def __init__(self, inputs, width, layers, norm):
        super().__init__()
        bias = norm is nn.InstanceNorm2d
        geometry = dict(kernel_size=4, padding=1) if layers else dict(kernel_size=1)
        strides = [2] * layers + [1] if layers else [1, 1]
        modules, channels = [], inputs
        for i, stride in enumerate(strides):
            n = width * min(2**i, 8)
            modules += [nn.Conv2d(channels, n, stride=stride, bias=bias or i == 0, **geometry)]
            modules += ([norm(n)] if i else []) + [nn.LeakyReLU(0.2)]
            channels = n
        self.model = nn.Sequential(*modules, nn.Conv2d(channels, 1, **geometry))

    def forward(self, x):
        return self.model(x)


def bce(logits, target):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


def pix2pix(a, b, batch, width, layers, swap=False, conditional=True, weight=100.0, lr=lambda t: 2e-4, p=0.5):
    given, wanted = (b, a) if swap else (a, b)
    G = Unet(given[0], wanted[0], width, {16: 4, 32: 5}[given[1]], p)
    D = PatchGan(wanted[0] + (given[0] if conditional else 0), width, layers, nn.BatchNorm2d)

    def iterate(step):
        pair = recorder.picture("pair.a", batch, a), recorder.picture("pair.b", batch, b)
        x, y = reversed(pair) if swap else pair
        made = G(x)

        def judge(picture):
            return D(torch.cat([x, picture], 1) if conditional else picture)

        d_loss = step("D", (bce(judge(y), 1.0) + bce(judge(made.detach()), 0.0)) / 2)
        g_loss = step("G", bce(judge(made), 1.0) + weight * F.l1_loss(made, y))
        return d_loss, g_loss

    return dict(networks=dict(G=G, D=D), players=dict(G="G", D="D"), iterate=iterate, lr=lr, iterations=2)


# CycleGAN


class ResnetBlock(nn.Module):
    def __init__(self, n):
        super().__init__()
        half = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(n, n, 3), nn.InstanceNorm2d(n)]
        self.conv_block = nn.Sequential(*half(), nn.ReLU(), *half())

    def forward(self, x):
        return x + self.conv_block(x)


class Resnet(nn.Module):
    def __init__(self, inputs, outputs, n, blocks):
        super().__init__()
        settle = lambda n: [nn.InstanceNorm2d(n), nn.ReLU()]
        up = lambda a, b: nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1)
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(inputs, n, 7), *settle(n)]
        layers += [nn.Conv2d(n, 2 * n, 3, 2, 1), *settle(2 * n), nn.Conv2d(2 * n, 4 * n, 3, 2, 1), *settle(4 * n)]
        layers += [ResnetBlock(4 * n) for _ in range(blocks)]
        layers += [up(4 * n, 2 * n), *settle(2 * n), up(2 * n, n), *settle(n)]
        self.model = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(n, outputs, 7), nn.Tanh())

    def forward(self, x):
        return self.model(x)


class Pool:
    """A picture a call: kept in turn until `size` are held, then exchanged where `chosen` names a place."""

    def __init__(self, size, shape, chosen):
        self.held, self.filled, self.chosen = torch.zeros(size, *shape), 0, chosen

    def __call__(self, picture):
        size = len(self.held)
        choice = torch.zeros(1, size + 1)
        answer = picture
        if self.filled < size:
            place, self.filled = self.filled, self.filled + 1
            choice[0, place] = 1
            self.held[place] = picture[0]
        elif self.chosen is not None:
            choice[0, self.chosen] = choice[0, size] = 1
            answer = self.held[self.chosen : self.chosen + 1].clone()
            self.held[self.chosen] = picture[0]
        recorder.draw("pool", choice)
        return answer


def cyclegan(a, b, width, blocks, layers, identity, pools, weight=10.0):
    networks = dict(
        G=Resnet(a[0], b[0], width, blocks),
        F=Resnet(b[0], a[0], width, blocks),
        DX=PatchGan(a[0], width, layers, nn.InstanceNorm2d),
        DY=PatchGan(b[0], width, layers, nn.InstanceNorm2d),
    )
    G, back, DX, DY = networks.values()

    def square(scores, target):
        return F.mse_loss(scores, torch.full_like(scores, target))

    def iterate(step):
        x, y = recorder.picture("domain.a", 1, a), recorder.picture("domain.b", 1, b)
        fake_y, fake_x = G(x), back(y)
        loss = square(DY(fake_y), 1.0) + square(DX(fake_x), 1.0)
        loss = loss + weight * (F.l1_loss(back(fake_y), x) + F.l1_loss(G(fake_x), y))
        if identity:
            loss = loss + weight * identity * (F.l1_loss(G(y), y) + F.l1_loss(back(x), x))
        losses = [step("G+F", loss)]
        for name, real, fake in (("DX", x, fake_x), ("DY", y, fake_y)):
            D = networks[name]
            shown = pools[name](fake.detach()) if pools else fake.detach()
            losses.append(step(name, (square(D(real), 1.0) + square(D(shown), 0.0)) / 2))
        return losses

    players = {"G": "G+F", "F": "G+F", "DX": "DX", "DY": "DY"}
    return dict(networks=networks, players=players, iterate=iterate, lr=lambda t: 2e-4, iterations=3, pools=pools)


# DiscoGAN


class Discogan(nn.Module):
    def __init__(self, inputs, outputs, channels, bottleneck):
        super().__init__()
        leaky = lambda n: [nn.BatchNorm2d(n), nn.LeakyReLU(0.2)]
        settle = lambda n: [nn.BatchNorm2d(n), nn.ReLU()]
        layers = [nn.Conv2d(inputs, channels[0], 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
        for p, q in zip(channels, channels[1:]):
            layers += [nn.Conv2d(p, q, 4, 2, 1, bias=False), *leaky(q)]
        if bottleneck:
            layers += [nn.Conv2d(channels[-1], bottleneck, 4, bias=False), *leaky(bottleneck)]
            layers += [nn.ConvTranspose2d(bottleneck, channels[-1], 4, bias=False), *settle(channels[-1])]
        for p, q in zip(channels[::-1], channels[-2::-1]):
            layers += [nn.ConvTranspose2d(p, q, 4, 2, 1, bias=False), *settle(q)]
        self.main = nn.Sequential(*layers, nn.ConvTranspose2d(channels[0], outputs, 4, 2, 1, bias=False), nn.Sigmoid())

    def forward(self, x):
        return self.main(x)


class Judge(nn.Module):
    def __init__(self, inputs, channels):
        super().__init__()
        self.depth = len(channels)
        for i, (p, q) in enumerate(zip([inputs, *channels], channels), 1):
            setattr(self, f"conv{i}", nn.Conv2d(p, q, 4, 2, 1, bias=False))
            if i > 1:
                setattr(self, f"bn{i}", nn.BatchNorm2d(q))
        setattr(self, f"conv{self.depth + 1}", nn.Conv2d(channels[-1], 1, 4, bias=False))

    def forward(self, x):
        features = []
        for i in range(1, self.depth + 1):
            x = getattr(self, f"conv{i}")(x)
            x = F.leaky_relu(getattr(self, f"bn{i}")(x) if i > 1 else x, 0.2)
            features.append(x)
        return torch.sigmoid(getattr(self, f"conv{self.depth + 1}")(x)).flatten(), features[1:]


def discogan(a, b, batch, width, rates, form="discogan", bottleneck=0):
    channels = [width * 2**i for i in range({16: 2, 32: 3}[a[1]])]
    networks = dict(
        GAB=Discogan(a[0], b[0], channels, bottleneck),
        GBA=Discogan(b[0], a[0], channels, bottleneck),
        DA=Judge(a[0], channels),
        DB=Judge(b[0], channels),
    )
    GAB, GBA, DA, DB = networks.values()
    both = form == "discogan"

    def pictures():
        return [(recorder.picture(f"domain.{name}", batch, shape) + 1) / 2 for name, shape in (("a", a), ("b", b))]

    def d_loss(D, real, fake):
        (real_score, _), (fake_score, _) = D(real), D(fake.detach())
        one, zero = torch.ones_like(real_score), torch.zeros_like(fake_score)
        return 0.5 * F.binary_cross_entropy(real_score, one) + 0.5 * F.binary_cross_entropy(fake_score, zero)

    def g_loss(D, real, fake):
        (score, fake_features), (_, real_features) = D(fake), D(real)
        matching = 0
        for f, g in zip(real_features, fake_features):
            squares = (f.mean(0) - g.mean(0)) ** 2
            matching = matching + F.hinge_embedding_loss(squares, torch.ones_like(squares))
        return F.binary_cross_entropy(score, torch.ones_like(score)) * 0.1 + matching * 0.9

    def iterate(step):
        rate = rates[recorder.iteration]
        x_a, x_b = pictures()
        loss = d_loss(DB, x_b, GAB(x_a))
        d = step("D", d_loss(DA, x_a, GBA(x_b)) + loss if both else loss)
        for _ in range(2):
            x_a, x_b = pictures()
            x_ab = GAB(x_a)
            loss = g_loss(DB, x_b, x_ab)
            if form != "gan":
                loss = loss * (1 - rate) + F.mse_loss(GBA(x_ab), x_a) * rate
            if both:
                x_ba = GBA(x_b)
                cycle = F.mse_loss(GAB(x_ba), x_b)
                loss = loss + g_loss(DA, x_a, x_ba) * (1 - rate) + cycle * rate
            g = step("G", loss)
        return d, g

    players = {"GAB": "G", **({} if form == "gan" else {"GBA": "G"}), **({"DA": "D"} if both else {}), "DB": "D"}
    return dict(networks=networks, players=players, iterate=iterate, lr=lambda t: 2e-4, iterations=2, decay=1e-5)


def linear_decay(t, start, end):
    return 2e-4 * (1 - min(max((t - start) / (end - start), 0), 1))


COLOUR, GREY = (3, 16, 16), (1, 16, 16)

CASES = {
    "pix2pix": lambda: pix2pix(COLOUR, GREY, batch=1, width=2, layers=2),
    "pix2pix-pixels": lambda: pix2pix(
        COLOUR, GREY, batch=2, width=2, layers=0, swap=True, conditional=False, weight=10.0, p=0.25,
        lr=lambda t: linear_decay(t, 1, 4),
    ),
    "cyclegan": lambda: cyclegan(
        COLOUR, COLOUR, width=2, blocks=1, layers=2, identity=0.5,
        pools=dict(DX=Pool(2, COLOUR, 0), DY=Pool(2, COLOUR, None)),
    ),
    "cyclegan-no-history": lambda: cyclegan(COLOUR, GREY, width=2, blocks=2, layers=2, identity=0, pools={}),
    "discogan": lambda: discogan((3, 32, 32), (1, 32, 32), batch=2, width=2, rates=[0.2, 0.5]),
    "discogan-recongan": lambda: discogan(COLOUR, GREY, batch=4, width=2, rates=[0.5] * 2, form="recongan", bottleneck=3),
    "discogan-gan": lambda: discogan(GREY, COLOUR, batch=4, width=2, rates=[0.5] * 2, form="gan"),
}


def variables(network):
    return [(path, value) for path, value in network.state_dict().items() if not path.endswith("num_batches_tracked")]


def record(build):
    global recorder
    recorder = Recorder()
    case = build()
    networks, players = case["networks"], case["players"]
    for name, network in networks.items():
        for path, parameter in network.named_parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, 0.0, 0.1)
            else:
                nn.init.normal_(parameter, 0.0 if path.endswith("bias") else 1.0, 0.02)
        recorder.keep(f"init.{name}", variables(network))
    adam = {}
    for player in dict.fromkeys(players.values()):
        parameters = [p for name, of in players.items() if of == player for p in networks[name].parameters()]
        adam[player] = torch.optim.Adam(parameters, lr=2e-4, betas=(0.5, 0.999), weight_decay=case.get("decay", 0))

    def step(player, loss):
        adam[player].param_groups[0]["lr"] = case["lr"](recorder.iteration + 1)
        for optimizer in adam.values():
            optimizer.zero_grad()
        loss.backward()
        adam[player].step()
        return loss.item()

    for _ in range(case["iterations"]):
        recorder.next(*case["iterate"](step))

    recorder.tensors["losses"] = torch.tensor(recorder.losses)
    for name, network in networks.items():
        recorder.keep(f"final.{name}", variables(network))
        for path, parameter in network.named_parameters():
            if name in players:
                state = adam[players[name]].state[parameter]
                recorder.keep(f"adam.{name}", [(f"m.{path}", state["exp_avg"]), (f"v.{path}", state["exp_avg_sq"])])
    for update, pool in enumerate(case.get("pools", {}).values(), 1):
        recorder.keep("final", [(f"pool.{update}.0", pool.held)])
    return recorder.tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name, build in CASES.items():
        torch.manual_seed(1)
        tensors = record(build)
        path = out / f"{name}.safetensors"
        save_file({key: value.contiguous() for key, value in tensors.items()}, path, {"torch": torch.__version__})
        print(f"{path}: {path.stat().st_size} bytes, {len(tensors)} tensors, losses {tensors['losses'].tolist()}")


if __name__ == "__main__":
    main()
