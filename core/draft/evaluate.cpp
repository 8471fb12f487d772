// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/evaluate.h"

#include <cmath>

#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

namespace pai::core {
namespace {

constexpr int kEdgePx = 6;
constexpr int kFlowGuardPx = 4;
constexpr float kSpillLimit = 0.08f;

/// A weighted mean.
struct Mean {
  double sum = 0.0, weight = 0.0;
  void add(double value, double w = 1.0) {
    sum += value * w;
    weight += w;
  }
  std::optional<double> value() const { return weight > 0.0 ? std::optional<double>(sum / weight) : std::nullopt; }
};

cv::Mat unit(const cv::Mat& bgr) {
  cv::Mat out;
  bgr.convertTo(out, CV_32F, 1.0 / 255.0);
  return out;
}

cv::Mat luma(const cv::Mat& bgr) {
  cv::Mat out;
  cv::transform(bgr, out, cv::Matx13f(0.114f, 0.587f, 0.299f));
  return out;
}

cv::Mat squaredError(const cv::Mat& a, const cv::Mat& b) {
  cv::Mat out(a.size(), CV_32F);
  for (int y = 0; y < a.rows; ++y) {
    const auto* p = a.ptr<cv::Vec3f>(y);
    const auto* q = b.ptr<cv::Vec3f>(y);
    auto* o = out.ptr<float>(y);
    for (int x = 0; x < a.cols; ++x) {
      const cv::Vec3f d = p[x] - q[x];
      o[x] = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / 3.0f;
    }
  }
  return out;
}

/// Wang et al. 2004, 11 x 11 Gaussian of sigma 1.5, where the window fits.
double ssim(const cv::Mat& x32, const cv::Mat& y32) {
  cv::Mat x, y;
  x32.convertTo(x, CV_64F);
  y32.convertTo(y, CV_64F);
  const cv::Rect inner(5, 5, x.cols - 10, x.rows - 10);
  const auto blur = [&](const cv::Mat& m) {
    cv::Mat out;
    cv::GaussianBlur(m, out, {11, 11}, 1.5);
    return cv::Mat(out(inner));
  };
  const cv::Mat ux = blur(x), uy = blur(y), xx = blur(x.mul(x)), yy = blur(y.mul(y)), xy = blur(x.mul(y));
  constexpr double kC1 = 1e-4, kC2 = 9e-4;
  double sum = 0.0;
  for (int r = 0; r < ux.rows; ++r) {
    for (int c = 0; c < ux.cols; ++c) {
      const double mx = ux.at<double>(r, c), my = uy.at<double>(r, c);
      const double vx = xx.at<double>(r, c) - mx * mx, vy = yy.at<double>(r, c) - my * my;
      const double v = xy.at<double>(r, c) - mx * my;
      sum += (2 * mx * my + kC1) * (2 * v + kC2) / ((mx * mx + my * my + kC1) * (vx + vy + kC2));
    }
  }
  return sum / static_cast<double>(ux.total());
}

cv::Mat gradient(const cv::Mat& y) {
  cv::Mat gx, gy, out;
  cv::Sobel(y, gx, CV_32F, 1, 0, 3, 0.125);
  cv::Sobel(y, gy, CV_32F, 0, 1, 3, 0.125);
  cv::magnitude(gx, gy, out);
  return out;
}

/// 255 within kEdgePx of the matte's 0.5 contour, on both sides.
cv::Mat edgeBand(const cv::Mat& matte) {
  const cv::Mat inside = matte >= 0.5f;
  const int count = cv::countNonZero(inside);
  if (count == 0 || count == static_cast<int>(inside.total())) return cv::Mat::zeros(matte.size(), CV_8U);
  cv::Mat a, b, farther;
  cv::distanceTransform(inside, a, cv::DIST_L2, 5);
  cv::distanceTransform(~inside, b, cv::DIST_L2, 5);
  cv::max(a, b, farther);
  return farther <= kEdgePx;
}

cv::Mat greenness(const cv::Mat& bgr) {
  cv::Mat out(bgr.size(), CV_32F);
  for (int y = 0; y < bgr.rows; ++y) {
    const auto* p = bgr.ptr<cv::Vec3f>(y);
    for (int x = 0; x < bgr.cols; ++x) out.at<float>(y, x) = p[x][1] - std::max(p[x][0], p[x][2]);
  }
  return out;
}

/// Backward flow of one sequence and how badly it predicts the frame.
struct Motion {
  cv::Mat flow, residual;
};

cv::Mat byteLuma(const cv::Mat& y) {
  cv::Mat out;
  y.convertTo(out, CV_8U, 255.0);  // rounds half to even and saturates, as numpy's round and clip do
  return out;
}

Motion motionOf(cv::DISOpticalFlow& dis, const cv::Mat& now, const cv::Mat& before) {
  Motion m;
  dis.calc(byteLuma(now), byteLuma(before), m.flow);
  cv::Mat map(m.flow.size(), CV_32FC2), warped;
  for (int y = 0; y < map.rows; ++y) {
    for (int x = 0; x < map.cols; ++x) {
      map.at<cv::Vec2f>(y, x) = m.flow.at<cv::Vec2f>(y, x) + cv::Vec2f(static_cast<float>(x), static_cast<float>(y));
    }
  }
  cv::remap(before, warped, map, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::absdiff(now, warped, m.residual);
  return m;
}

}  // namespace

struct Scorer::State {
  std::int64_t frames = 0;
  Mean mse, psnr, ssimMean, background, foreground, motion, epe, gtFlow, flickerResult, flickerGt, edge, spill;
  cv::Ptr<cv::DISOpticalFlow> disGt, disResult;
  cv::Mat lumaGt, lumaResult, near;

