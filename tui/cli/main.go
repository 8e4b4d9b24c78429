package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
)

// Exit statuses.
const (
	fine     = 0
	failed   = 1 // the thing asked for did not work out
	wrongUse = 2 // the command line itself is wrong
)

// Main runs the command line of this process and returns its exit status.
func Main() int {
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	return a.main(os.Args[1:], os.Getenv)
}

// app is what the commands of one run share.
type app struct {
	in        io.Reader
	out, err  io.Writer
	lang      language
	langAsked bool // the command line named it
	w         *words
	asked     string // the command, such as "tcptutor run"
	status    int
}

// main runs the command line args in an environment and returns the exit status.
func (a *app) main(args []string, env func(string) string) int {
	a.lang, a.langAsked = pickLanguage(args, env)
	a.w = &wordsOf[a.lang]
	root := a.root()
	a.asked = root.CommandPath()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	// What a command itself finds wrong it reports and keeps in a.status; what comes back here is cobra's: wrong use.
	if fang.Execute(context.Background(), root, fang.WithErrorHandler(a.misuse)) != nil {
		return wrongUse
	}
	return a.status
}

// commands are tcptutor's commands. One more is one more line.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{a.lesson(), a.quiz(), a.review(), a.progress(), a.run(), a.check(), a.packetdrill(), a.verify(), a.live()}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tcptutor",
		Short: a.w.rootShort,
		Long:  a.w.rootLong,
		RunE:  a.home,
	}
	// The value was read before the commands were made, because their help is in that language; here it is checked.
	lang := root.PersistentFlags().String("lang", "", a.w.langFlag)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		a.asked = c.CommandPath()
		if _, ok := parseLanguage(*lang); *lang != "" && !ok {
			return fmt.Errorf(a.w.noLanguage, *lang)
		}
		return nil
	}
	root.PersistentFlags().Bool("ascii", false, a.w.asciiFlag)
	root.AddCommand(a.commands()...)
	a.speak(root)
	return root
}

// problem is an error that a command reports: what is wrong, what to do next, and the exit status.
type problem struct {
	what, next string
	status     int
}

func (p *problem) Error() string { return p.what }

// do makes a cobra function of a command: its problems are reported here.
func (a *app) do(command func(args []string) error) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error {
		err := command(args)
		if err == nil || errors.Is(err, syscall.EPIPE) { // who reads has read enough: nothing to complain about
			return nil
		}
		a.report(err)
		return nil
	}
}

// report prints an error and sets the exit status.
func (a *app) report(err error) {
	fmt.Fprintf(a.err, "tcptutor: %v\n", err)
	status := failed
	if p, ok := errors.AsType[*problem](err); ok {
		status = p.status
		if p.next != "" {
			fmt.Fprintf(a.err, "  %s\n", p.next)
		}
	}
	a.status = max(a.status, status)
}

// misuse reports what cobra found wrong with the command line.
func (a *app) misuse(_ io.Writer, _ fang.Styles, err error) {
	fmt.Fprintf(a.err, "tcptutor: %v\n  %s\n", err, a.tryHelp())
}

// tryHelp says where the use of the command that was asked for is told.
func (a *app) tryHelp() string { return fmt.Sprintf(a.w.tryHelp, a.asked) }
