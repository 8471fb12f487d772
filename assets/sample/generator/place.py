# SPDX-License-Identifier: GPL-3.0-or-later
"""The place as seen by the shot's camera: the hall's still layers, denoised once and re-projected on any frame."""
import json
import os

import cv2
import numpy as np

import shot

LEFT, RIGHT, BACK, CEILING = -3.3, 4.3, 19.0, 4.55
EDGE = -3.7           # where the hall's floor ends
HEDGE, FAR, GATE = -10.5, 46.0, (1.9, 3.5)
SLICES = (("row4", 15.2), ("row3", 11.6), ("row2", 8.0), ("row1", 4.4), ("props", 3.2), ("row0", 0.8))
HAZE = np.array([1.05, .74, .46], np.float32) * .50
SOFT = {"outside": 1.7, "row4": .5, "row3": .3}


def denoise(image, albedo, normal):
    """Cross-bilateral filter of the light without the surface colour, guided by colour and normal."""
    a = np.maximum(albedo, .03)
    light = image / a
    for _ in range(1):  # fireflies
        med = cv2.medianBlur(np.minimum(light, 60).astype(np.float32), 3)
        light = np.minimum(light, 1.6 * med + .05)
    guide = cv2.GaussianBlur(np.log1p(light), (0, 0), 1.2)
    for gap in (1, 2, 3):
        acc, wsum = light.copy(), np.ones(light.shape[:2] + (1,), np.float32)
        for dy in (-gap, 0, gap):
            for dx in (-gap, 0, gap):
                if dx == dy == 0:
                    continue
                m = np.float32([[1, 0, dx], [0, 1, dy]])
                mv = lambda x: cv2.warpAffine(x, m, (x.shape[1], x.shape[0]), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
                d = ((mv(normal) - normal) ** 2).sum(2) * 6 + ((mv(albedo) - albedo) ** 2).sum(2) * 60 + ((mv(guide) - guide) ** 2).sum(2) * 25
                w = np.exp(-d)[..., None]
                acc += mv(light) * w
                wsum += w
        light = acc / wsum
        guide = np.log1p(light)
    return light * a


class Place:
    """`size` is the size of the pictures that view() gives."""

    def __init__(self, folder, size):
        self.size = size
        with open(os.path.join(folder, "view.json")) as f:
            view = json.load(f)
        self.proj = shot.projection(np.array(view["pose"]), view["focal"], view["size"]).astype(np.float64)
        self.layers = {}
        for name in ["shell", "outside"] + [n for n, _ in SLICES]:
            path = os.path.join(folder, name + ".npz")
            if not os.path.exists(path):
                continue
            z = {k: v.astype(np.float32) for k, v in np.load(path).items()}
            if z["alpha"].shape != tuple(view["size"][::-1]):  # layers may be rendered at a size of their own
                z = {k: cv2.resize(v, tuple(view["size"]), interpolation=cv2.INTER_CUBIC) for k, v in z.items()}
                z["alpha"] = np.clip(z["alpha"], 0, 1)
            solid = z["alpha"][..., None]
            rgb = denoise(np.clip(z["image"], 0, 40), z["albedo"], z["normal"])
            if name == "shell":
                self.light = (rgb / np.maximum(z["albedo"], .03)).mean(2)
            haze = .42 * np.clip(z["mist"], 0, 1)[..., None] ** .9
            if name not in ("shell", "outside"):
                haze = haze * 0 + .42 * ((dict(SLICES)[name] + 2.2) / 60) ** .9
            rgb = rgb * (1 - haze) + HAZE * haze * (solid if name not in ("shell", "outside") else 1)
            if name == "outside":
                rgb = cv2.GaussianBlur(np.minimum(rgb, 3.0), (0, 0), SOFT[name])
                self.layers[name] = rgb
            elif name == "shell":
                self.layers[name] = rgb
            else:
                rgba = np.dstack([rgb, solid])
                self.layers[name] = cv2.GaussianBlur(rgba, (0, 0), SOFT[name]) if name in SOFT else rgba

    def hit(self, pose, step):
        """World points on the shell and outside, and where the shell is seen, for every step-th pixel."""
        w, h = shot.WIDTH // step, shot.HEIGHT // step
        px = (np.arange(w) * step + (step - 1) / 2)[None]
        py = (np.arange(h) * step + (step - 1) / 2)[:, None]
        d = np.stack([(px - (shot.WIDTH / 2 - .5)) / shot.FOCAL_PX + 0 * py, -(py - (shot.HEIGHT / 2 - .5)) / shot.FOCAL_PX + 0 * px, -np.ones((h, w))], -1)
        d = (d @ pose[:3, :3].T).astype(np.float64)
        o = pose[:3, 3]
        def to(k, at):
            t = (at - o[k]) / np.where(np.abs(d[..., k]) < 1e-9, 1e-9, d[..., k])
            return np.where(t > .05, t, 1e9)
        floor, ceil, right, back, left = to(2, 0.0), to(2, CEILING), to(0, RIGHT), to(1, BACK), to(0, LEFT)
        inside = np.minimum(np.minimum(floor, ceil), np.minimum(right, back))
        z_left = o[2] + left * d[..., 2]
        floor_x = o[0] + floor * d[..., 0]
        # a ray leaves through the left side if it gets there under the lintel before anything else
        leaves = (left < inside) & (z_left < 4.35) & ~((floor < 1e8) & (floor_x > EDGE) & (floor <= np.minimum(ceil, back)))
        gate = (back <= inside + 1e-6) & (np.abs(o[0] + back * d[..., 0]) < GATE[0]) & (o[2] + back * d[..., 2] < GATE[1])
        inside = np.where((left < inside) & (z_left >= 4.35), left, inside)
        inside = np.where((floor < 1e8) & (floor_x > EDGE) & (floor_x < RIGHT) & (o[1] + floor * d[..., 1] < BACK), floor, inside)
        hedge = to(0, HEDGE)
        ground = to(2, -.04)
        z_hedge = o[2] + hedge * d[..., 2]
        far = FAR / np.maximum(np.linalg.norm(d[..., :2], axis=-1), 1e-6)
        rise = np.clip((z_hedge - 1.3) / 2.5, 0, 1)  # from the hedge's depth to the far trees' without a tear
        far = np.minimum(ground, np.where(hedge < far, 1 / ((1 - rise) / hedge + rise / far), far))
        out = leaves | gate
        return o + np.minimum(inside, 500)[..., None] * d, o + far[..., None] * d, out.astype(np.float32)

    def map_of(self, points):
        q = shot.project(self.proj, points).astype(np.float32)
        return cv2.resize(q, self.size, interpolation=cv2.INTER_LINEAR)

    def view(self, frame, shade=None):
        """Linear picture at one instant; shade(world points) -> gain is applied to the shell's floor."""
        pose = shot.camera_pose(frame)
        inner, outer, out = self.hit(pose, 4)
        m = self.map_of(inner)
        pic = cv2.remap(self.layers["shell"], m[..., 0], m[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        np.maximum(pic, 0, out=pic)
        if shade is not None:
            lit = cv2.remap(self.light, m[..., 0], m[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            pic *= shade(lit)
        if "outside" in self.layers:
            m = self.map_of(outer)
            mask = self.edge_mask(pose)
            ext = cv2.remap(self.layers["outside"], m[..., 0], m[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            pic += (ext - pic) * mask[..., None]
        to_view = self.proj
        cam = shot.projection(pose)
        k = self.size[0] / shot.WIDTH
        shrink = np.array([[k, 0, .5 * k - .5], [0, k, .5 * k - .5], [0, 0, 1]])
        for name, y in SLICES:
            if name not in self.layers:
                continue
            plane = lambda p: np.stack([p[:, 0], p[:, 2], p[:, 1] * y + p[:, 3]], 1)
            h = plane(cam) @ np.linalg.inv(plane(to_view))
            over = cv2.warpPerspective(self.layers[name], shrink @ h, self.size, flags=cv2.INTER_LINEAR)
            np.clip(over, 0, None, out=over)
            a = np.minimum(over[..., 3:], 1)
            pic *= 1 - a
            pic += over[..., :3]
        return pic

    def edge_mask(self, pose):
        """How much of each pixel looks outside, from the openings' outlines."""
        p = shot.projection(pose)
        mask = np.zeros(self.size[::-1], np.uint8)
        k = self.size[0] / shot.WIDTH
        near = pose[1, 3] + .35

        def poly(pts):
            q = (shot.project(p, np.array(pts, float)) + .5) * k - .5
            cv2.fillConvexPoly(mask, np.round(np.clip(q, -30000, 30000) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
        poly([(EDGE, near, 0), (EDGE, BACK, 0), (LEFT, BACK, 4.35), (LEFT, near, 4.35)])
        poly([(-GATE[0], BACK, 0), (GATE[0], BACK, 0), (GATE[0], BACK, GATE[1]), (-GATE[0], BACK, GATE[1])])
        return mask.astype(np.float32) / 255
