package cli

import (
	"strings"

	"tcptutor/tcp/trace"
)

// language is trace's: English or Chinese.
type language = trace.Lang

// pickLanguage is the language of --lang, else of the locale (POSIX: LC_ALL goes before LC_MESSAGES before LANG), else English. It
// reads the arguments by itself because the help that cobra prints has to be in that language already.
func pickLanguage(args []string, env func(string) string) (l language, asked bool) {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		value, found := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, found = args[i+1], true
		}
		if l, ok := parseLanguage(value); found && ok {
			return l, true
		}
	}
	for _, name := range [...]string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := env(name); locale != "" {
			if strings.HasPrefix(locale, "zh") {
				return trace.Chinese, false
			}
			break
		}
	}
	return trace.English, false
}

func parseLanguage(s string) (language, bool) {
	switch s {
	case "en":
		return trace.English, true
	case "zh":
		return trace.Chinese, true
	}
	return trace.English, false
}
