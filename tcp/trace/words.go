package trace

// Lang is a language of the step text.
type Lang uint8

// The languages.
const (
	English Lang = iota
	Chinese
)

// vocabulary is every word of the step text that is not a name. A missing one does not compile away into another language: a test asks
// for each.
type vocabulary struct {
	time, host, what string // the heads of the columns

	// What a step is; %s is the call, segment, timer or socket it is about.
	gets, getsFrom string // segment; segment, host
	loses          string // segment, host it was meant for
	blocks         string // call
	returns        string // call, result
	returnsAfter   string // call, result, time
	pauses         string // time
	fires          string // timer, socket
	endOfFile      string // read's result 0

	// The labels of what came of it.
	sends, state, timer, queue, data, born, gone, count, rule, sets string

	off, in         string // of a timer: it stopped; it fires in %s
	lostMark, again string // beside a segment
	copyMark        string
	synQueue        string // of socket %s
	acceptQueue     string
	taken           string // %d bytes
	comma           string

	// A packet's comments in a capture.
	packetLost, packetAgain, packetCopy string
	packetRule                          string // rule, where it is written, its sentence
}

// vocabularies by Lang.
var vocabularies = [...]vocabulary{
	English: {
		time: "time s", host: "host", what: "what happens",
		gets: "gets %s", getsFrom: "gets %s from %s", loses: "loses %s on its way to %s",
		blocks: "%s blocks", returns: "%s returns %s", returnsAfter: "%s returns %s after %s",
		pauses: "pauses for %s", fires: "the %s timer of %s fires",
		endOfFile: "0, end of file",
		sends:     "sends", state: "state", timer: "timer", queue: "queue", data: "data", born: "new", gone: "gone",
		count: "count", rule: "rule", sets: "sets",
		off: "off", in: "in %s", lostMark: "(lost)", again: "(again)", copyMark: "(copy)",
		synQueue: "SYN queue of %s", acceptQueue: "accept queue of %s", taken: "%d bytes taken in, in order", comma: ", ",
		packetLost: "lost: it never arrives", packetAgain: "a retransmission", packetCopy: "a duplicate: the wire made it",
		packetRule: "rule %s (%s): %s",
	},
	Chinese: {
		time: "时间 s", host: "主机", what: "发生了什么",
		gets: "收到 %s", getsFrom: "收到 %s，来自 %s", loses: "丢失 %s，发往 %s",
		blocks: "%s 阻塞", returns: "%s 返回 %s", returnsAfter: "%s 返回 %s，用时 %s",
		pauses: "暂停 %s", fires: "定时器 %s 到期：%s",
		endOfFile: "0，文件结束（EOF）",
		sends:     "发送", state: "状态", timer: "定时器", queue: "队列", data: "数据", born: "新建", gone: "消失",
		count: "计数", rule: "规则", sets: "变量",
		off: "停止", in: "%s 后到期", lostMark: "（丢失）", again: "（重传）", copyMark: "（副本）",
		synQueue: "%s 的半连接队列（SYN queue）", acceptQueue: "%s 的全连接队列（accept queue）",
		taken: "按序收下 %d 字节", comma: "，",
		packetLost: "丢失：不会到达", packetAgain: "重传", packetCopy: "副本：由线路复制",
		packetRule: "规则 %s（%s）：%s",
	},
}
