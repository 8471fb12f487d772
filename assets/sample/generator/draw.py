# SPDX-License-Identifier: GPL-3.0-or-later
"""Render the actor: draw.py SIM.npz OUT FRAMES [--passes N]. Writes OUT/NNNN.npz, one a frame; those that exist are kept.

studio, sun, sky: premultiplied linear colour in the crop; alpha; crop (x0, y0, x1, y1); shadow: the part of each group's
light that reaches floor, sweep and wall past the actor, on a picture of a fifth of the size.
"""
import argparse
import ctypes
import os
import subprocess
import time

import cv2
import numpy as np

import actor
import hairs
import shot
import sim
import stage
import walk

SHADOW_STEP = 5
KEY = 4  # divides the last frame's number
HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("coat", "belt", "skirt", "trousers", "boots", "scarf", "skin", "head", "buttons")
COLOUR = {"coat": (.300, .172, .086), "belt": (.245, .138, .068), "skirt": (.300, .172, .086), "trousers": (.024, .037, .068),
          "boots": (.050, .027, .016), "scarf": (.33, .048, .040), "skin": (.50, .30, .21), "buttons": (.03, .018, .012), "head": (1, 1, 1)}
SURFACE = {  # gloss, power, sheen, fine scale, fine amount, stain
    "coat": (.008, 8, .16, 420, .34, .22), "belt": (.008, 8, .12, 420, .34, .2), "skirt": (.008, 8, .16, 420, .34, .22),
    "trousers": (.006, 8, .05, 500, .40, .50), "boots": (.05, 40, .02, 240, .2, .5), "scarf": (.004, 6, .22, 190, .75, .25),
    "skin": (.028, 18, .05, 700, .10, .12), "head": (.028, 18, .05, 700, .08, .08), "buttons": (.06, 60, 0, 200, .1, .1)}


def library():
    so = "/tmp/pai_sample_render_%d.so" % os.getuid()
    src = [os.path.join(HERE, n) for n in ("render.cpp", "light.h")]
    if not os.path.exists(so) or os.path.getmtime(so) < max(map(os.path.getmtime, src)):
        subprocess.check_call(["g++", "-O3", "-march=native", "-ffast-math", "-std=c++20", "-shared", "-fPIC", "-o", so + f".{os.getpid()}", src[0]])
        os.replace(so + f".{os.getpid()}", so)
    return ctypes.CDLL(so)


def f32(a):
    return np.ascontiguousarray(a, np.float32)


def ptr(a):
    return a.ctypes.data_as(ctypes.c_void_p)


def state(data, key, frame):
    x = (frame + 1) * sim.STEPS
    i = int(np.floor(x))
    f = x - i
    a = data[key][i].astype(np.float64)
    return a if f < 1e-9 else a * (1 - f) + data[key][i + 1] * f


def refine(grid):
    """Twice as many points by cubic interpolation along both axes."""
    for axis in (0, 1):
        g = np.moveaxis(grid, axis, 0)
        ext = np.concatenate([2 * g[:1] - g[1:2], g, 2 * g[-1:] - g[-2:-1]])
        mid = (-ext[:-3] + 9 * ext[1:-2] + 9 * ext[2:-1] - ext[3:]) / 16
        out = np.empty((2 * len(g) - 1,) + g.shape[1:])
        out[0::2], out[1::2] = g, mid
        grid = np.moveaxis(out, 0, axis)
    return grid


def skirt_part(x):
    """The simulated sheet as cloth with two sides and a hem."""
    g = refine(x.reshape(sim.NV, sim.NU, 3))
    nv, nu = g.shape[:2]
    du, dv = np.gradient(g, axis=1), np.gradient(g, axis=0)
    n = np.cross(du, dv)
    n /= np.linalg.norm(n, axis=2, keepdims=True)
    ring = np.concatenate([g[:1].mean(1)])
    if ((g[1] - ring[0]) * n[1]).sum() < 0:
        n = -n
    v = np.concatenate([(g + .0028 * n).reshape(-1, 3), (g - .0028 * n).reshape(-1, 3)])
    i = np.arange(nv * nu).reshape(nv, nu)
    q = np.stack([i[:-1, :-1].ravel(), i[:-1, 1:].ravel(), i[1:, 1:].ravel(), i[1:, :-1].ravel()], 1)
    o = nv * nu
    border = np.concatenate([i[1:, 0][::-1], i[0, :], i[1:, -1], i[-1, ::-1][1:]])
    nxt = np.roll(border, -1)
    rim = np.stack([border, nxt, nxt + o, border + o], 1)
    uu, vv = np.meshgrid(np.arange(nu) * .0095, np.arange(nv) * .012)
    rest = np.stack([uu, 0 * uu, .3 - vv], -1).reshape(-1, 3)
    a, b, c = v[q[0, 0]], v[q[0, 1]], v[q[0, 2]]
    outward = np.cross(b - a, c - a) @ n.reshape(-1, 3)[q[0, 0]] > 0
    out, inn = (q, q[:, ::-1] + o) if outward else (q[:, ::-1], q + o)
    return v, np.vstack([out, inn, rim]), np.vstack([rest, rest])