  void addError(const cv::Mat& gt, const cv::Mat& result, const cv::Mat& matte) {
    const cv::Mat error = squaredError(gt, result);
    const double value = cv::mean(error)[0];
    mse.add(value);
    psnr.add(value <= 1e-10 ? 100.0 : std::min(100.0, -10.0 * std::log10(value)));
    const auto region = [&](const cv::Mat& mask, Mean& mean) {
      const int n = cv::countNonZero(mask);
      if (n > 0) mean.add(cv::mean(error, mask)[0], n);
    };
    region(matte < 0.1f, background);
    region(matte > 0.9f, foreground);
  }

  void addEdge(const cv::Mat& gt, const cv::Mat& result, const cv::Mat& yGt, const cv::Mat& yResult, const cv::Mat& matte) {
    const cv::Mat band = edgeBand(matte);
    const int n = cv::countNonZero(band);
    if (n == 0) return;
    cv::Mat difference;
    cv::absdiff(gradient(yResult), gradient(yGt), difference);
    edge.add(cv::mean(difference, band)[0], n);
    cv::Mat more;
    cv::subtract(greenness(result), greenness(gt), more);
    cv::Mat spilled = more > kSpillLimit;
    spilled &= band;
    spill.add(static_cast<double>(cv::countNonZero(spilled)) / n, n);
  }

