package httpapi

import (
	"container/list"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// document is a text that parsed, passed the guard and validated, with what was found out about each of its operations. Requests
// share it and only read it.
type document struct {
	key        [sha256.Size]byte // of the text
	text       string
	ast        *ast.QueryDocument
	operations []*operation
	bytes      int // about what it occupies
}

// operation is one operation of a document and all that can be known of it without a request's variables.
type operation struct {
	def    *ast.OperationDefinition
	strict map[string]bool // variables that stand where null must not
	roots  []string        // names of its root fields, introspection left out; one selected twice stands here twice
	rights rights
	cost   *bill
	bills  int      // bills of fragments that cost uses
	plans  sync.Map // the executor's: what it compiled from this operation
}

// find returns the operation to run: the only one, or the one of this name.
func (d *document) find(name string) *operation {
	if name == "" && len(d.operations) == 1 {
		return d.operations[0]
	}
	for _, op := range d.operations {
		if op.def.Name == name && name != "" {
			return op
		}
	}
	return nil
}

// document returns a text's document from the cache, or makes it. Only the documents of signed-in callers are kept: others could
// fill the cache with ones that nobody will send again.
func (e *engine) document(text []byte, keep bool) (doc *document, cached bool, problems []*problem) {
	key := sha256.Sum256(text)
	if doc = e.documents.get(key); doc != nil {
		return doc, true, nil
	}
	if doc, problems = e.load(string(text)); problems != nil {
		return nil, false, problems
	}
	if doc.key = key; keep {
		e.documents.put(key, doc)
	}
	return doc, false, problems
}

// load parses, guards, validates and analyses a text.
func (e *engine) load(text string) (*document, []*problem) {
	limits := &e.config.Limits
	tokens, refused := scan(text, limits)
	if refused != nil {
		return nil, one(refused)
	}
	tree, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, limits.Tokens+1)
	if err != nil {
		return nil, one(unparsed(text, err))
	}
	if len(tree.Operations) == 0 {
		return nil, one(refuse(nil, fault.ParseFailed, "The document has no operation: begin with a query or a mutation."))
	}
	if refused := check(tree, limits); refused != nil {
		return nil, one(refused)
	}
	strict, problems := e.validate(tree)
	if problems != nil {
		return nil, problems
	}
	doc := &document{text: text, ast: tree, bytes: 2048 + len(text)*9/8 + tokens*bytesPerToken}
	for _, def := range tree.Operations {
		op, refused := e.analyse(def, strict[def])
		if refused != nil {
			return nil, one(refused)
		}
		doc.operations = append(doc.operations, op)
	}
	return doc, nil
}

func one(p *problem) []*problem { return []*problem{p} }

// unparsed makes the parser's error a problem. Of a character that begins no token the lexer says more than the parser does.
func unparsed(text string, err error) *problem {
	var g *gqlerror.Error
	if errors.As(err, &g) && strings.Contains(g.Message, lexer.Invalid.String()) {
		for lex := lexer.New(&ast.Source{Input: text}); ; {
			if token, wrong := lex.ReadToken(); wrong != nil {
				errors.As(wrong, &g)
				break
			} else if token.Kind == lexer.EOF {
				break
			}
		}
	}
	if g == nil {
		return refuse(nil, fault.ParseFailed, "The document does not parse.")
	}
	return ofGraphQL(g, fault.ParseFailed)
}

// bytesPerToken is what a token costs in parsed, analysed and planned form, measured and rounded up.
const bytesPerToken = 300

// documents is a cache bounded by bytes that drops what was not used for longest. The standard LRU of this repository counts
// entries; documents differ in size by a factor of a thousand.
type documents struct {
	mu    sync.Mutex
	limit int
	bytes int
	order list.List // of *kept, latest use first
	byKey map[[sha256.Size]byte]*list.Element
}

type kept struct {
	key [sha256.Size]byte
	doc *document
}

func newDocuments(limit int) *documents {
	return &documents{limit: limit, byKey: map[[sha256.Size]byte]*list.Element{}}
}

func (c *documents) get(key [sha256.Size]byte) *document {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.byKey[key]
	if found == nil {
		return nil
	}
	c.order.MoveToFront(found)
	return found.Value.(*kept).doc
}

func (c *documents) put(key [sha256.Size]byte, doc *document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[key] != nil || doc.bytes > c.limit/8 { // one text must not drive out all others
		return
	}
	c.byKey[key] = c.order.PushFront(&kept{key, doc})
	for c.bytes += doc.bytes; c.bytes > c.limit; {
		last := c.order.Remove(c.order.Back()).(*kept)
		delete(c.byKey, last.key)
		c.bytes -= last.doc.bytes
	}
}
