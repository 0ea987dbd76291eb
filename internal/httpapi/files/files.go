// Package files takes uploads and hands out reports, at addresses that are their own permission: each is signed, names one object
// and ends within the hour.
package files

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/funnel"
)

// maxBytes is the largest file; a byte more is refused while it is read.
const maxBytes = 1<<30 + 1

// Routes are the handlers by ServeMux pattern. report takes errors that are ours, and answers what callers may know of them.
func Routes(f *funnel.Funnel, report func(*http.Request, error) *fault.Error) map[string]http.Handler {
	h := &handler{f, report}
	return map[string]http.Handler{
		"PUT /uploads/{ticket}":  http.HandlerFunc(h.upload),
		"GET /refusals/{ticket}": http.HandlerFunc(h.refusals),
	}
}

type handler struct {
	funnel *funnel.Funnel
	report func(*http.Request, error) *fault.Error
}

// upload stores the body as the file of an upload.
func (h *handler) upload(w http.ResponseWriter, r *http.Request) {
	ws, upload, err := h.funnel.Open("/uploads/", r.PathValue("ticket"))
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	if r.ContentLength > maxBytes-1 {
		h.refuse(w, r, fault.New(fault.BodyTooLarge, "A file has at most 1 GiB. Split it."))
		return
	}
	if r.Header.Get("Content-Encoding") != "" {
		h.refuse(w, r, fault.New(fault.BadUserInput, "Send the file as it is, without Content-Encoding."))
		return
	}
	n, err := h.funnel.Receive(r.Context(), ws, upload, http.MaxBytesReader(w, r.Body, maxBytes))
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"bytes": n})
}

// refusals writes the refused rows of an import as a CSV file.
func (h *handler) refusals(w http.ResponseWriter, r *http.Request) {
	ws, imp, err := h.funnel.Open("/refusals/", r.PathValue("ticket"))
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="refused-rows.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	if err := h.funnel.WriteRefusals(r.Context(), ws, imp, w); err != nil {
		_ = h.report(r, err)        // nobody is left to tell
		panic(http.ErrAbortHandler) // the head is sent: a broken-off file must not look whole
	}
}

// refuse answers a fault in the shape of GraphQL's errors.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.As(err)
	if f == nil {
		f = h.report(r, err)
	}
	status := map[fault.Code]int{fault.BadUserInput: http.StatusBadRequest, fault.Unauthenticated: http.StatusUnauthorized, fault.NotFound: http.StatusNotFound,
		fault.Conflict: http.StatusConflict, fault.BodyTooLarge: http.StatusRequestEntityTooLarge, fault.Unavailable: http.StatusServiceUnavailable,
		fault.StorageFull: http.StatusServiceUnavailable, fault.Timeout: http.StatusGatewayTimeout}[f.Code]
	if errors.Is(err, auth.ErrTicket) || errors.Is(err, auth.ErrTicketExpired) {
		status = http.StatusForbidden
	}
	if status == 0 {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{"message": f.Message,
		"extensions": map[string]any{"code": f.Code, "retryable": f.Retryable, "requestId": auth.From(r.Context()).RequestID}}}})
}
