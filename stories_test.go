package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// update makes TestStories write the answers down instead of comparing them.
var update = flag.Bool("update", false, "rewrite the expected answers of the stories in graph/testdata")

// patience is how long "in the end" may take: events come when no older transaction of the whole Postgres runs, those of other tests among
// them, and the machine may be busy with other things. No test tells by the clock on the wall how fast something is; the bench does.
const patience = 3 * time.Minute

func TestStories(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("graph/testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			s, err := readStory(file)
			require.NoError(t, err)
			if *update { // what was reached, even when a step fails
				defer func() { require.NoError(t, s.write()) }()
			}
			told := &telling{t: t, api: startAPI(t, func(c *settings) { c.Jobs, c.Conns = s.waits(), 4 }), vars: variables{}}
			for _, line := range s.cast {
				told.enter(line)
			}
			for _, step := range s.steps {
				told.step(step)
			}
		})
	}
}

// telling is a story being told to a server of its own.
type telling struct {
	t    *testing.T
	api  *testAPI
	vars variables
	host string // the founder who adds the others
	slug string
}

// passphrase is everybody's.
const passphrase = "a long passphrase 42"

// enter lets somebody or something of the cast into the story.
func (s *telling) enter(line string) {
	s.t.Helper()
	words := strings.Fields(line)
	require.GreaterOrEqual(s.t, len(words), 2, "the cast has a name and a part: %q", line)
	name, part := words[0], words[1]
	switch part {
	case "founds":
		s.found(name, words[2:])
	case "source":
		var out struct {
			CreateSource struct{ Source struct{ ID string } }
		}
		s.api.do(s.host, `mutation ($key: String!) { createSource(input: {key: $key, name: $key, kind: FORM, channel: WEB}) { source { id } } }`,
			map[string]any{"key": name}).into(s.t, &out)
		s.vars[name+"Id"] = out.CreateSource.Source.ID
	case "key":
		s.key(name, words[2:])
	case "reason":
		s.reason(name, words[2:])
	case "policy":
		s.vars[name] = s.api.inForce(s.host, s.slug, awake())
	default:
		s.hire(name, words[1:])
	}
}

// found makes a workspace: its slug, and the founder's department where it is not marketing.
func (s *telling) found(name string, words []string) {
	require.NotEmpty(s.t, words, "%s founds what?", name)
	department := auth.Marketing
	if len(words) > 1 {
		department = auth.Department(words[1])
	}
	var out struct {
		SignUp struct {
			AccessToken       string
			Workspace, Member struct{ ID string }
		}
	}
	s.slug = words[0]
	s.api.do("", `mutation ($slug: String!, $name: String!, $email: String!, $password: String!, $d: Department!) { signUp(input: {workspaceName: $slug, slug: $slug,
		name: $name, email: $email, password: $password, department: $d}) { accessToken workspace { id } member { id } } }`,
		map[string]any{"slug": s.slug, "name": title(name), "email": s.email(name), "password": passphrase, "d": department}).into(s.t, &out)
	s.host, s.vars[name], s.vars[name+"Id"], s.vars[s.slug+"Id"] = out.SignUp.AccessToken, out.SignUp.AccessToken, out.SignUp.Member.ID, out.SignUp.Workspace.ID
}

// hire adds a member of a department and a role, perhaps an admin, and signs in as them.
func (s *telling) hire(name string, words []string) {
	require.GreaterOrEqual(s.t, len(words), 2, "%s works where, as what?", name)
	var out struct {
		CreateMember struct{ Member struct{ ID string } }
	}
	s.api.do(s.host, `mutation ($name: String!, $email: String!, $password: String!, $d: Department!, $r: Role!, $admin: Boolean!) {
		createMember(input: {name: $name, email: $email, password: $password, department: $d, role: $r, admin: $admin}) { member { id } } }`,
		map[string]any{"name": title(name), "email": s.email(name), "password": passphrase, "d": words[0], "r": words[1], "admin": len(words) > 2}).into(s.t, &out)
	var in struct{ SignIn struct{ AccessToken string } }
	s.api.do("", `mutation ($email: String!, $password: String!) { signIn(input: {email: $email, password: $password}) { accessToken } }`,
		map[string]any{"email": s.email(name), "password": passphrase}).into(s.t, &in)
	s.vars[name], s.vars[name+"Id"] = in.SignIn.AccessToken, out.CreateMember.Member.ID
}

// key makes an API key with scopes; "as" and a source's name bind it.
func (s *telling) key(name string, words []string) {
	in := map[string]any{"name": title(name)}
	if n := len(words); n > 2 && words[n-2] == "as" {
		in["sourceId"], words = s.vars[words[n-1]+"Id"], words[:n-2]
	}
	in["scopes"] = words
	var out struct {
		CreateAPIKey struct {
			Secret string
			APIKey struct{ ID string }
		}
	}
	s.api.do(s.host, `mutation ($in: CreateApiKeyInput!) { createApiKey(input: $in) { secret apiKey { id } } }`, map[string]any{"in": in}).into(s.t, &out)
	s.vars[name], s.vars[name+"Id"] = out.CreateAPIKey.Secret, out.CreateAPIKey.APIKey.ID
}

