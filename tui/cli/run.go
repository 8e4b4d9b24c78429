package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"tcptutor/tcp"
	"tcptutor/tcp/packetdrill"
	"tcptutor/tcp/scenario"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// runFlags are what `tcptutor run` can be told.
type runFlags struct {
	format, at, until string
	host              string
	why               bool
	books, sets       []string
	against           []string
}

// formats are the ways a run is printed, the first one unless said otherwise.
var formats = []string{"text", "json", "tcpdump", "ss", "calls", "mermaid", pcapng, pktScript}

// The formats that need more than a printer: pcapng is no text, and a packetdrill script is one host's.
const (
	pcapng    = "pcapng"
	pktScript = "packetdrill"
)

func (a *app) run() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:     "run FILE",
		Short:   a.w.runShort,
		Long:    a.w.runLong,
		Example: a.w.runExample,
		Args:    cobra.ExactArgs(1),
		RunE:    a.do(func(args []string) error { return a.runFile(args[0], &f) }),
	}
	cmd.Flags().StringVar(&f.format, "format", formats[0], fmt.Sprintf(a.w.formatFlag, strings.Join(formats, " ")))
	cmd.Flags().BoolVar(&f.why, "why", false, a.w.whyFlag)
	cmd.Flags().StringVar(&f.at, "at", "", a.w.atFlag)
	cmd.Flags().StringVar(&f.host, "host", "", a.w.hostFlag)
	cmd.Flags().StringVar(&f.until, "until", "", a.w.untilFlag)
	cmd.Flags().StringArrayVar(&f.books, "book", nil, a.w.bookFlag)
	cmd.Flags().StringArrayVar(&f.sets, "set", nil, a.w.setFlag)
	cmd.Flags().StringArrayVar(&f.against, "against", nil, a.w.againstFlag)
	complete := func(words ...string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return words, cobra.ShellCompDirectiveNoFileComp
		}
	}
	_ = cmd.RegisterFlagCompletionFunc("format", complete(formats...))
	_ = cmd.RegisterFlagCompletionFunc("book", complete(tcp.BaseBooks()...))
	_ = cmd.RegisterFlagCompletionFunc("against", complete(tcp.BaseBooks()...))
	return cmd
}

// wrong is a problem with the command line.
func (a *app) wrong(format string, args ...any) error {
	return &problem{fmt.Sprintf(format, args...), a.tryHelp(), wrongUse}
}

func (a *app) runFile(name string, f *runFlags) error {
	if !slices.Contains(formats, f.format) {
		return a.wrong(a.w.noFormat, f.format, strings.Join(formats, ", "))
	}
	if f.format == pcapng && a.terminal() {
		return &problem{a.w.binary, fmt.Sprintf(a.w.binaryNext, name), wrongUse}
	}
	p, err := a.parse(name)
	if err != nil {
		return err
	}
	if err := a.changeBooks(p, "--book", f.books); err != nil {
		return err
	}
	if err := a.changeSysctls(p, "--set", f.sets); err != nil {
		return err
	}
	at, err := a.whichHost(p, f)
	if err != nil {
		return err
	}
	if len(f.against) > 0 {
		return a.runAgainst(p, f)
	}
	run := sim.NewTimeline(p)
	steps, err := a.steps(run, f.until)
	if err != nil {
		return err
	}
	if err := a.print(run, steps, at, f); err != nil {
		return err
	}
	if f.until == "" {
		a.tellDeadLines(name, run)
	}
	return nil
}

// whichHost is the host that is asked for, or trace.Wire for all of them.
func (a *app) whichHost(p *sim.Program, f *runFlags) (int, error) {
	name := f.at
	if f.format == pktScript {
		if name = f.host; name == "" {
			return 0, a.wrong(a.w.whichHost, hostNames(p))
		}
	}
	if name == "" {
		return trace.Wire, nil
	}
	at := hostIndex(p, name)
	if at < 0 {
		return 0, a.wrong(a.w.noHost, name, hostNames(p))
	}
	return at, nil
}

// parse reads a scenario and compiles it.
func (a *app) parse(name string) (*sim.Program, error) {
	text, err := a.readFile(name)
	if err != nil {
		return nil, err
	}
	return a.compile(name, text)
}

// compile compiles a scenario; its mistakes are one problem.
func (a *app) compile(name string, text []byte) (*sim.Program, error) {
	p, mistakes := scenario.Parse(name, text)
	if len(mistakes) > 0 {
		return nil, a.mistaken(name, mistakes)
	}
	return p, nil
}

