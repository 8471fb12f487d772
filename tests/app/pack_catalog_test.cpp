// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/document/pack_catalog.h"

#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QTemporaryDir>
#include <QTimer>

#include <gtest/gtest.h>

namespace pai::app {
namespace {

const QString kGolden = QStringLiteral(PAI_SOURCE_DIR "/tests/golden/");

/// A folder as a public download is: no pack.json.
class PackCatalogTest : public testing::Test {
 protected:
  PackCatalogTest() {
    QDir(root.path()).mkpath("packs/Wan2.1-T2V");
    QFile::copy(kGolden + "dit_t2v.safetensors", bare("diffusion_pytorch_model.safetensors"));
    QFile::copy(kGolden + "vae.safetensors", bare("vae.safetensors"));
  }
  ~PackCatalogTest() override { qunsetenv("PAI_PACK_PATH"); }
  QString bare(const QString& name) const { return root.filePath("packs/Wan2.1-T2V/" + name); }
  /// The pack as the catalogue knows it with these folders.
  std::optional<KnownPack> found(const QString& path) {
    qputenv("PAI_PACK_PATH", path.toUtf8());
    PackCatalog catalog;
    QEventLoop loop;
    QObject::connect(&catalog, &PackCatalog::changed, &loop, &QEventLoop::quit);
    QTimer::singleShot(10000, &loop, &QEventLoop::quit);
    catalog.refresh();
    loop.exec();
    const KnownPack* pack = catalog.find("Wan2.1-T2V");
    return pack ? std::optional(*pack) : std::nullopt;
  }
  QTemporaryDir root;
};

TEST_F(PackCatalogTest, aDownloadWithoutPackJsonIsListedWithThePublishedRules) {
  const auto pack = found(root.filePath("packs"));
  ASSERT_TRUE(pack);
  EXPECT_EQ(pack->rules.window, 81);
  EXPECT_GT(pack->sizeBytes, 0u);
  EXPECT_EQ(pack->trouble, "");
}

TEST_F(PackCatalogTest, aPathMayNameThePackItself) {
  const auto pack = found(root.filePath("packs/Wan2.1-T2V"));
  ASSERT_TRUE(pack);
  EXPECT_EQ(QString::fromStdString(pack->folder), root.filePath("packs/Wan2.1-T2V"));
}

TEST_F(PackCatalogTest, aDownloadThatLacksAPartSaysWhichAndWhatToDo) {
  QFile::rename(bare("vae.safetensors"), bare("Wan2.1_VAE.pth"));
  const auto pack = found(root.filePath("packs"));
  ASSERT_TRUE(pack);
  EXPECT_NE(pack->trouble.find("no known autoencoder"), std::string::npos) << pack->trouble;
  EXPECT_NE(pack->trouble.find("Wan2.1_VAE.pth"), std::string::npos) << pack->trouble;
}

}  // namespace
}  // namespace pai::app
