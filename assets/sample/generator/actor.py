# SPDX-License-Identifier: GPL-3.0-or-later
"""The actor's geometry at one moment: lofted clothes and limbs, a sculpted head, a rest coordinate for cloth."""
import numpy as np

from shot import ease
from walk import basis

BELT_Z = 0.115  # above the hips' centre, along the pelvis
WAIST_A, WAIST_B = 0.142, 0.112


def loft(centres, frames, a, b, segs=56, power=2.0, disp=None, rest_scale=0.12):
    """Rings around a centre line -> (vertices, quads, rest). frames[i] columns: right, forward, along."""
    n = len(centres)
    th = np.linspace(0, 2 * np.pi, segs, endpoint=False)
    c, s = np.cos(th), np.sin(th)
    k = (np.abs(c) ** power + np.abs(s) ** power) ** (-1 / power)
    c, s = c * k, s * k
    a, b = np.broadcast_to(a, n)[:, None], np.broadcast_to(b, n)[:, None]
    x, y = a * c, b * s
    if disp is not None:
        d = disp
        norm = np.hypot(c / a, s / b)
        x, y = x + d * (c / a) / norm, y + d * (s / b) / norm
    v = centres[:, None] + x[..., None] * frames[:, None, :, 0] + y[..., None] * frames[:, None, :, 1]
    i = (np.arange(n - 1)[:, None] * segs + np.arange(segs)).ravel()
    j = (np.arange(n - 1)[:, None] * segs + (np.arange(segs) + 1) % segs).ravel()
    quads = np.stack([i, j, j + segs, i + segs], 1)
    if np.linalg.det(frames[n // 2]) < 0:
        quads = quads[:, ::-1]
    arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(centres, axis=0), axis=1))])
    rest = np.stack([rest_scale * np.cos(th) + 0 * arc[:, None], rest_scale * np.sin(th) + 0 * arc[:, None],
                     arc[:, None] + 0 * th], -1)
    return v.reshape(-1, 3), quads, rest.reshape(-1, 3)


def creases(segs, rows, length, seed, count=7, slant=1.0):
    """Cloth folds over (row, angle), periodic in the angle, about zero mean, unit size."""
    rng = np.random.default_rng(seed)
    th = np.linspace(0, 2 * np.pi, segs, endpoint=False)[None]
    s = np.linspace(0, length, rows)[:, None]
    out = np.zeros((rows, segs))
    for _ in range(count):
        k, f = rng.integers(1, 4), rng.uniform(14, 46)
        warp = 0.9 * np.sin(rng.integers(1, 3) * th + rng.uniform(0, 6)) + 0.6 * np.sin(rng.uniform(6, 16) * s + rng.uniform(0, 6))
        ridge = 1 - np.abs(np.sin(0.5 * (f * s + slant * rng.choice([-1, 1]) * k * th * 2 + warp * 2 + rng.uniform(0, 6))))
        mask = 0.5 + 0.5 * np.sin(rng.integers(1, 3) * th + rng.uniform(4, 12) * s + rng.uniform(0, 6))
        out += (ridge ** 2 - 0.35) * mask
    return out / np.sqrt(count)


