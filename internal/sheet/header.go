package sheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// columnNames makes a header record's cells the names of columns, each once and none empty, and says what it had to change.
// The same cells always give the same names.
func columnNames(cells []string, line int) ([]string, []RowError) {
	names := make([]string, len(cells))
	taken := make(map[string]bool, len(cells))
	for i, cell := range cells {
		names[i] = strings.Join(strings.Fields(cell), " ")
		taken[names[i]] = true
	}
	var notices []RowError
	seen := make(map[string]bool, len(cells))
	for i, name := range names {
		code, message := "", ""
		switch {
		case name == "":
			code, message = CodeEmptyHeader, "Column %d has no name; it is called %q."
			name = fmt.Sprintf("column_%d", i+1)
		case len(name) > MaxName:
			code, message = CodeLongHeader, "The name of column %d is too long; it is cut to %q."
			name = strings.TrimSpace(excerpt(name))
		}
		if seen[name] || code != "" && taken[name] {
			if code == "" {
				code, message = CodeDuplicateHeader, "The name of column %d was there before; it is called %q."
			}
			name = numbered(name, taken)
		}
		seen[name], taken[name], names[i] = true, true, name
		if code != "" {
			notices = append(notices, RowError{Line: line, Column: name, Code: code, Message: fmt.Sprintf(message, i+1, name), Value: excerpt(cells[i])})
		}
	}
	return names, notices
}

// numbered is the name with the first number behind it that makes it a new one.
func numbered(name string, taken map[string]bool) string {
	for n := 2; ; n++ {
		suffix := fmt.Sprintf("_%d", n)
		if try := name[:min(len(name), MaxName-len(suffix))] + suffix; !taken[strings.ToValidUTF8(try, "")] {
			return strings.ToValidUTF8(try, "")
		}
	}
}

// checkNames refuses columns' names that a reading could not tell apart.
func checkNames(names []string) fault.List {
	var faults fault.List
	for i, name := range names[:min(len(names), MaxColumns)] {
		path := fmt.Sprintf("headers[%d]", i)
		switch {
		case name == "" || len(name) > MaxName:
			faults = append(faults, fault.Input(path, "A column's name has from 1 to %d bytes.", MaxName))
		case slices.Index(names, name) < i:
			faults = append(faults, fault.Input(path, "The column's name %q is there twice. Give one of them another name.", name))
		}
	}
	return faults
}

// looksLikeHeader tells whether a file's first record names the columns of those below it. Words that are usual in headers
// speak for it; numbers, addresses and dates, and texts that come again below, speak against it. In doubt it does: most files
// have a header, and a preview shows at once where it is wrong.
func looksLikeHeader(first []string, below [][]string) bool {
	usual, data, again := 0, 0, 0
	for i, cell := range first {
		cell = strings.TrimSpace(cell)
		switch {
		case cell == "":
		case knownWord(cell):
			usual++
		case len(cell) > MaxName || looksLikeData(cell):
			data++
		case slices.ContainsFunc(below, func(row []string) bool { return i < len(row) && strings.TrimSpace(row[i]) == cell }):
			again++
		}
	}
	if data > 0 {
		return usual > data
	}
	return usual > 0 || again == 0
}

// looksLikeData tells whether a text is a value rather than a name.
func looksLikeData(text string) bool {
	_, notNumber := parseDecimal(text)
	_, notTime := parseTime(text)
	return notNumber == nil || notTime == nil || looksLikeEmail(text) || looksLikePhone(text) || strings.Contains(text, "://") || looksLikeUUID(text)
}

// looksLikeEmail is a guess; what an address is, is decided elsewhere.
func looksLikeEmail(text string) bool {
	name, domain, ok := strings.Cut(text, "@")
	return ok && name != "" && strings.Contains(strings.Trim(domain, "."), ".") && !strings.ContainsAny(text, " ,;")
}

// looksLikePhone is a guess: seven to fifteen digits with the marks that numbers have, and not digits alone.
func looksLikePhone(text string) bool {
	digits := 0
	for _, c := range text {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits >= 7 && digits <= 15 && strings.Trim(text, "0123456789 ()+-./") == "" && strings.ContainsAny(text, "+ ()-./")
}

func looksLikeUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range text {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (text[i] == '-') || !dash && !strings.Contains("0123456789abcdefABCDEF", text[i:i+1]) {
			return false
		}
	}
	return true
}
