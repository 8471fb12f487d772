# SPDX-License-Identifier: GPL-3.0-or-later
"""The shot: size, rate, length, the camera's path and its projections (metres, z up)."""
import numpy as np

WIDTH, HEIGHT, FPS, FRAMES = 1920, 1080, 24, 97
FOCAL_MM, SENSOR_MM = 35.0, 36.0
SHUTTER = 0.5  # of a frame: a 180 degree shutter
WALL_Y, COVE_R = 2.8, 0.7  # the green wall's plane and the radius of the sweep
FOCAL_PX = FOCAL_MM / SENSOR_MM * WIDTH


def ease(x):
    x = np.clip(x, 0.0, 1.0)
    return x * x * x * (x * (6 * x - 15) + 10)


def shake(t, seed, hz=(0.45, 0.9, 1.7, 3.1, 5.3), gain=(1, 0.75, 0.45, 0.16, 0.05)):
    """Smooth hand-held noise of about unit size at time t (seconds)."""
    rng = np.random.default_rng(seed)
    phase, detune = rng.uniform(0, 2 * np.pi, len(hz)), rng.uniform(0.85, 1.15, len(hz))
    return sum(g * np.sin(2 * np.pi * f * d * t + p) for f, g, p, d in zip(hz, gain, phase, detune))


def camera_pose(frame):
    """Camera-to-world 4x4 (Blender's axes: x right, y up, looking along -z) at a real frame."""
    t = frame / FPS
    e = ease((frame + 8) / 112)
    step = np.sin(2 * np.pi * 1.75 * t)
    pos = np.array([-0.85 + 1.45 * e + 0.016 * shake(t, 1),
                    -5.75 + 1.05 * e + 0.012 * shake(t, 2),
                    1.30 + 0.08 * e + 0.010 * shake(t, 3) + 0.006 * step])
    follow = ease((frame - 6) / 100)
    look = np.array([-1.25 + 1.80 * follow, 0.6 - 0.9 * follow, 0.92 + 0.03 * follow])
    fwd = look - pos
    yaw = np.arctan2(fwd[0], fwd[1]) + np.radians(0.34) * shake(t, 4)
    pitch = np.arctan2(fwd[2], np.hypot(fwd[0], fwd[1])) + np.radians(0.24) * shake(t, 5) + np.radians(0.05) * step
    roll = np.radians(0.28) * shake(t, 6, gain=(1, 0.6, 0.25, 0.08, 0.02))
    f = np.array([np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
    r0 = np.array([np.cos(yaw), -np.sin(yaw), 0.0])
    u0 = np.cross(r0, f)
    r = np.cos(roll) * r0 + np.sin(roll) * u0
    m = np.eye(4)
    m[:3, 0], m[:3, 1], m[:3, 2], m[:3, 3] = r, np.cross(r, f), -f, pos
    return m


def projection(pose, focal_px=FOCAL_PX, size=(WIDTH, HEIGHT)):
    """3x4 matrix from world to pixels (pixel centres at whole numbers, y down)."""
    k = np.array([[focal_px, 0, size[0] / 2 - 0.5], [0, focal_px, size[1] / 2 - 0.5], [0, 0, 1.0]])
    world_to_cam = np.diag([1.0, -1.0, -1.0]) @ pose[:3, :3].T
    return k @ np.hstack([world_to_cam, -(world_to_cam @ pose[:3, 3])[:, None]])


def project(p34, xyz):
    h = np.asarray(xyz) @ p34[:, :3].T + p34[:, 3]
    return h[..., :2] / h[..., 2:3]


def wall_homography(frame, to_frame=0):
    """3x3 from pixels of `frame` to pixels of `to_frame` through the wall plane."""
    def plane(f):
        p = projection(camera_pose(f))
        return np.stack([p[:, 0], p[:, 2], p[:, 1] * WALL_Y + p[:, 3]], 1)  # (x, z, 1) -> pixel
    h = plane(to_frame) @ np.linalg.inv(plane(frame))
    return h / h[2, 2]