def limb(root, joint, tip, fwd, rows, bend=0.07):
    """Centre line through three joints, rounded at the middle one, with frames; and the parameter in metres."""
    la, lb = np.linalg.norm(joint - root), np.linalg.norm(tip - joint)
    s = np.linspace(0, la + lb, rows)
    ua, ub = (joint - root) / la, (tip - joint) / lb
    raw = np.where((s < la)[:, None], root + ua * s[:, None], joint + ub * (s - la)[:, None])
    x = np.clip((s - la + bend) / (2 * bend), 0, 1)[:, None]
    quad = (1 - x) ** 2 * (joint - ua * bend) + 2 * x * (1 - x) * joint + x ** 2 * (joint + ub * bend)
    c = np.where((np.abs(s - la) < bend)[:, None], quad, raw)
    along = np.gradient(c, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    f = fwd - along * (along @ fwd)[:, None]
    f /= np.linalg.norm(f, axis=1, keepdims=True)
    return c, np.stack([np.cross(f, along), f, along], -1), s


def near(s, at, width):
    return np.exp(-((s - at) / width) ** 2)


def torso(j):
    z = np.array([.06, .115, .16, .22, .29, .35, .40, .435, .46, .485, .505, .525])
    a = np.array([.150, .142, .139, .150, .166, .177, .182, .176, .154, .116, .084, .068])
    b = np.array([.118, .112, .110, .117, .124, .124, .116, .106, .096, .084, .074, .066])
    rows, segs = 76, 80
    zz = np.linspace(z[0], z[-1], rows)
    aa, bb = smooth_interp(zz, z, a), smooth_interp(zz, z, b)
    w = ease((zz - 0.10) / 0.18)[:, None]
    low = j["root"] + j["pelvis"] @ np.array([0, 0, 1.0]) * zz[:, None]
    high = j["waist"] + (zz - 0.14)[:, None] * j["chest"][:, 2] + j["chest"][:, 1] * (0.012 * np.sin((zz - 0.14) * 8))[:, None]
    c = low * (1 - w) + high * w
    fr = j["pelvis"] * (1 - w[..., None]) + j["chest"] * w[..., None]
    fr /= np.linalg.norm(fr, axis=1, keepdims=True)
    th = np.linspace(0, 2 * np.pi, segs, endpoint=False)[None]
    s = (zz - zz[0])[:, None]
    d = 1.7 * creases(segs, rows, 0.47, 11, 9, 0.7) * (0.0035 + 0.007 * near(s, 0.06, 0.07) + 0.004 * near(s, 0.30, .10))
    d = d * (1 - 0.8 * ease((s - 0.38) / 0.08))
    dth = np.angle(np.exp(1j * (th - np.pi / 2 - 0.16)))  # the coat's overlapping front edge
    d = d + 0.009 * ease((dth + 0.02) / 0.05) * (1 - ease((dth - 0.05) / 1.4)) * (s > 0)
    d = d + 0.010 * near(s, 0.25, 0.06) * np.exp(-((np.abs(np.angle(np.exp(1j * (th - np.pi / 2)))) - 0.62) / 0.4) ** 2)
    return loft(c, fr, aa, bb, segs, 2.25, d, 0.14)


def smooth_interp(x, xp, fp):
    i = np.clip(np.searchsorted(xp, x) - 1, 0, len(xp) - 2)
    m = np.gradient(fp, xp)
    h = xp[i + 1] - xp[i]
    u = (x - xp[i]) / h
    return ((2 * u**3 - 3 * u**2 + 1) * fp[i] + (u**3 - 2 * u**2 + u) * h * m[i]
            + (-2 * u**3 + 3 * u**2) * fp[i + 1] + (u**3 - u**2) * h * m[i + 1])


def belt(j):
    z = np.array([-.024, -.024, -.020, 0, .020, .024, .024]) + 0.118
    grow = np.array([-.004, .006, .0085, .0095, .0085, .006, -.004])
    c = j["root"] + j["pelvis"][:, 2] * z[:, None] + 0 * j["chest"][:, 1]
    fr = np.repeat(j["pelvis"][None], len(z), 0)
    return loft(c, fr, WAIST_A + grow, WAIST_B + grow, 96, 2.25, None, 0.14)


def sleeve(j, side, sign):
    a, e, w = j["shoulder" + side], j["elbow" + side], j["wrist" + side]
    up = (a - e) / np.linalg.norm(a - e)
    start = a + up * 0.034 - j["chest"][:, 0] * sign * 0.012
    rows, segs = 72, 40
    c, fr, s = limb(start, e, w + (w - e) * 0.06, j["chest"][:, 1] + 0.25 * j["chest"][:, 2], rows)
    r = smooth_interp(s, np.array([0, .012, .03, .06, .12, .22, .33, .45, .56, .62]),
                      np.array([.012, .034, .049, .059, .061, .057, .054, .050, .047, .047]))
    bend = 1 - (e - a) @ (w - e) / (0.285 * 0.245)
    d = creases(segs, rows, 0.6, 20 + (sign > 0), 8, 1.2)
    d = 1.4 * d * (0.0035 + (0.006 + 0.016 * bend) * near(s, 0.33, 0.075) + 0.006 * near(s, 0.11, 0.06) + 0.004 * near(s, .55, .06))[:, None]
    v, q, rest = loft(c, fr, r * 0.97, r * 1.06, segs, 2.0, d, 0.06)
    return cap_inward(v, q, rest, segs, c[-1], 0.86)


def cap_inward(v, q, rest, segs, centre, k):
    """Give the tube's last ring a thickness that turns back inside."""
    ring = v[-segs:]
    inner = centre + (ring - centre) * k
    deep = inner + (v[-3 * segs:-2 * segs] - ring) * 2.0
    n = len(v)
    i, jn = np.arange(segs), (np.arange(segs) + 1) % segs
    more = [np.stack([n - segs + i, n - segs + jn, n + jn, n + i], 1), np.stack([n + i, n + jn, n + segs + jn, n + segs + i], 1)]
    return np.vstack([v, inner, deep]), np.vstack([q] + more), np.vstack([rest, rest[-segs:], rest[-segs:]])


def trouser(j, side, sign):
    h, k, an = j["hip" + side], j["knee" + side], j["ankle" + side]
    fwd = 0.6 * j["pelvis"][:, 1] + 0.4 * j["foot" + side][:, 1]
    start = h + (h - k) / np.linalg.norm(h - k) * 0.03
    rows, segs = 76, 40
    c, fr, s = limb(start, k, an + (an - k) * 0.035, fwd, rows)
    r = smooth_interp(s, np.array([0, .1, .25, .40, .46, .55, .65, .78, .86, .90]),
                      np.array([.100, .093, .080, .068, .065, .066, .064, .060, .060, .061]))
    bend = 1 - (k - h) @ (an - k) / (0.432 * 0.412)
    d = creases(segs, rows, 0.9, 30 + (sign > 0), 9, 0.9)
    d = d * (0.0035 + (0.004 + 0.012 * bend) * near(s, 0.46, 0.09) + 0.007 * near(s, 0.84, 0.07))[:, None]
    v, q, rest = loft(c, fr, r * 0.98, r * 1.03, segs, 2.0, d, 0.07)
    return cap_inward(v, q, rest, segs, c[-1], 0.9)


def boot(j, side, sign):
    """A leather ankle boot: sole, foot and shaft from rings along the foot, as one closed skin."""
    fb, an = j["foot" + side], j["ankle" + side]
    y = np.array([-.075, -.072, -.055, -.02, .02, .06, .10, .14, .168, .182, .184])
    a = np.array([.004, .024, .034, .036, .036, .040, .044, .043, .034, .016, .003])
    top = np.array([-.040, -.015, .012, .035, .028, .004, -.014, -.026, -.038, -.052, -.058])
    bot = np.full(11, -.085)
    toe = (y - 0.05).clip(0)
    mid, half = 0.5 * (top + bot), 0.5 * (top - bot)
    yy = np.linspace(0, 10, 46)
    f = lambda p: np.interp(yy, np.arange(11), p)
    c = an + np.stack([f(toe) * -0.06 * sign, f(y), f(mid)], 1) @ fb.T
    fr = np.repeat(np.stack([fb[:, 0], fb[:, 2], fb[:, 1]], 1)[None], 46, 0)
    v1, q1, r1 = loft(c, fr, f(a), f(half), 40, 2.7, None, .05)
    z = np.linspace(-0.05, 0.13, 16)
    c = an + np.stack([0 * z, -.018 - 0.10 * z.clip(0), z], 1) @ fb.T
    lean = (j["knee" + side] - an)
    lean = lean / np.linalg.norm(lean) - fb[:, 2]
    c = c + (z.clip(0) ** 1.5 * 2.4)[:, None] * lean
    fr = np.repeat(fb[None], 16, 0)
    d = creases(40, 16, 0.18, 50, 5, 0.3) * 0.002
    v2, q2, r2 = loft(c, fr, np.full(16, .043), np.full(16, .054), 40, 2.0, d, .05)
    y = np.array([-.080, -.078, -.05, .02, .10, .16, .186, .189])
    a = np.array([.004, .028, .038, .039, .047, .043, .018, .003])
    c = an + np.stack([(y - 0.05).clip(0) * -0.06 * sign, y, 0 * y - .079], 1) @ fb.T
    fr = np.repeat(np.stack([fb[:, 0], fb[:, 2], fb[:, 1]], 1)[None], 8, 0)
    v3, q3, r3 = loft(c, fr, a, np.full(8, .010), 40, 6.0, None, .05)
    return merge([(v1, q1, r1), (v2, q2, r2), (v3, q3, r3)])


def merge(parts):
    v, q, r, n = [], [], [], 0
    for a, b, c in parts:
        v.append(a), q.append(b + n), r.append(c)
        n += len(a)
    return np.vstack(v), np.vstack(q), np.vstack(r)


def scarf(j):
    """Two uneven turns of a knitted scarf and one end that lies on the chest."""
    up, fw, rt = j["chest"][:, 2], j["chest"][:, 1], j["chest"][:, 0]
    parts = []
    for k, (lift, rad, tilt, size) in enumerate(((.418, .088, .30, .036), (.452, .078, .16, .032))):
        th = np.linspace(0, 2 * np.pi, 90)
        rr = rad * (1 + 0.09 * np.sin(3 * th + k) + .05 * np.sin(5 * th))
        c = (j["waist"] + rt * (rr * np.cos(th))[:, None] + fw * (rr * np.sin(th) * .95 + .012)[:, None]
             + up * (lift - tilt * rr * np.sin(th) + .008 * np.sin(2 * th + 2 * k))[:, None])
        al = np.gradient(c, axis=0)
        al /= np.linalg.norm(al, axis=1, keepdims=True)
        out = c - (j["waist"] + up * lift)
        out -= al * (al * out).sum(1, keepdims=True)
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        d = creases(40, 90, 0.55, 60 + k, 7, 0.2) * 0.006
        parts.append(loft(c, np.stack([out, np.cross(al, out), al], -1), size * .72, size * 1.0, 40, 2.0, d, .05))
    s = np.linspace(0, 1, 46)
    ax = -0.035 - 0.03 * s
    c = (j["waist"] + rt * ax[:, None] + up * (.395 - .29 * s)[:, None]
         + fw * (.108 + .030 * ease(s / .45))[:, None])
    al = np.gradient(c, axis=0)
    al /= np.linalg.norm(al, axis=1, keepdims=True)
    f2 = fw - al * (al @ fw)[:, None]
    f2 /= np.linalg.norm(f2, axis=1, keepdims=True)
    d = creases(40, 46, 0.3, 66, 6, 0.1) * 0.004
    w = .030 + .024 * ease(s / .7)
    parts.append(loft(c, np.stack([np.cross(f2, al), f2, al], -1), w, .016 * (1 - .35 * s), 40, 2.6, d, .05))
    return merge(parts)


def hand(j, side, sign):
    hb, w = j["hand" + side], j["wrist" + side]
    parts = []

    def tube(points, radii, segs=14):
        p = w + np.asarray(points, float) * np.array([sign, 1, 1]) @ hb.T
        t = np.linspace(0, len(p) - 1, 22)
        c = np.stack([smooth_interp(t, np.arange(len(p)) * 1.0, p[:, i]) for i in range(3)], 1)
        al = np.gradient(c, axis=0)
        al /= np.linalg.norm(al, axis=1, keepdims=True)
        u = np.cross(al, hb[:, 1])
        u /= np.linalg.norm(u, axis=1, keepdims=True)
        r = smooth_interp(t, np.arange(len(p)) * 1.0, np.asarray(radii, float))
        parts.append(loft(c, np.stack([u, np.cross(al, u), al], -1), r, r, segs, 2.0, None, .03))

    # palm faces the thigh: thin in x, broad in y
    z = np.array([.02, -.01, -.03, -.06, -.085, -.095])
    c = w + np.stack([0 * z, 0 * z + .002, z], 1) @ hb.T
    fr = np.repeat(np.stack([hb[:, 0], hb[:, 1], -hb[:, 2]], 1)[None], 6, 0)
    parts.append(loft(c, fr, np.array([.020, .019, .018, .016, .013, .005]), np.array([.026, .027, .034, .040, .038, .026]), 24, 2.4, None, .03))
    for k, (y, ln) in enumerate(((.030, .072), (.010, .080), (-.011, .074), (-.030, .058))):
        curl = 0.35 + 0.13 * k
        tube([(0, y, -.075), (-.004, y * 1.05, -.09), (-.012 - .01 * curl, y * 1.05, -.09 - ln * .42),
              (-.02 - .03 * curl, y, -.09 - ln * .75), (-.030 - .05 * curl, y * .95, -.088 - ln * .93), (-.034 - .05 * curl, y * .95, -.09 - ln * .96)],
             (.0095, .0098, .0090, .0082, .0064, .0015))
    tube([(0, .020, -.025), (-.008, .040, -.045), (-.016, .050, -.070), (-.022, .048, -.092), (-.023, .046, -.097)], (.014, .0125, .0105, .0085, .002))
    return merge(parts)


def bump(p, at, size, amount):
    q = (p - np.asarray(at)) / np.asarray(size)
    return amount * np.exp(-(q * q).sum(-1))


def head_mesh(rows=150, segs=150):
    """Head in its own space (x right, y forward, z up, metres, origin between the ears): vertices, quads, colours."""
    ph = np.linspace(-np.pi / 2, np.pi / 2, rows)[:, None]
    th = np.linspace(0, 2 * np.pi, segs, endpoint=False)[None]
    th = th + 0.30 * np.sin(2 * (th - np.pi / 2)) * -1 * 0.5  # more columns on the face
    d = np.stack([np.cos(ph) * np.cos(th), np.cos(ph) * np.sin(th), np.sin(ph) + 0 * th], -1)
    z = d[..., 2]
    jaw = ease(-z / 0.95)
    x = d[..., 0] * (0.0735 - 0.024 * jaw * (d[..., 1] > -.3) - .012 * jaw)
    y = d[..., 1] * np.where(d[..., 1] > 0, 0.089 + 0.006 * jaw, 0.098 - 0.030 * jaw)
    y = y + 0.010 * jaw * (d[..., 1] + .4)
    p = np.stack([x, y, z * np.where(z > 0, 0.116, 0.118)], -1)
    front = ease((d[..., 1] - 0.1) / 0.5)
    ax, zz = np.abs(p[..., 0]), p[..., 2]
    q = np.stack([ax, zz], -1)
    nose = np.interp(zz, [-.046, -.038, -.030, -.022, .000, .020, .034], [0, .010, .0215, .0225, .0130, .0060, 0])
    push = nose * np.exp(-(ax / np.interp(zz, [-.04, -.025, 0, .03], [.012, .0115, .0080, .0085])) ** 2)
    push = push + bump(q, (.0115, -.031), (.006, .007), .0060)          # nostril wings
    push = push - bump(q, (.031, .012), (.015, .0105), .0105)           # sockets
    push = push + bump(q, (.030, .0265), (.020, .007), .0045)           # brow
    push = push + bump(q, (.043, -.018), (.017, .016), .0055)           # cheekbone
    push = push - bump(q, (.038, -.052), (.014, .020), .0030)
    push = push + bump(q, (.006, -.0555), (.016, .0042), .0062) + bump(q, (0, -.0675), (.014, .0050), .0072)  # lips
    push = push - bump(q, (0, -.0612), (.019, .0016), .0042)            # mouth line
    push = push - bump(q, (0, -.0770), (.016, .004), .0028) + bump(q, (0, -.095), (.016, .011), .0075)  # chin
    push = push + bump(q, (.0305, .0115), (.0105, .0062), .0058)        # eyeball behind lids
    p[..., 1] += push * front
    col = np.empty(p.shape)
    col[:] = (0.56, 0.335, 0.235)
    def tint(mask, rgb):
        m = np.clip(mask * front, 0, 1)[..., None]
        col[:] = col * (1 - m) + np.array(rgb) * m
    tint(bump(q, (.040, -.022), (.020, .018), .42), (.58, .22, .165))
    tint(bump(q, (0, -.028), (.010, .010), .25), (.56, .23, .17))
    tint(ease(1.6 - 1.1 * np.hypot(q[..., 0] / .0245, (zz + .0612) / np.where(zz > -.0612, .0078, .0105)) ** 2), (.44, .135, .125))
    tint(bump(q, (0, -.0612), (.020, .0013), .8), (.12, .035, .035))
    tint(bump(q, (.0115, -.0385), (.0040, .0026), .8), (.10, .045, .035))
    brow_z = .0300 + .0035 * np.sin(np.clip((ax - .014) / .034, 0, 1) * np.pi) - .05 * (ax - .03).clip(0)
    tint(np.exp(-((zz - brow_z) / .0030) ** 2) * ease((ax - .012) / .006) * (1 - ease((ax - .047) / .007)) * .85, (.07, .045, .03))
    eye = ((ax - .0305) / .0150) ** 2
    upper, lower = .0115 + .0062 * (1 - eye).clip(0) ** .8, .0115 - .0045 * (1 - eye).clip(0)
    inside = (eye < 1) * ease((zz - lower) / .0012) * (1 - ease((zz - upper) / .0012))
    tint(bump(q, (.0305, .0175), (.017, .006), .35), (.30, .15, .11))
    tint(inside, (.62, .58, .55))
    iris = np.hypot(p[..., 0] - np.sign(p[..., 0]) * .0300, (zz - .0120))
    tint(inside * (1 - ease((iris - .0050) / .0012)), (.085, .045, .022))
    tint(inside * (1 - ease((iris - .0022) / .0008)), (.006, .006, .006))
    tint((eye < 1.15) * np.exp(-((zz - upper - .0006) / .0014) ** 2) * .95, (.012, .009, .008))
    tint((eye < 1.0) * np.exp(-((zz - lower) / .0010) ** 2) * .5, (.16, .08, .06))
    i = (np.arange(rows - 1)[:, None] * segs + np.arange(segs)).ravel()
    j = (np.arange(rows - 1)[:, None] * segs + (np.arange(segs) + 1) % segs).ravel()
    return p.reshape(-1, 3), np.stack([i, j, j + segs, i + segs], 1), col.reshape(-1, 3)


HEAD_V, HEAD_Q, HEAD_COL = head_mesh()


def head(j):
    return j["skull"] + HEAD_V @ j["head"].T, HEAD_Q, HEAD_V


def neck(j):
    a = j["neck"] - j["chest"][:, 2] * 0.05
    b = j["skull"] + j["head"] @ np.array([0, -.012, -.05])
    s = np.linspace(0, 1, 14)[:, None]
    c = a * (1 - s) + b * s
    fr = np.repeat(j["head"][None], 14, 0)
    return loft(c, fr, np.linspace(.060, .054, 14), np.linspace(.062, .056, 14), 36, 2.0, None, .05)


def buttons(j):
    parts = []
    for z in (.19, .27, .345):
        for x in (.020, .105):
            a, b = np.interp(z, [.16, .22, .29, .35], [.139, .150, .165, .175]), np.interp(z, [.16, .22, .29, .35], [.110, .117, .124, .124])
            y = b * (1 - (abs(x) / a) ** 2.25) ** (1 / 2.25) + .010
            base = j["waist"] + j["chest"] @ np.array([x, y + .012 * np.sin((z - .14) * 8), z - .14])
            k = np.array([0, .004, .006, .0065])
            c = base + j["chest"][:, 1] * k[:, None]
            fr = np.repeat(np.stack([j["chest"][:, 0], j["chest"][:, 2], j["chest"][:, 1]], 1)[None], 4, 0)
            r = np.array([.0125, .0125, .010, .0005])
            parts.append(loft(c, fr, r, r, 16, 2.0, None, .02))
    return merge(parts)


def parts(j):
    """name -> (vertices, quads, rest) of everything but the coat's skirt and the hair."""
    both = lambda f: merge([f(j, "l", -1), f(j, "r", 1)])
    return {"coat": merge([torso(j), sleeve(j, "l", -1), sleeve(j, "r", 1)]), "belt": belt(j), "trousers": both(trouser),
            "boots": both(boot), "scarf": scarf(j), "skin": merge([both(hand), neck(j)]), "head": head(j), "buttons": buttons(j)}
