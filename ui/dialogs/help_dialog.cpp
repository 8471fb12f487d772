// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/help_dialog.h"

#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "ui/window/actions.h"

namespace pai::ui {

HelpDialog::HelpDialog(Actions& actions, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Help"));
  resize(680, 640);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 16, 16, 16);
  auto* text = new QTextBrowser;
  text->setFrameShape(QFrame::NoFrame);
  text->document()->setDefaultStyleSheet(QStringLiteral("h3 { color: #f5f5f5; } td { padding: 2px 24px 2px 0; } p { color: #dedede; }"));
  const auto section = [](const QString& title, const QString& words) {
    return QStringLiteral("<h3>%1</h3><p>%2</p>").arg(title.toHtmlEscaped(), words.toHtmlEscaped());
  };
  QString html;
  html += section(tr("Bring in the shot"), tr("Drop a clip filmed in front of a green or blue screen on the timeline. It becomes a shot. "
                                              "A matte you already have goes into the Matte page's stack."));
  html += section(tr("Place the references"), tr("Drop pictures of the new place on the reference lane, at the frames where they belong. "
                                                 "They stick to the beginning, the middle, the end, the playhead and the markers; hold Shift for any frame, "
                                                 "Ctrl while dragging to copy. While you drag, the viewer lays the picture over the plate."));
  html += section(tr("Look at the matte"), tr("The matte lane shows what each frame's matte is like; bright marks on top are worth a look. "
                                              "Click to go there, and change the key in the Matte page."));
  html += section(tr("Mark moments"), tr("M sets a marker at the playhead; pressed again there, or by a double click on the marker, it opens for a name, "
                                         "a note and a colour. Shift with the up and down keys goes from one to the next. Drag one along the ruler, or select it by "
                                         "a click or Tab and move it with the arrow keys; references, keyframes, trims and the playhead stick to markers. "
                                         "Markers stay with the plate's frame when a shot is trimmed, and are in no render."));
  html += section(tr("Animate with keyframes"),
                  tr("Shift+K sets a keyframe of the camera at the playhead; a point of a polygon that is moved in the viewer sets one of its outline. "
                     "The Curves panel shows the camera's as curves, and in its list under Keyframes those of the camera and of every polygon over "
                     "time, to move, copy, paste and remove. Each goes on to the next smoothly, in a straight line, or holds until the next: by a "
                     "right click, in the Edit menu or by keys. Between the keyframes of a solved camera its own motion stays; what a keyframe adds "
                     "to it goes on as chosen."));
  html += section(tr("Compare"), tr("Wipe, side by side and difference work between any two of plate, matte, composite and take."));
  html += section(tr("Render and deliver"), tr("Render makes a take; takes are never overwritten. Export delivers the shot in the form you choose, "
                                               "with the plate's frame numbers and timecode. Import, Render and Export stand beside the menus, "
                                               "with their names where there is room."));
  html += section(tr("Keys"), tr("%1 finds any command by a word of its name, shows its keys and runs it.")
                                  .arg(actions.findCommand->shortcut().toString(QKeySequence::NativeText)));
  html += QStringLiteral("<table>");
  for (const QAction* action : actions.all()) {
    if (action->shortcut().isEmpty()) continue;
    html += QStringLiteral("<tr><td>%1</td><td>%2</td></tr>")
                .arg(nameOf(*action).toHtmlEscaped(), action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped());
  }
  text->setHtml(html + QStringLiteral("</table>"));
  text->setAccessibleName(tr("Help"));
  layout->addWidget(text, 1);
  auto* close = new QPushButton(tr("Close"));
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  layout->addWidget(close, 0, Qt::AlignRight);
}

}  // namespace pai::ui