def gather(frame, data):
    j = walk.at_frame(frame)
    parts = actor.parts(j)
    parts["skirt"] = skirt_part(state(data, "skirt", frame))
    v, q, r = actor.merge([parts[k] for k in KINDS])
    kind = np.concatenate([np.full(len(parts[k][0]), i, np.uint8) for i, k in enumerate(KINDS)])
    return f32(v), q, f32(r), kind, f32(hairs.strands(state(data, "hair", frame), j["head"]))


def albedo(kind):
    col = np.array([COLOUR[k] for k in KINDS])[kind]
    col[kind == KINDS.index("head")] = actor.HEAD_COL
    return f32(col)


def jitter(passes, seed):
    rng = np.random.default_rng(seed)
    u = (np.arange(passes) + rng.uniform(0, 1, passes)) / passes
    r2 = (np.arange(passes) + .5) / passes
    a = 2 * np.pi * (rng.uniform() + 0.618034 * np.arange(passes))
    r = 0.46 * np.sqrt(-2 * np.log(1 - r2 * .985))
    order = rng.permutation(passes)
    return u, np.stack([r * np.cos(a), r * np.sin(a)], 1)[order]


def orient(v, q):
    """Triangles of the quads. Tubes are built right-handed; the head is too."""
    return np.ascontiguousarray(np.vstack([q[:, [0, 1, 2]], q[:, [0, 2, 3]]]).astype(np.int32))


def crop_of(points, frame):
    lo, hi = np.full(2, 1e9), np.full(2, -1e9)
    for f in (frame - .25, frame + .25):
        xy = shot.project(shot.projection(shot.camera_pose(f)), points)
        lo, hi = np.minimum(lo, xy.min(0)), np.maximum(hi, xy.max(0))
    lo, hi = np.floor(lo - 6), np.ceil(hi + 7)
    return int(max(lo[0], 0)), int(max(lo[1], 0)), int(min(hi[0], shot.WIDTH)), int(min(hi[1], shot.HEIGHT))


def tidy(irr, tri, n):
    """Take the sampling noise out of vertex light by averaging with the neighbours."""
    e = np.vstack([tri[:, [0, 1]], tri[:, [1, 2]], tri[:, [2, 0]]])
    deg = np.bincount(e.ravel(), minlength=n).astype(np.float32)[:, None]
    for _ in range(2):
        acc = np.empty_like(irr)
        for k in range(irr.shape[1]):
            acc[:, k] = np.bincount(e[:, 0], irr[e[:, 1], k], n) + np.bincount(e[:, 1], irr[e[:, 0], k], n)
        irr = 0.5 * irr + 0.5 * acc / np.maximum(deg, 1)
    return f32(irr)


