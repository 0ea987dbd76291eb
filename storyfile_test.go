package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"golang.org/x/tools/txtar"
)

// story is one file of graph/testdata. README.md there explains the format.
type story struct {
	file  string
	text  string // what it tells, in words
	cast  []string
	steps []*step
}

// step is one call: who makes it, what is sent, and what shall come back.
type step struct {
	title, viewer string
	body          string // a GraphQL document, or PUT or GET and a variable that holds an address
	sections      []*section
}

// section is a part of a step.
type section struct{ name, text string }

// The sections of a step. An answer is compared once; in the end, the call is repeated until the answer comes.
const (
	sectionVariables = "variables"
	sectionHeaders   = "headers"
	sectionAnswer    = "answer"
	sectionEnd       = "in the end"
)

func (s *step) section(name string) *section {
	for _, x := range s.sections {
		if x.name == name {
			return x
		}
	}
	return nil
}

// expected is the section with the answer; nil where the call must only succeed.
func (s *step) expected() *section {
	if end := s.section(sectionEnd); end != nil {
		return end
	}
	return s.section(sectionAnswer)
}

// readStory reads a story from its file.
func readStory(file string) (*story, error) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	s := &story{file: file, text: string(archive.Comment)}
	for _, f := range archive.Files {
		text := strings.TrimSpace(string(f.Data))
		switch f.Name {
		case "cast":
			s.cast = strings.Split(text, "\n")
		case sectionVariables, sectionHeaders, sectionAnswer, sectionEnd:
			if len(s.steps) == 0 {
				return nil, fmt.Errorf("%s: %q belongs to no step", file, f.Name)
			}
			last := s.steps[len(s.steps)-1]
			if last.section(f.Name) != nil {
				return nil, fmt.Errorf("%s: the step %q has two of %q", file, last.title, f.Name)
			}
			last.sections = append(last.sections, &section{f.Name, text})
		default:
			viewer, _, _ := strings.Cut(f.Name, " ")
			s.steps = append(s.steps, &step{title: f.Name, viewer: viewer, body: text})
		}
	}
	if strings.TrimSpace(s.text) == "" || len(s.steps) == 0 {
		return nil, fmt.Errorf("%s: a story says what it tells, and has a step", file)
	}
	return s, nil
}

// write puts the story back into its file.
func (s *story) write() error {
	archive := &txtar.Archive{Comment: []byte(strings.TrimSpace(s.text) + "\n\n")}
	add := func(name, text string) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text + "\n")})
	}
	if len(s.cast) > 0 {
		add("cast", strings.Join(s.cast, "\n")+"\n")
	}
	for i, step := range s.steps {
		if i > 0 {
			archive.Files[len(archive.Files)-1].Data = append(archive.Files[len(archive.Files)-1].Data, '\n')
		}
		add(step.title, step.body)
		for _, x := range step.sections {
			add(x.name, x.text)
		}
	}
	return os.WriteFile(s.file, txtar.Format(archive), 0o644)
}

// waits tells whether the story needs background work.
func (s *story) waits() bool {
	for _, step := range s.steps {
		if step.section(sectionEnd) != nil {
			return true
		}
	}
	return false
}

// declared finds the variables that an operation declares.
var declared = regexp.MustCompile(`\$(\w+)\s*:`)
