package sheet

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// dataFiles finds reference data by glob, or skips the test where the folder is absent.
func dataFiles(t *testing.T, glob string) []string {
	t.Helper()
	dir := os.Getenv("LEADGRAPH_DATA")
	if dir == "" {
		dir = filepath.Join(repository(t), "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, glob))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skipf("no reference data %s; set LEADGRAPH_DATA", glob)
	}
	return files
}

// repository is the folder of go.mod.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		require.NotEqual(t, dir, up, "no go.mod above the working directory")
		dir = up
	}
}

// TestOracleSpectrum reads awkward CSV files and compares with their contents as JSON.
func TestOracleSpectrum(t *testing.T) {
	t.Parallel()
	for _, file := range dataFiles(t, "identity/csv_spectrum/*.csv") {
		t.Run(filepath.Base(file)+" is read as its author says", func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			if strings.HasSuffix(file, "_crlf.csv") { // a checkout may have taken the CRs that the name promises
				body = bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
			}
			answer, err := os.ReadFile(strings.TrimSuffix(file, ".csv") + ".json")
			require.NoError(t, err)
			var want []map[string]string
			require.NoError(t, json.Unmarshal(answer, &want))
			layout, err := Sniff(body, "")
			require.NoError(t, err)
			r := Open(bytes.NewReader(body), layout)
			got := []map[string]string{}
			for _, a := range answers(t, r) {
				require.Nil(t, a.Bad)
				row := map[string]string{}
				for i, name := range r.Headers() {
					row[name] = a.Row.Cells[i]
				}
				got = append(got, row)
			}
			require.Equal(t, want, got)
		})
	}
}

// TestOracleStandardReader reads every CSV of the reference data and compares with the standard library.
func TestOracleStandardReader(t *testing.T) {
	t.Parallel()
	for _, file := range dataFiles(t, "*/*.csv") {
		t.Run(filepath.Base(file)+" has the standard library's cells", func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			want, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
			require.NoError(t, err)
			layout, err := Sniff(body[:min(len(body), SniffSize)], "")
			require.NoError(t, err)
			require.True(t, layout.HasHeader)
			require.Equal(t, want[0], layout.Headers)
			all := answers(t, Open(bytes.NewReader(body), layout))
			require.Len(t, all, len(want)-1)
			for i, a := range all {
				require.Nil(t, a.Bad)
				require.Equal(t, want[i+1], a.Row.Cells)
			}
			require.EqualValues(t, len(body), all[len(all)-1].Row.EndOffset)
		})
	}
}

// TestOracleNaughtyStrings sends hostile strings through files: each comes back as it was, or as a fault of its own row.
func TestOracleNaughtyStrings(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile(dataFiles(t, "identity/naughty_strings.json")[0])
	require.NoError(t, err)
	var naughty []string
	require.NoError(t, json.Unmarshal(body, &naughty))
	check := func(t *testing.T, file []byte, layout Layout) {
		r := Open(bytes.NewReader(file), layout)
		for _, want := range naughty {
			row, err := r.Next()
			var bad *RowError
			if strings.ContainsRune(want, 0) {
				require.ErrorAs(t, err, &bad)
				require.Equal(t, CodeNul, bad.Code)
				require.Equal(t, "text", bad.Column)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, []string{"id", want}, row.Cells)
		}
		_, err := r.Next()
		require.Equal(t, io.EOF, err)
	}
	for _, e := range []Encoding{UTF8, UTF16LE, UTF16BE} {
		t.Run("as CSV in "+string(e), func(t *testing.T) {
			t.Parallel()
			text := "id,text\r\n"
			for _, s := range naughty {
				text += `id,"` + strings.ReplaceAll(s, `"`, `""`) + "\"\r\n"
			}
			check(t, encode(t, text, e, true), Layout{Encoding: e, HasHeader: true})
		})
	}
	t.Run("as JSON Lines", func(t *testing.T) {
		t.Parallel()
		var text []byte
		for _, s := range naughty {
			line, err := json.Marshal(map[string]string{"id": "id", "text": s})
			require.NoError(t, err)
			text = append(append(text, line...), '\n')
		}
		check(t, text, Layout{Format: JSONL})
	})
	t.Run("unquoted they cost their own rows alone", func(t *testing.T) {
		t.Parallel()
		for _, s := range naughty {
			file := "id,text\n1,a\n2," + s + "\n3,b\n"
			all := answers(t, Open(strings.NewReader(file), Layout{HasHeader: true}))
			require.Equal(t, []string{"1", "a"}, all[0].Row.Cells)
			require.Equal(t, []string{"3", "b"}, all[len(all)-1].Row.Cells, "%q", s)
		}
	})
	t.Run("as values they are taken, or refused with their column", func(t *testing.T) {
		t.Parallel()
		for _, target := range targets {
			m := Mapping{Columns: []ColumnMapping{{Column: "id", To: "externalId"}, {Column: "text", To: target.name}, {Column: "text", To: "touch.kind", Values: []ValueMapping{{AnyOther, new("CALL")}}}}}
			if target.name == "externalId" || target.name == "touch.kind" {
				continue
			}
			plan, faults := Compile(m, []string{"id", "text"})
			require.Empty(t, faults)
			for _, s := range naughty {
				_, bad := plan.Apply(Row{Line: 1, Cells: []string{"id", s}})
				for _, b := range bad {
					require.Equal(t, "text", b.Column)
					require.NotEmpty(t, b.Code)
				}
			}
		}
	})
}

