# SPDX-License-Identifier: GPL-3.0-or-later
"""Position-based simulation of the coat's skirt and of the hair's guide strands, one state a quarter frame."""
import sys

import numpy as np

import actor
import walk
from shot import FPS, FRAMES

STEPS = 4  # states a frame
NU, NV, LENGTH = 84, 26, 0.60
WARM = 32  # frames walked before frame 0


def push_capsule(x, a, b, ra, rb, extra=0.0):
    ab = b - a
    u = np.clip((x - a) @ ab / (ab @ ab), 0, 1)[:, None]
    d = x - (a + ab * u)
    dist = np.linalg.norm(d, axis=1, keepdims=True)
    r = ra + (rb - ra) * u + extra
    return np.where(dist < r, x + d * ((r - dist) / np.maximum(dist, 1e-6)), x)


def push_ellipsoid(x, centre, frame, size):
    q = (x - centre) @ frame / size
    n = np.linalg.norm(q, axis=1, keepdims=True)
    return np.where(n < 1, centre + (q / np.maximum(n, 1e-6) * size) @ frame.T, x)


def angles():
    return np.linspace(np.pi / 2 + 0.30, np.pi / 2 - 2 * np.pi - 0.16, NU)  # the front edges overlap


def waist_ring(j):
    th = angles()
    c, s = np.cos(th), np.sin(th)
    k = (np.abs(c) ** 2.25 + np.abs(s) ** 2.25) ** (-1 / 2.25)
    grow = 0.001 + 0.012 * np.exp(-np.arange(NU) / 9.0) + 0.004 * np.sin(np.arange(NU) * 0.9) ** 2
    return j["root"] + np.stack([(actor.WAIST_A + grow) * c * k, (actor.WAIST_B + grow) * s * k, 0 * c + 0.118], 1) @ j["pelvis"].T


def flare(v):
    """Half axes of the unstretched skirt at v in 0..1 below the belt."""
    return np.array([0.143 + 0.135 * v ** 0.85, 0.113 + 0.150 * v ** 0.85])


def skirt_rest(j):
    th = angles()
    v = np.linspace(0, 1, NV)
    rng = np.random.default_rng(3)
    a, b = flare(v)[:, :, None]
    k = (np.abs(np.cos(th)) ** 2.2 + np.abs(np.sin(th)) ** 2.2) ** (-1 / 2.2)
    grow = 0.012 * np.exp(-np.arange(NU) / 9.0) + 0.012 * v[:, None] * (np.sin(7 * th + 1) + 0.8 * np.sin(11 * th + 2.5))
    x = np.stack([(a + grow) * np.cos(th) * k, (b + grow) * np.sin(th) * k,
                  0.118 - LENGTH * v[:, None] * 0.985 + 0 * th], -1)
    x += rng.normal(0, 0.0015, x.shape) * v[:, None, None]
    return j["root"] + x.reshape(-1, 3) @ j["pelvis"].T


def links():
    idx = np.arange(NV * NU).reshape(NV, NU)
    groups = []
    def add(a, b, stiff):
        groups.append((a.ravel(), b.ravel(), stiff))
    for o in (0, 1):
        add(idx[o:-1:2], idx[o + 1::2], 1.0)
        add(idx[:, o:-1:2], idx[:, o + 1::2], 1.0)
        for p in (0, 1):
            r, c = (NV - 1 - o) // 2, (NU - 1 - p) // 2
            sl = idx[o:, p:]
            add(sl[0:2 * r:2, 0:2 * c:2], sl[1:2 * r:2, 1:2 * c:2], 0.35)
            add(sl[1:2 * r:2, 0:2 * c:2], sl[0:2 * r:2, 1:2 * c:2], 0.35)
    for o in range(4):
        a = idx[:, o:-2:4]
        add(a, idx[:, o + 2::4][:, :a.shape[1]], 0.10)
        a = idx[o:-2:4]
        add(a, idx[o + 2::4][:a.shape[0]], 0.14)
    return groups


def skirt(times):
    poses = [walk.pose(t) for t in times]
    x = skirt_rest(poses[0])
    groups = [(a, b, np.linalg.norm(x[a] - x[b], axis=1)[:, None], s) for a, b, s in links()]
    prev, out = x.copy(), []
    h = times[1] - times[0]
    inv = np.ones((NV * NU, 1))
    inv[:2 * NU] = 0
    second = skirt_rest(poses[0])[NU:2 * NU]
    local = (second - poses[0]["root"]) @ poses[0]["pelvis"]
    for t, j in zip(times, poses):
        sub = 2
        for _ in range(sub):
            wind = np.array([-0.5 + 0.4 * np.sin(2.1 * t), 0.5 * np.sin(1.3 * t + 1), 0])
            vel = (x - prev) * 0.988
            prev = x
            x = x + vel + (h / sub) ** 2 * (np.array([0, 0, -9.81]) + wind)
            for it in range(7):
                x[:NU], x[NU:2 * NU] = waist_ring(j), j["root"] + local @ j["pelvis"].T
                for a, b, rest, stiff in groups:
                    d = x[b] - x[a]
                    n = np.linalg.norm(d, axis=1, keepdims=True)
                    w = inv[a] + inv[b]
                    c = d * (stiff * (1 - rest / np.maximum(n, 1e-9)) / np.maximum(w, 1))
                    x[a] += inv[a] * c
                    x[b] -= inv[b] * c
                if it % 2 == 0:
                    before = x
                    x = push_ellipsoid(x, j["root"] + j["pelvis"] @ np.array([0, -.012, .015]), j["pelvis"], np.array([.158, .142, .16]))
                    for s in "lr":
                        x = push_capsule(x, j["hip" + s], j["knee" + s], .104, .078)
                        x = push_capsule(x, j["knee" + s], j["ankle" + s], .078, .070)
                        x = push_capsule(x, j["elbow" + s], j["wrist" + s] + (j["wrist" + s] - j["elbow" + s]) * .6, .04, .035)
                    moved = np.linalg.norm(x - before, axis=1, keepdims=True) > 1e-6
                    prev = np.where(moved, prev + 0.5 * (x - before), prev)
        out.append(x.astype(np.float32).copy())
    return np.stack(out)


