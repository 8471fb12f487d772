# SPDX-License-Identifier: GPL-3.0-or-later
"""The green stage: floor, sweep and wall as one painted surface, unevenly lit, with tracking crosses."""
import cv2
import numpy as np

import shot

FLOOR_FROM = -4.6                      # the nearest floor the camera can see, in y
ARC = shot.COVE_R * np.pi / 2
FLAT = shot.WALL_Y - shot.COVE_R       # where the sweep begins
X0, X1, TOP = -5.6, 6.0, 4.2
LENGTH = FLAT - FLOOR_FROM + ARC + TOP - shot.COVE_R
PX = 300                               # texels a metre
LAMPS = (((-3.4, -4.0, 3.6), (1.0, .96, .90), 20.0), ((4.2, -3.6, 2.4), (.93, .97, 1.0), 7.5), ((0, .2, 4.6), (1, .98, .96), 4.2),
         ((-2.9, .3, 4.3), (1, .97, .90), 2.6), ((3.3, .6, 4.2), (.96, .98, 1.0), 1.6))


def unroll(p):
    """World points on the surface -> (x, arc length from the near floor edge)."""
    y, z = p[..., 1], p[..., 2]
    a = np.arctan2(y - FLAT, shot.COVE_R - z)
    s = np.where(y <= FLAT, y - FLOOR_FROM, np.where(z >= shot.COVE_R, FLAT - FLOOR_FROM + ARC + z - shot.COVE_R,
                                                     FLAT - FLOOR_FROM + shot.COVE_R * a))
    return np.stack([p[..., 0], s], -1)


def roll(x, s):
    """The inverse: points and normals."""
    t = s - (FLAT - FLOOR_FROM)
    a = np.clip(t / shot.COVE_R, 0, np.pi / 2)
    y = np.where(t < 0, FLOOR_FROM + s, FLAT + shot.COVE_R * np.sin(a))
    z = np.where(t > ARC, shot.COVE_R + t - ARC, shot.COVE_R * (1 - np.cos(a)))
    return np.stack([x + 0 * s, y + 0 * x, z + 0 * x], -1), np.stack([0 * a + 0 * x, -np.sin(a) + 0 * x, np.cos(a) + 0 * x], -1)


def intersect(pose, step=1, offset=(0.0, 0.0)):
    """World points seen by pixels step*i + (step-1)/2 + offset."""
    w, h = shot.WIDTH // step, shot.HEIGHT // step
    px = (np.arange(w) * step + (step - 1) / 2 + offset[0])[None]
    py = (np.arange(h) * step + (step - 1) / 2 + offset[1])[:, None]
    d = np.stack([(px - (shot.WIDTH / 2 - .5)) / shot.FOCAL_PX + 0 * py, -(py - (shot.HEIGHT / 2 - .5)) / shot.FOCAL_PX + 0 * px, -np.ones((h, w))], -1)
    d = d @ pose[:3, :3].T
    o = pose[:3, 3]
    floor = np.where(d[..., 2] < -1e-6, -o[2] / np.minimum(d[..., 2], -1e-6), 1e9)
    wall = (shot.WALL_Y - o[1]) / np.maximum(d[..., 1], 1e-6)
    cy, cz = o[1] - FLAT, o[2] - shot.COVE_R
    a, b, c = d[..., 1] ** 2 + d[..., 2] ** 2, cy * d[..., 1] + cz * d[..., 2], cy * cy + cz * cz - shot.COVE_R ** 2
    arc = (-b + np.sqrt(np.maximum(b * b - a * c, 0))) / a
    t = np.where(o[1] + floor * d[..., 1] < FLAT, floor, np.where(o[2] + wall * d[..., 2] > shot.COVE_R, wall, arc))
    return o + t[..., None] * d


def surface_points(frame, step):
    p = intersect(shot.camera_pose(frame), step)
    us = unroll(p)
    return p, roll(us[..., 0], us[..., 1])[1]


def fractal(shape, scales, seed):
    rng = np.random.default_rng(seed)
    out = np.zeros(shape, np.float32)
    for size, gain in scales:
        small = rng.normal(size=(int(shape[0] / size) + 3, int(shape[1] / size) + 3)).astype(np.float32)
        out += gain * cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return out


