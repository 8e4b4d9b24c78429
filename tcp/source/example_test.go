package source_test

import (
	"fmt"

	"tcptutor/tcp/source"
)

// A rule cites an id; the screen shows where it stands and what it says.
func ExampleLookup() {
	e, _ := source.Lookup("KERNEL/4.1")
	fmt.Println(e.Cite(), e.Name)
	fmt.Println(e.English)
	fmt.Println(e.Chinese)
	// Output:
	// KERNEL §4 accept-queue-holds-backlog-plus-one
	// listen(0), listen(1), listen(2), listen(5) hold 1, 2, 3, 6 ESTABLISHED connections: N+1.
	// listen(0)、listen(1)、listen(2)、listen(5) 分别能容纳 1、2、3、6 个 ESTABLISHED 连接：N+1。
}
