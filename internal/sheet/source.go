package sheet

import (
	"encoding/binary"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// chunk is how much is decoded at a time: enough that moving the rest of a record to the front of the buffer is cheap.
const chunk = 64 << 10

// badByte stands in the text for a byte that means nothing in the file's encoding: it is never valid UTF-8.
const badByte = 0xFF

// source is a window over a stream, as UTF-8, that knows each place in the original bytes.
//
// What is wrong in the original stays wrong in the window: a lone half of a UTF-16 pair becomes its three bytes, which no valid
// UTF-8 holds, and other bad bytes become badByte. So one check of the text finds all, and the width of the text in the original
// can be told from the text alone.
type source struct {
	r          io.Reader
	encoding   Encoding
	raw        []byte // read and not decoded; unused for UTF-8
	buf        []byte
	start, end int   // the window in buf
	offset     int64 // of the window's start in the stream
	err        error // why no more comes
}

// window is the text read and not passed. It is valid until the next call of more.
func (s *source) window() []byte { return s.buf[s.start:s.end] }

// pass moves the window's start by n bytes of text.
func (s *source) pass(n int) {
	s.offset += s.width(s.buf[s.start : s.start+n])
	s.start += n
}

// more lengthens the window; false when err says why not.
func (s *source) more() bool {
	if len(s.buf)-s.end < chunk {
		if s.start > 0 {
			s.end = copy(s.buf, s.window())
			s.start = 0
		}
		if len(s.buf)-s.end < chunk {
			s.buf = append(s.buf, make([]byte, max(chunk, len(s.buf)))...)
		}
	}
	was := s.end
	for range 100 { // a reader may answer nothing now and then, but not for ever
		if s.err == nil {
			s.err = s.read()
		}
		if s.end > was {
			return true
		}
		if s.err != nil {
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// read appends what one call of the stream gives to the window.
func (s *source) read() error {
	if s.encoding == UTF8 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		return err
	}
	had := len(s.raw)
	s.raw = slices.Grow(s.raw, chunk/4) // a byte of Windows-1252 becomes up to three
	n, err := s.r.Read(s.raw[had : had+chunk/4-4])
	s.raw = s.raw[:had+n]
	text := s.buf[s.start:s.end]
	if s.encoding == Windows1252 {
		text = appendWindows1252(text, s.raw)
		s.raw = s.raw[:0]
	} else {
		used := 0
		text, used = appendUTF16(text, s.raw, s.encoding, err == io.EOF)
		s.raw = s.raw[:copy(s.raw, s.raw[used:])]
	}
	s.end = s.start + len(text)
	return err
}

// width is how many original bytes the text was.
func (s *source) width(text []byte) int64 {
	if s.encoding == UTF8 {
		return int64(len(text))
	}
	unit := int64(2)
	if s.encoding == Windows1252 {
		unit = 1
	}
	var n int64
	for _, c := range text {
		switch {
		case c == badByte:
			n++
		case c >= 0xF0: // four bytes of UTF-8 are two units of UTF-16
			n += 2 * unit
		case c&0xC0 != 0x80: // each first byte of a character
			n += unit
		}
	}
	return n
}

// appendUTF16 decodes whole characters and tells how many bytes they were; at the end of the stream also what is left of one.
func appendUTF16(text, raw []byte, encoding Encoding, atEnd bool) ([]byte, int) {
	unit := binary.LittleEndian.Uint16
	if encoding == UTF16BE {
		unit = binary.BigEndian.Uint16
	}
	i := 0
	for ; i+2 <= len(raw); i += 2 {
		c := rune(unit(raw[i:]))
		switch {
		case c < utf8.RuneSelf:
			text = append(text, byte(c))
		case !utf16.IsSurrogate(c):
			text = utf8.AppendRune(text, c)
		case c < 0xDC00 && i+4 > len(raw) && !atEnd:
			return text, i // the other half is still to come
		default:
			pair := utf8.RuneError
			if i+4 <= len(raw) {
				pair = utf16.DecodeRune(c, rune(unit(raw[i+2:])))
			}
			if pair == utf8.RuneError {
				text = append(text, 0xE0|byte(c>>12), 0x80|byte(c>>6)&0xBF, 0x80|byte(c)&0xBF)
				continue
			}
			text = utf8.AppendRune(text, pair)
			i += 2
		}
	}
	if atEnd && i < len(raw) {
		text = append(text, badByte)
		i++
	}
	return text, i
}

// appendWindows1252 decodes all; the five bytes without a meaning become badByte.
func appendWindows1252(text, raw []byte) []byte {
	for _, b := range raw {
		c := charmap.Windows1252.DecodeByte(b)
		switch {
		case c < utf8.RuneSelf:
			text = append(text, b)
		case c < 0xA0 || c == utf8.RuneError:
			text = append(text, badByte)
		default:
			text = utf8.AppendRune(text, c)
		}
	}
	return text
}
