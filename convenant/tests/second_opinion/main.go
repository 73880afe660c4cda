// Command second_opinion decides requests with cedar-go, an implementation of Cedar that shares no code with the one
// in the server. It must know nothing of the covenant: policies, entities and requests are given.
//
//	second_opinion entities.json policies.cedar... < requests.jsonl
//
// A request is one JSON line: principal, action, context (each as Cedar writes it in JSON) and the resources it is
// about. The answer is one line with, for each resource, "+" (allow) or "-" (deny), the ids of the permits that
// match, "/" and the ids of the forbids that match: "+P19,P20/".
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "second_opinion:", err)
		os.Exit(1)
	}
}

func run(arguments []string, input io.Reader, output io.Writer) error {
	if len(arguments) < 2 {
		return fmt.Errorf("usage: second_opinion entities.json policies.cedar... < requests.jsonl")
	}
	covenant, err := read(arguments[0], arguments[1:])
	if err != nil {
		return err
	}
	return covenant.answerAll(input, output)
}

// rules are policies in the order of their ids.
type rules []rule

type rule struct {
	id     cedar.PolicyID
	policy *cedar.Policy
}

// All makes rules a set of policies for cedar-go.
func (rules rules) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, rule := range rules {
			if !yield(rule.id, rule.policy) {
				return
			}
		}
	}
}

type covenant struct {
	entities cedar.EntityMap
	all      rules
	permits  rules
}

func read(entities string, policies []string) (*covenant, error) {
	var read covenant
	text, err := os.ReadFile(entities)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &read.entities); err != nil {
		return nil, fmt.Errorf("%s: %w", entities, err)
	}
	for _, file := range policies {
		if err := read.add(file); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	slices.SortFunc(read.all, func(one, other rule) int { return strings.Compare(string(one.id), string(other.id)) })
	for _, rule := range read.all {
		if rule.policy.Effect() == cedar.Permit {
			read.permits = append(read.permits, rule)
		}
	}
	return &read, nil
}

func (covenant *covenant) add(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	policies, err := cedar.NewPolicyListFromBytes(file, text)
	if err != nil {
		return err
	}
	for _, policy := range policies {
		id := policy.Annotations()["id"]
		if id == "" {
			return fmt.Errorf("a policy has no @id")
		}
		covenant.all = append(covenant.all, rule{cedar.PolicyID(id), policy})
	}
	return nil
}

// question is one line of input: the same request about several resources.
type question struct {
	Principal cedar.EntityUID   `json:"principal"`
	Action    cedar.EntityUID   `json:"action"`
	Resources []cedar.EntityUID `json:"resources"`
	Context   cedar.Record      `json:"context"`
}

// batch is how many lines are shared out over the processors at a time.
const batch = 2048

func (covenant *covenant) answerAll(input io.Reader, output io.Writer) error {
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, 1<<20)
	written := bufio.NewWriter(output)
	defer written.Flush()
	var waiting [][]byte
	for lines.Scan() {
		waiting = append(waiting, bytes.Clone(lines.Bytes()))
		if len(waiting) == batch {
			if err := covenant.answer(waiting, written); err != nil {
				return err
			}
			waiting = waiting[:0]
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return covenant.answer(waiting, written)
}

// answer answers these lines in their order, with all processors.
func (covenant *covenant) answer(lines [][]byte, output *bufio.Writer) error {
	answers := make([]string, len(lines))
	failures := make([]error, len(lines))
	var workers sync.WaitGroup
	processors := runtime.GOMAXPROCS(0)
	for first := range processors {
		workers.Go(func() {
			for place := first; place < len(lines); place += processors {
				answers[place], failures[place] = covenant.answerLine(lines[place])
			}
		})
	}
	workers.Wait()
	for place, answer := range answers {
		if failures[place] != nil {
			return failures[place]
		}
		if _, err := fmt.Fprintln(output, answer); err != nil {
			return err
		}
	}
	return output.Flush()
}

func (covenant *covenant) answerLine(line []byte) (string, error) {
	var question question
	if err := json.Unmarshal(line, &question); err != nil {
		return "", fmt.Errorf("%s: %w", line, err)
	}
	var answer strings.Builder
	request := cedar.Request{Principal: question.Principal, Action: question.Action, Context: question.Context}
	for place, resource := range question.Resources {
		if place > 0 {
			answer.WriteByte(' ')
		}
		request.Resource = resource
		if err := covenant.decide(&answer, request); err != nil {
			return "", fmt.Errorf("%s: %w", line, err)
		}
	}
	return answer.String(), nil
}

func (covenant *covenant) decide(answer *strings.Builder, request cedar.Request) error {
	decision, why := cedar.Authorize(covenant.all, covenant.entities, request)
	if len(why.Errors) > 0 {
		return fmt.Errorf("%s cannot be evaluated: %s", why.Errors[0].PolicyID, why.Errors[0].Message)
	}
	// Cedar names the permits of a yes and the forbids of a no; which permits a forbid overruled is asked apart.
	permits, forbids := why.Reasons, []cedar.DiagnosticReason(nil)
	if decision == cedar.Deny && len(why.Reasons) > 0 {
		_, overruled := cedar.Authorize(covenant.permits, covenant.entities, request)
		permits, forbids = overruled.Reasons, why.Reasons
	}
	sign := byte('-')
	if decision == cedar.Allow {
		sign = '+'
	}
	answer.WriteByte(sign)
	list(answer, permits)
	answer.WriteByte('/')
	list(answer, forbids)
	return nil
}

func list(answer *strings.Builder, reasons []cedar.DiagnosticReason) {
	for place, reason := range reasons {
		if place > 0 {
			answer.WriteByte(',')
		}
		answer.WriteString(string(reason.PolicyID))
	}
}
