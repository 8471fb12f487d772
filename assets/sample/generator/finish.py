# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the layers together, pass them through a camera, and write the sample's files.

finish.py ACTOR_DIR HALL_DIR OUT [--still FRAMES] [--scale S] [--range A:B]
With --still it only writes pictures of those frames for looking at.
"""
import argparse
import functools
import json
import os
import subprocess

import cv2
import numpy as np

import place
import shot
import sound
import stage

TIMES = (-.125, .125)  # moments of the open shutter for what stands still
STAGE, BACK = (1440, 810), (1280, 720)  # scenery is computed at these sizes: no lens is as sharp as a pixel
PARTS = ("plate", "foreground", "gt")
EXPOSURE = {"plate": 1.08, "place": 1.3}
STEPS, TOP = 1 << 14, 6.0


def tone(x):
    """Scene light to display-referred linear: straight to 0.55, then a soft shoulder."""
    k = 0.55
    over = np.maximum(x - k, 0)
    return np.where(x < k, x, k + (1 - k) * (1 - np.exp(-over / (1 - k) / 1.25)))


def encode(x):
    """BT.709 transfer."""
    x = np.clip(x, 0, 1)
    return np.where(x < .018, 4.5 * x, 1.099 * np.power(np.maximum(x, 1e-6), .45) - .099)


# square-root spacing keeps the curve exact in the shadows
CURVE = encode(tone((np.arange(STEPS) / (STEPS - 1)) ** 2 * TOP)).astype(np.float32)


def camera_curve(x, grain=None):
    """The curve; grain is added to the square root, where photon noise has the same size everywhere."""
    at = np.sqrt(np.maximum(x, 0), dtype=np.float32)
    if grain is not None:
        at += grain
    at *= np.float32((STEPS - 1) / np.sqrt(TOP))
    np.clip(at, 0, STEPS - 1, out=at)
    return CURVE[at.astype(np.uint16)]


@functools.lru_cache(None)
def vignette(size):
    y, x = np.mgrid[0:size[1], 0:size[0]].astype(np.float32)
    r2 = ((x / size[0] - .5) ** 2 + (y / size[0] - .5 * size[1] / size[0]) ** 2) / .33
    return (1 - .17 * r2)[..., None]


@functools.lru_cache(None)
def noise_tile(kind):
    n = np.random.default_rng(kind).standard_normal((1400, 2300, 3), np.float32)
    return cv2.GaussianBlur(n, (0, 0), .55) * np.float32([.0105, .0080, .0125])


def sensor(lin, seed, exposure, noise=True):
    """Lens falloff, photon noise and the curve. Returns display RGB in 0..1."""
    h, w = lin.shape[:2]
    x = lin * (vignette((w, h)) * np.float32(exposure))
    if not noise:
        return camera_curve(x)
    r = np.random.default_rng(seed)
    j, i, kind = r.integers(0, 1400 - h), r.integers(0, 2300 - w), int(r.integers(0, 3))
    return camera_curve(x, noise_tile(kind)[j:j + h, i:i + w])


def yuv420(e):
    """BT.709 limited range planes, chroma averaged over 2x2, as bytes."""
    ycc = cv2.transform(e, np.float32([[.2126, .7152, .0722], [-.1146, -.3854, .5], [.5, -.4542, -.0458]]))
    half = cv2.resize(ycc[..., 1:], (e.shape[1] // 2, e.shape[0] // 2), interpolation=cv2.INTER_AREA)
    q = lambda a, m, o: np.clip(a * np.float32(m) + np.float32(o + .5), 0, 255).astype(np.uint8)
    return q(ycc[..., 0], 219, 16).tobytes() + q(half[..., 0], 224, 128).tobytes() + q(half[..., 1], 224, 128).tobytes()


def to8(e):
    return np.clip(e * 255 + .5, 0, 255).astype(np.uint8)


class Frames:
    def __init__(self, actor, hall, parts=PARTS):
        self.actor = actor
        self.tex = stage.texture() if "plate" in parts else None
        self.place = place.Place(hall, BACK) if "gt" in parts else None

    def layers(self, f):
        z = {k: v.astype(np.float32) if k != "crop" else v for k, v in np.load(os.path.join(self.actor, f"{f:04d}.npz")).items()}
        x0, y0, x1, y1 = z["crop"]
        full = {}
        for k in ("studio", "sun", "sky"):
            full[k] = np.zeros((shot.HEIGHT, shot.WIDTH, 3), np.float32)
            full[k][y0:y1, x0:x1] = z[k]
        full["alpha"] = np.zeros((shot.HEIGHT, shot.WIDTH), np.float32)
        full["alpha"][y0:y1, x0:x1] = np.clip(z["alpha"], 0, 1)
        sh = z["shadow"]
        part = lambda k: np.ascontiguousarray(cv2.medianBlur(np.ascontiguousarray(sh[..., k]), 3))
        soft = lambda k: cv2.GaussianBlur(cv2.bilateralFilter(part(k), 7, .16, 2.2), (0, 0), .7)
        sh = np.dstack([soft(0), cv2.GaussianBlur(np.ascontiguousarray(sh[..., 1]), (0, 0), 1.15, sigmaY=.95), soft(2)])
        full["shadow"] = np.clip(cv2.resize(sh, (shot.WIDTH, shot.HEIGHT), interpolation=cv2.INTER_LINEAR), 0, 1)
        return full

    def green(self, f):
        return cv2.resize(sum(stage.view(self.tex, f + t, STAGE) for t in TIMES) / len(TIMES), (shot.WIDTH, shot.HEIGHT), interpolation=cv2.INTER_CUBIC)

    def clean(self, f, times=TIMES, shade=None):
        pic = sum(self.place.view(f + t, shade) for t in times) / len(times)
        return np.maximum(cv2.resize(pic, (shot.WIDTH, shot.HEIGHT), interpolation=cv2.INTER_CUBIC), 0)

    def shade(self, f, sh):
        """Gain on the hall's floor: the sun's part goes where the actor blocks it, the sky's where it is near."""
        p = cv2.resize(stage.intersect(shot.camera_pose(f), 4)[..., 1:].astype(np.float32), BACK, interpolation=cv2.INTER_LINEAR)
        sh = cv2.resize(sh, BACK, interpolation=cv2.INTER_AREA)
        floor = np.clip((.03 - p[..., 1]) / .03, 0, 1)[..., None]
        amb = np.float32([.23, .27, .35])  # what is left of sunlit floor in shadow, by channel
        def gain(lit):
            sunny = np.clip((lit - .25) / .07, 0, 1)[..., None]
            part = amb * sunny + (1 - sunny)
            s = sh[..., 1:2]
            g = (s + (1 - s) * part) * (1 - .8 * (1 - sh[..., 2:3]))
            return 1 - floor * (1 - g)
        return gain

    def plate(self, f, full):
        a = full["alpha"][..., None]
        return full["studio"] + (1 - a) * self.green(f) * full["shadow"][..., :1]

    def truth(self, f, full, times=TIMES):
        a = full["alpha"][..., None]
        lit = full["sun"] + full["sky"]
        lit = lit * .965 + place.HAZE * .035 * a
        return lit + (1 - a) * self.clean(f, times, self.shade(f, full["shadow"]))