def light_on(p, n):
    """Light on surface points without the actor, as what a white surface would send back."""
    out = np.full(p.shape, .05)
    for at, colour, power in LAMPS:
        d = np.array(at) - p
        r2 = (d * d).sum(-1)
        out += np.array(colour) * (power / r2 * np.maximum(0, (d * n).sum(-1)) / np.sqrt(r2))[..., None]
    return out


def crosses():
    """Centres (x, s) of the tracking crosses and their turn."""
    rng = np.random.default_rng(12)
    out = []
    wall0 = FLAT - FLOOR_FROM + ARC - shot.COVE_R
    for r, z in enumerate((.95, 1.72, 2.5, 3.3)):
        for x in np.arange(-5.0, 5.4, .98):
            out.append((x + .45 * (r % 2) + rng.normal(0, .03), wall0 + z + rng.normal(0, .03), rng.normal(0, .08)))
    for y in (-2.2, -.7, .8):
        for x in np.arange(-3.6, 3.9, 1.45):
            out.append((x + rng.normal(0, .05), y - FLOOR_FROM + rng.normal(0, .05), rng.normal(0, .12)))
    return out


def texture():
    """Linear colour of the lit stage, rows by arc length from the near edge, PX texels a metre."""
    h, w = int(LENGTH * PX), int((X1 - X0) * PX)
    coarse = 10
    s, x = (np.arange(h // coarse + 1) * coarse)[:, None] / PX, X0 + (np.arange(w // coarse + 1) * coarse)[None] / PX
    p, n = roll(x, s)
    lit = cv2.resize(light_on(p, n).astype(np.float32), (w, h), interpolation=cv2.INTER_LINEAR)
    blotch = fractal((h, w), ((420, .020), (150, .018), (60, .012), (22, .010)), 1)
    roller = fractal((h, w // 8 + 1), ((90, .010), (30, .010)), 2)
    roller = cv2.resize(roller, (w, h), interpolation=cv2.INTER_LINEAR)
    grain = fractal((h, w), ((4, .010), (2, .012)), 3)
    shade = 1 + blotch + roller + grain
    rng = np.random.default_rng(4)
    scuff = np.zeros((h, w), np.float32)
    floor_h = int((FLAT - FLOOR_FROM) * PX)
    for _ in range(110):
        c = np.array([rng.uniform(0, w), rng.uniform(0, floor_h)])
        a, ln = rng.uniform(0, 6.28), rng.uniform(8, 90)
        e = c + ln * np.array([np.cos(a), np.sin(a)])
        cv2.line(scuff, tuple(c.astype(int).tolist()), tuple(e.astype(int).tolist()), float(rng.uniform(.03, .16)), int(rng.integers(1, 4)), cv2.LINE_AA)
    shade *= 1 - cv2.GaussianBlur(scuff, (0, 0), 1.6)
    for x in (-3.1, .9, 4.4):  # seams between the wall's sheets
        k = int((x - X0) * PX)
        shade[floor_h:, k - 2:k + 1] *= .88
        shade[floor_h:, k + 1:k + 3] *= 1.05
    paint = np.stack([.062 + .02 * blotch, .335 + .05 * blotch, .078 + .02 * blotch], -1)
    tex = paint * shade[..., None]
    mark = np.zeros((h, w), np.float32)
    for x, s, turn in crosses():
        c = np.array([(x - X0) * PX, s * PX])
        for k in range(2):
            d = np.array([np.cos(turn + k * np.pi / 2), np.sin(turn + k * np.pi / 2)])
            nrm = np.array([-d[1], d[0]])
            quad = np.array([c + .085 * PX * d + .0125 * PX * nrm, c + .085 * PX * d - .0125 * PX * nrm,
                             c - .085 * PX * d - .0125 * PX * nrm, c - .085 * PX * d + .0125 * PX * nrm])
            cv2.fillConvexPoly(mark, np.round(quad * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    mark = mark[..., None]
    tape = np.array([.030, .115, .040]) * (1 + .5 * grain[..., None])
    return (tex * (1 - mark) + tape * mark).astype(np.float32) * lit


def to_texel(us):
    return np.stack([(us[..., 0] - X0) * PX, us[..., 1] * PX], -1).astype(np.float32)


def view(tex, frame, size):
    """The stage at one instant, linear, as a picture of that size."""
    coarse = to_texel(unroll(intersect(shot.camera_pose(frame), 4)))
    m = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
    return cv2.remap(tex, m[..., 0], m[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
