// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/scopes_panel.h"

#include <cmath>

#include <QApplication>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPointer>
#include <QThreadPool>
#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace pai::ui {
namespace {

constexpr int kMargin = 4;
constexpr int kQuickMs = 150;  // between two scopes of quick pictures, whose processor time the pictures need themselves
constexpr double kOlderOpacity = 0.3;  // as dark as the viewer's covered picture

QString percent(double value) { return QString::number(qRound(value * 100)); }

}  // namespace

/// Paints the scope and its graticule.
class ScopesPanel::View : public QWidget {
 public:
  explicit View(ScopesPanel& panel) : m_panel(panel) {
    setMinimumSize(160, 48);
    setAttribute(Qt::WA_OpaquePaintEvent);
  }
  QRect area() const { return rect().adjusted(kMargin + 22, kMargin, -kMargin, -kMargin); }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), QColor::fromRgb(0xff000000));
    const QRect box = area();
    painter.setOpacity(m_panel.isOlder() ? kOlderOpacity : 1.0);
    if (!m_panel.m_scope.isNull()) painter.drawImage(box, m_panel.m_scope);
    painter.setOpacity(1.0);
    painter.setFont(smallFont());
    m_panel.kind() == ScopeKind::kVectorscope ? paintTargets(painter, box)
    : m_panel.kind() == ScopeKind::kHistogram ? paintSteps(painter, box)
                                              : paintLevels(painter, box);
  }

 private:
  void paintLevels(QPainter& painter, const QRect& box) {
    for (int level = 0; level <= 100; level += 25) {
      const int y = box.bottom() - box.height() * level / 100;
      painter.setPen(QColor(255, 255, 255, level % 100 == 0 ? 90 : 45));
      painter.drawLine(box.left(), y, box.right(), y);
      painter.setPen(QColor::fromRgb(colour::kDim));
      painter.drawText(QRect(0, y - 8, box.left() - 4, 16), Qt::AlignRight | Qt::AlignVCenter, QString::number(level));
    }
  }
  void paintSteps(QPainter& painter, const QRect& box) {
    painter.setPen(QColor(255, 255, 255, 45));
    for (int part = 0; part <= 4; ++part) painter.drawLine(box.left() + box.width() * part / 4, box.top(), box.left() + box.width() * part / 4, box.bottom());
  }
  void paintTargets(QPainter& painter, const QRect& box) {
    const double radius = std::min(box.width(), box.height()) / 2.0;
    const QPointF centre = QRectF(box).center();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QColor(255, 255, 255, 60));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(centre, radius, radius);
    painter.drawLine(centre - QPointF(radius, 0), centre + QPointF(radius, 0));
    painter.drawLine(centre - QPointF(0, radius), centre + QPointF(0, radius));
    const double skin = 123.0 * M_PI / 180.0;  // where skin of any tone lies
    painter.drawLine(centre, centre + QPointF(std::cos(skin), -std::sin(skin)) * radius);
    constexpr double kBar = 0.75;
    const std::pair<const char*, std::array<double, 3>> bars[]{{"R", {kBar, 0, 0}}, {"G", {0, kBar, 0}}, {"B", {0, 0, kBar}},
                                                               {"C", {0, kBar, kBar}}, {"M", {kBar, 0, kBar}}, {"Y", {kBar, kBar, 0}}};
    for (const auto& [name, rgb] : bars) {
      const QPointF v = vectorOf(rgb[0], rgb[1], rgb[2]);
      const QPointF at = centre + QPointF(v.x(), -v.y()) * radius;
      painter.setPen(QColor(255, 255, 255, 150));
      painter.drawRect(QRectF(at.x() - 4, at.y() - 4, 8, 8));
      painter.drawText(QRectF(at.x() + 6, at.y() - 8, 16, 16), Qt::AlignCenter, QString::fromLatin1(name));
    }
  }
  ScopesPanel& m_panel;
};

ScopesPanel::ScopesPanel(QWidget* parent) : QWidget(parent) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->setSpacing(4);
  m_kind = new QComboBox;
  m_kind->addItems({tr("Waveform"), tr("RGB parade"), tr("Vectorscope"), tr("Histogram")});
  m_kind->setAccessibleName(tr("Scope"));
  m_view = new View(*this);
  m_view->setAccessibleName(tr("Scope of the viewer's picture"));
  m_words = new QLabel;
  m_words->setProperty("role", "small");
  m_words->setWordWrap(true);
  m_words->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  m_words->setMinimumHeight(2 * QFontMetrics(smallFont()).lineSpacing());  // the scope keeps its size when a line is added
  layout->addWidget(m_kind);
  layout->addWidget(m_view, 1);
  layout->addWidget(m_words);
  m_quickAgain.setSingleShot(true);
  m_quickAgain.setInterval(kQuickMs);
  connect(&m_quickAgain, &QTimer::timeout, this, [this] {
    if (std::exchange(m_quickWaits, false)) draw();
  });
  connect(m_kind, &QComboBox::currentIndexChanged, this, [this] { draw(); });
}

ScopeKind ScopesPanel::kind() const { return static_cast<ScopeKind>(m_kind->currentIndex()); }

void ScopesPanel::setPicture(const QImage& picture, bool quick) {
  m_picture = picture;
  m_pictureQuick = quick;
  m_quickWaits = quick && m_quickAgain.isActive();
  if (!m_quickWaits) draw();
}

void ScopesPanel::setCovered(bool covered) {
  m_covered = covered;
  if (covered || !m_running) setOlder(covered);  // else until what is being drawn is there
}

void ScopesPanel::setOlder(bool older) {
  if (older == m_older) return;
  m_older = older;
  showWords();
  m_view->update();
}

void ScopesPanel::showWords() {
  const QString levels = m_scope.isNull() ? QString()
                                          : tr("Luma %1 to %2 %, mean %3 %   R %4  G %5  B %6")
                                                .arg(percent(m_levels.low), percent(m_levels.high), percent(m_levels.mean))
                                                .arg(percent(m_levels.rgb[0]), percent(m_levels.rgb[1]), percent(m_levels.rgb[2]));
  const QString words = m_older ? tr("Of the picture before\n%1") : m_quick ? tr("Of a quick key\n%1") : QStringLiteral("%1");
  m_words->setText(m_scope.isNull() ? QString() : words.arg(levels));
  m_view->setAccessibleDescription(m_words->text());
}

void ScopesPanel::showEvent(QShowEvent*) { draw(); }
void ScopesPanel::resizeEvent(QResizeEvent*) { draw(); }

void ScopesPanel::draw() {
  if (!isVisible()) return;
  if (m_running) {
    m_again = true;
    return;
  }
  m_running = true;
  if (m_pictureQuick) m_quickAgain.start();
  const QPointer<ScopesPanel> self(this);
  QThreadPool::globalInstance()->start([self, picture = m_picture, quick = m_pictureQuick, kind = kind(), size = m_view->area().size()] {
    const QImage scope = drawScope(picture, kind, size);
    const ScopeLevels levels = levelsOf(picture);
    QMetaObject::invokeMethod(qApp, [self, scope, levels, quick] {
      if (!self) return;
      self->m_scope = scope;
      self->m_quick = quick;
      self->m_levels = levels;
      self->m_running = false;
      if (!self->m_again) self->m_older = self->m_covered;
      self->showWords();
      self->m_view->update();
      emit self->drawn();
      if (std::exchange(self->m_again, false)) self->draw();
    }, Qt::QueuedConnection);
  });
}

}  // namespace pai::ui
