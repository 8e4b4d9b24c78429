package cli

import "tcptutor/tcp/trace"

// words are what the command line says, in one language.
type words struct {
	rootShort, rootLong                string
	runShort, runLong, runExample      string
	checkShort, checkLong              string
	lessonShort, lessonLong            string
	quizShort, quizLong                string
	reviewShort                        string
	progressShort, progressLong        string
	verifyShort, verifyLong            string
	verifyHostFlag, verifyForFlag      string
	verifyNegative                     string // duration
	verifyWait                         string // host, duration
	plainFlag, dirFlag, asciiFlag      string
	noTerminal, noTerminalNext         string
	noLesson, noLessonNext             string // %q
	progressUnopened                   string // lesson, right, asked
	progressLine, progressTotal        string // lesson, steps seen, steps, right, asked; due, file
	helpShort, completionShort         string
	helpFlag, versionFlag              string
	badArgs                            string // the command with its arguments
	noCommand, nearCommand             string // word, the nearest command
	noFlag, noFlagValue, badFlagValue  string // flag, %q
	langFlag, formatFlag, whyFlag      string
	atFlag, untilFlag                  string
	bookFlag, setFlag, againstFlag     string
	againstText                        string
	againstFile                        string
	tryHelp                            string // command
	noLanguage                         string // %q
	noFormat                           string // %q, the formats
	binary, binaryNext                 string // file
	hostFlag, whichHost                string // the hosts
	noScript, noScriptNext             string // reason
	noHost                             string // %q, the hosts
	badBook                            string // flag, its value, what is wrong
	badSet                             string // flag, its value
	noSysctl                           string // %q
	badValue                           string // %q, sysctl, least, most
	badMoment                          string // %q, what is wrong
	noMoment, noMomentNext             string // %q
	noLessonOrFile, noLessonOrFileNext string // name
	noFile, noFileNext                 string // file
	slowFile, slowFileNext             string // file
	directory, directoryNext           string // file
	unreadable, unreadableNext         string // file, error
	hugeFile, emptyFile, binaryFile    string // file
	notScenarioNext, notScriptNext     string
	drillShort, drillLong              string
	drillBookFlag, jsonFlag            string
	strictFlag, stepFlag, defineFlag   string
	stepOne                            string // %d
	badDefine                          string // what was given
	drillPasses                        string // file, %d events
	drillFails                         string // file:line:col, problem
	drillUnread                        string // file
	drillRefused                       string // file, %d
	drillLine, drillCame, drillSteps   string
	drillSkipped                       string // line, text
	drillNote                          string // line
	endlessSteps                       string // %d
	endlessTime                        string // duration
	endlessNext                        string
	verifyEndlessNext                  string
	noMistakes                         string // file
	deadLine                           string // file, line, thread, its text, moment
	oneMistake, manyMistakes, mendNext string // %d
	liveShort, liveLong                string
	liveRunShort, liveRunLong          string
	liveHosts, liveHostsNext           string
	liveWire, liveWireNext             string
	liveAlready, liveAlreadyNext       string
	liveRunWhat, liveRunWhatNext       string
	noLive, noLiveNext, liveShut       string
	noProgram, noProgramNext           string // name
	noKernel                           string // what is missing
}

const runExample = `  tcptutor run handshake.tcp
  tcptutor run handshake.tcp --why
  tcptutor run handshake.tcp --format tcpdump --at server
  tcptutor run handshake.tcp --format pcapng --at client > client.pcapng
  tcptutor run handshake.tcp --format packetdrill --host server > server.pkt
  tcptutor run handshake.tcp --until "server enters ESTABLISHED" --format ss
  tcptutor run handshake.tcp --book server=rfc9293 --set client:tcp_syn_retries=1
  tcptutor run handshake.tcp --against linux+no-time-wait`

const drillExample = `  tcptutor packetdrill close.pkt
  tcptutor packetdrill --book rfc9293 --json *.pkt
  tcptutor packetdrill --step close.pkt
  tcptutor run handshake.tcp --format packetdrill --host server | tcptutor packetdrill -`

