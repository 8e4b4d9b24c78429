package tui_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tcptutor/quiz"
	"tcptutor/quiz/progress"
)

// kills is how often the program is killed.
const kills = 50

// acknowledged is an answer whose verdict was on the screen.
type acknowledged struct{ lesson, item, choice string }

// What the screen has judged is on the disk: kill -9 after the verdict, whatever the program is at just then, loses none of the answers
// that one file has gathered.
func TestKilledRightAfterAnAnswer(t *testing.T) {
	asked := predictions(t, "handshake")
	l := newLearner(t)
	random := rand.New(rand.NewPCG(9293, 1981))
	var all []acknowledged
	for n := range kills {
		var x *terminal
		var a acknowledged
		if random.IntN(2) == 0 {
			x, a = l.predictsAndIsJudged(asked[random.IntN(len(asked))], random.IntN(2) == 0)
		} else {
			x, a = l.isAskedAndJudged()
		}
		all = append(all, a)
		moment := x.goesOn(random)
		x.kill()
		x.close()
		if err := l.lost(all); err != nil {
			t.Fatalf("kill %d, %s: %v", n+1, moment, err)
		}
	}
	// None of the lessons was left otherwise than by a kill right after an answer: the place was kept with it.
	x := l.open(120, 40)
	x.shows("continue", "The three-way handshake, step ")
	x.quits()
}

// predictsAndIsJudged answers a prediction of a lesson and waits for the verdict.
func (l *learner) predictsAndIsJudged(p prediction, rightly bool) (*terminal, acknowledged) {
	l.t.Helper()
	x := l.open(120, 40, "lesson", "handshake")
	x.shows("step ")
	key, says := p.wrong, "✗ You said"
	if rightly {
		key, says = p.right, "✓ Right"
	}
	x.answers(p, key)
	x.shows(says)
	return x, acknowledged{"handshake", p.item, p.given[key]}
}

// isAskedAndJudged answers the first question of a quiz and waits for the verdict.
func (l *learner) isAskedAndJudged() (*terminal, acknowledged) {
	l.t.Helper()
	x := l.open(120, 40, "quiz", "handshake")
	q := question(l.t, x.shows("Question 1 of"))
	keys, verdict := wrong(l.t, q)
	x.press(keys...)
	x.shows("✗ You said")
	return x, acknowledged{q.Item.Lesson, q.Item.ID, verdict.Given}
}

// wrong is what to press for a wrong answer, and its verdict.
func wrong(t *testing.T, q *quiz.Question) ([]string, quiz.Verdict) {
	t.Helper()
	for i := range q.Choices {
		if v, err := q.Grade(i, ""); err == nil && !v.Right {
			return []string{strconv.Itoa(i + 1)}, v
		}
	}
	// Of pieces in order and of blanks the hint ends with an example, which is no answer.
	_, example, _ := strings.Cut(strings.ReplaceAll(q.Hint.English, "in turn, like ", "for example "), "for example ")
	for _, typed := range []string{"77", "CLOSED", "LISTEN", "EPERM", "77 s", "SYN", example} {
		if v, err := q.Grade(-1, typed); len(q.Choices) == 0 && err == nil && !v.Right {
			return []string{typed, "Enter"}, v
		}
	}
	t.Fatalf("no wrong answer to %s", q.Code)
	return nil, quiz.Verdict{}
}

// goesOn does nothing more, or presses one more key, or asks for what comes next, and lets some moments pass or none. It says what it did.
func (x *terminal) goesOn(random *rand.Rand) string {
	x.t.Helper()
	does := "right after the verdict"
	switch random.IntN(3) {
	case 1:
		key := []string{"l", "v", "?", "j", "Escape"}[random.IntN(5)]
		does = "after the key " + key
		x.press(key)
	case 2:
		does = "while the next question is drawn"
		x.press("Enter", "]")
	}
	looks := random.IntN(3)
	for range looks {
		x.screen()
	}
	return fmt.Sprintf("%s and %d looks", does, looks)
}

// file is where the learner's progress is.
func (l *learner) file() string { return filepath.Join(l.state, "tcptutor", "progress.db") }

// lost opens the progress and tells which of the answers is missing, or is there too often.
func (l *learner) lost(all []acknowledged) (err error) {
	store, problem := progress.Open(l.file())
	if problem != nil {
		return problem
	}
	defer func() {
		if e := store.Close(); err == nil {
			err = e
		}
	}()
	totals, err := store.Totals(time.Now().Unix())
	if err != nil {
		return err
	}
	if totals.Asked != len(all) {
		err = fmt.Errorf("%d answers are kept, %d were judged", totals.Asked, len(all))
	}
	kept := map[[2]string][]string{}
	for i, a := range slices.Backward(all) {
		item := [2]string{a.lesson, a.item}
		if kept[item] == nil {
			history, failed := store.History(a.lesson, a.item, kills)
			if failed != nil {
				return failed
			}
			for _, h := range history {
				kept[item] = append(kept[item], h.Choice)
			}
		}
		// The newest comes first in both.
		if len(kept[item]) == 0 || kept[item][0] != a.choice {
			return fmt.Errorf("answer %d, %v, is lost: kept of its item are %q", i+1, a, kept[item])
		}
		kept[item] = kept[item][1:]
	}
	return err
}
