// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/draft/camera_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

#include "core/base/json_reader.h"

namespace pai::core {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr int kMaxSide = 65536, kMaxReferences = 64, kMaxMeshSide = 1024;
constexpr std::size_t kMaxFrames = 200'000, kMaxTexts = 64, kMaxText = 4096, kMaxMeshCells = 64u << 20;
constexpr double kMaxNumber = 1e9;
constexpr std::array<std::string_view, 5> kMethods{"locked", "plate", "clip", "references", "hand"};
constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(const std::vector<std::uint8_t>& bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned v = static_cast<unsigned>(bytes[i]) << 16;
    if (n > 1) v |= static_cast<unsigned>(bytes[i + 1]) << 8;
    if (n > 2) v |= bytes[i + 2];
    for (std::size_t k = 0; k < 4; ++k) out += k <= n ? kDigits[(v >> (18 - 6 * k)) & 63] : '=';
  }
  return out;
}

std::optional<std::vector<std::uint8_t>> bytesOf(std::string_view text) {
  std::vector<std::uint8_t> out;
  unsigned v = 0;
  int bits = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) return {};
    v = (v << 6) | static_cast<unsigned>(digit);
    bits += 6;
    if (bits >= 8) out.push_back(static_cast<std::uint8_t>((v >> (bits -= 8)) & 255));
  }
  return out;
}

json meshJson(const cv::Mat& mesh) {
  std::vector<std::uint8_t> bytes;
  for (int y = 0; y < mesh.rows; ++y)
    for (int x = 0; x < mesh.cols; ++x)
      for (int c = 0; c < 2; ++c) {
        const int v = static_cast<int>(std::lround(std::clamp(mesh.at<cv::Vec2f>(y, x)[c], -500.0F, 500.0F) * 64));
        bytes.push_back(static_cast<std::uint8_t>(v & 255));
        bytes.push_back(static_cast<std::uint8_t>((v >> 8) & 255));
      }
  return {{"columns", mesh.cols}, {"rows", mesh.rows}, {"data", base64(bytes)}};
}

json mapJson(const cv::Matx33d& m) { return std::vector<double>(m.val, m.val + 9); }

json spaceJson(const CameraSpace& space) {
  json poses = json::array();
  for (const Pose& p : space.poses) {
    std::vector<double> v(p.rotation.val, p.rotation.val + 9);
    v.insert(v.end(), p.shift.val, p.shift.val + 3);
    poses.push_back(v);
  }
  return {{"focal_px", space.focalPx}, {"focal_spread", space.focalSpread}, {"parallax_px", space.parallaxPx},
          {"plane", std::vector<double>(space.plane.val, space.plane.val + 3)}, {"poses", std::move(poses)}};
}

json sampleJson(const CameraSample& s) {
  json j{{"pan", s.pan}, {"tilt", s.tilt}, {"zoom", s.zoom}, {"roll", s.roll},
         {"error_px", s.errorPx}, {"uncertainty_px", s.uncertaintyPx}, {"to_first", mapJson(s.toFirst)}};
  for (const auto& r : s.references) {
    json w{{"confidence", r.confidence}};
    if (r.confidence > 0) w["to_reference"] = mapJson(r.toReference);
    if (!r.mesh.empty()) w["mesh"] = meshJson(r.mesh);
    j["references"].push_back(std::move(w));
  }
  return j;
}

/// Reads fields and remembers the first thing that is wrong.
class Reader {
 public:
  explicit Reader(std::string fileName) : m_file(std::move(fileName)) {}
  const std::optional<Error>& error() const { return m_error; }

