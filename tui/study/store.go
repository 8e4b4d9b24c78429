package study

import (
	"sync"
	"time"

	"tcptutor/quiz"
	"tcptutor/quiz/progress"
	"tcptutor/tcp/observe"
	"tcptutor/tcp/sim"
	"tcptutor/tui"
)

// mostDue is how many reviews the screen is told of at once.
const mostDue = 200

// Store is the learner's progress. What it has read last it remembers, for quizzes that are put together while the screen waits.
type Store struct {
	path string
	file *progress.Store

	mu    sync.Mutex // guards what follows: the screen reads it while a job of the store's is under way
	due   []string
	count map[string]int
}

// NewStore is the progress in a file, which is not opened before Open.
func NewStore(path string) *Store { return &Store{path: path, count: map[string]int{}} }

// Open opens the file. A notice says what the learner must know: that nothing will be kept, or that a damaged file was set aside.
func (s *Store) Open() (tui.Store, tui.Text) {
	file, notice := progress.Open(s.path)
	s.file = file
	if notice == nil {
		return s, tui.Text{}
	}
	return s, say(notice)
}

// Close gives the file up.
func (s *Store) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// Progress reads everything the home screen shows.
func (s *Store) Progress() (tui.Progress, error) {
	out := tui.Progress{Lessons: map[string]tui.LessonProgress{}}
	list, err := s.file.Lessons()
	if err != nil {
		return out, told(err)
	}
	for _, l := range list {
		out.Lessons[l.Lesson] = tui.LessonProgress{Step: l.Step, Steps: l.Steps, Furthest: max(l.Furthest, 0), Asked: l.Asked, Right: l.Right}
		out.Asked += l.Asked
		out.Right += l.Right
	}
	if last, ok, err := s.file.Continue(); err != nil {
		return out, told(err)
	} else if ok {
		out.Continue = last.Lesson
	}
	cards, err := s.file.Due(time.Now().Unix(), mostDue)
	if err != nil {
		return out, told(err)
	}
	for _, c := range cards {
		out.Due = append(out.Due, tui.Due{Lesson: c.Lesson, Item: c.Item})
	}
	asked, err := s.file.Asked()
	if err != nil {
		return out, told(err)
	}
	s.remember(out.Due, asked)
	return out, s.language(&out)
}

func (s *Store) remember(due []tui.Due, asked map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count = asked
	s.due = s.due[:0]
	for _, d := range due {
		s.due = append(s.due, d.Item)
	}
}

func (s *Store) language(out *tui.Progress) error {
	lang, err := s.file.Setting(progress.Language)
	if err != nil {
		return told(err)
	}
	switch lang {
	case tui.English.String():
		out.Lang, out.LangKept = tui.English, true
	case tui.Chinese.String():
		out.Lang, out.LangKept = tui.Chinese, true
	}
	return nil
}

// dueItems are the items whose review had come when the progress was last read.
func (s *Store) dueItems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.due...)
}

// asked is how often an item has been asked.
func (s *Store) asked(item string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count[item]
}

// Record keeps an answer.
func (s *Store) Record(q *tui.Question, v *tui.Verdict) error {
	_, seed, err := quiz.ParseCode(q.Code)
	if err != nil {
		return err
	}
	_, err = s.file.Record(progress.Answer{
		Lesson: q.Lesson, Item: q.Item, Seed: seed, Book: q.Book, Choice: v.Given, Right: v.Right, At: time.Now().Unix(),
	})
	if err != nil {
		return told(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count[q.Item]++
	return nil
}

// SavePosition keeps the place in a lesson.
func (s *Store) SavePosition(lesson string, step, steps int) error {
	return told(s.file.SavePosition(progress.Position{Lesson: lesson, Step: step, Steps: steps, At: time.Now().Unix()}))
}

// SetLang keeps the language.
func (s *Store) SetLang(l tui.Lang) error {
	return told(s.file.SetSetting(progress.Language, l.String()))
}

// Finder is the Find of a story that tells a run.
func Finder(run sim.Run) func(string) (int, error) {
	return func(text string) (int, error) {
		m, err := observe.ParseMoment(run.Program(), text)
		if err != nil {
			return 0, err
		}
		if i, ok := observe.FindMoment(run, m); ok {
			return i, nil
		}
		return 0, &observe.NeverError{Moment: text}
	}
}