// steps is how many steps are to be shown: to the end, or to the moment of --until.
func (a *app) steps(run *sim.Timeline, until string) (int, error) {
	if until != "" {
		return a.stepsUntil(run, until)
	}
	n := run.Len()
	limits := run.Program().Limits
	switch run.Stopped() {
	case sim.StopSteps:
		return 0, &problem{fmt.Sprintf(a.w.endlessSteps, limits.Steps), a.w.endlessNext, failed}
	case sim.StopTime:
		return 0, &problem{fmt.Sprintf(a.w.endlessTime, clockWord(time.Duration(limits.Time))), a.w.endlessNext, failed}
	}
	return n, nil
}

// clockWord is a length of time as scenarios write it: 1h, not 1h0m0s.
func clockWord(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func (a *app) print(run sim.Run, steps, at int, f *runFlags) error {
	var printer trace.Printer
	switch f.format {
	case "json":
		printer = trace.NewJSON()
	case "tcpdump":
		printer = trace.NewTCPDump(at)
	case "calls":
		printer = trace.NewCalls(at)
	case "mermaid":
		printer = trace.NewMermaid()
	case "ss":
		return a.printSockets(run.View(steps), run.Program(), at)
	case pktScript:
		err := packetdrill.Write(a.out, run, steps, at)
		if r, ok := errors.AsType[*packetdrill.Refusal](err); ok {
			return &problem{fmt.Sprintf(a.w.noScript, r), a.w.noScriptNext, failed}
		}
		return err
	case pcapng:
		return trace.WritePcapng(a.out, run, steps, trace.PcapngOptions{At: at, Lang: a.lang})
	default:
		printer = trace.NewText(trace.TextOptions{Lang: a.lang, Why: f.why})
	}
	return trace.Write(a.out, run, steps, printer)
}

// terminal reports whether what is printed goes to a terminal, which packets would leave in disorder.
func (a *app) terminal() bool {
	f, ok := a.out.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// printSockets prints every host's sockets, or one host's.
func (a *app) printSockets(w *sim.World, p *sim.Program, at int) error {
	for i := range p.Hosts {
		if at >= 0 && i != at {
			continue
		}
		lines := trace.SS(w, i)
		if at < 0 {
			lines = append([]string{p.Hosts[i].Name + ":"}, lines...)
			if i > 0 {
				lines = append([]string{""}, lines...)
			}
		}
		if _, err := fmt.Fprintln(a.out, strings.Join(lines, "\n")); err != nil {
			return err
		}
	}
	return nil
}

// changeBooks gives hosts other books: "BOOK" every host, "HOST=BOOK" one. The flag is the one that asked for it.
func (a *app) changeBooks(p *sim.Program, flag string, books []string) error {
	for _, word := range books {
		hostName, book, one := strings.Cut(word, "=")
		if !one {
			book = hostName
		}
		if _, err := tcp.FindBook(book); err != nil {
			return a.wrong(a.w.badBook, flag, word, a.inWords(err))
		}
		only := hostIndex(p, hostName)
		if one && only < 0 {
			return a.wrong(a.w.noHost, hostName, hostNames(p))
		}
		for i := range p.Hosts {
			if !one || i == only {
				p.Hosts[i].Book = book
			}
		}
	}
	return nil
}

// changeSysctls sets knobs: "SYSCTL=VALUE" on every host, "HOST:SYSCTL=VALUE" on one.
func (a *app) changeSysctls(p *sim.Program, flag string, sets []string) error {
	for _, word := range sets {
		name, number, found := strings.Cut(word, "=")
		if !found {
			return a.wrong(a.w.badSet, flag, word)
		}
		only, one := -1, false
		if h, rest, cut := strings.Cut(name, ":"); cut {
			if only, one = hostIndex(p, h), true; only < 0 {
				return a.wrong(a.w.noHost, h, hostNames(p))
			}
			name = rest
		}
		knob, ok := tcp.ParseSysctl(name)
		if !ok {
			return a.wrong(a.w.noSysctl, name)
		}
		value, err := strconv.ParseInt(number, 10, 64)
		if k := &tcp.Knobs[knob]; err != nil || !k.Allows(value) {
			return a.wrong(a.w.badValue, number, k.Name, k.Least, k.Most)
		}
		for i := range p.Hosts {
			if !one || i == only {
				p.Hosts[i].Sysctl = append(p.Hosts[i].Sysctl, sim.Setting{Knob: knob, Value: value})
			}
		}
	}
	return nil
}

func hostIndex(p *sim.Program, name string) int {
	return slices.IndexFunc(p.Hosts, func(h sim.HostSpec) bool { return h.Name == name })
}

func hostNames(p *sim.Program) string {
	var names []string
	for i := range p.Hosts {
		names = append(names, p.Hosts[i].Name)
	}
	return strings.Join(names, ", ")
}