  void fail(const std::string& what, ErrorCode code = ErrorCode::kFieldInvalid) {
    if (!m_error) m_error = Error{code, what, m_file, {}};
  }
  double number(const json& j, const char* key, double low, double high, double fallback) {
    const auto at = j.find(key);
    if (at == j.end()) return fallback;
    if (!at->is_number()) return fail(std::string("\"") + key + "\" is not a number"), fallback;
    const double v = at->get<double>();
    if (!(v >= low && v <= high)) return fail(std::string("\"") + key + "\" is out of range"), fallback;
    return v;
  }
  std::string text(const json& j, const char* key) {
    const auto at = j.find(key);
    if (at == j.end()) return {};
    if (!at->is_string() || at->get_ref<const std::string&>().size() > kMaxText) return fail(std::string("\"") + key + "\" is not a short text"), "";
    return at->get<std::string>();
  }
  std::vector<std::string> texts(const json& j, const char* key) {
    std::vector<std::string> out;
    const auto at = j.find(key);
    if (at == j.end()) return out;
    if (!at->is_array() || at->size() > kMaxTexts) return fail(std::string("\"") + key + "\" is not a short list of texts"), out;
    for (const auto& t : *at) {
      if (!t.is_string() || t.get_ref<const std::string&>().size() > kMaxText) return fail(std::string("\"") + key + "\" holds something else than texts"), out;
      out.push_back(t.get<std::string>());
    }
    return out;
  }
  /// `n` numbers into `out`; false (and an error) otherwise.
  bool numbers(const json& list, const char* what, std::size_t n, double* out) {
    if (!list.is_array() || list.size() != n) return fail(std::string("\"") + what + "\" is not a list of " + std::to_string(n) + " numbers"), false;
    for (std::size_t i = 0; i < n; ++i) {
      if (!list[i].is_number() || !(std::abs(list[i].get<double>()) <= kMaxNumber)) return fail(std::string("\"") + what + "\" holds a number out of range"), false;
      out[i] = list[i].get<double>();
    }
    return true;
  }
  cv::Matx33d map(const json& j, const char* key) {
    cv::Matx33d m;
    const auto at = j.find(key);
    if (!numbers(at == j.end() ? json() : *at, key, 9, m.val)) return cv::Matx33d::eye();
    if (std::abs(cv::determinant(m)) < 1e-12) return fail(std::string("\"") + key + "\" cannot be inverted"), cv::Matx33d::eye();
    return m;
  }
  CameraSpace space(const json& j, std::size_t frames) {
    CameraSpace s;
    if (!j.is_object()) return fail("\"space\" is not an object"), s;
    s.focalPx = number(j, "focal_px", 1, kMaxNumber, 1);
    s.focalSpread = number(j, "focal_spread", 0, kMaxNumber, 0);
    s.parallaxPx = number(j, "parallax_px", 0, kMaxNumber, 0);
    const auto plane = j.find("plane"), poses = j.find("poses");
    if (!numbers(plane == j.end() ? json() : *plane, "plane", 3, s.plane.val)) return s;
    if (poses == j.end() || !poses->is_array() || poses->size() != frames) return fail("\"poses\" is not a list of one pose a frame"), s;
    for (const auto& p : *poses) {
      double v[12];
      if (!numbers(p, "poses", 12, v)) return s;
      s.poses.push_back({cv::Matx33d(v), cv::Vec3d(v + 9)});
      const cv::Matx33d& r = s.poses.back().rotation;
      if (cv::norm(r * r.t(), cv::Matx33d::eye()) > 1e-3 || cv::determinant(r) < 0) return fail("\"poses\" holds something else than rotations"), s;
    }
    return s;
  }
  cv::Mat mesh(const json& j) {
    if (!j.is_object()) return fail("\"mesh\" is not an object"), cv::Mat();
    const int columns = static_cast<int>(number(j, "columns", 1, kMaxMeshSide, 0)), rows = static_cast<int>(number(j, "rows", 1, kMaxMeshSide, 0));
    if (m_error || columns == 0 || rows == 0) return fail("\"mesh\" has no size"), cv::Mat();
    m_cells += static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows);
    if (m_cells > kMaxMeshCells) return fail("the residual fields are larger than a shot can have", ErrorCode::kLimitExceeded), cv::Mat();
    const auto data = j.find("data");
    if (data == j.end() || !data->is_string()) return fail("\"mesh\" has no data"), cv::Mat();
    const auto bytes = bytesOf(data->get_ref<const std::string&>());
    if (!bytes || bytes->size() != static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows) * 4)
      return fail("\"mesh\" data does not fit its size"), cv::Mat();
    cv::Mat m(rows, columns, CV_32FC2);
    std::size_t i = 0;
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < columns; ++x)
        for (int c = 0; c < 2; ++c, i += 2)
          m.at<cv::Vec2f>(y, x)[c] = static_cast<float>(static_cast<std::int16_t>((*bytes)[i] | ((*bytes)[i + 1] << 8))) / 64.0F;
    return m;
  }
  CameraSample sample(const json& j, std::size_t references) {
    CameraSample s;
    if (!j.is_object()) return fail("a frame is not an object"), s;
    s.pan = number(j, "pan", -kMaxNumber, kMaxNumber, 0);
    s.tilt = number(j, "tilt", -kMaxNumber, kMaxNumber, 0);
    s.zoom = number(j, "zoom", 1e-6, 1e6, 1);
    s.roll = number(j, "roll", -kMaxNumber, kMaxNumber, 0);
    s.errorPx = number(j, "error_px", 0, kMaxNumber, 0);
    s.uncertaintyPx = number(j, "uncertainty_px", 0, kMaxNumber, 0);
    s.toFirst = map(j, "to_first");
    const auto at = j.find("references");
    if (at == j.end()) return s;
    if (!at->is_array() || at->size() != references) return fail("a frame's \"references\" do not match \"reference_ids\""), s;
    for (const auto& r : *at) {
      ReferenceWarp w;
      if (!r.is_object()) return fail("a reference's entry is not an object"), s;
      w.confidence = number(r, "confidence", 0, 1, 0);
      if (w.confidence > 0) w.toReference = map(r, "to_reference");
      if (const auto m = r.find("mesh"); m != r.end()) w.mesh = mesh(*m);
      s.references.push_back(std::move(w));
      if (m_error) return s;
    }
    return s;
  }

 private:
  std::string m_file;
  std::optional<Error> m_error;
  std::size_t m_cells = 0;
};

}  // namespace

