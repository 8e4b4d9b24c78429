package verify

import (
	"fmt"

	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// words are what a verdict is told with, in one language.
type words struct {
	time, engine, kernel string
	states, first        string
	only                 [2]string // only the engine does, only the kernel does: %s
	trait                [numTraits]string
	explained            string // host, when, what is other
	agree                string // host, segments, results, seconds
	differ               string // host, how many differences
	busy                 string // how late
	paced                string // how late, host
	standIn              string // host, what it needs
	selfWire, icmp       string
}

// wordsOf each language.
var wordsOf = [...]words{
	trace.English: {
		time: "time s", engine: "engine", kernel: "%s is the kernel", states: "states", first: "first difference",
		only: [2]string{"only the engine has this %s", "only the kernel has this %s"},
		trait: [numTraits]string{
			Missing: "segment", Flags: "the segment has other control bits", Seq: "the segment has another sequence number",
			Ack: "the segment acknowledges something else", Data: "the segment carries other bytes", Opts: "the segment has other options",
			Window: "the segment offers another window", Lost: "the segment arrives in one run only",
			Echo: "the segment echoes the timestamp of another one", Silent: "result of a call", Errno: "the call ends otherwise",
			Value: "the call returns something else", Bytes: "the call brings other bytes", Address: "the call gives another address",
			States: "the connection goes through other states", Queue: "the listener's queues are not the same at the end",
			Count: "a counter is not the same at the end", Time: "it happens at another time",
		},
		explained: "%s, at %s: %s.",
		agree:     "%s: engine and kernel agree (segments: %d, results of calls: %d, every state) in %s.",
		differ:    "%s: engine and kernel differ. Differences: %d.",
		busy:      "The machine was busy: once something was %v late. Times may differ by that; run it again.",
		paced:     "The machine was up to %v late, and the engine shown here keeps pace with it: what came late to %s comes as late in its run.",
		standIn:   "the kernel cannot stand in for %s: %s", selfWire: "what it says to itself does not take the wire, where it could be heard, lost or delayed",
		icmp: "the scenario has a router tell it something by ICMPv6",
	},
	trace.Chinese: {
		time: "秒", engine: "引擎", kernel: "%s 由内核担任", states: "状态", first: "第一处不同",
		only: [2]string{"只有引擎有这个%s", "只有内核有这个%s"},
		trait: [numTraits]string{
			Missing: "报文段", Flags: "报文段的控制位不同", Seq: "报文段的序号不同", Ack: "报文段确认的序号不同", Data: "报文段携带的字节不同",
			Opts: "报文段的选项不同", Window: "报文段通告的窗口不同", Lost: "报文段只在一次运行中到达", Echo: "报文段回显的是另一个时间戳",
			Silent: "调用结果", Errno: "调用的结局不同", Value: "调用的返回值不同", Bytes: "调用得到的字节不同", Address: "调用给出的地址不同",
			States: "连接经过的状态不同", Queue: "结束时监听套接字的队列不同", Count: "结束时计数器不同", Time: "发生的时间不同",
		},
		explained: "%s，%s：%s。",
		agree:     "%s：引擎与内核一致：%d 个报文段、%d 个调用结果、全部状态，历时 %s。",
		differ:    "%s：引擎与内核有 %d 处不同。",
		busy:      "这台机器当时很忙：有一步晚了 %v。时间上的差别可能来自于此，请再运行一次。",
		paced:     "这台机器当时最多慢了 %v，这里显示的引擎与它同步：%s 的调用和收到的报文段晚了多少，在引擎的运行中也晚多少。",
		standIn:   "内核不能代替 %s：%s", selfWire: "它发给自己的报文段不经过线路，在那里听不到，也无法丢弃或推迟",
		icmp: "场景里有路由器用 ICMPv6 通知它",
	},
}

// Explain says in a language what a scenario wants for which the kernel cannot stand in.
func Explain(c *sim.CannotStandIn, lang trace.Lang) string {
	w := &wordsOf[lang]
	why := w.selfWire
	if c.Needs == sim.NeedsICMP {
		why = w.icmp
	}
	return fmt.Sprintf(w.standIn, c.Host, why)
}