// landFile applies an example's mapping to a file of the reference data and answers its records.
func landFile(t *testing.T, example, glob string) []Record {
	t.Helper()
	body, err := os.ReadFile(dataFiles(t, glob)[0])
	require.NoError(t, err)
	layout, err := Sniff(body[:min(len(body), SniffSize)], "")
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(repository(t), "examples", example))
	require.NoError(t, err)
	var m Mapping
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	require.NoError(t, strict.Decode(&m))
	plan, faults := Compile(m, layout.Headers)
	require.NoError(t, faults.OrNil())
	var records []Record
	for _, a := range answers(t, Open(bytes.NewReader(body), layout)) {
		require.Nil(t, a.Bad)
		record, bad := plan.Apply(a.Row)
		require.Empty(t, bad)
		records = append(records, record)
	}
	return records
}

// TestOracleExamples lands the example mappings' files and counts what landed.
func TestOracleExamples(t *testing.T) {
	t.Parallel()
	t.Run("every lead of X Education lands with what is known of it", func(t *testing.T) {
		t.Parallel()
		counts := map[string]int{}
		for _, r := range landFile(t, "x-education.mapping.json", "scoring/x_education_leads.csv") {
			require.True(t, r.HasPerson())
			for _, f := range r.Facts() {
				require.NotEqual(t, "select", strings.ToLower(f.Value))
				counts[f.To]++
				if f.To == "touch.kind" || f.To == "consent.email" || f.To == "lead.custom.converted" {
					counts[f.To+"="+f.Value]++
				}
			}
		}
		for what, want := range map[string]int{
			"externalId": 9240, "lead.custom.converted=true": 3561, "lead.custom.converted=false": 5679, "consent.email=WITHDRAWN": 734, "consent.email=GRANTED": 0,
			"consent.phone": 2, "touch.kind": 9240 - 103, "touch.kind=EMAIL_OPENED": 3437, "touch.kind=MESSAGE": 2745, "touch.kind=UNSUBSCRIBED": 63, "country": 9240 - 2461 - 5 - 2,
			"lead.custom.specialization": 9240 - 1942 - 1438, "city": 3222 + 752, "lead.custom.city_group": 9240 - 2249 - 1420, "lead.custom.total_visits": 9240 - 137,
		} {
			require.Equal(t, want, counts[what], what)
		}
	})
	t.Run("every company of the CRM lands alone", func(t *testing.T) {
		t.Parallel()
		revenue, employees, parents := 0.0, 0, 0
		for _, r := range landFile(t, "crm-accounts.mapping.json", "crm/accounts.csv") {
			require.False(t, r.HasPerson())
			require.NotEqual(t, "technolgy", *r.Industry)
			require.NotEqual(t, "Philipines", *r.AccountCountry)
			revenue += *r.Revenue
			employees += *r.Employees
			if r.AccountCustom["parent"] != nil {
				parents++
			}
			if *r.Company == "Acme Corporation" {
				require.Equal(t, 1100040000.0, *r.Revenue)
				require.Equal(t, 1996.0, r.AccountCustom["year_established"])
			}
		}
		require.Equal(t, 15, parents)
		require.InDelta(t, 169543.80e6, revenue, 1)
		require.Equal(t, 396170, employees)
	})
	t.Run("every lead of X Education lands by the suggested mapping too", func(t *testing.T) {
		t.Parallel()
		body, err := os.ReadFile(dataFiles(t, "scoring/x_education_leads.csv")[0])
		require.NoError(t, err)
		layout, err := Sniff(body[:SniffSize], "")
		require.NoError(t, err)
		all := answers(t, Open(bytes.NewReader(body), layout))
		var sample [][]string
		for _, a := range all[:100] {
			sample = append(sample, a.Row.Cells)
		}
		m, _ := Suggest(layout.Headers, sample)
		plan, faults := Compile(m, layout.Headers)
		require.NoError(t, faults.OrNil())
		for _, a := range all {
			_, bad := plan.Apply(a.Row)
			require.Empty(t, bad)
		}
	})
}
