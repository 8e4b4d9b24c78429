package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"tcptutor/tcp/kernel"
	"tcptutor/tcp/sim"
	"tcptutor/tui"
	"tcptutor/tui/study"
)

func (a *app) live() *cobra.Command {
	cmd := &cobra.Command{
		Use: "live [FILE]", Short: a.w.liveShort, Long: a.w.liveLong, Example: liveExample, Args: cobra.MaximumNArgs(1),
	}
	var books []string
	cmd.Flags().StringArrayVar(&books, "book", nil, a.w.bookFlag)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ascii, _ := cmd.Flags().GetBool("ascii")
		return a.do(func(args []string) error { return a.openLive(args, books, ascii) })(cmd, args)
	}
	run := &cobra.Command{
		Use: "run COMMAND...", Short: a.w.liveRunShort, Long: a.w.liveRunLong,
		RunE: a.do(a.liveRun),
	}
	run.Flags().SetInterspersed(false) // what follows the command's name is its own
	cmd.AddCommand(run)
	return cmd
}

const liveExample = `  tcptutor live
  tcptutor live run curl http://10.0.0.2:8080/
  tcptutor live run ss -tan`

// openLive plays a scenario, or the one in the program, against the kernel.
func (a *app) openLive(args, books []string, ascii bool) error {
	var p *sim.Program
	var err error
	if len(args) > 0 {
		p, err = a.parse(args[0])
	} else {
		p, err = a.compile("live.tcp", study.LiveText)
	}
	if err != nil {
		return err
	}
	if err := a.changeBooks(p, "--book", books); err != nil {
		return err
	}
	if err := a.needTerminal(); err != nil {
		return err
	}
	live, err := study.NewLive(p)
	switch {
	case errors.Is(err, sim.ErrLiveHosts):
		return &problem{a.w.liveHosts, a.w.liveHostsNext, failed}
	case errors.Is(err, sim.ErrLiveWire):
		return &problem{a.w.liveWire, a.w.liveWireNext, failed}
	case errors.Is(err, kernel.ErrOpenAlready):
		return &problem{a.w.liveAlready, a.w.liveAlreadyNext, failed}
	case err != nil:
		return a.noKernel(err)
	}
	defer live.Close()
	return a.show(tui.Options{Live: live}, study.NewLibrary(), ascii)
}

// noKernel words that no kernel can take part, and how to get one; other errors are left as they are.
func (a *app) noKernel(err error) error {
	if m, ok := errors.AsType[*kernel.Missing](err); ok {
		what, how := m.In(a.lang)
		return &problem{fmt.Sprintf(a.w.noKernel, what), how, failed}
	}
	return err
}

// liveRun runs a command on the kernel's side of a live run that is open in another terminal. Its exit status is the command's.
func (a *app) liveRun(args []string) error {
	if len(args) == 0 {
		return &problem{a.w.liveRunWhat, a.w.liveRunWhatNext, wrongUse}
	}
	if _, err := exec.LookPath(args[0]); err != nil {
		return &problem{fmt.Sprintf(a.w.noProgram, args[0]), a.w.noProgramNext, failed}
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	status, err := kernel.Enter(study.LiveDoor(), kernel.Command{
		Args: args, Env: os.Environ(), Dir: dir, Files: [3]*os.File{os.Stdin, os.Stdout, os.Stderr},
	})
	switch {
	case errors.Is(err, kernel.ErrNoDoor):
		return &problem{a.w.noLive, a.w.noLiveNext, failed}
	case errors.Is(err, kernel.ErrShut):
		return &problem{a.w.liveShut, "", failed}
	case err != nil:
		return a.noKernel(err)
	}
	a.status = status
	return nil
}
