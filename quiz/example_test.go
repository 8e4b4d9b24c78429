package quiz_test

import (
	"fmt"
	"os"

	"tcptutor/quiz"
)

func Example() {
	set, err := quiz.Load(os.DirFS("../lessons"), "handshake/quiz.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	q, err := set.Item("answer-to-a-syn").Make(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(q.Code)
	fmt.Println(q.Prompt.English)
	for _, typed := range []string{"[R.]", "ack syn"} {
		v, err := q.Grade(-1, typed)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %v %q\n", typed, v.Right, v.Misconception)
	}
	_, err = q.Grade(-1, "four")
	fmt.Println(err)
	// Output:
	// answer-to-a-syn-0002
	// A SYN arrives. A program listens on the port. Which flags does the segment carry that answers it?
	// [R.]: false "refuses"
	// ack syn: true ""
	// Type flags, for example FIN,ACK or [F.].
}
