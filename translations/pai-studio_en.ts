<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>pai::ui::ProjectCommands</name>
    <message numerus="yes">
        <source>%n render(s) are not finished.</source>
        <translation>
            <numerusform>%n render is not finished.</numerusform><numerusform>%n renders are not finished.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n media can&apos;t be found. Their edits are kept; “Relink missing media” in the Project menu looks for them.</source>
        <translation>
            <numerusform>%n media item can&apos;t be found. Its edits are kept; “Relink missing media” in the Project menu looks for it.</numerusform><numerusform>%n media items can&apos;t be found. Their edits are kept; “Relink missing media” in the Project menu looks for them.</numerusform></translation>
    </message>
</context>
<context>
    <name>pai::ui::PromptPage</name>
    <message numerus="yes">
        <source>%n word(s)</source>
        <translation>
            <numerusform>%n word</numerusform><numerusform>%n words</numerusform></translation>
    </message>
</context>
<context>
    <name>pai::ui::RecoveryDialog</name>
    <message numerus="yes">
        <source>%n shot(s)</source>
        <translation>
            <numerusform>%n shot</numerusform><numerusform>%n shots</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n reference(s)</source>
        <translation>
            <numerusform>%n reference</numerusform><numerusform>%n references</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n media file(s)</source>
        <translation>
            <numerusform>%n media file</numerusform><numerusform>%n media files</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n shot(s) differ</source>
        <translation>
            <numerusform>%n shot differs</numerusform><numerusform>%n shots differ</numerusform></translation>
    </message>
</context>
<context>
    <name>pai::ui::MediaBin</name>
    <message numerus="yes">
        <source>%1 fps, %n frames</source>
        <translation>
            <numerusform>%1 fps, %n frame</numerusform><numerusform>%1 fps, %n frames</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pai::ui::ShapeRows</name>
    <message numerus="yes">
        <source>%n keyframes, one here</source>
        <translation>
            <numerusform>%n keyframe, here</numerusform><numerusform>%n keyframes, one here</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n keyframes</source>
        <translation>
            <numerusform>%n keyframe</numerusform><numerusform>%n keyframes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pai::ui::ShapeTool</name>
    <message numerus="yes">
        <source>Drawing a polygon, %n points</source>
        <translation>
            <numerusform>Drawing a polygon, %n point</numerusform><numerusform>Drawing a polygon, %n points</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Polygon with %n points</source>
        <translation>
            <numerusform>Polygon with %n point</numerusform><numerusform>Polygon with %n points</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ColourEdits</name>
    <message numerus="yes">
        <source>Colour space of %n media</source>
        <translation>
            <numerusform>Colour space of %n media</numerusform><numerusform>Colour space of %n media</numerusform></translation>
    </message>
</context>
<context>
    <name>Relink</name>
    <message numerus="yes">
        <source>Relink %n media</source>
        <translation>
            <numerusform>Relink %n media item</numerusform><numerusform>Relink %n media items</numerusform></translation>
    </message>
</context>
<context>
    <name>pai::ui::RelinkDialog</name>
    <message numerus="yes">
        <source>Relink %n media</source>
        <translation>
            <numerusform>Relink %n media item</numerusform><numerusform>Relink %n media items</numerusform></translation>
    </message>
</context>
<context>
    <name>MediaProperties</name>
    <message numerus="yes">
        <source>%n frames</source>
        <translation>
            <numerusform>%n frame</numerusform><numerusform>%n frames</numerusform></translation>
    </message>
</context>
</TS>