GUIDES, POINTS = 340, 13


def guide_roots():
    """Root directions on the scalp and each strand's length."""
    rng = np.random.default_rng(7)
    keep = []
    while len(keep) < GUIDES:
        d = rng.normal(size=3)
        d /= np.linalg.norm(d)
        front = np.interp(abs(d[0]), [0, .35, .75, 1], [.68, .62, .30, .0])
        line = np.interp(d[1], [-1, -.3, .05, .45, 1], [-.52, -.40, -.10, front * .8, .70])
        if d[2] > line and d[1] < .80 and all(np.linalg.norm(d - k) > .06 for k in keep):
            keep.append(d)
    d = np.array(keep)
    return d, 0.30 + 0.06 * rng.uniform(-1, 1, GUIDES) - 0.03 * (d[:, 2] < 0)


def hair(times):
    d, length = guide_roots()
    root = d * np.array([.0745, .094, .1165]) + np.array([0, -.003, 0])
    seg = (length / (POINTS - 1))[:, None]
    side = np.where(d[:, :1] + .012 > 0, 1.0, -1.0)
    out_dir = d * np.array([.9, .35, .55]) + np.stack([side[:, 0] * (.75 * (d[:, 2] > .3)), -.42 * np.ones(len(d)), -.25 * np.ones(len(d))], 1)
    out_dir /= np.linalg.norm(out_dir, axis=1, keepdims=True)
    poses = [walk.pose(t) for t in times]
    j = poses[0]
    s = np.linspace(0, 1, POINTS)[None, :, None]
    x = root[:, None] + out_dir[:, None] * (length[:, None, None] * s * (1 - .75 * s)) + np.array([0, -.02, -1.0]) * length[:, None, None] * s * s * .8
    x = j["skull"] + x @ j["head"].T
    prev, states = x.copy(), []
    h = times[1] - times[0]
    rng = np.random.default_rng(8)
    stiff = rng.uniform(0.05, 0.16, (GUIDES, 1))
    for n, (t, j) in enumerate(zip(times, poses)):
        sub = 2
        for _ in range(sub):
            vel = (x - prev) * 0.982
            prev = x
            wind = np.array([-.5 + .5 * np.sin(1.7 * t), .5 * np.sin(2.3 * t + 2), 0])
            x = x + vel + (h / sub) ** 2 * (np.array([0, 0, -9.81]) + wind)
            shape = j["skull"] + (root[:, None] + out_dir[:, None] * (seg[:, None] * np.arange(POINTS)[None, :, None])) @ j["head"].T
            x[:, :2] = shape[:, :2]
            x[:, 2:5] += (shape[:, 2:5] - x[:, 2:5]) * (stiff[:, :, None] * np.array([.6, .22, .06])[None, :, None])
            for it in range(4):
                flat = x.reshape(-1, 3)
                flat = push_ellipsoid(flat, j["skull"] + j["head"] @ np.array([0, -.002, .002]), j["head"], np.array([.082, .1005, .1235]))
                flat = push_ellipsoid(flat, j["skull"] + j["head"] @ np.array([0, .085, -.030]), j["head"], np.array([.068, .075, .100]))
                flat = push_capsule(flat, j["waist"] + j["chest"] @ np.array([0, .0, .10]), j["waist"] + j["chest"] @ np.array([0, -.0, .30]), .135, .150)
                flat = push_capsule(flat, j["shoulderl"], j["shoulderr"], .085, .085)
                flat = push_capsule(flat, j["waist"] + j["chest"] @ np.array([0, .005, .38]), j["skull"] + j["head"] @ np.array([0, -.01, -.05]), .115, .064)
                x = flat.reshape(x.shape)
                for k in range(POINTS - 1):
                    dd = x[:, k + 1] - x[:, k]
                    nn = np.linalg.norm(dd, axis=1, keepdims=True)
                    c = dd * (1 - seg / np.maximum(nn, 1e-9))
                    if k == 0:
                        x[:, 1] -= c
                    else:
                        x[:, k] += .35 * c
                        x[:, k + 1] -= .65 * c
        states.append(x.astype(np.float32).copy())
    return np.stack(states)


def main(path):
    first = -WARM * STEPS
    times = np.arange(first, (FRAMES - 1) * STEPS + STEPS + 1) / (FPS * STEPS)
    keep = slice(WARM * STEPS - STEPS, None)  # from frame -1 on
    np.savez(path, skirt=skirt(times)[keep], hair=hair(times)[keep])


if __name__ == "__main__":
    main(sys.argv[1])
