package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// leads is a file of so many leads of 16 columns, with quotes in some.
func leads(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("Prospect ID,First Name,Last Name,Email,Phone,Company,Employees,Country,City,Source,Visits,Time on Site,Activity,Interest,Note,Created\n")
	for i := range rows {
		fmt.Fprintf(&b, "7927b2df-8bba-4d29-b9a2-%012d,Anna,Müller,anna.mueller%d@example.com,+49 30 %07d,\"Example, Söhne & Co\",%d,Germany,Berlin,Organic Search,%d,%d,Email Opened,Business Administration,,2026-03-02T09:30:00Z\n", i, i, i, i%5000, i%40, i%2000)
	}
	return b.Bytes()
}

func benchmarkReader(b *testing.B, body []byte, layout Layout) {
	rows := 0
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r := Open(bytes.NewReader(body), layout)
		for {
			if _, err := r.Next(); err != nil {
				break
			}
			rows++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}

func BenchmarkCSV(b *testing.B) {
	for _, e := range Encodings {
		b.Run(string(e), func(b *testing.B) {
			benchmarkReader(b, encode(b, string(leads(5000)), e, false), Layout{Encoding: e, HasHeader: true})
		})
	}
}

// BenchmarkStandardCSV is the standard library's reader on the same file, as a measure.
func BenchmarkStandardCSV(b *testing.B) {
	body := leads(5000)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r := csv.NewReader(bytes.NewReader(body))
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			}
		}
	}
}

func BenchmarkJSONL(b *testing.B) {
	var body bytes.Buffer
	for i := range 5000 {
		fmt.Fprintf(&body, `{"Prospect ID":"7927b2df-8bba-4d29-b9a2-%012d","First Name":"Anna","Email":"anna%d@example.com","Company":"Example, Söhne & Co","Employees":%d,"Country":"Germany","Converted":true,"Note":null}`+"\n", i, i, i)
	}
	benchmarkReader(b, body.Bytes(), Layout{Format: JSONL})
}

func BenchmarkApply(b *testing.B) {
	body := leads(1000)
	r := Open(bytes.NewReader(body), Layout{HasHeader: true})
	var rows []Row
	for {
		row, err := r.Next()
		if err != nil {
			break
		}
		rows = append(rows, row)
	}
	m, _ := Suggest(r.Headers(), nil)
	plan, faults := Compile(m, r.Headers())
	require.Empty(b, faults)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		_, bad := plan.Apply(rows[i%len(rows)])
		require.Empty(b, bad)
		i++
	}
}
