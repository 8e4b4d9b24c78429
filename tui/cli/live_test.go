package cli

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"tcptutor/tcp/kernel"
	"tcptutor/tcp/trace"
)

// Where no kernel can be had it is said in the learner's language what is missing and how to get it; other errors stay as they are.
func TestNoKernelIsSaid(t *testing.T) {
	for lang, want := range map[language][2]string{
		trace.English: {"user namespaces are switched off (user.max_user_namespaces is 0)", "run it with sudo"},
		trace.Chinese: {"用户命名空间被关闭", "用 sudo 运行"},
	} {
		a := &app{lang: lang, w: &wordsOf[lang]}
		p, ok := errors.AsType[*problem](a.noKernel(&kernel.Missing{Lack: kernel.NoUserNamespaces, Err: syscall.ENOSPC}))
		if !ok || !strings.Contains(p.what, want[0]) || !strings.Contains(p.next, want[1]) || p.status != failed {
			t.Errorf("language %d: %+v, want %q", lang, p, want)
		}
		if err := a.noKernel(syscall.EIO); err != syscall.EIO {
			t.Errorf("another error becomes %v", err)
		}
	}
}
