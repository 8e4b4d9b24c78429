package tcp

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// BookID is how a state names its book: its place on the shelf. IDs hold within one build and run of the
// program; files name books by name.
type BookID uint16

// shelf holds the books in use. It only grows, and a name always stands for the same rules, so what is on it
// can't change a run; readers take the list as it is, writers put a longer one in its place.
var shelf struct {
	sync.Mutex
	books atomic.Pointer[[]*Book]
}

func onShelf() []*Book {
	if l := shelf.books.Load(); l != nil {
		return *l
	}
	return nil
}

// BookOf returns the book with that ID.
func BookOf(id BookID) *Book { return onShelf()[id] }

// Register puts a book on the shelf, so that states can name it, and returns its ID.
func Register(b *Book) BookID {
	shelf.Lock()
	defer shelf.Unlock()
	return register(b)
}

func register(b *Book) BookID {
	b.abridge()
	l := onShelf()
	b.ID = BookID(len(l))
	l = append(slices.Clip(l), b)
	shelf.books.Store(&l)
	return b.ID
}

// FindBook finds or makes the book that a name asks for: a base book and patches joined by '+', such as
// "linux", "rfc9293" or "linux+no-time-wait".
func FindBook(name string) (*Book, error) {
	shelf.Lock()
	defer shelf.Unlock()
	if b := bookNamed(name); b != nil {
		return b, nil
	}
	parts := strings.Split(name, "+")
	base := bookNamed(parts[0])
	if base == nil {
		return nil, fmt.Errorf("no book is called %q; there are %s", parts[0], strings.Join(BaseBooks(), ", "))
	}
	b := base.clone()
	for _, p := range parts[1:] {
		i := slices.IndexFunc(patches, func(q *Patch) bool { return q.Name == p })
		if i < 0 {
			return nil, fmt.Errorf("no patch is called %q; there are %s", p, strings.Join(patchNames(), ", "))
		}
		patches[i].Apply(b)
		if b.missing != nil {
			return nil, fmt.Errorf("patch %s does not go with %s: there is no rule %s in it", p, parts[0], b.missing.Name)
		}
	}
	b.Name = name
	register(b)
	return b, nil
}

func bookNamed(name string) *Book {
	for _, b := range onShelf() {
		if b.Name == name {
			return b
		}
	}
	return nil
}

// BaseBooks are the names of the books that are not patched.
func BaseBooks() []string {
	var names []string
	for _, b := range onShelf() {
		if !strings.ContainsAny(b.Name, "+-") {
			names = append(names, b.Name)
		}
	}
	return names
}

// Patches returns every patch there is.
func Patches() []*Patch { return slices.Clone(patches) }

func patchNames() []string {
	var names []string
	for _, p := range patches {
		names = append(names, p.Name)
	}
	return names
}
