package httpapi

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// typeEvents is not answered here: it tells that the caller wants a stream.
const typeEvents = "text/event-stream"

// negotiate chooses the answer's media type: the one that the Accept header likes best, the first of equals. "" is none of ours.
func negotiate(r *http.Request) string {
	headers := r.Header["Accept"]
	if len(headers) == 0 {
		return typeJSON
	}
	accept := headers[0]
	if len(headers) > 1 {
		accept = strings.Join(headers, ",")
	}
	switch accept {
	case "application/json", "*/*", "":
		return typeJSON
	case "application/graphql-response+json":
		return typeResponse
	}
	best, liked := "", 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil || !isUTF8(params) {
			continue
		}
		q := 1.0
		if given, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(given, 64); err != nil {
				continue
			}
		}
		if media := ours(name); media != "" && q > liked {
			best, liked = media, q
		}
	}
	return best
}

// ours is the media type that answers one that was asked for.
func ours(name string) string {
	switch name {
	case "application/json", "application/*", "*/*":
		return typeJSON
	case "application/graphql-response+json":
		return typeResponse
	case typeEvents:
		return typeEvents
	}
	return ""
}

// isJSON tells whether a request's body says that it is JSON in UTF-8.
func isJSON(r *http.Request) bool {
	content := r.Header.Get("Content-Type")
	if content == "application/json" {
		return true
	}
	name, params, err := mime.ParseMediaType(content)
	return err == nil && name == "application/json" && isUTF8(params)
}

func isUTF8(params map[string]string) bool {
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}
