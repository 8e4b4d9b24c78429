package study

import (
	"tcptutor/lessons"
	"tcptutor/tui"
)

// Library is the lessons in the program, and one from outside it when it is told of a folder.
type Library struct {
	opened map[string]*lessons.Lesson
	extra  *lessons.Lesson
}

// NewLibrary is the lessons in the program.
func NewLibrary() *Library { return &Library{opened: map[string]*lessons.Lesson{}} }

// AddFolder adds a lesson that an author tries out, and returns its ID.
func (b *Library) AddFolder(folder string) (string, error) {
	l, err := lessons.LoadDir(folder)
	if err != nil {
		return "", err
	}
	b.extra = l
	b.opened[l.ID] = l
	return l.ID, nil
}

// Lessons lists the lessons in their order.
func (b *Library) Lessons() []tui.LessonInfo {
	var out []tui.LessonInfo
	for _, i := range lessons.List() {
		if b.extra == nil || b.extra.ID != i.ID {
			out = append(out, info(i, len(out)+1))
		}
	}
	if b.extra != nil {
		out = append(out, info(b.extra.Info, len(out)+1))
	}
	return out
}

func info(i lessons.Info, number int) tui.LessonInfo {
	return tui.LessonInfo{ID: i.ID, Number: number, Title: tui.Text(i.Title)}
}

// Has reports whether there is a lesson of that name. Nothing is read.
func (b *Library) Has(id string) bool {
	for _, i := range b.Lessons() {
		if i.ID == id {
			return true
		}
	}
	return false
}

// Load reads a lesson, once.
func (b *Library) Load(id string) (*lessons.Lesson, error) {
	if l := b.opened[id]; l != nil {
		return l, nil
	}
	l, err := lessons.Load(id)
	if err == nil {
		b.opened[id] = l
	}
	return l, err
}

// Open readies a lesson for the screen.
func (b *Library) Open(id string) (*tui.Lesson, error) {
	l, err := b.Load(id)
	if err != nil {
		return nil, err
	}
	out := &tui.Lesson{Story: b.story(l, l.Story)}
	for _, i := range b.Lessons() {
		if i.ID == id {
			out.LessonInfo = i
		}
	}
	for _, w := range l.WhatIfs {
		out.WhatIfs = append(out.WhatIfs, tui.WhatIf{
			ID: w.ID, Title: tui.Text(w.Title), About: w.About,
			Open: func() (tui.Story, int, error) {
				story, differs, err := w.Open()
				return b.story(l, story), differs, err
			},
		})
	}
	return out, nil
}

// story brings a lesson's run with its notes, and makes the questions that the notes ask.
func (b *Library) story(l *lessons.Lesson, s lessons.Story) tui.Story {
	out := tui.Story{Run: s.Run, Book: s.Book, Find: s.Find}
	for _, n := range s.Notes {
		note := tui.Note{Step: n.Step, Title: tui.Text(n.Title), Body: n.Body}
		for _, item := range n.Ask {
			if q, err := l.Predict(item); err == nil { // the content tests see to it that each can be made
				note.Ask = append(note.Ask, question(q))
			}
		}
		out.Notes = append(out.Notes, note)
	}
	return out
}
