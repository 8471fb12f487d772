# SPDX-License-Identifier: GPL-3.0-or-later
"""Render strands: many hairs interpolated between the simulated guides, with clumps, waves and fly-aways."""
import numpy as np

import sim

STRANDS, PTS = 8000, 13


def plan(seed=21):
    rng = np.random.default_rng(seed)
    d, _ = sim.guide_roots()
    base = rng.integers(0, len(d), STRANDS)
    u = d[base] + rng.normal(0, 0.05, (STRANDS, 3))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    near = np.argsort(-(u @ d.T), 1)[:, :3]
    # never blend guides across the parting
    same = np.sign(d[near][..., 0] + .012) == np.sign(d[base][:, :1] + .012)
    w = np.take_along_axis(u @ d.T, near, 1)
    w = np.exp((w - w[:, :1]) / 0.0035) * same + 1e-9
    w /= w.sum(1, keepdims=True)
    fly = rng.uniform(size=STRANDS) ** 14
    return {"near": near, "w": w, "off": u - (d[near] * w[..., None]).sum(1), "fly": fly,
            "cut": np.where(rng.uniform(size=STRANDS) < .25, rng.uniform(.55, 1, STRANDS), rng.uniform(.9, 1.0, STRANDS)),
            "phase": rng.uniform(0, 6.28, (STRANDS, 3)), "rand": rng.normal(size=(STRANDS, 3)), "freq": rng.uniform(5, 9, STRANDS)}


PLAN = plan()


def strands(guides, head):
    """guides: G x P x 3 -> S x PTS x 3 world points."""
    p = PLAN
    s = np.linspace(0, 1, PTS)[None] * p["cut"][:, None]
    pos = s * (sim.POINTS - 1)
    i = np.minimum(pos.astype(int), sim.POINTS - 2)
    f = (pos - i)[..., None]
    out = 0
    for k in range(3):
        g = guides[p["near"][:, k]]
        a = np.take_along_axis(g, i[..., None], 1)
        b = np.take_along_axis(g, i[..., None] + 1, 1)
        out = out + p["w"][:, k, None, None] * (a * (1 - f) + b * f)
    spread = (p["off"] * np.array([.075, .094, .116])) @ head.T
    clump = 1 - 0.45 * s ** 1.5
    out = out + spread[:, None] * clump[..., None]
    wave = np.sin(p["freq"][:, None, None] * s[..., None] * 2 + p["phase"][:, None])
    out = out + wave * (0.0035 * s + 0.014 * p["fly"][:, None] * s)[..., None]
    out = out + (p["rand"] * (0.0035 + 0.05 * p["fly"][:, None]))[:, None] * (s ** 1.3)[..., None]
    return out.astype(np.float32)