std::string_view cameraMethodName(CameraMethod method) { return kMethods[static_cast<std::size_t>(method)]; }

std::string cameraJson(const CameraCurve& curve) {
  json frames = json::array();
  for (const auto& s : curve.samples) frames.push_back(sampleJson(s));
  json j{{"version", kVersion}, {"size", {curve.size.width, curve.size.height}}, {"method", cameraMethodName(curve.method)},
               {"camera_motion_analysis", curve.motionSentence}, {"camera_angle", curve.angle}, {"focal_length", curve.focalLength},
               {"warnings", curve.warnings}, {"reference_ids", curve.referenceIds}, {"frames", std::move(frames)}};
  if (curve.space) j["space"] = spaceJson(*curve.space);
  return jsonText(j, -1) + "\n";
}

Result<CameraCurve> parseCamera(std::string_view text, const std::string& fileName) {
  JsonLimits limits;
  limits.sizeBytes = std::size_t{256} << 20;
  limits.depth = 8;
  limits.values = 8'000'000;
  auto parsed = readJson(text, fileName, limits);
  if (!parsed) return parsed.error();
  const json& j = *parsed;
  Reader reader(fileName);
  CameraCurve curve;
  if (!j.is_object()) return Error{ErrorCode::kFieldInvalid, "a camera is one JSON object", fileName, {}};
  if (const double version = reader.number(j, "version", 1, 1e6, 1); version > kVersion)
    return Error{ErrorCode::kVersionTooNew, "the camera was written by a later version", fileName, {}};
  const auto size = j.find("size");
  if (size == j.end() || !size->is_array() || size->size() != 2 || !(*size)[0].is_number_integer() || !(*size)[1].is_number_integer())
    return Error{ErrorCode::kFieldInvalid, "\"size\" is not a width and a height", fileName, {}};
  const auto width = (*size)[0].get<std::int64_t>(), height = (*size)[1].get<std::int64_t>();
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide)
    return Error{ErrorCode::kFieldInvalid, "\"size\" is out of range", fileName, {}};
  curve.size = {static_cast<int>(width), static_cast<int>(height)};
  const std::string method = reader.text(j, "method");
  const auto known = std::find(kMethods.begin(), kMethods.end(), method);
  if (known == kMethods.end()) reader.fail("\"method\" is unknown");
  else curve.method = static_cast<CameraMethod>(known - kMethods.begin());
  curve.motionSentence = reader.text(j, "camera_motion_analysis");
  curve.angle = reader.text(j, "camera_angle");
  curve.focalLength = reader.text(j, "focal_length");
  curve.warnings = reader.texts(j, "warnings");
  curve.referenceIds = reader.texts(j, "reference_ids");
  if (curve.referenceIds.size() > kMaxReferences) reader.fail("there are too many references", ErrorCode::kLimitExceeded);
  const auto frames = j.find("frames");
  if (frames == j.end() || !frames->is_array() || frames->empty()) reader.fail("\"frames\" is not a list");
  else if (frames->size() > kMaxFrames) reader.fail("there are too many frames", ErrorCode::kLimitExceeded);
  else
    for (const auto& f : *frames) {
      if (reader.error()) break;
      curve.samples.push_back(reader.sample(f, curve.referenceIds.size()));
    }
  if (const auto space = j.find("space"); space != j.end() && !reader.error()) curve.space = reader.space(*space, curve.samples.size());
  if (reader.error()) return *reader.error();
  return curve;
}

}  // namespace pai::core
