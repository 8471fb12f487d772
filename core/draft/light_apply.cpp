// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "core/draft/enlarged_row.h"
#include "core/draft/light_kernels.h"
#include "core/draft/light_key.h"
#include "core/draft/light_match.h"

namespace pai::core {
namespace {

constexpr float kMendShare = 1.3f;      // of the strength that goes into mending the plate's own light
constexpr float kGradientShare = 0.1f;  // of the scene's gradient that a subject takes on
constexpr float kFullStrength = 0.7f;   // of which on the blacks are matched as far as is asked
constexpr float kUsualDirection = 0.5f; // up to which the key light is for subjects that show a studio's light only
constexpr float kGlowSmooth = 2.0f;     // of a subject's roundness: the surfaces that are lit alike
constexpr double kStrandSmooth = 0.6;   // of a subject's roundness: strands that shine together
constexpr float kStrandSoft = 0.3f;     // mean softness of a matte that is all strands
constexpr float kThrough = 2.0f;        // of the key light, that strands let through
constexpr float kPale = 0.25f;          // of that light, which has the key's own colour
constexpr float kGlowEdge = 0.42f;      // of a subject's roundness: where the screen shines from the side
constexpr float kMostGlow = 1.8f;       // of the share, taken off a surface darker than those around it
constexpr std::array<float, 3> kLuma{0.2126f, 0.7152f, 0.0722f};

/// Haze adds its light and hides as much of what lies behind it.
float veiled(float v, float veil) { return veil + (1.0f - veil) * v; }
float decoded(float v) { return std::pow(std::max(v, 0.0f), kCoding); }
float coded(float v) { return std::pow(std::max(v, 0.0f), 1.0f / kCoding); }

float ramp(float low, float high, float v) { return std::clamp((v - low) / (high - low), 0.0f, 1.0f); }

/// What a subject's form decides, on its blocks.
struct FormLight {
  SubjectForm form;
  cv::Mat glow;  // CV_32F linear light of the primary that came from the screen; empty: none
  cv::Mat key;   // CV_32F share of the key light that a surface gets; empty: none
  cv::Mat through;  // CV_32F share of it that comes through strands
  float keyMean = 0.0f;  // over the subject
};

/// Linear light of a plane on the blocks that a glow is taken of: the subject's mean over the neighbourhood, and more where a surface
/// is brighter. It may reflect more than what is around it (a face above a coat), and the glow too, or be lit more: half of each.
cv::Mat glowingLight(const cv::Mat& plane, const cv::Mat& alpha, bool linear, const SubjectForm& form) {
  cv::Mat own = blockMeans(plane, form), light(own.size(), CV_32F), weight;
  cv::Mat(blockMeans(alpha, form) >= 0.9f).convertTo(weight, CV_32F, 1.0 / 255.0);
  for (int y = 0; y < light.rows; ++y) {
    float *o = own.ptr<float>(y), *l = light.ptr<float>(y);
    const float* w = weight.ptr<float>(y);
    for (int x = 0; x < light.cols; ++x) o[x] = linear ? std::max(o[x], 0.0f) : decoded(o[x]), l[x] = o[x] * w[x];
  }
  const double sigma = static_cast<double>(kGlowSmooth * form.roundness);
  cv::GaussianBlur(light, light, {0, 0}, sigma, 0.0, cv::BORDER_REPLICATE);
  cv::GaussianBlur(weight, weight, {0, 0}, sigma, 0.0, cv::BORDER_REPLICATE);
  for (int y = 0; y < light.rows; ++y) {
    float* l = light.ptr<float>(y);
    const float *o = own.ptr<float>(y), *w = weight.ptr<float>(y);
    for (int x = 0; x < light.cols; ++x) l[x] /= std::max(w[x], 1e-3f), l[x] = std::sqrt(l[x] * std::max(l[x], o[x]));
  }
  return light;
}

FormLight formLight(const FrameLight& light, float bounce, float key, const cv::Mat& primary, const cv::Mat& alpha, bool linear) {
  FormLight out;
  out.form = formOf(alpha);
  const SubjectForm& form = out.form;
  if (form.depth.empty()) return out;
  if (bounce > 0.0f) {
    out.glow = glowingLight(primary, alpha, linear, form);
    for (int y = 0; y < out.glow.rows; ++y) {
      float* g = out.glow.ptr<float>(y);
      const float* d = form.depth.ptr<float>(y);
      for (int x = 0; x < out.glow.cols; ++x) g[x] *= bounce * (1.0f + std::exp(-d[x] / (kGlowEdge * form.roundness)));
    }
  }
  if (key > 0.0f) {
    out.key.create(form.depth.size(), CV_32F);
    out.through = blockMeans(alpha.mul(1.0 - alpha), form);  // a matte that is soft far and wide is one of strands
    cv::GaussianBlur(out.through, out.through, {0, 0}, kStrandSmooth * static_cast<double>(form.roundness), 0.0, cv::BORDER_REPLICATE);
    for (int y = 0; y < out.key.rows; ++y) {
      float* k = out.key.ptr<float>(y);
      const float* d = form.depth.ptr<float>(y);
      const auto* n = form.facing.ptr<cv::Vec2f>(y);
      float* t = out.through.ptr<float>(y);
      for (int x = 0; x < out.key.cols; ++x) {
        k[x] = key * std::max(0.0f, n[x].dot(light.towards)) * std::exp(-d[x] / form.roundness);
        t[x] = k[x] * kThrough * std::min(1.0f, 4.0f * t[x] / kStrandSoft);
      }
    }
    out.keyMean = static_cast<float>(cv::mean(out.key, form.depth > 0.0f)[0]);
  }
  return out;
}

/// Rows of values that lie on a form's blocks, one for each of its pixels. One thread.
class BlockRows {
 public:
  BlockRows(const cv::Mat& values, const SubjectForm& form) : m_top(form.pixels.y) {
    if (values.empty()) return;
    const float step = 1.0f / static_cast<float>(form.block);
    m_row.emplace(values, step, step, form.pixels.width);
    m_out.resize(static_cast<std::size_t>(form.pixels.width));
  }
  /// Of the frame's row `y`, from the form's first pixel on; null without values.
  const float* read(int y) {
    if (!m_row) return nullptr;
    m_row->start(y - m_top);
    m_row->read(m_out.data());
    return m_out.data();
  }

