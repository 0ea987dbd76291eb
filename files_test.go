package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// landed is what became of a file: the code and field that refused it, or the end of its import.
type landed struct {
	progress
	id, code, field string
}

// ends waits for the end of an import that was not refused.
func (w *world) ends(l landed) landed {
	if l.code == "" {
		l.progress = w.a.ended(w.token, l.id)
	}
	return l
}

// sent uploads a file and asks for its import.
func (w *world) sent(t *testing.T, name, body string, mapping any) landed {
	t.Helper()
	var opened struct {
		CreateUpload struct{ UploadID, URL string }
	}
	w.a.do(w.token, openUpload, map[string]any{"name": name}).into(t, &opened)
	require.Equal(t, 200, upload(t, opened.CreateUpload.URL, body), name)
	for _, m := range []any{nil, mapping} { // a look first, without a word of what to do
		res := w.a.do(w.token, `query ($in: PreviewImportInput!) { previewImport(input: $in) { layout { format } unmapped rows { line outcome values { to value } refusals { code value } } } }`,
			map[string]any{"in": map[string]any{"uploadId": opened.CreateUpload.UploadID, "mapping": m}})
		require.Contains(t, []string{"", "BAD_USER_INPUT"}, res.code(), "%s: %s", name, said(res))
	}
	res := w.a.do(w.token, startImport, map[string]any{"upload": opened.CreateUpload.UploadID, "source": "website", "mapping": mapping})
	if len(res.Errors) > 0 {
		field, _ := res.Errors[0].Extensions["field"].(string)
		return landed{code: res.code(), field: field}
	}
	var started struct {
		ImportLeads struct{ Import struct{ ID string } }
	}
	res.into(t, &started)
	return landed{id: started.ImportLeads.Import.ID}
}

// utf16 is a text in UTF-16, with a mark or without.
func inUTF16(s string, big, mark bool) string {
	var b bytes.Buffer
	if mark {
		s = "\ufeff" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if pair := []byte{byte(u), byte(u >> 8)}; big {
			b.Write([]byte{pair[1], pair[0]})
		} else {
			b.Write(pair)
		}
	}
	return b.String()
}

// crooked are files that are no clean CSV, by what is wrong with them.
func crooked() map[string]string {
	good, line := "email,name\nada@company.example,Ada\nbo@company.example,Bo\n", "cleo@company.example,"
	return map[string]string{
		"nothing": "", "one NUL": "\x00", "NUL and no more": strings.Repeat("\x00", 100_000), "blanks": strings.Repeat(" \n", 50_000), "line ends": strings.Repeat("\r\n", 100_000),
		"a header alone": "email,name", "a header of one": "email\n", "no header": "ada@company.example,Ada\nbo@company.example,Bo\n",
		"NUL in a cell": good + line + "Cl\x00eo\n", "NUL in the header": "em\x00ail,name\nada@company.example,Ada\n",
		"UTF-16, low byte first": inUTF16(good, false, true), "UTF-16, high byte first": inUTF16(good, true, true), "UTF-16 without a mark": inUTF16(good, false, false),
		"half a unit of UTF-16": inUTF16(good, false, true) + "x", "a lone surrogate in UTF-16": inUTF16(good, false, true) + "c\x00\x00\xd8\n\x00",
		"Windows-1252": "email,name\nada@company.example,Ad\xe8le\n", "bytes of no encoding": "email,name\nada@company.example,\xff\xfe\xfd\x81\n", "cut in a character": good + line + "Cl\xc3",
		"two marks": "\ufeff\ufeff" + good, "a mark inside": "email,name\nada@company.example,\ufeffAda\n",
		"an open quote": good + line + "\"Cleo\n", "a quote astray": good + line + "Cl\"eo\n", "text behind a quote": good + line + "\"Cl\"eo\n", "quotes alone": strings.Repeat(`"`, 99_999),
		"cells too many": good + line + "Cleo,x,y\n", "cells too few": good + "cleo@company.example\n", "a thousand and one columns": strings.Repeat("x,", 1000) + "email\n" + strings.Repeat(",", 1000) + "ada@company.example\n",
		"one name twice": "email,email\nada@company.example,bo@company.example\n", "names of blanks": " , \nada@company.example,Ada\n", "a name of 70,000 bytes": strings.Repeat("e", 70_000) + ",email\nx,ada@company.example\n",
		"CR alone": strings.ReplaceAll(good, "\n", "\r"), "all line ends": "email,name\rada@company.example,Ada\r\nbo@company.example,Bo\n\r", "sep= first": "sep=;\nemail;name\nada@company.example;Ada\n",
		"a line of 3 MiB": good + line + strings.Repeat("x", 3<<20) + "\n" + "dee@company.example,Dee\n", "a line of 3 MiB in quotes": good + line + `"` + strings.Repeat(strings.Repeat("x", 100_000)+"\n", 30) + "\"\n" + "dee@company.example,Dee\n",
		"formulas": "email,name\nada@company.example,\"=cmd|' /C calc'!A0\"\nbo@company.example,+1+1\n", "a picture": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "an archive": "PK\x03\x04\x14\x00\x06\x00", "gzip": "\x1f\x8b\x08\x00\x00\x00\x00\x00",
		"a page": "<html><body>Sign in</body></html>", "objects": `{"email":"ada@company.example"}` + "\n" + `{"email":` + "\n" + `[1]` + "\n" + `{"email":{"a":1}}` + "\n" + `{"email":"\ud800@company.example"}` + "\n" + `{"email":"bo@company.example"}`,
		"objects.jsonl": `{"email":"ada@company.example","email":"x"}` + "\n\n" + `{"email":1e400}` + "\n" + `{"email":"cleo@company.example"` + strings.Repeat(`,"k":1`, 3) + `}` + "\n" + strings.Repeat(`{"email":`, 5_000), "csv.jsonl": good,
	}
}

