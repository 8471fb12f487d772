# SPDX-License-Identifier: GPL-3.0-or-later
"""Room tone and the actor's steps, in stereo."""
import wave

import numpy as np

import shot
import walk

RATE = 48000


def band(rng, n, lo, hi):
    spec = np.fft.rfft(rng.standard_normal(n))
    f = np.fft.rfftfreq(n, 1 / RATE)
    spec *= np.exp(-np.maximum(0, lo - f) / (lo * .5 + 1)) * np.exp(-np.maximum(0, f - hi) / (hi * .5))
    x = np.fft.irfft(spec, n)
    return x / np.abs(x).std()


def write(path, start, seconds):
    rng = np.random.default_rng(77)
    total = int(round((shot.FRAMES / shot.FPS) * RATE))
    tone = np.stack([band(rng, total, 40, 500), band(rng, total, 40, 500)]) * .0016 + np.stack([band(rng, total, 800, 5000)] * 2) * .00025
    dry = np.zeros((2, total + RATE))
    n = int(.22 * RATE)
    t = np.arange(n) / RATE
    for k in range(-1, 9):
        for side, offset in ((-1, 0.0), (1, .5 * walk.CYCLE)):
            at = k * walk.CYCLE + offset
            if not 0 <= at < total / RATE - .02:
                continue
            heel = np.exp(-t / .018) * band(rng, n, 250, 2200) * .05 + np.exp(-t / .05) * np.sin(2 * np.pi * (72 + 5 * rng.random()) * t) * .09
            sole = np.roll(np.exp(-t / .03) * band(rng, n, 700, 3800) * .018, int(.085 * RATE))
            sole[:int(.085 * RATE)] = 0
            cam, xy = shot.camera_pose(at * shot.FPS), walk.path(at)
            d = np.append(xy, 0) - cam[:3, 3]
            pan = np.clip(.5 + .5 * (d @ cam[:3, 0]) / np.linalg.norm(d), .2, .8)
            gain = 4.5 / np.linalg.norm(d) * rng.uniform(.85, 1.1)
            i = int(at * RATE)
            for c, g in enumerate((1 - pan, pan)):
                dry[c, i:i + n] += (heel + sole) * g * gain
    m = int(.5 * RATE)
    out = []
    for c in range(2):
        tail = rng.standard_normal(m) * np.exp(-np.arange(m) / (.11 * RATE)) * .012
        size = 1 << int(np.ceil(np.log2(dry.shape[1] + m)))
        wet = np.fft.irfft(np.fft.rfft(dry[c], size) * np.fft.rfft(tail, size), size)[:total]
        out.append(dry[c, :total] + wet + tone[c])
    x = np.stack(out, 1)[int(start * RATE):int(round((start + seconds) * RATE))]
    with wave.open(path, "wb") as w:
        w.setnchannels(2), w.setsampwidth(2), w.setframerate(RATE)
        w.writeframes((np.clip(x, -1, 1) * 32767).astype("<i2").tobytes())