class Shot:
    """Geometry and light by frame. Light is computed on every KEY-th frame and interpolated between, vertex by vertex."""

    def __init__(self, data):
        self.lib, self.data, self.kept = library(), data, {}
        self.surf = f32([SURFACE[k] for k in KINDS])

    def lit(self, frame):
        if frame not in self.kept:
            v, q, _, kind, hm = gather(frame, self.data)
            tri, n, (s, m) = orient(v, q), len(v), hm.shape[:2]
            eye = f32(shot.camera_pose(frame)[:3, 3])
            nor, irr, spec = np.zeros((n, 3), np.float32), np.zeros((n, 9), np.float32), np.zeros((n, 9), np.float32)
            self.lib.light_mesh(ptr(v), n, ptr(tri), len(tri), ptr(kind), ptr(self.surf), ptr(hm), s * m, ptr(eye), ptr(nor), ptr(irr), ptr(spec))
            tint = f32(np.array([.105, .050, .024]) * np.exp(np.random.default_rng(5).normal(0, .28, (s, 1))))
            hair = np.zeros((s * m, 9), np.float32)
            self.lib.light_hair(ptr(hm), s, m, ptr(tint), ptr(eye), ptr(hair))
            pts, nrm = (f32(a) for a in stage.surface_points(frame, SHADOW_STEP))
            sh = np.ones((pts.size // 3, 3), np.float32)
            self.lib.shadow(ptr(pts), ptr(nrm), len(sh), ptr(sh))
            self.kept = {k: x for k, x in self.kept.items() if k >= frame - KEY}
            self.kept[frame] = tidy(irr, tri, n), tidy(spec, tri, n), hair, sh.reshape(pts.shape)
        return self.kept[frame]

    def light(self, frame):
        k, f = frame - frame % KEY, (frame % KEY) / KEY
        if f == 0:
            return self.lit(k)[:3]
        return tuple(f32((1 - f) * a + f * b) for a, b in zip(self.lit(k)[:3], self.lit(k + KEY)[:3]))

    def shadow(self, frame):
        """Shadows move over the stage, so they're traced on every frame."""
        if frame in self.kept:
            return self.kept[frame][3]
        v, q, _, kind, hm = gather(frame, self.data)
        tri = orient(v, q)
        pts, nrm = (f32(a) for a in stage.surface_points(frame, SHADOW_STEP))
        sh = np.ones((pts.size // 3, 3), np.float32)
        self.lib.set_blockers(ptr(v), len(v), ptr(tri), len(tri), ptr(hm), hm.shape[0] * hm.shape[1])
        self.lib.shadow(ptr(pts), ptr(nrm), len(sh), ptr(sh))
        return sh.reshape(pts.shape)

    def render(self, frame, passes):
        irr, spec, hair = self.light(frame)
        v0, q, rest, kind, h0 = gather(frame - .25, self.data)
        v1, _, _, _, h1 = gather(frame + .25, self.data)
        tri, n, (s, m) = orient(v0, q), len(v0), h0.shape[:2]
        x0, y0, x1, y1 = crop = crop_of(np.vstack([v0, v1, h0.reshape(-1, 3), h1.reshape(-1, 3)]), frame)
        u, jit = jitter(passes, frame)
        mats = np.empty((passes, 3, 4), np.float32)
        for k in range(passes):
            shift = np.array([[1, 0, -x0 + jit[k, 0]], [0, 1, -y0 + jit[k, 1]], [0, 0, 1]])
            mats[k] = shift @ shot.projection(shot.camera_pose(frame + .5 * (u[k] - .5)))
        u = f32(u)
        w, h = x1 - x0, y1 - y0
        out = np.empty((h, w, 10), np.float32)
        self.lib.draw(ptr(v0), ptr(v1), n, ptr(tri), len(tri), ptr(rest), ptr(albedo(kind)), ptr(kind), ptr(self.surf), ptr(irr), ptr(spec),
                      ptr(h0), ptr(h1), s, m, ptr(hair), ctypes.c_float(0.00030), ptr(mats), ptr(u), passes, w, h, ptr(out))
        return {"studio": out[..., 0:3].astype(np.float16), "sun": out[..., 3:6].astype(np.float16), "sky": out[..., 6:9].astype(np.float16),
                "alpha": out[..., 9].astype(np.float16), "crop": np.array(crop), "shadow": self.shadow(frame).astype(np.float16)}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("sim"), ap.add_argument("out"), ap.add_argument("frames")
    ap.add_argument("--passes", type=int, default=20)
    args = ap.parse_args()
    os.makedirs(args.out, exist_ok=True)
    cv2.setNumThreads(1)
    raw = np.load(args.sim)
    data = {k: raw[k] for k in raw.files}
    actor_shot = Shot(data)
    frames = range(*map(int, args.frames.split(":"))) if ":" in args.frames else map(int, args.frames.split(","))
    for frame in frames:
        begun = time.process_time()
        path = os.path.join(args.out, f"{frame:04d}.npz")
        if os.path.exists(path):
            continue
        np.savez(path + ".tmp.npz", **actor_shot.render(frame, args.passes))
        os.replace(path + ".tmp.npz", path)
        print("frame", frame, round(time.process_time() - begun, 1), flush=True)


if __name__ == "__main__":
    main()