func TestCrookedFilesEndWellOrWithACode(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	w := furnish(t, a, "brightwater")
	conn := owner(t, a.owner)
	mapping := map[string]any{"columns": []any{map[string]any{"column": "email", "to": "email"}}}
	seen := map[string]int{}
	var created int64
	before := count(t, conn, "select count(*) from leads")
	all := map[string][]landed{}
	for name, body := range crooked() {
		all[name] = []landed{w.sent(t, name, body, nil), w.sent(t, name, body, mapping)}
	}
	for name, imports := range all {
		for _, got := range imports {
			got = w.ends(got)
			if got.code != "" {
				require.Equal(t, "BAD_USER_INPUT", got.code, name)
				require.NotEmpty(t, got.field, name)
				seen["refused before it began"]++
				continue
			}
			require.Equal(t, "SUCCEEDED", got.State, "%s: %+v", name, got)
			require.Equal(t, got.RowsRead, got.RowsCreated+got.RowsMerged+got.RowsRefused, name)
			require.Equal(t, got.BytesTotal, got.BytesRead, name)
			lines := count(t, conn, "select count(distinct line) from import_refusals where import_id = $1 and code <> ''", uuid(t, got.id))
			require.Equal(t, got.RowsRefused, lines, "%s: every refused row says why", name)
			created += got.RowsCreated
			seen["ended"]++
			seen["rows refused"] += int(got.RowsRefused)
		}
	}
	t.Logf("%d files: %v, %d leads", len(all), seen, created)
	require.Equal(t, created, count(t, conn, "select count(*) from leads")-before+count(t, conn, "select count(*) from accounts a where not exists (select from contacts c where c.account_id = a.id)"))
}

func TestOracleSpectrumComesBackAsItsAuthorSays(t *testing.T) {
	t.Parallel()
	first := referenceFile(t, "identity/csv_spectrum/*.csv")
	if first == "" {
		t.Skip("no reference data: set LEADGRAPH_DATA to its folder")
	}
	a := startAPI(t)
	w := furnish(t, a, "brightwater")
	files, err := filepath.Glob(filepath.Join(filepath.Dir(first), "*.csv"))
	require.NoError(t, err)
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		answer, err := os.ReadFile(strings.TrimSuffix(file, ".csv") + ".json")
		require.NoError(t, err)
		var want []map[string]string
		require.NoError(t, json.Unmarshal(answer, &want))
		var columns []any
		for name := range want[0] {
			columns = append(columns, map[string]any{"column": name, "to": "contact.custom." + name, "type": "TEXT"})
		}
		columns = append(columns, map[string]any{"column": "b", "to": "externalId"})
		got := w.ends(w.sent(t, filepath.Base(file), string(body), map[string]any{"columns": columns}))
		require.Equal(t, "SUCCEEDED", got.State, "%s: %+v", file, got)
		for _, row := range want {
			if row["b"] == "" {
				continue // nobody
			}
			var out struct {
				Contact *struct{ Attributes map[string]string }
			}
			a.do(w.token, `query ($id: String!) { contact(by: {external: {source: "website", id: $id}}) { attributes } }`, map[string]any{"id": row["b"]}).into(t, &out)
			require.NotNil(t, out.Contact, "%s: %v", file, row)
			for name, value := range row {
				require.Equal(t, strings.ReplaceAll(value, "\r\n", "\n"), strings.ReplaceAll(out.Contact.Attributes[name], "\r\n", "\n"), "%s: %v", file, row)
			}
		}
	}
}
