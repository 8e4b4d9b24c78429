package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tcptutor/tcp"
	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tcptutor": func() { os.Exit(Main()) }})
}

// The command line end to end: each script is a story told to a shell.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LC_ALL", "C.UTF-8")
			lessons, err := filepath.Abs("../../lessons")
			e.Setenv("LESSONS", lessons)
			return err
		},
		Condition: func(name string) (bool, error) {
			if name != "e2e" {
				return false, fmt.Errorf("there is no condition %q", name)
			}
			return os.Getenv("TCPTUTOR_E2E") == "1", nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"repeat": repeat, "status": status},
	})
}

// repeat FILE N WORDS... writes the words N times, a line each.
func repeat(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(strings.Join(args[2:], " ")+"\n", n)), 0o644))
}

// status N COMMAND... runs a command and wants exit status N.
func status(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("%s: exit status %s, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

func TestLanguage(t *testing.T) {
	for _, test := range []struct {
		args []string
		env  map[string]string
		want language
	}{
		{nil, nil, trace.English},
		{nil, map[string]string{"LANG": "zh_CN.UTF-8"}, trace.Chinese},
		{nil, map[string]string{"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, trace.English},
		{nil, map[string]string{"LC_ALL": "zh_TW", "LC_MESSAGES": "en_US.UTF-8"}, trace.Chinese},
		{[]string{"run", "f", "--lang", "en"}, map[string]string{"LANG": "zh_CN.UTF-8"}, trace.English},
		{[]string{"--lang=zh", "run"}, nil, trace.Chinese},
		{[]string{"run", "--", "--lang=zh"}, nil, trace.English}, // a file of that name
		{[]string{"--lang=fr"}, map[string]string{"LANG": "zh"}, trace.Chinese},
	} {
		if got, _ := pickLanguage(test.args, func(k string) string { return test.env[k] }); got != test.want {
			t.Errorf("%q in %v: language %d, want %d", test.args, test.env, got, test.want)
		}
	}
}

// A word that is missing in one language would show as nothing, and one with other places for values as nonsense.
func TestEveryWordInBothLanguages(t *testing.T) {
	for lang := range wordsOf {
		v, english := reflect.ValueOf(wordsOf[lang]), reflect.ValueOf(wordsOf[trace.English])
		for i := range v.NumField() {
			got, want := v.Field(i).String(), english.Field(i).String()
			if got == "" || strings.Count(got, "%") != strings.Count(want, "%") {
				t.Errorf("language %d: %s is %q, in English %q", lang, v.Type().Field(i).Name, got, want)
			}
		}
	}
}

func TestClockWord(t *testing.T) {
	for _, test := range []struct {
		d    time.Duration
		want string
	}{{time.Hour, "1h"}, {90 * time.Minute, "1h30m"}, {10 * time.Minute, "10m"}, {20 * time.Second, "20s"}, {time.Hour + time.Second, "1h0m1s"}} {
		if got := clockWord(test.d); got != test.want {
			t.Errorf("%v is %q, want %q", test.d, got, test.want)
		}
	}
}

// --set takes every sysctl, by its name with or without what stands before it, on every host or on one, and only what the kernel takes.
func TestEverySysctlCanBeSet(t *testing.T) {
	a := &app{w: &wordsOf[trace.English]}
	for k := range tcp.Knobs {
		knob := &tcp.Knobs[k]
		want := sim.Setting{Knob: tcp.Sysctl(k), Value: knob.Most}
		short := knob.Name[strings.LastIndex(knob.Name[:strings.IndexByte(knob.Name+"[", '[')], ".")+1:]
		for _, name := range []string{knob.Name, short, "server:" + short} {
			p := &sim.Program{Hosts: []sim.HostSpec{{Name: "client"}, {Name: "server"}}}
			if err := a.changeSysctls(p, "--set", []string{fmt.Sprintf("%s=%d", name, knob.Most)}); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			onClient := slices.Contains(p.Hosts[0].Sysctl, want)
			if !slices.Contains(p.Hosts[1].Sysctl, want) || onClient == strings.HasPrefix(name, "server:") {
				t.Errorf("%s: the hosts have %v and %v", name, p.Hosts[0].Sysctl, p.Hosts[1].Sysctl)
			}
		}
		for _, v := range []int64{knob.Least - 1, knob.Most + 1} {
			err := a.changeSysctls(&sim.Program{}, "--set", []string{fmt.Sprintf("%s=%d", knob.Name, v)})
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("from %d to %d", knob.Least, knob.Most)) {
				t.Errorf("%s=%d: %v", knob.Name, v, err)
			}
		}
	}
}
