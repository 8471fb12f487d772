#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Independent NumPy reference (float64) of the in-context sequence: tokens, roles, positions, modulation, blocks, head.

Writes in_context/in_context.safetensors and in_context/manifest.json in the golden form. Needs NumPy only; run by hand.
"""
import json, os, struct
import numpy as np

D, N, F, FREQ, C, P, LAYERS, TEXT = 48, 2, 96, 32, 4, (1, 2, 2), 2, 20
K = D // N
rng = np.random.default_rng(9101)
w, out, inp = {}, {}, {}


def weight(name, *shape, scale=None):
    w[name] = (rng.normal(size=shape) * (scale if scale else 1 / np.sqrt(np.prod(shape[1:])))).astype(np.float32)


def linear(name, o, i):
    weight(name + ".weight", o, i)
    weight(name + ".bias", o, scale=0.1)


weight("patch_embedding.weight", D, C, *P); weight("patch_embedding.bias", D, scale=0.1)
linear("text_embedding.0", D, TEXT); linear("text_embedding.2", D, D)
linear("time_embedding.0", D, FREQ); linear("time_embedding.2", D, D); linear("time_projection.1", 6 * D, D)
for b in range(LAYERS):
    p = f"blocks.{b}."
    weight(p + "modulation", 1, 6, D, scale=0.4)
    for n in "qkvo":
        linear(p + "self_attn." + n, D, D)
    for n in ("norm_q", "norm_k"):
        w[p + f"self_attn.{n}.weight"] = (1 + 0.15 * rng.normal(size=D)).astype(np.float32)
    linear(p + "ffn.0", F, D); linear(p + "ffn.2", D, F)
weight("head.modulation", 1, 2, D, scale=0.4); linear("head.head", C * P[1] * P[2], D)
weight("role_embedding.condition", D, scale=0.5); weight("role_embedding.reference", D, scale=0.5)

T, H, W = 3, 4, 6
references = [(2.0, (4, 6)), (0.625, (4, 6)), (2.0, (6, 4))]  # position, size; two share a position
inp["target"] = rng.normal(size=(C, T, H, W)); inp["condition"] = rng.normal(size=(C, T, H, W)); inp["text"] = rng.normal(size=(5, TEXT))
for i, (_, size) in enumerate(references):
    inp[f"reference{i}"] = rng.normal(size=(C, 1, *size))
inp = {k: v.astype(np.float32) for k, v in inp.items()}
TIME = 612.0
g = {k: v.astype(np.float64) for k, v in {**w, **inp}.items()}
lin = lambda name, x: x @ g[name + ".weight"].T + g[name + ".bias"]
silu = lambda x: x / (1 + np.exp(-x))
gelu = lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
norm = lambda x: (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)
rms = lambda x, s: x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6) * s


def patches(z, t0):
    tokens, places = [], []
    for t in range(z.shape[1]):
        for y in range(z.shape[2] // 2):
            for x in range(z.shape[3] // 2):
                cut = z[:, t:t + 1, 2 * y:2 * y + 2, 2 * x:2 * x + 2]
                tokens.append((g["patch_embedding.weight"] * cut).sum((1, 2, 3, 4)) + g["patch_embedding.bias"])
                places.append((t0 + t, y, x))
    return np.array(tokens), places


def times(t):
    angle = t * 10000.0 ** (-np.arange(FREQ // 2) / (FREQ // 2))
    e = lin("time_embedding.2", silu(lin("time_embedding.0", np.concatenate([np.cos(angle), np.sin(angle)]))))
    return e, lin("time_projection.1", silu(e)).reshape(6, D)


# Sequence: text, condition, references in canonical order, target.
text = lin("text_embedding.2", gelu(lin("text_embedding.0", g["text"])))
tokens, places = [text], [None] * len(text)
c, at = patches(g["condition"], 0); tokens.append(c + g["role_embedding.condition"]); places += at
order = sorted(range(len(references)), key=lambda i: (references[i][0], inp[f"reference{i}"].tobytes()))
for i in order:
    r, at = patches(g[f"reference{i}"], references[i][0]); tokens.append(r + g["role_embedding.reference"]); places += at
d, at = patches(g["target"], 0); tokens.append(d); places += at
x = np.concatenate(tokens); clean = len(x) - len(d)
out["tokens"] = x[None]

# Rotation tables.
bands = (K // 2 - 2 * (K // 6), K // 6, K // 6)
steps = [np.array([10000.0 ** (-2 * j / (2 * n)) for j in range(n)]) for n in bands]
angles = np.array([np.zeros(K // 2) if p is None else np.concatenate([p[i] * steps[i] for i in range(3)]) for p in places])
out["rope_cos"], out["rope_sin"] = np.cos(angles)[None], np.sin(angles)[None]


def turn(v):  # [L, N, K]
    z = (v[..., 0::2] + 1j * v[..., 1::2]) * np.exp(1j * angles)[:, None]
    return np.stack([z.real, z.imag], -1).reshape(v.shape)


e, e0 = times(TIME)
_, still = times(0.0)
for b in range(LAYERS):
    p = f"blocks.{b}."
    m = np.where((np.arange(len(x)) < clean)[:, None, None], still, e0) + g[p + "modulation"]  # [L, 6, D]
    h = norm(x) * (1 + m[:, 1]) + m[:, 0]
    q = turn(rms(lin(p + "self_attn.q", h), g[p + "self_attn.norm_q.weight"]).reshape(-1, N, K))
    k = turn(rms(lin(p + "self_attn.k", h), g[p + "self_attn.norm_k.weight"]).reshape(-1, N, K))
    v = lin(p + "self_attn.v", h).reshape(-1, N, K)
    s = np.einsum("lnk,snk->nls", q, k) / np.sqrt(K)
    a = np.exp(s - s.max(-1, keepdims=True)); a /= a.sum(-1, keepdims=True)
    y = lin(p + "self_attn.o", np.einsum("nls,snk->lnk", a, v).reshape(-1, D))
    if b == 0:
        out["block0.self_attn"] = y[None]
    x = x + y * m[:, 2]
    x = x + lin(p + "ffn.2", gelu(lin(p + "ffn.0", norm(x) * (1 + m[:, 4]) + m[:, 3]))) * m[:, 5]
    out[f"block{b}"] = x[None]
m = g["head.modulation"][0] + e
values = lin("head.head", norm(x[clean:]) * (1 + m[1]) + m[0])
out["head"] = values[None]
out["velocity"] = values.reshape(T, H // 2, W // 2, 2, 2, C).transpose(5, 0, 1, 3, 2, 4).reshape(C, T, H, W)

every = {**w, **inp, **{k: v.astype(np.float32) for k, v in out.items()}}
header, body = {}, b""
for name, value in every.items():
    raw = np.ascontiguousarray(value).tobytes()
    header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(body), len(body) + len(raw)]}
    body += raw
text = json.dumps(header).encode(); text += b" " * (-len(text) % 8)
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "in_context")
os.makedirs(here, exist_ok=True)
with open(os.path.join(here, "in_context.safetensors"), "wb") as f:
    f.write(struct.pack("<Q", len(text)) + text + body)
kind = lambda n: "weight" if n in w else "input" if n in inp else "output"
entry = {"file": "in_context.safetensors", "module": "in-context sequence",
         "config": {"num_heads": N, "text_len": 8, "time": TIME, "reference_positions": [r[0] for r in references]},
         "suggested_tolerance": {"max_abs": 2e-5, "rel_l2": 5e-6},
         "tensors": {n: {"dtype": "F32", "shape": list(v.shape), "kind": kind(n)} for n, v in every.items()}}
with open(os.path.join(here, "manifest.json"), "w") as f:
    json.dump({"title": "In-context sequence, float64 NumPy reference", "files": [entry]}, f, indent=1)
