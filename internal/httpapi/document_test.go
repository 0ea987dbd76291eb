package httpapi

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlySignedInCallersFillTheCache(t *testing.T) {
	t.Parallel()
	e := newEngine(testConfig())
	_, cached, problems := e.document([]byte("{hello}"), false)
	require.Nil(t, problems)
	require.False(t, cached)
	first, cached, _ := e.document([]byte("{hello}"), true)
	require.False(t, cached, "a stranger's document was not kept")
	second, cached, _ := e.document([]byte("{hello}"), false)
	require.True(t, cached, "but everybody may use what is there")
	require.Same(t, first, second)
	_, _, problems = e.document([]byte("{helo}"), true)
	require.NotNil(t, problems)
	require.Len(t, e.documents.byKey, 1, "what was refused is not kept")
}

func TestTheCacheIsBoundedByBytes(t *testing.T) {
	t.Parallel()
	c := newDocuments(8000)
	key := func(i int) [sha256.Size]byte { return sha256.Sum256(fmt.Append(nil, i)) }
	for i := range 100 {
		c.put(key(i), &document{bytes: 500})
		require.NotNil(t, c.get(key(0)), "what is used stays")
	}
	require.LessOrEqual(t, c.bytes, 8000)
	require.Len(t, c.byKey, 16)
	require.Nil(t, c.get(key(50)), "what is not used goes")
	c.put(key(1000), &document{bytes: 4000})
	require.Nil(t, c.get(key(1000)), "one text does not drive out the others")
}

func TestADocumentsSizeIsEstimatedAboveItsTrueOne(t *testing.T) {
	e := newEngine(testConfig())
	docs := worstDocuments()
	for _, name := range []string{"introspection", "text"} {
		var estimate int
		sizes := make([]int, 5) // what tests before left behind may go in the midst of one
		for round := range sizes {
			var before, after runtime.MemStats
			kept := make([]*document, 50)
			runtime.GC()
			runtime.ReadMemStats(&before)
			for i := range kept {
				kept[i], _ = e.load(strings.Clone(docs[name]))
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			sizes[round], estimate = (int(after.HeapAlloc)-int(before.HeapAlloc))/len(kept), kept[0].bytes
		}
		slices.Sort(sizes)
		require.LessOrEqual(t, sizes[2], estimate, name)
		require.Greater(t, sizes[2], estimate/5, name)
	}
}

func TestRequestsShareADocument(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 20 {
				g := ask(t, h, "all", inbox, map[string]any{"band": "HOT", "first": i})
				if g.Status != http.StatusOK || len(g.Errors) > 0 || g.Extensions.Cost.Requested != 2+17*i {
					t.Error(g.Body)
				}
			}
		})
	}
	wg.Wait()
}