def pipe(path, pix, args, size, extra=()):
    head = ["-color_range", "tv", "-colorspace", "bt709"] if pix == "yuv420p" else []
    cmd = ["ffmpeg", "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", pix, *head, "-s", f"{size[0]}x{size[1]}", "-r", str(shot.FPS), "-i", "-", *extra, *args, path]
    return subprocess.Popen(cmd, stdin=subprocess.PIPE)


H264 = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-g", "48", "-bf", "2", "-color_primaries", "bt709", "-color_trc", "bt709",
        "-colorspace", "bt709", "-color_range", "tv", "-movflags", "+faststart", "-threads", "2"]
GREY = ["-vf", "scale=in_range=pc:out_range=pc", "-color_range", "pc", "-threads", "2"]


def facts(size, frames):
    poses = [shot.camera_pose(f) for f in range(frames)]
    s = size[0] / shot.WIDTH
    scale = np.diag([s, s, 1])
    homs = [scale @ shot.wall_homography(f) @ np.linalg.inv(scale) for f in range(frames)]
    r = lambda m: [[round(float(x), 9) for x in row] for row in m]
    return {"size": list(size), "fps": shot.FPS, "focal_mm": shot.FOCAL_MM, "sensor_mm": [shot.SENSOR_MM, shot.SENSOR_MM * 9 / 16],
            "focal_px": shot.FOCAL_PX * s, "principal_point_px": [size[0] / 2 - .5, size[1] / 2 - .5],
            "axes": "metres, z up; camera_to_world columns are right, up, back (the camera looks along -z), position; pixel centres are whole numbers, y down",
            "wall_plane": {"y": shot.WALL_Y}, "floor_plane": {"z": 0.0}, "shutter": "centred on the frame, 0.5 frame",
            "frames": [{"frame": f, "camera_to_world": r(poses[f]), "focal_mm": shot.FOCAL_MM, "wall_to_frame0": r(homs[f] / homs[f][2, 2])} for f in range(frames)]}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("actor"), ap.add_argument("hall"), ap.add_argument("out")
    ap.add_argument("--still"), ap.add_argument("--scale", type=float, default=1.0), ap.add_argument("--range", default=f"0:{shot.FRAMES}")
    ap.add_argument("--parts", default=",".join(PARTS), help="plate: plate, matte, shadow; foreground; gt: gt and references")
    args = ap.parse_args()
    cv2.setNumThreads(2)
    os.makedirs(args.out, exist_ok=True)
    parts = args.parts.split(",")
    fr = Frames(args.actor, args.hall, parts)
    bgr = lambda e: cv2.cvtColor(e, cv2.COLOR_RGB2BGR)
    if args.still:
        for f in map(int, args.still.split(",")):
            full = fr.layers(f)
            for name, lin in (("plate", fr.plate(f, full)), ("place", fr.truth(f, full))):
                e = sensor(lin, f * 2 + (name == "place"), EXPOSURE[name])
                cv2.imwrite(os.path.join(args.out, f"{name}{f:02d}.png"), bgr(to8(e)))
        return
    a, b = map(int, args.range.split(":"))
    size = (int(shot.WIDTH * args.scale), int(shot.HEIGHT * args.scale))
    fit = (lambda x: x) if args.scale == 1 else (lambda x: cv2.resize(x, size, interpolation=cv2.INTER_AREA))
    j = lambda n: os.path.join(args.out, n)
    sound.write(j(f"sound-{os.getpid()}.wav"), a / shot.FPS, (b - a) / shot.FPS)
    audio = ["-i", j(f"sound-{os.getpid()}.wav"), "-map", "0:v", "-map", "1:a", "-c:a", "aac", "-b:a", "128k"]
    code = ["-timecode", f"10:24:{36 + a // shot.FPS:02d}:{a % shot.FPS:02d}"]
    outs = {}
    if "plate" in parts:
        outs["plate"] = pipe(j("plate.mp4"), "yuv420p", H264 + ["-crf", "17"] + code, size, audio)
    if "foreground" in parts:
        outs["foreground"] = pipe(j("foreground.mp4"), "yuv420p", H264 + ["-crf", "18"] + code, size)
    if "plate" in parts:
        outs["matte"] = pipe(j("matte.mkv"), "gray", GREY + ["-c:v", "ffv1", "-level", "3", "-g", "1", "-slices", "4"], size)
        outs["shadow"] = pipe(j("shadow.mkv"), "gray", GREY + ["-c:v", "libx264", "-crf", "8", "-preset", "veryfast"], size)
    if "gt" in parts:
        outs["gt"] = pipe(j("gt.mp4"), "yuv420p", H264 + ["-crf", "18"] + code, size, audio)
    middle = (b - a) // 2
    refs = {a: "begin", a + middle: "middle", b - 1: "end"}
    for f in range(a, b):
        full = fr.layers(f)
        if "gt" in parts:
            outs["gt"].stdin.write(yuv420(fit(sensor(fr.truth(f, full), 2 * f + 1, EXPOSURE["place"]))))
        if "plate" in parts:
            outs["plate"].stdin.write(yuv420(fit(sensor(fr.plate(f, full), 2 * f, EXPOSURE["plate"]))))
        if "foreground" in parts:
            alpha = full["alpha"][..., None]
            fg = np.float32([0, 1, 0]) * (1 - alpha) + camera_curve(full["studio"] / np.maximum(alpha, 1e-3) * EXPOSURE["plate"]) * alpha
            outs["foreground"].stdin.write(yuv420(fit(fg.astype(np.float32))))
        if "plate" in parts:
            outs["matte"].stdin.write(fit(np.round(full["alpha"] * 255).astype(np.uint8)).tobytes())
            outs["shadow"].stdin.write(fit(np.round((1 - full["shadow"][..., 0]) * 255).astype(np.uint8)).tobytes())
        if "gt" in parts and f in refs:
            e = sensor(fr.clean(f, (0.0,)), 0, EXPOSURE["place"], False)
            cv2.imwrite(j(f"ref_{refs[f]}.png"), bgr(to8(fit(e))), [cv2.IMWRITE_PNG_COMPRESSION, 9])
        print("frame", f, flush=True)
    for p in outs.values():
        p.stdin.close()
        if p.wait():
            raise SystemExit("an encoder failed")
    os.remove(j(f"sound-{os.getpid()}.wav"))
    with open(j("camera.json"), "w") as out:
        json.dump(facts(size, b), out, indent=None, separators=(",", ":"))


if __name__ == "__main__":
    main()
