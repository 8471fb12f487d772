# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender: the place, an open brick hall in low sun, as still layers by depth seen from the shot's middle.

blender -b --python hall.py -- OUT [--scale S] [--samples N] [--threads N] [--layers NAME,..]
Writes OUT/NAME.npz (linear colour, alpha, albedo, normal, mist) for the shell, for what lies outside and for each slice, and OUT/view.json.
"""
import argparse
import json
import os
import sys

import bpy
import numpy as np
from mathutils import Matrix, Vector

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"
import cv2  # noqa: E402

import shot  # noqa: E402

SUN_DIR = Vector((-0.75, 0.55, 0.42))
ROWS = (0.8, 4.4, 8.0, 11.6, 15.2)  # depths of the column rows; each is a slice
LEFT, RIGHT, BACK, TOP = -3.2, 4.3, 19.0, 4.9
SLICES = {f"row{k}": y for k, y in enumerate(ROWS)}
SLICES["props"] = 3.2
LENS, PAN = 24.5, 0.7  # mm, degrees from frame 48's view
PASSES = ("image", "alpha", "albedo", "normal", "mist")
LAYER = {}


def nodes(name):
    m = bpy.data.materials.new(name)
    m.use_nodes = True
    return m, m.node_tree, m.node_tree.nodes["Principled BSDF"]


def noise(nt, scale, detail=6, rough=0.6, stretch=(1, 1, 1)):
    co = nt.nodes.new("ShaderNodeNewGeometry")
    mp = nt.nodes.new("ShaderNodeMapping")
    mp.inputs["Scale"].default_value = stretch
    n = nt.nodes.new("ShaderNodeTexNoise")
    n.inputs["Scale"].default_value, n.inputs["Detail"].default_value, n.inputs["Roughness"].default_value = scale, detail, rough
    nt.links.new(co.outputs["Position"], mp.inputs["Vector"])
    nt.links.new(mp.outputs["Vector"], n.inputs["Vector"])
    return n


def ramp(nt, src, stops):
    r = nt.nodes.new("ShaderNodeValToRGB")
    e = r.color_ramp.elements
    e[0].position, e[0].color = stops[0][0], (*stops[0][1], 1)
    e[1].position, e[1].color = stops[-1][0], (*stops[-1][1], 1)
    for p, c in stops[1:-1]:
        x = e.new(p)
        x.color = (*c, 1)
    nt.links.new(src, r.inputs["Fac"])
    return r.outputs["Color"]


def mix(nt, kind, fac, a, b):
    m = nt.nodes.new("ShaderNodeMixRGB")
    m.blend_type = kind
    for socket, value in (("Fac", fac), ("Color1", a), ("Color2", b)):
        if isinstance(value, (float, int)):
            m.inputs[socket].default_value = value if socket == "Fac" else (value, value, value, 1)
        elif isinstance(value, tuple):
            m.inputs[socket].default_value = (*value, 1)
        else:
            nt.links.new(value, m.inputs[socket])
    return m.outputs["Color"]


def bump(nt, bsdf, src, strength, distance):
    b = nt.nodes.new("ShaderNodeBump")
    b.inputs["Strength"].default_value, b.inputs["Distance"].default_value = strength, distance
    nt.links.new(src, b.inputs["Height"])
    nt.links.new(b.outputs["Normal"], bsdf.inputs["Normal"])


def g(v):
    return (v, v, v)


def concrete(name, base, tint=0.5):
    m, nt, b = nodes(name)
    big, fine, streak = noise(nt, 0.9, 8), noise(nt, 14, 8, .7), noise(nt, 3.5, 5, .6, (1, 1, .12))
    c = ramp(nt, big.outputs["Fac"], [(.3, tuple(x * .62 for x in base)), (.55, base), (.75, tuple(min(1, x * 1.25) for x in base))])
    c = mix(nt, "MULTIPLY", 0.55, c, ramp(nt, fine.outputs["Fac"], [(.3, g(.6)), (.6, g(1.1))]))
    c = mix(nt, "MULTIPLY", tint, c, ramp(nt, streak.outputs["Fac"], [(.35, (.45, .40, .34)), (.6, g(1.05))]))
    nt.links.new(c, b.inputs["Base Color"])
    b.inputs["Roughness"].default_value, b.inputs["Specular"].default_value = .88, .3
    bump(nt, b, fine.outputs["Fac"], .5, .02)
    return m


def floor_material():
    m, nt, b = nodes("floor")
    big, mid, fine = noise(nt, .45, 8, .65), noise(nt, 2.6, 9, .7), noise(nt, 26, 6, .7)
    c = ramp(nt, mid.outputs["Fac"], [(.28, (.10, .092, .084)), (.5, (.205, .19, .172)), (.72, (.30, .28, .25))])
    c = mix(nt, "MULTIPLY", .5, c, ramp(nt, big.outputs["Fac"], [(.35, g(.42)), (.62, g(1.1))]))
    c = mix(nt, "MULTIPLY", .4, c, ramp(nt, fine.outputs["Fac"], [(.35, g(.55)), (.6, g(1.1))]))
    geo = nt.nodes.new("ShaderNodeNewGeometry")
    tile = nt.nodes.new("ShaderNodeTexBrick")
    for k, v in (("Scale", 1.0), ("Mortar Size", .010), ("Mortar Smooth", .3), ("Brick Width", 1.2), ("Row Height", 1.2)):
        tile.inputs[k].default_value = v
    tile.inputs["Color1"].default_value = tile.inputs["Color2"].default_value = (1, 1, 1, 1)
    tile.inputs["Color2"].default_value = (.80, .80, .82, 1)
    tile.inputs["Mortar"].default_value = (.22, .20, .18, 1)
    tile.offset = 0.5
    nt.links.new(geo.outputs["Position"], tile.inputs["Vector"])
    c = mix(nt, "MULTIPLY", 1.0, c, tile.outputs["Color"])
    line = nt.nodes.new("ShaderNodeSeparateXYZ")
    nt.links.new(geo.outputs["Position"], line.inputs[0])
    nt.links.new(c, b.inputs["Base Color"])
    r = ramp(nt, big.outputs["Fac"], [(.40, g(.20)), (.50, g(.42)), (.60, g(.72))])
    r = mix(nt, "MULTIPLY", .35, r, ramp(nt, mid.outputs["Fac"], [(.3, g(.6)), (.7, g(1.2))]))
    nt.links.new(r, b.inputs["Roughness"])
    b.inputs["Specular"].default_value = .5
    bump(nt, b, mix(nt, "MULTIPLY", .8, fine.outputs["Fac"], tile.outputs["Color"]), .35, .012)
    return m


def brick_material():
    m, nt, b = nodes("brick")
    geo = nt.nodes.new("ShaderNodeNewGeometry")
    sep = nt.nodes.new("ShaderNodeSeparateXYZ")
    add = nt.nodes.new("ShaderNodeMath")
    com = nt.nodes.new("ShaderNodeCombineXYZ")
    nt.links.new(geo.outputs["Position"], sep.inputs[0])
    nt.links.new(sep.outputs["X"], add.inputs[0])
    nt.links.new(sep.outputs["Y"], add.inputs[1])
    nt.links.new(add.outputs[0], com.inputs["X"])
    nt.links.new(sep.outputs["Z"], com.inputs["Y"])
    t = nt.nodes.new("ShaderNodeTexBrick")
    for k, v in (("Scale", 1.0), ("Mortar Size", .008), ("Mortar Smooth", .4), ("Bias", -.2), ("Brick Width", .25), ("Row Height", .075)):
        t.inputs[k].default_value = v
    t.inputs["Color1"].default_value, t.inputs["Color2"].default_value = (.33, .125, .070, 1), (.20, .075, .048, 1)
    t.inputs["Mortar"].default_value = (.30, .27, .23, 1)
    nt.links.new(com.outputs[0], t.inputs["Vector"])
    big, fine = noise(nt, .8, 7, .65), noise(nt, 22, 6, .7)
    c = mix(nt, "MULTIPLY", .75, t.outputs["Color"], ramp(nt, big.outputs["Fac"], [(.3, (.36, .34, .33)), (.5, g(.9)), (.72, (1.45, 1.35, 1.25))]))
    c = mix(nt, "MULTIPLY", .5, c, ramp(nt, fine.outputs["Fac"], [(.3, g(.55)), (.65, g(1.2))]))
    nt.links.new(c, b.inputs["Base Color"])
    b.inputs["Roughness"].default_value, b.inputs["Specular"].default_value = .9, .25
    bump(nt, b, mix(nt, "MULTIPLY", .5, t.outputs["Fac"], fine.outputs["Fac"]), -.6, .015)
    return m


def plain(name, colour, rough=.6, metal=0.0, vary=.5, scale=6, stretch=(1, 1, 1)):
    m, nt, b = nodes(name)
    n = noise(nt, scale, 7, .65, stretch)
    c = mix(nt, "MULTIPLY", vary, colour, ramp(nt, n.outputs["Fac"], [(.3, g(.45)), (.7, g(1.3))]))
    nt.links.new(c, b.inputs["Base Color"])
    b.inputs["Roughness"].default_value, b.inputs["Metallic"].default_value = rough, metal
    return m


def mesh(name, v, f, mat, layer="shell", smooth=False):
    me = bpy.data.meshes.new(name)
    me.from_pydata([tuple(p) for p in v], [], [tuple(q) for q in f])
    me.materials.append(mat)
    if smooth:
        me.polygons.foreach_set("use_smooth", [True] * len(me.polygons))
    ob = bpy.data.objects.new(name, me)
    bpy.context.scene.collection.objects.link(ob)
    LAYER[ob.name] = layer
    return ob


def box(x0, x1, y0, y1, z0, z1, mat, layer="shell", bevel=0.0):
    v = [(x, y, z) for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)]
    ob = mesh("box", v, [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)], mat, layer)
    if bevel:
        bv = ob.modifiers.new("b", "BEVEL")
        bv.width, bv.segments = bevel, 2
    return ob


def turned(x, y, profile, mat, layer, segs=32):
    """A body of revolution; profile is (radius, z) pairs."""
    th = np.linspace(0, 2 * np.pi, segs, endpoint=False)
    v = [(x + r * np.cos(a), y + r * np.sin(a), z) for r, z in profile for a in th]
    f = [(i * segs + k, i * segs + (k + 1) % segs, (i + 1) * segs + (k + 1) % segs, (i + 1) * segs + k)
         for i in range(len(profile) - 1) for k in range(segs)]
    return mesh("turned", v, f, mat, layer, True)


def cable(points, radius, mat, layer):
    cu = bpy.data.curves.new("cable", "CURVE")
    cu.dimensions, cu.bevel_depth, cu.bevel_resolution = "3D", radius, 2
    sp = cu.splines.new("POLY")
    sp.points.add(len(points) - 1)
    for p, q in zip(sp.points, points):
        p.co = (*q, 1)
    cu.materials.append(mat)
    ob = bpy.data.objects.new("cable", cu)
    bpy.context.scene.collection.objects.link(ob)
    LAYER[ob.name] = layer


def leaves(x, y, z, count, size, spread, mat, layer, seed, blade=True):
    """Arching blades from a pot, or a cloud of small leaves."""
    rng = np.random.default_rng(seed)
    v, f = [], []
    for _ in range(count):
        if blade:
            a, ln = rng.uniform(0, 6.28), size * rng.uniform(.6, 1.1)
            lean = spread * rng.uniform(.2, 1.0)
            s = np.linspace(0, 1, 7)
            r = lean * ln * s ** 1.6
            h = ln * (s - .55 * lean * s ** 2.4)
            w = .017 * np.sin(np.pi * np.minimum(1, .12 + .9 * s)) + .001
            i = len(v)
            for k in range(7):
                p = np.array([x + np.cos(a) * (r[k] + .04), y + np.sin(a) * (r[k] + .04), z + h[k]])
                t = np.array([-np.sin(a), np.cos(a), .25]) * w[k]
                v += [p - t, p + t]
            f += [(i + 2 * k, i + 2 * k + 1, i + 2 * k + 3, i + 2 * k + 2) for k in range(6)]
        else:
            p = np.array([x, y, z]) + rng.normal(size=3) * spread
            u, w = rng.normal(size=3), rng.normal(size=3)
            u, w = u / np.linalg.norm(u) * size, w / np.linalg.norm(w) * size * .6
            i = len(v)
            v += [p - u, p + w, p + u, p - w]
            f += [(i, i + 1, i + 2, i + 3)]
    mesh("leaves", v, f, mat, layer)


def build():
    con, con2, flo, bri = concrete("con", (.40, .37, .33)), concrete("ceil", (.30, .285, .265), .3), floor_material(), brick_material()
    steel, wood = plain("steel", (.075, .10, .105), .5, .2, .6), plain("wood", (.34, .20, .10), .75, 0, .7, 5, (1, 1, 14))
    black, rust = plain("black", (.02, .02, .022), .45, .3, .3), plain("rust", (.26, .085, .035), .7, .3, .8)
    leaf, hedge = plain("leaf", (.06, .13, .03), .55, 0, .6, 12), plain("hedge", (.055, .085, .022), .8, 0, .8, 2)
    door, cream = plain("door", (.055, .15, .155), .45, 0, .5, 3), plain("cream", (.52, .45, .34), .9, 0, .4, 1.5)
    gravel, clay = plain("gravel", (.33, .28, .20), .95, 0, .6, 9), plain("clay", (.36, .15, .08), .8, 0, .4, 5)
    box(LEFT - .5, RIGHT + .3, -12, BACK + .4, -.3, 0, flo)
    box(-60, LEFT - .5, -30, 60, -.34, -.04, gravel, "outside")
    box(LEFT - .5, 40, BACK + .4, 60, -.34, -.04, gravel, "outside")
    box(LEFT - .4, RIGHT + .3, -12, BACK + .4, TOP, TOP + .4, con2)
    box(RIGHT, RIGHT + .4, -12, BACK + .4, -.1, TOP, bri)
    box(LEFT - .4, -1.9, BACK, BACK + .4, 0, TOP, bri)
    box(1.9, RIGHT, BACK, BACK + .4, 0, TOP, bri)
    box(-1.9, 1.9, BACK, BACK + .4, 3.5, TOP, bri)
    box(-2.1, 2.1, BACK - .06, BACK + .1, 3.45, 3.75, con)
    box(LEFT - .3, LEFT + .25, -12, BACK, 4.35, TOP, con)
    for k in range(-2, 6):
        y = .8 + 3.6 * k
        box(LEFT, RIGHT, y - .16, y + .16, 4.45, TOP, con)
        box(RIGHT - .14, RIGHT + .1, y - .25, y + .25, 0, TOP, bri, "shell", .01)
        row = f"row{k}" if 0 <= k < len(ROWS) else "shell"
        if k >= 0:
            pillar(LEFT, y, con, row)
        else:
            pillar(LEFT, y, con, "hidden")
        if k >= 1:
            pillar(2.35, y, con, row)
            turned(-.35, y, [(.01, 4.45), (.012, 3.62), (.05, 3.60), (.07, 3.50), (.22, 3.40), (.26, 3.30), (.25, 3.30), (.05, 3.42)], black, row)
            leaves(LEFT + .62, y - .05, .42, 110, .85, .9, leaf, row, k)
            turned(LEFT + .62, y - .05, [(.15, 0), (.20, .38), (.235, .40), (.235, .46), (.20, .46), (.19, .40), (.01, .40)], clay, row)
    for z, r in ((3.55, .045), (3.72, .03)):
        cable([(RIGHT - .20, y, z) for y in (-12, BACK)], r, steel, "shell")
    cable([(-1.5, y, 4.40) for y in (-12, BACK)], .06, steel, "shell")
    for y0, w, h, m in ((5.6, 1.25, 2.25, door), (13.2, 1.3, 2.25, door)):
        box(RIGHT - .05, RIGHT + .02, y0, y0 + w, 0, h, m, "shell", .01)
        box(RIGHT - .08, RIGHT, y0 - .1, y0, 0, h + .1, con)
        box(RIGHT - .08, RIGHT, y0 + w, y0 + w + .1, 0, h + .1, con)
        box(RIGHT - .08, RIGHT, y0 - .1, y0 + w + .1, h, h + .12, con)
    for y0 in (2.0, 9.3):
        box(RIGHT - .03, RIGHT + .02, y0, y0 + .9, 1.15, 2.3, cream, "shell", .004)
        box(RIGHT - .036, RIGHT + .02, y0 + .1, y0 + .8, 1.55, 2.15, rust)
    crates(wood, rust, black)
    for k in range(60):
        rng = np.random.default_rng(100 + k)
        leaves(-10.5 + rng.normal() * .25, -6 + k * .62, .55, 170, .075, np.array([.35, .4, .30]), hedge, "outside", 200 + k, False)
    for k in range(16):
        rng = np.random.default_rng(300 + k)
        far = rng.uniform(-46, -34)
        leaves(far, -4 + 4.5 * k + rng.normal(), rng.uniform(3.0, 5.4), 2600, .15, np.array([1.7, 1.9, 1.5]), hedge, "outside", 400 + k, False)
    for k in range(7):
        leaves(-11 + 4.2 * k, 52 + 2 * (k % 2), 4.2, 2600, .16, np.array([1.8, 1.4, 1.7]), hedge, "outside", 500 + k, False)
    box(-9, 14, 43, 44, 0, 6.5, cream, "outside")
    for k in range(6):
        box(-7.5 + 3.4 * k, -6.2 + 3.4 * k, 42.9, 43.2, 2.9, 4.9, black, "outside")


def pillar(x, y, con, layer):
    box(x - .21, x + .21, y - .21, y + .21, 0, 4.45, con, layer, .02)
    box(x - .28, x + .28, y - .28, y + .28, 0, .26, con, layer, .02)
    box(x - .29, x + .29, y - .29, y + .29, 4.12, 4.40, con, layer, .02)


def crates(wood, rust, black):
    rng = np.random.default_rng(5)
    for x, y, z, s in ((3.62, 3.3, 0, .62), (3.62, 2.58, 0, .62), (3.66, 3.05, .62, .56)):
        t = .022
        n = 5
        for k in range(n):
            a, b = z + .01 + k * s / n, z + (k + .9) * s / n
            dx = rng.uniform(-.004, .004)
            box(x - s / 2 + dx, x + s / 2, y - s / 2 - t, y - s / 2, a, b, wood, "props", .003)
            box(x - s / 2 - t, x - s / 2, y - s / 2, y + s / 2 + dx, a, b, wood, "props", .003)
        box(x - s / 2, x + s / 2, y - s / 2, y + s / 2, z + .02, z + s - .03, black, "props")
        for k in range(n):
            a = x - s / 2 + k * s / n
            box(a, a + s / n * .9, y - s / 2, y + s / 2, z + s - .03, z + s, wood, "props", .003)
        for e in (-s / 2, s / 2 - .07):
            box(x + e, x + e + .07, y - s / 2 - 2 * t, y - s / 2 - t, z, z + s, wood, "props", .003)
            box(x - s / 2 - 2 * t, x - s / 2 - t, y + e, y + e + .07, z, z + s, wood, "props", .003)
    ribs = [(.01, 0), (.28, 0)]
    for k in range(40):
        z = .02 + .84 * k / 39
        ribs.append((.285 + .012 * np.exp(-((z - .29) / .02) ** 2) + .012 * np.exp(-((z - .58) / .02) ** 2), z))
    turned(3.55, 1.75, ribs + [(.29, .875), (.275, .88), (.27, .865), (.01, .865)], rust, "props", 40)


def light():
    la = bpy.data.lights.new("sun", "SUN")
    la.energy, la.color, la.angle = 7.0, (1, .63, .34), np.radians(0.7)
    ob = bpy.data.objects.new("sun", la)
    ob.rotation_euler = (-SUN_DIR).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(ob)
    w = bpy.data.worlds.new("w")
    bpy.context.scene.world = w
    w.use_nodes = True
    nt = w.node_tree
    co, dot = nt.nodes.new("ShaderNodeTexCoord"), nt.nodes.new("ShaderNodeVectorMath")
    dot.operation = "DOT_PRODUCT"
    dot.inputs[1].default_value = SUN_DIR.normalized()
    nt.links.new(co.outputs["Generated"], dot.inputs[0])
    c = ramp(nt, dot.outputs["Value"], [(0.0, (.40, .54, .82)), (.45, (.60, .64, .72)), (.82, (1.0, .78, .50)), (1.0, (2.2, 1.5, .8))])
    nt.links.new(c, nt.nodes["Background"].inputs[0])
    nt.nodes["Background"].inputs[1].default_value = 1.35
    w.mist_settings.start, w.mist_settings.depth, w.mist_settings.falloff = 3.0, 60.0, "LINEAR"
    for x, y, p in ((.6, -4.5, 55),):  # what the unseen part of the hall gives back
        la = bpy.data.lights.new("room", "AREA")
        la.energy, la.color, la.size = p, (1, .82, .66), 5
        ob = bpy.data.objects.new("room", la)
        ob.location, ob.rotation_euler, ob.visible_camera, ob.visible_glossy = (x, y, 4.3), (0, 0, 0), False, False
        bpy.context.scene.collection.objects.link(ob)


def setup(args):
    for ob in list(bpy.data.objects):
        bpy.data.objects.remove(ob)
    sc = bpy.context.scene
    sc.render.engine, sc.cycles.device, sc.cycles.use_denoising = "CYCLES", "CPU", False
    c = sc.cycles
    c.max_bounces, c.diffuse_bounces, c.glossy_bounces, c.sample_clamp_indirect = 3, 3, 2, 4
    c.caustics_reflective, c.caustics_refractive, c.use_fast_gi, c.samples = False, False, False, args.samples
    c.use_adaptive_sampling, c.adaptive_threshold, c.adaptive_min_samples = True, .02, 6
    c.film_exposure = 1.0
    sc.render.film_transparent, sc.render.use_persistent_data = True, True
    sc.render.threads_mode, sc.render.threads = "FIXED", args.threads
    sc.render.resolution_x, sc.render.resolution_y, sc.render.resolution_percentage = int(2240 * args.scale), int(1120 * args.scale), 100
    vl = sc.view_layers[0]
    vl.use_pass_mist, vl.cycles.denoising_store_passes = True, True
    cam = bpy.data.cameras.new("cam")
    cam.lens, cam.sensor_width = LENS, 36.0
    ob = bpy.data.objects.new("cam", cam)
    m = Matrix(shot.camera_pose(48).tolist())
    fwd = (m.to_3x3() @ Vector((0, 0, -1)))
    yaw = np.arctan2(fwd.x, fwd.y) + np.radians(PAN)
    d = Vector((np.sin(yaw), np.cos(yaw), -0.082))
    ob.matrix_world = Matrix.LocRotScale(m.to_translation(), d.to_track_quat("-Z", "Y"), None)
    sc.collection.objects.link(ob)
    sc.camera = ob
    sc.use_nodes = True
    nt = sc.node_tree
    nt.nodes.clear()
    rl, fo = nt.nodes.new("CompositorNodeRLayers"), nt.nodes.new("CompositorNodeOutputFile")
    f = fo.format
    f.file_format, f.color_depth, f.exr_codec, f.color_mode = "OPEN_EXR", "16", "ZIP", "RGBA"
    fo.base_path = args.out
    fo.file_slots.clear()
    for name, socket in zip(PASSES, ("Image", "Alpha", "Denoising Albedo", "Denoising Normal", "Mist")):
        fo.file_slots.new(f"tmp_{name}_")
        nt.links.new(rl.outputs[socket], fo.inputs[-1])
    nt.links.new(rl.outputs["Image"], nt.nodes.new("CompositorNodeComposite").inputs[0])
    return ob


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("out")
    ap.add_argument("--scale", type=float, default=1.0)
    ap.add_argument("--samples", type=int, default=16)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--layers", default=",".join(["shell", "outside", *SLICES]))
    args = ap.parse_args(sys.argv[sys.argv.index("--") + 1:])
    os.makedirs(args.out, exist_ok=True)
    cam = setup(args)
    build()
    light()
    sc = bpy.context.scene
    bpy.context.view_layer.update()
    view = {"pose": [list(r) for r in cam.matrix_world], "focal": LENS / 36.0 * sc.render.resolution_x,
            "size": [sc.render.resolution_x, sc.render.resolution_y]}
    with open(os.path.join(args.out, "view.json"), "w") as f:
        json.dump(view, f)
    for layer in args.layers.split(","):
        for name, its in LAYER.items():
            bpy.data.objects[name].visible_camera = its == layer
        sc.render.film_transparent = layer not in ("shell", "outside")
        bpy.ops.render.render()
        save = {}
        for p in PASSES:
            path = os.path.join(args.out, f"tmp_{p}_0001.exr")
            im = cv2.imread(path, cv2.IMREAD_UNCHANGED)
            os.remove(path)
            save[p] = (im if im.ndim == 2 else im[..., 0] if p in ("alpha", "mist") else im[..., 2::-1]).astype(np.float16)
        np.savez(os.path.join(args.out, layer + ".npz"), **save)
        print("layer", layer, flush=True)


main()
