package scenario

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"tcptutor/tcp/observe"
)

// What is wrong with a text, in Chinese. Mistakes are worded in English where they are found; here is what the sentences are in Chinese. A
// test holds the list to all that this package, package observe and those that read lessons can say.

// saying is a sentence in both languages. Each % of the English stands for a piece, mostly of the learner's text, which is %1, %2, ... in
// Chinese, or &1, &2, ... where the piece is a sentence of ours.
type saying struct{ english, chinese string }

// Chinese is the mistake in one line, in Chinese.
func (e *Error) Chinese() string {
	text := e.File + ":"
	if e.Line > 0 {
		text += strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Col) + ":"
	}
	return text + " " + inChinese(e.Problem, e.Expected)
}

// FormatChinese is Format in Chinese.
func (e *Error) FormatChinese() string { return e.format(e.Chinese()) }

// Chinese is one line a mistake, in Chinese.
func (e Errors) Chinese() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Chinese()
	}
	return strings.Join(lines, "\n")
}

// FormatChinese is FormatChinese of every mistake.
func (e Errors) FormatChinese() string {
	var b strings.Builder
	for i := range e {
		b.WriteString(e[i].FormatChinese())
	}
	return b.String()
}

// Chinese is an error of this package, of package observe or of tcp.FindBook in Chinese. Other errors are left as they are.
func Chinese(err error) string {
	if e, ok := errors.AsType[*observe.Error](err); ok {
		return strconv.Quote(e.Text) + " 第 " + strconv.Itoa(e.Column()) + " 列：" + inChinese(e.Problem, e.Expected)
	}
	if e, ok := errors.AsType[Errors](err); ok {
		return e.Chinese()
	}
	text, _ := translate(err.Error(), problems)
	return text
}

// inChinese words a mistake. One that is not in the list is left in English, all of it.
func inChinese(problem, expected string) string {
	text, known := translate(problem, problems)
	switch {
	case expected == "":
		return text
	case !known:
		return text + ", expected " + expected
	}
	if guess, ok := strings.CutSuffix(expected, "?"); ok {
		return text + "，是不是 " + guess + "？"
	}
	want, _ := translate(expected, expectations)
	if want[0] < utf8.RuneSelf { // a space between Chinese and what is not
		want = " " + want
	}
	return text + "，应为" + want
}

// translate gives a sentence in Chinese; false when it is not in the list, and then as it was.
func translate(text string, list func() []pattern) (string, bool) {
	for _, p := range list() {
		if found := p.english.FindStringSubmatch(text); found != nil {
			if filled, known := p.fill(found); known {
				return filled, true
			}
		}
	}
	return text, false
}

// pattern is a saying made ready to be looked for.
type pattern struct {
	english *regexp.Regexp
	chinese string
}

// placeholder is the place of a piece in a Chinese sentence.
var placeholder = regexp.MustCompile(`[%&]\d`)

// fill puts the pieces that were found into the Chinese sentence; false when one that is to be a sentence of ours is none.
func (p *pattern) fill(found []string) (filled string, known bool) {
	rest := p.chinese
	for {
		at := placeholder.FindStringIndex(rest)
		if at == nil {
			return filled + rest, true
		}
		list, sentence := things, rest[at[0]] == '&'
		if sentence {
			list = problems
		}
		piece, ours := translate(found[rest[at[0]+1]-'0'], list)
		if sentence && !ours {
			return "", false
		}
		filled, rest = filled+rest[:at[0]], rest[at[1]:]
		if ours && piece[0] >= utf8.RuneSelf { // Chinese now: no space beside it, which stands between Chinese and what is not
			filled = strings.TrimSuffix(filled, " ")
		}
		if ours && piece[len(piece)-1] >= utf8.RuneSelf {
			rest = strings.TrimPrefix(rest, " ")
		}
		filled += piece
	}
}

// patterns makes a list ready when it is first asked for.
func patterns(list []saying) func() []pattern {
	return sync.OnceValue(func() []pattern {
		all := make([]pattern, len(list))
		for i, s := range list {
			english := strings.ReplaceAll(regexp.QuoteMeta(s.english), "%", "(.+?)")
			all[i] = pattern{regexp.MustCompile("(?s)^" + english + "$"), s.chinese}
		}
		return all
	})
}

