// SPDX-License-Identifier: GPL-3.0-or-later
// The sample shot's renderer: light on cloth and hair, shadows on the stage, and many jittered z-buffer passes through
// the open shutter, so that alpha, hair and motion blur are exact. Built as a shared library, called from draw.py.
#include <cstring>

#include "light.h"

namespace {

Bvh bvh;
Fog fog;

float seen(V3 p, V3 to, float far, float skip) {
    if (bvh.blocked(p, to, far)) return 0;
    return fog.through(p, to, skip);
}

struct Surface { float gloss, power, sheen, bumpScale, bumpAmount, stain; };

void addSpec(float* spec, V3 colour, float amount) {
    for (int k = 0; k < 3; ++k) spec[k] += colour[k] * amount;
}

float highlight(const Surface& s, V3 n, V3 view, V3 to) {
    const V3 h = unit(view + to);
    return s.gloss * (s.power + 2) * 0.125f * std::pow(std::max(0.0f, dot(n, h)), s.power) * std::max(0.0f, dot(n, to));
}

void lightPoint(V3 p, V3 n, V3 view, const Surface& s, uint32_t seed, float* irr, float* spec) {
    const float spin = hash01(seed);
    const V3 o = p + n * 0.003f;
    constexpr int kDome = 22;
    V3 sum[2];
    for (int k = 0; k < kDome; ++k) {
        const V3 d = domeSample(n, k, kDome, spin);
        const float v = seen(o, d, 2.5f, 0.02f);
        for (int g = 0; g < 2; ++g) {
            const V3 l = dome(g ? kSky : kStudio, d);
            sum[g] = sum[g] + l * v + V3{.10f, .07f, .05f} * ((1 - v) * (g ? 0.55f : 0.6f));
        }
    }
    for (int g = 0; g < 2; ++g) {
        const int at = (g ? kSky : kStudio) * 3;
        for (int k = 0; k < 3; ++k) irr[at + k] += sum[g][k] / kDome;
        const float rim = s.sheen * std::pow(1 - std::max(0.0f, dot(n, view)), 3.0f);
        addSpec(spec + at, sum[g] * (1.0f / kDome), rim + s.gloss * 0.25f);
    }
    for (const Lamp& l : kLamps) {
        constexpr int kRays = 6;
        for (int k = 0; k < kRays; ++k) {
            V3 d = lampPoint(l, k, kRays, spin) - o;
            const float dist = std::sqrt(dot(d, d));
            d = d * (1 / dist);
            const float c = dot(n, d);
            if (c <= 0) continue;
            const float e = seen(o, d, dist, 0.02f) * l.power / (dist * dist) / kRays;
            for (int i = 0; i < 3; ++i) irr[kStudio * 3 + i] += l.colour[i] * e * c;
            addSpec(spec + kStudio * 3, l.colour, e * highlight(s, n, view, d));
        }
    }
    for (int k = 0; k < 4; ++k) {
        const V3 d = sunPoint(k, spin, 0.011f);
        const float c = dot(n, d);
        if (c <= 0) continue;
        const float e = seen(o, d, 4.0f, 0.02f) / 4;
        for (int i = 0; i < 3; ++i) irr[kSun * 3 + i] += kSunColour[i] * e * c;
        addSpec(spec + kSun * 3, kSunColour, e * (highlight(s, n, view, d) + s.sheen * 0.5f * std::pow(1 - std::max(0.0f, dot(n, view)), 3.0f)));
    }
}

/// One strand point under one direction of light: diffuse, a white and a coloured highlight, light through the strand.
V3 strandScatter(V3 tangent, V3 view, V3 to, V3 colour) {
    const float tl = dot(tangent, to), tv = dot(tangent, view);
    const float sl = std::sqrt(std::max(0.0f, 1 - tl * tl)), sv = std::sqrt(std::max(0.0f, 1 - tv * tv));
    const float cosDiff = std::max(0.0f, sl * sv - (tl + 0.10f) * (tv + 0.0f)), cosDiff2 = std::max(0.0f, sl * sv - (tl - 0.14f) * tv);
    const float back = 0.5f - 0.5f * dot(view, to);
    const V3 body = colour * (0.62f * sl);
    const V3 white = V3{.05f, .048f, .045f} * std::pow(cosDiff, 70.0f);
    const V3 tinted = colour * (1.1f * std::pow(cosDiff2, 22.0f));
    const V3 through = V3{std::sqrt(colour.x), std::sqrt(colour.y), std::sqrt(colour.z)} * (0.85f * back * back * back * sl);
    return body + white + tinted + through;
}

struct Target {
    int w, h;
    std::vector<float> z;
    std::vector<int32_t> id;
    std::vector<float> bu, bv;
};

void fill(Target& t, const float (*s)[3], int id) {
    const float x0 = s[0][0], y0 = s[0][1], x1 = s[1][0], y1 = s[1][1], x2 = s[2][0], y2 = s[2][1];
    const int xa = std::max(0, static_cast<int>(std::ceil(std::min({x0, x1, x2})))), xb = std::min(t.w - 1, static_cast<int>(std::floor(std::max({x0, x1, x2}))));
    const int ya = std::max(0, static_cast<int>(std::ceil(std::min({y0, y1, y2})))), yb = std::min(t.h - 1, static_cast<int>(std::floor(std::max({y0, y1, y2}))));
    if (xa > xb || ya > yb) return;
    const float area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
    if (std::fabs(area) < 1e-9f) return;
    const float inv = 1 / area;
    for (int y = ya; y <= yb; ++y)
        for (int x = xa; x <= xb; ++x) {
            const float fx = static_cast<float>(x), fy = static_cast<float>(y);
            const float u = ((x2 - fx) * (y0 - fy) - (x0 - fx) * (y2 - fy)) * inv, v = ((x0 - fx) * (y1 - fy) - (x1 - fx) * (y0 - fy)) * inv;
            if (u < 0 || v < 0 || u + v > 1) continue;
            const float iz = s[0][2] * (1 - u - v) + s[1][2] * u + s[2][2] * v;  // 1/depth is linear on the screen
            const size_t at = static_cast<size_t>(y) * static_cast<size_t>(t.w) + static_cast<size_t>(x);
            if (iz <= t.z[at]) continue;
            t.z[at] = iz;
            t.id[at] = id;
            t.bu[at] = u * s[1][2] / iz;
            t.bv[at] = v * s[2][2] / iz;
        }
}

V3 at3(const float* p, int i) { return {p[3 * i], p[3 * i + 1], p[3 * i + 2]}; }

}  // namespace

