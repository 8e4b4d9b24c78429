package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tcptutor/lessons"
	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/verify"
)

const verifyExample = `  tcptutor verify close
  tcptutor verify close --host server
  tcptutor verify mine.tcp --for 5s`

// verifyFlags are what `tcptutor verify` can be told.
type verifyFlags struct {
	host  string
	limit time.Duration
}

func (a *app) verify() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:     "verify LESSON|FILE",
		Short:   a.w.verifyShort,
		Long:    a.w.verifyLong,
		Example: verifyExample,
		Args:    cobra.ExactArgs(1),
		RunE:    a.do(func(args []string) error { return a.verifyRun(args[0], &f) }),
	}
	cmd.Flags().StringVar(&f.host, "host", "", a.w.verifyHostFlag)
	cmd.Flags().DurationVar(&f.limit, "for", 0, a.w.verifyForFlag)
	return cmd
}

// verifyRun runs a scenario by the engine and with the kernel, once for each host, or for the one that is asked for.
func (a *app) verifyRun(name string, f *verifyFlags) error {
	p, err := a.lessonOrFile(name)
	if err != nil {
		return err
	}
	only := hostIndex(p, f.host)
	if f.host != "" && only < 0 {
		return a.wrong(a.w.noHost, f.host, hostNames(p))
	}
	if f.limit < 0 {
		return a.wrong(a.w.verifyNegative, f.limit)
	}
	run := sim.NewTimeline(p)
	if _, err := a.steps(run, ""); err != nil && f.limit == 0 {
		if endless, ok := errors.AsType[*problem](err); ok {
			endless.next = a.w.verifyEndlessNext
		}
		return err
	}
	until := verify.Horizon(run)
	if f.limit > 0 {
		until = min(until, tcp.Time(f.limit))
	}
	agreed, tried := true, false
	for h := range p.Hosts {
		if f.host != "" && h != only {
			continue
		}
		ok, err := a.verifyHost(p, h, until)
		why, cannot := errors.AsType[*sim.CannotStandIn](err)
		switch {
		case cannot && f.host == "":
			fmt.Fprintln(a.err, verify.Explain(why, a.lang))
			continue
		case cannot:
			return &problem{verify.Explain(why, a.lang), "", failed}
		case err != nil:
			return a.noKernel(err)
		}
		agreed, tried = agreed && ok, true
	}
	if !agreed || !tried {
		a.status = failed
	}
	return nil
}

// verifyHost lets the kernel stand in for one host, prints both runs, and tells whether they agree.
func (a *app) verifyHost(p *sim.Program, h int, until tcp.Time) (bool, error) {
	if wait := time.Duration(until); wait >= 2*time.Second {
		fmt.Fprintf(a.err, a.w.verifyWait+"\n", p.Hosts[h].Name, wait.Round(100*time.Millisecond))
	}
	v, err := verify.Kernel(p, h, verify.Tolerance{Until: until, Slack: verify.Slack})
	if err != nil {
		return false, err
	}
	return len(v.Differences) == 0, v.Write(a.out, a.lang, a.columns())
}

// lessonOrFile is the program of a lesson, or of a file where there is one of that name.
func (a *app) lessonOrFile(name string) (*sim.Program, error) {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) || name == "-" {
		return a.parse(name)
	}
	l, err := lessons.Load(name)
	if err != nil {
		return nil, &problem{fmt.Sprintf(a.w.noLessonOrFile, name), a.w.noLessonOrFileNext, failed}
	}
	return l.Run.Program(), nil
}
