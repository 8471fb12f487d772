// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPalette>
#include <QProxyStyle>
#include <QStyleFactory>
#include <QStyleOption>

namespace pai::ui {
namespace {

/// Fusion with this editor's metrics and a calm focus.
class StudioStyle : public QProxyStyle {
 public:
  StudioStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

  int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override {
    switch (metric) {
      case PM_LayoutLeftMargin:
      case PM_LayoutRightMargin:
      case PM_LayoutTopMargin:
      case PM_LayoutBottomMargin: return 3 * kGrid;
      case PM_LayoutHorizontalSpacing:
      case PM_LayoutVerticalSpacing: return 2 * kGrid;
      case PM_SmallIconSize:
      case PM_ButtonIconSize:
      case PM_ToolBarIconSize: return 18;
      case PM_SplitterWidth:
      case PM_DockWidgetSeparatorExtent: return kGrid;
      case PM_ScrollBarExtent: return 2 * kGrid + 2;
      case PM_DockWidgetTitleMargin: return kGrid;
      default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
  }

  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* data) const override {
    if (hint == SH_Slider_AbsoluteSetButtons) return Qt::LeftButton;
    if (hint == SH_ToolTip_WakeUpDelay) return 500;
    if (hint == SH_ComboBox_Popup || hint == SH_DialogButtonBox_ButtonsHaveIcons) return 0;
    return QProxyStyle::styleHint(hint, option, widget, data);
  }
};

QPalette studioPalette() {
  QPalette palette;
  palette.setColor(QPalette::Window, QColor::fromRgb(colour::kPanel));
  palette.setColor(QPalette::WindowText, QColor::fromRgb(colour::kText));
  palette.setColor(QPalette::Base, QColor::fromRgb(colour::kWell));
  palette.setColor(QPalette::AlternateBase, QColor::fromRgb(colour::kWindow));
  palette.setColor(QPalette::Text, QColor::fromRgb(colour::kText));
  palette.setColor(QPalette::PlaceholderText, QColor::fromRgb(colour::kFaint));
  palette.setColor(QPalette::Button, QColor::fromRgb(colour::kRaised));
  palette.setColor(QPalette::ButtonText, QColor::fromRgb(colour::kText));
  palette.setColor(QPalette::BrightText, QColor::fromRgb(colour::kBright));
  palette.setColor(QPalette::ToolTipBase, QColor::fromRgb(colour::kRaised));
  palette.setColor(QPalette::ToolTipText, QColor::fromRgb(colour::kText));
  palette.setColor(QPalette::Highlight, QColor::fromRgb(colour::kAccentDeep));
  palette.setColor(QPalette::HighlightedText, QColor::fromRgb(colour::kBright));
  palette.setColor(QPalette::Link, QColor::fromRgb(colour::kAccent));
  palette.setColor(QPalette::LinkVisited, QColor::fromRgb(colour::kAccent));
  palette.setColor(QPalette::Light, QColor::fromRgb(colour::kHover));
  palette.setColor(QPalette::Midlight, QColor::fromRgb(colour::kLine));
  palette.setColor(QPalette::Mid, QColor::fromRgb(colour::kWindow));
  palette.setColor(QPalette::Dark, QColor::fromRgb(colour::kWell));
  palette.setColor(QPalette::Shadow, QColor::fromRgb(0xff0c0c0c));
  for (QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, QColor::fromRgb(colour::kFaint));
  return palette;
}

QString styleSheet() {
  QFile file(QStringLiteral(":/theme/studio.qss"));
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

}  // namespace

void applyTheme() {
  QApplication::setStyle(new StudioStyle);
  QApplication::setPalette(studioPalette());
  QFont font(QStringList{QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("Noto Sans CJK SC"),
                         QStringLiteral("DejaVu Sans")});
  font.setPixelSize(13);
  QApplication::setFont(font);
}

void applyStyleSheet(QWidget& window) { window.setStyleSheet(styleSheet()); }

QFont smallFont() {
  QFont font = QApplication::font();
  font.setPixelSize(11);
  return font;
}

QFont digitsFont(int pixelSize) {
  QFont font(QStringList{QStringLiteral("DejaVu Sans Mono"), QStringLiteral("Noto Sans Mono CJK SC")});
  font.setStyleHint(QFont::Monospace);
  font.setPixelSize(pixelSize);
  return font;
}

}  // namespace pai::ui