// problems are what is wrong; the first that fits is taken, so that what is special stands before what is general.
var problems = patterns(slices.Concat(lessonProblems, scriptProblems, []saying{
	{"nothing is changed", "什么都没有改"},
	{"a what-if has the same hosts", "「假如」不能增减主机"},
	{"the line has no ->", "这一行没有 ->"},
	{"this cannot be taken away", "这一行不能去掉"},
	{"the scenario has no such line", "场景里没有这一行"},
	{"the scenario has % lines like this", "场景里这样的行有 %1 行"},
	{"nothing happens here: no host has a line to run", "这里什么都不会发生：没有一台主机有要执行的行"},
	{"this line waits for %() of %, which no line calls", "这一行等 %2 的 %1()，可没有一行调用它"},
	{"this line waits for %() of %, which no other line calls before it", "这一行等 %2 的 %1()，可在它之前没有别的行调用它"},
	{"the file has % bytes, more than the limit of %", "文件有 %1 字节，超过上限 %2"},
	{"the file has % lines, more than the limit of %", "文件有 %1 行，超过上限 %2"},
	{"the line has % bytes, more than the limit of %", "这一行有 %1 字节，超过上限 %2"},
	{"the text grows beyond % bytes", "填好的文本超过 %1 字节"},
	{"this is a binary file", "这是二进制文件"},
	{"bytes that are no text", "有的字节不是文本"},
	{"more than % mistakes: the rest is not shown", "错误超过 %1 处，其余不再列出"},
	{"there are % hosts", "有 %1 台主机"},
	{"there are % variables", "有 %1 个变量"},
	{"there are % faults and injected segments", "故障和注入的报文段共有 %1 个"},
	{"there are too many blocks", "块太多"},
	{"there are % blocks", "有 %1 个块"},

	{"%() with no argument", "%1() 没有写参数"},
	{"%() with one argument", "%1() 只写了一个参数"},
	{"%() with % arguments", "%1() 写了 %2 个参数"},
	{"%() gives no descriptor to keep", "%1() 不返回描述符"},
	{"an argument is missing", "少了一个参数"},
	{"an argument too many", "多了一个参数"},
	{"the option has no value", "选项没有写值"},
	{"there is no call %()", "没有 %1() 这个调用"},
	{"no call is named %", "没有 %1() 这个调用"},
	{"the ( in column % is not closed", "第 %1 列的 ( 没有配对"},
	{"the text does not end", "文本没有写完"},
	{"the text is too long", "文本太长"},
	{"the name is too long", "名字太长"},
	{"the moment ends here", "时刻没有写完"},

	{"no host is called % (%?)", "没有叫 %1 的主机（是不是 %2？）"},
	{"no host is called %", "没有叫 %1 的主机"},
	{"no host is named", "没有写是哪台主机"},
	{"no host would get this segment", "没有主机会收到这个报文段"},
	{"no book is called %; there are %", "没有叫 %1 的规则集；有 %2"},
	{"no book is called %", "没有叫 %1 的规则集"},
	{"no book is named", "没有写是哪个规则集"},
	{"no patch is called %; there are %", "没有叫 %1 的补丁；有 %2"},
	{"patch % does not go with %: there is no rule % in it", "补丁 %1 用不到 %2 上：其中没有规则 %3"},
	{"no patch is called %", "没有叫 %1 的补丁"},
	{"no unit is called %", "没有 %1 这个单位"},
	{"no parameter is called %", "没有叫 %1 的参数"},
	{"no limit is called %", "没有叫 %1 的限制"},
	{"no sysctl is called %", "没有叫 %1 的内核参数"},
	{"no sysctl is named", "没有写是哪个内核参数"},
	{"no line begins with %", "没有以 %1 开头的行"},
	{"no address is given", "没有写地址"},
	{"no event is called %", "没有 %1 这个事件"},
	{"no timer is called %", "没有叫 %1 的定时器"},
	{"no rule is called %", "没有叫 %1 的规则"},
	{"nothing is called %", "没有叫 %1 的东西"},
	{"there is no function %", "没有函数 %1"},
	{"these patches do not fit %", "这些补丁用不到 %1 上"},

	{"this link has its delay already, from line %", "这条链路的延迟在第 %1 行已经写过"},
	{"the delay is given already, in line %", "延迟在第 %1 行已经写过"},
	{"the hosts are named already, in line %", "主机在第 %1 行已经列过"},
	{"the book is chosen already, in line %", "规则集在第 %1 行已经选过"},
	{"the seed is given already, in line %", "种子在第 %1 行已经写过"},
	{"the limit is given already, in line %", "这个限制在第 %1 行已经写过"},
	{"this is set already, in line %", "这一项在第 %1 行已经设过"},
	{"a host has no link to itself", "主机没有通向自己的链路"},
	{"a setting belongs to the host, not to one of its threads", "设置属于主机，不属于它的某个线程"},
	{"a fault names the segment by who sends it", "故障要用「谁发出」来指明报文段"},
	{"a placeholder is not filled in", "有占位符没有填"},
	{"the placeholder is not closed", "占位符没有写完"},
	{"the delay has no length", "没有写延迟多久"},
	{"when stands after the host whose line waits", "when 写在等待的那台主机后面"},
	{"an IPv6 address needs brackets: [%]", "IPv6 地址要加方括号：[%1]"},

	{"one end of the segment is missing", "报文段少了一端"},
	{"peer is the other end of a socket, and there is none", "peer 指套接字的另一端，而这里没有套接字"},
	{"in the beginning there is no socket", "一开始还没有套接字"},
	{"a segment without the flag ACK acknowledges nothing", "没有 ACK 标志的报文段不确认任何东西"},
	{"the segment has no number", "报文段没有写序号"},
	{"the segment does not say what it acknowledges", "报文段没有写确认号"},

	{"the end of the line is out of place", "这一行没有写完"},
	{"% is out of place", "这里不该有 %1"},
	{"% is out of range", "%1 超出范围"},
	{"% is too much", "多了 %1"},
	{"% is no time that can be waited for", "%1 太久，等不了"},
	{"the end of the line is no time", "这里少了时长"},
	{"% is no time", "%1 不是时长"},
	{"the time % has no unit", "时长 %1 没有单位"},
	{"% is no such probability", "%1 不是这样的概率"},
	{"% is no such number", "%1 不是这样的数"},
	{"% is no code of ICMP's that TCP knows", "%1 不是 TCP 认识的 ICMP 代码"},
	{"% is no text", "%1 不是文本"},
	{"% is no struct linger", "%1 不是 struct linger"},
	{"% is no child", "%1 不是子进程"},
	{"% has no lines of %", "%1 没有 %2 的行"},
	{"% cannot be its own child", "%1 不能做自己的子进程"},
	{"% is forked already", "%1 已经 fork 过了"},
	{"% is no descriptor", "%1 不是描述符"},
	{"% is used before it has a value", "%1 还没有值就用了"},
	{"% is a variable of %: each host has its own", "%1 是 %2 的变量，各台主机用各自的变量"},
	{"% has no variable %", "%1 没有变量 %2"},
	{"% has no port", "%1 没有写端口"},
	{"% has this address", "%1 已经用了这个地址"},
	{"% cannot stand here", "这里不能写 %1"},
	{"% stands here twice", "%1 在这里写了两次"},
	{"% is not where one can connect to", "%1 不是可以连接的地方"},
	{"% is neither a host nor an address", "%1 既不是主机，也不是地址"},
	{"% is neither a call nor a setting", "%1 既不是调用，也不是设置"},
	{"% is no call", "%1 不是调用"},
	{"% is no port", "%1 不是端口"},
	{"% is no host's address", "%1 不是主机的地址"},
	{"% cannot be a host's own address", "%1 不能作主机自己的地址"},
	{"% is nobody's address", "%1 不是任何一端的地址"},
	{"% is no name of a host", "%1 不能作主机名"},
	{"% is no name of a variable", "%1 不能作变量名"},
	{"% is a word of the language and cannot be a host's name", "%1 是场景语言里的词，不能作主机名"},
	{"% is a word of the language and cannot be a variable's name", "%1 是场景语言里的词，不能作变量名"},
	{"% is no seed", "%1 不能作种子"},
	{"% is no flag", "%1 不是标志位"},
	{"% is no option", "%1 不是选项"},
	{"% is no number of a thread", "%1 不是线程号"},
	{"% is no value of a sysctl", "%1 不能作内核参数的值"},
	{"% is nothing to read until", "until 后面不能写 %1"},
	{"% is a full-width character", "%1 是全角字符"},
	{"% is no event", "%1 不是事件"},
	{"% does not say which time", "%1 没有说明是第几次"},
	{"% names no segment", "%1 没有指明报文段"},
	{"% is not a value by itself", "%1 本身不是一个值"},
	{"% has no value", "%1 没有值"},
	{"% has no %", "%1 没有 %2"},
	{"% of % is %", "%2 的 %1 是%3"},
	{"% is missing", "缺 %1"},
	{"%: %", "%1：&2"},
}))