// reason makes a reason: its use, where it leads to, and perhaps that it gives the turn back.
func (s *telling) reason(name string, words []string) {
	require.GreaterOrEqual(s.t, len(words), 2, "%s is a reason for what, and leads where?", name)
	var key id.Global
	require.NoError(s.t, key.UnmarshalGQL(s.vars[s.slug+"Id"]))
	label := title(strings.ReplaceAll(strings.ToLower(name), "_", " "))
	_, err := owner(s.t, s.api.owner).Exec(s.t.Context(), `insert into reasons (workspace_id, id, use, key, label, leads_to, credits, position, created_at, updated_at)
		values ($1, gen_random_uuid(), $2, $3, $4, $5, $6, 1, now(), now()) on conflict (workspace_id, use, key) do update set label = excluded.label, leads_to = excluded.leads_to, credits = excluded.credits`,
		key.UUID, words[0], name, label, words[1], len(words) > 2)
	require.NoError(s.t, err)
}

func (s *telling) email(name string) string { return name + "@" + s.slug + ".example" }

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// step makes a call and compares the answer.
func (s *telling) step(step *step) {
	s.t.Helper()
	want := step.expected()
	if want == nil {
		got, err := s.call(step)
		require.NoError(s.t, err, step.title)
		failed, _ := got.(object).get("errors")
		require.Nil(s.t, failed, "%s", step.title)
		return
	}
	got, faults := s.until(step, want)
	if *update {
		if text, ok := got.(string); ok {
			want.text = text
			return
		}
		old, _ := decode([]byte(want.text)) // there may be none yet
		want.text = indent(s.vars.rewrite("", old, got), "")
		return
	}
	require.Empty(s.t, faults, "%s: %s", step.title, indent(got, ""))
}

// until makes the call: once, or until the answer is the expected one or patience ends.
func (s *telling) until(step *step, want *section) (got any, faults []string) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	again := time.NewTicker(25 * time.Millisecond)
	defer again.Stop()
	for {
		got, err := s.call(step)
		require.NoError(s.t, err, step.title)
		faults := s.compare(want.text, got)
		if len(faults) == 0 || want.name != sectionEnd || time.Now().After(deadline) {
			return got, faults
		}
		<-again.C
	}
}

func (s *telling) compare(want string, got any) []string {
	if text, ok := got.(string); ok {
		if want == text {
			return nil
		}
		return []string{fmt.Sprintf("the text should be\n%s\nbut is\n%s", want, text)}
	}
	expected, err := decode([]byte(want))
	if err != nil {
		return []string{err.Error()}
	}
	return s.vars.match("answer", expected, got)
}

// call sends a step's document, or its file, and answers what came back in the story's form.
func (s *telling) call(step *step) (any, error) {
	token := ""
	if step.viewer != "nobody" {
		known, ok := s.vars[step.viewer].(string)
		if !ok {
			return nil, fmt.Errorf("nobody called %q has entered", step.viewer)
		}
		token = known
	}
	method, rest, _ := strings.Cut(step.body, " ")
	if method == http.MethodPut || method == http.MethodGet {
		name, body, _ := strings.Cut(rest, "\n")
		return s.file(method, strings.TrimSpace(name), body)
	}
	vars := object{}
	if given := step.section(sectionVariables); given != nil {
		v, err := decode([]byte(given.text))
		if err != nil {
			return nil, err
		}
		if v, err = s.vars.fill(v); err != nil {
			return nil, err
		}
		vars = v.(object)
	}
	for _, m := range declared.FindAllStringSubmatch(step.body, -1) {
		if value, known := s.vars[m[1]]; known {
			if _, given := vars.get(m[1]); !given {
				vars = append(vars, field{m[1], sent(value)})
			}
		}
	}
	raw := map[string]any{}
	for _, f := range vars {
		raw[f.name] = json.RawMessage(oneLine(f.value)) // numbers as they are written
	}
	var headers []string
	if given := step.section(sectionHeaders); given != nil {
		for line := range strings.Lines(given.text) {
			name, value, _ := strings.Cut(line, ":")
			headers = append(headers, name, strings.TrimSpace(value))
		}
	}
	return told(s.api.do(token, step.body, raw, headers...))
}

// file sends or fetches a file at an address that the story has named.
func (s *telling) file(method, name, body string) (any, error) {
	url, ok := s.vars[name].(string)
	if !ok {
		return nil, fmt.Errorf("no address is called %q yet", name)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		return strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n")), err
	}
	out := answer{Status: res.StatusCode}
	if err := json.Unmarshal(b, &out); err != nil || len(out.Errors) == 0 {
		return decode(b)
	}
	return told(out)
}

// told is an answer in the story's form: the status where it is not 200, the data, and of each error the code, the message and the
// other extensions that do not change from run to run.
func told(a answer) (any, error) {
	out := object{}
	if a.Status != http.StatusOK {
		out = append(out, field{"status", json.Number(fmt.Sprint(a.Status))})
	}
	if len(a.Data) > 0 && !bytes.Equal(a.Data, []byte("null")) {
		data, err := decode(a.Data)
		if err != nil {
			return nil, err
		}
		out = append(out, field{"data", data})
	}
	sort.SliceStable(a.Errors, func(i, j int) bool { // fields that stand beside each other fail in any order
		return fmt.Sprint(a.Errors[i].Path) < fmt.Sprint(a.Errors[j].Path)
	})
	var faults []any
	for _, e := range a.Errors {
		b, err := json.Marshal(e.Extensions)
		if err != nil {
			return nil, err
		}
		extensions, err := decode(b)
		if err != nil {
			return nil, err
		}
		code, _ := e.Extensions["code"].(string)
		told := object{{"code", code}, {"message", e.Message}}
		if extra, ok := extensions.(object); ok {
			for _, f := range extra {
				if f.name != "code" && f.name != "requestId" {
					told = append(told, f)
				}
			}
		}
		faults = append(faults, told)
	}
	if len(faults) > 0 {
		out = append(out, field{"errors", faults})
	}
	return out, nil
}
