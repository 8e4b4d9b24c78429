package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"tcptutor/lessons"
	"tcptutor/tcp/scenario"
)

func (a *app) check() *cobra.Command {
	return &cobra.Command{
		Use:   "check PATH...",
		Short: a.w.checkShort,
		Long:  a.w.checkLong,
		Args:  cobra.MinimumNArgs(1),
		RunE:  a.do(a.checkFiles),
	}
}

// checkFiles reads every file and reports the mistakes of all. A folder is a lesson.
func (a *app) checkFiles(names []string) error {
	for _, name := range names {
		if err := a.checkOne(name); err != nil {
			a.report(err)
			continue
		}
		if _, err := fmt.Fprintf(a.out, a.w.noMistakes, name); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) checkOne(name string) error {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		_, err := a.parse(name)
		return err
	}
	err := lessons.CheckDir(name)
	if mistakes, ok := errors.AsType[scenario.Errors](err); ok {
		return a.mistaken(name, mistakes)
	}
	return err
}
