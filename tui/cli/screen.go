package cli

import (
	"fmt"
	"os"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"tcptutor/lessons"
	"tcptutor/quiz/progress"
	"tcptutor/tui"
	"tcptutor/tui/look"
	"tcptutor/tui/study"
)

// home is `tcptutor` alone: the screen, where the learner left off.
func (a *app) home(cmd *cobra.Command, _ []string) error {
	ascii, _ := cmd.Flags().GetBool("ascii")
	return a.do(func([]string) error { return a.screen(study.NewLibrary(), ascii, tui.Intent{}) })(cmd, nil)
}

// screen shows the program until the learner quits.
func (a *app) screen(library *study.Library, ascii bool, start tui.Intent) error {
	return a.show(tui.Options{Start: start}, library, ascii)
}

func (a *app) needTerminal() error {
	if !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()) {
		return &problem{a.w.noTerminal, a.w.noTerminalNext, failed}
	}
	return nil
}

// show shows the screen, with what it is to begin with.
func (a *app) show(o tui.Options, library *study.Library, ascii bool) error {
	if err := a.needTerminal(); err != nil {
		return err
	}
	store := study.NewStore(progress.DefaultPath())
	defer store.Close()
	o.Library, o.Quizzer, o.Texts = library, study.NewQuizzer(library, store), tui.Tools()
	o.Lang, o.LangFixed = lessons.Lang(a.lang), a.langAsked
	o.Look = look.Choose(os.Getenv, ascii)
	o.OpenStore = store.Open
	return tui.Run(o)
}

// lessonFlags are what `tcptutor lesson` can be told.
type lessonFlags struct {
	plain bool
	dir   string
}

func (a *app) lesson() *cobra.Command {
	var f lessonFlags
	cmd := &cobra.Command{
		Use:   "lesson [ID]",
		Short: a.w.lessonShort,
		Long:  a.w.lessonLong,
		Args:  cobra.MaximumNArgs(1),
	}
	cmd.Flags().BoolVar(&f.plain, "plain", false, a.w.plainFlag)
	cmd.Flags().StringVar(&f.dir, "dir", "", a.w.dirFlag)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ascii, _ := cmd.Flags().GetBool("ascii")
		return a.do(func(args []string) error { return a.openLesson(args, &f, ascii) })(cmd, args)
	}
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return lessonIDs(), cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

// openLesson opens a lesson on the screen or prints it; without one it lists them.
func (a *app) openLesson(args []string, f *lessonFlags, ascii bool) error {
	library := study.NewLibrary()
	id := ""
	switch {
	case f.dir != "":
		var err error
		if id, err = library.AddFolder(f.dir); err != nil {
			return &problem{err.Error(), a.w.mendNext, failed}
		}
	case len(args) == 0:
		return a.listLessons()
	default:
		id = args[0]
	}
	if !f.plain {
		if !library.Has(id) {
			return a.noLesson(id)
		}
		return a.screen(library, ascii, tui.Intent{Kind: tui.OpenLesson, Text: id})
	}
	l, err := library.Load(id)
	if err != nil {
		return a.noLesson(id)
	}
	return lessons.Transcript(l, lessons.Lang(a.lang), a.out)
}

func (a *app) noLesson(id string) error {
	return &problem{fmt.Sprintf(a.w.noLesson, id), a.w.noLessonNext, wrongUse}
}

func lessonIDs() []string {
	var ids []string
	for _, i := range lessons.List() {
		ids = append(ids, i.ID)
	}
	return ids
}

func (a *app) listLessons() error {
	for _, i := range lessons.List() {
		if _, err := fmt.Fprintf(a.out, "%-12s %s\n", i.ID, i.Title.In(lessons.Lang(a.lang))); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) quiz() *cobra.Command {
	cmd := &cobra.Command{Use: "quiz [LESSON]", Short: a.w.quizShort, Long: a.w.quizLong, Args: cobra.MaximumNArgs(1)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ascii, _ := cmd.Flags().GetBool("ascii")
		return a.do(func(args []string) error {
			library := study.NewLibrary()
			start := tui.Intent{Kind: tui.StartQuiz}
			if len(args) > 0 {
				if start.Text = args[0]; !library.Has(start.Text) {
					return a.noLesson(start.Text)
				}
			}
			return a.screen(library, ascii, start)
		})(cmd, args)
	}
	return cmd
}

func (a *app) review() *cobra.Command {
	cmd := &cobra.Command{Use: "review", Short: a.w.reviewShort, Args: cobra.NoArgs}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ascii, _ := cmd.Flags().GetBool("ascii")
		return a.do(func([]string) error {
			return a.screen(study.NewLibrary(), ascii, tui.Intent{Kind: tui.StartReview})
		})(cmd, args)
	}
	return cmd
}

func (a *app) progress() *cobra.Command {
	return &cobra.Command{
		Use: "progress", Short: a.w.progressShort, Long: a.w.progressLong, Args: cobra.NoArgs,
		RunE: a.do(func([]string) error { return a.printProgress(progress.DefaultPath()) }),
	}
}

// printProgress prints what has been learned so far, and where it is kept.
func (a *app) printProgress(path string) error {
	store := study.NewStore(path)
	defer store.Close()
	file, notice := store.Open()
	if text := notice.In(lessons.Lang(a.lang)); text != "" {
		fmt.Fprintf(a.err, "tcptutor: %s\n", text)
	}
	p, err := file.Progress()
	if err != nil {
		return &problem{err.Error(), "", failed}
	}
	for _, i := range lessons.List() {
		l := p.Lessons[i.ID]
		if l.Steps == 0 {
			fmt.Fprintf(a.out, a.w.progressUnopened, i.ID, l.Right, l.Asked)
			continue
		}
		fmt.Fprintf(a.out, a.w.progressLine, i.ID, l.Furthest+1, l.Steps, l.Right, l.Asked)
	}
	_, err = fmt.Fprintf(a.out, a.w.progressTotal, len(p.Due), path)
	return err
}