extern "C" {

/// What blocks light from now on.
void set_blockers(const float* v, int n, const int32_t* tri, int nt, const float* hair, int nh) {
    std::vector<V3> p(static_cast<size_t>(n));
    for (int i = 0; i < n; ++i) p[static_cast<size_t>(i)] = at3(v, i);
    bvh.build(p, tri, nt);
    fog.build(reinterpret_cast<const V3*>(hair), nh);
}

/// Light at every vertex: irr and spec are n x 3 groups x 3. surfaces: 6 floats a kind.
void light_mesh(const float* v, int n, const int32_t* tri, int nt, const uint8_t* kind, const float* surfaces, const float* hair, int nh,
                const float* eye, float* normals, float* irr, float* spec) {
    std::vector<V3> p(static_cast<size_t>(n)), nor(static_cast<size_t>(n));
    for (int i = 0; i < n; ++i) p[static_cast<size_t>(i)] = at3(v, i);
    for (int i = 0; i < nt; ++i) {
        const size_t a = static_cast<size_t>(tri[3 * i]), b = static_cast<size_t>(tri[3 * i + 1]), c = static_cast<size_t>(tri[3 * i + 2]);
        const V3 f = cross(p[b] - p[a], p[c] - p[a]);
        nor[a] = nor[a] + f;
        nor[b] = nor[b] + f;
        nor[c] = nor[c] + f;
    }
    bvh.build(p, tri, nt);
    fog.build(reinterpret_cast<const V3*>(hair), nh);
    std::memset(irr, 0, sizeof(float) * 9 * static_cast<size_t>(n));
    std::memset(spec, 0, sizeof(float) * 9 * static_cast<size_t>(n));
    const V3 e = at3(eye, 0);
    for (int i = 0; i < n; ++i) {
        const V3 q = unit(nor[static_cast<size_t>(i)]);
        std::memcpy(normals + 3 * i, &q, sizeof q);
        if (dot(q, unit(e - p[static_cast<size_t>(i)])) < -0.4f) continue;  // never seen
        const Surface* s = reinterpret_cast<const Surface*>(surfaces) + kind[i];
        lightPoint(p[static_cast<size_t>(i)], q, unit(e - p[static_cast<size_t>(i)]), *s, static_cast<uint32_t>(i) * 2654435761u, irr + 9 * i, spec + 9 * i);
    }
}

/// Colour of every strand point: n strands x m points x 3 groups x 3. Call after light_mesh.
void light_hair(const float* pts, int n, int m, const float* tint, const float* eye, float* out) {
    const V3 e = at3(eye, 0);
    constexpr int kDome = 10;
    for (int s = 0; s < n; ++s)
        for (int k = 0; k < m; ++k) {
            const int i = s * m + k;
            const V3 p = at3(pts, i), t = unit(at3(pts, k + 1 < m ? i + 1 : i) - at3(pts, k + 1 < m ? i : i - 1)), view = unit(e - p);
            const float spin = hash01(static_cast<uint32_t>(s) * 977u);
            const V3 colour = at3(tint, s) * (0.75f + 0.45f * static_cast<float>(k) / static_cast<float>(m));
            V3 sum[kGroups];
            const auto add = [&](int g, V3 to, V3 light, float far) {
                const float v = (far > 0 && bvh.blocked(p + to * 0.012f, to, far)) ? 0.0f : fog.through(p, to, 0.012f);
                sum[g] = sum[g] + strandScatter(t, view, to, colour) * light * v;
            };
            for (int d = 0; d < kDome; ++d) {
                const float z = 1 - 2 * (static_cast<float>(d) + 0.5f) / kDome, a = 6.2831853f * (spin + 0.618034f * static_cast<float>(d)), r = std::sqrt(1 - z * z);
                const V3 to{r * std::cos(a), r * std::sin(a), z};
                add(kStudio, to, stageDome(to) * (2.0f / kDome), 0);
                add(kSky, to, skyDome(to) * (2.0f / kDome), 0);
            }
            for (const Lamp& l : kLamps) {
                const V3 d = lampPoint(l, s % 7, 7, spin) - p;
                add(kStudio, unit(d), l.colour * (l.power / dot(d, d)), 3.0f);
            }
            add(kSun, kSunDir, kSunColour, 3.0f);
            for (int g = 0; g < kGroups; ++g) std::memcpy(out + 9 * i + 3 * g, &sum[g], sizeof(V3));
        }
}

/// Part of each group's light that reaches each point past the actor: n x 3. Call after light_mesh.
void shadow(const float* pts, const float* nrm, int n, float* out) {
    for (int i = 0; i < n; ++i) {
        const V3 p = at3(pts, i), q = at3(nrm, i), o = p + q * 0.002f;
        const float spin = hash01(static_cast<uint32_t>(i) * 2654435761u);
        float have[kGroups] = {}, all[kGroups] = {};
        for (const Lamp& l : kLamps)
            for (int k = 0; k < 9; ++k) {
                V3 d = lampPoint(l, k, 9, spin) - o;
                const float dist = std::sqrt(dot(d, d));
                d = d * (1 / dist);
                const float w = l.power / (dist * dist) * std::max(0.0f, dot(q, d));
                all[kStudio] += w;
                if (w > 0) have[kStudio] += w * seen(o, d, dist, 0.02f);
            }
        for (int k = 0; k < 14; ++k) {
            const V3 d = domeSample(q, k, 14, spin);
            const float v = seen(o, d, 4.0f, 0.02f), w = dot(skyDome(d), V3{.3f, .5f, .2f});
            all[kSky] += w;
            have[kSky] += w * v;
            all[kStudio] += 0.27f;  // what the stage itself sends around
            have[kStudio] += 0.27f * v;
        }
        for (int k = 0; k < 8; ++k) have[kSun] += seen(o, sunPoint(k, spin, 0.011f), 6.0f, 0.02f);
        all[kSun] = 8;
        for (int g = 0; g < kGroups; ++g) out[3 * i + g] = all[g] > 0 ? have[g] / all[g] : 1;
    }
}

/// Averages `passes` point-sampled pictures. p34: passes x 3 x 4 world to crop pixels (jitter included); u: time in 0..1.
/// out: h x w x 10 (three groups premultiplied, alpha).
void draw(const float* v0, const float* v1, int n, const int32_t* tri, int nt, const float* rest, const float* albedo, const uint8_t* kind,
          const float* surfaces, const float* irr, const float* spec, const float* h0, const float* h1, int strands, int m, const float* hairColour,
          float radius, const float* p34, const float* u, int passes, int w, int h, float* out) {
    const size_t pixels = static_cast<size_t>(w) * static_cast<size_t>(h);
    Target t{w, h, std::vector<float>(pixels), std::vector<int32_t>(pixels), std::vector<float>(pixels), std::vector<float>(pixels)};
    std::vector<float> s(static_cast<size_t>(n) * 3), hs(static_cast<size_t>(strands) * static_cast<size_t>(m) * 3);
    std::memset(out, 0, sizeof(float) * 10 * pixels);
    const float scale = 1.0f / static_cast<float>(passes);
    for (int pass = 0; pass < passes; ++pass) {
        const float* p = p34 + 12 * pass;
        const auto place = [&](const float* a, const float* b, int count, std::vector<float>& to) {
            for (int i = 0; i < count; ++i) {
                const V3 q = at3(a, i) * (1 - u[pass]) + at3(b, i) * u[pass];
                const float iz = 1 / (p[8] * q.x + p[9] * q.y + p[10] * q.z + p[11]);
                to[static_cast<size_t>(3 * i)] = (p[0] * q.x + p[1] * q.y + p[2] * q.z + p[3]) * iz;
                to[static_cast<size_t>(3 * i + 1)] = (p[4] * q.x + p[5] * q.y + p[6] * q.z + p[7]) * iz;
                to[static_cast<size_t>(3 * i + 2)] = iz;
            }
        };
        place(v0, v1, n, s);
        place(h0, h1, strands * m, hs);
        std::fill(t.z.begin(), t.z.end(), 0.0f);
        std::fill(t.id.begin(), t.id.end(), 0);
        for (int i = 0; i < nt; ++i) {
            float c[3][3];
            for (int k = 0; k < 3; ++k) std::memcpy(c[k], &s[static_cast<size_t>(tri[3 * i + k]) * 3], sizeof c[k]);
            fill(t, c, i + 1);
        }
        const float focal = std::sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
        for (int i = 0; i < strands; ++i)
            for (int k = 0; k + 1 < m; ++k) {
                const float* a = &hs[static_cast<size_t>(i * m + k) * 3];
                const float* b = a + 3;
                float dx = b[0] - a[0], dy = b[1] - a[1];
                const float len = std::sqrt(dx * dx + dy * dy) + 1e-6f;
                const float thin = 1 - 0.65f * std::max(0.0f, static_cast<float>(k) / static_cast<float>(m) - 0.45f) / 0.55f;
                const float r = radius * thin * std::min(focal * a[2], 2000.0f);
                dx *= r / len;
                dy *= r / len;
                const float c[4][3] = {{a[0] - dy, a[1] + dx, a[2]}, {a[0] + dy, a[1] - dx, a[2]}, {b[0] + dy, b[1] - dx, b[2]}, {b[0] - dy, b[1] + dx, b[2]}};
                const int id = -(i * m + k) - 1;
                fill(t, c, id);
                const float d[3][3] = {{c[0][0], c[0][1], c[0][2]}, {c[2][0], c[2][1], c[2][2]}, {c[3][0], c[3][1], c[3][2]}};
                fill(t, d, id);
            }
        for (size_t i = 0; i < pixels; ++i) {
            const int id = t.id[i];
            if (id == 0) continue;
            float* o = out + 10 * i;
            o[9] += scale;
            if (id < 0) {
                const float* c = hairColour + 9 * static_cast<size_t>(-id - 1);
                for (int k = 0; k < 9; ++k) o[k] += c[k] * scale;
                continue;
            }
            const int32_t* q = tri + 3 * (id - 1);
            const float bu = t.bu[i], bv = t.bv[i], bw = 1 - bu - bv;
            const V3 r = at3(rest, q[0]) * bw + at3(rest, q[1]) * bu + at3(rest, q[2]) * bv;
            const V3 al = at3(albedo, q[0]) * bw + at3(albedo, q[1]) * bu + at3(albedo, q[2]) * bv;
            const Surface& f = reinterpret_cast<const Surface*>(surfaces)[kind[q[0]]];
            const float fine = noise3(r * f.bumpScale) + 0.5f * noise3(r * (2.3f * f.bumpScale)) - 0.75f;
            const float stain = 0.6f * noise3(r * 9.0f) + 0.4f * noise3(r * 31.0f) - 0.5f;
            const float gain = (1 + f.bumpAmount * fine) * (1 + f.stain * stain) * scale;
            for (int k = 0; k < 9; ++k) {
                const float e = irr[9 * q[0] + k] * bw + irr[9 * q[1] + k] * bu + irr[9 * q[2] + k] * bv;
                const float sp = spec[9 * q[0] + k] * bw + spec[9 * q[1] + k] * bu + spec[9 * q[2] + k] * bv;
                o[k] += e * al[k % 3] * gain + sp * scale;
            }
        }
    }
}
}
