// Package cli is the command line: what each command of tcptutor does, its flags, its help and its exit status.
//
//	os.Args ──▶ Main ──▶ cobra ──▶ one file a command: run.go, check.go ──▶ scenario, sim, trace
//
// A command is a function that makes a *cobra.Command from an app (its streams, its language); commands lists them. Errors go to
// standard error, each with what to do next. The exit status is 0 when all went well, 1 when what was asked for failed (a
// scenario with mistakes, a file that can't be read), 2 when the command was used wrongly.
package cli