 private:
  int m_top;
  std::optional<EnlargedRow<float>> m_row;
  std::vector<float> m_out;
};

/// A surface's linear light without the screen's glow: never a hue beyond that of the other two channels.
void takeGlow(int primary, float glow, float share, float keep, float light[3]) {
  float& p = light[primary];
  const float least = std::min(p, std::min(light[(primary + 1) % 3], light[(primary + 2) % 3]));
  p = std::max(p - std::min(glow, kMostGlow * share * p), least);
  for (int c = 0; c < 3; ++c) light[c] *= keep;
}

}  // namespace

void applyLight(const FrameLight& light, const LightSettings& settings, float exponent, Planes& foreground,
                const cv::Mat& alpha) {
  if (!settings.relight) return;
  const float strength = static_cast<float>(std::clamp(settings.strength, 0.0, 1.0));
  const float direction = static_cast<float>(std::clamp(settings.gradient, 0.0, 1.0));
  const float gradient = direction * strength * kGradientShare * exponent;
  const float full = std::min(1.0f, strength / kFullStrength), mended = std::min(1.0f, strength * kMendShare);
  const float matched = static_cast<float>(std::clamp(settings.blacks, 0.0, 1.0)) * full;
  const bool linear = exponent > 1.5f;
  std::array<float, 3> gain{}, tint{}, veil{};
  for (int c = 0; c < 3; ++c) {
    const auto i = static_cast<std::size_t>(c);
    gain[i] = std::pow(light.correction[c], exponent * mended);
    tint[i] = std::pow(light.tint[c], exponent * strength);
    veil[i] = light.veil[c] * matched;
  }
  // A subject that may stand in its scene's light already gets the key light only where it is asked for.
  const float asked = std::max(0.0f, direction - kUsualDirection) / (1.0f - kUsualDirection);
  const float key = cv::norm(light.key) > 0.0 ? std::max(light.studio, asked) * direction / kUsualDirection * full : 0.0f;
  const float bounce = light.bounce * mended;
  const float keep = 1.0f / (1.0f - kLuma[static_cast<std::size_t>(light.primary)] * bounce);
  FormLight formed;
  if (bounce > 0.0f || key > 0.0f) {
    const cv::Mat& primary = light.primary == 0 ? foreground.r : light.primary == 1 ? foreground.g : foreground.b;
    formed = formLight(light, bounce, key, primary, alpha, linear);
  }
  // The key is light that went elsewhere in the studio: all in all the subject gets no more of it.
  const float share = 1.0f / (1.0f + light.key.dot({kLuma[0], kLuma[1], kLuma[2]}) * formed.keyMean);
  const cv::Rect& part = formed.form.pixels;  // nothing of the subject lies outside it where it is known
  const int width = alpha.cols, height = alpha.rows;
  std::vector<float> across(static_cast<std::size_t>(width));
  for (int x = 0; x < width; ++x) {
    across[static_cast<std::size_t>(x)] = std::exp(gradient * light.slope[0] * ((static_cast<float>(x) + 0.5f) / static_cast<float>(width) - 0.5f));
  }
  const float cutFrom = std::pow(0.93f, exponent), cutTo = std::pow(0.99f, exponent);
  LightTerms terms;
  for (int i = 0; i < 3; ++i) {
    const int c = (light.primary + i) % 3;
    const auto from = static_cast<std::size_t>(c);
    terms.gain[i] = gain[from], terms.tint[i] = tint[from], terms.veil[i] = veil[from], terms.key[i] = light.key[c], terms.luma[i] = kLuma[from];
  }
  terms.bounce = bounce, terms.keep = keep, terms.cutFrom = cutFrom, terms.cutTo = cutTo;
  terms.share = share, terms.pale = kPale, terms.most = kMostGlow;
  cv::parallel_for_({0, height}, [&](const cv::Range& rows) {
    BlockRows glowRows(formed.glow, formed.form), keyRows(formed.key, formed.form), throughRows(formed.through, formed.form);
    for (int y = rows.start; y < rows.end; ++y) {
      if (!part.empty() && (y < part.y || y >= part.y + part.height)) continue;
      const float down = std::exp(gradient * light.slope[1] * ((static_cast<float>(y) + 0.5f) / static_cast<float>(height) - 0.5f));
      const float* a = alpha.ptr<float>(y);
      float* p[3] = {foreground.row(0, y), foreground.row(1, y), foreground.row(2, y)};
      const float *glow = glowRows.read(y), *lit = keyRows.read(y), *through = throughRows.read(y);
      const int first = part.empty() ? 0 : part.x, last = part.empty() ? width : part.x + part.width;
      if (linear) {
        const auto row = [&](int i) { return p[(light.primary + i) % 3] + first; };
        lightRow(terms, {{row(0), row(1), row(2)}, a + first, glow, lit, through, across.data() + first, down}, last - first);
        continue;
      }
      for (int x = first; x < last; ++x) {
        if (a[x] <= 0.0f) continue;
        float in[3] = {p[0][x], p[1][x], p[2][x]}, out[3], cut[3], known = -1.0f;
        if (glow) {
          float surface[3];
          for (int c = 0; c < 3; ++c) surface[c] = decoded(in[c]);
          takeGlow(light.primary, glow[x - first], bounce, keep, surface);
          for (int c = 0; c < 3; ++c) in[c] = coded(surface[c]);
        }
        for (int c = 0; c < 3; ++c) {
          out[c] = in[c] * gain[static_cast<std::size_t>(c)];
          cut[c] = in[c] > 1.0f ? 0.0f : ramp(cutFrom, cutTo, in[c]);
          if (cut[c] < 0.5f) known = std::max(known, out[c]);
        }
        // A channel that was cut was brighter than it says: it is at least as bright as those that were not. White stays white.
        const float least = known < 0.0f ? 1.0f : std::min(known, 1.0f);
        const float shade = across[static_cast<std::size_t>(x)] * down;
        for (int c = 0; c < 3; ++c) out[c] = (out[c] + (std::max(out[c], least) - out[c]) * cut[c]) * tint[static_cast<std::size_t>(c)] * shade;
        for (int c = 0; c < 3; ++c) {
          const auto i = static_cast<std::size_t>(c);
          float value = out[c];
          if (lit) {
            const float around = share * (1.0f + light.key[c] * lit[x - first]), strands = share * light.key[c] * through[x - first];
            value *= coded(around + strands);
          }
          p[c][x] = veil[i] > 0.0f ? coded(veiled(decoded(value), veil[i])) : value;
        }
      }
    }
  }, 8.0);
}

}  // namespace pai::core
