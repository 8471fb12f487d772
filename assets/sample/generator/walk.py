# SPDX-License-Identifier: GPL-3.0-or-later
"""How the actor moves: a path, a walk cycle with planted feet, and the posed joints."""
import functools

import numpy as np

from shot import FPS, ease

CYCLE = 1.10  # seconds for two steps
STANCE = 0.61
THIGH, SHIN, ANKLE_Z = 0.432, 0.412, 0.085
HEEL, BALL = np.array([0.0, -0.055, -0.085]), np.array([0.0, 0.115, -0.085])


def _path_table():
    t = np.arange(-3.0, 7.0, 0.005)
    heading = np.radians(4) - np.radians(112) * ease((t - 1.55) / 2.3) + np.radians(22) * ease((t - 3.3) / 1.2)
    speed = 1.02 - 0.17 * ease((t - 1.4) / 1.2) + 0.05 * ease((t - 3.0) / 1.0)
    xy = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1) * speed[:, None] * 0.005, 0)
    xy += np.array([-1.92, 0.55]) - xy[np.searchsorted(t, 0.0)]
    return t, xy, heading


_T, _XY, _HEADING = _path_table()


def path(t):
    return np.array([np.interp(t, _T, _XY[:, 0]), np.interp(t, _T, _XY[:, 1])])


def heading(t):
    return float(np.interp(t, _T, _HEADING))


def basis(yaw, pitch=0.0, roll=0.0):
    """Columns right, forward, up of a body part that faces `yaw` (radians from +x)."""
    f = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    r = np.array([np.sin(yaw), -np.cos(yaw), 0.0])
    u = np.array([0.0, 0, 1])
    f, u = np.cos(pitch) * f + np.sin(pitch) * u, np.cos(pitch) * u - np.sin(pitch) * f
    r, u = np.cos(roll) * r - np.sin(roll) * u, np.cos(roll) * u + np.sin(roll) * r
    return np.stack([r, f, u], 1)


@functools.lru_cache(None)
def _plant(side, k):
    """Ground position and yaw of footprint k; its stance begins at k * CYCLE + offset."""
    mid = (k + 0.5 * STANCE) * CYCLE + (0.5 * CYCLE if side > 0 else 0.0)
    yaw = heading(mid)
    pos = path(mid) + 0.075 * side * np.array([np.sin(yaw), -np.cos(yaw)])
    return np.append(pos, 0.0), yaw - side * np.radians(6)


def _pitch(phase):
    return np.radians(np.interp(phase, [0, .10, .30, .45, STANCE, .68, .80, .93, 1.0], [19, 0, 0, -9, -52, -58, -20, 16, 19]))


def _planted_ankle(ground, yaw, pitch):
    pivot = HEEL if pitch > 0 else BALL
    at = basis(yaw) @ (pivot - np.array([0, 0, pivot[2]])) + ground
    return at - basis(yaw, pitch) @ pivot


def foot(side, t):
    """Ankle position and basis of the foot at time t."""
    cycles = (t - (0.5 * CYCLE if side > 0 else 0.0)) / CYCLE
    k = int(np.floor(cycles))
    phase = cycles - k
    pitch = _pitch(phase)
    ground, yaw = _plant(side, k)
    if phase <= STANCE:
        return _planted_ankle(ground, yaw, pitch), basis(yaw, pitch)
    nxt, yaw2 = _plant(side, k + 1)
    u = (phase - STANCE) / (1 - STANCE)
    a = _planted_ankle(ground, yaw, _pitch(STANCE))
    b = _planted_ankle(nxt, yaw2, _pitch(0.0))
    s = u * u * (3 - 2 * u) * 0.65 + u * 0.35
    pos = a + (b - a) * s
    pos[2] += 0.055 * np.sin(np.pi * min(1.0, u * 1.15)) * (1 - u) + 0.012 * np.sin(np.pi * u)
    return pos, basis(yaw + (yaw2 - yaw) * s, pitch)


def two_bone(root, tip, la, lb, toward):
    d = tip - root
    length = min(np.linalg.norm(d), (la + lb) * 0.9985)
    d = d / np.linalg.norm(d)
    tip = root + d * length
    x = (la * la - lb * lb + length * length) / (2 * length)
    y = np.sqrt(max(la * la - x * x, 0.0))
    n = toward - d * (toward @ d)
    return root + d * x + n / np.linalg.norm(n) * y, tip


def pose(t):
    """All joints and bases of the actor at time t (seconds), as a dict."""
    ph = 2 * np.pi * t / CYCLE
    yaw = heading(t)
    turn = (heading(t + 0.12) - heading(t - 0.12)) / 0.24
    side = np.array([np.sin(yaw), -np.cos(yaw), 0])
    root = np.append(path(t), 0.905 + 0.017 * np.cos(2 * ph - 3.6)) + side * 0.022 * np.sin(ph - 0.9) * -1
    pelvis = basis(yaw + np.radians(6) * np.cos(ph - 0.5), np.radians(-3), np.radians(3.0) * np.sin(ph - 0.6))
    yaw_chest = heading(t + 0.10) - np.radians(7) * np.cos(ph - 0.65)
    chest = basis(yaw_chest, np.radians(-4.5 + 1.2 * np.sin(2 * ph)), np.radians(-1.5) * np.sin(ph - 0.6) - 0.05 * turn)
    glance = np.radians(-34) * ease((t - 0.9) / 0.7) * (1 - ease((t - 2.6) / 1.0)) + np.radians(10) * ease((t - 3.1) / 0.7)
    head = basis(heading(t + 0.22) + glance - np.radians(2) * np.cos(ph), np.radians(-4 + 1.5 * np.sin(2 * ph + 1)), np.radians(2) * np.sin(0.9 * t))
    j = {"pelvis": pelvis, "chest": chest, "head": head, "root": root}
    spine = root + pelvis @ np.array([0, 0.0, 0.14])
    j["waist"] = spine
    j["neck"] = spine + chest @ np.array([0, -0.005, 0.40])
    j["skull"] = j["neck"] + 0.5 * (chest + head) @ np.array([0, 0.012, 0.055]) + head @ np.array([0, 0.022, 0.105])
    for name, s in (("l", -1), ("r", 1)):
        hip = root + pelvis @ np.array([0.088 * s, 0, -0.005])
        ankle, fb = foot(s, t)
        toward = pelvis[:, 1] + fb[:, 1] * np.array([1, 1, 0])
        knee, ankle2 = two_bone(hip, ankle, THIGH, SHIN, toward)
        j["hip" + name], j["knee" + name], j["ankle" + name], j["foot" + name] = hip, knee, ankle2, fb
        swing = np.cos(ph - 0.45) * (1 if s < 0 else -1)
        shoulder = spine + chest @ np.array([0.157 * s, -0.008, 0.288])
        a = np.radians(4 - 21 * swing)
        bend = np.radians(21 - 13 * swing)
        out = np.radians(9)
        down = chest @ np.array([np.sin(out) * s, np.sin(a) * np.cos(out), -np.cos(a) * np.cos(out)])
        elbow = shoulder + down * 0.285
        a2 = a + bend
        fore = chest @ np.array([np.sin(out * 0.35) * s, np.sin(a2), -np.cos(a2)])
        j["shoulder" + name], j["elbow" + name], j["wrist" + name] = shoulder, elbow, elbow + fore * 0.245
        x = chest @ np.array([1.0, 0, 0])
        x -= fore * (x @ fore)
        x /= np.linalg.norm(x)
        j["hand" + name] = np.stack([x, np.cross(-fore, x), -fore], 1)
    return j


def at_frame(frame):
    return pose(frame / FPS)
