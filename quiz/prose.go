package quiz

import (
	"regexp"
	"strings"
)

// Typed is a digit that stands in prose as somebody typed it.
type Typed struct {
	Offset int    // in bytes
	Text   string // the word it is in
}

// allowed are the names and the documents' numbers in which digits belong: nothing the engine could compute.
var allowed = regexp.MustCompile(strings.Join([]string{
	"`(?:0|-1)`",  // what calls return
	`\{\{.*?\}\}`, // filled in by the engine
	`\$\{.*?\}`,   // a parameter
	`RFC \d+(?: §\d+(?:\.\d+)*)?`,
	`§\d+(?:\.\d+)*`,
	`\d(?:\*|\^)?(?:\s|\x{a0})?MSL`,
	`FIN[_-]WAIT[_-]?[12]`,
	`(?:listen|shutdown|close|bind|accept|read|write|connect|fork|socket|kill|exit)\([^()]*\)`,
	`IPv[46]`,
	`Linux \d+(?:\.\d+)+`,
	`rfc9293`,
	`linux\d+(?:\.\d+)+`,
	`\d-?tuple`,
	`[A-Za-z]+\(\d\)`, // a manual page: tcp(7)
	`kill -9`,
	`child\d`,
	`\d+-bit`,
	`@\d`,
	`HTTP/\d(?:\.\d)?`,
	"```(?s:.*?)```", // what a tool printed, or a picture
}, "|"))

var digits = regexp.MustCompile(`\S*[0-9０-９]\S*`)

// TypedNumbers finds the digits of a prose that nothing excuses: they are neither in {{ }} nor part of a name or of a document's
// number ("RFC 9293 §3.10", "2 MSL", "listen(fd, 1)", "FIN_WAIT_2"). Prose types no number that the engine can compute.
func TypedNumbers(prose string) []Typed {
	if !suspect(prose) {
		return nil
	}
	blank := allowed.ReplaceAllStringFunc(prose, func(s string) string { return strings.Repeat(" ", len(s)) })
	var found []Typed
	for _, at := range digits.FindAllStringIndex(blank, -1) {
		found = append(found, Typed{at[0], blank[at[0]:at[1]]})
	}
	return found
}

// suspect reports whether there is a digit outside {{ }}: most prose has none, and to look for one costs little.
func suspect(prose string) bool {
	for {
		before, after, found := strings.Cut(prose, "{{")
		if strings.ContainsAny(before, "0123456789０１２３４５６７８９") {
			return true
		}
		if !found {
			return false
		}
		_, prose, _ = strings.Cut(after, "}}")
	}
}
