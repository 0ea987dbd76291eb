package httpapi

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

func TestZZDiff(t *testing.T) {
	os.WriteFile("/tmp/audit/test.graphqls", []byte(testSDL), 0o644)
	f, err := os.Open("/tmp/audit/diff.jsonl")
	if err != nil {
		t.Skip()
	}
	e := newEngine(testConfig())
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	n, bad := 0, 0
	kinds := map[string]int{}
	for sc.Scan() {
		var c struct{ D, Verdict, First string }
		json.Unmarshal(sc.Bytes(), &c)
		n++
		_, probs := e.load(c.D)
		ok := probs == nil
		if ok != (c.Verdict == "ok") {
			msg := ""
			code := ""
			if probs != nil {
				msg = probs[0].fault.Message
				code = string(probs[0].fault.Code)
			}
			bad++
			key := c.Verdict + "/" + c.First
			if ok {
				key = "WE ACCEPT: " + c.Verdict
			} else {
				key = "WE REFUSE " + code
			}
			kinds[key]++
			if kinds[key] <= 12 {
				fmt.Printf("%s\n   doc=%q\n   js=%s\n   ours=%s %s\n", key, c.D, c.First, code, msg)
			}
		}
	}
	fmt.Println(n, bad, kinds)
}
