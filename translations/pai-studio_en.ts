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
</TS>
