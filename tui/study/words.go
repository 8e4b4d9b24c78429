package study

import (
	"errors"

	"tcptutor/quiz"
	"tcptutor/quiz/progress"
	"tcptutor/tcp/sim"
	"tcptutor/tui"
)

// said is an error in the learner's language.
type said struct {
	tui.Text
	cause error
}

func (s *said) Error() string { return s.English }
func (s *said) Unwrap() error { return s.cause }

// told words an error of the progress file, of an answer that can't be read, or of a live run; any other one stays as it is.
func told(err error) error {
	if p, ok := errors.AsType[*progress.Problem](err); ok && p != nil {
		return &said{say(p), err}
	}
	if u, ok := errors.AsType[*quiz.Unreadable](err); ok {
		return &said{tui.Text{English: u.English, Chinese: u.Chinese}, err}
	}
	if errors.Is(err, sim.ErrLiveLong) {
		return &said{tui.Text{English: err.Error() + "; q, and begin again", Chinese: "现场到此为止：能保存的步数已满；按 q 退出，再重新开始"}, err}
	}
	return err
}

// say is a problem of the progress file in both languages: what is wrong, and what to do.
func say(p *progress.Problem) tui.Text {
	zh := whatZH(p)
	if p.Detail != "" {
		zh += "（" + p.Detail + "）"
	}
	return tui.Text{English: p.Error(), Chinese: zh + "：" + nextZH(p)}
}

func whatZH(p *progress.Problem) string {
	switch p.Code {
	case progress.CodeUnwritable:
		return "进度无法写入 " + p.Path
	case progress.CodeFull:
		return "磁盘没有空间存放 " + p.Path
	case progress.CodeCorrupt:
		if p.Aside == "" {
			return p.Path + " 已损坏，也无法改名"
		}
		return p.Path + " 已损坏，原件保留为 " + p.Aside
	case progress.CodeNewer:
		return p.Path + " 由更新版本的 tcptutor 写成"
	case progress.CodeForeign:
		return p.Path + " 不是 tcptutor 的进度文件"
	case progress.CodeMoved:
		return p.Path + " 在使用中被移走或删除"
	case progress.CodeBusy:
		return "另一个程序一直锁着 " + p.Path
	case progress.CodeClosed:
		return "进度文件已关闭"
	case progress.CodeInvalid:
		return "进度收到了无效的值"
	}
	return "无法读写进度文件 " + p.Path
}

func nextZH(p *progress.Problem) string {
	switch {
	case p.Saving && (p.Code == progress.CodeCorrupt || p.Code == progress.CodeMoved):
		return "已新建一个文件"
	case p.Saving && p.Code == progress.CodeFull:
		return "这次没有保存；请腾出空间再试"
	case p.Saving:
		return "这次没有保存；请再试一次"
	}
	const inMemory = "；在此之前，本次进度不会保存"
	switch p.Code {
	case progress.CodeFull:
		return "请腾出空间后重新启动" + inMemory
	case progress.CodeNewer:
		return "请升级 tcptutor" + inMemory
	case progress.CodeForeign:
		return "请把它移走，或把 XDG_STATE_HOME 指向别的目录" + inMemory
	case progress.CodeBusy:
		return "请关闭另一个程序后重新启动" + inMemory
	}
	return "让它的目录可写，或把 XDG_STATE_HOME 指向可写的目录，再重新启动" + inMemory
}
