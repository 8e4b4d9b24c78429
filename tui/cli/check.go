package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) check() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: a.w.checkShort,
		Long:  a.w.checkLong,
		Args:  cobra.MinimumNArgs(1),
		RunE:  a.do(a.checkFiles),
	}
}

// checkFiles reads every file and reports the mistakes of all.
func (a *app) checkFiles(names []string) error {
	for _, name := range names {
		if _, err := a.parse(name); err != nil {
			a.report(err)
			continue
		}
		if _, err := fmt.Fprintf(a.out, a.w.noMistakes, name); err != nil {
			return err
		}
	}
	return nil
}
