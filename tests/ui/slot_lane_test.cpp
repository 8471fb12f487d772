// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QTest>

#include "app/document/engine_settings.h"
#include "app/document/reference_edits.h"
#include "tests/ui/studio_fixture.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/render_page.h"
#include "ui/timeline/reference_lane.h"
#include "ui/timeline/timeline_view.h"
#include "ui/window/actions.h"

namespace pai::ui {
namespace {

app::KnownPack packOf(const std::string& name, core::PackConditioning conditioning) {
  app::KnownPack pack;
  pack.name = name;
  pack.folder = "/packs/" + name;
  pack.hash = name;
  pack.rules.name = name;
  pack.rules.conditioning = conditioning;
  pack.rules.steps = 20;
  return pack;
}

class SlotLaneTest : public StudioTest {
 protected:
  SlotLaneTest() {
    importClip();
    studio->packs().setPacks({packOf("grid", core::PackConditioning::kVace), packOf("words", core::PackConditioning::kText)});
    useEngine("grid");
    picture = makePng(QDir(folder.path()), "hall.png", Qt::darkCyan);
    media = shot().plate;
  }
  void useEngine(const std::string& name) {
    studio->document().editShot(shot().id, "engine", [&name](core::Shot& s) { s.render.engine = name; });
  }
  void place(std::int64_t frame) { app::addReference(studio->document(), shot().id, media, {core::AnchorKind::kFrame, {frame}}); }
  QPoint flag(std::size_t i) { return *studio->timeline().flagCentre(shot().references.at(i).id); }
  const TimelineFlag& shown(std::size_t i) {
    for (const TimelineFlag& f : studio->timelineModel().shots().front().flags)
      if (f.id == shot().references.at(i).id) return f;
    throw std::out_of_range("no such flag");
  }
  int steps() { return studio->document().undoStack().count(); }
  QString picture;
  core::Id media;
};

TEST_F(SlotLaneTest, aFlagShowsTheFramesThatThePackWillHoldItOver) {
  place(30);
  place(0);
  EXPECT_EQ(shown(0).held, (core::FrameRange{{29}, {33}}));
  EXPECT_EQ(shown(1).held, (core::FrameRange{{0}, {1}}));
  EXPECT_FALSE(shown(0).collides);
  useEngine("draft");
  EXPECT_TRUE(shown(0).held.empty()) << "the draft has no grid";
  useEngine("words");
  EXPECT_TRUE(shown(0).held.empty()) << "this pack takes no references";
}

TEST_F(SlotLaneTest, oneClickOnACollisionSeparatesAsOneAct) {
  place(45);
  place(47);
  place(60);
  EXPECT_TRUE(shown(0).collides && shown(1).collides);
  EXPECT_FALSE(shown(2).collides);
  const int before = steps();
  // The sign stands on the flag that lies above.
  QTest::mouseClick(&studio->timeline(), Qt::LeftButton, {}, flag(1) + QPoint(static_cast<int>(kFlagWidth) / 2 - 10, -10));
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(studio->document().undoStack().undoText(), "Separate references");
  EXPECT_EQ(frameOf(0), 45) << "the first stays";
  EXPECT_EQ(shown(1).held, (core::FrameRange{{49}, {53}}));
  EXPECT_EQ(frameOf(1), 50);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_FALSE(shown(i).collides) << i;
  studio->actions().undo->trigger();
  EXPECT_EQ(frameOf(1), 47);
}

TEST_F(SlotLaneTest, separatingByKeyKeepsWhatIsPlacedByName) {
  place(95);
  app::addReference(studio->document(), shot().id, media, {core::AnchorKind::kEnd, {}});
  ASSERT_TRUE(shown(0).collides);
  studio->actions().separateReferences->trigger();
  EXPECT_EQ(frameOf(1), 96);
  EXPECT_EQ(frameOf(0), 90);
  const int before = steps();
  studio->actions().separateReferences->trigger();
  EXPECT_EQ(steps(), before) << "nothing collides";
}

TEST_F(SlotLaneTest, altSnapsADragToTheMiddleOfASlotAndNothingElseDoes) {
  place(30);
  const auto to = [this](std::int64_t frame) { return flag(0) + QPoint(lane(frame).x() - lane(frameOf(0)).x(), 0); };
  dragMouse(studio->timeline(), flag(0), to(68), Qt::AltModifier);
  EXPECT_EQ(frameOf(0), 66);
  EXPECT_EQ(shown(0).held, (core::FrameRange{{65}, {69}}));
  dragMouse(studio->timeline(), flag(0), to(71));
  EXPECT_EQ(frameOf(0), 71);
  useEngine("draft");
  dragMouse(studio->timeline(), flag(0), to(80), Qt::AltModifier);
  EXPECT_EQ(frameOf(0), 80) << "the draft has no slots";
}

TEST_F(SlotLaneTest, slotsCountFromTheFirstFrameThatIsRendered) {
  place(30);
  place(34);
  place(2);
  EXPECT_EQ(shown(0).held, (core::FrameRange{{29}, {33}}));
  studio->playback().seek(30);
  studio->actions().markIn->trigger();
  studio->playback().seek(36);
  studio->actions().markOut->trigger();
  EXPECT_EQ(shown(0).held, (core::FrameRange{{30}, {31}})) << "the first frame has a slot of its own";
  EXPECT_EQ(shown(1).held, (core::FrameRange{{31}, {35}}));
  EXPECT_TRUE(shown(2).held.empty()) << "it is not among the frames that are rendered";
  place(36);
  EXPECT_EQ(shown(3).held, (core::FrameRange{{35}, {37}})) << "frames past the part's end are the pack's padding";
  studio->playback().seek(0);
  place(33);
  EXPECT_TRUE(shown(1).collides && shown(4).collides);
  studio->actions().separateReferences->trigger();
  EXPECT_EQ(frameOf(1), 34) << "every slot of the part is taken";
  app::removeReference(studio->document(), shot().id, shot().references[3].id);
  studio->actions().separateReferences->trigger();
  EXPECT_EQ(frameOf(1), 36) << "the middle of the last slot";
  studio->actions().clearMarks->trigger();
  EXPECT_EQ(shown(0).held, (core::FrameRange{{29}, {33}}));
}

TEST_F(SlotLaneTest, altSnapsToTheSlotsOfTheMarkedPart) {
  place(30);
  studio->playback().setMarked({{20}, {60}});
  const auto to = [this](std::int64_t frame) { return flag(0) + QPoint(lane(frame).x() - lane(frameOf(0)).x(), 0); };
  dragMouse(studio->timeline(), flag(0), to(47), Qt::AltModifier);
  EXPECT_EQ(frameOf(0), 46) << "the middle of frames 45 to 48, where the whole shot's slot has 45 to 49";
  dragMouse(studio->timeline(), flag(0), to(70), Qt::AltModifier);
  EXPECT_EQ(frameOf(0), 70) << "there are no slots outside the part";
}

TEST_F(SlotLaneTest, theForecastCountsTheMarkedPart) {
  RenderPage& page = studio->inspector().render();
  const auto says = [&page](const QString& words) {
    const auto labels = page.findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(), [&words](const QLabel* label) { return label->text().contains(words); });
  };
  studio->playback().setMarked({{10}, {35}});
  EXPECT_TRUE(says("25 frames"));
  studio->playback().setMarked({});
  EXPECT_FALSE(says("25 frames"));
}

TEST_F(SlotLaneTest, altAndArrowsNudgeBySlots) {
  dropFiles(studio->timeline(), {picture}, lane(30));
  turnFor(20);
  QTest::keyClick(&studio->timeline(), Qt::Key_Right, Qt::AltModifier);
  EXPECT_EQ(frameOf(0), 34);
  QTest::keyClick(&studio->timeline(), Qt::Key_Left, Qt::AltModifier);
  QTest::keyClick(&studio->timeline(), Qt::Key_Left, Qt::AltModifier);
  EXPECT_EQ(frameOf(0), 26);
  QTest::keyClick(&studio->timeline(), Qt::Key_Right);
  EXPECT_EQ(frameOf(0), 27);
}

TEST_F(SlotLaneTest, theRenderPageGreysWhatTheEngineIgnoresAndSaysWhy) {
  RenderPage& page = studio->inspector().render();
  studio->inspector().setCurrentWidget(&page);
  auto* why = page.findChild<QLabel*>("ignoredSettings");
  ASSERT_NE(why, nullptr);
  EXPECT_FALSE(why->isVisibleTo(&page)) << why->text().toStdString();
  useEngine("words");
  EXPECT_TRUE(why->isVisibleTo(&page));
  EXPECT_TRUE(why->text().contains("references are not shown"));
  auto* engines = page.findChild<QComboBox*>();
  ASSERT_EQ(engines->count(), 3);
  engines->setCurrentIndex(0);
  emit engines->activated(0);
  EXPECT_EQ(shot().render.engine, "draft");
  EXPECT_TRUE(why->text().contains("no sampling"));
  useEngine("gone");
  EXPECT_EQ(engines->count(), 4);
  EXPECT_TRUE(engines->currentText().contains("not on this machine"));
}

TEST_F(SlotLaneTest, aPackThatLacksAPartIsListedAndNotQueued) {
  app::KnownPack partial = packOf("partial", core::PackConditioning::kText);
  partial.trouble = "there is no known autoencoder";
  studio->packs().setPacks({partial});
  useEngine("partial");
  RenderPage& page = studio->inspector().render();
  EXPECT_TRUE(page.findChildren<QComboBox*>().front()->currentText().contains("incomplete"));
  EXPECT_TRUE(page.findChild<QLabel*>("ignoredSettings")->text().contains("no known autoencoder"));
  studio->actions().render->trigger();
  turnFor(50);
  EXPECT_TRUE(studio->queue().jobs().entries().empty());
}

TEST(PackLoad, countsWhatStandsInTheSequence) {
  core::PackRules rules;
  rules.conditioning = core::PackConditioning::kVace;
  rules.width = 832;
  rules.height = 480;
  // 81 frames are 21 latent steps of 52 x 30 tokens: what is known of the public 1.3 B model.
  EXPECT_EQ(app::packLoad(rules, 81, {1920, 1080}, 3)->tokens, 21 * 52 * 30);
  rules.conditioning = core::PackConditioning::kInContext;
  EXPECT_EQ(app::packLoad(rules, 81, {1920, 1080}, 3)->tokens, (2 * 21 + 3) * 52 * 30);
  rules.window = 49;
  rules.overlap = 17;
  const auto load = app::packLoad(rules, 81, {1920, 1080}, 0);
  EXPECT_EQ(load->tokens, 2 * 13 * 52 * 30);
  EXPECT_EQ(load->windows, 2);
  rules.pixels = true;
  EXPECT_FALSE(app::packLoad(rules, 81, {1920, 1080}, 0));
}

TEST_F(SlotLaneTest, aShotWhosePackIsMissingIsNotQueued) {
  useEngine("gone");
  studio->actions().render->trigger();
  turnFor(50);
  EXPECT_TRUE(studio->queue().jobs().entries().empty());
}

}  // namespace
}  // namespace pai::ui