  void addMotion(const cv::Mat& yGt, const cv::Mat& yResult, const cv::Mat& nearNow) {
    if (!disGt) {
      disGt = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
      disResult = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
    }
    const cv::Mat area = ~(nearNow | near);
    const int n = cv::countNonZero(area);
    const Motion g = motionOf(*disGt, yGt, lumaGt), r = motionOf(*disResult, yResult, lumaResult);
    if (n == 0) return;
    double consistency = 0.0, epeSum = 0.0, length = 0.0;
    for (int y = 0; y < area.rows; ++y) {
      for (int x = 0; x < area.cols; ++x) {
        if (!area.at<std::uint8_t>(y, x)) continue;
        const cv::Vec2f a = g.flow.at<cv::Vec2f>(y, x), b = r.flow.at<cv::Vec2f>(y, x);
        const double l = std::hypot(a[0], a[1]), e = std::hypot(b[0] - a[0], b[1] - a[1]);
        consistency += std::exp(-e / (1.0 + l));
        epeSum += e;
        length += l;
      }
    }
    motion.add(consistency / n);
    epe.add(epeSum / n);
    gtFlow.add(length / n);
    flickerResult.add(cv::mean(r.residual, area)[0]);
    flickerGt.add(cv::mean(g.residual, area)[0]);
  }
};

Scorer::Scorer() : m_state(std::make_unique<State>()) {}
Scorer::~Scorer() = default;

Status Scorer::add(const ScoreFrame& f) {
  State& s = *m_state;
  const cv::Size size = s.frames ? s.lumaGt.size() : f.gt.size();
  for (const cv::Mat* m : {&f.gt, &f.result, &f.matte}) {
    if (m->type() != CV_8UC3 || m->size() != size || size.width < 11 || size.height < 11) {
      return Error{ErrorCode::kSizeMismatch,
                   "frame " + std::to_string(s.frames) + " is " + std::to_string(m->cols) + "x" + std::to_string(m->rows) +
                       ", expected " + std::to_string(size.width) + "x" + std::to_string(size.height) + " (11x11 or more)",
                   "", {}};
    }
  }
  const cv::Mat gt = unit(f.gt), result = unit(f.result), matte = luma(unit(f.matte));
  const cv::Mat yGt = luma(gt), yResult = luma(result);
  s.addError(gt, result, matte);
  s.ssimMean.add(ssim(yGt, yResult));
  s.addEdge(gt, result, yGt, yResult, matte);
  cv::Mat near;
  const int side = 2 * kFlowGuardPx + 1;
  cv::dilate(matte > 0.1f, near, cv::getStructuringElement(cv::MORPH_ELLIPSE, {side, side}));
  if (s.frames > 0) s.addMotion(yGt, yResult, near);
  s.lumaGt = yGt;
  s.lumaResult = yResult;
  s.near = near;
  ++s.frames;
  return {};
}

Scores Scorer::scores() const {
  const State& s = *m_state;
  Scores out;
  out.frames = s.frames;
  out.mse = s.mse.value().value_or(0.0);
  out.psnr = s.psnr.value().value_or(0.0);
  out.ssim = s.ssimMean.value().value_or(0.0);
  out.mseBackground = s.background.value();
  out.mseForeground = s.foreground.value();
  out.motionConsistency = s.motion.value();
  out.flowEpe = s.epe.value();
  out.gtFlow = s.gtFlow.value();
  out.flickerResult = s.flickerResult.value();
  out.flickerGt = s.flickerGt.value();
  out.edgeGradientError = s.edge.value();
  out.greenSpill = s.spill.value();
  return out;
}

Result<Scores> score(const ScoreFrameSource& next, const StopToken& stop) {
  Scorer scorer;
  for (;;) {
    if (stop.requested()) return Error{ErrorCode::kCancelled, "scoring was stopped", "", {}};
    auto frame = next();
    if (!frame) return frame.error();
    if (!frame->has_value()) return scorer.scores();
    if (Status s = scorer.add(**frame); !s) return s.error();
  }
}

std::string scoresJson(const Scores& s) {
  nlohmann::ordered_json out;
  const auto put = [&](const char* name, const std::optional<double>& value) {
    if (value) out[name] = std::round(*value * 1e7) / 1e7;
  };
  out["frames"] = s.frames;
  put("edge_gradient_error", s.edgeGradientError);
  if (s.flickerResult && s.flickerGt) put("flicker", *s.flickerResult - *s.flickerGt);
  put("flicker_gt", s.flickerGt);
  put("flicker_result", s.flickerResult);
  put("flow_epe", s.flowEpe);
  put("green_spill", s.greenSpill);
  put("gt_flow", s.gtFlow);
  put("motion_consistency", s.motionConsistency);
  put("mse", s.mse);
  put("mse_bg", s.mseBackground);
  put("mse_fg", s.mseForeground);
  put("psnr", s.psnr);
  put("ssim", s.ssim);
  return out.dump(2);
}

}  // namespace pai::core
