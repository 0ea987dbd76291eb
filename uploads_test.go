package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// letters is a line without an end.
type letters struct{}

// Read never ends.
func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestUploadsKeepToTheirLimits(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	w := furnish(t, a, "brightwater")
	var opened struct {
		CreateUpload struct{ UploadID, URL string }
	}
	a.do(w.token, openUpload, map[string]any{"name": "leads.csv"}).into(t, &opened)
	address, path := strings.TrimPrefix(a.server.settings.URL, "http://"), opened.CreateUpload.URL[len(a.server.settings.URL):]
	raw := func(head string) net.Conn {
		c, err := net.Dial("tcp", address)
		require.NoError(t, err)
		require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
		_, err = fmt.Fprintf(c, "PUT %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, head)
		require.NoError(t, err)
		return c
	}
	t.Run("a file that is too large is refused by its length, before a byte of it", func(t *testing.T) {
		c := raw("Content-Length: 2147483648\r\n\r\n")
		defer c.Close()
		b := make([]byte, 12)
		_, err := c.Read(b)
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.1 413", string(b))
	})
	t.Run("nor is more than a GiB taken from who does not tell the length", func(t *testing.T) {
		if !long() {
			t.Skip("sends a GiB: in the long form")
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, opened.CreateUpload.URL, io.LimitReader(letters{}, 1<<31))
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		require.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
	})
	t.Run("one that breaks off leaves nothing, and can be sent again, once", func(t *testing.T) {
		c := raw("Content-Length: 1000000\r\n\r\nemail\nada@company.example\n")
		require.NoError(t, c.Close())
		res := a.do(w.token, startImport, map[string]any{"upload": opened.CreateUpload.UploadID, "source": "website"})
		require.Equal(t, "CONFLICT", res.code())
		require.Equal(t, true, res.Errors[0].Extensions["retryable"])
		require.Equal(t, 200, upload(t, opened.CreateUpload.URL, "email\nbo@company.example\n"))
		require.Equal(t, 409, upload(t, opened.CreateUpload.URL, "email\ncleo@company.example\n"))
		var started struct {
			ImportLeads struct{ Import struct{ ID string } }
		}
		a.do(w.token, startImport, map[string]any{"upload": opened.CreateUpload.UploadID, "source": "website"}).into(t, &started)
		require.Equal(t, int64(1), a.ended(w.token, started.ImportLeads.Import.ID).RowsCreated)
		require.Equal(t, int64(1), count(t, owner(t, a.owner), "select count(*) from contact_identities where key = 'bo@company.example' and workspace_id = $1", uuid(t, w.ids[id.Workspace])))
	})
	t.Run("two that are sent to one address do not mix", func(t *testing.T) {
		a.do(w.token, openUpload, map[string]any{"name": "leads.csv"}).into(t, &opened)
		path = opened.CreateUpload.URL[len(a.server.settings.URL):]
		slow := raw("Content-Length: 3145728\r\n\r\n" + strings.Repeat("x", 3<<19))
		defer slow.Close()
		conn := owner(t, a.owner)
		eventually(t, "its first piece", func() bool {
			return count(t, conn, "select count(*) from upload_chunks where upload_id = $1", uuid(t, opened.CreateUpload.UploadID)) == 1
		})
		file := "email\nada@company.example\n" + strings.Repeat("\n", 5<<19)
		require.Equal(t, 200, upload(t, opened.CreateUpload.URL, file))
		_, err := slow.Write([]byte(strings.Repeat("x", 3<<19)))
		require.NoError(t, err)
		b := make([]byte, 12)
		_, err = slow.Read(b)
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.1 409", string(b))
		require.Equal(t, int64(len(file)), count(t, conn, "select sum(length(data)) from upload_chunks where upload_id = $1 and encode(substr(data, 1, 1), 'escape') <> 'x'", uuid(t, opened.CreateUpload.UploadID)))
	})
}
