package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What cobra says of a command line that is used wrongly, and of the helps it makes by itself, in the learner's language.

// speak gives the commands below root, and root itself, the words of the learner's language where cobra has its own.
func (a *app) speak(root *cobra.Command) {
	root.Args = a.noSuchCommand
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		a.asked = c.CommandPath()
		return a.badFlag(err)
	})
	root.PersistentFlags().BoolP("help", "h", false, a.w.helpFlag)
	root.Flags().BoolP("version", "v", false, a.w.versionFlag)
	for _, c := range root.Commands() {
		if right := c.Args; right != nil {
			c.Args = func(c *cobra.Command, args []string) error {
				if right(c, args) != nil {
					a.asked = c.CommandPath()
					return fmt.Errorf(a.w.badArgs, c.UseLine())
				}
				return nil
			}
		}
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Short = a.w.helpShort
		case "completion":
			c.Short = a.w.completionShort
		}
	}
}

// noSuchCommand is for words after tcptutor that are no command.
func (a *app) noSuchCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if root.SuggestionsMinimumDistance == 0 {
		root.SuggestionsMinimumDistance = 2
	}
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf(a.w.nearCommand, args[0], near[0])
	}
	return fmt.Errorf(a.w.noCommand, args[0])
}

// badFlag words what is wrong with a flag.
func (a *app) badFlag(err error) error {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name := "--" + e.GetSpecifiedName()
		if e.GetSpecifiedShortnames() != "" {
			name = name[1:]
		}
		return fmt.Errorf(a.w.noFlag, name)
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return fmt.Errorf(a.w.noFlagValue, e.GetFlag().Name)
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf(a.w.badFlagValue, e.GetFlag().Name, e.GetValue())
	}
	return err
}
