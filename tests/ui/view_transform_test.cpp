// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "ui/viewer/picture_operations.h"
#include "ui/viewer/view_transform.h"

namespace pai::ui {
namespace {

ViewTransform view(QSizeF size) {
  ViewTransform transform;
  transform.setPictureSize({1920, 1080});
  transform.setViewSize(size);
  return transform;
}

TEST(ViewTransformTest, fitCentresTheWholePicture) {
  const ViewTransform t = view({1000, 800});
  const QRectF rect = t.pictureRect();
  EXPECT_TRUE(QRectF(0, 0, 1000, 800).contains(rect));
  EXPECT_NEAR(rect.center().x(), 500, 1e-9);
  EXPECT_NEAR(rect.width() / rect.height(), 16.0 / 9.0, 1e-9);
}

TEST(ViewTransformTest, zoomKeepsThePixelUnderTheCursor) {
  ViewTransform t = view({1000, 800});
  const QPointF cursor(321, 234), before = t.toPicture(cursor);
  t.setZoomAt(cursor, 4.0);
  EXPECT_NEAR(t.toPicture(cursor).x(), before.x(), 1e-9);
  EXPECT_NEAR(t.toPicture(cursor).y(), before.y(), 1e-9);
}

TEST(ViewTransformTest, panningMovesThePictureWithTheCursorAndNeverLosesIt) {
  ViewTransform t = view({1000, 800});
  t.setZoomAt({500, 400}, 2.0);
  const QPointF before = t.toWidget({960, 540});
  t.panBy({30, -20});
  EXPECT_NEAR(t.toWidget({960, 540}).x(), before.x() + 30, 1e-9);
  t.panBy({1e7, 1e7});
  EXPECT_TRUE(t.pictureRect().intersects(QRectF(0, 0, 1000, 800)));
}

TEST(PictureOperationsTest, theDifferenceOfAPictureWithItselfIsBlack) {
  QImage a(16, 16, QImage::Format_RGB32);
  a.fill(QColor(90, 40, 200));
  EXPECT_EQ(differenceOf(a, a).pixelColor(3, 3), QColor(Qt::black));
  QImage b = a;
  b.setPixelColor(3, 3, QColor(100, 40, 200));
  EXPECT_EQ(differenceOf(a, b).pixelColor(3, 3), QColor(40, 0, 0));
}

TEST(PictureOperationsTest, linearFloatIsShownWithTheSrgbCurve) {
  QImage linear(1, 1, QImage::Format_RGBA32FPx4);
  linear.setPixelColor(0, 0, QColor::fromRgbF(0.2140f, 0.0f, 1.0f));
  const QColor shown = displayable(linear, {}).pixelColor(0, 0);
  EXPECT_NEAR(shown.red(), 128, 1);
  EXPECT_EQ(shown.blue(), 255);
}

TEST(PictureOperationsTest, oneStopDoublesLinearLight) {
  QImage image(1, 1, QImage::Format_RGB32);
  image.setPixelColor(0, 0, QColor(92, 92, 92));  // 0.107 linear
  EXPECT_NEAR(displayable(image, {1.0, 1.0}).pixelColor(0, 0).red(), 128, 2);
}

}  // namespace
}  // namespace pai::ui
