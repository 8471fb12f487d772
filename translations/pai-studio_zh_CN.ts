<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>DeliveryPresets</name>
    <message>
        <source>Review, H.264 (.mp4)</source>
        <translation>审片，H.264 (.mp4)</translation>
    </message>
    <message>
        <source>HEVC 10-bit (.mp4)</source>
        <translation>HEVC 10 位 (.mp4)</translation>
    </message>
    <message>
        <source>ProRes 422 HQ (.mov)</source>
        <translation>ProRes 422 HQ (.mov)</translation>
    </message>
    <message>
        <source>ProRes 4444 with alpha (.mov)</source>
        <translation>ProRes 4444 带 Alpha (.mov)</translation>
    </message>
    <message>
        <source>FFV1, lossless (.mkv)</source>
        <translation>FFV1，无损 (.mkv)</translation>
    </message>
    <message>
        <source>PNG sequence</source>
        <translation>PNG 序列</translation>
    </message>
    <message>
        <source>OpenEXR sequence, linear</source>
        <translation>OpenEXR 序列，线性</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>This can't be done like that</source>
        <translation>无法这样操作</translation>
    </message>
    <message>
        <source>Check the settings and try again.</source>
        <translation>请检查设置后重试。</translation>
    </message>
    <message>
        <source>The file is missing</source>
        <translation>文件缺失</translation>
    </message>
    <message>
        <source>Put it back, or relink the media to where it is now.</source>
        <translation>请放回原处，或将媒体重新链接到现在的位置。</translation>
    </message>
    <message>
        <source>The file can't be read</source>
        <translation>无法读取文件</translation>
    </message>
    <message>
        <source>Check its permissions and the disk it lies on.</source>
        <translation>请检查其权限和所在磁盘。</translation>
    </message>
    <message>
        <source>The file can't be written</source>
        <translation>无法写入文件</translation>
    </message>
    <message>
        <source>Choose another folder, or check the permissions of this one.</source>
        <translation>请选择其他文件夹，或检查此文件夹的权限。</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Free some space, or choose another disk.</source>
        <translation>请释放空间，或选择其他磁盘。</translation>
    </message>
    <message>
        <source>This kind of file is not known</source>
        <translation>未知的文件类型</translation>
    </message>
    <message>
        <source>Convert it to MP4, MOV, MKV, PNG, TIFF or EXR.</source>
        <translation>请转换为 MP4、MOV、MKV、PNG、TIFF 或 EXR。</translation>
    </message>
    <message>
        <source>The file is damaged</source>
        <translation>文件已损坏</translation>
    </message>
    <message>
        <source>Copy it again from its source.</source>
        <translation>请从来源重新复制。</translation>
    </message>
    <message>
        <source>This form of the file is not supported</source>
        <translation>不支持此文件形式</translation>
    </message>
    <message>
        <source>Convert it to a common codec, such as ProRes or H.264.</source>
        <translation>请转换为常用编码，例如 ProRes 或 H.264。</translation>
    </message>
    <message>
        <source>The file is larger than the limit</source>
        <translation>文件超过上限</translation>
    </message>
    <message>
        <source>Make it smaller.</source>
        <translation>请将其缩小。</translation>
    </message>
    <message>
        <source>The file was written by a later version</source>
        <translation>文件由更新的版本写入</translation>
    </message>
    <message>
        <source>Open it with that version.</source>
        <translation>请用该版本打开。</translation>
    </message>
    <message>
        <source>The file is not valid JSON</source>
        <translation>文件不是有效的 JSON</translation>
    </message>
    <message>
        <source>Repair it in a text editor, or use an earlier copy.</source>
        <translation>请在文本编辑器中修复，或使用较早的副本。</translation>
    </message>
    <message>
        <source>A value in the file is not valid</source>
        <translation>文件中有无效的值</translation>
    </message>
    <message>
        <source>Correct the value.</source>
        <translation>请更正该值。</translation>
    </message>
    <message>
        <source>A path leaves the folder it must stay in</source>
        <translation>路径超出了必须停留的文件夹</translation>
    </message>
    <message>
        <source>Correct the path.</source>
        <translation>请更正路径。</translation>
    </message>
    <message>
        <source>The file has no picture</source>
        <translation>文件没有画面</translation>
    </message>
    <message>
        <source>Choose a file with a video stream.</source>
        <translation>请选择带视频流的文件。</translation>
    </message>
    <message>
        <source>No screen colour was found in the plate</source>
        <translation>底片中没有找到幕布颜色</translation>
    </message>
    <message>
        <source>Pick the screen colour in the inspector's Matte page.</source>
        <translation>请在检查器的“遮罩”页选取幕布颜色。</translation>
    </message>
    <message>
        <source>A reference lies outside the shot</source>
        <translation>有参考图在镜头之外</translation>
    </message>
    <message>
        <source>Move it into the shot, or remove it.</source>
        <translation>请将其移入镜头，或移除。</translation>
    </message>
    <message>
        <source>Two inputs differ in size or length</source>
        <translation>两个输入的尺寸或长度不同</translation>
    </message>
    <message>
        <source>Use a matte and a plate of the same size and length.</source>
        <translation>请使用尺寸和长度相同的遮罩与底片。</translation>
    </message>
    <message>
        <source>Encoding failed</source>
        <translation>编码失败</translation>
    </message>
    <message>
        <source>Choose another preset or size.</source>
        <translation>请选择其他预设或尺寸。</translation>
    </message>
    <message>
        <source>This job's folder is already there</source>
        <translation>此任务的文件夹已存在</translation>
    </message>
    <message>
        <source>Another process works on this job</source>
        <translation>另一个进程正在处理此任务</translation>
    </message>
    <message>
        <source>Wait for its end, then queue it again.</source>
        <translation>请等它结束，然后重新加入队列。</translation>
    </message>
    <message>
        <source>Resume that job, or start a new one.</source>
        <translation>请继续该任务，或新建任务。</translation>
    </message>
    <message>
        <source>The job's folder is not valid</source>
        <translation>任务文件夹无效</translation>
    </message>
    <message>
        <source>Render again.</source>
        <translation>请重新渲染。</translation>
    </message>
    <message>
        <source>A worker stopped unexpectedly</source>
        <translation>工作进程意外停止</translation>
    </message>
    <message>
        <source>Your project is untouched. Try again; if it stays, see the message's details.</source>
        <translation>您的项目未受影响。请重试；如仍出现，请查看消息详情。</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Start it again.</source>
        <translation>请重新开始。</translation>
    </message>
    <message>
        <source>Not enough memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>Close other programs, or render at a smaller size.</source>
        <translation>请关闭其他程序，或以较小尺寸渲染。</translation>
    </message>
    <message>
        <source>The compute device is not there</source>
        <translation>计算设备不存在</translation>
    </message>
    <message>
        <source>Choose another device in the Render page.</source>
        <translation>请在“渲染”页选择其他设备。</translation>
    </message>
    <message>
        <source>The model pack can't be used</source>
        <translation>无法使用模型包</translation>
    </message>
    <message>
        <source>Check the pack, or choose another engine.</source>
        <translation>请检查模型包，或选择其他引擎。</translation>
    </message>
    <message>
        <source>Another window has this project open</source>
        <translation>另一窗口已打开此项目</translation>
    </message>
    <message>
        <source>Close it there, or save this one under another name.</source>
        <translation>请在那里关闭，或将此项目另存为其他名称。</translation>
    </message>
    <message>
        <source>Something went wrong inside the program</source>
        <translation>程序内部出错</translation>
    </message>
    <message>
        <source>Save your project and start the program again.</source>
        <translation>请保存项目并重新启动程序。</translation>
    </message>
</context>
<context>
    <name>MarkerEdits</name>
    <message>
        <source>Add marker</source>
        <translation>添加标记</translation>
    </message>
    <message>
        <source>Edit marker</source>
        <translation>编辑标记</translation>
    </message>
    <message>
        <source>Remove marker</source>
        <translation>移除标记</translation>
    </message>
    <message>
        <source>Move marker</source>
        <translation>移动标记</translation>
    </message>
</context>
<context>
    <name>Markers</name>
    <message>
        <source>Blue</source>
        <translation>蓝色</translation>
    </message>
    <message>
        <source>Cyan</source>
        <translation>青色</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿色</translation>
    </message>
    <message>
        <source>Yellow</source>
        <translation>黄色</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>红色</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>粉色</translation>
    </message>
    <message>
        <source>Purple</source>
        <translation>紫色</translation>
    </message>
    <message>
        <source>Marker</source>
        <translation>标记</translation>
    </message>
