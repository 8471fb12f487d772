// SPDX-License-Identifier: GPL-3.0-or-later
// Small vectors, a bounding-volume tree and the two light set-ups, for the sample shot's renderer.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

struct V3 {
    float x = 0, y = 0, z = 0;
    float operator[](int i) const { return i == 0 ? x : i == 1 ? y : z; }
};
inline V3 operator+(V3 a, V3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline V3 operator-(V3 a, V3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline V3 operator*(V3 a, V3 b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
inline V3 operator*(V3 a, float s) { return {a.x * s, a.y * s, a.z * s}; }
inline float dot(V3 a, V3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline V3 cross(V3 a, V3 b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }
inline V3 unit(V3 a) { return a * (1.0f / std::sqrt(std::max(1e-20f, dot(a, a)))); }

inline uint32_t mixBits(uint32_t h) {
    h ^= h >> 16; h *= 0x7feb352du; h ^= h >> 15; h *= 0x846ca68bu; return h ^ (h >> 16);
}
inline float hash01(uint32_t h) { return static_cast<float>(mixBits(h) >> 8) * (1.0f / 16777216.0f); }

/// Value noise in [0,1].
inline float noise3(V3 p) {
    const float fx = std::floor(p.x), fy = std::floor(p.y), fz = std::floor(p.z);
    const int ix = static_cast<int>(fx), iy = static_cast<int>(fy), iz = static_cast<int>(fz);
    float u[3] = {p.x - fx, p.y - fy, p.z - fz};
    for (float& t : u) t = t * t * (3 - 2 * t);
    float sum = 0;
    for (int k = 0; k < 8; ++k) {
        const int dx = k & 1, dy = (k >> 1) & 1, dz = k >> 2;
        const float w = (dx ? u[0] : 1 - u[0]) * (dy ? u[1] : 1 - u[1]) * (dz ? u[2] : 1 - u[2]);
        sum += w * hash01(static_cast<uint32_t>(ix + dx) * 73856093u ^ static_cast<uint32_t>(iy + dy) * 19349663u ^
                          static_cast<uint32_t>(iz + dz) * 83492791u);
    }
    return sum;
}

/// Triangles in a tree that answers "is this segment blocked?".
class Bvh {
public:
    void build(const std::vector<V3>& v, const int32_t* tri, int count) {
        order_.resize(static_cast<size_t>(count));
        std::iota(order_.begin(), order_.end(), 0);
        tri_.resize(static_cast<size_t>(count) * 3);
        centre_.resize(static_cast<size_t>(count));
        for (int i = 0; i < count; ++i) {
            V3 c;
            for (int k = 0; k < 3; ++k) {
                tri_[static_cast<size_t>(3 * i + k)] = v[static_cast<size_t>(tri[3 * i + k])];
                c = c + tri_[static_cast<size_t>(3 * i + k)];
            }
            centre_[static_cast<size_t>(i)] = c * (1.0f / 3);
        }
        nodes_.clear();
        nodes_.reserve(static_cast<size_t>(count));
        split(0, count);
    }

    bool blocked(V3 o, V3 d, float far) const {
        const V3 inv{1 / d.x, 1 / d.y, 1 / d.z};
        int stack[64], top = 0;
        stack[top++] = 0;
        while (top > 0) {
            const Node& n = nodes_[static_cast<size_t>(stack[--top])];
            if (!crosses(n, o, inv, far)) continue;
            if (n.count == 0) {
                stack[top++] = n.first;
                stack[top++] = n.right;
                continue;
            }
            for (int i = n.first; i < n.first + n.count; ++i)
                if (hit(&tri_[static_cast<size_t>(order_[static_cast<size_t>(i)]) * 3], o, d, far)) return true;
        }
        return false;
    }

private:
    struct Node { V3 lo, hi; int first, right, count; };

    static bool crosses(const Node& n, V3 o, V3 inv, float far) {
        float a = 0, b = far;
        for (int k = 0; k < 3; ++k) {
            float t0 = (n.lo[k] - o[k]) * inv[k], t1 = (n.hi[k] - o[k]) * inv[k];
            if (t0 > t1) std::swap(t0, t1);
            a = std::max(a, t0);
            b = std::min(b, t1);
        }
        return a <= b;
    }

    static bool hit(const V3* t, V3 o, V3 d, float far) {
        const V3 e1 = t[1] - t[0], e2 = t[2] - t[0], p = cross(d, e2);
        const float det = dot(e1, p);
        if (std::fabs(det) < 1e-12f) return false;
        const V3 s = o - t[0];
        const float u = dot(s, p) / det;
        if (u < 0 || u > 1) return false;
        const V3 q = cross(s, e1);
        const float v = dot(d, q) / det;
        if (v < 0 || u + v > 1) return false;
        const float at = dot(e2, q) / det;
        return at > 1e-4f && at < far;
    }

    int split(int begin, int end) {
        const int self = static_cast<int>(nodes_.size());
        nodes_.push_back({{1e9f, 1e9f, 1e9f}, {-1e9f, -1e9f, -1e9f}, begin, 0, end - begin});
        V3 lo = nodes_.back().lo, hi = nodes_.back().hi, clo = lo, chi = hi;
        for (int i = begin; i < end; ++i) {
            const size_t t = static_cast<size_t>(order_[static_cast<size_t>(i)]);
            for (size_t k = 0; k < 3; ++k) grow(lo, hi, tri_[3 * t + k]);
            grow(clo, chi, centre_[t]);
        }
        nodes_.back().lo = lo;
        nodes_.back().hi = hi;
        if (end - begin <= 4) return self;
        const V3 size = chi - clo;
        const int axis = size.x > size.y ? (size.x > size.z ? 0 : 2) : (size.y > size.z ? 1 : 2);
        const int mid = (begin + end) / 2;
        std::nth_element(order_.begin() + begin, order_.begin() + mid, order_.begin() + end, [&](int a, int b) {
            return centre_[static_cast<size_t>(a)][axis] < centre_[static_cast<size_t>(b)][axis];
        });
        const int l = split(begin, mid), r = split(mid, end);
        Node& n = nodes_[static_cast<size_t>(self)];
        n.first = l;
        n.right = r;
        n.count = 0;
        return self;
    }

    static void grow(V3& lo, V3& hi, V3 p) {
        lo = {std::min(lo.x, p.x), std::min(lo.y, p.y), std::min(lo.z, p.z)};
        hi = {std::max(hi.x, p.x), std::max(hi.y, p.y), std::max(hi.z, p.z)};
    }

    std::vector<int> order_;
    std::vector<V3> tri_, centre_;
    std::vector<Node> nodes_;
};

/// Hair as a fog of density on a 1 cm grid, for shadows.
class Fog {
public:
    static constexpr int kSide = 72;
    static constexpr float kCell = 0.0125f;

    void build(const V3* p, int count) {
        cells_.assign(static_cast<size_t>(kSide) * kSide * kSide, 0.0f);
        V3 c;
        for (int i = 0; i < count; ++i) c = c + p[i];
        origin_ = c * (1.0f / static_cast<float>(std::max(1, count))) - V3{1, 1, 1} * (0.5f * kSide * kCell);
        lo_ = {1e9f, 1e9f, 1e9f};
        hi_ = {-1e9f, -1e9f, -1e9f};
        for (int i = 0; i < count; ++i) {
            lo_ = {std::min(lo_.x, p[i].x), std::min(lo_.y, p[i].y), std::min(lo_.z, p[i].z)};
            hi_ = {std::max(hi_.x, p[i].x), std::max(hi_.y, p[i].y), std::max(hi_.z, p[i].z)};
            const int at = index(p[i]);
            if (at >= 0) cells_[static_cast<size_t>(at)] += 1.0f;
        }
    }

    /// Part of the light that gets through from `o` towards `d`.
    float through(V3 o, V3 d, float start) const {
        float near = start, far = 0.9f;
        for (int k = 0; k < 3; ++k) {
            const float inv = 1 / d[k];
            float t0 = (lo_[k] - o[k]) * inv, t1 = (hi_[k] - o[k]) * inv;
            if (t0 > t1) std::swap(t0, t1);
            near = std::max(near, t0);
            far = std::min(far, t1);
        }
        float sum = 0;
        for (float t = near; t < far && sum < 400; t += kCell) {
            const int at = index(o + d * t);
            if (at >= 0) sum += cells_[static_cast<size_t>(at)];
        }
        return std::exp(-0.021f * sum);
    }

private:
    int index(V3 p) const {
        const V3 q = (p - origin_) * (1.0f / kCell);
        const int x = static_cast<int>(std::floor(q.x)), y = static_cast<int>(std::floor(q.y)), z = static_cast<int>(std::floor(q.z));
        if (x < 0 || y < 0 || z < 0 || x >= kSide || y >= kSide || z >= kSide) return -1;
        return (z * kSide + y) * kSide + x;
    }
    V3 origin_, lo_, hi_;
    std::vector<float> cells_;
};

enum Group { kStudio, kSun, kSky, kGroups };

struct Lamp {
    V3 at, size, colour;
    float power;
};
// size spans x and the tilted up axis; power over squared distance is what a white wall sends back
inline const Lamp kLamps[] = {{{-3.4f, -4.0f, 3.6f}, {1.8f, 0.4f, 1.3f}, {1.0f, .96f, .90f}, 20.0f},
                              {{4.2f, -3.6f, 2.4f}, {0.8f, 2.2f, 2.2f}, {.93f, .97f, 1.0f}, 7.5f},
                              {{0.0f, 0.2f, 4.6f}, {4.5f, 2.0f, 0.0f}, {1.0f, .98f, .96f}, 4.2f}};
inline const V3 kSunDir = unit({-0.75f, 0.55f, 0.42f});
inline const V3 kSunColour{2.05f, 1.28f, 0.70f};

/// What the green stage sends from direction d.
inline V3 stageDome(V3 d) {
    const V3 green{0.045f, 0.285f, 0.060f};
    const float wall = std::max(0.0f, d.y + 0.15f) * (d.z < 0.75f ? 1.0f : 0.4f), floor = std::max(0.0f, -d.z);
    return green * std::min(1.0f, 1.15f * wall + 1.1f * floor) + V3{.030f, .031f, .034f};
}

/// What the open hall sends from direction d.
inline V3 skyDome(V3 d) {
    struct Lobe { V3 dir, colour; float power; };
    static const Lobe lobes[] = {{{-.95f, .1f, .25f}, {.55f, .68f, .90f}, 1.5f}, {{0, .97f, .1f}, {1.0f, .74f, .46f}, 3.0f},
                                 {{.9f, -.2f, .1f}, {.40f, .25f, .16f}, 1.2f},   {{0, -.9f, .3f}, {.34f, .29f, .26f}, 1.2f},
                                 {{-.2f, .1f, -.97f}, {.52f, .34f, .20f}, 1.5f}, {{0, 0, 1}, {.20f, .20f, .21f}, 1.5f}};
    V3 sum;
    for (const Lobe& l : lobes) sum = sum + l.colour * std::pow(std::max(0.0f, dot(d, l.dir)), l.power);
    return sum * 0.80f;
}

inline V3 dome(int group, V3 d) { return group == kStudio ? stageDome(d) : skyDome(d); }

inline void basisOf(V3 n, V3& t, V3& b) {
    t = unit(cross(std::fabs(n.z) < 0.9f ? V3{0, 0, 1} : V3{1, 0, 0}, n));
    b = cross(n, t);
}

/// Cosine-weighted direction k of n around `normal`, turned by `spin` in [0,1).
inline V3 domeSample(V3 normal, int k, int n, float spin) {
    const float r2 = (static_cast<float>(k) + 0.5f) / static_cast<float>(n), a = 6.2831853f * (spin + 0.618034f * static_cast<float>(k));
    V3 t, b;
    basisOf(normal, t, b);
    return t * (std::sqrt(r2) * std::cos(a)) + b * (std::sqrt(r2) * std::sin(a)) + normal * std::sqrt(1 - r2);
}

inline V3 lampPoint(const Lamp& l, int k, int n, float spin) {
    const float u = (static_cast<float>(k) + 0.5f) / static_cast<float>(n) - 0.5f;
    float v = spin + 0.618034f * static_cast<float>(k), w = 2.3f * spin + 0.754878f * static_cast<float>(k);
    v -= std::floor(v) + 0.5f;
    w -= std::floor(w) + 0.5f;
    return l.at + V3{l.size.x * u, l.size.y * v, l.size.z * w};
}

inline V3 sunPoint(int k, float spin, float spread) {
    V3 t, b;
    basisOf(kSunDir, t, b);
    const float r = spread * std::sqrt((static_cast<float>(k) + 0.5f) / 8.0f), a = 6.2831853f * (spin + 0.618034f * static_cast<float>(k));
    return unit(kSunDir + t * (r * std::cos(a)) + b * (r * std::sin(a)));
}
