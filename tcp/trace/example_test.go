package trace_test

import (
	"fmt"
	"os"
	"strings"

	"tcptutor/tcp/sim"
	"tcptutor/tcp/trace"
)

// What strace would have shown of the client.
func ExampleWrite() {
	run := sim.NewTimeline(textbook())
	const client = 1
	if err := trace.Write(os.Stdout, run, run.Len(), trace.NewCalls(client)); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 0.000000  client  socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
	// 0.000000  client  connect(3, {10.0.0.2, 8080} <blocked ...>
	// 0.020000  client  <... connect resumed>) = 0 <20.0 ms>
	// 0.020000  client  write(3, "hello", 5) = 5
	// 0.020000  client  close(3) = 0
}

// What ss would have shown on the server when everything was over.
func ExampleSS() {
	run := sim.NewTimeline(textbook())
	const server = 0
	for _, line := range trace.SS(run.View(run.Len()), server) {
		fmt.Println(line)
	}
	// Output:
	// State   Recv-Q  Send-Q  Local Address:Port  Peer Address:Port  Process
	// LISTEN  0       10      0.0.0.0:8080        0.0.0.0:*
}

// The states a run goes through, from its JSON.
func ExampleDecode() {
	run := sim.NewTimeline(textbook())
	var text strings.Builder
	if err := trace.Write(&text, run, run.Len(), trace.NewJSON()); err != nil {
		fmt.Println(err)
	}
	for record, err := range trace.Decode(strings.NewReader(text.String())) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, f := range record.Facts {
			if f.Host == "client" && f.ToState != "" {
				fmt.Println(record.AtNS/1e6, f.ToState)
			}
		}
	}
	// Output:
	// 0 SYN_SENT
	// 20 ESTABLISHED
	// 20 FIN_WAIT_1
	// 80 FIN_WAIT_2
	// 2040 TIME_WAIT
	// 62040 CLOSED
}