</context>
<context>
    <name>MediaImport</name>
    <message>
        <source>Import “%1”</source>
        <translation>导入“%1”</translation>
    </message>
    <message>
        <source>Import %1 files</source>
        <translation>导入 %1 个文件</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>抠像</translation>
    </message>
    <message>
        <source>Add shot</source>
        <translation>添加镜头</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;Project</source>
        <translation>项目(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>播放(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Timeline</source>
        <translation>时间线(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Render</source>
        <translation>渲染(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>窗口(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Workspaces</source>
        <translation>工作区</translation>
    </message>
    <message>
        <source>References</source>
        <translation>参考图</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>光照</translation>
    </message>
    <message>
        <source>Takes and delivery</source>
        <translation>版本与交付</translation>
    </message>
</context>
<context>
    <name>ReferenceEdits</name>
    <message>
        <source>Begin</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>Middle</source>
        <translation>中间</translation>
    </message>
    <message>
        <source>End</source>
        <translation>结尾</translation>
    </message>
    <message>
        <source>Frame %1</source>
        <translation>第 %1 帧</translation>
    </message>
    <message>
        <source>Add reference</source>
        <translation>添加参考图</translation>
    </message>
    <message>
        <source>Copy reference</source>
        <translation>复制参考图</translation>
    </message>
    <message>
        <source>Move reference</source>
        <translation>移动参考图</translation>
    </message>
    <message>
        <source>Remove reference</source>
        <translation>移除参考图</translation>
    </message>
    <message>
        <source>Change reference strength</source>
        <translation>更改参考图强度</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Green: these frames are made, and play and scrub without waiting</source>
        <translation>绿色：这些帧已生成，播放和拖动时无需等待</translation>
    </message>
    <message>
        <source>Reviewed</source>
        <translation>已审</translation>
    </message>
    <message>
        <source>Repaired from the frames beside it: %1 places, %2 refused</source>
        <translation>由前后帧修补：%1 处，拒绝 %2 处</translation>
    </message>
    <message>
        <source>Each curve fills the lane: pan ±%1 px, tilt ±%2 px, zoom ±%3, roll ±%4</source>
        <translation>每条曲线撑满轨道：水平 ±%1 像素，俯仰 ±%2 像素，缩放 ±%3，滚转 ±%4</translation>
    </message>
    <message>
        <source>%1
%2 frames, frame %3
Drag an edge to trim, the title to reorder</source>
        <translation>%1
%2 帧，第 %3 帧
拖动边缘以修剪，拖动标题以调整顺序</translation>
    </message>
    <message>
        <source>pan</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>tilt</source>
        <translation>俯仰</translation>
    </message>
    <message>
        <source>zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>roll</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄影机</translation>
    </message>
    <message>
        <source>The camera's path appears when it is solved; double-click sets a keyframe</source>
        <translation>解算后显示摄影机路径；双击设置关键帧</translation>
    </message>
    <message>
        <source>Move camera keyframe</source>
        <translation>移动摄影机关键帧</translation>
    </message>
    <message>
        <source>Remove camera keyframe</source>
        <translation>移除摄影机关键帧</translation>
    </message>
    <message>
        <source>Set camera keyframe</source>
        <translation>设置摄影机关键帧</translation>
    </message>
    <message>
        <source>Frame %1: pan %2 px, tilt %3 px, zoom %4, roll %5°</source>
        <translation>第 %1 帧：平移 %2 px，俯仰 %3 px，缩放 %4，旋转 %5°</translation>
    </message>
    <message>
        <source>Plate</source>
        <translation>底片</translation>
    </message>
    <message>
        <source>Drop a clip here to make a shot</source>
        <translation>将片段拖到这里创建镜头</translation>
    </message>
    <message>
        <source>%1 (media offline)</source>
        <translation>%1（媒体离线）</translation>
    </message>
    <message>
        <source>%1
%2 frames, frame %3</source>
        <translation>%1
%2 帧，第 %3 帧</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>The matte's report appears as frames are analysed</source>
        <translation>分析各帧后显示遮罩报告</translation>
    </message>
    <message>
        <source>Frame %1: coverage %2, holes %3, chatter %4, spill %5, edge %6 px</source>
        <translation>第 %1 帧：覆盖 %2，孔洞 %3，抖动 %4，溢色 %5，边缘 %6 px</translation>
    </message>
    <message>
        <source>Worth a look</source>
        <translation>值得一看</translation>
    </message>
    <message>
        <source>References</source>
        <translation>参考图</translation>
    </message>
    <message>
        <source>%1
%2, frame %3 · strength %4 %</source>
        <translation>%1
%2，第 %3 帧 · 强度 %4 %</translation>
    </message>
    <message>
        <source>Outside the shot's range: kept, not rendered</source>
        <translation>在镜头范围之外：保留但不渲染</translation>
    </message>
    <message>
        <source>Drag to move, Ctrl+drag to copy, Shift for no snapping, arrow keys to nudge, Enter to type a frame</source>
        <translation>拖动以移动，Ctrl+拖动以复制，Shift 不吸附，方向键微移，Enter 输入帧号</translation>
    </message>
    <message>
        <source>Drop pictures of the new place here, at the moments where they belong</source>
        <translation>将新场景的图片拖到这里，放在所属的时刻</translation>
    </message>
    <message>
        <source>outside</source>
        <translation>范围外</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>%1 失败</translation>
    </message>
    <message>
        <source>  (%1 takes)</source>
        <translation>（%1 个版本）</translation>
    </message>
    <message>
        <source>Rendered takes appear here</source>
        <translation>渲染的版本显示在这里</translation>
    </message>
    <message>
        <source>: preparing %1 %, sampling %2 %, finishing %3 %</source>
        <translation>：准备 %1 %，采样 %2 %，收尾 %3 %</translation>
    </message>
    <message>
        <source>, chosen for delivery</source>
        <translation>，已选定交付</translation>
    </message>
    <message>
        <source>The pack will hold it on frame %1</source>
        <translation>模型包会将其保持在第 %1 帧</translation>
    </message>
    <message>
        <source>The pack will hold it over frames %1 to %2</source>
        <translation>模型包会将其保持在第 %1 至 %2 帧</translation>
    </message>
    <message>
        <source>Another reference is held there too: click the sign to separate them</source>
        <translation>另一张参考图也在此处：点按标记将它们分开</translation>
    </message>
    <message>
        <source>Alt+drag snaps to the pack's slots, Alt+arrow keys move by one</source>
        <translation>Alt+拖动吸附到模型包的槽位，Alt+方向键移动一个槽位</translation>
    </message>
    <message>
        <source>The engine of this shot has no latent slots: references keep their own frames.</source>
        <translation>此镜头的引擎没有潜在槽位：参考图保持在各自的帧上。</translation>
    </message>
    <message>
        <source>No two references of this shot share a slot.</source>
        <translation>此镜头没有两张参考图占用同一槽位。</translation>
    </message>
    <message>
        <source>The shot has more references than its pack has slots for: remove some.</source>
        <translation>镜头的参考图多于模型包的槽位：请移除一些。</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Silent: filmed at another rate than the timeline's</source>
        <translation>静音：拍摄帧率与时间线不同</translation>
    </message>
    <message>
        <source>Reading the sound…</source>
        <translation>正在读取声音…</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 像素</translation>
    </message>
    <message>
        <source>Holes: %1 of the subject, %2 in the shot&apos;s usual frame</source>
        <translation>孔洞：占主体 %1，镜头通常为 %2</translation>
    </message>
    <message>
        <source>The edge chatters: %1, %2 in the shot&apos;s usual frame</source>
        <translation>边缘抖动：%1，镜头通常为 %2</translation>
    </message>
    <message>
        <source>Spill on the edge: %1, %2 in the shot&apos;s usual frame</source>
        <translation>边缘溢色：%1，镜头通常为 %2</translation>
    </message>
    <message>
        <source>A soft edge: %1, %2 in the shot&apos;s usual frame</source>
        <translation>边缘过软：%1，镜头通常为 %2</translation>
    </message>
    <message>
        <source>The matte&apos;s area jumps by %1 from the frame before</source>
        <translation>遮罩面积与上一帧相差 %1</translation>
    </message>
    <message>
        <source>Holes throughout the shot: %1</source>
        <translation>整个镜头都有孔洞：%1</translation>
    </message>
    <message>
        <source>The edge chatters throughout the shot: %1</source>
        <translation>整个镜头边缘抖动：%1</translation>
    </message>
    <message>
        <source>Spill throughout the shot: %1</source>
        <translation>整个镜头有溢色：%1</translation>
    </message>
    <message>
        <source>A soft edge throughout the shot: %1</source>
        <translation>整个镜头边缘过软：%1</translation>
    </message>
    <message>
        <source>The matte&apos;s area jumps throughout the shot</source>
        <translation>整个镜头遮罩面积跳动</translation>
    </message>
    <message>
        <source>Among the worst of the shot: look here first</source>
        <translation>属于本镜头最差的帧：请先查看这里</translation>
    </message>
    <message>
        <source>Drag to move, Shift for no snapping, arrow keys to nudge, Enter to open, Delete to remove</source>
        <translation>拖动以移动，Shift 不吸附，方向键微移，Enter 打开，Delete 移除</translation>
    </message>
    <message>
        <source>smooth</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>hold</source>
        <translation>保持</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Undo: %1</source>
        <translation>撤销(&amp;U)：%1</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Redo: %1</source>
        <translation>重做(&amp;R)：%1</translation>
    </message>
</context>
<context>
    <name>pai::app::Document</name>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
</context>
<context>
    <name>pai::app::PreviewClient</name>
    <message>
        <source>it is of another version</source>
        <translation>版本不同</translation>
    </message>
    <message>
        <source>it sent an answer that does not fit (%1)</source>
        <translation>返回了不符的应答（%1）</translation>
    </message>
</context>
<context>
    <name>pai::app::PreviewLink</name>
    <message>
        <source>it gave no answer for %1 s and was stopped</source>
        <translation>%1 秒没有应答，已被停止</translation>
    </message>
    <message>
        <source>it closed the connection</source>
        <translation>连接已关闭</translation>
    </message>
    <message>
        <source>it was ended by signal %1 (%2)</source>
        <translation>被信号 %1（%2）终止</translation>
    </message>
    <message>
        <source>it ended with code %1</source>
        <translation>以代码 %1 结束</translation>
    </message>
</context>
<context>
    <name>pai::app::Session</name>
    <message>
        <source>The recovery copy could not be written: %1</source>
        <translation>无法写入恢复副本：%1</translation>
    </message>
</context>
<context>
    <name>pai::app::TakeLedger</name>
    <message>
        <source>Choose take for delivery</source>
        <translation>选定交付版本</translation>
    </message>
    <message>
        <source>Note on take</source>
        <translation>版本备注</translation>
    </message>
    <message>
        <source>the shot was removed</source>
        <translation>镜头已移除</translation>
    </message>
    <message>
        <source>plate</source>
        <translation>底片</translation>
    </message>
    <message>
        <source>range</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>references</source>
        <translation>参考图</translation>
    </message>
    <message>
        <source>matte</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>camera</source>
        <translation>摄影机</translation>
    </message>
    <message>
        <source>light</source>
        <translation>光线</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>render settings</source>
        <translation>渲染设置</translation>
    </message>
    <message>
        <source>delivery</source>
        <translation>交付</translation>
    </message>
    <message>
        <source>media files</source>
        <translation>媒体文件</translation>
    </message>
</context>
<context>
    <name>pai::ui::Actions</name>
    <message>
        <source>Mark in to out as reviewed, or not</source>
        <translation>将入点到出点标为已审或未审</translation>
    </message>
    <message>
        <source>Workspace: &amp;References</source>
        <translation>工作区：参考图(&amp;R)</translation>
    </message>
    <message>
        <source>Workspace: &amp;Matte</source>
        <translation>工作区：遮罩(&amp;M)</translation>
    </message>
    <message>
        <source>Workspace: &amp;Light</source>
        <translation>工作区：光照(&amp;L)</translation>
    </message>
    <message>
        <source>Workspace: &amp;Takes and delivery</source>
        <translation>工作区：版本与交付(&amp;T)</translation>
    </message>
    <message>
        <source>Trim the shot&apos;s &amp;beginning to the playhead</source>
        <translation>把镜头开头修剪到播放头(&amp;B)</translation>
    </message>
    <message>
        <source>Trim the shot&apos;s &amp;end to the playhead</source>
        <translation>把镜头结尾修剪到播放头(&amp;E)</translation>
    </message>
    <message>
        <source>Move shot ear&amp;lier</source>
        <translation>镜头前移(&amp;L)</translation>
    </message>
    <message>
        <source>Move shot la&amp;ter</source>
        <translation>镜头后移(&amp;T)</translation>
    </message>
    <message>
        <source>Frame the selected reference in the viewer</source>
        <translation>在检视器中调整所选参考图的构图</translation>
    </message>
    <message>
        <source>Draw a garbage polygon</source>
        <translation>绘制垃圾遮罩多边形</translation>
    </message>
    <message>
        <source>Draw a keep polygon</source>
        <translation>绘制保留多边形</translation>
    </message>
    <message>
        <source>&amp;New project</source>
        <translation>新建项目(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Open the &amp;sample</source>
        <translation>打开示例(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;Collect into one folder…</source>
        <translation>收集到一个文件夹(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Import media…</source>
        <translation>导入媒体(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Remove &amp;reference</source>
        <translation>移除参考图(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Split shot at the playhead</source>
        <translation>在播放头处分割镜头(&amp;S)</translation>
    </message>
    <message>
        <source>Remove s&amp;hot</source>
        <translation>移除镜头(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts…</source>
        <translation>键盘快捷键(&amp;K)…</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>播放或暂停(&amp;P)</translation>
    </message>
    <message>
        <source>Play &amp;backward, faster</source>
        <translation>倒放，逐级加速(&amp;B)</translation>
    </message>
    <message>
        <source>P&amp;ause</source>
        <translation>暂停(&amp;A)</translation>
    </message>
    <message>
        <source>Play &amp;forward, faster</source>
        <translation>正放，逐级加速(&amp;F)</translation>
    </message>
    <message>
        <source>Step back</source>
        <translation>后退一帧</translation>
    </message>
    <message>
        <source>Step forward</source>
        <translation>前进一帧</translation>
    </message>
    <message>
        <source>Go to the beginning</source>
        <translation>转到开头</translation>
    </message>
    <message>
        <source>Go to the end</source>
        <translation>转到结尾</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>循环</translation>
    </message>
    <message>
        <source>Mark in</source>
        <translation>标记入点</translation>
    </message>
    <message>
        <source>Mark out</source>
        <translation>标记出点</translation>
    </message>
    <message>
        <source>Clear in and out</source>
        <translation>清除入点和出点</translation>
    </message>
    <message>
        <source>Plate</source>
        <translation>底片</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>Composite</source>
        <translation>合成</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>Relit foreground</source>
        <translation>重打光前景</translation>
    </message>
    <message>
        <source>One picture</source>
        <translation>单画面</translation>
    </message>
    <message>
        <source>Wipe</source>
        <translation>划像</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Fit the picture</source>
        <translation>适合画面</translation>
    </message>
    <message>
        <source>Zoom to pixels</source>
        <translation>缩放到像素</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Safe areas</source>
        <translation>安全框</translation>
    </message>
    <message>
        <source>Fit the timeline</source>
        <translation>适合时间线</translation>
    </message>
    <message>
        <source>Zoom the timeline in</source>
        <translation>放大时间线</translation>
    </message>
    <message>
        <source>Zoom the timeline out</source>
        <translation>缩小时间线</translation>
    </message>
    <message>
        <source>Snapping</source>
        <translation>吸附</translation>
    </message>
    <message>
        <source>Go to the previous reference</source>
        <translation>转到上一张参考图</translation>
    </message>
    <message>
        <source>Go to the next reference</source>
        <translation>转到下一张参考图</translation>
    </message>
    <message>
        <source>Type the reference's frame</source>
        <translation>输入参考图的帧号</translation>
    </message>
    <message>
        <source>Place the selected media at the playhead</source>
        <translation>将所选媒体放在播放头处</translation>
    </message>
    <message>
        <source>Set a camera keyframe here</source>
        <translation>在此设置摄影机关键帧</translation>
    </message>
    <message>
        <source>&amp;Render</source>
        <translation>渲染(&amp;R)</translation>
    </message>
    <message>
        <source>Reset the &amp;layout</source>
        <translation>重置布局(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;About PAI-Studio</source>
        <translation>关于 PAI-Studio(&amp;A)</translation>
    </message>
    <message>
        <source>Mute the sound</source>
        <translation>静音</translation>
    </message>
    <message>
        <source>Separate references that share a slot</source>
        <translation>分开占用同一槽位的参考图</translation>
    </message>
    <message>
        <source>Draw a region for splicing takes</source>
        <translation>绘制用于拼接版本的区域</translation>
    </message>
    <message>
        <source>Splice the selected take into another…</source>
        <translation>将所选版本拼入另一版本…</translation>
    </message>
    <message>
        <source>Finish the selected take again</source>
        <translation>重新完成所选版本</translation>
    </message>
    <message>
        <source>Re&amp;link missing media…</source>
        <translation>重新链接缺失的媒体(&amp;L)…</translation>
    </message>
    <message>
        <source>Co&amp;lour…</source>
        <translation>颜色(&amp;L)…</translation>
    </message>
    <message>
        <source>Prefere&amp;nces…</source>
        <translation>首选项(&amp;N)…</translation>
    </message>
    <message>
        <source>Go to a timecode or frame…</source>
        <translation>跳转到时间码或帧…</translation>
    </message>
    <message>
        <source>Media as a list with columns</source>
        <translation>以带列的列表显示媒体</translation>
    </message>
    <message>
        <source>Sound meters</source>
        <translation>音频电平表</translation>
    </message>
    <message>
        <source>Set a marker, or open the one here</source>
        <translation>设置标记，或打开此处的标记</translation>
    </message>
    <message>
        <source>Edit the marker here…</source>
        <translation>编辑此处的标记…</translation>
    </message>
    <message>
        <source>Remove the marker here</source>
        <translation>移除此处的标记</translation>
    </message>
    <message>
        <source>Go to the previous marker</source>
        <translation>转到上一个标记</translation>
    </message>
    <message>
        <source>Go to the next marker</source>
        <translation>转到下一个标记</translation>
    </message>
    <message>
        <source>Keyframe: smooth</source>
        <translation>关键帧：平滑</translation>
    </message>
    <message>
        <source>Keyframe: linear</source>
        <translation>关键帧：线性</translation>
    </message>
    <message>
        <source>Keyframe: hold until the next</source>
        <translation>关键帧：保持到下一个</translation>
    </message>
    <message>
        <source>&amp;Find a command…</source>
        <translation>查找命令(&amp;F)…</translation>
    </message>
    <message>
        <source>Go to the next panel</source>
        <translation>转到下一个面板</translation>
    </message>
    <message>
        <source>Go to the previous panel</source>
        <translation>转到上一个面板</translation>
    </message>
    <message>
        <source>Media &amp;properties…</source>
        <translation>媒体属性(&amp;P)…</translation>
    </message>
</context>
<context>
    <name>pai::ui::CameraPage</name>
    <message>
        <source>Solved from the plate</source>
        <translation>由底片解算</translation>
    </message>
    <message>
        <source>Solved from the camera clip</source>
        <translation>由摄影机片段解算</translation>
    </message>
    <message>
        <source>Inferred from the references</source>
        <translation>由参考图推断</translation>
    </message>
    <message>
        <source>Set by hand</source>
        <translation>手动设置</translation>
    </message>
    <message>
        <source>Locked off</source>
        <translation>固定机位</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄影机</translation>
    </message>
    <message>
        <source>Take it from</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>The plate</source>
        <translation>底片</translation>
    </message>
    <message>
        <source>The references</source>
        <translation>参考图</translation>
    </message>
    <message>
        <source>Another clip</source>
        <translation>另一片段</translation>
    </message>
    <message>
        <source>Change camera source</source>
        <translation>更改摄影机来源</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Choose camera clip</source>
        <translation>选择摄影机片段</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>Change camera smoothing</source>
        <translation>更改摄影机平滑</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>解算结果</translation>
    </message>
    <message>
        <source>Solve again</source>
        <translation>重新解算</translation>
    </message>
    <message>
        <source>Keyframes</source>
        <translation>关键帧</translation>
    </message>
    <message>
        <source>A keyframe always wins over what was solved. Double-click the camera lane, or press %1.</source>
        <translation>关键帧总是优先于解算结果。双击摄影机轨道，或按 %1。</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Tilt</source>
        <translation>俯仰</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Roll</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Camera keyframes</source>
        <translation>摄影机关键帧</translation>
    </message>
    <message>
        <source>Edit camera keyframe</source>
        <translation>编辑摄影机关键帧</translation>
    </message>
    <message>
        <source>Set keyframe here</source>
        <translation>在此设置关键帧</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove camera keyframe</source>
        <translation>移除摄影机关键帧</translation>
    </message>
    <message>
        <source>Set camera keyframe</source>
        <translation>设置摄影机关键帧</translation>
    </message>
    <message>
        <source>Not solved yet. It is solved in the background when the shot has references.</source>
        <translation>尚未解算。镜头有参考图后会在后台解算。</translation>
    </message>
    <message>
        <source>Angle: %1</source>
        <translation>角度：%1</translation>
    </message>
    <message>
        <source>Focal length: %1</source>
        <translation>焦距：%1</translation>
    </message>
    <message>
        <source>Properties of the camera clip</source>
        <translation>摄影机片段的属性</translation>
    </message>
</context>
<context>
    <name>pai::ui::ExportDialog</name>
    <message>
        <source>Own settings</source>
        <translation>自定预设</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Save export settings</source>
        <translation>保存导出设置</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Delivers the chosen take %1.</source>
        <translation>交付已选的版本 %1。</translation>
    </message>
    <message>
        <source>Delivers the chosen take %1 as it was rendered, without what changed since: %2.</source>
        <translation>按渲染时的样子交付已选的版本 %1，不含之后的更改：%2。</translation>
    </message>
    <message>
        <source>Export “%1”</source>
        <translation>导出“%1”</translation>
    </message>
    <message>
        <source>No take is chosen: the shot is rendered as it is now.</source>
        <translation>未选定版本：将按镜头现状渲染。</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>The whole shot, %1 frames</source>
        <translation>整个镜头，%1 帧</translation>
    </message>
    <message>
        <source>From in to out, %1 frames</source>
        <translation>入点到出点，%1 帧</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Composite</source>
        <translation>合成</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>Foreground</source>
        <translation>前景</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>With the plate's audio</source>
        <translation>包含底片的音频</translation>
    </message>
    <message>
        <source>{project}, {shot}, {version}, {layer} and {date} are filled in</source>
        <translation>会填入 {project}、{shot}、{version}、{layer} 和 {date}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Deliver into</source>
        <translation>交付到</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Add to the queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Unknown token: %1</source>
        <translation>未知标记：%1</translation>
    </message>
    <message>
        <source>Choose a folder to write into.</source>
        <translation>请选择要写入的文件夹。</translation>
    </message>
    <message>
        <source>%1 is not a folder: choose another.</source>
        <translation>%1 不是文件夹：请选择其他位置。</translation>
    </message>
    <message>
        <source>Makes the folder and writes %1</source>
        <translation>将创建文件夹并写入 %1</translation>
    </message>
    <message>
        <source>%1 cannot be made: choose another folder.</source>
        <translation>无法创建 %1：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>%1 is there already: choose another name.</source>
        <translation>%1 已存在：请换一个名称。</translation>
    </message>
    <message>
        <source>Writes %1</source>
        <translation>写入 %1</translation>
    </message>
    <message>
        <source>About %1, %2 free</source>
        <translation>约 %1，剩余 %2</translation>
    </message>
    <message>
        <source>Needs about %1, only %2 are free</source>
        <translation>约需 %1，仅剩 %2</translation>
    </message>
    <message>
        <source>%1, delivery</source>
        <translation>%1，交付</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>色彩</translation>
    </message>
    <message>
        <source>As the plate; EXR linear</source>
        <translation>与底片相同；EXR 为线性</translation>
    </message>
    <message>
        <source>A spliced take is delivered from its own file, and holds what the takes it was made of did: 8 bits, where they were not kept in 10.</source>
        <translation>拼接的版本由其自身文件交付，精度与构成它的版本相同：若未以 10 位保存，则为 8 位。</translation>
    </message>
    <message>
        <source>Its pictures are made again, as finely as this preset can hold; the take&apos;s file is for viewing.</source>
        <translation>画面会重新生成，精细到此预设所能容纳的程度；版本文件只用于观看。</translation>
    </message>
</context>
<context>
    <name>pai::ui::HelpDialog</name>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Bring in the shot</source>
        <translation>导入镜头</translation>
    </message>
    <message>
        <source>Drop a clip filmed in front of a green or blue screen on the timeline. It becomes a shot. A matte you already have goes into the Matte page's stack.</source>
        <translation>将绿幕或蓝幕前拍摄的片段拖到时间线上，它就成为镜头。已有的遮罩放入“遮罩”页的堆栈。</translation>
    </message>
    <message>
        <source>Place the references</source>
        <translation>放置参考图</translation>
    </message>
    <message>
        <source>Look at the matte</source>
        <translation>查看遮罩</translation>
    </message>
    <message>
        <source>The matte lane shows what each frame's matte is like; bright marks on top are worth a look. Click to go there, and change the key in the Matte page.</source>
        <translation>遮罩轨道显示每一帧遮罩的状况；顶部亮标记值得一看。单击可跳到该处，并在“遮罩”页调整抠像。</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Wipe, side by side and difference work between any two of plate, matte, composite and take.</source>
        <translation>划像、并排和差异可用于底片、遮罩、合成和版本中的任意两者。</translation>
    </message>
    <message>
        <source>Render and deliver</source>
        <translation>渲染与交付</translation>
    </message>
    <message>
        <source>Render makes a take; takes are never overwritten. Export delivers the shot in the form you choose, with the plate's frame numbers and timecode. Import, Render and Export stand beside the menus, with their names where there is room.</source>
        <translation>渲染生成一个版本；版本不会被覆盖。导出以您选择的形式交付镜头，并保留底片的帧号和时间码。导入、渲染和导出在菜单旁边，空间足够时显示名称。</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Mark moments</source>
        <translation>标记时刻</translation>
    </message>
    <message>
        <source>Drop pictures of the new place on the reference lane, at the frames where they belong. They stick to the beginning, the middle, the end, the playhead and the markers; hold Shift for any frame, Ctrl while dragging to copy. While you drag, the viewer lays the picture over the plate.</source>
        <translation>将新场景的图片拖到参考图轨道上所属的帧。它们会吸附到开头、中间、结尾、播放头和标记；按住 Shift 可放在任意帧，拖动时按 Ctrl 可复制。拖动时查看器会将图片叠加在底片上。</translation>
    </message>
    <message>
        <source>M sets a marker at the playhead; pressed again there, or by a double click on the marker, it opens for a name, a note and a colour. Shift with the up and down keys goes from one to the next. Drag one along the ruler, or select it by a click or Tab and move it with the arrow keys; references, keyframes, trims and the playhead stick to markers. Markers stay with the plate&apos;s frame when a shot is trimmed, and are in no render.</source>
        <translation>按 M 在播放头处设置标记；在该处再按一次，或双击标记，可填写名称、备注和颜色。Shift 加上下方向键在标记之间跳转。沿标尺拖动标记，或单击、按 Tab 选中后用方向键移动；参考图、关键帧、修剪和播放头都会吸附到标记。修剪镜头时标记保持在底片的帧上，且不会进入任何渲染。</translation>
    </message>
    <message>
        <source>Animate with keyframes</source>
        <translation>用关键帧做动画</translation>
    </message>
    <message>
        <source>Shift+K sets a keyframe of the camera at the playhead; a point of a polygon that is moved in the viewer sets one of its outline. The Curves panel shows the camera&apos;s as curves, and in its list under Keyframes those of the camera and of every polygon over time, to move, copy, paste and remove. Each goes on to the next smoothly, in a straight line, or holds until the next: by a right click, in the Edit menu or by keys. Between the keyframes of a solved camera its own motion stays; what a keyframe adds to it goes on as chosen.</source>
        <translation>Shift+K 在播放头处设置摄影机关键帧；在检视器中移动多边形的顶点会为其轮廓设置关键帧。“曲线”面板以曲线显示摄影机的关键帧，在其列表的“关键帧”中按时间显示摄影机和每个多边形的关键帧，可移动、复制、粘贴和移除。每个关键帧平滑地、沿直线地过渡到下一个，或保持到下一个：用右键、“编辑”菜单或快捷键选择。已解算的摄影机在关键帧之间保留自身的运动，关键帧所加的量按所选方式过渡。</translation>
    </message>
    <message>
        <source>%1 finds any command by a word of its name, shows its keys and runs it.</source>
        <translation>%1 按名称中的词查找任意命令，显示其快捷键并执行。</translation>
    </message>
</context>
<context>
    <name>pai::ui::Inspector</name>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>References</source>
        <translation>参考图</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄影机</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Render</source>
        <translation>渲染</translation>
    </message>
    <message>
        <source>Pages of the inspector</source>
        <translation>检查器的页面</translation>
    </message>
</context>
<context>
    <name>pai::ui::MarkerDialog</name>
    <message>
        <source>Marker at %1</source>
        <translation>%1 处的标记</translation>
    </message>
    <message>
        <source>Marker</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Remove marker</source>
        <translation>移除标记</translation>
    </message>
</context>
<context>
    <name>pai::ui::MarkersPanel</name>
    <message>
        <source>No markers. M sets one at the playhead; pressed again there, it opens the marker.</source>
        <translation>没有标记。按 M 在播放头处设置一个；在该处再按一次则打开该标记。</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Markers</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>outside</source>
        <translation>范围外</translation>
    </message>
    <message>
        <source>Outside %1 as it is trimmed; kept</source>
        <translation>位于修剪后的 %1 之外；予以保留</translation>
    </message>
    <message>
        <source>%1 marker at %2</source>
        <translation>%2 处的%1标记</translation>
    </message>
</context>
<context>
    <name>pai::ui::MattePage</name>
    <message>
        <source>Garbage polygon: cut away inside</source>
        <translation>垃圾遮罩多边形：去掉内部</translation>
    </message>
    <message>
        <source>Keep polygon: cut away outside</source>
        <translation>保留多边形：去掉外部</translation>
    </message>
    <message>
        <source>Matte stack</source>
        <translation>遮罩堆栈</translation>
    </message>
    <message>
        <source>Combine</source>
        <translation>组合</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Subtract</source>
        <translation>相减</translation>
    </message>
    <message>
        <source>Intersect</source>
        <translation>相交</translation>
    </message>
    <message>
        <source>Change how a matte combines</source>
        <translation>更改遮罩组合方式</translation>
    </message>
    <message>
        <source>Feather</source>
        <translation>羽化</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>Change feather</source>
        <translation>更改羽化</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>反相</translation>
    </message>
    <message>
        <source>Invert matte</source>
        <translation>反相遮罩</translation>
    </message>
    <message>
        <source>Matte stack, top layer first</source>
        <translation>遮罩堆栈，顶层在前</translation>
    </message>
    <message>
        <source>Turn matte layer on</source>
        <translation>启用遮罩层</translation>
    </message>
    <message>
        <source>Turn matte layer off</source>
        <translation>停用遮罩层</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>抠像</translation>
    </message>
    <message>
        <source>Add key</source>
        <translation>添加抠像</translation>
    </message>
    <message>
        <source>Matte clip from the media bin…</source>
        <translation>媒体库中的遮罩片段…</translation>
    </message>
    <message>
        <source>Move layer up</source>
        <translation>上移图层</translation>
    </message>
    <message>
        <source>Move layer down</source>
        <translation>下移图层</translation>
    </message>
    <message>
        <source>Remove layer</source>
        <translation>移除图层</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>幕布</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿色</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝色</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Change screen colour</source>
        <translation>更改幕布颜色</translation>
    </message>
    <message>
        <source>Choose colour…</source>
        <translation>选择颜色…</translation>
    </message>
    <message>
        <source>Screen colour</source>
        <translation>幕布颜色</translation>
    </message>
    <message>
        <source>Choose screen colour</source>
        <translation>选择幕布颜色</translation>
    </message>
    <message>
        <source>Clip black</source>
        <translation>黑位裁切</translation>
    </message>
    <message>
        <source>Clip white</source>
        <translation>白位裁切</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>伽马</translation>
    </message>
    <message>
        <source>Despill</source>
        <translation>去溢色</translation>
    </message>
    <message>
        <source>Edge</source>
        <translation>边缘</translation>
    </message>
    <message>
        <source>Grow or shrink</source>
        <translation>扩展或收缩</translation>
    </message>
    <message>
        <source>Refine</source>
        <translation>精修</translation>
    </message>
    <message>
        <source>Hold in time</source>
        <translation>时间稳定</translation>
    </message>
    <message>
        <source>Clean</source>
        <translation>清理</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>填补孔洞</translation>
    </message>
    <message>
        <source>Remove specks</source>
        <translation>去除斑点</translation>
    </message>
    <message>
        <source>Remove markers and seams</source>
        <translation>移除跟踪标记和接缝</translation>
    </message>
    <message>
        <source>Key: %1</source>
        <translation>抠像：%1</translation>
    </message>
    <message>
        <source>Import a matte clip first</source>
        <translation>请先导入遮罩片段</translation>
    </message>
    <message>
        <source>Add matte clip</source>
        <translation>添加遮罩片段</translation>
    </message>
    <message>
        <source>Remove matte layer</source>
        <translation>移除遮罩层</translation>
    </message>
    <message>
        <source>Reorder matte layers</source>
        <translation>重新排列遮罩层</translation>
    </message>
    <message>
        <source>Plate colour</source>
        <translation>素材颜色</translation>
    </message>
    <message>
        <source>Matte clip</source>
        <translation>遮罩片段</translation>
    </message>
    <message>
        <source>Properties of the matte clip</source>
        <translation>遮罩片段的属性</translation>
    </message>
</context>
<context>
    <name>pai::ui::MediaBin</name>
    <message numerus="yes">
        <source>%1 fps, %n frames</source>
        <translation>
            <numerusform>%1 帧/秒，%n 帧</numerusform>
        </translation>
    </message>
    <message>
        <source>Search media</source>
        <translation>搜索媒体</translation>
    </message>
    <message>
        <source>Media</source>
        <translation>媒体</translation>
    </message>
    <message>
        <source>No media yet</source>
        <translation>还没有媒体</translation>
    </message>
    <message>
        <source>Drop clips and pictures here, or import them. A clip becomes a shot, pictures become references.</source>
        <translation>将片段和图片拖到这里，或导入。片段成为镜头，图片成为参考图。</translation>
    </message>
    <message>
        <source>Import media…</source>
        <translation>导入媒体…</translation>
    </message>
    <message>
        <source>Import media</source>
        <translation>导入媒体</translation>
    </message>
    <message>
        <source>Media (*.mp4 *.mov *.mkv *.m4v *.webm *.avi *.mxf *.png *.jpg *.jpeg *.tif *.tiff *.exr *.dpx *.gif);;All files (*)</source>
        <translation>媒体 (*.mp4 *.mov *.mkv *.m4v *.webm *.avi *.mxf *.png *.jpg *.jpeg *.tif *.tiff *.exr *.dpx *.gif);;所有文件 (*)</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>%1 × %2 · %3 fps · %4 fr</source>
        <translation>%1 × %2 · %3 帧/秒 · %4 帧</translation>
    </message>
    <message>
        <source>Place at the playhead</source>
        <translation>放在播放头处</translation>
    </message>
    <message>
        <source>Make a shot</source>
        <translation>创建镜头</translation>
    </message>
    <message>
        <source>Relink…</source>
        <translation>重新链接…</translation>
    </message>
    <message>
        <source>Remove from the project</source>
        <translation>从项目中移除</translation>
    </message>
    <message>
        <source>Remove from the project (in use)</source>
        <translation>从项目中移除（使用中）</translation>
    </message>
    <message>
        <source>Remove media</source>
        <translation>移除媒体</translation>
    </message>
    <message>
        <source>Where is it now?</source>
        <translation>现在在哪里？</translation>
    </message>
    <message>
        <source>Relink media</source>
        <translation>重新链接媒体</translation>
    </message>
    <message>
        <source>proxy %1 %</source>
        <translation>代理 %1 %</translation>
    </message>
    <message>
        <source>A proxy serves small pictures.</source>
        <translation>小画面由代理提供。</translation>
    </message>
    <message>
        <source>Colour space…</source>
        <translation>色彩空间…</translation>
    </message>
    <message>
        <source>Properties…</source>
        <translation>属性…</translation>
    </message>
</context>
<context>
    <name>pai::ui::MediaTable</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>画面</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>帧率</translation>
    </message>
    <message>
        <source>Codec</source>
        <translation>编解码器</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Frames of the clip that shots show, or references of a picture</source>
        <translation>镜头所用的片段帧数，或图片作为参考图的次数</translation>
    </message>
    <message>
        <source>Media</source>
        <translation>媒体</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>%1×</source>
        <translation>%1 次</translation>
    </message>
</context>
<context>
    <name>pai::ui::MessagesPanel</name>
    <message>
        <source>No messages.</source>
        <translation>没有消息。</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Copy messages</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Clear messages</source>
        <translation>清除消息</translation>
    </message>
</context>
<context>
    <name>pai::ui::NumberRow</name>
    <message>
        <source>%1: double-click for %2</source>
        <translation>%1：双击恢复为 %2</translation>
    </message>
</context>
<context>
    <name>pai::ui::ProjectBar</name>
    <message>
        <source>Import, render, export, undo, redo, save</source>
        <translation>导入、渲染、导出、撤销、重做、保存</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Render</source>
        <translation>渲染</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
</context>
<context>
    <name>pai::ui::ProjectCommands</name>
    <message>
        <source>PAI-Studio projects (*.pai)</source>
        <translation>PAI-Studio 项目 (*.pai)</translation>
    </message>
    <message>
        <source>Open project</source>
        <translation>打开项目</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>保存项目</translation>
    </message>
    <message>
        <source>Collect the project and its media into</source>
        <translation>将项目及其媒体收集到</translation>
    </message>
    <message>
        <source>Collecting %1 into %2…</source>
        <translation>正在将 %1 收集到 %2…</translation>
    </message>
    <message>
        <source>Everything is in %1.</source>
        <translation>全部内容已在 %1。</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>未保存的更改</translation>
    </message>
    <message>
        <source>Save the changes to “%1”?</source>
        <translation>保存对“%1”的更改吗？</translation>
    </message>
    <message>
        <source>Without saving, what you did since the last save is lost.</source>
        <translation>若不保存，上次保存之后的工作将丢失。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Don't save</source>
        <translation>不保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Renders are running</source>
        <translation>正在渲染</translation>
    </message>
    <message numerus="yes">
        <source>%n render(s) are not finished.</source>
        <translation>
            <numerusform>有 %n 个渲染尚未完成。</numerusform></translation>
    </message>
    <message>
        <source>They can stop now and go on where they are when you start the program again.</source>
        <translation>可以现在停止，下次启动程序时从此处继续。</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>停止并关闭</translation>
    </message>
    <message>
        <source>Let them finish</source>
        <translation>等待完成</translation>
    </message>
    <message>
        <source>Saved %1.</source>
        <translation>已保存 %1。</translation>
    </message>
    <message>
        <source>Saved %1. %2</source>
        <translation>已保存 %1。%2</translation>
    </message>
    <message>
        <source>About PAI-Studio</source>
        <translation>关于 PAI-Studio</translation>
    </message>
    <message>
        <source>Cinematic video background replacement. Free software under the GNU GPL, version 3 or later. Everything runs on this machine; nothing uses the network.</source>
        <translation>电影级视频背景替换。自由软件，遵循 GNU GPL 第 3 版或更新版本。一切都在本机运行，不使用网络。</translation>
    </message>
    <message numerus="yes">
        <source>%n media can&apos;t be found. Their edits are kept; “Relink missing media” in the Project menu looks for them.</source>
        <translation>
            <numerusform>找不到 %n 个媒体。其编辑已保留；“工程”菜单中的“重新链接缺失的媒体”可查找它们。</numerusform>
        </translation>
    </message>
    <message>
        <source>The project is in %1, without what is missing.</source>
        <translation>项目已在 %1 中，缺失的内容除外。</translation>
    </message>
</context>
<context>
    <name>pai::ui::PromptPage</name>
    <message>
        <source>Presets, import, export, copy</source>
        <translation>预设、导入、导出、复制</translation>
    </message>
    <message>
        <source>Save as preset…</source>
        <translation>存为预设…</translation>
    </message>
    <message>
        <source>Save prompt as preset</source>
        <translation>将提示词存为预设</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Use preset</source>
        <translation>使用预设</translation>
    </message>
    <message>
        <source>Remove preset</source>
        <translation>删除预设</translation>
    </message>
    <message>
        <source>Use prompt preset “%1”</source>
        <translation>使用提示词预设“%1”</translation>
    </message>
    <message>
        <source>Camera motion says the camera stands still, but it moves %1 px.</source>
        <translation>摄影机运动写着静止，但实际移动了 %1 像素。</translation>
    </message>
    <message>
        <source>Camera motion says the camera moves, but it stands still.</source>
        <translation>摄影机运动写着移动，但实际静止。</translation>
    </message>
    <message>
        <source>Background content is empty: say what the new place is.</source>
        <translation>背景内容为空：请说明新场景是什么。</translation>
    </message>
    <message>
        <source>Foreground and background content are the same words.</source>
        <translation>前景内容与背景内容完全相同。</translation>
    </message>
    <message>
        <source>From camera</source>
        <translation>取自摄影机</translation>
    </message>
    <message>
        <source>Fills camera motion, angle and focal length with what the solve knows</source>
        <translation>用解算结果填入摄影机运动、角度和焦距</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>Shows the prompt as JSON; changes go both ways</source>
        <translation>以 JSON 显示提示词；双向同步</translation>
    </message>
    <message>
        <source>Import, export, copy</source>
        <translation>导入、导出、复制</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Copy as JSON</source>
        <translation>复制为 JSON</translation>
    </message>
    <message>
        <source>Foreground content</source>
        <translation>前景内容</translation>
    </message>
    <message>
        <source>Who or what is in front: clothes, hair, things held</source>
        <translation>前面是谁或什么：衣着、头发、手持物</translation>
    </message>
    <message>
        <source>Background content</source>
        <translation>背景内容</translation>
    </message>
    <message>
        <source>The new place: what, where, time of day, light</source>
        <translation>新场景：是什么、在哪里、时间、光线</translation>
    </message>
    <message>
        <source>Foreground motion</source>
        <translation>前景运动</translation>
    </message>
    <message>
        <source>What the subject does, in order</source>
        <translation>主体依次做什么</translation>
    </message>
    <message>
        <source>Background motion</source>
        <translation>背景运动</translation>
    </message>
    <message>
        <source>What moves behind: leaves, traffic, water, nothing</source>
        <translation>后面什么在动：树叶、车流、水，或没有</translation>
    </message>
    <message>
        <source>Camera motion</source>
        <translation>摄影机运动</translation>
    </message>
    <message>
        <source>How the camera moves; “From camera” fills it</source>
        <translation>摄影机如何运动；“取自摄影机”可自动填写</translation>
    </message>
    <message>
        <source>Camera angle</source>
        <translation>摄影机角度</translation>
    </message>
    <message>
        <source>eye level</source>
        <translation>平视</translation>
    </message>
    <message>
        <source>low angle</source>
        <translation>低角度</translation>
    </message>
    <message>
        <source>high angle</source>
        <translation>高角度</translation>
    </message>
    <message>
        <source>overhead</source>
        <translation>俯拍</translation>
    </message>
    <message>
        <source>Dutch angle</source>
        <translation>倾斜角度</translation>
    </message>
    <message>
        <source>over the shoulder</source>
        <translation>过肩</translation>
    </message>
    <message>
        <source>Focal length</source>
        <translation>焦距</translation>
    </message>
    <message>
        <source>ultra wide, 14 mm</source>
        <translation>超广角，14 mm</translation>
    </message>
    <message>
        <source>wide, 24 mm</source>
        <translation>广角，24 mm</translation>
    </message>
    <message>
        <source>wide, 35 mm</source>
        <translation>广角，35 mm</translation>
    </message>
    <message>
        <source>normal, 50 mm</source>
        <translation>标准，50 mm</translation>
    </message>
    <message>
        <source>portrait, 85 mm</source>
        <translation>人像，85 mm</translation>
    </message>
    <message>
        <source>telephoto, 135 mm</source>
        <translation>长焦，135 mm</translation>
    </message>
    <message>
        <source>Caption</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>The whole shot in one or two sentences</source>
        <translation>用一两句话概括整个镜头</translation>
    </message>
    <message>
        <source>Prompt as JSON</source>
        <translation>JSON 形式的提示词</translation>
    </message>
    <message>
        <source>Prompt: %1</source>
        <translation>提示词：%1</translation>
    </message>
    <message>
        <source>Fill prompt from camera</source>
        <translation>由摄影机填写提示词</translation>
    </message>
    <message>
        <source>Edit prompt as JSON</source>
        <translation>以 JSON 编辑提示词</translation>
    </message>
    <message numerus="yes">
        <source>%n word(s)</source>
        <translation>
            <numerusform>%n 个词</numerusform></translation>
    </message>
    <message>
        <source>Import prompt</source>
        <translation>导入提示词</translation>
    </message>
    <message>
        <source>Prompts (*.json)</source>
        <translation>提示词 (*.json)</translation>
    </message>
    <message>
        <source>Export prompt</source>
        <translation>导出提示词</translation>
    </message>
    <message>
        <source>%1 could not be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
</context>
<context>
    <name>pai::ui::QueuePanel</name>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
    <message>
        <source>, %1 left</source>
        <translation>，剩余 %1</translation>
    </message>
    <message>
        <source>Waiting, will go on where it stopped</source>
        <translation>等待中，将从停止处继续</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Done in %1: %2</source>
        <translation>用时 %1：%2</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Preparing %1 %</source>
        <translation>正在准备 %1 %</translation>
    </message>
    <message>
        <source>Sampling, step %1 of %2</source>
        <translation>正在采样，第 %1 步，共 %2 步</translation>
    </message>
    <message>
        <source>Finishing, frame %1 of %2</source>
        <translation>正在收尾，第 %1 帧，共 %2 帧</translation>
    </message>
    <message>
        <source>Render queue</source>
        <translation>渲染队列</translation>
    </message>
    <message>
        <source>Nothing to render. “Render” puts the current shot here; jobs survive a restart.</source>
        <translation>没有渲染任务。“渲染”会将当前镜头放到这里；重启后任务仍在。</translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation>暂停或继续</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>提前</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>推后</translation>
    </message>
    <message>
        <source>Show the file in its folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表移除</translation>
    </message>
</context>
<context>
    <name>pai::ui::RecoveryDialog</name>
    <message numerus="yes">
        <source>%n shot(s)</source>
        <translation>
            <numerusform>%n 个镜头</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n reference(s)</source>
        <translation>
            <numerusform>%n 张参考图</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n media file(s)</source>
        <translation>
            <numerusform>%n 个媒体文件</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n shot(s) differ</source>
        <translation>
            <numerusform>%n 个镜头有差异</numerusform></translation>
    </message>
    <message>
        <source>Recovered work</source>
        <translation>恢复的工作</translation>
    </message>
    <message>
        <source>The program ended before this project was saved</source>
        <translation>程序在保存此项目之前结束</translation>
    </message>
    <message>
        <source>As saved</source>
        <translation>已保存的</translation>
    </message>
    <message>
        <source>Open the saved version</source>
        <translation>打开已保存的版本</translation>
    </message>
    <message>
        <source>Recovered</source>
        <translation>恢复的</translation>
    </message>
    <message>
        <source>Open the recovered version</source>
        <translation>打开恢复的版本</translation>
    </message>
    <message>
        <source>The recovered version is not saved until you save it. Opening the saved version removes the recovered one.</source>
        <translation>恢复的版本在您保存之前不会写入。打开已保存的版本会移除恢复的版本。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>The file can't be read</source>
        <translation>无法读取文件</translation>
    </message>
</context>
<context>
    <name>pai::ui::ReferencesPage</name>
    <message>
        <source>Remove the selected reference</source>
        <translation>移除所选参考图</translation>
    </message>
    <message>
        <source>References</source>
        <translation>参考图</translation>
    </message>
    <message>
        <source>Drop pictures of the new place on the timeline's reference lane: at the beginning, the middle, the end, or any frame between. The background follows them through the shot.</source>
        <translation>将新场景的图片拖到时间线的参考图轨道：开头、中间、结尾或其间任意一帧。背景会在整个镜头中跟随它们。</translation>
    </message>
    <message>
        <source>References of the shot</source>
        <translation>镜头的参考图</translation>
    </message>
    <message>
        <source>Place in time</source>
        <translation>时间位置</translation>
    </message>
    <message>
        <source>Anchor</source>
        <translation>锚点</translation>
    </message>
    <message>
        <source>Begin</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>Middle</source>
        <translation>中间</translation>
    </message>
    <message>
        <source>End</source>
        <translation>结尾</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>Frame of the reference</source>
        <translation>参考图的帧号</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>Framing</source>
        <translation>取景</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适配</translation>
    </message>
    <message>
        <source>Fill the frame</source>
        <translation>填满画面</translation>
    </message>
    <message>
        <source>Fit inside</source>
        <translation>完整显示</translation>
    </message>
    <message>
        <source>Stretch</source>
        <translation>拉伸</translation>
    </message>
    <message>
        <source>Change reference fit</source>
        <translation>更改参考图适配</translation>
    </message>
    <message>
        <source>Move across</source>
        <translation>水平移动</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>垂直移动</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Rotate</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>°</source>
        <translation>°</translation>
    </message>
    <message>
        <source>Light on the subject</source>
        <translation>主体光线</translation>
    </message>
    <message>
        <source>Relight from the references</source>
        <translation>按参考图重新打光</translation>
    </message>
    <message>
        <source>Turn relighting on</source>
        <translation>启用重新打光</translation>
    </message>
    <message>
        <source>Turn relighting off</source>
        <translation>停用重新打光</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>Match blacks</source>
        <translation>匹配黑位</translation>
    </message>
    <message>
        <source>Own shadows</source>
        <translation>自身阴影</translation>
    </message>
    <message>
        <source>Contact shadow</source>
        <translation>接触阴影</translation>
    </message>
    <message>
        <source>Cast shadow</source>
        <translation>投射阴影</translation>
    </message>
    <message>
        <source>The shadow that the scene&apos;s main light throws of the subject on the ground. Up to the middle only where the scene shows such shadows.</source>
        <translation>场景主光将主体投在地面上的阴影。滑块不过中点时，仅在场景本身有此类阴影时生效。</translation>
    </message>
    <message>
        <source>Shadow turn</source>
        <translation>阴影转角</translation>
    </message>
    <message>
        <source>Clockwise from where the scene&apos;s own shadows fall.</source>
        <translation>相对场景自身阴影方向顺时针旋转。</translation>
    </message>
    <message>
        <source>Shadow length</source>
        <translation>阴影长度</translation>
    </message>
    <message>
        <source>Over the length that the scene&apos;s light suggests.</source>
        <translation>相对场景光线推算出的长度。</translation>
    </message>
    <message>
        <source>How far the subject&apos;s light is brought to the scene&apos;s. The screen&apos;s glow on skin and clothes goes with it.</source>
        <translation>主体光线向场景靠拢的程度。幕布映在皮肤和衣服上的颜色也随之去除。</translation>
    </message>
    <message>
        <source>The scene&apos;s main light on the side that faces it. Up to the middle only on a subject that shows a studio&apos;s light.</source>
        <translation>场景主光照在朝向它的一侧。滑块在中点以内时，只作用于带有棚内光线的主体。</translation>
    </message>
    <message>
        <source>Light wrap</source>
        <translation>光包裹</translation>
    </message>
    <message>
        <source>Grain</source>
        <translation>颗粒</translation>
    </message>
    <message>
        <source>Defocus</source>
        <translation>虚焦</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>Reference: %1</source>
        <translation>参考图：%1</translation>
    </message>
    <message>
        <source>Light: %1</source>
        <translation>光线：%1</translation>
    </message>
    <message>
        <source>%1, frame %2</source>
        <translation>%1，第 %2 帧</translation>
    </message>
    <message>
        <source>outside the range</source>
        <translation>超出范围</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Colour space</source>
        <translation>色彩空间</translation>
    </message>
</context>
<context>
    <name>pai::ui::RenderCommands</name>
    <message>
        <source>No take is chosen</source>
        <translation>没有选定版本</translation>
    </message>
    <message>
        <source>No take of this shot is chosen for delivery.</source>
        <translation>此镜头没有选定用于交付的版本。</translation>
    </message>
    <message>
        <source>The export can render the shot as it is now, or you choose one of its takes first.</source>
        <translation>可以按镜头现在的样子导出，也可以先选定一个版本。</translation>
    </message>
    <message>
        <source>Export as it is now</source>
        <translation>按现状导出</translation>
    </message>
    <message>
        <source>Choose a take</source>
        <translation>选择版本</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>“%1” can't be rendered while its plate is offline.</source>
        <translation>底片离线时无法渲染“%1”。</translation>
    </message>
    <message>
        <source>Change delivery settings</source>
        <translation>更改交付设置</translation>
    </message>
    <message>
        <source>%1 is done: %2</source>
        <translation>%1 已完成：%2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>“%1” can't be rendered: its pack %2 is not on this machine. Add it with pai pack add, or choose another engine.</source>
        <translation>无法渲染“%1”：本机没有它的模型包 %2。请用 pai pack add 添加，或选择其他引擎。</translation>
    </message>
    <message>
        <source>%1 is a spliced take: its composite is delivered, other layers are not.</source>
        <translation>%1 是拼接版本：只交付合成画面，不交付其他图层。</translation>
    </message>
    <message>
        <source>“%1” can't be exported: its pack %2 is not on this machine.</source>
        <translation>无法导出“%1”：本机没有它的模型包 %2。</translation>
    </message>
    <message>
        <source>“%1” can&apos;t be rendered: %2</source>
        <translation>无法渲染“%1”：%2</translation>
    </message>
</context>
<context>
    <name>pai::ui::RenderPage</name>
    <message>
        <source>Variants</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Queues so many renders, each with the next seed</source>
        <translation>加入相应数量的渲染，种子依次递增</translation>
    </message>
    <message>
        <source>About %1, as fast as the last render</source>
        <translation>按上次渲染速度约需 %1</translation>
    </message>
    <message>
        <source>How long it takes is known after the first render.</source>
        <translation>首次渲染后即可估计所需时间。</translation>
    </message>
    <message>
        <source>About %1 on disk</source>
        <translation>约占磁盘 %1</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Draft (instant, no weights)</source>
        <translation>草稿（即时，无需权重）</translation>
    </message>
    <message>
        <source>Change engine</source>
        <translation>更改引擎</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>As the plate</source>
        <translation>与底片相同</translation>
    </message>
    <message>
        <source>1920 × 1080</source>
        <translation>1920 × 1080</translation>
    </message>
    <message>
        <source>1280 × 720</source>
        <translation>1280 × 720</translation>
    </message>
    <message>
        <source>960 × 540</source>
        <translation>960 × 540</translation>
    </message>
    <message>
        <source>Change render size</source>
        <translation>更改渲染尺寸</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Change steps</source>
        <translation>更改步数</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>引导</translation>
    </message>
    <message>
        <source>Change guidance</source>
        <translation>更改引导</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Change seed</source>
        <translation>更改种子</translation>
    </message>
    <message>
        <source>Another seed</source>
        <translation>换一个种子</translation>
    </message>
    <message>
        <source>Keep this seed</source>
        <translation>保持此种子</translation>
    </message>
    <message>
        <source>The draft engine has no sampling: steps and guidance are for model packs. The seed steers its grain.</source>
        <translation>草稿引擎没有采样：步数和引导用于模型包。种子控制其颗粒。</translation>
    </message>
    <message>
        <source>Before you start</source>
        <translation>开始之前</translation>
    </message>
    <message>
        <source>Render</source>
        <translation>渲染</translation>
    </message>
    <message>
        <source>The plate is not ready.</source>
        <translation>底片尚未就绪。</translation>
    </message>
    <message>
        <source>%1 frames, %2 × %3, %4 fps</source>
        <translation>%1 帧，%2 × %3，%4 帧/秒</translation>
    </message>
    <message>
        <source>%1 of %2 references inside the shot</source>
        <translation>%2 张参考图中有 %1 张在镜头内</translation>
    </message>
    <message>
        <source>No reference yet: the background will be grey.</source>
        <translation>还没有参考图：背景将为灰色。</translation>
    </message>
    <message>
        <source>%1 (not on this machine)</source>
        <translation>%1（本机没有）</translation>
    </message>
    <message>
        <source>Tokens: not known for a pack that works on pixels.</source>
        <translation>标记数：直接处理像素的模型包无法预知。</translation>
    </message>
    <message>
        <source>%1 tokens at once</source>
        <translation>一次 %1 个标记</translation>
    </message>
    <message>
        <source>%1 tokens at once, in %2 windows</source>
        <translation>一次 %1 个标记，共 %2 个窗口</translation>
    </message>
    <message>
        <source>About %1 of memory at most; %2 are allowed</source>
        <translation>最多约需 %1 内存；允许使用 %2</translation>
    </message>
    <message>
        <source>Needs about %1 of memory, only %2 are allowed: %3</source>
        <translation>约需 %1 内存，只允许 %2：%3</translation>
    </message>
    <message>
        <source>Memory: being forecast…</source>
        <translation>内存：正在预测…</translation>
    </message>
    <message>
        <source>Memory: at least %1 for the pack's weights; more is not known (%2)</source>
        <translation>内存：模型包的权重至少需要 %1；其余未知（%2）</translation>
    </message>
    <message>
        <source>%1 (incomplete)</source>
        <translation>%1（不完整）</translation>
    </message>
    <message>
        <source>Nothing can be rendered with this pack: %1</source>
        <translation>无法用此模型包渲染：%1</translation>
    </message>
    <message>
        <source>There is no shot to render yet. A clip from the media becomes one.</source>
        <translation>还没有可渲染的镜头。媒体中的片段可成为镜头。</translation>
    </message>
</context>
<context>
    <name>pai::ui::ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Search commands or keys</source>
        <translation>搜索命令或按键</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Conflict</source>
        <translation>冲突</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>新按键</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>指定</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>also used elsewhere</source>
        <translation>其他处也在使用</translation>
    </message>
    <message>
        <source>Same keys: %1</source>
        <translation>按键相同：%1</translation>
    </message>
</context>
<context>
    <name>pai::ui::ShotCommands</name>
    <message>
        <source>Nothing to import: clips are MP4, MOV, MKV, WebM, AVI or MXF, pictures PNG, JPEG, TIFF, EXR, DPX or GIF.</source>
        <translation>没有可导入的内容：片段为 MP4、MOV、MKV、WebM、AVI 或 MXF，图片为 PNG、JPEG、TIFF、EXR、DPX 或 GIF。</translation>
    </message>
    <message>
        <source>A shot holds up to %1 references. Remove one first.</source>
        <translation>一个镜头最多 %1 张参考图。请先移除一张。</translation>
    </message>
    <message>
        <source>Split shot</source>
        <translation>分割镜头</translation>
    </message>
    <message>
        <source>Remove shot</source>
        <translation>移除镜头</translation>
    </message>
    <message>
        <source>There is no media yet whose properties could be shown. Import some first.</source>
        <translation>还没有可显示属性的媒体。请先导入。</translation>
    </message>
</context>
<context>
    <name>pai::ui::SoundMeter</name>
    <message>
        <source>Sound level</source>
        <translation>音频电平</translation>
    </message>
    <message>
        <source>Peak level of the sound in dBFS, before volume and mute. Click to clear the peak.</source>
        <translation>音频的峰值电平（dBFS），不受音量和静音影响。单击可清除峰值。</translation>
    </message>
    <message>
        <source>The sound was clipped</source>
        <translation>音频发生削波</translation>
    </message>
    <message>
        <source>Highest peak %1 dBFS</source>
        <translation>最高峰值 %1 dBFS</translation>
    </message>
</context>
<context>
    <name>pai::ui::Studio</name>
    <message>
        <source>Scopes</source>
        <translation>示波器</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>As opened</source>
        <translation>打开时的状态</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Media</source>
        <translation>媒体</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Solving the camera, %1 %</source>
        <translation>正在解算摄影机，%1 %</translation>
    </message>
    <message>
        <source>%1[*] – PAI-Studio</source>
        <translation>%1[*] – PAI-Studio</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Making a proxy of %1, %2 %</source>
        <translation>正在制作 %1 的代理，%2 %</translation>
    </message>
    <message>
        <source>Markers</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>面板</translation>
    </message>
</context>
<context>
    <name>pai::ui::TakesPanel</name>
    <message>
        <source>No takes of this shot yet. Each finished render becomes a take; none is ever deleted by undo.</source>
        <translation>此镜头还没有版本。每次完成的渲染都成为一个版本；撤销不会删除任何版本。</translation>
    </message>
    <message>
        <source>Takes of the shot</source>
        <translation>镜头的版本</translation>
    </message>
    <message>
        <source>Note on this take</source>
        <translation>此版本的备注</translation>
    </message>
    <message>
        <source>Choose for delivery</source>
        <translation>选定用于交付</translation>
    </message>
    <message>
        <source>Use these settings</source>
        <translation>使用这些设置</translation>
    </message>
    <message>
        <source>Show the file in its folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>stale</source>
        <translation>已过时</translation>
    </message>
    <message>
        <source>file missing</source>
        <translation>文件缺失</translation>
    </message>
    <message>
        <source>Changed since: %1</source>
        <translation>此后有更改：%1</translation>
    </message>
    <message>
        <source>Use the settings of %1</source>
        <translation>使用 %1 的设置</translation>
    </message>
    <message>
        <source>spliced</source>
        <translation>拼接</translation>
    </message>
    <message>
        <source>Splicing needs another take of the same frames</source>
        <translation>拼接需要另一个含有相同帧的版本</translation>
    </message>
    <message>
        <source>Only what a model pack generated, and is still kept, can be finished again</source>
        <translation>只有模型包生成且仍保留的结果可以重新完成</translation>
    </message>
</context>
<context>
    <name>pai::ui::TimelineView</name>
    <message>
        <source>Timeline position</source>
        <translation>时间线位置</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Shots, references, matte, camera and takes over time</source>
        <translation>随时间的镜头、参考图、遮罩、摄影机和版本</translation>
    </message>
    <message>
        <source>Frame of the reference</source>
        <translation>参考图的帧号</translation>
    </message>
    <message>
        <source>Marker %1, %2, selected. Arrow keys move it, Enter opens it, Delete removes it, Escape leaves it.</source>
        <translation>已选中标记 %1，%2。方向键移动，Enter 打开，Delete 移除，Escape 取消选择。</translation>
    </message>
    <message>
        <source>outside the shot</source>
        <translation>在镜头之外</translation>
    </message>
    <message>
        <source>Reference %1, %2, frame %3, selected. Arrow keys move it, Enter types a frame, Delete removes it, Escape leaves it.</source>
        <translation>已选中参考图 %1，%2，第 %3 帧。方向键移动，Enter 输入帧号，Delete 移除，Escape 取消选择。</translation>
    </message>
</context>
<context>
    <name>pai::ui::ViewerCanvas</name>
    <message>
        <source>Viewer</source>
        <translation>查看器</translation>
    </message>
    <message>
        <source>x %1  y %2   R %3  G %4  B %5  A %6</source>
        <translation>x %1  y %2   R %3  G %4  B %5  A %6</translation>
    </message>
</context>
<context>
    <name>pai::ui::ViewerController</name>
    <message>
        <source>This picture can't be shown</source>
        <translation>无法显示此画面</translation>
    </message>
    <message>
        <source>No shot yet</source>
        <translation>还没有镜头</translation>
    </message>
    <message>
        <source>Drop a green-screen clip on the timeline, or import one with Ctrl+I.</source>
        <translation>将绿幕片段拖到时间线上，或按 Ctrl+I 导入。</translation>
    </message>
    <message>
        <source>The plate is offline</source>
        <translation>底片离线</translation>
    </message>
    <message>
        <source>Your edits are kept. Relink it in the media bin.</source>
        <translation>您的编辑已保留。请在媒体库中重新链接。</translation>
    </message>
    <message>
        <source>No take to show</source>
        <translation>没有可显示的版本</translation>
    </message>
    <message>
        <source>Render the shot, or select a take in the Takes panel.</source>
        <translation>请渲染镜头，或在“版本”面板中选择一个版本。</translation>
    </message>
    <message>
        <source>Preparing the plate…</source>
        <translation>正在准备底片…</translation>
    </message>
    <message>
        <source>Preparing the matte…</source>
        <translation>正在准备遮罩…</translation>
    </message>
    <message>
        <source>Preparing the composite…</source>
        <translation>正在准备合成…</translation>
    </message>
    <message>
        <source>Quick key while moving</source>
        <translation>移动时为快速抠像</translation>
    </message>
    <message>
        <source>Preparing the background…</source>
        <translation>正在准备背景…</translation>
    </message>
    <message>
        <source>Preparing the relit foreground…</source>
        <translation>正在准备重打光前景…</translation>
    </message>
    <message>
        <source>Preparing the take…</source>
        <translation>正在准备版本…</translation>
    </message>
    <message>
        <source>This take covers no frame of the shot as it is now; the plate is shown</source>
        <translation>此版本不包含镜头当前范围内的任何帧；显示的是底片</translation>
    </message>
    <message>
        <source>This take covers %1 to %2; the plate is shown here</source>
        <translation>此版本覆盖 %1 至 %2；此处显示的是底片</translation>
    </message>
</context>
<context>
    <name>pai::ui::ViewerPanel</name>
    <message>
        <source>Plate</source>
        <translation>底片</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>Composite</source>
        <translation>合成</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>比较对象</translation>
    </message>
    <message>
        <source>What to compare with</source>
        <translation>与什么比较</translation>
    </message>
    <message>
        <source>Checker</source>
        <translation>棋盘格</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>黑色</translation>
    </message>
    <message>
        <source>White</source>
        <translation>白色</translation>
    </message>
    <message>
        <source>Behind transparent pictures</source>
        <translation>透明画面的背后</translation>
    </message>
    <message>
        <source>What shows through where a picture is transparent</source>
        <translation>画面透明处显示什么</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>%1 fps, %2 dropped</source>
        <translation>%1 帧/秒，丢 %2 帧</translation>
    </message>
    <message>
        <source>%1 fps</source>
        <translation>%1 帧/秒</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>Display: viewer transform, exposure, gamma, channels</source>
        <translation>显示：显示变换、曝光、伽马、通道</translation>
    </message>
    <message>
        <source>Display</source>
        <translation>显示</translation>
    </message>
</context>
<context>
    <name>pai::ui::WelcomePage</name>
    <message>
        <source>The same performance, in a new place.</source>
        <translation>同一场表演，置身新的场景。</translation>
    </message>
    <message>
        <source>Bring in the shot</source>
        <translation>导入镜头</translation>
    </message>
    <message>
        <source>Drop a clip filmed in front of a green screen, or one with a matte.</source>
        <translation>拖入绿幕前拍摄的片段，或带遮罩的片段。</translation>
    </message>
    <message>
        <source>Place the references</source>
        <translation>放置参考图</translation>
    </message>
    <message>
        <source>Drop pictures of the new place on the timeline, where they belong.</source>
        <translation>将新场景的图片拖到时间线上所属的位置。</translation>
    </message>
    <message>
        <source>Look and render</source>
        <translation>查看并渲染</translation>
    </message>
    <message>
        <source>Scrub the composite, refine the matte, render the take.</source>
        <translation>浏览合成，精修遮罩，渲染版本。</translation>
    </message>
    <message>
        <source>Import media…</source>
        <translation>导入媒体…</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>打开项目…</translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation>打开示例</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>最近的项目</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>欢迎</translation>
    </message>
</context>
<context>
    <name>pai::ui::CurvesPanel</name>
    <message>
        <source>Camera</source>
        <translation>摄影机</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>遮罩</translation>
    </message>
    <message>
        <source>Render speed</source>
        <translation>渲染速度</translation>
    </message>
    <message>
        <source>Curves of</source>
        <translation>曲线内容</translation>
    </message>
    <message>
        <source>Curves over the shot</source>
        <translation>镜头曲线</translation>
    </message>
    <message>
        <source>Seconds per step</source>
        <translation>每步秒数</translation>
    </message>
    <message>
        <source>Seconds per frame</source>
        <translation>每帧秒数</translation>
    </message>
    <message>
        <source>Coverage, %</source>
        <translation>覆盖率，%</translation>
    </message>
    <message>
        <source>Holes, %</source>
        <translation>破洞，%</translation>
    </message>
    <message>
        <source>Chatter, %</source>
        <translation>抖动，%</translation>
    </message>
    <message>
        <source>Spill, %</source>
        <translation>溢色，%</translation>
    </message>
    <message>
        <source>Pan, px</source>
        <translation>水平，像素</translation>
    </message>
    <message>
        <source>Tilt, px</source>
        <translation>俯仰，像素</translation>
    </message>
    <message>
        <source>Zoom, %</source>
        <translation>缩放，%</translation>
    </message>
    <message>
        <source>Roll, °</source>
        <translation>滚转，°</translation>
    </message>
    <message>
        <source>The matte&apos;s curves appear as frames are analysed.</source>
        <translation>逐帧分析时显示遮罩曲线。</translation>
    </message>
    <message>
        <source>The speed of a render appears while it runs.</source>
        <translation>渲染进行时显示其速度。</translation>
    </message>
    <message>
        <source>%1 from %2 to %3</source>
        <translation>%1：从 %2 到 %3</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Change by step</source>
        <translation>每步变化</translation>
    </message>
    <message>
        <source>Change of the preview, %</source>
        <translation>预览变化，%</translation>
    </message>
    <message>
        <source>How much each step changes the pictures appears while a model pack samples.</source>
        <translation>模型包采样时会显示每一步对画面的改变。</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>光</translation>
    </message>
    <message>
        <source>Exposure, stops</source>
        <translation>曝光，档</translation>
    </message>
    <message>
        <source>Red over blue, stops</source>
        <translation>红比蓝，档</translation>
    </message>
    <message>
        <source>Left to right, stops</source>
        <translation>由左至右，档</translation>
    </message>
    <message>
        <source>Top to bottom, stops</source>
        <translation>由上至下，档</translation>
    </message>
    <message>
        <source>How the light is changed appears when the scene is solved.</source>
        <translation>求解场景后显示光线如何改变。</translation>
    </message>
    <message>
        <source>Set a keyframe at the playhead</source>
        <translation>在播放头处设置关键帧</translation>
    </message>
    <message>
        <source>Remove the selected keyframes</source>
        <translation>移除所选关键帧</translation>
    </message>
    <message>
        <source>Value of the camera to edit</source>
        <translation>要编辑的摄影机数值</translation>
    </message>
    <message>
        <source>The value to edit; the others lie behind it, each as high as it goes</source>
        <translation>要编辑的数值；其余曲线显示在后面，各自占满高度</translation>
    </message>
    <message>
        <source>Keyframes</source>
        <translation>关键帧</translation>
    </message>
    <message>
        <source>How the keyframe goes on to the next</source>
        <translation>关键帧到下一个的插值方式</translation>
    </message>
</context>
<context>
    <name>pai::ui::FramingTool</name>
    <message>
        <source>Frame reference</source>
        <translation>调整参考图构图</translation>
    </message>
    <message>
        <source>Reference framing: moved %1 % across and %2 % down, scale %3, rotated %4 degrees</source>
        <translation>参考图构图：横移 %1 %，下移 %2 %，缩放 %3，旋转 %4 度</translation>
    </message>
    <message>
        <source>Drag to move, a corner to scale, the knob to rotate; 0 resets</source>
        <translation>拖动以移动，拖角以缩放，拖圆钮以旋转；按 0 复位</translation>
    </message>
</context>
<context>
    <name>SampleProject</name>
    <message>
        <source>Key</source>
        <translation>抠像</translation>
    </message>
</context>
<context>
    <name>pai::ui::ScopesPanel</name>
    <message>
        <source>Waveform</source>
        <translation>波形</translation>
    </message>
    <message>
        <source>RGB parade</source>
        <translation>RGB 分量</translation>
    </message>
    <message>
        <source>Vectorscope</source>
        <translation>矢量示波器</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>Scope</source>
        <translation>示波器</translation>
    </message>
    <message>
        <source>Scope of the viewer&apos;s picture</source>
        <translation>检视器画面的示波器</translation>
    </message>
    <message>
        <source>Luma %1 to %2 %, mean %3 %   R %4  G %5  B %6</source>
        <translation>亮度 %1 到 %2 %，平均 %3 %   R %4  G %5  B %6</translation>
    </message>
    <message>
        <source>Of the picture before
%1</source>
        <translation>属于先前的画面
%1</translation>
    </message>
    <message>
        <source>Of a quick key
%1</source>
        <translation>属于快速抠像
%1</translation>
    </message>
</context>
<context>
    <name>ShapeEdits</name>
    <message>
        <source>Garbage polygon</source>
        <translation>垃圾遮罩多边形</translation>
    </message>
    <message>
        <source>Keep polygon</source>
        <translation>保留多边形</translation>
    </message>
    <message>
        <source>Draw polygon</source>
        <translation>绘制多边形</translation>
    </message>
    <message>
        <source>Add polygon point</source>
        <translation>添加多边形顶点</translation>
    </message>
    <message>
        <source>Remove polygon point</source>
        <translation>删除多边形顶点</translation>
    </message>
    <message>
        <source>Set polygon keyframe</source>
        <translation>设置多边形关键帧</translation>
    </message>
    <message>
        <source>Remove polygon keyframe</source>
        <translation>删除多边形关键帧</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>Draw region</source>
        <translation>绘制区域</translation>
    </message>
</context>
<context>
    <name>pai::ui::ShapeRows</name>
    <message>
        <source>Outline</source>
        <translation>轮廓</translation>
    </message>
    <message>
        <source>Edit it in the viewer. What moves leaves a keyframe at the playhead.</source>
        <translation>在检视器中编辑。移动后会在播放头处留下关键帧。</translation>
    </message>
    <message>
        <source>Previous keyframe of the outline</source>
        <translation>轮廓的上一个关键帧</translation>
    </message>
    <message>
        <source>Set or remove a keyframe of the outline here</source>
        <translation>在此设置或删除轮廓关键帧</translation>
    </message>
    <message>
        <source>Next keyframe of the outline</source>
        <translation>轮廓的下一个关键帧</translation>
    </message>
    <message>
        <source>Smooth outline</source>
        <translation>平滑轮廓</translation>
    </message>
    <message>
        <source>Straight outline</source>
        <translation>直线轮廓</translation>
    </message>
    <message numerus="yes">
        <source>%n keyframes, one here</source>
        <translation>
            <numerusform>%n 个关键帧，此处有一个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n keyframes</source>
        <translation>
            <numerusform>%n 个关键帧</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pai::ui::ShapeTool</name>
    <message>
        <source>Move polygon</source>
        <translation>移动多边形</translation>
    </message>
    <message>
        <source>Move polygon point</source>
        <translation>移动多边形顶点</translation>
    </message>
    <message numerus="yes">
        <source>Drawing a polygon, %n points</source>
        <translation>
            <numerusform>正在绘制多边形，%n 个顶点</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Polygon with %n points</source>
        <translation>
            <numerusform>多边形，%n 个顶点</numerusform>
        </translation>
    </message>
    <message>
        <source>Point %1 of %2, at %3 % across and %4 % down</source>
        <translation>第 %1 个顶点，共 %2 个，横 %3 %，纵 %4 %</translation>
    </message>
    <message>
        <source>Click for points; the first one again or Enter closes, Escape gives up</source>
        <translation>单击添加顶点；再次单击首点或按回车闭合，Esc 放弃</translation>
    </message>
    <message>
        <source>Drag points or the whole; double-click an edge for a new point; Delete removes one</source>
        <translation>拖动顶点或整体；双击边线添加顶点；Delete 删除顶点</translation>
    </message>
</context>
<context>
    <name>ShotEdits</name>
    <message>
        <source>Mark as not reviewed</source>
        <translation>标为未审</translation>
    </message>
    <message>
        <source>Mark as reviewed</source>
        <translation>标为已审</translation>
    </message>
    <message>
        <source>Split shot</source>
        <translation>拆分镜头</translation>
    </message>
    <message>
        <source>Trim shot</source>
        <translation>修剪镜头</translation>
    </message>
    <message>
        <source>Move shot</source>
        <translation>移动镜头</translation>
    </message>
</context>
<context>
    <name>pai::ui::ViewerTools</name>
    <message>
        <source>Select a reference on the timeline to frame it.</source>
        <translation>请先在时间线上选择一张参考图。</translation>
    </message>
</context>
<context>
    <name>EngineSettings</name>
    <message>
        <source>The draft has no sampling: steps and guidance are for model packs.</source>
        <translation>草稿没有采样：步数与引导只用于模型包。</translation>
    </message>
    <message>
        <source>The draft makes its pictures from the references; the prompt is for model packs.</source>
        <translation>草稿由参考图生成画面；提示词只用于模型包。</translation>
    </message>
    <message>
        <source>This pack makes its pictures from the prompt alone; references are not shown to it.</source>
        <translation>此模型包只按提示词生成画面，不使用参考图。</translation>
    </message>
    <message>
        <source>This pack sees each reference whole: strength is for the draft and for VACE packs.</source>
        <translation>此模型包完整使用每张参考图：强度只用于草稿和 VACE 模型包。</translation>
    </message>
    <message>
        <source>This pack lights the subject itself: these settings are for the draft and for VACE packs.</source>
        <translation>此模型包自行为主体打光：这些设置只用于草稿和 VACE 模型包。</translation>
    </message>
</context>
<context>
    <name>SlotEdits</name>
    <message>
        <source>Separate references</source>
        <translation>分开参考图</translation>
    </message>
</context>
<context>
    <name>pai::ui::SpliceDialog</name>
    <message>
        <source>Splice %1 into another take</source>
        <translation>将 %1 拼入另一版本</translation>
    </message>
    <message>
        <source>%1, frames %2 to %3</source>
        <translation>%1，第 %2 至 %3 帧</translation>
    </message>
    <message>
        <source>Into</source>
        <translation>拼入</translation>
    </message>
    <message>
        <source>First frame</source>
        <translation>首帧</translation>
    </message>
    <message>
        <source>Last frame</source>
        <translation>末帧</translation>
    </message>
    <message>
        <source> frames</source>
        <translation> 帧</translation>
    </message>
    <message>
        <source>Frames of the range over which one take becomes the other, at each end</source>
        <translation>在范围两端，由一个版本过渡到另一版本所用的帧数</translation>
    </message>
    <message>
        <source>Dissolve</source>
        <translation>叠化</translation>
    </message>
    <message>
        <source>The whole frame</source>
        <translation>整个画面</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>区域</translation>
    </message>
    <message>
        <source> px</source>
        <translation> 像素</translation>
    </message>
    <message>
        <source>Feather</source>
        <translation>羽化</translation>
    </message>
    <message>
        <source>Splice</source>
        <translation>拼接</translation>
    </message>
    <message>
        <source>The last frame lies before the first.</source>
        <translation>末帧在首帧之前。</translation>
    </message>
    <message>
        <source>Outside these frames, and outside the region and its feather, every pixel stays as it is in %1.</source>
        <translation>在这些帧之外，以及区域及其羽化之外，每个像素都与 %1 相同。</translation>
    </message>
    <message>
        <source>Outside these frames every pixel stays as it is in %1.</source>
        <translation>在这些帧之外，每个像素都与 %1 相同。</translation>
    </message>
    <message>
        <source>The result is a new take, stored without loss.</source>
        <translation>结果是一个新版本，无损保存。</translation>
    </message>
    <message>
        <source>The result is a new take, stored without further loss. It is made of the takes&apos; files, which are kept in 8 bits; Preferences can keep new takes in 10.</source>
        <translation>结果是一个新版本，不再有损失。它由版本文件制成，而这些文件以 8 位保存；可在首选项中改为以 10 位保存新版本。</translation>
    </message>
</context>
<context>
    <name>pai::ui::ColourDialog</name>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>OpenColorIO configuration</source>
        <translation>OpenColorIO 配置</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Use the built-in spaces</source>
        <translation>使用内置色彩空间</translation>
    </message>
    <message>
        <source>Viewer</source>
        <translation>检视器</translation>
    </message>
    <message>
        <source>Shown through</source>
        <translation>显示变换</translation>
    </message>
    <message>
        <source>Input transforms</source>
        <translation>输入变换</translation>
    </message>
    <message>
        <source>Media</source>
        <translation>媒体</translation>
    </message>
    <message>
        <source>Colour space</source>
        <translation>色彩空间</translation>
    </message>
    <message>
        <source>Media and their colour spaces</source>
        <translation>媒体及其色彩空间</translation>
    </message>
    <message>
        <source>Selected media</source>
        <translation>所选媒体</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>OpenColorIO configurations (*.ocio);;All files (*)</source>
        <translation>OpenColorIO 配置 (*.ocio);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Reading %1…</source>
        <translation>正在读取 %1…</translation>
    </message>
    <message>
        <source>None: the built-in spaces</source>
        <translation>无：内置色彩空间</translation>
    </message>
    <message>
        <source>The environment&apos;s OCIO goes before the project&apos;s.</source>
        <translation>环境变量 OCIO 优先于工程的配置。</translation>
    </message>
    <message>
        <source>%1 input spaces, %2 viewer transforms</source>
        <translation>%1 个输入空间，%2 个显示变换</translation>
    </message>
</context>
<context>
    <name>ColourEdits</name>
    <message>
        <source>Colour space of “%1”</source>
        <translation>“%1”的色彩空间</translation>
    </message>
    <message>
        <source>Use no colour configuration</source>
        <translation>不使用颜色配置</translation>
    </message>
    <message>
        <source>Use the colour configuration “%1”</source>
        <translation>使用颜色配置“%1”</translation>
    </message>
    <message numerus="yes">
        <source>Colour space of %n media</source>
        <translation>
            <numerusform>%n 个媒体的色彩空间</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ColourSpaces</name>
    <message>
        <source>As tagged</source>
        <translation>按文件标记</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>线性</translation>
    </message>
</context>
<context>
    <name>pai::ui::SpaceRow</name>
    <message>
        <source>What its code values mean: the input transform</source>
        <translation>其码值的含义：输入变换</translation>
    </message>
    <message>
        <source>%1 (not in the configuration)</source>
        <translation>%1（配置中没有）</translation>
    </message>
    <message>
        <source>The configuration&apos;s first</source>
        <translation>配置的第一个</translation>
    </message>
    <message>
        <source>As coded (linear: sRGB)</source>
        <translation>按编码（线性：sRGB）</translation>
    </message>
    <message>
        <source>What the code values of the files mean</source>
        <translation>文件中码值的含义</translation>
    </message>
</context>
<context>
    <name>pai::ui::DisplayPanel</name>
    <message>
        <source>Display</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Shown through</source>
        <translation>显示变换</translation>
    </message>
    <message>
        <source>For viewing only; no render has them:</source>
        <translation>仅用于观看，不影响渲染：</translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation>曝光</translation>
    </message>
    <message>
        <source> stops</source>
        <translation> 档</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>伽马</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>彩色</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>红</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>Luma</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
</context>
<context>
    <name>pai::ui::PreferencesDialog</name>
    <message>
        <source>Make the shot&apos;s pictures ahead while nothing moves</source>
        <translation>画面静止时预先生成镜头画面</translation>
    </message>
    <message>
        <source>They are there at once when you play or scrub: the ruler&apos;s green line. Off spares the processors; a frame is then made when it is first shown.</source>
        <translation>播放或拖动时可立即显示，即标尺上的绿线。关闭可减轻处理器负担；此时每一帧在首次显示时才生成。</translation>
    </message>
    <message>
        <source>Keeps all processors busy until the shot is made; renders go first.</source>
        <translation>在镜头画面全部生成之前会占用所有处理器；渲染优先。</translation>
    </message>
    <message>
        <source>Quick pictures while moving</source>
        <translation>移动时显示快速画面</translation>
    </message>
    <message>
        <source>While you play or scrub the composite, frames that are not made yet are keyed quickly; the viewer says so. Where the playhead rests, the true picture follows.</source>
        <translation>播放或拖动合成画面时，尚未生成的帧使用快速抠像，检视器会注明。播放头停下后即显示真实画面。</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>首选项</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Memory for frames</source>
        <translation>帧缓存内存</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>Frames kept for stepping and scrubbing, beyond what the program itself needs.</source>
        <translation>为逐帧和拖动播放保留的帧，不含程序自身所需内存。</translation>
    </message>
    <message>
        <source>Proxies</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Make proxies of long clips in the background</source>
        <translation>在后台为长片段制作代理</translation>
    </message>
    <message>
        <source>Small copies, used for small pictures alone; renders and full-size pictures read the clip itself.</source>
        <translation>小尺寸副本，仅用于小画面；渲染和全尺寸画面读取片段本身。</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Recovery</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Keep a copy of unsaved work every</source>
        <translation>保留未保存工作副本的间隔</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>And after every 25 edits. After a crash the next start offers it.</source>
        <translation>每 25 次编辑也会保留一次。崩溃后下次启动时可恢复。</translation>
    </message>
    <message>
        <source>Folder for proxies</source>
        <translation>代理文件夹</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>%1 in use</source>
        <translation>已用 %1</translation>
    </message>
    <message>
        <source>Clearing…</source>
        <translation>正在清除…</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Keep takes in 10 bits (ProRes 422 HQ), about 30 times as large</source>
        <translation>以 10 位保存版本（ProRes 422 HQ），体积约为 30 倍</translation>
    </message>
    <message>
        <source>An export makes its pictures again and does not read the take&apos;s file; only spliced takes are made of it.</source>
        <translation>导出会重新生成画面，不读取版本文件；只有拼接的版本由这些文件制成。</translation>
    </message>
</context>
<context>
    <name>pai::app::PreviewFrameSource</name>
    <message>
        <source>No proxy was made: %1</source>
        <translation>未制作代理：%1</translation>
    </message>
</context>
<context>
    <name>Relink</name>
    <message>
        <source>Relink “%1”</source>
        <translation>重新链接“%1”</translation>
    </message>
    <message numerus="yes">
        <source>Relink %n media</source>
        <translation>
            <numerusform>重新链接 %n 个媒体</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pai::ui::RelinkDialog</name>
    <message>
        <source>Relink missing media</source>
        <translation>重新链接缺失的媒体</translation>
    </message>
    <message>
        <source>Choose a folder to look through, with all beneath it: files are known by their content where the project has it, else by their name. Or show where a single one is.</source>
        <translation>选择要查找的文件夹（含其下所有内容）：工程记有内容时按内容识别文件，否则按名称识别。也可逐个指明位置。</translation>
    </message>
    <message>
        <source>Missing media</source>
        <translation>缺失的媒体</translation>
    </message>
    <message>
        <source>Where it is now</source>
        <translation>现在的位置</translation>
    </message>
    <message>
        <source>Search a folder…</source>
        <translation>查找文件夹…</translation>
    </message>
    <message>
        <source>Locate the selected…</source>
        <translation>定位所选…</translation>
    </message>
    <message>
        <source>Stop the search</source>
        <translation>停止查找</translation>
    </message>
    <message>
        <source>Relink</source>
        <translation>重新链接</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Looking: %1 files seen</source>
        <translation>正在查找：已查看 %1 个文件</translation>
    </message>
    <message>
        <source>Comparing contents: %1 of %2</source>
        <translation>正在比较内容：%1 / %2</translation>
    </message>
    <message>
        <source>The search was stopped.</source>
        <translation>查找已停止。</translation>
    </message>
    <message>
        <source>Folder to look through</source>
        <translation>要查找的文件夹</translation>
    </message>
    <message>
        <source>Where is “%1” now?</source>
        <translation>“%1”现在在哪里？</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>not found yet</source>
        <translation>尚未找到</translation>
    </message>
    <message>
        <source>%1 (another size than before)</source>
        <translation>%1（大小与之前不同）</translation>
    </message>
    <message>
        <source>It was at %1</source>
        <translation>原位置：%1</translation>
    </message>
    <message>
        <source>Nothing is missing.</source>
        <translation>没有缺失的媒体。</translation>
    </message>
    <message>
        <source>%1 of %2 found</source>
        <translation>已找到 %1 / %2</translation>
    </message>
    <message numerus="yes">
        <source>Relink %n media</source>
        <translation>
            <numerusform>重新链接 %n 个媒体</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pai::app::PackForecast</name>
    <message>
        <source>pai-infer is not beside this program</source>
        <translation>pai-infer 不在本程序旁边</translation>
    </message>
</context>
<context>
    <name>RepairEdits</name>
    <message>
        <source>Repair the matte</source>
        <translation>修补遮罩</translation>
    </message>
    <message>
        <source>Leave the matte unrepaired</source>
        <translation>不修补遮罩</translation>
    </message>
    <message>
        <source>Refuse repair</source>
        <translation>拒绝修补</translation>
    </message>
    <message>
        <source>Accept repair</source>
        <translation>接受修补</translation>
    </message>
</context>
<context>
    <name>pai::ui::RepairRows</name>
    <message>
        <source>Repairs</source>
        <translation>修补</translation>
    </message>
    <message>
        <source>Repair holes and drop-outs</source>
        <translation>修补破洞和单帧缺失</translation>
    </message>
    <message>
        <source>What one frame&apos;s matte lacks and the frames on both sides agree about is filled from them.</source>
        <translation>某一帧遮罩缺失、而前后两帧一致具有的部分，由前后帧补上。</translation>
    </message>
    <message>
        <source>Repairs of the matte; a tick is a repair in use</source>
        <translation>遮罩的修补；勾选表示正在使用</translation>
    </message>
    <message>
        <source>Refuse</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>Accept again</source>
        <translation>重新接受</translation>
    </message>
    <message>
        <source>Off: the matte is used as it is.</source>
        <translation>已关闭：遮罩按原样使用。</translation>
    </message>
    <message>
        <source>Nothing to repair was found in the frames looked at so far.</source>
        <translation>目前查看过的帧中没有需要修补之处。</translation>
    </message>
    <message>
        <source>%1 found, %2 refused. Outlined in the matte view.</source>
        <translation>找到 %1 处，拒绝 %2 处。在遮罩视图中以轮廓标出。</translation>
    </message>
    <message>
        <source>Frame %1: %2 px from frames %3 and %4</source>
        <translation>第 %1 帧：%2 像素，取自第 %3 和 %4 帧</translation>
    </message>
    <message>
        <source>%1, refused</source>
        <translation>%1，已拒绝</translation>
    </message>
</context>
<context>
    <name>pai::ui::RepairMarks</name>
    <message>
        <source>Repair refused</source>
        <translation>修补已拒绝</translation>
    </message>
    <message>
        <source>Repaired from frames %1 and %2</source>
        <translation>由第 %1 和 %2 帧修补</translation>
    </message>
</context>
<context>
    <name>pai::ui::PositionField</name>
    <message>
        <source>Timecode</source>
        <translation>时间码</translation>
    </message>
    <message>
        <source>Timecode or frame to go to</source>
        <translation>要跳转到的时间码或帧</translation>
    </message>
    <message>
        <source>A timecode or its last parts, a frame of the shot, or a step: 10:24:37:05, 1:05, 48, +12, -1:00</source>
        <translation>时间码或其末尾几位、镜头内的帧号，或步进：10:24:37:05、1:05、48、+12、-1:00</translation>
    </message>
    <message>
        <source>Length of the timeline; in frames: %1</source>
        <translation>时间线总长，共 %1 帧</translation>
    </message>
    <message>
        <source>frame %1</source>
        <translation>第 %1 帧</translation>
    </message>
    <message>
        <source>Frame of the shot, counted from 0; the last one is %1</source>
        <translation>镜头内的帧号，从 0 起；最后一帧为 %1</translation>
    </message>
</context>
<context>
    <name>Position</name>
    <message>
        <source>Type a timecode such as 1:05, a frame such as 48, or a step such as +12 or -1:00.</source>
        <translation>请输入时间码（如 1:05）、帧号（如 48）或步进（如 +12、-1:00）。</translation>
    </message>
    <message>
        <source>Frames of a second go from 0 to %1 here.</source>
        <translation>此处每秒的帧号为 0 到 %1。</translation>
    </message>
    <message>
        <source>Minutes and seconds go from 0 to 59, hours to 23.</source>
        <translation>分和秒为 0 到 59，时最大为 23。</translation>
    </message>
    <message>
        <source>%1 is left out in drop-frame timecode.</source>
        <translation>丢帧时间码中没有 %1。</translation>
    </message>
    <message>
        <source>%1 lies outside: the timeline goes from %2 to %3.</source>
        <translation>%1 超出范围：时间线为 %2 到 %3。</translation>
    </message>
    <message>
        <source>The shot's last frame is %1.</source>
        <translation>镜头的最后一帧为 %1。</translation>
    </message>
</context>
<context>
    <name>pai::ui::CameraCurves</name>
    <message>
        <source>Camera keyframes</source>
        <translation>摄影机关键帧</translation>
    </message>
    <message>
        <source>Value of the keyframe</source>
        <translation>关键帧的值</translation>
    </message>
    <message>
        <source>%1, %2 keyframes.</source>
        <translation>%1，%2 个关键帧。</translation>
    </message>
    <message>
        <source>%1 keyframes selected.</source>
        <translation>已选中 %1 个关键帧。</translation>
    </message>
    <message>
        <source>No shot yet.</source>
        <translation>还没有镜头。</translation>
    </message>
    <message>
        <source>The camera&apos;s curves appear when it is solved. A double click here sets a keyframe by hand.</source>
        <translation>解算后显示摄影机曲线。在此双击可手动设置关键帧。</translation>
    </message>
    <message>
        <source>Keyframe at frame %1, %2, %3, selected.</source>
        <translation>已选中第 %1 帧的关键帧，%2，%3。</translation>
    </message>
    <message>
        <source>Frame %1: %2, %3
Drag to move in time and value, Shift for no snapping, arrow keys to nudge, Enter to type, right click for how it goes on, Delete to remove</source>
        <translation>第 %1 帧：%2，%3
拖动以移动时间和数值，按住 Shift 不吸附，方向键微调，回车输入数值，右键选择插值方式，Delete 移除</translation>
    </message>
</context>
<context>
    <name>KeyframeEdits</name>
    <message>
        <source>Paste keyframe</source>
        <translation>粘贴关键帧</translation>
    </message>
    <message>
        <source>Paste keyframes</source>
        <translation>粘贴关键帧（多个）</translation>
    </message>
    <message>
        <source>Remove keyframe</source>
        <translation>移除关键帧</translation>
    </message>
    <message>
        <source>Remove keyframes</source>
        <translation>移除关键帧（多个）</translation>
    </message>
    <message>
        <source>Keyframe: smooth</source>
        <translation>关键帧：平滑</translation>
    </message>
    <message>
        <source>Keyframe: linear</source>
        <translation>关键帧：线性</translation>
    </message>
    <message>
        <source>Keyframe: hold</source>
        <translation>关键帧：保持</translation>
    </message>
    <message>
        <source>Type camera keyframe</source>
        <translation>输入摄影机关键帧的值</translation>
    </message>
</context>
<context>
    <name>pai::ui::KeyframeSheet</name>
    <message>
        <source>Keyframes over time</source>
        <translation>随时间的关键帧</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄影机</translation>
    </message>
    <message>
        <source>%1, frame %2, %3</source>
        <translation>%1，第 %2 帧，%3</translation>
    </message>
    <message>
        <source>%1 keyframes in %2 rows.</source>
        <translation>%2 行中共 %1 个关键帧。</translation>
    </message>
    <message>
        <source>%1, selected.</source>
        <translation>已选中 %1。</translation>
    </message>
    <message>
        <source>%1 keyframes selected.</source>
        <translation>已选中 %1 个关键帧。</translation>
    </message>
    <message>
        <source>No shot yet.</source>
        <translation>还没有镜头。</translation>
    </message>
    <message>
        <source>A double click sets a keyframe</source>
        <translation>双击设置关键帧</translation>
    </message>
    <message>
        <source>Drag to move in time, Shift for no snapping, arrow keys to nudge, right click for how it goes on, Delete to remove</source>
        <translation>拖动以在时间上移动，按住 Shift 不吸附，方向键微调，右键选择插值方式，Delete 移除</translation>
    </message>
</context>
<context>
    <name>pai::ui::KeyframeCommands</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Paste at the playhead</source>
        <translation>粘贴到播放头处</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>pai::ui::CommandFinder</name>
    <message>
        <source>Find a command</source>
        <translation>查找命令</translation>
    </message>
    <message>
        <source>A word of the command, or its keys</source>
        <translation>命令中的词，或其快捷键</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>No command has these words.</source>
        <translation>没有包含这些词的命令。</translation>
    </message>
</context>
<context>
    <name>pai::ui::PropertiesDialog</name>
    <message>
        <source>Media properties</source>
        <translation>媒体属性</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>All of it, to paste into a mail or a report</source>
        <translation>全部内容，可粘贴到邮件或报告中</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>MediaProperties</name>
    <message>
        <source>Linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>%1 fps</source>
        <translation>%1 帧/秒</translation>
    </message>
    <message>
        <source>%1/%2 = %3 fps</source>
        <translation>%1/%2 = %3 帧/秒</translation>
    </message>
    <message>
        <source>%1 Mbit/s</source>
        <translation>%1 Mbit/s</translation>
    </message>
    <message>
        <source>%1 kbit/s</source>
        <translation>%1 kbit/s</translation>
    </message>
    <message>
        <source>Still picture</source>
        <translation>静态图片</translation>
    </message>
    <message>
        <source>Image sequence</source>
        <translation>图像序列</translation>
    </message>
    <message>
        <source>Clip, %1</source>
        <translation>片段，%1</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>%1 (%2 bytes)</source>
        <translation>%1（%2 字节）</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Size on disk</source>
        <translation>磁盘占用</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>not read yet, or left out for a file over 8 GiB</source>
        <translation>尚未读取，或因文件超过 8 GiB 而略过</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>, turned by %1°</source>
        <translation>，已旋转 %1°</translation>
    </message>
    <message>
        <source>1:1, square</source>
        <translation>1:1，方形</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>Pixel aspect</source>
        <translation>像素宽高比</translation>
    </message>
    <message>
        <source>not stated, taken as square</source>
        <translation>未标明，按方形处理</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>帧率</translation>
    </message>
    <message>
        <source>varies, shown at %1</source>
        <translation>可变，按 %1 显示</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message numerus="yes">
        <source>%n frames</source>
        <translation>
            <numerusform>%n 帧</numerusform></translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>场</translation>
    </message>
    <message>
        <source>none, progressive</source>
        <translation>无，逐行</translation>
    </message>
    <message>
        <source>interlaced, top field first</source>
        <translation>隔行，上场优先</translation>
    </message>
    <message>
        <source>interlaced, bottom field first</source>
        <translation>隔行，下场优先</translation>
    </message>
    <message>
        <source>Timecode</source>
        <translation>时间码</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>未标明</translation>
    </message>
    <message>
        <source>First frame number</source>
        <translation>首帧编号</translation>
    </message>
    <message>
        <source>%1 bits a component</source>
        <translation>每分量 %1 位</translation>
    </message>
    <message>
        <source>Codec</source>
        <translation>编解码器</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Bit rate</source>
        <translation>码率</translation>
    </message>
    <message>
        <source>Pixel format</source>
        <translation>像素格式</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>有</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>full</source>
        <translation>全范围</translation>
    </message>
    <message>
        <source>limited</source>
        <translation>有限范围</translation>
    </message>
    <message>
        <source>Primaries</source>
        <translation>原色</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>传递函数</translation>
    </message>
    <message>
        <source>Matrix</source>
        <translation>矩阵</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>not stated, taken as full</source>
        <translation>未标明，按全范围处理</translation>
    </message>
    <message>
        <source>not stated, taken as limited</source>
        <translation>未标明，按有限范围处理</translation>
    </message>
    <message>
        <source>Colour space here</source>
        <translation>此处的颜色空间</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>采样率</translation>
    </message>
    <message>
        <source>%1 Hz</source>
        <translation>%1 Hz</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>声道</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>none: the original serves all pictures</source>
        <translation>无：所有画面均取自原文件</translation>
    </message>
    <message>
        <source>being made, %1 %</source>
        <translation>正在生成，%1 %</translation>
    </message>
    <message>
        <source>ready, serves small pictures</source>
        <translation>就绪，用于小画面</translation>
    </message>
    <message>
        <source>plate of %1</source>
        <translation>%1 的底片</translation>
    </message>
    <message>
        <source>camera of %1</source>
        <translation>%1 的摄影机</translation>
    </message>
    <message>
        <source>reference of %1</source>
        <translation>%1 的参考图</translation>
    </message>
    <message>
        <source>matte of %1</source>
        <translation>%1 的遮罩</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>画面</translation>
    </message>
    <message>
        <source>Coding</source>
        <translation>编码</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>In this project</source>
        <translation>在此项目中</translation>
    </message>
    <message>
        <source>Used as</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>未使用</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>pai::ui::KeyframeSelection</name>
    <message>
        <source>Move keyframe</source>
        <translation>移动关键帧</translation>
    </message>
    <message>
        <source>Move keyframes</source>
        <translation>移动关键帧（多个）</translation>
    </message>
    <message>
        <source>Set camera keyframe</source>
        <translation>设置摄影机关键帧</translation>
    </message>
</context>
<context>
    <name>Notes</name>
    <message>
        <source>the frame rate varies; frames are shown one by one at %1 frames a second</source>
        <translation>帧率可变；各帧按每秒 %1 帧逐帧显示</translation>
    </message>
    <message>
        <source>the file is cut off or its index is wrong: it promises %1 frames and holds %2</source>
        <translation>文件被截断或索引有误：应有 %1 帧，实有 %2 帧</translation>
    </message>
    <message>
        <source>the picture is tagged as turned by %1 degrees; only quarter turns are applied</source>
        <translation>画面标记为旋转 %1 度；仅应用 90 度的倍数</translation>
    </message>
    <message>
        <source>the start timecode is not valid at this frame rate and was left out</source>
        <translation>起始时间码在此帧率下无效，已忽略</translation>
    </message>
    <message>
        <source>the timecode is not valid at this frame rate and was left out</source>
        <translation>时间码在此帧率下无效，已忽略</translation>
    </message>
    <message>
        <source>the clip is interlaced; its fields are shown together, deinterlace it before keying</source>
        <translation>片段为隔行；两场一起显示，请在抠像前去隔行</translation>
    </message>
    <message>
        <source>frame %1 is damaged and shown as far as it could be reconstructed</source>
        <translation>第 %1 帧已损坏，仅显示可恢复的部分</translation>
    </message>
    <message>
        <source>frame %1 is lost; its neighbour is shown</source>
        <translation>第 %1 帧丢失，以相邻帧代替显示</translation>
    </message>
    <message>
        <source>more frames are damaged</source>
        <translation>还有更多帧损坏</translation>
    </message>
    <message>
        <source>%1 frames of the sequence are missing; the frame before each gap is held</source>
        <translation>序列缺少 %1 帧；每处空缺保持前一帧</translation>
    </message>
    <message>
        <source>The reference at frame %1 lies outside the shot and is not shown</source>
        <translation>第 %1 帧的参考图在镜头之外，不显示</translation>
    </message>
    <message>
        <source>Two references stand at frame %1; only the first is shown</source>
        <translation>第 %1 帧有两张参考图；只显示第一张</translation>
    </message>
    <message>
        <source>There is no reference in the shot; the background is grey. Drop a picture of the new place on the timeline</source>
        <translation>镜头中没有参考图，背景为灰色。请将新场景的图片拖到时间线上</translation>
    </message>
    <message>
        <source>References at frames %1 and %2 do not overlap; the camera between them is guessed. Add a reference between them, footage of the real set, or camera keyframes</source>
        <translation>第 %1 帧与第 %2 帧的参考图没有重叠；其间的摄影机为推测。请在其间添加参考图、实景素材或摄影机关键帧</translation>
    </message>
    <message>
        <source>The camera clip has %1 frames, the shot %2; its camera is used frame by frame from the start</source>
        <translation>摄影机片段有 %1 帧，镜头有 %2 帧；其摄影机从开头起逐帧使用</translation>
    </message>
    <message>
        <source>The camera clip shows too little to track; use footage with more texture or camera keyframes</source>
        <translation>摄影机片段中可跟踪的内容太少；请使用纹理更多的素材或摄影机关键帧</translation>
    </message>
    <message>
        <source>No camera clip is set; choose footage of the real set or another camera source</source>
        <translation>未设置摄影机片段；请选择实景素材或其他摄影机来源</translation>
    </message>
    <message>
        <source>Nothing outside the matte can be tracked; the camera follows the references and the subject</source>
        <translation>遮罩之外没有可跟踪的内容；摄影机跟随参考图和主体</translation>
    </message>
    <message>
        <source>shot &apos;%1&apos; names a plate &apos;%2&apos; that the project does not hold</source>
        <translation>镜头“%1”引用了项目中没有的底片“%2”</translation>
    </message>
    <message>
        <source>reference &apos;%1&apos; names a media &apos;%2&apos; that the project does not hold</source>
        <translation>参考图“%1”引用了项目中没有的媒体“%2”</translation>
    </message>
    <message>
        <source>media &apos;%1&apos; is missing and keeps its path</source>
        <translation>媒体“%1”缺失，保留其路径</translation>
    </message>
    <message>
        <source>the take &apos;%1&apos; is missing and keeps its path</source>
        <translation>版本“%1”缺失，保留其路径</translation>
    </message>
    <message>
        <source>the colour configuration keeps its path: %1</source>
        <translation>颜色配置保留其路径：%1</translation>
    </message>
    <message>
        <source>%1: a record of a later version is skipped</source>
        <translation>%1：已跳过更新版本的记录</translation>
    </message>
    <message>
        <source>%1: a record is skipped: %2</source>
        <translation>%1：已跳过一条记录：%2</translation>
    </message>
    <message>
        <source>%1: outside its range, moved to the nearest allowed value</source>
        <translation>%1：超出范围，已改为最接近的允许值</translation>
    </message>
    <message>
        <source>%1: it is damaged or was cut off, and is skipped</source>
        <translation>%1：已损坏或被截断，已跳过</translation>
    </message>
</context>
<context>
    <name>CameraWords</name>
    <message>
        <source>Locked-off camera, no movement</source>
        <translation>摄影机固定，没有运动</translation>
    </message>
    <message>
        <source>Handheld camera held in place, with small shake</source>
        <translation>手持摄影机停在原处，轻微晃动</translation>
    </message>
    <message>
        <source>Camera held in place, almost no movement</source>
        <translation>摄影机停在原处，几乎不动</translation>
    </message>
    <message>
        <source>Handheld </source>
        <translation>手持拍摄，</translation>
    </message>
    <message>
        <source>Smooth </source>
        <translation>平稳地</translation>
    </message>
    <message>
        <source>pan to the right</source>
        <translation>向右摇</translation>
    </message>
    <message>
        <source>pan to the left</source>
        <translation>向左摇</translation>
    </message>
    <message>
        <source>tilt down</source>
        <translation>向下摇</translation>
    </message>
    <message>
        <source>tilt up</source>
        <translation>向上摇</translation>
    </message>
    <message>
        <source>push in</source>
        <translation>推近</translation>
    </message>
    <message>
        <source>pull out</source>
        <translation>拉远</translation>
    </message>
    <message>
        <source>roll clockwise</source>
        <translation>顺时针滚转</translation>
    </message>
    <message>
        <source>roll counter-clockwise</source>
        <translation>逆时针滚转</translation>
    </message>
    <message>
        <source>, fast in the first half and slower toward the end</source>
        <translation>，前半段快，临近结束时变慢</translation>
    </message>
    <message>
        <source>, slow at first and faster toward the end</source>
        <translation>，开始慢，临近结束时加快</translation>
    </message>
    <message>
        <source>, at a steady pace</source>
        <translation>，速度均匀</translation>
    </message>
    <message>
        <source>, with strong shake</source>
        <translation>，晃动强烈</translation>
    </message>
    <message>
        <source>, with small shake</source>
        <translation>，轻微晃动</translation>
    </message>
    <message>
        <source> and </source>
        <translation>并</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>.</source>
        <translation>。</translation>
    </message>
    <message>
        <source>Very wide lens, about %1 mm equivalent</source>
        <translation>超广角镜头，等效约 %1 mm</translation>
    </message>
    <message>
        <source>Wide lens, about %1 mm equivalent</source>
        <translation>广角镜头，等效约 %1 mm</translation>
    </message>
    <message>
        <source>Normal lens, about %1 mm equivalent</source>
        <translation>标准镜头，等效约 %1 mm</translation>
    </message>
    <message>
        <source>Short telephoto lens, about %1 mm equivalent</source>
        <translation>中长焦镜头，等效约 %1 mm</translation>
    </message>
    <message>
        <source>Telephoto lens, about %1 mm equivalent</source>
        <translation>长焦镜头，等效约 %1 mm</translation>
    </message>
    <message>
        <source>Zooming from about %1 mm to a longer lens</source>
        <translation>从约 %1 mm 变焦到更长焦距</translation>
    </message>
    <message>
        <source>Zooming from about %1 mm to a wider lens</source>
        <translation>从约 %1 mm 变焦到更广角</translation>
    </message>
</context>
</TS>