// wordsOf each language.
var wordsOf = [...]words{
	trace.English: {
		rootShort: "learn how TCP connections live and die",
		rootLong: "tcptutor teaches how TCP connections live and die, on a real protocol engine that you step:\n" +
			"hosts, the wire between them, the socket calls, the queues and the timers, on one clock.",
		runShort: "play a scenario and print every step",
		runLong: "Plays the scenario in FILE and prints every step: its time, what happened, each segment, each change\n" +
			"of state, each call that blocked or returned. FILE - is standard input.",
		runExample: runExample,
		checkShort: "find the mistakes in scenarios and lessons",
		checkLong: "Reads every PATH and says what is wrong in it, all of it: where, what was expected, and the line itself.\n" +
			"A file is a scenario, a folder is a lesson; - is standard input.",
		lessonShort: "step a lesson; without one, list them",
		lessonLong: "Opens the lesson on the screen, where you left it. With --plain it is printed as text, the runs and\n" +
			"predictions with it. With --dir it is read from a folder, to try a lesson that you write.",
		quizShort:   "be asked about a lesson, or about all of them",
		quizLong:    "Asks up to ten questions: first those whose review is due, then those you have not seen.",
		reviewShort: "be asked again what is due today",
		verifyShort: "hold a lesson or a scenario against this machine's kernel",
		verifyLong: "Runs the scenario by the engine, and once more with the real Linux kernel in the place of one host: its calls are\n" +
			"system calls, its segments packets in a namespace of their own. Prints both beside each other, explains the first\n" +
			"difference, and ends with status 1 if there is one. It takes as long as the scenario does.",
		verifyHostFlag:   "for whom the kernel stands in; without it, for each in turn",
		verifyForFlag:    "compare this much of the run only, such as 20s",
		verifyNegative:   "--for %v: want a time from the beginning of the run",
		verifyWait:       "%s is the kernel now: that takes %v",
		progressShort:    "print what you have learned so far",
		progressLong:     "Prints how far you are in each lesson, and where the progress is kept.",
		plainFlag:        "print the lesson as text",
		dirFlag:          "read the lesson from this folder",
		asciiFlag:        "draw with plain ASCII",
		noTerminal:       "the screen needs a terminal",
		noTerminalNext:   "start tcptutor in one, or print: tcptutor lesson handshake --plain, tcptutor run FILE",
		noLesson:         "there is no lesson %q",
		noLessonNext:     "tcptutor lesson lists them",
		progressUnopened: "%-12s not opened yet, %d of %d answers right\n",
		progressLine:     "%-12s step %d of %d, %d of %d answers right\n",
		progressTotal:    "%d questions due; kept in %s\n",
		helpShort:        "help about a command", completionShort: "make the shell complete commands and flags",
		helpFlag: "this help", versionFlag: "the program's version",
		badArgs:   "it is written so: %s",
		noCommand: "there is no command %q", nearCommand: "there is no command %q; do you mean %s?",
		noFlag: "there is no flag %s", noFlagValue: "the flag --%s wants a value", badFlagValue: "the flag --%s does not take %q",
		langFlag:    "language: en or zh; by default the locale's",
		formatFlag:  "how to print the run: %s",
		whyFlag:     "with text: the rules behind every step, and where each is written",
		atFlag:      "with tcpdump, ss, calls, pcapng: one host only",
		untilFlag:   "stop after this moment, such as \"client sends FIN\"",
		bookFlag:    "the rules of every host, or of one: [HOST=]BOOK",
		setFlag:     "a setting of every host, or of one: [HOST:]SYSCTL=VALUE",
		againstFlag: "print the run beside another one, by another [HOST=]BOOK or [HOST:]SYSCTL=VALUE",
		againstText: "--against prints text, not %s",
		againstFile: "as asked for",
		tryHelp:     "%s --help says how to use it",
		noLanguage:  "there is no language %q; there are en and zh",
		noFormat:    "there is no format %q; there are %s",
		binary:      "a pcapng file is no text: it would upset the terminal", binaryNext: "send it into a file: tcptutor run %s --format pcapng > run.pcapng",
		hostFlag:  "with packetdrill: whose end of the connection is written",
		whichHost: "a packetdrill script is one host's: name it with --host; there are %s",
		noScript:  "no packetdrill script can say this: %v", noScriptNext: "stop before that with --until, or write less into the scenario",
		noHost:    "this scenario has no host %q; it has %s",
		badBook:   "%s %s: %s",
		badSet:    "%s %s: want [HOST:]SYSCTL=VALUE, such as server:tcp_fin_timeout=10",
		noSysctl:  "no setting is called %q here; write it as sysctl does, such as net.ipv4.tcp_syn_retries",
		badValue:  "%q is no value for %s: want a whole number from %d to %d",
		badMoment: "--until %q: %s",
		noMoment:  "%q never happens in this run", noMomentNext: "leave out --until to see all that does happen",
		noLessonOrFile: "there is no lesson and no file called %s", noLessonOrFileNext: "tcptutor lesson lists the lessons",
		noFile: "there is no file %s", noFileNext: "look at the name again; - is standard input",
		slowFile:     "%s gave no end within a second",
		slowFileNext: "is anything writing to it? Standard input (-) may take as long as it likes",
		directory:    "%s is a directory", directoryNext: "name the files in it",
		unreadable: "can't read %s: %v", unreadableNext: "look at the name and at who may read it",
		hugeFile:        "%s is longer than 1 MiB",
		emptyFile:       "%s is empty",
		binaryFile:      "%s is not text",
		notScenarioNext: "a scenario is a few lines of text, such as: client connect(s, server:8080)",
		notScriptNext:   "a script is a few lines of text, such as: +0 < S 0:0(0) win 1000 <mss 1460>",
		drillShort:      "run packetdrill scripts against a host of the engine",
		drillLong: "Runs every packetdrill script FILE against one host: its calls are made, its segments (<) arrive, and what the\n" +
			"host sends has to be what the script expects (>), in content and time, no more and no less. A script that fails\n" +
			"shows the line, what came instead, and the last steps with their rules. Shell commands are never executed.\n" +
			"FILE - is standard input.",
		drillBookFlag: "the rules the host goes by",
		jsonFlag:      "print a JSON object a script",
		strictFlag:    "a script of which anything would be skipped fails",
		stepFlag:      "open the screen on the script",
		defineFlag:    "define NAME, or NAME=NUMBER, for #ifdef and for calls",
		stepOne:       "--step shows one script, not %d",
		badDefine:     "--define wants NAME or NAME=NUMBER, not %q",
		drillPasses:   "pass  %s: %d events\n",
		drillFails:    "FAIL  %s: %s\n",
		drillUnread:   "FAIL  %s: not run\n",
		drillRefused:  "FAIL  %s: not run, for with --strict nothing may be skipped (%d)\n",
		drillLine:     "the line:", drillCame: "what came instead:", drillSteps: "the last steps, and why:",
		drillSkipped:      "  line %d is skipped: %s\n",
		drillNote:         "Line %d",
		endlessSteps:      "this scenario does not end: it was stopped after %d steps",
		endlessTime:       "this scenario does not end: it was stopped after %v",
		endlessNext:       "name the moment to stop at (--until \"client sends SYN @5\"), or let it go on: limit time 2h, limit steps 200000",
		verifyEndlessNext: "say how much of it to compare: --for 5s",
		noMistakes:        "%s: no mistakes\n",
		deadLine:          "%s:%d: %s never came to %s: it waits for %q, which does not happen in this run\n",
		oneMistake:        "one mistake in %s", manyMistakes: "%d mistakes in %s",
		mendNext:  "mend the first one first: later ones may be its echo",
		liveShort: "talk TCP with this machine's own kernel, by hand",
		liveLong: "Opens the screen on one end of a real connection: a host of the engine that you step. At the other end is this\n" +
			"machine's kernel, in a network namespace of its own; curl there really waits for the SYN,ACK that you let go.\n" +
			"Without FILE the host is a small web server. FILE is a scenario of one host. Nothing leaves the machine.",
		liveRunShort: "run a command on the kernel's side",
		liveRunLong: "Runs COMMAND in the network namespace of the live run that is open in another terminal.\n" +
			"Its input and output are this terminal's, its exit status is the command's.",
		liveHosts:       "a live run has one host of the engine's; the scenario names more",
		liveHostsNext:   "leave out the others: the kernel takes their place",
		liveWire:        "a live run has a real wire; the scenario does something to it",
		liveWireNext:    "leave out its drop, delay, duplicate, reorder, unreachable and inject lines",
		liveAlready:     "a live run is open already",
		liveAlreadyNext: "use that one: tcptutor live run COMMAND; or end it with q",
		liveRunWhat:     "tcptutor live run wants a command",
		liveRunWhatNext: "for example: tcptutor live run curl http://10.0.0.2:8080/",
		noLive:          "no live run is open",
		liveShut:        "the live run was ended before the command had ended",
		noProgram:       "there is no command %s on this machine",
		noProgramNext:   "install it, or use another: curl, nc, ss, bash",
		noLiveNext:      "start one in another terminal, as the same user: tcptutor live",
		noKernel:        "this machine's kernel can't take part: %s",
	},
	trace.Chinese: {
		rootShort: "学会 TCP 连接如何生、如何死",
		rootLong: "tcptutor 讲 TCP 连接如何建立、如何结束：你一步一步地走一个真实的协议引擎，\n" +
			"主机、线路、套接字调用、队列、定时器，都在同一个时钟上。",
		runShort: "运行一个场景，打印每一步",
		runLong: "运行 FILE 中的场景，打印每一步：时间、发生了什么、每个报文段、每次状态变化、\n" +
			"每次调用的阻塞与返回。FILE 写 - 表示标准输入。",
		runExample: runExample,
		checkShort: "找出场景和课文里的错误",
		checkLong: "读每个 PATH，一次说出其中所有错误：在哪里、应该是什么、那一行原文。\n" +
			"文件是场景，目录是一课；写 - 表示标准输入。",
		lessonShort: "一步步走一课；不写课名则列出所有课",
		lessonLong: "在屏幕上打开这一课，从上次停下的地方继续。加 --plain 则打印成文字，连同运行过程和预测题。\n" +
			"加 --dir 则从一个目录读入，用来试你自己写的课。",
		quizShort:   "做一课的题，或者所有课的题",
		quizLong:    "最多十道题：先问今天该复习的，再问没见过的。",
		reviewShort: "复习今天到期的题",
		verifyShort: "拿一课或一个场景与本机内核对照",
		verifyLong: "用引擎运行场景，再让真正的 Linux 内核代替其中一台主机运行一次：它的调用是系统调用，\n" +
			"它的报文段是独立命名空间里的数据包。并排打印两次运行，解释第一处不同；有不同则退出状态为 1。\n" +
			"场景有多长，就运行多久。",
		verifyHostFlag:   "让内核代替哪台主机；不写则逐个代替",
		verifyForFlag:    "只比较开头这么长时间，例如 20s",
		verifyNegative:   "--for %v：应是从运行开始算起的时间",
		verifyWait:       "现在由内核代替 %s：需要 %v",
		progressShort:    "打印学到了哪里",
		progressLong:     "打印每一课的进度，以及进度存在哪个文件。",
		plainFlag:        "把这一课打印成文字",
		dirFlag:          "从这个目录读入一课",
		asciiFlag:        "只用 ASCII 字符画图",
		noTerminal:       "屏幕模式需要终端",
		noTerminalNext:   "请在终端里启动 tcptutor，或者打印：tcptutor lesson handshake --plain、tcptutor run FILE",
		noLesson:         "没有名为 %q 的课",
		noLessonNext:     "tcptutor lesson 列出所有课",
		progressUnopened: "%-12s 还没有打开，答对 %d，共答 %d\n",
		progressLine:     "%-12s 第 %d 步，共 %d 步，答对 %d，共答 %d\n",
		progressTotal:    "%d 道题该复习；存在 %s\n",
		helpShort:        "某个命令的帮助", completionShort: "让 shell 能补全命令和选项",
		helpFlag: "这份帮助", versionFlag: "程序的版本",
		badArgs:   "写法是：%s",
		noCommand: "没有命令 %q", nearCommand: "没有命令 %q；是不是 %s？",
		noFlag: "没有选项 %s", noFlagValue: "选项 --%s 要有值", badFlagValue: "选项 --%s 不能是 %q",
		langFlag:    "界面语言，可写 en 或 zh；默认随系统区域设置",
		formatFlag:  "打印格式，可选 %s",
		whyFlag:     "用于 text：每一步依据的规则及其出处",
		atFlag:      "用于 tcpdump、ss、calls、pcapng：只看一台主机",
		untilFlag:   "到这个时刻为止，例如 \"client sends FIN\"",
		bookFlag:    "用 [HOST=]BOOK 指定所有主机或某台主机的规则集",
		setFlag:     "用 [HOST:]SYSCTL=VALUE 指定所有主机或某台主机的参数",
		againstFlag: "与另一次运行并排打印，另一次改用 [HOST=]BOOK 或 [HOST:]SYSCTL=VALUE",
		againstText: "--against 只打印 text，不能打印 %s",
		againstFile: "原来的设置",
		tryHelp:     "用法见 %s --help",
		noLanguage:  "没有语言 %q；可选 en 和 zh",
		noFormat:    "没有格式 %q；可选 %s",
		binary:      "pcapng 不是文本，会弄乱终端", binaryNext: "写进文件：tcptutor run %s --format pcapng > run.pcapng",
		hostFlag:  "用于 packetdrill：写连接的哪一端",
		whichHost: "packetdrill 脚本只写一台主机，用 --host 指明；有 %s",
		noScript:  "packetdrill 脚本写不出这个：%v", noScriptNext: "用 --until 停在它之前，或者把场景写短些",
		noHost:    "这个场景没有主机 %q；有 %s",
		badBook:   "%s %s：%s",
		badSet:    "%s %s：应写成 [HOST:]SYSCTL=VALUE，例如 server:tcp_fin_timeout=10",
		noSysctl:  "这里没有参数 %q；写法同 sysctl，例如 net.ipv4.tcp_syn_retries",
		badValue:  "%q 不能作 %s 的值：应为 %d 到 %d 的整数",
		badMoment: "--until %q：%s",
		noMoment:  "这次运行中从未发生 %q", noMomentNext: "去掉 --until 可看到全部经过",
		noLessonOrFile: "没有名为 %s 的课，也没有这个文件", noLessonOrFileNext: "tcptutor lesson 列出所有课",
		noFile: "没有文件 %s", noFileNext: "检查文件名；- 表示标准输入",
		slowFile:     "%s 一秒内没有读完",
		slowFileNext: "有程序在往里写吗？标准输入（-）不限时间",
		directory:    "%s 是目录", directoryNext: "请写出其中的文件名",
		unreadable: "读不了 %s：%v", unreadableNext: "检查文件名和读取权限",
		hugeFile:        "%s 超过 1 MiB",
		emptyFile:       "%s 是空的",
		binaryFile:      "%s 不是文本",
		notScenarioNext: "场景是几行文本，例如：client connect(s, server:8080)",
		notScriptNext:   "脚本是几行文本，例如：+0 < S 0:0(0) win 1000 <mss 1460>",
		drillShort:      "对引擎的一台主机运行 packetdrill 脚本",
		drillLong: "对一台主机运行每个 packetdrill 脚本 FILE：执行其中的系统调用，让报文段（<）到达，\n" +
			"主机发出的报文段必须正是脚本所预期的（>）：内容、时刻都对，不多也不少。失败时给出脚本的哪一行、\n" +
			"实际来的是什么、最后几步及其依据的规则。脚本里的 shell 命令从不执行。FILE 写 - 表示标准输入。",
		drillBookFlag: "主机遵循的规则集",
		jsonFlag:      "每个脚本打印一个 JSON 对象",
		strictFlag:    "脚本里只要有内容会被跳过，就算失败",
		stepFlag:      "在屏幕上打开这个脚本，一步步看",
		defineFlag:    "写 NAME 或 NAME=NUMBER：#ifdef 把它当作已定义，调用里可以用它",
		stepOne:       "--step 一次只看一个脚本，这里有 %d 个",
		badDefine:     "--define 后面应为 NAME 或 NAME=NUMBER，不是 %q",
		drillPasses:   "通过  %s：%d 个事件\n",
		drillFails:    "失败  %s：%s\n",
		drillUnread:   "失败  %s：没有运行\n",
		drillRefused:  "失败  %s：没有运行，因为 --strict 不许跳过任何内容（%d 处）\n",
		drillLine:     "脚本的这一行：", drillCame: "实际来的是：", drillSteps: "最后几步，以及原因：",
		drillSkipped:      "  跳过第 %d 行：%s\n",
		drillNote:         "第 %d 行",
		endlessSteps:      "这个场景不会结束：走了 %d 步后停下",
		endlessTime:       "这个场景不会结束：到 %v 时停下",
		endlessNext:       "用 --until \"client sends SYN @5\" 说明停在哪个时刻，或在文件里放宽限制：limit time 2h、limit steps 200000",
		verifyEndlessNext: "用 --for 5s 说明只比较多长一段",
		noMistakes:        "%s：没有错误\n",
		deadLine:          "%s:%d: %s 没有走到 %s：它等的是 %q，而这次运行里没有发生\n",
		oneMistake:        "%s 里有一处错误", manyMistakes: "共 %d 处错误：%s",
		mendNext:  "先改第一处：后面的可能由它引起",
		liveShort: "亲手和这台机器的内核讲 TCP",
		liveLong: "在屏幕上打开一条真实连接的一端：引擎的一台主机，由你一步一步走。另一端是这台机器的内核，\n" +
			"在它自己的网络命名空间里；那边的 curl 真的在等你放行 SYN,ACK。\n" +
			"不写 FILE，这台主机就是一个小网页服务器；FILE 是只有一台主机的场景。报文不会离开这台机器。",
		liveRunShort: "在内核那一端运行命令",
		liveRunLong: "在另一个终端里打开的现场的网络命名空间中运行 COMMAND。\n" +
			"输入输出就是这个终端，退出状态就是命令的退出状态。",
		liveHosts:       "现场里引擎只有一台主机，而这个场景不止一台",
		liveHostsNext:   "把其他主机去掉：内核代替它们",
		liveWire:        "现场的线路是真实的，而这个场景要改动它",
		liveWireNext:    "把 drop、delay、duplicate、reorder、unreachable、inject 这些行去掉",
		liveAlready:     "已经有一个现场打开着",
		liveAlreadyNext: "直接用它：tcptutor live run COMMAND；或者按 q 结束它",
		liveRunWhat:     "tcptutor live run 后面要写一条命令",
		liveRunWhatNext: "例如：tcptutor live run curl http://10.0.0.2:8080/",
		noLive:          "没有打开的现场",
		liveShut:        "命令还没结束，现场就关了",
		noProgram:       "这台机器上没有命令 %s",
		noProgramNext:   "先安装它，或者换一个：curl、nc、ss、bash",
		noLiveNext:      "先用同一个用户在另一个终端里打开：tcptutor live",
		noKernel:        "这台机器的内核不能参加：%s",
	},
}
